"""Where an answer is given: options, a field for a number, or axes for a sketch."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import Any, Protocol

import ipywidgets

from nbkit.checks.verdict import rich
from nbkit.questions import Choice, Number, Question, Sketch
from nbkit.questions.base import LETTERS
from nbkit.widgets import lifetime
from nbkit.widgets.questions.sketch import SketchExplorer

__all__ = ["Form", "form_of"]


class Form(Protocol):
    """What stands between the question and its button."""

    widget: ipywidgets.Widget

    @property
    def answer(self) -> Any:
        """What has been entered, for the question to read."""

    def pressed(self) -> None:
        """The button under the form has been pressed: `answer` is read next."""

    def show(self, answer: Any) -> None:
        """Enter an answer that was given before."""

    def freeze(self) -> None:
        """Take no other answer from now on; where there is a picture, show the truth."""

    def brief(self, answer: Any) -> str:
        """An answer as it is called in a sentence."""

    def close(self) -> None:
        """Release what the page's widgets do not hold."""


def form_of(question: Question, entered: Callable[[], object]) -> Form:
    """The form of a question; `entered` is called when an answer is complete by Enter alone."""
    if isinstance(question, Choice):
        return Options(question)
    if isinstance(question, Number):
        return Field(question, entered)
    if isinstance(question, Sketch):
        return Drawing(question)
    raise TypeError(f"a question is a Choice, a Number or a Sketch, got {question!r}")


class Options:
    """One row an option: a button with its letter that fills the row, and the text over it.

    ipywidgets' radio buttons set no LaTeX and are no group to the keyboard, and JupyterLab takes the arrows: here Tab goes from
    option to option, and Space or Enter chooses.
    """

    def __init__(self, question: Choice) -> None:
        self.question = question
        self.buttons: dict[str, ipywidgets.ToggleButton] = {}
        rows = []
        for letter, option in zip(LETTERS, question.options, strict=False):
            button = ipywidgets.ToggleButton(description=letter, tooltip=f"{letter}: {option}")
            button.add_class("nbkit-option-button")
            button.observe(self._pressed, "value")
            self.buttons[option] = button
            text = ipywidgets.HTMLMath(rich(option))
            text.add_class("nbkit-option-text")
            row = ipywidgets.Box([button, text])
            row.add_class("nbkit-option")
            rows.append(row)
        self.widget = ipywidgets.VBox(rows)
        self._choosing = False

    @property
    def answer(self) -> str | None:
        return next((option for option, button in self.buttons.items() if button.value), None)

    def pressed(self) -> None:
        pass

    def show(self, answer: Any) -> None:
        self._choosing = True
        try:
            for option, button in self.buttons.items():
                button.value = option == answer
        finally:
            self._choosing = False

    def freeze(self) -> None:
        for button in self.buttons.values():
            button.disabled = True

    def brief(self, answer: Any) -> str:
        return dict(zip(self.question.options, LETTERS, strict=False)).get(answer, "")

    def close(self) -> None:
        pass

    def _pressed(self, change: Any) -> None:
        if not self._choosing:  # one that is pressed again stays chosen
            self.show(next(option for option, button in self.buttons.items() if button is change["owner"]))


#: The page may tell of Enter or of a press first and of what was typed then, in two messages; a value this much later, in s, does
#: not belong to it.
ENTERED = 2.0


class Field:
    """A field for a number; Enter answers."""

    def __init__(self, question: Number, entered: Callable[[], object]) -> None:
        self.text = ipywidgets.Text(
            continuous_update=False,
            placeholder="a number",
            tooltip="Type a number, like 0.25, 1e-3 or 2/3",
            layout={"width": "140px"},
        )
        unit = ipywidgets.HTMLMath(rich(question.unit), layout={"margin": "0 0 0 6px"})
        self.widget = ipywidgets.HBox([self.text, unit])
        self.widget.add_class("nbkit-number")
        self._entered, self._showing, self._at = entered, False, -ENTERED
        self._shown: float | None = None
        self._before = ""  # the text at the last press
        self.text.on_msg(self._told)
        self.text.observe(self._changed, "value")

    @property
    def answer(self) -> Any:
        # what is shown is rounded
        same = self._shown is not None and self.text.value == self.brief(self._shown)
        return self._shown if same else self.text.value

    def pressed(self) -> None:
        # ipywidgets holds a value back while the one before is still being heard, and never a press: what was typed may follow
        if self.text.value == self._before:
            self._at = time.monotonic()
        self._before = self.text.value

    def show(self, answer: Any) -> None:
        self._showing, self._shown = True, answer
        try:
            self.text.value = self._before = self.brief(answer)
        finally:
            self._showing = False

    def freeze(self) -> None:
        self.text.disabled = True

    def brief(self, answer: Any) -> str:
        return f"{answer:.6g}"

    def close(self) -> None:
        pass

    def _told(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
        if content.get("event") == "submit":
            self._at = time.monotonic()

    def _changed(self, change: Any) -> None:
        if not self._showing and time.monotonic() - self._at < ENTERED:
            self._at = -ENTERED
            self._entered()


class Drawing:
    """Axes to draw on."""

    def __init__(self, question: Sketch) -> None:
        self.explorer = SketchExplorer(question)
        self.widget = self.explorer

    @property
    def answer(self) -> list[float | None]:
        return list(self.explorer.parameters["curve"])

    def pressed(self) -> None:
        pass

    def show(self, answer: Any) -> None:
        self.explorer.set(curve=answer)

    def freeze(self) -> None:
        self.explorer.set(revealed=True)
        self.explorer.help.layout.display = "none"

    def brief(self, answer: Any) -> str:
        return "the blue curve"

    def close(self) -> None:
        self.explorer.close()


STYLE = """<style>
.nbkit-question { padding: 4px 0 8px }
.nbkit-asked { font-weight: 600 }
.nbkit-asked, .nbkit-judged, .nbkit-refused { font-size: 15px; line-height: 1.45; max-width: 56em }
.nbkit-option-text { font-size: 15px; line-height: 1.35 }
.nbkit-question .nbkit-option { max-width: 56em }
.nbkit-question .nbkit-option { position: relative; align-items: center; min-height: 34px; margin: 2px 0; overflow: visible }
.nbkit-question .nbkit-option-button { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; text-align: left;
  padding: 0 12px; font-size: 15px; font-weight: 600; border: 1px solid var(--jp-border-color1, #bbb); border-radius: 4px;
  background: var(--jp-layout-color1, #fff); color: var(--jp-ui-font-color1, #222) }
.nbkit-question .nbkit-option-button.mod-active { border: 2px solid #0072B2; box-shadow: inset 6px 0 0 #0072B2; padding: 0 11px }
.nbkit-question .nbkit-option-button:focus-visible { outline: 3px solid #56B4E9; outline-offset: 1px }
.nbkit-question .nbkit-option-button:disabled { opacity: 1 }
.nbkit-question .nbkit-option-text { position: relative; pointer-events: none; margin: 4px 12px 4px 42px;
  width: auto; height: auto }
.nbkit-question .nbkit-number { align-items: center }
.nbkit-question .nbkit-judged { border-left: 5px solid #767676; padding: 4px 10px; margin: 4px 0 }
.nbkit-question .nbkit-judged.right { border-color: #009E73 }
.nbkit-question .nbkit-judged.wrong { border-color: #D55E00 }
.nbkit-question .nbkit-refused { color: #B00020; font-weight: 600; margin: 4px 0 }
[data-jp-theme-light="false"] .nbkit-question .nbkit-refused { color: #FF8A80 }
</style>""" + lifetime.without_kernel("nbkit-question", "question")


def said(sentence: str, kind: str, sign: str = "", more: str = "") -> str:
    """What is answered to an answer, as HTML."""
    head = f"<b>{html.escape(sign)}</b> " if sign else ""
    tail = f'<div style="font-size:14px;margin-top:2px">{html.escape(more)}</div>' if more else ""
    return f'<div class="nbkit-judged {kind}" role="status">{head}{rich(sentence)}{tail}</div>'


def refused(sentence: str) -> str:
    """Why an answer was not taken, as HTML."""
    return f'<div class="nbkit-refused" role="alert">{rich(sentence)}</div>'
