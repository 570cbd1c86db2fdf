"""The unit of a file that somebody else made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.normalisation.classifier import FEATURES, WINDOW
from nbkit.checks.normalisation.scales import EXERCISE
from nbkit.checks.values import number
from nbkit.datasets.base import DataSet
from nbkit.datasets.measured import dilepton
from nbkit.dilepton import Z_MASS

__all__ = ["check_peak", "second_file"]


def second_file() -> DataSet:
    """2000 events of another file, with the features of `train`, as somebody else has written them down."""
    events = dilepton(samples=2000, window=WINDOW, features=FEATURES, seed=5)
    return replace(
        events,
        x=events.x * np.array([1000.0, 1.0, 1.0]),
        inputs=tuple(name.split(" (")[0] for name in events.inputs),
        truth=None,
    )


@check(
    EXERCISE,
    "the second file",
    "Asked is the mass, in GeV, where the Z bosons of the second file lie.",
    "A file of other particles, with a peak at 3097 where 3.097 GeV are known from the books, is one in MeV.",
)
def check_peak(peak: Any, *, within: float = 0.9, rng: np.random.Generator) -> str:
    """Judge where the peak of a file in MeV is, in GeV; a number."""
    got = number(peak, "Your peak")
    if abs(got - Z_MASS) <= within:
        return f"At {got:.2f} GeV, where it belongs: only the unit was another one."
    said = f"You found the Z at {got:.5g} GeV."
    if abs(got / 1000 - Z_MASS) <= 2.5:
        raise Wrong(said, "A Z boson of 90 thousand GeV? No collider could have made it. In which unit is this file?")
    if abs(got * 1000 - Z_MASS) <= 2.5:
        raise Wrong(said, "That is lighter than a muon: was the unit changed twice?")
    if 87 < got < 90:
        raise Wrong(
            said, "That is nearer to the mean of all events, background and all. Where are those that have a Z?"
        )
    if abs(got) < 20 or 9_000 < got < 12_000:
        raise Wrong(said, "That looks like a normalised number. Which mass belongs to it? Or begin at the file itself.")
    raise Wrong(
        said, "Take the events with label 1 of the second file, and look where half of their masses lie on each side."
    )
