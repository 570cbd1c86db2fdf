"""Normalising: by mean and standard deviation, and by median and quartiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.normalisation.shifts import (
    is_one_of,
    moments,
    quartiles,
    thought_of_moments,
    thought_of_quartiles,
    used_scale,
)
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

__all__ = ["EXERCISE", "check_normalise", "check_robust"]

EXERCISE = "07_normalisation"


class Pair(NamedTuple):
    """Two samples as they were given, and as the student gave them back."""

    train: Array
    other: Array
    train_got: Array
    other_got: Array


@check(
    EXERCISE,
    "normalise",
    "Each feature of the training sample is to have mean 0 and standard deviation 1; the other sample gets the same shift and the same scale.",
    "A feature with the values 2, 4, 6 has mean 4 and standard deviation 1.63: it becomes −1.22, 0, 1.22. An event of another sample with the value 6 becomes 1.22, too.",
)
def check_normalise(normalise: Any, *, rng: np.random.Generator) -> str:
    """Judge `normalise(train, other)` → both, normalised by mean and standard deviation of each feature of `train`, (n, d) and (m, d)."""
    ask = Student(normalise, "normalise", "train", "other")
    for n, m, features in ((50, 31, 3), (40, 90, 2), (60, 7, 1)):
        pair = _asked(ask, rng, n, m, features, lambda n, d: rng.normal(size=(n, d)))
        _features_apart(pair)
        for train, got, k in _each(pair.train, pair.train_got):
            right = [(train.mean(), train.std()), (train.mean(), train.std(ddof=1))]
            used = used_scale(train, got)
            if is_one_of(used, right, 1e-3):
                continue
            said = f"Feature {k + 1} of the training sample, with mean {train.mean():.4g} and standard deviation {train.std():.4g}, came back with mean {_tidy(got.mean())} and standard deviation {got.std():.4g}."
            raise Wrong(said, thought_of_moments(train, used, pair.train))
        _same_for_the_other(pair, moments, 1e-3)
    return "Each feature of the training sample has mean 0 and standard deviation 1, and the other sample has moved with it."


@check(
    EXERCISE,
    "a robust scale",
    "The shift is the median, and the scale the distance of the quartiles divided by 1.349, of each feature of the training sample.",
    "Of the values 1, 2, 3, 4, 100 the median is 3 and the quartiles are 2 and 4. With 5 in place of 100 all three are the same.",
)
def check_robust(robust: Any, *, rng: np.random.Generator) -> str:
    """Judge `robust(train, other)` → both, less the median of `train` and divided by its quartile distance over 1.349."""
    ask = Student(robust, "robust", "train", "other")

    def skewed(n: int, d: int) -> Array:
        values = rng.gamma(1.2, size=(n, d))
        values[rng.permutation(n)[: n // 20]] *= 80
        return values

    for n, m, features in ((401, 300, 3), (801, 90, 1)):
        pair = _asked(ask, rng, n, m, features, skewed)
        _features_apart(pair)
        for train, got, k in _each(pair.train, pair.train_got):
            used = used_scale(train, got)
            if is_one_of(used, [quartiles(train)], 2e-2):
                continue
            centre, _ = quartiles(train)
            said = (
                f"Feature {k + 1} of a training sample with far-off events has median {centre:.4g} and quartiles {np.quantile(train, 0.25):.4g} and {np.quantile(train, 0.75):.4g}; "
                + (
                    f"you took off {used[0]:.4g} and divided by {used[1]:.4g}."
                    if used
                    else "what came back is no shift and scale of it."
                )
            )
            raise Wrong(said, thought_of_quartiles(train, used, pair.train))
        _same_for_the_other(pair, quartiles, 2e-2)
    return "Median and quartiles of the training sample decide, and a few events 80 times as far out do not."


def _asked(
    ask: Student, rng: np.random.Generator, n: int, m: int, features: int, draw: Callable[[int, int], Array]
) -> Pair:
    """A hidden pair of samples with features of very different size, the other one from elsewhere, and the answer to it."""
    scale = 10 ** rng.uniform(0, 1.3, features) * np.where(np.arange(features) % 2, 0.3, 1)
    shift = rng.uniform(2, 6, features) * scale * rng.choice([-1, 1], features)
    train, other = draw(n, features) * scale + shift, 1.5 * draw(m, features) * scale + shift + scale
    answer = ask(train, other)
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Unusable(
            f"`{ask.name}` has to give back two arrays, the training sample and the other one; got {brief(answer)}."
        )
    shapes = [np.shape(part.detach() if hasattr(part, "detach") else part) for part in answer]
    if shapes == [other.shape, train.shape]:
        raise Wrong(
            "You gave back the other sample first.", "Look at the order behind `return`: first the training sample."
        )
    got = [
        numbers(part, given.shape, f"The {name} sample")
        for part, given, name in zip(answer, (train, other), ("training", "other"), strict=True)
    ]
    return Pair(train, other, *got)


def _each(given: Array, got: Array) -> Iterator[tuple[Array, Array, int]]:
    return ((given[:, k], got[:, k], k) for k in range(given.shape[1]))


def _tidy(value: float) -> str:
    """A number without the dust of rounding."""
    return f"{round(float(value), 4) + 0.0:.4g}"


def _features_apart(pair: Pair) -> None:
    """Events that were normalised over their features, not features over events."""
    got = pair.train_got
    if got.shape[1] > 1 and np.abs(got.mean(axis=1)).max() < 1e-3 and np.abs(got).max() > 1e-3:
        raise Wrong(
            "In what you gave back the features of each *event* have mean 0.",
            "Asked is mean 0 for each *feature*. Which index counts the events, and over which one is the mean to go?",
        )
    if got.shape[1] > 1 and abs(got.mean()) < 1e-3 and np.abs(got.mean(axis=0)).max() > 0.1:
        raise Wrong(
            f"All features together have mean 0, each by itself has not: their means are {brief(got.mean(axis=0))}.",
            "You took one mean for all features. Does it make sense to add GeV and an angle?",
        )


def _same_for_the_other(pair: Pair, scale_of: Callable[[Array], tuple[float, float]], within: float) -> None:
    for k in range(pair.train.shape[1]):
        train, other, got = pair.train[:, k], pair.other[:, k], pair.other_got[:, k]
        used, centre_and_width = used_scale(other, got), used_scale(train, pair.train_got[:, k])
        if centre_and_width is not None and is_one_of(used, [centre_and_width], within):
            continue
        held = "the training sample."
        if is_one_of(used, [scale_of(other)], max(within, 2e-2)):
            raise Wrong(
                f"The other sample was normalised by its own numbers: its feature {k + 1} lies {abs(np.median(other) - np.median(train)) / scale_of(train)[1]:.2g} widths off, and nothing of that is left.",
                "In an experiment one event arrives at a time. Whose mean is there to be taken off?",
                held=held,
            )
        both = np.concatenate([train, other])
        if is_one_of(used, [scale_of(both)], max(within, 2e-2)):
            raise Wrong(
                "The other sample was normalised by the numbers of both samples together.",
                "What the network learned from got the numbers of the training sample alone. The same value has to become the same input.",
                held=held,
            )
        value = float(other[0])
        train_centre, train_width = centre_and_width or scale_of(train)
        raise Wrong(
            f"In feature {k + 1} a value of {value:.4g} became {got[0]:.4g} in the other sample; in the training sample it would be {(value - train_centre) / train_width:.4g}.",
            "The same value has to become the same input, whichever sample it stands in: one shift and one scale for both.",
            held=held,
        )
