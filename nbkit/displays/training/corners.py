"""A legend that stands where no curve runs through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

__all__ = ["FreeLegend"]

Array = NDArray[np.float64]
Corner = Literal["upper right", "lower right", "upper left", "lower left"]

PLACES = 24  # at which each curve is looked at in the width of the legend
#: The first corner that is free is taken, from the given side of the axes on.
ORDER: dict[str, tuple[Corner, ...]] = {
    "upper": ("upper right", "lower right", "upper left", "lower left"),
    "lower": ("lower right", "upper right", "lower left", "upper left"),
}


class FreeLegend:
    """The legend of an axes of curves, which goes to another corner when they come to where it stands."""

    def __init__(self, ax: Axes) -> None:
        self._ax = ax
        self._order = ORDER["upper"]
        self._corner: Corner = "upper right"
        self._share = (0.0, 0.0)  # of the axes, that the legend takes

    def show(self, lines: Sequence[Line2D], names: Sequence[str], side: str, **style: Any) -> None:
        """Make the legend anew, "upper" or "lower" as long as there is room."""
        self._order, self._corner = ORDER[side], ORDER[side][0]
        legend = self._ax.legend(lines, names, loc=self._corner, **style)
        for handle in legend.legend_handles:  # made like its line, which may have nothing to draw as yet
            if handle is not None:
                handle.set_visible(True)
        room, box = legend.get_window_extent(), self._ax.get_window_extent()
        self._share = min(1.1 * room.width / box.width, 1.0), min(1.1 * room.height / box.height, 1.0)

    def stand_clear(self, curves: Sequence[tuple[Array, Array]]) -> None:
        """Take the corner that the curves, (x, y) each with ascending x, run through least; a change costs a full draw."""
        met: dict[Corner, int] = {}
        for corner in self._order:
            met[corner] = self._met(corner, curves)
            if not met[corner]:
                break
        corner = min(met, key=lambda each: met[each])
        legend = self._ax.get_legend()
        if corner != self._corner and legend is not None:
            self._corner = corner
            legend.set_loc(corner)

    def _met(self, corner: Corner, curves: Sequence[tuple[Array, Array]]) -> int:
        """At how many of the places in the legend's width curves are in its height."""
        scale = np.log10 if self._ax.get_yscale() == "log" else np.asarray
        (left, right), (low, high) = self._ax.get_xlim(), scale(self._ax.get_ylim())
        width, height = self._share
        first = 1 - width if "right" in corner else 0.0
        x = left + (right - left) * np.linspace(first, first + width, PLACES)
        met = 0
        for steps, values in curves:
            if len(steps):
                up = (np.interp(x, steps, scale(values), np.nan, np.nan) - low) / (high - low)
                met += int(np.count_nonzero(up > 1 - height if "upper" in corner else up < height))
        return met
