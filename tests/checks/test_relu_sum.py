"""Exercise 1: every right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import math
import pathlib

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from nbkit import checks
from nbkit.widgets.approximation import ReLUSumExplorer
from tests.checks.editions import run_notebook, without_figures

SOURCE = pathlib.Path(__file__).parents[2] / "exercises/solutions/01_relu_sum.ipynb"
BUMP = "1 + 2*exp(-(x - 0.5)**2)"
X = np.linspace(-3, 3, 601)
Y = 1 + 2 * np.exp(-((X - 0.5) ** 2))

# --- right ways


def relu(s):
    return np.maximum(s, 0)


def relu_of_a_list(s):
    return [value if value > 0 else 0 for value in s]


def relu_in_place(s):
    s = s.copy()
    s[s < 0] = 0
    return s


def relu_sum(x, w, b, a, c):
    return relu(np.multiply.outer(x, w) + b) @ a + c


def by_loops(x, w, b, a, c):
    z = []
    for place in x:
        total = c
        for k in range(len(w)):
            total += a[k] * max(0, w[k] * place + b[k])
        z.append(total)
    return z


def by_neuron(x, w, b, a, c):
    z = np.full_like(x, c)
    for weight, bias, output in zip(w, b, a, strict=True):
        z += output * relu(weight * x + bias)
    return z


def at_one_place(x, w, b, a, c):
    return sum(output * max(0.0, weight * x + bias) for weight, bias, output in zip(w, b, a, strict=True)) + c


def by_torch(x, w, b, a, c):
    return torch.relu(x[:, None] * w + b) @ a + c


def by_linear_layers(x, w, b, a, c):
    network = torch.nn.Sequential(torch.nn.Linear(1, len(w)), torch.nn.ReLU(), torch.nn.Linear(len(w), 1))
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), (w[:, None], b, a[None, :], np.array([c])), strict=True):
            parameter.copy_(torch.as_tensor(value))
        return network(torch.as_tensor(x[:, None]).float())[:, 0]


def design(x, w, b):
    return np.column_stack([relu(np.multiply.outer(x, w) + b), np.ones_like(x)])


def best(x, y, w, b):
    solution = np.linalg.lstsq(design(x, w, b), y, rcond=None)[0]
    return solution[:-1], solution[-1]


def ones_first(x, y, w, b):
    matrix = np.column_stack([np.ones_like(x), *(relu(p * x + q) for p, q in zip(w, b, strict=True))])
    c, *a = np.linalg.pinv(matrix) @ y
    return a, c


def normal_equations(x, y, w, b):
    matrix = design(x, w, b)
    solution = np.linalg.solve(matrix.T @ matrix, matrix.T @ y)
    return solution[:-1][:, None], solution[-1:]


def by_torch_lstsq(x, y, w, b):
    matrix = torch.column_stack([torch.relu(torch.outer(x, w) + b), torch.ones(len(x))]).double()
    solution = torch.linalg.lstsq(matrix, y[:, None]).solution[:, 0]
    return solution[:-1], solution[-1]


def by_scikit_learn(x, y, w, b):
    fitted = LinearRegression().fit(relu(np.multiply.outer(x, w) + b), y)
    return fitted.coef_, fitted.intercept_


def error_of(kinks, fit=best):
    a, c = fit(X, Y, np.ones(len(kinks)), -kinks)
    return relu_sum(X, np.ones(len(kinks)), -kinks, np.asarray(a), c) - Y


def even(n):
    return -3 + 6 * np.arange(n) / n


def rms_error(n):
    return np.sqrt(np.mean(error_of(even(n)) ** 2))


def rms_by_integral(n):
    return np.sqrt(np.trapezoid(error_of(even(n)) ** 2, X) / 6)


HAND = ([1, 1, 1], [1, -0.5, -2], [4 / 3, -8 / 3, 4 / 3], 1.0)


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (checks.check_relu, relu),
        (checks.check_relu, torch.relu),
        (checks.check_relu, torch.nn.ReLU()),
        (checks.check_relu, lambda s: s * (s > 0)),
        (checks.check_relu, lambda s: (abs(s) + s) / 2),
        (checks.check_relu, lambda s: np.where(s > 0, s, 0).astype(np.float32)),
        (checks.check_relu, lambda s: max(0, s)),
        (checks.check_relu, lambda s: 0 if s < 0 else s),
        (checks.check_relu, np.vectorize(lambda s: max(0.0, s))),
        (checks.check_relu, lambda s: np.clip(s, 0, None)),
        (checks.check_relu, lambda s: np.clip(s, 0, np.inf)),
        (checks.check_relu, relu_of_a_list),
        (checks.check_relu, relu_in_place),
        (checks.check_relu_sum, relu_sum),
        (checks.check_relu_sum, by_loops),
        (checks.check_relu_sum, by_neuron),
        (checks.check_relu_sum, at_one_place),
        (checks.check_relu_sum, by_torch),
        (checks.check_relu_sum, by_linear_layers),
        (
            checks.check_relu_sum,
            lambda x, w, b, a, c: sum(q * relu(v * x + u) for v, u, q in zip(w, b, a, strict=True)) + c,
        ),
        (checks.check_relu_sum, lambda x, w, b, a, c: np.array(relu_sum(x, w, b, a, c), np.float32)),
        (checks.check_best_output_weights, best),
        (checks.check_best_output_weights, ones_first),
        (checks.check_best_output_weights, normal_equations),
        (checks.check_best_output_weights, by_torch_lstsq),
        (checks.check_best_output_weights, by_scikit_learn),
        (checks.check_rms_error, rms_error),
        (checks.check_rms_error, rms_by_integral),
        (checks.check_rms_error, lambda n: float(np.std(error_of(even(n))))),
        (checks.check_rms_error, lambda n: [rms_error(n)]),
        (checks.check_neurons_needed, 146),
        (checks.check_neurons_needed, 150.0),
        (checks.check_neurons_needed, torch.tensor(140)),
    ],
)
def test_right_answers(check, right) -> None:
    for seed in range(2):
        verdict = check(right, seed=seed)
        assert verdict.passed, verdict


@pytest.mark.parametrize(
    "hand",
    [
        HAND,
        (np.array(HAND[0]), np.array(HAND[1]), np.array(HAND[2]), np.float32(1)),
        (torch.tensor([2.0, 1, 0.5]), [2, -0.5, -1], [2 / 3, -8 / 3, 8 / 3], [1.0]),
        ([-1, -1, -1], [2, 0.5, -1], [4 / 3, -8 / 3, 4 / 3], 1),  # from the right
    ],
)
def test_any_three_neurons_that_are_near_enough_will_do(hand) -> None:
    verdict = checks.check_by_hand(*hand)
    assert verdict.passed and "largest error is 0.238" in verdict.said, verdict


def explorer(neurons, **more):
    listed = [dict(zip(("weight", "bias", "output_weight"), neuron, strict=True)) for neuron in neurons]
    return ReLUSumExplorer(more.pop("target", BUMP), listed, domain=[-3, 3], **more)


def test_the_state_of_an_explorer_is_judged_as_numbers_are() -> None:
    flat = explorer([(1, 2, 0), (1, 0, 0), (1, -2, 0)], output_bias=1)
    assert checks.check_by_hand(flat).state == "not done yet"
    flat.set(
        neurons=[dict(zip(("weight", "bias", "output_weight"), n, strict=True)) for n in zip(*HAND[:3], strict=True)]
    )
    assert checks.check_by_hand(flat).passed
    four = explorer([*zip(*HAND[:3], strict=True), (1, -1, 0.01)], output_bias=1)
    assert "4 neurons" in checks.check_by_hand(four).said
    neurons = four.parameters["neurons"]
    four.set(neurons=[*neurons[:3], {**neurons[3], "on": False}])
    assert checks.check_by_hand(four).passed
    other = explorer(zip(*HAND[:3], strict=True), output_bias=1, target="x**2")
    assert "another target" in checks.check_by_hand(other).said
    mirrored = explorer([(1, 1, -1.3), (1, -0.5, 2.6), (1, -2, -1.3)], output_bias=1)
    assert "mirror" in checks.check_by_hand(mirrored).said
    for each in (flat, four, other, mirrored):
        each.close()


def test_the_law_holds_where_it_is_asked() -> None:
    x = np.linspace(-3, 3, 6001)
    y = 1 + 2 * np.exp(-((x - 0.5) ** 2))
    kinks = even(146)
    from scipy.interpolate import make_lsq_spline

    ends = np.r_[-3.0, kinks, 3.0, 3.0]  # the broken line with these kinks is a spline of degree 1
    spline = make_lsq_spline(x, y, ends, k=1)
    assert np.sqrt(np.mean((spline(x) - y) ** 2)) == pytest.approx(1e-4, rel=0.03)


# --- mistakes

RELUS = {
    "abs": (abs, "turned round", "What comes out for −3"),
    "identity": (lambda s: 1.0 * s, "numbers below 0 pass", "cut off"),
    "min": (lambda s: np.minimum(s, 0), "kept the numbers below 0", "which one is wanted"),
    "mirrored": (lambda s: np.maximum(-s, 0), "mirrored", "which side of 0"),
    "negated": (lambda s: -np.maximum(s, 0), "relu(", "above 0"),
    "step": (lambda s: s > 0, "yes or no", "slope of a ReLU"),
    "leaky": (lambda s: np.where(s > 0, s, 0.01 * s), "leaky", "how much is off"),
    "elu": (lambda s: np.where(s > 0, s, np.expm1(s)), "below 0 it isn't 0.", "how much is off"),
    "softplus": (lambda s: np.log1p(np.exp(-abs(s))) + np.maximum(s, 0), "corner is rounded", "kink"),
    "sigmoid": (lambda s: 1 / (1 + np.exp(-s)), "came out as", "−1, 0 and 1"),
    "relu6": (lambda s: np.clip(s, 0, 6), "stops growing at 6", "nothing is cut"),
    "saturates": (lambda s: np.clip(s, 0, 1), "stops growing at 1", "nothing is cut"),
    "largest of all": (lambda s: np.max(s), "one number where each", ""),
    "left out": (lambda s: s[s > 0], "left out", "still answers"),
    "in place": (lambda s: np.maximum(s, 0, out=s), "changes the array", "new one"),
    "square": (lambda s: np.maximum(s, 0) ** 2, "came out as", "above 0"),
    "1 at 0": (lambda s: np.where(s >= 0, np.maximum(s, 1e-2), 0), "came out as 0.01", "above 0"),
}
SUMS = {
    "no relu": (lambda x, w, b, a, c: (np.multiply.outer(x, w) + b) @ a + c, "straight line", "What sits between"),
    "no bias": (lambda x, w, b, a, c: relu_sum(x, w, b, a, 0), "too low everywhere", "lift the whole curve"),
    "bias with each": (lambda x, w, b, a, c: relu_sum(x, w, b, a, c * len(w)), "too high everywhere", "How often"),
    "bias off": (lambda x, w, b, a, c: relu_sum(x, w, b, a, -c), "too low everywhere", "which sign"),
    "relu of the sum": (
        lambda x, w, b, a, c: relu((np.multiply.outer(x, w) + b) @ a) + c,
        "cut off as a whole",
        "by itself",
    ),
    "relu of all": (
        lambda x, w, b, a, c: relu((np.multiply.outer(x, w) + b) @ a + c),
        "cut off as a whole",
        "by itself",
    ),
    "relu again": (lambda x, w, b, a, c: relu(relu_sum(x, w, b, a, c)), "below 0 at the end", "plain sum"),
    "a inside": (
        lambda x, w, b, a, c: relu((np.multiply.outer(x, w) + b) * a).sum(axis=1) + c,
        "never below c",
        "before or after",
    ),
    "b outside": (lambda x, w, b, a, c: (relu(np.multiply.outer(x, w)) + b) @ a + c, "kinked at 0 only", "too late"),
    "b minus": (lambda x, w, b, a, c: relu_sum(x, w, -b, a, c), "mirrored places", "which sign"),
    "no a": (lambda x, w, b, a, c: relu_sum(x, w, b, np.ones_like(a), c), "same for all output weights", "not used"),
    "no w": (lambda x, w, b, a, c: relu_sum(x, np.ones_like(w), b, a, c), "same for all weights w", "not used"),
    "no b": (lambda x, w, b, a, c: relu_sum(x, w, 0 * b, a, c), "same for all biases", "not used"),
    "mean": (lambda x, w, b, a, c: relu_sum(x, w, b, a / len(a), c), "too flat", "mean over the neurons"),
    "c in each": (lambda x, w, b, a, c: relu_sum(x, w, b + c, a, 0), "other places", "once at the end"),
    "summed over x": (
        lambda x, w, b, a, c: (relu(np.multiply.outer(x, w) + b) * a).sum(axis=0) + c,
        "one for each neuron",
        "which stays",
    ),
    "pairs": (
        lambda x, w, b, a, c: relu(w * x + b) * a + c if len(x) == len(w) else relu_sum(x, w, b, a, c),
        "one neuron only",
        "meet all neurons",
    ),
    "pairs summed": (lambda x, w, b, a, c: relu(w * x + b) @ a + c, "gave back one number", "meet all neurons"),
    "first neuron": (lambda x, w, b, a, c: relu_sum(x, w[:1], b[:1], a[:1], c), "first neuron alone", "each turn"),
    "sigmoid": (
        lambda x, w, b, a, c: 1 / (1 + np.exp(-np.multiply.outer(x, w) - b)) @ a + c,
        "expected",
        "Begin with one",
    ),
    "returns early": (
        lambda x, w, b, a, c: next(q * relu(v * x + u) + c for v, u, q in zip(w, b, a, strict=True)),
        "first neuron alone",
        "each turn",
    ),
    "last neuron": (lambda x, w, b, a, c: relu_sum(x, w[-1:], b[-1:], a[-1:], c), "last neuron alone", "each turn"),
}


def with_design(matrix):
    def fit(x, y, w, b):
        solution = np.linalg.lstsq(matrix(x, w, b), y, rcond=None)[0]
        return solution[: len(w)], solution[len(w)] if len(solution) > len(w) else 0.0

    return fit


def ridge(x, y, w, b):
    matrix = design(x, w, b)
    solution = np.linalg.solve(matrix.T @ matrix + np.eye(len(w) + 1), matrix.T @ y)
    return solution[:-1], solution[-1]


def few_steps(x, y, w, b):
    matrix, solution = design(x, w, b), np.zeros(len(w) + 1)
    for _ in range(100):
        solution -= 0.01 * 2 * matrix.T @ (matrix @ solution - y) / len(x)
    return solution[:-1], solution[-1]


def least_distance(x, y, w, b):
    from scipy.optimize import linprog

    matrix = design(x, w, b)
    one = np.eye(len(x))
    cost = np.r_[np.zeros(matrix.shape[1]), np.ones(len(x))]
    sides = np.block([[matrix, -one], [-matrix, -one]])
    free = [(None, None)] * matrix.shape[1] + [(0, None)] * len(x)
    solution = linprog(cost, sides, np.r_[y, -y], bounds=free).x[: matrix.shape[1]]
    return solution[:-1], solution[-1]


FITS = {
    "no relu": (
        with_design(lambda x, w, b: np.column_stack([np.multiply.outer(x, w) + b, np.ones_like(x)])),
        "straight line",
        "What sits between",
    ),
    "no ones": (with_design(lambda x, w, b: design(x, w, b)[:, :-1]), "all neurons are off", "What does c multiply"),
    "no relu, no ones": (
        with_design(lambda x, w, b: np.multiply.outer(x, w) + b),
        "straight line without an output bias",
        "Two things",
    ),
    "c is 0": (lambda x, y, w, b: (best(x, y, w, b)[0], 0.0), "Your c is 0", "which column"),
    "wrong c": (lambda x, y, w, b: (best(x, y, w, b)[0], best(x, y, w, b)[0][0]), "Your c is", "which column"),
    "shifted": (
        lambda x, y, w, b: (np.r_[best(x, y, w, b)[1], best(x, y, w, b)[0][:-1]], best(x, y, w, b)[0][-1]),
        "another order",
        "which column",
    ),
    "b minus": (with_design(lambda x, w, b: design(x, w, -b)), "mirrored kinks", "which sign"),
    "no b": (with_design(lambda x, w, b: design(x, w, 0 * b)), "all at 0", "moves the kinks"),
    "no w": (with_design(lambda x, w, b: design(x, np.ones_like(w), b)), "weights w of 1", "not used"),
    "ridge": (ridge, "can be had", "Shake one"),
    "few steps": (few_steps, "can be had", "Shake one"),
    "distances": (least_distance, "can be had", "Shake one"),
    "half of the samples": (
        lambda x, y, w, b: best(x[::2], y[::2], w, b),
        "can be had",
        "all samples",
    ),
    "c, a": (lambda x, y, w, b: best(x, y, w, b)[::-1], "", ""),
    "all of lstsq": (lambda x, y, w, b: np.linalg.lstsq(design(x, w, b), y, rcond=None), "four things", ""),
    "one array": (lambda x, y, w, b: np.r_[best(x, y, w, b)], "in one array", ""),
    "transposed": (lambda x, y, w, b: np.linalg.lstsq(design(x, w, b).T, y, rcond=None)[0], "LinAlgError", ""),
    "the curve": (lambda x, y, w, b: design(x, w, b) @ np.r_[best(x, y, w, b)], "two things", ""),
    "solve": (lambda x, y, w, b: np.linalg.solve(design(x, w, b), y), "stopped with LinAlgError", ""),
}
ERRORS = {
    "squares": (lambda n: rms_error(n) ** 2, "expected", "mean of the squares"),
    "norm": (lambda n: np.linalg.norm(error_of(even(n))), "expected", "or the sum"),
    "sum": (lambda n: (error_of(even(n)) ** 2).sum(), "expected", "sum of the squares"),
    "largest": (lambda n: abs(error_of(even(n))).max(), "expected", "largest error"),
    "mean distance": (lambda n: abs(error_of(even(n))).mean(), "expected", "mean of the distances"),
    "both edges": (lambda n: np.std(error_of(np.linspace(-3, 3, n))), "expected", "One at 3 is on nowhere"),
    "inside": (lambda n: np.std(error_of(np.linspace(-3, 3, n + 2)[1:-1])), "expected", "first kink"),
    "from the right": (lambda n: np.std(error_of(np.linspace(-3, 3, n + 1)[1:])), "expected", "first kink"),
    "no c": (
        lambda n: np.sqrt(np.mean(error_of(even(n), with_design(lambda x, w, b: design(x, w, b)[:, :-1])) ** 2)),
        "expected",
        "lift it",
    ),
    "one more": (lambda n: rms_error(n + 1), "expected", "n or one more"),
    "mirrored": (lambda n: np.std(error_of(-even(n))), "expected", "first kink"),
    "no fit": (lambda n: np.std(Y), "expected", "nothing bends"),
    "always 8": (lambda n: rms_error(8), "same for all n", "uses n"),
    "plain mean": (lambda n: error_of(even(n)).mean(), "expected", "cancel"),
    "other range": (lambda n: np.std(error_of(np.linspace(-1, 1, n + 1)[:-1])), "expected", "Print the kinks"),
    "only at the kinks": (lambda n: 0.5 * rms_error(n), "even the best", "On which points is"),
}
HANDS = {
    "mirror": (([1, 1, 1], [1, -0.5, -2], [-4 / 3, 8 / 3, -4 / 3], 1), "mirror of the target", "up or down"),
    "turned": (([1, -2, 1], [1, 1, -2], [4 / 3, 4 / 3, 4 / 3], 1), "negative w", "what does the sign of a change"),
    "pieces": (([1, 1, 1], [1, -0.5, -2], [4 / 3, -4 / 3, 0], 1), "first piece is right", "sum of all slopes"),
    "same kink": (([1, 1, 2], [1, -0.5, -1], [4 / 3, -1, -0.8], 1), "same kink", "Move one"),
    "no relu": (
        ([0, 0, 0], [1, -0.5, -2], [4 / 3, -8 / 3, 4 / 3], 1),
        "Your curve is the same everywhere",
        "bends nothing",
    ),
    "no c": (([1, 1, 1], [1, -0.5, -2], [4 / 3, -8 / 3, 4 / 3], 0), "1 too low", "lift the whole curve"),
    "c too much": (([1, 1, 1], [1, -0.5, -2], [4 / 3, -8 / 3, 4 / 3], 3), "1.9 too high", "lift the whole curve"),
    "kinks mirrored": (([1, 1, 1], [-1, 0.5, 2], [4 / 3, -8 / 3, 4 / 3], 1), "wrong place", "on from −1"),
    "one down": (
        ([1, 1, 1], [1, -0.5, -2], [4 / 3, -8 / 3, -4 / 3], 1),
        "Neuron 3 bends your curve the wrong way",
        "bend up",
    ),
    "one kink": (
        ([1, 1, 1], [1, 0.5, 2], [4 / 3, -8 / 3, 4 / 3], 1),
        "Neurons 2 and 3 have their kinks",
        "its own sum 0",
    ),
    "slope twice": (
        ([4 / 3, 8 / 3, 4 / 3], [4 / 3, -4 / 3, -8 / 3], [4 / 3, -8 / 3, 4 / 3], 1),
        "slopes are not",
        "slope twice",
    ),
    "b is the kink": (([4 / 3, 8 / 3, 4 / 3], [1, -0.5, -2], [1, -1, 1], 1), "Your kinks are at", "its own sum"),
    "slopes in w": (([4 / 3, -8 / 3, 4 / 3], [1, -0.5, -2], [1, 1, 1], 1), "largest error", "negative w is on there"),
    "two": (([1, 1], [1, -0.5], [4 / 3, -8 / 3], 1), "You have 2 of the 3 neurons", "from left to right"),
    "outside": (([1, 1, 1], [5, -0.5, -2], [0.2, -2, 1], 1), "outside of the range", "equal to 0"),
    "too flat": (([1, 1, 1], [1, -0.5, -2], [1, -2, 1], 1), "largest error", "from left to right"),
    "too low at the start": (([1, 1, 1], [1, -0.5, -2], [2, -4, 2], 0.2), "largest error", "very beginning"),
    "one piece too steep": (([1, 1, 1], [1, -0.5, -2], [4 / 3, -8 / 3, 3], 1), "largest error", "after 3 of the kinks"),
    "four": (([1, 1, 1, 1], [1, -0.5, -2, 0], [1, 1, 1, 1], 1), "asked is to do it with 3", ""),
    "lengths": (([1, 1], [1, -0.5, -2], [1, 1, 1], 1), "one number for each neuron", ""),
    "nan": (([1, math.nan, 1], [1, -0.5, -2], [1, 1, 1], 1), "holds nan", ""),
    "text": (("1, 1, 1", [1, -0.5, -2], [1, 1, 1], 1), "has to be numbers", ""),
    "none": (([1, 1, 1], [1, -0.5, -2], [1, 1, 1], None), "output_bias", ""),
    "only the weights": (([1, 1, 1],), "Hand over weights", ""),
    "a function": ((relu,), "Hand over weights", ""),
}
NEEDED = {
    "too few": (40, "would be about", "Too few"),
    "1/n": (10_000, "would be about", "as 1/n"),
    "first points": (110, "would be about", "From which of your points"),
    "nothing": (0, "no number of neurons", "above 0"),
    "error itself": (1e-4, "would be about", "Too few"),
}
KINDS = {
    checks.check_relu: RELUS,
    checks.check_relu_sum: SUMS,
    checks.check_best_output_weights: FITS,
    checks.check_rms_error: ERRORS,
    checks.check_by_hand: {name: ((given), *words) for name, (given, *words) in HANDS.items()},
    checks.check_neurons_needed: NEEDED,
}
MISTAKES = [(check, name, *case) for check, cases in KINDS.items() for name, case in cases.items()]


@pytest.mark.parametrize(
    ("check", "wrong", "said", "thought"),
    [(check, *case) for check, _, *case in MISTAKES],
    ids=[f"{check.__name__}: {name}" for check, name, *_ in MISTAKES],
)
def test_each_mistake_is_told_by_what_it_does(check, wrong, said, thought) -> None:
    given = wrong if check is checks.check_by_hand else (wrong,)
    for seed in range(2):
        verdict = check(*given, seed=seed)
        assert verdict.state == ("wrong" if thought else verdict.state) and not verdict.passed, verdict
        assert said in verdict.said, verdict.said
        assert thought in " ".join(verdict.hints[1:]), verdict.hints
        assert not any(answer in " ".join(verdict.hints) for answer in ANSWERS)


#: What stands in the solutions, and must not stand in a hint.
ANSWERS = ("maximum", "@ a + c", "lstsq(", "column_stack", "−8/3", "4/3", "146", "linspace")


@pytest.mark.parametrize("check", [*KINDS], ids=lambda check: check.__name__)
def test_what_is_no_answer(check) -> None:
    def stub(*given):
        raise NotImplementedError

    assert check(...).state == "not done yet"
    assert check(None).state == "not usable"
    assert check("seven").state == "not usable"
    if check not in (checks.check_by_hand, checks.check_neurons_needed):
        assert check(stub).state == "not done yet"
        assert check(lambda *given: None).state == "not usable"
        assert "called as" in check(lambda: 1).said
        assert "ZeroDivisionError" in check(lambda *given: 1 / 0).said
        assert (
            "nan" in check(lambda s, *given: np.full(np.shape(s), np.nan)).said
            or check is checks.check_best_output_weights
        )


def test_numbers_that_are_not_there_yet() -> None:
    assert checks.check_by_hand(..., ..., ..., ...).state == "not done yet"
    assert checks.check_by_hand([1, 1, 1], ..., [1, 1, 1], 1).state == "not done yet"


def test_an_endless_loop_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbkit.checks.student.Student.__init__.__kwdefaults__", {"seconds": 0.2})

    def endless(s):
        while True:
            s = s + 0

    assert "had not come back" in checks.check_relu(endless).said


# --- the notebook, filled in wrongly

HAND_LISTS = "weights, biases = [1, 1, 1], [1, -0.5, -2]\n"
EDITIONS = [
    {
        "relu": ("def relu(s):\n    return abs(s)", "turned round"),
        "sum": (
            "def relu_sum(x, w, b, a, c):\n    return (np.multiply.outer(x, w) + b) @ a + c",
            "a straight line, without any kink",
        ),
        "hand": (f"{HAND_LISTS}output_weights, output_bias = [-4 / 3, 8 / 3, -4 / 3], 1", "mirror of the target"),
        "squares": (
            "def best_output_weights(x, y, w, b):\n"
            "    M = np.column_stack([np.multiply.outer(x, w) + b, np.ones_like(x)])\n"
            "    solution = np.linalg.lstsq(M, y)[0]\n"
            "    return solution[:-1], solution[-1]",
            "best for a straight line",
        ),
        "needed": ("neurons_needed = 10000", "would be about"),
    },
    {
        "relu": ("def relu(s):\n    return s[s > 0]", "left out"),
        "sum": (
            "def relu_sum(x, w, b, a, c):\n    return np.maximum(np.multiply.outer(x, w) + b, 0) @ a",
            "too low everywhere",
        ),
        "hand": (
            "weights, biases = [1, -2, 1], [1, 1, -2]\noutput_weights, output_bias = [4 / 3, 4 / 3, 4 / 3], 1",
            "negative w",
        ),
        "squares": (
            "def best_output_weights(x, y, w, b):\n"
            "    return np.linalg.lstsq(np.maximum(np.multiply.outer(x, w) + b, 0), y)[0], 0.0",
            "all neurons are off",
        ),
        "needed": ("neurons_needed = 100", "would be about"),
    },
    {
        "sum": (
            "def relu_sum(x, w, b, a, c):\n    return (relu(np.multiply.outer(x, w) + b) * a).sum(axis=0) + c",
            "one for each neuron",
        ),
        "hand": (f"{HAND_LISTS}output_weights, output_bias = [4 / 3, -4 / 3, 0], 1", "first piece is right"),
        "error": (
            "def rms_error(n):\n"
            "    kinks = np.linspace(-3, 3, n)\n"
            "    a, c = best_output_weights(x, y, np.ones(n), -kinks)\n"
            "    z = relu(np.subtract.outer(x, kinks)) @ a + c\n"
            "    return np.sqrt(np.mean((z - y) ** 2))",
            "expected",
        ),
    },
    {
        "hand": (
            "weights, biases = [1, 1, 2], [1, -0.5, -1]\noutput_weights, output_bias = [4 / 3, -1, -0.8], 1",
            "one and the same kink",
        ),
        "error": ("def rms_error(n):\n    return 1 / n", "expected"),
    },
    {"hand": (f"{HAND_LISTS}output_weights, output_bias = [4 / 3, -8 / 3, 4 / 3], 0", "too low")},
]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: "+".join(edition))
def test_a_wrong_edition_fails_where_it_is_wrong(edition) -> None:
    answers = {name: source for name, (source, _) in edition.items()}
    verdicts = run_notebook(without_figures(SOURCE), SOURCE.parent, answers)
    for name, verdict in verdicts.items():
        _, said = edition.get(name.removeprefix("check-"), ("", None))
        if said is not None:
            assert not verdict.passed and said in verdict.said, verdict
    # What depends on no other answer is right where it was left as it is.
    alone = {"check-relu", "check-hand"} - {f"check-{name}" for name in edition}
    assert all(verdicts[name].passed for name in alone)
