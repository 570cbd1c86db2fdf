"""The plain program that makes the same runs of gradient descent as are shown."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.objectives import Objective
from nbkit.widgets.descent_controls import HYPER, LABELS, SCHEDULE_HYPER, formula
from nbkit.widgets.descent_listings import (
    BATCH,
    BATCHES,
    CURVE,
    DESCEND,
    DIFFERENCES,
    FULL,
    LOSSES,
    OWN_OBJECTIVE,
    PLANE,
    REACHED,
    SCHEDULES,
    STEPS,
    SUCCESS,
)

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
    parts = ["import matplotlib.pyplot as plt\nimport numpy as np", _loss(shown, objective, function).format(**values)]
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


def _loss(shown: Mapping[str, Any], objective: Objective, function: Any) -> str:
    """The definitions of loss(w) and gradient(w, batch), with braces doubled."""
    name = shown["objective"]
    if name in LOSSES:
        return LOSSES[name]
    arguments = ", ".join(f"w[..., {place}]" for place in range(objective.dimension))
    if name == "yours" and isinstance(function, Objective):
        return OWN_OBJECTIVE
    if name == "yours":
        body = _own(function)
    else:
        names = ", ".join(objective.parameters)
        source = formula(shown["expression"]).source()
        body = f"def function({names}):\n    return {source} + 0 * {objective.parameters[0]}"
        if "relu(" in source:
            body = f"def relu(x):\n    return np.maximum(x, 0)\n\n\n{body}"
    return f"{body}\n\n{DIFFERENCES}".replace("{", "{{").replace("}", "}}").replace("ARGUMENTS", arguments)


def _own(function: Callable[..., Any]) -> str:
    """A callable's own text where it has one that can stand alone, under the name `function`."""
    name = str(getattr(function, "__name__", ""))
    if isinstance(function, np.ufunc) and getattr(np, name, None) is function:
        return f"function = np.{name}"
    if inspect.isfunction(function) and not function.__closure__ and name.isidentifier():
        try:
            text = textwrap.dedent(inspect.getsource(function)).strip()
        except (OSError, TypeError):
            text = ""
        if text.startswith("def "):
            return text if name == "function" else f"{text}\n\n\nfunction = {name}"
    return "function = function  # your own function: define it under this name first"


def _level(objective: Objective) -> float:
    """The loss below which a run of a fit has reached the good minimum."""
    others = objective.value(objective.minima[~objective.deepest])
    return float((objective.lowest + others.min(initial=1.0)) / 2)
