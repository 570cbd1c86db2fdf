"""The trainer against bare loops of torch."""

import copy
import threading
import time
from functools import partial
from itertools import count

import numpy as np
import pytest
import sklearn.metrics
import torch
import torchmetrics
from torch import nn
from torch.optim import lr_scheduler

import nbkit
from nbkit.training import Callback, Diverged, EarlyStopping, Trainer
from nbkit.training.losses import r2

GENERATOR = torch.Generator().manual_seed(5)
X = torch.randn(250, 2, generator=GENERATOR)
Y = (X.square().sum(1) < 1).long()


def network(seed=1):
    """2→8→8→1, with the weights that torch would give it after manual_seed(seed)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))


def bare(model, steps, make=lambda p: torch.optim.Adam(p, lr=0.01, fused=True), batch=32, seed=0, schedule=None):
    """The loop that everybody writes: its losses, and the model as it is then."""
    optimizer = make(model.parameters())
    scheduler = schedule and schedule(optimizer)
    generator, losses = torch.Generator().manual_seed(seed), []
    loss_of, targets = nn.BCEWithLogitsLoss(), Y.float()[:, None]
    model.train()
    for _ in count():
        for rows in torch.randperm(len(X), generator=generator).split(batch):
            if len(losses) == steps:
                return np.array(losses)
            optimizer.zero_grad()
            loss = loss_of(model(X[rows]), targets[rows])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if scheduler:
            scheduler.step()


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def trainer(model=None, **options):
    return Trainer(model or network(), (X, Y), (X[:60], Y[:60]), loss="binary_cross_entropy", **options)


@pytest.mark.parametrize(
    ("optimizer", "options", "make"),
    [
        ("adam", {}, lambda p: torch.optim.Adam(p, lr=0.02, fused=True)),
        ("adam", {"fused": False}, lambda p: torch.optim.Adam(p, lr=0.02)),
        ("nesterov", {}, lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True, fused=True)),
        (torch.optim.RMSprop, {"alpha": 0.9}, lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9)),
    ],
)
def test_losses_and_weights_are_those_of_a_bare_loop_to_the_bit(optimizer, options, make):
    model, trained = network(), trainer(optimizer=optimizer, optimizer_options=options, learning_rate=0.02, seed=3)
    losses = bare(model, 70, make, seed=3)
    trained.run(steps=70)
    assert (trained.history.batch_losses == losses).all()
    assert same(trained.model, model)


def test_in_whatever_portions_it_is_run():
    model, trained = network(), trainer(batch_size=10)
    losses = bare(model, 120, batch=10)
    for portion in ({"steps": 1}, {"epochs": 1}, {"steps": 37}, {"epochs": 2}):
        trained.run(**portion)
    while trained.steps < 120:
        trained.step()
        assert len(trained.history) == trained.steps
    assert (trained.history.batch_losses == losses).all()
    assert same(trained.model, model)


class TwoInputs(nn.Module):
    """A user's module: two inputs, a category among them, and random numbers from torch's global generator."""

    def __init__(self):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            self.embedding, self.dense, self.last = nn.Embedding(3, 4), nn.Linear(2, 4), nn.Linear(4, 1)

    def forward(self, x, kind):
        hidden = torch.relu(self.dense(x) + self.embedding(kind))
        return self.last(nn.functional.dropout(hidden, 0.25, self.training))


def test_a_module_with_two_inputs_that_draws_globally_is_torchs_loop_after_manual_seed():
    kinds = torch.arange(len(X)) % 3
    targets = (X[:, 0] * X[:, 1] + kinds)[:, None]
    model = TwoInputs()
    before = torch.get_rng_state()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(9)
        optimizer, generator = torch.optim.Adam(model.parameters(), lr=0.01), torch.Generator().manual_seed(9)
        losses = []
        for _ in range(6):
            for rows in torch.randperm(len(X), generator=generator).split(50):
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(model(X[rows], kinds[rows]), targets[rows])
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
    mine = Trainer(
        TwoInputs(), ((X, kinds), targets), loss=nn.MSELoss, batch_size=50, seed=9, optimizer_options={"fused": False}
    )
    while mine.epoch < 6:
        mine.run(steps=1)
        torch.rand(3)  # what others draw is nothing to it
    assert (mine.history.batch_losses == losses).all()
    assert same(mine.model, model)
    torch.set_rng_state(before)
    mine.run(epochs=1)
    assert torch.equal(torch.get_rng_state(), before)  # nor is what it draws anything to others
    assert mine.predict(X[:5], kinds[:5]).shape == (5, 1)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda o: lr_scheduler.StepLR(o, 2, 0.5),
        lambda o: lr_scheduler.ExponentialLR(o, 0.9),
        lambda o: lr_scheduler.CosineAnnealingLR(o, 5),
    ],
)
def test_schedules_are_torchs(schedule):
    model = network()
    losses = bare(model, 64, schedule=schedule)
    trained = trainer(schedule=schedule, evaluate_every=1)
    trained.run(steps=64)
    assert (trained.history.batch_losses == losses).all()
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.01)
    theirs, rates = schedule(optimizer), []
    for _ in range(9):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()
    assert trained.history.learning_rates == pytest.approx([0.01, *rates[1:]], rel=1e-12)


def test_a_schedule_of_each_step():
    trained = trainer(schedule=lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=40), schedule_each="step")
    trained.run(steps=12)
    optimizer = torch.optim.Adam([nn.Parameter(torch.ones(1))])
    theirs = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=40)
    for _ in range(12):
        optimizer.step()
        theirs.step()
    assert trained.optimizer.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]


def test_the_rate_falls_on_a_plateau_as_torchs_does():
    trained = trainer(schedule=partial(lr_scheduler.ReduceLROnPlateau, factor=0.5, patience=1), learning_rate=0.05)
    trained.run(epochs=40)
    history = trained.history
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.05)
    theirs, rates = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1), [0.05]
    for loss in history.validation_losses[1:]:
        theirs.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    assert (history.learning_rates == rates).all() and rates[-1] < 0.05


def test_a_changed_rate_scales_what_the_schedule_makes_of_it():
    trained = trainer(schedule=lambda o: lr_scheduler.StepLR(o, 2, 0.5))
    trained.run(epochs=3)
    trained.learning_rate = 0.04
    assert trained.optimizer.param_groups[0]["lr"] == pytest.approx(0.02)
    trained.run(epochs=1)
    assert trained.optimizer.param_groups[0]["lr"] == pytest.approx(0.01)
    assert trained.learning_rate == 0.04


def test_losses_and_metrics_of_whole_samples_are_sklearns_and_torchmetrics():
    model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
    classes = Y + (X[:, 0] > 0.7)
    trained = Trainer(model, (X, classes), (X[:80], classes[:80]), loss="cross_entropy", evaluate_every=1)
    trained.run(epochs=5)
    model.eval()
    with torch.no_grad():
        logits = model(X)
    chances, history, measured = logits.softmax(1).numpy(), trained.history, trained.measured
    assert measured["loss"] == pytest.approx(sklearn.metrics.log_loss(classes, chances), rel=1e-5)
    assert measured["accuracy"] == sklearn.metrics.accuracy_score(classes, chances.argmax(1))
    theirs = torchmetrics.functional.accuracy(
        logits[:80], classes[:80], task="multiclass", num_classes=3, average="micro"
    )
    assert measured["validation_accuracy"] == pytest.approx(float(theirs))
    assert (trained.confusion() == sklearn.metrics.confusion_matrix(classes[:80], chances[:80].argmax(1))).all()
    both = torchmetrics.functional.confusion_matrix(logits, classes, task="multiclass", num_classes=3)
    assert (trained.confusion("train") == both.numpy()).all()
    assert history.epochs.tolist() == [0, 1, 2, 3, 4, 5]
    assert history.losses[-1] == measured["loss"] and history.metrics["accuracy"][-1] == measured["accuracy"]


def test_binary_metrics_and_those_of_a_regression():
    binary = trainer()
    binary.run(epochs=3)
    with torch.no_grad():
        said = binary.model(X)[:, 0] > 0
    assert binary.measured["accuracy"] == sklearn.metrics.accuracy_score(Y, said)
    assert (binary.confusion("train") == sklearn.metrics.confusion_matrix(Y, said)).all()
    chances = Trainer(nn.Sequential(network(), nn.Sigmoid()), (X, Y), loss=nn.BCELoss)
    assert chances.measured["accuracy"] == pytest.approx(((chances.predict(X)[:, 0] > 0.5) == Y.numpy()).mean())

    targets = torch.stack([X[:, 0], X[:, 0] * X[:, 1]], 1)
    own = {"r2": r2, "theirs": torchmetrics.R2Score(), "mae": torchmetrics.functional.mean_absolute_error}
    regression = Trainer(nn.Linear(2, 2), (X, targets), loss="mse", learning_rate=0.1, metrics=own)
    regression.run(epochs=30)
    expected = sklearn.metrics.r2_score(targets, regression.predict(X))
    assert 0.2 < expected < 1
    assert regression.measured["r2"] == pytest.approx(expected, abs=1e-6)
    assert regression.measured["theirs"] == pytest.approx(expected, abs=1e-5)
    assert regression.measured["mae"] == pytest.approx(np.abs(targets.numpy() - regression.predict(X)).mean(), rel=1e-5)


def test_the_gradient_norms_are_those_of_each_layer():
    trained = trainer(batch_size=None)
    trained.run(steps=15)
    model = copy.deepcopy(trained.model)
    nn.functional.binary_cross_entropy_with_logits(model(X), Y.float()[:, None]).backward()
    trained.run(steps=1)
    norms = trained.history.gradient_norms
    assert trained.history.gradient_steps.tolist() == [16] and list(norms) == ["0", "2", "4"]
    for name, layer in (("0", model[0]), ("2", model[2]), ("4", model[4])):
        both = torch.cat([layer.weight.grad.flatten(), layer.bias.grad])
        assert norms[name][0] == pytest.approx(float(both.norm()), rel=1e-4)


def test_weight_decay_is_torchs_and_l1_a_penalty_on_weights():
    model = network()
    losses = bare(model, 40, lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.05, fused=True))
    decayed = trainer(optimizer="sgd", learning_rate=0.1, weight_decay=0.05)
    decayed.run(steps=40)
    assert (decayed.history.batch_losses == losses).all() and same(decayed.model, model)

    mine, model = trainer(optimizer="sgd", learning_rate=0.1, l1=0.02, batch_size=None), network()
    optimizer, generator = torch.optim.SGD(model.parameters(), lr=0.1), torch.Generator().manual_seed(0)
    for _ in range(20):
        rows = torch.randperm(len(X), generator=generator)
        loss = nn.functional.binary_cross_entropy_with_logits(model(X[rows]), Y[rows].float()[:, None])
        penalty = sum(layer.weight.abs().sum() for layer in model if isinstance(layer, nn.Linear))
        optimizer.zero_grad()
        (loss + 0.02 * penalty).backward()
        optimizer.step()
    mine.run(steps=20)
    for ours, theirs in zip(mine.model.parameters(), model.parameters(), strict=True):
        assert ours.detach().numpy() == pytest.approx(theirs.detach().numpy(), abs=1e-6)


def test_any_optimiser_of_torch_even_one_that_asks_several_times():
    targets = X @ torch.tensor([[1.0], [-2.0]]) + 0.5
    fitted = Trainer(
        nn.Linear(2, 1), (X, targets), loss="mse", optimizer=torch.optim.LBFGS, learning_rate=1.0, batch_size=None
    )
    fitted.run(steps=3)
    assert fitted.measured["loss"] < 1e-8
    first = fitted.at(2)
    again = Trainer(
        nn.Linear(2, 1), (X, targets), loss="mse", optimizer=torch.optim.LBFGS, learning_rate=1.0, batch_size=None
    )
    again.rewind(0)
    with again.edit() as model:
        model.load_state_dict(fitted.at(0))
    again.run(steps=2)
    assert all(torch.equal(first[name], weights) for name, weights in again.weights().items())


def test_early_stopping_stops_after_its_patience_with_the_best_weights():
    seen = []
    rule = EarlyStopping("validation_loss", patience=5)
    trained = Trainer(
        network(), (X[:40], Y[:40]), (X[100:], Y[100:]), loss="binary_cross_entropy", learning_rate=0.05,
        callbacks=[lambda t: seen.append((t.measured["validation_loss"], t.weights())), rule],
    )  # fmt: skip
    trained.run(epochs=500)
    losses = [loss for loss, _ in seen]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 5 == trained.epoch
    assert "validation loss has not improved for 5 epochs" in trained.stopped
    assert all(torch.equal(seen[best][1][name], weights) for name, weights in trained.weights().items())
    trained.run(epochs=500)
    assert trained.epoch >= best + 11  # who runs on gets another `patience` epochs


def test_callbacks_see_each_step_and_epoch_may_stop_and_change_the_rate():
    class Watcher(Callback):
        def __init__(self):
            self.steps, self.epochs = [], []

        def on_step(self, trainer):
            self.steps.append(trainer.steps)
            if trainer.steps == 10:
                trainer.learning_rate = 0.001

        def on_epoch(self, trainer):
            self.epochs.append((trainer.epoch, trainer.measured["loss"]))
            if trainer.epoch == 3:
                trainer.stop("enough")

    watcher = Watcher()
    trained = trainer(callbacks=[watcher])
    trained.run(epochs=10)
    assert trained.stopped == "enough" and trained.steps == 24
    assert watcher.steps == list(range(1, 25))
    assert [epoch for epoch, _ in watcher.epochs] == [1, 2, 3]
    assert [loss for _, loss in watcher.epochs] == trained.history.losses[1:].tolist()
    assert trained.optimizer.param_groups[0]["lr"] == 0.001


@pytest.mark.parametrize("portion", [1, 7, 1000])
def test_divergence_ends_at_the_last_finite_weights_whatever_the_portions(portion):
    targets = 10 * X[:, :1]
    model, optimizer_of = network(), partial(torch.optim.SGD, lr=1.5)
    optimizer, generator, finite = optimizer_of(model.parameters()), torch.Generator().manual_seed(0), []
    while True:
        for rows in torch.randperm(len(X), generator=generator).split(32):
            weights = copy.deepcopy(model.state_dict())
            if all(bool(w.isfinite().all()) for w in weights.values()):
                finite.append(weights)
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(X[rows]), targets[rows])
            loss.backward()
            optimizer.step()
        if not loss.isfinite():
            break
    mine = Trainer(
        network(), (X, targets), loss="mse", optimizer="sgd", learning_rate=1.5, optimizer_options={"fused": False}
    )
    with pytest.raises(Diverged, match=r"in step \d+ .* smaller learning\s+rate") as raised:
        while True:
            mine.run(steps=portion)
    assert raised.value.step == mine.steps + 1
    assert mine.diverged is raised.value and mine.stopped == str(raised.value)
    assert all(bool(weights.isfinite().all()) for weights in mine.weights().values())
    assert all(torch.equal(finite[mine.steps][name], weights) for name, weights in mine.weights().items())
    assert len(mine.history) == mine.steps and np.isfinite(mine.history.batch_losses).all()
    with pytest.raises(Diverged):
        mine.run(steps=1)
    mine.rewind(0)
    mine.learning_rate = 1e-4
    mine.run(epochs=2)
    assert mine.diverged is None and mine.measured["loss"] < mine.history.losses[0]


def test_a_loss_that_turns_nan_ends_in_that_step():
    def loss(outputs, targets):
        value = (outputs - targets).square().mean()
        return value * float("nan") if outputs.requires_grad and float(mine_at[0]) >= 50 else value

    mine_at = [0.0]

    class Clock(Callback):
        def on_step(self, trainer):
            mine_at[0] = trainer.steps

    mine = Trainer(network(), (X, X[:, :1]), loss=loss, callbacks=[Clock()])
    with pytest.raises(Diverged, match=r"in step .* the loss was nan"):
        mine.run(steps=200)
    assert mine.steps < 64 and np.isfinite(mine.history.batch_losses).all()


def test_a_module_that_raises_after_50_steps_leaves_whole_steps():
    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.norm, self.calls, self.limit = network(), nn.BatchNorm1d(2), 0, 50

        def forward(self, x):
            if self.training:
                self.calls += 1
                if self.calls > self.limit:
                    raise ZeroDivisionError("after 50 steps")
            return self.inner(self.norm(x))

    fails, whole = Fails(), Fails()
    whole.limit = 1000
    mine, other = trainer(fails), trainer(whole)
    with pytest.raises(ZeroDivisionError, match="after 50"):
        mine.run(steps=200)
    other.run(steps=50)
    assert mine.steps == 50 == len(mine.history)
    assert same(mine.model, other.model)
    fails.limit = 1000
    mine.run(steps=30)
    other.run(steps=30)
    assert same(mine.model, other.model)
    assert (mine.history.batch_losses == other.history.batch_losses).all()


@pytest.mark.filterwarnings("ignore:Seems like `optimizer.step")
@pytest.mark.parametrize("where", ["forward", "optimizer", "schedule", "callback"])
def test_an_interrupt_anywhere_leaves_whole_steps_and_a_trainer_that_goes_on(where):
    """KeyboardInterrupt may come between any two lines; half an optimiser's update is the worst of them."""
    make = partial(trainer, optimizer_options={"fused": False}, schedule=lambda o: lr_scheduler.StepLR(o, 2, 0.5))
    armed = [0]

    def interrupt(*_):
        armed[0] += 1
        if armed[0] == 20:
            raise KeyboardInterrupt

    model = nn.Sequential(network(), nn.BatchNorm1d(1))
    whole = make(nn.Sequential(network(), nn.BatchNorm1d(1)), callbacks=[lambda t: None])
    mine = make(model, callbacks=[interrupt] if where == "callback" else [lambda t: None])
    if where == "forward":
        model[1].register_forward_hook(lambda *_: interrupt() if model.training else None)
    if where == "optimizer":
        step = mine.optimizer.step

        def half(*args):
            with torch.no_grad():
                mine.model[0][0].weight.add_(1.0)
            interrupt()
            with torch.no_grad():
                mine.model[0][0].weight.sub_(1.0)
            return step(*args)

        mine.optimizer.step = half
        whole_step = whole.optimizer.step

        def shaken(*args):
            with torch.no_grad():
                whole.model[0][0].weight.add_(1.0).sub_(1.0)
            return whole_step(*args)

        whole.optimizer.step = shaken
    if where == "schedule":
        armed[0], stepped = 17, mine._stepper.schedule.step
        mine._stepper.schedule.step = lambda: (interrupt(), stepped())
    with pytest.raises(KeyboardInterrupt):
        mine.run(steps=200)
    assert 0 < mine.steps == len(mine.history) < 200
    mine.run(steps=200 - mine.steps)
    whole.run(steps=200)
    assert same(mine.model, whole.model)
    assert (mine.history.batch_losses == whole.history.batch_losses).all()


def test_another_thread_finds_whole_steps_only_and_is_not_kept_waiting():
    mine = trainer()
    seen, turns = [], 25

    def look():
        while not mine.steps:
            time.sleep(0.001)
        for _ in range(turns):
            with mine.lock:
                seen.append((mine.steps, mine.weights()))
        mine.stop("looked")

    thread = threading.Thread(target=look)
    thread.start()
    mine.run(seconds=60)
    thread.join()
    assert mine.stopped == "looked"
    steps = sorted({step for step, _ in seen})
    fresh = trainer()
    for step in steps:
        fresh.run(steps=step - fresh.steps)
        weights = next(weights for at, weights in seen if at == step)
        assert all(torch.equal(weights[name], ours) for name, ours in fresh.weights().items()), step


def test_the_model_is_in_evaluation_mode_between_runs_and_in_training_mode_in_steps():
    model = nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    modes = []
    model[1].register_forward_hook(lambda module, *_: modes.append(module.training))
    mine = trainer(model, evaluate_every=1)
    modes.clear()
    mine.run(epochs=2)
    assert modes == ([True] * 8 + [False] * 2) * 2
    assert not model.training and not model[1].training
    assert (mine.predict(X) == mine.predict(X)).all()


def test_data_sets_arrays_and_shapes_fit_or_say_what_is_wrong():
    data = nbkit.datasets.load("circle", samples=100)
    mine = Trainer(network(), data.split()[0], data.split()[1], loss="binary_cross_entropy")
    mine.run(epochs=1)
    x, y = X.double().numpy(), (X[:, 0] * X[:, 1]).double().numpy()
    mine = Trainer(network(), (x, y), loss="mse")  # targets (n,) beside outputs (n, 1) must not broadcast
    assert mine.measured["loss"] == pytest.approx(np.mean((mine.predict(x)[:, 0] - y) ** 2), rel=1e-5)
    three = nn.Linear(2, 3)
    for model, pair, loss, words in [
        (network(), (x, y[:-1]), "mse", "same number of rows"),
        (network(), (x[:, :1], y), "mse", r"the model fails on the first samples, x of shape \(2, 1\)"),
        (network(), (np.where(x > 2, np.nan, x), y), "mse", r"train: x must be finite, row \d+ is not"),
        (three, (x, y), "mse", r"targets of shape \(250,\) the model must have 1 output"),
        (three, (x, np.full(250, 3)), "cross_entropy", "with 3 outputs the classes must be 0 to 2, got 3 to 3"),
        (network(), (x, y), "binary_cross_entropy", "targets must be 0 or 1"),
        (network(), (x, y), "squares", "loss must be one of mse, mae"),
        (network(), x, "mse", "train must be a pair"),
        (nn.ReLU(), (x, x), "mse", "no parameters to learn"),
    ]:
        with pytest.raises(ValueError, match=words):
            Trainer(model, pair, loss=loss)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"learning_rate": 0.0}, "learning_rate must be above 0, got 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0"),
        ({"batch_size": 0}, "batch_size must be a whole number, at least 1, or None"),
        ({"batch_size": True}, "batch_size"),
        ({"weight_decay": -1.0}, "weight_decay must be a number, at least 0"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"optimizer": "adm"}, "optimizer must be one of sgd, momentum"),
        ({"optimizer": "adam", "optimizer_options": {"rho": 1}}, "Adam takes the options betas, eps"),
        ({"optimizer": torch.optim.Rprop, "weight_decay": 0.1}, "Rprop has no weight decay"),
        ({"schedule": "often"}, "schedule must be one of step"),
        ({"schedule_each": "batch"}, "schedule_each"),
        ({"metrics": "f1"}, "metrics must be names out of accuracy, r2"),
        ({"callbacks": [3]}, "a callback must be"),
    ],
)
def test_options_are_checked(options, words):
    with pytest.raises(ValueError, match=words):
        trainer(**options)


def test_settings_and_runs_are_checked_and_nothing_changes():
    mine = trainer()
    for name, value in (("learning_rate", -1), ("batch_size", 1.5), ("l1", "much"), ("weight_decay", float("inf"))):
        before = getattr(mine, name)
        with pytest.raises(ValueError, match=name):
            setattr(mine, name, value)
        assert getattr(mine, name) == before
    for bad in (
        {},
        {"epochs": 1, "steps": 1},
        {"steps": 1.5},
        {"epochs": True},
        {"seconds": float("nan")},
        {"steps": -1},
    ):
        with pytest.raises(ValueError, match=r"run takes one of|must be a"):
            mine.run(**bad)
    assert mine.steps == 0
