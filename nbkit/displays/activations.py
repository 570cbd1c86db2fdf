"""Activation functions in four views: curves, products of derivatives, a random network's histograms, softmax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, readable
from nbkit.displays.curves import Curve, Curves, colour
from nbkit.displays.propagation import DepthView, NetworkView
from nbkit.displays.views import View, Views

__all__ = ["ActivationDisplay", "FunctionsView", "SoftmaxView"]

Array = NDArray[np.float64]

SHADE = (0, 0, 0, 0.14)  # translucent: it lies over what is not live, the legend and the frame


class FunctionsView(View):
    """Functions over their derivatives; `update` takes

    `values` and `slopes`, lists of `Curve`, the first of them thick; `saturated`, intervals (k, 2) that are shaded, `shade_label`,
    and `kink`, the points (m, 2) that the first derivative takes where it jumps.
    """

    names = ("values", "slopes")

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(2, 1, height_ratios=(3, 2))
        values = figure.add_subplot(grid[0])
        return {"values": values, "slopes": figure.add_subplot(grid[1], sharex=values)}

    def draw(self, **axes: Axes) -> None:
        values, slopes = (axes[name] for name in self.names)
        self.shades_: list[PolyCollection] = []
        for ax in (values, slopes):
            shade = PolyCollection([], facecolor=SHADE, transform=ax.get_xaxis_transform(), zorder=-1)
            ax.add_collection(shade, autolim=False)
            self.shades_.append(self.live(shade))
            ax.axhline(0, color=COLOURS.guide, linewidth=0.8, zorder=0)
            ax.axvline(0, color=COLOURS.guide, linewidth=0.8, zorder=0)
        self.values_ = Curves(self, values)
        self.slopes_ = Curves(self, slopes)
        self.kink_ = self.live(slopes.plot([], [], "o", markersize=6)[0])
        self.shade_label_ = slopes.text(0.012, 0.95, "", transform=slopes.transAxes, va="top", fontsize=11)
        values.set(xlim=(-6, 6), ylim=(-2, 5), ylabel="value f(x)")
        slopes.set(ylim=(-0.25, 1.5), ylabel="derivative f′(x)", xlabel="x")
        readable(values, slopes)
        values.tick_params(labelbottom=False)

    def update(self, values: list[Curve], slopes: list[Curve], saturated: Array, shade_label: str, kink: Array) -> None:
        self.values_.update(values)
        self.slopes_.update(slopes)
        self.kink_.set_data(kink.T)
        self.kink_.set_color(colour(slopes[0].place))
        for shade in self.shades_:
            shade.set_verts([[(a, 0), (b, 0), (b, 1), (a, 1)] for a, b in saturated])
        self.shade_label_.set_text(shade_label)
        entries = [(curve.label, self.values_.lines[curve.place]) for curve in values]
        self.values_.legend(entries, (0.01, 0.98), "upper left")
        # A straight line leaves the values by a corner, and need not be followed there.
        self._reach("values", values, (-2.0, 5.0), (-6.1, 6.1))
        self._reach("slopes", slopes, (-0.25, 1.5), (-0.25, 1.45))

    def _reach(self, name: str, curves: list[Curve], limits: tuple[float, float], bear: tuple[float, float]) -> None:
        """Widen the y axis by doubling when curves go beyond what it bears: seldom, since each change costs a full draw."""
        least = min(float(np.nanmin(curve.y)) for curve in curves)
        most = max(float(np.nanmax(curve.y)) for curve in curves)
        below = 2.0 ** np.ceil(np.log2(max(least / bear[0], 1)))
        above = 2.0 ** np.ceil(np.log2(max(most / bear[1], 1)))
        low, high = limits[0] * below, limits[1] * above
        if self.axes_[name].get_ylim() != (low, high):
            self.axes_[name].set_ylim(low, high)


class SoftmaxView(View):
    """A softmax's shares beside three sigmoids; `update` takes `classes` and `labels`, shape (3,), and their texts."""

    names = ("classes", "labels")

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2)
        return {name: figure.add_subplot(grid[place]) for place, name in enumerate(SoftmaxView.names)}

    def draw(self, **axes: Axes) -> None:
        self.bars_: dict[str, BarContainer] = {}
        self.numbers_: dict[str, list[Text]] = {}
        self.texts_: dict[str, Text] = {}
        self._draw_bars("classes", axes["classes"], "softmax: one of three classes", "share")
        self._draw_bars("labels", axes["labels"], "three sigmoids: any of three labels", "probability")
        axes["labels"].axhline(0.5, color=COLOURS.guide, linestyle="--", linewidth=1)
        readable(*axes.values())

    def _draw_bars(self, name: str, ax: Axes, title: str, unit: str) -> None:
        bars = ax.bar([1, 2, 3], [0, 0, 0], width=0.6, color=COLOURS.classes[:3], edgecolor=COLOURS.target)
        for bar, hatch in zip(bars, ("", "//", ".."), strict=True):
            bar.set_hatch(hatch)
            self.live(bar)
        self.bars_[name] = bars
        self.numbers_[name] = [self.live(ax.text(x, 0, "", ha="center", va="bottom", fontsize=12)) for x in (1, 2, 3)]
        self.texts_[name] = self.live(
            ax.text(0.5, 0.97, "", transform=ax.transAxes, ha="center", va="top", fontsize=12)
        )
        ax.set(xlim=(0.4, 3.6), ylim=(0, 1.35), ylabel=unit, xlabel="output")
        ax.set_title(title, fontsize=12)
        ax.set_xticks([1, 2, 3])
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])

    def update(self, classes: Array, labels: Array, classes_text: str, labels_text: str) -> None:
        for name, heights, said in (("classes", classes, classes_text), ("labels", labels, labels_text)):
            for bar, number, height in zip(self.bars_[name], self.numbers_[name], heights, strict=True):
                bar.set_height(height)
                number.set_y(height + 0.015)
                number.set_text(f"{height:.3f}")
            self.texts_[name].set_text(said)


class ActivationDisplay(Views):
    """One of four views at a time; `update` says which, and gives its arrays: see the views' own."""

    views: ClassVar[Mapping[str, type[View]]] = {
        "functions": FunctionsView,
        "depth": DepthView,
        "network": NetworkView,
        "softmax": SoftmaxView,
    }
    figsize = (7.5, 4.6)
