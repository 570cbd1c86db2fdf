"""What is said under and over a run of gradient descent: its state, and the arithmetic of its last step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nbkit.descent import Trajectory
from nbkit.objectives import Objective
from nbkit.optimizers import CriticalRate
from nbkit.widgets.descent_controls import LABELS

__all__ = ["heading", "sentence", "success_words"]

Array = NDArray[np.float64]

STATES = {
    "too small": "learning rate too small",
    "converging": "converging",
    "bouncing": "bouncing",
    "local minimum": "stuck in a local minimum",
}
ADAPTIVE = ("adagrad", "adadelta", "rmsprop", "adam")


def heading(steps: int, run: Trajectory, batch: int | None) -> str:
    """One line: after how many steps, and the state."""
    if not steps:
        return "at the start"
    said = f"diverged at step {run.diverged_at}" if run.state == "diverged" else STATES[str(run.state)]
    if batch and run.state == "bouncing":
        said = "bouncing, shaken by its batches"
    return f"after {_counted(steps)}: {said}"


def sentence(
    steps: int, runs: Mapping[str, Trajectory], objective: Objective, critical: CriticalRate, batch: int | None
) -> str:
    """The last step with its numbers, then the others of a race, then the critical rate or why there is none."""
    name, run = next(iter(runs.items()))
    lines = [_step(name, steps, run, objective, batch)]
    if len(runs) > 1:
        ends = [f"{LABELS[name]} {_end(each, steps)}" for name, each in runs.items()]
        lines.append(f"Loss after {_counted(steps)}: {'; '.join(ends)}.")
    else:
        lines.append(critical.reason + (" Small batches diverge earlier." if critical.rate and batch else ""))
    return "\n".join(lines)


def success_words(sizes: Sequence[int], momenta: Sequence[float], share: Array) -> str:
    """The shares in numbers, a line a momentum."""
    head = f"Runs of 100 that end at the deepest minimum, at batch size {', '.join(map(str, sizes))}:"
    rows = [
        f"momentum {momentum:g}: {', '.join(f'{100 * part:.0f}' for part in column)}"
        for momentum, column in zip(momenta, share.T, strict=True)
    ]
    return "\n".join([head, *rows])


def _end(run: Trajectory, steps: int) -> str:
    return f"{_number(run.losses[steps])} ({'diverged' if run.state == 'diverged' else run.state})"


def _step(name: str, steps: int, run: Trajectory, objective: Objective, batch: int | None) -> str:
    last = max(steps, 1)
    what = "/".join(objective.parameters) if objective.dimension == 1 else f"({', '.join(objective.parameters)})"
    if run.diverged_at != -1 and last >= run.diverged_at:
        return (
            f"Diverged at step {run.diverged_at}: the last point that is finite is {what} = {_vector(run.points[-1])}, "
            f"loss {_number(run.losses[-1])}. It stays there."
        )
    before, after = run.points[last - 1], run.points[last]
    gradient, update, carried = run.gradients[last - 1], run.updates[last - 1], run.carried[last - 1]
    rate = _number(run.learning_rates[last - 1])
    of = f" of {'1 sample' if batch == 1 else f'{batch} samples'}" if batch else ""
    if name == "gd":
        parts = f"{_vector(before)} − {rate}·{_bracket(gradient)}"
    elif name in ADAPTIVE:
        parts = f"{_vector(before)} + {_bracket(update)}"
    else:
        parts = f"{_vector(before)} + gradient part {_bracket(update - carried)} + momentum {_bracket(carried)}"
    said = f"Step {last}: {what} = {parts} = {_vector(after)}"
    if name != "gd":
        said += f", at gradient {_vector(gradient)}{of} and rate {rate}"
    elif batch:
        said += f", the gradient being that{of}"
    said += f". Loss {_number(run.losses[last - 1])} → {_number(run.losses[last])}."
    return said if steps else f"Not made yet: {said[0].lower()}{said[1:]}"


def _counted(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def _number(value: float) -> str:
    """Four digits, with a minus sign, and exponents without zeros."""
    said = re.sub(r"e([+-])0?(\d+)", lambda found: f"e{found[1].replace('+', '')}{found[2]}", f"{value:.4g}")
    return said.replace("-", "−")


def _vector(values: Array) -> str:
    return _number(values[0]) if len(values) == 1 else f"({', '.join(map(_number, values))})"


def _bracket(values: Array) -> str:
    said = _vector(values)
    return f"({said})" if said.startswith("−") else said
