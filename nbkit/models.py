"""The multilayer perceptron in torch, with randomness of its own: torch's global seed is neither set nor read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["INITIALISERS", "MLP", "MODULES", "Atan", "Dropout"]


class Atan(nn.Module):
    """The arc tangent, which torch has as a function only."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.atan(x)


#: The functions of `nbkit.ACTIVATIONS`, by the same names and with the same parameters, as torch modules.
MODULES: dict[str, Callable[[], nn.Module]] = {
    "linear": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "atan": Atan,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.1),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "swish": nn.SiLU,
    "softplus": nn.Softplus,
}


def _default(layer: nn.Linear, generator: torch.Generator) -> None:
    nn.init.kaiming_uniform_(layer.weight, a=5**0.5, generator=generator)
    bound = layer.in_features**-0.5
    nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


def _without_bias(weights: Callable[[Tensor, torch.Generator], Tensor]) -> Callable[[nn.Linear, torch.Generator], None]:
    def initialise(layer: nn.Linear, generator: torch.Generator) -> None:
        weights(layer.weight, generator)
        nn.init.zeros_(layer.bias)

    return initialise


#: How a layer starts. "default" is torch's own; the others leave biases at 0. Xavier: Glorot & Bengio 2010; He et al. 2015,
#: both uniform; "normal" has weights of standard deviation 1, too large for most; from "zeros" nothing is learned but the bias.
INITIALISERS: dict[str, Callable[[nn.Linear, torch.Generator], None]] = {
    "default": _default,
    "xavier": _without_bias(lambda weight, g: nn.init.xavier_uniform_(weight, generator=g)),
    "he": _without_bias(lambda weight, g: nn.init.kaiming_uniform_(weight, nonlinearity="relu", generator=g)),
    "normal": _without_bias(lambda weight, g: nn.init.normal_(weight, generator=g)),
    "zeros": _without_bias(lambda weight, g: nn.init.zeros_(weight)),
}


class Dropout(nn.Module):
    """torch's dropout with a generator of its own: in training each number is 0 with probability p, else divided by 1 − p.

    What it drops depends on `seed` and on how often it has drawn alone. On another device the generator starts anew from
    these two. `p` may be changed at any time. How far it is belongs to the state_dict, so that a saved run continues with the
    same masks.
    """

    def __init__(self, p: float, seed: int = 0) -> None:
        super().__init__()
        self.p = p
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Start again, from this seed."""
        self.seed, self.drawn = seed, 0
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        if self.generator.device != x.device:
            self._restart(x.device)
        self.drawn += 1
        keep = 1 - self.p
        return x * torch.empty_like(x).bernoulli_(keep, generator=self.generator).div_(keep)

    def _restart(self, device: torch.device) -> None:
        mixed = (self.seed * 0x9E3779B97F4A7C15 + self.drawn) % 2**63
        self.generator = torch.Generator(device).manual_seed(mixed)

    def get_extra_state(self) -> dict[str, Any]:
        state = self.generator.get_state()
        return {"seed": self.seed, "drawn": self.drawn, "device": str(self.generator.device), "generator": state}

    def set_extra_state(self, state: dict[str, Any]) -> None:
        self.seed, self.drawn = state["seed"], state["drawn"]
        try:
            self.generator = torch.Generator(state["device"])
            self.generator.set_state(state["generator"].cpu())
        except RuntimeError:  # saved on a device that is not there
            self._restart(torch.device("cpu"))

    def extra_repr(self) -> str:
        return f"p={self.p}"


class MLP(nn.Module):
    """A multilayer perceptron: dense layers with an activation after each but the last, whose output is logits or values.

    `layers` is the whole of it, a plain `nn.Sequential`: for each hidden layer Linear, BatchNorm1d if asked for, the
    activation, and Dropout unless it is None (with 0 it is there to be turned up later); then the last Linear. `hidden` are the
    numbers of neurons; `activation` (a name of MODULES) and `dropout` are one for all hidden layers or a sequence, one for each.

    It starts from `seed` the way `init` says, a name of INITIALISERS; with "default" the weights are those that
    `torch.manual_seed(seed)` and the same `nn.Linear` layers give. `max_norm` caps the norm of the weights into each hidden
    neuron, where `constrain()` is called after each step (Srivastava et al. 2014). Both `dropout` and `max_norm` may be set at
    any time. Raises ValueError for bad numbers and names.
    """

    #: What a `Trainer` may change while the model learns, by `adjust`, and takes back when it goes back.
    live_settings = ("dropout", "max_norm")

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[int],
        outputs: int = 1,
        *,
        activation: str | Sequence[str] = "relu",
        dropout: float | Sequence[float] | None = None,
        batch_norm: bool = False,
        init: str = "default",
        max_norm: float | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if not isinstance(hidden, Sequence) or isinstance(hidden, str):
            raise ValueError(
                f"hidden is a list with a number of neurons for each hidden layer, like [8, 8], got {hidden!r}"
            )
        sizes = [inputs, *hidden, outputs]
        if not all(isinstance(size, int) and size > 0 for size in sizes):
            raise ValueError(f"a layer has a whole number of at least 1 neuron, got {sizes}")
        activations = _one_each("activation", activation, len(hidden))
        rates = _one_each("dropout", dropout, len(hidden))
        for name in activations:
            if name not in MODULES:
                raise ValueError(f"activation must be one of {', '.join(MODULES)}, got {name!r}")
        for rate in rates:
            if rate is not None and not 0 <= rate < 1:
                raise ValueError(f"dropout must be at least 0 and below 1, got {rate}")
        if init not in INITIALISERS:
            raise ValueError(f"init must be one of {', '.join(INITIALISERS)}, got {init!r}")
        if max_norm is not None and not max_norm > 0:
            raise ValueError(f"max_norm must be above 0, or None, got {max_norm}")
        self.init, self.max_norm = init, max_norm
        self.layers = nn.Sequential()
        for n, (before, after) in enumerate(pairwise(sizes[:-1])):
            self.layers.append(_linear(before, after))
            if batch_norm:
                self.layers.append(nn.BatchNorm1d(after))
            self.layers.append(MODULES[activations[n]]())
            if rates[n] is not None:
                self.layers.append(Dropout(rates[n]))
        self.layers.append(_linear(sizes[-2], sizes[-1]))
        self.reset(seed)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.layers(x)
        return logits

    @property
    def dropout(self) -> tuple[float, ...]:
        """The probability of each hidden layer's dropout; () without. Set it to one for all, or to as many as there are."""
        return tuple(module.p for module in self.layers if isinstance(module, Dropout))

    @dropout.setter
    def dropout(self, rates: float | Sequence[float]) -> None:
        modules = [module for module in self.layers if isinstance(module, Dropout)]
        for module, rate in zip(modules, _one_each("dropout", rates, len(modules)), strict=True):
            if not 0 <= rate < 1:
                raise ValueError(f"dropout must be at least 0 and below 1, got {rate}")
            module.p = float(rate)

    @torch.no_grad()
    def reset(self, seed: int | None = None) -> None:
        """Start anew: the same weights as at first, or those of another seed."""
        if seed is not None:
            self.seed = seed
        generator = torch.Generator().manual_seed(self.seed)
        for place, layer in enumerate(self.layers):
            if isinstance(layer, nn.Linear):
                # Drawn on the CPU, so that every device starts from the same weights.
                start = _linear(layer.in_features, layer.out_features)
                INITIALISERS[self.init](start, generator)
                layer.weight.copy_(start.weight)
                layer.bias.copy_(start.bias)
            elif isinstance(layer, nn.BatchNorm1d):
                layer.reset_parameters()
            elif isinstance(layer, Dropout):
                layer.reset(self.seed + place)

    @torch.no_grad()
    def constrain(self) -> None:
        """Shorten the weights into each hidden neuron to the norm `max_norm`, where they are longer; call it after a step."""
        if self.max_norm is None:
            return
        for layer in list(self.layers)[:-1]:
            if isinstance(layer, nn.Linear):
                layer.weight.copy_(torch.renorm(layer.weight, 2, 0, self.max_norm))


def _linear(before: int, after: int) -> nn.Linear:
    """A layer whose weights are yet to be set: torch's own start would draw from the global generator."""
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, before, after)  # type: ignore[no-untyped-call]
    return layer


def _one_each(name: str, value: Any, layers: int) -> list[Any]:
    if value is None or isinstance(value, str | float | int):
        return [value] * layers
    if len(value) != layers:
        raise ValueError(f"{name} must be one, or one for each of the {layers} hidden layers, got {len(value)}")
    return list(value)
