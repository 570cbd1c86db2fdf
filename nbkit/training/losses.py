"""Losses by name, and what each expects: its kind of targets, and by what else a model that minimises it is judged."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

__all__ = [
    "LOSSES",
    "METRICS",
    "Function",
    "accuracy",
    "confusion",
    "make_loss",
    "make_metrics",
    "r2",
    "task_of",
]

Function = Callable[[Any, Tensor], Tensor]

#: Losses by name. Both cross-entropies take logits: the model ends in a plain layer, without sigmoid or softmax.
LOSSES: dict[str, Callable[[], Function]] = {
    "mse": nn.MSELoss,
    "mae": nn.L1Loss,
    "huber": nn.HuberLoss,
    "binary_cross_entropy": nn.BCEWithLogitsLoss,
    "cross_entropy": nn.CrossEntropyLoss,
}

_TASKS: dict[str, tuple[type[nn.Module], ...]] = {
    "binary": (nn.BCEWithLogitsLoss, nn.BCELoss, nn.SoftMarginLoss),
    "multiclass": (nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss),
    "regression": (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss),
}


def make_loss(loss: Any) -> Function:
    """The loss itself of a name in LOSSES, a class of `torch.nn`, an instance, or a function of (outputs, targets)."""
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise ValueError(f"loss must be one of {', '.join(LOSSES)}, or torch's or your own function, got {loss!r}")
        return LOSSES[loss]()
    if inspect.isclass(loss):
        loss = loss()
    if not callable(loss):
        raise ValueError(f"loss must be a name, a loss of torch.nn or a function of (outputs, targets), got {loss!r}")
    return loss  # type: ignore[no-any-return]


def task_of(loss: Function) -> str | None:
    """What the loss is for: "binary", "multiclass" or "regression"; None for a function that isn't one of torch's."""
    return next((task for task, classes in _TASKS.items() if isinstance(loss, classes)), None)


def accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """The share of samples whose class is the target: logits (n, k) against classes (n,), or (n, 1) against 0 and 1."""
    if outputs.shape == targets.shape:
        return ((outputs > 0) == (targets > 0.5)).double().mean()
    return (outputs.argmax(1) == targets).double().mean()


def _accuracy_of_probabilities(outputs: Tensor, targets: Tensor) -> Tensor:
    return ((outputs > 0.5) == (targets > 0.5)).double().mean()


def r2(outputs: Tensor, targets: Tensor) -> Tensor:
    """R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)², the mean over the outputs; at most 1, and 0 for a model that knows the mean alone."""
    wide = torch.float32 if outputs.device.type == "mps" else torch.float64  # mps has no float64
    y, predicted = targets.to(wide), outputs.to(wide)
    return 1 - ((y - predicted).square().sum(0) / (y - y.mean(0)).square().sum(0)).mean()


def confusion(outputs: Tensor, targets: Tensor, loss: Function) -> Tensor:
    """Counts (classes, classes), row the true class, column the predicted one, of what a model gives for this loss."""
    if task_of(loss) == "multiclass":
        classes, true, predicted = outputs.shape[1], targets, outputs.argmax(1)
    else:
        limit = 0.5 if isinstance(loss, nn.BCELoss) else 0.0
        classes, true, predicted = 2, (targets > 0.5).long().flatten(), (outputs > limit).long().flatten()
    return torch.bincount(true * classes + predicted, minlength=classes**2).reshape(classes, classes)


#: Metrics by name. `torchmetrics` would do the same, but its import takes longer than torch's own and brings pyplot with it,
#: and each call costs several times as much: tests hold these against it, and `metrics=` takes its objects.
METRICS: dict[str, Function] = {"accuracy": accuracy, "r2": r2}


def make_metrics(metrics: Any, loss: Function) -> dict[str, Function]:
    """Functions of (outputs, targets) by name, from None (what suits the loss), names of METRICS, or a dict of one's own."""
    task = task_of(loss)
    if metrics is None:
        suited = {"binary": "accuracy", "multiclass": "accuracy", "regression": "r2"}
        metrics = (suited[task],) if task else ()
    if isinstance(metrics, str):
        metrics = (metrics,)
    if isinstance(metrics, dict):
        return dict(metrics)
    if not isinstance(metrics, Sequence) or not all(name in METRICS for name in metrics):
        raise ValueError(f"metrics must be names out of {', '.join(METRICS)}, or a dict of functions, got {metrics!r}")
    named = {name: METRICS[name] for name in metrics}
    if "accuracy" in named and isinstance(loss, nn.BCELoss):
        named["accuracy"] = _accuracy_of_probabilities
    return named
