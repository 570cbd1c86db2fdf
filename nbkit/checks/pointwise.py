"""Functions that were written for one number, and are asked about many."""

from __future__ import annotations

from nbkit.checks.findings import Unusable

__all__ = ["many_at_once"]


def many_at_once(failed: Unusable, name: str, instead: str) -> Unusable:
    """The failure of a function that takes one point at a time, in words that say so; any other failure as it is.

    `instead` says what `if`, `and` and the like become for arrays.
    """
    if "truth value" in failed.said or "ambiguous" in failed.said:
        said = f"`{name}` is asked about many points at once, and {instead}"
    elif "only length-1 arrays" in failed.said or "only 0-dimensional arrays" in failed.said:
        said = f"`{name}` is asked about many points at once, and `math` takes one number at a time: numpy has the same functions for arrays."
    elif "bitwise_" in failed.said:
        said = f"`{name}` stops at `&` or `|`, which come before `<` and `>`: a > 0 & b > 0 is read as a > (0 & b) > 0. Put each comparison in brackets."
    else:
        return failed
    return Unusable(said, failed.trace)
