"""What was changed while a network learned: [step, {name: value}] each, by ascending step, as plain JSON."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from nbkit.widgets.training.controls import LIVE

__all__ = ["Change", "effective", "epoch_at", "later", "revised"]

Parameters = Mapping[str, Any]
Change = list[Any]


def effective(parameters: Parameters, step: int) -> dict[str, Any]:
    """The live settings with which the step after `step` is made: the first ones, then what `changes` say."""
    settings = {name: parameters[name] for name in LIVE if name in parameters}
    for at, values in parameters["changes"]:
        if at <= step or at == 0:
            settings |= {name: value for name, value in values.items() if name != "weights"}
    return settings


def epoch_at(parameters: Parameters, step: int, rows: int) -> float:
    """The epoch, with its part, after so many steps on so many rows: the batch size may have changed on the way."""
    epoch = used = at = 0
    ends = [change[0] for change in parameters["changes"] if change[0] < step and "batch_size" in change[1]]
    for end in [*ends, step]:
        size, steps = min(int(effective(parameters, at)["batch_size"]), rows), end - at
        first = -(-(rows - used) // size)  # the last batch of an epoch may be smaller
        if steps < first:
            used += steps * size
        else:
            whole, more = divmod(steps - first, -(-rows // size))
            epoch, used = epoch + 1 + whole, more * size
        at = end
    return epoch + used / rows


def revised(parameters: Parameters, step: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The changes, with those from `before` to `after` made at `step`; later ones are forgotten.

    At step 0 the knobs themselves say what holds: only weights are noted.
    """
    if not step:
        kept = [change[1]["weights"] for change in parameters["changes"] if not change[0] and "weights" in change[1]]
        weights = after.get("weights", kept[0] if kept else None)
        return [[0, {"weights": copy.deepcopy(weights)}]] if weights else []
    changes = copy.deepcopy([change for change in parameters["changes"] if change[0] <= step])
    different = {name: value for name, value in after.items() if before.get(name) != value}
    if not different:
        return changes
    first = {name: before[name] for name in different if name != "weights" and not _names(changes, name)}
    if first:
        if changes and changes[0][0] == 0:
            changes[0][1].update(first)
        else:
            changes.insert(0, [0, first])
    if changes and changes[-1][0] == step:
        changes[-1][1].update(different)
    else:
        changes.append([step, different])
    return changes


def _names(changes: Sequence[Change], name: str) -> bool:
    return any(name in values for _, values in changes)


def later(changes: Sequence[Change]) -> list[Change]:
    """The changes after the start, and those of weights at it."""
    return [change for change in changes if change[0] > 0 or "weights" in change[1]]
