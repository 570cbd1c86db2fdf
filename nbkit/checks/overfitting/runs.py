"""One training of a student, read: the network, and its losses on the training and the validation sample before and after each epoch."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.networks import answers, network, tensor, weights
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["EXERCISE", "RATE", "Run", "Sample", "mean_squares", "plain_run", "points", "read_run", "read_runs"]

EXERCISE = "06_overfitting"
RATE = 0.01  # of Adam


class Sample(NamedTuple):
    """x (n, d) and y (n,)."""

    x: Array
    y: Array


class Run(NamedTuple):
    """A network, and its losses on both samples, (epochs + 1,) each."""

    model: nn.Module
    losses: Array
    validation: Array


def points(sample: Any, name: str) -> Sample:
    """A pair of inputs and targets as arrays; of a data set, too."""
    done(sample)
    pair = (sample.x, sample.y) if hasattr(sample, "x") else sample
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise Unusable(f"{name} has to be a pair, inputs and targets; got {brief(sample)}.")
    x, y = (numbers(part, None, f"{what} of {name}") for part, what in zip(pair, ("x", "y"), strict=True))
    return Sample(x.reshape(len(x), -1), y.reshape(len(x)))


def read_run(answer: Any, name: str) -> Run:
    """The three things that a training gives back. Raises Unusable and Wrong where they are others, or in another order."""
    done(answer)
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        raise Unusable(
            f"{name} has to be three things: the network, the losses on the training sample, those on the validation sample; got {brief(answer)}."
        )
    if not hasattr(answer[0], "parameters") and any(hasattr(part, "parameters") for part in answer):
        raise Wrong(
            "The network does not come first.", "Look at the order behind `return`: network, losses, validation losses."
        )
    model = network(answer[0], f"The network of {name}")
    curves = [
        numbers(part, None, f"The list of {what} losses").ravel()
        for part, what in zip(answer[1:], ("training", "validation"), strict=True)
    ]
    if len(curves[0]) != len(curves[1]) or not len(curves[0]):
        raise Wrong(
            f"{name} has {len(curves[0])} training losses and {len(curves[1])} validation losses.",
            "Both are kept at the same moments, so that each epoch has one of each.",
        )
    return Run(model, *curves)


def read_runs(value: Any, name: str, least: int = 3) -> list[Run]:
    """A list of at least so many runs."""
    done(value)
    if isinstance(value, tuple) and len(value) == 3 and hasattr(value[0], "parameters"):
        raise Unusable(f"{name} is one run; asked is a list of {least}, one for each seed. One run is an anecdote.")
    if not isinstance(value, list | tuple) or any(part is None for part in value):
        raise Unusable(f"{name} has to be a list of runs, what `fit` gives back for each seed; got {brief(value)}.")
    if len(value) < least:
        raise Wrong(
            f"{name} has {len(value)} run{'s' * (len(value) != 1)}.",
            f"At least {least} seeds are asked: one run is an anecdote.",
        )
    return [read_run(one, f"{name}, run {number}") for number, one in enumerate(value, 1)]


def mean_squares(model: nn.Module, sample: Sample) -> float:
    """The mean squared error of a network in evaluation mode."""
    return float(np.mean((answers(model, sample.x, "The network") - sample.y) ** 2))


def plain_run(
    model: nn.Module, train: Sample, validation: Sample, epochs: int, penalty: float = 0.0, kind: str = "right"
) -> tuple[Run, list[Array]]:
    """The run of plain torch from this start, full batches and Adam, and the weights after each epoch; `kind` names a mistake."""
    import torch

    model = copy.deepcopy(model)
    seen = (
        Sample(np.concatenate([train.x, validation.x]), np.concatenate([train.y, validation.y]))
        if kind == "validation too"
        else train
    )
    x, y = (tensor(part, model) for part in seen)
    maker: Any = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}.get(kind, torch.optim.Adam)
    decay = 0.0 if kind in ("by hand", "twice", "without biases", "l1", "norm") else penalty
    optimizer = maker(model.parameters(), lr=RATE, weight_decay=decay)
    curves = [(mean_squares(model, train), mean_squares(model, validation))]
    path = [weights(model)]
    for _ in range(epochs):
        model.train()
        loss = torch.mean((model(x).reshape(len(x)) - y) ** 2)
        every = [p for p in model.parameters() if p.ndim > 1 or kind != "without biases"]
        if kind in ("by hand", "without biases"):
            loss = loss + penalty / 2 * sum((p**2).sum() for p in every)
        elif kind == "twice":
            loss = loss + penalty * sum((p**2).sum() for p in every)
        elif kind == "l1":
            loss = loss + penalty * sum(p.abs().sum() for p in every)
        elif kind == "norm":
            loss = loss + penalty * sum(p.norm() for p in every)
        if kind != "accumulate":
            optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        curves.append((mean_squares(model.eval(), train), mean_squares(model, validation)))
        path.append(weights(model))
    return Run(model, *np.array(curves).T), path
