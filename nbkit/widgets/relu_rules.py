"""What the ReLU sum's explorer keeps as plain JSON: its neurons, where training began, what was painted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from nbkit.approximation import MOST, ReLUSum
from nbkit.expressions import Expression
from nbkit.targets import PAINTED
from nbkit.widgets.controls import one_of, within

__all__ = [
    "LARGEST",
    "NUMBERS",
    "Neuron",
    "all_on",
    "chosen",
    "domain_rule",
    "formula",
    "heights_rule",
    "listed",
    "network",
    "neurons_rule",
    "pair_rule",
    "start_rule",
]

Neuron = dict[str, Any]

NUMBERS = ("weight", "bias", "output_weight")
LARGEST = 1e4  # of a weight: least squares on kinks that nearly coincide may ask for much
FAR = 1e3  # of the ends of the domain


def neurons_rule(value: Any) -> list[Neuron]:
    """The rule of the list of neurons: dicts of weight, bias, output_weight and, true unless said, on."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST:
        raise ValueError(f"must be a list of at most {MOST} neurons, got {_size(value)}")
    return [_neuron(neuron) for neuron in value]


def _size(value: Any) -> str:
    return f"{len(value)}" if isinstance(value, list | tuple) else f"{value!r:.80}"


def _neuron(value: Any) -> Neuron:
    if not isinstance(value, dict) or set(value) - {"on"} != set(NUMBERS):
        raise ValueError(f"must hold dicts of weight, bias, output_weight and on, got {value!r:.120}")
    neuron = {}
    for name in NUMBERS:
        try:
            neuron[name] = within(-LARGEST, LARGEST)(value[name])
        except ValueError as error:
            raise ValueError(f"has a {name} that {error}") from None
    neuron["on"] = one_of([True, False])(value.get("on", True))
    return neuron


def start_rule(value: Any) -> dict[str, Any] | None:
    """The rule of where training began: None, or a dict of neurons and output_bias."""
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"neurons", "output_bias"}:
        raise ValueError(f"must be None or a dict of neurons and output_bias, got {value!r:.80}")
    return {
        "neurons": neurons_rule(value["neurons"]),
        "output_bias": within(-LARGEST, LARGEST)(value["output_bias"]),
    }


def domain_rule(value: Any) -> list[float]:
    """The rule of the range of x: [low, high]."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise ValueError(f"must be two numbers [low, high], got {value!r:.80}")
    low, high = (within(-FAR, FAR)(end) for end in value)
    if high - low < 1e-3:
        raise ValueError(f"must be [low, high] with low at least 0.001 below high, got {value!r}")
    return [low, high]


def heights_rule(value: Any) -> list[float]:
    """The rule of what was painted: a list of 81 heights, or an empty one."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) not in (0, PAINTED):
        raise ValueError(f"must be a list of {PAINTED} heights, or an empty one, got {_size(value)}")
    return [within(-1e6, 1e6)(height) for height in value]


def pair_rule(value: Any) -> list[float]:
    """The rule of a point: two numbers."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise ValueError(f"must be two numbers [x, y], got {value!r:.80}")
    return [within(-1e6, 1e6)(number) for number in value]


@lru_cache(maxsize=32)
def formula(text: str) -> Expression:
    """The expression in x, read once."""
    return Expression(text)


def network(neurons: Sequence[Neuron], output_bias: float) -> ReLUSum:
    """The sum of those that are on."""
    on = [neuron for neuron in neurons if neuron["on"]]
    weights, biases, output_weights = ([neuron[name] for neuron in on] for name in NUMBERS)
    return ReLUSum(weights, biases, output_weights, output_bias)


def all_on(neurons: Sequence[Neuron]) -> ReLUSum:
    """The sum of all, also of those that are off."""
    return network([{**neuron, "on": True} for neuron in neurons], 0.0)


def listed(model: ReLUSum) -> list[Neuron]:
    """The neurons of a sum as plain values, to six decimals."""
    columns = (np.round(values, 6).tolist() for values in (model.weights, model.biases, model.output_weights))
    return [dict(zip(NUMBERS, numbers, strict=True)) | {"on": True} for numbers in zip(*columns, strict=True)]


def chosen(neurons: Sequence[Neuron], selected: int) -> int:
    """Which neuron is selected: the last one where the number is past the end, −1 where there are none."""
    return min(selected, len(neurons) - 1)
