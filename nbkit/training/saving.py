"""A training as a file of tensors and plain values, which torch reads without running anything that stands in it."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

__all__ = ["check_fit", "read", "write"]

_FORMAT = 1


def write(path: str | os.PathLike[str], content: Mapping[str, Any]) -> None:
    """Write `content`, at once or not at all: a file of that name stays as it is until the new one is whole."""
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save({"nbkit": _FORMAT, **content}, file)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What `write` wrote, on the CPU. Raises ValueError, in a line, for a file that is something else."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise ValueError(f"{path} was not written by Trainer.save, or is damaged") from error
    if not isinstance(content, dict) or content.get("nbkit") != _FORMAT:
        raise ValueError(f"{path} was not written by Trainer.save, or by another version of nbkit")
    return content


def check_fit(there: Mapping[str, Any], here: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Whether a trainer, of which `here` would be written, can go on from what was read; ValueError says what differs."""
    names = {**here["shapes"], **there["shapes"]}
    for name in names:
        shapes = [some["shapes"].get(name, "no shape, it is missing,") for some in (there, here)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"{path} is of another model: {name} has {shapes[0]} there and {shapes[1]} here")
    differences = {
        "number of training samples": (there["state"]["rows"], here["state"]["rows"]),
        "loss and metrics": (", ".join(there["names"]), ", ".join(here["names"])),
        **{name: (there[name], here[name]) for name in ("optimizer", "schedule", "callbacks")},
    }
    for what, (theirs, mine) in differences.items():
        if theirs != mine:
            raise ValueError(f"{path} doesn't fit: its {what}: {theirs}; this trainer's: {mine}")
