"""The plain program, tables and the state of a training."""

import csv
import io
import json
import linecache
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from nbkit import TrainingExplorer
from nbkit.widgets.source import class_source
from nbkit.widgets.training.program import program

from .training_help import picture, same, weights

CONFIGURATIONS = [
    {"data": "circle", "noise": 0.3, "steps": 60},
    {
        "data": "spiral", "noise": 0.1, "optimizer": "nesterov", "hidden": [8, 6], "activation": ["relu", "atan"],
        "features": ["x1", "x2", "x1**2", "sin(x2)"], "steps": 90, "dropout": 0.2, "seed": 3,
    },
    {
        "data": "blobs", "classes": 4, "optimizer": "rmsprop", "batch_norm": True, "init": "he", "steps": 70, "l1": 1e-3,
        "weight_decay": 1e-3,
    },
    {
        "data": "curve", "formula": "x**2 + sin(3*x)", "max_norm": 1.5, "schedule": "exponential", "optimizer": "sgd",
        "loss": "huber", "steps": 120, "activation": "relu",
    },
    {"data": "region", "region": "x1 < 1/x2", "steps": 60, "schedule": "plateau", "standardize": True, "data_seed": 2},
    {"data": "moons", "steps": 20, "hidden": [], "samples": 101, "validation": 0.3, "batch_size": 7},
]  # fmt: skip
RUN = """
import json, sys, contextlib, io
said = []
for text in json.load(sys.stdin):
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(text, names)
    said.append([names["trained"].item(), names["validated"].item()])
assert "nbkit" not in sys.modules
print(json.dumps(said))
"""


def losses(explorer):
    found = []
    for part in (explorer.painter.places.samples.train, explorer.painter.places.samples.validation):
        inputs, targets = explorer.painter.places.fed(part)
        with torch.no_grad():
            found.append(explorer.trainer.loss(explorer.trainer.model(*inputs), targets).item())
    return found


def test_the_program_comes_to_the_same_losses(made):
    programs, expected = [], []
    for number, configuration in enumerate(CONFIGURATIONS):
        explorer = made(**configuration)
        if number == 0:  # everything that may change on the way
            explorer.set(learning_rate=0.05, batch_size=10)
            explorer.set(steps=130)
            explorer.set(noise=0.8, dropout=0.1, max_norm=2.0, l1=1e-4)
            explorer.edit("layers.0.weight", (1, 0), 2.0)
            explorer.set(steps=160)
            explorer.edit("layers.0.bias", (1,), 1.0)
        programs.append(explorer.code())
        expected.append(losses(explorer))
        assert "nbkit" not in programs[-1] and len(programs[-1].splitlines()) < 90
    done = subprocess.run([sys.executable, "-c", RUN], input=json.dumps(programs), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert np.array(json.loads(done.stdout)) == pytest.approx(np.array(expected), rel=1e-5)


def test_the_program_of_own_data_reads_what_save_data_writes(made, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3))
    explorer = made(data=(x, x @ [1.0, 2.0, -1.0]), steps=25)
    monkeypatch.chdir(tmp_path)
    explorer.save_data("data.npz")
    names = {}
    exec(explorer.code(), names)
    assert [names["trained"].item(), names["validated"].item()] == pytest.approx(losses(explorer), rel=1e-5)


def test_the_state_remakes_everything(made):
    explorer = made(data="xor", steps=30)
    explorer.set(learning_rate=0.1)
    explorer.set(steps=50)
    explorer.edit("layers.0.weight", (1, 0), 2.0)
    twin = TrainingExplorer.from_state(explorer.state)
    assert twin.parameters == explorer.parameters
    assert (weights(twin) == weights(explorer)).all() and same(picture(twin), picture(explorer))
    assert len(explorer.state) < 3000
    twin.close()
    with pytest.raises(ValueError, match="begins with 'nbkit1:'"):
        TrainingExplorer.from_state("hello")
    with pytest.raises(ValueError, match="copied as a whole"):
        TrainingExplorer.from_state(explorer.state[:-40])


def test_weights_of_another_machine_come_with_the_state(made):
    explorer = made(steps=5)
    state = explorer.state
    with torch.no_grad():  # as if another machine had rounded otherwise
        next(explorer.trainer.model.parameters()).add_(1e-4)
    other = TrainingExplorer.from_state(explorer.state)
    assert (weights(other) == weights(explorer)).all()
    assert explorer.state != state
    other.close()


def test_tables(made):
    explorer = made(steps=70)
    rows = list(csv.reader(io.StringIO(explorer.weights_csv())))
    assert [float(row[2]) for row in rows[1:]] == pytest.approx(weights(explorer))
    history = list(csv.DictReader(io.StringIO(explorer.history_csv())))
    assert [int(row["step"]) for row in history] == explorer.trainer.history.evaluation_steps.tolist()
    assert float(history[-1]["loss"]) == explorer.trainer.history.losses[-1]


class Noisy(nn.Module):
    """Of a user: two inputs, weights of its own, and random numbers from torch's global generator."""

    def __init__(self, width=5):
        super().__init__()
        self.a, self.b, self.last = nn.Linear(1, width), nn.Linear(2, width), nn.Linear(width, 1)
        self.drop = nn.Dropout(0.2)

    def forward(self, a, b):
        return self.last(self.drop(torch.tanh(self.a(a) + self.b(b))))


def absolute(found, wanted):
    return (found - wanted).abs().mean()


OWN = {
    "a class, of two inputs": (lambda: Noisy, "two", {}),
    "a module, of two inputs": (Noisy, "two", {"batch_size": 7, "schedule": "plateau", "l1": 1e-3}),
    "layers of torch": (lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(0.3), nn.Linear(4, 1)), "one", {}),
    "one layer": (lambda: nn.Linear(3, 1), "one", {"loss": absolute}),
    "a loss of torch": (lambda: nn.Linear(3, 1), "one", {"loss": nn.functional.l1_loss}),
}


@pytest.mark.parametrize("name", OWN)
def test_the_program_of_an_own_module_comes_to_the_same_losses(made, name, tmp_path, monkeypatch):
    model, kind, more = OWN[name]
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 3)), rng.normal(size=60)
    with torch.random.fork_rng():
        torch.manual_seed(11)
        explorer = made(model(), data=((x[:, :1], x[:, 1:]) if kind == "two" else x, y), steps=30, **more)
    monkeypatch.chdir(tmp_path)
    explorer.save_data("data.npz"), explorer.save_model("model.npz")
    names = {}
    exec(explorer.code(), names)
    assert [names["trained"].item(), names["validated"].item()] == pytest.approx(losses(explorer), rel=1e-5)


def test_the_source_of_a_class_that_a_cell_has_defined(monkeypatch):
    text = "import torch\n\nclass Mine(torch.nn.Module):\n    def forward(self, x):\n        return x\n"
    linecache.cache["<cell>"] = (len(text), None, text.splitlines(True), "<cell>")
    names = {"__name__": "__main__"}
    exec(compile(text, "<cell>", "exec"), names)
    assert class_source(names["Mine"]) == text.split("\n\n")[1].strip()
    assert class_source(int) == ""


@pytest.mark.parametrize("given", [{"data": "blobs", "schedule": "plateau"}, {"data": "digits"}])
def test_the_program_puts_everything_on_the_device(made, given, tmp_path, monkeypatch):
    explorer = made(steps=20, noise=0.1, **given)
    text = program({**explorer.shown, "device": "cuda:1"}, explorer.run_.samples_at(explorer.shown, 0), {})
    monkeypatch.chdir(tmp_path)
    explorer.save_data("data.npz")
    names = {}
    exec(text.replace("cuda:1", "cpu"), names)
    assert names["trained"].item() == pytest.approx(losses(explorer)[0], rel=1e-5)
    # A device whose tensors hold no numbers, and whose operations refuse those of another device.
    with pytest.raises(RuntimeError, match="meta tensors"):
        exec(text.replace("cuda:1", "meta").replace(".step(loss", ".step(0 and loss"), names := {})
    assert names["step"] == 20 and names["trained"].device.type == "meta"


def test_dropout_draws_on_the_device(made):
    explorer = made(steps=20, dropout=0.2)
    text = program({**explorer.shown, "device": "cuda:1"}, explorer.run_.samples_at(explorer.shown, 0), {})
    assert "self.p, self.random = p, torch.Generator(device).manual_seed(seed)" in text
    exec(text.replace("cuda:1", "cpu"), names := {})
    assert names["trained"].item() == pytest.approx(losses(explorer)[0], rel=1e-5)


def test_the_source_of_an_own_module_stands_in_the_program(made):
    class Mine(nn.Module):
        def __init__(self):
            super().__init__()
            self.line = nn.Linear(2, 1)

        def forward(self, x):
            return self.line(x)

    explorer = made(Mine, steps=3)
    assert "class Mine(nn.Module)" in explorer.code() and "model = Mine()" in explorer.code()
    names = {}
    exec(explorer.code(), names)
    assert names["trained"].item() == pytest.approx(losses(explorer)[0], rel=1e-5)


def test_the_program_of_adamw_without_decay_has_none():
    explorer = TrainingExplorer(optimizer="adamw", hidden=[2])
    assert "AdamW(model.parameters(), lr=0.01, weight_decay=0" in explorer.code()
