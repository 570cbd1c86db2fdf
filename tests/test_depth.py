"""Networks of as many parameters on functions of functions."""

import numpy as np
import pytest

from nbkit.depth import TARGETS, errors_over_seeds, parameters_of
from nbkit.displays.depth import GradientNormsDisplay, SeedsDisplay
from nbkit.models import MLP


@pytest.mark.parametrize("sizes, count", [([32, 32, 1], 1089), ([32, 32, 32, 32, 1], 3201), ([4, 60, 1], 361)])
def test_parameters_are_counted_as_torch_does(sizes, count):
    model = MLP(sizes[0], sizes[1:-1], sizes[-1])
    assert parameters_of(sizes) == count == sum(p.numel() for p in model.parameters())


def test_the_tent_of_the_tent_has_four_pieces():
    y = TARGETS["tent(tent(x))"].function(np.linspace(0, 1, 9)[:, None])
    assert y == pytest.approx([0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5, 0])


def test_errors_fall_with_training_and_are_those_of_one_run():
    early, late = (errors_over_seeds("tent(tent(x))", [56], seeds=3, steps=steps) for steps in (1, 300))
    assert (np.diff(late) >= 0).all() and late.max() < 0.6 < early.min()
    assert np.array_equal(late, errors_over_seeds("tent(tent(x))", [56], seeds=3, steps=300))


def test_each_seed_is_a_point_and_the_median_a_bar():
    display = SeedsDisplay(["one", "two"])
    display.update({"one": {"4→60": np.array([0.3, 0.1, 0.2])}, "two": {"deep": np.array([0.0, 1.0])}})
    assert display.points_["one", "4→60"][:, 1].tolist() == [0.1, 0.2, 0.3]
    assert display.axes_["one"].lines[1].get_ydata() == pytest.approx([0.2, 0.2])
    assert display.points_["two", "deep"][0, 1] == 1e-6


def test_gradient_norms_are_those_given():
    display = GradientNormsDisplay(["sigmoid"])
    display.update({"sigmoid": (np.array([16.0, 32]), [np.array([1e-6, 2e-6]), np.array([1.0, 0.5])])})
    first, last = display.ax_.lines
    assert first.get_label() == "first layer" and first.get_ydata().tolist() == [1e-6, 2e-6]
    assert last.get_label() == "last layer" and display.ax_.get_yscale() == "log"
