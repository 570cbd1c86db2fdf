"""What became of runs of gradient descent: where they went, and in one word how it ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nbkit.objectives import Array, Objective

STATES = ("diverged", "local minimum", "bouncing", "too small", "converging")


@dataclass(frozen=True)
class Trajectory:
    """Where runs of gradient descent went; every array is finite, "..." is () for one run and (runs,) for several.

    points (..., steps+1, d); losses (..., steps+1), those of the full sample; gradients (..., steps+1, d), those which
    the steps are made with, so those of the batches, the last one of a step not made; updates (..., steps, d),
    points[k+1] − points[k]; carried (..., steps, d), the part of each update that earlier gradients made (momentum):
    what is left is due to gradients[k]; learning_rates (steps,), or (..., steps) if the runs had different ones.

    diverged_at (...), the first step where point, loss or gradient isn't finite or the loss is more than 10⁶ times as
    far above the lowest known one as at the start (at least 10⁻⁶), −1 for never. From there on the last finite point
    repeats.

    state (...), a str for one run, an array of them for several; the first of these that applies:
      diverged       diverged_at isn't −1
      local minimum  the last 20 points are within 5 % of the domain's widths of a known minimum that isn't the deepest
      bouncing       in more than half of the last 20 pairs of successive updates the two point against each other
                     (updates below 8 roundings of the point don't count)
      too small      the loss fell, over all steps, by less than 1 % of what lay between the first and the lowest known
      converging     none of these
    """

    points: Array
    losses: Array
    gradients: Array
    updates: Array
    carried: Array
    learning_rates: Array
    diverged_at: NDArray[np.int_]
    state: str | NDArray[np.str_]


def trajectory(
    objective: Objective, points: Array, gradients: Array, carried: Array, rates: Array, single: bool
) -> Trajectory:
    """The Trajectory of points and gradients (steps+1, runs, d), which may end in NaN; `single` drops the axis of runs."""
    with np.errstate(all="ignore"):
        losses = _losses(objective, points)
        lowest = np.minimum(objective.lowest, np.where(np.isfinite(losses), losses, np.inf).min(axis=0))
        limit = 1e6 * np.maximum(losses[0] - lowest, 1e-6)
        finite = np.isfinite(points).all(axis=-1) & np.isfinite(gradients).all(axis=-1) & np.isfinite(losses)
        bad = ~finite | (losses - lowest > limit)
    diverged_at = np.where(bad.any(axis=0), bad.argmax(axis=0), -1)
    if bad.any():
        # The step that passes the limit is still shown if it is finite, the one that isn't finite can't be.
        last = np.where(diverged_at >= 0, diverged_at - ~finite[diverged_at, np.arange(len(limit))], len(points) - 1)
        shown = np.minimum(np.arange(len(points))[:, None], last)
        points, gradients = (np.take_along_axis(array, shown[..., None], axis=0) for array in (points, gradients))
        losses = np.take_along_axis(losses, shown, axis=0)
        carried = np.where((shown[1:] > shown[:-1])[..., None], carried, 0.0)
    updates = np.diff(points, axis=0)
    state = _states(objective, points, updates, losses, lowest, diverged_at)
    points, losses, gradients, updates, carried = (
        np.ascontiguousarray(np.moveaxis(array, 0, 1)) for array in (points, losses, gradients, updates, carried)
    )
    if not single:
        return Trajectory(points, losses, gradients, updates, carried, rates, diverged_at, state)
    rates = rates[0] if rates.ndim == 2 else rates
    return Trajectory(points[0], losses[0], gradients[0], updates[0], carried[0], rates, diverged_at[0], str(state[0]))


def _losses(objective: Objective, points: Array) -> Array:
    # In blocks of 20 000 points: a loss that is a mean over 100 samples needs a hundred numbers a point.
    block = max(1, 20_000 // points.shape[1])
    return np.concatenate([objective.value(points[first : first + block]) for first in range(0, len(points), block)])


def _states(
    objective: Objective, points: Array, updates: Array, losses: Array, lowest: Array, diverged_at: NDArray[np.int_]
) -> NDArray[np.str_]:
    shallow = objective.minima[~objective.deepest]
    stuck = objective.near(points[-20:], shallow).all(axis=0)

    last = updates[-21:]
    moving = np.linalg.norm(last, axis=-1) > 8 * np.finfo(float).eps * np.linalg.norm(points[-len(last) :], axis=-1)
    scale = np.abs(last).max(axis=-1, keepdims=True, initial=np.finfo(float).tiny)
    directions = last / scale
    against = ((directions[1:] * directions[:-1]).sum(axis=-1) < 0) & moving[1:] & moving[:-1]
    bouncing = against.sum(axis=0) > 0.5 * len(against) if len(against) else np.zeros(len(lowest), dtype=bool)

    fallen, left = losses[0] - losses[-1], losses[0] - lowest
    too_small = (fallen >= 0) & (fallen < 0.01 * left)
    return np.select([diverged_at >= 0, stuck, bouncing, too_small], STATES[:-1], STATES[-1])
