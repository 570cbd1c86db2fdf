"""Exercise 6: every right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import copy
import pathlib

import numpy as np
import pytest
import torch
from torch import nn

import nbkit
from nbkit import checks
from tests.checks.editions import run_notebook, without_figures
from tests.checks.generic import each_has_its_own_line

mse = nn.functional.mse_loss


def fit(
    model, train, validation, epochs, penalty=0.0, patience=None, *,
    optimizer=None, loss=mse, step=None, forget=True, evaluate=True, after_eval=True, by_hand=None, in_curve=0.0,
    strict=False, copied=True, restore=True, watch="validation", wait=None, keep_without=False, kept_curve=mse,
):  # fmt: skip
    """A right `fit`; each keyword makes one mistake, or writes a thing in another right way."""
    make = optimizer or (lambda weights: torch.optim.Adam(weights, lr=0.01, weight_decay=0.0 if by_hand else penalty))
    adam = make(model.parameters())
    curves, best, stays = [], 0, None
    for epoch in range(epochs + 1):
        if epoch > 0:
            if after_eval:
                model.train()
            value = (step or (lambda m, t, v: loss(m(t[0]), t[1])))(model, train, validation)
            if by_hand:
                value = value + by_hand(model, penalty)
            if forget:
                adam.zero_grad()
            value.backward()
            adam.step()
        if evaluate:
            model.eval()
        with torch.no_grad():
            more = in_curve * penalty * sum(float((w**2).sum()) for w in model.parameters())
            curves.append([float(kept_curve(model(x), y)) + more for x, y in (train, validation)])
        if patience is not None or keep_without:
            at = {"validation": 1, "training": 0}[watch]
            seen = [pair[at] for pair in curves]
            if epoch == 0 or seen[-1] < seen[best]:
                best, stays = epoch, copy.deepcopy(model.state_dict()) if copied else model.state_dict()
            elif epoch - best >= (wait or patience or epochs) + strict:
                break
    if stays is not None and restore:
        model.load_state_dict(stays)
    return model, *(list(curve) for curve in zip(*curves, strict=True))


def changed(**how):
    return lambda model, train, validation, epochs, penalty=0.0, patience=None: fit(
        model, train, validation, epochs, penalty, patience, **how
    )


def squares(model, penalty):
    return penalty / 2 * sum((w**2).sum() for w in model.parameters())


def squares_without_biases(model, penalty):
    return penalty / 2 * sum((w**2).sum() for w in model.parameters() if w.ndim > 1)


FIT_CHECKS = [checks.check_curves, checks.check_penalty, checks.check_early_stopping]


@pytest.mark.parametrize(
    "right",
    [
        fit,
        changed(strict=True),
        changed(by_hand=squares),
        changed(by_hand=squares_without_biases),
        changed(step=lambda m, t, v: ((m(t[0])[:, 0] - t[1][:, 0]) ** 2).mean()),
        lambda *given: [part if k == 0 else torch.tensor(part) for k, part in enumerate(fit(*given))],
    ],
)
def test_right_trainings(right) -> None:
    for check in FIT_CHECKS:
        verdict = check(right)
        assert verdict.passed, verdict


def test_a_sum_over_the_points_is_the_same_to_adam() -> None:
    assert checks.check_curves(changed(step=lambda m, t, v: ((m(t[0]) - t[1]) ** 2).sum())).passed


def then(change):
    """A right `fit`, whose three things are changed when they are given back."""
    return lambda *given: change(*fit(*given))


def alternating(model, train, validation):
    return mse(model(torch.cat([train[0], validation[0]])), torch.cat([train[1], validation[1]]))


def stale(*given):
    model, losses, validation = fit(*given)
    return model, [losses[0], *losses[:-1]], [validation[0], *validation[:-1]]


def frozen(model, *given):
    fit(copy.deepcopy(model), *given)
    return model, *fit(copy.deepcopy(model), *given)[1:]


def fresh_model(model, *given):
    return fit(nn.Sequential(nn.Linear(1, 5), nn.Tanh(), nn.Linear(5, 1)), *given)


CURVES = {
    "validation too": (changed(step=alternating), "other weights", "can't be judged"),
    "on the validation sample": (changed(step=lambda m, t, v: mse(m(v[0]), v[1])), "trained on the validation", "learn"),
    "no zero_grad": (changed(forget=False), "other weights", "epochs before"),
    "SGD": (changed(optimizer=lambda w: torch.optim.SGD(w, lr=0.01)), "other weights", "plain SGD"),
    "another rate": (changed(optimizer=lambda w: torch.optim.Adam(w, lr=0.1)), "other weights", "lr=0.01"),
    "batches": (changed(step=lambda m, t, v: mse(m(t[0][:10]), t[1][:10])), "other weights", "all of `train`"),
    "(n, 1) against (n,)": (
        changed(step=lambda m, t, v: ((m(t[0]) - t[1][:, 0]) ** 2).mean()), "other weights", ""),
    "never steps": (frozen, "not one weight has moved", "optimiser know"),
    "one epoch too few": (lambda m, t, v, e, *more: fit(m, t, v, e - 1, *more), "made 5 steps", "One step an epoch"),
    "another network": (fresh_model, "not the one", "handed to it"),
    "without the start": (then(lambda m, a, b: (m, a[1:], b[1:])), "6 losses", "start is missing"),
    "without the end": (then(lambda m, a, b: (m, a[:-1], b[:-1])), "6 losses", "last step"),
    "a step behind": (stale, "losses go", "a step behind"),
    "roots": (changed(kept_curve=lambda o, y: mse(o, y).sqrt()), "losses go", "its root"),
    "sums": (changed(kept_curve=lambda o, y: mse(o, y, reduction="sum")), "losses go", "sum over"),
    "all pairs": (changed(kept_curve=lambda o, y: ((o - y[:, 0]) ** 2).mean()), "losses go", "each with each"),
    "absolute": (changed(kept_curve=nn.functional.l1_loss), "losses go", "mean squared error"),
    "curves exchanged": (then(lambda m, a, b: (m, b, a)), "losses go", "other sample"),
    "training twice": (then(lambda m, a, b: (m, a, a)), "validation losses go", "other sample"),
    "dropout while measured": (changed(evaluate=False), "With dropout in the network your curves", "two different"),
    "dropout never": (changed(after_eval=False), "left no neuron out", "mode"),
    "curves only": (then(lambda m, a, b: (a, b)), "three things", ""),
    "network last": (then(lambda m, a, b: (a, b, m)), "does not come first", "order"),
    "lists of two lengths": (then(lambda m, a, b: (m, a, b[1:])), "training losses and", "same moments"),
    "always stops early": (
        lambda m, t, v, e, p, n: fit(m, t, v, e, p, 1), "", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CURVES)
def test_mistakes_in_the_curves(name: str) -> None:
    mistake, said, thought = CURVES[name]
    wrong(checks.check_curves(mistake), said, thought)


def wrong(verdict: checks.Verdict, said: str, thought: str) -> None:
    assert verdict.state in ("wrong", "not usable") and said in verdict.said, verdict
    assert not thought or thought in verdict.hint(2), verdict


def absolute(model, penalty):
    return penalty * sum(w.abs().sum() for w in model.parameters())


def adamw(model, train, validation, epochs, penalty=0.0, patience=None):
    make = lambda w: torch.optim.AdamW(w, lr=0.01, weight_decay=penalty)  # noqa: E731
    return fit(model, train, validation, epochs, 0.0, patience, optimizer=make)


PENALTIES = {
    "ignored": (lambda m, t, v, e, p, n: fit(m, t, v, e, 0.0, n), "without any penalty", "not used"),
    "rewarded": (changed(by_hand=lambda m, p: -squares(m, p)), "length of all weights", "other sign"),
    "no half": (changed(by_hand=lambda m, p: 2 * squares(m, p)), "length of all weights", "twice as strong"),
    "half of the half": (changed(by_hand=lambda m, p: squares(m, p) / 2), "length", "half as strong"),
    "AdamW": (adamw, "length of all weights", "*in* the loss"),
    "absolute": (changed(by_hand=absolute), "length of all weights", "L1"),
    "length": (
        changed(by_hand=lambda m, p: p * sum(w.norm() for w in m.parameters())), "length", "sum of their squares"),
    "first layer only": (
        changed(by_hand=lambda m, p: p / 2 * (next(m.parameters()) ** 2).sum()), "length", "every step"),
    "in the curve": (changed(in_curve=0.5), "your list says", "like with like"),
    "in the curve, no half": (changed(in_curve=1.0), "your list says", "like with like"),
}  # fmt: skip


@pytest.mark.parametrize("name", PENALTIES)
def test_mistakes_in_the_penalty(name: str) -> None:
    mistake, said, thought = PENALTIES[name]
    wrong(checks.check_penalty(mistake), said, thought)


def first_rise(model, train, validation, epochs, penalty=0.0, patience=None):
    return fit(model, train, validation, epochs, penalty, patience, wait=None if patience is None else 1)


def by_rule(rule):
    """`fit` that stops by `rule(validation losses so far, patience)`, and restores the best."""

    def stopping(model, train, validation, epochs, penalty=0.0, patience=None):
        if patience is None:
            return fit(model, train, validation, epochs, penalty)
        adam = torch.optim.Adam(model.parameters(), lr=0.01)
        curves, kept = [], []
        for epoch in range(epochs + 1):
            if epoch:
                adam.zero_grad()
                mse(model(train[0]), train[1]).backward()
                adam.step()
            curves.append([float(mse(model(x), y)) for x, y in (train, validation)])
            kept.append(copy.deepcopy(model.state_dict()))
            if rule([pair[1] for pair in curves], patience):
                break
        model.load_state_dict(kept[int(np.argmin([pair[1] for pair in curves]))])
        return model, *zip(*curves, strict=True)

    return stopping


def not_reset(seen, patience):
    return sum(seen[k] >= min(seen[:k]) for k in range(1, len(seen))) >= patience


def previous(seen, patience):
    return len(seen) > patience and all(seen[-k] >= seen[-k - 1] for k in range(1, patience + 1))


STOPS = {
    "not restored": (changed(restore=False), "the network that came back", "epochs *after* the best"),
    "not copied": (changed(copied=False), "the network that came back", "was it a copy"),
    "never stops": (lambda m, t, v, e, p, n: fit(m, t, v, e, p), "has to stop after epoch 11", "last epoch"),
    "watches the training": (changed(watch="training"), "has to stop", "validation loss that is watched"),
    "first rise": (first_rise, "it stopped after epoch 3", "What is patience for"),
    "patience 2": (changed(wait=2), "it stopped", ""),
    "count never begins anew": (by_rule(not_reset), "it stopped after epoch 6", "begins the count anew"),
    "compared with the one before": (by_rule(previous), "it stopped", ""),
    "after patience epochs": (by_rule(lambda seen, n: len(seen) > n), "it stopped after epoch 3", ""),
    "best without patience": (changed(keep_without=True), "With patience None the network", "no early stopping"),
    "stops without patience": (
        lambda m, t, v, e, p, n: fit(m, t, v, e, p, n or 4), "With patience None it stopped", "nothing is stopped"),
    "the start comes back": (
        lambda m, t, v, e, p, n: (m if n is None else copy.deepcopy(m), *fit(m, t, v, e, p, n)[1:]), "", "weights of the start"),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_mistakes_in_early_stopping(name: str) -> None:
    mistake, said, thought = STOPS[name]
    wrong(checks.check_early_stopping(mistake), said, thought)


def test_the_picture_of_where_it_stops() -> None:
    figure = checks.check_early_stopping(by_rule(not_reset)).figure
    assert figure is not None
    expected, got = (np.asarray(line.get_ydata(), float) for line in figure.axes[0].lines)
    assert np.isfinite(expected).sum() == 12 and np.isfinite(got).sum() == 7


# --- runs


def draw(samples, seed):
    data = nbkit.datasets.curve(samples=samples, noise=0.3, seed=seed)
    return torch.tensor(data.x, dtype=torch.float32), torch.tensor(data.y, dtype=torch.float32)


TRAIN, VALIDATION, TEST, MORE = draw(30, 0), draw(100, 1), draw(1000, 2), draw(150, 3)
SAMPLES = TRAIN, VALIDATION, TEST


def network(seed, hidden=64, dropout=0.0):
    torch.manual_seed(seed)
    between = [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(
        nn.Linear(1, hidden), nn.Tanh(), *between, nn.Linear(hidden, hidden), nn.Tanh(), *between, nn.Linear(hidden, 1)
    )


def runs(epochs=450, train=TRAIN, seeds=(0, 1, 2), make=network, validation=VALIDATION, how=fit, **more):
    return [how(make(seed), train, validation, epochs, **more) for seed in seeds]


@pytest.fixture(scope="module")
def nothing():
    return runs()


@pytest.fixture(scope="module")
def cures():
    return {
        "early stopping": runs(patience=30),
        "penalty": runs(penalty=0.01),
        "more data": runs(200, train=draw(150, 3)),
    }


def test_right_runs(nothing, cures) -> None:
    for seed in range(2):
        assert checks.check_overfit(nothing, TRAIN, VALIDATION, seed=seed).passed
        verdict = checks.check_cures(cures, MORE, nothing, *SAMPLES, seed=seed)
        assert verdict.passed, verdict
    assert checks.check_overfit(tuple(nothing), TRAIN, VALIDATION).passed
    longer = {**cures, "dropout": [], "more data": [*cures["more data"], *runs(200, draw(150, 3), (3,))]}
    assert checks.check_cures(longer, MORE, nothing, *SAMPLES).passed


def test_what_is_no_overfit(nothing) -> None:
    early = [(run[0], run[1][:60], run[2][:60]) for run in nothing]
    for mistake, said, thought in (
        (runs(40), "a gap of", "for 30 points, and 40 epochs"),
        (runs(100, make=lambda seed: network(seed, 3)), "a gap of", "22 weights"),
        (runs(60, train=draw(300, 3)), "that is not its training loss", "other points"),
        (nothing[:2], "has 2 runs", "anecdote"),
        (nothing[0], "is one run", ""),
        ([nothing[0]] * 3, "begin with the same loss", "seed enter"),
        (runs(3, seeds=(0, 0, 1)), "begin with the same loss", "new network"),
        (early, "stands nowhere in its curve", "network of its own"),
        ([run[1:] for run in nothing], "has to be three things", ""),
        ({"a": 1}, "list of runs", ""),
        ([None] * 3, "list of runs", ""),
        (None, "list of runs", ""),
    ):
        wrong(checks.check_overfit(mistake, TRAIN, VALIDATION), said, thought)


def one_network_for_all(epochs=60):
    model = network(0)
    return [fit(model, TRAIN, VALIDATION, epochs) for _ in range(3)]


def test_one_network_for_all_runs() -> None:
    wrong(checks.check_overfit(one_network_for_all(), TRAIN, VALIDATION), "nowhere in its curve", "network of its own")


def with_the_other(one, other):
    return tuple(torch.cat(pair) for pair in zip(one, other, strict=True))


def test_mistakes_in_the_cures(nothing, cures) -> None:
    def first(*given, **more):
        return runs(*given, seeds=(0,), **more)

    m, a, b = cures["penalty"][0]
    for name, mistake, said, thought in (
        ("early stopping", first(patience=30, how=changed(restore=False)), "the lowest on the way was", "put back"),
        ("early stopping", nothing, "nothing was stopped", "patience reach"),
        ("early stopping", first(patience=5), "both are bad", "on a plain"),
        ("early stopping", runs(5, patience=3, seeds=(3,)), "before any cure acts", "same seeds"),
        ("early stopping", cures["early stopping"][::-1], "before any cure acts", "same order"),
        ("early stopping", first(20, validation=draw(100, 5), patience=5), "before any cure acts", "same validation"),
        ("penalty", nothing, "weights have a length", "reach `fit`"),
        ("penalty", first(100, penalty=0.3), "both are bad", "underfits"),
        ("penalty", first(penalty=0.0005), "a gap of", "too weak"),
        ("penalty", first(20, make=lambda seed: network(seed, 8)), "before any cure acts", "same network"),
        ("penalty", [(m, [v + 0.01 for v in a], b)], "before the first epoch", "penalty in the curve"),
        ("penalty", [(m, [a[0], *(v + 0.05 for v in a[1:])], b)], "the curve says", "like with like"),
        ("penalty", first(20, train=draw(30, 8), penalty=0.01), "another than without", "Same network, same points"),
        ("more data", nothing, "these are the same points", "reach `fit`"),
        ("more data", first(20, train=draw(150, 8)), "on `more`, and its training loss", "other points"),
        ("more data", first(5, train=draw(150, 3)), "both are bad", "its epochs"),
    ):
        changed_first = [*mistake, *cures[name][1:]][:3]
        wrong(checks.check_cures({**cures, name: changed_first}, MORE, nothing, *SAMPLES), said, thought)
    for more, said, thought in (
        (with_the_other(TRAIN, VALIDATION), "100 of the 130 points", "Draw new"),
        (with_the_other(TEST, TRAIN), "from the test sample", "can't be judged"),
        (draw(40, 9), "`more` has 40 points", "by luck"),
        (TRAIN, "`more` has 30 points", "three times"),
        (150, "a pair", ""),
        (None, "a pair", ""),
    ):
        wrong(checks.check_cures(cures, more, nothing, *SAMPLES), said, thought)
    assert "has 1 run" in checks.check_cures({**cures, "penalty": nothing[:1]}, MORE, nothing, *SAMPLES).said
    verdict = checks.check_cures({**cures, "more data": None}, MORE, nothing, *SAMPLES)
    assert "list of runs" in verdict.said
    verdict = checks.check_cures({**cures, "more data": nothing}, MORE, nothing, *SAMPLES)
    assert verdict.held == "early stopping, penalty."
    assert "no 'penalty' and no 'more data'" in checks.check_cures({"early stopping": []}, MORE, nothing, *SAMPLES).said
    assert "has to be a dict" in checks.check_cures([cures], MORE, nothing, *SAMPLES).said


def errors_of(run, sample=TEST):
    with torch.no_grad():
        return ((run[0].eval()(sample[0]) - sample[1]) ** 2).numpy()[:, 0]


@pytest.fixture(scope="module")
def best(cures):
    return min((run for runs in cures.values() for run in runs), key=lambda run: errors_of(run, VALIDATION).mean())


def test_the_last_word(cures, nothing, best) -> None:
    squares, n = errors_of(best), 1000
    loss, error = squares.mean(), squares.std() / n**0.5
    given = cures, VALIDATION, TEST
    assert checks.check_final(best, loss, error, *given).passed
    assert checks.check_final(list(best), torch.tensor(loss), squares.std(ddof=1) / n**0.5, *given).passed
    every = [run for runs in cures.values() for run in runs]
    lucky = min(every, key=lambda run: errors_of(run).mean())
    learned = min(every, key=lambda run: run[1][-1])
    residuals = (best[0](TEST[0]) - TEST[1]).detach().numpy()
    all_pairs = np.mean((best[0](TEST[0]).detach().numpy() - TEST[1].numpy().T) ** 2)
    for run, value, its_error, said, thought in (
        (nothing[0], loss, error, "none of the runs", "as it is"),
        (learned, loss, error, "another run in `cures`", "*training* loss"),
        (cures["penalty"][0], loss, error, "another run", "all cured runs"),
        (best, errors_of(best, VALIDATION).mean(), error, "You give a test loss", "validation loss"),
        (best, loss**0.5, error, "You give a test loss", "root"),
        (best, squares.sum(), error, "You give a test loss", "sum"),
        (best, all_pairs, error, "You give a test loss", "compared with each"),
        (best, 0.5, error, "You give a test loss", "evaluation mode"),
        (best, loss, squares.std(), "an error of", "*one* squared error"),
        (best, loss, squares.std() / n, "an error of", "not as fast"),
        (best, loss, squares.var() / n, "an error of", "variance of the mean"),
        (best, loss, loss / n**0.5, "an error of", "spread of the squared"),
        (best, loss, residuals.std() / n**0.5, "an error of", "*residual*"),
        (best, loss, squares.std() / 10, "an error of", "test sample"),
        (best, loss, 0.0, "an error of", "mean of n numbers"),
        (best, None, error, "is None", ""),
        (best, loss, squares, "one number", ""),
        (best[0], loss, error, "three things", ""),
        ("more data", loss, error, "three things", ""),
    ):
        wrong(checks.check_final(run, value, its_error, *given), said, thought)
    if lucky is not best:
        wrong(checks.check_final(lucky, loss, error, *given), "another run", "used it up")


def test_curves_without_names(nothing, cures) -> None:
    from nbkit.checks.overfitting.anonymous import LETTERS
    from nbkit.questions import question

    display = checks.anonymous_curves(nothing, cures)
    named = {"nothing": nothing, **cures}
    for letter, name in LETTERS.items():
        lines = [line for line in display.axes_[letter].lines if len(line.get_ydata()) > 2]
        assert np.array_equal(lines[0].get_ydata(), named[name][0][1])
        assert np.array_equal(lines[1].get_ydata(), named[name][0][2])
    with pytest.raises(NotImplementedError, match="not there yet"):
        checks.anonymous_curves(nothing, ...)
    for asked, name in (("06.penalty", "penalty"), ("06.more-data", "more data")):
        (letter,) = [letter for letter, cure in LETTERS.items() if cure == name]
        assert question(asked).judge(f"panel {letter}").right


@pytest.mark.parametrize("check", FIT_CHECKS)
def test_what_is_no_function_has_its_own_line(check) -> None:
    each_has_its_own_line(check, few=lambda model, train: 1)
    assert "holds nan" in check(lambda *g: (g[0], [np.nan] * 3, [1.0] * 3)).said


def test_what_is_not_there_yet(nothing, cures) -> None:
    assert checks.check_overfit(..., TRAIN, VALIDATION).state == "not done yet"
    assert checks.check_cures(..., MORE, nothing, *SAMPLES).state == "not done yet"
    assert checks.check_cures(cures, MORE, ..., *SAMPLES).state == "not done yet"
    assert checks.check_final(..., ..., ..., cures, VALIDATION, TEST).state == "not done yet"


def test_no_hint_holds_the_answer() -> None:
    for table, check in ((CURVES, FIT_CHECKS[0]), (PENALTIES, FIT_CHECKS[1]), (STOPS, FIT_CHECKS[2])):
        for mistake, *_ in table.values():
            for hint in check(mistake).hints:
                for answer in ("deepcopy", "weight_decay=penalty", "model.eval()", "zero_grad", "load_state_dict"):
                    assert answer not in hint


# --- wrong editions of the notebook

SOURCE = pathlib.Path(__file__).parents[2] / "exercises" / "solutions" / "06_overfitting.ipynb"

FIT = """
def fit(model, train, validation, epochs, penalty=0.0, patience=None):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01{decay})
    losses, validation_losses, best = [], [], 0
    for epoch in range(epochs + 1):
        if epoch:
            model.train()
            loss = nn.functional.mse_loss(model(train[0]), train[1]){more}
            {forget}
            loss.backward()
            optimizer.step()
        {evaluate}
        with torch.no_grad():
            penalised = {in_curve}
            losses.append(nn.functional.mse_loss(model(train[0]), train[1]).item() + penalised)
            validation_losses.append(nn.functional.mse_loss(model(validation[0]), validation[1]).item())
        if validation_losses[-1] <= min(validation_losses):
            best, kept = epoch, {copy}
        elif patience is not None and epoch - best >= patience:
            break
    if patience is not None:
        {restore}
    return model, losses, validation_losses
"""
PLAIN = {
    "decay": ", weight_decay=penalty",
    "more": "",
    "forget": "optimizer.zero_grad()",
    "evaluate": "model.eval()",
    "in_curve": "0.0",
    "copy": "copy.deepcopy(model.state_dict())",
    "restore": "model.load_state_dict(kept)",
}
IN_CURVE = "penalty / 2 * sum(float((w**2).sum()) for w in model.parameters())"
EDITIONS = [
    (
        {"forget": "pass"},
        {"curves": "other weights", "penalty": "length of all weights", "early-stopping": "one step of Adam"},
    ),
    ({"evaluate": "pass"}, {"curves": "With dropout in the network your curves"}),
    ({"decay": ""}, {"penalty": "without any penalty"}),
    ({"in_curve": IN_CURVE}, {"penalty": "your list says"}),
    ({"restore": "pass"}, {"early-stopping": "the network that came back is that of epoch 11"}),
    ({"copy": "model.state_dict()"}, {"early-stopping": "the network that came back is that of epoch 11"}),
]


@pytest.mark.parametrize(("change", "wrong_ones"), EDITIONS, ids=lambda part: "+".join(part))
def test_a_wrong_edition_fails_where_it_is_wrong(change, wrong_ones) -> None:
    answers = {"fit": FIT.format(**{**PLAIN, **change})}
    for name, verdict in run_notebook(
        without_figures(SOURCE), SOURCE.parent, answers, until="check-early-stopping"
    ).items():
        said = wrong_ones.get(name.removeprefix("check-"))
        assert verdict.passed if said is None else said in verdict.said and not verdict.passed, verdict
