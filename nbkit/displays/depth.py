"""What depth costs and brings: errors over seeds, and each layer's gradient in the course of a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable

__all__ = ["GradientNormsDisplay", "SeedsDisplay"]

Array = NDArray[np.float64]

FLOOR = 1e-6  # smaller errors are drawn here


class SeedsDisplay(Display):
    """Errors of networks over seeds, a point each, side by side for each of the `targets`; a bar is the median.

    `label` says what the errors are, `guide` is the one that a dashed line marks, what knowing nothing gives; `sharey` gives all
    targets one axis.
    """

    figsize = (9, 4)

    def __init__(
        self,
        targets: Sequence[str],
        label: str = "1 − R² on new points",
        *,
        guide: float = 1.0,
        sharey: bool = False,
    ) -> None:
        self._targets, self._label, self._guide, self._sharey = tuple(targets), label, guide, sharey
        super().__init__()

    def layout(self, figure: Figure) -> dict[str, Axes]:
        axes = figure.subplots(1, len(self._targets), squeeze=False, sharey=self._sharey)[0]
        return dict(zip(self._targets, axes, strict=True))

    def draw(self, **axes: Axes) -> None:
        for target, ax in axes.items():
            ax.set_title(target, fontsize=13)
            ax.set(yscale="log", ylabel=self._label)
            ax.grid(alpha=0.3, axis="y")
            readable(ax)
        self.points_: dict[tuple[str, str], Array] = {}

    def update(self, errors: Mapping[str, Mapping[str, Array]]) -> None:
        """`errors` (seeds,) by target and by the network's name."""
        for target, networks in errors.items():
            ax = self.axes_[target]
            for place, (name, values) in enumerate(networks.items()):
                shown = np.maximum(np.sort(values), FLOOR)
                # in the order of size from left to right, so that none hides another
                across = place + np.linspace(-0.3, 0.3, len(shown))
                ax.plot(across, shown, "os^D"[place % 4], ms=7, color=COLOURS.cycle[place], mec="#222222", mew=0.5)
                ax.plot([place - 0.38, place + 0.38], [np.median(shown)] * 2, color="black", lw=3)
                self.points_[target, name] = np.column_stack([across, shown])
            # every second name stands lower, so that long ones do not meet
            ax.set_xticks(range(len(networks)), ["\n" * (place % 2) + name for place, name in enumerate(networks)])
            ax.set_xlim(-0.6, len(networks) - 0.4)
            if ax.get_ylim()[1] > 0.5 * self._guide:
                ax.axhline(self._guide, color=COLOURS.guide, ls="--", lw=1.5)
        for ax in self.axes_.values():
            low, high = ax.get_ylim()
            if high < 30 * low:  # hardly a power of ten on the axis
                ticks = [step * 10.0**power for power in range(-4, 2) for step in (1, 2, 5)]
                ax.set_yticks([tick for tick in ticks if low <= tick <= high])
                ax.yaxis.set_major_formatter("{x:g}")
                ax.yaxis.set_minor_formatter("")


class GradientNormsDisplay(Display):
    """The norm of each layer's gradient against the step, on a common logarithmic axis, for each of the `models`."""

    figsize = (9, 4)

    def __init__(self, models: Sequence[str]) -> None:
        self._models = tuple(models)
        super().__init__()

    def layout(self, figure: Figure) -> dict[str, Axes]:
        axes = figure.subplots(1, len(self._models), squeeze=False, sharey=True)[0]
        return dict(zip(self._models, axes, strict=True))

    def draw(self, **axes: Axes) -> None:
        for model, ax in axes.items():
            ax.set_title(model, fontsize=13)
            ax.set(yscale="log", xlabel="step")
            ax.grid(alpha=0.3)
        self.ax_.set_ylabel("norm of the gradient")
        readable(*axes.values())

    def update(self, norms: Mapping[str, tuple[Array, Sequence[Array]]]) -> None:
        """`norms`: by model the steps (k,) and for each layer, the first one first, its norms (k,)."""
        for model, (steps, layers) in norms.items():
            ax, last = self.axes_[model], len(layers) - 1
            for place, values in enumerate(layers):
                colour = matplotlib.colormaps["viridis"](0.9 * place / max(last, 1))
                dash = "-" if place in (0, last) else (0, (1 + 2 * place, 1.5))
                name = {0: "first layer", last: "last layer"}.get(place)
                ax.plot(steps, values, color=colour, ls=dash, lw=3 if name else 1.8, label=name)
            ax.legend(loc="best", fontsize=11)
