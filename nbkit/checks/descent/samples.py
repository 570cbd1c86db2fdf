"""The slope of a loss that is a mean over samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.descent.bowl import EXERCISE
from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers

__all__ = ["check_mean_gradient"]


@check(
    EXERCISE,
    "the mean over samples",
    "The loss is the mean of (w0 + w1·x − y)² over the samples; asked are its two slopes, by w0 and by w1.",
    "With one sample x = 2, y = 1 and w = (0, 1) the residual is 1, and the slopes are 2·1 and 2·1·2. With the same sample given twice they stay the same.",
)
def check_mean_gradient(gradient: Any, *, rng: np.random.Generator) -> str:
    """Judge `mean_gradient(w, x, y)` → (2,), the slopes of mean (w0 + w1·x − y)² by w0 and w1; x and y (n,)."""
    ask = Student(gradient, "mean_gradient", "w", "x", "y")
    for n in (1, 7, 40):
        w, x, y = rng.normal(size=2), rng.normal(size=n) + 0.5, rng.normal(size=n)
        residual = w[0] + w[1] * x - y
        expected = np.array([2 * residual.mean(), 2 * (residual * x).mean()])
        got = numbers(ask(w, x, y), (2,), "Your gradient")
        if np.allclose(got, expected):
            continue
        at = f"For w = {brief(w)} and {n} sample{'s' * (n > 1)}"
        ratio = got / expected
        if n > 1 and np.allclose(ratio, n):
            raise Wrong(
                f"{at} both slopes are {n} times too large; each sample given twice would double your step.",
                "The loss is a *mean*. What does that make of its slope?",
            )
        if np.allclose(ratio, -1):
            raise Wrong(
                f"{at} you gave {brief(got)}: both slopes have the other sign.",
                "Is the residual what the line says minus what was measured, or the other way round?",
            )
        if np.allclose(ratio, 0.5):
            raise Wrong(f"{at} both slopes are half of what they should be.", "What is the derivative of a square?")
        if np.allclose(got, expected[::-1]):
            raise Wrong(f"{at} your two slopes are exchanged.", "Which of the two parameters stands beside x?")
        if np.isclose(got[0], expected[0]):
            raise Wrong(
                f"{at} the slope by w1 is {brief(got[1])}.",
                "How much does the line move at x when w1 grows by 1? That is the inner derivative.",
                held="the slope by w0.",
            )
        if np.isclose(got[1], expected[1]):
            raise Wrong(
                f"{at} the slope by w0 is {brief(got[0])}.",
                "How much does the line move when w0 grows by 1?",
                held="the slope by w1.",
            )
        raise Wrong(
            f"{at} you gave {brief(got)}; raising w0 by 0.001 changes the loss by {0.001 * expected[0]:.3g}.",
            "Take the chain apart: the square, the residual, the line. Then one sample, and only then the mean.",
        )
    return "Both slopes are right for 1, 7 and 40 samples."
