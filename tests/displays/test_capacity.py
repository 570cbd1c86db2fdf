"""The capacity display, by the numbers in its artists."""

import numpy as np
import pytest

from nbkit.displays.capacity import CapacityDisplay

X = np.linspace(-1, 1, 5)
STATE = {
    "x": X,
    "truth": X**2,
    "curve": X,
    "train": np.array([[0.0, 1.0], [0.5, 0.2]]),
    "validation": np.array([[0.1, 0.3]]),
    "mean": np.empty(0),
    "spread": np.empty(0),
    "capacities": np.arange(3.0),
    "train_errors": np.array([1.0, 0.1, 1e-20]),
    "validation_errors": np.array([1.0, 0.2, 1e9]),
    "expected": np.array([np.nan, 0.3, np.nan]),
    "now": 1,
    "noise": 0.09,
    "capacity_name": "degree",
    "text": "a\nb",
}


@pytest.fixture
def display():
    made = CapacityDisplay()
    made.update(**STATE)
    return made


def test_points_and_curves_are_the_given_ones(display):
    assert display.train_.get_xydata().tolist() == STATE["train"].tolist()
    assert display.validation_.get_xydata().tolist() == STATE["validation"].tolist()
    assert display.truth_.get_ydata() == pytest.approx(X**2) and display.curve_.get_ydata() == pytest.approx(X)


def test_errors_outside_of_the_axes_stand_at_their_edge(display):
    low, high = display.axes_["errors"].get_ylim()
    assert display.train_errors_.get_ydata()[:2] == pytest.approx([1, 0.1])
    assert low < display.train_errors_.get_ydata()[2] < 1.3 * low
    assert high / 1.3 < display.validation_errors_.get_ydata()[2] < high
    assert display.expected_.get_ydata()[1] == 0.3
    assert display.now_.get_xdata()[0] == 1 and display.noise_.get_ydata()[0] == 0.09


def test_band_of_many_fits_comes_and_goes(display):
    assert len(display.band_.get_paths()) == 0
    display.update(**{**STATE, "mean": X, "spread": 0.5 * np.ones(5)})
    (path,) = display.band_.get_paths()
    assert "200 fits" in display.many_.get_text()
    assert path.vertices[:, 1].min() == pytest.approx(-1.5) and path.vertices[:, 1].max() == pytest.approx(1.5)
    display.update(**STATE)
    assert len(display.band_.get_paths()) == 0 and display.many_.get_text() == ""


def test_another_name_of_the_capacity_asks_for_a_full_draw(display):
    display.fit()
    display.figure_.draw_without_rendering()
    display.update(**STATE)
    assert not display.figure_.stale
    display.update(**{**STATE, "capacity_name": "hidden neurons"})
    assert display.axes_["errors"].get_xlabel() == "hidden neurons" and display.figure_.stale


def test_labels_are_inside_of_the_figure(display):
    display.fit()
    display.figure_.draw_without_rendering()
    for ax in display.axes_.values():
        box = ax.get_tightbbox()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 750 and box.y1 <= 440
