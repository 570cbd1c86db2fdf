import numpy as np
import pytest

from nbkit.descent import gradient_descent
from nbkit.objectives import LineFit, Parabola, Rosenbrock, Valley
from nbkit.optimizers import OPTIMIZERS, critical_rate, step

QUADRATICS = [Parabola(3.0), Parabola(0.5, dimension=2), Valley(50.0), LineFit()]
WITH_A_RATE = [("gd", {})] + [
    (name, {"momentum": beta}) for name in ("momentum", "nesterov") for beta in (0.0, 0.5, 0.9)
]


@pytest.mark.parametrize("objective", QUADRATICS, ids=lambda objective: objective.name)
@pytest.mark.parametrize("optimizer, hyper", WITH_A_RATE)
def test_below_the_critical_rate_it_shrinks_and_above_it_grows(objective, optimizer, hyper):
    """Along the steepest axis: the largest distance from the minimum about step 100 and after step 300."""
    steepest = np.linalg.eigh(objective.hessian(objective.start))[1][:, -1]
    minimum, rate = objective.minima[0], critical_rate(objective, optimizer, **hyper).rate
    run = gradient_descent(
        objective,
        np.tile(minimum + 1e-3 * steepest, (2, 1)),
        learning_rate=[0.99 * rate, 1.01 * rate],
        steps=1000,
        optimizer=optimizer,
        **hyper,
    )
    away = np.abs((run.points - minimum) @ steepest)
    early, late = away[:, 50:101].max(axis=1), away[:, 300:].max(axis=1)
    assert late[0] < 0.7 * early[0]
    # Momentum grows by a fifth a step there and is stopped as diverged before step 100.
    assert late[1] > 1.4 * early[1] or (run.diverged_at[1] > 0 and early[1] > 100 * away[1, 0])
    assert run.diverged_at[0] == -1


def test_critical_rates_of_the_parabola():
    parabola = Parabola(4.0)
    assert critical_rate(parabola, "gd").rate == 0.5
    assert critical_rate(parabola, "momentum", momentum=0.9).rate == pytest.approx(2 * 1.9 / 4)
    assert critical_rate(parabola, "nesterov", momentum=0.9).rate == pytest.approx(2 * 1.9 / (2.8 * 4))
    assert "0.5" in critical_rate(parabola, "gd").reason


@pytest.mark.parametrize("optimizer", ["adagrad", "adadelta", "rmsprop", "adam"])
def test_adaptive_ones_have_no_critical_rate_and_a_sentence(optimizer):
    rate, reason = critical_rate(Parabola(), optimizer)
    assert rate is None and optimizer in reason.lower() and reason.endswith(".")


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam", "adagrad"])
def test_too_large_a_rate_of_an_adaptive_one_does_not_grow_for_ever(optimizer):
    """What the sentences of critical_rate say: at ten times plain descent's critical rate nothing runs away."""
    run = gradient_descent(Parabola(), [1.0], learning_rate=20.0, steps=2000, optimizer=optimizer)
    assert run.diverged_at == -1
    late, early = np.abs(run.points[1000:]).max(), np.abs(run.points[:1000]).max()
    assert late <= early


def test_what_is_no_quadratic_has_no_critical_rate():
    rate, reason = critical_rate(Rosenbrock())
    assert rate is None and "Rosenbrock" in reason


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_step_changes_nothing_in_place(optimizer):
    gradient = np.array([[1.0, -2.0]])
    state = step(optimizer, {}, gradient, 0.1).state
    before = {name: np.array(value) for name, value in state.items()}
    again = [step(optimizer, state, gradient, 0.1).update for _ in range(2)]
    np.testing.assert_array_equal(*again)
    assert all((np.asarray(state[name]) == value).all() for name, value in before.items())
    np.testing.assert_array_equal(gradient, [[1.0, -2.0]])


def test_bad_momentum_is_refused():
    with pytest.raises(ValueError, match=r"below 1, got 1\.5"):
        critical_rate(Parabola(), "momentum", momentum=1.5)
    with pytest.raises(ValueError, match="choose one of gd"):
        critical_rate(Parabola(), "newton")
