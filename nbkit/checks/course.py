"""How far a student has come: what is right, what is not yet, and what is open, exercise by exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import nbkit.checks
from nbkit.checks.judging import CHECKS
from nbkit.questions import questions
from nbkit.record import record

__all__ = ["Item", "Row", "standing"]

State = Literal["right", "wrong", "open", "predicted", "skipped"]


@dataclass(frozen=True)
class Item:
    """A check or a question (which a prediction is, too), and how it stands."""

    name: str
    kind: Literal["check", "question"]
    state: State

    @property
    def done(self) -> bool:
        """Whether nothing is left to do; a prediction is done whatever it was."""
        return self.state in ("right", "predicted", "skipped")


@dataclass(frozen=True)
class Row:
    """An exercise by its title, with its items: checks first, in the order of the exercise."""

    number: str
    title: str
    items: tuple[Item, ...]

    def of(self, kind: str) -> list[Item]:
        """The items of a kind."""
        return [item for item in self.items if item.kind == kind]


def standing() -> list[Row]:
    """The exercises in their order; OSError or ValueError where the answers can't be read."""
    for name in dir(nbkit.checks):
        getattr(nbkit.checks, name)  # imported on first use, and each module's checks are known then
    entries, asked = record().entries, questions()
    names = {check.split("/")[0][:2]: check.split("/")[0] for check in CHECKS}
    rows = []
    for number in sorted({*names, *(name[:2] for name in asked)}):
        title = names.get(number, number).replace("_", " ")
        checks = [Item(name, "check", _state(entries.get(name))) for name in CHECKS if name[:2] == number]
        about = [Item(name, "question", _state(entries.get(name))) for name in asked if name[:2] == number]
        rows.append(Row(number, title, (*checks, *about)))
    return rows


def _state(entry: dict[str, Any] | None) -> State:
    if entry is None:
        return "open"
    if entry.get("skipped"):
        return "skipped"
    if entry["kind"] == "prediction":
        return "predicted"
    return "right" if entry["best"] == 1 else "wrong"
