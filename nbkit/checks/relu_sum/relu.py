"""One ReLU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.relu_sum.curve import EXERCISE, agree, curve
from nbkit.checks.student import Student
from nbkit.checks.values import numbers
from nbkit.landscape import Array

__all__ = ["check_relu"]


@check(
    EXERCISE,
    "relu",
    "A ReLU lets through what is above 0 and puts out 0 for everything below: for an array, one answer for each of its numbers.",
    "For [7, −0.2, 0] the answer is [7, 0, 0]: three numbers in, three numbers out.",
)
def check_relu(relu: Any, *, rng: np.random.Generator) -> str:
    """Judge `relu(s)`: max(s, 0) of each number in an array of any shape."""
    ask = Student(relu, "relu", "s")
    tries: list[Array] = [
        np.array([-3.0, -0.5, -0.001, 0.0, 0.001, 0.5, 3.0]),
        rng.normal(size=5) * 20,
        rng.normal(size=(3, 4)),
        np.full(3, -2.0),
    ]
    whole = True
    for s in tries:
        try:
            got, at_once = curve(_all_kept(ask), s, name="Your answer")
        except Unusable as found:
            if s.ndim == 1 or found.__cause__ is None:
                raise
            whole = False  # written as a loop over a list, which is right too
            continue
        whole = whole and at_once
        if not agree(got, np.maximum(s, 0)):
            _explain_relu(s, got)
    if whole:
        return (
            "It passes what is above 0 and nothing else, for numbers from −40 to 40 and arrays of one and two indices."
        )
    return "It answers as it should, though not every array can be handed to it as a whole; one that takes them all at once makes the next task shorter."


def _all_kept(ask: Student) -> Any:
    """The same, but it tells when numbers are missing from the answer."""

    def asked(s: Any) -> Any:
        answer = ask(s)
        if np.ndim(s) == 1 and isinstance(answer, np.ndarray | list) and len(np.shape(answer)) == 1:
            count = len(answer)
            if 0 < count < len(s) and agree(numbers(answer, None, "Your answer"), s[s > 0]):
                raise Wrong(
                    f"For {len(s)} numbers you gave back {count}: those that are not above 0 are left out.",
                    "A neuron that is off still answers. What does it say?",
                )
        return answer

    return asked


def _explain_relu(s: Array, got: Array) -> None:
    usual: list[tuple[Callable[[Array], Any], str, str]] = [
        (np.abs, "numbers below 0 are turned round instead of stopped", "What comes out for −3? A ReLU is off there."),
        (lambda s: s, "numbers below 0 pass", "Which part of the line has to be cut off?"),
        (lambda s: np.minimum(s, 0), "you kept the numbers below 0", "Of a number and 0, which one is wanted?"),
        (lambda s: np.maximum(-s, 0), "it is mirrored", "On which side of 0 is a ReLU on?"),
        (
            lambda s: np.where(s > 0, 1.0, 0.0),
            "you answer whether it is above 0, yes or no",
            "That is the slope of a ReLU. Its value also says how far above.",
        ),
        (
            lambda s: np.logaddexp(0, s),
            "the corner is rounded",
            "That is softplus, a smooth relative. A ReLU has a sharp kink at 0.",
        ),
        (
            lambda s: np.clip(s, 0, 6),
            "it stops growing at 6",
            "Above 0 nothing is cut: what goes in comes out.",
        ),
        (
            lambda s: np.clip(s, 0, 1),
            "it stops growing at 1",
            "Above 0 nothing is cut: what goes in comes out.",
        ),
    ]
    flat, answers = s.ravel(), got.ravel()
    worst = int(np.argmax(np.abs(answers - np.maximum(flat, 0))))
    said = f"relu({flat[worst]:.4g}) came out as {answers[worst]:.4g}"
    for function, words, thought in usual:
        if agree(got, function(s)):
            raise Wrong(f"{said}: {words}.", thought)
    below = flat < 0
    if agree(answers[~below], flat[~below]):
        slope = answers[below] / flat[below]
        leaky = " (a 'leaky' one lets a little through)" if np.allclose(slope, slope[0], rtol=1e-3) else ""
        raise Wrong(
            f"{said}: below 0 it isn't 0{leaky}.", "Where is a ReLU off, and how much is off?", held="the part above 0."
        )
    if agree(answers[below], 0 * answers[below]):
        raise Wrong(
            f"{said}.", "What does a ReLU do to a number above 0? As little as can be.", held="the part below 0."
        )
    raise Wrong(f"{said}.", "Ask it for −1, 0 and 1 by themselves. Which of the three is not what you expect?")
