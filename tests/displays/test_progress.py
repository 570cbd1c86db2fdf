"""The picture of the course: each thing stands in its row, with its state's sign."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nbkit.displays.progress import SIGNS, ProgressDisplay

ROWS = [
    ("01 one", [("check", "right"), ("check", "wrong"), ("question", "open")]),
    ("02 two", [("check", "open"), ("question", "right"), ("question", "predicted"), ("question", "skipped")]),
]


def test_each_thing_stands_in_its_row_by_kind_and_state() -> None:
    display = ProgressDisplay()
    display.update(ROWS)
    found = {key: mark.get_xydata().tolist() for key, mark in display.marks_.items() if len(mark.get_xdata())}
    assert found == {
        ("check", "right"): [[0, 0]],
        ("check", "wrong"): [[1, 0]],
        ("question", "open"): [[2, 0]],
        ("check", "open"): [[0, 1]],
        ("question", "right"): [[1, 1]],
        ("question", "predicted"): [[2, 1]],
        ("question", "skipped"): [[3, 1]],
    }
    assert sorted(display.signs_["right"].get_xydata().tolist()) == [[0, 0], [1, 1]]
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["01 one", "02 two"]


def test_states_are_told_apart_by_more_than_colour() -> None:
    signs = [sign for sign, _ in SIGNS.values()]
    assert len(set(signs)) == len(signs)


def test_nothing_is_cut_off_and_marks_do_not_touch() -> None:
    display = ProgressDisplay()
    display.update([(f"0{n} a rather long title of it   12/15", [("check", "right")] * 16) for n in range(1, 8)])
    figure = display.figure_
    FigureCanvasAgg(figure).draw()
    for artist in [*display.ax_.get_yticklabels(), display.ax_.get_legend()]:
        box = artist.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
    places = display.ax_.transData.transform(display.marks_["check", "right"].get_xydata())
    size = display.marks_["check", "right"].get_markersize() * figure.dpi / 72
    assert np.diff(np.unique(places[:, 0])).min() > size and np.diff(np.unique(places[:, 1].round())).min() > size
