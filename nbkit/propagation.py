"""What becomes of signals and derivatives in a deep network, by bound, by chain and in a random one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nbkit.activations import Function

__all__ = [
    "INITIALISATIONS",
    "NetworkPass",
    "derivative_bound",
    "derivative_chain",
    "layer_histograms",
    "random_network",
]

Array = NDArray[np.float64]


def derivative_bound(derivative: Function, depth: int, span: float = 50.0) -> Array:
    """The largest that a product of derivatives through 1 … depth layers can be, max|f′|ⁿ, shape (depth,).

    The maximum is looked for on [−span, span]: on a grid, then between the neighbours of its best point.
    """
    from scipy.optimize import minimize_scalar  # here, since it takes longer to import than an explorer to be made

    x = np.linspace(-span, span, 20_001)
    slopes = np.abs(derivative(x))
    best = int(np.argmax(slopes))
    between = (x[max(best - 1, 0)], x[min(best + 1, len(x) - 1)])
    finer = minimize_scalar(lambda t: -abs(float(derivative(np.array([t]))[0])), bounds=between, method="bounded")
    with np.errstate(over="ignore"):
        return np.asarray(max(float(slopes[best]), -float(finer.fun)) ** np.arange(1.0, depth + 1))


def derivative_chain(value: Function, derivative: Function, x: float, depth: int) -> Array:
    """The derivative of f(f(…f(x))) by x for 1 … depth layers, shape (depth,): the product of f′ where each layer stands."""
    slopes = np.empty(depth)
    point = np.array([x], np.float64)
    for layer in range(depth):
        slopes[layer] = derivative(point)[0]
        point = value(point)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.cumprod(slopes))


#: Variance of a weight, times the number of inputs. Xavier: Glorot & Bengio 2010 (as many outputs as inputs); He et al. 2015.
INITIALISATIONS = {"xavier": 1.0, "he": 2.0}


class NetworkPass(NamedTuple):
    """A random network's weights (depth, width, width), inputs (samples, width), and by layer, each (depth, samples, width),
    its activations and the gradients of the loss by them."""

    weights: Array
    inputs: Array
    activations: Array
    gradients: Array


def random_network(
    value: Function,
    derivative: Function,
    depth: int,
    *,
    initialisation: str = "xavier",
    width: int = 64,
    samples: int = 64,  # 64³ is the most that OpenBLAS multiplies in one thread, which here is the fastest
    seed: int = 0,
) -> NetworkPass:
    """One forward and one backward pass through `depth` layers h → f(h·W) of random weights, without biases.

    Inputs are standard normal. So is the gradient that enters at the last layer: the loss is its product with the last
    activations, summed. Raises ValueError for an initialisation that is none of INITIALISATIONS.
    """
    if initialisation not in INITIALISATIONS:
        raise ValueError(f"initialisation must be one of {', '.join(INITIALISATIONS)}, got {initialisation!r}")
    rng = np.random.default_rng(seed)
    inputs, last = rng.standard_normal((2, samples, width))
    weights = np.sqrt(INITIALISATIONS[initialisation] / width) * rng.standard_normal((depth, width, width))
    sums, activations = [], [inputs]
    for weight in weights:
        sums.append(activations[-1] @ weight)
        activations.append(value(sums[-1]))
    gradients = [last]
    for layer in range(depth - 1, 0, -1):
        gradients.append((gradients[-1] * derivative(sums[layer])) @ weights[layer].T)
    return NetworkPass(weights, inputs, np.array(activations[1:]), np.array(gradients[::-1]))


def layer_histograms(values: Array, low: float, high: float, bins: int = 48) -> Array:
    """Share of a layer's values in each bin, shape (bins, depth), for values (depth, ...).

    The bins divide [low, high] evenly; what lies outside counts in the first or last one.
    """
    inside = np.clip(values.reshape(len(values), -1), low, high)
    return np.array([np.histogram(layer, bins, (low, high))[0] / layer.size for layer in inside]).T
