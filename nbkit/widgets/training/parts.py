"""Controls of the trainer that are made of several widgets: the hidden layers, and where in the training one looks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import ipywidgets

from nbkit.widgets.controls import STYLE, WIDE, one_of, within
from nbkit.widgets.parts import Part

__all__ = ["Layers", "PerLayer", "Scrubber"]

MOST_LAYERS, MOST_NEURONS = 6, 128
SHARES = 200
ROW = {"height": "26px", "margin": "0 2px 2px 0"}


class Layers(Part):
    """The numbers of neurons of the hidden layers, one field each, and two keys that add and remove a layer."""

    def __init__(self, value: Sequence[int], tip: str) -> None:
        count = within(1, MOST_NEURONS, whole=True)

        def rule(value: Any) -> list[int]:
            if not isinstance(value, list | tuple) or len(value) > MOST_LAYERS:
                raise ValueError(
                    f"must be a list of at most {MOST_LAYERS} numbers of neurons, like [16, 16], got {value!r}"
                )
            return [count(number) for number in value]

        self.fewer = _key("−", "Take the last hidden layer away; it starts anew")
        self.more = _key("+", "Add a hidden layer; it starts anew")
        self.title = ipywidgets.Label("Hidden layers", layout={"height": "26px", "margin": "0"})
        self.fields = [
            ipywidgets.BoundedIntText(
                min=1,
                max=MOST_NEURONS,
                description=f"Layer {number + 1}",
                tooltip=tip,
                style={"description_width": "50px"},
                layout={**ROW, "width": "118px"},
            )
            for number in range(MOST_LAYERS)
        ]
        head = ipywidgets.HBox([self.title, self.fewer, self.more], layout={"margin": "0", "align_items": "center"})
        super().__init__(rule, value, children=[head, *self.fields], layout={"width": "148px", "margin": "0"})
        self.refresh()
        self.listen(*self.fields)
        self.fewer.on_click(lambda _: self._resize(-1))
        self.more.on_click(lambda _: self._resize(+1))

    def _resize(self, by: int) -> None:
        now = list(self.value)
        self.value = now[:-1] if by < 0 else [*now, now[-1] if now else 4]

    def present(self) -> None:
        value = self.value or []
        for number, field in enumerate(self.fields):
            _show(field, number < len(value))
            if number < len(value):
                field.value = value[number]
        self.fewer.disabled, self.more.disabled = not value, len(value) == MOST_LAYERS

    def edited(self, widget: ipywidgets.Widget) -> list[int]:
        return [field.value for field in self.fields[: len(self.value)]]


class PerLayer(Part):
    """A choice for all hidden layers, or one for each: a name, or a list of names."""

    def __init__(self, what: str, value: str | Sequence[str], options: dict[str, str], layers: Layers) -> None:
        allow = one_of(list(options.values()))

        def rule(value: Any) -> str | list[str]:
            if isinstance(value, str):
                return str(allow(value))
            if not isinstance(value, list | tuple) or len(value) > MOST_LAYERS:
                raise ValueError(
                    f"must be one of {', '.join(map(repr, options.values()))}, or a list of them, got {value!r}"
                )
            return [allow(name) for name in value]

        pairs = list(options.items())
        layout = {**ROW, "width": "138px"}
        self.layers = layers
        self.all = ipywidgets.Dropdown(
            options=[*pairs, ("mixed", "mixed")],
            description="",
            tooltip=f"Choose one {what} for all hidden layers; it starts anew",
            layout=layout,
        )
        self.each = [
            ipywidgets.Dropdown(
                options=pairs, tooltip=f"Choose the {what} of layer {n + 1}; it starts anew", layout=layout
            )
            for n in range(MOST_LAYERS)
        ]
        super().__init__(rule, value, children=[self.all, *self.each], layout={"width": "142px", "margin": "0"})
        self.refresh()
        self.listen(self.all, *self.each)
        layers.observe(self._on_value, "value")

    def per_layer(self, count: int) -> list[str]:
        """One name for each of `count` layers: the last goes on where the list is too short."""
        value = self.value
        if isinstance(value, str):
            return [value] * count
        known = list(value[:count])
        return known + [known[-1] if known else self.all.options[0][1]] * (count - len(known))

    def present(self) -> None:
        if self.value is None:  # what is not allowed is the explorer's to refuse
            return
        names = self.per_layer(len(self.layers.value or []))
        for number, field in enumerate(self.each):
            _show(field, number < len(names))
            if number < len(names):
                field.value = names[number]
        same = len(set(names)) == 1
        self.all.value = self.value if isinstance(self.value, str) else names[0] if same else "mixed"

    def edited(self, widget: ipywidgets.Widget) -> str | list[str]:
        if widget is self.all:
            return self.value if widget.value == "mixed" else str(widget.value)
        names = [field.value for field in self.each[: len(self.layers.value)]]
        return names[0] if len(set(names)) == 1 else names


class Scrubber(Part):
    """The step that is shown: a slider over all that was trained, and a field that takes any step.

    The slider counts shares: a slider whose end is moved forgets it for the keys (noUiSlider 15). `pace`, in s, is how long the
    page keeps a number at least: nobody reads one that is there for a frame, and each is a message.
    """

    pace = 0.0

    def __init__(self, value: int, most: int, tip: str) -> None:
        self.trained = 0
        self._presented = 0.0
        self.slider = ipywidgets.IntSlider(
            min=0,
            max=SHARES,
            value=SHARES,
            readout=False,
            description="Look at step",
            tooltip=tip,
            style=STYLE,
            layout={"width": "212px", "margin": "0"},
        )
        self.field = ipywidgets.BoundedIntText(
            min=0,
            max=most,
            tooltip="Look at any step; beyond the last one it trains up to there",
            layout={"width": "80px"},
        )
        self.field.add_class("nbkit-step")
        row = ipywidgets.HBox([self.slider, self.field], layout={"align_items": "center", "margin": "0"})
        super().__init__(within(0, most, whole=True), value, children=[row], layout=WIDE)
        self.refresh()
        self.listen(self.slider, self.field)

    def reach(self, trained: int) -> None:
        """How many steps there are to look at."""
        if trained != self.trained:
            self.trained = trained
            self.refresh()

    def present(self) -> None:
        now = time.monotonic()
        if self.value is not None and now >= self._presented + self.pace:
            self._presented = now
            self.field.value = self.value
            share = round(SHARES * self.value / self.trained) if self.trained > self.value else SHARES
            if self.slider.value != share:
                self.slider.value = share

    def edited(self, widget: ipywidgets.Widget) -> int:
        return int(widget.value) if widget is self.field else round(widget.value / SHARES * self.trained)


def _key(sign: str, tip: str) -> ipywidgets.Button:
    return ipywidgets.Button(
        description=sign, tooltip=tip, layout={"width": "28px", "height": "24px", "margin": "1px", "padding": "0"}
    )


def _show(widget: ipywidgets.DOMWidget, shown: bool) -> None:
    display = None if shown else "none"
    if widget.layout.display != display:
        widget.layout.display = display
