"""A sum of ReLUs in one input: what a network with one hidden layer can represent, and how far it is from a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.formulas import relu

__all__ = [
    "MOST",
    "Errors",
    "Preset",
    "ReLUSum",
    "error_curve",
    "errors",
    "evenly_spaced",
    "presets",
    "random_neurons",
    "slide_network",
]

Array = NDArray[np.float64]

MOST = 50  # neurons


class ReLUSum:
    """Z(x) = Σ a·relu(w·x + b) + c, callable on an array of any shape.

    `weights` w, `biases` b and `output_weights` a have shape (n,), where n may be 0; `output_bias` is c. Raises ValueError for
    shapes that differ and for numbers that are not finite.
    """

    def __init__(
        self, weights: ArrayLike, biases: ArrayLike, output_weights: ArrayLike, output_bias: float = 0.0
    ) -> None:
        self.weights, self.biases, self.output_weights = (
            np.array(values, dtype=np.float64) for values in (weights, biases, output_weights)
        )
        self.output_bias = float(output_bias)
        shapes = [values.shape for values in (self.weights, self.biases, self.output_weights)]
        if len(set(shapes)) > 1 or len(shapes[0]) != 1:
            raise ValueError(f"weights, biases and output_weights must be lists of one length, got shapes {shapes}")
        if not np.isfinite([*self.weights, *self.biases, *self.output_weights, self.output_bias]).all():
            raise ValueError(f"weights, biases and output weights must be finite, got {self!r}")

    def __call__(self, x: ArrayLike) -> Array:
        return np.asarray(self.terms(x).sum(axis=0) + self.output_bias)

    def __len__(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        lists = (self.weights, self.biases, self.output_weights)
        return f"ReLUSum({', '.join(str(values.tolist()) for values in lists)}, {self.output_bias})"

    def hidden(self, x: ArrayLike) -> Array:
        """What the neurons put out, relu(w·x + b), shape (n, ...) for x of shape (...)."""
        return relu(np.multiply.outer(self.weights, x) + _column(self.biases, np.ndim(x)))

    def terms(self, x: ArrayLike) -> Array:
        """What each neuron adds to the sum, a·relu(w·x + b), shape (n, ...) for x of shape (...)."""
        return _column(self.output_weights, np.ndim(x)) * self.hidden(x)

    @property
    def kinks(self) -> Array:
        """Where each neuron starts, −b/w, shape (n,); NaN where the weight is 0 and there is no such place."""
        weights = np.where(self.weights == 0, np.nan, self.weights)
        return np.asarray(-self.biases / weights + 0.0)  # + 0.0: no −0

    @property
    def slope_changes(self) -> Array:
        """By how much the slope of the sum grows at each kink, a·|w|, shape (n,)."""
        return self.output_weights * np.abs(self.weights)

    def fit(self, x: ArrayLike, y: ArrayLike, *, output_bias: bool = True) -> ReLUSum:
        """The sum with the same kinks whose output weights (and output bias, unless told to keep it) suit y best.

        It has the least Σ(Z(x) − y)² over the points x, y of shape (m,); where several do, the one with the smallest weights.
        Raises ValueError for points that are not finite or not of one shape.
        """
        places, values = (np.asarray(points, dtype=np.float64) for points in (x, y))
        if places.ndim != 1 or places.shape != values.shape or not (np.isfinite(places) & np.isfinite(values)).all():
            raise ValueError(
                f"x and y must be finite numbers of one shape (m,), got shapes {places.shape}, {values.shape}"
            )
        columns = self.hidden(places).T
        if output_bias:
            columns = np.column_stack([columns, np.ones(len(places))])
        best = np.linalg.lstsq(columns, values if output_bias else values - self.output_bias, rcond=1e-10)[0]
        if output_bias:
            return ReLUSum(self.weights, self.biases, best[:-1], best[-1])
        return ReLUSum(self.weights, self.biases, best, self.output_bias)


def _column(values: Array, dimensions: int) -> Array:
    return values.reshape(-1, *[1] * dimensions)


def slide_network() -> ReLUSum:
    """Six neurons found by hand for x³ + x² − x − 1 on [−2, 2]."""
    return ReLUSum([-5, -1.2, 1.2, 1.2, 2, 5], [-7.7, -1.3, 1, -0.2, -1.1, -5], [-1, -1, -1, 1, 1, 1])


def evenly_spaced(count: int, low: float, high: float) -> ReLUSum:
    """`count` neurons of weight 1 and output weight 0, their kinks evenly spaced in [low, high), the first on the left edge."""
    kinks = low + (high - low) * np.arange(count) / count
    return ReLUSum(np.ones(count), 0.0 - kinks, np.zeros(count))


def random_neurons(count: int, low: float, high: float, seed: int = 0) -> ReLUSum:
    """`count` neurons as training might start with: normal weights and output weights, kinks uniform in [low, high]."""
    rng = np.random.default_rng(seed)
    weights, kinks = rng.normal(0, 1, count), rng.uniform(low, high, count)
    return ReLUSum(weights, -weights * kinks, rng.normal(0, 1, count))


class Preset(NamedTuple):
    """A target on [−2, 2], as an expression, and a network to begin with."""

    target: str
    network: ReLUSum


def presets() -> dict[str, Preset]:
    """Five beginnings, by name: by hand, a jump that no sum can follow, an exact one, a fitted one, and a random one."""
    sine = evenly_spaced(8, -2, 2)
    x = np.linspace(-2, 2, 2001)
    return {
        "slide": Preset("x**3 + x**2 - x - 1", slide_network()),
        "step": Preset("(1 + sign(x))/2", ReLUSum([10, 10], [0.5, -0.5], [1, -1])),
        "tent": Preset("relu(1 - abs(x))", ReLUSum([1, 1, 1], [1, 0, -1], [1, -2, 1])),
        "sine": Preset("sin(pi*x)", sine.fit(x, np.sin(np.pi * x))),
        "cubic": Preset("x**3 - 2*x", random_neurons(6, -2, 2, seed=1)),
    }


class Errors(NamedTuple):
    """How far a model is from a target: root of the mean square, largest distance, and the x where that is."""

    rms: float
    largest: float
    at: float


def errors(x: ArrayLike, difference: ArrayLike, *, sampled: bool = False) -> Errors:
    """The errors of a difference (m,) at increasing places x (m,).

    The mean is the integral over x by the trapezoid rule, or, of a target that is known at samples only, the mean over them.
    """
    places, apart = np.asarray(x, dtype=np.float64), np.asarray(difference, dtype=np.float64)
    worst = int(np.abs(apart).argmax())
    mean = np.mean(apart**2) if sampled else np.trapezoid(apart**2, places) / np.ptp(places)
    return Errors(float(np.sqrt(mean)), float(np.abs(apart[worst])), float(places[worst]))


def error_curve(x: ArrayLike, y: ArrayLike, counts: Sequence[int], *, sampled: bool = False) -> Array:
    """RMS and largest error, shape (2, len(counts)), of as many evenly spaced kinks with their best output weights.

    The target is y (m,) at increasing places x (m,), and the kinks are spaced between the first and the last of them;
    `sampled` is that of `errors`.
    For a target with a second derivative the largest error falls with the square of the count (de Boor, A Practical Guide
    to Splines, 1978, chapter III).
    """
    places, values = (np.asarray(points, dtype=np.float64) for points in (x, y))
    found = [errors(places, _piecewise_linear(places, values, count) - values, sampled=sampled)[:2] for count in counts]
    return np.array(found).T


def _tridiagonal(diagonal: NDArray[Any], beside: NDArray[Any], right: NDArray[Any]) -> Array:
    """Solve a symmetric positive definite tridiagonal system by elimination: diagonal and right (n,), beside (n − 1,)."""
    pivots, sides, entries = diagonal.tolist(), right.tolist(), beside.tolist()
    for row, entry in enumerate(entries, start=1):
        factor = entry / pivots[row - 1]
        pivots[row] -= factor * entry
        sides[row] -= factor * sides[row - 1]
    solved = [sides[-1] / pivots[-1]]
    for row in range(len(entries) - 1, -1, -1):
        solved.append((sides[row] - entries[row] * solved[-1]) / pivots[row])
    return np.array(solved[::-1])


def _piecewise_linear(x: Array, y: Array, pieces: int) -> Array:
    """The values at x of the broken line of as many equal pieces that suits y best.

    These are the functions that evenly spaced kinks and an output bias can make. By their heights at the ends of the pieces the
    normal equations are tridiagonal and well conditioned; a grain of ridge is for pieces without samples.
    """
    along = (x - x[0]) * (pieces / (x[-1] - x[0]))
    left = np.minimum(along.astype(int), pieces - 1)
    share = along - left
    ends = pieces + 1
    beside = np.bincount(left, share * (1 - share), ends)[:-1]
    diagonal = np.bincount(left, (1 - share) ** 2, ends) + np.bincount(left + 1, share**2, ends) + 1e-12 * len(x)
    right = np.bincount(left, (1 - share) * y, ends) + np.bincount(left + 1, share * y, ends)
    heights = _tridiagonal(diagonal, beside, right)
    return np.asarray((1 - share) * heights[left] + share * heights[left + 1])
