"""Fits of any capacity to noisy samples of a function, and what they have of bias and of variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.elementwise import answers
from nbkit.optimizers import step

__all__ = ["MODELS", "BiasVariance", "Fits", "bias_variance", "fit", "fit_networks", "fit_polynomials", "noisy_samples"]

Array = NDArray[np.float64]
Function = Callable[[Array], ArrayLike]

MODELS = ("polynomial", "network")
STEPS, RATE = 400, 0.05  # of Adam, for a network


@dataclass(frozen=True)
class Fits:
    """Fitted curves, all evaluated at once: `predict(x)` of points (..., m) that go with the runs (runs, m), or (m,) for all."""

    predict: Callable[[Array], Array]

    def error(self, x: Array, y: Array) -> Array:
        """The mean squared error of each run on its own points (runs, m), shape (runs,)."""
        return np.asarray(((self.predict(x) - y) ** 2).mean(axis=-1))


def noisy_samples(function: Function, samples: int, noise: float, runs: int, seed: int) -> tuple[Array, Array]:
    """x uniform in [−1, 1] and y = function(x) + noise · normal, both (runs, samples), by default_rng(seed).

    Raises ValueError where the function is not finite or returns another shape.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (runs, samples))
    return x, values_of(function, x) + noise * rng.standard_normal(x.shape)


def values_of(function: Function, x: Array) -> Array:
    """The function's values at x, in its shape."""
    y = answers(function, x.ravel())
    if y.dtype.kind not in "fiub" or y.shape not in ((), (x.size,)):
        raise ValueError(
            f"the function must return one number for each x, shape {(x.size,)}, got {y.dtype} of shape {y.shape}"
        )
    if not np.isfinite(y).all():
        raise ValueError("the function must be finite on all of [−1, 1]: choose another")
    return np.array(np.broadcast_to(y, x.size), np.float64).reshape(x.shape)


def fit(model: str, x: Array, y: Array, capacity: int, ridge: float = 0.0) -> Fits:
    """Least squares on each of the samples x and y, (runs, n): a polynomial of degree `capacity`, or a network of that width.

    `ridge` times the sum of the squared coefficients (or weights) is added to the sum of the squared errors.
    """
    return (fit_polynomials if model == "polynomial" else fit_networks)(x, y, capacity, ridge)


def fit_polynomials(x: Array, y: Array, degree: int, ridge: float = 0.0) -> Fits:
    """Polynomials of Legendre's, all runs at once through one singular value decomposition a run.

    Without a ridge and with fewer points than coefficients it is the fit with the smallest coefficients. Hastie, Tibshirani &
    Friedman, The Elements of Statistical Learning (2009), eq. 3.47.
    """
    columns, sizes, rows = np.linalg.svd(np.polynomial.legendre.legvander(x, degree), full_matrices=False)
    kept = sizes > 1e-12 * sizes.max(axis=-1, keepdims=True)
    shrunk = np.where(kept, sizes / np.where(kept, sizes**2 + ridge, 1.0), 0.0)
    amounts = shrunk * np.einsum("...nk,...n->...k", columns, y)
    coefficients = np.einsum("...kd,...k->...d", rows, amounts)
    return Fits(lambda at: np.einsum("...nd,...d->...n", np.polynomial.legendre.legvander(at, degree), coefficients))


def fit_networks(x: Array, y: Array, width: int | NDArray[np.int_], ridge: float = 0.0, seed: int = 0) -> Fits:
    """Networks c + Σ a_j tanh(w_j x + b_j) of `width` hidden neurons, one number or one a run, trained all at once.

    400 steps of Adam over the full sample from the same start, normal numbers of standard deviation 3 for w, 2 for b, 0.3 for a;
    the gradient is written out by hand. A width of 0 is a constant.
    """
    runs, count = x.shape
    widths = np.broadcast_to(width, runs)
    most = int(widths.max(initial=0))
    there = (np.arange(most) < widths[:, None]).astype(float)  # neurons that a run does not have stay out of its sum
    # a neuron has its numbers in a row, so that they are the same whatever the width
    start = np.random.default_rng(seed).standard_normal((most, 3)) * [3, 2, 0.3]
    weights = np.tile(start.T.ravel(), (runs, 1)) * np.tile(there, 3)
    weights = np.concatenate([weights, y.mean(axis=1, keepdims=True)], axis=1)
    state: dict[str, Any] = {}
    for _ in range(STEPS):
        w, b, a, c = np.split(weights, (most, 2 * most, 3 * most), axis=1)
        hidden = np.tanh(x[..., None] * w[:, None] + b[:, None])
        residual = 2 / count * (np.einsum("rnk,rk->rn", hidden, a) + c - y)
        slope = residual[..., None] * (1 - hidden**2) * a[:, None]
        gradient = [np.einsum("rnk,rn->rk", slope, x), slope.sum(axis=1), np.einsum("rnk,rn->rk", hidden, residual)]
        full = np.concatenate([*gradient, residual.sum(axis=1, keepdims=True)], axis=1)
        full[:, :-1] = (full[:, :-1] + 2 * ridge / count * weights[:, :-1]) * np.tile(there, 3)
        change = step("adam", state, full, RATE)
        weights, state = weights + change.update, change.state
    w, b, a, c = (part[:, None] for part in np.split(weights, (most, 2 * most, 3 * most), axis=1))
    return Fits(lambda at: (np.tanh(np.atleast_2d(at)[..., None] * w + b) * a).sum(axis=-1) + c[..., 0])


@dataclass(frozen=True)
class BiasVariance:
    """What many fits have in common and in what they differ, at points x (m,).

    `mean` and `spread` (m,) of the fits; `bias` the mean of (mean − function)², `variance` the mean of spread², `noise` σ²: their
    sum is the error to be expected on a new point. `measured` (runs,) is each fit's error on as many new noisy points as it had.
    """

    mean: Array
    spread: Array
    bias: float
    variance: float
    noise: float
    measured: Array

    @property
    def expected(self) -> float:
        """bias² + variance + noise."""
        return self.bias + self.variance + self.noise


def bias_variance(
    model: str,
    function: Function,
    at: Array,
    *,
    capacity: int,
    ridge: float = 0.0,
    samples: int = 20,
    noise: float = 0.3,
    runs: int = 200,
    seed: int = 0,
) -> BiasVariance:
    """Fit `runs` new samples, all at once, and compare at evenly spaced points (m,) of [−1, 1].

    Geman, Bienenstock & Doursat 1992; Hastie, Tibshirani & Friedman (2009), eq. 7.9.
    """
    x, y = noisy_samples(function, samples, noise, runs, seed)
    fits = fit(model, x, y, capacity, ridge)
    curves = fits.predict(np.broadcast_to(at, (runs, len(at))))
    mean, spread = curves.mean(axis=0), curves.std(axis=0)
    off = mean - values_of(function, at)
    fresh = noisy_samples(function, samples, noise, runs, seed + 1_000_003)
    return BiasVariance(
        mean, spread, float((off**2).mean()), float((spread**2).mean()), float(noise) ** 2, fits.error(*fresh)
    )
