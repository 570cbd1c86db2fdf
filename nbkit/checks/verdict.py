"""What a check answers: a sentence, a picture where it helps, and hints that are opened one at a time."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.figure import Figure

from nbkit.displays.png import png_text

__all__ = ["State", "Verdict", "rich"]

State = Literal["right", "wrong", "not usable", "not done yet"]

#: Shown before the sentence; a state is told apart by its sign and word, and only then by its colour.
SIGNS: dict[State, str] = {"right": "✔", "wrong": "✘", "not usable": "⚠", "not done yet": "…"}
EDGES: dict[State, str] = {"right": "#009E73", "wrong": "#D55E00", "not usable": "#D55E00", "not done yet": "#767676"}
HINTS = ("What is asked", "What to think about", "A worked step")


@dataclass(frozen=True)
class Verdict:
    """A check's answer to one attempt, shown by naming it in a cell.

    `task` is the name of what was asked; `state` is 'right', 'wrong', 'not usable' (an exception, a wrong shape, NaN …: nothing that
    could be judged) or 'not done yet'; `said` is one sentence or two, `held` what was right in an answer that is wrong. `hints` come
    in tiers, from the goal to a worked step; `trace` is where a student's code failed, `lost` why the result could not be kept.
    """

    task: str
    state: State
    said: str
    held: str = ""
    hints: tuple[str, ...] = ()
    figure: Figure | None = field(default=None, repr=False, compare=False)
    trace: str = ""
    lost: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer was right."""
        return self.state == "right"

    def hint(self, number: int) -> str:
        """The hint of a tier, from 1 on; raises ValueError where there is none."""
        if not 1 <= number <= len(self.hints):
            there = f"1 to {len(self.hints)}" if self.hints else "no hints here"
            raise ValueError(f"there is no hint {number}: {there}")
        return self.hints[number - 1]

    def require(self) -> None:
        """Raise AssertionError with the sentence unless the answer was right: for a cell that is marked by nbgrader or Otter."""
        if not self.passed:
            raise AssertionError(f"{self.task}: {_plain(self.said)}")

    def __str__(self) -> str:
        lines = [f"{SIGNS[self.state]} {self.task}: {self.state}. {self.said}"]
        if self.held:
            lines.append(f"Right so far: {self.held}")
        if self.trace:
            lines.append(self.trace)
        if self.lost:
            lines.append(f"This result could not be kept: {self.lost}")
        if self.hints:
            lines.append(f"Hints, from the goal to a worked step: .hint(1) … .hint({len(self.hints)})")
        return _plain("\n".join(lines))

    __repr__ = __str__

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._html()}

    def _html(self) -> str:
        """The same as a page; folds need no kernel, and the next hint lies inside of the one before it."""
        parts = [f"<b>{SIGNS[self.state]} {html.escape(self.task)}: {self.state}.</b> {rich(self.said)}"]
        if self.held:
            parts.append(f"<div>Right so far: {rich(self.held)}</div>")
        if self.trace:
            parts.append(f"<details><summary>Where it happened</summary><pre>{html.escape(self.trace)}</pre></details>")
        if self.lost:
            parts.append(f"<div>This result could not be kept: {rich(self.lost)}</div>")
        if self.figure is not None:
            parts.append(
                f'<div><img alt="expected and got" src="data:image/png;base64,{png_text(self.figure, dpi=90)}"></div>'
            )
        fold = ""
        for number in range(len(self.hints), 0, -1):
            name = f"Hint {number}" if len(self.hints) == 2 else HINTS[number - 1]
            fold = (
                f'<details style="margin:4px 0 0 12px"><summary style="cursor:pointer">{name}</summary>'
                f'<div style="margin-left:14px">{rich(self.hints[number - 1])}</div>{fold}</details>'
            )
        parts.append(fold)
        style = f"border-left:5px solid {EDGES[self.state]};padding:4px 10px;max-width:52em;line-height:1.45"
        return f'<div class="nbkit-verdict" style="{style}">{"".join(parts)}</div>'


def rich(text: str) -> str:
    """Plain text with `code` and *stressed* words as HTML; LaTeX between dollars stays for the page to set."""
    parts = re.split(r"(`[^`]+`|\$[^$]+\$)", html.escape(text, quote=False))
    for number, part in enumerate(parts):
        if part.startswith("`"):
            parts[number] = f"<code>{part[1:-1]}</code>"
        elif number % 2 == 0:
            parts[number] = re.sub(r"(?<![\w*])\*(\w[^*]*)\*(?![\w*])", r"<em>\1</em>", part)
    return "".join(parts).replace("\n", "<br>")


def _plain(text: str) -> str:
    return text.replace("`", "")
