"""Quick text looks like matplotlib's own, and has its room."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath

from nbkit.displays.text import Readout, text_path

LINES = "neuron 3: −1.00·relu(1.20x + 1.00)\nRMS error 0.410"


def drawn(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., 0]


@pytest.mark.parametrize("text", LINES.split("\n"))
def test_a_line_is_as_long_as_matplotlibs(text):
    ours, theirs = text_path(text, 12).get_extents(), TextPath((0, 0), text, size=12).get_extents()
    assert ours.width == pytest.approx(theirs.width, rel=0.02)
    assert (ours.y0, ours.y1) == pytest.approx((theirs.y0, theirs.y1), abs=0.1)


def test_the_lines_stand_above_the_axes_inside_the_figure():
    figure = Figure(layout="constrained")
    ax = figure.add_subplot()
    readout = Readout(ax)
    blank = drawn(figure).copy()
    readout.set_text(LINES)
    rows, columns = np.nonzero(drawn(figure) != blank)
    top = figure.bbox.height - ax.bbox.y1
    assert 0 < rows.min() < rows.max() < top and abs(columns.min() - ax.bbox.x0) < 4
    assert readout.get_text() == LINES


def test_an_empty_line_keeps_its_place():
    figure = Figure(layout="constrained")
    readout = Readout(figure.add_subplot())
    readout.set_text(LINES)
    whole = readout.get_path().get_extents()
    readout.set_text(f"\n{LINES.splitlines()[1]}")
    assert readout.get_path().get_extents().y0 == pytest.approx(whole.y0, abs=0.5)
    readout.set_text("")
    assert len(readout.get_path().vertices) == 0
    drawn(figure)
