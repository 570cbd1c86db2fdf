"""How weights, activations and gradients are spread, layer by layer: where gradients vanish it is seen here first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.displays.base import Display, readable
from nbkit.displays.training.axes import set_limits

__all__ = ["Spread", "Spreads", "SpreadsDisplay"]

Array = NDArray[np.float64]

NAMES = ("weights", "activations", "gradients")


class Spread(NamedTuple):
    """Shares (bins, layers) of values in even bins of `limits`."""

    shares: Array
    limits: tuple[float, float]


class Spreads(NamedTuple):
    """Of each layer, from the first after the inputs, the spread of its weights, activations, and of its gradients' absolute
    values as powers of ten, within whole numbers."""

    weights: Spread
    activations: Spread
    gradients: Spread


class SpreadsDisplay(Display):
    """Three histograms a layer, each a column of shades, the darker the more. See `Spreads`."""

    figsize = (6.4, 2.8)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        axes = figure.subplots(1, 3)
        return dict(zip(("ax", *NAMES[1:]), axes, strict=True))

    def draw(self, **axes: Axes) -> None:
        self.images_ = {}
        for name, ax in zip(NAMES, axes.values(), strict=True):
            image = ax.imshow(np.zeros((2, 1)), cmap="Blues", vmin=0, vmax=1, origin="lower", aspect="auto")
            self.images_[name] = self.live(image)
            ax.set_title(name, fontsize=11, pad=4, loc="right" if name == "gradients" else "center")
            ax.set_xlabel("layer")
            readable(ax)
            for spine in ax.spines.values():
                spine.set_visible(False)
        self._described: dict[str, tuple[Any, ...]] = {}

    def update(self, **arrays: Any) -> None:
        view = Spreads(**arrays)
        for name, ax, spread in zip(NAMES, self.axes_.values(), view, strict=True):
            layers = spread.shares.shape[1]
            described = (layers, *spread.limits)
            if described != self._described.get(name):
                self._described[name] = described
                low, high = spread.limits
                self.images_[name].set_extent((0.5, layers + 0.5, low, high))
                set_limits(ax, (0.5, layers + 0.5), (low, high))
                ax.set_xticks(sorted({1, layers} if layers > 6 else range(1, layers + 1)))
                _tick(ax, name, low, high)
            # The root shows a layer's tails beside a bin that holds half of it, as ReLU's zeros do.
            most = np.maximum(spread.shares.max(axis=0), 1e-12)
            self.images_[name].set_data(np.sqrt(spread.shares / most).astype(np.float32))


def _tick(ax: Axes, name: str, low: float, high: float) -> None:
    if name == "gradients":
        powers = np.arange(int(low), int(high) + 1, 3)
        ax.set_yticks(powers, labels=[f"$10^{{{power}}}$" for power in powers])
    else:
        middle = (low + high) / 2
        ax.set_yticks([low, middle, high], labels=[f"{value:g}".replace("-", "−") for value in (low, middle, high)])
