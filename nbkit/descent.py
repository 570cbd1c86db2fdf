"""Gradient descent, many runs at once, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.objectives import Array, Objective


@dataclass(frozen=True)
class Trajectory:
    """Where runs of gradient descent went; every array is finite and "..." is () for one run, (runs,) for several.

    points (..., steps+1, d); losses (..., steps+1), of the full sample; gradients (..., steps+1, d), those that the
    steps are made with (of a batch, where there are batches); updates (..., steps, d), points[k+1] − points[k];
    carried (..., steps, d), the part of each update that comes from earlier gradients (momentum), the rest comes
    from gradients[k]; learning_rates (steps,) or (..., steps); diverged_at (...), the step at which a run diverged,
    −1 for never (the points after it repeat the last finite one); state (...), str for one run, an array of str for
    several: "diverged", "local minimum", "bouncing", "too small" or "converging", the first that applies.
    """

    points: Array
    losses: Array
    gradients: Array
    updates: Array
    carried: Array
    learning_rates: Array
    diverged_at: NDArray[np.int_]
    state: str | NDArray[np.str_]


def gradient_descent(
    objective: Objective,
    start: ArrayLike,
    *,
    learning_rate: float,
    steps: int,
    optimizer: str = "gd",
    schedule: str = "constant",
    seed: int | Sequence[int] = 0,
    batch_size: int | None = None,
    **hyper: float,
) -> Trajectory:
    """Go down `objective` from `start`, (d,) or (runs, d).

    `hyper` are the optimiser's and the schedule's hyper-parameters, see OPTIMIZERS and SCHEDULES. Provisional:
    plain descent only.
    """
    point = np.array(start, dtype=float)
    points, gradients = [point], [objective.gradient(point)]
    for _ in range(steps):
        points.append(points[-1] - learning_rate * gradients[-1])
        gradients.append(objective.gradient(points[-1]))
    path = np.stack(points, axis=-2)
    lead = point.shape[:-1]
    return Trajectory(
        points=path,
        losses=objective.value(path),
        gradients=np.stack(gradients, axis=-2),
        updates=np.diff(path, axis=-2),
        carried=np.zeros_like(path[..., 1:, :]),
        learning_rates=np.full(steps, learning_rate),
        diverged_at=np.full(lead, -1),
        state=np.full(lead, "converging") if lead else "converging",
    )


def success_rate(
    objective: Objective,
    start: ArrayLike,
    *,
    learning_rate: float,
    steps: int,
    batch_sizes: Sequence[int | None],
    momenta: Sequence[float] = (0.0,),
    seeds: int = 100,
) -> Array:
    """The share of seeds that end in the deepest valley, (batch sizes, momenta); a batch size of None is the full sample."""
    raise NotImplementedError
