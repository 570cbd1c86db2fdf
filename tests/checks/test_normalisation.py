"""Exercise 7: every right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest
import torch
from sklearn.preprocessing import RobustScaler, StandardScaler
from torch import nn

import nbkit
from nbkit import checks
from nbkit.checks.normalisation.classifier import FEATURES, WINDOW
from tests.checks.editions import run_notebook, without_figures
from tests.checks.generic import each_has_its_own_line

# --- scales: right ways


def sklearn_scaled(train, other):
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(other)


def by_feature(train, other):
    train_new, other_new = np.empty_like(train), np.empty_like(other)
    for k in range(train.shape[1]):
        mean = sum(train[:, k]) / len(train)
        std = (sum((train[:, k] - mean) ** 2) / len(train)) ** 0.5
        train_new[:, k], other_new[:, k] = (train[:, k] - mean) / std, (other[:, k] - mean) / std
    return train_new, other_new


def of_tensors(train, other):
    mean, std = train.mean(dim=0, keepdim=True), train.std(dim=0, keepdim=True)  # torch's std has n − 1
    return [(train - mean) / std, (other - mean) / std]


def in_single_precision(train, other):
    train, other = train.astype(np.float32), other.astype(np.float32)
    return (train - train.mean(0)) / (train.std(0) + 1e-7), (other - train.mean(0)) / (train.std(0) + 1e-7)


def scaled(train, other):
    return (train - train.mean(0)) / train.std(0), (other - train.mean(0)) / train.std(0)


@pytest.mark.parametrize("normalise", [sklearn_scaled, by_feature, of_tensors, in_single_precision, scaled])
def test_right_ways_to_normalise(normalise) -> None:
    for seed in range(4):
        verdict = checks.check_normalise(normalise, seed=seed)
        assert verdict.passed, verdict


def sklearn_robust(train, other):
    scaler = RobustScaler(unit_variance=True).fit(train)
    return scaler.transform(train), scaler.transform(other)


def by_percentiles(train, other):
    low, middle, high = np.percentile(train, [25, 50, 75], axis=0)
    return (train - middle) / (high - low) * 1.349, (other - middle) / (high - low) * 1.349


def by_sorting(train, other):
    rows, n = np.sort(train, axis=0), len(train)
    width = (rows[3 * n // 4] - rows[n // 4]) / 1.35
    return (train - rows[n // 2]) / width, (other - rows[n // 2]) / width


def by_torch(train, other):
    median, width = train.median(0).values, (torch.quantile(train, 0.75, 0) - torch.quantile(train, 0.25, 0)) / 1.349
    return (train - median) / width, (other - median) / width


@pytest.mark.parametrize("robust", [sklearn_robust, by_percentiles, by_sorting, by_torch])
def test_right_ways_to_be_robust(robust) -> None:
    for seed in range(4):
        verdict = checks.check_robust(robust, seed=seed)
        assert verdict.passed, verdict


# --- scales: mistakes


def each_by(centre, width):
    """A function that takes both numbers from the training sample, by two functions of an array and an axis."""

    def normalise(train, other):
        c, w = centre(train), width(train)
        return (train - c) / w, (other - c) / w

    return normalise


def mean(a):
    return a.mean(axis=0)


def std(a):
    return a.std(axis=0)


def own(train, other):
    return (train - mean(train)) / std(train), (other - mean(other)) / std(other)


def joint_for_the_other(train, other):
    both = np.concatenate([train, other])
    return (train - mean(train)) / std(train), (other - mean(both)) / std(both)


def joint(train, other):
    both = np.concatenate([train, other])
    return (train - mean(both)) / std(both), (other - mean(both)) / std(both)


def by_rows(train, other):
    return tuple((a - a.mean(1, keepdims=True)) / (a.std(1, keepdims=True) + 1e-9) for a in (train, other))


def changing(train, other):
    train -= mean(train)
    return train / std(train), other


NORMALISED = {
    "no brackets": (lambda t, o: (t - mean(t) / std(t), o - mean(t) / std(t)), "came back with mean", "divides first"),
    "rows": (by_rows, "each *event*", "counts the events"),
    "one mean for all": (each_by(np.mean, np.std), "features together", "GeV and an angle"),
    "one width for all": (each_by(mean, np.std), "came back with", "all features together"),
    "variance": (each_by(mean, lambda a: a.var(axis=0)), "standard deviation", "in which unit"),
    "root of the width": (each_by(mean, lambda a: std(a) ** 0.5), "came back", "a root already"),
    "centred only": (each_by(mean, lambda a: 1), "came back with mean", "width of the feature become 1"),
    "scaled only": (each_by(lambda a: 0 * mean(a), std), "came back with mean", "taken off before"),
    "mirrored": (each_by(mean, lambda a: -std(a)), "", "became negative"),
    "min and max": (each_by(lambda a: a.min(axis=0), lambda a: np.ptp(a, axis=0)), "", "outermost events"),
    "range": (each_by(mean, lambda a: np.ptp(a, axis=0)), "", "a single event decides"),
    "multiplied": (lambda t, o: ((t - mean(t)) * std(t), (o - mean(t)) * std(t)), "", "made a wide feature wider"),
    "median": (each_by(lambda a: np.median(a, axis=0), std), "", "Here the mean"),
    "mean deviation": (each_by(mean, lambda a: np.abs(a - mean(a)).mean(axis=0)), "", "how far events"),
    "both samples": (joint, "training sample", "From which sample"),
    "of the other": (lambda t, o: own(o, t)[::-1], "", ""),
    "own numbers": (own, "by its own numbers", "one event arrives"),
    "both for the other": (joint_for_the_other, "both samples together", "numbers of the training sample alone"),
    "other as it is": (lambda t, o: (scaled(t, o)[0], o), "in the training sample it would be", "one shift"),
    "other centred only": (lambda t, o: (scaled(t, o)[0], o - mean(t)), "it would be", "one scale for both"),
    "other with its own width": (lambda t, o: (scaled(t, o)[0], (o - mean(t)) / std(o)), "it would be", "whichever"),
    "other first": (lambda t, o: scaled(t, o)[::-1], "other sample first", "order"),
    "one only": (lambda t, o: scaled(t, o)[0], "two arrays", ""),
    "ranks": (lambda t, o: (t.argsort(0).argsort(0) / len(t), o), "", "the same shift and the same scale"),
    "clipped": (lambda t, o: tuple(np.clip(a, -1, 1) for a in scaled(t, o)), "", "the same shift and the same scale"),
    "changed": (changing, "changes the array `train`", "new one"),
    "transposed": (lambda t, o: tuple(a.T for a in scaled(t, o)), "rows and columns are exchanged", ""),
}


@pytest.mark.parametrize("name", NORMALISED)
def test_mistakes_in_normalising(name: str) -> None:
    mistake, said, thought = NORMALISED[name]
    for seed in range(2):
        wrong(checks.check_normalise(mistake, seed=seed), said, thought)


def median(a):
    return np.median(a, axis=0)


def iqr(a):
    return np.quantile(a, 0.75, axis=0) - np.quantile(a, 0.25, axis=0)


def own_quartiles(train, other):
    return tuple((a - median(a)) / iqr(a) * 1.349 for a in (train, other))


ROBUST = {
    "moments": (each_by(mean, std), "you took off", "far-off event pulls"),
    "mean": (each_by(mean, lambda a: iqr(a) / 1.349), "you took off", "half of the events"),
    "standard deviation": (each_by(median, std), "divided by", "the few events far out"),
    "no factor": (each_by(median, iqr), "divided by", "1.35 times"),
    "factor upside down": (each_by(median, lambda a: iqr(a) * 1.349), "divided by", "between the quartiles"),
    "half": (each_by(median, lambda a: iqr(a) / 2), "divided by", "to the *other*"),
    "half and factor": (each_by(median, lambda a: iqr(a) / 2 / 1.349), "divided by", "to the *other*"),
    "negative": (each_by(median, lambda a: -iqr(a) / 1.349), "divided by", "other way round"),
    "median deviation": (
        each_by(median, lambda a: 1.4826 * np.median(np.abs(a - median(a)), axis=0)),
        "divided by",
        "robust as well",
    ),
    "percent": (
        each_by(median, lambda a: np.ptp(np.percentile(a, [0.25, 0.75], axis=0), axis=0) / 1.349),
        "divided by",
        "counts to 100",
    ),
    "percent, median too": (
        each_by(lambda a: np.percentile(a, 0.5, axis=0), lambda a: np.ptp(np.percentile(a, [0.25, 0.75], axis=0), axis=0)),
        "divided by",
        "counts to 100",
    ),
    "centred only": (each_by(median, lambda a: 1.0), "divided by", "And the scale?"),
    "all features": (each_by(median, lambda a: iqr(a.ravel()) / 1.349), "", "all features together"),
    "lower quartile": (each_by(lambda a: np.quantile(a, 0.25, axis=0), lambda a: iqr(a) / 1.349), "", "become negative"),
    "16 to 84": (
        each_by(median, lambda a: np.ptp(np.quantile(a, [0.16, 0.84], axis=0), axis=0) / 2),
        "",
        "a quarter and three quarters",
    ),
    "own": (own_quartiles, "by its own numbers", "one event arrives"),
    "logarithm": (lambda t, o: (np.arcsinh(t), np.arcsinh(o)), "no shift and scale", "the same shift"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROBUST)
def test_mistakes_in_the_robust_scale(name: str) -> None:
    mistake, said, thought = ROBUST[name]
    for seed in range(2):
        wrong(checks.check_robust(mistake, seed=seed), said, thought)


def wrong(verdict: checks.Verdict, said: str, thought: str) -> None:
    assert verdict.state in ("wrong", "not usable") and said in verdict.said, verdict
    assert not thought or thought in verdict.hint(2), verdict


def test_the_peak_of_the_second_file() -> None:
    second = checks.second_file()
    mass = second.x[:, 0] / 1000
    assert "GeV" not in repr(second) and second.x[:, 1].max() < 1000
    for right in (91.19, np.median(mass[second.y == 1]), torch.tensor(91.0), np.array([91])):
        assert checks.check_peak(right).passed
    for peak, said, thought in (
        (91190, "at 91190 GeV", "In which unit"),
        (0.09119, "at 0.09119", "changed twice"),
        (mass.mean(), "You found", "mean of all events"),
        (0.27, "You found", "a normalised number"),
        (10345, "You found", "a normalised number"),
        (70, "You found", "label 1"),
        (None, "is None", ""),
        (mass, "one number", ""),
        ("91 GeV", "has to be numbers", ""),
    ):
        wrong(checks.check_peak(peak), said, thought)
    assert checks.check_peak(...).state == "not done yet"


# --- what BatchNorm remembers


def by_the_layer(batches, momentum):
    layer = nn.BatchNorm1d(1, momentum=momentum).double()
    for batch in torch.as_tensor(batches):
        layer(batch[:, None])
    return layer.running_mean, layer.running_var


def by_hand(batches, momentum, ddof=1, mean=0.0, variance=1.0, way=lambda old, new, m: (1 - m) * old + m * new):
    for batch in batches:
        mean, variance = way(mean, batch.mean(), momentum), way(variance, batch.var(ddof=ddof), momentum)
    return mean, variance


@pytest.mark.parametrize(
    "remembered",
    [by_the_layer, by_hand, lambda b, m: np.array(by_hand(b, m)), lambda b, m: torch.tensor(by_hand(b, m))],
)
def test_right_memories(remembered) -> None:
    for seed in range(4):
        verdict = checks.check_remembered(remembered, seed=seed)
        assert verdict.passed, verdict


def corrected(batches, momentum):
    found, variance = by_hand(batches, momentum)
    return found / (1 - (1 - momentum) ** len(batches)), variance


MEMORIES = {
    "Keras": (
        lambda b, m: by_hand(b, m, way=lambda old, new, m: m * old + (1 - m) * new),
        "running mean is",
        "two conventions",
    ),
    "of all": (lambda b, m: (b.mean(), b.var()), "running mean", "keeps no batch"),
    "last": (lambda b, m: (b[-1].mean(), b[-1].var(ddof=1)), "running mean", "before?"),
    "from the first": (lambda b, m: by_hand(b[1:], m, mean=b[0].mean()), "running mean", "seen nothing"),
    "both from 1": (lambda b, m: by_hand(b, m, mean=1.0), "running mean", "begins at 0"),
    "one too few": (lambda b, m: by_hand(b[:-1], m), "running mean", "missing at the end"),
    "no forgetting": (lambda b, m: by_hand(b, m, way=lambda o, n, m: o + m * n), "running mean", "forgotten"),
    "corrected": (corrected, "running mean", "as Adam does"),
    "columns": (lambda b, m: by_hand(b.T, m), "running mean", "One row is one batch"),
    "sums": (
        lambda b, m: (by_hand(b, m)[0] * b.shape[1], by_hand(b, m)[1]),
        "running mean",
        "*mean* of a batch",
    ),
    "biased": (lambda b, m: by_hand(b, m, ddof=0), "running variance", "unbiased"),
    "variance from 0": (lambda b, m: by_hand(b, m, variance=0.0), "running variance", "could not be divided"),
    "width": (lambda b, m: (by_hand(b, m)[0], by_hand(b, m)[1] ** 0.5), "running variance", "In which unit"),
    "last variance": (lambda b, m: (by_hand(b, m)[0], b[-1].var(ddof=1)), "running variance", "Only the last"),
    "variance of all": (lambda b, m: (by_hand(b, m)[0], b.var()), "running variance", "keeps no batch"),
    "exchanged": (lambda b, m: by_hand(b, m)[::-1], "variance first", "order"),
    "mean only": (lambda b, m: by_hand(b, m)[0], "two numbers", ""),
    "all on the way": (lambda b, m: (b.mean(1), b.var(1)), "one number", ""),
    "does not move": (lambda b, m: (0.0, 1.0), "running mean is 0", "by hand for two"),
}


@pytest.mark.parametrize("name", MEMORIES)
def test_mistakes_in_the_memory(name: str) -> None:
    mistake, said, thought = MEMORIES[name]
    for seed in range(2):
        wrong(checks.check_remembered(mistake, seed=seed), said, thought)


# --- the training


def network(features, seed, hidden=16, last=()):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 1), *last)


bce = nn.functional.binary_cross_entropy_with_logits


def learn(
    x, y, learning_rate, steps, seed, *, make=network, loss=bce, optimizer=torch.optim.SGD, forget=True, after=False
):
    x, y = torch.tensor(np.asarray(x), dtype=torch.float32), torch.tensor(np.asarray(y), dtype=torch.float32)
    model = make(x.shape[1], seed)
    step, losses = optimizer(model.parameters(), lr=learning_rate), []
    for _ in range(steps):
        value = loss(model(x)[:, 0], y)
        if not after:
            losses.append(value.item())
        if forget:
            step.zero_grad()
        value.backward()
        step.step()
        if after:
            losses.append(loss(model(x)[:, 0], y).item())
    return model, losses


def with_the_trainer(x, y, learning_rate, steps, seed):
    model = nbkit.MLP(x.shape[1], [8, 8], 1, activation="tanh", seed=seed)
    trainer = nbkit.Trainer(
        model, (x, y), loss="binary_cross_entropy", optimizer="sgd", learning_rate=learning_rate, batch_size=None
    )
    trainer.run(steps=steps)
    return trainer.model, trainer.history.batch_losses


def without_optimizer(x, y, learning_rate, steps, seed):
    x, y = torch.tensor(x), torch.tensor(y, dtype=torch.float64)[:, None]
    model, losses = network(x.shape[1], seed, 8).double(), []
    for _ in range(steps):
        p = torch.sigmoid(model(x))
        loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
        slopes = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for weight, slope in zip(model.parameters(), slopes, strict=True):
                weight -= learning_rate * slope
        losses.append(loss)
    return model, losses


def with_batch_norm(features, seed):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(features, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1)
    )


def and_the_last(x, y, learning_rate, steps, seed):
    model, losses = learn(x, y, learning_rate, steps, seed)
    return model, [*losses, learn(x, y, learning_rate, steps + 1, seed)[1][-1]]


@pytest.mark.parametrize(
    "right",
    [
        learn,
        with_the_trainer,
        without_optimizer,
        and_the_last,
        lambda *given: learn(*given, make=with_batch_norm),
        lambda x, y, r, s, seed: learn(x, y, r, s, seed, make=lambda d, seed: nbkit.MLP(d, [16], 1, seed=seed)),
    ],
)
def test_right_trainings(right) -> None:
    for seed in range(2):
        verdict = checks.check_learn(right, seed=seed)
        assert verdict.passed, verdict


def changed(**how):
    return lambda *given: learn(*given, **how)


def with_seed_too_late(features, seed):
    model = nn.Sequential(nn.Linear(features, 16), nn.ReLU(), nn.Linear(16, 1))
    torch.manual_seed(seed)
    return model


def squared(out, y):
    return ((out - y) ** 2).mean()


def by_batches(x, y, learning_rate, steps, seed):
    model = learn(x, y, learning_rate, 0, seed)[0]
    return learn(x[:32], y[:32], learning_rate, steps, seed)[0], [
        bce(model(torch.tensor(x).float())[:, 0], torch.tensor(y).float()).item()
    ] * steps


def of_another(x, y, learning_rate, steps, seed):
    model = learn(x, y, learning_rate, 0, seed)[0]
    return model, learn(x, y, learning_rate, steps, seed + 1)[1][:0] + [
        bce(model(torch.tensor(x).float())[:, 0], torch.tensor(y).float()).item()
    ] * steps


def integers(x, y, learning_rate, steps, seed):
    model = network(x.shape[1], seed)
    bce(model(torch.tensor(x, dtype=torch.float32)), torch.tensor(y)).backward()
    return model, []


def column_against_row(x, y, learning_rate, steps, seed):
    model = network(x.shape[1], seed)
    loss = nn.MSELoss()(model(torch.tensor(x).float()), torch.tensor(y).float())
    return model, [loss.item()] * steps


LEARNED = {
    "no sigmoid in the loss": (changed(loss=lambda o, y: nn.functional.mse_loss(torch.sigmoid(o), y)), "begins with", "squared error"),
    "squared": (changed(loss=squared), "begins with", "squared error"),
    "(n, 1) against (n,)": (column_against_row, "begins with", "each with each"),
    "sum": (changed(loss=lambda o, y: bce(o, y, reduction="sum")), "begins with", "a mean"),
    "sigmoid twice": (changed(make=lambda d, s: network(d, s, last=[nn.Sigmoid()])), "logit", "done twice"),
    "sigmoid by hand": (changed(loss=lambda o, y: bce(torch.sigmoid(o), y)), "begins with", "twice"),
    "a probability": (
        changed(make=lambda d, s: network(d, s, last=[nn.Sigmoid()]), loss=nn.functional.binary_cross_entropy),
        "asked is the logit",
        "BCEWithLogitsLoss",
    ),
    "labels exchanged": (changed(loss=lambda o, y: bce(o, 1 - y)), "begins with", "opposite"),
    "a straight line": (
        changed(make=lambda d, s: nn.Sequential(torch.manual_seed(s) and nn.Linear(d, 16), nn.Linear(16, 1))),
        "straight line",
        "between two layers",
    ),
    "no seed": (changed(make=lambda d, s: network(d, torch.seed())), "started from other weights", "set"),
    "seed too late": (changed(make=with_seed_too_late), "other weights", "before the network"),
    "always seed 0": (changed(make=lambda d, s: network(d, 0)), "same weights", "not used"),
    "no zero_grad": (changed(forget=False), "times as far", "forgotten before"),
    "Adam": (changed(optimizer=torch.optim.Adam), "times as far", "as with Adam"),
    "momentum": (changed(optimizer=lambda w, lr: torch.optim.SGD(w, lr=lr, momentum=0.9)), "times as far", "momentum"),
    "rate ignored": (changed(optimizer=lambda w, lr: torch.optim.SGD(w, lr=0.01)), "nothing can move", "not used"),
    "uphill": (changed(optimizer=lambda w, lr: torch.optim.SGD(w, lr=lr, maximize=True)), "times as far", "with the slope"),
    "batches": (by_batches, "times as far", "whole sample"),
    "never steps": (of_another, "not one weight has moved", "know the weights"),
    "one step": (lambda x, y, r, s, seed: (learn(x, y, r, 1, seed)[0], learn(x, y, r, s, seed)[1]), "times as far", ""),
    "a step too many": (
        lambda x, y, r, s, seed: (learn(x, y, r, s + 1, seed)[0], learn(x, y, r, s, seed)[1]),
        "",
        "steps in place of 4",
    ),
    "after each step": (changed(after=True), "after each step", "before each step"),
    "last loss only": (lambda *g: (learn(*g)[0], learn(*g)[1][-1]), "the list has 1 loss.", "inside of the loop"),
    "mean so far": (
        lambda *g: (learn(*g)[0], np.cumsum(learn(*g)[1]) / np.arange(1, g[3] + 1)),
        "the list says",
        "loss.item()",
    ),
    "losses first": (lambda *g: learn(*g)[::-1], "losses first", "order"),
    "losses only": (lambda *g: learn(*g)[1], "two things", ""),
    "two logits": (
        lambda x, y, r, s, seed: (nn.Linear(2, 2), [0.7] * s), "one number for each", ""),
    "a class": (lambda *g: (nn.Linear, learn(*g)[1]), "with brackets", ""),
    "no network": (lambda *g: ("model", learn(*g)[1]), "has to be a network", ""),
    "integer labels": (integers, "stopped with", ""),
    "NaN": (lambda *g: (learn(*g)[0], [float("nan")] * g[3]), "holds nan", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LEARNED)
def test_mistakes_in_the_training(name: str) -> None:
    mistake, said, thought = LEARNED[name]
    wrong(checks.check_learn(mistake), said, thought)


# --- the comparison


def compare(x, y, learning_rate, steps, seed):
    return learn(x, y, learning_rate, steps, seed), learn(scaled(x, x)[0], y, learning_rate, steps, seed)


def by_name(x, y, learning_rate, steps, seed):
    raw, normalised = compare(x, y, learning_rate, steps, seed)
    return {"raw": raw, "normalised": normalised}


def twice(first=None, second=None):
    """The comparison with other inputs, or another rate or seed, in one of both runs."""

    def one(x, y, rate, steps, seed, change):
        inputs, more, plus = change or (lambda x, y: x, 1, 0)
        return learn(inputs(x, y), y, rate * more, steps, seed + plus)

    plain = (lambda x, y: x, 1, 0), (lambda x, y: scaled(x, x)[0], 1, 0)
    return lambda *given: (one(*given, first or plain[0]), one(*given, second or plain[1]))


def by_class(x, y):
    out = np.empty_like(x)
    for kind in (0, 1):
        out[y == kind] = scaled(x[y == kind], x[y == kind])[0]
    return out


def normal(x, y=None):
    return scaled(x, x)[0]


@pytest.mark.parametrize(
    "right",
    [
        compare,
        by_name,
        twice(second=(lambda x, y: by_percentiles(x, x)[0], 1, 0)),
        lambda *given: [with_the_trainer(*given), with_the_trainer(normal(given[0]), *given[1:])],
    ],
)
def test_right_comparisons(right) -> None:
    for seed in range(2):
        verdict = checks.check_compare(right, seed=seed)
        assert verdict.passed, verdict


def one_stream(x, y, learning_rate, steps, seed):
    torch.manual_seed(seed)

    def make(features, seed):
        return nn.Sequential(nn.Linear(features, 16), nn.ReLU(), nn.Linear(16, 1))

    return learn(x, y, learning_rate, steps, 0, make=make), learn(normal(x), y, learning_rate, steps, 0, make=make)


COMPARED = {
    "other seed": (twice(second=(normal, 1, 1)), "start from other weights", "One knob"),
    "seed set once": (one_stream, "start from other weights", "set anew for each"),
    "other rate": (twice(second=(normal, 10, 0)), "run on normalised inputs made steps", "One knob"),
    "small rate for raw": (
        twice(first=(lambda x, y: x, 1e-2, 0)),
        "run on raw inputs made steps that are far shorter",
        "One knob",
    ),
    "both raw": (twice(second=(lambda x, y: x, 1, 0)), "Both networks got the raw", "`normalise`"),
    "both normalised": (twice(first=(normal, 1, 0)), "as they are", "in GeV"),
    "exchanged": (lambda *given: compare(*given)[::-1], "normalised run first", "order"),
    "by class": (twice(second=(by_class, 1, 0)), "mean 0 each", "takes the label"),
    "centred only": (twice(second=(lambda x, y: x - mean(x), 1, 0)), "did not get what", "centred only"),
    "scaled only": (twice(second=(lambda x, y: x / std(x), 1, 0)), "did not get what", "scaled only"),
    "shuffled": (twice(second=(lambda x, y: normal(x)[::-1].copy(), 1, 0)), "did not get what", "same order"),
    "one run": (lambda *given: compare(*given)[0], "one result", ""),
    "losses only": (lambda *given: [run[1] for run in compare(*given)], "two things", ""),
    "more steps for raw": (
        lambda x, y, r, s, seed: (learn(x, y, r, 10 * s, seed), learn(normal(x), y, r, s, seed)),
        "the list has 10 losses",
        "",
    ),
}


@pytest.mark.parametrize("name", COMPARED)
def test_mistakes_in_the_comparison(name: str) -> None:
    mistake, said, thought = COMPARED[name]
    wrong(checks.check_compare(mistake), said, thought)


# --- the classifier


@pytest.fixture(scope="module")
def trained():
    """A network of normalised events, with the mean and the width of its training sample."""
    sample = nbkit.datasets.dilepton(samples=1000, window=WINDOW, features=FEATURES)
    model, _ = learn(normal(sample.x), sample.y, 1.0, 300, 0)
    return model, mean(sample.x), std(sample.x)


def logits(model, x):
    with torch.no_grad():
        return model(torch.tensor(np.asarray(x), dtype=torch.float32))[:, 0].numpy()


@pytest.mark.parametrize("seed", [0, 1])
def test_right_classifiers(trained, seed: int) -> None:
    model, centre, width = trained

    def classify(x):
        return logits(model, (x - centre) / width) > 0

    def column(x):
        return 1.0 * classify(x)[:, None]

    def one_by_one(x):
        out = model(torch.tensor((x - centre) / width).float())
        return [int(value > 0) for value in out]

    def by_cuts(x):
        return (np.abs(x[:, 0] - 91.2) < 4.5).astype(int)  # no network, and as good

    for right in (classify, column, one_by_one, by_cuts):
        verdict = checks.check_classify(right, seed=seed)
        assert verdict.passed, verdict


def test_mistakes_of_classifiers(trained) -> None:
    model, centre, width = trained
    seen = nbkit.datasets.dilepton(samples=4000, window=WINDOW, features=FEATURES, seed=7)
    for mistake, said, thought in (
        (lambda x: logits(model, (x - mean(x)) / (std(x) + 1e-9)) > 0, "alone", "one event arrives"),
        (lambda x: logits(model, (x - (mean(x) if len(x) > 1 else centre)) / width) > 0, "by themselves", "company"),
        (lambda x: logits(model, x) > 0, "asked are 0.78", "gets GeV here"),
        (lambda x: logits(model, (x - centre) / width) < 0, "asked are 0.78", "which class is 1"),
        (lambda x: np.ones(len(x)), "You say 1 to every event", "never learned"),
        (lambda x: (x[:, 2] > 0).astype(int), "A coin does as well", "never learned"),
        (lambda x: x[:, 0] > 85, "asked are 0.78", "cut at 0"),
        (lambda x: logits(model, (x - centre) / width), "asked is 0 or 1", "a decision"),
        (lambda x: 1 / (1 + np.exp(-logits(model, (x - centre) / width))), "asked is 0 or 1", "Where is the cut"),
        (lambda x: seen.y, "gave back an array of shape (4000,)", ""),
        (lambda x: float(logits(model, (x - centre) / width).mean() > 0), "shape ()", ""),
    ):
        wrong(checks.check_classify(mistake), said, thought)


# --- what is no answer, and what no hint may hold

ALL = [checks.check_normalise, checks.check_robust, checks.check_remembered, checks.check_learn, checks.check_compare]


@pytest.mark.parametrize("check", [*ALL, checks.check_classify])
def test_what_is_no_answer_has_its_own_line(check) -> None:
    each_has_its_own_line(check)
    assert "has to be a function" in check(np.zeros(3)).said


def test_nan_is_told_from_a_wrong_number() -> None:
    assert "holds nan" in checks.check_normalise(lambda t, o: (t * np.nan, o)).said
    assert "holds nan" in checks.check_remembered(lambda b, m: (np.nan, 1.0)).said


def test_no_hint_holds_the_answer() -> None:
    tables = ((NORMALISED, ALL[0]), (ROBUST, ALL[1]), (MEMORIES, ALL[2]), (LEARNED, ALL[3]), (COMPARED, ALL[4]))
    for table, check in tables:
        for mistake, *_ in table.values():
            for hint in check(mistake).hints:
                for answer in (
                    "(train - ",
                    "train.mean(",
                    "1 - momentum)",
                    "manual_seed",
                    "nn.Sequential",
                    "normalise(x",
                ):
                    assert answer not in hint


# --- wrong editions of the notebook

SOURCE = pathlib.Path(__file__).parents[2] / "exercises" / "solutions" / "07_normalisation.ipynb"

NORMALISE = """
def normalise(train, other):
    return {}, {}
"""
LEARN = """
def learn(x, y, learning_rate, steps, seed):
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype={dtype})
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(x.shape[1], 16), nn.ReLU(), nn.Linear(16, 1){last})
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=learning_rate), []
    for _ in range(steps):
        loss = nn.functional.{loss}(model(x)[:, 0], y)
        losses.append(loss.item())
        {forget}
        loss.backward()
        optimizer.step()
    return model, losses
"""
PLAIN = {
    "dtype": "torch.float32",
    "last": "",
    "loss": "binary_cross_entropy_with_logits",
    "forget": "optimizer.zero_grad()",
}
COMPARE = """
def compare(x, y, learning_rate, steps, seed):
    return learn(x, y, learning_rate, steps, seed), learn({x}, y, {rate}, steps, {seed})
"""
BY_CLASS = "np.where(y[:, None] == 1, normalise(x[y == 1], x)[1], normalise(x[y == 0], x)[1])"
EDITIONS = [
    {
        "normalise": (NORMALISE.format("train - train.mean(0) / train.std(0)", "other"), "came back with mean"),
        "peak": ("peak = np.median(second.x[second.y == 1, 0])", "You found the Z at 9"),
        "remembered": ("def remembered(b, m):\n    return b.mean(), b.var()", "running mean is"),
        "learn": (LEARN.format(**{**PLAIN, "last": ", nn.Sigmoid()"}), "between 0 and 1 already"),
    },
    {
        "normalise": (
            NORMALISE.format(*[f"({n} - {n}.mean(0)) / {n}.std(0)" for n in ("train", "other")]),
            "by its own numbers",
        ),
        "robust": ("def robust(train, other):\n    return normalise(train, other)", "with far-off events"),
        "learn": (LEARN.format(**{**PLAIN, "loss": "mse_loss"}), "your list begins with"),
    },
    {
        "peak": ("peak = second.x[:, 0].mean() / 1000", "You found the Z at 88"),
        "learn": (LEARN.format(**{**PLAIN, "forget": "pass"}), "times as far"),
    },
    {"learn": (LEARN.format(**{**PLAIN, "dtype": "torch.int64"}), "stopped with RuntimeError")},
    {
        "compare": (
            COMPARE.format(x="normalise(x, x)[0]", rate="10 * learning_rate", seed="seed"),
            "steps of a learning",
        )
    },
    {"compare": (COMPARE.format(x="normalise(x, x)[0]", rate="learning_rate", seed="seed + 1"), "other weights")},
    {"compare": (COMPARE.format(x=BY_CLASS, rate="learning_rate", seed="seed"), "mean 0 each")},
]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: "+".join(edition))
def test_a_wrong_edition_fails_where_it_is_wrong(edition) -> None:
    last = "check-compare" if "compare" in edition else "check-learn"
    answers = {name: source for name, (source, _) in edition.items()}
    for name, verdict in run_notebook(without_figures(SOURCE), SOURCE.parent, answers, until=last).items():
        _, said = edition.get(name.removeprefix("check-"), ("", None))
        assert verdict.passed if said is None else said in verdict.said and not verdict.passed, verdict
