import warnings

import numpy as np
import pytest
import torch

from nbkit.objectives import (
    OBJECTIVES,
    FunctionObjective,
    LineFit,
    Plateau,
    Rosenbrock,
    SineFit,
    Valley,
    named_objective,
)


def fit_loss(model):
    def loss(objective, points, batch):
        x, y = (torch.from_numpy(data if batch is None else data[batch]) for data in (objective.x, objective.y))
        return ((model(points[..., :1], points[..., 1:], x) - y) ** 2).mean(-1)

    return loss


def two_minima(objective, points, batch):
    w = points[..., 0]
    noise = torch.from_numpy(objective.noise if batch is None else objective.noise[batch]).mean(-1)
    return w**4 / 4 - w**2 / 2 + 0.1 * w + noise * w


TORCH = {
    "parabola": lambda objective, w, batch: (w**2).sum(-1) / 2,
    "narrow valley": lambda objective, w, batch: (w[..., 0] ** 2 + 20 * w[..., 1] ** 2) / 2,
    "Rosenbrock": lambda objective, w, batch: (1 - w[..., 0]) ** 2 + 100 * (w[..., 1] - w[..., 0] ** 2) ** 2,
    "two minima": two_minima,
    "saddle": lambda objective, w, batch: (w[..., 0] ** 2 - w[..., 1] ** 2) / 2 + w[..., 1] ** 4 / 4,
    "plateau": lambda objective, w, batch: (w**2).sum(-1) / (1 + (w**2).sum(-1)),
    "sine fit": fit_loss(lambda w, p, x: torch.sin(w * x + p)),
    "line fit": fit_loss(lambda w, b, x: w * x + b),
}


def some_points(objective, count=40):
    return np.random.default_rng(3).uniform(*objective.domain.T, size=(count, objective.dimension))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_value_and_gradient_are_autograds(name):
    objective = named_objective(name)
    points = some_points(objective)
    for batch in (None, np.random.default_rng(4).integers(0, 100, (40, 7)) if objective.samples else None):
        leaf = torch.from_numpy(points).requires_grad_()
        losses = TORCH[name](objective, leaf, batch)
        losses.sum().backward()
        np.testing.assert_allclose(objective.gradient(points, batch), leaf.grad, rtol=1e-12, atol=1e-12)
        if batch is None:
            np.testing.assert_allclose(objective.value(points), losses.detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_hessian_is_autograds(name):
    objective = named_objective(name)
    for point in some_points(objective, 3):
        oracle = torch.autograd.functional.hessian(lambda w: TORCH[name](objective, w, None), torch.from_numpy(point))
        np.testing.assert_allclose(objective.hessian(point), oracle, rtol=1e-6, atol=1e-6)
        if objective.largest_curvature is not None:
            assert objective.largest_curvature == pytest.approx(np.linalg.eigvalsh(oracle)[-1])


@pytest.mark.parametrize("name", OBJECTIVES)
def test_leading_axes_are_kept(name):
    objective = named_objective(name)
    points = some_points(objective, 24).reshape(2, 3, 4, -1)
    assert objective.value(points).shape == (2, 3, 4)
    assert objective.gradient(points).shape == points.shape
    np.testing.assert_allclose(objective.value(points)[1, 2, 3], objective.value(points[1, 2, 3]), rtol=1e-13)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_minima_are_minima_the_deepest_first(name):
    objective = named_objective(name)
    minima = objective.minima
    assert len(minima) and minima.shape[1] == objective.dimension
    assert (np.diff(objective.value(minima)) >= 0).all() and objective.deepest[0]
    np.testing.assert_allclose(objective.gradient(minima), 0, atol=1e-6)
    for minimum in minima:
        assert (np.linalg.eigvalsh(objective.hessian(minimum)) > 0).all()
    grid = some_points(objective, 20_000)
    assert objective.value(grid).min() >= objective.lowest - 1e-12
    assert ((objective.start >= objective.domain[:, 0]) & (objective.start <= objective.domain[:, 1])).all()


@pytest.mark.parametrize("name", ["two minima", "sine fit", "line fit"])
def test_the_mean_over_batches_of_one_is_the_full_gradient(name):
    objective = named_objective(name)
    point = objective.start
    singles = objective.gradient(np.tile(point, (100, 1)), np.arange(100)[:, None])
    np.testing.assert_allclose(singles.mean(axis=0), objective.gradient(point), atol=1e-13)


def test_noise_of_the_two_minima_has_mean_0_and_deviation_1():
    two = named_objective("two minima")
    assert abs(two.noise.mean()) < 1e-16 and two.noise.std() == pytest.approx(1) and len(two.noise) == two.samples
    np.testing.assert_array_equal(two.reached(np.array([[-1.0], [0.09], [0.11], [0.95]])), [True, True, False, False])


def test_good_fit_of_the_sine_is_the_one_the_samples_come_from():
    sine = named_objective("sine fit")
    np.testing.assert_allclose(sine.minima[0], [2, 0], atol=0.05)
    assert sine.lowest == pytest.approx(0.3**2, rel=0.2) and sine.value(sine.minima[1]) > 0.5
    assert sine.reached(sine.minima[0] + [0, 2 * np.pi]) and not sine.reached(sine.minima[1])


def test_line_fit_ends_at_numpys():
    line = LineFit(noise=1.0, seed=4)
    np.testing.assert_allclose(line.minima[0], np.polyfit(line.x, line.y, 1), rtol=1e-10)


def test_a_saddle_has_two_equal_minima_and_its_pass_is_flat():
    saddle = named_objective("saddle")
    assert saddle.deepest.tolist() == [True, True]
    np.testing.assert_array_equal(saddle.gradient(np.zeros(2)), 0)
    assert np.linalg.eigvalsh(saddle.hessian(np.zeros(2))) == pytest.approx([-1, 1])


def test_plateau_is_high_and_flat():
    plateau = Plateau()
    assert plateau.value(np.array([4.0])) > 0.9 and abs(plateau.gradient(np.array([4.0]))[0]) < 0.03


def test_own_function_has_the_gradient_of_its_formula():
    exact = Rosenbrock()
    own = FunctionObjective(lambda a, b: (1 - a) ** 2 + 100 * (b - a * a) ** 2, 2, exact.domain, name="mine")
    points = some_points(exact)
    np.testing.assert_allclose(own.value(points), exact.value(points), rtol=1e-13)
    np.testing.assert_allclose(own.gradient(points), exact.gradient(points), rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose(own.minima, [[1, 1]], atol=1e-6)
    assert own.name == "mine" and own.parameters == ("w1", "w2")


def test_a_quadratic_of_ones_own_is_recognised_with_its_steepest_curvature():
    tilted = FunctionObjective(lambda a, b: 3 * a**2 + 2 * a * b + 8 * b**2 - b + 5, 2, [(-1.0, 4.0), (0.0, 2.0)])
    assert tilted.largest_curvature == pytest.approx(np.linalg.eigvalsh([[6, 2], [2, 16]])[-1], rel=1e-9)
    assert FunctionObjective(lambda w: 1e-6 * w**2).largest_curvature == pytest.approx(2e-6)
    others = (np.cosh, np.abs, lambda w: w, lambda w: -(w**2), lambda w: w**2 + 1e-6 * w**3, lambda w: 1 / w, np.sign)
    assert [FunctionObjective(other).largest_curvature for other in others] == [None] * len(others)


def test_minima_of_own_functions_are_found():
    waves = FunctionObjective(lambda w: np.sin(5 * w) + w / 5)
    # cos(5w) = −1/25 with sin(5w) < 0
    inside = [(2 * np.pi * k - np.arccos(-1 / 25)) / 5 for k in range(-2, 3)]
    np.testing.assert_allclose(waves.minima[:, 0], sorted(inside), atol=1e-8)
    np.testing.assert_allclose(FunctionObjective(lambda w: abs(w - 0.123)).minima, [[0.123]], atol=1e-9)
    assert FunctionObjective(lambda w: w).minima.shape == (0, 1)
    assert FunctionObjective(lambda w: w).lowest == -3


def test_own_function_that_is_constant_or_undefined_in_places():
    assert FunctionObjective(lambda w: 2).value(np.zeros((4, 1))).tolist() == [2] * 4
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert FunctionObjective(np.log).lowest < 0


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: named_objective("bowl"), "choose one of parabola, narrow valley"),
        (lambda: Valley(-1.0), "condition must be a number above 0"),
        (lambda: Valley(float("nan")), "condition must be"),
        (lambda: Plateau(3), "1 or 2"),
        (lambda: SineFit(noise=-0.1), "at least 0"),
        (lambda: FunctionObjective(lambda w: w, domain=(1.0, -1.0)), "low below high"),
        (lambda: FunctionObjective(lambda w: np.stack([w, w])), "one real number a point"),
        (lambda: FunctionObjective(lambda w: w * 1j), "one real number a point"),
    ],
)
def test_errors_say_what_is_allowed(make, words):
    with pytest.raises(ValueError, match=words):
        make()
