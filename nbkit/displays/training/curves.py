"""Loss or metric against the step, for training and validation, over pinned runs and the band of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.text import Reading
from nbkit.displays.training.axes import TEXT, decimated, fitting, number, put, set_limits, steady, text_style, width_of
from nbkit.displays.training.corners import FreeLegend

__all__ = ["Band", "Curves", "LossCurveDisplay", "Pinned"]

Array = NDArray[np.float64]

NARROW = 200  # px, below which the legend has short strokes and no title
TRAIN, VALIDATION = COLOURS.model, COLOURS.classes[1]
PINNED = ((COLOURS.guide, (0, (1, 1))), (COLOURS.classes[3], (0, (4, 1, 1, 1))), (COLOURS.classes[2], (0, (6, 1))))


class Pinned(NamedTuple):
    """An earlier run that is drawn under the present one: the `label` says what differs; `steps` (n,) and `values` (n,)."""

    label: str
    steps: Array
    values: Array


class Band(NamedTuple):
    """Several runs at once: at `steps` (n,) the `median`, and the band from `low` to `high`, each (n,)."""

    label: str
    steps: Array
    median: Array
    low: Array
    high: Array


class Curves(NamedTuple):
    """Values by step, of any length (at most 300 points of each are drawn); what was not measured is NaN.

    `steps` (n,), increasing, with `train` and `validation` (n,), either of which may be None. `name` of the values. `log`: a
    logarithmic axis, on which values of 0 and below are missing. At most 3 `pinned` runs, and a `band`. `cursor`: the step at
    which the curves are read. `epoch`: steps in an epoch, for the reading. `marks` (k,): steps at which something was changed.
    `rising`: values that grow as the network learns, whose legend stands below if there is room.
    """

    steps: Array
    train: Array | None
    validation: Array | None
    name: str = "loss"
    log: bool = False
    pinned: Sequence[Pinned] = ()
    band: Band | None = None
    cursor: float | None = None
    epoch: float | None = None
    marks: Array | Sequence[float] = ()
    rising: bool = False


class LossCurveDisplay(Display):
    """Training solid, validation dashed, pinned runs thin; the cursor's values stand above. See `Curves`.

    The axes grow in strides, since new ticks cost more than all curves.
    """

    figsize = (6.0, 3.6)

    def draw(self, ax: Axes) -> None:
        self.band_ = self.live(ax.fill_between([], [], [], color=COLOURS.classes[2], alpha=0.25, lw=0))
        self.median_ = self._line(ax, color=COLOURS.classes[2], lw=2)
        self.pinned_ = [self._line(ax, color=colour, ls=dash, lw=1.8) for colour, dash in PINNED]
        self.marks_ = self._line(ax, color=COLOURS.guide, lw=1.0, ls=(0, (2, 2)), transform=ax.get_xaxis_transform())
        self.train_ = self._line(ax, color=TRAIN, lw=2.2, label="train")
        self.validation_ = self._line(ax, color=VALIDATION, lw=2.2, ls=(0, (4, 1.2)), label="validation")
        self.cursor_ = self._line(ax, color=COLOURS.target, lw=1.2, transform=ax.get_xaxis_transform())
        self.dots_ = self._line(ax, color=COLOURS.target, marker="o", ms=6, ls="")
        self.reading_ = self.live(Reading(0.0, 1.02, "", transform=ax.transAxes, **text_style(va="bottom")))
        ax.add_artist(self.reading_)
        ax.set(xlabel="step", xlim=(0, 100), ylim=(0, 1))
        # Room for the reading, where the figure lays itself out; without a y each draw would look for one.
        ax.set_title(" ", fontsize=TEXT, y=1.0)
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(EngFormatter(sep=""))
        ax.grid(alpha=0.3)
        readable(ax)
        self._legend = FreeLegend(ax)
        self._described: tuple[Any, ...] = ()
        self._view = Curves(np.empty(0), None, None)

    def _line(self, ax: Axes, **style: Any) -> Line2D:
        return self.live(ax.plot([], [], **style)[0])

    def update(self, **arrays: Any) -> None:
        view = self._view = Curves(**arrays)
        self._describe(view)
        steps = np.asarray(view.steps)
        shown = [
            _set(self.train_, steps, view.train, view.log),
            _set(self.validation_, steps, view.validation, view.log),
        ]
        for k, line in enumerate(self.pinned_):
            pin = view.pinned[k] if k < len(view.pinned) else Pinned("", np.empty(0), np.empty(0))
            shown.append(_set(line, pin.steps, pin.values, view.log))
        shown += self._set_band(view)
        self._limit(shown, view)
        self._legend.stand_clear(shown)
        marks = np.asarray(view.marks, np.float64)
        put(self.marks_, np.repeat(marks, 3), np.tile([0.0, 1.0, np.nan], len(marks)))
        self._read(view)

    def step_at(self, x: float) -> float | None:
        """The step nearest to a place on the axis at which something was measured; None while nothing is."""
        steps = np.asarray(self._view.steps)
        if not len(steps):
            return None
        after = int(np.clip(np.searchsorted(steps, x), 1, max(len(steps) - 1, 1)))
        pair = steps[max(after - 1, 0) : after + 1]
        return float(pair[np.argmin(np.abs(pair - x))])

    def neighbour(self, step: float, by: int) -> float | None:
        """The measured step `by` places after `step` (before it, where negative), or the outermost; for the arrow keys.

        A place is one of the curve's drawn points: with 10⁶ steps a key moves by what can be seen.
        """
        steps = np.asarray(self._view.steps)
        if not len(steps):
            return None
        stride = max(len(steps) // 200, 1)
        at = int(np.searchsorted(steps, step)) + by * stride
        return float(steps[min(max(at, 0), len(steps) - 1)])

    def _set_band(self, view: Curves) -> list[tuple[Array, Array]]:
        if view.band is None:
            self.band_.set_visible(False)
            put(self.median_)
            return []
        self.band_.set_visible(True)
        band = view.band
        stride = -(-len(band.steps) // 400)
        steps, median, low, high = (np.asarray(values)[::stride] for values in band[1:])
        if view.log:
            low = np.where(low > 0, low, np.nan)
        self.band_.set_data(steps, low, high)
        put(self.median_, steps, median)
        return [(steps, low), (steps, high)]

    def _limit(self, shown: list[tuple[Array, Array]], view: Curves) -> None:
        ax = self.axes_["ax"]
        last = max((float(x[-1]) for x, _ in shown if len(x)), default=0.0)
        right = ax.get_xlim()[1]
        if last > right or last < 0.4 * right:
            right = 10.0 * 2 ** np.ceil(np.log2(max(last, 10.0) / 10.0))
        values = np.concatenate([y for _, y in shown])
        values = values[np.isfinite(values)]
        limits = ax.get_ylim()
        if len(values):
            low, high = float(values.min()), float(values.max())
            if view.log:
                ends = steady((np.log10(limits[0]), np.log10(limits[1])), np.log10(low), np.log10(high), 0.2)
                limits = 10.0 ** ends[0], 10.0 ** ends[1]
            else:
                # of two values that hardly differ the ticks would have more digits than there is room for
                limits = steady(limits, low, high, 0.05 * max(abs(low), abs(high)))
        set_limits(ax, (0.0, right), limits)

    def _read(self, view: Curves) -> None:
        """The values at the cursor, or the last ones, in as many words as there is room for."""
        measured = (("train", view.train), ("validation", view.validation))
        found = {name: _at(np.asarray(view.steps), values, view.cursor) for name, values in measured}
        dots = {name: dot for name, dot in found.items() if dot is not None}
        values = [number(y) for _, y in dots.values()]
        named = ", ".join(f"{name} {value}" for name, value in zip(dots, values, strict=True))
        texts = [named, named.replace("validation", "val."), ", ".join(values)]
        if view.cursor is not None:
            at = f"step {view.cursor:.0f}"
            epoch = f", epoch {number(view.cursor / view.epoch)}" if view.epoch else ""
            texts = [f"{at}{epoch}: {named}", *(f"{at}: {text}" for text in texts)]
        ax = self.axes_["ax"]
        if width_of(ax) < NARROW:  # its legend has no title
            texts = [f"{view.name}: {text}" for text in texts] + [f"{_initials(view.name)}: {text}" for text in texts]
        self.reading_.set_text(fitting(ax, *sorted(texts, key=len, reverse=True)))
        put(self.cursor_, *(() if view.cursor is None else ([view.cursor] * 2, [0, 1])))
        put(self.dots_, *np.transpose(list(dots.values())))

    def _describe(self, view: Curves) -> None:
        labels = [pin.label for pin in view.pinned] + ([view.band.label] if view.band else [])
        narrow = width_of(self.axes_["ax"]) < NARROW
        described = (view.name, view.log, view.rising, narrow, view.validation is None, *labels)
        if described == self._described:
            return
        self._described = described
        ax = self.axes_["ax"]
        if (ax.get_yscale() == "log") != view.log:
            ax.set_ylim(0.1, 1)
            ax.set_yscale("log" if view.log else "linear")
        if view.log:
            ax.yaxis.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0), numticks=7))
            ax.yaxis.set_major_formatter(lambda value, _: number(value))
            ax.yaxis.set_minor_formatter(NullFormatter())
        else:
            ax.yaxis.set_major_locator(MaxNLocator(5))
        entries = [(self.train_, "train")]
        entries += [(self.validation_, "validation")] if view.validation is not None else []
        entries += [(line, pin.label) for line, pin in zip(self.pinned_, view.pinned, strict=False)]
        entries += [(self.median_, view.band.label)] if view.band else []
        lines, names = [line for line, _ in entries], [name for _, name in entries]
        style: dict[str, Any] = {"framealpha": 0.8, "borderpad": 0.3, "labelspacing": 0.2}
        style |= {"handlelength": 1.5, "handletextpad": 0.4} if narrow else {"handlelength": 2.2}
        style |= {"title": "" if narrow else view.name, "fontsize": TEXT, "title_fontsize": TEXT}
        self._legend.show(lines, names, "lower" if view.rising else "upper", **style)


def _set(line: Line2D, steps: Array, values: Array | None, log: bool) -> tuple[Array, Array]:
    """Set a curve's drawn points, and return them."""
    if values is None:
        put(line)
        return np.empty(0), np.empty(0)
    x, y = decimated(np.asarray(steps), np.asarray(values))
    if log:
        x, y = x[y > 0], y[y > 0]
    put(line, x, y)
    return x, y


def _initials(name: str) -> str:
    """ "binary cross-entropy" as BCE, "accuracy" as acc."""
    words = name.replace("-", " ").split()
    return "".join(word[0] for word in words).upper() if len(words) > 1 else name[:3]


def _at(steps: Array, values: Array | None, cursor: float | None) -> tuple[float, float] | None:
    """The last measured value at or before the cursor, with its step; of all, where there is no cursor."""
    if values is None or not len(steps):
        return None
    end = len(steps) if cursor is None else int(np.searchsorted(steps, cursor, side="right"))
    # Looked for from the end, a piece at a time: the history may be long, and the gaps between measurements are short.
    while end > 0:
        start = max(end - 1000, 0)
        found = np.flatnonzero(np.isfinite(values[start:end]))
        if len(found):
            place = start + int(found[-1])
            return float(steps[place]), float(values[place])
        end = start
    return None
