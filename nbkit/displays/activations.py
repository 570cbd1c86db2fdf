"""Activation functions in four views: curves, products of derivatives, a random network's histograms, softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display

__all__ = ["ActivationDisplay", "Curve", "Panel"]

Array = NDArray[np.float64]

VIEWS = {
    "functions": ("values", "slopes"),
    "depth": ("products",),
    "network": ("xavier_activations", "he_activations", "xavier_gradients", "he_gradients"),
    "softmax": ("classes", "labels"),
}
MOST = 16  # functions at once, users' own included
DEEPEST = 30
DASHES = ((0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1.2, 2)), (0, (2.5, 1.5)))
MARKERS = "o^svDP<X"
SHADE = (0, 0, 0, 0.14)  # translucent: it lies over what is not live, the legend and the frame
ZERO = 1e-23  # where a product that is exactly 0 stands on the logarithmic axis


class Curve(NamedTuple):
    """One function: its label, its place among all (which fixes its colour and dash), and y against x, shape (n,)."""

    label: str
    place: int
    x: Array
    y: Array


class Panel(NamedTuple):
    """Histograms by layer: shares (bins, depth), the layers' standard deviations (depth,) in the unit of y, and a line of text."""

    shares: Array
    spread: Array
    text: str


class ActivationDisplay(Display):
    """One of four views at a time, each filling the figure; `update` says which, and gives the arrays of that one.

    functions  `values` and `slopes`, lists of `Curve`, the first of them thick; `saturated`, intervals (k, 2) that are shaded,
               `shade_label`, and `kink`, the points (m, 2) that the first derivative takes where it jumps
    depth      `bound`, a Curve, and `chains`, a list of them, against the number of layers
    network    `label` of the function, and `panels`, a dict of a `Panel` for each of the four axes: activations within
               ACTIVATION_RANGE, gradients within DECADES, as powers of ten
    softmax    `classes` and `labels`, shape (3,), with `classes_text` and `labels_text`
    """

    figsize = (7.5, 4.6)
    ACTIVATION_RANGE = (-2.5, 2.5)
    DECADES = (-10.0, 4.0)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        curves = figure.add_gridspec(2, 1, height_ratios=(3, 2))
        network = figure.add_gridspec(2, 2)
        softmax = figure.add_gridspec(1, 2)
        values = figure.add_subplot(curves[0])
        axes = {
            "values": values,
            "slopes": figure.add_subplot(curves[1], sharex=values),
            "products": figure.add_subplot(figure.add_gridspec(1, 1)[0]),
            "classes": figure.add_subplot(softmax[0]),
            "labels": figure.add_subplot(softmax[1]),
        }
        for name, place in zip(VIEWS["network"], np.ndindex(2, 2), strict=True):
            axes[name] = figure.add_subplot(network[place])
        return axes

    def fit(self) -> None:
        # Axes that are not visible have no labels to make room for: all of them are, for as long as the layout takes.
        seen = {name: ax.get_visible() for name, ax in self.axes_.items()}
        for ax in self.axes_.values():
            ax.set_visible(True)
        super().fit()
        for name, ax in self.axes_.items():
            ax.set_visible(seen[name])

    def draw(self, **axes: Axes) -> None:
        self._draw_functions(axes["values"], axes["slopes"])
        self._draw_depth(axes["products"])
        self.panels_ = {name: self._panel(name, axes[name]) for name in VIEWS["network"]}
        self._entitle("ReLU")  # its line is there before the axes are laid out
        self.bars_: dict[str, BarContainer] = {}
        self.bar_numbers_: dict[str, list[Text]] = {}
        self.bar_texts_: dict[str, Text] = {}
        self._draw_bars("classes", axes["classes"], "softmax: one of three classes", "share")
        self._draw_bars("labels", axes["labels"], "three sigmoids: any of three labels", "probability")
        self._show("functions")

    def update(self, view: str = "functions", **arrays: Any) -> None:
        getattr(self, f"_update_{view}")(**arrays)
        self._show(view)

    def _show(self, view: str) -> None:
        for name, ax in self.axes_.items():
            visible = name in VIEWS[view]
            if ax.get_visible() != visible:
                ax.set_visible(visible)

    # --- functions

    def _draw_functions(self, values: Axes, slopes: Axes) -> None:
        self.shades_: list[PolyCollection] = []
        for ax in (values, slopes):
            shade = PolyCollection([], facecolor=SHADE, transform=ax.get_xaxis_transform(), zorder=-1)
            ax.add_collection(shade, autolim=False)
            self.shades_.append(self.live(shade))
            ax.axhline(0, color=COLOURS.guide, linewidth=0.8, zorder=0)
            ax.axvline(0, color=COLOURS.guide, linewidth=0.8, zorder=0)
        self.values_ = self._pool(values)
        self.slopes_ = self._pool(slopes)
        self.kink_ = self.live(slopes.plot([], [], "o", markersize=6)[0])
        self.shade_label_ = slopes.text(0.012, 0.95, "", transform=slopes.transAxes, va="top", fontsize=11)
        values.set(xlim=(-6, 6), ylim=(-2, 5), ylabel="value f(x)")
        values.tick_params(labelbottom=False)
        slopes.set(ylim=(-0.25, 1.5), ylabel="derivative f′(x)", xlabel="x")

    def _update_functions(
        self, values: list[Curve], slopes: list[Curve], saturated: Array, shade_label: str, kink: Array
    ) -> None:
        self._set_curves(self.values_, values)
        self._set_curves(self.slopes_, slopes)
        self.kink_.set_data(kink.T)
        self.kink_.set_color(_colour(slopes[0].place))
        for shade in self.shades_:
            shade.set_verts([[(a, 0), (b, 0), (b, 1), (a, 1)] for a, b in saturated])
        self.shade_label_.set_text(shade_label)
        self._legend(
            "values", [(curve.label, self.values_[curve.place]) for curve in values], (0.01, 0.98), "upper left"
        )
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

    # --- depth

    def _draw_depth(self, ax: Axes) -> None:
        ax.set_yscale("log")
        self.bound_ = self.live(ax.plot([], [], "--", linewidth=2)[0])
        self.chains_ = self._pool(ax, markers=True)
        ax.set(xlim=(0, DEEPEST + 0.8), ylim=(1e-24, 1e3), xlabel="layers", ylabel="|product of derivatives|")
        ax.set_xticks([1, 5, 10, 15, 20, 25, 30])
        powers = range(-20, 4, 4)
        ax.set_yticks(
            [ZERO, *(10.0**power for power in powers)], labels=["0", *(f"$10^{{{power}}}$" for power in powers)]
        )
        ax.set_yticks([], minor=True)
        ax.grid(axis="y", color="#E5E5E5")

    def _update_depth(self, bound: Curve, chains: list[Curve]) -> None:
        self._set_curves(self.chains_, [curve._replace(y=np.maximum(curve.y, ZERO)) for curve in chains])
        self.bound_.set_data(bound.x, bound.y)
        self.bound_.set_color(_colour(bound.place))
        entries = [(bound.label, self.bound_)] + [(curve.label, self.chains_[curve.place]) for curve in chains]
        self._legend("products", entries, (0.015, 0.09), "lower left")

    # --- network

    def _panel(self, name: str, ax: Axes) -> tuple[AxesImage, Line2D, Text, list[Text]]:
        forward = name.endswith("activations")
        low, high = self.ACTIVATION_RANGE if forward else self.DECADES
        image = ax.imshow(
            np.zeros((2, 1)), cmap="Blues", vmin=0, vmax=1, extent=(0, 1, low, high), aspect="auto", origin="lower"
        )
        line = ax.plot([], [], "o-", color=COLOURS.gradient, markersize=3.5, linewidth=1.5)[0]
        text = ax.text(0.03, 0.95, "", transform=ax.transAxes, va="top", fontsize=10)
        text.set_bbox({"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5})
        below: dict[str, Any] = {"transform": ax.get_xaxis_transform(), "ha": "center", "va": "top"}
        ticks = [] if forward else [ax.text(0, -0.05, "", **below) for _ in range(3)]
        ax.set(xlim=(0, 1), ylim=(low, high), xticks=[])
        if not forward:
            ax.set_xlabel("layer", labelpad=20)
            ax.set_yticks([-8, -4, 0, 4], labels=["$10^{-8}$", "$10^{-4}$", "1", "$10^{4}$"])
        if name.startswith("xavier"):
            ax.set_ylabel("activation" if forward else "|gradient|")
        else:
            ax.tick_params(labelleft=False)
        # The image would cover half of the frame.
        for artist in (image, line, text, *ticks, *ax.spines.values()):
            self.live(artist)
        return image, line, text, ticks

    def _update_network(self, label: str, panels: dict[str, Panel]) -> None:
        self._entitle(label)
        for name, (shares, spread, said) in panels.items():
            image, line, text, ticks = self.panels_[name]
            depth = len(spread)
            # The root shows a layer's tails beside a bin that holds half of it, as ReLU's zeros do.
            image.set_data(np.sqrt(shares / np.maximum(shares.max(axis=0), 1e-12)))
            line.set_data((np.arange(depth) + 0.5) / depth, np.clip(spread, *self.axes_[name].get_ylim()))
            text.set_text(said)
            numbered = sorted({1, (depth + 1) // 2, depth})
            for place, tick in enumerate(ticks):
                shown = place < len(numbered)
                tick.set_text(str(numbered[place]) if shown else "")
                tick.set_x((numbered[place] - 0.5) / depth if shown else 0)

    def _entitle(self, label: str) -> None:
        for name, title in (("xavier", "Xavier: variance 1/n"), ("he", "He: variance 2/n")):
            # Axes.set_title would mark the figure as stale even when nothing changes.
            self.axes_[f"{name}_activations"].title.set_text(f"{label}, {title}")

    # --- softmax

    def _draw_bars(self, name: str, ax: Axes, title: str, unit: str) -> None:
        bars = ax.bar([1, 2, 3], [0, 0, 0], width=0.6, color=COLOURS.classes[:3], edgecolor=COLOURS.target)
        for bar, hatch in zip(bars, ("", "//", ".."), strict=True):
            bar.set_hatch(hatch)
            self.live(bar)
        self.bars_[name] = bars
        self.bar_numbers_[name] = [
            self.live(ax.text(x, 0, "", ha="center", va="bottom", fontsize=12)) for x in (1, 2, 3)
        ]
        self.bar_texts_[name] = self.live(
            ax.text(0.5, 0.97, "", transform=ax.transAxes, ha="center", va="top", fontsize=12)
        )
        ax.set(xlim=(0.4, 3.6), ylim=(0, 1.35), ylabel=unit, xlabel="output")
        ax.set_title(title, fontsize=12)
        ax.set_xticks([1, 2, 3])
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
        if name == "labels":
            ax.axhline(0.5, color=COLOURS.guide, linestyle="--", linewidth=1)

    def _update_softmax(self, classes: Array, labels: Array, classes_text: str, labels_text: str) -> None:
        for name, heights, said in (("classes", classes, classes_text), ("labels", labels, labels_text)):
            for bar, number, height in zip(self.bars_[name], self.bar_numbers_[name], heights, strict=True):
                bar.set_height(height)
                number.set_y(height + 0.015)
                number.set_text(f"{height:.3f}")
            self.bar_texts_[name].set_text(said)

    # --- what several views have in common

    def _pool(self, ax: Axes, markers: bool = False) -> list[Line2D]:
        lines = []
        for place in range(MOST):
            marker = MARKERS[place % len(MARKERS)] if markers else None
            lines.append(self.live(ax.plot([], [], color=_colour(place), marker=marker, markersize=5)[0]))
        return lines

    def _set_curves(self, lines: list[Line2D], curves: Sequence[Curve]) -> None:
        """The first curve is solid, thick and on top; the others have each their own dash."""
        given = {curve.place: (rank, curve) for rank, curve in enumerate(curves)}
        for place, line in enumerate(lines):
            line.set_visible(place in given)
            if place in given:
                rank, curve = given[place]
                line.set_data(curve.x, curve.y)
                line.set(
                    linewidth=1.8 if rank else 3.0,
                    linestyle=DASHES[(place + place // 8) % len(DASHES)] if rank else "-",
                    zorder=12 if rank else 13,
                )

    def _legend(
        self, name: str, entries: Sequence[tuple[str, Line2D]], anchor: tuple[float, float], corner: str
    ) -> None:
        """A legend of what is shown, made anew only when that changes: a live one would cost more than all the curves."""
        labels = [label for label, _ in entries]
        legend = self.axes_[name].get_legend()
        if legend is None or [text.get_text() for text in legend.get_texts()] != labels:
            options: dict[str, Any] = {
                "loc": corner,
                "bbox_to_anchor": anchor,
                "borderaxespad": 0.0,
                "framealpha": 0.85,
            }
            handles, columns = [line for _, line in entries], 1 if len(labels) < 5 else 2
            self.axes_[name].legend(handles, labels, ncols=columns, handlelength=3.2, **options)


def _colour(place: int) -> str:
    return str(COLOURS.cycle[place % len(COLOURS.cycle)])
