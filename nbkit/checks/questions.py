"""Were the questions of an exercise answered? For a teacher, who gets the file of answers with the notebook."""

from __future__ import annotations

from nbkit.checks.course import standing
from nbkit.checks.verdict import Verdict

__all__ = ["check_questions"]


def check_questions(exercise: str) -> Verdict:
    """Judge from the record whether the questions of an exercise ('02', or its whole name) were answered, and right.

    The best try counts. A prediction counts when it was made or skipped, whatever it was. Raises ValueError for an exercise that has
    no questions.
    """
    rows = {row.number: row for row in standing() if row.of("question")}
    if exercise[:2] not in rows:
        raise ValueError(f"there are questions in {', '.join(rows) or 'no exercise'}, got {exercise!r}")
    asked = rows[exercise[:2]].of("question")
    task = f"the questions of {exercise[:2]}"
    left = [item.name for item in asked if item.state == "open"]
    wrong = [item.name for item in asked if item.state == "wrong"]
    held = f"{sum(item.done for item in asked)} of {len(asked)}."
    if left:
        return Verdict(task, "not done yet", f"Still open: {', '.join(left)}.", held=held)
    if wrong:
        return Verdict(task, "wrong", f"Answered, and not right yet: {', '.join(wrong)}.", held=held)
    return Verdict(task, "right", f"All {len(asked)} are answered.")
