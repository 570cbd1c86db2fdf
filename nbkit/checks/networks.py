"""Networks that a student hands over: read, asked and trained once more for comparison. torch is imported where it is needed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.findings import Unusable, done
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["RANDOM", "UNMOVED", "answers", "bends", "moved", "network", "scattered", "tensor", "weights"]

#: What to think of where no weight has moved, and where the same inputs get two answers.
UNMOVED = "`backward()` computes the slopes. Who changes the weights by them, and which weights were handed to it?"
RANDOM = "Something random is still switched on. In which mode does a network learn, and in which is it used?"


def network(value: Any, name: str) -> nn.Module:
    """A copy of the student's network, so that judging moves none of its weights. Raises Unusable for what is none."""
    from torch import nn

    done(value)
    if isinstance(value, type) and issubclass(value, nn.Module):
        raise Unusable(f"{name} is the class {value.__name__} itself: make a network of it, with brackets.")
    if not isinstance(value, nn.Module):
        raise Unusable(f"{name} has to be a network, an `nn.Module`; got {brief(value)}.")
    if not any(True for _ in value.parameters()):
        raise Unusable(f"{name} has no weights.")
    return copy.deepcopy(value)


def tensor(x: Array, model: nn.Module) -> Tensor:
    """An array in the kind of number that a network computes with, where it computes."""
    import torch

    return torch.as_tensor(x).to(next(model.parameters()))


def answers(model: nn.Module, x: Array, name: str) -> Array:
    """What a network answers in evaluation to x (n, d), shape (n,); one output a sample. Its mode is left as it was."""
    import torch

    mode = model.training
    model.eval()
    try:
        with torch.no_grad():
            found = model(tensor(x, model))
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise Unusable(f"{name} stopped with {type(error).__name__} ({first}) for x of shape {x.shape}.") from error
    finally:
        model.train(mode)
    got = numbers(found, None, f"What {name} answers")
    if got.size != len(x):
        raise Unusable(
            f"{name} answers an array of shape {got.shape} to {len(x)} samples: asked is one number for each."
        )
    return got.reshape(len(x))


def weights(model: nn.Module) -> Array:
    """All weights and biases in one row."""
    return np.concatenate([p.detach().cpu().double().numpy().ravel() for p in model.parameters()])


def bends(model: nn.Module, rng: np.random.Generator, inputs: int) -> bool:
    """Whether the network is more than a straight line (a plane) of its inputs."""
    x = rng.normal(size=(40 * (inputs + 1), inputs)) * 3
    y = answers(model, x, "The network")
    design = np.column_stack([x, np.ones(len(x))])
    rest = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return bool(np.abs(rest).max() > 1e-4 * max(np.ptp(y), 1e-6))


def scattered(model: nn.Module, rng: np.random.Generator, width: float = 1.5) -> nn.Module:
    """A copy whose weights are drawn anew, and broadly: what it can answer shows then, and what its last layer forbids."""
    import torch

    copied = copy.deepcopy(model).eval()
    with torch.no_grad():
        for p in copied.parameters():
            p.copy_(torch.as_tensor(rng.normal(size=tuple(p.shape)) * width))
    return copied


def moved(before: nn.Module, after: nn.Module) -> bool:
    """Whether any weight differs between two states of a network; another network counts as moved."""
    import torch

    first, second = list(before.parameters()), list(after.parameters())
    if [p.shape for p in first] != [p.shape for p in second]:
        return True
    return not all(torch.equal(p, q) for p, q in zip(first, second, strict=True))
