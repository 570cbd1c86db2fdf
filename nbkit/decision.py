"""What a model says all over the plane of its two inputs, beside the data that it learned from and the true border."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from nbkit.datasets import DataSet, from_arrays
from nbkit.datasets.base import Array
from nbkit.datasets.functions import Function, region_of
from nbkit.training.evaluation import outputs_of

__all__ = ["Model", "answers", "over_the_plane"]

#: A torch module, or a callable of points (n, 2) that returns probabilities, (n,) or (n, classes), or values (n,).
Model = nn.Module | Callable[[Array], Any]
Sample = DataSet | tuple[Any, Any]

SQUASHED = (nn.Sigmoid, nn.Softmax)  # a module that ends in one of them gives probabilities already


def over_the_plane(
    model: Model,
    train: Sample,
    validation: Sample | None = None,
    truth: Function | None = None,
    resolution: int = 150,
) -> dict[str, Any]:
    """All that a `DecisionBoundaryDisplay` is told: the model's answers on a grid round the data, the data, and the true border.

    Samples are data sets or pairs x (n, 2), y (n,). `truth` is the region of class 1 by a formula or a callable of x1 and
    x2, without it what the data set knows. Raises ValueError for data of other than two inputs, and for a model that does not
    give one answer, or one for each class, for each point.
    """
    seen, judged = _samples(train, validation)
    points = seen.x if judged is None else np.concatenate([seen.x, judged.x])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, 0.05 * (high - low), 1.0)
    low, high = low - margin, high + margin
    surface = answers(model, _grid(low, high, resolution), seen)
    if seen.task == "regression":
        y = seen.y if judged is None else np.concatenate([seen.y, judged.y])
        limits = (float(y.min()), float(y.max())) if np.ptp(y) > 0 else (float(y.min()) - 1, float(y.max()) + 1)
    else:
        limits = (0.0, 1.0)
    shown: dict[str, Any] = {
        "surface": surface.reshape(resolution, resolution, *surface.shape[1:]),
        "extent": (low[0], high[0], low[1], high[1]),
        "train": seen.x,
        "train_targets": seen.y.ravel(),
        "validation": np.empty((0, 2)) if judged is None else judged.x,
        "validation_targets": np.empty(0, np.int64) if judged is None else judged.y.ravel(),
        "classes": seen.classes,
        "names": seen.inputs,
        "target": seen.target,
        "limits": limits,
    }
    inside = region_of(truth, ("x1", "x2")) if truth is not None else seen.truth
    if inside is not None and seen.task == "binary":
        fine = 2 * resolution  # steps would be seen in a line
        shown["truth"] = np.asarray(inside(_grid(low, high, fine)), np.float64).reshape(fine, fine)
    return shown


def answers(model: Model, x: Array, data: DataSet) -> Array:
    """The model's probability of class 1 at points x (n, 2), shape (n,), of each of more classes (n, k), or its values (n,)."""
    try:
        y = _outputs(model, x, data)
    except Exception as error:
        said = " ".join(str(error).split())[:120]
        raise ValueError(
            f"the model does not run on {len(x)} points of two inputs: {type(error).__name__}: {said}"
        ) from error
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if data.task == "binary" and y.shape == (len(x), 2):
        y = y[:, 1]
    wanted = (len(x), len(data.classes)) if data.task == "multiclass" else (len(x),)
    if y.shape != wanted:
        raise ValueError(f"the model must give outputs of shape {wanted} for {data.task} data, it gave {y.shape}")
    return y


def _outputs(model: Model, x: Array, data: DataSet) -> Array:
    if not isinstance(model, nn.Module):
        return np.asarray(model(x), np.float64)
    like = next(model.parameters(), torch.zeros(()))
    y = outputs_of(model, (torch.as_tensor(x, dtype=like.dtype, device=like.device),))
    if data.task != "regression" and not isinstance(list(model.modules())[-1], SQUASHED):
        y = torch.softmax(y, 1) if y.ndim == 2 and y.shape[1] > 1 else torch.sigmoid(y)
    return y.double().cpu().numpy()


def _samples(train: Sample, validation: Sample | None) -> tuple[DataSet, DataSet | None]:
    """Both as data sets of two inputs, in which the same class has the same number."""
    if isinstance(train, DataSet):
        seen, judged = train, validation
    else:
        seen, judged = from_arrays(*train), validation
        if isinstance(validation, tuple):
            pairs = [(np.asarray(x), np.asarray(y)) for x, y in (train, validation)]
            if len({(x.shape[1:], y.shape[1:]) for x, y in pairs}) > 1:
                raise ValueError(
                    f"validation must have the shapes of train but for the samples, got {pairs[1][0].shape}"
                )
            whole = from_arrays(*(np.concatenate(arrays) for arrays in zip(*pairs, strict=True)))
            cut = len(seen)
            seen, judged = (replace(whole, x=whole.x[rows], y=whole.y[rows]) for rows in (slice(cut), slice(cut, None)))
    if isinstance(judged, tuple) or (judged is not None and judged.classes != seen.classes):
        raise ValueError("train and validation must be both pairs (x, y), or both data sets with the same classes")
    if seen.x.shape[1] != 2:
        raise ValueError(f"a plane has two inputs, x has {seen.x.shape[1]}: train a model on two of them to draw this")
    return seen, judged


def _grid(low: Array, high: Array, count: int) -> Array:
    """The middles (count², 2) of the cells of a picture, row by row, the lowest x2 first."""
    places = low + (np.arange(count)[:, None] + 0.5) * (high - low) / count
    return np.stack(np.meshgrid(*places.T), axis=-1).reshape(-1, 2)
