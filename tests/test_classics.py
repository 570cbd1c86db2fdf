"""The older methods, held against what they must say by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from nbkit.classics import classics, principal_axes
from nbkit.displays.classics import ClassicsDisplay


@pytest.fixture(scope="module")
def found():
    return classics(samples=120, resolution=40)


def test_each_is_better_than_a_coin_and_worse_on_new_points(found):
    data, methods = found
    assert len(data) == 120 and len(methods) == 5
    for method in methods:
        assert method.surface.shape == (40, 40) and method.surface.min() >= 0 and method.surface.max() <= 1
        assert 0.75 < method.accuracy < method.train_accuracy + 0.02


def test_many_trees_predict_better_than_one_that_knows_all_by_heart(found):
    one, bagging, boosting = found[1][2:]
    assert one.train_accuracy == 1.0
    assert set(np.unique(one.surface)) == {0.0, 1.0}, "a leaf of one tree has one class"
    assert min(bagging.accuracy, boosting.accuracy) > one.accuracy


def test_principal_axes_are_those_of_the_covariance(found):
    axes = principal_axes(found[0].x)
    values, vectors = np.linalg.eigh(np.cov(found[0].x.T))
    assert axes.widths == pytest.approx(np.sqrt(values[::-1])) and axes.shares.sum() == pytest.approx(1)
    assert np.abs(axes.directions @ vectors[:, ::-1]) == pytest.approx(np.eye(2), abs=1e-9)


def test_pictures_hold_all_points_and_each_border(found):
    data, methods = found
    display = ClassicsDisplay()
    display.update(data.x, data.y, principal_axes(data.x), methods)
    for ax, method in zip(list(display.axes_.values())[1:], methods, strict=True):
        assert sum(len(line.get_xdata()) for line in ax.lines) == 120
        assert np.array_equal(ax.images[0].get_array(), method.surface)
        assert method.name in ax.get_title()
