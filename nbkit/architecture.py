"""What a torch module is made of: each layer with its shape and parameters, and what flows from where to where.

A copy of the module is run once with zeros while its layers, and the functions between them, are written down. So any
module can be shown that runs, whatever its `forward` does; the module itself, its mode and its generators stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

__all__ = ["Architecture", "Layer", "summary"]

SAMPLES = 2  # of the example: shapes whose first number is this begin with the number of samples
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)

Size = int | tuple[int, ...] | Tensor


class Layer(NamedTuple):
    """A module or function that was run: `name` is the module's path, or "" for a function; `kind` its class or name; `output` the
    shape, as in "(n, 32)"; `parameters` those that no earlier layer has; `sources` the places of those whose output it takes."""

    name: str
    kind: str
    output: str
    parameters: int
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Architecture:
    """The layers of a module in the order in which they run, inputs first; as text, a table with the sums below."""

    title: str
    layers: tuple[Layer, ...]
    parameters: int
    trainable: int

    def __repr__(self) -> str:
        head = ("Layer (type)", "Output shape", "Parameters")
        rows = [
            (f"{layer.name} ({layer.kind})".strip(), layer.output, f"{layer.parameters:,}") for layer in self.layers
        ]
        first, second, third = (max(len(row[k]) for row in (head, *rows)) for k in range(3))
        lines = [f"{one:<{first}}  {two:<{second}}  {three:>{third}}" for one, two, three in (head, *rows)]
        rule = "─" * len(lines[0])
        frozen = self.parameters - self.trainable
        sums = [f"{self.parameters:,} parameters", f"{self.trainable:,} trainable", f"{frozen:,} frozen"]
        return "\n".join([self.title, rule, lines[0], rule, *lines[1:], rule, ", ".join(sums)])


def summary(model: nn.Module, *sizes: Size) -> Architecture:
    """The layers of a module that takes as many inputs as `sizes` are given, each one sample's size or an example with its samples.

    A size is a number of inputs or a shape without the samples. A layer is a module of torch, or one without children; what
    the module's own code does between them are functions. Raises ValueError, one line, where the module does not run.

    >>> summary(nn.Sequential(nn.Linear(32, 32), nn.Sigmoid(), nn.Linear(32, 1)), 32)
    Sequential
    ──────────────────────────────────────
    Layer (type)  Output shape  Parameters
    ──────────────────────────────────────
    x (input)     (n, 32)                0
    0 (Linear)    (n, 32)            1,056
    1 (Sigmoid)   (n, 32)                0
    2 (Linear)    (n, 1)                33
    ──────────────────────────────────────
    1,089 parameters, 1,089 trainable, 0 frozen
    """
    copied = copy.deepcopy(model).eval()
    first = next(copied.parameters(), torch.zeros(()))
    inputs = [_example(size, first) for size in sizes]
    recorder = _Recorder(inputs)
    hooks = [hook for name, module in _leaves(copied) for hook in recorder.watch(name, module)]
    try:
        with torch.no_grad(), recorder:
            copied(*inputs)
    except Exception as error:
        shapes = ", ".join(str(tuple(example.shape)) for example in inputs) or "no input"
        said = " ".join(str(error).split())[:160]
        raise ValueError(f"{type(model).__name__} does not run on {shapes}: {type(error).__name__}: {said}") from error
    finally:
        for hook in hooks:
            hook.remove()
    counts = [(p.numel(), p.requires_grad) for p in model.parameters()]
    trainable = sum(count for count, learns in counts if learns)
    return Architecture(type(model).__name__, tuple(recorder.layers), sum(count for count, _ in counts), trainable)


def _example(size: Size, like: Tensor) -> Tensor:
    if isinstance(size, Tensor):
        return size.to(like.device)
    shape = (size,) if isinstance(size, int) else tuple(size)
    return torch.zeros((SAMPLES, *shape), dtype=like.dtype, device=like.device)


def _leaves(model: nn.Module, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The modules that are shown as one layer, with their paths."""
    torchs = type(model).__module__.startswith("torch.nn") and not isinstance(model, CONTAINERS)
    children = list(model.named_children())
    if torchs or (name and not children):
        yield name, model
        return
    for key, child in children:
        yield from _leaves(child, f"{name}.{key}" if name else key)


class _Recorder(TorchFunctionMode):
    """Writes down each layer and each function outside of one; tensors are known by their identity, and kept while it lasts."""

    def __init__(self, inputs: Sequence[Tensor]) -> None:
        super().__init__()
        self.layers: list[Layer] = []
        self.made_by: dict[int, int] = {}
        self.kept: list[Tensor] = []
        self.counted: set[int] = set()
        self.within = 0
        self.samples = inputs[0].shape[0] if inputs and inputs[0].ndim else SAMPLES
        for number, example in enumerate(inputs):
            self._write(f"x{number + 1}" if len(inputs) > 1 else "x", "input", (), [], example)

    def watch(self, name: str, module: nn.Module) -> list[Any]:
        """Hooks on a module that is one layer."""

        def enter(module: nn.Module, args: Any, kwargs: Any) -> None:
            self.within += 1

        def leave(module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
            # A module may hand on the very tensor it got; another name for it keeps the two apart.
            if isinstance(output, Tensor) and id(output) in self.made_by:
                output = output.view_as(output)
            self.within -= 1
            if not self.within:
                own = list(module.parameters())
                self._write(name, type(module).__name__, (args, kwargs), own, output)
            return output

        return [
            module.register_forward_pre_hook(enter, with_kwargs=True),
            module.register_forward_hook(leave, with_kwargs=True),
        ]

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        given = list(_tensors((args, kwargs)))
        known = any(id(tensor) in self.made_by for tensor in given)
        if known and not self.within and next(_tensors(output), None) is not None:
            name = func.__self__.__name__ if func.__name__ == "__get__" else func.__name__.strip("_")
            parameters = [tensor for tensor in given if isinstance(tensor, nn.Parameter)]
            self._write("", name, (args, kwargs), parameters, output)
        return output

    def _write(self, name: str, kind: str, given: Any, parameters: Sequence[Tensor], output: Any) -> None:
        sources = [self.made_by[id(tensor)] for tensor in _tensors(given) if id(tensor) in self.made_by]
        new = {id(parameter): parameter.numel() for parameter in parameters if id(parameter) not in self.counted}
        self.counted.update(new)
        outputs = list(_tensors(output))
        shape = ", ".join(self._shape(tensor) for tensor in outputs[:1]) + (" …" if len(outputs) > 1 else "")
        self.layers.append(Layer(name, kind, shape, sum(new.values()), tuple(dict.fromkeys(sources))))
        for tensor in outputs:
            self.made_by[id(tensor)] = len(self.layers) - 1
        self.kept += outputs

    def _shape(self, tensor: Tensor) -> str:
        sizes = list(map(str, tensor.shape))
        if sizes and tensor.shape[0] == self.samples:
            sizes[0] = "n"
        return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _tensors(entry)
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from _tensors(entry)
