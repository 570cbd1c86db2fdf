"""Sliders that edit one neuron of a list, and the output bias."""

from __future__ import annotations

import math
import time
from collections import deque
from functools import partial
from typing import Any

import ipywidgets

from nbkit.widgets.controls import STYLE, WIDE
from nbkit.widgets.relu_rules import chosen

__all__ = ["NeuronEditor"]

REACH, STEP = 10.0, 0.05  # of the sliders, which widen for what is larger
ANSWERED = 2.0  # seconds, within which the page has answered to a move
LABELS = {
    "weight": ("Weight w", "Set how steeply the neuron's sum w·x + b rises with x"),
    "bias": ("Bias b", "Move the kink, which is at −b/w; on the figure drag the dot, or press ← →"),
    "output_weight": ("Output weight", "Set the factor a of the neuron in the sum; on the figure press ↑ ↓"),
    "output_bias": ("Output bias c", "Add this to the sum of all neurons"),
}


class NeuronEditor(ipywidgets.VBox):
    """Sliders for the selected neuron; they hold nothing of their own, but show and change three controls.

    `neurons`, `selected` and `output_bias` are the controls; `lock` is held while they are changed, since the page and a cell may
    both do so. The page puts each slider that the kernel moves onto the grid of its steps, and says so, perhaps after the
    next has come: such an answer is no wish of the user's, and is not taken.
    """

    def __init__(
        self, neurons: ipywidgets.Widget, selected: ipywidgets.Widget, output_bias: ipywidgets.Widget, lock: Any
    ) -> None:
        self.neurons, self.selected, self.output_bias, self.lock = neurons, selected, output_bias, lock
        self.number = ipywidgets.IntSlider(
            min=0,
            max=1,
            value=1,
            description="Neuron",
            tooltip="Choose the neuron that is edited; on the figure click it, or press its digit, n or p",
            style=STYLE,
            layout={**WIDE, "width": "240px"},
        )
        self.on = ipywidgets.Checkbox(
            description="on",
            tooltip="Let the neuron count, or not; on the figure press o",
            indent=False,
            layout={"width": "54px"},
        )
        self.sliders = {
            name: ipywidgets.FloatSlider(
                min=-REACH,
                max=REACH,
                step=STEP,
                readout=False,  # it would show the grid's number in place of the neuron's
                description=label,
                tooltip=tip,
                style=STYLE,
                layout={**WIDE, "width": "240px"},
            )
            for name, (label, tip) in LABELS.items()
        }
        self.readouts = {name: ipywidgets.Label(layout={"width": "56px"}) for name in LABELS}
        rows = [ipywidgets.HBox([self.sliders[name], self.readouts[name]]) for name in LABELS]
        self._presenting = False
        self._expected: dict[str, deque[tuple[float, float]]] = {name: deque(maxlen=60) for name in LABELS}
        super().__init__([ipywidgets.HBox([self.number, self.on]), *rows])
        self.refresh()
        for control in (neurons, selected, output_bias):
            control.observe(self.refresh, "value")
        self.number.observe(self._number_moved, "value")
        self.on.observe(self._switched, "value")
        for name, slider in self.sliders.items():
            slider.observe(partial(self._slider_moved, name), "value")

    def numbers(self) -> dict[str, float]:
        """What the sliders stand for: the numbers of the selected neuron, where there is one, and the output bias."""
        neurons = self.neurons.value
        index = chosen(neurons, self.selected.value)
        return {**(neurons[index] if index >= 0 else {}), "output_bias": self.output_bias.value}

    def refresh(self, change: Any = None) -> None:
        """Show the selected neuron."""
        count, numbers = len(self.neurons.value), self.numbers()
        self._presenting = True
        try:
            _range(self.number, min(1, count), max(1, count))
            self.number.value = chosen(self.neurons.value, self.selected.value) + 1
            self.number.disabled = self.on.disabled = count == 0
            self.on.value = bool(numbers.get("on", False))
            for name, slider in self.sliders.items():
                number = numbers.get(name, 0.0)
                reach = max(REACH, math.ceil(abs(number)))
                _range(slider, -reach, reach)
                if abs(slider.value - number) > 1e-6:  # the page's own 1.2000000000000002 would be moved under the hand
                    self._expected[name].append((time.monotonic(), _on_grid(number, -reach)))
                    slider.value = number
                slider.disabled = name not in numbers
                self.readouts[name].value = f"{number:.2f}".replace("-", "−")
        finally:
            self._presenting = False

    def _number_moved(self, change: Any) -> None:
        if not self._presenting:
            self.selected.value = max(change["new"] - 1, 0)

    def _switched(self, change: Any) -> None:
        if not self._presenting:
            self._edit("on", change["new"])

    def _slider_moved(self, name: str, change: Any) -> None:
        if self._presenting:
            return
        value, number = round(change["new"], 6), self.numbers().get(name)
        if number is None or self._answers(name, value, number, change["owner"].min):
            return
        self._expected[name].clear()
        if name == "output_bias":
            self.output_bias.value = value
        else:
            self._edit(name, value)

    def _answers(self, name: str, value: float, number: float, low: float) -> bool:
        """Whether a slider's move is the page's answer to one of the kernel's, the last or an earlier one."""
        recent = time.monotonic() - ANSWERED
        late = any(answer == value and since > recent for since, answer in self._expected[name])
        return late or _on_grid(number, low) == value != round(number, 6)

    def _edit(self, name: str, value: Any) -> None:
        with self.lock:
            neurons = [dict(neuron) for neuron in self.neurons.value]
            index = chosen(neurons, self.selected.value)
            if index >= 0:
                neurons[index][name] = value
                self.neurons.value = neurons


def _on_grid(number: float, low: float) -> float:
    """Where the page puts a slider's handle."""
    return round(low + round((number - low) / STEP) * STEP, 6)


def _range(slider: Any, low: float, high: float) -> None:
    # The ends must not cross for a moment; only what changes is sent.
    if low > slider.max:
        slider.max = high
    if slider.min != low:
        slider.min = low
    if slider.max != high:
        slider.max = high
