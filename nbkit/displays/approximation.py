"""A sum of ReLUs over its target, each neuron drawn thin, and the error against the number of neurons."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from matplotlib.transforms import offset_copy
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.text import Heading, Reading

__all__ = ["ReLUSumDisplay"]

Array = NDArray[np.float64]

SELECTED, NEURON = "#B25D00", "#7F9FB5"
NUMBERED = 9  # more numbers at the kinks than there are digits would run into each other
TICKS = (1, 2, 5, 10, 20, 50)


class ReLUSumDisplay(Display):
    """Target, sum and neurons against x on the left, error against number of neurons on the right.

    `text` two lines above; `domain` and `limits` (2,) the ranges of x and y; `target` (2, k) or, as points, `samples` (2, k);
    `total` and `machine` (2, k), the sums by hand and by training; `terms` (n, 3, 2), three points of each weighted neuron;
    `kinks` (n,), NaN for none; `on` (n,); `selected`, a number below n, or −1; `pen` (2,) where the target is painted, or (0,).
    `counts` (c,) and `curve` (2, c), RMS and largest error; `hand` and `trained` (3,), the count, RMS and largest error of the two
    sums, or (0,); `error_limits` (2,); `grabbed` "kink", "pen" or "": what is drawn thick.
    """

    figsize = (7.6, 4.7)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(3.5, 1.5))
        return {"sum": figure.add_subplot(grid[0]), "errors": figure.add_subplot(grid[1])}

    def draw(self, **axes: Axes) -> None:
        self._draw_sum(axes["sum"])
        self._draw_errors(axes["errors"])
        if self.owns_figure:
            self.figure_.legend(
                handles=self._legend(),
                loc="outside lower center",
                ncols=4,
                fontsize=11,
                frameon=False,
                handlelength=2.6,
            )

    def _legend(self) -> list[Line2D]:
        return [
            Line2D([], [], ls=(0, (6, 2)), lw=1.8, color=COLOURS.target, label="target"),
            Line2D([], [], lw=3.4, color=COLOURS.model, label="sum by hand"),
            Line2D([], [], ls="-.", lw=2.5, color=COLOURS.gradient, label="by training"),
            Line2D([], [], lw=1.2, marker="o", ms=7, color=NEURON, label="one neuron, its kink"),
        ]

    def _draw_sum(self, ax: Axes) -> None:
        self.text_ = self.live(Heading(ax, size=12))
        ax.axhline(0, lw=1, color=COLOURS.guide)
        self.terms_ = self.live(LineCollection([], lw=1.2, colors=NEURON))
        self.off_ = self.live(LineCollection([], lw=1.0, colors=COLOURS.guide, linestyles=":"))
        for collection in (self.terms_, self.off_):
            ax.add_collection(collection, autolim=False)
        self.one_ = self._line(ax, lw=2.2, color=SELECTED)
        self.guide_ = self._line(ax, lw=1.2, ls=":", color=SELECTED)
        self.samples_ = self._line(ax, ls="", marker=".", ms=6, color=COLOURS.target)
        self.machine_ = self._line(ax, lw=2.5, ls="-.", color=COLOURS.gradient)
        self.total_ = self._line(ax, lw=3.4, color=COLOURS.model)
        # Above the sum, in which it would vanish where the two agree.
        self.target_ = self._line(ax, lw=1.8, ls=(0, (6, 2)), color=COLOURS.target)
        self.kinks_ = self._line(ax, ls="", marker="o", ms=8, color=NEURON, mec="white", mew=1)
        self.kinks_off_ = self._line(ax, ls="", marker="o", ms=8, color=COLOURS.guide, mfc="white", mew=1.2)
        self.handle_ = self._line(ax, ls="", marker="D", ms=10, color=SELECTED, mec="white", mew=1)
        self.pen_ = self._line(ax, ls="", marker="P", ms=13, color="white", mec=COLOURS.target, mew=1.8)
        beside = offset_copy(ax.transData, self.figure_, x=4, y=7, units="points")
        self.numbers_ = [
            self.live(Reading(0, 0, str(k + 1), transform=beside, fontsize=11, color="#222222"))
            for k in range(NUMBERED)
        ]
        for number in self.numbers_:
            ax.add_artist(number)
        ax.set(xlabel="x", ylabel="y")
        ax.grid(alpha=0.25)
        readable(ax)

    def _draw_errors(self, ax: Axes) -> None:
        # The target decides on both curves; a full draw for each stroke of the pen would be slow.
        self.curves_ = [
            self._line(ax, marker=marker, ms=4, lw=1.5, ls=style, color=COLOURS.guide)
            for marker, style in (("o", "-"), ("s", "--"))
        ]
        self.hand_ = [self._line(ax, ls="", marker=m, ms=10, color=COLOURS.model, mec="white") for m in "os"]
        self.trained_ = [self._line(ax, ls="", marker=m, ms=10, color=COLOURS.gradient, mec="white") for m in "os"]
        ax.set(xscale="log", yscale="log", xlim=(0.85, 62), ylim=(1e-4, 10), xlabel="number of neurons", ylabel="error")
        ax.xaxis.set_major_locator(FixedLocator(TICKS))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(TICKS, [str(tick) for tick in TICKS])
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.grid(alpha=0.3)
        handles = [
            Line2D([], [], marker=marker, ls=style, color=COLOURS.guide, ms=6, label=label)
            for marker, style, label in (("s", "--", "largest"), ("o", "-", "RMS"))
        ]
        ax.legend(handles=handles, loc="lower left", fontsize=11, frameon=False, handlelength=2, borderpad=0)
        readable(ax)

    def update(
        self,
        text: str,
        domain: tuple[float, float],
        limits: tuple[float, float],
        target: Array,
        samples: Array,
        total: Array,
        machine: Array,
        terms: Array,
        kinks: Array,
        on: NDArray[np.bool_],
        selected: int,
        counts: Array,
        curve: Array,
        hand: Array,
        trained: Array,
        error_limits: tuple[float, float],
        pen: Array,
        grabbed: str = "",
    ) -> None:
        self._scale(domain, limits, error_limits)
        self.text_.set_text(text)
        for line, points in ((self.target_, target), (self.samples_, samples), (self.total_, total)):
            line.set_data(*points)
        self.machine_.set_data(*machine)
        self._neurons(terms, kinks, on, selected, limits)
        self.handle_.set_markersize(15 if grabbed == "kink" else 10)
        self.pen_.set_data(pen[:1], pen[1:])
        self.pen_.set_markersize(17 if grabbed == "pen" else 13)
        low, high = error_limits
        for k, line in enumerate(self.curves_):
            line.set_data(counts, np.maximum(curve[k], low * 1e-3))  # a sum that is exact has an error of 0
        for lines, numbers in ((self.hand_, hand), (self.trained_, trained)):
            for k, line in enumerate(lines):
                line.set_data(numbers[:1], np.clip(numbers[1 + k : 2 + k], low * 1.15, high / 1.15))

    def _scale(
        self, domain: tuple[float, float], limits: tuple[float, float], error_limits: tuple[float, float]
    ) -> None:
        """The axes' ranges, which the target decides on: with them the ticks change, a full draw."""
        ax, errors = self.axes_["sum"], self.axes_["errors"]
        now = (domain, limits, error_limits)
        if getattr(self, "_scaled", None) != now:
            self._scaled = now
            ax.set(xlim=domain, ylim=limits)
            errors.set_ylim(error_limits)

    def _neurons(
        self, terms: Array, kinks: Array, on: NDArray[np.bool_], selected: int, limits: tuple[float, float]
    ) -> None:
        mine = np.arange(len(on)) == selected
        self.terms_.set_segments(list(terms[on & ~mine]))
        self.off_.set_segments(list(terms[~on]))
        self.one_.set_data(*(terms[selected].T if selected >= 0 and on[selected] else np.empty((2, 0))))
        for line, chosen in ((self.kinks_, on & ~mine), (self.kinks_off_, ~on & ~mine), (self.handle_, mine)):
            line.set_data(kinks[chosen], np.zeros(chosen.sum()))
        self.handle_.set_markerfacecolor(SELECTED if selected >= 0 and on[selected] else "white")
        self.handle_.set_markeredgecolor("white" if selected >= 0 and on[selected] else SELECTED)
        self.guide_.set_data(kinks[mine].repeat(2), limits if mine.any() else ())
        numbered = len(on) if len(on) <= NUMBERED else 0
        for k, number in enumerate(self.numbers_):
            number.set_visible(k < numbered and bool(np.isfinite(kinks[k])))
            if number.get_visible():
                number.set_x(kinks[k])

    def _line(self, ax: Axes, *, color: Any = COLOURS.target, **style: Any) -> Line2D:
        return self.live(ax.plot([], [], color=color, **style)[0])
