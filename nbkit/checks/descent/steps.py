"""One step down, and a way of many."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from nbkit.checks.descent.bowl import EXERCISE, Bowl
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers
from nbkit.displays.comparison import ComparisonDisplay
from nbkit.landscape import Array

__all__ = ["check_descent", "check_step"]


@check(
    EXERCISE,
    "the update rule",
    "One step goes from w against the direction in which the loss grows; the learning rate says how far for a slope of 1.",
    "On L = w² at w = 3 the slope is 6. With a learning rate of 0.1 the step is 0.6 long, and it ends at 2.4, where the loss is 5.76, not 9.",
)
def check_step(step: Any, *, rng: np.random.Generator) -> str:
    """Judge `step(w, gradient, learning_rate)`, one step of gradient descent: `w` (d,), `gradient` a function of w → (d,)."""
    ask = Student(step, "step", "w", "gradient", "learning_rate")
    for number_of_try, dimension in enumerate((2, 2, 1, 3, 5)):
        bowl = Bowl(rng, dimension, coupled=number_of_try > 0)
        w, rate = rng.normal(size=dimension) * 2, float(rng.uniform(0.02, 0.2))
        got = numbers(ask(w, bowl.gradient, rate), (dimension,), "The place after your step")
        expected = w - rate * bowl.gradient(w)
        if np.allclose(got, expected, rtol=1e-6, atol=1e-9):
            continue
        _explain_step(ask, bowl, w, rate, got, expected)
    return (
        "Your step was equal to w minus learning rate times slope in 1 to 5 dimensions, on round and on tilted bowls."
    )


def _explain_step(ask: Student, bowl: Bowl, w: Array, rate: float, got: Array, expected: Array) -> None:
    slope = bowl.gradient(w)
    moved, asked = got - w, expected - w
    at = f"w = {brief(w)}, learning rate {rate:.3g}"
    if not moved.any():
        raise Wrong(
            f"At {at} your step stays where it is, though the slope there is {brief(slope)}.",
            "What has to be given back: the old place or the new one?",
        )
    if np.allclose(moved, -asked):
        raise Wrong(
            f"At {at} the loss went up from {bowl.loss(w):.4g} to {bowl.loss(got):.4g}, although the step was small.",
            "The length is right. Which way does the gradient point: to where the loss grows, or to where it falls?",
        )
    if np.allclose(got, asked) or np.allclose(got, -asked) or np.allclose(got, slope):
        raise Wrong(
            f"For {at} you gave back {brief(got)}: that is the way to go, or the slope, and not the place where it ends.",
            "Asked is where w stands after the step. What has to be added to the way?",
        )
    if _length_ignores_slope(ask, bowl, w, rate):
        raise Wrong(
            f"Your step is equally long at {brief(w)} and at ten times that, where the slope is ten times as large.",
            "Near the minimum such steps circle it for ever. The step is proportional to the length of the gradient, not only to its direction.",
        )
    share = float(moved @ asked / (asked @ asked))
    if np.allclose(moved, share * asked):
        if np.allclose(moved, asked / rate):
            raise Wrong(
                f"At {at} your step is {1 / rate:.3g} times too long: the learning rate changes nothing.",
                "The direction is right. Which of the three arguments have you not used?",
            )
        raise Wrong(
            f"At {at} the direction is right, but the step is {share:.3g} times as long as it should be.",
            "Look at each factor of your step: learning rate, slope, and what else stands there?",
        )
    if len(w) > 1 and np.isclose(moved, asked, rtol=1e-6).any():
        raise Wrong(
            f"Right on a round bowl, wrong on a tilted one: at {at} component {int(np.argmax(~np.isclose(moved, asked))) + 1} moved by "
            f"{brief(moved[~np.isclose(moved, asked)][0])}.",
            "When the gradient is asked for the second component, where does w stand by then? All components must see the same point.",
        )
    raise Wrong(
        f"From {at} your step led to {brief(got)}; the loss went from {bowl.loss(w):.4g} to {bowl.loss(got):.4g}.",
        "Try it in one dimension first: L = w²/2, so that the slope is w itself. Where should one step with a learning rate of 0.5 lead?",
    )


def _length_ignores_slope(ask: Student, bowl: Bowl, w: Array, rate: float) -> bool:
    near, far = (numbers(ask(p, bowl.gradient, rate), w.shape, "The place after your step") - p for p in (w, 10 * w))
    return bool(np.isclose(np.linalg.norm(near), np.linalg.norm(far), rtol=1e-6))


@check(
    EXERCISE,
    "the way down",
    "Asked is the whole way: the start, and the place after each of the steps, one row a place.",
    "Three steps from w = 8 on L = w²/2 with a learning rate of 0.5 give four rows: 8, 4, 2, 1.",
)
def check_descent(descend: Any, *, rng: np.random.Generator) -> str:
    """Judge `descend(gradient, start, learning_rate, steps)` → the places, (steps + 1, d), the start first."""
    ask = Student(descend, "descend", "gradient", "start", "learning_rate", "steps")
    for dimension, steps in ((1, 4), (2, 30), (3, 1), (2, 0)):
        bowl, rate = Bowl(rng, dimension), float(rng.uniform(0.1, 0.4))
        start = rng.normal(size=dimension) * 2
        expected = np.array(
            [np.linalg.matrix_power(np.eye(dimension) - rate * bowl.matrix, k) @ start for k in range(steps + 1)]
        )
        got = numbers(ask(bowl.gradient, start, rate, steps), None, "The way that you gave back")
        if dimension == 1 and got.shape == (steps + 1,):
            got = got[:, None]
        _explain_rows(got, expected, steps)
        if np.allclose(got, expected, rtol=1e-6, atol=1e-9):
            continue
        figure = _ways(expected, got)
        ends = (expected[-1], expected[-1] - rate * bowl.gradient(expected[-1]))
        if steps > 1 and any(np.allclose(got, end) for end in ends):
            raise Wrong(
                f"All {steps + 1} rows are the same, {brief(got[-1])}.",
                "You kept one and the same array again and again, and it went on moving. Keep a copy of each place, or make a new array at each step.",
                figure=figure,
            )
        first = int(np.argmax(~np.isclose(got, expected, rtol=1e-6, atol=1e-9).all(axis=1)))
        if first == 0:
            raise Wrong(
                f"The first row is {brief(got[0])}, but the start was {brief(start)}.",
                "The way begins before the first step.",
                figure=figure,
            )
        raise Wrong(
            f"The way is right up to step {first - 1}; after step {first} you stand at {brief(got[first])} instead of {brief(expected[first])}.",
            "Is the slope taken anew at each place? And does each step begin where the last one ended?",
            figure=figure,
        )
    return (
        "Your way is equal to the exact one, (1 − rate·A)ᵏ times the start, for up to 30 steps in up to 3 dimensions."
    )


def _explain_rows(got: Array, expected: Array, steps: int) -> None:
    if got.shape == expected.shape:
        return
    if got.shape == expected.shape[1:] and steps:
        raise Wrong(
            f"You gave back one place, {brief(got)}: only the last one?",
            "Collect the places on the way in a list, and give back all of them.",
        )
    if got.shape == (steps, *expected.shape[1:]):
        raise Wrong(
            f"For {steps} steps you gave back {steps} rows.",
            "Between how many places do three steps lead? Does the start belong to the way?",
        )
    raise Unusable(
        f"The way for {steps} steps has shape {got.shape}, asked is {expected.shape}: one row a place, one column a parameter."
    )


def _ways(expected: Array, got: Array) -> Any:
    display = ComparisonDisplay()
    steps = np.arange(len(expected))
    display.update(steps, expected[:, 0], got[:, 0], xlabel="step", ylabel="first component of w")
    display.ax_.xaxis.set_major_locator(MaxNLocator(integer=True))
    return display.figure_
