"""What a BatchNorm layer remembers of the batches that it has seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.normalisation.scales import EXERCISE
from nbkit.checks.student import Student
from nbkit.checks.values import brief, number
from nbkit.landscape import Array
from nbkit.normalization import running_statistics

__all__ = ["check_remembered"]


@check(
    EXERCISE,
    "what BatchNorm remembers",
    "A running mean that begins at 0 and a running variance that begins at 1; each batch moves both by the share `momentum` towards its own.",
    "With momentum 0.2 and two batches of means 10 and 20 the running mean goes 0, 2, 5.6: each time a fifth of what is missing.",
)
def check_remembered(remembered: Any, *, rng: np.random.Generator) -> str:
    """Judge `remembered(batches, momentum)` → running mean and variance of one feature after all batches (k, b), as in torch."""
    ask = Student(remembered, "remembered", "batches", "momentum")
    for k, b, momentum in ((12, 6, 0.1), (1, 5, 0.3), (40, 8, 0.25)):
        batches = rng.normal(rng.uniform(20, 90), rng.uniform(3, 9), size=(k, b))
        run = running_statistics(batches, momentum)
        mean, variance = float(run.mean[-1]), float(run.variance[-1])
        answer = ask(batches, momentum)
        if hasattr(answer, "tolist"):  # an array or a tensor of both
            answer = answer.tolist()
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise Unusable(
                f"`remembered` has to give back two numbers, the mean and the variance; got {brief(answer)}."
            )
        got_mean, got_variance = (
            number(part, f"The running {name}") for part, name in zip(answer, ("mean", "variance"), strict=True)
        )
        right = [np.isclose(got_mean, mean, rtol=1e-3), np.isclose(got_variance, variance, rtol=1e-3)]
        if all(right):
            continue
        at = f"After {k} batch{'es' * (k > 1)} of {b} with momentum {momentum:g}"
        if np.isclose(got_mean, variance, rtol=1e-3) and np.isclose(got_variance, mean, rtol=1e-3):
            raise Wrong("You gave back the variance first.", "Look at the order behind `return`: first the mean.")
        if not right[0]:
            raise Wrong(
                f"{at} your running mean is {got_mean:.4g}; the batches' means lie near {batches.mean():.4g}.",
                _of_the_mean(batches, momentum, got_mean),
            )
        raise Wrong(
            f"{at} your running variance is {got_variance:.4g}; the batches' variances lie near {batches.var(axis=1, ddof=1).mean():.4g}.",
            _of_the_variance(batches, momentum, got_variance, got_mean),
            held="the running mean.",
        )
    return "Both numbers are those of `torch.nn.BatchNorm1d` after 1, 12 and 40 batches."


def _walk(values: Array, momentum: float, start: float) -> float:
    for value in values:
        start = (1 - momentum) * start + momentum * float(value)
    return start


def _of_the_mean(batches: Array, momentum: float, got: float) -> str:
    means = batches.mean(axis=1)
    usual = [
        (_walk(means, 1 - momentum, 0.0), "There are two conventions. In torch's, momentum 0.1 means that the *new* batch counts a tenth, and what was remembered nine tenths."),
        (means.mean(), "This is the mean of all batches. A layer that keeps no batch can't know it: it has what it remembered, and the new one."),
        (means[-1], "Only the last batch is in it. What happens to what was remembered before?"),
        (_walk(means[1:], momentum, float(means[0])), "You began at the mean of the first batch. Where does a layer begin that has seen nothing?"),
        (_walk(means, momentum, 1.0), "Which of the two begins at 0, and which at 1?"),
        (_walk(means[:-1], momentum, 0.0), "One batch is missing at the end."),
        (_walk(means[1:], momentum, 0.0), "One batch is missing at the beginning."),
        (_walk(means[::-1], momentum, 0.0), "The order counts: what was seen last weighs most. Do you begin with the first batch?"),
        (_walk(means, momentum, 0.0) / (1 - (1 - momentum) ** len(means)), "You corrected for the start at 0, as Adam does. BatchNorm does not: that is what goes wrong in `eval()` after few batches."),
        (float(np.sum(momentum * means)), "Nothing is forgotten in yours: the old mean has to count less each time."),
        (_walk(batches.sum(axis=1), momentum, 0.0), "Is it the *mean* of a batch that you take in?"),
        (_walk(batches.mean(axis=0), momentum, 0.0), "One row is one batch. Over which index does the mean of a batch go?"),
    ]  # fmt: skip
    return _nearest(
        usual, got, "Do it by hand for two batches: what stands there after the first, and what does the second change?"
    )


def _of_the_variance(batches: Array, momentum: float, got: float, mean: float) -> str:
    variances, biased = batches.var(axis=1, ddof=1), batches.var(axis=1)
    means = batches.mean(axis=1)
    usual = [
        (_walk(biased, momentum, 1.0), "Nearly: b values have been compared with their *own* mean, which they made themselves. What does the unbiased variance divide by? (torch remembers that one.)"),
        (_walk(variances, momentum, 0.0), "A running variance of 0 could not be divided by: it does not begin at 0."),
        (_walk(biased, momentum, 0.0), "A running variance of 0 could not be divided by: it does not begin at 0."),
        (_walk(np.sqrt(variances), momentum, 1.0), "Is that a variance or a standard deviation? In which unit is it?"),
        (_walk(np.sqrt(biased), momentum, 1.0), "Is that a variance or a standard deviation? In which unit is it?"),
        (np.sqrt(_walk(variances, momentum, 1.0)), "Is that a variance or a standard deviation? In which unit is it?"),
        (_walk(variances, 1 - momentum, 1.0), "The mean moves by the share `momentum` towards the new batch. The variance does the same."),
        (variances[-1], "Only the last batch is in it."),
        (biased[-1], "Only the last batch is in it."),
        (variances.mean(), "This is the mean over all batches. A layer that keeps no batch can't know it."),
        (batches.var(), "This is the variance of all events together. A layer that keeps no batch can't know it."),
        (batches.var(ddof=1), "This is the variance of all events together. A layer that keeps no batch can't know it."),
        (_walk(((batches - mean) ** 2).mean(axis=1), momentum, 1.0), "About which mean is the variance of a batch taken? About the batch's own."),
        (_walk(variances[1:], momentum, float(variances[0])), "You began at the variance of the first batch. A layer that has seen nothing has 1."),
        (_walk(means.var() * np.ones(len(means)), momentum, 1.0), "Is it the variance of the events in a batch, or that of the batches' means?"),
    ]  # fmt: skip
    return _nearest(
        usual, got, "The variance walks as the mean does, from another start, and with the variance of each batch."
    )


def _nearest(usual: list[tuple[Any, str]], got: float, otherwise: str) -> str:
    value, thought = min(usual, key=lambda one: abs(float(one[0]) - got))
    return thought if np.isclose(got, float(value), rtol=1e-3) else otherwise
