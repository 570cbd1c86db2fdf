"""Fits of any capacity against numpy's and scikit-learn's, and the sum of bias, variance and noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from nbkit.capacity import bias_variance, fit_networks, fit_polynomials, noisy_samples, values_of

GRID = np.linspace(-1, 1, 201)


def sine(x):
    return np.sin(np.pi * x)


@pytest.fixture(scope="module")
def samples():
    return noisy_samples(sine, 20, 0.3, 5, seed=3)


@pytest.mark.parametrize("degree", [0, 1, 3, 9])
def test_polynomials_are_numpys(samples, degree):
    x, y = samples
    curves = fit_polynomials(x, y, degree).predict(np.broadcast_to(GRID, (5, 201)))
    for run in range(5):
        assert curves[run] == pytest.approx(
            np.polynomial.Legendre.fit(x[run], y[run], degree, domain=[-1, 1])(GRID), abs=1e-7
        )


@pytest.mark.parametrize("ridge", [0.001, 0.1, 10])
def test_ridge_is_sklearns(samples, ridge):
    x, y = samples
    curves = fit_polynomials(x, y, 9, ridge).predict(np.broadcast_to(GRID, (5, 201)))
    terms = np.polynomial.legendre.legvander
    for run in range(5):
        model = Ridge(alpha=ridge, fit_intercept=False).fit(terms(x[run], 9), y[run])
        assert curves[run] == pytest.approx(model.predict(terms(GRID, 9)), abs=1e-9)


def test_more_coefficients_than_points_pass_through_the_points():
    x, y = noisy_samples(sine, 8, 0.3, 3, seed=0)
    assert fit_polynomials(x, y, 15).error(x, y) == pytest.approx(0, abs=1e-18)


def test_network_is_trained_as_torch_trains_it(samples):
    x, y = samples
    ours = fit_networks(x, y, 4, ridge=0.1).predict(np.broadcast_to(GRID, (5, 201)))
    start = np.random.default_rng(0).standard_normal((4, 3)) * [3, 2, 0.3]
    for run in range(2):
        w, b, a = (torch.tensor(part, requires_grad=True) for part in start.T.copy())
        c = torch.tensor(y[run].mean(), requires_grad=True)
        points, targets = torch.tensor(x[run]), torch.tensor(y[run])
        adam = torch.optim.Adam([w, b, a, c], lr=0.05)
        for _ in range(400):
            adam.zero_grad()
            residual = torch.tanh(torch.outer(points, w) + b) @ a + c - targets
            loss = (residual**2).mean() + 0.1 / 20 * ((w**2).sum() + (b**2).sum() + (a**2).sum())
            loss.backward()
            adam.step()
        curve = torch.tanh(torch.outer(torch.tensor(GRID), w) + b) @ a + c
        assert ours[run] == pytest.approx(curve.detach().numpy(), abs=1e-8)


def test_runs_of_different_width_are_what_each_is_alone(samples):
    x, y = (np.repeat(part[:1], 4, axis=0) for part in samples)
    together = fit_networks(x, y, np.array([0, 1, 5, 15])).error(x, y)
    alone = [fit_networks(x[:1], y[:1], width).error(x[:1], y[:1])[0] for width in (0, 1, 5, 15)]
    assert together == pytest.approx(alone, rel=1e-9)
    assert alone[0] == pytest.approx(y[0].var()), "without a neuron it is the mean"


@pytest.mark.parametrize("degree, ridge", [(1, 0.0), (3, 0.0), (5, 0.0), (9, 0.1), (9, 10.0)])
def test_bias_variance_and_noise_make_the_error_of_independent_fits(degree, ridge):
    told = bias_variance("polynomial", sine, GRID, capacity=degree, ridge=ridge, samples=40, runs=400, seed=1)
    # fits that bias_variance has not seen, each scored on points of its own
    fits = fit_polynomials(*noisy_samples(sine, 40, 0.3, 2000, seed=99), degree, ridge)
    errors = fits.error(*noisy_samples(sine, 40, 0.3, 2000, seed=100))
    for found in (errors, told.measured):
        uncertainty = found.std() / np.sqrt(len(found)) + told.measured.std() / np.sqrt(400)
        assert abs(found.mean() - told.expected) < 3 * uncertainty


def test_capacity_trades_bias_for_variance():
    told = [bias_variance("polynomial", sine, GRID, capacity=degree, ridge=0.01) for degree in (1, 3, 9)]
    assert told[0].bias > 10 * told[1].bias and told[0].variance < told[2].variance
    assert min(each.expected for each in told) == told[1].expected > 0.09


def test_functions_that_cannot_be_sampled_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        values_of(lambda x: 1 / x, np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"one number for each x, shape \(2,\), got float64 of shape \(3,\)"):
        values_of(lambda x: np.zeros(3), np.array([0.0, 1.0]))
    for answer in (None, "high", 1j):
        with pytest.raises(ValueError, match=r"one number for each x, shape \(2,\), got \S+ of shape \(\)"):
            values_of(lambda x, answer=answer: answer, np.array([0.0, 1.0]))
    assert values_of(lambda x: 2.0, GRID).shape == (201,)
