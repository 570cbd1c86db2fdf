"""Six small pictures of the same points, one a method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.classics import EXTENT, Axes2D, Classic
from nbkit.displays.base import COLOURS, Display

__all__ = ["ClassicsDisplay"]

SHADES = LinearSegmentedColormap.from_list("shades", [COLOURS.classes[0], "white", COLOURS.classes[1]])


class ClassicsDisplay(Display):
    """Points x (n, 2) of two classes y (n,), their principal axes, and what five methods say over the plane."""

    figsize = (9, 6.2)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        return {f"panel{k}": ax for k, ax in enumerate(figure.subplots(2, 3).ravel())}

    def draw(self, **panels: Axes) -> None:
        for ax in panels.values():
            ax.set(xlim=EXTENT[:2], ylim=EXTENT[2:], xticks=[], yticks=[], aspect="equal")

    def update(
        self, x: NDArray[np.float64], y: NDArray[np.int64], principal: Axes2D, methods: Sequence[Classic]
    ) -> None:
        first, *rest = self.axes_.values()
        for ax in (first, *rest):
            for label, marker in ((0, "o"), (1, "^")):
                ax.plot(*x[y == label].T, marker, ms=4, color=COLOURS.classes[label], mec="#333333", mew=0.4)
        for direction, width, share in zip(principal.directions, principal.widths, principal.shares, strict=True):
            tip, (across, up) = principal.mean + 2 * width * direction, direction
            arrow = {"arrowstyle": "-|>", "lw": 3, "color": COLOURS.target, "mutation_scale": 18}
            first.annotate("", _place(tip), _place(principal.mean), arrowprops=arrow)
            beside = principal.mean + width * direction + 0.9 * np.array([-up, across])
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
            first.text(*_place(beside), f"{share:.0%}", fontsize=12, ha="center", va="center", bbox=box)
        first.set_title("PCA (no labels used)\narrows: 2 σ, share of variance", fontsize=11)
        for ax, method in zip(rest, methods, strict=True):
            ax.imshow(
                method.surface, extent=EXTENT, origin="lower", cmap=SHADES, vmin=0, vmax=1, alpha=0.7, aspect="equal"
            )
            across, up = (
                np.linspace(*limits, size)
                for limits, size in zip((EXTENT[:2], EXTENT[2:]), method.surface.shape[::-1], strict=True)
            )
            ax.contour(across, up, method.surface, [0.5], colors="#222222", linewidths=2)
            ax.set_title(f"{method.name}\nseen {method.train_accuracy:.1%}, new {method.accuracy:.1%}", fontsize=11)


def _place(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])
