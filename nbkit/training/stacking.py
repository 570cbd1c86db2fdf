"""Models of one architecture as one batched model, whose weights have the run as their first index."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from nbkit.models import MLP, Atan, Dropout
from nbkit.training.direct import gradients

__all__ = ["Stack"]

# What takes each number by itself, and so needs not know that there are several runs.
_ELEMENTWISE = (
    *(
        nn.Identity,
        nn.ReLU,
        nn.Sigmoid,
        nn.Tanh,
        nn.LeakyReLU,
        nn.ELU,
        nn.GELU,
        nn.SiLU,
        nn.Softplus,
        nn.Hardtanh,
        nn.Softsign,
    ),
    Atan,
)


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
        self._layers = _dense(models[0])
        # As the batched product takes them: (run, input, output), where a layer has (output, input).
        self._turned = {weight for weight, _ in self._layers if weight} if self._layers else set()
        stacked = {name: torch.stack([some[name].detach().to(device) for some in named]) for name in shapes[0]}
        stacked = {name: tensor.mT.contiguous() if name in self._turned else tensor for name, tensor in stacked.items()}
        # All in one parameter, on which the layers' weights are windows: the optimiser has one tensor to update where there
        # would be dozens.
        self.flat = nn.Parameter(torch.cat([tensor.flatten() for tensor in stacked.values()]))
        self.flat.grad = torch.zeros_like(self.flat)
        self.parameters: dict[str, Tensor] = {}
        first = 0
        for name, tensor in stacked.items():
            window = slice(first, first := first + tensor.numel())
            self.parameters[name] = self.flat.detach()[window].view(tensor.shape).requires_grad_()
        self._forward = None if self._layers else self._vmapped(copy.deepcopy(models[0]).to(device))

    def __len__(self) -> int:
        return len(self.models)

    def each(self, values: Tensor) -> Tensor:
        """One value a run, shape (K,), as one for each number of `flat`."""
        like = (values.view(-1, *[1] * (p.ndim - 1)).expand(p.shape).flatten() for p in self.parameters.values())
        return torch.cat(list(like)).to(self.flat)

    def __call__(self, *inputs: Tensor) -> Tensor:
        if self._forward is not None:
            return self._forward(self.parameters, *inputs)
        (x,) = inputs
        assert self._layers is not None
        for weight, rest in self._layers:
            if isinstance(rest, nn.Module):
                x = rest(x)
            elif rest is None:
                x = torch.bmm(x, self.parameters[weight])
            else:
                x = torch.baddbmm(self.parameters[rest].unsqueeze(1), x, self.parameters[weight])
        return x

    def backward(self, loss: Tensor) -> None:
        """The gradient of a loss into `flat.grad`."""
        found = gradients(loss, tuple(self.parameters.values()))
        torch.cat([gradient.flatten() for gradient in found], out=self.flat.grad)

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


def _dense(model: nn.Module) -> list[tuple[str, str | nn.Module | None]] | None:
    """The layers of a plain network: names of weight and bias (or None) of a dense one, "" and an activation; None for others."""
    layers: list[tuple[str, str | nn.Module | None]] = []
    for name, module in _in_order(model, ""):
        if type(module) is nn.Linear:
            layers.append((f"{name}weight", None if module.bias is None else f"{name}bias"))
        elif type(module) in _ELEMENTWISE:
            layers.append(("", module))
        elif not isinstance(module, Dropout | nn.Dropout):  # with a rate of 0, which was seen to
            return None
    return layers


def _in_order(module: nn.Module, name: str) -> Iterator[tuple[str, nn.Module]]:
    inner = module.layers if type(module) is MLP else module
    prefix = f"{name}layers." if type(module) is MLP else name
    if type(inner) is nn.Sequential:
        for key, child in inner.named_children():
            yield from _in_order(child, f"{prefix}{key}.")
    else:
        yield name, module
