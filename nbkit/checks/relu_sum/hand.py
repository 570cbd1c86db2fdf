"""Three neurons that somebody has placed by hand, as numbers or as the state of an explorer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from nbkit.approximation import ReLUSum
from nbkit.checks.findings import NotDone, Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.relu_sum.curve import DOMAIN, EXERCISE, TARGET, comparison
from nbkit.checks.values import brief, number, numbers
from nbkit.expressions import Expression
from nbkit.landscape import Array

__all__ = ["check_by_hand"]

MEANT = "Hand over weights, biases, output_weights and output_bias, or the explorer"


@check(
    EXERCISE,
    "by hand",
    "Three kinks are all you have: one where the curve leaves the background, one at its top, one where it is back. The slope changes at each of them, and the output bias lifts the whole curve.",
    "A roof from 0 up to 5 at x = 10 and down to 0 at 20 has the slopes ½ and −½. So the slope changes by +½ at 0, by −1 at 10, and by +½ at 20.",
)
def check_by_hand(
    weights: Any,
    biases: Any = None,
    output_weights: Any = None,
    output_bias: Any = None,
    *,
    target: str = TARGET,
    domain: tuple[float, float] = DOMAIN,
    neurons: int = 3,
    error: float = 0.3,
    rng: np.random.Generator,
) -> str:
    """Judge whether the sum of at most `neurons` ReLUs is nowhere on `domain` further than `error` from `target`, a formula of x.

    Given are weights, biases and output_weights, all (n,), and output_bias, a number; or a ReLUSumExplorer that shows the target.
    """
    function = Expression(target)
    x = np.linspace(*domain, 601)
    y = function(x)
    if hasattr(weights, "parameters"):
        model = _of_explorer(weights, x, y)
    else:
        model = _of_numbers(weights, biases, output_weights, output_bias)
    if len(model) > neurons:
        raise Unusable(f"You have {len(model)} neurons; asked is to do it with {neurons}.")
    apart = np.abs(model(x) - y)
    if apart.max() <= error:
        return (
            f"The largest error is {apart.max():.3g}, at x = {x[apart.argmax()]:.3g}, and at most {error:g} was asked."
        )
    figure = comparison(x[::10], y[::10], model(x)[::10])
    said = f"The largest error is {apart.max():.3g}, at x = {x[apart.argmax()]:.3g}; asked is at most {error:g}."
    for words, thought in _mistakes(model, x, y, error):
        raise Wrong(f"{said} {words}", thought, figure=figure)
    if len(model) < neurons:
        said += f" You have {len(model)} of the {neurons} neurons."
    raise Wrong(said, _where_to_look(model, x, y, error), figure=figure)


def _of_numbers(weights: Any, biases: Any, output_weights: Any, output_bias: Any) -> ReLUSum:
    if callable(weights) or (biases is None and output_weights is None):
        raise Unusable(f"{MEANT}; got {brief(weights)}.")
    names = ("weights", "biases", "output_weights")
    w, b, a = (
        np.atleast_1d(numbers(value, None, f"`{name}`"))
        for name, value in zip(names, (weights, biases, output_weights), strict=True)
    )
    if {w.ndim, b.ndim, a.ndim} != {1} or not len(w) == len(b) == len(a):
        raise Unusable(
            f"weights, biases and output weights need one number for each neuron; yours have the shapes {w.shape}, {b.shape} and {a.shape}."
        )
    return ReLUSum(w, b, a, number(output_bias, "`output_bias`"))


def _of_explorer(explorer: Any, x: Array, y: Array) -> ReLUSum:
    state = explorer.parameters
    if not isinstance(state, dict) or "neurons" not in state or not hasattr(explorer, "target"):
        raise Unusable(f"{MEANT} of the ReLU sum; got {brief(type(explorer).__name__)}.")
    shown = explorer.target(state)
    if (
        shown.sampled
        or shown.low > x[0]
        or shown.high < x[-1]
        or np.abs(np.interp(x, shown.x, shown.y) - y).max() > 0.01
    ):
        raise Unusable("The explorer shows another target, or another range of x, than the one that is asked.")
    on = [neuron for neuron in state["neurons"] if neuron["on"]]
    if not any(neuron["output_weight"] for neuron in on):
        raise NotDone
    w, b, a = ([neuron[name] for neuron in on] for name in ("weight", "bias", "output_weight"))
    return ReLUSum(w, b, a, state["output_bias"])


def _mistakes(model: ReLUSum, x: Array, y: Array, error: float) -> Iterator[tuple[str, str]]:
    """What is seen of the model that no small move of a number mends, most telling first."""

    def good(*weights: Any) -> bool:
        return bool(np.abs(ReLUSum(*weights)(x) - y).max() <= error)

    w, b, a, c = model.weights, model.biases, model.output_weights, model.output_bias
    if not (w * a).any():
        yield "Your curve is the same everywhere.", "A neuron whose w or a is 0 bends nothing."
        return
    if good(w, b, -a, c):
        yield (
            "Your curve is the mirror of the target: it goes down where the target goes up.",
            "The kinks are in the right places. Which of the numbers decide up or down?",
        )
    if good(w, -b, a, c):
        yield (
            "Shape and height are right, but your curve stands in the wrong place.",
            "relu(x + 1): is it on from −1, or from +1? Where is its own sum 0?",
        )
    lift = (np.max(y - model(x)) + np.min(y - model(x))) / 2
    if good(w, b, a, c + lift):
        off = "Where all neurons are off " if not c else "On the left "
        yield (
            f"The shape is right, but everything lies {abs(lift):.2g} too {'low' if lift > 0 else 'high'}. {off}your curve is at {model(x[:1])[0]:.3g}, the target at {y[0]:.3g}.",
            "What can lift the whole curve, without bending it?",
        )
    if _turned(w, b, a, c, good):
        yield (
            "A neuron with a negative w is on at the left of its kink, and there your curve goes away.",
            "ReLU is never below 0: what does the sign of w change, and what does the sign of a change?",
        )
    for some, turn in _signs(len(w)):
        ends, have = ("s", "has its kink") if (turn < 0).sum() == 1 else ("", "have their kinks")
        if good(w, b, a * turn, c):
            yield (
                f"{some} bend{ends} your curve the wrong way.",
                "At each kink the slope grows by a·|w|. Where does the target bend up, where down?",
            )
        if good(w, b * turn, a, c):
            yield (
                f"{some} {have} in the wrong place.",
                "relu(x + 1): is it on from −1, or from +1? Where is its own sum 0?",
            )
    rising = np.argsort(model.kinks)
    if (w > 0).all() and len(w) > 1:
        slopes = (a * w)[rising]
        if good(w[rising], b[rising], np.diff(slopes, prepend=0) / w[rising], c):
            yield (
                f"The first piece is right, then the error grows: at the right end your slope is {slopes.sum():.3g}.",
                "Switch neurons off from right to left: the n-th piece has the sum of all slopes switched on so far.",
            )
    if (w != 0).all() and good(w, b, a / np.abs(w), c):
        yield (
            "The kinks are right, the slopes are not.",
            "How steep is a neuron with w = 2 and a = 2? You have given the slope twice.",
        )
    if good(w, b * np.abs(w), a, c):
        yield (
            f"Your kinks are at {brief(np.sort(model.kinks))}.",
            "Is relu(2x − 3) on from 3? Where is its own sum 0?",
        )
    yield from _wasted(model, x)


def _turned(w: Array, b: Array, a: Array, c: float, good: Any) -> bool:
    """Whether some neurons with negative w were meant to be on at the right, going down."""
    for _, turn in _signs(len(w)):
        if (w[turn < 0] < 0).all() and (good(w * turn, b * turn, a * turn, c) or good(w * turn, b, a * turn, c)):
            return True
    return False


def _signs(neurons: int) -> Iterator[tuple[str, Array]]:
    """Each choice of neurons by name, with −1 for them and 1 for the others."""
    for turn in list(product((1.0, -1.0), repeat=neurons))[1:]:
        chosen = [str(k + 1) for k in range(neurons) if turn[k] < 0]
        yield f"Neuron{'s' * (len(chosen) > 1)} {' and '.join(chosen)}", np.array(turn)


def _wasted(model: ReLUSum, x: Array) -> Iterator[tuple[str, str]]:
    """Neurons that bend nothing, or bend where another one does."""
    kinks, w = model.kinks, model.weights
    for k, kink in enumerate(kinks):
        if not x[0] < kink < x[-1] and not (w[k] > 0 and kink == x[0]):
            yield (
                f"Neuron {k + 1} has {'no kink' if np.isnan(kink) else f'its kink at {kink:.3g}'}, outside of the range [{x[0]:g}, {x[-1]:g}]: there it is off, or a straight line.",
                "Where is the sum of a neuron, w·x + b, equal to 0? Put the three where the target bends most.",
            )
        for j in range(k):
            if abs(kinks[j] - kink) < 1e-6 * (x[-1] - x[0]) and w[j] * w[k] > 0:
                yield (
                    f"Neurons {j + 1} and {k + 1} have one and the same kink, {kink:.3g}, and count as one.",
                    "Where else does the target bend? Move one of the two there.",
                )


def _where_to_look(model: ReLUSum, x: Array, y: Array, error: float) -> str:
    apart = model(x) - y
    first = int(np.argmax(np.abs(apart) > error))
    side = "above" if apart[first] > 0 else "below"
    place = f"Go from left to right. At x = {x[first]:.3g} your curve is {side} the target"
    if first == 0 and (model.weights < 0).any():
        return f"{place} from the very beginning: a neuron with a negative w is on there. What does the sign of w change, and what does the sign of a change?"
    if first == 0:
        return f"{place} from the very beginning. What does it do where all neurons are still off?"
    before = int((np.sort(model.kinks) < x[first]).sum())
    which = f"after {before} of the kinks" if before else "before any kink"
    return f"{place} by more than {error:g} for the first time, {which}. What would have to be steeper, flatter or earlier there?"
