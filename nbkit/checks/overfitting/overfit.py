"""An overfit on purpose, judged on new points and over seeds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.networks import weights
from nbkit.checks.overfitting.runs import EXERCISE, Run, Sample, mean_squares, points, read_runs
from nbkit.datasets.curves import curve

__all__ = ["NOISE", "Measured", "check_overfit", "fresh_points", "judge_ends", "measured"]

NOISE = 0.3
TRAINED_ON = "Was the network trained on after this run, or used for the next one? Each run needs a network of its own."


class Measured(NamedTuple):
    """Mean squared errors of a run's network: on the training points that it was handed, the validation points, and new ones."""

    train: float
    validation: float
    new: float


def fresh_points(rng: np.random.Generator) -> Sample:
    """10 000 points that nobody has seen."""
    data = curve(samples=10_000, noise=NOISE, seed=int(rng.integers(10_000, 10**6)))
    return points(data, "the new points")


def measured(run: Run, train: Sample, validation: Sample, new: Sample) -> Measured:
    """What a run's network is worth."""
    return Measured(*(mean_squares(run.model, sample) for sample in (train, validation, new)))


@check(
    EXERCISE,
    "the overfit",
    "For each of three seeds the network is to be at least 0.15 worse on new points than on those that it was trained on.",
    "A training loss of 0.03 where the noise alone makes 0.09 has been bought: new points do not know of it.",
)
def check_overfit(nothing: Any, train: Any, validation: Any, *, gap: float = 0.15, rng: np.random.Generator) -> str:
    """Judge runs that nobody cured: for each of at least three seeds the loss on 10 000 new points is at least `gap` above that on `train`."""
    runs, train, validation = (
        read_runs(nothing, "`nothing`"),
        points(train, "`train`"),
        points(validation, "`validation`"),
    )
    _judge_seeds(runs)
    new = fresh_points(rng)
    gaps = []
    for number, run in enumerate(runs, 1):
        found = measured(run, train, validation, new)
        judge_ends(run, found, f"Run {number}")
        kept = run.losses[np.isclose(run.validation, found.validation, rtol=1e-2)]
        if found.train > 1.01 * kept.max():
            raise Wrong(
                f"Run {number}: on `train` its network has a loss of {found.train:.3g}, and that is not its training loss.",
                "It learned from other points. Which sample was handed to `fit`? These runs are to be on `train`, before any cure.",
            )
        if found.train < 0.99 * kept.min():
            raise Wrong(
                f"Run {number}: its network has a training loss of {found.train:.3g}, and that stands nowhere in its curve.",
                TRAINED_ON,
            )
        gaps.append(found.new - found.train)
        if gaps[-1] < gap:
            counted = len(weights(run.model))
            epochs = len(run.losses) - 1
            said = f"In run {number} the loss is {found.train:.3f} on the training points and {found.new:.3f} on new ones: a gap of {gaps[-1]:.3f}, asked are {gap:g}."
            if found.train > NOISE**2:
                thought = f"It has not even learned the noise yet, which alone makes {NOISE**2:.2f}."
            else:
                thought = "It has begun to learn the noise."
            raise Wrong(
                said,
                f"{thought} It has {counted} weights for {len(train.x)} points, and {epochs} epochs. Which of the two, weights or epochs, would you change, and in which direction?",
            )
    return (
        f"All {len(runs)} runs are overfit: on new points they are worse by {', '.join(f'{one:.2f}' for one in gaps)}."
    )


def _judge_seeds(runs: list[Run]) -> None:
    starts = [run.validation[0] for run in runs]
    for other in range(1, len(runs)):
        for one in range(other):
            if np.isclose(starts[one], starts[other], rtol=1e-6):
                raise Wrong(
                    f"Runs {one + 1} and {other + 1} begin with the same loss, {starts[one]:.4g}: it is one start twice.",
                    "Where does the seed enter, and is a new network made for each run?",
                )


def judge_ends(run: Run, found: Measured, name: str) -> None:
    if not np.isclose(run.validation, found.validation, rtol=1e-2).any():
        raise Wrong(
            f"{name}: its network has a validation loss of {found.validation:.3g}, and that stands nowhere in its curve.",
            TRAINED_ON,
        )
