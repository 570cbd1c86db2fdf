"""How far predictions are from the truth: a histogram with its mean and width."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.pictures import bounded
from nbkit.displays.text import Reading
from nbkit.displays.training.axes import TEXT, number, put, set_limits, steady

__all__ = ["Residuals", "ResidualsDisplay"]

Array = NDArray[np.float64]

BINS = 40


class Residuals(NamedTuple):
    """Predicted less true values: `validation` (v,), and `train` (n,) or None, in the unit of `name`."""

    validation: ArrayLike
    train: ArrayLike | None = None
    name: str = ""


class ResidualsDisplay(Display):
    """Histograms of residuals as shares of their sample: validation filled, training as a line. See `Residuals`.

    Mean and width (the standard deviation) are those of validation, and so is the normal distribution, dashed. What lies
    outside of the axis counts in the outermost bins.
    """

    figsize = (5.4, 3.6)

    def draw(self, ax: Axes) -> None:
        fill: dict[str, Any] = {"color": COLOURS.classes[1], "alpha": 0.55, "lw": 0, "label": "validation"}
        self.validation_ = self.live(ax.fill_between([], [], [], **fill))
        self.train_ = self.live(ax.plot([], [], color=COLOURS.model, lw=2, label="train")[0])
        self.normal_ = self.live(ax.plot([], [], "--", color=COLOURS.target, lw=1.8, label="normal")[0])
        ax.axvline(0, color=COLOURS.guide, lw=1)
        style: dict[str, Any] = {"fontsize": TEXT, "va": "bottom", "color": COLOURS.target}
        self.reading_ = self.live(Reading(0.0, 1.02, "", transform=ax.transAxes, **style))
        ax.add_artist(self.reading_)
        ax.set(ylabel="share", xlim=(-1e-9, 1e-9), ylim=(0, 0.2))
        ax.set_title(" ", fontsize=TEXT)  # room for the reading, where the figure lays itself out
        readable(ax)
        handles = [self.validation_, self.train_, self.normal_]
        ax.legend(handles=handles, fontsize=TEXT, framealpha=0.8, handlelength=1.4, borderpad=0.3, labelspacing=0.2)
        self._named: str | None = None

    def update(self, **arrays: Any) -> None:
        view = Residuals(**arrays)
        ax = self.axes_["ax"]
        if view.name != self._named:
            self._named = view.name
            ax.set_xlabel(f"predicted − true{f', {view.name}' if view.name else ''}")
        validation = _finite(view.validation)
        train = _finite(() if view.train is None else view.train)
        both = np.concatenate([validation, train])
        mean, width = (float(validation.mean()), float(validation.std())) if len(validation) else (0.0, 0.0)
        reach = abs(mean) + 3.5 * max(width, float(both.std()) if len(both) else 0.0, 1e-9)
        limits = steady(ax.get_xlim(), -reach, reach)
        edges = np.linspace(*limits, BINS + 1)
        shares, trained = _shares(validation, limits), _shares(train, limits)
        top = float(max(shares.max(), trained.max()))
        set_limits(ax, limits, (0.0, steady(ax.get_ylim(), 0.02 * top, top)[1]) if top else None)
        steps = np.repeat(edges, 2)[1:-1]
        self.validation_.set_data(steps, 0.0, np.repeat(shares, 2))
        put(self.train_, *((steps, np.repeat(trained, 2)) if len(train) else ()))
        x = np.linspace(*limits, 200)
        step = edges[1] - edges[0]
        curve = step * np.exp(-(((x - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi)) if width > 0 else None
        put(self.normal_, *(() if curve is None else (x, curve)))
        said = f"mean {number(mean)}, width {number(width)}" if len(validation) else "no data"
        self.reading_.set_text(said)


def _finite(values: ArrayLike) -> Array:
    values = np.asarray(values, np.float64).ravel()
    return bounded(values[np.isfinite(values)])


def _shares(values: Array, limits: tuple[float, float]) -> Array:
    counts = np.histogram(np.clip(values, *limits), BINS, limits)[0]
    return np.asarray(counts / max(len(values), 1))
