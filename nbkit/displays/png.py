"""Figures as PNG, for what shows them without a canvas: outputs of cells, verdicts, static pages."""

from __future__ import annotations

import base64
import io

from matplotlib.figure import Figure

__all__ = ["png", "png_text"]


def png(figure: Figure, dpi: int = 100) -> bytes:
    """The figure as a PNG file."""
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=dpi)
        return file.getvalue()


def png_text(figure: Figure, dpi: int = 100) -> str:
    """The same in base64, as the outputs of cells and HTML hold it."""
    return base64.b64encode(png(figure, dpi)).decode()
