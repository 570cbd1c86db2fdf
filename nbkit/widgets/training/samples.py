"""The data that the trainer's parameters name, or the user's own, split and as the model takes them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.datasets import DATASETS, DataSet, from_arrays, from_csv, from_frame, load
from nbkit.features import featured

__all__ = ["OwnData", "Samples", "own_data", "samples_of", "takes"]

Array = NDArray[np.float64]
Feed = Callable[[Array], Any]


@dataclass(frozen=True)
class Samples:
    """What is learned from and what is judged with, and `feed`, which makes the model's input of points (n, d)."""

    train: DataSet
    validation: DataSet
    feed: Feed
    labels: tuple[str, ...]  # one for each number that the first layer gets

    def pair(self, which: str) -> tuple[Any, Any]:
        """(x, y) of "train" or "validation", for a `Trainer`."""
        part: DataSet = getattr(self, which)
        return self.feed(part.x), part.y


@dataclass(frozen=True)
class OwnData:
    """A user's data: the table of all inputs, and the shapes that the model wants them in, one for each argument."""

    whole: DataSet
    shapes: tuple[tuple[int, ...], ...]

    def feed(self, x: Array) -> Any:
        """Points (n, d) in the model's shapes; a tuple where it takes several."""
        cuts = np.cumsum([int(np.prod(shape)) for shape in self.shapes])[:-1]
        parts = [
            part.reshape(len(x), *shape) for part, shape in zip(np.split(x, cuts, axis=1), self.shapes, strict=True)
        ]
        return tuple(parts) if len(parts) > 1 else parts[0]


def own_data(data: Any) -> OwnData:
    """A `DataSet`, a pair (x, y), a data frame or the path of a CSV file, whose last column is the target, as `OwnData`.

    x may be a tuple of arrays, one for each argument of the model, each of any shape whose first index is the sample's.
    Raises ValueError, one line, for what is none of these, and for numbers that do not fit.
    """
    if isinstance(data, DataSet):
        return OwnData(data, ((data.x.shape[1],),))
    if isinstance(data, str | os.PathLike):
        return own_data(from_csv(os.fspath(data)))
    if hasattr(data, "columns"):
        return own_data(from_frame(data, str(list(data.columns)[-1])))
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(
            f"data must be a name, a pair (x, y), a DataSet, a data frame or the path of a CSV file, got {type(data).__name__}"
        )
    several = list(data[0]) if isinstance(data[0], tuple) else [data[0]]
    tables, shapes = [], []
    for x in several:
        array = np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)
        if array.ndim == 1:
            array = array[:, None]
        tables.append(array.reshape(len(array), -1))
        shapes.append(array.shape[1:])
    if len({len(table) for table in tables}) != 1:
        raise ValueError(
            f"the inputs must have equally many rows, got {', '.join(str(len(table)) for table in tables)}"
        )
    return OwnData(from_arrays(np.concatenate(tables, axis=1), data[1]), tuple(shapes))


def takes(name: str) -> set[str]:
    """Which of the controls that not all data sets have this one has."""
    parameters = inspect.signature(DATASETS[name]).parameters
    found = {"classes"} & set(parameters)
    if "function" in parameters:
        found.add("region" if name == "region" else "formula")
    return found


def samples_of(own: OwnData | None, parameters: Mapping[str, Any]) -> Samples:
    """The split samples that the parameters describe; the same parameters give the same numbers."""
    if own is None:
        name = parameters["data"]
        keywords = {"formula": "function", "region": "function"}
        further = {keywords.get(key, key): parameters[key] for key in takes(name)}
        whole = load(
            name, samples=parameters["samples"], noise=parameters["noise"], seed=parameters["data_seed"], **further
        )
    else:
        whole = own.whole
    train, validation = whole.split(parameters["validation"], seed=parameters.get("data_seed", 0))
    if parameters["standardize"]:
        train, validation = train.standardized(), validation.standardized(train)
    if "features" in parameters and train.x.shape[1] == 2:
        names = parameters["features"]
        return Samples(train, validation, lambda x: featured(x, names), _written(names, train.inputs))
    return Samples(train, validation, own.feed if own else lambda x: x, train.inputs)


def _written(names: Sequence[str], inputs: Sequence[str]) -> tuple[str, ...]:
    """Features as they are read: x1², x1·x2, sin x1."""
    said = {"x1**2": "x1²", "x2**2": "x2²", "x1*x2": "x1·x2", "sin(x1)": "sin x1", "sin(x2)": "sin x2"}
    return tuple(said.get(name, name) for name in names)
