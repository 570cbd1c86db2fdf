"""What gradient descent goes down: losses of one or two parameters, with their gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Batch = NDArray[np.intp] | None


class Objective:
    """A loss of `dimension` parameters that gradient descent can go down.

    `name` for people; `samples` the number of samples that batches are drawn from, or None where there are none;
    `domain` (dimension, 2), the box worth drawing; `start` (dimension,), a good first point; `minima` (count,
    dimension), the known ones, the deepest first, possibly none; `largest_curvature` the largest eigenvalue of the
    Hessian where it is the same everywhere (a quadratic), else None.
    """

    name: str
    dimension: int
    samples: int | None = None
    domain: Array
    start: Array
    minima: Array
    largest_curvature: float | None = None

    def value(self, points: Array) -> Array:
        """The full loss at points (..., dimension), shape (...)."""
        raise NotImplementedError

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        """The gradient at points (..., dimension), of the full loss or of the samples batch (..., size) only."""
        raise NotImplementedError

    def hessian(self, point: Array) -> Array:
        """The second derivatives at one point, (dimension, dimension), by central differences of the gradient."""
        point = np.asarray(point, dtype=float)
        width = 1e-5 * np.maximum(1, np.abs(point))
        offsets = np.diag(width)
        rows = (self.gradient(point + offsets) - self.gradient(point - offsets)) / (2 * width[:, None])
        return np.asarray((rows + rows.T) / 2)

    def reached(self, points: Array) -> NDArray[np.bool_]:
        """Whether points (..., dimension) lie in the deepest minimum's valley, shape (...)."""
        raise NotImplementedError


class Parabola(Objective):
    """A bowl, curvature/2 · |w|², in 1 or 2 dimensions."""

    def __init__(self, curvature: float = 1.0, dimension: int = 1) -> None:
        self._set(np.full(dimension, float(curvature)), "parabola")

    def _set(self, curvatures: Array, name: str) -> None:
        self.name, self.dimension, self.curvatures = name, len(curvatures), curvatures
        self.largest_curvature = float(curvatures.max())
        self.domain = np.tile([-2.0, 2.0], (self.dimension, 1))
        self.start = np.array([1.5, 1.0])[: self.dimension]
        self.minima = np.zeros((1, self.dimension))

    def value(self, points: Array) -> Array:
        return np.asarray(0.5 * (self.curvatures * points**2).sum(axis=-1))

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        return self.curvatures * points


class Valley(Parabola):
    """A narrow valley, (w1² + condition · w2²) / 2: the first axis is flat, the second steep."""

    def __init__(self, condition: float = 20.0) -> None:
        self._set(np.array([1.0, float(condition)]), "narrow valley")


# name -> class; each takes keywords only: parabola(curvature, dimension), valley(condition), plateau(dimension),
# sine fit and line fit(noise, seed)
OBJECTIVES: dict[str, Callable[..., Any]] = {"parabola": Parabola, "narrow valley": Valley}
