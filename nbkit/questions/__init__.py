"""The questions of the exercises, by name: '02.which-way' is one of the second.

Each topic is a module of this package with a dict `QUESTIONS`; the answers stand here, and not in a student's notebook.
"""

from __future__ import annotations

import importlib
import pkgutil
import re

from nbkit.questions.base import Choice, Judgement, Number, Question, Sketch

__all__ = ["Choice", "Judgement", "Number", "Question", "Sketch", "question", "questions"]


def questions(exercise: str = "") -> dict[str, Question]:
    """All questions by name, or those of one exercise, by its two digits: '02' (or its whole name, '02_gradient_descent')."""
    found: dict[str, Question] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name == "base":
            continue
        for name, one in importlib.import_module(f"{__name__}.{module.name}").QUESTIONS.items():
            if not re.fullmatch(r"\d\d\.[a-z0-9-]+", name):
                raise ValueError(f"a question's name is two digits, a dot and words-with-dashes, got {name!r}")
            if name in found:
                raise ValueError(f"there are two questions of the name {name!r}")
            found[name] = one
    return {name: one for name, one in sorted(found.items()) if name.startswith(exercise[:2])}


def question(name: str) -> Question:
    """The question of a name; ValueError that lists the exercise's questions where there is none."""
    found = questions()
    if name not in found:
        near = [other for other in found if other[:3] == name[:3]] or list(found)
        raise ValueError(f"there is no question {name!r}; there is {', '.join(near) or 'none yet'}")
    return found[name]
