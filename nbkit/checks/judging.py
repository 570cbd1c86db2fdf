"""How a judge becomes a check: it answers with a verdict, whatever the student's object does."""

from __future__ import annotations

import contextlib
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

import numpy as np

from nbkit.checks.findings import NotDone, Unusable, Wrong, done
from nbkit.checks.verdict import Verdict
from nbkit.record import record

__all__ = ["CHECKS", "Check", "check"]

Check = Callable[..., Verdict]

#: The checks by the names under which their results are kept, 'exercise/task', in the order of their definition.
CHECKS: dict[str, Check] = {}


def check(exercise: str, task: str, goal: str, step: str = "") -> Callable[[Callable[..., str]], Check]:
    """Make a check of a judge: a function of the student's objects and of `rng`, which draws the hidden inputs.

    The judge returns a sentence that says what was right, or raises Wrong, Unusable or NotDone. `goal` is the first hint of every
    wrong answer, `step` the third where the mistake has none of its own. The check takes a `seed` for the hidden inputs, prints
    nothing of what the student's code prints, and keeps its result in the record of this student.
    """

    def decorate(judge: Callable[..., str]) -> Check:
        @wraps(judge)
        def judged(*given: Any, seed: int = 0, **options: Any) -> Verdict:
            verdict = _judge(judge, task, (goal, step), given, {**options, "rng": np.random.default_rng(seed)})
            if verdict.state == "not done yet":
                return verdict
            try:
                record().keep(f"{exercise}/{task}", kind="check", state=verdict.state, score=float(verdict.passed))
            except (OSError, ValueError) as error:  # a full disk, a file that is none: no reason to lose the verdict
                return replace(verdict, lost=str(error))
            return verdict

        CHECKS[f"{exercise}/{task}"] = judged
        return judged

    return decorate


def _judge(
    judge: Callable[..., str], task: str, hints: tuple[str, str], given: tuple[Any, ...], options: dict[str, Any]
) -> Verdict:
    goal, step = hints
    try:
        _waiting(judge, given)
        with _quiet():
            return Verdict(task, "right", judge(*given, **options))
    except NotDone as missing:
        return Verdict(
            task,
            "not done yet",
            str(missing) or "Write your answer into the cell above, run it, then this one again.",
        )
    except Unusable as found:
        return Verdict(task, "not usable", found.said, trace=found.trace, hints=(goal,))
    except Wrong as found:
        tiers = tuple(hint for hint in (goal, found.thought, found.step or step) if hint)
        return Verdict(task, "wrong", found.said, held=found.held, hints=tiers, figure=found.figure)


def _waiting(judge: Callable[..., str], given: tuple[Any, ...]) -> None:
    """Raise NotDone where something is still `...`; where it is not the answer, but what an earlier cell makes, say its name."""
    missing = [name for name, value in zip(inspect.signature(judge).parameters, given, strict=False) if value is ...]
    if missing and given[0] is not ... and not callable(given[0]):
        raise NotDone(f"`{missing[0]}` is still `...`: run the cells above in their order, then this one again.")
    done(*given)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without what the student's code prints and warns of, at each of many hidden inputs; for a line on stderr nbgrader gives 0 points."""
    aside = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with warnings.catch_warnings(), aside[0], aside[1], np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
