"""One step of each optimiser, as a pure function, and the learning rate above which it can't converge."""

from typing import NamedTuple

from nbkit.objectives import Array, Objective

# The hyper-parameters of each and torch's defaults for them; adam's betas are two numbers here.
OPTIMIZERS: dict[str, dict[str, float]] = {
    "gd": {},
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "adagrad": {"eps": 1e-10},
    "adadelta": {"rho": 0.9, "eps": 1e-6},
    "rmsprop": {"alpha": 0.99, "eps": 1e-8},
    "adam": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
}


class CriticalRate(NamedTuple):
    """The learning rate above which the steepest axis grows, or None; `reason` is a sentence either way."""

    rate: float | None
    reason: str


def critical_rate(objective: Objective, optimizer: str = "gd", **hyper: float) -> CriticalRate:
    """The largest learning rate at which full-batch descent on a quadratic still shrinks, 2/λmax for plain descent."""
    if optimizer != "gd" or objective.largest_curvature is None:
        return CriticalRate(None, "not written yet")
    return CriticalRate(2 / objective.largest_curvature, "|1 − lr·λmax| must be below 1, so lr below 2/λmax.")


class Step(NamedTuple):
    """What one step gives: `update` is added to the point, `carried` is its part that earlier gradients made."""

    update: Array
    carried: Array
    state: dict[str, Array]
