"""How the learning rate changes from step to step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The hyper-parameters of each and their defaults, torch's where it has one; T_max None stands for the steps of the run.
SCHEDULES: dict[str, dict[str, float | None]] = {
    "constant": {},
    "step": {"step_size": 100, "gamma": 0.1},
    "exponential": {"gamma": 0.99},
    "cosine": {"T_max": None, "eta_min": 0.0},
}


def learning_rates(schedule: str, learning_rate: ArrayLike, steps: int, **hyper: float | None) -> NDArray[np.float64]:
    """The learning rate of each step, (..., steps) for a learning rate (...), after torch.optim.lr_scheduler.

    constant; step: times `gamma` after every `step_size` steps (StepLR); exponential: times `gamma` after each step
    (ExponentialLR); cosine: from the learning rate down to `eta_min` in `T_max` steps (CosineAnnealingLR, its closed
    form), up again after them. Raises ValueError for an unknown name and for a value out of range.
    """
    values = dict(check_names("schedule", schedule, SCHEDULES, hyper))
    for name, value in values.items():
        _check(name, value)
    rate = np.asarray(learning_rate, dtype=float)[..., None]
    step = np.arange(steps)
    if schedule == "cosine":
        period, lowest = values["T_max"] or max(steps, 1), values["eta_min"]
        return np.asarray(lowest + (rate - lowest) * (1 + np.cos(np.pi * step / period)) / 2)
    factor = np.ones(steps)
    if schedule == "exponential":
        factor[1:] = values["gamma"]
    elif schedule == "step":
        factor[1:] = np.where(step[1:] % values["step_size"] == 0, values["gamma"], 1.0)
    # A product of factors and not a power: torch multiplies at each step, and so its rounding is met too.
    factors = np.concatenate([rate, np.broadcast_to(factor[1:], (*rate.shape[:-1], max(steps - 1, 0)))], axis=-1)
    return np.asarray(np.cumprod(factors, axis=-1)[..., :steps])


def check_names(
    kind: str, name: str, known: Mapping[str, Mapping[str, Any]], hyper: Mapping[str, Any]
) -> dict[str, Any]:
    """The defaults of `name` with `hyper` put over them; ValueError says which names are allowed."""
    if name not in known:
        raise ValueError(f"there is no {kind} {name!r}: choose one of {', '.join(known)}")
    for given in hyper:
        if given not in known[name]:
            allowed = ", ".join(known[name]) or "none"
            raise ValueError(f"the {kind} {name} has no hyper-parameter {given!r}: allowed are {allowed}")
    return {**known[name], **hyper}


def _check(name: str, value: Any) -> None:
    if name == "T_max" and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{name} must be a number, got {value!r}")
    if name in ("step_size", "T_max") and not (value >= 1 and value == int(value)):
        raise ValueError(f"{name} must be a whole number of steps, at least 1, got {value}")
    if name == "gamma" and not 0 < value <= 1:
        raise ValueError(f"gamma must be above 0 and at most 1, got {value}")
    if name == "eta_min" and not 0 <= value < np.inf:
        raise ValueError(f"eta_min must be at least 0, got {value}")
