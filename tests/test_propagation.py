"""Derivatives and signals through many layers, against torch's autograd and the literature's factors."""

import numpy as np
import pytest
import torch

from nbkit.activations import ACTIVATIONS
from nbkit.propagation import derivative_bound, derivative_chain, layer_histograms, random_network

from .test_activations import CASES, TORCH


def test_ten_sigmoids_in_a_chain():
    f, slope = ACTIVATIONS["sigmoid"].bound_to()
    assert derivative_bound(slope, 10)[-1] == pytest.approx(0.25**10)
    assert derivative_chain(f, slope, 0.0, 10)[-1] == pytest.approx(3.9e-7, rel=0.02)
    assert derivative_chain(f, slope, 2.0, 10)[-1] == pytest.approx(1.4e-7, rel=0.04)


@pytest.mark.parametrize(("name", "given"), CASES)
def test_chain_equals_autograd_and_keeps_below_the_bound(name, given):
    f, slope = ACTIVATIONS[name].bound_to(**given)
    bound = derivative_bound(slope, 12)
    for start in (-3.0, -0.4, 0.0, 0.7, 2.0):
        products = derivative_chain(f, slope, start, 12)
        leaf = torch.tensor([start], dtype=torch.float64, requires_grad=True)
        x = leaf
        for product in products:
            x = TORCH[name](x, **{**ACTIVATIONS[name].parameters, **given})
            assert product == pytest.approx(
                torch.autograd.grad(x, leaf, retain_graph=True)[0].item(), rel=1e-9, abs=1e-15
            )
        assert (np.abs(products) <= bound * (1 + 1e-12)).all()


@pytest.mark.parametrize(
    ("name", "given", "largest"),
    [
        ("sigmoid", {}, 0.25),
        ("tanh", {}, 1),
        ("softplus", {}, 1),
        ("leaky_relu", {"slope": 0.3}, 1),
        ("elu", {"alpha": 3.0}, 3),
        ("gelu", {}, 1.12890),  # at the square root of 2
        ("swish", {"beta": 0.3}, 1.09984),  # the same for each beta > 0
        ("swish", {"beta": 5.0}, 1.09984),
    ],
)
def test_bound_is_the_largest_slope(name, given, largest):
    bound = derivative_bound(ACTIVATIONS[name].bound_to(**given)[1], 3)
    assert bound == pytest.approx(np.array([largest, largest**2, largest**3]), rel=1e-4)


@pytest.mark.parametrize("initialisation", ["xavier", "he"])
@pytest.mark.parametrize(("name", "given"), CASES)
def test_random_networks_gradients_equal_autograd(name, given, initialisation):
    f, slope = ACTIVATIONS[name].bound_to(**given)
    run = random_network(f, slope, 5, initialisation=initialisation, width=8, samples=6, seed=3)
    h = torch.tensor(run.inputs)
    layers = []
    for weight in run.weights:
        h = TORCH[name](h @ torch.tensor(weight).requires_grad_(), **{**ACTIVATIONS[name].parameters, **given})
        h.retain_grad()
        layers.append(h)
    (h * torch.tensor(run.gradients[-1])).sum().backward()
    for layer, activations, gradients in zip(layers, run.activations, run.gradients, strict=True):
        assert activations == pytest.approx(layer.detach().numpy(), rel=1e-10, abs=1e-14)
        assert gradients == pytest.approx(layer.grad.numpy(), rel=1e-10, abs=1e-14)


def test_random_network_is_seeded_and_touches_no_global_state():
    f, slope = ACTIVATIONS["relu"].bound_to()
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, two, other = (random_network(f, slope, 4, seed=seed) for seed in (5, 5, 6))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert (one.activations == two.activations).all() and (one.activations != other.activations).any()
    assert (random_network(f, slope, 3, seed=5).activations == one.activations[:3]).all()


@pytest.mark.parametrize(("initialisation", "factor"), [("xavier", 0.5), ("he", 1.0)])
def test_initialisations_have_their_variance(initialisation, factor):
    f, slope = ACTIVATIONS["relu"].bound_to()
    run = random_network(f, slope, 10, initialisation=initialisation, width=256, samples=64)
    assert run.weights.var() * 256 == pytest.approx(2 * factor, rel=0.02)
    # He et al. 2015: with ReLU each layer multiplies the mean square by `factor`, forward and backward
    assert np.mean(run.activations[-1] ** 2) == pytest.approx(factor**10, rel=0.5)
    assert np.mean(run.gradients[0] ** 2) == pytest.approx(factor**9, rel=0.5)


def test_unknown_initialisation():
    with pytest.raises(ValueError, match="one of xavier, he"):
        random_network(*ACTIVATIONS["relu"].bound_to(), 3, initialisation="zero")


def test_histograms_count_everything_also_what_lies_outside():
    values = np.array([[[0.1, 0.9]], [[-5.0, 5.0]], [[0.1, 0.2]]])
    assert layer_histograms(values, 0, 1, 2).T.tolist() == [[0.5, 0.5], [0.5, 0.5], [1, 0]]
