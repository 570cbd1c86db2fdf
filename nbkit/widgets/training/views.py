"""The arrays of the trainer's figure, out of a model, its data and its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nbkit.displays.training import Boundary, Confusion, Curves, FittedCurve, Predictions
from nbkit.displays.training.axes import number
from nbkit.training.history import History
from nbkit.widgets.training.places import Places, plane, tensors
from nbkit.widgets.training.samples import Samples

__all__ = ["confusion_of", "curves_of", "data_view", "heading_of", "outputs"]

Array = NDArray[np.float64]

CELLS = 80  # of the map, along each side
ROOM = 0.06  # round the data, as a share of their range
METRICS = {"accuracy": "accuracy", "r2": "R²"}
LONGEST = 84  # letters of the heading that find room in the figure


class Grid:
    """Places that a model is asked at, made once for its data: a plane of cells, or a line."""

    def __init__(self, samples: Samples, device: torch.device) -> None:
        self.samples, self.device = samples, device
        x = np.concatenate([samples.train.x, samples.validation.x])
        low, high = x.min(axis=0), x.max(axis=0)
        room = ROOM * np.where(high > low, high - low, 1.0)
        self.low, self.high = low - room, high + room
        truth = samples.train.truth
        self.truth: Array | None = None
        if x.shape[1] == 2:
            self.points = plane(self.low, self.high, CELLS)
            self.extent = (self.low[0], self.high[0], self.low[1], self.high[1])
            if truth is not None:
                self.truth = np.asarray(truth(self.points), np.float64).reshape(CELLS, CELLS, -1)[..., 0]
        else:
            self.points = np.linspace(self.low, self.high, 241)
            if truth is not None and x.shape[1] == 1:
                self.truth = np.asarray(truth(self.points), np.float64).reshape(len(self.points), -1)[:, 0]
        self.inputs = tensors(samples.feed(self.points), device)
        self.places = Places(samples, self.low, self.high, device)


@torch.no_grad()
def outputs(model: nn.Module, inputs: tuple[Tensor, ...]) -> Array:
    """The model's outputs (n, k), in evaluation mode."""
    model.eval()
    made: Tensor = model(*inputs)
    return made.reshape(len(made), -1).cpu().numpy().astype(np.float64)


def answers(logits: Array, task: str) -> Array:
    """What outputs say: probabilities of class 1 (n,), of each class (n, k), or values (n, k)."""
    if task == "binary":
        return 0.5 + 0.5 * np.tanh(0.5 * logits[:, 0])
    if task == "multiclass":
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
    return logits


def confusion_of(model: nn.Module, places: Places, which: str = "validation") -> Confusion:
    """How often each class of the "validation" or "train" sample is taken for which."""
    part = getattr(places.samples, which)
    found = answers(outputs(model, places.fed(part)[0]), part.task)
    predicted = found > 0.5 if part.task == "binary" else found.argmax(axis=1)
    count = len(part.classes)
    cells = np.asarray(part.y, int) * count + predicted.astype(int)
    return Confusion(np.bincount(cells, minlength=count**2).reshape(count, count), part.classes, which)


def data_view(model: nn.Module, grid: Grid, discretise: bool) -> Boundary | FittedCurve | Predictions | Confusion:
    """The data with what the model makes of them: a map of two inputs, or a curve over one.

    Of more inputs the classes that are taken for others, or predictions against the truth.
    """
    samples = grid.samples
    train, validation = samples.train, samples.validation
    inputs = train.x.shape[1]
    if inputs > 2 and train.task != "regression":
        return confusion_of(model, grid.places)
    if inputs > 2 or (train.task == "regression" and train.y.shape[1] > 1 and inputs == 2):
        return _predictions(model, grid)
    found = answers(outputs(model, grid.inputs), train.task)
    if inputs == 1:
        return FittedCurve(
            grid.points[:, 0],
            found if found.ndim == 1 else found[:, :4],
            np.column_stack([train.x[:, 0], train.y.reshape(len(train), -1)[:, 0]]),
            np.column_stack([validation.x[:, 0], validation.y.reshape(len(validation), -1)[:, 0]]),
            truth=None if grid.truth is None else np.array([grid.points[:, 0], grid.truth]),
            names=(train.inputs[0], f"probability of {train.classes[1]}" if train.task == "binary" else train.target),
        )
    classes = train.task != "regression"
    surface = found.reshape(CELLS, CELLS, -1) if train.task == "multiclass" else found.reshape(CELLS, CELLS)
    targets = [np.asarray(part.y).reshape(len(part), -1)[:, 0] for part in (train, validation)]
    low, high = float(min(map(np.min, targets))), float(max(map(np.max, targets)))
    return Boundary(
        surface,
        grid.extent,
        train.x,
        targets[0],
        validation.x,
        targets[1],
        classes=train.classes,
        names=(train.inputs[0], train.inputs[1]),
        target=train.target,
        limits=(0.0, 1.0) if classes else (low, high if high > low else low + 1),
        discretise=discretise,
        truth=grid.truth if train.task == "binary" else None,
    )


def _predictions(model: nn.Module, grid: Grid) -> Predictions:
    parts = []
    for part in (grid.samples.train, grid.samples.validation):
        rows = slice(0, 1000)
        found = outputs(model, tensors(grid.samples.feed(part.x[rows]), grid.device))
        parts.append(np.column_stack([np.asarray(part.y[rows], np.float64).reshape(len(found), -1)[:, 0], found[:, 0]]))
    return Predictions(parts[0], parts[1], grid.samples.train.target)


def curves_of(
    history: History,
    step: int,
    name: str,
    now: Mapping[str, float] | None,
    *,
    log: bool = False,
    epoch: float | None = None,
    **more: Any,
) -> Curves:
    """The curves of "loss" or of a metric up to a step; they end with what is measured `now`, or with what was measured last."""
    measured_at = history.evaluation_steps
    known = int(np.searchsorted(measured_at, step, side="left" if now else "right"))
    curves = history.losses, history.validation_losses
    if name != "loss":
        curves = history.metrics[name], history.metrics[f"validation_{name}"]
    steps, train, validation = (values[:known].astype(np.float64) for values in (measured_at, *curves))
    if now:
        ends = step, now[name], now[f"validation_{name}"]
        steps, train, validation = (np.append(*both) for both in zip((steps, train, validation), ends, strict=True))
    return Curves(
        steps,
        train,
        validation,
        name=METRICS.get(name, name),
        log=log,
        epoch=epoch,
        rising=name != "loss",
        **more,
    )


def metric_of(history: History) -> str | None:
    """The first metric that is measured, or None."""
    return next((name for name in history.metrics if not name.startswith("validation_")), None)


def heading_of(epoch: float, step: int, measured: Mapping[str, float]) -> str:
    """One line that says how far the training is, and how good: of whole samples, with the weights that are shown."""
    far = [f"epoch {epoch:.{1 if epoch < 1000 else 0}f}", f"step {step:,}".replace(",", " ")]
    train = f"train loss {number(measured['loss'])}"
    judged = ", ".join(
        f"{METRICS.get(name[11:], name[11:])} {number(value)}"
        for name, value in measured.items()
        if name.startswith("validation_")
    )
    texts = [[*far, train, f"validation {judged}"], [*far, train, f"val. {judged}"], [*far, f"val. {judged}"]]
    lines = [" · ".join(text) for text in texts]
    return next((line for line in lines if len(line) <= LONGEST), lines[-1])
