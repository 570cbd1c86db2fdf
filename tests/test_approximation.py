"""Sums of ReLUs: the slide's numbers, and what torch, scipy and numpy say of the same."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import check_grad, lsq_linear

from nbkit.approximation import (
    ReLUSum,
    error_curve,
    errors,
    evenly_spaced,
    random_neurons,
    slide_network,
)
from nbkit.descent import gradient_descent
from nbkit.relu_fit import ReLUSumFit

X = np.linspace(-2, 2, 2001)


def target(x):
    return x**3 + x**2 - x - 1


def as_torch(model):
    """The same network as torch's own layers."""
    first, last = torch.nn.Linear(1, len(model)), torch.nn.Linear(len(model), 1)
    net = torch.nn.Sequential(first, torch.nn.ReLU(), last).double()
    with torch.no_grad():
        first.weight[:, 0], first.bias[:] = torch.tensor(model.weights), torch.tensor(model.biases)
        last.weight[0], last.bias[0] = torch.tensor(model.output_weights), model.output_bias
    return net


# --- the slide


def test_the_slides_network_has_the_slides_numbers():
    z = slide_network()
    assert z([-2, 0, 2]) == pytest.approx([-3.4, -1, 6.7], abs=1e-12)
    found = errors(X, z(X) - target(X))
    assert (found.rms, found.largest, found.at) == pytest.approx((0.410, 2.30, 2), abs=5e-4)


def test_the_rms_error_is_the_integral():
    z = slide_network()
    integral = quad(lambda x: float(z(x) - target(x)) ** 2, -2, 2, points=z.kinks, epsabs=1e-12)[0]
    assert errors(X, z(X) - target(X)).rms == pytest.approx(np.sqrt(integral / 4), rel=1e-4)


def test_each_neuron_of_the_slide_is_needed():
    z = slide_network()
    without = []
    for k in range(6):
        weights = z.output_weights.copy()
        weights[k] = 0
        without.append(errors(X, ReLUSum(z.weights, z.biases, weights)(X) - target(X)).rms)
    assert without == pytest.approx([0.53, 0.46, 1.49, 1.15, 1.31, 1.77], abs=0.005)


# --- the sum


def test_it_is_torchs_network():
    z = random_neurons(7, -2, 2, seed=3)
    z.output_bias = 0.7
    expected = as_torch(z)(torch.tensor(X[:, None])).detach().numpy()[:, 0]
    assert z(X) == pytest.approx(expected, abs=1e-13)
    assert z(X.reshape(3, -1)).shape == (3, 667)
    assert float(z(0.3)) == pytest.approx(np.interp(0.3, X, expected), abs=1e-6)


def test_the_slope_changes_at_the_kinks():
    z = ReLUSum([-5, 2, 0], [-5, 1, 3], [2, -1, 4], 0.5)
    assert z.kinks[:2].tolist() == [-1, -0.5] and np.isnan(z.kinks[2])
    assert z.slope_changes.tolist() == [10, -2, 0]
    for kink, change in zip(z.kinks[:2], z.slope_changes[:2], strict=True):
        left, middle, right = z(kink + np.array([-1e-3, 0, 1e-3]))
        assert (right - 2 * middle + left) / 1e-3 == pytest.approx(change, abs=1e-9)


def test_no_neurons_are_the_output_bias():
    z = ReLUSum([], [], [], 1.5)
    assert z(X) == pytest.approx(1.5) and len(z) == 0 and z.terms(X).shape == (0, 2001)
    assert z.fit(X, target(X)).output_bias == pytest.approx(target(X).mean())


def test_what_is_no_network_is_refused():
    with pytest.raises(ValueError, match=r"one length, got shapes \[\(2,\), \(1,\), \(2,\)\]"):
        ReLUSum([1, 2], [1], [1, 2])
    with pytest.raises(ValueError, match="finite"):
        ReLUSum([1], [np.nan], [1])


# --- least squares


def test_the_best_output_weights_of_the_slides_kinks():
    z = slide_network()
    best = z.fit(X, target(X))
    assert best.kinks == pytest.approx(z.kinks) and (np.sign(best.output_weights) == z.output_weights).all()
    found = errors(X, best(X) - target(X))
    assert (found.rms, found.largest) == pytest.approx((0.235, 1.09), abs=0.005)
    assert best.output_weights[4:] == pytest.approx([0.22, 1.53], abs=0.005)


@pytest.mark.parametrize("bias", [True, False])
def test_least_squares_is_scipys(bias):
    z = ReLUSum([-5, 2, 1], [-5, 1, 0.3], [2, -1, 4], 0.5)
    best = z.fit(X, target(X), output_bias=bias)
    columns = torch.relu(torch.outer(torch.tensor(X), torch.tensor(z.weights)) + torch.tensor(z.biases)).numpy()
    if bias:
        found = lsq_linear(np.c_[columns, np.ones(len(X))], target(X)).x
        assert [*best.output_weights, best.output_bias] == pytest.approx(found, abs=1e-8)
    else:
        assert best.output_weights == pytest.approx(lsq_linear(columns, target(X) - 0.5).x, abs=1e-8)
        assert best.output_bias == 0.5


def test_twice_the_same_neuron_shares_its_weight():
    best = ReLUSum([1, 1, 0], [0, 0, -1], [0, 0, 9]).fit(X, 3 * np.maximum(X, 0))
    assert best.output_weights == pytest.approx([1.5, 1.5, 0])


@pytest.mark.parametrize(
    ("x", "y"), [([1, 2], [1]), ([[1, 2]], [[1, 2]]), ([1, np.nan], [1, 1]), ([1, 2], [1, np.inf])]
)
def test_points_that_are_none_are_refused(x, y):
    with pytest.raises(ValueError, match="x and y must be finite"):
        slide_network().fit(x, y)


# --- the error against the number of neurons


def test_the_error_on_a_parabola_falls_with_the_square_of_the_count():
    x, counts = np.linspace(-1, 1, 2001), [2, 4, 8, 16, 32, 50]
    rms, largest = error_curve(x, x**2, counts)
    slopes = [np.polyfit(np.log(counts), np.log(curve), 1)[0] for curve in (largest, rms)]
    assert slopes[0] == pytest.approx(-2, abs=0.1) and slopes[1] == pytest.approx(-2, abs=0.1)
    assert largest[1:4] / largest[:3] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("sampled", [True, False])
def test_the_error_curve_is_that_of_fitted_networks(sampled):
    x = np.sort(np.random.default_rng(2).uniform(-2, 2, 300)) if sampled else X
    counts = [1, 2, 5, 17, 50]
    fitted = [evenly_spaced(count, x[0], x[-1]).fit(x, target(x))(x) - target(x) for count in counts]
    expected = np.array([errors(x, difference, sampled=sampled)[:2] for difference in fitted]).T
    assert error_curve(x, target(x), counts, sampled=sampled) == pytest.approx(expected, rel=1e-4)


def test_the_error_of_few_samples_is_zero_where_there_are_enough_neurons():
    rms, largest = error_curve([0.0, 0.1, 1.0], [1.0, -1.0, 2.0], [1, 50], sampled=True)
    assert rms[0] > 0.1 and largest[1] < 1e-6
    assert errors([0.0, 0.1, 1.0], [1.0, -1.0, 2.0], sampled=True).rms == pytest.approx(np.sqrt(2))


def test_evenly_spaced_kinks_start_on_the_left_edge():
    assert evenly_spaced(4, -1, 1).kinks.tolist() == [-1, -0.5, 0, 0.5]


def test_a_jump_cannot_be_met_closer_than_half_its_height():
    x = np.linspace(-2, 2, 2000)  # no sample on the jump itself
    rms, largest = error_curve(x, np.where(x > 0.123, 1.0, 0.0), [5, 50])
    assert rms[1] < rms[0] < 0.5 and (largest > 0.4).all()


# --- as an objective


@pytest.mark.parametrize("batch", [None, np.array([[0, 5, 9], [1, 1, 2]])])
def test_loss_and_gradient_are_torchs(batch):
    x = np.linspace(-2, 2, 41)
    objective = ReLUSumFit(x, target(x), 5)
    models = [random_neurons(5, -2, 2, seed) for seed in (0, 1)]
    points = np.stack([objective.pack(model) for model in models])
    gradients = objective.gradient(points, batch)
    for run, model in enumerate(models):
        chosen = slice(None) if batch is None else batch[run]
        net = as_torch(model)
        loss = torch.nn.functional.mse_loss(net(torch.tensor(x[chosen, None]))[:, 0], torch.tensor(target(x)[chosen]))
        loss.backward()
        expected = torch.cat([parameter.grad.ravel() for parameter in net.parameters()]).numpy()
        assert gradients[run] == pytest.approx(expected, abs=1e-12)
        if batch is None:
            assert objective.value(points)[run] == pytest.approx(loss.item(), abs=1e-13)


def test_the_gradient_is_that_of_the_loss():
    objective = ReLUSumFit(X[7::20], target(X[7::20]), 6)  # no sample on a kink
    assert check_grad(objective.value, objective.gradient, objective.pack(slide_network())) < 1e-4


def test_many_points_at_once_have_the_same_losses():
    objective = ReLUSumFit(X, target(X), 3)
    points = np.random.default_rng(0).normal(size=(7, 60, objective.dimension))
    assert objective.value(points)[3, 40] == pytest.approx(objective.value(points[3, 40]))


def test_gradient_descent_trains_it_as_torch_does():
    x = np.linspace(-2, 2, 101)
    objective, start = ReLUSumFit(x, target(x), 6), slide_network()
    way = gradient_descent(objective, objective.pack(start), learning_rate=0.01, steps=200, optimizer="adam")
    net = as_torch(start)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(net(torch.tensor(x[:, None]))[:, 0], torch.tensor(target(x))).backward()
        optimizer.step()
    trained = objective.unpack(way.points[-1])
    assert trained(x) == pytest.approx(net(torch.tensor(x[:, None])).detach().numpy()[:, 0], abs=1e-9)
    assert way.losses[-1] < 0.2 * way.losses[0] and way.state == "converging"
