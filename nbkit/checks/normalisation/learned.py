"""One training of a student: what came out of it, and the same in plain torch."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.networks import network, tensor, weights
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["NEVER", "Learned", "cross_entropy", "events", "loss_in_training", "read_learned", "reference"]

NEVER = 1e-12  # a learning rate at which nothing moves


class Learned(NamedTuple):
    """What came out of a training: the network, and the losses on the way."""

    model: nn.Module
    losses: Array


def events(rng: np.random.Generator) -> tuple[Array, Any]:
    """A little sample with a bump, normalised: (n, 2) and classes (n,)."""
    y = rng.permutation(np.arange(120) % 2)
    x = np.column_stack([np.where(y == 1, rng.normal(0, 0.4, 120), rng.normal(0, 1.5, 120)), rng.normal(size=120)])
    return x, y


def read_learned(answer: Any, steps: int, name: str) -> Learned:
    """The network and the losses of one training; the loss after the last step may stand there, too."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Unusable(f"{name} has to give back two things, the network and the losses; got {brief(answer)}.")
    first, second = answer
    if hasattr(second, "parameters") and not hasattr(first, "parameters"):
        raise Wrong("You gave back the losses first.", "Look at the order behind `return`: network, losses.")
    model = network(first, f"The network of {name}")
    losses = numbers(second, None, "The list of losses").ravel()
    if len(losses) not in (steps, steps + 1):
        raise Wrong(
            f"For {steps} step{'s' * (steps > 1)} the list has {len(losses)} loss{'es' * (len(losses) != 1)}.",
            "One loss for each step, kept before it is made. Is it appended inside of the loop?",
        )
    return Learned(model, losses)


def cross_entropy(logits: Array, y: Array) -> float:
    """The mean of −ln p of the right class, of logits (n,)."""
    return float(np.mean(np.logaddexp(0, logits) - y * logits))


def loss_in_training(model: nn.Module, x: Array, y: Array) -> float:
    """The loss in training mode, where the student has a BatchNorm layer inside."""
    return float(reference(model, x, y, 0.0, 1)[0][0])


def reference(
    model: nn.Module, x: Array, y: Array, rate: float, steps: int, kind: str = "right"
) -> tuple[Array, Array]:
    """Losses before each step, (steps,), and the weights after the last, of plain torch from these weights; `kind` names a mistake."""
    import torch

    model = copy.deepcopy(model).train()
    inputs, targets = tensor(x, model), tensor(y, model)
    optimizer: torch.optim.Optimizer
    if kind == "adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9 if kind == "momentum" else 0.0)
    losses = []
    for _ in range(steps):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(inputs).reshape(len(x)), targets)
        losses.append(float(loss.detach()))
        if kind != "accumulate":
            optimizer.zero_grad()
        torch.autograd.backward(loss * len(x) if kind == "sum" else loss)
        optimizer.step()
    return np.array(losses), weights(model)
