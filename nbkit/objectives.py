"""The losses that gradient descent can be watched on: those that the kit has by name, and any function of one's own."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nbkit.elementwise import answers
from nbkit.fits import LineFit, SineFit, TwoMinima
from nbkit.landscape import Array, Batch, Objective
from nbkit.surfaces import Parabola, Plateau, Rosenbrock, Saddle, Valley, axes_names

__all__ = [
    "OBJECTIVES",
    "Array",
    "Batch",
    "FunctionObjective",
    "LineFit",
    "Objective",
    "Parabola",
    "Plateau",
    "Rosenbrock",
    "Saddle",
    "SineFit",
    "TwoMinima",
    "Valley",
    "named_objective",
]

# Parameters: parabola(curvature, dimension), narrow valley(condition), plateau(dimension), sine and line fit(noise, seed).
OBJECTIVES: dict[str, Callable[..., Objective]] = {
    "parabola": Parabola,
    "narrow valley": Valley,
    "Rosenbrock": Rosenbrock,
    "two minima": TwoMinima,
    "saddle": Saddle,
    "plateau": Plateau,
    "sine fit": SineFit,
    "line fit": LineFit,
}


@lru_cache(maxsize=128)
def named_objective(name: str, **parameters: Any) -> Objective:
    """The objective of that name in OBJECTIVES with its parameters, made once: minima that have to be sought are kept."""
    if name not in OBJECTIVES:
        raise ValueError(f"there is no objective {name!r}: choose one of {', '.join(OBJECTIVES)}")
    return OBJECTIVES[name](**parameters)


class FunctionObjective(Objective):
    """Any function of one or two arrays as a loss: function(w) or function(w1, w2), elementwise, or an Expression.

    `domain` is (low, high) for every axis or one such pair an axis; `start` the first point. The gradient is by central
    differences, of a width of ε^⅓ · max(1, |w|), good to about 1e-10. A quadratic is recognised by its values. Raises
    ValueError where the function returns something else than one real number a point, and for a bad domain. Keep the
    object: its minima are sought once.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        dimension: int = 1,
        domain: ArrayLike = (-3.0, 3.0),
        start: ArrayLike | None = None,
        name: str = "your function",
    ) -> None:
        self.name, self.function = name, function
        self.parameters = axes_names(dimension)
        self.domain = np.broadcast_to(np.asarray(domain, dtype=float), (dimension, 2)).copy()
        if not np.isfinite(self.domain).all() or (self.domain[:, 0] >= self.domain[:, 1]).any():
            raise ValueError(f"domain must be (low, high) with low below high, got {domain!r}")
        low, high = self.domain.T
        self.start = low + 0.85 * (high - low) if start is None else np.array(start, dtype=float).reshape(dimension)
        self.value(self.start)
        self.largest_curvature = _curvature(self)

    def value(self, points: Array) -> Array:
        shape = points.shape[:-1]
        values = answers(self.function, *np.moveaxis(points, -1, 0))
        if values.dtype.kind not in "fiu" or (values.shape != shape and values.ndim):
            raise ValueError(
                f"the function must return one real number a point, shape {shape}, "
                f"got {values.dtype} of shape {values.shape}"
            )
        return np.broadcast_to(values.astype(float), shape)

    def gradient(self, points: Array, batch: Batch = None) -> Array:
        width = np.finfo(float).eps ** (1 / 3) * np.maximum(1, np.abs(points))
        around = width[..., None, :] * np.eye(self.dimension)
        with np.errstate(all="ignore"):
            ahead, behind = self.value(points[..., None, :] + np.stack([around, -around]))
            return np.asarray((ahead - behind) / (2 * width))


def _curvature(objective: Objective) -> float | None:
    """The largest eigenvalue of the Hessian of a function that is a quadratic to rounding, None of any other.

    A quadratic is fitted to the values on 21 places an axis, and has to meet them all.
    """
    axes = [np.linspace(-1, 1, 21)] * objective.dimension
    places = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, objective.dimension)
    low, high = objective.domain.T
    values = objective.value((low + high) / 2 + places * (high - low) / 2)
    if not np.isfinite(values).all():
        return None
    first, second = np.triu_indices(objective.dimension)
    design = np.column_stack([np.ones(len(places)), places, places[:, first] * places[:, second]])
    scale = np.abs(values).max() or 1.0
    coefficients = np.linalg.lstsq(design, values / scale)[0]
    if np.abs(design @ coefficients - values / scale).max() > 1e-12:
        return None
    hessian = np.zeros((objective.dimension, objective.dimension))
    hessian[first, second] = coefficients[1 + objective.dimension :]
    hessian = scale * (hessian + hessian.T) / np.outer(high - low, high - low) * 4
    largest = float(np.linalg.eigvalsh(hessian)[-1])
    return largest if largest > 1e-9 * scale else None
