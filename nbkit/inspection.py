"""What goes on inside a network: each neuron's sum and answer, on how much of the data it is dead or saturated, its gradient.

It works on any module: what its dense and convolution layers and the activations after them are given and return is seen by
hooks, in one forward pass. The model is left as it was: in its mode, without a gradient, with its global random state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = [
    "Activity",
    "Layer",
    "UnitSum",
    "gradients",
    "histograms",
    "observe",
    "profiles",
    "unit_gradient",
    "worked_sum",
]

Array = NDArray[np.float64]

#: Below this the derivative of an activation counts as saturated; a neuron that returns 0 there is dead.
FLAT = 0.05
# Their derivative is no number for each neuron: what one returns depends on its neighbours.
_JOINT = (nn.Softmax, nn.LogSoftmax, nn.Softmin, nn.Softmax2d, nn.GLU)
_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)
_WEIGHTED = (nn.Linear, nn.modules.conv._ConvNd)


class Activity(NamedTuple):
    """For each neuron the share of the data, (units,), for which it is `dead` (0, with a derivative of 0) or `saturated` (not
    dead, with a derivative below 0.05); NaN where an activation has no derivative by neuron."""

    dead: Array
    saturated: Array


@dataclass
class Layer:
    """A layer of neurons, as one forward pass through it saw it.

    `name` of its `module`, which has the weights, and its `activation`, None where nothing follows directly. `source`, what the
    module was given; `sums`, its result w·x + b; `before`, what the activation was given: the sums, normalised where a
    normalisation stands between; `outputs`, what the neurons answer. `before` and `outputs` have the shape (samples, units), of
    a convolution the mean over positions, whose `sums` keep them.
    """

    name: str
    module: nn.Module
    source: Tensor
    sums: Tensor
    before: Tensor
    outputs: Tensor
    activation: nn.Module | None = None
    _raw: Tensor | None = None

    @property
    def size(self) -> int:
        """The number of neurons, or of channels."""
        return int(self.outputs.shape[1])

    @property
    def label(self) -> str:
        """The activation's class, or "linear"."""
        return "linear" if self.activation is None else type(self.activation).__name__

    @property
    def weights(self) -> Array | None:
        """(units, sources), or None for a convolution."""
        return _numpy(self.module.weight) if isinstance(self.module, nn.Linear) else None

    def activity(self) -> Activity:
        """How much of the data leaves each neuron without a gradient."""
        if isinstance(self.activation, _JOINT):
            return Activity(np.full(self.size, np.nan), np.full(self.size, np.nan))
        if self.activation is None or self._raw is None:
            return Activity(np.zeros(self.size), np.zeros(self.size))
        with torch.enable_grad():
            given = self._raw.detach().requires_grad_()
            returned = self.activation(given.clone())  # which may write into it
            (slope,) = torch.autograd.grad(returned.sum(), given)
        dead = (slope == 0) & (returned == 0)
        saturated = (slope.abs() < FLAT) & ~dead
        return Activity(*(_numpy(_by_unit(mask.float(), self.module).mean(0)) for mask in (dead, saturated)))


class UnitSum(NamedTuple):
    """The sum of one neuron for one sample: `weights` and `inputs` (sources,), `bias`, `sum` = weights·inputs + bias;
    `before`, what the `activation` was given (the sum, or that normalised), and its `output`."""

    weights: Array
    inputs: Array
    bias: float
    sum: float
    before: float
    activation: str
    output: float


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The model in eval mode: nothing is dropped, and running means stay."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def observe(model: nn.Module, *inputs: Tensor) -> list[Layer]:
    """The layers of neurons in the order of their calls, as one pass of `inputs`, first axis the samples, goes through.

    An activation belongs to a layer when it is called with that layer's result, or with the normalised one; a function that is
    not a module (`torch.relu` in a `forward`) can't be seen, and its layer is taken as linear. A module that is called twice
    makes two layers.
    """
    layers: list[Layer] = []
    made_by: dict[int, Layer] = {}  # by the identity of results, all of which are alive until the pass ends
    alive: list[Tensor] = []

    def see(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, given: tuple[Any, ...], returned: Any) -> None:
            if not (given and isinstance(given[0], Tensor) and isinstance(returned, Tensor)):
                return
            alive.extend((given[0], returned))
            if isinstance(module, _WEIGHTED):
                raw = returned.clone()  # an activation may write into it
                sums = _by_unit(raw, module)
                layers.append(Layer(name, module, given[0], raw, sums, sums, _raw=raw))
                made_by[id(returned)] = layers[-1]
                return
            layer = made_by.get(id(given[0]))
            idle = returned is given[0] and not getattr(module, "inplace", False)
            if layer is None or idle or isinstance(module, nn.modules.dropout._DropoutNd):
                return
            if isinstance(module, _NORMS) and layer.activation is None:
                layer._raw = returned.clone()
                layer.before = layer.outputs = _by_unit(layer._raw, layer.module)
                made_by[id(returned)] = layer
            elif layer.activation is None and returned.shape == given[0].shape:
                layer.activation, layer.outputs = module, _by_unit(returned, layer.module)

        return hook

    leaves = [(name, module) for name, module in model.named_modules() if not any(module.children())]
    handles = [module.register_forward_hook(see(name)) for name, module in leaves]
    try:
        with evaluating(model), torch.no_grad():
            model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    return layers


def worked_sum(layer: Layer, unit: int, sample: int = 0) -> UnitSum:
    """How a neuron of a dense layer comes to its answer for one sample of those that were observed.

    Raises ValueError for a convolution, and for a neuron that there is not.
    """
    if not isinstance(layer.module, nn.Linear) or layer.source.ndim != 2:
        raise ValueError(f"{layer.name} is no dense layer of samples by features: its sums have no short form")
    if not 0 <= unit < layer.size:
        raise ValueError(f"neuron must be from 0 to {layer.size - 1} in {layer.name}, got {unit}")
    bias = layer.module.bias
    return UnitSum(
        _numpy(layer.module.weight[unit]),
        _numpy(layer.source[sample]),
        0.0 if bias is None else float(bias[unit].detach()),
        float(layer.sums[sample, unit]),
        float(layer.before[sample, unit]),
        layer.label,
        float(layer.outputs[sample, unit]),
    )


def gradients(
    model: nn.Module, loss: Callable[[Tensor, Tensor], Tensor], inputs: Sequence[Tensor], targets: Tensor
) -> dict[str, Tensor]:
    """The gradient of loss(model(*inputs), targets) by each parameter, by name, without dropout; nothing is accumulated.

    What the loss doesn't depend on has the gradient 0.
    """
    named = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    with evaluating(model), torch.enable_grad():
        value = loss(model(*inputs), targets)
        found = torch.autograd.grad(value, list(named.values()), allow_unused=True)
    return {
        name: torch.zeros_like(parameter) if gradient is None else gradient.detach()
        for (name, parameter), gradient in zip(named.items(), found, strict=True)
    }


def unit_gradient(found: dict[str, Tensor], layer: Layer, unit: int) -> float:
    """The norm of the gradient by a neuron's weights and bias, of what `gradients` found."""
    parts = [
        found[f"{layer.name}.{name}"][unit].flatten() for name in ("weight", "bias") if f"{layer.name}.{name}" in found
    ]
    return float(torch.cat(parts).norm()) if parts else 0.0


def histograms(values: Sequence[Tensor | Array], limits: tuple[float, float], bins: int = 40) -> Array:
    """Shares (bins, layers) of each layer's values in even bins of `limits`; what lies outside counts in the outermost."""
    shares = np.zeros((bins, len(values)))
    for k, given in enumerate(values):
        flat = _numpy(given).ravel() if isinstance(given, Tensor) else np.asarray(given, np.float64).ravel()
        flat = flat[np.isfinite(flat)]
        if len(flat):
            shares[:, k] = np.histogram(np.clip(flat, *limits), bins, limits)[0] / len(flat)
    return shares


def profiles(values: Tensor | Array, units: NDArray[np.intp], bins: int = 24) -> Array:
    """How each neuron's answers (samples, neurons) are spread: shares (units, bins) of its own range, for the neurons `units`."""
    chosen = (_numpy(values) if isinstance(values, Tensor) else np.asarray(values, np.float64))[:, units].T
    return np.array([np.histogram(row, bins)[0] / max(len(row), 1) for row in np.nan_to_num(chosen)])


def _by_unit(values: Tensor, module: nn.Module) -> Tensor:
    """(samples, units): of a convolution, or a dense layer along a sequence, the mean over places."""
    if values.ndim <= 2:
        return values
    if isinstance(module, nn.Linear):
        return values.flatten(1, -2).mean(1)
    return values.flatten(2).mean(2)


def _numpy(values: Tensor) -> Array:
    return np.asarray(values.detach().cpu().numpy(), np.float64)
