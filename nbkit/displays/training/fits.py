"""A fitted function of one input over its data, and predictions against true values where the inputs are too many to draw."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.training.axes import put, set_limits, steady

__all__ = ["FittedCurve", "FittedCurveDisplay", "PredictionDisplay", "Predictions"]

Array = NDArray[np.float64]

MOST = 1000  # points drawn of each sample
OUTPUTS = 4


class FittedCurve(NamedTuple):
    """A function of one input: `x` (m,) and the outputs `y` (m,) or (m, k), k ≤ 4, over `train` (n, 2) and `validation` (v, 2),
    rows (x, target), of which at most 1000 are drawn; `truth` (2, p), the function without noise; `names` of both axes."""

    x: Array
    y: Array
    train: Array
    validation: Array
    truth: Array | None = None
    names: tuple[str, str] = ("x", "y")


class FittedCurveDisplay(Display):
    """The network's function of one input, thick, over circles (training data) and triangles (validation). See `FittedCurve`."""

    def draw(self, ax: Axes) -> None:
        self.points_ = _samples(self, ax)
        self.truth_ = self.live(ax.plot([], [], "--", color=COLOURS.guide, lw=2, label="truth")[0])
        dashes = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))
        self.curves_ = [
            self.live(ax.plot([], [], color=colour, ls=dash, lw=3)[0])
            for colour, dash in zip((COLOURS.model, *COLOURS.classes[1:]), dashes, strict=True)
        ]
        ax.grid(alpha=0.3)
        readable(ax)
        _legend(ax, [*self.points_.values(), self.truth_])
        self._written: tuple[str, str] = ("", "")

    def update(self, **arrays: Any) -> None:
        view = FittedCurve(**arrays)
        ys = np.asarray(view.y).reshape(len(view.x), -1)
        for k, curve in enumerate(self.curves_):
            put(curve, *((view.x, ys[:, k]) if k < ys.shape[1] else ()))
        put(self.truth_, *(() if view.truth is None else view.truth))
        for name, points in (("train", view.train), ("validation", view.validation)):
            put(self.points_[name], *np.asarray(points)[:MOST].T)
        ax = self.axes_["ax"]
        if view.names != self._written:
            self._written = view.names
            ax.set(xlabel=view.names[0], ylabel=view.names[1])
        # The data hold the scale: a curve that is far off at first would hide them.
        targets = np.concatenate([np.asarray(view.train)[:, 1], np.asarray(view.validation)[:, 1]])
        x = np.asarray(view.x)
        y = steady(ax.get_ylim(), float(targets.min()), float(targets.max())) if len(targets) else None
        set_limits(ax, (float(x.min()), float(x.max())), y)


class Predictions(NamedTuple):
    """Rows (true, predicted) of `train` (n, 2) and `validation` (v, 2), of which at most 1000 are drawn; `name` of the target."""

    train: Array
    validation: Array
    name: str = ""


class PredictionDisplay(Display):
    """Predicted against true values: on the diagonal all is right. Circles are training data, triangles validation."""

    figsize = (4.8, 4.4)

    def draw(self, ax: Axes) -> None:
        ax.axline((0, 0), slope=1, color=COLOURS.target, lw=1.5, ls="--")
        self.points_ = _samples(self, ax)
        ax.grid(alpha=0.3)
        readable(ax)
        _legend(ax, list(self.points_.values()))
        self._written: str | None = None

    def update(self, **arrays: Any) -> None:
        view = Predictions(**arrays)
        ax = self.axes_["ax"]
        for name, points in (("train", view.train), ("validation", view.validation)):
            put(self.points_[name], *np.asarray(points)[:MOST].T)
        if view.name != self._written:
            self._written = view.name
            ax.set(xlabel=f"true {view.name}".strip(), ylabel=f"predicted {view.name}".strip())
        true = np.concatenate([np.asarray(view.train)[:, 0], np.asarray(view.validation)[:, 0]])
        if len(true):
            limits = steady(ax.get_xlim(), float(true.min()), float(true.max()))
            set_limits(ax, limits, limits)


def _samples(display: Display, ax: Axes) -> dict[str, Line2D]:
    # Paler than the curve that runs through them.
    style: dict[str, Any] = {"ls": "", "mec": COLOURS.target, "mew": 0.5}
    train = ax.plot([], [], "o", ms=5.5, color="#A6D4F2", label="train", **style)[0]
    validation = ax.plot([], [], "^", ms=6.5, color="#F5D08A", label="validation", **style)[0]
    return {"train": display.live(train), "validation": display.live(validation)}


def _legend(ax: Axes, handles: list[Line2D]) -> None:
    ax.legend(
        handles=handles,
        loc="lower right",  # over the margin of a narrow axes, not over its neighbour
        bbox_to_anchor=(1.03, 0.985),
        ncols=3,
        frameon=False,
        fontsize=11,
        handletextpad=0.2,
        handlelength=1.6,
        columnspacing=0.8,
        borderpad=0.1,
    )
