"""A network as it is: weights as lines, and in each neuron a picture of what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display
from nbkit.displays.pictures import RestingLines, Still, Tiles, bounded
from nbkit.displays.text import Reading
from nbkit.displays.training.axes import TEXT, number, put
from nbkit.displays.training.diagram import Diagram

__all__ = ["Network", "NetworkDisplay"]

Array = NDArray[np.float64]

_SIGNS = to_rgba_array([COLOURS.classes[1], COLOURS.classes[0]])  # above 0 and below, as in the neurons' pictures
WIDEST, THINNEST = 4.5, 0.3  # points
SEEN = 0.1  # points by which a line's width has to change until all are drawn anew
STRONGEST = 96  # connections drawn between two layers
CROWD = 32  # connections between two layers: of more the lines are thinner, and dashes would not be seen in the thicket
DASH = (0, (3.5, 2.0))
ABOVE, BELOW = 24.0, 6.0  # px over the neurons, for the layers' names, and under them
LETTER = 7.2  # px, a letter's mean width


class Network(NamedTuple):
    """A network, layer by layer, inputs first.

    `labels` and `sizes` of the layers. `weights`: one array (neurons, sources) for each layer after the inputs, or None where
    two layers are not joined by weights. `pictures`: for each layer the answers of its drawn neurons (`Diagram.drawn`), as
    images (n, m, m) over two inputs, rows upwards, or as curves (n, m) over one, or None. `inputs` and `outputs`: names.
    `dead`: for each layer a mask (size,) of neurons that are 0 for all data, or None; `dropped`: the same for those that
    dropout leaves out. `selected` (layer, neuron) is framed, `weight` (layer, neuron, source) drawn dark with its value.
    """

    labels: Sequence[str]
    sizes: Sequence[int]
    weights: Sequence[Array | None]
    pictures: Sequence[Array | None]
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    dead: Sequence[NDArray[np.bool_] | None] = ()
    dropped: Sequence[NDArray[np.bool_] | None] = ()
    selected: tuple[int, int] | None = None
    weight: tuple[int, int, int] | None = None


class NetworkDisplay(Display):
    """Layers from left to right; a line's width is its weight, solid orange above 0, dashed blue below. See `Network`.

    Widths are relative to the largest weight between two layers, of which the 96 strongest are drawn; without dashes where they
    are more than 32. Of a layer of more than 16 neurons 16 are drawn. A cross marks a dead neuron, a pale one is dropped.
    Coordinates are pixels of the axes at 100 dpi, so that the pictures are square.
    """

    figsize = (6.2, 3.2)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        return {"ax": figure.add_subplot()}

    def draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        self.weights_ = RestingLines([])
        self.still_ = self.live(Still(self.weights_))
        self.curves_ = self.live(LineCollection([], colors=COLOURS.target, linewidths=1.6, zorder=4))
        ax.add_collection(self.weights_, autolim=False)
        ax.add_artist(self.still_)
        self.still_.set_zorder(11)
        ax.add_collection(self.curves_, autolim=False)
        self.backs_ = self._marks(ax, "s", mfc="white", mec=COLOURS.target, mew=1.0, zorder=2)
        self.tiles_ = self.live(Tiles())
        ax.add_artist(self.tiles_)
        self.tiles_.set_zorder(13)
        self.veil_ = self._marks(ax, "s", mfc=(1, 1, 1, 0.8), mec=COLOURS.guide, mew=1.0, zorder=5)
        self.dead_ = self._marks(ax, "x", mec=COLOURS.target, mew=2.0, zorder=6)
        self.selected_ = self._marks(ax, "s", mfc="none", mec=COLOURS.gradient, mew=3.0, zorder=6)
        self.weight_ = self.live(ax.plot([], [], color=COLOURS.target, lw=3, zorder=6)[0])
        self.value_ = self.live(Reading(0, 0, "", fontsize=12, ha="center", va="bottom", zorder=7, ground="white"))
        ax.add_artist(self.value_)
        self.texts_: list[Text] = []
        self.diagram_: Diagram | None = None
        self._negative = self._crowded = np.empty(0, bool)
        self._widths = np.empty(0)
        self._described: tuple[Any, ...] = ()

    def _marks(self, ax: Axes, marker: str, **style: Any) -> Line2D:
        return self.live(ax.plot([], [], marker, **style)[0])

    def update(self, **arrays: Any) -> None:
        view = Network(**arrays)
        diagram = self._describe(view)
        self._set_weights(view, diagram)
        self._set_pictures(view, diagram)
        for line, masks in ((self.dead_, view.dead), (self.veil_, view.dropped)):
            put(line, *_places(diagram, masks).T)
        chosen = None if view.selected is None else diagram.place(*view.selected)
        put(self.selected_, *(() if chosen is None else chosen[:, None]))
        self._set_weight(view, diagram)

    def unit_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(layer, neuron) at a point of the axes, or None."""
        return self.diagram_.unit_at(x, y) if self.diagram_ else None

    def weight_at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """(layer, neuron, source) of the weight whose line is at a point of the axes, or None."""
        return self.diagram_.weight_at(x, y) if self.diagram_ else None

    # --- what changes with each step

    def _set_weights(self, view: Network, diagram: Diagram) -> None:
        drawn = [
            np.zeros(len(edges))
            if weights is None
            else np.asarray(weights)[np.ix_(diagram.drawn[k + 1], diagram.drawn[k])].ravel()
            for k, (weights, edges) in enumerate(zip(view.weights, diagram.edges, strict=True))
        ]
        drawn = [bounded(layer) for layer in drawn]
        weights = np.concatenate([*drawn, np.empty(0)])
        widths = np.concatenate([_widths(layer) for layer in drawn] + [np.empty(0)])
        negative = weights < 0
        turned = not np.array_equal(negative, self._negative)  # seldom from one frame to the next
        if turned or np.abs(widths - self._widths).max(initial=0.0) > SEEN:
            self._widths = widths
            self.weights_.set_linewidth(list(widths))  # those of no width are not drawn, and no path is ever made anew
        if turned:
            self._negative = negative
            self.weights_.set_color(_SIGNS[negative.astype(int)])
            self.weights_.set_linestyle(
                [DASH if dashed else "-" for dashed in negative & ~self._crowded] if len(negative) else "-"
            )

    def _set_pictures(self, view: Network, diagram: Diagram) -> None:
        images: list[Array] = []
        places, curves = [], []
        for pictures, centres in zip(view.pictures, diagram.centres, strict=True):
            if pictures is None:
                continue
            if len(pictures) != len(centres):
                raise ValueError(f"pictures must be those of the {len(centres)} drawn neurons, got {len(pictures)}")
            if np.ndim(pictures) == 3:
                images.append(np.asarray(pictures))
                places.append(centres)
            else:
                curves.append(_small_curves(np.asarray(pictures), centres, diagram.side))
        self.tiles_.set_tiles(images, np.concatenate([*places, np.empty((0, 2))]), diagram.side - 2)
        self.curves_.set_visible(bool(curves))
        self.curves_.set_segments([curve for layer in curves for curve in layer])

    def _set_weight(self, view: Network, diagram: Diagram) -> None:
        ends = [] if view.weight is None else self._ends(view.weight, diagram)
        put(self.weight_, *np.transpose(ends))
        self.value_.set_visible(bool(ends))
        weights = view.weights[view.weight[0] - 1] if view.weight and ends else None
        if view.weight and weights is not None:
            self.value_.set_text(f"w = {number(float(weights[view.weight[1], view.weight[2]]))}")
            self.value_.set_position(tuple(np.mean(ends, axis=0) + np.array([0.0, 3.0])))

    @staticmethod
    def _ends(weight: tuple[int, int, int], diagram: Diagram) -> list[Array]:
        layer, unit, source = weight
        ends = diagram.place(layer - 1, source), diagram.place(layer, unit)
        step = np.array([diagram.side / 2, 0])
        return [ends[0] + step, ends[1] - step] if ends[0] is not None and ends[1] is not None else []

    # --- what changes with the architecture

    def _describe(self, view: Network) -> Diagram:
        ax = self.axes_["ax"]
        box = ax.get_window_extent()
        scale = 100 / self.figure_.dpi
        width, height = round(box.width * scale), round(box.height * scale)
        described = (width, height, *view.labels, *view.sizes, *view.inputs, None, *view.outputs)
        if self.diagram_ is not None and described == self._described:
            return self.diagram_
        self._described = described
        margins = _room(view.inputs, view.labels[0]), _room(view.outputs, view.labels[-1])
        diagram = self.diagram_ = Diagram(view.sizes, width, height - ABOVE - BELOW, margins)
        for centres in diagram.centres:
            centres += (0, BELOW)
        ax.set(xlim=(0, width), ylim=(0, height))
        segments = np.concatenate([*diagram.segments, np.empty((0, 2, 2))])
        self.weights_.set_segments(list(segments))
        self._crowded = np.repeat([len(edges) > CROWD for edges in diagram.edges], [len(e) for e in diagram.edges])
        self._negative, self._widths = np.empty(0, bool), np.empty(0)
        points = 72 / 100
        for line, size in ((self.backs_, 1.0), (self.veil_, 1.0), (self.selected_, 1.12), (self.dead_, 0.5)):
            line.set_markersize(diagram.side * size * points)
        self.backs_.set_data(*np.concatenate(diagram.centres).T)
        self._write(view, diagram, height)
        return diagram

    def _write(self, view: Network, diagram: Diagram, height: float) -> None:
        """Names of layers, inputs and outputs, made anew."""
        for text in self.texts_:
            text.remove()
        ax = self.axes_["ax"]
        self.texts_ = []
        for heading, x, align in _headings(view.labels, diagram):
            self.texts_.append(ax.text(x, height - 4, heading, fontsize=TEXT, ha=align, va="top"))
        gap = diagram.side / 2 + 5
        for names, layer, side, align in ((view.inputs, 0, -gap, "right"), (view.outputs, -1, gap, "left")):
            if names and len(diagram.drawn[layer]) == diagram.sizes[layer] and diagram.side >= 13:
                for name, (x, y) in zip(names, diagram.centres[layer], strict=True):
                    self.texts_.append(ax.text(x + side, y, name, fontsize=TEXT, ha=align, va="center"))


def _headings(labels: Sequence[str], diagram: Diagram) -> list[tuple[str, float, str]]:
    """What stands over each layer, where, and how it is aligned: a label that repeats is left out where layers stand close."""
    counts = [
        f"{len(units)} of {size}" if len(units) < size else str(size) if size > 1 else ""
        for units, size in zip(diagram.drawn, diagram.sizes, strict=True)
    ]
    middles = [float(centres[:, 0].mean()) for centres in diagram.centres]
    texts = [f"{label} {count}".strip() for label, count in zip(labels, counts, strict=True)]
    pitch = min(np.diff(middles), default=np.inf)
    if pitch >= LETTER * max(map(len, texts)):
        return [(text, x, "center") for text, x in zip(texts, middles, strict=True)]
    texts = [
        count if count and k and label == labels[k - 1] else text
        for k, (label, count, text) in enumerate(zip(labels, counts, texts, strict=True))
    ]
    half = diagram.side / 2  # the outermost lean outwards
    first, last = (texts[0], middles[0] + half, "right"), (texts[-1], middles[-1] - half, "left")
    return [first, *((text, x, "center") for text, x in zip(texts[1:-1], middles[1:-1], strict=True)), last]


def _widths(weights: Array) -> Array:
    """Widths in points of the lines between two layers, in proportion to the weights' absolute values."""
    sizes = np.abs(weights)
    most = float(sizes.max(initial=0.0))
    if not most > 0:
        return np.zeros(len(weights))
    widths = WIDEST * min(1.0, (CROWD / len(weights)) ** 0.5) * sizes / most
    least = np.partition(sizes, -STRONGEST)[-STRONGEST] if len(sizes) > STRONGEST else 0.0
    return np.where((sizes >= least) & (widths >= THINNEST), widths, 0.0)


def _room(names: Sequence[str], label: str) -> float:
    """px beside the outermost layer, for its names or its label."""
    return max(12.0 + LETTER * max(map(len, names), default=0), LETTER * (len(label) + 3) - 16)


def _places(diagram: Diagram, masks: Sequence[NDArray[np.bool_] | None]) -> Array:
    """Centres (n, 2) of the drawn neurons that are in a mask."""
    chosen = [
        diagram.centres[layer][np.asarray(mask)[diagram.drawn[layer]]]
        for layer, mask in enumerate(masks)
        if mask is not None
    ]
    return np.concatenate([*chosen, np.empty((0, 2))])


def _small_curves(curves: Array, centres: Array, side: float) -> Array:
    """Curves (n, m) inside of pictures, as lines (n, m, 2): 0 in the middle, each by its own largest absolute value."""
    curves = bounded(curves)
    most = np.maximum(np.abs(curves).max(axis=1, keepdims=True), 1e-12)
    x = np.linspace(-0.5, 0.5, curves.shape[1]) * (side - 4)
    y = curves / most * 0.5 * (side - 6)
    return np.stack(np.broadcast_arrays(centres[:, :1] + x, centres[:, 1:] + y), axis=2)
