"""A hidden layer forward, and the loss of what comes out."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.backpropagation.network import EXERCISE, SIZES, Layers, close
from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.checks.values import number, numbers
from nbkit.landscape import Array

__all__ = ["check_forward", "check_loss"]


@check(
    EXERCISE,
    "forward",
    "Each sample is a row of X. A row goes through the hidden layer, is cut off below 0 there, and through the output layer, which is a plain sum.",
    "One sample (1, 2), hidden sums 1·3 + 2·(−1) + 1 = 2 and 1·1 + 2·1 − 5 = −2, so that the layer puts out (2, 0). With output weights (10, 7) and bias 4: 24.",
)
def check_forward(forward: Any, *, rng: np.random.Generator) -> str:
    """Judge `forward(X, W1, b1, W2, b2)` → predictions (n, 1) of a hidden layer of ReLUs and a linear output."""
    ask = Student(forward, "forward", "X", "W1", "b1", "W2", "b2")
    for size in SIZES:
        net = Layers(rng, *size)
        got = numbers(ask(net.X, *net.weights), net.P.shape, "Your prediction")
        if close(got, net.P):
            continue
        worst = int(np.abs(got - net.P).argmax())
        said = f"For {net} your prediction for sample {worst} is {got[worst, 0]:.4g}, expected {net.P[worst, 0]:.4g}"
        X, W1, b1, W2, b2 = net.X, *net.weights
        usual: list[tuple[Array, str, str]] = [
            (net.Z @ W2 + b2, "there is no kink in it", "Two layers without anything between them are one straight layer. What sits between?"),
            (np.maximum(net.P, 0), "it is never below 0", "The output is asked as a plain sum. Which of the two layers is cut off?"),
            (np.maximum(net.Z @ W2 + b2, 0), "it is never below 0", "Which of the two layers is cut off below 0?"),
            (net.H @ W2, "it is off by b2 everywhere", "Which of the four sets of weights have you not used?"),
            (np.maximum(X @ W1, 0) @ W2 + b2, "b1 changes nothing", "Which of the four sets of weights have you not used?"),
            ((np.maximum(X @ W1, 0) + b1) @ W2 + b2, "b1 does not move the kinks", "Does your b1 come in before or after the cut?"),
            (np.tanh(net.Z) @ W2 + b2, "the neurons bend smoothly", "Which activation is asked?"),
            ((1 / (1 + np.exp(-net.Z))) @ W2 + b2, "the neurons bend smoothly", "Which activation is asked?"),
            (np.abs(net.Z) @ W2 + b2, "no neuron is ever off", "What comes out of a ReLU whose sum is below 0?"),
            ((net.Z > 0) @ W2 + b2, "the neurons say yes or no", "Above 0 a ReLU lets through how far above."),
        ]  # fmt: skip
        for values, words, thought in usual:
            if close(got, values):
                raise Wrong(f"{said}: {words}.", thought)
        raise Wrong(
            f"{said}.",
            "Take one sample and two neurons, and write down each number on its way. Print the shapes of the two products: is the first index always the sample?",
        )
    return "Right for 1 to 20 samples, 1 to 4 inputs and 2 to 5 hidden neurons."


@check(
    EXERCISE,
    "the loss",
    "The mean over the samples of the squared difference between prediction and truth: one number.",
    "Predictions 3, 5 and truths 1, 6 give (4 + 1)/2 = 2.5. That it has n differences, and not n², shows in the shape of what is squared.",
)
def check_loss(loss: Any, *, rng: np.random.Generator) -> str:
    """Judge `loss(prediction, y)`, the mean squared error as one number; `prediction` (n, 1), `y` (n,)."""
    ask = Student(loss, "loss", "prediction", "y")
    for n in (6, 1, 25):
        P, y = rng.normal(size=(n, 1)) + 0.5, rng.normal(size=n) - 0.5
        answer = ask(P, y)
        r = P[:, 0] - y
        if np.size(answer) in (n, n * n) and n > 1:
            array = numbers(answer, None, "Your loss")
            if array.size == n * n:
                raise Wrong(*_pairs(n))
            raise Wrong(
                f"For {n} samples you gave back {n} numbers.",
                "One number says how good the network is on all of them. Which one is asked?",
            )
        got = number(answer, "Your loss")
        expected = float(np.mean(r**2))
        if np.isclose(got, expected, rtol=1e-4, atol=1e-6):
            continue
        pairs = (P - y) ** 2
        said = f"For {n} sample{'s' * (n > 1)} your loss is {got:.4g}, expected {expected:.4g}"
        usual: list[tuple[float, str]] = [
            (float(np.sum(r**2)), "A sum grows with the number of samples. What is asked?"),
            (
                expected / 2,
                "It is half of what is asked: the factor ½ that some books put in front is not in this loss.",
            ),
            (float(np.sqrt(expected)), "That is the root of it, the RMS. Asked is the mean of the squares."),
            (
                float(np.abs(r).mean()),
                "That is the mean of the distances. What is done to each difference before the mean?",
            ),
            (float(r.mean()), "Here differences of both signs cancel. What is done to each before the mean?"),
            (float(r.mean() ** 2), "You square the mean. Which of the two comes first?"),
            (
                float(np.sum(r**2) / 2),
                "A sum grows with the number of samples. And is there a ½ in the loss that is asked?",
            ),
            (
                float(np.var(r)),
                "A variance takes the mean away first. A network that is wrong by 5 everywhere would have no loss.",
            ),
            (-expected, "A loss is larger the worse it is. Which sign has it?"),
        ]
        if n > 1 and np.isclose([pairs.mean(), pairs.sum(), pairs.sum() / n, pairs.mean() / 2], got, rtol=1e-4).any():
            raise Wrong(*_pairs(n, f"{said}. "))
        for value, thought in usual:
            if np.isclose(got, value, rtol=1e-4, atol=1e-6):
                raise Wrong(f"{said}.", thought)
        raise Wrong(f"{said}.", "Take two samples whose loss you can do in your head, and print the differences.")
    return "Right for 1, 6 and 25 samples: n differences, and their mean square."


def _pairs(n: int, said: str = "") -> tuple[str, str]:
    return (
        f"{said}The prediction has shape ({n}, 1) and y has ({n},): their difference has shape ({n}, {n}), {n * n} differences for {n} samples.",
        "numpy takes the row and the column apart and compares each with each. What shape do both need? See `reshape`.",
    )
