"""One neuron at work: its sum with numbers, its function, and what the data make of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.text import Reading
from nbkit.displays.training.axes import TEXT, number, put, set_limits, steady

__all__ = ["Unit", "UnitDisplay"]

Array = NDArray[np.float64]

TERMS = 3  # written out; the others are summed
BINS = 24
LETTERS = 23  # in a line, besides an arrow


class Unit(NamedTuple):
    """A neuron for one sample: `weights` and `inputs` (s,) with their `names`, `bias`, their `sum`, the name of the `function`
    and the `output`. `before`, what the function is given, where that is not the sum. Over the data: `sums` (n,), what the
    function is given; the shares `dead` and `saturated`; and the norm of the `gradient`, None where it is not known.
    `curve` (2, k), the function. `title` says which neuron it is."""

    title: str
    names: Sequence[str]
    weights: Array
    inputs: Array
    bias: float
    sum: float
    function: str
    output: float
    curve: Array
    sums: Array
    dead: float = 0.0
    saturated: float = 0.0
    gradient: float | None = None
    before: float | None = None


class UnitDisplay(Display):
    """The arithmetic of a neuron beside its function, under which stand the sums of all data. See `Unit`."""

    figsize = (5.6, 2.8)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        grid = figure.add_gridspec(1, 2, width_ratios=(1.35, 1))
        return {"ax": figure.add_subplot(grid[0]), "function": figure.add_subplot(grid[1])}

    def draw(self, ax: Axes, function: Axes) -> None:
        ax.set_axis_off()
        style: dict[str, Any] = {"fontsize": TEXT, "va": "top", "color": COLOURS.target}
        self.text_ = self.live(Reading(0.0, 1.0, "", transform=ax.transAxes, **style))
        ax.add_artist(self.text_)
        self.sums_ = self.live(function.fill_between([], [], [], color="#BBBBBB", lw=0, step="mid"))
        self.curve_ = self.live(function.plot([], [], color=COLOURS.model, lw=2.5)[0])
        self.at_ = self.live(
            function.plot([], [], "o-", color=COLOURS.gradient, ms=8, mec="white", lw=1.5, markevery=[1])[0]
        )
        function.set(xlabel="sum", xlim=(-3, 3), ylim=(-1, 1))
        function.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 4, 5, 10]))
        function.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
        function.grid(alpha=0.3)
        readable(function)

    def update(self, **arrays: Any) -> None:
        view = Unit(**arrays)
        self.text_.set_text(_text(view))
        given = view.sum if view.before is None else view.before
        ax = self.axes_["function"]
        curve = np.asarray(view.curve)
        y = steady(ax.get_ylim(), float(curve[1].min()), float(curve[1].max()))
        set_limits(ax, (float(curve[0, 0]), float(curve[0, -1])), y)
        put(self.curve_, *curve)
        put(self.at_, [given, given], [y[0], view.output])
        # The data fill the lower third, whatever their number.
        shares, edges = np.histogram(np.clip(view.sums, curve[0, 0], curve[0, -1]), BINS, (curve[0, 0], curve[0, -1]))
        heights = y[0] + shares / max(int(shares.max()), 1) * (y[1] - y[0]) / 3
        self.sums_.set_data(np.repeat(edges, 2)[1:-1], y[0], np.repeat(heights, 2))


def _text(view: Unit) -> str:
    products = np.asarray(view.weights) * np.asarray(view.inputs)
    order = np.argsort(-np.abs(products), kind="stable")
    kept = sorted(order[: TERMS if len(products) > TERMS + 1 else TERMS + 1])
    lines = [view.title]
    lines += [
        f"{view.names[k]}: {number(view.weights[k], 2)}·{_bracketed(view.inputs[k])} = {number(products[k], 2)}"
        for k in kept
    ]
    if len(kept) < len(products):
        lines.append(f"{len(products) - len(kept)} others: {number(float(products.sum() - products[kept].sum()), 2)}")
    lines.append(f"bias: {number(view.bias)}")
    normalised = "" if view.before is None else f" → norm. {number(view.before)}"
    total, result = f"sum {number(view.sum)}{normalised}", f"{view.function} → {number(view.output)}"
    lines += [f"{total} → {result}"] if len(total + result) <= LETTERS else [total, f"→ {result}"]
    lines.append(f"dead {_share(view.dead)}, saturated {_share(view.saturated)}")
    if view.gradient is not None:
        lines.append(f"gradient norm {number(view.gradient, 2)}")
    return "\n".join(lines)


def _bracketed(value: float) -> str:
    said = number(value, 2)
    return f"({said})" if said.startswith("−") else said


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:.0f} %"
