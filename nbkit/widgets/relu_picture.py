"""From a target, a network by hand and one by training to what the ReLU sum's figure is told."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.approximation import Errors, ReLUSum, error_curve, errors
from nbkit.targets import Target
from nbkit.widgets.relu_rules import Neuron, all_on, chosen

__all__ = ["COUNTS", "limits", "picture"]

Array = NDArray[np.float64]

COUNTS = (1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 50)
NONE = np.empty((2, 0))
RIGHT = "Right, in grey: kinks spaced evenly, with their best output weights. In colour: the networks on the left."


def picture(
    target: Target,
    shown_limits: tuple[float, float],
    neurons: list[Neuron],
    selected: int,
    hand: ReLUSum,
    machine: ReLUSum | None,
    state: str,
) -> dict[str, Any]:
    """The keywords of the display's `update` that depend on target and networks, and the caption."""
    every, index = all_on(neurons), chosen(neurons, selected)
    by_hand = _errors(hand, target)
    lines = [
        _about(every, neurons, index),
        f"RMS error {_three(by_hand.rms)}, largest {_three(by_hand.largest)}",
    ]
    caption = f"{_count(len(hand))}: RMS error {by_hand.rms:.4g}, largest {by_hand.largest:.4g}."
    trained = np.empty(0)
    if machine is not None:
        by_machine = _errors(machine, target)
        trained = np.array([len(machine), by_machine.rms, by_machine.largest])
        lines[1] += f"; trained, {state}: {_three(by_machine.rms)}, {_three(by_machine.largest)}"
        caption += f" Trained, {state}: {by_machine.rms:.4g} and {by_machine.largest:.4g}."
    return {
        "text": "\n".join(lines),
        "domain": (target.low, target.high),
        "limits": shown_limits,
        "target": NONE if target.sampled else np.array(target.thinned(5)),
        "samples": np.array([target.x, target.y]) if target.sampled else NONE,
        "total": _corners(hand, target),
        "machine": NONE if machine is None else _corners(machine, target),
        "terms": _terms(every, target),
        "kinks": every.kinks,
        "on": np.array([neuron["on"] for neuron in neurons], dtype=bool),
        "selected": index,
        "counts": np.array(COUNTS),
        "curve": _curve(target),
        "hand": np.array([len(hand), by_hand.rms, by_hand.largest]) if len(hand) else np.empty(0),
        "trained": trained,
        "error_limits": _error_limits(shown_limits),
        "caption": f"{caption}\n{RIGHT}",
    }


def limits(target: Target) -> tuple[float, float]:
    """The range of y that is shown: the target's and 0, with room around; what leaves it is cut off."""
    low, high = min(float(target.y.min()), 0.0), max(float(target.y.max()), 0.0)
    room = 0.2 * (high - low) or 1.0
    return low - room, high + room


def _error_limits(shown: tuple[float, float]) -> tuple[float, float]:
    """Four decades that begin near the height of the target."""
    top = 10.0 ** math.ceil(math.log10((shown[1] - shown[0]) / 4))
    return top * 1e-4, top


def _errors(model: ReLUSum, target: Target) -> Errors:
    return errors(target.x, _values(model, target.x) - target.y, sampled=target.sampled)


def _values(model: ReLUSum, x: Array) -> Array:
    """The sum; where training has run away, something large."""
    with np.errstate(all="ignore"):
        return np.clip(np.nan_to_num(model(x), nan=1e9), -1e9, 1e9)


def _corners(model: ReLUSum, target: Target) -> Array:
    """The sum's broken line, (2, k): its kinks and both ends, which say it all."""
    kinks = model.kinks
    inside = kinks[(kinks > target.low) & (kinks < target.high)]
    x = np.sort(np.concatenate([[target.low, target.high], inside]))
    return np.array([x, _values(model, x)])


def _terms(model: ReLUSum, target: Target) -> Array:
    """Three points (n, 3, 2) of each weighted neuron: left end, kink, right end."""
    kinks = np.clip(np.nan_to_num(model.kinks, nan=target.low), target.low, target.high)
    x = np.column_stack([np.full(len(model), target.low), kinks, np.full(len(model), target.high)])
    sums = model.weights[:, None] * x + model.biases[:, None]
    return np.stack([x, model.output_weights[:, None] * np.maximum(sums, 0.0)], axis=-1)


def _curve(target: Target) -> Array:
    return _known_curve(target.x.tobytes(), target.y.tobytes(), target.sampled)


@lru_cache(maxsize=32)
def _known_curve(x: bytes, y: bytes, sampled: bool) -> Array:
    return error_curve(np.frombuffer(x), np.frombuffer(y), COUNTS, sampled=sampled)


# --- words


def _about(every: ReLUSum, neurons: list[Neuron], index: int) -> str:
    if index < 0:
        return "no neurons: the sum is its output bias"
    w, b, a = (float(values[index]) for values in (every.weights, every.biases, every.output_weights))
    sign = "+" if b >= 0 else "−"
    said = f"neuron {index + 1}: {number(a)}·relu({number(w)}x {sign} {number(abs(b))})"
    if not neurons[index]["on"]:
        return f"{said}, switched off"
    if not w:
        return f"{said}, the same everywhere: no kink"
    change = number(float(every.slope_changes[index]), sign=True)
    return f"{said}, kink {number(float(every.kinks[index]), 3)}, slope change {change}"


def _count(neurons: int) -> str:
    return f"{neurons} neuron{'s' if neurons != 1 else ''}"


def _three(value: float) -> str:
    """Three digits, also where the last are 0."""
    return f"{value:#.3g}".rstrip(".") if value < 1e5 else f"{value:.1e}"


def number(value: float, digits: int = 2, *, sign: bool = False) -> str:
    """As it is printed: with a minus sign, and no −0.00."""
    said = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return (said if float(said) else said.removeprefix("-")).replace("-", "−")
