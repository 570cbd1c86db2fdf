"""Runs of gradient descent: on their landscape, as loss against step, beside the critical rate, and how many end well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.landscape import MOST, STYLES, Arrow, Curve, Landscape, Plane, Run
from nbkit.displays.text import Heading, reading

__all__ = ["RATES", "Fit", "GradientDescentDisplay", "Rates", "Success"]

Array = NDArray[np.float64]

RATES = (1e-4, 10.0)  # the learning rates that are shown
COUNTS = (10, 20, 50, 100, 200, 500, 1000, 2000)  # steps that the axis of steps ends at
FLOOR = 1e-16
BOTTOMS = (0, -2, -4, -8, -16)  # decades that the axis of losses begins at
STATE_COLOURS = {
    "converging": "#00664B",
    "too small": "#7A5C00",
    "bouncing": "#8A3C00",
    "diverged": "#B00020",
    "local minimum": "#7A2A63",
}


class Rates(NamedTuple):
    """Learning rates of the steps: the one asked for, the range (2,) that the schedule made of it, and the critical one."""

    rate: float
    range: tuple[float, float]
    critical: float | None


class Fit(NamedTuple):
    """Samples `x`, `y` (n,) and the curve (2, k) that the present parameters make."""

    x: Array
    y: Array
    curve: Array


class Success(NamedTuple):
    """The share (sizes, momenta) of runs that end at the deepest minimum, for batch `sizes` and `momenta`."""

    sizes: Sequence[int]
    momenta: Sequence[float]
    share: Array


class GradientDescentDisplay(Display):
    """Gradient descent on a loss of one parameter or two; `update` says which of its two views is seen.

    descent  `heading`, one line, and `state`, which colours it; `landscape`; `runs`, the first of them drawn thick and with its
             points, its `arrow` or None; `lowest`, the loss from which losses are counted; `rates`; `fit`, or None
    success  `heading` and `success`
    """

    figsize = (7.5, 4.6)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(3, 2, width_ratios=(3.6, 2.7), height_ratios=(2.2, 2.2, 0.3))
        places = {
            "curve": grid[:, 0],
            "plane": grid[:, 0],
            "loss": grid[:2, 1],
            "rate": grid[2, 1],
            # Two short axes in place of the tall one, where there is more to be seen than the loss.
            "short": grid[1, 1],
            "fit": grid[0, 1],
            "names": grid[0, 1],
            "success": figure.add_gridspec(1, 1)[0],
        }
        return {name: figure.add_subplot(place) for name, place in places.items()}

    def draw(self, **axes: Axes) -> None:
        self.maps_ = {"curve": Curve(axes["curve"], self.live), "plane": Plane(axes["plane"], self.live)}
        self.headings_ = {
            name: self.live(Heading(axes[name], lines=1, fontweight="bold")) for name in ("curve", "plane", "success")
        }
        self.losses_ = {name: self._draw_losses(axes[name]) for name in ("loss", "short")}
        self._draw_rates(axes["rate"])
        self._draw_fit(axes["fit"])
        self._draw_names(axes["names"])
        self._draw_success(axes["success"])
        readable(*axes.values())
        self.see(["curve", "loss", "rate"])

    def update(self, view: str = "descent", **arrays: Any) -> None:
        getattr(self, f"_update_{view}")(**arrays)

    # --- descent

    def _update_descent(
        self,
        heading: str,
        state: str,
        landscape: Landscape,
        steps: int,
        runs: Sequence[Run],
        arrow: Arrow | None,
        lowest: float,
        rates: Rates,
        fit: Fit | None = None,
    ) -> None:
        where = "curve" if len(landscape.names) == 1 else "plane"
        self.headings_[where].set_text(heading)
        self.headings_[where].set_color(STATE_COLOURS.get(state, COLOURS.target))
        self.maps_[where].update(landscape, runs, arrow)
        above = "names" if len(runs) > 1 else "fit" if fit is not None else ""
        loss = "short" if above else "loss"
        self._update_losses(loss, runs, lowest, steps)
        self._update_rates(rates)
        self._update_names(runs)
        if fit is not None:
            self.samples_.set_data(fit.x, fit.y)
            self.fitted_.set_data(*fit.curve)
            self._limit(self.axes_["fit"], (fit.curve[0, 0], fit.curve[0, -1]), (fit.y.min() - 0.2, fit.y.max() + 0.2))
        self.see([where, loss, "rate", above])

    def _draw_losses(self, ax: Axes) -> list[Line2D]:
        ax.set(xlabel="step", ylabel="loss above lowest", yscale="log", xlim=(0, COUNTS[0]), ylim=(1e-16, 1))
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.yaxis.set_major_locator(LogLocator(numticks=6))
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.grid(alpha=0.3)
        return [
            self.live(ax.plot([], [], color=colour, ls=dash, lw=2, zorder=3 - place / MOST)[0])
            for place, (colour, dash, _) in enumerate(STYLES)
        ]

    def _update_losses(self, name: str, runs: Sequence[Run], lowest: float, steps: int) -> None:
        shown = {run.place: np.clip(run.losses - lowest, FLOOR, 1e100) for run in runs}
        for place, line in enumerate(self.losses_[name]):
            above = shown.get(place, np.empty(0))
            line.set_data(np.arange(len(above)), above)
            line.set_linewidth(2.6 if place == runs[0].place else 1.8)
        # In few steps, since each change of the limits is a full redraw.
        low, high = (np.log10(extreme([extreme(each) for each in shown.values()])) for extreme in (np.min, np.max))
        low, high = next(bottom for bottom in BOTTOMS if bottom <= low or bottom == BOTTOMS[-1]), np.ceil(high + 0.05)
        # What diverges leaves the picture.
        high = min(high, np.ceil(np.log10(max(each[0] for each in shown.values()))) + 8)
        end = next(number for number in COUNTS if number >= steps)
        self._limit(self.axes_[name], (0, end), (10.0**low, 10.0 ** max(high, low + 2)))

    def _draw_names(self, ax: Axes) -> None:
        ax.set(xlim=(0, 1), ylim=(MOST - 0.5, -0.5))
        ax.axis("off")  # its left end is beside the numbers of the axis below
        self.samples_of_lines_ = [
            self.live(
                ax.plot([], [], color=colour, ls=dash, marker=marker, markevery=[1], lw=2, ms=7, clip_on=False)[0]
            )
            for colour, dash, marker in STYLES
        ]
        for line in self.samples_of_lines_:
            line.set_in_layout(False)
        self.names_ = [self.live(reading(ax, -0.1, place, fontsize=11, va="center")) for place in range(MOST)]

    def _update_names(self, runs: Sequence[Run]) -> None:
        for row, text in enumerate(self.names_):
            text.set_text(f"{runs[row].label}: {runs[row].state}" if row < len(runs) else "")
        rows = {run.place: row for row, run in enumerate(runs)}
        for place, line in enumerate(self.samples_of_lines_):
            line.set_data([-0.24, -0.19, -0.14], [rows[place]] * 3) if place in rows else line.set_data([], [])

    def _draw_rates(self, ax: Axes) -> None:
        ax.set(xscale="log", xlim=RATES, ylim=(0, 1), yticks=[])
        ax.xaxis.set_major_locator(FixedLocator([1e-4, 1e-3, 1e-2, 0.1, 1, 10]))
        ax.xaxis.set_minor_formatter(NullFormatter())
        self.growing_ = self.live(ax.axvspan(1, RATES[1], color=COLOURS.bad, alpha=0.3, lw=0))
        self.scheduled_ = self.live(ax.plot([], [], color=COLOURS.guide, lw=5, solid_capstyle="butt")[0])
        self.critical_ = self.live(ax.plot([], [], color="#B00020", lw=3)[0])
        ax.set_title("learning rate", fontsize=12, loc="left")
        self.critical_text_ = self.live(
            reading(ax, 1.0, 1.25, transform=ax.transAxes, ha="right", va="bottom", fontsize=12, color="#B00020")
        )
        self.rate_ = self.live(ax.plot([], [], "D", ms=10, color=COLOURS.model, mec="white", mew=1.2)[0])

    def _update_rates(self, rates: Rates) -> None:
        self.rate_.set_data([rates.rate], [0.5])
        self.scheduled_.set_data(rates.range, [0.5, 0.5])
        critical = rates.critical
        shown = [] if critical is None or not RATES[0] <= critical <= RATES[1] else [critical]
        self.critical_.set_data(2 * shown, [0, 1] if shown else [])
        self.growing_.set_visible(bool(shown))
        for left in shown:
            self.growing_.set_x(left)
            self.growing_.set_width(RATES[1] - left)
        self.critical_text_.set_text(f"critical {critical:.4g}" if critical else "")

    def _draw_fit(self, ax: Axes) -> None:
        self.samples_ = self.live(ax.plot([], [], "o", ms=4, color=COLOURS.guide)[0])
        self.fitted_ = self.live(ax.plot([], [], lw=2.5, color=COLOURS.model)[0])
        ax.set(xlabel="x", ylabel="y")
        ax.grid(alpha=0.3)

    def _limit(self, ax: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Limits that are there already are left alone: setting them is a full redraw."""
        if ax.get_xlim() != x:
            ax.set_xlim(x)
        if ax.get_ylim() != y:
            ax.set_ylim(y)

    # --- success

    def _draw_success(self, ax: Axes) -> None:
        # room above 100 % for the legend
        ax.set(xscale="log", ylim=(-4, 118), xlabel="batch size", ylabel="% of runs in the deepest minimum")
        ax.set_yticks(range(0, 101, 20))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.grid(alpha=0.3)
        self.shares_ = [
            self.live(ax.plot([], [], color=colour, ls=dash, marker=marker, lw=2.2, ms=8)[0])
            for colour, dash, marker in STYLES
        ]

    def _update_success(self, heading: str, success: Success) -> None:
        ax = self.axes_["success"]
        self.headings_["success"].set_text(heading)
        for number, line in enumerate(self.shares_):
            there = number < len(success.momenta)
            line.set_data(success.sizes if there else [], 100 * success.share[:, number] if there else [])
        if list(ax.get_xticks()) != list(success.sizes):
            names = [*map(str, success.sizes[:-1]), f"all {success.sizes[-1]}"]
            ax.set_xticks(success.sizes, names)
            ax.set_xticks([], minor=True)
            ax.set_xlim(success.sizes[0] / 1.2, success.sizes[-1] * 1.2)
        legend, names = ax.get_legend(), [f"momentum {momentum:g}" for momentum in success.momenta]
        if names != ([text.get_text() for text in legend.get_texts()] if legend else []):
            ax.legend(self.shares_[: len(names)], names, fontsize=12, loc="upper right", ncols=len(names))
        self.see(["success"])
