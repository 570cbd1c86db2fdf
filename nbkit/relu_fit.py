"""Training a sum of ReLUs: its squared error as an objective of gradient descent, and where descent has come after some steps."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.approximation import ReLUSum
from nbkit.descent import Trajectory, gradient_descent
from nbkit.formulas import relu
from nbkit.landscape import Batch, Objective

__all__ = ["ReLUSumFit", "train"]

Array = NDArray[np.float64]


class ReLUSumFit(Objective):
    """The mean squared error of a ReLU sum of n neurons on samples x, y (m,), for gradient descent.

    A point holds the n weights, the n biases, the n output weights and the output bias; `pack` makes it of a ReLUSum, and
    `unpack` the other way. The loss is not convex; no minimum is known, and its `lowest` is the 0 of a perfect fit.
    """

    name = "fit of a ReLU sum"
    lowest = 0.0

    def __init__(self, x: ArrayLike, y: ArrayLike, neurons: int) -> None:
        self.x, self.y = (np.asarray(values, dtype=np.float64) for values in (x, y))
        self.neurons, self.samples = neurons, len(self.x)
        self.parameters = (*(f"{letter}{k + 1}" for letter in "wba" for k in range(neurons)), "c")
        self.domain = np.tile([-20.0, 20.0], (self.dimension, 1))

    @cached_property
    def minima(self) -> Array:
        return np.empty((0, self.dimension))

    def pack(self, model: ReLUSum) -> Array:
        """The point (3n + 1,) that stands for a ReLUSum."""
        return np.concatenate([model.weights, model.biases, model.output_weights, [model.output_bias]])

    def unpack(self, point: Array) -> ReLUSum:
        """The ReLUSum that a point (3n + 1,) stands for."""
        weights, biases, output_weights = point[:-1].reshape(3, -1)
        return ReLUSum(weights, biases, output_weights, float(point[-1]))

    def value(self, points: Array) -> Array:
        # In blocks of at most a million hidden values, since a trajectory has thousands of points.
        flat = points.reshape(-1, self.dimension)
        losses = np.empty(len(flat))
        block = max(1, 1_000_000 // max(1, self.neurons * len(self.x)))
        for first in range(0, len(flat), block):
            _, _, residual = self._forward(flat[first : first + block], self.x, self.y)
            losses[first : first + block] = (residual**2).mean(axis=-1)
        return losses.reshape(points.shape[:-1])

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        x, y = (self.x, self.y) if batch is None else (self.x[batch], self.y[batch])
        active, hidden, residual = self._forward(points, x, y)
        share = (2 / x.shape[-1]) * residual
        n = self.neurons
        flowing = active * points[..., 2 * n : -1, None]  # the derivative of Z by each neuron's sum
        return np.concatenate(
            [
                (flowing @ (share * x)[..., None])[..., 0],
                (flowing @ share[..., None])[..., 0],
                (hidden @ share[..., None])[..., 0],
                share.sum(axis=-1, keepdims=True),
            ],
            axis=-1,
        )

    def _forward(self, points: Array, x: Array, y: Array) -> tuple[NDArray[np.bool_], Array, Array]:
        """Which neurons are above 0 and what they put out, both (..., n, m), and how far the sum is from y, (..., m)."""
        n = self.neurons
        sums = points[..., :n, None] * x[..., None, :] + points[..., n : 2 * n, None]
        hidden = relu(sums)
        z = (points[..., None, 2 * n : -1] @ hidden)[..., 0, :] + points[..., -1:]
        return sums > 0, hidden, z - y


def train(
    begin: ReLUSum, x: ArrayLike, y: ArrayLike, *, learning_rate: float, steps: int, optimizer: str
) -> Trajectory:
    """The way of gradient descent from `begin` on samples x, y (m,); the last ways are kept, so that asking again is free."""
    samples = np.array([x, y], dtype=np.float64)
    point = ReLUSumFit(x, y, len(begin)).pack(begin)
    return _way(len(begin), point.tobytes(), samples.tobytes(), learning_rate, steps, optimizer)


@lru_cache(maxsize=8)
def _way(neurons: int, point: bytes, samples: bytes, learning_rate: float, steps: int, optimizer: str) -> Trajectory:
    x, y = np.frombuffer(samples).reshape(2, -1)
    objective = ReLUSumFit(x, y, neurons)
    return gradient_descent(
        objective, np.frombuffer(point), learning_rate=learning_rate, steps=steps, optimizer=optimizer
    )
