"""Targets: functions, samples and what a pen leaves."""

import numpy as np
import pytest

from nbkit.targets import PAINTED, painted_target, sampled_target, stroke, target_from

PLACES = np.linspace(-2, 2, PAINTED)


def test_a_function_is_known_on_a_grid_and_cannot_change_it():
    def spoils(x):
        x[:] = np.cos(x)
        return x

    target = target_from(spoils, -2, 2)
    assert target.x[[0, -1]].tolist() == [-2, 2] and target.y == pytest.approx(np.cos(target.x))
    assert [len(part) for part in target.thinned(20)] == [101, 101] and not target.sampled
    assert target_from(lambda x: 3, 0, 1).y == pytest.approx(3)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: np.where(x == 0, np.inf, x), "not at x = 0"),
        (lambda x: np.where(x > 1, np.nan, x), "not at x = 1"),
        (lambda x: 1e7 * x, "below a million"),
        (lambda x: x[1:], r"shape \(2001,\), got float64 of shape \(2000,\)"),
        (lambda x: "x", "one number for each x"),
    ],
)
def test_what_is_no_function_is_named(function, said):
    with pytest.raises(ValueError, match=f"mine must .*{said}"):
        target_from(function, -2, 2, "mine")


def test_samples_are_put_in_order_and_all_kept():
    target = sampled_target([3, 1, 2], [9, 1, 4])
    assert (target.x.tolist(), target.y.tolist()) == ([1, 2, 3], [1, 4, 9])
    assert (target.low, target.high, target.sampled) == (1, 3, True)
    assert target.thinned(2)[0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("ends", [((-1.0, 0.0), (1.0, 4.0)), ((1.0, 4.0), (-1.0, 0.0))])
def test_a_stroke_is_a_straight_line_between_its_ends_and_nothing_else(ends):
    heights = np.array(stroke(target_from(np.sin, -2, 2), *ends))
    under = np.abs(PLACES) <= 1.0
    assert heights[under] == pytest.approx(2 + 2 * PLACES[under], abs=1e-4)
    assert heights[~under] == pytest.approx(np.sin(PLACES[~under]), abs=1e-4)


def test_a_dot_moves_the_nearest_place_alone():
    before = painted_target(np.zeros(PAINTED), -2, 2)
    heights = np.array(stroke(before, (0.01, 1.5), (0.01, 1.5)))
    assert np.flatnonzero(heights).tolist() == [40] and heights[40] == 1.5
    assert painted_target(heights, -2, 2).y.max() == 1.5
