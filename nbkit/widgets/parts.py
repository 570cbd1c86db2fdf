"""Controls that are made of several widgets, and have one value."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import ipywidgets
import traitlets

from nbkit.widgets.controls import STYLE, WIDE, Rule, one_of, within

__all__ = ["Part", "Player", "Several", "player", "several"]


class Part(ipywidgets.VBox):
    """A control that is made of several widgets, and has one `value`.

    A subclass makes the inner widgets, hands those that the user moves to `listen`, and says how the value is shown in them
    (`present`) and made of them (`edited`).
    """

    value = traitlets.Any()

    def __init__(self, rule: Rule, asked: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lock: AbstractContextManager[Any] = contextlib.nullcontext()  # the figure's, once it has one
        self._presenting = False
        self.rule, self.asked = rule, asked
        with contextlib.suppress(ValueError):  # as in _control
            self.value = rule(asked)
        self.observe(self._on_value, "value")

    def present(self) -> None:
        """Show the value in the inner widgets."""
        raise NotImplementedError

    def edited(self, widget: ipywidgets.Widget) -> Any:
        """The value that the inner widgets say now, of which `widget` has just been moved."""
        raise NotImplementedError

    def listen(self, *widgets: ipywidgets.Widget) -> None:
        """Take the inner widgets' moves into the value."""
        for widget in widgets:
            widget.observe(self._on_inner, "value")

    def refresh(self) -> None:
        """`present`, without taking it for a move of the user's."""
        with self.lock:
            outer, self._presenting = self._presenting, True
            try:
                self.present()
            finally:
                self._presenting = outer

    def _on_value(self, change: Any) -> None:
        self.refresh()

    def _on_inner(self, change: Any) -> None:
        with self.lock:
            if not self._presenting:
                self.value = self.edited(change["owner"])


class Several(Part):
    """Any number of the options, each a toggle."""

    def __init__(self, label: str, value: Sequence[Any], options: Mapping[str, str], tip: str) -> None:
        allow = one_of(list(options.values()))

        def rule(value: Any) -> list[Any]:
            if not isinstance(value, list | tuple):
                raise ValueError(f"must be a list of some of {', '.join(map(repr, options.values()))}, got {value!r}")
            chosen = [allow(item) for item in value]
            return [option for option in options.values() if option in chosen]

        self.toggles = {
            option: ipywidgets.ToggleButton(
                description=read, tooltip=tip, layout={"width": "auto", "height": "26px", "margin": "1px"}
            )
            for read, option in options.items()
        }
        row = ipywidgets.HBox(list(self.toggles.values()), layout={"flex_flow": "row wrap"})
        super().__init__(rule, value, children=[ipywidgets.Label(label, layout={"height": "22px"}), row], layout=WIDE)
        self.refresh()
        self.listen(*self.toggles.values())

    def present(self) -> None:
        for option, toggle in self.toggles.items():
            toggle.value = option in (self.value or [])

    def edited(self, widget: ipywidgets.Widget) -> list[str]:
        return [option for option, toggle in self.toggles.items() if toggle.value]


def several(
    label: str, value: Sequence[str], options: Sequence[str] | Mapping[str, str], *, tip: str
) -> ipywidgets.Widget:
    """Any number of the options, as a list in their order: names, or a mapping of what is read to what is meant."""
    return Several(
        label, value, options if isinstance(options, Mapping) else dict(zip(options, options, strict=True)), tip
    )


class Player(Part):
    """A whole number that plays by itself: a slider with play, pause and stop."""

    def __init__(self, label: str, value: int, low: int, high: int, step: int, interval: int, tip: str) -> None:
        self.slider = ipywidgets.IntSlider(
            min=low, max=high, step=step, description=label, tooltip=tip, style=STYLE, layout=WIDE
        )
        self.play = ipywidgets.Play(
            min=low,
            max=high,
            step=step,
            interval=interval,
            show_repeat=False,
            layout={"margin": "1px 0 4px 108px"},
        )
        super().__init__(within(low, high, whole=True), value, children=[self.slider, self.play])
        self.refresh()
        self.listen(self.slider, self.play)

    def present(self) -> None:
        if self.value is not None:  # a value that is not allowed is the explorer's to refuse
            self.slider.value = self.play.value = self.value

    def edited(self, widget: ipywidgets.Widget) -> int:
        return int(widget.value)

    def end_at(self, end: int) -> None:
        """Let the slider end, and the playing stop, before what the rule allows; a larger value is kept, and shown as the end."""
        if self.slider.max != end:
            self._presenting = True
            try:
                self.slider.max = self.play.max = end
            finally:
                self._presenting = False


def player(
    label: str, value: int, low: int, high: int, *, step: int = 1, interval: int = 100, tip: str
) -> ipywidgets.Widget:
    """A whole number from low to high that can be played, `step` further each `interval` ms."""
    return Player(label, value, low, high, step, interval, tip)
