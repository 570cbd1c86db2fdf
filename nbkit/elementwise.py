"""Functions of somebody's own, which are asked about many numbers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["answers", "for_one_number"]

# What numpy says of `if x > 0`, and of `math.sin(x)`.
COMPLAINTS = ("truth value of an array", "only length-1 arrays", "only 0-dimensional arrays")


def answers(function: Callable[..., Any], *arrays: NDArray[np.float64], name: str = "the function") -> NDArray[Any]:
    """What the function returns for the arrays, as an array of any type, without numpy's warnings.

    Raises what the function raises; ValueError, in a line that says what to write, where it takes one number at a time only.
    """
    try:
        with np.errstate(all="ignore"):
            return np.asarray(function(*arrays))
    except (TypeError, ValueError) as error:
        said = for_one_number(error, name)
        if said:
            raise ValueError(said) from error
        raise


def for_one_number(error: Exception, name: str) -> str:
    """What to write, where this is the failure of a function that takes one number at a time; else ''."""
    if not any(complaint in str(error) for complaint in COMPLAINTS):
        return ""
    return (
        f"{name} is asked about many numbers at once: write np.where(…) in place of `if`, np.sin in place of math.sin"
    )
