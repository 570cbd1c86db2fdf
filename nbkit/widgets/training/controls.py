"""The trainer's controls by group, what each is for, and which of them a change needs a fresh start."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import ipywidgets
from torch import nn

from nbkit.activations import ACTIVATIONS
from nbkit.datasets import AVAILABLE, DATASETS
from nbkit.devices import available_devices
from nbkit.features import FEATURES
from nbkit.models import INITIALISERS, MODULES
from nbkit.training.losses import LOSSES
from nbkit.training.optimization import SCHEDULES, TORCH_OPTIMIZERS
from nbkit.widgets.controls import Rule, checkbox, choice, int_slider, log_slider, slider, text, within
from nbkit.widgets.parts import Part, several
from nbkit.widgets.training.parts import Layers, PerLayer
from nbkit.widgets.training.samples import OwnData

__all__ = ["FRESH", "GROUPS", "LIVE", "PANELS", "VIEWS", "data_defaults", "make_controls"]

#: What may change while the network learns; each change is remembered with its step.
LIVE = ("learning_rate", "batch_size", "weight_decay", "l1", "max_norm", "dropout", "noise")
#: What makes another training, which begins at step 0.
FRESH = (
    "data", "samples", "validation", "data_seed", "region", "formula", "classes", "standardize", "features",
    "hidden", "activation", "batch_norm", "init", "loss", "optimizer", "momentum", "schedule", "seed",
)  # fmt: skip
#: The controls of each tab, in their order.
GROUPS: dict[str, tuple[str, ...]] = {
    "Data": ("data", "region", "formula", "classes", "samples", "noise", "validation", "data_seed", "standardize", "features"),
    "Network": ("hidden", "activation", "init", "dropout", "batch_norm", "max_norm"),
    "Training": (
        "learning_rate", "batch_size", "optimizer", "momentum", "schedule", "loss", "weight_decay", "l1",
    ),
    "Run": ("epochs", "patience", "seed", "runs", "device", "speed"),
    "View": ("show", "panel", "discretise", "log_scale"),
}  # fmt: skip

MOST_RUNS = 32
SPEEDS = {"as fast as it goes": 0, "100 steps/s": 100, "10 steps/s": 10, "1 step/s": 1}
VIEWS = {"data": "data", "network": "network", "loss": "loss", "metric": "metric"}
#: What goes where the model, the data, the loss or the optimiser is the user's own.
OWN = {
    "model": ("hidden", "activation", "init", "dropout", "batch_norm", "max_norm", "features"),
    "data": ("data", "region", "formula", "classes", "samples", "noise"),
    "loss": ("loss",),
    "optimizer": ("optimizer", "momentum"),
}
PANELS = {
    "none": "none",
    "one neuron": "unit",
    "spreads by layer": "spreads",
    "errors": "errors",
    "slice of the loss": "surface",
    "speed of devices": "speeds",
}


class Strength(Part):
    """A number from low to high on a logarithmic scale, or 0, which is the left end."""

    def __init__(self, label: str, value: float, low: float, high: float, tip: str) -> None:
        self.slider = log_slider(label, low, low, high, tip=tip)
        self.slider.readout = False
        self.slider.layout.width = "236px"
        self.said = ipywidgets.Label(layout={"width": "56px", "margin": "0"})
        self.low = low
        allowed = within(low, high)

        def rule(value: Any) -> float:
            zero = isinstance(value, int | float) and not isinstance(value, bool) and value == 0
            try:
                return 0.0 if zero else float(allowed(value))
            except ValueError:
                raise ValueError(f"must be 0, or a number from {low:g} to {high:g}, got {value!r}") from None

        super().__init__(
            rule, value, children=[ipywidgets.HBox([self.slider, self.said], layout={"align_items": "center"})]
        )
        self.refresh()
        self.listen(self.slider)

    def present(self) -> None:
        self.slider.value = self.value or self.low
        self.said.value = f"{self.value:.3g}" if self.value else "off"

    def edited(self, widget: ipywidgets.Widget) -> float:
        return float(widget.value) if widget.value > 1.001 * self.low else 0.0


def data_defaults(name: str) -> dict[str, Any]:
    """How many samples a maker of DATASETS gives unless asked, how noisy, and whether its inputs are better standardised."""
    if name not in DATASETS:
        raise ValueError(
            f"data must be a name out of {', '.join(DATASETS)}, a pair (x, y), a DataSet, a data frame or the path of a CSV "
            f"file, got {name!r}"
        )
    parameters = inspect.signature(DATASETS[name]).parameters
    samples = parameters["samples"].default
    function = parameters["function"].default if "function" in parameters else None
    return {
        "region": function if function and name == "region" else "x1**2 > x2",
        "formula": function if function and name != "region" else "sin(pi*x)",
        "samples": AVAILABLE[name] if samples is None else samples,
        "noise": float(parameters["noise"].default),
        "standardize": name in ("diabetes", "dilepton"),
    }


def make_controls(
    values: Mapping[str, Any], own: Mapping[str, Any], data: OwnData | None
) -> dict[str, ipywidgets.Widget]:
    """The controls by name; those that do not apply to what is the user's `own` (`data` among it) are not made."""
    gone = {name for kind in own for name in OWN[kind]}
    if data is not None and data.shapes != ((2,),):
        gone.add("features")
    if isinstance(own.get("model"), nn.Module):
        gone.add("runs")  # it has one start only
    made: dict[str, ipywidgets.Widget] = {}
    for make in (_data, _network, _training, _view):
        made |= make(values)
    for control in made.values():
        control.rule = _rounded(control.rule)
    return {name: control for name, control in made.items() if name not in gone}


def _rounded(rule: Rule) -> Rule:
    """The page's sliders answer 0.9 with 0.9000000000000001, which is not to be another training."""

    def rounded(value: Any) -> Any:
        value = rule(value)
        return float(f"{value:.12g}") if isinstance(value, float) else value

    return rounded


def _data(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    names = {name.replace("_", " "): name for name in DATASETS}
    return {
        "data": choice("Data", v["data"], names, tip="What is to be learned; starts anew"),
        "region": text("Region", v["region"], tip="Class 1 is where this is true, like x1**2 > x2; starts anew"),
        "formula": text("Formula", v["formula"], tip="The function to be learned, like sin(pi*x); starts anew"),
        "classes": int_slider("Classes", v["classes"], 2, 8, tip="How many clouds; starts anew"),
        "samples": int_slider("Samples", v["samples"], 10, 5000, tip="Training and validation together; starts anew"),
        "noise": slider("Noise", v["noise"], 0, 4, step=0.05, tip="Changes the data while the training goes on"),
        "validation": slider("Validation", v["validation"], 0.05, 0.95, step=0.05, tip="Share that is judged with; starts anew"),
        "data_seed": int_slider("Data seed", v["data_seed"], 0, 99, tip="Another number draws other samples; starts anew"),
        "standardize": checkbox("Standardise the inputs", v["standardize"], tip="Less their mean, over their width; starts anew"),
        "features": several("Features that the network is fed with", v["features"], list(FEATURES), tip="Starts anew"),
    }  # fmt: skip


def _network(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    labels = {ACTIVATIONS[name].label: name for name in MODULES}
    layers = Layers(v["hidden"], tip="Neurons of this layer; starts anew")
    return {
        "hidden": layers,
        "activation": PerLayer("Activation", v["activation"], labels, layers, "for all hidden layers; starts anew"),
        "init": choice("Start weights", v["init"], list(INITIALISERS), tip="How the weights are drawn; starts anew"),
        "dropout": slider("Dropout", v["dropout"], 0, 0.9, step=0.05, tip="Share of hidden neurons left out in each step"),
        "batch_norm": checkbox("Batch normalisation", v["batch_norm"], tip="Before each activation; starts anew"),
        "max_norm": slider("Max-norm", v["max_norm"], 0, 10, step=0.1, tip="Cap on the norm of each neuron's weights; 0 is none"),
    }  # fmt: skip


def _training(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    losses = {name.replace("_", " "): name for name in LOSSES}
    return {
        "learning_rate": log_slider("Learning rate", v["learning_rate"], 1e-5, 10, tip="Factor of each step; at once"),
        "batch_size": int_slider("Batch size", v["batch_size"], 1, 512, tip="Samples in a step; at once"),
        "optimizer": choice("Optimiser", v["optimizer"], list(TORCH_OPTIMIZERS), tip="Starts anew"),
        "momentum": slider("Momentum", v["momentum"], 0, 0.99, tip="Of momentum, Nesterov, RMSprop; β1 of Adam; starts anew"),
        "schedule": choice("Schedule", v["schedule"], ["none", *SCHEDULES], tip="Of the learning rate, by epoch; starts anew"),
        "loss": choice("Loss", v["loss"], losses, tip="What is made small; starts anew"),
        "weight_decay": Strength("L2 (decay)", v["weight_decay"], 1e-6, 1, "Weight decay; at once"),
        "l1": Strength("L1", v["l1"], 1e-6, 1, "Penalty on the sum of |weights|; at once"),
        "seed": int_slider("Seed", v["seed"], 0, 99, tip="Of weights, batches, dropout; starts anew"),
        "runs": int_slider("Runs", v["runs"], 1, MOST_RUNS, tip="So many seeds at once: their median, and the band of two thirds"),
        "epochs": int_slider("To the end", v["epochs"], 1, 2000, tip="Epochs at which the training ends"),
        "patience": int_slider("Stop after", v["patience"], 0, 200, tip="Epochs without a better validation loss; 0 never stops"),
        "device": choice("Device", v["device"], _devices(), tip="Where it is computed; at once"),
        "speed": choice("Speed", v["speed"], SPEEDS, tip="Of play"),
    }  # fmt: skip


def _view(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    return {
        "show": several("Show", v["show"], list(VIEWS), tip="What is hidden leaves its room to the others"),
        "panel": choice("Panel", v["panel"], PANELS, tip="One more view, in place of the metric"),
        "discretise": checkbox("Discretise the map", v["discretise"], tip="Classes, or bands, in place of shades"),
        "log_scale": checkbox("Logarithmic loss", v["log_scale"], tip="The axis of the loss"),
    }


def _devices() -> dict[str, str]:
    found = available_devices()
    names = {(device.name if device.available else f"{device.name} (not here)"): device.name for device in found}
    return names | {"auto (the fastest)": "auto"}
