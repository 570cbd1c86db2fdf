"""Curves of functions that keep their colour and dash, whichever of them are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display

__all__ = ["MOST", "Curve", "Curves", "colour"]

Array = NDArray[np.float64]

MOST = 16  # curves at once
DASHES = ((0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1.2, 2)), (0, (2.5, 1.5)))
MARKERS = "o^svDP<X"


class Curve(NamedTuple):
    """One function: its label, its place among all (which fixes its colour and dash), and y against x, shape (n,)."""

    label: str
    place: int
    x: Array
    y: Array


class Curves:
    """A line for each place, in axes of a display; `update` shows those of some curves.

    `lines` are by place; `markers` says whether their points are marked.
    """

    def __init__(self, display: Display, ax: Axes, markers: bool = False) -> None:
        self.ax = ax
        self.lines: list[Line2D] = []
        for place in range(MOST):
            marker = MARKERS[place % len(MARKERS)] if markers else None
            self.lines.append(display.live(ax.plot([], [], color=colour(place), marker=marker, markersize=5)[0]))

    def update(self, curves: Sequence[Curve]) -> None:
        """The first curve is solid, thick and on top; the others have each their own dash."""
        given = {curve.place: (rank, curve) for rank, curve in enumerate(curves)}
        for place, line in enumerate(self.lines):
            line.set_visible(place in given)
            if place in given:
                rank, curve = given[place]
                line.set_data(curve.x, curve.y)
                line.set(
                    linewidth=1.8 if rank else 3.0,
                    linestyle=DASHES[(place + place // 8) % len(DASHES)] if rank else "-",
                    zorder=12 if rank else 13,
                )

    def legend(self, entries: Sequence[tuple[str, Line2D]], anchor: tuple[float, float], corner: str) -> None:
        """A legend of what is shown, made anew only when that changes: a live one would cost more than all the curves."""
        labels = [label for label, _ in entries]
        legend = self.ax.get_legend()
        if legend is None or [text.get_text() for text in legend.get_texts()] != labels:
            options: dict[str, Any] = {
                "loc": corner,
                "bbox_to_anchor": anchor,
                "borderaxespad": 0.0,
                "framealpha": 0.85,
                "fontsize": 11,
            }
            handles, columns = [line for _, line in entries], 1 if len(labels) < 5 else 2
            self.ax.legend(handles, labels, ncols=columns, handlelength=3.2, **options)


def colour(place: int) -> str:
    """The colour of a place."""
    return str(COLOURS.cycle[place % len(COLOURS.cycle)])
