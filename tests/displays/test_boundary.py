"""The decision map of a model that somebody trained: what is drawn is what the model says."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit import DecisionBoundaryDisplay
from nbkit.datasets import load

DATA = load("region", samples=300, function="x1 > x2")
TRAIN, VALIDATION = DATA.split(0.3)


def plane(x):
    """The model's border is x1 = 1."""
    return np.where(x[:, 0] > 1, 0.9, 0.1)


def test_the_models_border_and_the_true_one():
    display = DecisionBoundaryDisplay.from_model(plane, TRAIN, validation=VALIDATION)
    x1, x2 = display.edge_.get_data()
    assert x1[np.isfinite(x1)] == pytest.approx(1, abs=0.05) and np.nanmax(x2) - np.nanmin(x2) > 5.8
    true1, true2 = display.truth_.get_data()
    assert np.nanmax(np.abs(true1 - true2)) < 0.05 and display.truth_.get_linestyle() == "--"
    picture = display.surface_.colours.astype(int)
    left, right = picture[75, 30], picture[75, 140]
    assert left[2] > left[0] and right[0] > right[2]  # blue and orange


def test_samples_are_told_apart_by_shape_and_classes_by_colour():
    display = DecisionBoundaryDisplay.from_model(plane, TRAIN, validation=VALIDATION)
    for name, sample, shape in (("train", TRAIN, "o"), ("validation", VALIDATION, "^")):
        lines = display.points_[name]
        for k in range(2):
            assert lines[k].get_xydata() == pytest.approx(sample.x[sample.y == k])
            assert lines[k].get_marker() == shape
        assert lines[0].get_color() != lines[1].get_color()


def test_the_legend_names_what_is_there():
    def words(display):
        return [text.get_text() for text in display.ax_.get_legend().get_texts()]

    assert words(DecisionBoundaryDisplay.from_model(plane, TRAIN, validation=VALIDATION)) == [
        "train",
        "validation",
        "true border",
    ]
    assert words(DecisionBoundaryDisplay.from_model(plane, TRAIN.x, TRAIN.y)) == ["train"]
    given = DecisionBoundaryDisplay.from_model(plane, TRAIN.x, TRAIN.y, truth=lambda x1, x2: x1 > x2)
    assert words(given) == ["train", "true border"]


def test_it_draws_into_given_axes_and_takes_options():
    axes = Figure().subplot_mosaic([["ax", "bar"]])
    display = DecisionBoundaryDisplay.from_model(plane, DATA, axes=axes, discretise=True)
    colours = np.unique(display.surface_.colours.reshape(-1, 3), axis=0)
    assert display.edge_.axes is axes["ax"] and len(colours) == 2


def test_another_model_on_the_same_data_redraws_live_artists_alone():
    from nbkit.decision import over_the_plane

    display = DecisionBoundaryDisplay.from_model(plane, TRAIN, validation=VALIDATION)
    FigureCanvasAgg(display.figure_).draw()
    display.update(**over_the_plane(lambda x: 1 - plane(x), TRAIN, VALIDATION))
    assert not display.figure_.stale
