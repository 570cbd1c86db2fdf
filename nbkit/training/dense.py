"""Back-propagation of dense networks, written out: what autograd computes, by the same kernels and to the bit, in half the time.

A layer makes s = x·Wᵀ + b of its inputs x, one sample a row, and y = f(s) of that. With δ = ∂L/∂s, the gradients are ∂L/∂W = δᵀ·x,
∂L/∂b = Σ δ over the samples, and ∂L/∂x = δ·W, which is passed on through f' to the layer before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from nbkit.models import MLP, Atan, Dropout
from nbkit.training.direct import gradients
from nbkit.training.losses import Function

__all__ = ["DenseGradient", "Elementwise", "Weighted", "back", "layers_of", "slope", "through"]

_aten = torch.ops.aten


class Elementwise(NamedTuple):
    """A function of each number by itself, y = `forward`(x), and `backward`(∂L/∂y, x, y), which gives ∂L/∂x."""

    forward: Callable[[Tensor], Tensor]
    backward: Callable[[Tensor, Tensor, Tensor], Tensor]


class Weighted(Protocol):
    """A dense layer: `learn` takes down the gradients of its weights, given ∂L/∂s and the inputs; the rest as in `Elementwise`."""

    def forward(self, x: Tensor) -> Tensor: ...

    def learn(self, d: Tensor, x: Tensor) -> None: ...

    def backward(self, d: Tensor, x: Tensor, y: Tensor) -> Tensor: ...


class Dense(NamedTuple):
    """One model's layer, whose gradients go where `loss.backward()` puts them."""

    weight: Tensor
    bias: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.bias, x, self.weight.t())

    def learn(self, d: Tensor, x: Tensor) -> None:
        self.weight.grad, self.bias.grad = torch.mm(d.t(), x), d.sum(0)

    def backward(self, d: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return torch.mm(d, self.weight)


#: The functions that the gradient is known of, by their modules; the kernels are those of autograd, so that the bits are.
_ELEMENTWISE: dict[type[nn.Module], Callable[[Any], Elementwise]] = {
    nn.Tanh: lambda _: Elementwise(torch.tanh, lambda d, x, y: _aten.tanh_backward(d, y)),
    nn.Sigmoid: lambda _: Elementwise(torch.sigmoid, lambda d, x, y: _aten.sigmoid_backward(d, y)),
    nn.ReLU: lambda _: Elementwise(torch.relu, lambda d, x, y: _aten.threshold_backward(d, y, 0)),
    nn.LeakyReLU: lambda f: Elementwise(f, lambda d, x, y: _aten.leaky_relu_backward(d, x, f.negative_slope, False)),
    nn.ELU: lambda f: Elementwise(f, lambda d, x, y: _aten.elu_backward(d, f.alpha, 1, 1, False, x)),
    nn.GELU: lambda f: Elementwise(f, lambda d, x, y: _aten.gelu_backward(d, x, approximate=f.approximate)),
    nn.SiLU: lambda f: Elementwise(f, lambda d, x, y: _aten.silu_backward(d, x)),
    nn.Softplus: lambda f: Elementwise(f, lambda d, x, y: _aten.softplus_backward(d, x, f.beta, f.threshold)),
    Atan: lambda _: Elementwise(torch.atan, lambda d, x, y: d / (x * x + 1)),
}

_DROPOUT = (Dropout, nn.Dropout)


def layers_of(model: nn.Module) -> list[tuple[str, nn.Linear | Elementwise]] | None:
    """The layers of a plain chain, each with the prefix of its parameters' names, but for dropout; None where there are others."""
    layers: list[tuple[str, nn.Linear | Elementwise]] = []
    seen: set[nn.Module] = set()
    for name, module in model.named_modules(remove_duplicate=False):
        kind = type(module)
        if kind is nn.Linear and module.bias is not None and module not in seen:
            layers.append((f"{name}." if name else "", module))
        elif kind in _ELEMENTWISE and not getattr(module, "inplace", False):
            layers.append((name, _ELEMENTWISE[kind](module)))
        elif kind not in (nn.Sequential, MLP, nn.Identity, *_DROPOUT):
            return None
        seen.add(module)
    return layers


def through(layers: Sequence[Elementwise | Weighted], x: Tensor) -> list[Tensor]:
    """The inputs, and what comes out of each layer."""
    passed = [x]
    for layer in layers:
        passed.append(layer.forward(passed[-1]))
    return passed


def back(layers: Sequence[Elementwise | Weighted], passed: Sequence[Tensor], d: Tensor) -> None:
    """Take the gradient of the outputs back through the layers, each of which learns; `passed` is what `through` gave."""
    first = next(layer for layer in layers if not isinstance(layer, Elementwise))
    for layer, x, y in zip(reversed(layers), passed[-2::-1], passed[:0:-1], strict=True):
        if not isinstance(layer, Elementwise):
            layer.learn(d, x)
            if layer is first:  # nobody asks for the gradient of what comes before
                return
        d = layer.backward(d, x, y)


class DenseGradient:
    """One call gives the loss of a batch and sets `grad` of the model's parameters, as `loss.backward()` would.

    `of` tells whether it can be had: for a plain chain of dense layers and elementwise functions on the CPU and a loss of torch's.
    A loss of one's own may look at more than the outputs, say at the weights.
    """

    def __init__(self, model: nn.Module, loss: Function, layers: list[nn.Linear | Elementwise]) -> None:
        self._layers = [Dense(each.weight, each.bias) if isinstance(each, nn.Linear) else each for each in layers]
        self._loss = loss
        modules = [*model.modules(), *(loss.modules() if isinstance(loss, nn.Module) else ())]
        listeners = [*map(vars, modules), vars(torch.nn.modules.module)]
        self._hooks = [
            hooks
            for names in listeners
            for name, hooks in names.items()
            if name.endswith("_hooks") and isinstance(hooks, dict) and "state_dict" not in name
        ]
        self._parameters = list(model.parameters())
        self._dropout: list[Any] = [module for module in modules if type(module) in _DROPOUT]

    @classmethod
    def of(cls, model: nn.Module, loss: Function) -> DenseGradient | None:
        layers = [layer for _, layer in layers_of(model) or ()]
        plain = all(
            p.is_cpu and p.requires_grad and type(p) is nn.Parameter and p.is_contiguous() for p in model.parameters()
        )
        changed = any("forward" in vars(module) for module in model.modules())  # by hand, in the instance
        own_loss = type(loss).__module__ != nn.modules.loss.__name__
        if not plain or changed or own_loss or not any(isinstance(layer, nn.Linear) for layer in layers):
            return None
        return cls(model, loss, layers)

    def applies(self, inputs: tuple[Tensor, ...]) -> bool:
        """Whether the batch is one of rows, nothing is dropped, and nobody listens to what passes through the model."""
        rows = len(inputs) == 1 and inputs[0].ndim == 2 and inputs[0].dtype is self._parameters[0].dtype
        if not rows or any(self._hooks) or any(module.p for module in self._dropout):
            return False
        parameters: list[Any] = self._parameters
        return not any(p._backward_hooks or p._post_accumulate_grad_hooks for p in parameters)

    def __call__(self, x: Tensor, targets: Tensor) -> Tensor:
        """The loss, as a tensor without a graph."""
        with torch.no_grad():
            passed = through(self._layers, x)
            loss, d = slope(self._loss, passed[-1], targets)
            back(self._layers, passed, d)
            return loss


def slope(loss: Function, outputs: Tensor, targets: Tensor, each: Function | None = None) -> tuple[Tensor, Tensor]:
    """A loss and its gradient with respect to the outputs, neither with a graph.

    With `each`, which gives the loss of each of several runs, (runs,) of outputs and targets (runs, batch, ...): these, and the
    gradient of their sum.
    """
    known = _SLOPES.get(type(loss))
    if known and loss.reduction == "mean" and outputs.shape == targets.shape:  # type: ignore[attr-defined]
        found = known(loss, outputs, targets)
        if found is not None:
            if each is None:
                return loss(outputs, targets), found
            return each(outputs, targets), found.mul_(len(outputs))
    with torch.enable_grad():
        outputs = outputs.detach().requires_grad_()
        if each is None:
            value = loss(outputs, targets)
            return value.detach(), gradients(value, (outputs,))[0]
        values = each(outputs, targets)
        return values.detach(), gradients(values.sum(), (outputs,))[0]


def _binary(loss: Any, outputs: Tensor, targets: Tensor) -> Tensor | None:
    if loss.weight is not None or loss.pos_weight is not None:
        return None
    return (outputs.sigmoid() - targets).div_(outputs.numel())


#: Losses whose gradient, of the mean over a batch, takes fewer calls than autograd's graph of it.
_SLOPES: dict[type[Any], Callable[[Any, Tensor, Tensor], Tensor | None]] = {
    nn.BCEWithLogitsLoss: _binary,
    nn.MSELoss: lambda _, outputs, targets: _aten.mse_loss_backward(
        torch.ones((), dtype=outputs.dtype), outputs, targets, 1
    ),
}
