"""A curve that is drawn by hand, and the true one over it once that is known."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nbkit.displays.base import COLOURS, Display, readable

__all__ = ["SketchDisplay"]


class SketchDisplay(Display):
    """Heights that are drawn, NaN where nothing is; the pen; and the truth."""

    figsize = (7.2, 3.4)

    def draw(self, ax: Axes) -> None:
        self.truth_ = self.live(ax.plot([], [], "--", color=COLOURS.target, linewidth=2.5, label="as it is")[0])
        self.curve_ = self.live(ax.plot([], [], color=COLOURS.model, linewidth=3, label="your prediction")[0])
        self.pen_ = self.live(ax.plot([], [], "o", color=COLOURS.gradient, markersize=10, fillstyle="none", mew=2)[0])
        self.legend_ = ax.legend(loc="best", fontsize=12)
        ax.grid(color="#DDDDDD", linewidth=0.8)
        readable(ax)

    def update(
        self,
        x: ArrayLike,
        heights: ArrayLike,
        pen: tuple[float, float],
        truth: ArrayLike | None,
        limits: tuple[tuple[float, float], tuple[float, float]],
        labels: tuple[str, str],
    ) -> None:
        """`x` and `heights` (n,), `truth` (n,) or None while it is not to be seen; `limits` and `labels` of the axes, x first."""
        self.curve_.set_data(x, heights)
        self.truth_.set_data(x, np.full(np.shape(x), np.nan) if truth is None else truth)
        self.pen_.set_data([pen[0]], [pen[1]])
        self.pen_.set_visible(truth is None)
        across, up = limits
        # a margin, so that the pen is whole at the edge; what is set again would be drawn again
        margins = [(low - 0.03 * (high - low), high + 0.03 * (high - low)) for low, high in (across, up)]
        if [self.ax_.get_xlim(), self.ax_.get_ylim()] != margins:
            self.ax_.set(xlim=margins[0], ylim=margins[1], xlabel=labels[0], ylabel=labels[1])
            readable(self.ax_)
            self.fit()  # the labels and numbers need their room
        if self.legend_.get_visible() != (truth is not None):
            self.legend_.set_visible(truth is not None)
