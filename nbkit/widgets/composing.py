"""Frames of a figure that redraw only what moved.

A frame is the static part of the figure, restored from a copy, with the display's live artists drawn over it. What is not live
marks the figure as stale, in matplotlib's own book-keeping, and costs one full draw; where a display tells regions, only those are
drawn again that are stale or have been told something new.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from nbkit.displays.base import Display, Region

__all__ = ["Composer"]

Pixels = NDArray[np.uint8]


class Composer:
    """Composes the frames of a display on an Agg canvas."""

    def __init__(self, canvas: FigureCanvasAgg, display: Display) -> None:
        self._canvas, self._display = canvas, display
        self._background: Pixels | None = None  # all but what is live
        self._layout: tuple[Any, ...] = ()

    def forget(self) -> None:
        """Draw everything anew in the next frame."""
        self._background = None

    def compose(self) -> Pixels:
        """Render the present state, shape (height, width, 4); the array is the renderer's own."""
        try:
            return self._compose()
        except BaseException:
            self.forget()  # what can't be drawn has left a part of a picture
            raise

    def _compose(self) -> Pixels:
        canvas: Any = self._canvas  # matplotlib's own methods carry no types here
        renderer, figure, display = canvas.get_renderer(), self._canvas.figure, self._display
        pixels = np.asarray(renderer.buffer_rgba())
        regions = display.regions()
        layout = (pixels.shape, *regions)
        drawn = self._background is not None and self._background.shape == pixels.shape
        same = drawn and layout == self._layout  # the pixels hold the last frame, by the same regions
        self._layout = layout
        stale = self._stale(regions) if same and figure.stale else []
        if not drawn or (figure.stale and not stale):
            renderer.clear()
            figure.draw(renderer)
            self._background, same = pixels.copy(), False
        assert self._background is not None
        if not (same and regions):
            pixels[...] = self._background
            self._draw_live(renderer, figure.axes)
        else:
            for region in regions:
                rows, columns = _window(region, pixels)
                if region in stale:
                    pixels[rows, columns] = np.rint(255 * np.array(to_rgba(figure.get_facecolor()))).astype(np.uint8)
                    self._draw_still(renderer, region)
                    self._background[rows, columns] = pixels[rows, columns]
                elif not display.changed_.isdisjoint(region.axes):
                    pixels[rows, columns] = self._background[rows, columns]
                else:
                    continue
                self._draw_live(renderer, region.axes)
            figure.stale = False
        display.changed_.clear()
        return pixels

    def _stale(self, regions: Collection[Region]) -> list[Region]:
        """The regions that have to be drawn anew; none where something outside of them has to be, too."""
        figure = self._canvas.figure
        seen = [ax for ax in figure.axes if ax.get_visible()]
        told = {ax for region in regions for ax in region.axes}
        others = [child for child in figure.get_children() if child not in figure.axes and child.stale]
        if others or any(ax.stale for ax in seen if ax not in told):
            return []
        return [region for region in regions if any(ax.stale for ax in region.axes)]

    def _draw_still(self, renderer: Any, region: Region) -> None:
        for ax in sorted(region.axes, key=lambda ax: ax.get_zorder()):
            ax.apply_aspect()
            ax.draw(renderer)

    def _draw_live(self, renderer: Any, axes: Collection[Any]) -> None:
        for artist in sorted(self._display.live_, key=lambda artist: artist.get_zorder()):
            if artist.axes is None or (artist.axes in axes and artist.axes.get_visible()):
                artist.draw(renderer)


def _window(region: Region, pixels: Pixels) -> tuple[slice, slice]:
    """Rows, downwards, and columns."""
    height, width = pixels.shape[:2]
    left, low, right, high = region.box
    return slice(height - round(high * height), height - round(low * height)), slice(
        round(left * width), round(right * width)
    )
