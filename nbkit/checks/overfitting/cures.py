"""Three cures of an overfit: judged on new points, over seeds, and against the same runs without a cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.networks import weights
from nbkit.checks.overfitting.overfit import NOISE, Measured, fresh_points, judge_ends, measured
from nbkit.checks.overfitting.runs import EXERCISE, Run, Sample, points, read_runs
from nbkit.checks.values import brief

__all__ = ["CURES", "check_cures"]

CURES = ("early stopping", "penalty", "more data")


@check(
    EXERCISE,
    "the cures",
    "Each cure is tried on the same starts as the runs without one, and judged by the same points: the gap goes below 0.1, and the loss on new points below 0.16.",
    "A gap of 0.25 − 0.24 = 0.01 is no cure: nothing was learned that could be forgotten. One of 0.13 − 0.08 is.",
)
def check_cures(
    cures: Any,
    more: Any,
    nothing: Any,
    train: Any,
    validation: Any,
    test: Any,
    *,
    gap: float = 0.1,
    loss: float = 0.16,
    rng: np.random.Generator,
) -> str:
    """Judge runs by the name of their cure, CURES: for each seed the gap and the loss on new points, and that only the cure differs.

    `more` is the larger training sample; without points of `validation` and `test`.
    """
    if not isinstance(cures, Mapping):
        raise Unusable(f"`cures` has to be a dict, {{name: list of runs}}; got {brief(cures)}.")
    lacking = [name for name in CURES if name not in cures]
    if lacking:
        raise Unusable(
            f"`cures` has no {' and no '.join(map(repr, lacking))}; its names are {', '.join(map(repr, cures)) or 'none'}."
        )
    plain = read_runs(nothing, "`nothing`")
    train, validation, new = points(train, "`train`"), points(validation, "`validation`"), fresh_points(rng)
    more = points(more, "`more`")
    _judge_points(more, train, validation, points(test, "`test`"))
    held: list[str] = []
    said = []
    for name in CURES:
        runs = read_runs(cures[name], f"`cures[{name!r}]`")
        right = f"{', '.join(held)}." if held else ""
        try:
            own = more if name == "more data" else train
            gaps = [
                _judge_cure(name, *pair, own, validation, new, gap, loss) for pair in zip(runs, plain, strict=False)
            ]
        except Wrong as wrong:
            raise Wrong(f"Cure {name!r}, {wrong.said}", wrong.thought, held=right) from None
        held.append(name)
        said.append(f"{name} {np.median(gaps):.3f}")
    before = np.median(
        [measured(run, train, validation, new).new - measured(run, train, validation, new).train for run in plain]
    )
    return f"The gap was {before:.3f}, and is now: {', '.join(said)}."


def _judge_cure(
    name: str, run: Run, plain: Run, train: Sample, validation: Sample, new: Sample, gap: float, most: float
) -> float:
    """The gap of one run; raises Wrong where something else differs, or where it is no cure."""
    found = measured(run, train, validation, new)
    start = (
        f"validation loss {run.validation[0]:.4g} before the first epoch, {plain.validation[0]:.4g} without the cure"
    )
    if not np.isclose(run.validation[0], plain.validation[0], rtol=1e-3):
        raise Wrong(
            f"{start}: the runs differ before any cure acts.",
            "One knob at a time: the same seeds in the same order, the same network, the same validation points.",
        )
    judge_ends(run, found, "one of its runs")
    here = _place(run, found)
    same_points = bool(np.isclose(run.losses[0], plain.losses[0], rtol=1e-3))
    if name == "more data":
        _judge_more_data(run, found, same_points, here)
    else:
        _judge_same_data(run, found, same_points, here)
    if name == "early stopping":
        _judge_stopped(run, plain, found)
    if name == "penalty" and np.linalg.norm(weights(run.model)) > 0.95 * np.linalg.norm(weights(plain.model)):
        raise Wrong(
            f"its weights have a length of {np.linalg.norm(weights(run.model)):.3g} together, those of the run without it {np.linalg.norm(weights(plain.model)):.3g}.",
            "A penalty draws weights towards 0. Did it reach `fit`, and is it strong enough to be felt?",
        )
    trained = float(run.losses[here])
    if found.new > most and trained > 1.5 * NOISE**2:
        stop = len(run.losses) - 1
        raise Wrong(
            f"training {trained:.3f}, new points {found.new:.3f}: both are bad, where {NOISE**2:.2f} is possible.",
            {
                "early stopping": f"It stopped after epoch {stop} on a plain: the loss was flat for a moment, and not at its lowest. What is patience for?",
                "penalty": "So strong a pull leaves no room for the curve itself: it underfits. Try a third of it.",
                "more data": "More data do not hinder a network from learning: has it had its epochs?",
            }[name],
        )
    if found.new - trained > gap:
        raise Wrong(
            f"training {trained:.3f}, new points {found.new:.3f}: a gap of {found.new - trained:.3f}, asked is less than {gap:g}.",
            {
                "early stopping": "It stopped too late, or went on until the end. Where is its validation loss lowest?",
                "penalty": "It is too weak still. Try a penalty three times as large.",
                "more data": f"It has too few points still: how many are needed for {len(weights(run.model))} weights not to learn each one's noise?",
            }[name],
        )
    if found.new > most:
        raise Wrong(
            f"training {trained:.3f}, new points {found.new:.3f}: asked is less than {most:g} on new points.",
            "Nearly. By its validation losses, is there a better strength of this cure?",
        )
    return found.new - trained


def _place(run: Run, found: Measured) -> int:
    """The epoch whose validation loss is that of the network."""
    return int(np.argmin(np.abs(run.validation / found.validation - 1)))


def _judge_same_data(run: Run, found: Measured, same_points: bool, here: int) -> None:
    if not same_points:
        raise Wrong(
            f"its training loss before the first epoch is {run.losses[0]:.4g}, another than without the cure.",
            "Same network, same points, or is a penalty in the curve? Only the cure itself may differ.",
        )
    if not np.isclose(run.losses[here], found.train, rtol=2e-2):
        raise Wrong(
            f"its network has a loss of {found.train:.3g} on the training points, and the curve says {run.losses[here]:.3g}.",
            "Compare like with like: the training loss without penalty and without dropout, as the validation loss is.",
        )


def _judge_stopped(run: Run, plain: Run, found: Measured) -> None:
    if len(run.losses) >= len(plain.losses):
        raise Wrong(
            f"it ran for all {len(run.losses) - 1} epochs: nothing was stopped.",
            "Did the patience reach `fit`? And is it smaller than what is left after the lowest validation loss?",
        )
    if found.validation > 1.01 * run.validation.min():
        raise Wrong(
            f"its network has a validation loss of {found.validation:.3f}, the lowest on the way was {run.validation.min():.3f}.",
            "To stop late is only half of it. Which weights are to be put back?",
        )


def _judge_more_data(run: Run, found: Measured, same_points: bool, here: int) -> None:
    if same_points:
        raise Wrong(
            f"its training loss before the first epoch is {run.losses[0]:.4g}, as without the cure: these are the same points.",
            "Did `more` reach `fit`, in place of `train`?",
        )
    if not np.isclose(run.losses[here], found.train, rtol=2e-2):
        raise Wrong(
            f"its network has a loss of {found.train:.3g} on `more`, and its training loss is {run.losses[here]:.3g}.",
            "Was it trained on other points than those?",
        )


def _judge_points(more: Sample, train: Sample, validation: Sample, test: Sample) -> None:
    """The larger training sample: large enough, and without points that are there to judge."""
    for sample, name in ((validation, "validation"), (test, "test")):
        shared = int(np.isin(more.x[:, 0], sample.x[:, 0]).sum())
        if shared:
            raise Wrong(
                f"{shared} of the {len(more.x)} points in `more` are from the {name} sample.",
                f"Who has learned from them can't be judged by them: the {name} loss looks better than it is. Draw new points.",
            )
    if len(more.x) < 3 * len(train.x):
        raise Wrong(
            f"`more` has {len(more.x)} points, `train` has {len(train.x)}.",
            "Asked are at least three times as many. A few points more cure by luck only.",
        )
