"""What each of the trainer's controls does, as the mouse is told that rests on it: a sentence each."""

from __future__ import annotations

__all__ = ["TIPS"]

#: By the name of the control; whether it starts anew or holds at once is that of FRESH and LIVE.
TIPS = {
    "data": "Choose what is to be learned; it starts anew",
    "region": "Compare x1 and x2, like x1**2 > x2: class 1 is where that is true; it starts anew",
    "formula": "Type the function to be learned, like sin(pi*x), and press Enter; it starts anew",
    "classes": "Set the number of clouds; it starts anew",
    "samples": "Set how many points there are, validation included; it starts anew",
    "noise": "Set how noisy the data are; it holds at once",
    "validation": "Set the share of samples that only judges; it starts anew",
    "data_seed": "Draw other samples by another number; it starts anew",
    "standardize": "Take off the mean of each input and divide by its standard deviation; it starts anew",
    "features": "Feed this feature, or leave it out; it starts anew",
    "hidden": "Set the number of neurons of this layer; it starts anew",
    "init": "Choose how the weights are drawn; it starts anew",
    "dropout": "Leave this share of the hidden neurons out in each step; it holds at once",
    "batch_norm": "Normalise each batch before the activations; it starts anew",
    "max_norm": "Limit the norm of each neuron's weights, 0 is no limit; it holds at once",
    "learning_rate": "Multiply each step by this factor; it holds at once",
    "batch_size": "Set how many samples a step is made of; it holds at once",
    "optimizer": "Choose how a gradient makes a step; it starts anew",
    "momentum": "Set how much of past steps is carried on, β1 of Adam; it starts anew",
    "schedule": "Choose how the learning rate changes by epoch; it starts anew",
    "loss": "Choose what is made small; it starts anew",
    "weight_decay": "Shrink the weights a little in each step; it holds at once",
    "l1": "Add this times the sum of |weights| to the loss; it holds at once",
    "seed": "Draw other weights, batches and dropout by another number; it starts anew",
    "runs": "Train so many seeds at once; see their median, and the band of two thirds of them",
    "epochs": "Set the epoch at which 'To the end' stops",
    "patience": "Stop after so many epochs without a better validation loss, and go back to the best; 0 never stops",
    "device": "Choose where it is computed; it holds at once",
    "speed": "Choose how fast it plays, also while it does",
    "show": "Show this view, or hide it and leave its room to the others",
    "panel": "Choose one more view, which takes the place of the metric",
    "discretise": "Draw the map in classes, or bands, in place of shades",
    "log_scale": "Draw the loss on a logarithmic axis",
}
