"""What a network is fed with instead of two bare inputs: their squares, product and sines, as in TensorFlow Playground."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEATURES", "featured"]

Array = NDArray[np.float64]

#: Features of the inputs x1 and x2, each as numpy would write it.
FEATURES: dict[str, Callable[[Array, Array], Array]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1**2": lambda x1, x2: x1**2,
    "x2**2": lambda x1, x2: x2**2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}


def featured(x: Array, names: Sequence[str]) -> Array:
    """Features (n, len(names)) of points (n, 2); raises ValueError for a name that is not in FEATURES, and for none at all."""
    unknown = [name for name in names if name not in FEATURES]
    if unknown or not names:
        raise ValueError(f"features must be some of {', '.join(FEATURES)}, got {', '.join(unknown) or 'none'}")
    x = np.asarray(x, np.float64)
    return np.column_stack([FEATURES[name](x[:, 0], x[:, 1]) for name in names])
