"""What a student's answer has to be before it can be compared: numbers, of one shape, all finite."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.checks.findings import Unusable, done

__all__ = ["brief", "number", "numbers"]

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 40
_short.maxlist = _short.maxtuple = 4


def brief(value: Any) -> str:
    """A value as it stands in a sentence: short, arrays by their shape when they are long."""
    if isinstance(value, bool | str) or value is None:
        return _short.repr(value)
    if isinstance(value, float | int | np.number):
        return f"{float(value):.4g}"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        array = _plain(value)
        if array.size <= 6 and array.dtype.kind in "fiub":
            return np.array2string(array, precision=4, separator=", ").replace("\n", "")
        return f"an array of shape {tuple(array.shape)}"
    if isinstance(value, list | tuple) and any(np.ndim(item) and hasattr(item, "shape") for item in value):
        return f"a {type(value).__name__} of {len(value)} arrays"
    if hasattr(value, "parameters") and hasattr(value, "forward"):
        return f"a network ({type(value).__name__})"
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}"
    return f"{_short.repr(value)} (a {type(value).__name__})"


def numbers(value: Any, shape: tuple[int, ...] | None, name: str) -> NDArray[np.float64]:
    """The student's value as float64, of a shape; lists, tensors and numbers are taken, shape None takes all.

    Raises Unusable, with one line that names what is wrong: no numbers, a complex number, a wrong shape, NaN or inf and where.
    """
    done(value)
    if value is None:
        raise Unusable(f"{name} is None: is there a `return`, and has the cell been run?")
    if isinstance(value, str | bytes | dict | set) or callable(value):
        raise Unusable(f"{name} has to be numbers, got {brief(value)}.")
    try:
        array = _plain(value)
    except (TypeError, ValueError):
        raise Unusable(f"{name} can't be read as an array of numbers: got {brief(value)}.") from None
    if array.dtype.kind not in "fiub":
        raise Unusable(f"{name} has to be real numbers, got an array of type {array.dtype}.")
    array = array.astype(np.float64)
    if shape is not None and array.shape != shape:
        raise Unusable(f"{name} has shape {array.shape}, asked is {shape}{_shape_hint(array.shape, shape)}.")
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        at = f" at index {place[0] if len(place) == 1 else place}" if place else ""
        raise Unusable(
            f"{name} holds {array[bad][0]} ({int(bad.sum())} of {array.size} values), first{at or ' of all'}."
        )
    return array


def number(value: Any, name: str) -> float:
    """The student's value as one number; an array of one element is taken too."""
    array = numbers(value, None, name)
    if array.size != 1:
        raise Unusable(f"{name} has to be one number, got {brief(array)}.")
    return float(array.reshape(()))


def _plain(value: Any) -> NDArray[Any]:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    elif isinstance(value, list | tuple) and any(hasattr(item, "detach") for item in value):
        value = [_plain(item) for item in value]
    return np.asarray(value)


def _shape_hint(got: tuple[int, ...], asked: tuple[int, ...]) -> str:
    if len(asked) == 1 and got == (asked[0], asked[0]):
        return ": (n,) met (n, 1) somewhere, and numpy made all pairs of it"
    if len(asked) == 2 and asked[1] == 1 and got == (asked[0], asked[0]):
        return ": (n,) met (n, 1) somewhere, and numpy made all pairs of it"
    if sorted(got) == sorted(asked) and got == asked[::-1]:
        return ": rows and columns are exchanged"
    if got == ():
        return ": one number where each sample or component has its own"
    if [n for n in got if n != 1] == [n for n in asked if n != 1]:
        return f": the same numbers in another shape, see `reshape{asked}`"
    if np.prod(got) == np.prod(asked) > 1:
        return ": as many numbers, but in another shape"
    return ""
