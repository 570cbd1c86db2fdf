"""The residuals of the validation sample, their mean and their width."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.networks import network
from nbkit.checks.regression.function import EXERCISE, INPUTS
from nbkit.checks.regression.loss import Prediction
from nbkit.checks.regression.samples import values_of
from nbkit.checks.splitting import inputs_of
from nbkit.checks.values import number, numbers
from nbkit.landscape import Array

__all__ = ["check_residuals"]


@check(
    EXERCISE,
    "the residuals",
    "A residual is what is predicted less what is true, in the unit of your function: one for each validation sample; their mean and their standard deviation.",
    "Predicted 3.1 and 4.5, true 3.0 and 5.0: the residuals are 0.1 and −0.5, their mean is −0.2 and their width 0.3.",
)
def check_residuals(
    residuals: Any,
    mean: Any,
    width: Any,
    model: Any,
    predict: Any,
    train: tuple[Any, Any],
    validation: tuple[Any, Any],
    *,
    rng: np.random.Generator,
) -> str:
    """Judge the residuals of the student's network on `validation`, (n,), with their mean and width, two numbers; samples are pairs x, y."""
    done(residuals, mean, width, model, *train, *validation)
    net, says = network(model, "`model`"), Prediction(predict)
    x, y = inputs_of(validation[0], len(INPUTS), "x_validation"), values_of(validation[1], "y_validation")
    right = says(net, x) - y
    got = numbers(residuals, None, "`residuals`")
    trained = says(net, inputs_of(train[0], len(INPUTS), "x_train")) - values_of(train[1], "y_train")
    _check_values(got, right, y, trained)
    _check_numbers(number(mean, "The mean"), number(width, "The width"), right)
    bias, known = abs(right.mean()), right.std() / np.sqrt(len(y))
    size = "small" if bias < 0.5 * right.std() else "large"
    return (
        f"Predicted less true: {right.mean():.2g} ± {right.std():.2g} on {len(y)} samples; the mean is known to ±{known:.1g} only, so "
        f"{'0 it may be' if bias < 2.5 * known else f'a {size} bias is there'}."
    )


def _check_values(got: Array, right: Array, y: Array, trained: Array) -> None:
    n = len(y)
    if got.shape == (n, n) and n > 1:
        raise Wrong(
            f"`residuals` has shape ({n}, {n}): {n}² differences for {n} samples.",
            "(n,) met (n, 1), and each prediction was compared with each truth. Which shapes do the two have?",
        )
    if got.size == len(trained) != n:
        raise Wrong(
            f"`residuals` has {got.size} values, as many as the training sample.", "Which sample was kept for judging?"
        )
    if got.size != n:
        raise Unusable(f"`residuals` has shape {got.shape}, asked is one for each of the {n} validation samples.")
    got, near = got.reshape(-1), 1e-3 * float(right.std()) + 1e-5 * float(np.abs(y).max())

    def is_(values: Array) -> bool:
        return bool(np.allclose(got, values, rtol=1e-3, atol=near))

    if is_(right):
        return
    if is_(-right):
        raise Wrong(
            f"Your residuals are true less predicted: the first is {got[0]:.4g} where the prediction is too {'small' if got[0] > 0 else 'large'}.",
            "A convention, and the slide's is the other one. When the network predicts too much, is a residual to be above or below 0?",
        )
    if len(trained) == n and is_(trained):
        raise Wrong("Those are the residuals of the training sample.", "Which sample was kept for judging?")
    if is_(right + y) or is_(y):
        raise Wrong(
            f"Those are the {'predictions' if is_(right + y) else 'truths'} themselves.", "How far is a prediction off?"
        )
    if is_(np.abs(right)) or is_(right**2):
        raise Wrong(
            "None of your residuals is below 0: their sign is gone.",
            "Whether a network predicts too much or too little is just what the histogram is to show.",
        )
    with np.errstate(all="ignore"):
        if is_(right / y) or is_(right / (right + y)):
            raise Wrong(
                "Your residuals are divided by the truth, or by the prediction.",
                "Asked is the difference itself, in the unit of your function.",
            )
    scale = float(got @ right / (right @ right))
    if np.allclose(got, scale * right, rtol=1e-2, atol=1e-2 * abs(scale) * float(right.std())):
        raise Wrong(
            f"Your residuals are {abs(scale):.4g} times what they are in the unit of your function: their width is {got.std():.4g}, of what?",
            "Where was y normalised? Undo it before you quote a width.",
        )
    if abs(np.corrcoef(got, right)[0, 1]) < 0.9 and np.allclose(np.sort(got), np.sort(right), atol=10 * near):
        raise Wrong(
            "Your residuals are the right ones in another order.", "In the order of which samples are they asked for?"
        )
    raise Wrong(
        f"For the first validation sample, with y = {y[0]:.4g}, your network predicts {right[0] + y[0]:.4g}, and your residual is {got[0]:.4g}.",
        "Is it this network's prediction, for this x, less the y that stands beside it? Is something still normalised, or still learning?",
    )


def _check_numbers(mean: float, width: float, right: Array) -> None:
    true, spread = float(right.mean()), float(right.std())
    error = spread / np.sqrt(len(right))
    held = "the residuals themselves."
    if abs(mean - true) > 0.02 * error + 1e-3 * abs(true):
        if abs(mean + true) < 0.02 * error:
            raise Wrong(
                f"The mean of your residuals is {true:.4g}, and you gave {mean:.4g}.",
                "Where did its sign turn?",
                held=held,
            )
        if abs(mean - float(np.abs(right).mean())) < 1e-2 * spread:
            raise Wrong(
                f"You gave {mean:.4g}: that is the mean of their absolute values.",
                "Those that are too large and those that are too small may cancel. What does their mean tell then?",
                held=held,
            )
        raise Wrong(
            f"You gave a mean of {mean:.4g}.",
            "The mean of all residuals, in the unit of your function: what else is in it?",
            held=held,
        )
    if abs(width - spread) < 0.01 * spread or abs(width - np.sqrt(np.square(right).mean())) < 0.002 * spread:
        return
    usual = {
        spread**2: ("its square, the variance", "A width has the unit of what it is the width of."),
        error: ("the error of the mean", "How far is one sample off, and how far the mean of all? Asked is the first."),
        2.3548 * spread: (
            "about the full width at half height",
            "Which width does a physicist quote as ±? Asked is the standard deviation.",
        ),
        float(np.abs(right).mean()): (
            "the mean absolute residual",
            "It is a width, but not the usual one: asked is the standard deviation.",
        ),
        float(np.ptp(right)): (
            "from the lowest to the highest",
            "That grows with the number of samples. Which width does not?",
        ),
        2 * spread: ("twice the standard deviation", "A width as in ±: from the middle to one side."),
    }
    for value, (what, thought) in usual.items():
        if abs(width - value) < 0.01 * value:
            raise Wrong(f"You gave a width of {width:.4g}: {what}.", thought, held=held)
    raise Wrong(
        f"You gave a width of {width:.4g}.",
        "The standard deviation of all residuals, in the unit of your function: what else is in it?",
        held=held,
    )
