"""The state of a training between two steps, as a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nbkit.training.batches import Place, Sample

__all__ = ["Packed", "State", "plain", "unplain"]


class Packed:
    """A copy of tensors, as one flat tensor for each kind of number and device: one call where there are dozens of tensors."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._shapes = [(tensor.shape, (tensor.dtype, tensor.device)) for tensor in tensors]
        kinds: dict[tuple[torch.dtype, torch.device], list[Tensor]] = {}
        for tensor, (_, kind) in zip(tensors, self._shapes, strict=True):
            kinds.setdefault(kind, []).append(tensor.ravel())
        self.flat = {kind: torch.cat(some).detach() for kind, some in kinds.items()}

    def tensors(self) -> list[Tensor]:
        """The tensors, in their order; they share the copy's memory."""
        taken = dict.fromkeys(self.flat, 0)
        views = []
        for shape, kind in self._shapes:
            first = taken[kind]
            taken[kind] += shape.numel()
            views.append(self.flat[kind][first : taken[kind]].view(shape))
        return views

    def finite(self) -> bool:
        return all(bool(flat.isfinite().all()) for kind, flat in self.flat.items() if kind[0].is_floating_point)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(flat.numel() * flat.element_size() for flat in self.flat.values())


@dataclass(frozen=True)
class State:
    """All that the steps which follow depend on, as it was after `step` steps."""

    step: int
    epoch: int
    learned: Packed  # the parameters, then the tensors of the optimiser
    buffers: Packed
    optimizer: list[tuple[int, str, bool, Any]]  # parameter, key, whether a tensor; the value where it is none
    groups: list[dict[str, Any]]
    schedule: dict[str, Any] | None
    place: Place
    modules: list[Any]
    streams: dict[torch.device, Tensor]
    data: Sample
    settings: dict[str, Any]
    changes: int = 0
    callbacks: Sequence[Any] = ()


def plain(state: State) -> dict[str, Any]:
    """The state as tensors and plain values, without the sample, to be written to a file."""
    fields = {name: getattr(state, name) for name in _PLAIN}
    return {
        **fields,
        "learned": [tensor.clone() for tensor in state.learned.tensors()],
        "buffers": [tensor.clone() for tensor in state.buffers.tensors()],
        "place": tuple(state.place),
        "streams": {str(device): stream for device, stream in state.streams.items()},
        "callbacks": list(state.callbacks),
        "rows": len(state.data.targets),
    }


def unplain(fields: dict[str, Any], data: Sample) -> State:
    """The state of what `plain` gave, with its sample."""
    return State(
        **{name: fields[name] for name in _PLAIN},
        learned=Packed(fields["learned"]),
        buffers=Packed(fields["buffers"]),
        place=Place(*fields["place"]),
        streams={torch.device(device): stream for device, stream in fields["streams"].items()},
        callbacks=fields["callbacks"],
        data=data,
    )


_PLAIN = ("step", "epoch", "optimizer", "groups", "schedule", "modules", "settings")
