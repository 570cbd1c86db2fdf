"""Randomness that a model draws while it learns: its own generators, or torch's global one lent for the time of a step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = [
    "GlobalStream",
    "check_drawable",
    "draws_globally",
    "module_state",
    "restore_module_state",
    "start_anew",
    "stateful",
]

_RANDOM = (nn.modules.dropout._DropoutNd, nn.RReLU, nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)
_WITH_DROPOUT = (nn.RNNBase, nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)


def draws_globally(model: nn.Module) -> bool:
    """Whether a training step of `model` may draw from torch's global generator.

    True where a module is one of torch's random ones, and for classes of other origin, whose `forward` may do anything.
    """
    return any(
        isinstance(module, (*_RANDOM, *_WITH_DROPOUT))
        or type(module).__module__.partition(".")[0] not in ("torch", "nbkit")
        for module in model.modules()
    )


class GlobalStream:
    """A stream of random numbers for code that draws from torch's global generators, those of the CPU and of `device`.

    `with stream:` puts the stream's state in and what was there before back again. The stream is that which
    `torch.manual_seed(seed)` begins.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self.states = {torch.device("cpu"): torch.Generator().manual_seed(seed).get_state()}
        if device.type not in ("cpu", "meta"):
            self.states[device] = torch.Generator(device).manual_seed(seed).get_state()

    def __enter__(self) -> None:
        self._outside = {device: _get(device) for device in self.states}
        for device, state in self.states.items():
            _set(device, state)

    def __exit__(self, *_: object) -> None:
        self.states = {device: _get(device) for device in self.states}
        for device, state in self._outside.items():
            _set(device, state)


def _get(device: torch.device) -> Tensor:
    if device.type == "cpu":
        return torch.default_generator.get_state()
    return torch.get_device_module(device).get_rng_state(*_index(device))  # type: ignore[no-any-return]


def _set(device: torch.device, state: Tensor) -> None:
    if device.type == "cpu":
        torch.default_generator.set_state(state)
    else:
        torch.get_device_module(device).set_rng_state(state, *_index(device))


def _index(device: torch.device) -> tuple[torch.device, ...]:
    return () if device.type == "mps" else (device,)  # there is one mps device, and its functions take no other


def stateful(model: nn.Module) -> list[nn.Module]:
    """The modules that keep something beside parameters and buffers: an extra state, or generators of their own."""
    return [module for module in model.modules() if _has_extra_state(module) or _generators(module)]


def module_state(modules: list[nn.Module]) -> list[Any]:
    """What the stateful modules keep: their extra state, or the state of their generators."""
    return [
        module.get_extra_state() if _has_extra_state(module) else [g.get_state() for g in _generators(module)]
        for module in modules
    ]


def restore_module_state(modules: list[nn.Module], states: list[Any]) -> None:
    """Put back what `module_state` gave."""
    for module, state in zip(modules, states, strict=True):
        if _has_extra_state(module):
            module.set_extra_state(state)
        else:
            for generator, value in zip(_generators(module), state, strict=True):
                generator.set_state(value)


def _has_extra_state(module: nn.Module) -> bool:
    return type(module).get_extra_state is not nn.Module.get_extra_state


def _generators(module: nn.Module) -> list[torch.Generator]:
    return [value for value in vars(module).values() if isinstance(value, torch.Generator)]


def check_drawable(model: nn.Module) -> None:
    """Raise ValueError for a model that `start_anew` can't draw: one with parameters of its own and no `reset_parameters`."""
    if callable(getattr(model, "reset", None)):
        return
    own = [module for module in model.modules() if list(module.parameters(recurse=False))]
    for module in own:
        if not callable(getattr(module, "reset_parameters", None)):
            raise ValueError(
                f"{type(module).__name__} has parameters that nobody knows how to draw again: give it a method reset_parameters()"
            )


def start_anew(model: nn.Module, seed: int, device: torch.device) -> None:
    """Draw the weights again: by `model.reset(seed)` where it has that, else as `torch.manual_seed(seed)` and making it would."""
    reset = getattr(model, "reset", None)
    if callable(reset):
        reset(seed)
        return
    with GlobalStream(seed, device):
        for module in model.modules():
            if callable(getattr(module, "reset_parameters", None)):
                module.reset_parameters()  # type: ignore[operator]
