"""Devices: those that are there, those that aren't and why, and a training that moves or stays whole."""

import pytest
import torch
from torch import nn

from nbkit import devices, threads
from nbkit.devices import DeviceError, auto_device, available_devices, steps_per_second
from nbkit.models import MLP
from nbkit.training import Trainer
from nbkit.training.ensemble import Ensemble

X = torch.randn(200, 2, generator=torch.Generator().manual_seed(5))
Y = (X.square().sum(1) < 1).long()
OTHERS = ["cuda", "mps", "xpu"]


def missing(kind):
    """Why a test on that kind of device is skipped here; "" if it runs."""
    found = [device for device in available_devices() if device.name.startswith(kind)]
    return "" if any(device.available for device in found) else f"no {kind}: {found[0].reason}"


on_each = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.skipif(bool(missing(kind)), reason=missing(kind))) for kind in OTHERS]
)


def trainer(model=None, **options):
    options = {"loss": "binary_cross_entropy", "seed": 4, **options}
    return Trainer(model or MLP(2, [8, 6], dropout=0.2, batch_norm=True, seed=1), (X, Y), (X[:50], Y[:50]), **options)


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one | other)


def test_every_kind_is_listed_and_what_is_not_there_says_why():
    found = {device.name.split(":")[0]: device for device in available_devices()}
    assert set(found) == {"cpu", "cuda", "mps", "xpu"}
    assert found["cpu"].available and "thread" in found["cpu"].label
    assert found["cpu"].memory is None or found["cpu"].memory > 2**28
    for kind, backend in (("cuda", torch.cuda), ("mps", torch.backends.mps), ("xpu", torch.xpu)):
        if not backend.is_available():
            assert not found[kind].available and len(found[kind].reason) > 10
            assert found[kind].reason in str(found[kind])


class NoDriver:
    """A torch that is built for a GPU, on a computer without one."""

    hip = None

    @staticmethod
    def is_built():
        return True

    is_available = staticmethod(lambda: False)
    _is_compiled = is_built


def test_a_driver_that_is_missing_is_another_reason_than_a_torch_without_it(monkeypatch):
    built = {device.name: device.reason for device in available_devices()}
    for name in ("backends.cuda", "backends.mps", "xpu"):
        monkeypatch.setattr(f"torch.{name}", NoDriver)
    monkeypatch.setattr("torch.cuda.is_available", NoDriver.is_available)
    found = {device.name: device for device in available_devices()}
    assert not any(found[kind].available for kind in OTHERS)
    assert all(found[kind].reason != built.get(kind) for kind in OTHERS)
    assert "driver" in found["cuda"].reason and "driver" in found["xpu"].reason and "macOS" in found["mps"].reason


class OneGPU:
    """A GPU as torch describes it, on a computer that has none: computing on it fails."""

    name, total_memory = "Old GPU", 2 * 2**30


def test_a_gpu_that_is_there_but_can_not_compute_says_so(monkeypatch):
    monkeypatch.setattr("torch.backends.cuda.is_built", lambda: True)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    monkeypatch.setattr("torch.cuda.get_device_properties", lambda index: OneGPU)

    ones = torch.ones

    def fails(*shape, device="cpu", **options):
        if str(device).startswith("cuda"):
            raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nCUDA kernel …")
        return ones(*shape, device=device, **options)

    monkeypatch.setattr("torch.ones", fails)
    gpu = next(device for device in available_devices() if device.name == "cuda:0")
    assert (gpu.label, gpu.memory, gpu.available) == ("Old GPU", 2 * 2**30, False)
    assert gpu.reason == "CUDA error: no kernel image is available for execution on the device"
    with pytest.raises(DeviceError, match="cuda:0 can't be used: CUDA error: no kernel image"):
        trainer().to("cuda")


class Lacks(nn.Module):
    """An operation that the device lacks: on meta tensors there are no numbers to look at."""

    def __init__(self):
        super().__init__()
        self.inner = MLP(2, [5], batch_norm=True, seed=1)

    def forward(self, x):
        return self.inner(x) * (1.0 if x.abs().max().item() > 0 else 0.0)


@pytest.mark.parametrize(
    "make", [lambda: MLP(2, [8, 6], dropout=0.2, batch_norm=True, seed=1), Lacks, lambda: MLP(2, [5])]
)
@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_a_device_that_fails_says_so_and_training_stands_as_it_was(make, optimizer):
    moved = trainer(make(), optimizer=optimizer, schedule="step")
    stayed = trainer(make(), optimizer=optimizer, schedule="step")
    for steps in (0, 5, 40):
        moved.run(steps=steps)
        stayed.run(steps=steps)
        parameters = list(moved.model.parameters())
        with pytest.raises(DeviceError, match=r"this model can't be trained on meta: .*; it stays on cpu") as raised:
            moved.to("meta")
        assert "\n" not in str(raised.value)
        assert moved.device.type == "cpu" and same(moved.weights(), stayed.weights())
        assert all(a is b for a, b in zip(moved.model.parameters(), parameters, strict=True))
    moved.run(steps=30)
    stayed.run(steps=30)
    assert same(moved.weights(), stayed.weights())
    assert (moved.history.batch_losses == stayed.history.batch_losses).all()
    assert same(moved.at(7), stayed.at(7))


@pytest.mark.parametrize("name", ["cuda:9", "tpu", "nonsense:x", "mps", "xpu"])
def test_a_device_that_is_not_there_says_which_are(name):
    if name in OTHERS and not missing(name):
        pytest.skip(f"{name} is there")
    mine = trainer()
    with pytest.raises(DeviceError, match="cpu"):
        mine.to(name)
    with pytest.raises(DeviceError, match="cpu"):
        trainer(device=name)
    mine.run(steps=3)
    assert mine.steps == 3


def test_too_little_memory_is_said_in_words(monkeypatch):
    mine = trainer()
    mine.run(steps=5)
    before = mine.weights()
    move = nn.Module.to

    def full(self, device):
        if str(device) == "meta":
            move(self, device)
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 EiB.\nGPU 0 has …")
        return move(self, device)

    monkeypatch.setattr(nn.Module, "to", full)
    with pytest.raises(DeviceError, match=r"on meta: not enough memory; it stays on cpu$"):
        mine.to("meta")
    assert same(mine.weights(), before)
    mine.run(steps=5)


def test_to_time_devices_changes_nothing_and_the_choice_is_explained(monkeypatch):
    timed, plain = trainer(), trainer()
    timed.run(steps=20)
    plain.run(steps=20)
    name, why = auto_device(timed)
    assert name in [device.name for device in available_devices() if device.available]
    assert why.startswith(name)
    assert timed.time_steps("cpu", 5) > 0
    # Two devices, of which the second fails: it is named, and the first is taken.
    two = [devices.Device(name, "", None, True) for name in ("cpu", "meta")]
    monkeypatch.setattr(devices, "available_devices", lambda: two)
    name, why = auto_device(timed, steps=5)
    assert name == "cpu" and "steps/s for" in why and "this model can't be trained on meta" in why
    timed.run(steps=20)
    plain.run(steps=20)
    assert same(timed.weights(), plain.weights())


def test_steps_per_second_against_width():
    rates = steps_per_second([4, 8], ["cpu"], steps=5)
    assert list(rates) == ["cpu"] and len(rates["cpu"]) == 2 and min(rates["cpu"]) > 0
    with pytest.raises(DeviceError, match="cpu"):
        steps_per_second([4], ["cuda:9"])


def test_auto_is_a_device_that_says_why_it_was_chosen():
    mine, plain = trainer(device="auto"), trainer()
    fastest, _ = auto_device(plain)
    assert str(mine.device) in {device.name for device in available_devices() if device.available}
    assert mine.why_there.startswith(str(mine.device)) and plain.why_there == ""
    if fastest == "cpu":  # trying has left no trace
        assert same(mine.weights(), plain.weights())
        mine.run(steps=20)
        plain.run(steps=20)
        assert same(mine.weights(), plain.weights())
    mine.to("cpu")
    assert mine.why_there == ""


def test_the_number_of_threads_holds_for_a_run_only():
    before = torch.get_num_threads()
    seen = []
    mine = trainer(callbacks=[lambda _: seen.append(torch.get_num_threads())])
    mine.threads = before + 1
    mine.run(epochs=1)
    assert seen == [before + 1] and torch.get_num_threads() == before


@pytest.mark.parametrize(("small", "expected"), [(threads.SMALL, 1), (1, 2)])
def test_a_small_network_is_trained_by_one_thread_and_a_large_one_by_all(small, expected, monkeypatch):
    monkeypatch.setattr(threads, "SMALL", small)
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        trainer(callbacks=[lambda _: seen.append(torch.get_num_threads())]).run(epochs=1)
        assert seen == [expected] and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@on_each
@pytest.mark.parametrize("optimizer", ["adam", "momentum", "rmsprop"])
def test_training_goes_on_on_another_device_and_back(kind, optimizer):
    mine = trainer(MLP(2, [8, 6], seed=1), optimizer=optimizer)
    plain = trainer(MLP(2, [8, 6], seed=1), optimizer=optimizer)
    for place in ("cpu", kind, "cpu"):
        mine.to(place)
        assert mine.device.type == place
        mine.run(steps=20)
        plain.run(steps=20)
        for name, weights in mine.weights().items():
            assert weights.device.type == place
            assert weights.cpu().numpy() == pytest.approx(plain.weights()[name].numpy(), abs=1e-3)
    assert mine.history.batch_losses == pytest.approx(plain.history.batch_losses, abs=1e-3)


@on_each
def test_on_one_device_the_same_seed_gives_the_same_numbers(kind):
    one, other = trainer(device=kind), trainer(device=kind)
    one.run(steps=60)
    for steps in (7, 30, 23):
        other.run(steps=steps)
    assert same(one.weights(), other.weights())
    assert same(one.at(33), other.at(33))


@on_each
def test_dropout_from_the_global_generator_leaves_that_alone_there(kind):
    model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 1))
    backend = torch.get_device_module(kind)
    mine = trainer(model, device=kind)
    before = backend.get_rng_state()
    mine.run(steps=5)
    assert torch.equal(backend.get_rng_state(), before)


@on_each
def test_several_runs_at_once_on_another_device(kind):
    models = [MLP(2, [6], seed=seed) for seed in range(3)]
    there = Ensemble(models, (X, Y), loss="binary_cross_entropy", device=kind)
    here = Ensemble(models, (X, Y), loss="binary_cross_entropy")
    there.run(steps=50)
    here.run(steps=50)
    assert there.batch_losses == pytest.approx(here.batch_losses, abs=1e-3)
