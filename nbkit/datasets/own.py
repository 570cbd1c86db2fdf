"""Your own data, arrays or a data frame, checked until one line says what is wrong and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.datasets.base import Array, DataSet, Labels, Task

__all__ = ["MOST_CLASSES", "chosen_columns", "from_arrays", "from_frame"]

#: Whole numbers of more kinds than this are values, not classes, unless `task` says otherwise.
MOST_CLASSES = 20

MISSING = ("None", "nan", "<NA>", "NaT")
TASKS = ("binary", "multiclass", "regression")


def from_arrays(
    x: Any,
    y: Any,
    *,
    name: str = "own data",
    task: Task | None = None,
    inputs: Sequence[str] | None = None,
    target: str = "y",
    classes: Sequence[str] | None = None,
) -> DataSet:
    """A data set of inputs x (n, d) and targets y (n,), (n, 1) or (n, k): arrays, CPU tensors or lists.

    Words, booleans, whole numbers of at most MOST_CLASSES kinds, and floats that are all 0 or 1, are classes, numbered in their
    order; all else is a regression. `task` decides otherwise; `inputs` and `target` are axis labels with units; `classes`
    names the classes in their order. Raises ValueError, one line, for shapes that do not fit and for what is no finite
    number, with its row (from 0) and column.
    """
    x = _array("x", x)
    if x.ndim != 2 or 0 in x.shape:
        hint = "; one input is a column: x.reshape(-1, 1)" if x.ndim == 1 and x.size else ""
        raise ValueError(f"x must be a table of shape (samples, inputs), got {x.shape}{hint}")
    labels = tuple(inputs) if inputs is not None else tuple(f"x{n}" for n in range(1, x.shape[1] + 1))
    if len(labels) != x.shape[1]:
        raise ValueError(f"inputs must name the {x.shape[1]} columns of x, got {len(labels)} names")
    numbers = _numbers(x, [f"column {label!r}" for label in labels])
    y = _array("y", y)
    if y.ndim not in (1, 2) or len(y) != len(x):
        raise ValueError(f"y must have one entry for each of the {len(x)} rows of x, got shape {y.shape}")
    if y.dtype.kind == "O" and all(isinstance(entry, int | float) for entry in y.ravel()):
        y = np.array(y.tolist())  # numbers that a table of objects held
    if task is not None and task not in TASKS:
        raise ValueError(f"task must be one of {', '.join(TASKS)}, got {task!r}")
    if (task or _task(y)) == "regression":
        values = _numbers(y.reshape(len(y), -1), ["y"] if y.size == len(y) else [f"y {k}" for k in range(y.shape[1])])
        return DataSet(name, numbers, values, "regression", labels, target)
    numbered, names = _numbered(y, classes)
    if task == "binary" and len(names) > 2:
        raise ValueError(f"a binary y has two classes, this has {len(names)}: {', '.join(names[:8])}")
    task = task or ("binary" if len(names) == 2 else "multiclass")
    return DataSet(name, numbers, numbered, task, labels, target, names)


def from_frame(
    frame: Any, target: str | Sequence[str], *, inputs: Sequence[str] | None = None, **labels: Any
) -> DataSet:
    """A data set from a data frame (pandas, polars, …): `target` is the column to predict, or several for a regression.

    `inputs` are the columns to predict it from, all others without it. Further keywords are those of `from_arrays`. Raises
    ValueError for a column that there is not, and as `from_arrays` does.
    """
    columns = [str(column) for column in frame.columns]
    targets = [target] if isinstance(target, str) else list(target)
    used = chosen_columns("the frame", columns, targets, inputs)
    by_name = dict(zip(columns, frame.columns, strict=True))  # whose names may be numbers

    def table(names: list[str]) -> NDArray[Any]:
        return np.column_stack([np.asarray(frame[by_name[column]]).astype(object) for column in names])

    y = table(targets) if len(targets) > 1 else np.asarray(frame[by_name[targets[0]]])
    return from_arrays(table(used), y, **{"inputs": used, "target": ", ".join(targets), **labels})


def chosen_columns(where: str, names: list[str], targets: list[str], inputs: Sequence[str] | None) -> list[str]:
    """The columns of the inputs, once all that are asked for are known to be there."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{where} has more than one column {twice[0]!r}: rename one")
    used = [name for name in names if name not in targets] if inputs is None else list(inputs)
    for name in [*targets, *used]:
        if name not in names:
            raise ValueError(f"{where} has no column {name!r}; it has {', '.join(names)}")
    if not used:
        raise ValueError(f"{where} has no column for the inputs beside {', '.join(targets)}")
    return used


def _array(name: str, values: Any) -> NDArray[Any]:
    try:
        return np.asarray(values.detach() if hasattr(values, "detach") else values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is no array: {' '.join(str(error).split())[:120]}") from None


def _numbers(table: NDArray[Any], columns: list[str]) -> Array:
    """The table (n, d) as float64; a ValueError names the first entry that is no finite number."""
    try:
        numbers = table.astype(np.float64)
    except (TypeError, ValueError):
        numbers = np.array([[_number(entry) for entry in row] for row in table])
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        row, column = bad[0]
        entry = table[row, column]
        shown = repr(str(entry)) if isinstance(entry, str) else entry
        raise ValueError(f"row {row}, {columns[column]} is {shown}: each entry must be a finite number")
    return numbers


def _number(entry: Any) -> float:
    try:
        return float(entry)
    except (TypeError, ValueError):
        return np.nan


def _task(y: NDArray[Any]) -> Task:
    if y.ndim == 2 and y.shape[1] > 1:
        return "regression"
    if y.dtype.kind == "f":
        return "binary" if set(np.unique(y)) == {0.0, 1.0} else "regression"
    kinds = len(set(y.ravel().tolist()))
    return "regression" if y.dtype.kind in "iu" and kinds > MOST_CLASSES else "multiclass" if kinds != 2 else "binary"


def _numbered(y: NDArray[Any], classes: Sequence[str] | None) -> tuple[Labels, tuple[str, ...]]:
    """The classes as numbers from 0 in their order, and their names."""
    if y.size != len(y):
        raise ValueError(
            f"classes are one a row, shape ({len(y)},); got {y.shape}: of one-hot rows take y.argmax(axis=1)"
        )
    entries = y.ravel().tolist()
    missing = [row for row, entry in enumerate(entries) if str(entry) in MISSING and not isinstance(entry, str)]
    if missing:
        raise ValueError(f"row {missing[0]}, y is {entries[missing[0]]}: each row needs a class")
    if y.dtype.kind == "O":
        entries = [str(entry) for entry in entries]
    kinds, numbers = np.unique(np.array(entries), return_inverse=True)
    if len(kinds) < 2:
        raise ValueError(f"y has the class {kinds[0]} alone: there must be two at least")
    names = tuple(f"{kind:g}" if y.dtype.kind == "f" else str(kind) for kind in kinds)
    if classes is not None:
        if len(classes) != len(kinds):
            raise ValueError(
                f"classes must name the {len(kinds)} classes {', '.join(names[:8])}, got {len(classes)} names"
            )
        names = tuple(classes)
    return numbers.astype(np.int64), names
