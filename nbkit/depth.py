"""Deep against wide: networks of as many parameters, trained on functions of functions from many starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nbkit.models import MLP
from nbkit.training.ensemble import Ensemble

__all__ = ["TARGETS", "Target", "errors_over_seeds", "parameters_of"]

Array = NDArray[np.float64]


class Target(NamedTuple):
    """A `function` of points (n, inputs) that lie evenly in [low, high] for each input, and with how many it is trained."""

    function: Callable[[Array], Array]
    inputs: int
    low: float
    high: float
    samples: int
    learning_rate: float


def _sine(x: Array) -> Array:
    return np.asarray(np.sin(3 * (x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3])))


def _tent(x: Array) -> Array:
    return np.asarray(1 - np.abs(2 * x - 1))


#: A sine of a sum of products, and a tent applied to itself: 4 straight pieces.
TARGETS = {
    "sin 3(x1x2 + x3x4)": Target(_sine, 4, -1, 1, 2000, 0.003),
    "tent(tent(x))": Target(lambda x: _tent(_tent(x[:, 0])), 1, 0, 1, 1000, 0.01),
}


def parameters_of(sizes: Sequence[int]) -> int:
    """The number of weights and biases of dense layers of these sizes, inputs and outputs included."""
    return sum((before + 1) * after for before, after in pairwise(sizes))


def errors_over_seeds(target: str, hidden: Sequence[int], *, seeds: int = 20, steps: int = 1500) -> Array:
    """1 − R² on 10 000 new points (seeds,), of ReLU networks trained on one sample by Adam, batches of 64; sorted.

    `target` is a name of TARGETS. Each seed has its own start and its own order of batches. 1 is what the mean would give.
    """
    function, inputs, low, high, samples, rate = TARGETS[target]
    points = [np.random.default_rng(seed).uniform(low, high, (n, inputs)) for seed, n in enumerate((samples, 10_000))]
    (x, y), (new, truth) = ((given, function(given)) for given in points)
    runs = range(seeds)
    ensemble = Ensemble(
        [MLP(inputs, hidden, seed=seed) for seed in runs],
        (x, y[:, None]),
        loss="mse",
        learning_rate=rate,
        batch_size=64,
        seed=list(runs),
    )
    ensemble.run(steps=steps)
    squares = (ensemble.predict(new)[:, :, 0] - truth) ** 2
    return np.sort(squares.mean(axis=1) / truth.var())
