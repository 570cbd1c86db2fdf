"""Torch's optimisers and schedules of the learning rate: made by name or class, in their fastest form, and changed on the way."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer, lr_scheduler

__all__ = ["SCHEDULES", "TORCH_OPTIMIZERS", "make_optimizer", "make_schedule", "scale_rates", "set_weight_decay"]

#: Optimisers by name: torch's class, and the options that make it what the name says.
TORCH_OPTIMIZERS: dict[str, tuple[type[Optimizer], dict[str, Any]]] = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "nadam": (torch.optim.NAdam, {}),
}

#: Schedules by name, once an epoch; `functools.partial` of torch's classes makes others.
SCHEDULES: dict[str, Callable[[Optimizer], Any]] = {
    "step": partial(lr_scheduler.StepLR, step_size=30, gamma=0.3),
    "exponential": partial(lr_scheduler.ExponentialLR, gamma=0.98),
    "cosine": partial(lr_scheduler.CosineAnnealingLR, T_max=100),
    "plateau": partial(lr_scheduler.ReduceLROnPlateau, factor=0.1, patience=10),
}


def make_optimizer(
    optimizer: Any,
    parameters: Iterable[nn.Parameter],
    learning_rate: float,
    weight_decay: float,
    options: Mapping[str, Any],
) -> Optimizer:
    """An optimiser of torch, from a name in TORCH_OPTIMIZERS or a class, fused where torch has that.

    Fused means that one call updates all parameters: the fastest form of the same formula. `fused=False` in `options` turns
    it off. Raises ValueError for an unknown name, an option that the class does not take, and a weight decay where it has none.
    """
    own: dict[str, Any] = {}
    if isinstance(optimizer, str):
        if optimizer not in TORCH_OPTIMIZERS:
            raise ValueError(f"optimizer must be one of {', '.join(TORCH_OPTIMIZERS)}, or a class, got {optimizer!r}")
        optimizer, own = TORCH_OPTIMIZERS[optimizer]
    if not (inspect.isclass(optimizer) and issubclass(optimizer, Optimizer)):
        raise ValueError(f"optimizer must be a name or a class of torch.optim, got {optimizer!r}")
    takes = [name for name in inspect.signature(optimizer).parameters if name not in ("self", "params", "lr")]
    chosen = {**own, **options}
    if "weight_decay" in takes:
        chosen.setdefault("weight_decay", weight_decay)
    elif weight_decay:
        raise ValueError(f"{optimizer.__name__} has no weight decay: weight_decay must be 0, got {weight_decay}")
    unknown = [name for name in chosen if name not in takes]
    if unknown:
        raise ValueError(f"{optimizer.__name__} takes the options {', '.join(takes)}, got {', '.join(unknown)}")
    make: Callable[..., Optimizer] = optimizer
    listed = list(parameters)
    if "fused" in takes and not {"fused", "foreach", "capturable", "differentiable"} & set(options):
        try:
            return make(listed, lr=learning_rate, fused=True, **chosen)
        except RuntimeError:
            pass  # no fused kernel for this device or kind of number
    return make(listed, lr=learning_rate, **chosen)


def make_schedule(schedule: Any, optimizer: Optimizer) -> Any:
    """A scheduler of torch for `optimizer`, from None, a name in SCHEDULES or a function of the optimiser that makes one."""
    if schedule is None:
        return None
    if isinstance(schedule, str):
        if schedule not in SCHEDULES:
            raise ValueError(f"schedule must be one of {', '.join(SCHEDULES)}, or make one, got {schedule!r}")
        schedule = SCHEDULES[schedule]
    if not callable(schedule):
        raise ValueError(f"schedule must be a name or a function that takes the optimiser, got {schedule!r}")
    made = schedule(optimizer)
    if not hasattr(made, "step"):
        raise ValueError(f"schedule must make a scheduler of torch.optim.lr_scheduler, it made {type(made).__name__}")
    return made


def scale_rates(optimizer: Optimizer, schedule: Any, before: float, rate: float) -> None:
    """Let the schedule start from `rate` where it started from `before`: the present rates and those to come change alike."""
    for group in optimizer.param_groups:
        group["lr"] = rate if group["lr"] == before else group["lr"] * (rate / before)
        if "initial_lr" in group:
            group["initial_lr"] = rate
    if hasattr(schedule, "base_lrs"):
        schedule.base_lrs = [rate] * len(schedule.base_lrs)


def set_weight_decay(optimizer: Optimizer, strength: float) -> None:
    """Change the optimiser's own weight decay. Raises ValueError where it has none, and that is asked to be another than 0."""
    for group in optimizer.param_groups:
        if "weight_decay" in group:
            group["weight_decay"] = strength
        elif strength:
            raise ValueError(f"{type(optimizer).__name__} has no weight decay: it must be 0, got {strength}")
