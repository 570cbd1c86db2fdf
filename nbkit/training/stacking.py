"""Models of one architecture as one batched model, whose weights have the run as their first index."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from nbkit.models import Dropout
from nbkit.training.dense import Elementwise, Weighted, back, layers_of, slope, through
from nbkit.training.direct import gradients
from nbkit.training.losses import Function

__all__ = ["Stack", "per_run"]


class StackedDense(NamedTuple):
    """A layer of all runs: weights (K, in, out) and biases (K, 1, out), and where their gradients go."""

    weight: Tensor
    bias: Tensor
    weight_gradient: Tensor
    bias_gradient: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight)

    def learn(self, d: Tensor, x: Tensor) -> None:
        torch.bmm(x.mT, d, out=self.weight_gradient)
        torch.sum(d, 1, out=self.bias_gradient)

    def backward(self, d: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return torch.bmm(d, self.weight.mT)


class Stack:
    """K models of one architecture: `flat`, all their weights in one parameter, and a call that computes all outputs at once.

    Called with inputs (K, batch, ...) it gives outputs (K, batch, ...). Dense layers with elementwise activations become
    `torch.baddbmm`, any other module goes through `torch.func.vmap`. Raises ValueError for models of different shapes, and for
    those that can't be equal to the run alone: dropout, which draws for each run by itself, and running statistics (BatchNorm).
    """

    def __init__(self, models: Sequence[nn.Module], device: torch.device) -> None:
        self.models = models
        named = [dict(model.named_parameters()) for model in models]
        shapes = [{name: p.shape for name, p in some.items()} for some in named]
        for number, other in enumerate(shapes):
            if other != shapes[0]:
                raise ValueError(
                    f"the models must have one architecture, that of run {number} has other parameters than run 0"
                )
        for module in models[0].modules():
            if getattr(module, "p", 0) and isinstance(module, Dropout | nn.modules.dropout._DropoutNd):
                raise ValueError("runs at once can't have dropout: set it to 0, or train them one by one")
            if list(module.buffers(recurse=False)):
                raise ValueError(
                    f"runs at once can't have running statistics, as {type(module).__name__} does: train one by one"
                )
            if getattr(module, "max_norm", None) is not None:
                raise ValueError("runs at once can't have a max_norm: set it to None, or train them one by one")
        chain = layers_of(models[0]) or []
        # As the batched product takes them: (run, input, output), where a layer has (output, input).
        self._turned = {f"{name}weight" for name, layer in chain if isinstance(layer, nn.Linear)}
        stacked = {name: torch.stack([some[name].detach().to(device) for some in named]) for name in shapes[0]}
        stacked = {name: tensor.mT.contiguous() if name in self._turned else tensor for name, tensor in stacked.items()}
        # All in one parameter, on which the layers' weights are windows: the optimiser has one tensor to update where there
        # would be dozens.
        self.flat = nn.Parameter(torch.cat([tensor.flatten() for tensor in stacked.values()]))
        self.flat.grad = torch.zeros_like(self.flat)
        self.parameters: dict[str, Tensor] = {}
        slopes: dict[str, Tensor] = {}  # windows on the gradient, like the parameters on the weights
        first = 0
        for name, tensor in stacked.items():
            window = slice(first, first := first + tensor.numel())
            self.parameters[name] = self.flat.detach()[window].view(tensor.shape).requires_grad_()
            slopes[name] = self.flat.grad[window].view(tensor.shape)
        self._layers: list[Elementwise | Weighted] = []
        for name, layer in chain:
            if isinstance(layer, nn.Linear):
                names = f"{name}weight", f"{name}bias"
                weight, bias = (self.parameters[each] for each in names)
                self._layers.append(StackedDense(weight, bias.unsqueeze(1), *(slopes[each] for each in names)))
            else:
                self._layers.append(layer)
        self._forward = None if self._turned else self._vmapped(copy.deepcopy(models[0]).to(device))

    def __len__(self) -> int:
        return len(self.models)

    def each(self, values: Tensor) -> Tensor:
        """One value a run, shape (K,), as one for each number of `flat`."""
        like = (values.view(-1, *[1] * (p.ndim - 1)).expand(p.shape).flatten() for p in self.parameters.values())
        return torch.cat(list(like)).to(self.flat)

    def __call__(self, *inputs: Tensor) -> Tensor:
        if self._forward is not None:
            return self._forward(self.parameters, *inputs)
        return through(self._layers, *inputs)[-1]

    def learn(self, inputs: Sequence[Tensor], targets: Tensor, loss: Function, each: Function) -> Tensor:
        """The losses of `each` run (K,), without a graph, and the gradient into `flat.grad`; `loss` is that of one run."""
        assert self.flat.grad is not None
        if self._forward is not None:
            losses = each(self(*inputs), targets)
            found = gradients(losses.sum(), tuple(self.parameters.values()))
            torch.cat([gradient.flatten() for gradient in found], out=self.flat.grad)
            return losses.detach()
        with torch.no_grad():
            passed = through(self._layers, *inputs)
            losses, d = slope(loss, passed[-1], targets, each)
            back(self._layers, passed, d)
            return losses

    def _vmapped(self, base: nn.Module) -> Callable[..., Tensor]:
        def one(parameters: dict[str, Tensor], *inputs: Tensor) -> Any:
            return functional_call(base, parameters, inputs)

        return vmap(one, randomness="error")

    def weights(self, run: int) -> dict[str, Tensor]:
        """A copy of the weights of one run, by name."""
        return {
            name: (tensor[run].mT if name in self._turned else tensor[run])
            .detach()
            .clone(memory_format=torch.contiguous_format)
            for name, tensor in self.parameters.items()
        }


def per_run(loss: Function) -> Function:
    """The loss of each run, (runs,), from outputs and targets (runs, batch, ...)."""
    if (
        not isinstance(loss, nn.Module)
        or getattr(loss, "reduction", None) != "mean"
        or getattr(loss, "weight", None) is not None
    ):
        return vmap(loss)
    single = copy.copy(loss)
    single.reduction = "none"  # type: ignore[assignment]

    def each(outputs: Tensor, targets: Tensor) -> Tensor:
        values: Tensor = single(outputs.flatten(0, 1), targets.flatten(0, 1))
        return values.reshape(len(outputs), -1).mean(1)

    return each
