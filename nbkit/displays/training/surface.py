"""A slice of the loss, with the way that training took through it."""

from __future__ import annotations

from typing import Any, NamedTuple

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.training.axes import number, put, set_limits

__all__ = ["LossSurface", "LossSurfaceDisplay"]

Array = NDArray[np.float64]

MOST = 400
LEVELS = 9


class LossSurface(NamedTuple):
    """`losses` (m, n) at the coordinates `first` (n,) and `second` (m,) along two directions, whose `names` say what they are;
    `path` (p, 2), where training went, the last point being the present one."""

    losses: Array
    first: Array
    second: Array
    path: Array
    names: tuple[str, str] = ("direction 1", "direction 2")


class LossSurfaceDisplay(Display):
    """The loss as shade and contour lines, each a fixed factor above the next; the path is drawn over it. See `LossSurface`.

    The surface is drawn anew only when it is another array: the path moves with each step, the surface does not.
    """

    figsize = (5.6, 4.2)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(1, 0.04))
        return {"ax": figure.add_subplot(grid[0]), "bar": figure.add_subplot(grid[1])}

    def draw(self, ax: Axes, bar: Axes) -> None:
        self.image_ = ax.imshow(
            np.zeros((2, 2)), cmap="cividis", origin="lower", aspect="auto", interpolation="bilinear"
        )
        self.contours_ = LineCollection([], colors="white", linewidths=0.8, alpha=0.7)
        ax.add_collection(self.contours_, autolim=False)
        self.path_ = self.live(ax.plot([], [], color=COLOURS.gradient, lw=2.2)[0])
        self.start_ = self.live(ax.plot([], [], "s", ms=8, color="white", mec=COLOURS.target, mew=1.5)[0])
        self.end_ = self.live(ax.plot([], [], "o", ms=10, color=COLOURS.gradient, mec="white", mew=1.5)[0])
        self.bar_ = bar.imshow(
            np.linspace(0, 1, 256)[:, None], cmap="cividis", origin="lower", extent=(0, 1, 0, 1), aspect="auto"
        )
        bar.yaxis.tick_right()
        bar.set_xticks([])
        readable(ax, bar)
        self._losses: Array | None = None
        self._names: tuple[str, str] = ("", "")

    def update(self, **arrays: Any) -> None:
        view = LossSurface(**arrays)
        if view.losses is not self._losses:
            self._losses = view.losses
            self._paint(view)
        if view.names != self._names:
            self._names = view.names
            self.axes_["ax"].set(xlabel=view.names[0], ylabel=view.names[1])
        path = np.asarray(view.path, np.float64).reshape(-1, 2)
        stride = max(-(-len(path) // MOST), 1)
        drawn = path[(len(path) - 1) % stride :: stride] if len(path) else path
        put(self.path_, *drawn.T)
        put(self.start_, *path[:1].T)
        put(self.end_, *path[-1:].T)

    def _paint(self, view: LossSurface) -> None:
        heights, low, high = _heights(np.asarray(view.losses, np.float64))
        first, second = np.asarray(view.first), np.asarray(view.second)
        half = (first[1] - first[0]) / 2, (second[1] - second[0]) / 2
        extent = (first[0] - half[0], first[-1] + half[0], second[0] - half[1], second[-1] + half[1])
        ax, bar = self.axes_["ax"], self.axes_["bar"]
        self.image_.set_data(heights)
        self.image_.set_clim(0, 1)
        self.image_.set_extent(extent)
        set_limits(ax, (first[0], first[-1]), (second[0], second[-1]))
        found = contourpy.contour_generator(first, second, np.ma.masked_invalid(heights))
        levels = np.linspace(0, 1, LEVELS + 2)[1:-1]
        lines: list[Any] = [line for level in levels for line in found.lines(float(level))]
        self.contours_.set_segments(lines)
        ticks = np.linspace(0, 1, 4)
        bar.set_yticks(
            ticks, labels=[number(value, 2) for value in low * (high / low) ** ticks] if low < high else [""] * 4
        )
        bar.set_title("loss", fontsize=11, pad=4)


def _heights(losses: Array) -> tuple[Array, float, float]:
    """Losses as heights from 0 to 1, logarithmic between the lowest and the highest that are finite (at most 10⁶ apart)."""
    finite = losses[np.isfinite(losses)]
    high = float(max(finite.max(initial=0.0), 1e-12))
    low = float(max(finite.min(initial=high), 1e-6 * high))
    with np.errstate(invalid="ignore"):
        heights = np.log(np.clip(losses, low, high) / low) / max(np.log(high / low), 1e-12)
    return np.where(np.isfinite(losses), heights, np.where(losses == np.inf, 1.0, np.nan)), low, high
