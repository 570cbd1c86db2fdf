"""Data sets to learn from, by name, and your own: numbers that carry their labels, units and truth with them.

>>> load("circle", samples=200, noise=0.3, seed=1)
<circle: 200 samples of x1, x2 → class (outside 100, inside 100)>
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nbkit.datasets.base import DataSet
from nbkit.datasets.curves import curve, five_inputs, oscillator, relu_sum
from nbkit.datasets.files import from_csv
from nbkit.datasets.measured import AVAILABLE, diabetes, digits, dilepton
from nbkit.datasets.own import from_arrays, from_frame
from nbkit.datasets.planar import blobs, circle, gaussians, moons, region, spiral, xor

__all__ = ["AVAILABLE", "DATASETS", "DataSet", "from_arrays", "from_csv", "from_frame", "load"]

#: The makers of data sets by name; each takes samples, noise, seed, and what its docstring names besides.
DATASETS: dict[str, Callable[..., DataSet]] = {
    "circle": circle,
    "xor": xor,
    "gaussians": gaussians,
    "spiral": spiral,
    "moons": moons,
    "blobs": blobs,
    "region": region,
    "curve": curve,
    "relu_sum": relu_sum,
    "oscillator": oscillator,
    "five_inputs": five_inputs,
    "dilepton": dilepton,
    "digits": digits,
    "diabetes": diabetes,
}


def load(name: str, *, samples: int | None = None, noise: float | None = None, seed: int = 0, **own: Any) -> DataSet:
    """The data set of that name in DATASETS; None is the maker's own default, `own` are its further keywords.

    The same numbers give the same data. Raises ValueError for a name or keyword that there is not, and for bad numbers.
    """
    if name not in DATASETS:
        raise ValueError(f"there is no data set {name!r}; there are {', '.join(DATASETS)}")
    maker = DATASETS[name]
    shared = {"samples": samples, "noise": noise, "seed": seed}
    further = [key for key in inspect.signature(maker).parameters if key not in shared]
    unknown = [key for key in own if key not in further]
    if unknown:
        raise ValueError(f"{name} does not take {', '.join(unknown)}; it takes {', '.join([*shared, *further])}")
    return maker(**{key: value for key, value in shared.items() if value is not None}, **own)
