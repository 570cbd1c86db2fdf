"""Predict before you run: what would show the answer comes after a prediction, or after it was skipped."""

from __future__ import annotations

from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from nbkit.displays.base import Display
from nbkit.displays.png import png
from nbkit.questions import Question
from nbkit.widgets.questions.asked import Asked
from nbkit.widgets.questions.form import refused, said

__all__ = ["Gate", "predict"]

THEN = "  Predict first: what is asked about is shown after that."


class Gate(Asked):
    """A question, and what is shown once it has been answered or skipped; neither can be taken back."""

    kind = "prediction"

    def __init__(self, asked: str | Question, then: Any, name: str = "") -> None:
        if not isinstance(then, ipywidgets.Widget | Display | Figure) and not callable(then):
            raise TypeError(
                f"what is shown after the prediction is an explorer, a display or a function that makes one, got {then!r}"
            )
        self.then = then
        self._own: Any = None  # what was made here is closed here
        self._shown: ipywidgets.Widget | None = None
        buttons = (
            ("Predict", "Keep this prediction, which can't be changed then, and see", "answer"),
            ("Skip", "See without a prediction", "skip"),
        )
        super().__init__(asked, name, buttons)

    def skip(self) -> None:
        """Show what is asked about without a prediction."""
        with self._lock:
            self._once()
            self.keep(score=0.0, answer=None, skipped=True)
            self.present()

    def take(self, read: Any) -> None:
        self._once()
        self.keep(score=self.asked.judge(read).score, answer=read)

    def present(self) -> None:
        assert self.entry is not None
        answer = self.entry["answer"]
        if answer is not None:
            self.form.show(answer)
        self.form.freeze()
        for button in self.buttons.values():
            button.layout.display = "none"
        self._said.value = self._sentence(answer)
        if self._shown is None:
            try:
                self._shown = self._made()
            except Exception as error:  # a function of the student's, perhaps
                first = str(error).split("\n")[0]
                self._said.value += refused(f"What comes now can't be shown: {type(error).__name__}: {first}")
            else:
                self.children = (*self._asking, self._shown)

    def _once(self) -> None:
        if self.entry is not None:
            raise ValueError("This prediction has been made, and stays.")

    def _sentence(self, answer: Any) -> str:
        if answer is None:
            return said("Skipped: see below.", "", more=self._trouble)
        judged = self.asked.judge(answer)
        score = f"score {judged.score:.0%}".replace("%", " %")
        kind, sign = ("right", "✔") if judged.right else ("wrong", "✘") if judged.score == 0 else ("", "≈")
        predicted = f"{sign} You predicted {self.form.brief(answer)} ({score})."
        return said(judged.said, kind, predicted, self._trouble)

    def _made(self) -> ipywidgets.Widget:
        then = self.then
        if not isinstance(then, ipywidgets.Widget | Display | Figure):
            then = self._own = then()
        return then if isinstance(then, ipywidgets.Widget) else _image(then)

    def close(self) -> None:
        if self._closed:
            return
        # what was handed over belongs to who made it
        self.children = self._asking
        if isinstance(self._own, ipywidgets.Widget):
            self._own.close()
        self.then = self._own = self._shown = None
        super().close()

    def __repr__(self) -> str:
        return f"{self.asked.plain()}\n{THEN}"


def _image(picture: Any) -> ipywidgets.Image:
    if isinstance(picture, Display):
        picture = picture.figure_
    if not isinstance(picture, Figure):
        raise TypeError(f"what is shown after the prediction is an explorer, a display or a figure, got {picture!r}")
    return ipywidgets.Image(value=png(picture), format="png", layout={"max_width": "100%"})


def predict(question: str | Question, then: Any, *, name: str = "") -> Gate:
    """Ask for a prediction, and show `then` after it: an explorer, a display, a figure, or a function that makes one.

    `question` is the name of one ('02.valley') or a `Choice`, `Number` or `Sketch` of your own, kept under `name` or else its text.
    A prediction can be skipped; it can't be changed. A page without a kernel shows the question alone: the picture would answer it.
    """
    return Gate(question, then, name)
