"""An observable and its normalised self, batches against the sample, BatchNorm's memory, and how learning speed changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, readable
from nbkit.displays.views import View, Views

__all__ = ["NormalizationDisplay"]

Array = NDArray[np.float64]

BINS = 60
SIGNAL, BACKGROUND = COLOURS.classes[0], COLOURS.classes[1]


class DistributionView(View):
    """`edges` (bins + 1,) in GeV, `signal` and `background` (bins,), events a bin; `centre` and `width`; `normalised_edges`;
    `log_scale`, whether the axis of the events is logarithmic."""

    names = ("raw", "normalised")

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2)
        return {"raw": figure.add_subplot(grid[0]), "normalised": figure.add_subplot(grid[1])}

    def draw(self, raw: Axes, normalised: Axes) -> None:
        self.stacks_ = {name: self._stack(ax) for name, ax in self.axes_.items()}
        self.marks_ = {
            name: self.live(ax.plot([], [], "k", lw=2.5, marker="|", ms=14, mew=2.5, label="centre ± width")[0])
            for name, ax in self.axes_.items()
        }
        raw.set(xlabel="mass (GeV)", ylabel="events")
        normalised.set(xlabel="(mass − centre) / width")
        # above the axes, since the peak may stand anywhere
        key = raw.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=11, frameon=False, columnspacing=1)
        key.set_in_layout(False)  # it reaches over the axes beside
        raw.set_title(" ", fontsize=20)
        readable(raw, normalised)

    def _stack(self, ax: Axes) -> tuple[StepPatch, StepPatch]:
        flat, edges = np.zeros(BINS), np.linspace(0, 1, BINS + 1)
        lower = self.live(
            ax.stairs(flat, edges, fill=True, color=BACKGROUND, hatch="//", ec="#7A5600", label="background")
        )
        upper = self.live(ax.stairs(flat, edges, baseline=flat, fill=True, color=SIGNAL, label="signal, Z → μμ"))
        return lower, upper

    def update(
        self,
        edges: Array,
        signal: Array,
        background: Array,
        centre: float,
        width: float,
        normalised_edges: Array,
        log_scale: bool,
    ) -> None:
        top = 1.12 * float((signal + background).max())
        scale, lowest = ("log", 0.5) if log_scale else ("linear", 0.0)
        height = np.sqrt(lowest * top) if log_scale else 0.5 * top
        places = {"raw": (edges, centre, width), "normalised": (normalised_edges, 0.0, 1.0)}
        for name, (bins, middle, half) in places.items():
            lower, upper = self.stacks_[name]
            lower.set_data(background, bins)
            upper.set_data(background + signal, bins, background)  # type: ignore[arg-type]  # matplotlib's stub lacks arrays
            self.marks_[name].set_data([middle - half, middle, middle + half], [height] * 3)
            if self.axes_[name].get_yscale() != scale:
                self.axes_[name].set_yscale(scale)
            _limit(self.axes_[name], (bins[0], bins[-1]), (lowest, _round_up(top)))


class BatchesView(View):
    """`means` (k,) of batches, with the sample's `mean` and the `expected` spread σ/√b; `sizes` (m,) with `spreads` and
    `expected_spreads` (m,), and `batch_size`, the one that is marked."""

    names = ("means", "spread")

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(4, 3))
        return {"means": figure.add_subplot(grid[0]), "spread": figure.add_subplot(grid[1])}

    def draw(self, means: Axes, spread: Axes) -> None:
        self.mean_ = self.live(means.axhline(0, color="black", lw=2, label="mean of the sample"))
        self.band_ = [self.live(means.axhline(0, color="black", lw=1.5, ls="--")) for _ in range(2)]
        self.band_[0].set_label("± σ/√batch size")
        self.means_ = self.live(means.plot([], [], "o", color=COLOURS.model, ms=7, label="mean of a batch")[0])
        self.expected_ = self.live(spread.plot([], [], "k--", lw=2, label="σ/√batch size")[0])
        self.spreads_ = self.live(spread.plot([], [], "o", color=COLOURS.model, ms=7, label="400 batches")[0])
        # live artists lie over the legend, which stands above it
        self.now_ = self.live(spread.axvline(1, ymax=0.82, lw=6, color="#DDDDDD", zorder=0.5))
        means.set(xlabel="batch", ylabel="mean of the mass (GeV)")
        spread.set(xlabel="batch size", ylabel="spread of the means (GeV)", xscale="log", yscale="log")
        spread.set(xlim=(3, 1400), ylim=(0.01, 100))
        for ax in (means, spread):
            ax.legend(loc="upper right", fontsize=11)
            ax.grid(alpha=0.3)
        readable(means, spread)

    def update(
        self,
        means: Array,
        mean: float,
        expected: float,
        sizes: Array,
        spreads: Array,
        expected_spreads: Array,
        batch_size: int,
        reach: float,
    ) -> None:
        self.means_.set_data(np.arange(1, len(means) + 1), means)
        self.mean_.set_ydata([mean, mean])
        for line, side in zip(self.band_, (-1, 1), strict=True):
            line.set_ydata([mean + side * expected] * 2)
        self.expected_.set_data(sizes, expected_spreads)
        self.spreads_.set_data(sizes, spreads)
        self.now_.set_xdata([batch_size, batch_size])
        _limit(self.axes_["means"], (0, len(means) + 1), (mean - reach, mean + 1.5 * reach))
        _limit(self.axes_["spread"], (3, 1400), (expected_spreads.min() / 3, 4 * expected_spreads.max()))


class BatchNormView(View):
    """`batch_means` (k,), `running_mean` (k + 1,) and the sample's `mean`; `edges`, with the `train` and `evaluation` answers'
    shares (bins,) of the same events."""

    names = ("running", "answers")

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2)
        return {"running": figure.add_subplot(grid[0]), "answers": figure.add_subplot(grid[1])}

    def draw(self, running: Axes, answers: Axes) -> None:
        self.sample_ = self.live(running.axhline(0, color="black", lw=2, ls="--", label="mean of the sample"))
        self.batches_ = self.live(running.plot([], [], "o", ms=5, color=BACKGROUND, label="mean of a batch")[0])
        self.running_ = self.live(running.plot([], [], lw=3, color=COLOURS.model, label="running mean")[0])
        edges = np.linspace(-6, 6, BINS + 1)
        self.train_ = self.live(
            answers.stairs(np.zeros(BINS), edges, color=BACKGROUND, lw=2.5, ls="--", label="train()")
        )
        self.evaluation_ = self.live(answers.stairs(np.zeros(BINS), edges, color=COLOURS.model, lw=2.5, label="eval()"))
        running.set(xlabel="batches seen", ylabel="mass (GeV)", xlim=(0, 100))
        answers.set(xlabel="the layer's answer", ylabel="share of events", ylim=(0, 0.35))
        running.legend(loc="lower right", fontsize=11)
        answers.legend(loc="upper right", fontsize=11)
        readable(running, answers)

    def update(
        self,
        batch_means: Array,
        running_mean: Array,
        mean: float,
        edges: Array,
        train: Array,
        evaluation: Array,
        top: float,
    ) -> None:
        self.sample_.set_ydata([mean, mean])
        self.batches_.set_data(np.arange(1, len(batch_means) + 1), batch_means)
        self.running_.set_data(np.arange(len(running_mean)), running_mean)
        self.train_.set_data(train, edges)
        self.evaluation_.set_data(evaluation, edges)
        _limit(self.axes_["running"], (0, 100), (-0.03 * top, top))
        _limit(self.axes_["answers"], (edges[0], edges[-1]), (0, 0.35))


class SpeedView(View):
    """`curves`, a line (2, k) of steps and loss by name, and `accuracies` by the same names; `best`, the accuracy nobody
    passes, and `larger`, that of always saying the larger class."""

    names = ("loss", "accuracy")
    STYLES: ClassVar[Mapping[str, tuple[str, str]]] = {
        "raw": (COLOURS.bad, "-"),
        "normalised": (COLOURS.model, "--"),
        "batch norm": (COLOURS.good, "-."),
    }

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(5, 3))
        return {"loss": figure.add_subplot(grid[0]), "accuracy": figure.add_subplot(grid[1])}

    def draw(self, loss: Axes, accuracy: Axes) -> None:
        self.curves_: dict[str, Line2D] = {}
        for name, (colour, dash) in self.STYLES.items():
            self.curves_[name] = self.live(loss.plot([], [], dash, color=colour, lw=3, label=name)[0])
        self.points_, self.numbers_ = {}, {}
        for place, (name, (colour, _)) in enumerate(self.STYLES.items()):
            self.points_[name] = self.live(accuracy.plot(place, 0, "o", ms=14, color=colour)[0])
            self.numbers_[name] = self.live(accuracy.text(place, 0, "", ha="center", va="top", fontsize=13))
        self.best_ = self.live(accuracy.axhline(1, color="black", lw=2, ls=":", label="best possible"))
        self.larger_ = self.live(accuracy.axhline(0, color=COLOURS.guide, lw=2, ls="--", label="always the same"))
        loss.set(xlabel="step", ylabel="training loss", ylim=(0.1, 1.0))
        loss.grid(alpha=0.3)
        loss.legend(loc="upper right", fontsize=11, ncols=3, columnspacing=1)
        accuracy.set(ylabel="accuracy on new events", ylim=(0.4, 1.2), xlim=(-0.6, 2.6), xticks=range(3))
        accuracy.set_yticks(np.arange(0.4, 1.01, 0.1))
        accuracy.set_xticklabels([name.replace(" ", "\n") for name in self.STYLES])
        accuracy.legend(loc="upper right", fontsize=11)
        readable(loss, accuracy)

    def update(self, curves: Mapping[str, Array], accuracies: Mapping[str, float], best: float, larger: float) -> None:
        for name, line in self.curves_.items():
            line.set_data(*curves[name])
            self.points_[name].set_ydata([accuracies[name]])
            self.numbers_[name].set_y(accuracies[name] - 0.025)
            self.numbers_[name].set_text(f"{accuracies[name]:.3f}")
        self.best_.set_ydata([best, best])
        self.larger_.set_ydata([larger, larger])
        last = max(float(curve[0, -1]) for curve in curves.values())
        _limit(self.axes_["loss"], (0, last), (0.1, 1.0))


class NormalizationDisplay(Views):
    """One of four views: "distribution", "batches", "batch norm" and "speed"; `update` takes the arrays of the one it names."""

    figsize = (7.5, 4.4)
    views: ClassVar[Mapping[str, type[View]]] = {
        "distribution": DistributionView,
        "batches": BatchesView,
        "batch norm": BatchNormView,
        "speed": SpeedView,
    }


def _limit(ax: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    """Set limits, but only if they differ: it would cost a full draw."""
    if ax.get_xlim() != tuple(x):
        ax.set_xlim(*x)
    if ax.get_ylim() != tuple(y):
        ax.set_ylim(*y)


def _round_up(number: float) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7 times a power of ten, so that the axis stands still while bars move a little."""
    power = 10.0 ** np.floor(np.log10(max(number, 1.0)))
    return float(next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= number))
