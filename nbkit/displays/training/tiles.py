"""Small pictures at many places, drawn by one artist: an image each would cost several times as much."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from nbkit.displays.training.boundary import DIVERGING

__all__ = ["Tiles"]

Array = NDArray[np.float64]

SHADES = (255 * DIVERGING(np.linspace(0, 1, 256))).astype(np.uint8)


class Tiles(Artist):
    """Square pictures of values: blue below 0, white at 0, orange above, each by its own largest absolute value.

    `set_tiles(values, centres, side)`: values (n, m, m'), rows upwards; centres (n, 2) and side in data coordinates. `values`,
    `centres` and `side` are kept as attributes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_tiles([], np.empty((0, 2)), 1.0)

    def set_tiles(self, values: list[Array], centres: Array, side: float) -> None:
        self.values, self.centres, self.side = values, centres, side
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        if not self.get_visible() or not self.values or self.axes is None:
            return
        transform = self.axes.transData
        size = max(round(float(transform.transform((self.side, 0))[0] - transform.transform((0, 0))[0])), 1)
        corners = np.rint(transform.transform(self.centres) - size / 2).astype(int)
        context: Any = renderer.new_gc()
        for values, (x, y) in zip(self.values, corners, strict=True):
            renderer.draw_image(context, int(x), int(y), _picture(values, size))
        context.restore()
        self.stale = False


def _picture(values: Array, size: int) -> NDArray[np.uint8]:
    """Pixels (size, size, 4), each that of the nearest value."""
    rows, columns = (((np.arange(size) + 0.5) * count / size).astype(np.intp) for count in values.shape)
    values = values[rows[:, None], columns]
    most = np.abs(values).max()
    if not (np.isfinite(most) and most > 0):
        return np.full((size, size, 4), 255, np.uint8)
    return np.asarray(SHADES[(values * (127.5 / most) + 127.5).astype(np.intp)])
