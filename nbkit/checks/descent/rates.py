"""Learning rates: the critical one, and the largest that an explorer stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.descent.bowl import EXERCISE
from nbkit.checks.findings import NotDone, Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.values import brief, number
from nbkit.descent import gradient_descent
from nbkit.landscape import Objective
from nbkit.objectives import named_objective

__all__ = ["check_critical_rate", "check_critical_rate_with_momentum", "check_largest_rate"]


@check(
    EXERCISE,
    "the critical rate",
    "The critical learning rate is the one above which a bowl throws the walker out, however long he walks.",
    "Along one axis of curvature λ each step multiplies w by 1 − rate·λ. For λ = 4 and a rate of 0.1 that is 0.6: it shrinks. From which rate on does it grow?",
)
def check_critical_rate(
    rate: Any, *, hessian: tuple[tuple[float, ...], ...] = ((8.0, 6.0), (6.0, 17.0)), rng: np.random.Generator
) -> str:
    """Judge the largest learning rate for which gradient descent on w·H·w/2 does not diverge; a number. `hessian` is H."""
    got = number(rate, "Your critical rate")
    _positive(got)
    curvatures = np.linalg.eigvalsh(np.array(hessian))
    largest, smallest, total = curvatures[-1], curvatures[0], curvatures.sum()
    if np.isclose(got, 2 / largest, rtol=5e-3):
        return "Just below it every direction still shrinks, just above it the steepest one grows."
    usual = {1 / largest: "half", 2 / smallest: "flat", 2 / total: "sum", 2 / max(np.diag(hessian)): "diagonal"}
    raise Wrong(*_rate_words(got, 2 / largest, usual))


def _rate_words(got: float, right: float, usual: dict[float, str]) -> tuple[str, str]:
    kind = next((kind for value, kind in usual.items() if np.isclose(got, value, rtol=5e-3)), "")
    said = (
        f"With {got:.4g} the loss still falls; it would at 1.05 times that, too."
        if got < right
        else f"With {got:.4g} the loss explodes."
    )
    thought = {
        "half": "At this rate the steepest direction is done in one step: |1 − rate·λ| is 0. How large may that be before it grows?",
        "flat": "You looked along the flat axis. Which axis is the first to explode?",
        "diagonal": "The curvatures along w1 and w2 are not all: is there a direction between them that is steeper still?",
        "sum": "The directions do not know of each other: no sum is in it. Look along the steepest one alone.",
    }.get(kind, "Look along the *steepest* axis: |1 − rate·λ| must stay below 1.")
    return said, thought


@check(
    EXERCISE,
    "the critical rate with momentum",
    "As before, but the walker carries a share β of his velocity on: v ← βv + slope, w ← w − rate·v.",
    "At the limit the walker jumps from w to −w and back, so v changes its sign at each step too: put v → −v into the first line, and w → −w into the second.",
)
def check_critical_rate_with_momentum(
    rate: Any, *, curvature: float = 20.0, beta: float = 0.9, rng: np.random.Generator
) -> str:
    """Judge the largest learning rate for which momentum (torch's convention) on λw²/2 does not diverge; a number."""
    got = number(rate, "Your critical rate")
    _positive(got)
    right = 2 * (1 + beta) / curvature
    if np.isclose(got, right, rtol=5e-3):
        return "Momentum stands steeper steps than plain descent, and you know by how much."
    if np.isclose(got, 2 / curvature, rtol=5e-3):
        raise Wrong(
            f"With β = {beta:g} your limit {got:.4g} is too careful: it still converges at 1.5 times that.",
            "For which β did you derive it?",
        )
    if np.isclose(got, 2 * (1 - beta) / curvature, rtol=5e-3):
        raise Wrong(
            f"With β = {beta:g} your limit {got:.4g} is far too careful.",
            "You took the velocity as a mean of slopes, or its sum in a straight run. At the limit the slopes change sign at each step: do they add up?",
        )
    if np.isclose(got, 2 / (1 - beta) / curvature, rtol=5e-3):
        raise Wrong(
            f"With {got:.4g} it explodes.",
            "1/(1 − β) is what a velocity grows to in a straight run. At the limit the slopes change sign at each step.",
        )
    raise Wrong(*_rate_words(got, right, {1 / curvature: "half"}))


def _positive(rate: float) -> None:
    if rate <= 0:
        raise Wrong(
            f"A learning rate of {rate:.4g} goes uphill, or nowhere.", "A learning rate is a length: it is above 0."
        )


@check(
    EXERCISE,
    "the largest learning rate",
    "Asked is the largest learning rate with which the explorer's walk still comes down, on the landscape and from the start that it shows.",
    "Go up by a factor of 2 until it comes down no more, then back by half of that, and so on: five tries give the rate to a few per cent.",
)
def check_largest_rate(explorer: Any, *, within: float = 0.1, rng: np.random.Generator) -> str:
    """Judge the state of a GradientDescentExplorer: its learning rate has to be at most a share `within` below the largest that converges."""
    state = getattr(explorer, "parameters", None)
    if not isinstance(state, dict) or "learning_rate" not in state:
        raise Unusable(f"Hand over the explorer itself, got {brief(explorer)}.")
    if state == getattr(explorer, "initial", None):
        raise NotDone
    rate, bowl = float(state["learning_rate"]), _landscape(state)
    if _converges(bowl, state, rate):
        if _converges(bowl, state, rate * (1 + within)):
            raise Wrong(
                f"At {rate:.4g} it comes down, and at {rate * (1 + within):.4g} it still does.",
                "There is room above. Does it stop shrinking at once, or does it bounce first?",
            )
        return f"At {rate:.4g} it still comes down, and at {rate * (1 + within):.4g} no more."
    raise Wrong(
        f"At {rate:.4g} it does not come down: after 2000 steps the loss is not below the first one's thousandth.",
        "Which of the axes is it that flies out? Look at the zigzag."
        if len(bowl.start) > 1
        else "Look at the last places: do they come nearer to the bottom, or does each step land on the other wall? The steps are too long where it is steepest curved.",
    )


def _landscape(state: dict[str, Any]) -> Objective:
    name = state["objective"]
    if name not in ("parabola", "narrow valley", "plateau"):
        raise Unusable(
            f"This is asked on the parabola, in the narrow valley or on the plateau, and the explorer shows {name!r}."
        )
    return named_objective(name, **({"condition": state["condition"]} if name == "narrow valley" else {}))


def _converges(bowl: Objective, state: dict[str, Any], rate: float) -> bool:
    optimizer = state["optimizer"]
    hyper = {"momentum": state["momentum"]} if optimizer in ("momentum", "nesterov") else {}
    walk = gradient_descent(
        bowl, state["start"] or bowl.start, learning_rate=rate, steps=2000, optimizer=optimizer, **hyper
    )
    losses = walk.losses
    return bool(walk.diverged_at < 0 and losses[-1] < 1e-3 * losses[0])
