"""What a model is to be like: a function on an interval, a few samples, or heights that somebody paints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.elementwise import answers

__all__ = ["PAINTED", "Target", "painted_target", "sampled_target", "stroke", "target_from"]

Array = NDArray[np.float64]

GRID = 2001  # places of a function
PAINTED = 81  # places whose height the pen sets


class Target(NamedTuple):
    """Heights y (m,) at increasing places x (m,) in [low, high]; `sampled` where nothing is known between them."""

    x: Array
    y: Array
    low: float
    high: float
    sampled: bool = False

    def thinned(self, every: int) -> tuple[Array, Array]:
        """Every n-th place of a function, with its height; all samples."""
        return (self.x, self.y) if self.sampled else (self.x[::every], self.y[::every])


def target_from(function: Callable[[Array], Any], low: float, high: float, name: str = "the target") -> Target:
    """A function's values at 2001 places; raises ValueError where they are not finite, or not one number a place."""
    x = np.linspace(low, high, GRID)
    y = answers(function, x.copy(), name=name)
    if y.dtype.kind not in "fiub" or y.shape not in ((), x.shape):
        raise ValueError(f"{name} must return one number for each x, shape {x.shape}, got {y.dtype} of shape {y.shape}")
    values = np.array(np.broadcast_to(y, x.shape), dtype=np.float64)
    bad = ~np.isfinite(values)
    if bad.any() or np.abs(values).max() > 1e6:
        worst = x[bad.argmax() if bad.any() else np.abs(values).argmax()]
        raise ValueError(
            f"{name} must be finite and below a million on [{low:g}, {high:g}], it is not at x = {worst:.3g}: choose another"
        )
    return Target(x, values, low, high)


def sampled_target(x: ArrayLike, y: ArrayLike) -> Target:
    """Samples (m,), put in the order of x; raises ValueError unless there are finite ones at two places at least."""
    places, heights = (np.asarray(values) for values in (x, y))
    if places.shape != heights.shape or places.ndim != 1 or {places.dtype.kind, heights.dtype.kind} - set("fiub"):
        raise ValueError(f"samples must be x and y of one shape (m,), got shapes {places.shape} and {heights.shape}")
    places, heights = places.astype(np.float64), heights.astype(np.float64)
    if not np.isfinite([places, heights]).all() or len(np.unique(places)) < 2:
        raise ValueError("samples must be finite, at two different x at least")
    order = np.argsort(places, kind="stable")
    return Target(places[order], heights[order], float(places.min()), float(places.max()), sampled=True)


def painted_target(heights: ArrayLike, low: float, high: float) -> Target:
    """The line through 81 heights, evenly spaced over [low, high]."""
    x = np.linspace(low, high, GRID)
    return Target(x, np.interp(x, np.linspace(low, high, PAINTED), np.asarray(heights, dtype=np.float64)), low, high)


def stroke(target: Target, start: tuple[float, float], end: tuple[float, float]) -> list[float]:
    """The target's 81 heights after a pen has drawn a straight line from `start` to `end`, each (x, y).

    The pen sets the places between its ends, at least the one nearest to `end`.
    """
    places = np.linspace(target.low, target.high, PAINTED)
    heights = np.interp(places, target.x, target.y)
    (x0, y0), (x1, y1) = sorted([start, end])
    under = (places >= x0) & (places <= x1)
    heights[under] = y0 + (y1 - y0) * (places[under] - x0) / (x1 - x0) if x1 > x0 else end[1]
    heights[np.abs(places - end[0]).argmin()] = end[1]
    return [float(height) for height in np.round(heights, 4)]
