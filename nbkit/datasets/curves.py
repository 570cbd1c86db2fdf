"""Functions to be learned from noisy samples; `noise` is the standard deviation of y, in the units of y."""

from __future__ import annotations

import numpy as np

from nbkit.datasets.base import Array, DataSet, generator
from nbkit.datasets.functions import Function, values_of

__all__ = ["curve", "five_inputs", "oscillator", "relu_sum"]


def curve(
    samples: int = 100,
    noise: float = 0.2,
    seed: int = 0,
    function: Function = "sin(pi*x)",
    low: float = -1.0,
    high: float = 1.0,
) -> DataSet:
    """A function of one x, a formula as text or a callable of an array, at random places of [low, high]."""
    return _sampled("curve", function, ("x",), low, high, samples, noise, seed)


def relu_sum(samples: int = 200, noise: float = 0.0, seed: int = 0) -> DataSet:
    """x³ + x² − x − 1 on [−2, 2], which the lecture approximates by a sum of six ReLUs made by hand."""
    return _sampled("relu_sum", "x**3 + x**2 - x - 1", ("x",), -2.0, 2.0, samples, noise, seed)


def five_inputs(
    samples: int = 1000,
    noise: float = 0.1,
    seed: int = 0,
    function: Function = "sin(pi*x1) + x2*x3 + x4**2 - x5",
    low: float = -1.0,
    high: float = 1.0,
) -> DataSet:
    """A function of x1 … x5, a formula as text or a callable of five arrays, at random places of [low, high]⁵.

    No model's R² can pass the ceiling 1 − noise²/var(y).
    """
    return _sampled("five_inputs", function, ("x1", "x2", "x3", "x4", "x5"), low, high, samples, noise, seed)


def _sampled(
    name: str,
    function: Function,
    variables: tuple[str, ...],
    low: float,
    high: float,
    samples: int,
    noise: float,
    seed: int,
) -> DataSet:
    rng = generator(samples, noise, seed)
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"low must be below high, and both finite, got {low} and {high}")
    truth = values_of(function, variables)
    x = rng.uniform(low, high, (samples, len(variables)))
    y = truth(x) + noise * rng.standard_normal((samples, 1))
    return DataSet(name, x, y, "regression", variables, "y", (), truth)


def oscillator(
    samples: int = 100,
    noise: float = 0.05,
    seed: int = 0,
    frequency: float = 1.0,
    damping: float = 0.1,
    duration: float = 5.0,
) -> DataSet:
    """Displacement (cm) of a damped oscillator of amplitude 1 cm, at random times of [0, duration] s.

    `frequency` (Hz) is the one without damping; `damping` the ratio of the friction to the critical one, at least 0 and
    below 1. Raises ValueError for others. Taylor, Classical Mechanics, eq. 5.38.
    """
    rng = generator(samples, noise, seed)
    if not (0 < frequency < np.inf and 0 <= damping < 1 and 0 < duration < np.inf):
        raise ValueError(
            f"frequency and duration must be above 0, damping at least 0 and below 1, got {frequency}, {duration}, {damping}"
        )
    omega = 2 * np.pi * frequency

    def truth(t: Array) -> Array:
        return np.asarray(np.exp(-damping * omega * t) * np.cos(omega * np.sqrt(1 - damping**2) * t))

    t = rng.uniform(0, duration, (samples, 1))
    y = truth(t) + noise * rng.standard_normal((samples, 1))
    return DataSet("oscillator", t, y, "regression", ("time (s)",), "displacement (cm)", (), truth)
