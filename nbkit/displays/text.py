"""Text that changes with each frame, put together from pictures of its letters."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

__all__ = ["Heading", "Reading", "reading"]

Mask = NDArray[np.uint8]


class Reading(Text):
    """A `Text`, upright and without mathematics, on a `ground` of a colour or on none, that takes a tenth of the time to draw anew.

    matplotlib 3.11 lays out and renders each letter at each draw, 50 µs a letter: three readings would take longer than the
    rest of a frame. Where a renderer has no pixels (PDF, SVG) it is drawn as any text.
    """

    def __init__(self, *args: Any, ground: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground = ground

    def draw(self, renderer: RendererBase) -> None:
        if not self.get_visible() or not self.get_text():
            return
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
            return
        size = renderer.points_to_pixels(float(self.get_fontsize()))
        mask, base = _lines(self.get_text(), round(size, 2), tuple(self.get_fontfamily()), self.get_fontweight())
        x, y = self.get_transform().transform(self.get_unitless_position())
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[self.get_horizontalalignment()] * mask.shape[1]
        below = {"bottom": 0, "baseline": base, "center": mask.shape[0] / 2, "top": mask.shape[0]}
        bottom = y - below[self.get_verticalalignment()]
        picture = self._picture(mask)
        context: Any = renderer.new_gc()
        renderer.draw_image(context, round(left) - 1, round(bottom), picture[::-1])
        context.restore()
        self.stale = False

    def _picture(self, mask: Mask) -> Mask:
        """Colours and opacity (rows, columns, 4)."""
        colour = np.array(to_rgba(self.get_color())[:3])
        picture = np.empty((*mask.shape, 4), np.uint8)
        if self.ground is None:
            picture[..., :3] = np.rint(255 * colour)
            picture[..., 3] = mask
        else:
            share = mask[..., None] / 255
            picture[..., :3] = np.rint(255 * (share * colour + (1 - share) * np.array(to_rgba(self.ground)[:3])))
            picture[..., 3] = np.maximum(mask, 225)
        return picture


def reading(ax: Axes, x: float, y: float, text: str = "", **style: Any) -> Reading:
    """A `Reading` in an axes, in data coordinates unless a transform is given; it takes no room in the layout."""
    made = Reading(x, y, text, **style)
    ax.add_artist(made)
    made.set_in_layout(False)
    return made


class Heading(Reading):
    """Lines of text above an axes, from its left edge; an empty title keeps their room."""

    def __init__(self, ax: Axes, lines: int = 2, size: float = 13, **style: Any) -> None:
        figure = ax.get_figure()
        assert figure is not None
        ax.set_title("\n".join(" " * lines), fontsize=size, loc="left", linespacing=1.35)
        above = ScaledTranslation(0, 6 / 72, figure.dpi_scale_trans)  # points, as a title stands
        super().__init__(0.0, 1.0, "", transform=ax.transAxes + above, va="bottom", fontsize=size, **style)
        ax.add_artist(self)
        self.set_clip_on(False)
        self.set_in_layout(False)


@lru_cache(maxsize=64)
def _lines(text: str, size: float, family: tuple[str, ...], weight: Any) -> tuple[Mask, int]:
    """A text's opacity, rows downwards, and the px that its last line's base is above the lowest row."""
    rows = [[_word(word, size, family, weight) for word in line.split(" ")] for line in text.split("\n")]
    ascent, descent = _height(size, family, weight)
    space = _glyph(" ", size, family, weight)[1]
    pitch = ascent + descent
    widths = [sum(advance for _, advance in row) + space * (len(row) - 1) for row in rows]
    mask = np.zeros((pitch * len(rows), int(np.ceil(max(widths))) + 4), np.uint8)
    for k, row in enumerate(rows):
        at = 1.0
        for word, advance in row:
            _put(mask[k * pitch : (k + 1) * pitch], word, round(at) - 1)
            at += advance + space
    return mask, descent


@lru_cache(maxsize=1024)
def _word(word: str, size: float, family: tuple[str, ...], weight: Any) -> tuple[Mask, float]:
    """A word's opacity, one px left of its origin, and its width: of a line that changes, most words stay."""
    glyphs = [_glyph(letter, size, family, weight) for letter in word]
    advance = sum(advance for _, advance in glyphs)
    mask = np.zeros((sum(_height(size, family, weight)), int(np.ceil(advance)) + 4), np.uint8)
    at = 1.0
    for glyph, step in glyphs:
        _put(mask, glyph, round(at) - 1)
        at += step
    return mask, advance


def _put(mask: Mask, drawn: Mask, x: int) -> None:
    part = mask[:, x : x + drawn.shape[1]]
    np.maximum(part, drawn[:, : part.shape[1]], out=part)


@lru_cache(maxsize=2048)
def _glyph(letter: str, size: float, family: tuple[str, ...], weight: Any) -> tuple[Mask, float]:
    """A letter's opacity (ascent + descent, px), one px left of its origin, and how far the next one is."""
    font = FontProperties(family=list(family), weight=weight, size=size)
    ascent, descent = _height(size, family, weight)
    # At 72 dpi a point is a pixel. Ten letters tell the advance to a tenth of one.
    renderer = RendererAgg(int(2 * size) + 4, ascent + descent, 72)
    advance = renderer.get_text_width_height_descent(letter * 10 + "|", font, False)[0]
    advance = (advance - renderer.get_text_width_height_descent("|", font, False)[0]) / 10
    renderer.draw_text(renderer.new_gc(), 1, ascent, letter, font, 0)
    return np.asarray(renderer.buffer_rgba())[..., 3].copy(), float(advance)


@lru_cache(maxsize=64)
def _height(size: float, family: tuple[str, ...], weight: Any) -> tuple[int, int]:
    font = FontProperties(family=list(family), weight=weight, size=size)
    _, height, descent = RendererAgg(4, 4, 72).get_text_width_height_descent("Äg|", font, False)
    return int(np.ceil(height - descent)), int(np.ceil(descent))
