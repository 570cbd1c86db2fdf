"""What a question and a prediction have in common: the prompt, the form, the buttons, and what is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

import ipywidgets

from nbkit.checks.verdict import rich
from nbkit.questions import Question, question
from nbkit.record import record
from nbkit.widgets import lifetime
from nbkit.widgets.questions.form import STYLE, form_of, refused

__all__ = ["Asked"]


class Asked(ipywidgets.VBox):
    """A question in the page. `asked` is the question, `name` the one under which answers are kept, `entry` the last answer.

    A subclass says what `take` does with an answer and its judgement, and what is to be seen after it (`present`).
    """

    kind: ClassVar[str]
    _closed = True  # nothing to release until all is made

    def __init__(self, asked: str | Question, name: str = "", buttons: tuple[tuple[str, str, str], ...] = ()) -> None:
        self.asked = question(asked) if isinstance(asked, str) else asked
        if not isinstance(self.asked, Question):
            raise TypeError(f"asked is the name of a question or a Choice, Number or Sketch, got {asked!r}")
        self.name = name or (asked if isinstance(asked, str) else self.asked.text)
        self.entry: dict[str, Any] | None = None
        self._trouble = ""
        self._lock = threading.RLock()
        self.form = form_of(self.asked, self._guarded(self.answer))
        self._said = ipywidgets.HTMLMath()
        self.buttons = {label: self._button(label, tip, getattr(self, action)) for label, tip, action in buttons}
        self._asking: tuple[ipywidgets.Widget, ...] = (
            ipywidgets.HTMLMath(f'{STYLE}<div class="nbkit-asked">{rich(self.asked.text)}</div>'),
            self.form.widget,
            ipywidgets.HBox(list(self.buttons.values())),
            self._said,
        )
        super().__init__(self._asking)
        self._closed = False
        self.add_class("nbkit-question")
        self._restore()
        lifetime.hear_while_busy(self)
        lifetime.register(self)

    # --- answers

    def answer(self, given: Any = None) -> None:
        """Answer with what is entered in the page, or with what is given; ValueError, in one line, for what is no answer."""
        with self._lock:
            if given is None:
                self.form.pressed()
                given = self.form.answer
            read = self.asked.read(given)
            self.take(read)
            self.present()

    def take(self, read: Any) -> None:
        """Judge and keep an answer."""
        raise NotImplementedError(f"{type(self).__name__} has no take")

    def present(self) -> None:
        """Show the last answer and what is said to it."""
        raise NotImplementedError(f"{type(self).__name__} has no present")

    def keep(self, *, score: float, **more: Any) -> None:
        """Keep an answer in the record; one that can't be kept there counts as long as the kernel lives, and says so."""
        old = self.entry or {}
        try:
            self.entry = record().keep(self.name, kind=self.kind, score=score, **more)
            self._trouble = ""
        except (OSError, ValueError) as error:
            self._trouble = f"This answer could not be kept: {error}"
            best = max(score, old.get("best", 0.0))
            self.entry = {"score": score, "best": best, "tries": old.get("tries", 0) + 1, **more}

    def _restore(self) -> None:
        try:
            entry = record().get(self.name)
        except (OSError, ValueError) as error:
            self._said.value = refused(f"Earlier answers can't be read: {error}")
            return
        if entry is None or entry["kind"] != self.kind:
            return
        try:
            if not entry.get("skipped"):
                self.asked.read(entry.get("answer"))
        except ValueError:
            return  # the question has changed since
        self.entry = entry
        self.present()

    # --- the page

    def _button(self, label: str, tip: str, action: Callable[[], object]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=label, tooltip=tip, layout={"width": "auto", "margin": "4px 4px 4px 0"})
        act = self._guarded(action)
        button.on_click(lambda _: act())
        return button

    def _guarded(self, action: Callable[[], object]) -> Callable[[], None]:
        """The action for the page: what fails is said there, since nobody else hears it."""

        def act() -> None:
            with self._lock:
                try:
                    action()
                except ValueError as error:
                    self._said.value = refused(str(error))
                except Exception as error:
                    self._said.value = refused(f"{type(error).__name__}: {error}".split("\n")[0])

        return act

    def close(self) -> None:
        """Release all that was made for the page, and leave 'run the cell again' there."""
        if self._closed:
            return
        self._closed = True
        with self._lock:
            self.form.close()
            lifetime.retire(self)

    def __repr__(self) -> str:
        return self.asked.plain()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if self._closed:
            return {"text/plain": "A question, closed: run the cell again"}
        return {"text/plain": repr(self), **lifetime.view_of(self)}
