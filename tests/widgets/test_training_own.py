"""Own modules and data in the trainer's explorer, and what goes wrong with them."""

import numpy as np
import pytest
import torch
from torch import nn

from nbkit import TrainingExplorer
from nbkit.datasets import from_arrays

from .training_help import rest, weights

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3))
Y = X @ [[1.0, 0.5], [-1.0, 0.0], [0.2, 2.0]]


class Frame(dict):
    """As much of a data frame as is asked of one."""

    columns = property(list)


class Mine(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(3, 5), nn.Linear(5, 2)
        self.fails_after, self.calls = None, 0

    def forward(self, x):
        if self.training:
            self.calls += 1
        if self.fails_after is not None and self.calls > self.fails_after:
            raise RuntimeError("no more today\nand a second line")
        return self.last(torch.relu(self.first(x)))


def seeded(kind):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return kind()


def test_controls_that_do_not_apply_are_gone(made):
    explorer = made(seeded(Mine), (X, Y))
    gone = {"data", "samples", "noise", "region", "features", "hidden", "activation", "dropout", "init", "max_norm"}
    assert not gone & set(explorer.controls)
    assert {"learning_rate", "batch_size", "optimizer", "device"} <= set(explorer.controls)
    with pytest.raises(ValueError, match="has no parameter noise"):
        explorer.set(noise=1.0)
    assert "hidden" in made(data=(X, Y)).controls and "data" in made(lambda: nn.Linear(2, 1)).controls


def test_the_module_itself_is_trained_and_starts_from_its_weights(made):
    model = seeded(Mine)
    start = nn.utils.parameters_to_vector(model.parameters()).detach().numpy().copy()
    explorer = made(model, (X, Y), steps=30)
    assert explorer.trainer.model is model and not (weights(explorer) == start).all()
    trained = weights(explorer)
    explorer.set(data_seed=3)  # other samples: a fresh start
    assert (weights(explorer) == start).all()
    explorer.set(data_seed=0, steps=30)
    assert (weights(explorer) == trained).all()


def test_an_equal_one_of_a_function_that_makes_a_module(made):
    explorer = made(Mine, (X, Y), steps=30, learning_rate=0.05)
    explorer.set(learning_rate=0.01)
    explorer.set(steps=50)
    before = torch.random.get_rng_state()
    twin = made(**explorer.objects, **explorer.parameters)
    assert (weights(twin) == weights(explorer)).all()
    assert (torch.random.get_rng_state() == before).all()
    explorer.set(seed=1)
    assert not (weights(explorer) == weights(made(Mine, (X, Y)))).all()


@pytest.mark.parametrize("kind", ["pair", "set", "frame", "path", "torch"])
def test_data_of_every_kind(made, tmp_path, kind):
    frame = Frame(a=X[:, 0], b=X[:, 1], kind=np.where(X[:, 0] > 0, "up", "down"))
    lines = [",".join(frame), *(",".join(map(str, row)) for row in zip(*frame.values(), strict=True))]
    (tmp_path / "table.csv").write_text("\n".join(lines))
    data = {
        "pair": (X[:, :2], X[:, 0] > 0),
        "set": from_arrays(X[:, :2], X[:, 0] > 0, inputs=["a", "b"]),
        "frame": frame,
        "path": str(tmp_path / "table.csv"),
        "torch": (torch.tensor(X[:, :2]), torch.tensor(X[:, 0] > 0)),
    }[kind]
    explorer = made(data=data, hidden=[4], steps=10)
    assert explorer.painter.places.samples.train.task == "binary"
    assert explorer.shown["loss"] == "binary_cross_entropy"
    assert made(**explorer.objects, **explorer.parameters).trainer.measured == explorer.trainer.measured


def test_several_inputs_and_pictures(made):
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(1, 4), nn.Linear(2, 4)
            self.last = nn.Linear(4, 1)

        def forward(self, a, b):
            return self.last(torch.tanh(self.a(a) + self.b(b)))

    explorer = made(Two, ((X[:, 0], X[:, 1:]), Y[:, 0]), steps=20)
    for panel in ("unit", "spreads", "errors", "surface"):
        explorer.set(panel=panel)
    convolution = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))
    explorer = made(convolution, (RNG.normal(size=(60, 1, 4, 4)), RNG.integers(0, 3, 60)), steps=5)
    for panel in ("unit", "spreads", "errors", "surface"):
        explorer.set(panel=panel)
    assert "accuracy" in explorer.display_.heading_.get_text()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (3, "data must be a name, a pair"),
        ("rings", "data must be a name"),
        ((X, Y[:-1]), "y must have one entry for each of the 120 rows"),
        ((X, np.where(np.arange(120) == 7, np.nan, 0.5)), "row 7"),
    ],
)
def test_data_that_does_not_fit_is_told_in_a_line(data, said):
    with pytest.raises(ValueError, match=said) as caught:
        TrainingExplorer(data=data)
    assert "\n" not in str(caught.value)


def test_a_model_that_does_not_fit_is_told_in_a_line():
    with pytest.raises(ValueError, match="the model fails on the first"):
        TrainingExplorer(nn.Linear(4, 2), (X, Y))
    with pytest.raises(ValueError, match="it made int"):
        TrainingExplorer(lambda: 3, (X, Y))
    with pytest.raises(ValueError, match="got 'spiral'; data are given as data='spiral'"):
        TrainingExplorer("spiral")


# --- failures while it learns


def test_forward_that_raises_leaves_a_whole_state_and_goes_on(made):
    model = seeded(Mine)
    explorer = made(model, (X, Y))
    model.fails_after = 50
    explorer.play(), rest(explorer)
    assert explorer.error == "RuntimeError: no more today"
    steps = explorer.trainer.steps
    assert 0 < steps <= 50
    model.fails_after = None
    explorer.run(steps=10)
    assert explorer.trainer.steps == steps + 10
    fresh = made(seeded(Mine), (X, Y), steps=steps + 10)
    assert (weights(explorer) == weights(fresh)).all()


def test_run_raises_what_the_model_raises(made):
    model = seeded(Mine)
    explorer = made(model, (X, Y))
    model.fails_after = 5
    with pytest.raises(RuntimeError, match="no more today"):
        explorer.run(steps=20)
    assert explorer.error == "RuntimeError: no more today"


def test_divergence_is_said_on_the_figure_and_a_smaller_rate_from_the_start_goes_on(made):
    explorer = made(data="relu_sum", hidden=[8], activation="relu", optimizer="sgd", learning_rate=10.0)
    explorer.play(), rest(explorer)
    message = explorer.display_.message_.get_text().replace("\n", " ")
    assert "step" in message and "smaller learning rate" in message and np.isfinite(weights(explorer)).all()
    assert explorer.parameters["steps"] == explorer.trainer.steps
    explorer.set(steps=0)
    assert not explorer.display_.message_.get_visible()
    explorer.set(learning_rate=0.001)
    explorer.run(steps=20)
    assert explorer.trainer.steps == 20
    assert not explorer.display_.message_.get_visible() and np.isfinite(weights(explorer)).all()


def test_device_that_fails_is_told_and_training_goes_on(made):
    absent = next((d for d in ("cuda", "mps", "xpu") if not getattr(torch, d).is_available()), None)
    explorer = made(steps=10)
    with pytest.raises(Exception, match="can't be used"):
        explorer.set(device=absent)
    assert explorer.parameters["device"] == "cpu"
    explorer.controls["device"]._trait_values["value"] = absent  # what the page has sent, and was told of
    explorer.error = "told"
    explorer.run(steps=5)
    assert explorer.trainer.steps == 15 and str(explorer.trainer.device) == explorer.parameters["device"] == "cpu"
