"""Values of parameters as people read them: in text outputs, and where a figure shows other ones than the controls."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["alike", "brief"]


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same to a reader: the page's sliders answer 0.9 with 0.9000000000000001."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


def brief(value: Any) -> str:
    """A value as it stands in text outputs: the same on every machine."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return f"[{', '.join(map(brief, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {brief(item)}' for key, item in value.items())}}}"
    return repr(value)
