"""Losses that are means over 100 samples, so that batches of any size can be drawn from them."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nbkit.landscape import Array, Batch, Objective, find_minima

SAMPLES = 100


class TwoMinima(Objective):
    """The mean of f_i(w) = w⁴/4 − w²/2 + 0.1 w + e_i w: one minimum at −1.05, a shallower one at 0.95, 0.10 the top between.

    The e_i have mean 0 and standard deviation 1, so the full loss is the same without them: 100 normal numbers of
    default_rng(5), standardised. They only shake a batch's gradient.
    """

    name, parameters, samples = "two minima", ("w",), SAMPLES

    def __init__(self) -> None:
        self.domain = np.array([[-2.0, 2.0]])
        self.start = np.array([1.2])
        noise = np.random.default_rng(5).normal(size=SAMPLES)
        self.noise = (noise - noise.mean()) / noise.std()

    @cached_property
    def _flat(self) -> Array:
        return np.sort(np.roots([1.0, 0.0, -1.0, 0.1]).real)

    @cached_property
    def minima(self) -> Array:
        return self._flat[[0, 2], None]

    def value(self, points: Array) -> Array:
        w = points[..., 0]
        return np.asarray(w**4 / 4 - w**2 / 2 + 0.1 * w)

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        full = points * points * points - points + 0.1
        return full if batch is None else full + self.noise[batch].mean(axis=-1)[..., None]

    def reached(self, points: Array) -> NDArray[np.bool_]:
        """Whether points (..., 1) lie left of the top between the two minima, in the deeper one's valley."""
        return np.asarray(points[..., 0] < self._flat[1])


class SineFit(Objective):
    """The mean squared error of y = sin(w x + p) on 100 samples: many minima, of which one is good.

    x is uniform in [−4, 4], y = sin(2x) + `noise` · normal, by default_rng(seed). With p and p + 2π the same curve
    there are copies of each minimum.
    """

    name, parameters, samples = "sine fit", ("w", "p"), SAMPLES

    def __init__(self, noise: float = 0.3, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.x = rng.uniform(-4, 4, SAMPLES)
        self.y = np.sin(2 * self.x) + check_noise(noise) * rng.normal(size=SAMPLES)
        self.domain = np.array([[0.0, 6.0], [-np.pi, np.pi]])
        self.start = np.array([4.0, 0.0])

    def value(self, points: Array) -> Array:
        phase = points[..., :1] * self.x + points[..., 1:]
        return np.asarray(((np.sin(phase) - self.y) ** 2).mean(axis=-1))

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        x, y = (self.x, self.y) if batch is None else (self.x[batch], self.y[batch])
        phase = points[..., :1] * x + points[..., 1:]
        slope = 2 * (np.sin(phase) - y) * np.cos(phase)
        return np.stack([(slope * x).mean(axis=-1), slope.mean(axis=-1)], axis=-1)

    @cached_property
    def minima(self) -> Array:
        return find_minima(self)

    def reached(self, points: Array) -> NDArray[np.bool_]:
        """Whether the loss at points (..., 2) is nearer to the deepest minimum's than to the next deeper one's.

        By the loss and not by the place, since with p + 2π the good minimum comes again.
        """
        others = self.value(self.minima[~self.deepest])
        return np.asarray(self.value(points) < (self.lowest + others.min(initial=1.0)) / 2)


class LineFit(Objective):
    """The mean squared error of the straight line y = w x + b on 100 samples: one minimum, and quadratic.

    x is uniform in [0, 2], y = 1.5 x − 0.5 + `noise` · normal, by default_rng(seed). The Hessian is 2 XᵀX / N.
    """

    name, parameters, samples = "line fit", ("w", "b"), SAMPLES

    def __init__(self, noise: float = 0.3, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.x = rng.uniform(0, 2, SAMPLES)
        self.y = 1.5 * self.x - 0.5 + check_noise(noise) * rng.normal(size=SAMPLES)
        design = np.stack([self.x, np.ones(SAMPLES)], axis=1)
        self._hessian: Array = 2.0 * design.T @ design / SAMPLES
        self._minimum: Array = np.asarray(np.linalg.lstsq(design, self.y)[0], dtype=np.float64)
        self.largest_curvature = float(np.linalg.eigvalsh(self._hessian)[-1])
        self.domain = np.array([[-1.0, 4.0], [-3.0, 2.0]])
        self.start = np.array([3.0, 1.5])

    @cached_property
    def minima(self) -> Array:
        return self._minimum[None]

    def value(self, points: Array) -> Array:
        return np.asarray(((points[..., :1] * self.x + points[..., 1:] - self.y) ** 2).mean(axis=-1))

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        x, y = (self.x, self.y) if batch is None else (self.x[batch], self.y[batch])
        residual = 2 * (points[..., :1] * x + points[..., 1:] - y)
        return np.stack([(residual * x).mean(axis=-1), residual.mean(axis=-1)], axis=-1)

    def hessian(self, point: Array) -> Array:
        return np.array(self._hessian, dtype=np.float64)


def check_noise(noise: float) -> float:
    """`noise` as a float; ValueError if it isn't a finite number of at least 0."""
    if isinstance(noise, bool) or not np.isfinite(noise) or noise < 0:
        raise ValueError(f"noise must be a number, at least 0, got {noise}")
    return float(noise)
