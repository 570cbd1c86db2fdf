"""Bringing an observable to mean 0 and width 1: by the whole sample, by a batch, and by what a BatchNorm layer remembers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["SCALES", "Running", "Scale", "batch_means", "running_statistics", "scale_of", "spread_of_means"]

Array = NDArray[np.float64]

SCALES = ("moments", "quartiles")
NORMAL_QUARTILE = 0.6744897501960817  # of a normal distribution of width 1
EPS = 1e-5  # torch's, in BatchNorm


class Scale(NamedTuple):
    """What is taken off, and what is divided by, in the unit of the values."""

    centre: float
    width: float

    def normalised(self, values: Array) -> Array:
        """(values − centre) / width, in the same shape."""
        return (values - self.centre) / self.width


def scale_of(values: Array, kind: str = "moments") -> Scale:
    """The scale of a sample (n,): mean and standard deviation, or with "quartiles" the median and a width from the quartiles.

    The latter is half their distance over 0.674, so that both agree for a normal distribution; far-off events hardly move it.
    Raises ValueError for another kind and for a sample without a width.
    """
    if kind not in SCALES:
        raise ValueError(f"kind must be one of {', '.join(SCALES)}, got {kind!r}")
    if kind == "moments":
        found = Scale(float(values.mean()), float(values.std()))
    else:
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
        found = Scale(float(middle), float(high - low) / 2 / NORMAL_QUARTILE)
    if not found.width > 0:
        raise ValueError("all values are the same: there is no width to divide by")
    return found


def batch_means(values: Array, batch_size: int, batches: int, seed: int = 0) -> Array:
    """Means of `batches` batches (batches,), each drawn anew from the sample (n,) by default_rng(seed), with repetition."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.choice(values, (batches, batch_size)).mean(axis=1))


def spread_of_means(values: Array, batch_sizes: Array, batches: int = 400, seed: int = 0) -> Array:
    """The standard deviation of the mean of a batch, for each batch size (k,), shape (k,); σ/√b is expected."""
    return np.array([batch_means(values, int(size), batches, seed).std() for size in batch_sizes])


class Running(NamedTuple):
    """What a BatchNorm layer has after 0 … k batches: `mean` and `variance` (k + 1,) that it remembers, and the means and
    variances of the batches themselves, (k,)."""

    mean: Array
    variance: Array
    batch_mean: Array
    batch_variance: Array

    def in_training(self, values: Array) -> Array:
        """The values as the layer answers them in training, if they were one batch: by their own mean and variance."""
        return np.asarray((values - values.mean()) / np.sqrt(values.var() + EPS))

    def in_evaluation(self, values: Array) -> Array:
        """The values as the layer answers them in evaluation, by what it remembers now."""
        return np.asarray((values - self.mean[-1]) / np.sqrt(self.variance[-1] + EPS))


def running_statistics(batches: Array, momentum: float = 0.1) -> Running:
    """What `torch.nn.BatchNorm1d` remembers of one feature, of batches (k, batch_size) in this order.

    It begins with mean 0 and variance 1, and each batch moves both by the share `momentum` towards its own; the variance is
    the one with n − 1. Ioffe & Szegedy 2015, with torch's running average.
    """
    means, variances = [0.0], [1.0]
    batch_mean, batch_variance = batches.mean(axis=1), batches.var(axis=1, ddof=1)
    for mean, variance in zip(batch_mean, batch_variance, strict=True):
        means.append((1 - momentum) * means[-1] + momentum * float(mean))
        variances.append((1 - momentum) * variances[-1] + momentum * float(variance))
    return Running(np.array(means), np.array(variances), batch_mean, batch_variance)
