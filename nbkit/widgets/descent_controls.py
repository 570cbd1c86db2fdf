"""The controls of gradient descent: its hyper-parameters, each beside the optimiser or schedule it belongs to, and its start."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nbkit.expressions import Expression
from nbkit.widgets.controls import STYLE, int_slider, slider, within
from nbkit.widgets.parts import Part

__all__ = ["HYPER", "LABELS", "SCHEDULE_HYPER", "START_STEP", "Logarithmic", "Start", "formula", "hyper_controls"]

#: What people read for the names of nbkit.optimizers.OPTIMIZERS.
LABELS = {
    "gd": "gradient descent",
    "momentum": "momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "rmsprop": "RMSprop",
    "adam": "Adam",
}

#: The control of each hyper-parameter: two optimisers that name one alike share it where the same value suits both.
HYPER = {
    "gd": {},
    "momentum": {"momentum": "momentum"},
    "nesterov": {"momentum": "momentum"},
    "adagrad": {"eps": "adagrad_eps"},
    "adadelta": {"rho": "rho", "eps": "adadelta_eps"},
    "rmsprop": {"alpha": "alpha", "eps": "rmsprop_eps"},
    "adam": {"beta1": "beta1", "beta2": "beta2", "eps": "adam_eps"},
}
SCHEDULE_HYPER = {
    "constant": {},
    "step": {"step_size": "step_size", "gamma": "step_gamma"},
    "exponential": {"gamma": "exponential_gamma"},
    "cosine": {"T_max": "period"},
}
DEFAULTS: dict[str, Any] = {
    "momentum": 0.9,
    "rho": 0.9,
    "alpha": 0.99,
    "beta1": 0.9,
    "beta2": 0.999,
    "adagrad_eps": 1e-10,
    "adadelta_eps": 1e-6,
    "rmsprop_eps": 1e-8,
    "adam_eps": 1e-8,
    "step_size": 100,
    "step_gamma": 0.1,
    "exponential_gamma": 0.99,
    "period": 100,
}
START_STEP = 0.01


def hyper_controls(given: dict[str, Any]) -> dict[str, ipywidgets.Widget]:
    """A control for every hyper-parameter, by name, with its default or the value that is `given`; ValueError for other names."""
    if unknown := set(given) - set(DEFAULTS):
        raise ValueError(f"there is no hyper-parameter {', '.join(sorted(unknown))}: allowed are {', '.join(DEFAULTS)}")
    given = {**DEFAULTS, **given}

    def share(name: str, label: str, tip: str, low: float = 0, high: float = 0.99, step: float = 0.01) -> Any:
        return slider(label, given[name], low, high, step=step, tip=tip)

    def eps(optimizer: str, tip: str) -> Any:
        return Logarithmic(f"{LABELS[optimizer]} ε", given[f"{optimizer}_eps"], 1e-10, 0.1, tip=tip)

    small = "Set what keeps the division from dividing by 0"
    return {
        "momentum": share("momentum", "Momentum β", "Set the share of the last step that is kept"),
        "rho": share("rho", "Adadelta ρ", "Set how long squared gradients are remembered: 1/(1 − ρ) steps"),
        "alpha": share("alpha", "RMSprop α", "Set how long squared gradients are remembered: 1/(1 − α) steps"),
        "beta1": share("beta1", "Adam β1", "Set the share of the mean gradient that is kept, Adam's momentum"),
        "beta2": share("beta2", "Adam β2", "Set the share of the mean squared gradient that is kept", 0, 0.999, 0.001),
        "adagrad_eps": eps("adagrad", small),
        "adadelta_eps": eps("adadelta", "Set ε, whose root is about the length of the first step"),
        "rmsprop_eps": eps("rmsprop", small),
        "adam_eps": eps("adam", small),
        "step_size": int_slider(
            "Decay every", given["step_size"], 1, 500, tip="Set how many steps lie between two drops of the rate"
        ),
        "step_gamma": share("step_gamma", "Decay γ", "Set what each drop multiplies the rate by", 0.05, 1),
        "exponential_gamma": share(
            "exponential_gamma", "Decay γ", "Set what each step multiplies the rate by", 0.9, 1, 0.001
        ),
        "period": int_slider(
            "Down in", given["period"], 2, 2000, tip="Set in how many steps a cosine takes the rate to 0"
        ),
    }


def formula(text: str) -> Expression:
    """The expression of a typed loss: of w1 and w2 if it names one of them, else of w."""
    return Expression(text, ("w1", "w2") if re.search(r"\bw[12]\b", text[:1000]) else ("w",))


class Logarithmic(Part):
    """A positive number on a logarithmic scale that may be any, and moves along numbers of two or three digits.

    On the page's own logarithmic slider 0.2 would become 0.1995, a power of ten.
    """

    def __init__(self, label: str, value: float, low: float, high: float, tip: str) -> None:
        self.stops = np.array([stop for stop in _stops() if low * (1 - 1e-9) <= stop <= high * (1 + 1e-9)])
        row = _Row(label, tip, len(self.stops) - 1)
        self.slider, self.said = row.slider, row.said
        super().__init__(within(low, high), value, children=[row])
        self.refresh()
        self.listen(self.slider, self.said)

    def moved(self, by: int) -> float:
        """The value some stops further; from between two stops the first is the next one."""
        # A rounding beside a stop is on it.
        beyond = self.stops > self.value * (1 + 1e-9) if by > 0 else self.stops >= self.value * (1 - 1e-9)
        place = int(np.count_nonzero(~beyond)) + (by - 1 if by > 0 else by)
        return float(self.stops[min(max(place, 0), len(self.stops) - 1)])

    def nearest(self, value: float) -> float:
        """The stop that is nearest on the scale."""
        return float(self.stops[self._index(value)])

    def _index(self, value: float) -> int:
        return int(np.abs(np.log(self.stops) - np.log(max(value, 1e-300))).argmin())

    def present(self) -> None:
        if self.value:
            place = self._index(self.value)
            self.slider.value = place
            self.said.value = self.value
            below, above = self.stops[[place, place + 1] if place < len(self.stops) - 1 else [place - 1, place]]
            self.said.step = float(f"{above - below:.3g}")

    def edited(self, widget: ipywidgets.Widget) -> float:
        return float(self.said.value if widget is self.said else self.stops[self.slider.value])


def _stops() -> list[float]:
    """Numbers from 1e-10 to 1e3 that are 2 to 5 % apart, each as it is written."""
    digits = [*range(100, 200, 5), *range(200, 500, 10), *range(500, 1000, 20)]
    return [float(f"{number}e{exponent - 2}") for exponent in range(-10, 3) for number in digits] + [1000.0]


class Start(Part):
    """Where to start: a list of one number or two, or None for the objective's own good start."""

    def __init__(self, asked: Any, tip: str) -> None:
        self.rows = [_Row("", tip, step=START_STEP) for _ in range(2)]
        self.sliders = [row.slider for row in self.rows]
        self.names: Sequence[str] = ("w",)
        self.domain = np.array([[-2.0, 2.0]])
        self.usual = np.zeros(1)
        super().__init__(_place, asked, children=self.rows)
        self.refresh()
        self.listen(*self.sliders, *(row.said for row in self.rows))

    def frame(self, names: Sequence[str], domain: NDArray[np.float64], usual: NDArray[np.float64]) -> None:
        """Show the sliders of these parameters, over their domain (d, 2); `usual` (d,) is what None stands for."""
        now = (tuple(self.names), self.domain.tolist(), self.usual.tolist())
        if (tuple(names), domain.tolist(), usual.tolist()) != now:
            self.names, self.domain, self.usual = tuple(names), domain, usual
            self.refresh()

    def clipped(self, start: Sequence[float]) -> list[float]:
        """The nearest place in the domain that the sliders have."""
        steps = [np.clip(place / START_STEP, *_ends(ends)) for place, ends in zip(start, self.domain, strict=True)]
        return [_hundredths(round(float(step))) for step in steps]

    def present(self) -> None:
        value = self.value or self.usual.tolist()
        for number, row in enumerate(self.rows):
            seen = number < min(len(self.names), len(value))
            row.layout.display = None if seen else "none"
            if seen:
                with row.slider.hold_trait_notifications():
                    row.slider.min, row.slider.max = _ends(self.domain[number])
                    row.slider.value = round(value[number] / START_STEP)
                row.slider.description = f"Start {self.names[number]}"
                row.said.value = value[number]

    def edited(self, widget: ipywidgets.Widget) -> list[float]:
        value = list(self.value or self.usual.tolist())
        for number, row in enumerate(self.rows):
            if widget is row.slider:
                value[number] = _hundredths(widget.value)
            elif widget is row.said:
                value[number] = widget.value
        return value


class _Row(ipywidgets.HBox):
    """A slider of whole numbers, and beside it the number they stand for, where any other can be typed.

    The page would move a slider of floats to its own grid by itself.
    """

    def __init__(self, label: str, tip: str, most: int = 100, step: float | None = None) -> None:
        self.slider = ipywidgets.IntSlider(
            max=most,
            description=label,
            tooltip=tip,
            readout=False,
            style=STYLE,
            layout={"width": "228px", "margin": "1px 0"},
        )
        # Without a step the keys change the field by 1.
        self.said = ipywidgets.FloatText(
            step=step, tooltip=f"{tip}; type any number", layout={"width": "68px", "margin": "0"}
        )
        super().__init__([self.slider, self.said], layout={"align_items": "center"})


def _ends(ends: NDArray[np.float64]) -> tuple[int, int]:
    """A domain's ends in steps of the sliders, inside of it."""
    low, high = (float(end) / START_STEP for end in ends)
    return math.ceil(low - 1e-9), math.floor(high + 1e-9)


def _hundredths(steps: int) -> float:
    return round(steps * START_STEP, 2)


def _place(value: Any) -> list[float] | None:
    """The rule of a start; whether it lies in the picture is the objective's to say."""
    if value is None:
        return None
    numbers = np.asarray(value)
    if isinstance(value, str) or numbers.dtype.kind not in "fiu" or numbers.shape not in ((1,), (2,)):
        raise ValueError(f"must be a list of one number, or of two, or None for the usual start, got {value!r}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"must be finite, got {value!r}")
    return [float(number) for number in numbers]
