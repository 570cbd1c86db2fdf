"""Derivatives from differences: the student's own oracle."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.backpropagation.network import EXERCISE
from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

__all__ = ["check_numerical_gradient"]


class Hill:
    """Σ c·w³ + (Σ w)²/2, which couples the components, with its derivatives; refuses what has not the shape of w."""

    def __init__(self, rng: np.random.Generator, shape: tuple[int, ...]) -> None:
        self.c = rng.uniform(0.5, 1.5, shape)

    def __call__(self, w: Any) -> float:
        w = np.asarray(w, dtype=np.float64)
        if w.shape != self.c.shape:
            raise ValueError(f"f takes an array of shape {self.c.shape}, it was given one of shape {w.shape}")
        return float((self.c * w**3).sum() + w.sum() ** 2 / 2)

    def gradient(self, w: Array) -> Array:
        return np.asarray(3 * self.c * w**2 + w.sum())

    def differences(self, w: Array, up: float, down: float, *, whole_rows: bool = False) -> Array:
        """(f(w + up) − f(w − down)) / (up + down) for each component, or for each row as a whole."""
        found = np.zeros_like(w)
        for k in np.ndindex(w.shape[:1] if whole_rows else w.shape):
            step = np.zeros_like(w)
            step[k] = 1.0
            found[k] = (self(w + up * step) - self(w - down * step)) / (up + down)
        return found


@check(
    EXERCISE,
    "differences",
    "Move one number of w a little up and a little down, all others held, and see by how much f changes. So for each of the numbers, each from where w stood at first.",
    "f = w² at w = 3 with a width of 0.1: f is 9.61 at 3.1 and 8.41 at 2.9, a change of 1.2 over a way of 0.2: the slope is 6. With 3.1 and 3 alone it would be 6.1.",
)
def check_numerical_gradient(numerical_gradient: Any, *, rng: np.random.Generator) -> str:
    """Judge `numerical_gradient(f, w, width)` → central differences in w's shape; `f` takes an array like w and gives a number."""
    ask = Student(numerical_gradient, "numerical_gradient", "f", "w", "width")
    for shape, width in (((1,), 0.05), ((3,), 0.02), ((2, 3), 0.02), ((3,), 1e-5)):
        w = rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape)
        hill = Hill(rng, shape)
        got = numbers(ask(_function(hill), w, width), shape, "Your gradient")
        exact, central = hill.gradient(w), hill.differences(w, width, width)
        # As good as central differences, or better.
        if np.abs(got - exact).max() <= 1.01 * np.abs(central - exact).max() + 1e-6 * np.abs(exact).max():
            continue
        _explain(hill, w, width, got, central)
    return "As near to the exact derivatives as central differences come, for arrays of one and of two indices."


def _function(hill: Hill) -> Any:
    """The hill as a plain function of the name f."""

    def f(w: Any) -> float:
        return hill(w)

    return f


def _explain(hill: Hill, w: Array, width: float, got: Array, central: Array) -> None:
    worst = np.unravel_index(int(np.abs(got - central).argmax()), w.shape)
    index = f"{int(worst[0])}" if w.ndim == 1 else f"{tuple(int(k) for k in worst)}"
    said = f"For w = {brief(w)} and a width of {width:g} your derivative by component {index} is {got[worst]:.4g}, expected {central[worst]:.4g}"

    def near(values: Any) -> bool:
        return bool(np.allclose(got, values, rtol=1e-4, atol=1e-6))

    if near(hill.differences(w, width, 0)) or near(hill.differences(w, 0, width)):
        raise Wrong(
            f"{said}: you look to one side only.",
            "One side is off by about the width, both sides by its square. How far apart are the two places then?",
        )
    if near(hill.differences(w, width, 0) / 2) or near(hill.differences(w, 0, width) / 2):
        raise Wrong(
            f"{said}: you look to one side only, and divide by the way to both.",
            "At which two places do you take f, and how far apart are they?",
        )
    shares: list[tuple[float, str]] = [
        (2, "How far apart are the two places at which you take f?"),
        (-1, "Which of the two places comes first in the difference?"),
        (2 * width, "That is a change of f. What does it have to be divided by?"),
        (-2, "Which of the two places comes first, and how far apart are they?"),
        (0.5, "How far apart are the two places at which you take f?"),
    ]
    for share, thought in shares:
        if near(share * central):
            raise Wrong(f"{said}: all are {share:.3g} times as large.", thought)
    if near(width**2 * central):
        raise Wrong(
            f"{said}: all are too small by the width, twice.",
            "Python goes from left to right: 8 / 2 * 4 is 16. By what is the change of f divided in your line, and by what is it multiplied?",
        )
    if w.size > 1:
        together = (hill(w + width) - hill(w - width)) / (2 * width)
        if near(np.full_like(w, together)) or near(np.full_like(w, (hill(w + width) - hill(w)) / width)):
            raise Wrong(
                f"{said}: it is the same for all.", "You move all components at once. Which ones have to be held?"
            )
        rows = [hill.differences(w, width, width, whole_rows=True)] if w.ndim == 2 else []
        if any(map(near, rows)):
            raise Wrong(
                f"{said}: you move each row as a whole.",
                "Where w has two indices, w[k] is a row. How do you come to each single number in it?",
            )
        moved, kept = w.copy(), np.zeros_like(w)
        for k in np.ndindex(w.shape):
            before = hill(moved)
            moved[k] += width
            kept[k] = (hill(moved) - before) / width
        first = (0,) * w.ndim
        if near(kept) or np.isclose(got[first], central[first], rtol=1e-4):
            raise Wrong(
                f"{said}; the first component is right.",
                "Where does w stand when the second component has its turn? Each begins where w stood at first.",
            )
    if np.allclose(got, central, rtol=0.05):
        raise Wrong(
            f"{said}: nearly.",
            "Which width do you use? A much smaller one than you are given is ruled by rounding: f has 16 digits, and the difference of two of its values only a few.",
        )
    if not got.any():
        raise Wrong(
            f"{said}.",
            "Is f taken at two different places, or does a copy look at the same array? And is a whole number made of w?",
        )
    raise Wrong(
        f"{said}.",
        "Begin with f = w² and one number, where you know the slope. Print the two values of f that you take.",
    )
