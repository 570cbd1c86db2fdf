"""What is left for the test sample: one number, of one network that was chosen without it, and its error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.networks import answers, weights
from nbkit.checks.overfitting.runs import EXERCISE, mean_squares, points, read_run, read_runs
from nbkit.checks.values import brief, number

__all__ = ["check_final"]


@check(
    EXERCISE,
    "the last word",
    "The network is chosen by the validation sample, from all cured runs; the test sample is asked once, for the loss of that one network and its statistical error.",
    "Four squared errors 0, 0, 0, 4 have mean 1 and standard deviation 1.73: the mean is 1 ± 0.87, since 1.73/√4 = 0.87.",
)
def check_final(
    best: Any, test_loss: Any, test_error: Any, cures: Any, validation: Any, test: Any, *, rng: np.random.Generator
) -> str:
    """Judge the run with the lowest validation loss of all in `cures`, its mean squared error on `test`, and the error of that mean."""
    done(cures)
    if not isinstance(cures, Mapping):
        raise Unusable(f"`cures` has to be a dict, {{name: list of runs}}; got {brief(cures)}.")
    run = read_run(best, "`best`")
    loss, error = number(test_loss, "`test_loss`"), number(test_error, "`test_error`")
    validation, test = points(validation, "`validation`"), points(test, "`test`")
    every = [(name, one) for name, runs in cures.items() for one in read_runs(runs, f"`cures[{name!r}]`", least=1)]
    judged = {
        sample: [mean_squares(one.model, values) for _, one in every]
        for sample, values in (("validation", validation), ("test", test))
    }
    mine, theirs = mean_squares(run.model, validation), min(judged["validation"])
    if not any(
        np.allclose(weights(run.model), weights(one.model))
        for _, one in every
        if weights(one.model).shape == weights(run.model).shape
    ):
        raise Wrong(
            "`best` is none of the runs in `cures`.",
            "Choose one of those that are there, as it is: network and both curves.",
        )
    if mine > theirs * (1 + 1e-4):
        said = f"`best` has a validation loss of {mine:.4f}; another run in `cures` has {theirs:.4f}."
        if np.isclose(mean_squares(run.model, test), min(judged["test"]), rtol=1e-4):
            raise Wrong(
                said,
                "It has the lowest loss on the *test* sample. Who chooses with it has used it up: the lowest of many is in part luck, and the number that you would quote is too good.",
            )
        if np.isclose(run.losses[-1], min(one.losses[-1] for _, one in every)):
            raise Wrong(said, "It has the lowest *training* loss. Who has learned the noise best has that, too.")
        raise Wrong(
            said, "Is the validation loss that of the network as it came back, and are all cured runs compared?"
        )
    squares = (answers(run.model, test.x, "The network") - test.y) ** 2
    right, held = float(squares.mean()), "the choice."
    if not np.isclose(loss, right, rtol=5e-3):
        said = f"You give a test loss of {loss:.4g}; the squared errors of this network on the test sample begin with {squares[0]:.3g}, {squares[1]:.3g}, {squares[2]:.3g}."
        if np.isclose(loss, mine, rtol=5e-3):
            raise Wrong(
                said, "Yours is its validation loss. It was chosen by that one, as the lowest of many.", held=held
            )
        if np.isclose(loss, np.sqrt(right), rtol=5e-3):
            raise Wrong(said, "Yours is the root. Asked is the mean squared error, as in the curves.", held=held)
        if np.isclose(loss, right * len(squares), rtol=5e-3):
            raise Wrong(said, "Yours is the sum.", held=held)
        if np.isclose(loss, np.mean((answers(run.model, test.x, "The network")[:, None] - test.y) ** 2), rtol=5e-3):
            raise Wrong(said, "Does (n, 1) meet (n,) somewhere, so that each is compared with each?", held=held)
        raise Wrong(said, "What is their mean, with the network in evaluation mode?", held=held)
    spread = float(squares.std())
    n = len(squares)
    if np.isclose(error, spread / np.sqrt(n), rtol=1e-2):
        return f"Chosen by the validation sample, and worth {right:.4f} ± {error:.4f} on points that had no part in it; the noise alone makes 0.09."
    usual = [
        (spread, "That is how far *one* squared error is from the mean. How much nearer is the mean of n?"),
        (spread / n, "The error of a mean falls, but not as fast: four times the points make it half as large."),
        (spread**2 / n, "That is the variance of the mean. In which unit is it?"),
        (spread**2, "That is the variance of one squared error."),
        (right / np.sqrt(n), "You took the mean where the spread of the squared errors is needed."),
        (np.sqrt(right) / np.sqrt(n), "That is the error of the mean *residual*. Asked is that of the mean *square*."),
        (np.sqrt(right), "That is the root of the loss itself: how far one prediction is off."),
        (float(np.std(answers(run.model, test.x, "") - test.y)) / np.sqrt(n), "That is the error of the mean *residual*. Asked is that of the mean *square*."),
        (spread / np.sqrt(len(validation.x)), "By which number of points do you divide? The mean is one over the test sample."),
    ]  # fmt: skip
    thought = next((thought for value, thought in usual if np.isclose(error, value, rtol=1e-2)), "")
    raise Wrong(
        f"With {n} squared errors of mean {right:.4f} you give an error of {error:.4g}.",
        thought
        or "The test loss is a mean of n numbers. How far does such a mean lie from the true one, if each number has a certain spread?",
        held="the choice, and the loss.",
    )
