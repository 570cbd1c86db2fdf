"""One step of each optimiser, as a pure function, and the learning rate above which it can't converge."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nbkit.objectives import Array, Objective
from nbkit.schedules import check_names

# The hyper-parameters of each, with torch's names and defaults; its betas are two numbers here. Torch has no default
# for momentum, 0.9 is the usual one.
OPTIMIZERS: dict[str, dict[str, float]] = {
    "gd": {},
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "adagrad": {"eps": 1e-10},
    "adadelta": {"rho": 0.9, "eps": 1e-6},
    "rmsprop": {"alpha": 0.99, "eps": 1e-8},
    "adam": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
}

State = dict[str, Any]


class Step(NamedTuple):
    """What one step gives: `update` is added to the point, `carried` is its part that earlier gradients made."""

    update: Array
    carried: Array | float
    state: State


def step(optimizer: str, state: State, gradient: Array, learning_rate: ArrayLike, **hyper: Any) -> Step:
    """One step of `optimizer` at a point where the loss has `gradient`, any shape; nothing is changed in place.

    `state` is {} before the first step and then the `state` of the step before; its keys are those of torch.optim.
    Learning rate and hyper-parameters are numbers or arrays that broadcast against the gradient; they aren't checked
    here, see `check_hyper`. Formulas: torch.optim's documentation of SGD, Adagrad, Adadelta, RMSprop and Adam.
    """
    return _STEPS[optimizer](state, gradient, np.asarray(learning_rate), **{**OPTIMIZERS[optimizer], **hyper})


def check_hyper(optimizer: str, hyper: dict[str, Any]) -> dict[str, Any]:
    """The optimiser's defaults with `hyper` put over them; ValueError says what is allowed."""
    values = check_names("optimizer", optimizer, OPTIMIZERS, hyper)
    for name, value in values.items():
        numbers = np.asarray(value)
        if numbers.dtype.kind not in "fiu" or not np.isfinite(numbers).all():
            raise ValueError(f"{name} must be a finite number, got {value!r}")
        if name == "eps" and (numbers <= 0).any():
            raise ValueError(f"eps must be above 0, got {value}")
        if name != "eps" and ((numbers < 0) | (numbers >= 1)).any():
            raise ValueError(f"{name} must be at least 0 and below 1, got {value}")
    return values


def _gd(state: State, gradient: Array, rate: Array) -> Step:
    return Step(-rate * gradient, 0.0, state)


def _momentum(state: State, gradient: Array, rate: Array, momentum: Any) -> Step:
    kept = momentum * state.get("momentum_buffer", 0.0)
    velocity = kept + gradient
    return Step(-rate * velocity, -rate * kept, {"momentum_buffer": velocity})


def _nesterov(state: State, gradient: Array, rate: Array, momentum: Any) -> Step:
    kept = momentum * state.get("momentum_buffer", 0.0)
    velocity = kept + gradient
    return Step(-rate * (gradient + momentum * velocity), -rate * (momentum * kept), {"momentum_buffer": velocity})


def _adagrad(state: State, gradient: Array, rate: Array, eps: Any) -> Step:
    total = state.get("sum", 0.0) + gradient * gradient
    return Step(-rate * (gradient / (np.sqrt(total) + eps)), 0.0, {"sum": total})


def _adadelta(state: State, gradient: Array, rate: Array, rho: Any, eps: Any) -> Step:
    square = rho * state.get("square_avg", 0.0) + (1 - rho) * gradient * gradient
    moved = state.get("acc_delta", 0.0)
    delta = np.sqrt(moved + eps) / np.sqrt(square + eps) * gradient
    return Step(-rate * delta, 0.0, {"square_avg": square, "acc_delta": rho * moved + (1 - rho) * delta * delta})


def _rmsprop(state: State, gradient: Array, rate: Array, alpha: Any, eps: Any) -> Step:
    square = alpha * state.get("square_avg", 0.0) + (1 - alpha) * gradient * gradient
    return Step(-rate * (gradient / (np.sqrt(square) + eps)), 0.0, {"square_avg": square})


def _adam(state: State, gradient: Array, rate: Array, beta1: Any, beta2: Any, eps: Any) -> Step:
    count = state.get("step", 0) + 1
    before = state.get("exp_avg", np.zeros_like(gradient))
    mean = before + (gradient - before) * (1 - beta1)
    square = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * gradient * gradient
    # Both means start at 0; dividing by 1 − βⁿ takes this bias out.
    size = rate / (1 - beta1**count)
    spread = np.sqrt(square) / np.sqrt(1 - beta2**count) + eps
    update = -size * (mean / spread)
    return Step(update, -size * (beta1 * before / spread), {"step": count, "exp_avg": mean, "exp_avg_sq": square})


_STEPS: dict[str, Callable[..., Step]] = {
    "gd": _gd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
    "rmsprop": _rmsprop,
    "adam": _adam,
}


class CriticalRate(NamedTuple):
    """The learning rate above which the steepest axis grows, or None; `reason` is a sentence either way."""

    rate: float | None
    reason: str


_NO_CRITICAL_RATE = {
    "adagrad": "Adagrad divides by the root of the sum of all squared gradients, so its steps shrink by themselves: "
    "too large a rate throws the run far out at first, but nothing grows for ever.",
    "adadelta": "Adadelta takes the length of a step from its own earlier steps, and the curvature cancels: "
    "the rate only scales them, and none marks where they begin to grow.",
    "rmsprop": "RMSprop divides each gradient by its own recent size, so a step is about lr long whatever the curvature: "
    "too large a rate circles the minimum at about that distance instead of running away.",
    "adam": "Adam divides the mean gradient by its recent size, so a step is at most about lr long whatever the curvature: "
    "too large a rate circles the minimum at about that distance instead of running away.",
}


def critical_rate(objective: Objective, optimizer: str = "gd", **hyper: float) -> CriticalRate:
    """The learning rate up to which full-batch descent on a quadratic shrinks along its steepest axis.

    2/λmax for plain descent, 2(1+β)/λmax with momentum β, 2(1+β)/((1+2β)λmax) for Nesterov's, λmax being the largest
    eigenvalue of the Hessian: beyond it a root of the linear recursion of (w, velocity) leaves the unit circle (at −1).
    The rate is None where there is no such number, for the adaptive optimisers and for what isn't a quadratic.
    """
    beta = check_hyper(optimizer, hyper).get("momentum", 0.0)
    if optimizer in _NO_CRITICAL_RATE:
        return CriticalRate(None, _NO_CRITICAL_RATE[optimizer])
    if objective.largest_curvature is None:
        return CriticalRate(
            None, f"The curvature of the {objective.name} changes from place to place, so no one rate is critical."
        )
    steepest = objective.largest_curvature
    if optimizer == "gd":
        return CriticalRate(2 / steepest, f"Critical rate 2/λmax = {2 / steepest:.4g} (λmax = {steepest:.4g}).")
    if optimizer == "momentum":
        rate, formula = 2 * (1 + beta) / steepest, "2(1+β)/λmax"
    else:
        rate, formula = 2 * (1 + beta) / ((1 + 2 * beta) * steepest), "2(1+β)/((1+2β)λmax)"
    return CriticalRate(rate, f"Critical rate {formula} = {rate:.4g} (λmax = {steepest:.4g}, β = {beta:.3g}).")
