"""The zoo of networks as small diagrams, their cells told apart by colour, shape and the mark inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from numpy.typing import ArrayLike, NDArray

from nbkit.displays.base import COLOURS, Display
from nbkit.zoo import CELLS, ZOO, Animal

__all__ = ["ZooDisplay"]

Array = NDArray[np.float64]

YELLOW, BLUE, RED, VIOLET, GREEN = "#F0E442", COLOURS.classes[0], "#D55E00", "#CC79A7", "#009E73"
RING, TRIANGLE = "o", "^"
#: Of each kind of cell its shape, colour, and the mark inside.
LOOKS = {
    "input": ("o", YELLOW, ""),
    "backfed input": ("o", YELLOW, RING),
    "noisy input": ("o", YELLOW, TRIANGLE),
    "hidden": ("o", BLUE, ""),
    "probabilistic hidden": ("o", BLUE, RING),
    "spiking hidden": ("o", BLUE, TRIANGLE),
    "output": ("D", RED, ""),
    "match input output": ("D", RED, RING),
    "recurrent": ("p", VIOLET, ""),
    "memory": ("p", VIOLET, RING),
    "different memory": ("p", VIOLET, TRIANGLE),
    "kernel": ("s", GREEN, RING),
    "convolution or pool": ("s", GREEN, ""),
}
KEPT = ("recurrent", "memory", "different memory")  # which give their answer to themselves as well
COLUMNS = 5
SIZE = 11


class ZooDisplay(Display):
    """A diagram for each of `animals` (`nbkit.zoo`), layers from left to right, and the key of their cells."""

    figsize = (10.6, 6.9)

    def __init__(self, animals: Sequence[Animal] = ZOO) -> None:
        self._animals = animals
        super().__init__()

    def layout(self, figure: Figure) -> dict[str, Axes]:
        rows = -(-len(self._animals) // COLUMNS)
        grid = figure.add_gridspec(rows + 1, COLUMNS, height_ratios=[1] * rows + [0.5])
        axes = {a.name: figure.add_subplot(grid[k // COLUMNS, k % COLUMNS]) for k, a in enumerate(self._animals)}
        return {**axes, "key": figure.add_subplot(grid[rows, :])}

    def draw(self, key: Axes, **axes: Axes) -> None:
        for animal in self._animals:
            _draw(axes[animal.name], animal)
        key.axis("off")
        handles = [_Cell(kind) for kind in CELLS]
        entries = [tuple(handle.lines) for handle in handles]
        looks = {"fontsize": 11.5, "frameon": False, "columnspacing": 1.0, "handletextpad": 0.4}
        key.legend(entries, CELLS, ncols=COLUMNS, loc="center", **looks).set_in_layout(
            False
        )  # it is as wide as all axes

    def update(self) -> None:
        """There is nothing to be told."""


class _Cell:
    """The markers of a kind of cell: the shape, and the mark inside where there is one."""

    def __init__(self, kind: str, x: ArrayLike = (), y: ArrayLike = ()) -> None:
        shape, colour, mark = LOOKS[kind]
        size = SIZE - 2 * (shape in "Ds")
        x, y = np.asarray(x), np.asarray(y)
        self.lines = [Line2D(x, y, ls="", marker=shape, ms=size, mfc=colour, mec="#222222", zorder=3)]
        if mark:
            inside = Line2D(x, y, ls="", marker=mark, ms=5, mfc="none", mec="#111111", mew=1.4, zorder=4)
            self.lines.append(inside)


def _draw(ax: Axes, animal: Animal) -> None:
    places = _places(animal)
    gaps = len(places) - 1
    links = animal.links if isinstance(animal.links, tuple) else (animal.links,) * gaps
    segments: list[Array] = []
    for before, after, link in zip(places, places[1:], links, strict=False):
        for start in before:
            for end in after:
                if link == "all" or abs(start[1] - end[1]) < 0.65:
                    segments.append(np.array([start, end]))
    for layer in animal.within:
        here = places[layer]
        segments += [np.array([here[i], here[j]]) for i in range(len(here)) for j in range(i)]
    ax.add_collection(LineCollection(segments, colors="#888888", linewidths=0.8, zorder=1))
    for start, end in animal.skips:
        ax.add_patch(_arc(places[start][0], places[end][0]))
    for (kind, _), here in zip(animal.layers, places, strict=True):
        for line in _Cell(kind, here[:, 0], here[:, 1]).lines:
            ax.add_line(line)
        if kind in KEPT:
            for x, y in here:
                ax.plot(x, y + 0.3, "o", ms=8, mfc="none", mec=VIOLET, mew=1.4, zorder=2)
    ax.set_title(animal.name, fontsize=11.5, pad=2)
    ax.set(xlim=(-0.4, 5.4), ylim=(-2.9, 3.1))
    ax.axis("off")


def _places(animal: Animal) -> list[Array]:
    """The cells' places (n, 2) of each layer: columns, and a ring of those that are linked with each other."""
    found = []
    for k, (_, count) in enumerate(animal.layers):
        middle = 2.5 + (k - (len(animal.layers) - 1) / 2) * min(2.0, 5 / max(len(animal.layers) - 1, 1))
        if k in animal.within:
            angle = np.pi / 2 + 2 * np.pi * np.arange(count) / count
            found.append(np.column_stack([middle + 1.15 * np.cos(angle), 2 * np.sin(angle)]))
        else:
            height = 0.95 * (np.arange(count) - (count - 1) / 2)[::-1]
            found.append(np.column_stack([np.full(count, middle), height]))
    return found


def _arc(start: Array, end: Array) -> FancyArrowPatch:
    style = "arc3,rad=-0.45"
    return FancyArrowPatch(
        (start[0], start[1]), (end[0], end[1]), connectionstyle=style, arrowstyle="-|>", mutation_scale=10, lw=1.4, shrinkA=6,
        shrinkB=6, color="#333333", zorder=2,
    )  # fmt: skip
