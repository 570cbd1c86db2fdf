"""A fit beside its samples, and how the errors of training and validation go with its capacity."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.text import Heading, reading

__all__ = ["CapacityDisplay"]

Array = NDArray[np.float64]

HEIGHT = 2.2  # of the curves' axes
LOWEST, HIGHEST = 1e-3, 1e2  # of the errors' axes: what lies outside stands at the edge


class CapacityDisplay(Display):
    """Samples, true function and fit; beside them both errors against capacity, with the present one marked.

    `x`, `truth` and `curve` (m,); `train` and `validation`, points (n, 2); `mean` and `spread` (m,) of many fits, or (0,) where
    there are none; `capacities` (k,) with `train_errors` and `validation_errors` (k,), mean squared; `expected` (k,), the error to
    be expected over many fits where it is known, NaN elsewhere; `now`, the capacity; `noise`, σ²; `capacity_name` and `text`.
    """

    figsize = (7.5, 4.4)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(4, 3.2))
        return {"fit": figure.add_subplot(grid[0]), "errors": figure.add_subplot(grid[1])}

    def draw(self, fit: Axes, errors: Axes) -> None:
        self._draw_fit(fit)
        self._draw_errors(errors)
        readable(fit, errors)

    def _draw_fit(self, ax: Axes) -> None:
        self.heading_ = self.live(Heading(ax))
        self.band_ = self.live(PolyCollection([], facecolor=COLOURS.model, alpha=0.22, linewidth=0))
        ax.add_collection(self.band_, autolim=False)
        self.truth_ = self.live(ax.plot([], [], "--", lw=2, color=COLOURS.target, label="true function")[0])
        self.mean_ = self.live(ax.plot([], [], ":", lw=3, color=COLOURS.model)[0])
        self.curve_ = self.live(ax.plot([], [], lw=3, color=COLOURS.model, label="fit")[0])
        self.train_ = self.live(
            ax.plot([], [], "o", ms=7, color=COLOURS.classes[1], mec="#222222", label="training")[0]
        )
        self.validation_ = self.live(
            ax.plot([], [], "^", ms=6, mfc="none", mec=COLOURS.guide, mew=1.3, label="validation")[0]
        )
        self.many_ = self.live(
            reading(ax, 0.5, 0.03, transform=ax.transAxes, ha="center", va="bottom", fontsize=11, color=COLOURS.model)
        )
        ax.set(xlabel="x", ylabel="y", xlim=(-1, 1), ylim=(-HEIGHT, HEIGHT), xticks=[-1, 0, 1], yticks=range(-2, 3))
        _legend(ax)

    def _draw_errors(self, ax: Axes) -> None:
        self.now_ = self.live(ax.axvline(0, lw=6, color="#BBBBBB", alpha=0.6))
        self.noise_ = self.live(ax.axhline(1, ls=":", lw=2, color=COLOURS.target, label="noise σ²"))
        self.train_errors_ = self.live(ax.plot([], [], "o-", color=COLOURS.classes[1], label="training")[0])
        self.validation_errors_ = self.live(
            ax.plot([], [], "^--", mfc="none", mew=1.5, color=COLOURS.guide, label="validation")[0]
        )
        self.expected_ = self.live(ax.plot([], [], "D", ms=10, color=COLOURS.model, label="mean of 200 fits")[0])
        ax.set(ylabel="mean squared error", yscale="log", ylim=(LOWEST, HIGHEST))
        ax.set_xlabel("degree")
        ax.grid(alpha=0.3)
        ax.legend(
            loc="upper center", bbox_to_anchor=(0.42, -0.16), ncols=2, fontsize=11, frameon=False, columnspacing=1
        )

    def update(
        self,
        x: Array,
        truth: Array,
        curve: Array,
        train: Array,
        validation: Array,
        mean: Array,
        spread: Array,
        capacities: Array,
        train_errors: Array,
        validation_errors: Array,
        expected: Array,
        now: int,
        noise: float,
        capacity_name: str,
        text: str,
    ) -> None:
        self.heading_.set_text(text)
        self.truth_.set_data(x, truth)
        self.curve_.set_data(x, np.clip(curve, -9 * HEIGHT, 9 * HEIGHT))
        self.train_.set_data(*train.T)
        self.validation_.set_data(*validation.T)
        self.mean_.set_data(x[: len(mean)], mean)
        self.many_.set_text("200 fits: dotted their mean, shaded ± σ" if len(mean) else "")
        low, high = (np.clip(mean + side * spread, -9 * HEIGHT, 9 * HEIGHT) for side in (-1, 1))
        around = np.concatenate([np.column_stack([x, low]), np.column_stack([x, high])[::-1]]) if len(mean) else None
        self.band_.set_verts([] if around is None else [around])
        for line, errors in (
            (self.train_errors_, train_errors),
            (self.validation_errors_, validation_errors),
            (self.expected_, expected),
        ):
            line.set_data(capacities, np.clip(errors, 1.15 * LOWEST, HIGHEST / 1.15))
        self.now_.set_xdata([now, now])
        self.noise_.set_ydata([noise, noise])
        if self.axes_["errors"].get_xlabel() != capacity_name:
            # by the axes, since the label alone would not mark the figure as stale
            self.axes_["errors"].set_xlabel(capacity_name)
        limits = (capacities[0] - 0.5, capacities[-1] + 0.5)
        if self.axes_["errors"].get_xlim() != limits:
            self.axes_["errors"].set_xlim(limits)


def _legend(ax: Axes) -> None:
    """Below the axes, where no curve goes."""
    spacing = {"columnspacing": 1, "handlelength": 1.8, "handletextpad": 0.5}
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=2, frameon=False, fontsize=11, **spacing)
