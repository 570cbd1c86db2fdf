"""Activation functions with their derivatives.

The functions and their values at a kink are torch's (`torch.nn.functional`), so that what is learned here holds there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from nbkit.elementwise import for_one_number

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "custom",
    "customs",
    "sigmoids",
    "softmax",
]

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

expit: Function = special.expit
ndtr: Function = special.ndtr


def linear(x: Array) -> Array:
    return x.copy()


def d_linear(x: Array) -> Array:
    return np.ones_like(x)


def sigmoid(x: Array) -> Array:
    return expit(x)


def d_sigmoid(x: Array) -> Array:
    return expit(x) * expit(-x)


def tanh(x: Array) -> Array:
    return np.tanh(x)


def d_tanh(x: Array) -> Array:
    return 1 - np.tanh(x) ** 2


def atan(x: Array) -> Array:
    return np.arctan(x)


def d_atan(x: Array) -> Array:
    return 1 / (1 + x**2)


def relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def d_relu(x: Array) -> Array:
    return np.where(x > 0, 1.0, 0.0)


def leaky_relu(x: Array, slope: float) -> Array:
    return np.where(x > 0, x, slope * x)


def d_leaky_relu(x: Array, slope: float) -> Array:
    return np.where(x > 0, 1.0, slope)


def elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def d_elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


def gelu(x: Array) -> Array:
    return x * ndtr(x)


def d_gelu(x: Array) -> Array:
    density: Array = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return ndtr(x) + x * density


def swish(x: Array, beta: float) -> Array:
    return x * expit(beta * x)


def d_swish(x: Array, beta: float) -> Array:
    return expit(beta * x) * (1 + beta * x * expit(-beta * x))


def softplus(x: Array) -> Array:
    # torch takes x itself above 20
    return np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20.0))))


def d_softplus(x: Array) -> Array:
    return np.where(x > 20, 1.0, expit(x))


@dataclass(frozen=True)
class Activation:
    """An activation function, its derivative, and its parameters' default values by name.

    `label` is what figures call it; `function(x, **parameters)` and `slope(x, **parameters)` take and return float64 arrays;
    `kinks` are the points where the derivative jumps: there it is the one from the left, as in torch.
    """

    label: str
    function: Callable[..., Array]
    slope: Callable[..., Array]
    parameters: Mapping[str, float] = field(default_factory=dict)
    kinks: tuple[float, ...] = ()

    def value(self, x: ArrayLike, **parameters: float) -> Array:
        """The function at x, any shape; parameters that are not given have their default."""
        return self.function(np.asarray(x, np.float64), **self._complete(parameters))

    def derivative(self, x: ArrayLike, **parameters: float) -> Array:
        """The derivative at x, any shape; parameters that are not given have their default."""
        return self.slope(np.asarray(x, np.float64), **self._complete(parameters))

    def bound_to(self, **parameters: float) -> tuple[Function, Function]:
        """The function and its derivative as functions of x alone."""
        return lambda x: self.value(x, **parameters), lambda x: self.derivative(x, **parameters)

    def _complete(self, parameters: Mapping[str, float]) -> dict[str, float]:
        unknown = set(parameters) - set(self.parameters)
        if unknown:
            allowed = ", ".join(self.parameters) or "none"
            raise ValueError(f"{self.label} has no parameter {', '.join(sorted(unknown))}; it has {allowed}")
        return {**self.parameters, **parameters}


#: The activation functions by name. GELU: Hendrycks & Gimpel 2016; Swish: Ramachandran et al. 2017; ELU: Clevert et al. 2015.
ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation("linear", linear, d_linear),
    "sigmoid": Activation("sigmoid", sigmoid, d_sigmoid),
    "tanh": Activation("tanh", tanh, d_tanh),
    "atan": Activation("atan", atan, d_atan),
    "relu": Activation("ReLU", relu, d_relu, kinks=(0.0,)),
    "leaky_relu": Activation("leaky ReLU", leaky_relu, d_leaky_relu, {"slope": 0.1}, (0.0,)),
    "elu": Activation("ELU", elu, d_elu, {"alpha": 1.0}, (0.0,)),
    "gelu": Activation("GELU", gelu, d_gelu),
    "swish": Activation("Swish", swish, d_swish, {"beta": 1.0}),
    "softplus": Activation("softplus", softplus, d_softplus),
}


def custom(name: str, function: Function, derivative: Function | None = None) -> Activation:
    """An activation from a callable that takes and returns a float array of shape (n,).

    Without a `derivative` it is the central difference, exact to about ten digits. Both raise ValueError, in one line, when
    the callable raises, or returns another shape or a number that is not finite.
    """
    checked = _checked(name, function)

    def difference(x: Array) -> Array:
        step = np.finfo(float).eps ** (1 / 3) * np.maximum(np.abs(x), 1.0)
        high, low = x + step, x - step  # their distance is what floats made of the step
        return (checked(high) - checked(low)) / (high - low)

    return Activation(name, checked, _checked(f"{name}'s derivative", derivative) if derivative else difference)


def customs(functions: Any) -> dict[str, Activation]:
    """Activations by name from a callable, or a mapping of names to callables or pairs (callable, derivative), at most six.

    A single callable keeps its own name where that is free and short, else it is called "mine"; None gives none. Raises
    ValueError for names of ACTIVATIONS or of more than 16 letters, and for what is no callable.
    """
    if functions is None:
        return {}
    if callable(functions):
        name = getattr(functions, "__name__", "mine")
        functions = {name if name.isidentifier() and name not in ACTIVATIONS and len(name) <= 16 else "mine": functions}
    if not isinstance(functions, Mapping) or len(functions) > 6:
        raise ValueError(
            f"functions must be a callable or a dict of at most six, name: callable, got {functions!r:.60}"
        )
    own = {}
    for name, given in functions.items():
        if not isinstance(name, str) or not 0 < len(name) <= 16 or name in ACTIVATIONS:
            raise ValueError(
                f"functions: a name has 1 to 16 letters and is none of {', '.join(ACTIVATIONS)}, got {name!r}"
            )
        pair = given if isinstance(given, (tuple, list)) else (given,)
        if len(pair) not in (1, 2) or not all(map(callable, pair)):
            raise ValueError(f"functions: {name} must be a callable or (callable, derivative), got {given!r:.60}")
        own[name] = custom(name, *pair)
    return own


def _checked(name: str, function: Function) -> Function:
    def checked(x: Array) -> Array:
        flat = np.asarray(x, np.float64).ravel()
        try:
            with np.errstate(all="ignore"):
                y = np.asarray(function(flat.copy()))  # a copy: it may be written into
        except Exception as error:
            said = for_one_number(error, name)
            raised = f"{name} raised {type(error).__name__}: {' '.join(str(error).split())}"[:160]
            raise ValueError(said or raised) from error
        if y.shape != flat.shape or y.dtype.kind not in "fiub":
            raise ValueError(
                f"{name} must return numbers of the shape of x, {flat.shape}; it returned {y.dtype} of shape {y.shape}"
            )
        if not np.isfinite(y).all():
            raise ValueError(
                f"{name} is not finite at x = {flat[~np.isfinite(y)][0]:.4g}; it must be a number for each x"
            )
        return y.astype(np.float64).reshape(np.shape(x))

    return checked


def softmax(logits: ArrayLike, temperature: float = 1.0) -> Array:
    """Shares of the classes, which sum to 1 along the last axis: exp(z/T) over the sum of them.

    Raises ValueError unless the temperature is above 0. Goodfellow et al., Deep Learning (2016), eq. 6.29.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature}")
    return np.asarray(special.softmax(np.asarray(logits, np.float64) / temperature, axis=-1))


def sigmoids(logits: ArrayLike) -> Array:
    """One probability for each logit, whatever the others are."""
    return expit(np.asarray(logits, np.float64))
