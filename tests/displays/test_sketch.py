"""What the axes of a sketch show before and after the truth is known."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nbkit.displays.sketch import SketchDisplay

X = np.linspace(0, 2, 5)
DRAWN = np.array([np.nan, 1.0, 2.0, np.nan, np.nan])


def test_the_truth_is_seen_only_once_it_is_given() -> None:
    display = SketchDisplay()
    display.update(X, DRAWN, (1.0, 2.0), None, ((0, 2), (-3, 3)), ("x", "slope"))
    np.testing.assert_array_equal(display.curve_.get_ydata(), DRAWN)
    assert np.isnan(display.truth_.get_ydata()).all() and display.pen_.get_visible()
    assert not display.legend_.get_visible() and display.ax_.get_ylabel() == "slope"
    display.update(X, DRAWN, (1.0, 2.0), X**2, ((0, 2), (-3, 3)), ("x", "slope"))
    np.testing.assert_array_equal(display.truth_.get_ydata(), X**2)
    assert display.legend_.get_visible() and not display.pen_.get_visible()


def test_drawing_moves_live_artists_alone() -> None:
    display = SketchDisplay()
    display.update(X, DRAWN, (1.0, 2.0), None, ((0, 2), (-3, 3)), ("x", "y"))
    FigureCanvasAgg(display.figure_).draw()
    assert not display.figure_.stale
    display.update(X, X, (2.0, 2.0), None, ((0, 2), (-3, 3)), ("x", "y"))
    assert not display.figure_.stale
