"""The ReLU sum's figure: what it is told is what its artists hold."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.approximation import ReLUSumDisplay

NONE = np.empty((2, 0))
ARRAYS = {
    "text": "neuron\nerror",
    "domain": (-2.0, 2.0),
    "limits": (-4.0, 10.0),
    "target": np.array([[-2.0, 0.0, 2.0], [-3.0, -1.0, 9.0]]),
    "samples": NONE,
    "total": np.array([[-2.0, 1.0, 2.0], [-3.4, 0.0, 6.7]]),
    "machine": NONE,
    "terms": np.arange(18.0).reshape(3, 3, 2),
    "kinks": np.array([-1.0, np.nan, 1.0]),
    "on": np.array([True, True, False]),
    "selected": 0,
    "counts": np.array([1, 2, 4]),
    "curve": np.array([[1.0, 0.25, 0.0], [2.0, 0.5, 0.0]]),
    "hand": np.array([3.0, 0.4, 2.3]),
    "trained": np.empty(0),
    "error_limits": (1e-3, 10.0),
    "pen": np.empty(0),
}


def display_of(**changes):
    display = ReLUSumDisplay()
    display.update(**ARRAYS | changes)
    return display


def test_it_holds_what_it_is_told():
    display = display_of(machine=ARRAYS["target"] + 1)
    assert display.text_.get_text() == "neuron\nerror"
    assert display.target_.get_xydata() == pytest.approx(ARRAYS["target"].T)
    assert display.total_.get_xydata() == pytest.approx(ARRAYS["total"].T)
    assert display.machine_.get_xydata() == pytest.approx(ARRAYS["target"].T + 1)
    assert len(display.samples_.get_xdata()) == len(display.pen_.get_xdata()) == 0
    ax = display.axes_["sum"]
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2, 2), (-4, 10))


def test_the_selected_neuron_stands_out_and_those_that_are_off_stand_back():
    display = display_of()
    terms = ARRAYS["terms"]
    assert display.one_.get_xydata().tolist() == terms[0].tolist()
    assert [segment.tolist() for segment in display.terms_.get_segments()] == [terms[1].tolist()]
    assert [segment.tolist() for segment in display.off_.get_segments()] == [terms[2].tolist()]
    assert display.handle_.get_xydata().tolist() == [[-1, 0]]
    assert display.kinks_off_.get_xydata().tolist() == [[1, 0]]
    assert display.guide_.get_xdata().tolist() == [-1, -1]
    assert display.one_.get_linewidth() > display.terms_.get_linewidth()[0]
    display.update(**ARRAYS | {"selected": 2})
    assert len(display.one_.get_xdata()) == 0 and display.handle_.get_markerfacecolor() == "white"


def test_up_to_nine_kinks_have_their_digits():
    seen = [number for number in display_of().numbers_ if number.get_visible()]
    # the second has no weight, and so no kink
    assert [number.get_text() for number in seen] == ["1", "3"]
    assert [number.get_position()[0] for number in seen] == ARRAYS["kinks"][[0, 2]].tolist()
    many = {"terms": np.zeros((10, 3, 2)), "kinks": np.zeros(10), "on": np.ones(10, bool)}
    assert not any(number.get_visible() for number in display_of(**many).numbers_)


def test_no_neurons():
    none = {"terms": np.empty((0, 3, 2)), "kinks": np.empty(0), "on": np.empty(0, bool), "selected": -1}
    display = display_of(**none, hand=np.empty(0))
    assert len(display.handle_.get_xdata()) == len(display.guide_.get_xdata()) == len(display.hand_[0].get_xdata()) == 0
    FigureCanvasAgg(display.figure_).draw()


def test_samples_are_points_and_no_line():
    display = display_of(target=NONE, samples=ARRAYS["target"])
    assert display.samples_.get_linestyle() == "None" and display.samples_.get_marker() == "."
    assert display.samples_.get_xydata() == pytest.approx(ARRAYS["target"].T)
    assert len(display.target_.get_xdata()) == 0


def test_errors_stand_on_log_axes_and_stay_on_them():
    display = display_of(trained=np.array([3.0, 1e-9, 100.0]))
    ax = display.axes_["errors"]
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_ylim()) == ("log", "log", (1e-3, 10))
    assert display.curves_[1].get_xydata()[:2].tolist() == [[1, 2], [2, 0.5]]
    assert [line.get_xydata().tolist() for line in display.hand_] == [[[3, 0.4]], [[3, 2.3]]]
    heights = [float(line.get_ydata()[0]) for line in display.trained_]
    assert 1e-3 < heights[0] < 2e-3 and 8 < heights[1] < 10


def test_what_the_mouse_holds_is_larger():
    display = display_of(pen=np.array([0.5, 3.0]))
    sizes = display.handle_.get_markersize(), display.pen_.get_markersize()
    display.update(**ARRAYS | {"pen": np.array([0.5, 3.0]), "grabbed": "kink"})
    assert display.handle_.get_markersize() > sizes[0] and display.pen_.get_markersize() == sizes[1]
    display.update(**ARRAYS | {"pen": np.array([0.5, 3.0]), "grabbed": "pen"})
    assert display.pen_.get_markersize() > sizes[1] and display.pen_.get_xydata().tolist() == [[0.5, 3]]


def test_lines_are_told_apart_without_colour():
    display = display_of()
    looks = {
        (line.get_linestyle(), line.get_linewidth()) for line in (display.target_, display.total_, display.machine_)
    }
    assert len(looks) == 3


def test_a_move_touches_live_artists_alone():
    display = display_of()
    FigureCanvasAgg(display.figure_).draw()
    display.update(**ARRAYS | {"text": "another", "total": ARRAYS["target"], "selected": 1, "machine": ARRAYS["total"]})
    assert not display.figure_.stale
    display.update(**ARRAYS | {"limits": (-1.0, 1.0)})
    assert display.figure_.stale


def test_it_draws_into_given_axes():
    axes = Figure().subplot_mosaic([["sum", "errors"]])
    display = ReLUSumDisplay(axes)
    display.update(**ARRAYS)
    assert display.total_.axes is axes["sum"] and not display.figure_.legends
