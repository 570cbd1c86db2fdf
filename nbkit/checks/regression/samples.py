"""Samples of the student's function, with noise, split in two; and what no model can pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.regression.function import EXERCISE, INPUTS, Target
from nbkit.checks.splitting import check_inputs, inputs_of
from nbkit.checks.values import brief, number, numbers
from nbkit.landscape import Array

__all__ = ["check_ceiling", "check_function_samples", "values_of"]

FEWEST = {"train": 500, "validation": 250}


def values_of(value: Any, name: str) -> Array:
    """The student's targets as (n,), from (n,) or (n, 1)."""
    y = numbers(value, None, f"`{name}`")
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise Unusable(f"`{name}` has shape {y.shape}: asked is one value for each sample.")
    return y


@check(
    EXERCISE,
    "the samples",
    "Asked are points that fill the box evenly, each with the value of your function and noise on it, in the unit of your function, cut into training and validation.",
    "For a value of 4.2 and noise of 0.5 the samples of this very point would be 4.0, 4.9, 3.6, 4.3 …: normal numbers of width 0.5, each drawn anew, added to 4.2.",
)
def check_function_samples(
    x_train: Any,
    y_train: Any,
    x_validation: Any,
    y_validation: Any,
    *,
    target: Any,
    interval: Any,
    noise: Any,
    rng: np.random.Generator,
) -> str:
    """Judge samples of the student's own function in two parts: x (n, 5) and y (n,) or (n, 1), at least 500 and 250 of them."""
    done(x_train, y_train, x_validation, y_validation)
    truth = Target(target, interval, noise)
    parts = {"train": (x_train, y_train), "validation": (x_validation, y_validation)}
    x = {name: inputs_of(part[0], len(INPUTS), f"x_{name}") for name, part in parts.items()}
    y = {name: values_of(part[1], f"y_{name}") for name, part in parts.items()}
    for name in parts:
        if len(x[name]) != len(y[name]):
            raise Unusable(
                f"`x_{name}` has {len(x[name])} rows and `y_{name}` {len(y[name])}: each sample needs its value."
            )
        if len(y[name]) < FEWEST[name]:
            raise Wrong(
                f"`x_{name}` has {len(y[name])} samples.",
                f"Five inputs are a large space, and R² has an error, too. Samples cost nothing here: at least {FEWEST[name]}.",
            )
    check_inputs(x["train"], x["validation"], truth.low, truth.high)
    for name in parts:
        _check_noise(name, x[name], y[name], truth)
    return f"{len(y['train'])} samples to learn from and {len(y['validation'])} to judge by, none in both, with noise of {truth.noise:.4g} on what your function says."


def _check_noise(name: str, x: Array, y: Array, truth: Target) -> None:
    clean = truth(x)
    off, spread = y - clean, float(clean.std())
    width = float(off.std())
    exact = 1e-5 * float(np.abs(clean).max() + spread)  # float32
    if np.ptp(off) > 0 and width > max(3 * truth.noise, 0.3 * spread):
        scaled = np.corrcoef(y, clean)[0, 1]
        if scaled > 0.9:
            raise Wrong(
                f"`y_{name}` goes from {y.min():.4g} to {y.max():.4g}, your function from {clean.min():.4g} to {clean.max():.4g}: the unit got lost.",
                "Keep y in its own unit here. If a network wants other numbers, normalise where it is trained, and undo it where it predicts.",
            )
        raise Wrong(
            f"`y_{name}` is not what your function says at `x_{name}`: at {brief(x[0])} it has {y[0]:.4g} instead of {clean[0]:.4g}.",
            "Were x and y put into the same order? And is each y made from the very x that stands beside it?",
        )
    if truth.noise <= exact:
        if width > 10 * exact + 1e-4 * spread:
            raise Wrong(
                f"`y_{name}` has noise of {width:.4g}, and `noise` is {truth.noise:.4g}.", "Which of the two is meant?"
            )
        return
    if width < exact + 0.01 * truth.noise:
        what = (
            f"shifted by {off.mean():.4g}, the same for all" if abs(off.mean()) > 0.1 * truth.noise else "without noise"
        )
        raise Wrong(
            f"`y_{name}` is the value of your function {what}.",
            "Each measurement is off by another amount. How many random numbers do you need for n samples?",
        )
    if abs(off.mean()) > 6 * truth.noise / np.sqrt(len(y)):
        raise Wrong(
            f"`y_{name}` lies {off.mean():+.3g} off your function on average; noise of {truth.noise:.4g} would cancel.",
            "Does your noise go both ways? Its mean has to be 0.",
        )
    if abs(width / truth.noise - 1) > 6 / np.sqrt(2 * len(y)):
        raise Wrong(
            f"The noise in `y_{name}` has a standard deviation of {width:.4g}, and `noise` is {truth.noise:.4g}.",
            "Is `noise` a standard deviation or a variance, half a width or a whole one? The generator takes it in one way only.",
        )


@check(
    EXERCISE,
    "the ceiling",
    "Asked is the R² of a model that knows your function exactly and of the noise nothing: 1 less the share of the variance of y that is noise.",
    "y spreads by 2 (its variance is 4) and has noise of 0.4 (variance 0.16): 0.16/4 = 0.04 is noise, and 0.96 can be explained.",
)
def check_ceiling(ceiling: Any, y_train: Any, y_validation: Any, noise: Any, *, rng: np.random.Generator) -> str:
    """Judge the R² that no model can pass, a number, by y of either sample and its noise."""
    got = number(ceiling, "Your ceiling")
    done(y_train, y_validation, noise)
    y, sigma = [values_of(y_train, "y_train"), values_of(y_validation, "y_validation")], number(noise, "`noise`")
    both = np.concatenate(y)
    share = sigma**2 / both.var()
    tolerance = max(1e-4, 0.15 * share)
    if abs(got - (1 - share)) <= tolerance:
        return f"No model passes {1 - share:.3f} on such samples, but for luck; what is missing above that is no fault of a network."
    if sigma > 0 and abs(got - share) <= max(1e-4, 0.15 * share):
        raise Wrong(f"You gave {got:.4g}: that is the share of noise.", "And the rest?")
    if abs(got - (1 - sigma / both.std())) <= 2e-3:
        raise Wrong(
            f"You gave {got:.4g}: 1 less the ratio of two widths.",
            "R² compares variances. How does a variance follow from a width?",
        )
    if (
        abs(got - (1 - sigma / both.var())) <= 2e-3
        or abs(got - (1 - sigma**2 / both.std())) <= 2e-3
        or abs(got - (1 - sigma**2)) <= 2e-3
    ):
        raise Wrong(
            f"You gave {got:.4g}: something in it has another unit than the rest.",
            "A share has no unit. Which two quantities of the same unit do you divide?",
        )
    raise Wrong(
        f"You gave {got:.4g}; y spreads by {both.std():.4g}, and its noise by {sigma:.4g}.",
        "Which share of the variance of y would be left, if a model were right about all but the noise?",
    )
