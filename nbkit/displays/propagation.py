"""Many layers: the product of their derivatives, and what a random network makes of signals and gradients."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, readable
from nbkit.displays.curves import Curve, Curves, colour
from nbkit.displays.views import View

__all__ = ["ACTIVATION_RANGE", "DECADES", "DEEPEST", "DepthView", "NetworkView", "Panel"]

Array = NDArray[np.float64]

DEEPEST = 30
ZERO = 1e-23  # where a product that is exactly 0 stands on the logarithmic axis
ACTIVATION_RANGE = (-2.5, 2.5)
DECADES = (-10.0, 4.0)  # of gradients, as powers of ten


class DepthView(View):
    """Products of derivatives against the number of layers; `update` takes `bound`, a `Curve`, and `chains`, a list of them."""

    names = ("products",)

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        return {"products": figure.add_subplot(figure.add_gridspec(1, 1)[0])}

    def draw(self, **axes: Axes) -> None:
        products = axes["products"]
        products.set_yscale("log")
        self.bound_ = self.live(products.plot([], [], "--", linewidth=2)[0])
        self.chains_ = Curves(self, products, markers=True)
        products.set(xlim=(0, DEEPEST + 0.8), ylim=(1e-24, 1e3), xlabel="layers", ylabel="|product of derivatives|")
        products.set_xticks([1, 5, 10, 15, 20, 25, 30])
        powers = range(-20, 4, 4)
        products.set_yticks(
            [ZERO, *(10.0**power for power in powers)], labels=["0", *(f"$10^{{{power}}}$" for power in powers)]
        )
        products.set_yticks([], minor=True)
        products.grid(axis="y", color="#E5E5E5")
        readable(products)

    def update(self, bound: Curve, chains: list[Curve]) -> None:
        self.chains_.update([curve._replace(y=np.maximum(curve.y, ZERO)) for curve in chains])
        self.bound_.set_data(bound.x, bound.y)
        self.bound_.set_color(colour(bound.place))
        entries = [(bound.label, self.bound_)] + [(curve.label, self.chains_.lines[curve.place]) for curve in chains]
        self.chains_.legend(entries, (0.015, 0.09), "lower left")


class Panel(NamedTuple):
    """Histograms by layer: shares (bins, depth), the layers' standard deviations (depth,) in the unit of y, and a line of text."""

    shares: Array
    spread: Array
    text: str


class NetworkView(View):
    """Histograms of each layer's activations over those of its gradients, for two initialisations.

    `update` takes the `label` of the function, and `panels`, a `Panel` for each of `names`: activations within
    ACTIVATION_RANGE, gradients within DECADES.
    """

    names = ("xavier_activations", "he_activations", "xavier_gradients", "he_gradients")

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(2, 2)
        places = zip(NetworkView.names, np.ndindex(2, 2), strict=True)
        return {name: figure.add_subplot(grid[place]) for name, place in places}

    def draw(self, **axes: Axes) -> None:
        self.panels_ = {name: self._panel(name, axes[name]) for name in self.names}
        self._entitle("ReLU")  # its line is there before the axes are laid out

    def _panel(self, name: str, ax: Axes) -> tuple[AxesImage, Line2D, Text, list[Text]]:
        forward = name.endswith("activations")
        low, high = ACTIVATION_RANGE if forward else DECADES
        image = ax.imshow(
            np.zeros((2, 1)), cmap="Blues", vmin=0, vmax=1, extent=(0, 1, low, high), aspect="auto", origin="lower"
        )
        line = ax.plot([], [], "o-", color=COLOURS.gradient, markersize=3.5, linewidth=1.5)[0]
        text = ax.text(0.03, 0.95, "", transform=ax.transAxes, va="top", fontsize=11)
        text.set_bbox({"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5})
        below: dict[str, Any] = {"transform": ax.get_xaxis_transform(), "ha": "center", "va": "top", "fontsize": 11}
        ticks = [] if forward else [ax.text(0, -0.05, "", **below) for _ in range(3)]
        ax.set(xlim=(0, 1), ylim=(low, high), xticks=[])
        if not forward:
            ax.set_xlabel("layer", labelpad=20)
            ax.set_yticks([-8, -4, 0, 4], labels=["$10^{-8}$", "$10^{-4}$", "1", "$10^{4}$"])
        readable(ax)
        if name.startswith("xavier"):
            ax.set_ylabel("activation" if forward else "|gradient|")
        else:
            ax.tick_params(labelleft=False)
        # The image would cover half of the frame.
        for artist in (image, line, text, *ticks, *ax.spines.values()):
            self.live(artist)
        return image, line, text, ticks

    def update(self, label: str, panels: dict[str, Panel]) -> None:
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
