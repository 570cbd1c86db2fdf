import numpy as np
import pytest

from nbkit.descent import gradient_descent
from nbkit.objectives import FunctionObjective, Parabola, Plateau, SineFit, TwoMinima, Valley, named_objective


@pytest.mark.parametrize(
    "objective, start, rate, steps, state",
    [
        (Parabola(), [1.0], 3.0, 50, "diverged"),
        (Parabola(), [1.0], 1.8, 50, "bouncing"),
        (Parabola(), [1.0], 2.02, 50, "bouncing"),
        (Parabola(), [1.0], 0.2, 50, "converging"),
        (Parabola(), [1.0], 1e-5, 50, "too small"),
        (Plateau(), [6.0], 1e-3, 50, "too small"),
        (Valley(1000), [1.0, 1.0], 1.9e-3, 50, "bouncing"),
        (Valley(1000), [1.0, 1.0], 1e-3, 500, "converging"),
        (TwoMinima(), [1.2], 0.2, 50, "local minimum"),
        (TwoMinima(), [-1.2], 0.2, 50, "converging"),
        (SineFit(), [4.0, 0.0], 0.1, 200, "local minimum"),
        (FunctionObjective(lambda w: w**4 / 4 - w**2 / 2 + 0.1 * w), [1.2], 0.2, 50, "local minimum"),
    ],
)
def test_state_names_what_happens(objective, start, rate, steps, state):
    assert gradient_descent(objective, start, learning_rate=rate, steps=steps).state == state


def test_a_point_at_rest_at_the_minimum_is_not_bouncing_by_rounding():
    run = gradient_descent(named_objective("line fit"), [1.0, 0.0], learning_rate=0.3, steps=2000)
    assert run.state == "converging"
    assert run.points[-1] == pytest.approx(named_objective("line fit").minima[0])


def test_noise_at_the_minimum_is_neither_divergence_nor_too_small_a_rate():
    two = TwoMinima()
    run = gradient_descent(two, np.tile(two.minima[0], (20, 1)), learning_rate=0.05, steps=100, batch_size=1)
    assert set(run.state) <= {"converging", "bouncing"}


def test_after_divergence_the_last_finite_point_repeats():
    run = gradient_descent(Parabola(), [1.0], learning_rate=3.0, steps=50)
    # The loss grows by 4 a step, and 4¹⁰ is the first above 10⁶.
    assert run.diverged_at == 10
    np.testing.assert_array_equal(run.points[:11, 0], (-2.0) ** np.arange(11))
    assert (run.points[10:] == 1024).all() and (run.updates[10:] == 0).all() and (run.losses[10:] == 1024**2 / 2).all()


def test_a_point_that_is_not_finite_is_never_shown():
    run = gradient_descent(Parabola(), [1.0], learning_rate=1e200, steps=5, optimizer="momentum")
    assert run.diverged_at == 1 and run.state == "diverged"
    assert (run.points == 1.0).all() and (run.losses == 0.5).all() and (run.carried == 0).all()


def test_a_run_diverges_alone():
    runs = gradient_descent(Parabola(), [[1.0], [1.0]], learning_rate=[3.0, 0.2], steps=30)
    np.testing.assert_array_equal(runs.diverged_at, [10, -1])
    np.testing.assert_array_equal(runs.state, ["diverged", "converging"])
    assert runs.points[1, -1, 0] == pytest.approx(0.8**30)


def test_losses_are_those_of_the_points_also_in_blocks():
    sine = named_objective("sine fit")
    runs = gradient_descent(sine, np.tile([4.0, 0.0], (30, 1)), learning_rate=0.1, steps=1500, batch_size=50)
    np.testing.assert_allclose(runs.losses[::7, ::100], sine.value(runs.points[::7, ::100]), rtol=1e-13)
    np.testing.assert_array_equal(runs.updates, np.diff(runs.points, axis=1))
