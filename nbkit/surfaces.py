"""Losses that are given by a formula: each has one difficulty of gradient descent and no other."""

from functools import cached_property

import numpy as np

from nbkit.landscape import Array, Batch, Objective


def check_positive(name: str, value: float) -> float:
    """`value` as a float; ValueError if it isn't a finite number above 0."""
    if isinstance(value, bool) or not np.isfinite(value) or value <= 0:
        raise ValueError(f"{name} must be a number above 0, got {value}")
    return float(value)


def axes_names(dimension: int) -> tuple[str, ...]:
    """w for one parameter, w1 and w2 for two; ValueError for any other number."""
    if dimension not in (1, 2):
        raise ValueError(f"dimension must be 1 or 2, got {dimension}")
    return ("w",) if dimension == 1 else ("w1", "w2")


class Quadratic(Objective):
    """Σ curvature_i · w_i² / 2, with its axes along the coordinates."""

    def __init__(self, name: str, curvatures: Array) -> None:
        self.name, self.curvatures = name, curvatures
        self.parameters = axes_names(len(curvatures))
        self.largest_curvature = float(curvatures.max())
        self.domain = np.tile([-2.0, 2.0], (self.dimension, 1))
        self.start = np.array([1.5, 1.0])[: self.dimension]

    @cached_property
    def minima(self) -> Array:
        return np.zeros((1, self.dimension))

    def value(self, points: Array) -> Array:
        return np.asarray((self.curvatures * points**2).sum(axis=-1) / 2)

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        return np.asarray(self.curvatures * points)

    def hessian(self, point: Array) -> Array:
        return np.diag(self.curvatures)


class Parabola(Quadratic):
    """A bowl, curvature · |w|² / 2, in 1 or 2 dimensions."""

    def __init__(self, curvature: float = 1.0, dimension: int = 1) -> None:
        super().__init__("parabola", np.full(len(axes_names(dimension)), check_positive("curvature", curvature)))


class Valley(Quadratic):
    """A narrow valley, (w1² + condition · w2²) / 2: w1 is the flat axis, w2 the steep one."""

    def __init__(self, condition: float = 20.0) -> None:
        super().__init__("narrow valley", np.array([1.0, check_positive("condition", condition)]))


class Rosenbrock(Objective):
    """(1 − w1)² + 100 (w2 − w1²)²: into the bent valley quickly, along it hardly (Rosenbrock, Comput. J. 3, 1960)."""

    name, parameters = "Rosenbrock", ("w1", "w2")

    def __init__(self) -> None:
        self.domain = np.array([[-2.0, 2.0], [-1.0, 3.0]])
        self.start = np.array([-1.2, 1.0])

    @cached_property
    def minima(self) -> Array:
        return np.ones((1, 2))

    def value(self, points: Array) -> Array:
        w1, w2 = points[..., 0], points[..., 1]
        return np.asarray((1 - w1) ** 2 + 100 * (w2 - w1 * w1) ** 2)

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        w1, w2 = points[..., 0], points[..., 1]
        above = w2 - w1 * w1
        return np.stack([2 * (w1 - 1) - 400 * w1 * above, 200 * above], axis=-1)


class Saddle(Objective):
    """(w1² − w2²) / 2 + w2⁴ / 4: a pass at 0 between two equal minima at w2 = ±1, which the quartic term makes."""

    name, parameters = "saddle", ("w1", "w2")

    def __init__(self) -> None:
        self.domain = np.tile([-2.0, 2.0], (2, 1))
        self.start = np.array([1.5, 0.01])

    @cached_property
    def minima(self) -> Array:
        return np.array([[0.0, 1.0], [0.0, -1.0]])

    def value(self, points: Array) -> Array:
        w1, w2 = points[..., 0], points[..., 1]
        return np.asarray((w1**2 - w2**2) / 2 + w2**4 / 4)

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        w1, w2 = points[..., 0], points[..., 1]
        return np.stack([w1, w2 * w2 * w2 - w2], axis=-1)


class Plateau(Objective):
    """r² / (1 + r²) with r = |w|: a hole in a plain, where the loss is high and the gradient almost 0."""

    name = "plateau"

    def __init__(self, dimension: int = 1) -> None:
        self.parameters = axes_names(dimension)
        self.domain = np.tile([-6.0, 6.0], (self.dimension, 1))
        self.start = np.array([4.0, 3.0])[: self.dimension]

    @cached_property
    def minima(self) -> Array:
        return np.zeros((1, self.dimension))

    def value(self, points: Array) -> Array:
        # 1 − 1/(1 + r²) is the same and stays finite far out.
        return np.asarray(1 - 1 / (1 + (points**2).sum(axis=-1)))

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        return np.asarray(2 * points / (1 + (points**2).sum(axis=-1, keepdims=True)) ** 2)
