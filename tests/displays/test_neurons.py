"""The neuron's figure: what it is told is what its artists hold."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.neurons import NeuronDisplay

POINTS = np.array([[-1.0, 2.0], [1.0, -2.0], [2.5, 0.5]])
LABELS = np.array([0, 1, 1])
SHARED = {
    "text": "sum\nloss",
    "limits": (0.0, 1.0),
    "labels": LABELS,
    "wrong": np.array([False, True, False]),
    "outputs": np.array([0.1, 0.4, 0.9]),
}
PLANE = SHARED | {
    "surface": np.arange(9.0).reshape(3, 3) / 8,
    "line": np.array([[-3.0, -1.0], [3.0, 2.0]]),
    "arrow": np.array([[0.0, 0.5], [-0.5, 1.5]]),
    "points": POINTS,
    "sums": np.array([-2.0, -0.4, 50.0]),
    "function": np.array([[-6.0, 0.0, 6.0], [0.0, 0.5, 1.0]]),
    "point": np.array([1.2, 0.3, 0.7]),
    "sum": -70.0,
}
CURVE = SHARED | {
    "function": np.array([[-3.0, 0.0, 3.0], [0.0, 0.5, 1.0]]),
    "threshold": 0.25,
    "points": POINTS[:, :1],
    "point": np.array([1.2, 0.7]),
}


def test_the_plane_holds_what_it_is_told():
    display = NeuronDisplay()
    display.update(view="plane", **PLANE)
    assert np.asarray(display.surface_.get_array()) == pytest.approx(PLANE["surface"], rel=1e-6)
    assert display.surface_.extent == (-3, 3, -3, 3)
    assert display.line_.get_xydata() == pytest.approx(PLANE["line"])
    assert display.arrow_.get_xydata() == pytest.approx(PLANE["arrow"])
    assert display.tip_.get_xydata().tolist() == [[-0.5, 1.5]]
    assert display.classes_[0].get_xydata().tolist() == [[-1, 2]]
    assert display.classes_[1].get_xydata().tolist() == [[1, -2], [2.5, 0.5]]
    assert display.wrong_.get_xydata().tolist() == [[1, -2]]
    assert display.point_.get_xydata().tolist() == [[1.2, 0.3]]
    assert display.texts_["plane"].get_text() == "sum\nloss"


def test_sums_that_are_too_large_stand_at_the_edge():
    display = NeuronDisplay()
    display.update(view="plane", **PLANE)
    assert display.marked_[1].get_xydata().tolist() == [[-0.4, 0.4], [6, 0.9]]
    assert display.sum_.get_xydata().tolist() == [[-6, 0.7]]


def test_no_line_leaves_neither_arrow_nor_label():
    display = NeuronDisplay()
    display.update(view="plane", **PLANE | {"line": np.empty((0, 2)), "arrow": np.empty((0, 2))})
    assert [len(line.get_xdata()) for line in (display.line_, display.arrow_, display.tip_)] == [0, 0, 0]
    assert not display.tip_label_.get_visible()
    display.update(view="plane", **PLANE)
    assert display.tip_label_.get_visible()


@pytest.mark.parametrize("limits", [(0.0, 1.0), (-2.0, 6.0)])
def test_the_bar_has_the_surfaces_colours_at_the_same_height_as_the_function(limits):
    display = NeuronDisplay()
    display.update(view="plane", **PLANE | {"limits": limits})
    assert display.surface_.get_clim() == display.bar_.get_clim() == limits
    low, high = display.axes_["sums"].get_ylim()
    assert (
        (low, high)
        == display.axes_["bar"].get_ylim()
        == pytest.approx((1.06 * limits[0] - 0.06 * limits[1], 1.06 * limits[1] - 0.06 * limits[0]))
    )
    assert display.bar_.get_array()[[0, -1], 0].tolist() == pytest.approx([low, high])
    assert tuple(display.bar_.get_extent()) == pytest.approx((0, 1, low, high))


def test_the_curve_holds_what_it_is_told():
    display = NeuronDisplay()
    display.update(view="curve", **CURVE)
    assert display.curve_.get_xydata() == pytest.approx(CURVE["function"].T)
    assert display.threshold_.get_xdata() == [0.25, 0.25]
    assert display.curve_classes_[1].get_xydata().tolist() == [[1, 1], [2.5, 1]]
    assert display.curve_wrong_.get_xydata().tolist() == [[1, 1]]
    assert display.misses_.get_segments()[1].tolist() == [[1, 1], [1, 0.4]]
    assert display.curve_point_.get_xydata().tolist() == [[1.2, 0.7]]


def test_each_view_shows_its_own_axes_and_what_is_held_is_thick():
    display = NeuronDisplay()
    display.update(view="curve", **CURVE, grabbed="line")
    assert [name for name, ax in display.axes_.items() if ax.get_visible()] == ["curve"]
    thick = display.threshold_.get_linewidth()
    display.update(view="curve", **CURVE)
    assert display.threshold_.get_linewidth() < thick
    display.update(view="plane", **PLANE, grabbed="tip")
    assert [name for name, ax in display.axes_.items() if ax.get_visible()] == ["plane", "bar", "sums"]
    held = display.tip_.get_markersize(), display.line_.get_linewidth()
    display.update(view="plane", **PLANE, grabbed="line")
    assert display.tip_.get_markersize() < held[0] and display.line_.get_linewidth() > held[1]


def test_a_move_touches_live_artists_alone():
    display = NeuronDisplay()
    for view, arrays in (("plane", PLANE), ("curve", CURVE)):
        display.update(view=view, **arrays)
        FigureCanvasAgg(display.figure_).draw()
        display.update(
            view=view, **arrays | {"point": arrays["point"] + 0.1, "wrong": ~arrays["wrong"], "text": "b\na"}
        )
        assert not display.figure_.stale
        display.update(view=view, **arrays | {"limits": (-1.0, 1.0)})
        assert display.figure_.stale


def test_it_draws_into_given_axes():
    axes = Figure().subplot_mosaic([["plane", "bar", "sums", "curve"]])
    display = NeuronDisplay(axes)
    display.update(view="plane", **PLANE)
    assert display.line_.axes is axes["plane"] and not axes["curve"].get_visible()
