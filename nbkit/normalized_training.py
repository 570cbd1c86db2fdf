"""The same network trained on an observable as it is, normalised, and with BatchNorm layers inside."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from nbkit.dilepton import Window, background_density, dileptons, signal_density
from nbkit.models import MLP
from nbkit.normalization import scale_of
from nbkit.training import Trainer

__all__ = ["WAYS", "Learned", "best_accuracy", "learn"]

Array = NDArray[np.float64]

WAYS = ("raw", "normalised", "batch norm")
SLOPE = 40.0  # GeV, of the background


class Learned(NamedTuple):
    """Loss on the training sample at `steps` (k,), and the accuracy on new events after the last."""

    steps: NDArray[np.int64]
    loss: Array
    accuracy: float


def learn(
    way: str,
    *,
    learning_rate: float = 0.01,
    steps: int = 2000,
    samples: int = 4000,
    background: float = 0.5,
    resolution: float = 1.5,
    window: Window = (70.0, 110.0),
    kind: str = "moments",
    seed: int = 0,
) -> Learned:
    """Train 1→16→16→1 with ReLU to tell Z bosons from background by their mass alone, plain SGD, batches of 32.

    `way` is "raw" (the mass in GeV), "normalised" (by the scale of the training sample, which new events are given too) or
    "batch norm" (the mass in GeV, and a BatchNorm layer after each hidden one). Start and batches are the same for all ways.
    """
    new, train = (
        dileptons(count, background=background, resolution=resolution, window=window, slope=SLOPE, seed=draw)
        for count, draw in ((10_000, seed + 1_000_003), (samples, seed))
    )
    scale = scale_of(train.mass, kind)
    inputs = [scale.normalised(pairs.mass) if way == "normalised" else pairs.mass for pairs in (train, new)]
    data = [(x[:, None], pairs.signal.astype(int)) for x, pairs in zip(inputs, (train, new), strict=True)]
    model = MLP(1, [16, 16], 1, batch_norm=way == "batch norm", seed=seed)
    trainer = Trainer(
        model,
        *data,
        loss="binary_cross_entropy",
        optimizer="sgd",
        learning_rate=learning_rate,
        batch_size=32,
        seed=seed,
        evaluate_every=max(1, steps * 32 // samples // 20),
    )
    trainer.run(steps=steps)
    history = trainer.history
    return Learned(history.evaluation_steps, history.losses, float(history.metrics["validation_accuracy"][-1]))


def best_accuracy(background: float, resolution: float, window: Window) -> float:
    """The accuracy that nobody can pass who sees the mass alone: for each mass the more likely kind is said."""

    def likelier(mass: float) -> float:
        signal = (1 - background) * float(signal_density(mass, max(resolution, 1e-6), window))
        return max(signal, background * float(background_density(mass, SLOPE, window)))

    whole, _ = quad(likelier, *window, points=[min(max(91.19, window[0]), window[1])], limit=400)
    return float(whole)
