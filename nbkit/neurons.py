"""One artificial neuron: what it sums, where it decides, and how well it tells two classes apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.activations import ACTIVATIONS

__all__ = [
    "DATA_SETS",
    "accuracy",
    "binary_cross_entropy",
    "decision_line",
    "distance_from_origin",
    "labelled_points",
    "loss",
    "mean_squared_error",
    "neuron",
    "predicted",
    "weighted_sum",
]

Array = NDArray[np.float64]

DATA_SETS = ("line", "overlap", "xor")


def weighted_sum(x: ArrayLike, weights: ArrayLike, bias: float) -> Array:
    """w·x + b, shape (...), of inputs x (..., d) and weights (d,); the bias is the weight of an input that is always 1."""
    return np.asarray(np.asarray(x, np.float64) @ np.asarray(weights, np.float64) + bias)


def neuron(x: ArrayLike, weights: ArrayLike, bias: float, activation: str = "linear", **parameters: float) -> Array:
    """The output Y = f(w·x + b), shape (...), of inputs x (..., d); f is a name of ACTIVATIONS, with its parameters."""
    return ACTIVATIONS[activation].value(weighted_sum(x, weights, bias), **parameters)


def distance_from_origin(weights: ArrayLike, bias: float) -> float:
    """|b|/‖w‖, how far the set w·x + b = 0 is from the origin; infinite where all weights are 0, since there is none."""
    norm = float(np.linalg.norm(weights))
    return abs(bias) / norm if norm > 0 else float("inf")


def decision_line(weights: ArrayLike, bias: float, reach: float) -> Array:
    """The ends (2, 2) of the line w·x + b = 0 inside the box |x1|, |x2| ≤ reach; shape (0, 2) where it passes by.

    Both ends lie on the line. It is met at its point nearest to the origin, and cut at each pair of the box's sides
    (Liang & Barsky 1984).
    """
    w = np.asarray(weights, np.float64)
    square = float(w @ w)
    if square == 0:
        return np.empty((0, 2))
    foot, direction = -bias * w / square, np.array([-w[1], w[0]]) / square**0.5
    first, last = -np.inf, np.inf
    for at, slope in zip(foot, direction, strict=True):
        if abs(slope) < 1e-12:  # parallel to this pair of sides: between them, or not at all
            if abs(at) > reach:
                return np.empty((0, 2))
            continue
        near, far = sorted(((-reach - at) / slope, (reach - at) / slope))
        first, last = max(first, near), min(last, far)
    if first > last:
        return np.empty((0, 2))
    return np.asarray(foot + np.array([[first], [last]]) * direction)


def predicted(sums: ArrayLike) -> NDArray[np.int_]:
    """The class, 1 where the sum w·x + b is above 0 and 0 elsewhere: for a sigmoid, where Y is above 1/2."""
    return (np.asarray(sums) > 0).astype(int)


def accuracy(sums: ArrayLike, labels: ArrayLike) -> float:
    """The share of points, of sums w·x + b (n,), whose predicted class is their label (n,), 0 or 1."""
    return float(np.mean(predicted(sums) == np.asarray(labels)))


def binary_cross_entropy(sums: ArrayLike, labels: ArrayLike) -> float:
    """−mean(t·ln Y + (1 − t)·ln(1 − Y)) for Y = sigmoid(s), from the sums s (n,) and labels t (n,), 0 or 1.

    It is computed from s as ln(1 + e^(∓s)), which stays finite where Y rounds to 0 or 1. Goodfellow et al., Deep
    Learning (2016), section 6.2.2.2.
    """
    signs = 2 * np.asarray(labels, np.float64) - 1
    return float(np.mean(np.logaddexp(0.0, -signs * np.asarray(sums, np.float64))))


def mean_squared_error(outputs: ArrayLike, labels: ArrayLike) -> float:
    """mean((Y − t)²) of outputs Y (n,) and labels t (n,)."""
    return float(np.mean((np.asarray(outputs, np.float64) - np.asarray(labels, np.float64)) ** 2))


def loss(activation: str, sums: ArrayLike, labels: ArrayLike) -> tuple[str, float]:
    """The loss's name and value: binary cross-entropy for a sigmoid, else the squared error of Y against labels 0 and 1."""
    if activation == "sigmoid":
        return "binary cross-entropy", binary_cross_entropy(sums, labels)
    return "mean squared error", mean_squared_error(ACTIVATIONS[activation].value(sums), labels)


def labelled_points(kind: str, inputs: int = 2, count: int = 40, seed: int = 0) -> tuple[Array, NDArray[np.int_]]:
    """Points (count, inputs), all in [−3, 3], and their classes (count,), 0 or 1, half of each; `count` is a multiple of 4.

    `kind` is one of DATA_SETS: "line", two classes with a gap of 0.5 between them, in which a straight line fits;
    "overlap", two clouds that run into each other; "xor", with two inputs class 1 where their signs differ, with one input
    class 1 in the middle: no line separates it. `seed` makes the numbers. Raises ValueError for another kind.
    """
    rng = np.random.default_rng(seed)
    half = count // 2
    labels = np.repeat([0, 1], half)
    normal = rng.standard_normal(inputs)
    normal = normal / np.linalg.norm(normal)
    if kind == "line":
        offset = rng.uniform(-0.8, 0.8)
        points = rng.uniform(-2.7, 2.7, (50 * count, inputs))
        sides = points @ normal + offset
        return np.concatenate([points[sides < -0.25][:half], points[sides > 0.25][:half]]), labels
    if kind == "overlap":
        centres = np.where(labels == 1, 0.6, -0.6)[:, None] * normal
        return np.clip(centres + 0.8 * rng.standard_normal((count, inputs)), -2.9, 2.9), labels
    if kind == "xor" and inputs == 1:
        middle, outer = rng.uniform(-0.9, 0.9, (half, 1)), rng.uniform(1.3, 2.7, (half, 1))
        return np.concatenate([outer * np.tile([[-1], [1]], (half // 2, 1)), middle]), labels
    if kind == "xor":
        corners = np.array([[-1.5, -1.5], [1.5, 1.5], [-1.5, 1.5], [1.5, -1.5]])
        return np.clip(corners.repeat(count // 4, 0) + 0.45 * rng.standard_normal((count, 2)), -2.9, 2.9), labels
    raise ValueError(f"kind must be one of {', '.join(DATA_SETS)}, got {kind!r}")
