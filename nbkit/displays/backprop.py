"""A computational graph, drawn from left to right: values go forward, derivatives come back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display
from nbkit.displays.text import Heading, Reading, reading

__all__ = ["BackpropDisplay", "Box", "Label", "arranged"]

Array = NDArray[np.float64]
Ways = dict[tuple[int, int], Array]

MOST = 40  # nodes that can still be read
WIDTH, HEIGHT = 0.7, 0.74  # of a box, in columns and rows
BAND = 0.5  # from a box's middle to that of the band between it and the next row's


class Box(NamedTuple):
    """A node: what is written in it, the places of its operands, and whether it is a variable, a constant or an operation."""

    title: str
    operands: tuple[int, ...]
    kind: str


class Label(NamedTuple):
    """A text for the edge from an operand to its node, the position-th of the node's operands; it stands at the operand."""

    node: int
    position: int
    text: str


class BackpropDisplay(Display):
    """Boxes for the nodes, lines for what goes into them; in each box its value, and below it the derivative of f by it.

    `boxes` are the nodes, each after its operands and f last; `values` and `derivatives` (nodes,) as texts, "" where they are not
    known yet; `current` the node whose turn it is, −1 for none; `backwards` whether derivatives are on their way; `labels` the
    texts that go with the current node's edges; `heading` a line above.
    """

    figsize = (7.5, 4.6)

    def draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        self.boxes_: tuple[Box, ...] = ()
        self.places_: Array = np.empty((0, 2))
        self.ways_: Ways = {}
        self.graph_: list[Artist] = []
        self.size_ = 12.0
        self.heading_ = self.live(Heading(ax, lines=1, size=14))
        self.edges_ = self.live(LineCollection([], lw=4, color=COLOURS.model, zorder=1))
        ax.add_collection(self.edges_, autolim=False)
        self.frame_ = self.live(Rectangle((0, 0), WIDTH, HEIGHT, fill=False, lw=3.5, ec="black", visible=False))
        ax.add_patch(self.frame_)
        texts = [
            [
                self.live(reading(ax, 0, 0, ha="center", va="center", color=colour, fontweight="bold"))
                for _ in range(MOST)
            ]
            for colour in (COLOURS.model, COLOURS.gradient)
        ]
        self.values_, self.derivatives_ = texts
        self.labels_ = [
            self.live(reading(ax, 0, 0, ha="center", va="center", color="#8A3B00", ground="white", zorder=3))
            for _ in range(2)
        ]
        ax.plot([], [], "s", color=COLOURS.model, label="value, forward →")
        ax.plot([], [], "s", color=COLOURS.gradient, label="← ∂f/∂node, backward")
        ax.legend(loc="upper left", bbox_to_anchor=(0, 0.01), ncols=2, frameon=False, fontsize=12, handletextpad=0.2)

    def update(
        self,
        boxes: Sequence[Box],
        values: Sequence[str],
        derivatives: Sequence[str],
        current: int,
        backwards: bool,
        labels: Sequence[Label],
        heading: str,
    ) -> None:
        if tuple(boxes) != self.boxes_:
            self._draw_graph(tuple(boxes))
        self.heading_.set_text(heading)
        for texts, rows in ((self.values_, values), (self.derivatives_, derivatives)):
            for place, text in enumerate(texts):
                text.set_text(rows[place] if place < len(rows) else "")
        self._mark(current, backwards)
        for k, text in enumerate(self.labels_):
            text.set_text(labels[k].text if k < len(labels) else "")
            if k < len(labels):
                self._place(text, labels[k])

    def _place(self, text: Reading, label: Label) -> None:
        """In the band between two rows, above the operand's box: on the line it would lie on the boxes at either end."""
        operands = self.boxes_[label.node].operands
        x, y = self.places_[operands[label.position]]
        below = label.position == 1 and operands[0] == operands[1]  # both labels of x·x belong to one box
        text.set_position((x, y + BAND * (-1 if below else 1)))
        room = self._room(0.97 * (2 - WIDTH))
        text.set_fontsize(_fitting(label.text, min(self.size_, 13), room))

    def _room(self, columns: float) -> float:
        """So many columns, in points."""
        low, high = self.ax_.get_xlim()
        return float(0.97 * self.figure_.get_figwidth() * 72 * columns / (high - low))

    def _mark(self, current: int, backwards: bool) -> None:
        """The node whose turn it is, and the lines that it uses."""
        self.frame_.set_visible(current >= 0)
        count = len(self.boxes_[current].operands) if current >= 0 else 0
        self.edges_.set_segments([self._way(current, position) for position in range(count)])
        self.edges_.set_color(COLOURS.gradient if backwards else COLOURS.model)
        self.edges_.set_linestyle("--" if backwards else "-")
        if current >= 0:
            self.frame_.set_xy(self.places_[current] - [WIDTH / 2, HEIGHT / 2])

    def _way(self, node: int, position: int) -> Array:
        """The line from an operand to its node, points (k, 2), between the boxes of the columns that it passes; those of x·x run
        side by side."""
        operands = self.boxes_[node].operands
        operand, passed = operands[position], self.ways_.get((operands[position], node), np.empty((0, 2)))
        start, end = self.places_[operand], self.places_[node]
        leaves = enters = 0.0  # above the middle of the operand's and of the node's box
        if len(operands) == 2 and operands[0] == operands[1]:
            leaves = enters = 0.18 - 0.36 * position
        elif len(operands) == 2:
            # the line that comes from above enters above, so that the two do not cross
            other = operands[1 - position]
            before, others = (self.ways_.get((each, node), self.places_[each][None])[-1] for each in (operand, other))
            enters = 0.2 if before[1] > others[1] else -0.2
        first, last = [start[0] + WIDTH / 2, start[1] + leaves], [end[0] - WIDTH / 2, end[1] + enters]
        between = [[x + side * WIDTH / 2, y] for x, y in passed for side in (-1, 1)]
        return np.array([first, *between, last])

    def _draw_graph(self, boxes: tuple[Box, ...]) -> None:
        """The part that stays the same while values move."""
        for artist in self.graph_:
            artist.remove()
        constants = [place for place, box in enumerate(boxes) if box.kind == "constant"]
        self.boxes_ = boxes
        self.places_, self.ways_ = arranged([box.operands for box in boxes], constants)
        colours = {"variable": "#FFF3D6", "constant": "#EEEEEE", "operation": "#E6F1F8"}
        corners = self.places_ - [WIDTH / 2, HEIGHT / 2]
        patches = PatchCollection([Rectangle((x, y), WIDTH, HEIGHT) for x, y in corners], zorder=2)
        patches.set(facecolor=[colours[box.kind] for box in boxes], edgecolor="#555555", linewidth=1)
        pairs = [(node, k) for node, box in enumerate(boxes) for k in range(len(box.operands))]
        lines = LineCollection([self._way(*pair) for pair in pairs], color="#888888", lw=1.5, zorder=1)
        for collection in (patches, lines):
            self.ax_.add_collection(collection, autolim=False)
        taken = np.concatenate([self.places_, *self.ways_.values()])
        low, high = taken.min(axis=0), taken.max(axis=0)
        columns, rows = high - low + 1
        # Room for a few words even in a small graph, and letters as large as the fullest column allows.
        self.size_ = size = float(np.clip(min(67 / columns, 66 / rows), 7, 17))
        self.ax_.set(xlim=(low[0] - 0.5, high[0] + 0.5), ylim=(low[1] - 0.62, high[1] + 0.62))
        room = self._room(0.93 * WIDTH)
        titles = [
            self.ax_.text(x, y + 0.22, box.title, ha="center", va="center", fontsize=_fitting(box.title, size, room))
            for (x, y), box in zip(self.places_, boxes, strict=True)
        ]
        self.graph_ = [patches, lines, *titles]
        for k, (x, y) in enumerate(self.places_):
            self.values_[k].set(position=(x, y), fontsize=size)
            self.derivatives_[k].set(position=(x, y - 0.23), fontsize=size)


@lru_cache(maxsize=256)
def _fitting(text: str, size: float, room: float) -> float:
    """`size`, or as much less as the text needs to fit into `room`, both in points."""
    width = TextPath((0, 0), text, size=size).get_extents().width
    return float(np.clip(size * room / max(width, 1e-9), 5, size))


def arranged(operands: Sequence[tuple[int, ...]], beside: Sequence[int] = ()) -> tuple[Array, Ways]:
    """Where nodes stand, (n, 2): one column to the right of their last operand, rows such that few lines cross.

    Those in `beside`, which have no operands, stand next to what uses them, the others without operands in the first column. With
    them come the places that lines pass in the columns on their way, where they pass any, by (operand, node).

    Rows are sorted by the mean of the neighbours' (Sugiyama, Tagawa & Toda 1981, the barycentre method), lines over more than one
    column taking a place in each column that they pass.
    """
    columns = [0] * len(operands)
    for node, sources in enumerate(operands):
        if sources:
            columns[node] = 1 + max(columns[source] for source in sources)
    for leaf in beside:
        columns[leaf] = min(columns[node] for node, sources in enumerate(operands) if leaf in sources) - 1
    layers: list[list[int]] = [[] for _ in range(max(columns) + 1)]
    links: list[tuple[int, int]] = []
    for node, column in enumerate(columns):
        layers[column].append(node)
    names = len(operands)
    passes: dict[tuple[int, int], list[int]] = {}
    for node, sources in enumerate(operands):
        for source in dict.fromkeys(sources):
            last = source
            for column in range(columns[source] + 1, columns[node]):
                layers[column].append(names)
                columns.append(column)
                passes.setdefault((source, node), []).append(names)
                links.append((last, names))
                last, names = names, names + 1
            links.append((last, node))
    rows = np.zeros(names)
    for layer in layers:
        rows[layer] = _spread(len(layer))
    before: list[list[int]] = [[] for _ in range(names)]
    after: list[list[int]] = [[] for _ in range(names)]
    for start, end in links:
        before[end].append(start)
        after[start].append(end)
    for turn in range(8):
        order, neighbours = (layers[1:], before) if turn % 2 == 0 else (layers[-2::-1], after)
        for layer in order:
            wanted = [float(np.mean(rows[neighbours[each]])) if neighbours[each] else rows[each] for each in layer]
            ranked = [layer[k] for k in np.argsort(-np.array(wanted), kind="stable")]
            rows[ranked] = _spread(len(ranked))
            layer[:] = ranked
    places = np.column_stack([columns, rows]).astype(float)
    return places[: len(operands)], {pair: places[each] for pair, each in passes.items()}


def _spread(count: int) -> Array:
    """`count` rows about 0, one apart, the first at the top."""
    return (count - 1) / 2 - np.arange(count, dtype=float)
