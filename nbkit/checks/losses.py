"""The loss of a batch that a student's function gives back, before its value is judged."""

from __future__ import annotations

from typing import Any

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.values import numbers

__all__ = ["refusal", "scalar"]


def scalar(loss: Any) -> float:
    """The loss as a number. Raises Unusable unless it is one number, Wrong where no gradient leads back from it."""
    import torch

    value = numbers(loss, None, "What `batch_loss` gives back")
    if value.size != 1:
        raise Unusable(f"`batch_loss` gives back shape {value.shape}: asked is one number for the batch, its mean.")
    if not isinstance(loss, torch.Tensor) or loss.grad_fn is None:
        raise Wrong(
            f"`batch_loss` gives back {float(value.reshape(())):.3g}, a number that has forgotten how it came about: `backward()` finds no way from it to the weights.",
            "Something on the way makes plain numbers of tensors: `.item()`, `.detach()`, numpy, `no_grad`. A loss has to stay a tensor of torch to its end.",
        )
    return float(value.reshape(()))


def refusal(failed: Unusable) -> str:
    """What torch said when it refused, without the inputs; empty where the student's function failed otherwise."""
    return failed.said.partition(" stopped with ")[2].partition(" for model = ")[0]
