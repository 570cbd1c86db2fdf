"""The best output weights for given kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.approximation import ReLUSum
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.relu_sum.curve import EXERCISE, comparison
from nbkit.checks.student import Student
from nbkit.checks.values import brief, number, numbers
from nbkit.landscape import Array

__all__ = ["check_best_output_weights"]


@check(
    EXERCISE,
    "least squares",
    "With the kinks held fast, the curve is linear in a and c: a matrix times the vector (a1, … an, c). Its columns are what each of these numbers multiplies, at all the places x.",
    "For one neuron relu(x − 2) and the places x = 1, 3, 5 the rows of the matrix are (0, 1), (1, 1), (3, 1). For y = 7, 9, 13 it gives a = 2 and c = 7, and no error is left.",
)
def check_best_output_weights(best_output_weights: Any, *, rng: np.random.Generator) -> str:
    """Judge `best_output_weights(x, y, w, b)` → a (n,) and c, those of the least Σ (Z(x) − y)²; x and y (m,), w and b (n,)."""
    ask = Student(best_output_weights, "best_output_weights", "x", "y", "w", "b")
    for neurons, points in ((1, 12), (3, 60), (6, 200), (6, 40)):
        x = np.sort(rng.uniform(-3, 3, points))
        w = rng.uniform(0.5, 2, neurons) * rng.choice([-1, 1], neurons)
        if neurons > 1:
            w[:2] = np.abs(w[:2]) * [1, -1]
        kinks = np.linspace(-2, 2, neurons + 2)[1:-1] + rng.uniform(-0.2, 0.2, neurons)
        b = -w * kinks
        y = 2 + np.sin(2 * x) + rng.normal(0, 0.3, points)
        a, c = _two(ask(x, y, w, b), neurons)
        best = ReLUSum(w, b, np.zeros(neurons)).fit(x, y)
        if _squares(ReLUSum(w, b, a, c)(x), y) > _squares(best(x), y) * (1 + 1e-6):
            _explain(x, y, ReLUSum(w, b, a, c), best)
    return "No other output weights have smaller squares: compared for 1, 3 and 6 neurons on noisy samples."


def _two(answer: Any, neurons: int) -> tuple[Array, float]:
    if isinstance(answer, tuple | list) and len(answer) == 4 and np.shape(answer[0]) in ((neurons,), (neurons + 1,)):
        raise Unusable("You gave back four things, as `lstsq` does: the first of them is the solution.")
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        if np.shape(answer) == (neurons + 1,):
            raise Unusable("You gave back a and c in one array; asked are two things, a and c.")
        raise Unusable(f"Asked are two things, a and c; got {brief(answer)}.")
    first, second = answer
    if neurons > 1 and np.size(first) == 1 and np.size(second) == neurons:
        raise Wrong("You gave back c first and a second; asked is a, c.", "Look at the order behind `return`.")
    a = numbers(first, None, "Your a")
    if a.size != neurons:
        raise Unusable(f"Your a holds {a.size} numbers; asked is one for each of the {neurons} neurons.")
    return a.reshape(neurons), number(second, "Your c")


def _squares(z: Array, y: Array) -> float:
    return float(((z - y) ** 2).sum())


def _explain(x: Array, y: Array, got: ReLUSum, best: ReLUSum) -> None:
    w, b, a, c = got.weights, got.biases, got.output_weights, got.output_bias
    figure = comparison(x, best(x), got(x))
    means = [_squares(model(x), y) / len(x) for model in (got, best)]
    said = f"With {len(w)} neuron{'s' * (len(w) > 1)} on {len(x)} samples your mean of the squares is {means[0]:.4g}; {means[1]:.4g} can be had."
    s = np.multiply.outer(x, w) + b
    usual: list[tuple[Array, str, str]] = [
        (
            s,
            "Your numbers are the best for a straight line.",
            "Your 'sum of neurons' is a straight line: the matrix has the rank 2. What sits between w·x + b and the sum?",
        ),
        (
            np.maximum(np.multiply.outer(x, w), 0),
            "Your numbers are the best for kinks that are all at 0.",
            "What moves the kinks, and is it in your matrix?",
        ),
        (
            np.maximum(np.multiply.outer(x, w) - b, 0),
            "Your numbers are the best for the mirrored kinks.",
            "With which sign does b come in?",
        ),
        (
            np.maximum(np.add.outer(x, b), 0),
            "Your numbers are the best for weights w of 1.",
            "Which of the four arguments have you not used?",
        ),
    ]
    for columns, words, thought in usual:
        if _is_best(np.column_stack([columns, np.ones_like(x)]), np.append(a, c), y):
            raise Wrong(f"{said} {words}", thought, figure=figure)
    lift = float(np.mean(y - got(x)))
    if _squares(got(x) + lift, y) <= _squares(best(x), y) * (1 + 1e-5):
        raise Wrong(
            f"{said} Your c is {c:.4g}, and the whole curve lies beside the samples.",
            "Of the solution, which number belongs to which column?",
            held="the output weights.",
            figure=figure,
        )
    if not c and _is_best(s, a, y):
        raise Wrong(
            f"{said} Your curve is a straight line without an output bias.",
            "Two things are missing in the matrix: what cuts each neuron off, and what c multiplies.",
            figure=figure,
        )
    if _is_best(got.hidden(x).T, a, y):
        raise Wrong(
            f"{said} Where all neurons are off your curve is at {c:.3g}.",
            "Your numbers are the best without an output bias. What does c multiply? That is a column of the matrix, too.",
            figure=figure,
        )
    if np.allclose(np.sort(np.append(a, c)), np.sort(np.append(best.output_weights, best.output_bias)), rtol=1e-4):
        raise Wrong(
            f"{said} The right numbers are there, in another order.",
            "Of the solution, which number belongs to which column?",
            figure=figure,
        )
    if means[0] > 1e3 * means[1]:
        raise Wrong(
            said,
            "Multiply your matrix by the solution: is the result near y? Are there as many columns as unknowns, and as many rows as samples?",
            figure=figure,
        )
    raise Wrong(
        said,
        "Are all samples used, with equal weights and nothing but their squares? Shake one of your numbers a little: the squares get smaller in one direction.",
        figure=figure,
    )


def _is_best(columns: Array, solution: Array, y: Array) -> bool:
    """Whether no other solution of this least-squares problem has smaller squares."""
    best = columns @ np.linalg.lstsq(columns, y, rcond=1e-10)[0]
    return _squares(columns @ solution, y) <= _squares(best, y) * (1 + 1e-5)
