"""Signal or background, said of events as they come."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.normalisation.scales import EXERCISE
from nbkit.checks.student import Student
from nbkit.checks.values import numbers
from nbkit.datasets.measured import dilepton
from nbkit.landscape import Array

__all__ = ["FEATURES", "WINDOW", "check_classify"]

FEATURES, WINDOW = ("mass", "pair_pt", "eta1"), (70.0, 110.0)
EVENTS = 10_000


@check(
    EXERCISE,
    "the classifier",
    "It takes events as they come, in GeV, and says 1 (Z boson) or 0 (background) for each, by itself.",
    "An event of 88.85 GeV, where the training sample has its mean, has to become 0 for the network: today, tomorrow, alone and in any company.",
)
def check_classify(classify: Any, *, goal: float = 0.78, rng: np.random.Generator) -> str:
    """Judge `classify(x)`, raw events (m, 3) → 0 or 1 for each, (m,): accuracy of at least `goal` on 10 000 fresh events."""
    ask = Student(classify, "classify", "x")
    fresh = dilepton(samples=EVENTS, window=WINDOW, features=FEATURES, seed=int(rng.integers(10_000, 10**6)))
    said = _said(ask, fresh.x)
    accuracy = float((said == fresh.y).mean())
    alone = np.array([_said(ask, fresh.x[k : k + 1])[0] for k in range(20)])
    if (alone != said[:20]).any():
        k = int(np.argmax(alone != said[:20]))
        raise Wrong(
            f"An event with a mass of {fresh.x[k, 0]:.1f} GeV is {said[k]:g} among {EVENTS} others, and {alone[k]:g} alone.",
            "In an experiment one event arrives at a time. Whose mean and width does it get, those of its company or those of the training sample?",
        )
    signal = fresh.x[fresh.y == 1]
    if (_said(ask, signal) != said[fresh.y == 1]).mean() > 1e-3:
        raise Wrong(
            "Z bosons by themselves get other answers than the same ones in a mixed sample.",
            "What an event gets must not depend on its company. Whose mean and width do you take off and divide by?",
        )
    if accuracy >= goal:
        return f"{accuracy:.3f} of {EVENTS} fresh events were right; always saying the same gives {max(fresh.y.mean(), 1 - fresh.y.mean()):.3f}, and the mass allows 0.815."
    share = f"{accuracy:.3f} of {EVENTS} fresh events were right, asked are {goal:g}."
    normalised = (fresh.x - fresh.x.mean(axis=0)) / fresh.x.std(axis=0)
    if 1 - accuracy >= goal:
        raise Wrong(share, "You do better than a coin, in the other direction: which class is 1?")
    if float((_said(ask, normalised) == fresh.y).mean()) >= goal - 0.03:
        raise Wrong(
            share,
            "Your network knows normalised numbers and gets GeV here. Which shift and which scale did the training sample have?",
        )
    same = len(np.unique(said)) == 1
    if same or accuracy < 0.55:
        raise Wrong(
            f"{share} {f'You say {said[0]:g} to every event' if same else 'A coin does as well'}.",
            "Is it the network of the raw inputs, which never learned? Or do its events come in other numbers than in the training?",
        )
    raise Wrong(
        share,
        "Does the loss still fall at the end of your training? Is the logit cut at 0, where the probability is ½?",
        held="each event by itself.",
    )


def _said(ask: Student, x: Array) -> Array:
    got = numbers(ask(x), None, "What `classify` says")
    if got.shape == (len(x), 1):
        got = got[:, 0]
    if got.shape != (len(x),):
        raise Unusable(
            f"`classify` gave back an array of shape {got.shape} for {len(x)} events: asked is one answer for each."
        )
    if not np.isin(got, (0, 1)).all():
        raise Wrong(
            f"`classify` says {got[~np.isin(got, (0, 1))][0]:.3g} of an event; asked is 0 or 1.",
            "A logit or a probability is not a decision yet. Where is the cut?",
        )
    return got
