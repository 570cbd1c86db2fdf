"""Pictures of numbers, drawn pixel by pixel: an `AxesImage` resamples its colours, and takes several times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from nbkit.displays.base import COLOURS

__all__ = ["DIVERGING", "SHADES", "Picture", "RestingLine", "RestingLines", "Shades", "Still", "Tiles", "bounded"]

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Extent = tuple[float, float, float, float]

#: Low or class 0, white between, high or class 1: lightness is the same on both sides, hue is safe for colour-blind eyes.
DIVERGING = LinearSegmentedColormap.from_list("classes", [COLOURS.classes[0], "white", COLOURS.classes[1]])
SHADES: Pixels = (255 * DIVERGING(np.linspace(0, 1, 256))).astype(np.uint8)
_PACKED = SHADES.view(np.uint32).ravel()


class Picture(Artist):
    """Colours (m, n, 3) over an extent (x low, x high, y low, y high), rows upwards, each pixel that of the nearest one.

    `colours` and `extent` may be set anew; nothing is drawn outside of the axes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.extent: Extent = (0.0, 1.0, 0.0, 1.0)
        self.set_colours(np.full((1, 1, 3), 255, np.uint8))

    def set_colours(self, colours: Pixels) -> None:
        self.colours = colours
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        if not self.get_visible() or self.axes is None:
            return
        low, high = self.axes.transData.transform(np.reshape(self.extent, (2, 2), order="F"))
        inside = self.axes.bbox
        first = np.rint(np.maximum(low, [inside.x0, inside.y0])).astype(int)
        last = np.rint(np.minimum(high, [inside.x1, inside.y1])).astype(int)
        if (last <= first).any():
            return
        counts = self.colours.shape[1::-1]
        columns, rows = (
            ((np.arange(first[k], last[k]) + 0.5 - low[k]) * counts[k] / (high[k] - low[k]))
            .astype(np.intp)
            .clip(0, counts[k] - 1)
            for k in range(2)
        )
        packed = np.full((*self.colours.shape[:2], 4), 255, np.uint8)
        packed[..., :3] = self.colours
        _draw(renderer, first, packed.view(np.uint32)[..., 0].take(columns, 1).take(rows, 0))
        self.stale = False


class Shades(Picture):
    """Values (m, n) in the colours of a map between two limits, over an extent, rows upwards."""

    def __init__(self, colours: Colormap, extent: Extent) -> None:
        super().__init__()
        self.extent = extent
        self._colours: Pixels = (255 * colours(np.linspace(0, 1, 256))[:, :3]).round().astype(np.uint8)
        self._limits = (0.0, 1.0)
        self.set_data(np.zeros((1, 1)))

    def get_array(self) -> Array:
        """The values."""
        return self._values

    def set_data(self, values: Array) -> None:
        """Set the values."""
        self._values = values
        low, high = self._limits
        places = (bounded(values) - low) * (255 / (high - low))
        self.set_colours(self._colours[places.clip(0, 255).astype(np.intp)])

    def get_clim(self) -> tuple[float, float]:
        """The values that the map begins and ends at."""
        return self._limits

    def set_clim(self, limits: tuple[float, float]) -> None:
        """Set the limits."""
        self._limits = limits
        self.set_data(self._values)


class Resting(Artist):
    """Mixed into an artist, it leaves the drawing to a `Still`."""

    def draw(self, renderer: RendererBase) -> None:
        pass


class RestingLine(Resting, Line2D):
    """A line, or markers, in a `Still`."""


class RestingLines(Resting, LineCollection):
    """Lines in a `Still`."""


class Still(Artist):
    """The picture of artists that rest while others move, drawn anew when one of them, its axes or the figure's size changes.

    The markers of 1000 points take longer than a frame may. The artists belong to the same axes, into which they have been put.
    """

    def __init__(self, *artists: Resting) -> None:
        super().__init__()
        self.artists = artists
        for artist in artists:
            artist.set_animated(True)  # they do not mark the figure as stale
        self._place: tuple[float, ...] = ()  # where they stood when the picture was made
        self._corner, self._picture = (0, 0), np.empty((0, 0, 4), np.uint8)

    def draw(self, renderer: RendererBase) -> None:
        if not self.get_visible() or self.axes is None:
            return
        if not isinstance(renderer, RendererAgg):
            self._place = ()
            self._draw_all(renderer)
            return
        size = renderer.width, renderer.height, renderer.dpi
        place = (*size, *self.axes.bbox.extents, *self.axes.viewLim.extents)
        if place != self._place or any(artist.stale for artist in self.artists):
            alone = RendererAgg(*size)
            self._draw_all(alone)
            self._keep(np.asarray(alone.buffer_rgba()))
            self._place = place
        if self._picture.size:
            _blend(renderer, self._corner, self._picture)
        self.stale = False

    def _draw_all(self, renderer: RendererBase) -> None:
        for artist in self.artists:
            super(Resting, artist).draw(renderer)
            artist.stale = False  # one that is hidden has not been drawn

    def _keep(self, pixels: Pixels) -> None:
        """Cut out what is not empty; rows downwards become rows upwards."""
        inked = pixels[..., 3] > 0
        rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            self._picture = np.empty((0, 0, 4), np.uint8)
            return
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        self._picture = np.ascontiguousarray(pixels[box][::-1])
        self._corner = int(columns[0]), len(pixels) - 1 - int(rows[-1])


class Tiles(Artist):
    """Square pictures of values: blue below 0, white at 0, orange above, each by its own largest absolute value.

    `set_tiles(values, centres, side)`: `values`, for each group of equally large pictures an array (n, m, m'), rows upwards;
    `centres` (all n, 2) and `side` in data coordinates.
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_tiles([], np.empty((0, 2)), 1.0)

    def set_tiles(self, values: Sequence[Array], centres: Array, side: float) -> None:
        self.values, self.centres, self.side = values, centres, side
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        if not self.get_visible() or not self.values or self.axes is None:
            return
        transform = self.axes.transData
        size = max(round(float(transform.transform((self.side, 0))[0] - transform.transform((0, 0))[0])), 1)
        corners = np.rint(transform.transform(self.centres) - size / 2).astype(int)
        pictures = [picture for values in self.values for picture in _shaded(values, size)]
        for picture, corner in zip(pictures, corners, strict=True):
            _draw(renderer, corner, picture)
        self.stale = False


def bounded(values: ArrayLike, nan: float = 0.0) -> Array:
    """Finite values of at most 10³⁰, NaN replaced: arithmetic on what a network says while it diverges must not fail."""
    return np.clip(np.nan_to_num(np.asarray(values, np.float64), nan=nan), -1e30, 1e30)


def _shaded(values: Array, size: int) -> NDArray[np.uint32]:
    """Packed colours (n, size, size), each pixel that of the nearest value."""
    rows, columns = (((np.arange(size) + 0.5) * count / size).astype(np.intp) for count in values.shape[1:])
    chosen = bounded(values[:, rows[:, None], columns]).astype(np.float32)
    most = np.maximum(np.abs(chosen).max(axis=(1, 2), keepdims=True), 1e-30)
    return np.asarray(_PACKED[(chosen * (127.5 / most) + 127.5).astype(np.intp)])


def _draw(renderer: RendererBase, corner: Any, packed: NDArray[np.uint32]) -> None:
    """Opaque pixels, rows upwards, from the lower left corner on."""
    x, y = int(corner[0]), int(corner[1])
    rows, columns = packed.shape
    if isinstance(renderer, RendererAgg) and x >= 0 and y >= 0 and x + columns <= renderer.width:
        # there is nothing to blend, which would take five times as long
        pixels = np.asarray(renderer.buffer_rgba()).view(np.uint32)[..., 0]
        if y + rows <= len(pixels):
            pixels[len(pixels) - y - rows : len(pixels) - y, x : x + columns] = packed[::-1]
            return
    _blend(renderer, corner, np.ascontiguousarray(packed).view(np.uint8).reshape(*packed.shape, 4))


def _blend(renderer: RendererBase, corner: Any, picture: Pixels) -> None:
    context: Any = renderer.new_gc()
    renderer.draw_image(context, int(corner[0]), int(corner[1]), picture)
    context.restore()
