"""Samples as a model and its loss take them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from nbkit.training.batches import Sample, sample
from nbkit.training.evaluation import outputs_of
from nbkit.training.losses import Function, task_of
from nbkit.training.randomness import GlobalStream

__all__ = ["fitted", "prepared"]


def prepared(model: nn.Module, loss: Function, **data: Any) -> dict[str, Sample]:
    """The samples of `data`, by name and but for None, on the model's device, with targets as the loss takes them.

    It looks at the model's outputs for two rows, and so makes lazy modules whole. Raises ValueError where data, model and
    loss don't fit.
    """
    parameter = next(model.parameters(), torch.empty(0))
    dtype = parameter.dtype if parameter.is_floating_point() else torch.get_default_dtype()
    samples = {name: sample(each, name, dtype).to(parameter.device) for name, each in data.items() if each is not None}
    first = tuple(x[:2] for x in next(iter(samples.values())).inputs)
    try:
        with GlobalStream(0, parameter.device):
            outputs = outputs_of(model, first)
    except Exception as error:
        shapes = ", ".join(str(tuple(x.shape)) for x in first)
        raise ValueError(f"the model fails on the first samples, x of shape {shapes}: {error}") from error
    return {name: fitted(some, outputs, loss, name) for name, some in samples.items()}


def fitted(data: Sample, outputs: Any, loss: Function, name: str) -> Sample:
    """The sample with its targets as the loss takes them: class numbers, or numbers in the shape of the model's `outputs`.

    `outputs` are the model's for a few of the rows. Targets (n,) beside outputs (n, 1) would broadcast to (n, n), silently
    and wrongly: they become (n, 1). For a function that isn't torch's they stay as they are. Raises ValueError where
    targets and outputs don't fit.
    """
    task = task_of(loss)
    targets = data.targets
    if task is None or not isinstance(outputs, Tensor):
        return data
    if task == "multiclass" and not targets.is_floating_point():
        classes = outputs.shape[1] if outputs.ndim > 1 else 0
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = targets[:, 0]
        if targets.ndim == outputs.ndim - 1 and not 0 <= int(targets.min()) <= int(targets.max()) < classes:
            raise ValueError(
                f"{name}: with {classes} outputs the classes must be 0 to {classes - 1}, got {int(targets.min())} to "
                f"{int(targets.max())}"
            )
        return Sample(data.inputs, targets)
    targets = targets.to(outputs.dtype)
    if targets.shape[1:] != outputs.shape[1:]:
        if targets[0].numel() != outputs[0].numel():
            raise ValueError(
                f"{name}: for targets of shape {tuple(targets.shape)} the model must have {targets[0].numel()} output(s) a "
                f"sample, it has {outputs[0].numel()}"
            )
        targets = targets.reshape(len(targets), *outputs.shape[1:])
    if task == "binary" and not ((targets >= 0) & (targets <= 1)).all():
        raise ValueError(
            f"{name}: for this loss targets must be 0 or 1, got {float(targets.min())} to {float(targets.max())}"
        )
    return Sample(data.inputs, targets)
