"""What a network says over the plane of two inputs, with the data that it learns from and those that it is tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.pictures import DIVERGING, Picture, RestingLine, Still, bounded
from nbkit.displays.training.axes import put, set_limits, width_of

__all__ = ["Boundary", "DecisionBoundaryDisplay"]

Array = NDArray[np.float64]

MOST = 1000  # points drawn of each sample
NARROW = 260  # px, below which the legend is centred over the axes, and its words are short
BINS = 8  # colours of points with a continuous target
BANDS = 8  # levels of a discretised surface, of a continuous target
SHAPES = (("o", "train", 5.0), ("^", "validation", 6.0))
WASH = 0.62  # share of the colour in the surface, so that points stand out from it


class Boundary(NamedTuple):
    """A surface over two inputs, and data.

    `surface` (m, m), rows along x2, a probability of class 1 or a value; or (m, m, k), the probabilities of k classes; or None.
    `extent` (x1 low, x1 high, x2 low, x2 high). `train` (n, 2) and `validation` (v, 2), of which at most 1000 are drawn, with
    `train_targets` and `validation_targets` (n,), (v,): classes, or values within `limits`. `classes`, their names; without
    them the target is a value. `names` of the two inputs and of the `target`. `discretise`: classes, or bands of values, in
    place of shades. `wrong` (w, 2): points that are ringed. `truth` (m', m'), a surface whose level `level` is drawn dashed.
    """

    surface: Array | None
    extent: tuple[float, float, float, float]
    train: Array
    train_targets: NDArray[Any]
    validation: Array
    validation_targets: NDArray[Any]
    classes: Sequence[str] = ()
    names: tuple[str, str] = ("x1", "x2")
    target: str = ""
    limits: tuple[float, float] = (0.0, 1.0)
    discretise: bool = False
    wrong: Array | None = None
    truth: Array | None = None
    level: float = 0.5


class DecisionBoundaryDisplay(Display):
    """Classes or values over the plane of two inputs; circles are training data, triangles validation. See `Boundary`."""

    figsize = (5.6, 4.4)

    @classmethod
    def from_model(
        cls,
        model: Any,
        x: Any,
        y: Any = None,
        *,
        validation: Any = None,
        truth: Any = None,
        axes: Mapping[str, Axes] | None = None,
        **options: Any,
    ) -> DecisionBoundaryDisplay:
        """What a model says over the plane of x (n, 2), beside its data and, where it is known, the true border.

        `model` is a torch module of two inputs, which gives logits, probabilities or values, or a callable of points. `x` and
        `y` are arrays, or x alone a data set; `validation` is another pair or set; `truth` the true region of class 1, as in
        "x1**2 > x2" or by a callable of x1 and x2. `options` are further fields of `Boundary`, like discretise.
        """
        from nbkit.decision import over_the_plane  # which needs torch

        display = cls(axes)
        display.update(**over_the_plane(model, x if y is None else (x, y), validation, truth), **options)
        return display

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(1, 0.04))
        return {"ax": figure.add_subplot(grid[0]), "bar": figure.add_subplot(grid[1])}

    def draw(self, ax: Axes, bar: Axes) -> None:
        self.surface_ = self.live(Picture())
        ax.add_artist(self.surface_)
        self.edge_ = self.live(ax.plot([], [], color=COLOURS.target, lw=1.6)[0])
        self.truth_ = RestingLine([], [], ls="--", color=COLOURS.target, lw=2, visible=False)
        self.points_ = {name: _markers(shape, size) for shape, name, size in SHAPES}
        resting = [self.truth_, *(line for lines in self.points_.values() for line in lines)]
        for line in resting:
            ax.add_line(line)
        self.rest_ = self.live(Still(*resting))
        ax.add_artist(self.rest_)
        self.rest_.set_zorder(self.edge_.get_zorder())
        self.wrong_ = self.live(ax.plot([], [], "o", ms=11, mfc="none", mec=COLOURS.target, mew=1.4)[0])
        self.bar_ = bar.imshow(np.zeros((2, 1, 3)), origin="lower", extent=(0, 1, 0, 1), aspect="auto")
        bar.yaxis.tick_right()
        bar.set_xticks([])
        for spine in (*ax.spines.values(), *bar.spines.values()):
            spine.set_visible(False)
        readable(ax)
        readable(bar)
        self._described: tuple[Any, ...] = ()
        self._placed: dict[str, tuple[Any, ...]] = {}
        self._truth: Array | None = None

    def _legend(self, validation: bool, truth: bool) -> None:
        handles = [
            Line2D([], [], marker=shape, ls="", ms=size + 1, color="#999999", mec=COLOURS.target, label=name)
            for shape, name, size in SHAPES[: 1 + validation]
        ]
        narrow = width_of(self.ax_) < NARROW
        if truth:
            name = "truth" if narrow else "true border"
            handles.append(Line2D([], [], ls="--", lw=2, color=COLOURS.target, label=name))
        self.ax_.legend(
            handles=handles,
            loc="lower center" if narrow else "lower left",
            bbox_to_anchor=(0.5 if narrow else -0.02, 0.985),
            ncols=3,
            frameon=False,
            fontsize=11,
            handletextpad=0.3,
            handlelength=1.4,
            columnspacing=0.8,
            borderpad=0.1,
        )

    def update(self, **arrays: Any) -> None:
        view = Boundary(**arrays)
        self._describe(view)
        self.surface_.set_visible(view.surface is not None)
        if view.surface is not None:
            self.surface_.set_colours(
                colours(view.surface, view.limits, view.discretise and bool(view.classes), view.discretise)
            )
        put(self.edge_, *self._edge(view))
        if view.truth is not self._truth:
            self._truth = view.truth
            put(self.truth_, *_contour(view.truth, view.extent, view.level))
        self._place("train", view.train, view.train_targets, view)
        self._place("validation", view.validation, view.validation_targets, view)
        put(self.wrong_, *(() if view.wrong is None else np.asarray(view.wrong).T))

    def _edge(self, view: Boundary) -> Array:
        """The line between two classes; of values there is none."""
        binary = view.surface is not None and view.surface.ndim == 2 and len(view.classes) == 2
        return _contour(view.surface if binary else None, view.extent, 0.5)

    def _place(self, name: str, points: Array, targets: NDArray[Any], view: Boundary) -> None:
        given = (points, targets, tuple(view.classes), view.limits)
        before = self._placed.get(name)
        if before and before[0] is points and before[2:] == given[2:] and np.array_equal(before[1], targets):
            return  # the data rest while the network learns
        self._placed[name] = given
        points, targets = np.asarray(points)[:MOST], np.asarray(targets)[:MOST].reshape(-1)
        if view.classes:
            kinds = targets.astype(int) % BINS
        else:
            low, high = view.limits
            kinds = np.clip((targets - low) / (high - low) * BINS, 0, BINS - 1).astype(int)
        for k, line in enumerate(self.points_[name]):
            mine = kinds == k
            put(line, points[mine, 0], points[mine, 1])

    def _describe(self, view: Boundary) -> None:
        """What changes with the data set alone: limits, names, the bar of colours."""
        known = (len(view.validation) > 0, view.truth is not None)
        described = (*view.extent, *view.classes, *view.names, view.target, view.limits, view.discretise, *known)
        if described == self._described:
            return
        self._described = described
        self._legend(*known)
        ax, bar = self.axes_["ax"], self.axes_["bar"]
        self.surface_.extent = view.extent
        set_limits(ax, view.extent[:2], view.extent[2:])
        ax.set(xlabel=view.names[0], ylabel=view.names[1])
        if view.classes:
            count = len(view.classes)
            shades = np.array([to_rgb(_class_colour(k)) for k in range(count)])
            for lines in self.points_.values():
                for k, line in enumerate(lines):
                    line.set_color(_class_colour(k))
                    line.set_markeredgecolor("white")
            style: dict[str, Any] = {"rotation": 90, "va": "center"}
            bar.set_yticks((np.arange(count) + 0.5) / count, labels=_short(view.classes), **style)
            bar.tick_params(length=0, pad=2)
            bar.set_ylabel("")
            self.bar_.set_data(shades[:, None])
        else:
            values = np.linspace(*view.limits, 256)
            for lines in self.points_.values():
                for k, line in enumerate(lines):
                    line.set_color(DIVERGING((k + 0.5) / BINS))
                    line.set_markeredgecolor(COLOURS.target)
            bar.set_yticks([0, 0.5, 1], labels=[f"{value:.3g}".replace("-", "−") for value in values[[0, 128, -1]]])
            bar.set_ylabel(view.target, labelpad=-2)
            bar.yaxis.set_label_position("right")
            self.bar_.set_data(colours(values[:, None], view.limits, False, view.discretise))


def _markers(shape: str, size: float) -> list[RestingLine]:
    """A line for each colour: `scatter` takes several times as long."""
    style: dict[str, Any] = {"ls": "", "marker": shape, "ms": size, "mec": "white", "mew": 0.6}
    return [RestingLine([], [], **style) for _ in range(BINS)]


def colours(surface: Array, limits: tuple[float, float], classes: bool, discretise: bool) -> NDArray[np.uint8]:
    """Surface (m, n) or (m, n, k) as RGB (m, n, 3)."""
    surface = bounded(surface, nan=0.5).astype(np.float32)
    if surface.ndim == 3:
        palette = np.array([to_rgb(_class_colour(k)) for k in range(surface.shape[2])], np.float32)
        shares = np.eye(len(palette), dtype=np.float32)[surface.argmax(axis=2)] if discretise else surface
        return (255 * (1 - WASH + WASH * np.clip(shares @ palette, 0, 1))).astype(np.uint8)
    share = np.clip((surface - limits[0]) / (limits[1] - limits[0]), 0, 1)
    if discretise:
        levels = 2 if classes else BANDS
        share = np.minimum(np.floor(share * levels), levels - 1) / (levels - 1)
    return _SHADES[(255 * share).astype(np.intp)]


_SHADES = (255 * (1 - WASH + WASH * DIVERGING(np.linspace(0, 1, 256))[:, :3])).astype(np.uint8)


def _short(names: Sequence[str]) -> list[str]:
    """Names that find room beside the bar: "class 0", "class 1", … become 0, 1, …"""
    first, *others = names
    common = 0
    while (
        sum(map(len, names)) > 24
        and common < len(first)
        and all(name[: common + 1] == first[: common + 1] for name in others)
    ):
        common += 1
    return [name[len(first[:common].rstrip("0123456789")) :] for name in names]


def _class_colour(k: int) -> str:
    palette = (*COLOURS.classes, *(colour for colour in COLOURS.cycle if colour not in COLOURS.classes))
    return str(palette[k % len(palette)])


@lru_cache(maxsize=4)
def _middles(shape: tuple[int, int], extent: tuple[float, float, float, float]) -> tuple[Array, Array]:
    """The middles of cells, x and y of this shape each: while a network learns they stay where they are."""
    (rows, columns), (x0, x1, y0, y1) = shape, extent
    x = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    y = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    return np.meshgrid(x, y)


def _contour(surface: Array | None, extent: tuple[float, float, float, float], level: float) -> Array:
    """The lines (2, n) where a surface of cells crosses a level, NaN between them."""
    if surface is None or min(surface.shape) < 2:
        return np.empty((2, 0))
    x, y = _middles(surface.shape, extent)
    lines = contourpy.contour_generator(x, y, np.asarray(surface, np.float64)).lines(level)
    gap = np.full((1, 2), np.nan)
    pieces: list[Any] = [piece for line in lines for piece in (line, gap)]
    return np.concatenate(pieces).T if pieces else np.empty((2, 0))
