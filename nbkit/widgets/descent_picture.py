"""What gradient descent's figure shows for the explorer's parameters: the losses by name, their landscapes, and the runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.descent import Trajectory, gradient_descent, success_rate
from nbkit.displays.descent import Fit
from nbkit.displays.landscape import Arrow, Landscape, Run
from nbkit.objectives import FunctionObjective, LineFit, Objective, SineFit, named_objective
from nbkit.optimizers import OPTIMIZERS
from nbkit.widgets.descent_controls import HYPER, LABELS, SCHEDULE_HYPER, formula

__all__ = [
    "ALL",
    "MOMENTA",
    "OBJECTIVES",
    "SIZES",
    "arrow",
    "batch_of",
    "checked_function",
    "fit",
    "landscape",
    "objective_of",
    "run",
    "runners",
    "share",
    "shown",
    "start_of",
    "values_of",
]

Array = NDArray[np.float64]
Parameters = Mapping[str, Any]

OBJECTIVES = (
    "parabola",
    "narrow valley",
    "Rosenbrock",
    "two minima",
    "saddle",
    "plateau",
    "sine fit",
    "line fit",
    "expression",
)
ALL = 100  # samples, of those objectives that have any
SIZES = (1, 2, 4, 8, 16, 32, ALL)
MOMENTA = (0.0, 0.5, 0.9)


def objective_of(p: Parameters, own: Callable[..., Any] | Objective | None) -> Objective:
    """The objective that the parameters name."""
    name = p["objective"]
    if name == "expression":
        return _typed(p["expression"], p["reach"])
    if name == "yours":
        assert own is not None
        return own if isinstance(own, Objective) else _called(own, p["reach"])
    return named_objective(name, **({"condition": p["condition"]} if name == "narrow valley" else {}))


def batch_of(objective: Objective, p: Parameters) -> int | None:
    """The batch size, None for the full sample and where there are no samples."""
    return p["batch_size"] if objective.samples is not None and p["batch_size"] < objective.samples else None


def run(name: str, objective: Objective, start: Array, p: Parameters) -> Trajectory:
    """The run of one optimiser; where no step is asked for, with one, which is shown before it is made."""
    return gradient_descent(
        objective,
        start,
        learning_rate=p["learning_rate"],
        steps=max(p["steps"], 1),
        optimizer=name,
        schedule=p["schedule"],
        seed=p["seed"],
        batch_size=batch_of(objective, p),
        **values_of(p, HYPER[name]),
        **values_of(p, SCHEDULE_HYPER[p["schedule"]]),
    )


def values_of(p: Parameters, names: dict[str, str], optimizer: str | None = None) -> dict[str, Any]:
    """The values of hyper-parameters, by the names that the maths gives them; only the optimiser's, if one is named."""
    return {
        hyper: p[control] for hyper, control in names.items() if optimizer is None or hyper in OPTIMIZERS[optimizer]
    }


def runners(p: Parameters) -> list[str]:
    """The optimisers that run, the main one first."""
    return [p["optimizer"], *(name for name in p["race"] if name != p["optimizer"])]


def start_of(objective: Objective, start: list[float] | None) -> Array:
    """Where to start; ValueError for what is not in the picture, or has another number of parameters."""
    if start is None:
        return objective.start
    point = np.array(start)
    low, high = objective.domain.T
    if len(point) != objective.dimension or (point < low).any() or (point > high).any():
        allowed = " and ".join(
            f"{name} from {a:.3g} to {b:.3g}"
            for name, (a, b) in zip(objective.parameters, objective.domain, strict=True)
        )
        raise ValueError(f"start must have {allowed} on the {objective.name}, got {start}")
    return point


def checked_function(function: Any) -> Any:
    """The user's function; ValueError for what is none."""
    if function is not None and not callable(function) and not isinstance(function, Objective):
        raise ValueError(f"function must be a callable of one array or of two, got {function!r:.60}")
    if not isinstance(function, Hashable):  # its landscape is kept under it
        raise ValueError(f"function must be hashable, wrap it in a def, got {function!r:.60}")
    return function


@lru_cache(maxsize=32)
def _typed(expression: str, reach: float) -> Objective:
    typed = formula(expression)
    return FunctionObjective(typed, len(typed.variables), (-reach, reach), name="expression")


@lru_cache(maxsize=32)
def _called(function: Callable[..., Any], reach: float) -> Objective:
    if isinstance(function, np.ufunc):
        count = function.nin
    else:
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        given = inspect.signature(function).parameters.values()
        count = sum(each.kind in kinds and each.default is inspect.Parameter.empty for each in given)
    if count not in (1, 2):
        raise ValueError(f"function must take one array or two, yours takes {count}")
    return FunctionObjective(function, count, (-reach, reach), name="function")


@lru_cache(maxsize=16)
def landscape(objective: Objective) -> Landscape:
    """The loss over its domain, made once, since the display draws what it has not drawn before."""
    count = 601 if objective.dimension == 1 else 101
    grid = tuple(np.linspace(low, high, count) for low, high in objective.domain)
    values = objective.value(np.stack(np.meshgrid(*grid), axis=-1))
    minima = objective.minima
    return Landscape(objective.parameters, grid, values, minima, objective.value(minima), objective.deepest)


@lru_cache(maxsize=16)
def share(objective: Objective, start: tuple[float, ...], learning_rate: float, steps: int, seed: int) -> Array:
    """The share of runs that end at the deepest minimum, (SIZES, MOMENTA)."""
    sizes = [None if size == ALL else size for size in SIZES]
    return success_rate(
        objective, start, learning_rate=learning_rate, steps=steps, batch_sizes=sizes, momenta=MOMENTA, seed=seed
    )


def shown(name: str, run: Trajectory, count: int) -> Run:
    """A run up to where it diverged: what repeats from there on says nothing."""
    end = count if run.diverged_at == -1 else min(count, int(run.diverged_at))
    return Run(LABELS[name], str(run.state), list(OPTIMIZERS).index(name), run.points[: end + 1], run.losses[: end + 1])


def arrow(objective: Objective, run: Trajectory) -> Arrow | None:
    """The last step, ten or a hundred times as long if it would hardly be seen."""
    update, carried = run.updates[-1], run.carried[-1]
    widths = objective.domain[:, 1] - objective.domain[:, 0]
    longest = float((np.maximum(np.abs(update - carried), np.abs(carried)) / widths).max())
    if longest < 1e-4:
        return None
    times = 10.0 ** np.clip(np.floor(np.log10(0.3) - np.log10(longest)), 0, 2)
    return Arrow(run.points[-2], update - carried, carried, float(times), float(run.losses[-2]))


def fit(objective: Objective, point: Array) -> Fit | None:
    """The samples, and the curve that the parameters make, for the two fits."""
    if not isinstance(objective, SineFit | LineFit):
        return None
    x = np.linspace(objective.x.min(), objective.x.max(), 201)
    inside = point[0] * x + point[1]
    return Fit(objective.x, objective.y, np.array([x, np.sin(inside) if isinstance(objective, SineFit) else inside]))
