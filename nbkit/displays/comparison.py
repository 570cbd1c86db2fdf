"""Expected against got: the picture beside a verdict."""

from __future__ import annotations

from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nbkit.displays.base import COLOURS, Display

__all__ = ["ComparisonDisplay"]


class ComparisonDisplay(Display):
    """What was expected as a broad line, and what came out as a thin one with markers."""

    figsize = (6.0, 3.2)

    def draw(self, ax: Axes) -> None:
        self.expected_ = self.live(ax.plot([], [], color=COLOURS.guide, linewidth=6, alpha=0.5, label="expected")[0])
        self.got_ = self.live(ax.plot([], [], "o-", color=COLOURS.bad, markersize=4, linewidth=1.5, label="yours")[0])
        ax.legend(loc="best")

    def update(self, x: ArrayLike, expected: ArrayLike, got: ArrayLike, xlabel: str = "", ylabel: str = "") -> None:
        self.expected_.set_data(x, expected)
        self.got_.set_data(x, got)
        self.ax_.set(xlabel=xlabel, ylabel=ylabel)
        self.ax_.relim()
        self.ax_.autoscale_view()
