"""Several runs at once beside the one that is shown: the same training with the next seeds, as a median and a band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nbkit.displays.training import Band
from nbkit.training import Ensemble
from nbkit.training.ensemble import band
from nbkit.widgets.training.controls import FRESH, LIVE
from nbkit.widgets.training.run import Run

__all__ = ["Several"]

Parameters = Mapping[str, Any]


class Several:
    """The runs of a `Run` with `runs` seeds; they follow the shown one, and stand still where it goes back."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._made: dict[str, Any] = {}
        self._runs: Ensemble | None = None
        #: Why there is no band; "" where there is one, and for one run.
        self.why_not = ""

    def to(self, parameters: Parameters, step: int) -> None:
        """Make them those of the parameters, trained for at least so many steps."""
        count = parameters.get("runs", 1)
        names = ("runs", "device", "changes", *FRESH, *LIVE)
        made = {name: parameters[name] for name in names if name in parameters}
        if made != self._made:
            self._made, self._runs, self.why_not = made, None, ""
            if count > 1:
                try:
                    self._runs = self._run.several(parameters, count)
                except ValueError as error:
                    self.why_not = f"One run only: {error}."
        self.walk(step)

    def walk(self, step: int) -> None:
        """Go on to a step; not back."""
        if self._runs is not None and step > self._runs.steps:
            self._runs.run(steps=step - self._runs.steps)

    def band(self, name: str, step: int) -> Band | None:
        """Median and middle two thirds of the validation sample's "loss" or metric up to a step; None where there is no such."""
        measured = self._runs.measured.get(f"validation_{name}") if self._runs is not None else None
        if measured is None or self._runs is None:
            return None
        steps = self._runs.evaluation_steps
        known = int(np.searchsorted(steps, step, side="right"))
        median, low, high = (np.where(np.isfinite(edge), edge, np.nan) for edge in band(measured[:known]))
        return Band(f"{len(self._runs)} seeds", steps[:known].astype(np.float64), median, low, high)
