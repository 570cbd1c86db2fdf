"""What a user changed while a model learned, written down with the step, so that the way can be walked again."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

__all__ = ["Change", "Changes", "checked", "difference"]


class Change(NamedTuple):
    """After `step` steps the setting `name` became `value`; "train" and "weights" are among the names."""

    step: int
    name: str
    value: Any


class Changes(list[Change]):
    """All changes, in their order. A later one of the same setting at the same step takes an earlier one's place."""

    _relied_on = 0

    def note(self, step: int, name: str, value: Any) -> None:
        if name != "weights" and len(self) > self._relied_on and self[-1][:2] == (step, name):
            self.pop()
        self.append(Change(step, name, value))

    def until(self, step: int) -> int:
        """How many were made up to `step`; who asks relies on them, and they stay as they are."""
        count = bisect.bisect_right(self, step, key=lambda change: change.step)
        self._relied_on = max(self._relied_on, count)
        return count

    def truncate(self, step: int) -> None:
        """Forget the changes after `step`."""
        while self and self[-1].step > step:
            self.pop()
        self._relied_on = min(self._relied_on, len(self))


def checked(name: str, value: Any) -> Any:
    """The value, if it is one for the setting of that name; else ValueError says what is allowed."""
    if name == "batch_size":
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise ValueError(
                f"batch_size must be a whole number, at least 1, or None for the whole sample, got {value!r}"
            )
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if name == "learning_rate" and not (number and value > 0):
        raise ValueError(f"learning_rate must be above 0, got {value!r}")
    if not (number and value >= 0):
        raise ValueError(f"{name} must be a number, at least 0, got {value!r}")
    return value


def difference(before: Sequence[Tensor], after: Sequence[Tensor]) -> list[tuple[int, Tensor, Tensor]]:
    """Where tensors differ from what they were: the tensor's number, the places in it, the new values there."""
    changed = []
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        places = torch.nonzero((old != new).flatten())[:, 0]
        if len(places):
            changed.append((number, places, new.detach().flatten()[places].clone()))
    return changed
