"""A loss over one parameter or two, and the ways that runs of gradient descent took down it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS
from nbkit.displays.text import reading

__all__ = ["MOST", "STYLES", "Arrow", "Curve", "Landscape", "Plane", "Run"]

Array = NDArray[np.float64]

#: Of the runs that are shown together: colour, line and marker of each.
STYLES = (
    ("#0072B2", "-", "o"),
    ("#CC79A7", "--", "s"),
    ("#222222", "-.", "^"),
    ("#E69F00", "-", "D"),
    ("#009E73", "--", "v"),
    ("#56B4E9", "-.", "p"),
    ("#D55E00", ":", "X"),
)
MOST = len(STYLES)
LEVELS = 18
# Low is dark, like water in a valley; grey enough for every line to stand out.
WATER = LinearSegmentedColormap.from_list("water", ["#93ABC2", "#FFFFFF"])


class Landscape(NamedTuple):
    """A loss to be drawn, of one parameter or two; one that is drawn already is known by its identity.

    `names` of the parameters; `grid`, one array of places (m,) for each; `values` (m,), or (m, m) with rows along the second
    parameter; `minima` (k, d) with their `depths` (k,), and which of them are the `deepest` (k,).
    """

    names: tuple[str, ...]
    grid: tuple[Array, ...]
    values: Array
    minima: Array
    depths: Array
    deepest: NDArray[np.bool_]


class Run(NamedTuple):
    """Where one run went: `place`, its row in STYLES; `points` (n + 1, d) and their `losses` (n + 1,), and how it ended."""

    label: str
    state: str
    place: int
    points: Array
    losses: Array


class Arrow(NamedTuple):
    """One step in two parts: from `foot` (d,) the gradient's part and then what is `carried` over (d,), `times` as long.

    `height` is the loss at the foot.
    """

    foot: Array
    gradient: Array
    carried: Array
    times: float
    height: float


class _Map:
    """What a landscape of one parameter and of two have in common: ways, marks and arrows."""

    def __init__(self, ax: Axes, live: Callable[[Any], Any]) -> None:
        self.ax, self.landscape = ax, None
        self.draw(ax, live)
        self.deepest_ = self._marks(live, "*", 17, "#F0E442")
        self.others_ = self._marks(live, "*", 13, "white")
        # The last style is drawn first, so that the first lies on top.
        self.ways_, self.ends_ = ([self._line(live, place, part) for place in range(MOST)] for part in ("way", "end"))
        self.start_ = live(ax.plot([], [], "o", ms=11, mfc="none", mec="#222222", mew=2)[0])
        self.gradient_, self.carried_ = (self._arrow(live, colour) for colour in (COLOURS.gradient, COLOURS.momentum))
        self.times_ = live(
            reading(ax, 0.98, 0.02, transform=ax.transAxes, ha="right", va="bottom", fontsize=11, color="#222222")
        )

    landscape: Landscape | None

    def draw(self, ax: Axes, live: Callable[[Any], Any]) -> None:
        """Make the artists of the landscape itself."""

    def show(self, landscape: Landscape) -> None:
        """Draw another landscape: a full redraw."""
        raise NotImplementedError

    def on_map(self, points: Array, losses: Array) -> Array:
        """Where points (n, d) with their losses stand in the axes, (n, 2)."""
        raise NotImplementedError

    def update(self, landscape: Landscape, runs: Sequence[Run], arrow: Arrow | None) -> None:
        if landscape is not self.landscape:
            self.landscape = landscape
            self.show(landscape)
            places = self.on_map(landscape.minima, landscape.depths)
            self.deepest_.set_data(*places[landscape.deepest].T)
            self.others_.set_data(*places[~landscape.deepest].T)
        shown = {run.place: run for run in runs}
        for place, (way, end) in enumerate(zip(self.ways_, self.ends_, strict=True)):
            run = shown.get(place)
            path = self.on_map(run.points, run.losses) if run else np.empty((0, 2))
            way.set_data(*self._within(path).T)
            end.set_data(*path[-1:].T)
            way.set_linewidth(2.2 if run is runs[0] else 1.6)
            # Each point is a mark as long as they can be told apart.
            way.set_markersize(5 if run is runs[0] and len(path) <= 120 else 0)
        self.start_.set_data(*self.on_map(runs[0].points[:1], runs[0].losses[:1]).T)
        self._point(arrow)

    def _within(self, path: Array) -> Array:
        # Far outside of the axes lines are cut where they leave them; numbers of 1e150 would overflow in the renderer.
        return np.clip(path, -1e6, 1e6)

    def _point(self, arrow: Arrow | None) -> None:
        tips = []
        if arrow is not None:
            tips = [arrow.foot, arrow.foot + arrow.times * arrow.gradient]
            tips.append(tips[-1] + arrow.times * arrow.carried)
        places = (
            self.on_map(np.array(tips), np.full(len(tips), arrow.height)) if arrow is not None else np.empty((0, 2))
        )
        for number, patch in enumerate((self.gradient_, self.carried_)):
            ends = self._within(places[number : number + 2])
            seen = len(ends) == 2 and bool(np.abs(ends[1] - ends[0]).max() > 0)
            patch.set_visible(seen)
            if seen:
                patch.set_positions(*ends)
        times = "" if arrow is None or arrow.times == 1 else f"arrows × {arrow.times:g}"
        self.times_.set_text(times)

    def _line(self, live: Callable[[Any], Any], place: int, part: str) -> Line2D:
        colour, dash, marker = STYLES[place]
        if part == "way":
            style: dict[str, Any] = {"ls": dash, "marker": "o", "ms": 0, "mew": 0}
        else:
            style = {"ls": "", "marker": marker, "ms": 11, "mec": "white", "mew": 1.2}
        artist: Line2D = live(self.ax.plot([], [], color=colour, zorder=3 - place / MOST, **style)[0])
        return artist

    def _marks(self, live: Callable[[Any], Any], marker: str, size: float, colour: str) -> Line2D:
        artist: Line2D = live(self.ax.plot([], [], marker, ms=size, color=colour, mec="#222222", mew=1)[0])
        return artist

    def _arrow(self, live: Callable[[Any], Any], colour: str) -> FancyArrowPatch:
        patch: FancyArrowPatch = live(
            FancyArrowPatch(
                (0, 0), (1, 1), arrowstyle="-|>", mutation_scale=18, lw=3, color=colour, shrinkA=0, shrinkB=0
            )
        )
        patch.set_zorder(patch.get_zorder() + 4)
        patch.set_visible(False)
        self.ax.add_patch(patch)
        return patch


class Curve(_Map):
    """A loss of one parameter: its graph."""

    def draw(self, ax: Axes, live: Callable[[Any], Any]) -> None:
        self.graph_: Line2D = ax.plot([], [], color=COLOURS.guide, lw=2.5)[0]
        ax.set(xlabel="w", ylabel="loss", ylim=(-2, 2))  # with labels as wide as they get: the layout is made once
        ax.grid(alpha=0.3)

    def show(self, landscape: Landscape) -> None:
        (w,), values = landscape.grid, landscape.values
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        margin = 0.08 * (high - low) or 1.0
        self.graph_.set_data(w, values)
        self.ax.set(xlabel=landscape.names[0], xlim=(w[0], w[-1]), ylim=(low - margin, high + margin))

    def on_map(self, points: Array, losses: Array) -> Array:
        return np.column_stack([points[:, 0], losses])


class Plane(_Map):
    """A loss of two parameters: lines of equal height."""

    def draw(self, ax: Axes, live: Callable[[Any], Any]) -> None:
        self.contours_: list[ContourSet] = []
        ax.set(xlabel="w1", ylabel="w2", ylim=(-2, 2))

    def show(self, landscape: Landscape) -> None:
        for artist in self.contours_:
            artist.remove()
        (w1, w2), values = landscape.grid, landscape.values
        self.contours_ = []
        finite = values[np.isfinite(values)]
        if len(finite) and np.ptp(finite):
            # Denser where it is low: a wide valley's floor would else be one plain.
            levels = finite.min() + np.ptp(finite) * (np.arange(LEVELS + 1) / LEVELS) ** 3
            masked = np.ma.masked_invalid(values)
            steps = np.linspace(0, 1, LEVELS)
            filled = self.ax.contourf(w1, w2, masked, levels=levels, colors=list(WATER(steps)))
            lines = self.ax.contour(w1, w2, masked, levels=levels[1:], colors="#7F94A8", linewidths=0.7)
            self.contours_ = [filled, lines]
        self.ax.set(xlabel=landscape.names[0], ylabel=landscape.names[1], xlim=(w1[0], w1[-1]), ylim=(w2[0], w2[-1]))

    def on_map(self, points: Array, losses: Array) -> Array:
        return points
