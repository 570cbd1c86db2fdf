"""A thousand points with their classes, split in two, and what 'always the larger class' reaches."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.classification.plane import EXERCISE, Region
from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.splitting import check_inputs, inputs_of
from nbkit.checks.values import brief, number, numbers
from nbkit.landscape import Array

__all__ = ["check_class_samples", "check_larger_share", "classes_of"]

SAMPLES = 1000


def classes_of(value: Any, name: str) -> Array:
    """Labels as 0 and 1, (n,), from booleans, whole numbers, floats, (n,), (n, 1) or one-hot (n, 2)."""
    y = numbers(value, None, f"`{name}`")
    if y.ndim == 2 and y.shape[1] == 2 and np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all():
        return y[:, 1]
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise Unusable(f"`{name}` has shape {y.shape}: asked is one label for each sample.")
    if not np.isin(y, (0, 1)).all():
        raise Wrong(
            f"`{name}` holds {brief(np.unique(y)[:4])}; asked are 1 where the region is true and 0 where it is false.",
            "A label is the answer of `region` for this point, and nothing else.",
        )
    return y


@check(
    EXERCISE,
    "the samples",
    "Asked are 1000 points that fill your square evenly, each with the class that `region` gives it, in random order cut into training and validation.",
    "Points A B C D with the classes 1 0 0 1, shuffled by one order for both: C A D B and 0 1 1 0. The first three train, the last validates.",
)
def check_class_samples(
    x_train: Any,
    y_train: Any,
    x_validation: Any,
    y_validation: Any,
    *,
    region: Any,
    square: Any,
    rng: np.random.Generator,
) -> str:
    """Judge 1000 samples of the student's own region in two parts: x (n, 2) and y of 0 and 1, in any type that a loss may want."""
    done(x_train, y_train, x_validation, y_validation)
    inside = Region(region, square)
    parts = {"train": (x_train, y_train), "validation": (x_validation, y_validation)}
    x = {name: inputs_of(part[0], 2, f"x_{name}") for name, part in parts.items()}
    y = {name: classes_of(part[1], f"y_{name}") for name, part in parts.items()}
    for name in parts:
        if len(x[name]) != len(y[name]):
            raise Unusable(
                f"`x_{name}` has {len(x[name])} rows and `y_{name}` {len(y[name])}: each sample needs its label."
            )
    count = len(x["train"]) + len(x["validation"])
    if count != SAMPLES:
        raise Wrong(
            f"You have {len(x['train'])} training and {len(x['validation'])} validation samples, {count} together; asked are {SAMPLES}.",
            "Does each sample go into one of the two parts, and none into both?"
            if count > SAMPLES
            else "How many did you draw, and what became of the others?",
        )
    if not 100 <= len(x["validation"]) <= 500:
        raise Wrong(
            f"Validation has {len(x['validation'])} of the {SAMPLES} samples.",
            "Too few, and the accuracy is known to some per cent only; too many, and too few are left to learn from. A tenth at least, half at most.",
        )
    _check_labels(inside, x, y)
    check_inputs(x["train"], x["validation"], inside.low, inside.high)
    shares = {name: labels.mean() for name, labels in y.items()}
    error = np.sqrt(sum(max(s * (1 - s), 1e-4) / len(y[name]) for name, s in shares.items()))
    if abs(shares["train"] - shares["validation"]) > 5 * error:
        raise Wrong(
            f"Of the training samples {shares['train']:.0%} are true, of validation {shares['validation']:.0%}.",
            "In what order did the samples stand when you cut them? Shuffle first.",
        )
    return (
        f"{len(x['train'])} samples to learn from and {len(x['validation'])} to judge by, none in both; true are {shares['train']:.0%} "
        f"and {shares['validation']:.0%}."
    )


def _check_labels(inside: Region, x: dict[str, Array], y: dict[str, Array]) -> None:
    for name in x:
        agree = float((inside(x[name]) == y[name]).mean())
        if agree > 0.995:  # float32 may move a point across the border
            continue
        if agree < 0.005:
            raise Wrong(
                f"In `y_{name}` every label is turned round: 1 where your region is false.",
                "Which of the two classes is 'true'?",
            )
        at = int(np.argmax(inside(x[name]) != y[name]))
        raise Wrong(
            f"Only {agree:.0%} of the labels in `y_{name}` are what `region` says: sample {at}, at {brief(x[name][at])}, has {y[name][at]:.0f}.",
            "Were x and y put into the same order? And is each label made from the very x that stands beside it?",
        )


@check(
    EXERCISE,
    "the larger class",
    "Asked is the accuracy of saying the more frequent class always, without looking at x: a share from 0.5 to 1.",
    "Of 8 samples 3 are true. Who says 'false' always is right 5 times of 8: 0.625. A network with 0.65 has learned next to nothing.",
)
def check_larger_share(larger: Any, y_train: Any, y_validation: Any, *, rng: np.random.Generator) -> str:
    """Judge the share of the larger class, a number: that of validation; of training or of both is taken, too."""
    got = number(larger, "Your share")
    done(y_train, y_validation)
    train, validation = classes_of(y_train, "y_train"), classes_of(y_validation, "y_validation")
    trues = [validation.mean(), train.mean(), np.concatenate([train, validation]).mean()]
    shares = [max(s, 1 - s) for s in trues]
    if any(abs(got - share) < 2e-3 for share in shares):
        return f"An accuracy of {shares[0]:.2f} can be had for nothing. Every accuracy below is to be read against it."
    if any(abs(got - min(s, 1 - s)) < 2e-3 for s in trues):
        raise Wrong(
            f"You gave {got:.4g}; whoever says the other class always is right more often than that.",
            "Is the class that you counted the larger one? For another region it might be the smaller.",
        )
    if got > 1:
        raise Wrong(
            f"You gave {got:.4g}, and a share is at most 1.",
            "Divide the count by the number of samples; per cent are hundredths.",
        )
    raise Wrong(
        f"You gave {got:.4g}; of your {len(validation)} validation samples {int(validation.sum())} are true.",
        "How often is the larger of the two classes right?",
    )
