"""Ways against learning the noise, each on the same few points, judged on many new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from nbkit.datasets import DataSet, load
from nbkit.models import MLP
from nbkit.training import EarlyStopping, Trainer

__all__ = ["WAYS", "compared", "dropout_masks", "learn", "loss_on_new"]

Array = NDArray[np.float64]

#: What is added to the same training, by name: settings of the MLP, of the Trainer, and how patient an early stop is.
WAYS: Mapping[str, Mapping[str, Any]] = {
    "nothing": {},
    "L2": {"weight_decay": 0.03},
    "L1": {"l1": 0.01},
    "max-norm": {"max_norm": 0.7},
    "dropout": {"dropout": 0.5},
    "early stop": {"patience": 20},
}
RATE = 0.01


def _points(samples: int, noise: float, seed: int) -> DataSet:
    return load("circle", samples=samples, noise=noise, seed=seed)


def learn(
    way: str = "nothing", *, samples: int = 60, noise: float = 1.2, steps: int = 1500, seed: int = 0, **settings: Any
) -> Trainer:
    """A trainer that has run: 2→32→32→1, ReLU, Adam, on `samples` points of the noisy circle, with one of WAYS.

    Its validation sample are 60 other points; `settings` are more of those in WAYS, or other values. Raises ValueError for a
    way that there is not.
    """
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}, got {way!r}")
    chosen = {**WAYS[way], **settings}
    patience = chosen.pop("patience", None)
    model = MLP(2, [32, 32], 1, seed=seed, **{key: chosen.pop(key) for key in ("max_norm", "dropout") if key in chosen})
    trainer = Trainer(
        model,
        _points(samples, noise, seed),
        _points(60, noise, 2000 + seed),
        loss="binary_cross_entropy",
        learning_rate=RATE,
        batch_size=10,
        seed=seed,
        callbacks=[EarlyStopping(patience=patience)] if patience else [],
        **chosen,
    )
    trainer.run(steps=steps)
    return trainer


@torch.no_grad()
def loss_on_new(model: torch.nn.Module, noise: float = 1.2, seed: int = 0) -> float:
    """The cross-entropy on 10 000 points that had no part in the training, nor in when it was stopped."""
    new = _points(10_000, noise, 1000 + seed)
    logits = model.eval()(torch.tensor(new.x, dtype=torch.float32))[:, 0]
    return float(binary_cross_entropy_with_logits(logits, torch.tensor(new.y, dtype=torch.float32)))


def compared(seeds: int = 4, noise: float = 1.2, **settings: Any) -> dict[str, Array]:
    """By way the losses (seeds, 2) at the end, on the training points and on new ones; each seed has its points and its start."""
    found = {}
    for way in WAYS:
        runs = [learn(way, seed=seed, noise=noise, **settings) for seed in range(seeds)]
        found[way] = np.array(
            [[run.measured["loss"], loss_on_new(run.model, noise, seed)] for seed, run in enumerate(runs)]
        )
    return found


def dropout_masks(model: MLP, steps: int, seed: int = 0) -> list[list[NDArray[np.bool_]]]:
    """For each of `steps` the neurons (size,) of each hidden layer that dropout leaves out, of a model with dropout.

    Drawn by a generator of its own as `nbkit.models.Dropout` draws them, for one sample: in a batch each sample has another mask.
    """
    generator = torch.Generator().manual_seed(seed)
    sizes = [layer.out_features for layer in list(model.layers)[:-1] if isinstance(layer, torch.nn.Linear)]
    pairs = list(zip(sizes, model.dropout, strict=True))
    return [
        [torch.empty(size).bernoulli_(1 - p, generator=generator).numpy() == 0 for size, p in pairs]
        for _ in range(steps)
    ]
