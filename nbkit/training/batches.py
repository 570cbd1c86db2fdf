"""The rows of a sample, a batch at a time, in a new order each epoch that depends on the seed alone."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

__all__ = ["Batches", "Place", "Sample", "at_once", "sample"]

_GATHERED = 2**18  # bytes of a sample that are picked out at once


class Sample(NamedTuple):
    """Inputs, one tensor for each argument of the model's `forward`, and targets; all with the same number of rows."""

    inputs: tuple[Tensor, ...]
    targets: Tensor

    def to(self, device: torch.device) -> Sample:
        return Sample(tuple(x.to(device) for x in self.inputs), self.targets.to(device))


def sample(data: Any, name: str, dtype: torch.dtype) -> Sample:
    """A `Sample` of a pair (x, y) of arrays or tensors, where x may be a tuple of several, or of a data set with .x and .y.

    Numbers with a fraction get the model's `dtype`; whole numbers stay so as targets (classes) and as inputs become what a
    tensor of them was: an array of integers is taken for measurements, a tensor of integers for categories. One-dimensional
    inputs (n,) become (n, 1). Raises ValueError, which says what is wrong, for other shapes, empty samples, NaN and inf.
    """
    if hasattr(data, "x") and hasattr(data, "y"):
        data = (data.x, data.y)
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(f"{name} must be a pair (x, y) or a data set, got {type(data).__name__}")
    several = data[0] if isinstance(data[0], tuple | list) and not np.isscalar(data[0][0]) else (data[0],)
    inputs = tuple(_tensor(x, f"{name}: x", dtype, measured=True) for x in several)
    targets = _tensor(data[1], f"{name}: y", dtype, measured=False)
    lengths = {len(each) for each in (*inputs, targets)}
    if len(lengths) != 1 or lengths == {0}:
        shapes = ", ".join(str(tuple(each.shape)) for each in inputs)
        raise ValueError(
            f"{name}: x and y must have the same number of rows, got x {shapes} and y {tuple(targets.shape)}"
        )
    return Sample(tuple(x[:, None] if x.ndim == 1 and x.is_floating_point() else x for x in inputs), targets)


def _tensor(values: Any, name: str, dtype: torch.dtype, measured: bool) -> Tensor:
    given = isinstance(values, Tensor)
    array = values.detach() if given else torch.as_tensor(np.array(values))
    if array.ndim == 0:
        raise ValueError(f"{name} must have one row a sample, got the single number {values!r}")
    if array.is_floating_point() or (measured and not given):
        array = array.to(dtype)
        bad = ~torch.isfinite(array)
        if bad.any():
            row = int(bad.flatten(1).any(1).nonzero()[0]) if array.ndim > 1 else int(bad.nonzero()[0])
            raise ValueError(f"{name} must be finite, row {row} is not")
    elif array.dtype == torch.bool or not array.dtype.is_complex:
        array = array.to(torch.int64)
    # A copy of its own: what the caller does to his array later must not change the training.
    return array.clone() if given else array


class Place(NamedTuple):
    """Where in an epoch: the generator before it drew the epoch's order, and how many rows of that order are used."""

    drawn_from: Tensor
    used: int


class Batches:
    """The next batch, of `size` rows, by an order drawn on the CPU and moved to the device once an epoch.

    The order is that of `for rows in torch.randperm(n, generator=generator).split(size)`, `generator` made from `seed`; the
    last batch of an epoch may be smaller. The size may change at any row, the sample at any step.
    """

    def __init__(self, data: Sample, size: int | None, seed: int) -> None:
        self.data = data
        self.size = size
        self._order: Tensor | None = None  # of the epoch's rows
        self._gathered: list[Sample] = []  # batches that were picked out, the next one last
        self._taken = self._used = 0  # rows of the order that are in batches, and that are used
        self.seed(seed)

    def seed(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self._between_epochs()

    def __len__(self) -> int:
        return len(self.data.targets)

    @property
    def rows_per_step(self) -> int:
        return min(self.size or len(self), len(self))

    @property
    def part(self) -> float:
        """The part of the epoch's rows that is used, at least 0 and below 1."""
        return self._used / len(self)

    def batch(self) -> Sample:
        """The next batch, on the device; the same again until `advance`."""
        if not self._gathered:
            self._gather()
        return self._gathered[-1]

    def advance(self) -> bool:
        """Go on to the next batch, once one is done with; whether an epoch ends here."""
        self._used += len(self._gathered.pop().targets)
        if self._used < len(self):
            return False
        self._between_epochs()
        return True

    def resize(self, size: int | None) -> None:
        """Another size for the batches that follow, those of the begun epoch too."""
        self.size = size
        self._drop()

    def replace(self, data: Sample) -> None:
        """Another sample; where it has as many rows the begun epoch goes on, else a new one begins."""
        other_count = len(data.targets) != len(self)
        self.data = data
        if other_count:
            self._between_epochs()
        else:
            self._drop()

    @property
    def place(self) -> Place:
        return Place(self._drawn_from, self._used)

    @place.setter
    def place(self, place: Place) -> None:
        self._generator.set_state(place.drawn_from)
        self._between_epochs()
        if place.used:
            self._draw()
            self._used = self._taken = place.used

    def _between_epochs(self) -> None:
        # Nothing is drawn until it is needed, so that the place between two epochs is the generator's state alone.
        self._drawn_from = self._generator.get_state()
        self._order, self._used = None, 0
        self._drop()

    def _drop(self) -> None:
        """Forget the batches that were picked out and not used."""
        self._gathered.clear()
        self._taken = self._used

    def _draw(self) -> None:
        self._order = torch.randperm(len(self), generator=self._generator)

    def _gather(self) -> None:
        """Pick out batches in one call, where each would need its own."""
        if self._order is None:
            self._draw()
        assert self._order is not None
        size = self.rows_per_step
        rows = self._order[self._taken :][: at_once(self.data, size) * size].to(self.data.targets.device)
        self._taken += len(rows)
        *inputs, targets = (
            torch.split(part.index_select(0, rows), size) for part in (*self.data.inputs, self.data.targets)
        )
        self._gathered = [Sample(*batch) for batch in zip(zip(*inputs, strict=True), targets, strict=True)][::-1]


def at_once(data: Sample, size: int) -> int:
    """How many batches of so many rows are to be picked out in one call: what fits into a fast memory, and at least one."""
    row = sum(part[0].numel() * part.element_size() for part in (*data.inputs, data.targets))
    return max(1, _GATHERED // (row * size))
