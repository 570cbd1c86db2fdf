"""A user's function, typed or in Python, made into one of points (n, d), with its failures told in a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.datasets.base import Array, Labels
from nbkit.expressions import Expression

__all__ = ["Function", "region_of", "values_of"]

#: A formula, or a callable of as many arrays (n,) as there are inputs, which returns one.
Function = str | Callable[..., Any]


def values_of(function: Function, variables: tuple[str, ...]) -> Callable[[Array], Array]:
    """The function's values (n, 1) at points (n, d); where they are no finite numbers, a ValueError."""
    called = Expression(function, variables) if isinstance(function, str) else function

    def values(x: Array) -> Array:
        y = _result(called, variables, x)
        if y.dtype.kind not in "fiub":
            raise ValueError(f"the function must return numbers, it returned {y.dtype}")
        if not np.isfinite(y).all():
            raise ValueError(
                f"the function is not finite at {_place(variables, x[~np.isfinite(y)][0])}; choose inputs where it is"
            )
        return y.astype(np.float64)[:, None]

    return values


def region_of(function: Function, variables: tuple[str, ...]) -> Callable[[Array], Labels]:
    """1 at points (n, d) inside the region where the function is true, 0 elsewhere, shape (n,).

    A formula compares two sides, like "x1**2 > x2"; a callable returns booleans. Raises ValueError for what does neither.
    """
    called = _comparison(function, variables) if isinstance(function, str) else function

    def inside(x: Array) -> Labels:
        y = _result(called, variables, x)
        if y.dtype.kind != "b":
            raise ValueError(f"the function must return true or false for each point, it returned {y.dtype}")
        return y.astype(np.int64)

    return inside


def _comparison(text: str, variables: tuple[str, ...]) -> Callable[..., NDArray[np.bool_]]:
    sides = re.split("([<>])=?", text)
    if len(sides) != 3:
        raise ValueError(f"a region is one formula above or below another, like 'x1**2 > x2', got {text!r}")
    left, right = Expression(sides[0], variables), Expression(sides[2], variables)
    compare = np.greater if sides[1] == ">" else np.less
    return lambda *x: np.asarray(compare(left(*x), right(*x)))


def _result(called: Callable[..., Any], variables: tuple[str, ...], x: Array) -> NDArray[Any]:
    """What the callable returns for the columns of x, as an array (n,)."""
    try:
        with np.errstate(all="ignore"):
            y = np.asarray(called(*x.T.copy()))  # a copy: it may be written into
    except Exception as error:
        said = " ".join(str(error).split())
        hint = ": write & for 'and', | for 'or', with brackets" if "truth value" in said else ""
        raise ValueError(f"the function raised {type(error).__name__}{hint} ({said[:120]})") from error
    if y.shape != (len(x),):
        names = ", ".join(variables)
        raise ValueError(
            f"the function must return one value for each of the {len(x)} points, so that f({names}) has the shape "
            f"({len(x)},); it returned {y.shape}"
        )
    return y


def _place(variables: tuple[str, ...], x: Array) -> str:
    return ", ".join(f"{name} = {value:.4g}" for name, value in zip(variables, x, strict=True))
