"""The graph of a module: a box for each layer, from its inputs on the left to its output on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch

from nbkit.displays.backprop import arranged
from nbkit.displays.base import Display

if TYPE_CHECKING:
    from torch import nn

    from nbkit.architecture import Layer

__all__ = ["ModelGraphDisplay"]

WIDTH = 0.74  # of a box, in columns
INCHES = (1.75, 0.29)  # of a column, and of a line of text
FILLS = {"input": "#FFF3D6", "layer": "#D9EBF7", "function": "#EEEEEE"}


class ModelGraphDisplay(Display):
    """The layers of a module (`nbkit.architecture`), with their output's shape and how many parameters they have.

    What has no parameters and changes no shape, like an activation, stands in the box of the layer that it follows.
    """

    figsize = (5.0, 2.0)

    @classmethod
    def from_model(cls, model: nn.Module, *sizes: Any, axes: Axes | None = None) -> ModelGraphDisplay:
        """The graph of any module that runs on inputs of these `sizes`: see `nbkit.architecture.summary`."""
        from nbkit.architecture import summary

        display = cls(axes)
        display.update(summary(model, *sizes).layers)
        return display

    def layout(self, figure: Figure) -> dict[str, Axes]:
        figure.set_layout_engine("none")
        return {"ax": figure.add_axes((0, 0, 1, 1))}

    def fit(self) -> None:
        """The axes fill the figure already."""

    def draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        self.graph_: list[Artist] = []
        self.layers_: tuple[Layer, ...] = ()

    def update(self, layers: Sequence[Layer]) -> None:
        for artist in self.graph_:
            artist.remove()
        self.layers_ = tuple(layers)
        texts, sources = _boxes(layers)
        # Rows are as far apart as the fullest box is high.
        lines = max(text.count("\n") + 1 for text in texts)
        places = arranged(sources)[0] * [1, lines + 1.2]
        low, high = places.min(axis=0), places.max(axis=0)
        room = high - low + [1, lines + 0.8]
        if self.owns_figure:
            self.figure_.set_size_inches(room * INCHES)
        ax = self.ax_
        middle = (low + high) / 2
        ax.set(xlim=middle[0] + np.array([-0.5, 0.5]) * room[0], ylim=middle[1] + np.array([-0.5, 0.5]) * room[1])
        size = self._fontsize(room, max(len(line) for text in texts for line in text.split("\n")))
        self.graph_ = [
            *(self._box(place, text, bool(above)) for place, text, above in zip(places, texts, sources, strict=True)),
            *(
                ax.text(place[0], place[1], text, ha="center", va="center", fontsize=size, linespacing=1.25, zorder=3)
                for place, text in zip(places, texts, strict=True)
            ),
            *(self._arrow(places[source], places[k]) for k, each in enumerate(sources) for source in each),
        ]

    def _fontsize(self, room: Any, longest: int) -> float:
        """Letters as large as the longest line and the height of a line allow, in points."""
        box = self.ax_.get_position()
        width, height = self.figure_.get_size_inches() * [box.width, box.height] / room * 72
        return float(np.clip(min(WIDTH * width / (0.62 * longest), height / 1.3), 5, 14))

    def _box(self, place: Any, text: str, follows: bool) -> Patch:
        height = text.count("\n") + 1.5
        fill = FILLS["input" if not follows else "layer" if "params" in text else "function"]
        return self._added(
            FancyBboxPatch(
                place - np.array([WIDTH, height]) / 2,
                WIDTH,
                height,
                boxstyle="round,pad=0,rounding_size=0.06",
                mutation_aspect=height,
                facecolor=fill,
                edgecolor="#555555",
                zorder=2,
            )
        )

    def _added(self, patch: Patch) -> Patch:
        return self.ax_.add_patch(patch)

    def _arrow(self, start: Any, end: Any) -> Patch:
        half = np.array([WIDTH / 2, 0])
        style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 14, "shrinkA": 0, "shrinkB": 0}
        return self._added(FancyArrowPatch(start + half, end - half, color="#555555", lw=1.5, zorder=1, **style))


def _boxes(layers: Sequence[Layer]) -> tuple[list[str], list[tuple[int, ...]]]:
    """The text of each box, and the boxes that it takes from."""
    users = [sum(k in layer.sources for layer in layers) for k in range(len(layers))]
    box_of: list[int] = []
    texts: list[list[Layer]] = []
    sources: list[tuple[int, ...]] = []
    for layer in layers:
        before = layer.sources[0] if len(layer.sources) == 1 else None
        if (
            before is not None
            and not layer.parameters
            and users[before] == 1
            and layer.output == layers[before].output
            and layers[before].kind != "input"
        ):
            box_of.append(box_of[before])
            texts[box_of[before]].append(layer)
            continue
        box_of.append(len(texts))
        texts.append([layer])
        sources.append(tuple(dict.fromkeys(box_of[source] for source in layer.sources)))
    return [_text(group) for group in texts], sources


def _text(group: Sequence[Layer]) -> str:
    words = [_title(layer) for layer in group]
    parameters = sum(layer.parameters for layer in group)
    return "\n".join([*words, group[0].output, *([f"{parameters:,} params"] if parameters else [])])


def _title(layer: Layer) -> str:
    """The kind of a layer, with its name where somebody gave it one."""
    name = layer.name.split(".")[-1]
    if layer.kind == "input":
        return name
    return f"{name}: {layer.kind}" if name and not name.isdigit() else layer.kind
