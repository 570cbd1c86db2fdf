"""Where a network is asked what it answers, so that its neurons can be pictured."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nbkit.datasets import DataSet
from nbkit.displays.training import drawn_units
from nbkit.inspection import profiles
from nbkit.widgets.training.samples import Samples

__all__ = ["Places", "plane", "tensors"]

Array = NDArray[np.float64]

SIDE = 22  # cells of a neuron's picture, along each side
LINE = 41  # places of a neuron's curve
ROWS = 512  # of the data, where neurons can only be pictured by what they answer to them


def plane(low: Array, high: Array, cells: int) -> Array:
    """The centres (cells², 2) of the cells of a plane, row by row, upwards."""
    x, y = (a + (np.arange(cells) + 0.5) * (b - a) / cells for a, b in zip(low, high, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def tensors(fed: Any, device: torch.device) -> tuple[Tensor, ...]:
    """A model's inputs as float tensors, one for each argument."""
    several = fed if isinstance(fed, tuple) else (fed,)
    return tuple(torch.as_tensor(np.ascontiguousarray(x), dtype=torch.float32).to(device) for x in several)


class Places:
    """Where neurons are asked what they answer: over the plane or the line of the inputs, or for the data."""

    def __init__(self, samples: Samples, low: Array, high: Array, device: torch.device) -> None:
        self.samples = samples
        inputs = samples.train.x.shape[1]
        self.kind = {1: "line", 2: "plane"}.get(inputs, "data")
        self.points = {
            "plane": lambda: plane(low, high, SIDE),
            "line": lambda: np.linspace(low, high, LINE),
            "data": lambda: samples.train.x[:ROWS],
        }[self.kind]()
        self.inputs = tensors(samples.feed(self.points), device)
        self.device = device
        self.data, self.targets = self.fed(samples.train, ROWS)
        first = np.concatenate([x.flatten(1).cpu().numpy() for x in self.inputs], axis=1).astype(np.float64)
        self.features = self.pictures(first)

    def fed(self, part: DataSet, most: int | None = None) -> tuple[tuple[Tensor, ...], Tensor]:
        """The first rows of a sample as the model takes them, and their targets as a loss does."""
        y = torch.as_tensor(part.y[:most])
        targets = y if part.task == "multiclass" else y.to(torch.float32).reshape(len(y), -1)
        return tensors(self.samples.feed(part.x[:most]), self.device), targets.to(self.device)

    def pictures(self, answers: Array) -> Array:
        """Answers (places, units) as the pictures of those neurons that are drawn."""
        units = drawn_units(answers.shape[1])
        if self.kind == "data":
            return profiles(answers, units)
        chosen = answers[:, units].T
        return chosen.reshape(len(units), SIDE, SIDE) if self.kind == "plane" else chosen
