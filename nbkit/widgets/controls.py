"""The controls of an explorer: ipywidgets that know what they allow.

Each function returns a widget with a `value` and a `rule`: `rule(value)` returns the value in plain JSON types, or raises
ValueError with what is allowed. A value that a control is made with is kept as `asked`, since ipywidgets clamps it silently; the
explorer checks it, and names the parameter.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import ipywidgets
import traitlets

__all__ = [
    "Rule",
    "checkbox",
    "choice",
    "hidden",
    "int_slider",
    "log_slider",
    "on_grid",
    "slider",
    "text",
]

Rule = Callable[[Any], Any]

STYLE = {"description_width": "104px"}
WIDE = {"width": "296px", "margin": "1px 0"}


def _control(widget: ipywidgets.Widget, rule: Rule, asked: Any) -> ipywidgets.Widget:
    widget.rule, widget.asked = rule, asked
    with contextlib.suppress(ValueError):  # the explorer asks again, and knows the parameter's name
        widget.value = rule(asked)
    return widget


def within(low: float, high: float, *, whole: bool = False) -> Rule:
    """The rule of a number from low to high."""
    kind, what = (Integral, "a whole number") if whole else (Real, "a number")

    def rule(value: Any) -> Any:
        # numpy's bool is no Real, Python's is an Integral
        number = isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
        slack = 0 if whole else 1e-12 * max(abs(low), abs(high))  # the page computes 10**exponent
        if not number or not low - slack <= value <= high + slack:
            raise ValueError(f"must be {what} from {low:g} to {high:g}, got {value!r}")
        return int(value) if whole else min(max(float(value), low), high)

    return rule


def one_of(options: Sequence[Any]) -> Rule:
    """The rule of a choice: 10 is 10.0, but 1 is not True."""

    def rule(value: Any) -> Any:
        for option in options:
            alike = type(option) is type(value) or {type(option), type(value)} == {int, float}
            if alike and option == value:
                return option
        raise ValueError(f"must be one of {', '.join(map(repr, options))}, got {value!r}")

    return rule


def slider(
    label: str, value: float, low: float, high: float, *, step: float | None = None, tip: str
) -> ipywidgets.Widget:
    """A number from low to high; the keys move it by `step`, by default a hundredth of the range, rounded."""
    if step is None:
        step = 10 ** math.floor(math.log10((high - low) / 50))
    digits = max(0, -math.floor(math.log10(step)))
    return _control(
        ipywidgets.FloatSlider(
            min=low,
            max=high,
            step=step,
            readout_format=f".{digits}f",
            description=label,
            tooltip=tip,
            style=STYLE,
            layout=WIDE,
        ),
        within(low, high),
        value,
    )


def on_grid(value: float, low: float, high: float, step: float) -> float:
    """Where the page puts the handle of such a slider, to the last bit.

    It moves any other value there by itself, and says so as if the user had: perhaps after the kernel has gone on. This is
    noUiSlider's own arithmetic, in percent of the range (its spectrum's toStepping, getStep and fromStepping).
    """
    unit, percent = step * 100 / (high - low), (min(max(value, low), high) - low) * 100 / (high - low)
    return float(math.floor(percent / unit + 0.5) * unit * (high - low) / 100 + low)


def log_slider(label: str, value: float, low: float, high: float, *, tip: str) -> ipywidgets.Widget:
    """A positive number from low to high on a logarithmic scale, 50 steps a decade."""
    return _control(
        ipywidgets.FloatLogSlider(
            min=math.log10(low),
            max=math.log10(high),
            step=0.02,
            readout_format=".3g",
            description=label,
            tooltip=tip,
            style=STYLE,
            layout=WIDE,
        ),
        within(low, high),
        value,
    )


def int_slider(label: str, value: int, low: int, high: int, *, tip: str) -> ipywidgets.Widget:
    """A whole number from low to high."""
    return _control(
        ipywidgets.IntSlider(min=low, max=high, description=label, tooltip=tip, style=STYLE, layout=WIDE),
        within(low, high, whole=True),
        value,
    )


def choice(label: str, value: Any, options: Sequence[str] | Mapping[str, Any], *, tip: str) -> ipywidgets.Widget:
    """One of the options: names, or a mapping of what is read to what is meant."""
    allowed = list(options.values()) if isinstance(options, Mapping) else list(options)
    pairs = list(options.items()) if isinstance(options, Mapping) else allowed
    return _control(
        ipywidgets.Dropdown(options=pairs, description=label, tooltip=tip, style=STYLE, layout=WIDE),
        one_of(allowed),
        value,
    )


def checkbox(label: str, value: bool, *, tip: str) -> ipywidgets.Widget:
    """Yes or no."""
    return _control(
        ipywidgets.Checkbox(description=label, tooltip=tip, indent=False, layout=WIDE), one_of([True, False]), value
    )


def text(label: str, value: str, *, tip: str, check: Callable[[str], object] | None = None) -> ipywidgets.Widget:
    """A line of text, taken when Enter is pressed or the field is left; `check` raises ValueError for a bad one."""

    def rule(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"must be a text, got {value!r}")
        if check is not None:
            check(value)
        return value

    return _control(
        ipywidgets.Text(description=label, tooltip=tip, continuous_update=False, style=STYLE, layout=WIDE), rule, value
    )


class Unseen(ipywidgets.ValueWidget):
    """A value that stands nowhere in the page."""

    value = traitlets.Any()


def hidden(value: Any, check: Rule) -> ipywidgets.Widget:
    """A value without a widget to see; `check` returns it in plain JSON types, or raises ValueError."""
    return _control(Unseen(), check, value)
