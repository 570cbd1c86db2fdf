"""Text that changes with every frame: drawn as one path, since matplotlib renders a line of text glyph by glyph in milliseconds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform
from numpy.typing import NDArray

__all__ = ["Readout", "points_to_pixels", "text_path"]

Array = NDArray[np.float64]

LINE = 1.35  # from one line to the next, in units of the size


class Readout(PathPatch):
    """Lines of text above an axes, from its left edge, their room kept free by an empty title.

    `set_text` is some ten times as fast as that of matplotlib's own Text. Only letters of the default font are drawn, without
    mathtext.
    """

    def __init__(self, ax: Axes, lines: int = 2, size: float = 12.5, color: str = "#111111") -> None:
        ax.set_title("\n" * (lines - 1), fontsize=size, loc="left", linespacing=LINE)
        self.lines, self.size, self.text = lines, size, ""
        super().__init__(Path(np.empty((0, 2))), facecolor=color, edgecolor="none", linewidth=0)
        corner: Any = ax.transAxes  # linear axes: an affine one
        self.set_transform(points_to_pixels(ax.get_figure()) + ScaledTranslation(0, 1, corner))
        ax.add_patch(self)  # sets the transform only where there is none
        self.set_clip_on(False)
        self.set_in_layout(False)  # the title makes room

    def get_text(self) -> str:
        """What is shown."""
        return self.text

    def set_text(self, text: str) -> None:
        """Show up to as many lines as there is room for."""
        if text == self.text:
            return
        self.text = text
        bottom = 6 + 0.2 * self.size  # points above the axes, as a title stands
        heights = [bottom + LINE * self.size * (self.lines - 1 - row) for row in range(self.lines)]
        rows = [
            text_path(line, self.size, up) for line, up in zip(text.split("\n"), heights, strict=False) if line.strip()
        ]
        self.set_path(Path.make_compound_path(*rows) if rows else Path(np.empty((0, 2))))


def points_to_pixels(figure: Figure | SubFigure | None) -> Transform:
    """From points, 1/72 inch, to the figure's pixels."""
    assert figure is not None
    return Affine2D().scale(1 / 72) + figure.dpi_scale_trans


def text_path(text: str, size: float, up: float = 0.0) -> Path:
    """A line of text as a path in points, from (0, up) to the right."""
    glyphs = [_glyph(letter, size) for letter in text]
    starts = np.cumsum([0.0, *(advance for _, _, advance in glyphs)])
    places = np.repeat(starts[:-1], [len(vertices) for vertices, _, _ in glyphs])
    vertices = np.concatenate([vertices for vertices, _, _ in glyphs]) + np.column_stack(
        [places, np.full(len(places), up)]
    )
    return Path(vertices, np.concatenate([codes for _, codes, _ in glyphs]))


@lru_cache(maxsize=1024)
def _glyph(letter: str, size: float) -> tuple[Array, NDArray[np.uint8], float]:
    """Vertices and codes of one letter, and how far it is to the next."""
    # Between two bars, since a space has no path, but an advance.
    bar, (between, codes) = _bar(size), _outline(f"|{letter}|", size)
    first, last = len(bar.vertices), len(between) - len(bar.vertices)
    inside = between[first:last] - np.array([bar.advance, 0.0])
    return inside, codes[first:last], float(between[last, 0] - bar.vertices[0, 0] - bar.advance)


class _Bar(NamedTuple):
    vertices: Array
    advance: float


@lru_cache(maxsize=16)
def _bar(size: float) -> _Bar:
    two, _ = _outline("||", size)
    one = two[: len(two) // 2]
    return _Bar(one, float(two[len(one), 0] - one[0, 0]))


def _outline(text: str, size: float) -> tuple[Array, NDArray[np.uint8]]:
    path = TextPath((0, 0), text, size=size)
    return np.asarray(path.vertices, dtype=np.float64), np.asarray(path.codes)
