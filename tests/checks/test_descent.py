"""Exercise 2: every right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest
import torch

from nbkit import checks
from nbkit.questions import question
from nbkit.widgets.descent import GradientDescentExplorer
from tests.checks.editions import run_edition
from tests.checks.generic import each_has_its_own_line

SOURCE = pathlib.Path(__file__).parents[2] / "exercises/solutions/02_gradient_descent.ipynb"

# --- right ways


def with_torch_sgd(w, gradient, learning_rate):
    place = torch.tensor(np.asarray(w), requires_grad=True)
    place.grad = torch.as_tensor(gradient(np.asarray(w)))
    torch.optim.SGD([place], lr=learning_rate).step()
    return place


def by_component(w, gradient, rate):
    slope = gradient(w)
    return [w[k] - rate * slope[k] for k in range(len(w))]


@pytest.mark.parametrize(
    "step",
    [
        lambda w, g, lr: w - lr * g(w),
        lambda w, g, lr: torch.sub(w, g(w), alpha=lr),
        lambda w, g, lr: (w - lr * g(w)).astype(np.float32),
        with_torch_sgd,
        by_component,
    ],
)
def test_right_steps(step) -> None:
    for seed in range(5):
        verdict = checks.check_step(step, seed=seed)
        assert verdict.passed, verdict


def torch_momentum(w, v, gradient, rate, beta):
    place = torch.tensor(np.asarray(w), requires_grad=True)
    sgd = torch.optim.SGD([place], lr=rate, momentum=beta)
    sgd.state[place]["momentum_buffer"] = torch.tensor(np.asarray(v))
    place.grad = torch.as_tensor(gradient(np.asarray(w)))
    sgd.step()
    return place, sgd.state[place]["momentum_buffer"]


def descend(gradient, start, rate, steps):
    way = [start]
    for _ in range(steps):
        way.append(way[-1] - rate * gradient(way[-1]))
    return way


def descend_in_an_array(gradient, start, rate, steps):
    way = np.zeros((steps + 1, len(start)))
    way[0] = start
    for k in range(steps):
        way[k + 1] = way[k] - rate * gradient(way[k])
    return way


def mse_by_autograd(w, x, y):
    w = torch.tensor(np.asarray(w), requires_grad=True)
    loss = torch.nn.functional.mse_loss(w[0] + w[1] * torch.as_tensor(x), torch.as_tensor(y))
    return torch.autograd.grad(loss, w)[0]


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (checks.check_momentum_step, torch_momentum),
        (checks.check_momentum_step, lambda w, v, g, lr, b: (w - lr * (b * v + g(w)), b * v + g(w))),
        (checks.check_momentum_step, lambda w, v, g, lr, b: [w - lr * b * v - lr * g(w), g(w) + v * b]),
        (checks.check_descent, descend),
        (checks.check_descent, descend_in_an_array),
        (checks.check_descent, lambda g, s, lr, n: torch.stack([torch.as_tensor(p) for p in descend(g, s, lr, n)])),
        (checks.check_mean_gradient, mse_by_autograd),
        (
            checks.check_mean_gradient,
            lambda w, x, y: np.array([2 * (w[0] + w[1] * x - y).mean(), 2 * ((w[0] + w[1] * x - y) * x).mean()]),
        ),
        (checks.check_critical_rate, 0.1),
        (checks.check_critical_rate, torch.tensor(0.1)),
        (checks.check_critical_rate, np.array([2 / 20])),
        (checks.check_critical_rate_with_momentum, 0.19),
    ],
)
def test_right_answers(check, right) -> None:
    for seed in range(3):
        verdict = check(right, seed=seed)
        assert verdict.passed, verdict


def test_the_critical_rates_are_those_of_torch_s_optimiser() -> None:
    for rate, beta, converges in ((0.099, 0.0, True), (0.101, 0.0, False), (0.1899, 0.9, True), (0.1901, 0.9, False)):
        w = torch.ones(1, dtype=torch.float64, requires_grad=True)
        sgd = torch.optim.SGD([w], lr=rate, momentum=beta)
        for _ in range(4000):
            sgd.zero_grad()
            (10 * w**2).sum().backward()
            sgd.step()
        assert (abs(w.item()) < 1) is converges


# --- mistakes


def sequential(w, g, lr):
    w = w.copy()
    for k in range(len(w)):
        w[k] = w[k] - lr * g(w)[k]
    return w


def changing(w, g, lr):
    w -= lr * g(w)
    return w


def twice(w, g, lr):
    w = w - lr * g(w)
    return w - lr * g(w)


STEPS = {
    "uphill": (lambda w, g, lr: w + lr * g(w), "the loss went up", "Which way does the gradient point"),
    "unit step": (lambda w, g, lr: w - lr * g(w) / np.linalg.norm(g(w)), "equally long", "proportional to the length"),
    "sign only": (lambda w, g, lr: w - lr * np.sign(g(w)), "equally long", "proportional"),
    "sequential": (sequential, "wrong on a tilted one", "same point"),
    "no rate": (lambda w, g, lr: w - g(w), "the learning rate changes nothing", "three arguments"),
    "rate divides": (lambda w, g, lr: w - g(w) / lr, "times as long as it should be", "each factor"),
    "the way only": (lambda w, g, lr: -lr * g(w), "not the place where it ends", "after the step"),
    "the slope": (lambda w, g, lr: g(w), "not the place", "after the step"),
    "stays": (lambda w, g, lr: w, "stays where it is", "old place or the new"),
    "changes w": (changing, "changes the array `w`", "new one"),
    "ten times too short": (lambda w, g, lr: w - 0.1 * lr * g(w), "0.1 times as long", "each factor"),
    "half": (lambda w, g, lr: w - lr * g(w) / 2, "0.5 times as long", "factor"),
    "two steps": (twice, "your step led to", "in one dimension"),
    "multiplies": (lambda w, g, lr: w * (1 - lr), "", ""),
    "slope at 0": (lambda w, g, lr: w - lr * g(0 * w), "stays where it is", ""),
    "first slope for all": (lambda w, g, lr: w - lr * g(w)[0], "", ""),
}


@pytest.mark.parametrize("name", STEPS)
def test_mistakes_in_a_step(name: str) -> None:
    mistake, said, thought = STEPS[name]
    for seed in range(3):
        verdict = checks.check_step(mistake, seed=seed)
        assert verdict.state == "wrong" and said in verdict.said and thought in verdict.hint(2), verdict


def frozen(g, start, lr, n):
    w, way = start.copy(), []
    for _ in range(n + 1):
        way.append(w)
        w -= lr * g(w)
    return way


def without_start(g, s, lr, n):
    return descend(g, s, lr, n)[1:] or np.zeros((0, len(s)))


WAYS = {
    "last place only": (lambda g, s, lr, n: descend(g, s, lr, n)[-1], "one place", "all of them"),
    "without the start": (without_start, "4 rows", "start belong"),
    "same array": (frozen, "rows are the same", "copy"),
    "one too many": (lambda g, s, lr, n: descend(g, s, lr, n + 1), "has shape (6, 1), asked is (5, 1)", ""),
    "slope of the start": (
        lambda g, s, lr, n: np.array([s - k * lr * g(s) for k in range(n + 1)]),
        "right up to step 1",
        "taken anew",
    ),
    "uphill": (lambda g, s, lr, n: descend(lambda w: -g(w), s, lr, n), "right up to step 0", "each step"),
    "starts at 0": (lambda g, s, lr, n: descend(g, 0 * s, lr, n), "", "before the first step"),
    "backwards": (lambda g, s, lr, n: descend(g, s, lr, n)[::-1], "first row", "before the first"),
    "losses": (lambda g, s, lr, n: [0.0] * (n + 1), "", ""),
}


@pytest.mark.parametrize("name", WAYS)
def test_mistakes_on_the_way(name: str) -> None:
    mistake, said, thought = WAYS[name]
    verdict = checks.check_descent(mistake)
    assert verdict.state in ("wrong", "not usable") and said in verdict.said, verdict
    assert not thought or thought in verdict.hint(2), verdict


MOMENTA = {
    "1 − β": (
        lambda w, v, g, lr, b: (w - lr * (b * v + (1 - b) * g(w)), b * v + (1 - b) * g(w)),
        "counts only",
        "conventions",
    ),
    "rate in v": (
        lambda w, v, g, lr, b: (w - b * v - lr * g(w), b * v + lr * g(w)),
        "already holds the learning rate",
        "enters once",
    ),
    "rate in v, minus": (
        lambda w, v, g, lr, b: (w + b * v - lr * g(w), b * v - lr * g(w)),
        "already holds",
        "enters once",
    ),
    "minus in v": (lambda w, v, g, lr, b: (w + lr * (b * v - g(w)), b * v - g(w)), "with a minus", "against the slope"),
    "order": (lambda w, v, g, lr, b: (b * v + g(w), w - lr * (b * v + g(w))), "v first and w second", "order"),
    "no β": (lambda w, v, g, lr, b: (w - lr * (v + g(w)), v + g(w)), "plays no part", "share"),
    "no memory": (lambda w, v, g, lr, b: (w - lr * g(w), g(w)), "plays no part", "share"),
    "v kept": (lambda w, v, g, lr, b: (w - lr * v, v), "did not change", "slope in first"),
    "uphill": (lambda w, v, g, lr, b: (w + lr * (b * v + g(w)), b * v + g(w)), "the loss grows", "against"),
    "old v": (lambda w, v, g, lr, b: (w - lr * v, b * v + g(w)), "old velocity", "today's slope"),
    "v unused": (lambda w, v, g, lr, b: (w - lr * g(w), b * v + g(w)), "slope alone", "made for"),
    "whole v": (lambda w, v, g, lr, b: (w - (b * v + g(w)), b * v + g(w)), "whole velocity", "velocity of 1"),
    "w only": (lambda w, v, g, lr, b: w - lr * (b * v + g(w)), "two things", ""),
    "Nesterov": (
        lambda w, v, g, lr, b: (w - lr * (g(w) + b * (b * v + g(w))), b * v + g(w)),
        "your w goes to",
        "new v",
    ),
    "v in β": (lambda w, v, g, lr, b: (w - lr * (v + b * g(w)), v + b * g(w)), "your new v is", "two lines"),
}


@pytest.mark.parametrize("name", MOMENTA)
def test_mistakes_with_momentum(name: str) -> None:
    mistake, said, thought = MOMENTA[name]
    verdict = checks.check_momentum_step(mistake)
    assert verdict.state in ("wrong", "not usable") and said in verdict.said, verdict
    assert not thought or thought in verdict.hint(2), verdict


def line(w, x):
    return w[0] + w[1] * x


SAMPLES = {
    "sum": (
        lambda w, x, y: [2 * (line(w, x) - y).sum(), 2 * ((line(w, x) - y) * x).sum()],
        "times too large",
        "*mean*",
    ),
    "sign": (
        lambda w, x, y: [2 * (y - line(w, x)).mean(), 2 * ((y - line(w, x)) * x).mean()],
        "other sign",
        "other way round",
    ),
    "no 2": (lambda w, x, y: [(line(w, x) - y).mean(), ((line(w, x) - y) * x).mean()], "half", "square"),
    "exchanged": (
        lambda w, x, y: [2 * ((line(w, x) - y) * x).mean(), 2 * (line(w, x) - y).mean()],
        "exchanged",
        "beside x",
    ),
    "no inner": (lambda w, x, y: [2 * (line(w, x) - y).mean(), 2 * (line(w, x) - y).mean()], "by w1", "inner"),
    "inner twice": (lambda w, x, y: [2 * ((line(w, x) - y) * x).mean()] * 2, "by w0", "w0 grows"),
    "mean times mean": (
        lambda w, x, y: [2 * (line(w, x) - y).mean(), 2 * (line(w, x) - y).mean() * x.mean()],
        "by w1",
        "inner",
    ),
    "per sample": (lambda w, x, y: [2 * (line(w, x) - y), 2 * (line(w, x) - y) * x], "has shape", ""),
    "the loss": (lambda w, x, y: ((line(w, x) - y) ** 2).mean(), "has shape ()", ""),
    "by w2 only": (lambda w, x, y: [0, 2 * ((line(w, x) - y) * x).mean()], "by w0", "w0"),
    "absolute": (
        lambda w, x, y: [np.sign(line(w, x) - y).mean(), (np.sign(line(w, x) - y) * x).mean()],
        "you gave",
        "chain",
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_mistakes_over_samples(name: str) -> None:
    mistake, said, thought = SAMPLES[name]
    verdict = checks.check_mean_gradient(mistake)
    assert verdict.state in ("wrong", "not usable") and said in verdict.said, verdict
    assert not thought or thought in verdict.hint(2), verdict


RATES = [
    (checks.check_critical_rate, 1 / 20, "still falls", "steepest direction"),
    (checks.check_critical_rate, 2 / 5, "explodes", "flat axis"),
    (checks.check_critical_rate, 2 / 17, "explodes", "between them"),
    (checks.check_critical_rate, 2 / 25, "still falls", "do not know of each other"),
    (checks.check_critical_rate, 0.5, "explodes", "steepest"),
    (checks.check_critical_rate, -0.1, "uphill", "above 0"),
    (checks.check_critical_rate, "0.1", "has to be numbers", ""),
    (checks.check_critical_rate, [0.1, 0.2], "one number", ""),
    (checks.check_critical_rate, float("nan"), "holds nan", ""),
    (checks.check_critical_rate, None, "is None", ""),
    (checks.check_critical_rate_with_momentum, 0.1, "1.5 times", "which β"),
    (checks.check_critical_rate_with_momentum, 0.01, "too careful", "add up"),
    (checks.check_critical_rate_with_momentum, 1.0, "explodes", "straight run"),
    (checks.check_critical_rate_with_momentum, 0.05, "still falls", "may that be"),
    (checks.check_critical_rate_with_momentum, 0.3, "explodes", "steepest"),
]


@pytest.mark.parametrize(("check", "rate", "said", "thought"), RATES)
def test_mistakes_about_the_critical_rate(check, rate, said: str, thought: str) -> None:
    verdict = check(rate)
    assert not verdict.passed and said in verdict.said, verdict
    assert not thought or thought in verdict.hint(2), verdict


@pytest.mark.parametrize(
    "check", [checks.check_step, checks.check_descent, checks.check_momentum_step, checks.check_mean_gradient]
)
def test_what_is_no_answer_has_its_own_line(check) -> None:
    each_has_its_own_line(check)


@pytest.mark.parametrize(
    ("state", "outcome", "words"),
    [
        ({"objective": "narrow valley", "condition": 20, "learning_rate": 0.098}, "right", "no more"),
        ({"objective": "narrow valley", "condition": 20, "learning_rate": 0.05}, "wrong", "still does"),
        ({"objective": "narrow valley", "condition": 20, "learning_rate": 0.11}, "wrong", "does not come down"),
        (
            {"objective": "narrow valley", "condition": 20, "learning_rate": 0.098, "optimizer": "momentum"},
            "wrong",
            "still does",
        ),
        (
            {"objective": "narrow valley", "condition": 20, "learning_rate": 0.18, "optimizer": "momentum"},
            "right",
            "no more",
        ),
        ({"objective": "narrow valley", "learning_rate": 0.5}, "wrong", "does not come down"),
        ({"objective": "plateau", "start": [1.5], "learning_rate": 0.98}, "right", "no more"),
        ({"objective": "plateau", "start": [1.5], "learning_rate": 1.5}, "wrong", "does not come down"),
        ({"objective": "plateau", "start": [1.5], "learning_rate": 0.5}, "wrong", "still does"),
        ({"objective": "Rosenbrock", "learning_rate": 0.001}, "not usable", "Rosenbrock"),
    ],
)
def test_the_state_of_an_explorer(state, outcome: str, words: str) -> None:
    explorer = GradientDescentExplorer("narrow valley", learning_rate=0.01)
    assert checks.check_largest_rate(explorer).state == "not done yet"
    explorer.set(**state)
    verdict = checks.check_largest_rate(explorer)
    explorer.close()
    assert verdict.state == outcome and words in verdict.said, verdict
    if outcome == "wrong" and words == "does not come down":  # a single weight has no axes
        assert ("axes" in verdict.hint(2)) == (state["objective"] == "narrow valley")


def test_what_is_no_explorer() -> None:
    assert "Hand over the explorer itself" in checks.check_largest_rate(0.1).said


def test_no_hint_holds_the_answer() -> None:
    for table, check in (
        (STEPS, checks.check_step),
        (MOMENTA, checks.check_momentum_step),
        (SAMPLES, checks.check_mean_gradient),
    ):
        for mistake, *_ in table.values():
            for hint in check(mistake).hints:
                assert "w - learning_rate" not in hint and "2 / 20" not in hint
    for check, rate, *_ in RATES:
        text = " ".join([check(rate).said, *check(rate).hints])
        assert "0.19" not in text and "2/λ" not in text and "2(1+β)" not in text


STEP = "def step(w, gradient, learning_rate):\n    {}"
EDITIONS = {
    "uphill": ("step", STEP.format("return w + learning_rate * gradient(w)"), "the loss went up"),
    "unit step": (
        "step",
        STEP.format("return w - learning_rate * gradient(w) / np.linalg.norm(gradient(w))"),
        "equally long",
    ),
    "sequential": (
        "step",
        STEP.format(
            "w = w.copy()\n    for k in range(len(w)):\n        w[k] -= learning_rate * gradient(w)[k]\n    return w"
        ),
        "wrong on a tilted one",
    ),
    "momentum, 1 − β": (
        "momentum",
        "def momentum_step(w, v, gradient, learning_rate, beta):\n    v = beta * v + (1 - beta) * gradient(w)\n    return w - learning_rate * v, v",
        "counts only",
    ),
    "sum over samples": (
        "mean",
        "def mean_gradient(w, x, y):\n    r = w[0] + w[1] * x - y\n    return 2 * r.sum(), 2 * (r * x).sum()",
        "times too large",
    ),
    "1/λmax": ("critical", "critical_rate = 1 / 20", "still falls"),
    "2/λmin": ("critical", "critical_rate = 2 / 5", "explodes"),
    "2/trace": ("critical", "critical_rate = 2 / np.trace(H)", "still falls"),
    "with momentum 2/λ": ("limit", "limit = 2 / 20", "too careful"),
    "a rate too small": ("largest", "hole.set(learning_rate=0.5)", "still does"),
    "a rate too large": ("largest", "hole.set(learning_rate=1.5)", "does not come down"),
}


@pytest.mark.parametrize("name", EDITIONS)
def test_a_wrong_edition_fails_its_check(name: str) -> None:
    cell, source, said = EDITIONS[name]
    verdict = run_edition(SOURCE, {cell: source}, until=f"check-{cell}")[f"check-{cell}"]
    assert verdict.state == "wrong" and said in verdict.said, verdict


def test_who_stops_on_a_plain_is_told_that_flat_is_not_low() -> None:
    flat = question("02.flat")
    assert not flat.judge("It has found a minimum, if a poor one.").right
    assert "not all that is flat" in flat.judge("It has found a minimum, if a poor one.").said
