"""Runs that were pinned, to be drawn under the present one with the knobs that differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.training.history import History
from nbkit.widgets.training.controls import FRESH, LIVE
from nbkit.widgets.training.run import Run
from nbkit.widgets.training.views import metric_of

__all__ = ["MOST_PINS", "Pins", "pin_of"]

Array = NDArray[np.float64]
Parameters = Mapping[str, Any]

MOST_PINS = 3
KNOBS = (*FRESH, *LIVE)


def pin_of(parameters: Parameters) -> dict[str, Any]:
    """What has to be known of a run to make it again: its knobs, its changes, and how far it went."""
    kept = {name: parameters[name] for name in (*KNOBS, "steps", "changes", "device") if name in parameters}
    return dict(json.loads(json.dumps(kept)))


class Pins:
    """The curves of pinned runs, kept where they were seen, or trained again where an equal explorer is made."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[str, dict[str, tuple[Array, Array]]] = {}

    def keep(self, pin: Parameters) -> None:
        """Take down the present run's curves for a pin that was just made of it."""
        self._known[_key(pin)] = _curves(self._run.trainer.history, pin["steps"])

    def curves(self, parameters: Parameters) -> list[tuple[str, dict[str, tuple[Array, Array]]]]:
        """For each pinned run what is different in it, and its validation curves (steps, values) by name."""
        found = []
        for pin in parameters["pinned"]:
            key = _key(pin)
            if key not in self._known:
                run = self._run.another()
                run.to({**parameters, **pin})
                self._known[key] = _curves(run.trainer.history, pin["steps"])
            found.append((difference(pin, parameters), self._known[key]))
        return found


def difference(pin: Parameters, now: Parameters) -> str:
    """The knobs in which a pinned run differs, with its values: "learning rate 0.1"."""
    names = [name for name in KNOBS if name in pin and name in now and pin[name] != now[name]]
    if not names:
        return "same knobs" if pin["changes"] == now["changes"] else "other changes on the way"
    said = [f"{name.replace('_', ' ')} {_brief(pin[name])}" for name in names[:2]]
    return ", ".join(said) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _brief(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list):
        return "-".join(map(str, value))
    return str(value).replace("_", " ")


def _key(pin: Parameters) -> str:
    return json.dumps(pin, sort_keys=True)


def _curves(history: History, step: int) -> dict[str, tuple[Array, Array]]:
    known = int(np.searchsorted(history.evaluation_steps, step, side="right"))
    steps = history.evaluation_steps[:known].astype(np.float64)
    curves = {"loss": (steps, history.validation_losses[:known])}
    metric = metric_of(history)
    if metric:
        curves[metric] = (steps, history.metrics[f"validation_{metric}"][:known])
    return curves
