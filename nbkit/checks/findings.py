"""What ends a judgement before the answer is known to be right."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

__all__ = ["NotDone", "Unusable", "Wrong", "done"]


class NotDone(Exception):
    """There is no answer yet: a stub."""


class Unusable(Exception):
    """The answer can't be judged: `said` is the one line that says why, `trace` where a student's code failed."""

    def __init__(self, said: str, trace: str = "") -> None:
        super().__init__(said)
        self.said, self.trace = said, trace


class Wrong(Exception):
    """The answer was judged, and is not right.

    `said` tells what was seen, on which input, and why it can't be; `thought` is the second hint (which line of thought), `step`
    the third (a worked step on other numbers, never the answer). `held` names what was right; `figure` shows expected and got.
    """

    def __init__(
        self, said: str, thought: str, step: str = "", *, held: str = "", figure: Figure | None = None
    ) -> None:
        super().__init__(said)
        self.said, self.thought, self.step, self.held, self.figure = said, thought, step, held, figure


def done(*answers: Any) -> None:
    """Raise NotDone where one of the answers is still `...`, what a value is called before there is one."""
    if any(answer is ... for answer in answers):
        raise NotDone
