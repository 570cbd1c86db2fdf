"""Gradient descent, many runs at once, and the share of them that ends well."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nbkit.objectives import Array, Batch, Objective
from nbkit.optimizers import check_hyper, step
from nbkit.schedules import SCHEDULES, learning_rates
from nbkit.trajectory import Trajectory, trajectory

__all__ = ["Trajectory", "gradient_descent", "success_rate"]


def gradient_descent(
    objective: Objective,
    start: ArrayLike,
    *,
    learning_rate: ArrayLike,
    steps: int,
    optimizer: str = "gd",
    schedule: str = "constant",
    seed: int | Sequence[int] = 0,
    batch_size: int | None = None,
    **hyper: Any,
) -> Trajectory:
    """Go down `objective` from `start`, (d,) for one run or (runs, d) for several at once.

    `optimizer` is one of OPTIMIZERS and `schedule` one of SCHEDULES, `hyper` their hyper-parameters; the learning rate
    and the optimiser's hyper-parameters are one number or one a run. With a `batch_size` each step takes the mean over
    that many of the objective's samples; every epoch shuffles them anew and takes each once, the last batch may be
    smaller. Run i draws with `default_rng(seed + i)`, or with its own of several seeds.

    Raises ValueError, which says what is allowed, for unknown names, values out of range and a start where loss or
    gradient isn't finite.
    """
    single = np.ndim(start) == 1
    point = np.atleast_2d(_check_start(objective, start))
    runs, count = len(point), _check_count("steps", steps)
    of_schedule = {name: hyper.pop(name) for name in SCHEDULES.get(schedule, {}) if name in hyper}
    values = {name: _per_run(name, value, runs)[..., None] for name, value in check_hyper(optimizer, hyper).items()}
    rates = learning_rates(schedule, _check_rate(learning_rate, runs), count, **of_schedule)
    batches = _batches(objective, batch_size, _check_seeds(seed, runs))
    walk = _walk(objective, point, np.moveaxis(rates, -1, 0)[..., None], optimizer, values, batches)

    points, gradients, carried = (np.empty((count + 1, runs, objective.dimension)) for _ in range(3))
    with np.errstate(all="ignore"):
        for number, (place, slope, kept) in enumerate(walk):
            points[number], gradients[number], carried[number] = place, slope, kept
    return trajectory(objective, points, gradients, carried[:-1], rates, single)


def success_rate(
    objective: Objective,
    start: ArrayLike,
    *,
    learning_rate: float,
    steps: int,
    batch_sizes: Sequence[int | None],
    momenta: Sequence[float] = (0.0,),
    seeds: int = 100,
    seed: int = 0,
) -> Array:
    """The share of `seeds` runs from `start` (d,) that end at the deepest minimum, shape (batch sizes, momenta).

    What counts as there is `objective.reached`. A batch size of None is the full sample, where all seeds do the same;
    momentum 0 is plain descent. All seeds and momenta are computed at once, seed by seed the same runs as those of
    `gradient_descent`. Raises ValueError as that does, and where the objective has no known minimum.
    """
    rate, count = float(_check_rate(learning_rate, 1)), _check_count("steps", steps)
    if _check_start(objective, start).ndim != 1:
        raise ValueError(f"start must be one point, of shape ({objective.dimension},), got {start!r}")
    several = _check_count("seeds", seeds)
    momentum = check_hyper("momentum", {"momentum": np.asarray(momenta, dtype=float)})["momentum"][:, None, None]
    if not len(objective.minima):
        raise ValueError(f"the {objective.name} has no known minimum in its domain, so none can be reached")
    share = np.empty((len(batch_sizes), len(momenta)))
    for row, size in enumerate(batch_sizes):
        batches = _batches(objective, size, _check_seeds(seed, several))
        point = np.broadcast_to(start, (len(momenta), several if size else 1, objective.dimension)).astype(float)
        with np.errstate(all="ignore"):
            walk = _walk(objective, point, repeat(rate, count), "momentum", {"momentum": momentum}, batches)
            end, _, _ = deque(walk, maxlen=1)[0]
            share[row] = objective.reached(end).mean(axis=-1)
    return share


def _walk(
    objective: Objective,
    point: Array,
    rates: Iterable[Any],
    optimizer: str,
    hyper: dict[str, Any],
    batches: Iterator[Batch],
) -> Iterator[tuple[Array, Array, Array | float]]:
    """Each point with its gradient and what the step from it carries over; one more than there are rates."""
    state: dict[str, Any] = {}
    for rate in rates:
        gradient = objective.gradient(point, next(batches))
        change = step(optimizer, state, gradient, rate, **hyper)
        yield point, gradient, change.carried
        point, state = point + change.update, change.state
    yield point, objective.gradient(point, next(batches)), 0.0


def _batches(objective: Objective, size: int | None, seeds: list[int]) -> Iterator[Batch]:
    """The sample numbers of one step after the other, (seeds, size), or None for ever where a batch is the full sample."""
    if size is None:
        return repeat(None)
    if objective.samples is None:
        raise ValueError(f"the {objective.name} has no samples to draw batches from: batch_size must be None")
    if _check_count("batch_size", size) >= objective.samples:
        return repeat(None)
    return _shuffled(objective.samples, size, [np.random.default_rng(seed) for seed in seeds])


def _shuffled(samples: int, size: int, generators: list[np.random.Generator]) -> Iterator[Batch]:
    # Each generator draws sixteen epochs at a call, so that the calls for a hundred runs cost little beside the steps.
    epochs = np.tile(np.arange(samples), (16, 1))
    while True:
        orders = np.stack([generator.permuted(epochs, axis=1) for generator in generators], axis=1)
        for order in orders:
            for first in range(0, samples, size):
                yield order[:, first : first + size]


def _check_start(objective: Objective, start: ArrayLike) -> Array:
    point = np.array(start, dtype=float)
    if point.ndim not in (1, 2) or point.shape[-1] != objective.dimension or not np.isfinite(point).all():
        d = objective.dimension
        raise ValueError(f"start must be finite, of shape ({d},) or (runs, {d}) on the {objective.name}, got {start!r}")
    with np.errstate(all="ignore"):
        if not (np.isfinite(objective.value(point)).all() and np.isfinite(objective.gradient(point)).all()):
            raise ValueError(
                f"loss and gradient must be finite at the start, they aren't at {start!r}: start elsewhere"
            )
    return point


def _per_run(name: str, value: ArrayLike, runs: int) -> Array:
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "fiu" or numbers.shape not in ((), (runs,)):
        raise ValueError(f"{name} must be one number or one for each of {runs} runs, got {value!r}")
    return numbers.astype(float)


def _check_rate(learning_rate: ArrayLike, runs: int) -> Array:
    rate = _per_run("learning_rate", learning_rate, runs)
    if not np.isfinite(rate).all() or (rate <= 0).any():
        raise ValueError(f"learning_rate must be above 0, got {learning_rate!r}")
    return rate


def _check_count(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
    return int(value)


def _check_seeds(seed: int | Sequence[int], runs: int) -> list[int]:
    seeds = [seed + run for run in range(runs)] if isinstance(seed, int | np.integer) else list(seed)
    if len(seeds) != runs or any(not isinstance(each, int | np.integer) or each < 0 for each in seeds):
        raise ValueError(f"seed must be a whole number, at least 0, or one for each of {runs} runs, got {seed!r}")
    return [int(each) for each in seeds]
