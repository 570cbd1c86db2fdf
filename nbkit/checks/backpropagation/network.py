"""A network with one hidden layer and samples for it, as the checks of exercise 3 draw them, with torch's gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.landscape import Array

__all__ = ["EXERCISE", "NAMES", "SIZES", "Layers", "close"]

EXERCISE = "03_backpropagation"
NAMES = ("W1", "b1", "W2", "b2")

#: Samples, inputs and hidden neurons: all different, so that a wrong shape shows; one sample; all equal, so that only values tell.
SIZES = ((7, 2, 4), (1, 3, 2), (20, 1, 5), (4, 4, 4))


class Layers:
    """X (n, d) and y (n,), and the weights W1 (d, h), b1 (h,), W2 (h, 1), b2 (1,) of a hidden layer of ReLUs and a linear output."""

    def __init__(self, rng: np.random.Generator, samples: int, inputs: int, hidden: int) -> None:
        while True:
            self.X, self.y = rng.normal(size=(samples, inputs)), rng.normal(size=samples)
            self.W1, self.b1 = rng.normal(size=(inputs, hidden)), 0.5 * rng.normal(size=hidden)
            self.W2, self.b2 = rng.normal(size=(hidden, 1)), rng.normal(size=1) + 0.5
            on = self.Z > 0
            # Some neurons on and some off, outputs of both signs, and nothing so near to a kink that a small step crosses it.
            mixed = on.any() and not on.all() and (samples == 1 or np.ptp(np.sign(self.P)))
            if mixed and np.abs(self.Z).min() > 0.02 and np.abs(self.residual).min() > 0.02:
                return

    @property
    def weights(self) -> tuple[Array, Array, Array, Array]:
        return self.W1, self.b1, self.W2, self.b2

    @property
    def Z(self) -> Array:
        """The sums of the hidden neurons, (n, h)."""
        return np.asarray(self.X @ self.W1 + self.b1)

    @property
    def H(self) -> Array:
        """What the hidden neurons put out, (n, h)."""
        return np.maximum(self.Z, 0)

    @property
    def P(self) -> Array:
        """The predictions, (n, 1)."""
        return np.asarray(self.H @ self.W2 + self.b2)

    @property
    def residual(self) -> Array:
        """Prediction minus truth, (n, 1)."""
        return self.P - self.y[:, None]

    def gradients(self) -> list[Array]:
        """The derivatives of the mean squared error by the four weights: torch's."""
        import torch

        leaves: list[Any] = [torch.tensor(values, requires_grad=True) for values in self.weights]
        first, bias, second, lift = leaves
        hidden = torch.relu(torch.as_tensor(self.X) @ first + bias)
        loss = torch.nn.functional.mse_loss(hidden @ second + lift, torch.as_tensor(self.y)[:, None])
        return [part.numpy() for part in torch.autograd.grad(loss, leaves)]

    def __str__(self) -> str:
        n, d, h = *self.X.shape, len(self.b1)
        return f"{n} sample{'s' * (n > 1)} of {d} input{'s' * (d > 1)} and {h} hidden neurons"


def close(got: Array, expected: Array) -> bool:
    """Equal as far as single precision goes, in the scale of what is expected."""
    scale = max(float(np.abs(expected).max()), 1e-6)
    return got.shape == expected.shape and bool(np.abs(got - expected).max() <= 2e-5 * scale)
