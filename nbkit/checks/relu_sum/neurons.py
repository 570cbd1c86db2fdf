"""A sum of ReLU neurons."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.approximation import ReLUSum
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.relu_sum.curve import EXERCISE, agree, comparison, curve
from nbkit.checks.student import Student
from nbkit.landscape import Array

__all__ = ["check_relu_sum"]

PAIRS = "With as many places as neurons, w*x pairs them one by one. Each place has to meet all neurons."


@check(
    EXERCISE,
    "the sum of neurons",
    "Each x goes to all n neurons. Each of them makes its own sum, cuts it off below 0, and counts as much as its output weight says; at the very end c lifts everything.",
    "At x = 2, with neurons relu(3x − 1) and relu(−x + 5), output weights 2 and −1 and c = 10: 2·5 − 1·3 + 10 = 17.",
)
def check_relu_sum(relu_sum: Any, *, rng: np.random.Generator) -> str:
    """Judge `relu_sum(x, w, b, a, c)` → (m,): Σ a·relu(w·x + b) + c for x (m,), w, b and a (n,)."""
    ask = Student(relu_sum, "relu_sum", "x", "w", "b", "a", "c")
    whole = True
    for points, neurons in ((9, 2), (30, 3), (4, 6), (5, 5), (8, 1)):
        x = np.sort(rng.uniform(-3, 3, points))
        w, b, a, c = _weights(rng, neurons)
        got, at_once = _sum(ask, x, w, b, a, c)
        whole = whole and at_once
        expected = ReLUSum(w, b, a, c)(x)
        if not agree(got, expected):
            _explain_sum(x, (w, b, a, c), got, expected)
    if whole:
        return "Your sum was equal to the kit's for 1 to 6 neurons with random weights."
    return "Right for 1 to 6 neurons, place by place. It stops when it is handed all places at once, and the tasks below do that: let it take an array `x`."


def _weights(rng: np.random.Generator, neurons: int) -> tuple[Array, Array, Array, float]:
    """Random neurons with kinks between −2 and 2, on at either side, up and down, whose plain sum has both signs."""
    while True:
        w = rng.uniform(0.4, 2, neurons) * rng.choice([-1, 1], neurons)
        b = -w * rng.uniform(-2, 2, neurons)
        a = rng.uniform(0.4, 2, neurons) * rng.choice([-1, 1], neurons)
        c = float(rng.uniform(0.5, 2))
        ends = np.multiply.outer([-2.0, 2.0], w) + b
        mixed = neurons == 1 or (np.ptp(np.sign(w)) and np.ptp(np.sign(a)))
        if mixed and all(np.ptp(np.sign(ends @ a + lift)) for lift in (0, c)):
            return w, b, a, c


def _sum(ask: Student, x: Array, w: Array, b: Array, a: Array, c: float) -> tuple[Array, bool]:
    try:
        return curve(ask, x, w, b, a, c, name="Your sum")
    except Unusable as found:
        if f"has shape ({len(w)},)" in found.said and len(w) != len(x):
            raise Wrong(
                f"For {len(x)} places and {len(w)} neurons you gave back {len(w)} numbers, one for each neuron.",
                "Over which of the two is summed, and which stays? The curve has one value for each x.",
            ) from None
        if "has shape ()" in found.said and len(w) == len(x) > 1:
            raise Wrong(f"For {len(x)} places and {len(w)} neurons you gave back one number.", PAIRS) from None
        raise


def _explain_sum(x: Array, weights: tuple[Array, Array, Array, float], got: Array, expected: Array) -> None:
    w, b, a, c = weights
    s = np.multiply.outer(x, w) + b
    h = np.maximum(s, 0)
    one = len(w) == 1
    usual: list[tuple[Array, str, str]] = [
        (
            s @ a + c,
            "a straight line, without any kink",
            "Your 'sum of neurons' is a straight line. What sits between w·x + b and the sum?",
        ),
        (
            h @ a,
            "too low everywhere by the same, " + f"{c:.3g}",
            "Where all neurons are off the curve is not 0. What can lift the whole curve?",
        ),
        (
            h @ a + len(w) * c,
            f"too high everywhere by the same, {(len(w) - 1) * c:.3g}",
            "How often is the output bias added, and how often is it asked?",
        ),
        (h @ a - c, "too low everywhere by the same", "With which sign does the output bias come in?"),
        (
            np.maximum(s * a, 0).sum(axis=1) + c,
            "never below c, although one of the output weights is negative",
            "Is a neuron cut off before or after it is multiplied by its output weight? Output weights may pull the curve down.",
        ),
        (np.maximum(s @ a, 0) + c, "cut off as a whole", "Each neuron is cut off by itself. What do you cut?"),
        (np.maximum(h @ a + c, 0), "cut off below 0 at the end", "The output is a plain sum, and may be below 0."),
        (
            np.maximum(s @ a + c, 0),
            "cut off as a whole",
            "Each neuron is cut off by itself, before they meet. What do you cut?",
        ),
        (
            (np.maximum(np.multiply.outer(x, w), 0) + b) @ a + c,
            "kinked at 0 only",
            "Where is the kink of relu(w·x + b)? Does your b move it, or does it come too late?",
        ),
        (
            np.maximum(np.multiply.outer(x, w) - b, 0) @ a + c,
            "kinked at the mirrored places",
            "With which sign does b come in? relu(x + 1) starts at −1.",
        ),
        (h.sum(axis=1) + c, "the same for all output weights", "Which of the five arguments have you not used?"),
        (
            np.maximum(np.add.outer(x, b), 0) @ a + c,
            "the same for all weights w",
            "Which of the five arguments have you not used?",
        ),
        (
            np.maximum(np.multiply.outer(x, w), 0) @ a + c,
            "the same for all biases b",
            "Which of the five arguments have you not used?",
        ),
        (h @ a / len(w) + c, "too flat", "Is a sum asked, or a mean over the neurons?"),
        ((h @ a + c) / len(w), "too flat", "Is a sum asked, or a mean over the neurons?"),
        (
            (h + c) @ a,
            "lifted by a different amount than c",
            "Where does c come in: into each neuron, or once at the end?",
        ),
        (
            np.maximum(s + c, 0) @ a,
            "kinked at other places",
            "Where does c come in: into each neuron, or once at the end?",
        ),
    ]
    for which, k in ("first", 0), ("last", -1):
        usual.append(
            (
                h[:, k] * a[k] + c,
                f"that of the {which} neuron alone",
                "If you loop over the neurons: what does each turn do with what the turns before it have made, and when does the loop end?",
            )
        )
    if len(x) == len(w):
        usual.append(
            (
                np.maximum(w * x + b, 0) * a + c,
                "as if each place had met one neuron only",
                PAIRS,
            )
        )
    figure = comparison(x, expected, got)
    worst = int(np.argmax(np.abs(got - expected)))
    at = f"With {len(w)} neuron{'' if one else 's'} your sum at x = {x[worst]:.3g} is {got[worst]:.4g}, expected {expected[worst]:.4g}"
    for values, words, thought in usual:
        if agree(got, values):
            raise Wrong(f"{at}: it is {words}.", thought, figure=figure)
    raise Wrong(
        f"{at}.",
        "Begin with one neuron, and numbers that you can do in your head: where is it on, and what is it there? Then the sum of two.",
        figure=figure,
    )
