"""The plain program, tables and the state of a training."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from nbkit import TrainingExplorer

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
