"""The plain program that makes the same runs of gradient descent as are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.objectives import Objective
from nbkit.widgets.descent_controls import HYPER, LABELS, SCHEDULE_HYPER
from nbkit.widgets.descent_listings import (
    BATCH,
    BATCHES,
    CURVE,
    DESCEND,
    FULL,
    PLANE,
    REACHED,
    SCHEDULES,
    STEPS,
    SUCCESS,
)
from nbkit.widgets.descent_losses import definitions

__all__ = ["program"]


def program(
    shown: Mapping[str, Any],
    objective: Objective,
    start: NDArray[np.float64],
    function: Callable[..., Any] | Objective | None,
) -> str:
    """The text of the program for the parameters that are `shown`."""
    success = shown["view"] == "success" and objective.samples is not None
    batch = shown["batch_size"] if objective.samples is not None and shown["batch_size"] < objective.samples else None
    values = {
        "domain": objective.domain.tolist(),
        "start": start.tolist(),
        "names": objective.parameters,
        "batch": batch,
        **{name: shown[name] for name in ("learning_rate", "steps", "seed", "condition")},
    }
    parts = [
        "import matplotlib.pyplot as plt\nimport numpy as np",
        definitions(shown, objective, function).format(**values),
    ]
    if "expit(" in parts[1]:
        parts[0] += "\nfrom scipy.special import expit"
    if success:
        values["reached"] = REACHED[shown["objective"]].format(
            level=_level(objective), places=objective.minima.tolist(), widths=np.ptp(objective.domain, axis=1).tolist()
        )
        parts.append(SUCCESS.format(**{**values, "steps": max(shown["steps"], 1)}))
        return _joined(parts)
    names = [shown["optimizer"], *(name for name in shown["race"] if name != shown["optimizer"])]
    for name in names:
        parts.append(STEPS[name].format(**{hyper: repr(shown[control]) for hyper, control in HYPER[name].items()}))
    given = {hyper: shown[control] for hyper, control in SCHEDULE_HYPER[shown["schedule"]].items()}
    parts.append(SCHEDULES[shown["schedule"]].format(learning_rate=shown["learning_rate"], **given))
    if batch is not None:
        parts.append(BATCHES.format(**values))
    racers = ", ".join(f"{LABELS[name]!r}: {name}" for name in names)
    drawn = BATCH if batch is not None else FULL
    parts.append(DESCEND.format(**values, racers=racers, **drawn))
    parts.append((CURVE if objective.dimension == 1 else PLANE).format(**values))
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _level(objective: Objective) -> float:
    """The loss below which a run of a fit has reached the good minimum."""
    others = objective.value(objective.minima[~objective.deepest])
    return float((objective.lowest + others.min(initial=1.0)) / 2)
