"""Your own data from a CSV file, checked until one line says what is wrong and in which line of it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from nbkit.datasets.base import DataSet
from nbkit.datasets.own import chosen_columns, from_arrays

__all__ = ["from_csv"]

Row = tuple[int, list[str]]  # the number of the line, and its cells


def from_csv(
    path: str | Path,
    *,
    target: str | int = -1,
    inputs: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    delimiter: str | None = None,
    **labels: Any,
) -> DataSet:
    """A data set from a table in a text file, of which the last column is the target unless another is named.

    The first row names the columns if none of it is a number; `columns` are names in place of it. `target` is a name or a number
    from 0; `inputs` are the columns to be used, all others without it; `delimiter` is found out among , ; and tab. Further
    keywords are those of `from_arrays`; a target of words gives classes. Raises ValueError, one line, with the number of the
    line and the column, for what is missing or no number; FileNotFoundError as `open` does.
    """
    file = Path(path).name
    rows = _rows(Path(path), delimiter)
    width = len(rows[0][1])
    names = [f"column {number}" for number in range(width)]
    if not any(_is_number(cell) for cell in rows[0][1]):
        names, rows = rows[0][1], rows[1:]
    if not rows:
        raise ValueError(f"{file} has the names of its columns, and no data")
    if columns is not None:
        names = list(columns)
        if len(names) != width:
            raise ValueError(f"columns must name the {width} columns of {file}, got {len(names)} names")
    if isinstance(target, int):
        if not -width <= target < width:
            raise ValueError(f"{file} has {width} columns, there is no number {target}")
        target = names[target]
    used = chosen_columns(file, names, [target], inputs)
    words = [row[names.index(target)] for _, row in rows]
    numeric = all(map(_is_number, words))
    # One that is no number among numbers is a slip of the pen, unless classes are asked for.
    must = {*used, target} if any(map(_is_number, words)) and labels.get("task") in (None, "regression") else {*used}
    for line, row in rows:
        for name in [*used, target]:
            _check(f"line {line} of {file}: {name}", row[names.index(name)], name in must, inputs is None)
    x = np.array([[float(row[names.index(name)]) for name in used] for _, row in rows])
    whole = all(word.lstrip("+-").isdigit() for word in words)
    y = np.array(words).astype(np.int64 if whole else np.float64) if numeric else np.array(words)
    return from_arrays(x, y, **{"name": file, "inputs": used, "target": target, **labels})


def _rows(path: Path, delimiter: str | None) -> list[Row]:
    """The rows that are not blank, all of the same length."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is no text in UTF-8 (byte {error.start}): save it as CSV in UTF-8") from None
    first = text.lstrip().partition("\n")[0]
    # A semicolon is looked for first: where it divides, commas are decimal.
    mark = delimiter or next((mark for mark in ";\t" if mark in first), ",")
    reader = csv.reader(StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    try:
        cells = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} of {path.name} is no CSV: {error}") from None
    rows = [(line, row) for line, row in cells if row not in ([], [""])]
    if not rows:
        raise ValueError(f"{path.name} is empty")
    for line, row in rows:
        if len(row) != len(rows[0][1]):
            raise ValueError(f"line {line} of {path.name} has {len(row)} columns, the first has {len(rows[0][1])}")
    return rows


def _check(where: str, cell: str, number: bool, all_columns: bool) -> None:
    if not cell:
        raise ValueError(f"{where} is empty; fill it in, or leave the line out")
    if number and not _is_number(cell):
        hint = "; write decimals with a point" if "," in cell else ""
        hint = hint or ("; columns of words can be left out by inputs=[…]" if all_columns else "")
        raise ValueError(f"{where} is {cell!r}, which is no number{hint}")


def _is_number(cell: str) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False
