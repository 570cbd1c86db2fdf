"""Exercise 5: any right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import copy
import math
import pathlib
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score
from torch import nn
from torch.nn import functional as F

import nbkit
from nbkit import checks
from nbkit.questions import questions
from tests.checks.editions import run_edition

SOURCE = pathlib.Path(__file__).parents[2] / "exercises/solutions/05_regression.ipynb"
INTERVAL, NOISE = (-1.0, 1.0), 0.1


def five(x1, x2, x3, x4, x5):
    return 20 + 3 * (np.sin(2 * x1) + x2 * x3 + x4**2 - x5)


def drawn(function=five, interval=INTERVAL, noise=NOISE, count=1500, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(*interval, (count, 5))
    return x, function(*x.T) + noise * rng.standard_normal(count)


X, Y = drawn()
XT, YT = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)[:, None]
TRAIN, VALIDATION = (XT[:1000], YT[:1000]), (XT[1000:], YT[1000:])
CENTER, SCALE = float(Y[:1000].mean()), float(Y[:1000].std())


def net(seed=0):
    return nbkit.MLP(5, [24], activation="tanh", seed=seed)


def predict(model, x):
    return CENTER + SCALE * model(x)[:, 0]


def batch_loss(model, x, y):
    return F.mse_loss(model(x), (y - CENTER) / SCALE)


def train(model, loss=batch_loss, epochs=25, rate=0.03, maximize=False):
    optimizer = torch.optim.Adam(model.parameters(), lr=rate, maximize=maximize)
    curve = []
    for epoch in range(epochs):
        for rows in torch.randperm(1000, generator=torch.Generator().manual_seed(epoch)).split(50):
            optimizer.zero_grad()
            loss(model, TRAIN[0][rows], TRAIN[1][rows]).backward()
            optimizer.step()
        curve.append(loss(model, *TRAIN).item())
    return curve


@pytest.fixture(scope="module")
def trained():
    model = net()
    start = copy.deepcopy(model)
    return {"losses": train(model), "model": model, "start": start}


def tells(verdict, said: str, thought: str = "", state: str = "wrong") -> None:
    assert verdict.state == state and said in verdict.said, verdict
    assert not thought or thought in " ".join(verdict.hints[1:]), verdict.hints
    for hint in verdict.hints:
        assert "mse_loss" not in hint and "MSELoss" not in hint and "zero_grad" not in hint, hint


# --- the function


@pytest.mark.parametrize(
    ("target", "interval", "noise"),
    [
        (five, INTERVAL, NOISE),
        (five, [-1, 1], 0),
        (lambda a, b, c, d, e: a + 2 * b - c + d / 2 + e, np.array([0, 1]), 0.05),
        (lambda a, b, c, d, e: torch.exp(a) * b + torch.abs(c) + d * e, (-1, 1), torch.tensor(0.1)),
        (lambda a, b, c, d, e: [p * q + r * s * t for p, q, r, s, t in zip(a, b, c, d, e, strict=True)], (1, 2), 0.1),
        (lambda a, b, c, d, e: 1e4 * (a * b + c * d + e**3), (-2, 2), 1000.0),
        (lambda a, b, c, d, e: 1e-6 * np.cos(a + b) * np.exp(c - d) * (e + 2), (-1, 1), 1e-8),
        (lambda *x: sum(k * v for k, v in enumerate(x, 1)), (-1, 1), 0.1),
    ],
)
def test_right_functions(target, interval, noise) -> None:
    for seed in range(2):
        verdict = checks.check_function(target, interval, noise, seed=seed)
        assert verdict.passed, verdict


def test_the_verdict_names_a_straight_function() -> None:
    assert "least squares would do" in checks.check_function(lambda *x: sum(x), (0, 1), 0.01).said
    assert "least squares" not in checks.check_function(five, INTERVAL, NOISE).said


rng = np.random.default_rng(0)
FUNCTIONS = {
    "one silent": (lambda a, b, c, d, e: a + b * c - d, INTERVAL, 0.1, "hardly depends on x5", "drowned", "wrong"),
    "drowned": (lambda a, b, c, d, e: 100 * a + b * c + d * e, INTERVAL, 0.1, "x2 and x3 and x4", "drowned", "wrong"),
    "constant": (lambda a, b, c, d, e: 0 * a + 7, INTERVAL, 0.1, "7 everywhere", "depend", "wrong"),
    "noise too large": (five, INTERVAL, 1.5, "no model can pass R²", "Which share of it is noise", "wrong"),
    "runs off": (lambda a, b, c, d, e: 1 / a + b + c + d + e, INTERVAL, 0.1, "", "", "wrong"),
    "a pole and more": (
        lambda a, b, c, d, e: b * c * d * e / a,
        INTERVAL,
        0.0,
        "of its variance",
        "1/x does at 0",
        "wrong",
    ),
    "noise inside": (
        lambda a, b, c, d, e: five(a, b, c, d, e) + rng.normal(size=len(a)),
        INTERVAL,
        1,
        "once this value",
        "comes later",
        "wrong",
    ),
    "mean of points": (
        lambda a, b, c, d, e: five(a, b, c, d, e) - a.mean() * b,
        INTERVAL,
        0.1,
        "once this value",
        "mean",
        "wrong",
    ),
    "if": (lambda a, b, c, d, e: a if a > 0 else b, INTERVAL, 0.1, "`np.where` chooses", "", "not usable"),
    "math": (lambda a, b, c, d, e: math.sin(a) + b + c + d + e, INTERVAL, 0.1, "numpy has the same", "", "not usable"),
    "root of negative": (
        lambda a, b, c, d, e: np.sqrt(a) + b * c * d * e,
        INTERVAL,
        0.1,
        "holds nan",
        "",
        "not usable",
    ),
    "one number": (
        lambda a, b, c, d, e: float(five(a, b, c, d, e).sum()),
        INTERVAL,
        0.1,
        "has shape ()",
        "",
        "not usable",
    ),
    "column": (
        lambda a, b, c, d, e: five(a, b, c, d, e)[:, None],
        INTERVAL,
        0.1,
        "has shape (4000, 1)",
        "",
        "not usable",
    ),
    "of x": (lambda x: x[:, 0], INTERVAL, 0.1, "but yours takes (x)", "", "not usable"),
    "interval": (five, (1, -1), 0.1, "two numbers", "", "not usable"),
    "noise below 0": (five, INTERVAL, -0.1, "at least 0", "", "not usable"),
    "noise is None": (five, INTERVAL, None, "is None", "", "not usable"),
    "no function": (12.0, INTERVAL, 0.1, "has to be a function", "", "not usable"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mistakes_about_the_function(name: str) -> None:
    target, interval, noise, said, thought, state = FUNCTIONS[name]
    tells(checks.check_function(target, interval, noise), said, thought, state)


def test_a_function_that_never_ends(monkeypatch) -> None:
    def forever(x1, x2, x3, x4, x5):
        while True:
            pass

    student = checks.Student
    monkeypatch.setattr("nbkit.checks.regression.function.Student", lambda *given: student(*given, seconds=0.2))
    assert "loop that never ends" in checks.check_function(forever, INTERVAL, NOISE).said


# --- the samples, and the ceiling


def split(x=X, y=Y, cut=1000):
    return x[:cut], y[:cut], x[cut:], y[cut:]


@pytest.mark.parametrize(
    "parts",
    [
        split(),
        split(XT, YT),
        split(XT.double(), YT[:, 0]),
        split(X.tolist(), Y.tolist()),
        split(X, Y[:, None], 1250),
        split(X.astype(np.float32), Y.astype(np.float32), 500),
    ],
)
def test_right_samples(parts) -> None:
    verdict = checks.check_function_samples(*parts, target=five, interval=INTERVAL, noise=NOISE)
    assert verdict.passed, verdict
    for right in (1 - NOISE**2 / Y.var(), torch.tensor(1 - NOISE**2 / (five(*X.T).var() + NOISE**2))):
        assert checks.check_ceiling(right, parts[1], parts[3], NOISE).passed


def test_samples_without_noise_are_right_where_none_is_stated() -> None:
    clean = five(*X.T)
    for x, y in ((X, clean), (XT, torch.tensor(clean, dtype=torch.float32)[:, None])):
        assert checks.check_function_samples(*split(x, y), target=five, interval=INTERVAL, noise=0).passed
    assert checks.check_ceiling(1, clean[:1000], clean[1000:], 0).passed


order = np.random.default_rng(3).permutation(1500)
clean = five(*X.T)
same = np.repeat(X[:, :1], 5, axis=1)
by_y = np.argsort(X[:, 0])
SAMPLES = {
    "no noise": (split(X, clean), "without noise", "How many random numbers", "wrong"),
    "one number for all": (split(X, clean + 0.07), "shifted by 0.07", "How many random numbers", "wrong"),
    "uniform from 0": (split(X, clean + 0.2 * rng.random(1500)), "off your function on average", "both ways", "wrong"),
    "variance for width": (
        split(X, clean + 0.01 * rng.normal(size=1500)),
        "standard deviation of 0.0",
        "variance",
        "wrong",
    ),
    "twice": (split(X, clean + 0.2 * rng.normal(size=1500)), "standard deviation of 0.", "half a width", "wrong"),
    "x shuffled alone": (split(X[order], Y), "is not what your function says", "same order", "wrong"),
    "normalised y": (split(X, (Y - CENTER) / SCALE), "the unit got lost", "undo it", "wrong"),
    "noise on x": (split(X + 0.3 * rng.normal(size=X.shape), Y), "lie outside", "limits", "wrong"),
    "in order": (split(X[by_y], Y[by_y]), "not of the same kind", "Shuffle first", "wrong"),
    "validation in training": ((X, Y, X[1000:], Y[1000:]), "are training points, too", "by heart", "wrong"),
    "few": (split(X, Y, 400), "has 400 samples", "at least 500", "wrong"),
    "few to judge": (split(X, Y, 1400), "has 100 samples", "at least 250", "wrong"),
    "all equal": (split(same, five(*same.T)), "x1 and x2 are the same", "same seed", "wrong"),
    "0 to 1": (split(abs(X), five(*abs(X).T)), "has to be uniform", "whole range", "wrong"),
    "transposed": ((X[:1000].T, Y[:1000], X[1000:].T, Y[1000:]), "rows and columns", "", "not usable"),
    "two inputs": (split(X[:, :2], Y), "asked is (samples, 5)", "", "not usable"),
    "lengths": ((X[:1000], Y[:999], X[1000:], Y[1000:]), "each sample needs its value", "", "not usable"),
    "matrix": (split(X, Y[:, None] - np.zeros((1, 3))), "one value for each", "", "not usable"),
    "none": ((X[:1000], None, X[1000:], Y[1000:]), "is None", "", "not usable"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_mistakes_about_the_samples(name: str) -> None:
    parts, said, thought, state = SAMPLES[name]
    tells(checks.check_function_samples(*parts, target=five, interval=INTERVAL, noise=NOISE), said, thought, state)


def test_noise_where_none_is_stated() -> None:
    tells(checks.check_function_samples(*split(), target=five, interval=INTERVAL, noise=0), "has noise of 0.", "Which")


def test_mistakes_about_the_ceiling() -> None:
    noise, y = 0.5, clean + 0.5 * rng.normal(size=1500)
    for ceiling, said, thought in (
        (1 - noise / y.std(), "two widths", "variance follow"),
        (noise**2 / y.var(), "share of noise", "the rest"),
        (1 - noise**2, "another unit", "no unit"),
        (1 - noise / y.var(), "another unit", "no unit"),
        (1.0, "its noise by", "Which share"),
        (0.9, "its noise by", "Which share"),
    ):
        tells(checks.check_ceiling(ceiling, y[:1000], y[1000:], noise), said, thought)
    assert checks.check_ceiling(1 - noise**2 / y[:1000].var(), y[:1000], y[1000:], noise).passed


# --- model and loss

FLAT = YT[:, 0]


class Squeezed(nn.Module):
    def __init__(self, last):
        super().__init__()
        self.inner, self.last = net(), last

    def forward(self, x):
        return self.last(self.inner(x))


def raw(model, x):
    return model(x)[:, 0]


def mse(model, x, y):
    return F.mse_loss(model(x), y)


LOSSES: dict[str, Any] = {
    "normalised": (net(), predict, batch_loss, YT),
    "as it is": (net(), raw, mse, YT),
    "flat": (net(), raw, lambda m, x, y: F.mse_loss(m(x).squeeze(1), y), FLAT),
    "in its unit": (net(), predict, lambda m, x, y: ((predict(m, x) - y) ** 2).mean(), FLAT),
    "l1": (net(), predict, lambda m, x, y: F.l1_loss(predict(m, x), y), FLAT),
    "huber": (net(), predict, lambda m, x, y: F.huber_loss(m(x), (y - CENTER) / SCALE), YT),
    "root": (net(), raw, lambda m, x, y: torch.sqrt(mse(m, x, y)), YT),
    "half": (net(), raw, lambda m, x, y: mse(m, x, y) / 2, YT),
    "numpy": (
        net(),
        lambda m, x: m(x).detach().numpy(),
        lambda m, x, y: mse(m, x, torch.tensor(y)[:, None].float()),
        Y,
    ),
    "double": (net().double(), raw, mse, YT.double()),
    "deep": (nbkit.MLP(5, [8, 8, 8], activation="relu"), predict, batch_loss, YT),
    "penalty": (
        net(),
        predict,
        lambda m, x, y: batch_loss(m, x, y) + 0.01 * sum((p**2).sum() for p in m.parameters()),
        YT,
    ),
    "sigmoid between the extremes": (
        Squeezed(nn.Sigmoid()),
        lambda m, x: 5 + 30 * m(x)[:, 0],
        lambda m, x, y: F.mse_loss(m(x), (y - 5) / 30),
        YT,
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_right_losses(name: str) -> None:
    model, says, loss, y = LOSSES[name]
    for seed in range(2):
        verdict = checks.check_regression_loss(loss, says, model, XT, y, seed=seed)
        assert verdict.passed, verdict
    kind = {"l1": "absolute", "in its unit": "squared", "normalised": "squared"}.get(name, "")
    assert kind in checks.check_regression_loss(loss, says, model, XT, y).said


LINEAR = nn.Linear(5, 1)
MISFITS: dict[str, Any] = {
    "sigmoid last": (Squeezed(nn.Sigmoid()), raw, mse, YT, "stay between 0 and 1", "last layer", "wrong"),
    "relu last": (Squeezed(nn.ReLU()), predict, batch_loss, YT, "never fall below", "last layer", "wrong"),
    "tanh of normalised": (Squeezed(nn.Tanh()), predict, batch_loss, YT, "stay between", "last layer", "wrong"),
    "softmax last": (Squeezed(nn.Softmax(1)), raw, mse, YT, "are 1, for every x", "last layer", "wrong"),
    "pairs": (net(), raw, mse, FLAT, "for each of them alone", "(n,) met (n, 1)", "wrong"),
    "pairs the other way": (net(), raw, lambda m, x, y: ((raw(m, x) - y) ** 2).mean(), YT, "alone", "(n, 1)", "wrong"),
    "not undone": (net(), raw, batch_loss, YT, "Where `predict` gives exactly the truth", "same two numbers", "wrong"),
    "undone twice": (net(), predict, mse, YT, "Where `predict` gives exactly the truth", "same thing", "wrong"),
    "sum": (net(), raw, lambda m, x, y: F.mse_loss(m(x), y, reduction="sum"), YT, "given twice", "*mean*", "wrong"),
    "sign": (net(), raw, lambda m, x, y: -mse(m, x, y), YT, "rewards being wrong", "Which way", "wrong"),
    "no square": (net(), raw, lambda m, x, y: (m(x) - y).mean(), YT, "cost", "not both ways", "wrong"),
    "no square, other way": (net(), raw, lambda m, x, y: (y - m(x)).mean(), YT, "", "", "wrong"),
    "cross-entropy": (
        net(),
        raw,
        lambda m, x, y: F.cross_entropy(m(x), y),
        YT,
        "right or wrong",
        "looks at classes",
        "wrong",
    ),
    "bce": (
        Squeezed(nn.Identity()),
        raw,
        lambda m, x, y: F.binary_cross_entropy(m(x), y),
        YT,
        "for classes",
        "distance",
        "wrong",
    ),
    "bce with logits": (net(), raw, lambda m, x, y: F.binary_cross_entropy_with_logits(m(x), y), YT, "", "", "wrong"),
    "relative": (
        net(),
        predict,
        lambda m, x, y: ((predict(m, x) - y) / y).abs().mean(),
        FLAT,
        "cost",
        "depend",
        "wrong",
    ),
    "quantile": (
        net(),
        raw,
        lambda m, x, y: torch.maximum(0.9 * (y - m(x)), 0.1 * (m(x) - y)).mean(),
        YT,
        "too large by",
        "not both ways",
        "wrong",
    ),
    "squared mean": (
        net(),
        raw,
        lambda m, x, y: (m(x) - y).mean() ** 2,
        YT,
        "too small by as much",
        "no two cancel",
        "wrong",
    ),
    "first sample": (
        net(),
        raw,
        lambda m, x, y: F.mse_loss(m(x)[0], y[0]),
        YT,
        "the odd ones",
        "Does every sample",
        "wrong",
    ),
    "other data": (net(), raw, lambda m, x, y: mse(m, *TRAIN), YT, "right or wrong", "these truths", "wrong"),
    "normalised by batch": (
        net(),
        predict,
        lambda m, x, y: F.mse_loss(m(x), (y - y.mean()) / y.std()),
        YT,
        "right or wrong",
        "batch by batch",
        "wrong",
    ),
    "item": (net(), raw, lambda m, x, y: mse(m, x, y).item(), YT, "forgotten", "stay a tensor", "wrong"),
    "no grad": (net(), raw, torch.no_grad()(mse), YT, "forgotten", "stay a tensor", "wrong"),
    "float64": (net(), raw, mse, YT.double(), "", "", "right"),
    "not reduced": (net(), raw, lambda m, x, y: (m(x) - y) ** 2, YT, "one number for the batch", "", "not usable"),
    "no hidden layer": (LINEAR, raw, mse, YT, "no hidden layer", "Which layer", "wrong"),
    "no activation": (
        nn.Sequential(nn.Linear(5, 9), nn.Linear(9, 1)),
        raw,
        mse,
        YT,
        "one linear layer",
        "between",
        "wrong",
    ),
    "one input": (nbkit.MLP(1, [9]), raw, mse, YT, "stopped with RuntimeError", "", "not usable"),
    "two outputs": (nbkit.MLP(5, [9], 2), lambda m, x: m(x), mse, YT, "one value for each", "", "not usable"),
    "mean of all": (net(), lambda m, x: m(x).mean(), mse, YT, "one value for each", "", "not usable"),
    "class": (nn.Linear, raw, mse, YT, "the class Linear itself", "", "not usable"),
    "none": (None, raw, mse, YT, "has to be a network", "", "not usable"),
    "stops": (net(), raw, lambda m, x, y: 1 / 0, YT, "ZeroDivisionError", "", "not usable"),
    "nan": (net(), raw, lambda m, x, y: torch.log(-1 - mse(m, x, y)), YT, "nan", "", "not usable"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_mistakes_about_model_and_loss(name: str) -> None:
    model, says, loss, y, said, thought, state = MISFITS[name]
    tells(checks.check_regression_loss(loss, says, model, XT, y), said, thought, state)


# --- the training, R², the residuals


def judged(trained, losses=None, model=None, says=predict, target=five):
    return checks.check_regression_training(
        trained["losses"] if losses is None else losses,
        trained["model"] if model is None else model,
        says,
        trained["start"],
        target,
        INTERVAL,
        NOISE,
    )


def test_a_right_training(trained) -> None:
    assert judged(trained).passed, judged(trained)
    assert judged(trained, losses=torch.tensor(trained["losses"])).passed
    with torch.no_grad():
        assert r2_score(VALIDATION[1][:, 0], predict(trained["model"], VALIDATION[0])) > 0.95


def test_mistakes_in_the_training(trained) -> None:
    model, losses = trained["model"], trained["losses"]
    early = checks.check_regression_training(losses, model, predict, ..., five, INTERVAL, NOISE)
    assert early.state == "not done yet" and "`start` is still" in early.said
    tells(judged(trained, model=trained["start"]), "Not one weight", "Who changes")
    broken = copy.deepcopy(model)
    with torch.no_grad():
        next(broken.parameters()).fill_(torch.nan)
    tells(judged(trained, model=broken), "NaN", "shorter")
    tells(judged(trained, model=nn.Sequential(model, nn.Dropout(0.3)).train()), "answers differently", "mode")
    tells(judged(trained, says=raw), "The shape is right", "which unit")
    tells(judged(trained, says=lambda m, x: CENTER + m(x)[:, 0]), "The shape is right", "which unit")
    tells(judged(trained, says=lambda m, x: CENTER - SCALE * m(x)[:, 0]), "predictions are small", "uphill")
    flat = net(1)  # learns what comes of (n, 1) against (n,)
    curve = train(flat, loss=lambda m, x, y: (m(x) - ((y - CENTER) / SCALE)[:, 0]).square().mean(), epochs=3)
    verdict = judged(trained, model=flat, losses=curve)
    tells(verdict, "whatever x is", "one with one")
    assert verdict.figure is not None
    few = net(2)
    short = train(few, epochs=2, rate=0.01)
    tells(judged(trained, model=few, losses=[2.0, *short]), "after 3 epochs", "more epochs")
    tells(judged(trained, model=few, losses=[0.5, 0.5]), "did not fall", "wrong direction")
    tells(judged(trained, model=few, losses=[1.0, 0.1, 0.4]), "was at 0.1 once", "slopes of earlier")
    slow = copy.deepcopy(model)
    with torch.no_grad():
        for p in slow.layers[-1].parameters():
            p.mul_(0.2)
        slow.layers[-1].weight[:, ::2] = 0
    tells(judged(trained, model=slow), "has not come so far", "near enough")
    tells(judged(trained, target=lambda a, b, c, d, e: five(c, d, e, a, b)), "", "")
    tells(judged(trained, losses=[losses, losses]), "one number for each epoch", state="not usable")
    tells(judged(trained, losses=0.3), "one number for each epoch", state="not usable")


def test_values_of_the_order_of_10_000_are_not_learned_without_normalisation(trained) -> None:
    """The symptom of a large y that is left as it is: the mean at best."""
    model = net(3)

    def large(*x):
        return 1e3 * five(*x)

    def loss(m, x, y):
        return F.mse_loss(m(x), 1e3 * y)

    curve = train(model, loss, epochs=4, rate=0.01)
    tells(judged(trained, losses=curve, model=model, says=raw, target=large), "whatever x is", "Not even the mean")


@pytest.mark.parametrize(
    "r2",
    [
        r2_score,
        lambda t, p: 1 - ((t - p) ** 2).sum() / ((t - t.mean()) ** 2).sum(),
        lambda t, p: 1 - np.mean((p - t) ** 2) / np.var(t),
        lambda t, p: 1 - F.mse_loss(p, t) / t.var(),
        lambda t, p: (
            1 - sum((a - b) ** 2 for a, b in zip(t, p, strict=True)) / sum((a - sum(t) / len(t)) ** 2 for a in t)
        ),
    ],
)
def test_right_r2(r2) -> None:
    for seed in range(3):
        assert checks.check_r2(r2, seed=seed).passed


R2 = {
    "swapped": (lambda t, p: r2_score(p, t), "not symmetric"),
    "correlation squared": (lambda t, p: np.corrcoef(t, p)[0, 1] ** 2, "forgives a wrong scale"),
    "correlation": (lambda t, p: np.corrcoef(t, p)[0, 1], "forgives a wrong scale"),
    "not 1 minus": (lambda t, p: ((t - p) ** 2).sum() / ((t - t.mean()) ** 2).sum(), "*not* explained"),
    "bias forgiven": (lambda t, p: 1 - (p - t).var() / t.var(), "mean of the residuals"),
    "no mean": (lambda t, p: 1 - ((t - p) ** 2).sum() / (t**2).sum(), "prediction of 0"),
    "explained": (lambda t, p: p.var() / t.var(), "right or wrong"),
    "widths": (lambda t, p: 1 - np.sqrt(((t - p) ** 2).mean()) / t.std(), "not widths"),
    "mse": (lambda t, p: ((t - p) ** 2).mean(), "has a unit"),
    "1 minus mse": (lambda t, p: 1 - ((t - p) ** 2).mean(), "has a unit"),
    "absolute": (lambda t, p: 1 - np.abs(t - p).sum() / np.abs(t - t.mean()).sum(), "R² is 0"),
    "mean of the predicted": (lambda t, p: 1 - ((t - p) ** 2).sum() / ((t - p.mean()) ** 2).sum(), "R² is 0"),
    "always 1": (lambda t, p: 1.0, "R² is 0"),
}


@pytest.mark.parametrize("name", R2)
def test_mistakes_about_r2(name: str) -> None:
    r2, thought = R2[name]
    tells(checks.check_r2(r2), "scikit-learn's is another one", thought)


def test_the_residuals(trained) -> None:
    model, (x, y) = trained["model"], VALIDATION
    with torch.no_grad():
        predicted = predict(model, x)
        off = predicted - y[:, 0]
        on_training = predict(model, TRAIN[0]) - TRAIN[1][:, 0]
    array, n = off.numpy(), len(y)
    m, w = float(array.mean()), float(array.std())

    def said(residuals=array, mean=m, width=w, validation=VALIDATION, training=TRAIN):
        return checks.check_residuals(residuals, mean, width, model, predict, training, validation)

    for right in (
        said(),
        said(off, off.mean(), off.std()),
        said(off[:, None], torch.tensor(m), array.std(ddof=1)),
        said(array.tolist()),
        said(width=np.sqrt((array**2).mean())),
    ):
        assert right.passed, right
    far = checks.check_residuals(
        array + 1e3, m + 1e3, w, model, lambda net, x: predict(net, x) + 1e3, TRAIN, VALIDATION
    )
    assert far.passed and "a large bias is there" in far.said
    tells(said(-array, -m), "true less predicted", "above or below 0")
    tells(said(array / SCALE, m / SCALE, w / SCALE), "of what?", "Undo it")
    tells(said((predicted - y).numpy()), f"({n}, {n})", "(n,) met (n, 1)")
    tells(said(on_training.numpy()), "as many as the training sample", "kept for judging")
    tells(
        said(on_training[:n].numpy(), training=(TRAIN[0][:n], TRAIN[1][:n])),
        "residuals of the training sample",
        "kept for judging",
    )
    tells(said(np.abs(array)), "sign is gone", "too much or too little")
    tells(said(array**2), "sign is gone", "too much or too little")
    tells(said(array / y[:, 0].numpy()), "divided by the truth", "difference itself")
    tells(said(predicted.numpy()), "predictions themselves", "How far")
    tells(said(y[:, 0].numpy()), "truths themselves", "How far")
    tells(said(array[::-1]), "in another order", "order")
    tells(said(array + 0.5), "your residual is", "this network's prediction")
    tells(said(mean=-m), "The mean of your residuals", "sign")
    tells(said(mean=float(np.abs(array).mean())), "absolute values", "cancel")
    tells(said(mean=3.0), "a mean of 3", "all residuals")
    tells(said(width=w**2), "the variance", "unit")
    tells(said(width=w / np.sqrt(n)), "error of the mean", "one sample")
    tells(said(width=2.3548 * w), "half height", "standard deviation")
    tells(said(width=float(np.abs(array).mean())), "mean absolute", "standard deviation")
    tells(said(width=2 * w), "twice", "one side")
    tells(said(width=7.0), "a width of 7", "what else")
    tells(said(array[:10]), "one for each of the", state="not usable")
    tells(said(width=None), "is None", state="not usable")
    tells(said(width=[w, w]), "one number", state="not usable")
    assert said(residuals=...).state == said(mean=...).state == "not done yet"


# --- the whole


def test_what_is_no_answer_has_its_own_line() -> None:
    def stub(*given):
        raise NotImplementedError

    for verdict in (
        checks.check_function(stub, INTERVAL, NOISE),
        checks.check_function(five, ..., ...),
        checks.check_function(five, INTERVAL, ...),
        checks.check_function_samples(..., ..., ..., ..., target=stub, interval=..., noise=...),
        checks.check_function_samples(*split(), target=stub, interval=INTERVAL, noise=NOISE),
        checks.check_ceiling(..., ..., ..., ...),
        checks.check_regression_loss(stub, stub, ..., ..., ...),
        checks.check_regression_loss(stub, raw, net(), XT, YT),
        checks.check_regression_loss(mse, stub, net(), XT, YT),
        checks.check_regression_training(..., ..., stub, ..., stub, ..., ...),
        checks.check_r2(stub),
        checks.check_residuals(..., ..., ..., ..., stub, (..., ...), (..., ...)),
    ):
        assert verdict.state == "not done yet", verdict
    assert "gave back None" in checks.check_r2(lambda t, p: None).said
    assert "but yours takes" in checks.check_r2(lambda t: 1).said
    assert "is None" in checks.check_function(None, INTERVAL, NOISE).said


REFERENCES = {
    "sum": (lambda a, b, c, d, e: 300 + 10 * (2 * np.sin(a) + b * c - d**2 / 2 + e / 2), (-2, 2), 2.0),
    "exponential": (lambda a, b, c, d, e: np.exp(a) * b + np.abs(c) + d * e, (-1, 1), 0.05),
    "five": (five, INTERVAL, NOISE),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_network_learns_three_functions_from_any_start(name: str) -> None:
    function, interval, noise = REFERENCES[name]
    assert checks.check_function(function, interval, noise).passed
    x, y = drawn(function, interval, noise, 2000, seed=4)
    fresh, truth = drawn(function, interval, noise, 10_000, seed=9)
    center, scale = y.mean(), y.std()
    models = [nbkit.MLP(5, [32, 32], activation="tanh", seed=seed) for seed in range(3)]
    runs = nbkit.Ensemble(
        models, (x, (y - center) / scale), loss="mse", learning_rate=0.01, batch_size=100, seed=range(3)
    )
    runs.run(epochs=50)
    ceiling = 1 - noise**2 / truth.var()
    for number in range(3):
        with torch.no_grad():
            found = center + scale * runs.model(number)(torch.tensor(fresh, dtype=torch.float32))[:, 0].numpy()
        assert 0.95 <= r2_score(truth, found) <= ceiling + 0.002


def test_a_wrong_edition_fails_its_check() -> None:
    silent = "interval, noise = (-1, 1), 0.1\n\ndef target(x1, x2, x3, x4, x5):\n    return x1 * x2 + x3 * x4"
    sigmoid = (
        "model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())\n"
        "def predict(model, x):\n    return model(x)[:, 0]\n"
        "def batch_loss(model, x, y):\n    return nn.functional.mse_loss(model(x), y)"
    )
    found = run_edition(SOURCE, {"function": silent, "model": sigmoid}, until="check-model")
    tells(found["check-function"], "hardly depends on x5")
    assert found["check-samples"].passed and found["check-ceiling"].passed
    tells(found["check-model"], "stay between 0 and 1")


def test_the_numbers_of_the_questions() -> None:
    some = questions("05")
    assert set(some) == {"05.ceiling", "05.last", "05.loss", "05.width"}
    _, y = drawn(lambda a, b, c, d, e: np.sin(np.pi * a) + b * c + d**2 - e, (-1, 1), 0.0, 200_000)
    assert y.var() == pytest.approx(1.03, abs=0.01)
    assert some["05.ceiling"].judge(1 - 0.25 / (y.var() + 0.25)).right
    assert not some["05.ceiling"].judge(1 - 0.25 / y.var()).right
    assert some["05.width"].judge(np.hypot(3, 4)).right
