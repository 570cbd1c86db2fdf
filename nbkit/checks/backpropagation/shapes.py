"""Four gradients or weights that a student gave back, in the shapes of W1, b1, W2 and b2."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from nbkit.checks.backpropagation.network import NAMES, Layers, close
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

__all__ = ["four"]


def four(answer: Any, net: Layers, kind: str = "dL/d") -> list[Array]:
    """The four arrays of an answer; (1, h) for a bias and the like are taken, wrong shapes are told by what made them."""
    if not isinstance(answer, tuple | list) or len(answer) != 4:
        raise Unusable(f"Asked are four arrays, for W1, b1, W2 and b2 in this order; got {brief(answer)}.")
    parts = [numbers(part, None, f"Your {kind}{name}") for name, part in zip(NAMES, answer, strict=True)]
    fitting = [
        part.size == weight.size and _same(part, weight) for part, weight in zip(parts, net.weights, strict=True)
    ]
    if not all(fitting):
        _explain(parts, net, kind, fitting.index(False))
    if kind == "dL/d":
        _order(parts, net)
    return [part.reshape(weight.shape) for part, weight in zip(parts, net.weights, strict=True)]


def _same(part: Array, weight: Array) -> bool:
    return [k for k in part.shape if k != 1] == [k for k in weight.shape if k != 1]


def _explain(parts: list[Array], net: Layers, kind: str, first: int) -> None:
    for order in list(permutations(range(4)))[1:]:
        if all(parts[k].shape == weight.shape for k, weight in zip(order, net.weights, strict=True)):
            raise Wrong(
                "The four shapes are there, in another order.",
                "Asked are those of W1, b1, W2, b2, as they are handed in.",
            )
    name, part, weight = NAMES[first], parts[first], net.weights[first]
    said = f"On {net} your {kind}{name} has shape {part.shape}, and {name} has {weight.shape}."
    n, h = len(net.X), len(net.b1)
    if name == "W1" and close(part, _by_inputs(net)):
        raise Wrong(
            f"{said} That is dL/dX, how the loss changes with the inputs.",
            "It would be useful to a layer below. Asked is the change with the weights, dL/dW1.",
        )
    if name == "W2" and close(part, 2 * net.residual / n @ net.W2.T):
        raise Wrong(
            f"{said} That is dL/dH, how the loss changes with what the hidden neurons put out.",
            "It is needed on the way to W1. Asked is the change with the weights, dL/dW2: what does W2 multiply?",
        )
    if n in part.shape and not (name == "W1" and part.shape == weight.shape[::-1]):
        if name == "W2" and part.shape in ((h, n), (n, h)) and n > 1:
            raise Wrong(
                f"{said} Is the residual of shape ({n}, {n})? Then it has {n * n} differences for {n} samples.",
                "The prediction has shape (n, 1) and y has (n,). What does numpy make of their difference? See `reshape`.",
            )
        raise Wrong(
            f"{said} It still has an index for the {n} samples.",
            "One and the same weight serves all samples. What they bring back to it has to be brought together: how?",
        )
    if part.size == 1 and name.startswith("b"):
        raise Wrong(
            f"{said} One number for all {weight.size} biases: all of them would move alike.",
            "Each neuron has its own bias. Over which index do you sum, and which one stays?",
        )
    if part.shape == weight.shape[::-1]:
        raise Wrong(
            f"{said} Rows and columns are exchanged.",
            "A gradient has the shape of what it is by, so that the two can be subtracted. Which of the two factors stands first?",
        )
    raise Wrong(
        said,
        "A gradient has the shape of what it is by. Write the shapes under each product: what meets must be equal.",
    )


def _order(parts: list[Array], net: Layers) -> None:
    """Right numbers in another order, where the shapes don't tell."""
    expected = net.gradients()
    for order in list(permutations(range(4)))[1:]:
        if all(close(parts[k].reshape(-1), values.reshape(-1)) for k, values in zip(order, expected, strict=True)):
            raise Wrong(
                "The four gradients are right, in another order.",
                "Asked are those by W1, b1, W2, b2, as they are handed in.",
            )


def _by_inputs(net: Layers) -> Array:
    """dL/dX, (n, d)."""
    signal = (2 * net.residual / len(net.X)) @ net.W2.T * (net.Z > 0)
    return np.asarray(signal @ net.W1.T)
