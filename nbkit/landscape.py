"""What gradient descent needs to know of a loss, and how its minima are found where no formula tells them."""

from collections.abc import Iterator
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Batch = NDArray[np.intp] | None


class Objective:
    """A loss of one or two parameters that gradient descent can go down.

    `name` for people and `parameters`, the names of the axes; `samples` the number of samples that batches are drawn
    from, or None where there are none; `domain` (dimension, 2), the box worth drawing; `start` (dimension,), a good
    first point; `minima` (count, dimension), those in the domain, the deepest first, possibly none; `largest_curvature`
    the largest eigenvalue of the Hessian where that is the same everywhere (a quadratic), else None.
    """

    name: str
    parameters: tuple[str, ...]
    domain: Array
    start: Array
    samples: int | None = None
    largest_curvature: float | None = None

    @property
    def dimension(self) -> int:
        return len(self.parameters)

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

    @cached_property
    def minima(self) -> Array:
        return find_minima(self)

    @cached_property
    def lowest(self) -> float:
        """The loss of the deepest known minimum; where none is known the least loss on a grid in the domain."""
        if len(self.minima):
            return float(self.value(self.minima[0]))
        with np.errstate(all="ignore"):
            values = self.value(_grid(self.domain))
        return float(values[np.isfinite(values)].min(initial=np.inf))

    @cached_property
    def deepest(self) -> NDArray[np.bool_]:
        """Which of `minima` are as deep as the first, (count,): equal ones differ by less than 1e-6 of the depths seen."""
        depths = self.value(self.minima)
        return np.asarray(depths - self.lowest <= 1e-6 * max(1.0, np.ptp(depths) if len(depths) else 0.0))

    def reached(self, points: Array) -> NDArray[np.bool_]:
        """Whether points (..., dimension) ended at a deepest minimum, shape (...): within 5 % of the domain's widths."""
        return self.near(points, self.minima[self.deepest])

    def near(self, points: Array, places: Array) -> NDArray[np.bool_]:
        """Whether points (..., dimension) are within 5 % of the domain's widths of any of places (count, dimension)."""
        widths = self.domain[:, 1] - self.domain[:, 0]
        apart = np.abs(points[..., None, :] - places) / widths
        return np.asarray((apart <= 0.05).all(axis=-1).any(axis=-1))


def find_minima(objective: Objective, most: int = 20) -> Array:
    """The local minima inside the domain, (count, dimension), the deepest first; at most `most` of them.

    Those of a grid (2001 points in 1-D, 201 × 201 in 2-D), each followed down by damped Newton steps
    (Levenberg–Marquardt) and kept if it ends in the domain. Narrower dips than the grid are missed.
    """
    with np.errstate(all="ignore"):
        grid = _grid(objective.domain)
        values = np.asarray(objective.value(grid))
        values = np.where(np.isfinite(values), values, np.inf)
        inner = values[(slice(1, -1),) * objective.dimension]
        lowest = np.isfinite(inner)
        for neighbour in _neighbours(values):
            lowest &= inner < neighbour
        candidates = grid[(slice(1, -1),) * objective.dimension][lowest]
        order = np.argsort(inner[lowest])[:most]
        ends = [_settle(objective, point) for point in candidates[order]]
    low, high = objective.domain.T
    cell = (high - low) / (len(grid) - 1)
    found: list[Array] = []
    for end in sorted(ends, key=lambda point: float(objective.value(point))):
        apart = all((np.abs(end - other) > cell).any() for other in found)
        if apart and ((end >= low) & (end <= high)).all():
            found.append(end)
    return np.array(found).reshape(-1, objective.dimension)


def _grid(domain: Array) -> Array:
    count = 2001 if len(domain) == 1 else 201
    axes = [np.linspace(low, high, count) for low, high in domain]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def _neighbours(values: Array) -> Iterator[Array]:
    windows = (slice(None, -2), slice(1, -1), slice(2, None))
    centre = (windows[1],) * values.ndim
    for window in product(windows, repeat=values.ndim):
        if window != centre:
            yield values[window]


def _settle(objective: Objective, point: Array, rounds: int = 60) -> Array:
    damping, loss = 1e-3, float(objective.value(point))
    for _ in range(rounds):
        slope, bend = objective.gradient(point), objective.hessian(point)
        if not np.isfinite(slope).all() or not np.isfinite(bend).all():
            break
        # A floor under the eigenvalues makes each step a descent where the surface bends downwards.
        sizes, axes = np.linalg.eigh(bend)
        trial = point - axes @ ((axes.T @ slope) / (np.abs(sizes) + damping))
        after = float(objective.value(trial))
        if after < loss:
            point, loss, damping = trial, after, damping / 10
        elif damping > 1e12:
            break
        else:
            damping = max(damping, 1e-9) * 10
    return point
