"""Where the neurons of a network stand when it is drawn, and which of them are when there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Diagram", "drawn_units"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

MOST = 16  # neurons drawn of a layer
ONE_COLUMN = 10  # more stand in two columns, so that each keeps a picture that can be seen
LARGEST = 46.0  # px, side of a neuron's picture


def drawn_units(size: int) -> Indices:
    """The neurons of a layer of `size` that are drawn: all, or 16 spread evenly, the first and the last among them."""
    return np.linspace(0, size - 1, min(size, MOST)).round().astype(np.intp)


class Diagram:
    """Places of neurons in a box of `width` × `height` px, y upwards, layers from left to right.

    `sizes` of the layers, inputs first; `margins` px left and right for the names of inputs and outputs. `drawn[layer]` are the
    indices of the drawn neurons, `centres[layer]` their places (n, 2), `side` the pictures' side in px.
    """

    def __init__(
        self, sizes: Sequence[int], width: float, height: float, margins: tuple[float, float] = (8, 8)
    ) -> None:
        self.sizes = tuple(sizes)
        self.drawn = [drawn_units(size) for size in sizes]
        rows = [self._rows(len(units)) for units in self.drawn]
        twofold = [len(units) > ONE_COLUMN for units in self.drawn]
        pitch = height / max(count + (0.5 if two else 0) for count, two in zip(rows, twofold, strict=True))
        # A layer in two columns takes 2.2 sides, and the weights between two layers need room to be seen.
        wide = sum(2.2 if two else 1.0 for two in twofold)
        across = (width - sum(margins)) / (wide + 1.1 * max(len(rows) - 1, 1))
        self.side = float(np.floor(min(LARGEST, 0.88 * pitch, across)))
        half = [1.1 * self.side if two else 0.5 * self.side for two in twofold]
        free = (width - sum(margins) - 2 * sum(half)) / max(len(rows) - 1, 1)
        self.centres: list[Array] = []
        x = margins[0]
        for units, count, two, reach in zip(self.drawn, rows, twofold, half, strict=True):
            step = min(height / (count + (0.5 if two else 0)), 1.7 * self.side)
            place = np.arange(len(units))
            row, column = (place // 2, place % 2) if two else (place, np.zeros_like(place))
            y = height / 2 + step * ((count - 1) / 2 - row) + (step * (0.25 - 0.5 * column) if two else 0.0)
            middle = x + reach + (self.side * 1.2 * (column - 0.5) if two else 0.0)
            self.centres.append(np.stack(np.broadcast_arrays(middle, y), axis=1).astype(np.float64))
            x += 2 * reach + free

    @staticmethod
    def _rows(drawn: int) -> int:
        return drawn if drawn <= ONE_COLUMN else (drawn + 1) // 2

    @cached_property
    def edges(self) -> list[Indices]:
        """For each pair of layers the drawn connections (e, 2): places of target and source in `drawn`, targets outermost."""
        return [
            np.stack(np.divmod(np.arange(len(after) * len(before)), len(before)), axis=1)
            for before, after in zip(self.drawn[:-1], self.drawn[1:], strict=True)
        ]

    @cached_property
    def segments(self) -> list[Array]:
        """The lines (e, 2, 2) of `edges`, from the right side of the source's picture to the left side of the target's."""
        step = np.array([self.side / 2, 0.0])
        return [
            np.stack([self.centres[k][edges[:, 1]] + step, self.centres[k + 1][edges[:, 0]] - step], axis=1)
            for k, edges in enumerate(self.edges)
        ]

    @cached_property
    def _all(self) -> tuple[Array, list[tuple[int, int, int]]]:
        """All drawn connections, with (layer of the target, target, source)."""
        names = [
            (k + 1, int(self.drawn[k + 1][target]), int(self.drawn[k][source]))
            for k, edges in enumerate(self.edges)
            for target, source in edges
        ]
        return np.concatenate([*self.segments, np.empty((0, 2, 2))]), names

    def unit_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(layer, neuron) whose picture is at a point, or None."""
        for layer, centres in enumerate(self.centres):
            inside = np.abs(centres - (x, y)).max(axis=1) <= self.side / 2
            if inside.any():
                return layer, int(self.drawn[layer][np.argmax(inside)])
        return None

    def weight_at(self, x: float, y: float, within: float = 5.0) -> tuple[int, int, int] | None:
        """(layer, neuron, source) of the connection nearest to a point, at most `within` px away and not under a picture."""
        segments, names = self._all
        if not names or self.unit_at(x, y) is not None:
            return None
        start, along = segments[:, 0], segments[:, 1] - segments[:, 0]
        share = ((np.array([x, y]) - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
        nearest = start + np.clip(share, 0, 1)[:, None] * along
        distance = np.hypot(*(nearest - (x, y)).T)
        best = int(np.argmin(distance))
        return names[best] if distance[best] <= within else None

    def place(self, layer: int, unit: int) -> Array | None:
        """The centre (2,) of a neuron, or None where it is not drawn."""
        if not 0 <= layer < len(self.drawn):
            return None
        found = np.flatnonzero(self.drawn[layer] == unit)
        return self.centres[layer][found[0]] if len(found) else None
