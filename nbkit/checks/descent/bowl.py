"""The landscape on which a student's steps are judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.landscape import Array

__all__ = ["EXERCISE", "Bowl"]

EXERCISE = "02_gradient_descent"


class Bowl:
    """w·A·w / 2 with a tilted, positive A: its gradient A·w couples the components."""

    def __init__(self, rng: np.random.Generator, dimension: int, coupled: bool = True) -> None:
        turn = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0] if coupled else np.eye(dimension)
        self.matrix = turn @ np.diag(rng.uniform(0.5, 2.0, dimension)) @ turn.T

    def loss(self, w: Array) -> float:
        return float(w @ self.matrix @ w / 2)

    def gradient(self, w: Any) -> Any:
        """A·w, in the kind of array that is asked with."""
        matrix: Any = self.matrix
        if hasattr(w, "detach"):
            import torch

            matrix = torch.as_tensor(matrix, dtype=w.dtype)
        return matrix @ w
