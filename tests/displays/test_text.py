"""Quick text above an axes looks like matplotlib's own, and has its room."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.text import Heading

LINES = "neuron 3: −1.00·relu(1.20x + 1.00)\nRMS error 0.410"


def ink(figure):
    """Rows and columns of all that is drawn above the axes, the upper half of a tick's label aside."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    top = round(figure.bbox.height - figure.axes[0].bbox.y1)
    left = round(figure.axes[0].bbox.x0) - 2
    rows, columns = np.nonzero(np.asarray(canvas.buffer_rgba())[: top - 1, left:, 0] < 128)
    return rows, columns


def figure_with(make):
    figure = Figure(layout="constrained")
    make(figure.add_subplot())
    return figure


def test_it_stands_where_a_title_would():
    theirs = ink(figure_with(lambda ax: ax.set_title(LINES, fontsize=13, loc="left", linespacing=1.35)))
    ours = ink(figure_with(lambda ax: Heading(ax).set_text(LINES)))
    for mine, other in zip(ours, theirs, strict=True):
        assert abs(mine.min() - other.min()) <= 4 and abs(mine.max() - other.max()) <= 6


def test_an_empty_heading_keeps_the_room_of_its_lines():
    def below(lines):
        figure = figure_with(lambda ax: Heading(ax, lines=lines))
        FigureCanvasAgg(figure).draw()
        return figure.axes[0].bbox.y1

    assert below(1) - below(2) > 13
    rows, _ = ink(figure_with(lambda ax: Heading(ax)))
    assert len(rows) == 0
