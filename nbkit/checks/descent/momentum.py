"""A step with momentum, in torch's convention."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.descent.bowl import EXERCISE, Bowl
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

__all__ = ["check_momentum_step"]


@check(
    EXERCISE,
    "momentum",
    "The velocity remembers the slopes so far: v ← βv + slope, then w moves by learning rate times v against it (as in torch.optim.SGD).",
    "On L = w²/2 with w = 1, v = 0, β = 0.9 and a learning rate of 0.1: v becomes 1 and w 0.9. The next step has v = 0.9 + 0.9 = 1.8 and w = 0.72.",
)
def check_momentum_step(momentum_step: Any, *, rng: np.random.Generator) -> str:
    """Judge `momentum_step(w, v, gradient, learning_rate, beta)` → the new (w, v), with torch's v ← βv + gradient(w), w ← w − rate·v."""
    ask = Student(momentum_step, "momentum_step", "w", "v", "gradient", "learning_rate", "beta")
    for dimension in (1, 2, 4):
        bowl = Bowl(rng, dimension)
        w, v = rng.normal(size=(2, dimension)) * 2
        rate, beta = float(rng.uniform(0.02, 0.1)), float(rng.uniform(0.6, 0.95))
        answer = ask(w, v, bowl.gradient, rate, beta)
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise Unusable(
                f"`momentum_step` has to give back two things, the new w and the new v; got {brief(answer)}."
            )
        new_w, new_v = (numbers(part, (dimension,), f"The new {name}") for part, name in zip(answer, "wv", strict=True))
        slope = bowl.gradient(w)
        velocity = beta * v + slope
        expected = w - rate * velocity
        right_w, right_v = np.allclose(new_w, expected), np.allclose(new_v, velocity)
        if right_w and right_v:
            continue
        at = f"For w = {brief(w)}, v = {brief(v)}, slope {brief(slope)}, learning rate {rate:.3g} and β = {beta:.3g}"
        if np.allclose(new_v, expected) and np.allclose(new_w, velocity):
            raise Wrong("You gave back v first and w second; asked is w, v.", "Look at the order behind `return`.")
        if right_v:
            raise _moved_wrongly(at, w, v, rate, slope, velocity, new_w)
        if np.allclose(new_v, beta * v + (1 - beta) * slope):
            raise Wrong(
                f"{at} the direction is right, but the new slope counts only {1 - beta:.2g} times: v = {brief(new_v)}.",
                "Two conventions exist. This exercise uses torch's, where a slope enters the velocity whole; with yours every step is 1 − β times as long at the same learning rate.",
            )
        if np.allclose(new_v, beta * v + rate * slope) or np.allclose(new_v, beta * v - rate * slope):
            raise Wrong(
                f"{at} your v already holds the learning rate: {brief(new_v)}.",
                "That is an older convention. Here v is made of slopes alone, and the learning rate enters once, when w moves.",
            )
        if np.allclose(new_v, beta * v - slope):
            raise Wrong(
                f"{at} the slope enters your v with a minus: {brief(new_v)}.",
                "Which of the two lines goes against the slope: that of v, or that of w?",
            )
        if np.allclose(new_v, slope) or np.allclose(new_v, v + slope):
            raise Wrong(
                f"{at} your new v is {brief(new_v)}: β plays no part in it.",
                "β says which share of the old velocity is kept.",
            )
        if np.allclose(new_v, v):
            raise Wrong(
                f"{at} your v did not change.", "The velocity takes the slope in first, and only then does w move."
            )
        raise Wrong(
            f"{at} your new v is {brief(new_v)}, and the new w {brief(new_w)}.",
            "Write down the two lines one under the other: first v from the old v and the slope, then w from the new v.",
        )
    return "Both lines are right: velocity and place were equal to torch's convention in 1 to 4 dimensions."


def _moved_wrongly(at: str, w: Array, v: Array, rate: float, slope: Array, velocity: Array, new_w: Array) -> Wrong:
    held = "the velocity."
    if np.allclose(new_w, w + rate * velocity):
        return Wrong(
            f"{at} your w goes to {brief(new_w)}, and the loss grows.",
            "The velocity is made of slopes. With or against it?",
            held=held,
        )
    if np.allclose(new_w, w - rate * v):
        return Wrong(
            f"{at} your w moved by the old velocity, to {brief(new_w)}.",
            "Which v does w move by: the one before, or the one that has seen today's slope?",
            held=held,
        )
    if np.allclose(new_w, w - rate * slope):
        return Wrong(
            f"{at} your w moved by the slope alone, to {brief(new_w)}: the velocity is not used.",
            "What was the velocity made for?",
            held=held,
        )
    if np.allclose(new_w, w - velocity):
        return Wrong(
            f"{at} your w moved by the whole velocity, to {brief(new_w)}.",
            "How far is it to go for a velocity of 1?",
            held=held,
        )
    return Wrong(
        f"{at} your w goes to {brief(new_w)}.",
        "From the old w, how far and in which direction along the new v?",
        held=held,
    )
