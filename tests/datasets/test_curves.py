"""The functions to be learned: their formulas, the equation of motion, and the noise that is stated."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import kstest

from nbkit.datasets import load


def test_the_slides_target():
    data = load("relu_sum", samples=400)
    x = data.x[:, 0]
    assert data.y[:, 0] == pytest.approx(np.polyval([1, 1, -1, -1], x))
    assert data.truth(np.array([[-2.0], [0.0], [2.0]]))[:, 0].tolist() == [-3, -1, 9]
    assert kstest(x, "uniform", (-2, 4)).pvalue > 1e-3


@pytest.mark.parametrize("name", ("curve", "relu_sum", "oscillator", "five_inputs"))
def test_the_noise_has_the_width_that_is_stated(name):
    data = load(name, samples=5000, noise=0.3, seed=1)
    assert kstest((data.y - data.truth(data.x))[:, 0], "norm", (0, 0.3)).pvalue > 1e-3
    calm = load(name, samples=5000, noise=0, seed=1)
    assert (calm.x == data.x).all() and (calm.y == calm.truth(calm.x)).all()


def test_the_oscillator_obeys_its_equation_of_motion():
    omega, damping = 2 * np.pi * 1.3, 0.2
    data = load("oscillator", samples=50, noise=0, frequency=1.3, damping=damping, duration=4)
    order = np.argsort(data.x[:, 0])
    motion = solve_ivp(
        lambda t, s: [s[1], -2 * damping * omega * s[1] - omega**2 * s[0]],
        (0, 4),
        [1, -damping * omega],
        t_eval=data.x[order, 0],
        rtol=1e-10,
        atol=1e-12,
    )
    assert data.y[order, 0] == pytest.approx(motion.y[0], abs=1e-8)
    assert data.inputs == ("time (s)",) and data.target == "displacement (cm)"


def test_a_curve_is_typed_or_a_function_on_its_own_range():
    typed = load("curve", function="exp(-x**2)", low=2, high=5, noise=0)
    called = load("curve", function=lambda x: np.exp(-(x**2)), low=2, high=5, noise=0)
    assert typed.y == pytest.approx(called.y) and typed.y == pytest.approx(np.exp(-(typed.x**2)))
    assert typed.x.min() > 2 and typed.x.max() < 5


def test_a_function_of_five_inputs():
    data = load("five_inputs", samples=300, noise=0, function=lambda a, b, c, d, e: a * b + c - d * e)
    a, b, c, d, e = data.x.T
    assert data.y[:, 0] == pytest.approx(a * b + c - d * e)
    assert data.inputs == ("x1", "x2", "x3", "x4", "x5")
    assert load("five_inputs", noise=0, function="x5", seed=2).y == pytest.approx(load("five_inputs", seed=2).x[:, 4:])


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"function": "log(x)"}, r"not finite at x = -0\.\d+; choose inputs where it is"),
        ({"function": "x^2"}, "write x"),
        ({"function": lambda x: x[:3]}, r"one value for each of the 100 points.*it returned \(3,\)"),
        ({"function": lambda x: x > 0 or 1}, "write & for 'and'"),
        ({"function": lambda x: x.astype(str)}, "must return numbers"),
        ({"low": 2.0, "high": 1.0}, "low must be below high"),
    ],
)
def test_what_is_no_curve_is_answered_in_a_line(own, message):
    with pytest.raises(ValueError, match=message) as caught:
        load("curve", **own)
    assert "\n" not in str(caught.value)


def test_an_oscillator_that_does_not_oscillate_is_refused():
    with pytest.raises(ValueError, match=r"damping at least 0 and below 1, got 1\.0, 5\.0, 1"):
        load("oscillator", damping=1)


def test_a_users_function_may_write_into_its_argument():
    def square(x):
        x *= x
        return x

    data = load("curve", function=square, noise=0)
    assert data.y == pytest.approx(data.x**2) and data.x.min() < 0
