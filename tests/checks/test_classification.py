"""Exercise 4: any right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import copy
import math
import pathlib
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss
from torch import nn
from torch.nn import functional as F

import nbkit
from nbkit import checks
from nbkit.questions import questions
from tests.checks.editions import run_edition

SOURCE = pathlib.Path(__file__).parents[2] / "exercises/solutions/04_classification.ipynb"
SQUARE = (-2.0, 2.0)


def wave(x1, x2):
    return x2 > np.sin(2 * x1) + 0.3


def drawn(region=wave, square=SQUARE, seed=0):
    """x, y of a thousand points, shuffled by construction."""
    x = np.random.default_rng(seed).uniform(*square, (1000, 2))
    return x, region(*x.T).astype(float)


X, Y = drawn()
XT, YT = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)[:, None]
TRAIN, VALIDATION = (XT[:750], YT[:750]), (XT[750:], YT[750:])


def wide(seed=0, outputs=1):
    return nbkit.MLP(2, [26], outputs, activation="tanh", seed=seed)


def deep(seed=0, outputs=1):
    return nbkit.MLP(2, [8, 8], outputs, activation="tanh", seed=seed)


def ended(last: nn.Module, outputs=1):
    """Both networks with a layer more at the end."""
    return nn.Sequential(wide(outputs=outputs), last), nn.Sequential(deep(outputs=outputs), last)


def sigmoid(model, x):
    return torch.sigmoid(model(x))[:, 0]


def logits_loss(model, x, y):
    return F.binary_cross_entropy_with_logits(model(x), y)


def train(model, loss=logits_loss, epochs=40, optimizer=None, y=TRAIN[1]):
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=0.03)
    curve = []
    for epoch in range(epochs):
        for rows in torch.randperm(750, generator=torch.Generator().manual_seed(epoch)).split(50):
            optimizer.zero_grad()
            loss(model, TRAIN[0][rows], y[rows]).backward()
            optimizer.step()
        curve.append(loss(model, TRAIN[0], y).item())
    return curve


@pytest.fixture(scope="module")
def trained():
    mlp, dnn = wide(), deep()
    start = copy.deepcopy((mlp, dnn))
    return {"losses": (train(mlp), train(dnn)), "mlp": mlp, "dnn": dnn, "start": start}


def tells(verdict, said: str, thought: str = "", state: str = "wrong") -> None:
    assert verdict.state == state and said in verdict.said, verdict
    assert thought in " ".join(verdict.hints[1:]) if thought else True, verdict.hints
    for hint in verdict.hints:
        assert "with_logits" not in hint and "BCEWithLogits" not in hint and "zero_grad" not in hint, hint


# --- the region


@pytest.mark.parametrize(
    ("region", "square"),
    [
        (wave, SQUARE),
        (lambda x1, x2: x1 > x2, (-1, 1)),
        (lambda x1, x2: x1**2 > x2, [-2, 2]),
        (lambda x1, x2: x1 > 1 / x2, (-3, 3)),
        (lambda x1, x2: x1 > 1 / x2, (-2, 2)),
        (lambda a, b: (a**2 + b**2 < 4) & (b > -1), np.array([-3, 3])),
        (lambda a, b: [bool(p < q**3) for p, q in zip(a, b, strict=True)], (-1, 1)),
        (lambda a, b: np.where(a * b > 0, 1, 0), (-1, 1)),
        (lambda a, b: np.vectorize(lambda p, q: 1.0 if p > q > -2 else 0.0)(a, b), (-3, 3)),
        (lambda a, b: torch.logical_and(a > 0, torch.sin(b) < 0.5), torch.tensor([-2.0, 3.0])),
        (lambda a, b: np.abs(a) + np.abs(b) < 150, (-200, 200)),
        (lambda a, b: np.sqrt(a) > b, (-1, 1)),
    ],
)
def test_right_regions(region, square) -> None:
    for seed in range(2):
        verdict = checks.check_region(region, square, seed=seed)
        assert verdict.passed, verdict


def test_the_verdict_names_a_straight_border() -> None:
    assert "one neuron could do it" in checks.check_region(lambda a, b: a > b, (0, 1)).said
    assert "one neuron" not in checks.check_region(wave, SQUARE).said


def chained(a, b):
    return -1 < a < b


def with_if(a, b):
    return True if a > b else False  # noqa: SIM210 - as a student writes it


noise = np.random.default_rng(0)
REGIONS = {
    "no x1": (lambda a, b: a > 1 / b, (-1, 1), "never depends on x1", "inside of your square", "wrong"),
    "never true": (lambda a, b: a > 1 / b, (0, 1), "false everywhere", "Move the border", "wrong"),
    "always true": (lambda a, b: a**2 + b**2 < 100, (-1, 1), "true everywhere", "Move the border", "wrong"),
    "one in twenty": (lambda a, b: a**2 + b**2 < 0.05, (-1, 1), "false on", "a tenth at least", "wrong"),
    "no x2": (lambda a, b: a > 0, (-1, 1), "never depends on x2", "inside of your square", "wrong"),
    "and": (lambda a, b: a > 0 and b > 0, (-1, 1), "write & for 'and'", "", "not usable"),
    "no brackets": (lambda a, b: a > 0 & b > 0, (-1, 1), "each comparison in brackets", "", "not usable"),
    "chain": (chained, (-1, 1), "chains such as", "", "not usable"),
    "if": (with_if, (-1, 1), "`if`", "", "not usable"),
    "math": (lambda a, b: math.sin(a) > b, (-1, 1), "numpy has the same functions", "", "not usable"),
    "no comparison": (lambda a, b: a - b, (-1, 1), "asked is true or false", "Which comparison", "wrong"),
    "minus one": (lambda a, b: np.sign(a - b), (-1, 1), "asked is true or false", "Which comparison", "wrong"),
    "random": (lambda a, b: noise.random(len(a)) < 0.5, (-1, 1), "once inside", "random", "wrong"),
    "mean of points": (lambda a, b: a + b > (a * b).mean() * 30, (-1, 1), "once inside", "mean", "wrong"),
    "too fine": (lambda a, b: np.sin(40 * a) > np.sin(40 * b), (-3, 3), "finer than 1000 samples", "simpler", "wrong"),
    "one answer": (lambda a, b: True, (-1, 1), "shape () for", "", "not usable"),
    "column": (lambda a, b: (a > b)[:, None], (-1, 1), "shape (4000, 1)", "", "not usable"),
    "of a point": (lambda p: p[0] > p[1], (-1, 1), "but yours takes (p)", "", "not usable"),
    "prints": (lambda a, b: print(a > b), (-1, 1), "gave back None", "", "not usable"),
    "a side": (wave, 2, "two numbers", "", "not usable"),
    "empty": (wave, (2, -2), "two numbers", "", "not usable"),
    "rectangle": (wave, (-1, 1, -2, 2), "two numbers", "", "not usable"),
    "called": (wave(np.ones(3), np.ones(3)), (-1, 1), "hand over its name", "", "not usable"),
}


@pytest.mark.parametrize("name", REGIONS)
def test_mistakes_about_the_region(name: str) -> None:
    region, square, said, thought, state = REGIONS[name]
    tells(checks.check_region(region, square), said, thought, state)


def test_a_region_that_never_ends(monkeypatch) -> None:
    def forever(x1, x2):
        while True:
            pass

    student = checks.Student
    monkeypatch.setattr("nbkit.checks.classification.plane.Student", lambda *given: student(*given, seconds=0.2))
    assert "loop that never ends" in checks.check_region(forever, SQUARE).said


# --- the samples


def split(x=XT, y=YT, cut=750):
    return x[:cut], y[:cut], x[cut:], y[cut:]


def grid():
    side = np.linspace(-2, 2, 1000 // 25), np.linspace(-2, 2, 25)
    return np.stack(np.meshgrid(*side, indexing="ij"), axis=-1).reshape(-1, 2)


GRID = grid()
SHUFFLED = np.random.default_rng(5).permutation(GRID)
one_hot = np.stack([1 - Y, Y], axis=1)


@pytest.mark.parametrize(
    "parts",
    [
        split(),
        split(X, Y),
        split(X, Y > 0.5),
        split(XT, YT[:, 0].long()),
        split(X.astype(np.float32), Y.astype(int)[:, None]),
        split(X.tolist(), (Y > 0.5).tolist()),
        split(X, one_hot),
        split(XT, YT, 500),
        split(XT, YT, 900),
        split(SHUFFLED, wave(*SHUFFLED.T)),
        tuple(torch.tensor(part) for part in split(X, Y > 0.5)),
    ],
)
def test_right_samples(parts) -> None:
    verdict = checks.check_class_samples(*parts, region=wave, square=SQUARE)
    assert verdict.passed, verdict
    train, validation = (np.asarray(parts[k]).reshape(len(parts[k]), -1)[:, -1].astype(float).mean() for k in (1, 3))
    for share in (max(validation, 1 - validation), torch.tensor(max(train, 1 - train))):
        assert checks.check_larger_share(share, parts[1], parts[3]).passed


order = np.random.default_rng(3).permutation(1000)
by_x1 = np.argsort(X[:, 0])
by_class = np.argsort(Y, kind="stable")
same = np.stack([X[:, 0], X[:, 0]], axis=1)
normal = np.random.default_rng(0).normal(0, 0.6, (1000, 2)).clip(-2, 2)
unit = np.random.default_rng(0).random((1000, 2))
far = X * 3
SAMPLES = {
    "grid in order": (split(GRID, wave(*GRID.T)), "not of the same kind", "Shuffle first", "wrong"),
    "sorted": (split(X[by_x1], Y[by_x1]), "not of the same kind", "Shuffle first", "wrong"),
    "by class": (split(X[by_class], Y[by_class]), "not of the same kind", "Shuffle first", "wrong"),
    "x shuffled alone": (split(X[order], Y), "of the labels in `y_train` are what", "same order", "wrong"),
    "validation in training": ((X, Y, X[750:], Y[750:]), "1250 together", "none into both", "wrong"),
    "same rows twice": ((X[:750], Y[:750], X[500:750], Y[500:750]), "are training points, too", "by heart", "wrong"),
    "800": ((X[:600], Y[:600], X[600:800], Y[600:800]), "800 together", "became of the others", "wrong"),
    "tiny validation": (split(X, Y, 980), "Validation has 20", "A tenth at least", "wrong"),
    "x1 is x2": (split(same, wave(*same.T)), "x1 and x2 are the same", "same seed", "wrong"),
    "normal": (split(normal, wave(*normal.T)), "has to be uniform", "corners", "wrong"),
    "unit square": (split(unit, wave(*unit.T)), "has to be uniform", "whole range", "wrong"),
    "outside": (split(far, wave(*far.T)), "lie outside", "limits", "wrong"),
    "on a line": (
        split(np.stack([X[:, 0], -X[:, 0]], axis=1), wave(X[:, 0], -X[:, 0])),
        "x1 and x2 know of each other",
        "whatever the others",
        "wrong",
    ),
    "noise": (
        split(X, np.where(np.random.default_rng(0).random(1000) < 0.1, 1 - Y, Y)),
        "of the labels",
        "very x",
        "wrong",
    ),
    "minus one": (split(X, 2 * Y - 1), "asked are 1 where", "answer of `region`", "wrong"),
    "turned": (split(X, 1 - Y), "turned round", "Which of the two", "wrong"),
    "other region": (split(X, X[:, 0] > 0), "of the labels", "", "wrong"),
    "transposed": ((X[:750].T, Y[:750], X[750:].T, Y[750:]), "rows and columns", "", "not usable"),
    "lengths": ((X[:750], Y[:740], X[750:], Y[750:]), "each sample needs its label", "", "not usable"),
    "x1 only": (split(X[:, :1], Y), "asked is (samples, 2)", "", "not usable"),
    "nan": (split(np.where(X > 1.99, np.nan, X), Y), "holds nan", "", "not usable"),
    "none": ((None, Y[:750], X[750:], Y[750:]), "is None", "", "not usable"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_mistakes_about_the_samples(name: str) -> None:
    parts, said, thought, state = SAMPLES[name]
    tells(checks.check_class_samples(*parts, region=wave, square=SQUARE), said, thought, state)


def test_mistakes_about_the_larger_class() -> None:
    share = Y[750:].mean()
    assert share < 0.5
    for larger, said, thought in (
        (share, "the other class", "For another region"),
        (100 * (1 - share), "at most 1", "hundredths"),
        (0.9, "validation samples", "larger of the two"),
    ):
        tells(checks.check_larger_share(larger, Y[:750], Y[750:]), said, thought)
    assert checks.check_larger_share(..., Y[:750], Y[750:]).state == "not done yet"
    assert "is None" in checks.check_larger_share(None, Y[:750], Y[750:]).said


# --- the networks


class Own(nn.Module):
    def __init__(self, *sizes, last=None):
        super().__init__()
        self.inner = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.last = last

    def forward(self, x):
        for layer in self.inner[:-1]:
            x = F.relu(layer(x))
        x = self.inner[-1](x)
        return self.last(x) if self.last else x


def chain(*layers):
    return nn.Sequential(*layers)


@pytest.mark.parametrize(
    ("mlp", "dnn"),
    [
        (wide(), deep()),
        (Own(2, 26, 1), Own(2, 8, 8, 1)),
        (Own(2, 84, 1, last=torch.sigmoid), Own(2, 16, 16, 1, last=torch.sigmoid)),
        (Own(2, 20, 2), Own(2, 5, 6, 5, 2)),
        (Own(2, 20, 2, last=lambda z: F.log_softmax(z, 1)), Own(2, 5, 6, 5, 2, last=lambda z: F.softmax(z, 1))),
        (Own(2, 26, 1).double(), Own(2, 8, 8, 1).double()),
        (chain(nn.Linear(2, 26), nn.ReLU(), nn.Linear(26, 1), nn.Flatten(0)), Own(2, 8, 8, 1)),
        (
            chain(nn.Linear(2, 17), nn.BatchNorm1d(17), nn.Tanh(), nn.Linear(17, 1)),
            chain(nn.Linear(2, 8), nn.Dropout(0.1), nn.ELU(), nn.Linear(8, 8), nn.GELU(), nn.Linear(8, 1)),
        ),
    ],
)
def test_right_networks(mlp, dnn) -> None:
    verdict = checks.check_networks(mlp, dnn)
    assert verdict.passed, verdict


one = wide()
NETWORKS = {
    "neurons counted": (Own(2, 16, 1), Own(2, 8, 8, 1), "65 parameters and the DNN 105", "a·b + b", "wrong"),
    "same width": (Own(2, 26, 1), Own(2, 26, 26, 1), "807", "Which of the two", "wrong"),
    "12 %": (Own(2, 29, 1), Own(2, 8, 8, 1), "117 parameters and the DNN 105", "a·b + b", "wrong"),
    "the same": (one, one, "weights in common", "layers of its own", "wrong"),
    "shared": (chain(one.layers[0], nn.Tanh(), nn.Linear(26, 1)), one, "weights in common", "own", "wrong"),
    "no hidden layer": (Own(2, 1), Own(2, 8, 8, 1), "no hidden layer", "Which layer", "wrong"),
    "no activation": (
        chain(nn.Linear(2, 26), nn.Linear(26, 1)),
        Own(2, 8, 8, 1),
        "one linear layer",
        "between",
        "wrong",
    ),
    "no activation but the last": (
        chain(nn.Linear(2, 26), nn.Linear(26, 1), nn.Sigmoid()),
        Own(2, 8, 8, 1),
        "one linear layer",
        "between",
        "wrong",
    ),
    "no activation, softmax": (
        Own(2, 20, 2),
        chain(nn.Linear(2, 8), nn.Linear(8, 8), nn.Linear(8, 2), nn.Softmax(1)),
        "one linear layer",
        "between",
        "wrong",
    ),
    "no deeper": (Own(2, 26, 1), Own(2, 26, 1), "it is no deeper", "the deep one", "wrong"),
    "exchanged": (Own(2, 8, 8, 1), Own(2, 26, 1), "it is no deeper", "the deep one", "wrong"),
    "three outputs": (Own(2, 20, 3), Own(2, 8, 8, 1), "gives 3 numbers", "Two classes", "wrong"),
    "one input": (Own(1, 26, 1), Own(2, 8, 8, 1), "stopped with RuntimeError", "", "not usable"),
    "layers do not fit": (
        chain(nn.Linear(2, 26), nn.ReLU(), nn.Linear(25, 1)),
        Own(2, 8, 8, 1),
        "stopped with RuntimeError",
        "",
        "not usable",
    ),
    "class": (Own, Own(2, 8, 8, 1), "the class Own itself", "", "not usable"),
    "frozen": (wide().requires_grad_(False), deep(), "nothing to learn", "requires_grad", "wrong"),
    "no module": (lambda x: x, Own(2, 8, 8, 1), "has to be a network", "", "not usable"),
    "none": (None, Own(2, 8, 8, 1), "has to be a network", "", "not usable"),
    "number": (26, Own(2, 8, 8, 1), "has to be a network", "", "not usable"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_mistakes_about_the_networks(name: str) -> None:
    mlp, dnn, said, thought, state = NETWORKS[name]
    tells(checks.check_networks(mlp, dnn), said, thought, state)


# --- last layer and loss

ints, flat = torch.tensor(Y).long(), torch.tensor(Y, dtype=torch.float32)
HOT = torch.tensor(one_hot, dtype=torch.float32)


def bce_by_hand(model, x, y):
    p = model(x)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def stable_by_hand(model, x, y):
    z = model(x).squeeze(1)
    return F.softplus(torch.where(torch.as_tensor(y) > 0.5, -z, z)).mean()


LOSSES: dict[str, Any] = {
    "logits": ((wide(), deep()), sigmoid, logits_loss, YT),
    "module": ((wide(), deep()), sigmoid, lambda m, x, y: nn.BCEWithLogitsLoss()(m(x), y), YT),
    "ints turned": ((wide(), deep()), sigmoid, lambda m, x, y: logits_loss(m, x, y.float()[:, None]), ints),
    "squeezed": (
        (wide(), deep()),
        lambda m, x: m(x).sigmoid().detach().numpy(),
        lambda m, x, y: F.binary_cross_entropy_with_logits(m(x).squeeze(1), y),
        flat,
    ),
    "sigmoid": (ended(nn.Sigmoid()), lambda m, x: m(x), lambda m, x, y: nn.BCELoss()(m(x), y), YT),
    "by hand": (ended(nn.Sigmoid()), lambda m, x: m(x)[:, 0], bce_by_hand, YT),
    "softplus": ((wide(), deep()), sigmoid, stable_by_hand, Y),
    "two outputs": (
        (wide(outputs=2), deep(outputs=2)),
        lambda m, x: m(x).softmax(1)[:, 1],
        lambda m, x, y: F.cross_entropy(m(x), y),
        ints,
    ),
    "two outputs, one-hot": (
        (wide(outputs=2), deep(outputs=2)),
        lambda m, x: m(x).softmax(1)[:, 1],
        lambda m, x, y: F.cross_entropy(m(x), y),
        HOT,
    ),
    "log-softmax": (
        ended(nn.LogSoftmax(1), 2),
        lambda m, x: m(x).exp()[:, 1],
        lambda m, x, y: F.nll_loss(m(x), y),
        ints,
    ),
    "log-softmax and cross-entropy, which changes nothing": (
        ended(nn.LogSoftmax(1), 2),
        lambda m, x: m(x).exp()[:, 1],
        lambda m, x, y: F.cross_entropy(m(x), y),
        ints,
    ),
    "softmax, log by hand": (
        ended(nn.Softmax(1), 2),
        lambda m, x: m(x)[:, 1],
        lambda m, x, y: F.nll_loss(m(x).log(), y),
        ints,
    ),
    "no_grad and numpy labels": (
        (wide(), deep()),
        torch.no_grad()(sigmoid),
        lambda m, x, y: logits_loss(m, x, torch.tensor(y, dtype=torch.float32)[:, None]),
        Y > 0.5,
    ),
    "list of labels": (
        (wide(), deep()),
        sigmoid,
        lambda m, x, y: logits_loss(m, x, torch.tensor(y, dtype=torch.float32)[:, None]),
        [int(y) for y in Y],
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_right_losses(name: str) -> None:
    networks, probability, loss, y = LOSSES[name]
    for seed in range(2):
        verdict = checks.check_class_loss(loss, probability, *networks, XT, y, seed=seed)
        assert verdict.passed, verdict


def test_the_loss_is_scikit_learn_s() -> None:
    model = wide()
    with torch.no_grad():
        ours = logits_loss(model, *TRAIN).item()
        assert ours == pytest.approx(log_loss(TRAIN[1][:, 0].numpy(), sigmoid(model, TRAIN[0]).numpy()), rel=1e-5)


def p(model, x):
    return model(x)[:, 0]


PLAIN, SIGMOID, SOFTMAX = (wide(), deep()), ended(nn.Sigmoid()), ended(nn.Softmax(1), 2)
RELU, TANH, TWO = ended(nn.ReLU()), ended(nn.Tanh()), (wide(outputs=2), deep(outputs=2))


def bce(m, x, y):
    return F.binary_cross_entropy(m(x), y)


def ce(m, x, y):
    return F.cross_entropy(m(x), y)


MISFITS: dict[str, Any] = {
    "sigmoid twice": (SIGMOID, p, logits_loss, YT, "squeezed once more", "take logits", "wrong"),
    "sigmoid twice, said twice": (
        SIGMOID,
        sigmoid,
        logits_loss,
        YT,
        "can never be sure",
        "squeezed once more",
        "wrong",
    ),
    "no sigmoid at the end": (PLAIN, sigmoid, bce, YT, "takes probabilities", "Either the network", "wrong"),
    "logit as probability": (PLAIN, p, logits_loss, YT, "lies between 0 and 1", "logit", "wrong"),
    "relu last": (RELU, sigmoid, logits_loss, YT, "can't say no", "below 0", "wrong"),
    "tanh last": (TANH, sigmoid, logits_loss, YT, "can never be sure", "squeezed", "wrong"),
    "softmax twice": (SOFTMAX, lambda m, x: m(x)[:, 1], ce, ints, "squeezed once more", "take logits", "wrong"),
    "softmax twice, said twice": (
        SOFTMAX,
        lambda m, x: m(x).softmax(1)[:, 1],
        ce,
        ints,
        "can never be sure",
        "squeezed once more",
        "wrong",
    ),
    "softmax of one": (
        PLAIN,
        lambda m, x: m(x).softmax(1)[:, 0],
        logits_loss,
        YT,
        "is 1 for every",
        "one output",
        "wrong",
    ),
    "cross-entropy of one output": (PLAIN, sigmoid, ce, YT, "0 always", "How many outputs", "wrong"),
    "cross-entropy of one output, ints": (PLAIN, sigmoid, ce, ints, "one output", "two classes", "wrong"),
    "mse": (
        PLAIN,
        sigmoid,
        lambda m, x, y: F.mse_loss(torch.sigmoid(m(x)), y),
        YT,
        "squared distance",
        "dies",
        "wrong",
    ),
    "mse of logits": (PLAIN, sigmoid, lambda m, x, y: F.mse_loss(m(x), y), YT, "squared distance", "dies", "wrong"),
    "mse of two": (
        SOFTMAX,
        lambda m, x: m(x)[:, 1],
        lambda m, x, y: F.mse_loss(m(x), y),
        HOT,
        "squared",
        "dies",
        "wrong",
    ),
    "l1": (SIGMOID, p, lambda m, x, y: F.l1_loss(m(x), y), YT, "the distance from the label", "without limit", "wrong"),
    "sum": (
        PLAIN,
        sigmoid,
        lambda m, x, y: F.binary_cross_entropy_with_logits(m(x), y, reduction="sum"),
        YT,
        "times the mean",
        "*mean*",
        "wrong",
    ),
    "sign": (PLAIN, sigmoid, lambda m, x, y: -logits_loss(m, x, y), YT, "below 0", "never below 0", "wrong"),
    "nll of softmax": (
        SOFTMAX,
        lambda m, x: m(x)[:, 1],
        lambda m, x, y: F.nll_loss(m(x), y),
        ints,
        "below 0",
        "missing",
        "wrong",
    ),
    "nll of logits": (
        TWO,
        lambda m, x: m(x).softmax(1)[:, 1],
        lambda m, x, y: F.nll_loss(m(x), y),
        ints,
        "by the prob",
        "same way",
        "wrong",
    ),
    "other output": (TWO, lambda m, x: m(x).softmax(1)[:, 0], ce, ints, "one of the two takes", "label 1", "wrong"),
    "turned": (
        PLAIN,
        sigmoid,
        lambda m, x, y: logits_loss(m, x, 1 - y),
        YT,
        "one of the two takes",
        "label 1",
        "wrong",
    ),
    "pairs": (
        SIGMOID,
        p,
        lambda m, x, y: -(y * torch.log(m(x)) + (1 - y) * torch.log(1 - m(x))).mean(),
        flat,
        "pairs",
        "(n,) met (n, 1)",
        "wrong",
    ),
    "shape": (PLAIN, sigmoid, logits_loss, flat, "does not take them together", "shape", "wrong"),
    "shape of the output": (
        PLAIN,
        sigmoid,
        lambda m, x, y: F.binary_cross_entropy_with_logits(m(x)[:, 0], y),
        YT,
        "must be the same as input size (torch.Size([16]))",
        "shape",
        "wrong",
    ),
    "ints for bce": (PLAIN, sigmoid, logits_loss, ints[:, None], "", "", "wrong"),
    "ints for BCELoss": (SIGMOID, p, bce, ints[:, None], "wants another type", "whole numbers", "wrong"),
    "bool for BCELoss": (SIGMOID, p, bce, YT > 0.5, "wants another type", "whole numbers", "wrong"),
    "bool for BCEWithLogits": (PLAIN, sigmoid, logits_loss, YT > 0.5, "wants another type", "whole numbers", "wrong"),
    "floats for cross-entropy": (
        TWO,
        lambda m, x: m(x).softmax(1)[:, 1],
        ce,
        flat,
        "wants another type",
        "int64",
        "wrong",
    ),
    "column for cross-entropy": (TWO, lambda m, x: m(x).softmax(1)[:, 1], ce, ints[:, None], "labels are", "", "wrong"),
    "item": (PLAIN, sigmoid, lambda m, x, y: logits_loss(m, x, y).item(), YT, "forgotten", "stay a tensor", "wrong"),
    "detached": (
        PLAIN,
        sigmoid,
        lambda m, x, y: logits_loss(m, x, y).detach(),
        YT,
        "forgotten",
        "stay a tensor",
        "wrong",
    ),
    "no grad": (PLAIN, sigmoid, torch.no_grad()(logits_loss), YT, "forgotten", "stay a tensor", "wrong"),
    "none reduced": (
        PLAIN,
        sigmoid,
        lambda m, x, y: F.binary_cross_entropy_with_logits(m(x), y, reduction="none"),
        YT,
        "one number for the batch",
        "",
        "not usable",
    ),
    "half": (PLAIN, sigmoid, lambda m, x, y: logits_loss(m, x, y) / 2, YT, "by the probabilities", "same way", "wrong"),
    "squared": (PLAIN, sigmoid, lambda m, x, y: logits_loss(m, x, y) ** 2, YT, "by the probabilities", "", "wrong"),
    "classes said": (PLAIN, lambda m, x: (m(x) > 0).float(), logits_loss, YT, "", "", "wrong"),
    "two columns": (TWO, lambda m, x: m(x).softmax(1), ce, ints, "that of class 1", "", "not usable"),
    "optimistic": (
        PLAIN,
        lambda m, x: m(x).sigmoid() / 2,
        logits_loss,
        YT,
        "never says a probability above",
        "",
        "wrong",
    ),
    "always the MLP": (PLAIN, lambda m, x: torch.sigmoid(PLAIN[0](x)), logits_loss, YT, "", "", "wrong"),
    "names": (PLAIN, lambda x: x, logits_loss, YT, "but yours takes (x)", "", "not usable"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_mistakes_about_output_and_loss(name: str) -> None:
    networks, probability, loss, y, said, thought, state = MISFITS[name]
    tells(checks.check_class_loss(loss, probability, *networks, XT, y), said, thought, state)


# --- the training


def test_a_right_training(trained) -> None:
    losses, mlp, dnn, start = (trained[name] for name in ("losses", "mlp", "dnn", "start"))
    for some in (losses, [np.array(losses[0]), torch.tensor(losses[1])], {"MLP": losses[0], "DNN": losses[1]}):
        verdict = checks.check_class_training(some, mlp, dnn, sigmoid, start, wave, SQUARE)
        assert verdict.passed, verdict
    right = [accuracy_score(VALIDATION[1], sigmoid(m, VALIDATION[0]).detach() > 0.5) for m in (mlp, dnn)]
    for some in (right, tuple(right), np.array(right), torch.tensor(right), [torch.tensor(value) for value in right]):
        verdict = checks.check_accuracies(some, mlp, dnn, sigmoid, TRAIN, VALIDATION)
        assert verdict.passed, verdict


def spoiled(model):
    model = copy.deepcopy(model)
    with torch.no_grad():
        next(model.parameters()).fill_(torch.nan)
    return model


def turned(model):
    model = copy.deepcopy(model)
    with torch.no_grad():
        for p in model.layers[-1].parameters():
            p.neg_()
    return model


def constant(model):
    model = copy.deepcopy(model)
    with torch.no_grad():
        model.layers[-1].weight.zero_()
        model.layers[-1].bias.fill_(-0.3)
    return model


def test_mistakes_in_the_training(trained) -> None:
    losses, mlp, dnn, start = (trained[name] for name in ("losses", "mlp", "dnn", "start"))

    def judged(losses=losses, mlp=mlp, dnn=dnn, probability=sigmoid, region=wave):
        return checks.check_class_training(losses, mlp, dnn, probability, start, region, SQUARE)

    tells(judged(mlp=start[0], dnn=start[1]), "Not one weight of the two", "Who changes the weights")
    tells(judged(dnn=start[1]), "Not one weight of the DNN", "Whose are they")
    tells(judged(mlp=start[0]), "Not one weight of the MLP", "Whose are they")
    tells(judged(mlp=spoiled(mlp)), "NaN", "shorter")
    tells(judged(dnn=turned(dnn)), "wrong nearly everywhere", "uphill")
    tells(judged(mlp=constant(mlp)), "says 'false' wherever", "same for all points")
    tells(judged(region=lambda a, b: ~wave(a, b)), "wrong nearly everywhere", "turned round")
    few, dropping = deep(seed=3), nn.Sequential(dnn, nn.Dropout(0.4)).train()
    curve = train(few, epochs=2)
    verdict = judged(dnn=few, losses=(losses[0], curve))
    assert verdict.figure is not None
    tells(verdict, "still falling", "More epochs")
    tells(judged(dnn=few, losses=(losses[0], curve[::-1])), "did not fall", "wrong direction")
    tells(judged(dnn=few, losses=(losses[0], [0.7, 0.2, 0.4])), "was at 0.2 once", "slopes of earlier")
    tells(judged(dnn=few, losses=(losses[0], [0.7, 0.2, 0.01])), "knows those points", "samples")
    tells(judged(dnn=few, losses=(losses[0], [0.7, 0.5, 0.6, 0.3, 0.4])), "it jumps", "still in them")
    tells(judged(dnn=dropping), "answers differently", "mode")
    tells(judged(losses=losses[0]), "has to be a pair", state="not usable")
    tells(judged(losses=(1.0, 2.0)), "one number for each", state="not usable")
    tells(judged(losses=(losses[0], [float("nan")] * 3)), "holds nan", state="not usable")
    assert judged(losses=...).state == "not done yet"
    assert judged(losses=(losses[0], ...)).state == "not done yet"
    early = checks.check_class_training(losses, mlp, dnn, sigmoid, (..., ...), wave, SQUARE)
    assert early.state == "not done yet" and "`start` was kept before" in early.said


def test_a_step_along_the_slope_and_slopes_that_pile_up_are_seen(trained) -> None:
    uphill, piling = wide(seed=1), wide(seed=1)
    losses = train(uphill, epochs=3, optimizer=torch.optim.SGD(uphill.parameters(), lr=0.02, maximize=True)), [1, 1]
    verdict = checks.check_class_training(losses, uphill, trained["dnn"], sigmoid, trained["start"], wave, SQUARE)
    tells(verdict, "", "uphill" if "nearly everywhere" in verdict.said else "direction")
    optimizer = torch.optim.SGD(piling.parameters(), lr=0.3)
    optimizer.zero_grad = lambda: None  # type: ignore[method-assign]
    curve = train(piling, epochs=10, optimizer=optimizer)
    verdict = checks.check_class_training(
        (curve, [1, 1]), piling, trained["dnn"], sigmoid, trained["start"], wave, SQUARE
    )
    tells(verdict, "is right in", "slopes")


def test_mistakes_about_the_accuracy(trained) -> None:
    mlp, dnn = trained["mlp"], constant(trained["dnn"])
    x, y = VALIDATION
    says = [sigmoid(m, x).detach() > 0.5 for m in (mlp, dnn)]
    right = [(s == (y[:, 0] > 0.5)).double().mean().item() for s in says]
    on_training = [
        (((sigmoid(m, TRAIN[0]) > 0.5) == (TRAIN[1][:, 0] > 0.5)).double().mean().item()) for m in (mlp, dnn)
    ]
    pairs = [(s == (y > 0.5)).double().mean().item() for s in says]

    def judged(accuracies):
        return checks.check_accuracies(accuracies, mlp, dnn, sigmoid, TRAIN, VALIDATION)

    assert judged(right).passed and right[0] > 0.95 > right[1]
    tells(judged(right[::-1]), "DNN's accuracy first", "order")
    tells(judged([100 * a for a in right]), "per cent", "hundredths")
    tells(judged([1 - a for a in right]), "gets wrong", "grows")
    tells(judged([250 * a for a in right]), "how many", "divided by")
    tells(judged(pairs), "equal pairs", "(n, 1)")
    tells(judged(on_training), "on the training sample", "kept for judging")
    tells(judged([right[0], 0.3]), "names", "limit between")
    tells(judged(0.97), "pair", state="not usable")
    assert judged(...).state == judged((right[0], ...)).state == "not done yet"


# --- the whole


def test_what_is_no_answer_has_its_own_line() -> None:
    def stub(*given):
        raise NotImplementedError

    parts, networks = split(), (wide(), deep())
    for verdict in (
        checks.check_region(stub, SQUARE),
        checks.check_region(wave, ...),
        checks.check_region(..., SQUARE),
        checks.check_class_samples(..., ..., ..., ..., region=stub, square=...),
        checks.check_class_samples(*parts, region=stub, square=SQUARE),
        checks.check_larger_share(..., ..., ...),
        checks.check_networks(..., ...),
        checks.check_networks(networks[0], ...),
        checks.check_class_loss(stub, stub, ..., ..., ..., ...),
        checks.check_class_loss(stub, sigmoid, *networks, XT, YT),
        checks.check_class_loss(logits_loss, stub, *networks, XT, YT),
        checks.check_class_training(..., ..., ..., stub, (..., ...), stub, ...),
        checks.check_accuracies(..., ..., ..., stub, (..., ...), (..., ...)),
    ):
        assert verdict.state == "not done yet", verdict
    assert "is None" in checks.check_region(None, SQUARE).said
    assert "gave back None" in checks.check_class_loss(lambda m, x, y: None, sigmoid, *networks, XT, YT).said
    assert "ZeroDivisionError" in checks.check_class_loss(lambda m, x, y: 1 / 0, sigmoid, *networks, XT, YT).said
    assert "ZeroDivisionError" in checks.check_class_loss(logits_loss, lambda m, x: 1 / 0, *networks, XT, YT).said


REFERENCES = {
    "parabola": (lambda x1, x2: x1**2 > x2, (-2, 2)),
    "hyperbola": (lambda x1, x2: x1 > 1 / x2, (-3, 3)),
    "disc": (lambda x1, x2: x1**2 + x2**2 < 4, (-3, 3)),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_both_networks_learn_three_regions_from_any_start(name: str) -> None:
    region, square = REFERENCES[name]
    assert checks.check_region(region, square).passed
    x, y = drawn(region, square, seed=4)
    fresh = np.random.default_rng(9).uniform(*square, (10_000, 2))
    for make in (wide, deep):
        runs = nbkit.Ensemble(
            [make(seed) for seed in range(3)],
            (x[:750], y[:750]),
            loss="binary_cross_entropy",
            learning_rate=0.03,
            batch_size=50,
            seed=range(3),
        )
        runs.run(epochs=70)
        for number in range(3):
            with torch.no_grad():
                p = sigmoid(runs.model(number), torch.tensor(fresh, dtype=torch.float32))
            assert accuracy_score(region(*fresh.T), p > 0.5) >= 0.95


def test_a_wrong_edition_fails_its_check() -> None:
    region = "square = (-1, 1)\n\ndef region(x1, x2):\n    return x1 > 1 / x2"
    tells(run_edition(SOURCE, {"region": region}, until="check-region")["check-region"], "never depends on x1")
    found = run_edition(SOURCE, {"training": "losses = [[1.0, 0.9]] * 2"}, until="check-training")
    assert all(verdict.passed for name, verdict in found.items() if name != "check-training") and len(found) == 6
    tells(found["check-training"], "Not one weight of the two")


def test_questions_answer_the_usual_mistakes() -> None:
    some = questions("04")
    assert set(some) == {"04.two-neurons", "04.rare", "04.fits", "04.error"}
    error = some["04.error"]
    assert error.judge(math.sqrt(0.95 * 0.05 / 250)).right
    assert "square" not in error.judge(0.5).said and not error.judge(3.446).right
    assert "number" in error.judge(3.446).said


def test_two_tanh_neurons_make_a_band_and_three_enclose() -> None:
    seen, judged = nbkit.datasets.circle(samples=500).split(0.5)
    angles = np.linspace(0, 2 * np.pi, 200)
    ring = torch.tensor(4.2 * np.stack([np.cos(angles), np.sin(angles)], axis=1), dtype=torch.float32)
    for hidden, closed in ((2, False), (3, True)):
        model = nbkit.MLP(2, [hidden], activation="tanh")
        trainer = nbkit.Trainer(model, seen, judged, loss="binary_cross_entropy", learning_rate=0.03)
        trainer.run(steps=1000)
        with torch.no_grad():
            inside = (model(ring)[:, 0] > 0).numpy()
        assert (not inside.any()) is closed
        if not closed:  # two stretches of the ring are taken for the disc: the ends of the band
            assert np.count_nonzero(inside != np.roll(inside, 1)) == 4
