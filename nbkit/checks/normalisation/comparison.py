"""Two trainings that differ in nothing but the inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.networks import weights
from nbkit.checks.normalisation.learned import NEVER, Learned, events, loss_in_training, read_learned, reference
from nbkit.checks.normalisation.scales import EXERCISE
from nbkit.checks.normalisation.shifts import moments, quartiles
from nbkit.checks.student import Student
from nbkit.checks.values import brief
from nbkit.landscape import Array

__all__ = ["check_compare"]


@check(
    EXERCISE,
    "the comparison",
    "Two trainings that differ in nothing but the inputs: the same start, the same learning rate, the same steps.",
    "Two runners are compared on the same day and on the same track: whoever changes the shoes and the track learns nothing about shoes.",
)
def check_compare(compare: Any, *, rng: np.random.Generator) -> str:
    """Judge `compare(x, y, learning_rate, steps, seed)` → what `learn` gave for raw inputs, and what it gave for normalised ones."""
    ask = Student(compare, "compare", "x", "y", "learning_rate", "steps", "seed")
    x, y = events(rng)
    x = x * [7.0, 1.5] + [90.0, 4.0]
    seed, rate = int(rng.integers(100)), 1e-3
    start, step = _two(ask(x, y, NEVER, 1, seed), 1), _two(ask(x, y, rate, 3, seed), 3)
    if weights(start[0].model).shape != weights(start[1].model).shape or not np.allclose(
        weights(start[0].model), weights(start[1].model), atol=1e-7
    ):
        raise Wrong(
            f"With seed {seed} the two networks start from other weights: the runs differ before the inputs can make a difference.",
            "One knob at a time. Do both get the same seed, and is it set anew for each network?",
        )
    model = start[0].model
    inputs = _inputs(start, x, y)
    for got, given, name in zip(step, inputs, ("raw", "normalised"), strict=True):
        moved = weights(got.model) - weights(model)
        asked = reference(model, given, y, rate, 3)[1] - weights(model)
        ratio = float(np.linalg.norm(moved) / np.linalg.norm(asked))
        if not 0.97 < ratio < 1.03:
            # below that the steps drown in the rounding of float32
            steps = f"of a learning rate of about {rate * ratio:.2g}" if ratio > 0.05 else "that are far shorter"
            raise Wrong(
                f"Asked for a learning rate of {rate:g}, the run on {name} inputs made steps {steps}.",
                "One knob at a time: both runs get the learning rate and the steps that were asked for.",
                held="the start.",
            )
    return "Both runs start from the same weights and go with the same rate; only the inputs differ."


def _two(answer: Any, steps: int) -> list[Learned]:
    if isinstance(answer, dict):
        answer = tuple(answer.values())
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Unusable(f"`compare` has to give back two results of `learn`, the raw one first; got {brief(answer)}.")
    if hasattr(answer[0], "parameters"):
        raise Unusable("`compare` gave back one result of `learn`; asked are two, for raw and for normalised inputs.")
    return [
        read_learned(part, steps, f"The {name} run") for part, name in zip(answer, ("raw", "normalised"), strict=True)
    ]


def _inputs(start: list[Learned], x: Array, y: Array) -> tuple[Array, Array]:
    """The inputs that both networks were trained on, read off their first losses."""
    ways: dict[str, Callable[[], Array]] = {
        "raw": lambda: x,
        "normalised": lambda: (x - x.mean(axis=0)) / x.std(axis=0),
        "unbiased": lambda: (x - x.mean(axis=0)) / x.std(axis=0, ddof=1),
        "robust": lambda: np.column_stack([(c - quartiles(c)[0]) / quartiles(c)[1] for c in x.T]),
        "by class": lambda: _by_class(x, y),
        "centred": lambda: x - x.mean(axis=0),
        "scaled": lambda: x / x.std(axis=0),
        "all features together": lambda: (x - x.mean()) / x.std(),
    }
    found = []
    for got in start:
        model, first = start[0].model, float(got.losses[0])
        found.append(
            next(
                (
                    way
                    for way, inputs in ways.items()
                    if np.isclose(loss_in_training(model, inputs(), y), first, rtol=1e-4)
                ),
                "",
            )
        )
    raw, normalised = found
    good = ("normalised", "unbiased", "robust")
    if raw in good and normalised == "raw":
        raise Wrong("You gave back the normalised run first.", "Look at the order behind `return`: raw, normalised.")
    if raw == normalised == "raw":
        raise Wrong("Both networks got the raw inputs.", "Which of the two is to get what `normalise` gives back?")
    if raw != "raw":
        raise Wrong(
            "The first network did not get the inputs as they are.",
            "Raw means raw: in GeV. Was x changed on the way, or are the normalised inputs in both?",
        )
    if normalised == "by class":
        raise Wrong(
            "In the normalised inputs signal and background have mean 0 each: you took the mean and the width of each class by itself.",
            "That takes the label, which nobody knows of a new event, and it moves the peak away that was to be found.",
            held="the raw run.",
        )
    if normalised not in good:
        raise Wrong(
            "The second network did not get what `normalise` makes of x.",
            f"It looks as if x was {normalised} only."
            if normalised
            else "Does it get the training sample that `normalise` gives back, the first of the two, and the labels in the same order?",
            held="the raw run.",
        )
    return x, ways[normalised]()


def _by_class(x: Array, y: Array) -> Array:
    out = np.empty_like(x)
    for kind in (0, 1):
        mine = x[y == kind]
        centre, width = np.array([moments(column) for column in mine.T]).T
        out[y == kind] = (mine - centre) / width
    return out
