"""Activations against torch, which somebody else wrote."""

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from nbkit.activations import ACTIVATIONS, custom, sigmoids, softmax

TORCH = {
    "linear": lambda x: x * 1,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "atan": torch.atan,
    "relu": torch.relu,
    "leaky_relu": lambda x, slope: F.leaky_relu(x, slope),
    "elu": lambda x, alpha: F.elu(x, alpha),
    "gelu": F.gelu,
    "swish": lambda x, beta: x * torch.sigmoid(beta * x),
    "softplus": F.softplus,
}
SETTINGS = {
    "leaky_relu": [{}, {"slope": 0.0}, {"slope": 0.7}],
    "elu": [{}, {"alpha": 2.5}],
    "swish": [{}, {"beta": 4.0}],
}
CASES = [(name, given) for name in ACTIVATIONS for given in SETTINGS.get(name, [{}])]
EDGES = [0.0, -0.0, 1e4, -1e4, 5e-324, -5e-324, 1e-300, 20.0, np.nextafter(20, 21), 745.2, -745.2, 709.8, 36.8, -36.8]
GRID = np.concatenate([np.linspace(-50, 50, 5001), EDGES])


def torchs(name, x, given):
    parameters = {**ACTIVATIONS[name].parameters, **given}
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = TORCH[name](leaf, **parameters)
    y.sum().backward()
    return y.detach().numpy(), leaf.grad.numpy()


def assert_equal_to_torch(name, x, given):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        activation = ACTIVATIONS[name]
        mine = activation.value(x, **given), activation.derivative(x, **given)
    for ours, theirs in zip(mine, torchs(name, x, given), strict=True):
        assert np.isfinite(ours).all() and ours.dtype == np.float64 and ours.shape == np.shape(x)
        assert (np.abs(ours - theirs) <= 1e-12 * np.maximum(np.abs(theirs), 1)).all()


@pytest.mark.parametrize(("name", "given"), CASES)
def test_values_and_derivatives_equal_torchs_on_a_grid(name, given):
    assert_equal_to_torch(name, GRID, given)


@settings(max_examples=60, deadline=None)
@given(x=st.lists(st.floats(-1e4, 1e4) | st.sampled_from(EDGES), min_size=1, max_size=40))
def test_values_and_derivatives_equal_torchs_at_any_point(x):
    for name, chosen in CASES:
        assert_equal_to_torch(name, np.array(x), chosen)


def test_swish_with_beta_one_is_torchs_silu():
    assert ACTIVATIONS["swish"].value(GRID) == pytest.approx(F.silu(torch.tensor(GRID)).numpy(), rel=1e-12, abs=1e-12)


def test_any_shape_and_no_write_into_the_input():
    for activation in ACTIVATIONS.values():
        x = np.array([[-1.0, 0.0], [1.0, 2.0]])
        activation.value(x)[...] = 7
        assert activation.derivative(x).shape == (2, 2) and x.tolist() == [[-1, 0], [1, 2]]
        assert float(activation.value(1)) == activation.value([1.0])[0]


def test_unknown_parameters_are_named():
    with pytest.raises(ValueError, match="ELU has no parameter beta; it has alpha"):
        ACTIVATIONS["elu"].value(0.0, beta=1.0)


def test_kinks_are_where_the_derivative_jumps():
    for name, chosen in CASES:
        x = np.linspace(-6, 6, 1201)  # 0 is one of them
        jump = np.abs(np.diff(ACTIVATIONS[name].derivative(np.array([-1e-9, 1e-9]), **chosen)))[0] > 1e-6
        assert not jump or ACTIVATIONS[name].kinks == (0.0,)
        steps = np.abs(np.diff(ACTIVATIONS[name].derivative(x, **chosen)))
        assert (steps[np.abs(x[:-1]) > 0.02] < 0.05).all()


def test_softmax_and_sigmoids_of_the_slides_logits():
    assert softmax([2, 1, 0]) == pytest.approx([0.665, 0.245, 0.090], abs=5e-4)
    assert sigmoids([2, 1, 0]) == pytest.approx([0.88, 0.73, 0.50], abs=5e-3)
    assert softmax([2, 1, 0], 10) == pytest.approx([0.37, 0.33, 0.30], abs=5e-3)
    assert softmax([2, 1, 0], 0.1)[0] > 0.9999


@given(st.lists(st.floats(-1e4, 1e4), min_size=3, max_size=3), st.floats(0.05, 20))
def test_softmax_equals_torchs(logits, temperature):
    theirs = torch.softmax(torch.tensor(logits, dtype=torch.float64) / temperature, -1).numpy()
    assert softmax(logits, temperature) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_temperature_must_be_positive(temperature):
    with pytest.raises(ValueError, match="above 0"):
        softmax([1, 2, 3], temperature)


def test_custom_function_with_a_numerical_derivative():
    mine = custom("mine", expit)
    x = np.linspace(-8, 8, 101).reshape(1, -1)
    assert (mine.value(x) == expit(x)).all()
    assert mine.derivative(x) == pytest.approx(ACTIVATIONS["sigmoid"].derivative(x), abs=1e-9)
    steep = custom("steep", lambda x: x**3)
    assert steep.derivative(np.array([1e3])) == pytest.approx([3e6], rel=1e-8)


def test_custom_function_with_its_own_derivative():
    mine = custom("mine", np.sin, np.cos)
    assert (mine.derivative(GRID) == np.cos(GRID)).all()


def test_custom_function_may_write_into_its_argument():
    def rectify(x):
        x[x < 0] = 0
        return x

    x = np.array([-1.0, 2.0])
    assert custom("rectify", rectify).value(x).tolist() == [0, 2] and x.tolist() == [-1, 2]


def raising(x):
    raise KeyError("line one\nline two")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raising, "mine raised KeyError: "),
        (lambda x: 1.0, r"shape of x, \(3,\); it returned float64 of shape \(\)"),
        (lambda x: x[:2], r"of shape \(2,\)"),
        (lambda x: "text", "mine must return numbers"),
        (lambda x: [None] * len(x), "mine must return numbers"),
        (lambda x: x + 0j, "complex128"),
        (lambda x: np.log(x), "not finite at x = -1"),
        (lambda x: 1 / (x - x), "not finite at x = -1"),
    ],
)
def test_bad_custom_functions_are_answered_in_a_line(function, said):
    for activation, method in ((custom("mine", function), "value"), (custom("f", np.sin, function), "derivative")):
        with pytest.raises(
            ValueError, match=said if method == "value" else said.replace("mine", "f's derivative")
        ) as caught:
            getattr(activation, method)(np.array([-1.0, 0.5, 2.0]))
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 170
