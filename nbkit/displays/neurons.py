"""One neuron: its output over the plane of two inputs, or against one, with the data that it is to tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.pictures import Shades
from nbkit.displays.text import Heading, Reading

__all__ = ["NeuronDisplay"]

Array = NDArray[np.float64]

REACH = 3.0  # inputs are shown on [−3, 3]
SUMS = 6.0  # and sums on [−6, 6]
VIEWS = {"plane": ("plane", "bar", "sums"), "curve": ("curve",)}
SHAPES = ("o", "^")  # of the two classes
# cividis, halfway to white: black lines and both classes' markers stand out from it everywhere.
PALE = ListedColormap(0.45 + 0.55 * colormaps["cividis"](np.linspace(0, 1, 256))[:, :3], "pale cividis")


class NeuronDisplay(Display):
    """The output Y as colour over X1 and X2 beside f against the sum, or Y against a single X; `update` says which.

    Both take `text`, two lines above the figure; `limits`, the range (2,) of Y that is shown; `point` (inputs + 1,), the
    place under the cursor and its Y; `points` (n, inputs), `labels` (n,), 0 or 1, `outputs` (n,), and `wrong` (n,), true
    for those on the wrong side.

    plane  `surface` (m, m), Y on a grid over [−3, 3]², rows along X2; `line`, the ends (2, 2) of the decision line, or (0, 2);
           `arrow`, foot and tip (2, 2) of half the weight vector, or (0, 2); `sums` (n,) and `sum` of the points and the cursor;
           `function` (2, k), f against the sum; `grabbed`, "line", "tip" or "": what is drawn thick
    curve  `function` (2, k), Y against X; `threshold`, where the sum is 0, or NaN; `grabbed`, "line" or ""
    """

    figsize = (7.5, 4.6)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 3, width_ratios=(4.0, 0.14, 2.3))
        axes = {name: figure.add_subplot(grid[place]) for place, name in enumerate(VIEWS["plane"])}
        axes["curve"] = figure.add_subplot(figure.add_gridspec(1, 1)[0])
        return axes

    def draw(self, **axes: Axes) -> None:
        self.texts_ = {name: self.live(Heading(axes[name])) for name in VIEWS}
        self._draw_plane(axes["plane"])
        self._draw_sums(axes["bar"], axes["sums"])
        self._draw_curve(axes["curve"])
        self.see(VIEWS["plane"])

    def update(self, view: str = "plane", **arrays: Any) -> None:
        getattr(self, f"_update_{view}")(**arrays)
        self.see(VIEWS[view])

    # --- two inputs

    def _draw_plane(self, ax: Axes) -> None:
        self.surface_ = self.live(Shades(PALE, (-REACH, REACH, -REACH, REACH)))
        ax.add_artist(self.surface_)
        ax.set_aspect("equal")
        self.classes_, self.wrong_ = self._markers(ax)
        self.line_ = self._line(ax, lw=2.5)
        self.arrow_ = self._line(ax, lw=2.5, color=COLOURS.gradient)
        self.tip_ = self._line(ax, marker="D", ms=9, color=COLOURS.gradient, mec="white", mew=1)
        self.tip_label_ = self.live(
            Reading(0, 0, "w/2", transform=ax.transData, fontsize=12, color="#222222", ha="center", va="center")
        )
        ax.add_artist(self.tip_label_)
        self.point_ = self._cursor(ax)
        ax.set(xlabel="X1", ylabel="X2", xlim=(-REACH, REACH), ylim=(-REACH, REACH))
        readable(ax)

    def _draw_sums(self, bar: Axes, ax: Axes) -> None:
        self.bar_ = bar.imshow(np.zeros((2, 1)), cmap=PALE, origin="lower", aspect="auto", extent=(0, 1, 0, 1))
        bar.set(xticks=[], ylabel="Y")
        bar.sharey(ax)
        ax.tick_params(labelleft=False)
        ax.axvline(0, ls="--", lw=1.5, color=COLOURS.guide)
        self.function_ = self._line(ax, lw=2)
        self.marked_ = [
            self._line(ax, marker=shape, ls="", ms=6, color=colour, mec="#222222", mew=0.6)
            for shape, colour in zip(SHAPES, COLOURS.classes, strict=False)
        ]
        self.sum_ = self._cursor(ax)
        ax.set(xlabel="sum s", xlim=(-SUMS, SUMS))
        ax.grid(alpha=0.3)
        ax.legend(handles=self.classes_, loc="upper left", fontsize=11, handletextpad=0.2, borderpad=0.3)
        readable(bar, ax)

    def _update_plane(
        self,
        text: str,
        limits: tuple[float, float],
        surface: Array,
        line: Array,
        arrow: Array,
        points: Array,
        labels: Array,
        wrong: Array,
        outputs: Array,
        sums: Array,
        function: Array,
        point: Array,
        sum: float,
        grabbed: str = "",
    ) -> None:
        self.texts_["plane"].set_text(text)
        self._scale(limits)
        self.surface_.set_data(surface)
        self.line_.set_data(*line.T)
        self.line_.set_linewidth(5 if grabbed == "line" else 2.5)
        self.arrow_.set_data(*arrow.T)
        self.tip_.set_data(*arrow[1:].T)
        self.tip_.set_markersize(13 if grabbed == "tip" else 9)
        self._label_tip(arrow)
        for k in range(2):
            mine = labels == k
            self.classes_[k].set_data(*points[mine].T)
            self.marked_[k].set_data(np.clip(sums[mine], -SUMS, SUMS), outputs[mine])
        self.wrong_.set_data(*points[wrong].T)
        self.function_.set_data(*function)
        self.point_.set_data(point[:1], point[1:2])
        self.sum_.set_data([np.clip(sum, -SUMS, SUMS)], point[2:])

    def _label_tip(self, arrow: Array) -> None:
        self.tip_label_.set_visible(len(arrow) > 0)
        if len(arrow):
            along = arrow[1] - arrow[0]
            x, y = arrow[1] + np.array([0.44, 0.34]) * along / np.linalg.norm(along)
            self.tip_label_.set_position((x, y))

    def _scale(self, limits: tuple[float, float]) -> None:
        """The range of Y; it changes with the activation alone, and with it the ticks: a full draw."""
        low, high = limits
        margin = 0.06 * (high - low)
        ends = (low - margin, high + margin)
        if tuple(self.bar_.get_extent()[2:]) == ends:
            return
        self.surface_.set_clim(limits)
        self.bar_.set_clim(limits)
        self.bar_.set_data(np.linspace(*ends, 256)[:, None])
        self.bar_.set_extent((0, 1, *ends))
        self.axes_["sums"].set_ylim(ends)

    # --- one input

    def _draw_curve(self, ax: Axes) -> None:
        self.curve_ = self._line(ax, lw=3, color=COLOURS.model)
        self.threshold_ = self._line(ax, lw=2.5)
        self.curve_classes_, self.curve_wrong_ = self._markers(ax)
        # From each point to the curve: what the loss is made of.
        self.misses_ = self.live(LineCollection([], lw=1, color=COLOURS.guide, linestyles=":"))
        ax.add_collection(self.misses_, autolim=False)
        self.curve_point_ = self._cursor(ax)
        ax.set(xlabel="X", ylabel="Y (curve), class (points)", xlim=(-REACH, REACH))
        ax.grid(alpha=0.3)
        ax.legend(handles=self.curve_classes_, loc="center left", fontsize=11, handletextpad=0.2, borderpad=0.3)
        readable(ax)

    def _update_curve(
        self,
        text: str,
        limits: tuple[float, float],
        function: Array,
        threshold: float,
        points: Array,
        labels: Array,
        wrong: Array,
        outputs: Array,
        point: Array,
        grabbed: str = "",
    ) -> None:
        self.texts_["curve"].set_text(text)
        low, high = limits
        margin = 0.08 * (high - low)
        if self.axes_["curve"].get_ylim() != (low - margin, high + margin):
            self.axes_["curve"].set_ylim(low - margin, high + margin)
        self.curve_.set_data(*function)
        self.threshold_.set_data([threshold] * 2, [low - margin, high + margin])
        self.threshold_.set_linewidth(5 if grabbed == "line" else 2.5)
        x = points[:, 0]
        for k in range(2):
            self.curve_classes_[k].set_data(x[labels == k], labels[labels == k])
        self.curve_wrong_.set_data(x[wrong], labels[wrong])
        self.misses_.set_segments(list(np.stack([[x, labels], [x, outputs]]).transpose(2, 0, 1)))
        self.curve_point_.set_data(point[:1], point[1:])

    # --- what both have

    def _line(self, ax: Axes, *, color: str = COLOURS.target, **style: Any) -> Line2D:
        return self.live(ax.plot([], [], color=color, **style)[0])

    def _cursor(self, ax: Axes) -> Line2D:
        return self._line(ax, marker="P", ls="", ms=12, color="white", mec="#222222", mew=1.8)

    def _markers(self, ax: Axes) -> tuple[list[Line2D], Line2D]:
        """The points of each class, and rings round those on the wrong side."""
        classes = [
            self._line(ax, marker=shape, ls="", ms=8, color=colour, mec="#222222", mew=0.8, label=f"class {k}")
            for k, (shape, colour) in enumerate(zip(SHAPES, COLOURS.classes, strict=False))
        ]
        ring = self._line(ax, marker="o", ls="", ms=15, mfc="none", mec="#222222", mew=1.8, label="on the wrong side")
        return classes, ring
