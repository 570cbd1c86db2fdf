"""Questions that answer back: tried as often as one likes, the best try counts."""

from __future__ import annotations

from typing import Any

from nbkit.questions import Question, Sketch
from nbkit.widgets.questions.asked import Asked
from nbkit.widgets.questions.form import said

__all__ = ["AskedQuestion", "ask"]


class AskedQuestion(Asked):
    """A question with a button 'Answer'; each answer is judged at once, and another can follow."""

    kind = "question"

    def __init__(self, asked: str | Question, name: str = "") -> None:
        if isinstance(asked, Sketch):
            raise ValueError("a sketch is asked by nbkit.predict, before what it is compared with is shown")
        super().__init__(asked, name, (("Answer", "Judge the answer above", "answer"),))

    def take(self, read: Any) -> None:
        old = self.entry
        if old is not None and old["answer"] == read:
            return  # pressed twice
        judged = self.asked.judge(read)
        if old is not None and old["best"] == 1:
            # right already: what is said to the others may be read, and changes nothing that is kept
            self.entry = {**old, "answer": read, "score": judged.score}
        else:
            self.keep(score=judged.score, answer=read)

    def present(self) -> None:
        assert self.entry is not None
        answer, tries = self.entry["answer"], self.entry["tries"]
        self.form.show(answer)
        judged = self.asked.judge(answer)
        count = f"{tries} {'try' if tries == 1 else 'tries'}"
        solved = self.entry["best"] == 1
        more = count if judged.right else f"{count}, {'solved' if solved else 'try again'}"
        sign = f"{'✔' if judged.right else '✘'} {self.form.brief(answer)}:"
        self._said.value = said(
            judged.said, "right" if judged.right else "wrong", sign, " · ".join(filter(None, [more, self._trouble]))
        )


def ask(question: str | Question, *, name: str = "") -> AskedQuestion:
    """Ask a question, with feedback to each answer; answered before, the last answer is shown.

    `question` is the name of one ('02.which-way') or a `Choice` or `Number` of your own, kept under `name` or else its text. Raises
    ValueError for a name that is not there.
    """
    return AskedQuestion(question, name)
