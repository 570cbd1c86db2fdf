"""What every training's loss has in common: that of a batch before its value is judged, and the curve of a whole training."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.values import numbers
from nbkit.landscape import Array

__all__ = ["explain_curve", "refusal", "scalar"]


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


def explain_curve(at: str, curve: Array, rise: float, figure: Figure, digits: int) -> None:
    """Raise Wrong where the loss of a training that came out poor (`at` says how) did not fall, or ended `rise` times its lowest."""
    if not curve[-1] < 0.98 * curve[0]:
        raise Wrong(
            f"{at} Its loss went from {curve[0]:.{digits}g} to {curve[-1]:.{digits}g}: it did not fall.",
            "Too long a step, too short a step, or one in the wrong direction: what does the curve do in its first ten epochs? And does each step use the slopes of its own batch only?",
            figure=figure,
        )
    if curve[-1] > rise * curve.min():
        raise Wrong(
            f"{at} Its loss was at {curve.min():.{digits}g} once and ended at {curve[-1]:.{digits}g}.",
            "What makes a loss rise again? A long step, or slopes of earlier batches that are still in it: who sets them to 0?",
            figure=figure,
        )
