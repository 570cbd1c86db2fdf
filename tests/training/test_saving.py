"""A training that is saved goes on in another process as if nothing had happened."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from nbkit.training import EarlyStopping, Trainer

#: Makes the same trainer here and in the other process.
MAKE = """
import torch
from torch import nn
from torch.optim import lr_scheduler
from nbkit.models import MLP
from nbkit.training import EarlyStopping, Trainer

class Own(nn.Module):
    def __init__(self):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(2)
            self.first, self.norm, self.last = nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Linear(6, 1)

    def forward(self, x):
        return self.last(nn.functional.dropout(self.norm(self.first(x)).relu(), 0.3, self.training))

def make(kind):
    x = torch.randn(90, 2, generator=torch.Generator().manual_seed(5))
    y = (x.square().sum(1) < 1).long()
    models = {"own": Own, "cosine": lambda: MLP(2, [6], seed=1), "plateau": lambda: MLP(2, [6, 5], dropout=0.2, seed=1)}
    schedules = {
        "own": lambda o: lr_scheduler.SequentialLR(
            o, [lr_scheduler.LinearLR(o, 0.1, total_iters=3), lr_scheduler.ExponentialLR(o, 0.9)], [3]),
        "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, 20),
        "plateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1),
    }
    return Trainer(models[kind](), (x, y), (x[:30], y[:30]), loss="binary_cross_entropy", batch_size=20, seed=4,
                   optimizer={"own": "momentum"}.get(kind, "adam"), schedule=schedules[kind],
                   callbacks=[EarlyStopping(patience=50)])
"""
GO_ON = """
import sys
import numpy as np
trainer = make(sys.argv[1])
trainer.load(sys.argv[2])
trainer.run(steps=61)
trainer.save(sys.argv[3])
trainer.reset()
trainer.run(steps=9)
np.save(sys.argv[4], trainer.history.batch_losses)
"""
namespace: dict = {}
exec(MAKE, namespace)
make = namespace["make"]


@pytest.mark.parametrize("kind", ["own", "cosine", "plateau"])
def test_it_goes_on_in_another_process_to_the_bit(kind, tmp_path):
    paths = [tmp_path / name for name in ("begun", "ended", "again.npy")]
    begun, whole = make(kind), make(kind)
    begun.run(steps=48)
    begun.learning_rate = 0.02
    begun.save(paths[0])
    subprocess.run([sys.executable, "-c", MAKE + GO_ON, kind, *map(str, paths)], check=True)

    whole.run(steps=48)
    whole.learning_rate = 0.02
    whole.run(steps=61)
    ended = make(kind)
    ended.load(paths[1])
    assert all(torch.equal(a, b) for a, b in zip(ended.weights().values(), whole.weights().values(), strict=True))
    assert (ended.steps, ended.epoch, ended.learning_rate) == (109, whole.epoch, 0.02)
    assert (ended.history.batch_losses == whole.history.batch_losses).all()
    assert (ended.history.validation_losses == whole.history.validation_losses).all()
    assert (ended.history.learning_rates == whole.history.learning_rates).all()
    assert ended.measured == whole.measured
    assert ended.callbacks[0].best == whole.callbacks[0].best
    for name, norms in whole.history.gradient_norms.items():
        assert (ended.history.gradient_norms[name] == norms).all()
    whole.reset()
    whole.run(steps=9)
    assert (np.load(paths[2]) == whole.history.batch_losses).all()


def test_the_way_back_begins_where_it_was_loaded(tmp_path):
    first, second = make("cosine"), make("cosine")
    first.run(steps=50)
    first.save(tmp_path / "it")
    second.load(tmp_path / "it")
    second.run(steps=70)
    first.run(steps=40)
    assert all(torch.equal(a, b) for a, b in zip(second.at(90).values(), first.weights().values(), strict=True))
    with pytest.raises(ValueError, match="50 to 120"):
        second.at(49)


def small(outputs=1, rows=20, **options):
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, outputs))
    return Trainer(model, (np.ones((rows, 2)), np.ones((rows, outputs))), loss="mse", **options)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: small(2), "another model: 2.weight"),
        (lambda: small(rows=21), "number of training samples"),
        (lambda: small(optimizer="sgd"), "its optimizer: Adam; this trainer's: SGD"),
        (lambda: small(schedule="cosine"), "schedule"),
        (lambda: small(callbacks=[EarlyStopping("loss")]), "callbacks"),
        (lambda: small(metrics=()), "loss and metrics"),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(other, words, tmp_path):
    saved = small()
    saved.run(steps=5)
    saved.save(tmp_path / "it")
    mine = other()
    mine.run(steps=3)
    before = mine.weights()
    with pytest.raises(ValueError, match=words):
        mine.load(tmp_path / "it")
    assert mine.steps == 3
    assert all(torch.equal(before[name], weights) for name, weights in mine.weights().items())


class Harmful:
    def __reduce__(self):
        return (print, ("this must never be run",))


def test_a_file_of_something_else_is_refused_and_nothing_in_it_is_run(tmp_path, capsys):
    (tmp_path / "text").write_text("learning_rate: 0.1")
    torch.save({"weights": torch.ones(2)}, tmp_path / "other")
    torch.save(Harmful(), tmp_path / "harmful")
    for name in ("text", "other", "harmful"):
        with pytest.raises(ValueError, match=r"not written by Trainer\.save"):
            small().load(tmp_path / name)
    assert capsys.readouterr().out == ""
    with pytest.raises(FileNotFoundError):
        small().load(tmp_path / "nothing")


def test_a_file_stays_whole_if_writing_fails(tmp_path, monkeypatch):
    saved = small()
    saved.run(steps=5)
    saved.save(tmp_path / "it")

    def full(content, file):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(torch, "save", full)
    saved.run(steps=5)
    with pytest.raises(OSError, match="no space"):
        saved.save(tmp_path / "it")
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["it"]
    other = small()
    other.load(tmp_path / "it")
    assert other.steps == 5
