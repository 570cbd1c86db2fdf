"""The trainer's explorer on every kind of device; those that are not here are skipped, and say why."""

import numpy as np
import pytest
import torch

from nbkit import TrainingExplorer
from nbkit.devices import available_devices

from .training_help import picture, rest, same, wait_while, weights


def devices(*kinds):
    """A parameter for each kind: the name of its first device, skipped with the reason in words where it can't be used."""
    for kind in kinds:
        found = [device for device in available_devices() if device.name.split(":")[0] == kind]
        first = next((device for device in found if device.available), found[0])
        skip = pytest.mark.skipif(not first.available, reason=f"no {kind}: {first.reason}")
        yield pytest.param(first.name, marks=skip, id=kind)


on_each = pytest.mark.parametrize("device", list(devices("cpu", "cuda", "mps", "xpu")))
on_others = pytest.mark.parametrize("device", list(devices("cuda", "mps", "xpu")))  # on a CPU other tests do all this


@on_others
def test_it_moves_there_and_back_without_losing_a_step(made, device):
    explorer, plain = made(data="blobs", steps=60, noise=0.5), made(data="blobs", steps=120, noise=0.5)
    explorer.set(device=device)
    assert explorer.trainer.steps == 60 and str(explorer.trainer.device) == device
    assert all(str(parameter.device) == device for parameter in explorer.trainer.model.parameters())
    explorer.set(steps=90)
    explorer.set(device="cpu")
    explorer.set(steps=120)
    assert explorer.trainer.steps == len(explorer.trainer.history) == 120
    assert weights(explorer) == pytest.approx(weights(plain), abs=1e-3)  # another device rounds otherwise
    assert explorer.trainer.history.losses == pytest.approx(plain.trainer.history.losses, abs=1e-3)


@on_others
@pytest.mark.parametrize("data", ["circle", "curve", "digits"])
def test_every_view_is_drawn_there(made, device, data):
    explorer = made(data=data, device=device, samples=200, steps=40)
    here = made(data=data, samples=200, steps=40)
    for panel in ("unit", "spreads", "errors", "surface", "none"):
        for each in (explorer, here):
            each.set(panel=panel, selected=[1, 2])
    assert explorer.trainer.measured == pytest.approx(here.trainer.measured, abs=1e-2)
    assert np.abs(picture_of(explorer) - picture_of(here)).mean() < 2
    explorer.set(steps=17)  # looked back at
    assert explorer.value() == pytest.approx(made(data=data, samples=200, steps=17, selected=[1, 2]).value(), abs=1e-3)


@on_each
def test_it_plays_there_and_is_changed_there(made, device):
    explorer = made(device=device, dropout=0.1)
    explorer.play()
    wait_while(lambda: explorer.trainer.steps < 40)
    explorer.set(learning_rate=0.1, batch_size=20, noise=0.5, dropout=0.0, max_norm=2.0)
    explorer.edit("layers.0.weight", (1, 0), 2.0)
    before = explorer.trainer.steps
    wait_while(lambda: explorer.trainer.steps < before + 40)
    explorer.pause(), rest(explorer)
    assert str(explorer.trainer.device) == device and np.isfinite(weights(explorer)).all()
    twin = TrainingExplorer.from_state(explorer.state)
    assert same(picture(twin), picture(explorer))
    twin.close()


@on_each
def test_its_program_comes_to_the_same_losses_there(made, device):
    explorer = made(device=device, data="moons", steps=50, l1=1e-3)
    exec(explorer.code(), names := {})
    assert names["trained"].device == torch.device(device)
    assert names["trained"].item() == pytest.approx(explorer.trainer.measured["loss"], rel=1e-3)


def picture_of(explorer):
    return explorer.canvas.compose().astype(float)


def test_auto_says_why_and_the_program_names_the_device_it_found(made):
    explorer = made(steps=40, device="auto")
    found = str(explorer.trainer.device)
    assert explorer.shown["device"] == "auto" and explorer.desk.said.value.count(f"{found}:") == 1
    assert "auto" not in explorer.code()
    again = made(**explorer.shown)
    assert same(weights(again), weights(explorer)) if found == "cpu" else True
    explorer.set(device="cpu")
    assert (
        str(explorer.trainer.device) == "cpu"
        and "cpu:" not in explorer.desk.said.value
        and explorer.trainer.steps == 40
    )
