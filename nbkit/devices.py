"""The devices that torch could compute on: which of them it can, why not the others, and which is the fastest for a network."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from nbkit.threads import few, threads

if TYPE_CHECKING:
    from nbkit.training import Trainer

__all__ = ["Device", "DeviceError", "auto_device", "available_devices", "steps_per_second", "usable_device"]


class DeviceError(RuntimeError):
    """A device that can't be used, or not for this model; nothing was changed."""


@dataclass(frozen=True)
class Device:
    """A device as torch names it, like "cpu" or "cuda:0"; `memory` in bytes, None if unknown; `reason` why it is not available."""

    name: str
    label: str
    memory: int | None
    available: bool
    reason: str = ""

    def __str__(self) -> str:
        memory = "" if self.memory is None else f", {self.memory / 2**30:.3g} GiB"
        return f"{self.name}: {self.label}{memory}" + ("" if self.available else f" (not available: {self.reason})")


def available_devices() -> list[Device]:
    """Every device that torch could use, the CPU first; for those that it can't, the reason in words."""
    threads = torch.get_num_threads()
    cpu = Device("cpu", f"{_processor()}, {threads} thread{'s' * (threads > 1)}", _main_memory(), True)
    return [cpu, *_cuda(), *_mps(), *_xpu()]


def usable_device(name: str | torch.device) -> torch.device:
    """The torch device of that name; DeviceError says in a line why it can't be used and which can."""
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"there is no kind of device {str(name)!r}: use {_usable_names()}") from error
    if device.type in ("cuda", "xpu") and device.index is None:
        device = torch.device(device.type, 0)
    found = {each.name: each for each in available_devices()}
    same = found.get(str(device)) or next((each for each in found.values() if each.name == device.type), None)
    if same is not None and not same.available:
        raise DeviceError(f"{device} can't be used: {same.reason}; use {_usable_names()}")
    if same is None and device.type in ("cpu", "cuda", "mps", "xpu"):
        raise DeviceError(f"there is no {device}: use {_usable_names()}")
    return device  # a kind that isn't listed may be one of an extension of torch: a step on it will tell


def _usable_names() -> str:
    return " or ".join(device.name for device in available_devices() if device.available)


def auto_device(trainer: Trainer, steps: int = 30) -> tuple[str, str]:
    """The device on which `trainer` makes the most steps a second, and why, in a sentence.

    Each usable device makes `steps` steps; training then stands where it stood, to the bit.
    """
    names = [device.name for device in available_devices() if device.available]
    if names == ["cpu"]:
        return "cpu", "cpu: no other device can be used here"
    rates: dict[str, float] = {}
    failures: list[str] = []
    for name in names:
        try:
            rates[name] = trainer.time_steps(name, steps)
        except DeviceError as error:
            failures.append(str(error))
    best = max(rates, key=lambda name: rates[name])
    told = ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
    size = sum(parameter.numel() for parameter in trainer.model.parameters())
    why = f"{best}: {told} steps/s for {size:,} parameters and {trainer.batch_size or 'all'} rows a step"
    return best, "; ".join([why, *failures])


def steps_per_second(
    widths: Sequence[int], devices: Sequence[str] | None = None, *, batch_size: int = 32, steps: int = 50
) -> dict[str, list[float]]:
    """Steps/s of Adam on 2 → width → width → 1, for each width, by device; by default on all that are usable.

    How fast a device is for small networks is mostly how fast it can be given the next thing to do; width shows where its
    arithmetic begins to matter. Raises DeviceError for a device that can't be used.
    """
    if devices is None:
        devices = [device.name for device in available_devices() if device.available]
    return {name: [_rate(usable_device(name), width, batch_size, steps) for width in widths] for name in devices}


def _rate(device: torch.device, width: int, batch_size: int, steps: int) -> float:
    generator = torch.Generator().manual_seed(0)
    layers = [nn.utils.skip_init(nn.Linear, *sizes) for sizes in ((2, width), (width, width), (width, 1))]  # type: ignore[no-untyped-call]
    for layer in layers:
        nn.init.normal_(layer.weight, std=layer.in_features**-0.5, generator=generator)
        nn.init.zeros_(layer.bias)
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2]).to(device)
    x, y = (torch.randn(batch_size, n, generator=generator).to(device) for n in (2, 1))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loss = nn.MSELoss()

    def step() -> None:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    with threads(few(model.parameters(), batch_size)):  # as a trainer would
        return rate_of(step, steps, next(model.parameters()))


def rate_of(step: object, steps: int, result: Tensor) -> float:
    """How often a second `step()` is done, after a tenth as many to warm up; `result` is a tensor that the steps change."""
    assert callable(step)
    for _ in range(max(3, steps // 10)):
        step()
    result.flatten()[0].item()  # waits until the device is done
    start = time.perf_counter()
    for _ in range(steps):
        step()
    result.flatten()[0].item()
    return steps / (time.perf_counter() - start)


def _cuda() -> list[Device]:
    kind = "ROCm" if torch.version.hip else "CUDA"
    if not torch.backends.cuda.is_built():  # type: ignore[no-untyped-call]
        return [
            Device("cuda", "NVIDIA or AMD GPU", None, False, "this torch is built without CUDA: install one with it")
        ]
    if not torch.cuda.is_available():
        return [Device("cuda", "NVIDIA or AMD GPU", None, False, f"torch finds no {kind} driver or no GPU")]
    found = []
    for index in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(index)
        found.append(_tried(Device(f"cuda:{index}", about.name, about.total_memory, True)))
    return found


def _mps() -> list[Device]:
    label = "Apple GPU"
    if not torch.backends.mps.is_built():
        return [Device("mps", label, None, False, "this torch is built without MPS, which is for macOS on Apple chips")]
    if not torch.backends.mps.is_available():
        return [Device("mps", label, None, False, "it needs macOS 14 or newer and an Apple or AMD GPU")]
    return [_tried(Device("mps", label, torch.mps.recommended_max_memory(), True))]


def _xpu() -> list[Device]:
    label = "Intel GPU"
    if not torch.xpu._is_compiled():
        return [Device("xpu", label, None, False, "this torch is built without XPU: install one with it")]
    if not torch.xpu.is_available():
        return [Device("xpu", label, None, False, "torch finds no Intel GPU or no driver")]
    found = []
    for index in range(torch.xpu.device_count()):
        about = torch.xpu.get_device_properties(index)
        found.append(_tried(Device(f"xpu:{index}", about.name, about.total_memory, True)))
    return found


def _tried(device: Device) -> Device:
    """The device as it proves when something is computed on it: an old GPU is there, but this torch has no code for it."""
    try:
        (torch.ones(2, device=device.name) @ torch.ones(2, device=device.name)).item()
    except RuntimeError as error:
        return Device(device.name, device.label, device.memory, False, first_line(error))
    return device


def first_line(error: BaseException) -> str:
    """What an error says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _processor() -> str:
    return f"{platform.machine()} processor with {os.cpu_count()} cores"


def _main_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None  # Windows has no sysconf
