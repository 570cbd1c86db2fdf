"""What the training views' axes have in common: sizes of text, limits that seldom change, and curves that stay short."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

__all__ = ["TEXT", "decimated", "fitting", "number", "put", "set_limits", "steady", "text_style", "width_of"]

Array = NDArray[np.float64]

MOST = 300  # points of a drawn curve: as many as its pixels
TEXT = 11


def set_limits(ax: Axes, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
    """Set limits where they differ: a change costs a full draw."""
    if x is not None and x != ax.get_xlim():
        ax.set_xlim(x)
    if y is not None and y != ax.get_ylim():
        ax.set_ylim(y)


def put(line: Line2D, x: ArrayLike = (), y: ArrayLike = ()) -> None:
    """Set a line's data; one without data is not drawn, which would cost as much as a short one."""
    x = np.asarray(x)
    if line.get_visible() != bool(len(x)):
        line.set_visible(bool(len(x)))
    if len(x):
        line.set_data(x, np.asarray(y))


def steady(limits: tuple[float, float], low: float, high: float, least: float = 0.0) -> tuple[float, float]:
    """The limits as they are while [low, high] lies well inside and fills more than 40 %; else limits with room round it.

    What is narrower than `least` is taken for as wide, round its middle.

    What is drawn live moves a little with each frame; limits that followed it would redraw the ticks each time. Where it has
    come out there is most room, since it is likely to go on; but little below 0 for what is never negative.
    """
    if not np.isfinite([low, high]).all():
        return limits
    least = max(least, 1e-3 * max(abs(low), abs(high)), 1e-12)
    if high - low < least:
        low, high = ((low + high + sign * least) / 2 for sign in (-1, 1))
    span = limits[1] - limits[0]
    if limits[0] + 0.01 * span <= low and high <= limits[1] - 0.01 * span and high - low >= 0.4 * span:
        return limits
    above, below = (0.12 * (high - low) * (3 if out else 1) for out in (high > limits[1], low < limits[0]))
    return max(low - below, -0.05 * high) if low >= 0 else low - below, high + above


def decimated(x: NDArray[Any], y: NDArray[Any], most: int = MOST) -> tuple[Array, Array]:
    """At most `most` points of a curve of finite values: the lowest and highest of each of `most`/2 stretches.

    A mean or every k-th value would lose the spikes. Of more than 20 · `most` points only evenly spaced ones are looked at, so
    that the time does not grow with their number.
    """
    stride = max(-(-len(y) // (20 * most)), 1)
    first = (len(y) - 1) % stride  # so that the last is kept
    x, y = (np.asarray(values[first::stride], np.float64) for values in (x, y))
    finite = np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    if len(y) <= most:
        return x, y
    length = -(-2 * len(y) // most)
    whole = len(y) - len(y) % length
    blocks = y[:whole].reshape(-1, length)
    starts = np.arange(0, whole, length)
    ends = [starts + blocks.argmin(axis=1), starts + blocks.argmax(axis=1)]
    if whole < len(y):
        rest = y[whole:]
        ends += [np.array([whole + rest.argmin()]), np.array([whole + rest.argmax()])]
    kept = np.unique(np.concatenate([*ends, [len(y) - 1]]))
    return x[kept], y[kept]


def number(value: float, digits: int = 3) -> str:
    """A value as it is read aloud: `digits` significant ones, no power of ten below a million, and a true minus sign."""
    said = f"{value:.{digits}g}"
    return (f"{value:.0f}" if "e+" in said and abs(value) < 1e6 else said).replace("-", "−")


def width_of(ax: Axes) -> float:
    """px at 100 dpi."""
    return float(ax.get_window_extent().width * 100 / ax.figure.dpi)


def fitting(ax: Axes, *texts: str) -> str:
    """The first of the texts, longest first, that is no wider than the axes; else the last."""
    room = width_of(ax) * 0.72 / (0.5 * TEXT)  # a letter is half as wide as the size
    return next((text for text in texts if len(text) <= room), texts[-1])


def text_style(**more: Any) -> dict[str, Any]:
    """How text in the axes is written."""
    return {"fontsize": TEXT, "color": "#222222"} | more
