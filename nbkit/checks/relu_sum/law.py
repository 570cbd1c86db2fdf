"""How the error of the best sum falls with the number of neurons."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import NullLocator

from nbkit.approximation import ReLUSum
from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.relu_sum.curve import DOMAIN, EXERCISE, TARGET
from nbkit.checks.student import Student
from nbkit.checks.values import number
from nbkit.displays.comparison import ComparisonDisplay
from nbkit.expressions import Expression
from nbkit.landscape import Array

__all__ = ["check_neurons_needed", "check_rms_error"]

CLOSE = 0.03  # of an RMS error: whether the mean is one over points or an integral is no matter


@check(
    EXERCISE,
    "the error of n neurons",
    "n kinks at equal distances, the first at the left edge of the range, and n steps later the right edge; the best output weights for them; then the root of the mean of the squared differences.",
    "On [0, 8] four kinks are at 0, 2, 4 and 6: at 8 a neuron would be off everywhere. Differences of 1, −1, 3 and −3 have the RMS √5.",
)
def check_rms_error(
    rms_error: Any, *, target: str = TARGET, domain: tuple[float, float] = DOMAIN, rng: np.random.Generator
) -> str:
    """Judge `rms_error(n)`, the RMS error of n evenly spaced kinks (from the left edge of `domain`) with their best output weights."""
    ask = Student(rms_error, "rms_error", "n")
    x = np.linspace(*domain, 601)
    y = Expression(target)(x)
    counts = [4, *(int(n) for n in (rng.integers(6, 12), rng.integers(13, 25), rng.integers(26, 45)))]
    got = np.array([number(ask(n), f"Your error for n = {n}") for n in counts])
    expected = np.array([_rms(x, y, _even(domain, n)) for n in counts])
    if np.allclose(got, expected, rtol=CLOSE):
        return f"Right for {', '.join(map(str, counts[:-1]))} and {counts[-1]} neurons."
    _explain(x, y, domain, counts, got, expected)
    raise AssertionError


def _even(domain: tuple[float, float], n: int) -> Array:
    return np.linspace(*domain, n + 1)[:-1]


def _difference(x: Array, y: Array, kinks: Array, bias: bool = True) -> Array:
    n = len(kinks)
    return ReLUSum(np.ones(n), -kinks, np.zeros(n)).fit(x, y, output_bias=bias)(x) - y


def _rms(x: Array, y: Array, kinks: Array, bias: bool = True) -> float:
    return float(np.sqrt(np.mean(_difference(x, y, kinks, bias) ** 2)))


def _explain(x: Array, y: Array, domain: tuple[float, float], counts: list[int], got: Array, expected: Array) -> None:
    low, high = domain
    figure = _picture(counts, got, expected)
    n = counts[0]
    said = (
        f"For n = {n} you gave {got[0]:.4g}, expected {expected[0]:.4g}"
        if not np.isclose(got[0], expected[0], rtol=CLOSE)
        else ""
    )
    if not said:
        wrong = int(np.argmax(~np.isclose(got, expected, rtol=CLOSE)))
        said = f"For n = {counts[wrong]} you gave {got[wrong]:.4g}, expected {expected[wrong]:.4g}"
    usual: list[tuple[list[float], str]] = [
        ([e**2 for e in expected], "That is the mean of the squares. Which unit has it, and which one is asked?"),
        (
            [e * np.sqrt(len(x)) for e in expected],
            "Is it the mean that you take, or the sum? With twice as many points your error would grow.",
        ),
        ([e**2 * len(x) for e in expected], "That is the sum of the squares. Asked is the root of their mean."),
        (
            [float(np.abs(_difference(x, y, _even(domain, n))).max()) for n in counts],
            "That is the largest error. Asked is the RMS.",
        ),
        (
            [float(np.abs(_difference(x, y, _even(domain, n))).mean()) for n in counts],
            "That is the mean of the distances. Asked is the RMS, in which large ones count more.",
        ),
        (
            [_rms(x, y, np.linspace(low, high, n)) for n in counts],
            f"For n = {n}, where are your kinks? One at {high:g} is on nowhere in the range, and that neuron is lost.",
        ),
        (
            [_rms(x, y, np.linspace(low, high, n + 2)[1:-1]) for n in counts],
            f"Where is your first kink? With none at {low:g} the curve can only be flat there. Is there one at {high:g} instead?",
        ),
        (
            [_rms(x, y, np.linspace(low, high, n + 1)[1:]) for n in counts],
            f"Where is your first kink? With none at {low:g} the curve can only be flat there. Is there one at {high:g} instead?",
        ),
        (
            [_rms(x, y, _even(domain, n), bias=False) for n in counts],
            "Where all neurons are off your curve is 0. What can lift it?",
        ),
        ([_rms(x, y, _even(domain, n + 1)) for n in counts], "How many neurons have you given it, n or one more?"),
        (
            [float(np.std(y))] * len(counts),
            "That is the spread of the target itself: nothing bends. Are the neurons in it, with their kinks?",
        ),
    ]
    for values, thought in usual:
        if np.allclose(got, values, rtol=CLOSE):
            raise Wrong(f"{said}.", thought, figure=figure)
    if (np.abs(got) < 1e-6).all():
        raise Wrong(
            f"{said}.",
            "Differences of both signs cancel. What is done to each of them before the mean?",
            figure=figure,
        )
    if np.allclose(got, got[0], rtol=1e-6):
        raise Wrong(f"{said}; your error is the same for all n.", "Which part of your function uses n?", figure=figure)
    if (got < 0).any():
        raise Wrong(
            f"{said}.", "A root of a mean of squares is not below 0. What do you take the root of?", figure=figure
        )
    if (got < expected * (1 - CLOSE)).all():
        raise Wrong(
            f"{said}; even the best output weights leave more.",
            "On which points is the error taken: on all of the range, or on a few at which the curve was pinned?",
            figure=figure,
        )
    raise Wrong(
        f"{said}.",
        "Print the kinks for n = 4. Then look at the curve over the target: does it bend where it should?",
        figure=figure,
    )


def _picture(counts: list[int], got: Array, expected: Array) -> Any:
    display = ComparisonDisplay()
    display.ax_.set(xscale="log", yscale="log")
    display.ax_.set_xticks(counts, [str(n) for n in counts])
    display.ax_.xaxis.set_minor_locator(NullLocator())
    display.update(counts, expected, np.where(got > 0, got, np.nan), xlabel="neurons", ylabel="RMS error")
    return display.figure_


@check(
    EXERCISE,
    "how many neurons",
    "How the error falls is seen on log axes: for many neurons the points lie on a straight line. Its slope is the exponent, and the line can be followed to any number.",
    "A quantity that falls as 1/n³ and is 0.2 at n = 10 is 0.2/8 = 0.025 at 20. For 0.0002, a thousandth, it takes 10 times as many: 100.",
)
def check_neurons_needed(
    neurons_needed: Any,
    *,
    error: float = 1e-4,
    target: str = TARGET,
    domain: tuple[float, float] = DOMAIN,
    rng: np.random.Generator,
) -> str:
    """Judge the number of evenly spaced neurons with which the RMS error falls below `error`, to one part in ten."""
    got = number(neurons_needed, "`neurons_needed`")
    x = np.linspace(*domain, 4001)
    y = Expression(target)(x)
    far = 64
    exact = far * np.sqrt(_rms(x, y, _even(domain, far)) / error)  # the law holds long before that
    if abs(got / exact - 1) <= 0.1:
        return f"The law says {exact:.0f}. You have used it far beyond what you measured, and it holds there."
    reached = _rms(x, y, _even(domain, 16)) * (16 / got) ** 2 if got > 0 else np.inf
    said = f"With {got:.4g} neurons the error would be about {reached:.2g}; asked is {error:g}."
    if got <= 0:
        raise Wrong(f"{got:.4g} neurons is no number of neurons.", "It is a count, above 0.")
    if abs(got / (far * _rms(x, y, _even(domain, far)) / error) - 1) <= 0.15 or got > exact * 10:
        raise Wrong(said, "You let it fall as 1/n, or slower. Twice the neurons: by which factor does your error fall?")
    if got < exact / 3:
        raise Wrong(
            said,
            "Too few by far: by which factor does your error fall when n doubles, once n is above 16? Count the doublings.",
        )
    raise Wrong(
        said,
        "From which of your points do you count? Take a large n, since the first few points do not lie on the line yet. And by which factor does the error fall there when n doubles?",
    )
