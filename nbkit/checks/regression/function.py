"""The function of five inputs that a student invented, and whether it is one that can be learned and is worth it."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.pointwise import many_at_once
from nbkit.checks.student import Student
from nbkit.checks.values import brief, number, numbers
from nbkit.landscape import Array

__all__ = ["EXERCISE", "INPUTS", "Target", "check_function"]

EXERCISE = "05_regression"
INPUTS = ("x1", "x2", "x3", "x4", "x5")

#: With noise that leaves less than this to be explained, R² = 0.95 would be out of reach.
LEAST_CEILING = 0.965


class Target:
    """The student's function at points (n, 5) of the box `interval`⁵, and the noise that is added to it."""

    def __init__(self, function: Any, interval: Any, noise: Any) -> None:
        done(interval, noise)
        self._ask = Student(function, "target", *INPUTS)
        limits = numbers(interval, None, "`interval`")
        if limits.shape != (2,) or not limits[0] < limits[1]:
            raise Unusable(
                f"`interval` has to be two numbers, from and to, for each of the inputs, such as (-1, 1); got {brief(interval)}."
            )
        self.low, self.high = float(limits[0]), float(limits[1])
        self.noise = number(noise, "`noise`")
        if self.noise < 0:
            raise Unusable(f"`noise` is a standard deviation, at least 0; got {self.noise:.4g}.")

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Points of the box, drawn evenly."""
        return rng.uniform(self.low, self.high, (count, len(INPUTS)))

    def __call__(self, x: Array) -> Array:
        try:
            said = self._ask(*(x[:, k] for k in range(len(INPUTS))))
        except Unusable as failed:
            raise many_at_once(
                failed,
                "target",
                "`if`, `and`, `or` want one truth for all of them: `np.where` chooses point by point.",
            ) from None
        return numbers(said, (len(x),), "What `target` gives back")


@check(
    EXERCISE,
    "the function",
    "Asked is a function of five inputs, each of which matters, for arrays of points; and noise that leaves a network something to be right about.",
    "sin(3·x1) + x2·x3 + x4² − x5 on [−1, 1]⁵ has a variance of about 1. With noise of 0.1 a hundredth of the variance of what is measured is noise, with noise of 1 half of it.",
)
def check_function(target: Any, interval: Any, noise: Any, *, rng: np.random.Generator) -> str:
    """Judge `target(x1, …, x5)`, arrays (n,) → (n,), on `interval` = (from, to) for all inputs, and `noise`, its standard deviation."""
    truth = Target(target, interval, noise)
    x = truth.draw(rng, 4000)
    y = truth(x)
    if not (np.array_equal(y, truth(x)) and np.allclose(y[:7], truth(x[:7]))):
        raise Wrong(
            "The same point has once this value and once another, depending on when, and with which other points, it is asked about.",
            "The noise comes later, in the samples. Is something in the function random, or a mean, a sum or a maximum over the points?",
        )
    variance = float(y.var())
    if variance <= 1e-12 * max(1.0, float(np.abs(y).max()) ** 2):
        raise Wrong(
            f"It is {y[0]:.4g} everywhere.",
            "On which of its inputs is it to depend, and does that count inside of your interval?",
        )
    silent = []
    for k, name in enumerate(INPUTS):
        other = x.copy()
        other[:, k] = rng.permutation(x[:, k])
        if float(np.square(truth(other) - y).mean()) < 2e-3 * variance:
            silent.append(name)
    if silent:
        raise Wrong(
            f"It hardly depends on {' and '.join(silent)}: another value there changes y by less than a twentieth of its spread.",
            "Does each of the five stand in it, and is one of them drowned by another that is much larger?",
            held="it is a function of the others." if len(silent) < 5 else "",
        )
    share = float(np.sort(np.square(y - y.mean()))[-8:].sum() / np.square(y - y.mean()).sum())
    if share > 0.5:
        raise Wrong(
            f"Eight of 4000 points make {share:.0%} of its variance: the largest value is {y[np.abs(y - y.mean()).argmax()]:.4g}, half lie between {np.quantile(y, 0.25):.4g} and {np.quantile(y, 0.75):.4g}.",
            "Somewhere in your box it runs off, as 1/x does at 0. A network would learn those few points, or nothing. Which interval leaves that place out?",
        )
    ceiling = 1 - truth.noise**2 / (variance + truth.noise**2)
    if ceiling < LEAST_CEILING:
        raise Wrong(
            f"With your noise of {truth.noise:.4g} no model can pass R² = {ceiling:.3f}, whatever it learns: y spreads by {np.sqrt(variance):.4g}.",
            "R² is the share of the variance of y that a model explains. Which share of it is noise? Less noise, or a function that varies more.",
        )
    line = np.column_stack([x, np.ones(len(x))])
    rest = float((y - line @ np.linalg.lstsq(line, y, rcond=None)[0]).var()) / variance
    flat = (
        " It is a straight line in each input, so least squares would do; a bend is worth more of a network."
        if rest < 1e-3
        else ""
    )
    return f"All five inputs count; y is about {y.mean():.4g} ± {np.sqrt(variance):.4g}, and noise of {truth.noise:.4g} can be told from that.{flat}"
