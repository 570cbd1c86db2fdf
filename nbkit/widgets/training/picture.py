"""The whole figure of the trainer as arrays, with what is worth keeping from one picture to the next."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from nbkit.displays.training import Curves, Pinned
from nbkit.training.losses import METRICS
from nbkit.widgets.training.changes import effective, epoch_at
from nbkit.widgets.training.network import network_view
from nbkit.widgets.training.panels import Slices, errors_panel, speeds_panel, spreads_panel, unit_panel
from nbkit.widgets.training.pins import Pins
from nbkit.widgets.training.places import Places
from nbkit.widgets.training.run import Run
from nbkit.widgets.training.samples import Samples
from nbkit.widgets.training.several import Several
from nbkit.widgets.training.views import Grid, curves_of, data_view, heading_of, metric_of

__all__ = ["Painter"]

Parameters = Mapping[str, Any]

SLOWER = 0.1  # s between two pictures of curves that grow: the eye follows the map, and reads the curves


class Painter:
    """Makes the keywords of `TrainingDisplay.update` of a run and the parameters."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.pins, self.several = Pins(run), Several(run)
        self._grid: Grid | None = None
        self._slices = Slices()
        self._drawn: dict[str, tuple[Any, Curves, float]] = {}  # curves by name, with what they were made of, and when

    def arrays(self, parameters: Parameters, moving: bool) -> dict[str, Any]:
        """The picture at `steps`, or as far as the training came; while it is `moving` what takes long is left as it was."""
        run, show = self.run, parameters["show"]
        trainer = run.trainer
        step = min(parameters["steps"], trainer.steps)
        model, grid = run.model_at(step), self.grid(run.samples_at(parameters, step))
        metric = metric_of(trainer.history)
        epoch = epoch_at(parameters, step, len(trainer.train.targets))
        panel = self._panel(parameters, step, model, grid, moving)
        measured = trainer.history.latest if moving else self._measured(model, grid)
        self.several.to(parameters, step)
        now = None if moving else measured
        message = trainer.diverged if step >= trainer.steps else None
        return {
            "data": data_view(model, grid, parameters["discretise"]) if "data" in show else None,
            "network": network_view(model, grid.places, parameters["selected"], not moving)
            if "network" in show
            else None,
            "loss": self._curves(parameters, step, "loss", now) if "loss" in show else None,
            "metric": self._curves(parameters, step, metric, now)
            if metric and "metric" in show and panel is None
            else None,
            "panel": panel,
            "heading": heading_of(epoch, step, measured),
            "message": "" if message is None else textwrap.fill(str(message), 70),
        }

    @property
    def places(self) -> Places:
        """Where the neurons are asked that were drawn last."""
        assert self._grid is not None
        return self._grid.places

    def grid(self, samples: Samples) -> Grid:
        """Where a model is asked for these samples, made once for them."""
        device = self.run.trainer.device
        if self._grid is None or self._grid.samples is not samples or self._grid.device != device:
            self._grid = Grid(samples, device)
        return self._grid

    def _measured(self, model: nn.Module, grid: Grid) -> dict[str, float]:
        """Loss and metrics of the whole samples with the weights that are shown."""
        names = [name for name in self.run.trainer.measured if not name.startswith("validation_")]
        found: dict[str, float] = {}
        for prefix, part in (("", grid.samples.train), ("validation_", grid.samples.validation)):
            inputs, targets = grid.places.fed(part)
            with torch.no_grad():
                made = model(*inputs)
                found |= {
                    prefix + name: float((METRICS.get(name) or self.run.trainer.loss)(made, targets)) for name in names
                }
        return found

    def _curves(self, parameters: Parameters, step: int, name: str, now: Mapping[str, float] | None) -> Curves:
        """The curves up to a step, with what is measured `now` at their end; else the same object as long as they are the same.

        Those that grow by themselves grow every `SLOWER` seconds only.
        """
        trainer, band = self.run.trainer, self.several.band(name, step)
        until = int(trainer.history.evaluation_steps[-1])
        made_of = None if now or band else (self.run.made, {**parameters, "steps": 0})
        if made_of is not None and name in self._drawn:
            before, curves, at = self._drawn[name]
            last = curves.steps[-1]
            if before == made_of and (last == until or (last < until and time.monotonic() < at + SLOWER)):
                return curves
        rows = len(trainer.train.targets)
        pinned = [Pinned(label, *curves[name]) for label, curves in self.pins.curves(parameters) if name in curves]
        cursor = parameters["cursor"]
        curves = curves_of(
            trainer.history,
            step,
            name,
            now,
            log=parameters["log_scale"] and name == "loss",
            epoch=float(-(-rows // min(effective(parameters, step)["batch_size"], rows))),
            marks=[at for at, _ in parameters["changes"] if 0 < at <= step],
            cursor=None if cursor < 0 else float(min(cursor, step)),
            pinned=pinned,
            band=band,
        )
        self._drawn[name] = made_of, curves, time.monotonic()
        return curves

    def _panel(self, parameters: Parameters, step: int, model: nn.Module, grid: Grid, moving: bool) -> Any:
        run, loss, places = self.run, self.run.trainer.loss, grid.places
        selected = parameters["selected"]
        match parameters["panel"]:
            case "unit":
                return unit_panel(model, loss, places, selected)
            case "spreads":
                return spreads_panel(model, loss, places)
            case "errors":
                beside = (
                    "data" in parameters["show"] and places.kind == "data"
                )  # the validation sample's is there already
                return errors_panel(model, places, "train" if beside else "validation")
            case "surface":
                return self._slices.at((run.made,), step, run.trainer, model, loss, places, moving)
            case "speeds":
                return speeds_panel()
        return None
