"""Functions to be learned from noisy samples; `noise` is the standard deviation of y, in the units of y."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nbkit.datasets.base import Array, DataSet, generator
from nbkit.expressions import Expression

__all__ = ["curve", "relu_sum"]

Function = str | Callable[..., Array]


def curve(
    samples: int = 100,
    noise: float = 0.2,
    seed: int = 0,
    function: Function = "sin(pi*x)",
    low: float = -1.0,
    high: float = 1.0,
) -> DataSet:
    """A function of one x, a formula as text or a callable of an array, at random places of [low, high]."""
    return sampled("curve", function, ("x",), "y", low, high, samples, noise, seed)


def relu_sum(samples: int = 200, noise: float = 0.0, seed: int = 0) -> DataSet:
    """x³ + x² − x − 1 on [−2, 2], which the lecture approximates by a sum of six ReLUs made by hand."""
    return sampled("relu_sum", "x**3 + x**2 - x - 1", ("x",), "y", -2.0, 2.0, samples, noise, seed)


def sampled(
    name: str,
    function: Function,
    inputs: tuple[str, ...],
    target: str,
    low: float,
    high: float,
    samples: int,
    noise: float,
    seed: int,
) -> DataSet:
    """Values of a function of as many arrays as there are inputs, each uniform on [low, high], with Gaussian noise."""
    rng = generator(samples, noise, seed)
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"low must be below high, and both finite, got {low} and {high}")
    variables = tuple(label.split(" (")[0] for label in inputs)
    called = Expression(function, variables) if isinstance(function, str) else function
    x = rng.uniform(low, high, (samples, len(inputs)))

    def truth(x: Array) -> Array:
        return np.asarray(called(*x.T), np.float64)[:, None]

    return DataSet(
        name, x, truth(x) + noise * rng.standard_normal((samples, 1)), "regression", inputs, target, (), truth
    )
