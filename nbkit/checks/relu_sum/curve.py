"""What the checks of exercise 1 share: the target, and asking for a curve that was perhaps written for one number at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nbkit.checks.findings import Unusable
from nbkit.checks.student import Student
from nbkit.checks.values import number, numbers
from nbkit.displays.comparison import ComparisonDisplay
from nbkit.landscape import Array

__all__ = ["DOMAIN", "EXERCISE", "TARGET", "agree", "comparison", "curve"]

EXERCISE = "01_relu_sum"
TARGET, DOMAIN = "1 + 2*exp(-(x - 0.5)**2)", (-3.0, 3.0)  # a line over a flat background


def curve(ask: Student, x: Array, *rest: Any, name: str) -> tuple[Array, bool]:
    """The student's values at x, and whether the function took them all at once; what fails on arrays is asked number by number."""
    try:
        return numbers(ask(x, *rest), x.shape, name), True
    except Unusable as first:
        if not isinstance(first.__cause__, ValueError | TypeError):
            raise
        try:
            return np.array([number(ask(float(each), *rest), name) for each in x.ravel()]).reshape(x.shape), False
        except Unusable:
            raise first from first.__cause__


def agree(got: Array, expected: Array) -> bool:
    """Equal, as far as single precision goes."""
    return bool(np.allclose(got, expected, rtol=1e-4, atol=1e-5 * max(1.0, float(np.abs(expected).max(initial=0.0)))))


def comparison(x: Array, expected: Array, got: Array, ylabel: str = "Z") -> Figure:
    """The picture beside a verdict."""
    display = ComparisonDisplay()
    order = np.argsort(x)
    display.update(x[order], expected[order], got[order], xlabel="x", ylabel=ylabel)
    return display.figure_
