"""How many threads of the CPU torch works with: one for a small network, for which several would wait longer than work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

__all__ = ["few", "threads"]

#: Weights times rows in a step, below which one thread is the fastest. It is so by far where other programs are busy: each step
#: waits until every thread has had its turn on a core.
SMALL = 4e6


def few(parameters: Iterable[Tensor], rows: int) -> int | None:
    """1 for weights on the CPU that are few for so many rows in a step; None for others, which are best as torch has it."""
    sizes = [parameter.numel() if parameter.device.type == "cpu" else SMALL for parameter in parameters]
    return 1 if sum(sizes) * rows < SMALL else None


@contextmanager
def threads(count: int | None) -> Iterator[None]:
    """Round what is to be done by so many threads; None leaves torch's own setting, which is put back in the end."""
    before = torch.get_num_threads()
    if count is None or count == before:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
