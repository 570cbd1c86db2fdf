"""Samples that a student drew and split: read, and looked at for what makes a validation worthless."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import ks_2samp, kstest

from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.values import numbers
from nbkit.landscape import Array

__all__ = ["check_inputs", "inputs_of"]

#: A sample as far from what it should be as once in a million draws is taken for another distribution.
CHANCE = 1e-6


def inputs_of(value: Any, dimension: int, name: str) -> Array:
    """The student's inputs (n, d) as float64."""
    x = numbers(value, None, f"`{name}`")
    if x.ndim == 2 and x.shape[0] == dimension and x.shape[1] > dimension:
        raise Unusable(
            f"`{name}` has shape {x.shape}: rows and columns are exchanged. One row is one sample, one column one input."
        )
    if x.ndim != 2 or x.shape[1] != dimension or len(x) < 2:
        raise Unusable(f"`{name}` has shape {x.shape}, asked is (samples, {dimension}).")
    return x


def check_inputs(train: Array, validation: Array, low: float, high: float) -> None:
    """Raise Wrong where two samples share rows, were not shuffled, or do not fill the box [low, high]ᵈ evenly."""
    names = [f"x{k + 1}" for k in range(train.shape[1])]
    whole = np.concatenate([train, validation])
    for k, name in enumerate(names):
        for j in range(k):
            if np.allclose(whole[:, k], whole[:, j]):
                raise Wrong(
                    f"{names[j]} and {name} are the same numbers: all your points lie on a line.",
                    "Two generators with the same seed give the same numbers. How many generators does one sample need?",
                )
    both = shared(train, validation)
    if both:
        raise Wrong(
            f"{both} of the {len(validation)} validation points are training points, too.",
            "A network may know those by heart. What is validation to tell you? Each sample belongs to one of the two.",
            "Ten samples, shuffled: 7 2 9 0 4 1 8 5 3 6. The first seven train, the last three validate, and none does both.",
        )
    for k, name in enumerate(names):
        if ks_2samp(train[:, k], validation[:, k]).pvalue < CHANCE:
            raise Wrong(
                f"In the training sample {name} lies between {train[:, k].min():.3g} and {train[:, k].max():.3g} (mean "
                f"{train[:, k].mean():.3g}), in validation between {validation[:, k].min():.3g} and {validation[:, k].max():.3g} (mean "
                f"{validation[:, k].mean():.3g}): the two are not of the same kind.",
                "In what order did the samples stand when you cut them in two? Shuffle first, x and y by the same order.",
            )
    outside = (whole < low - 1e-6 * (high - low)) | (whole > high + 1e-6 * (high - low))
    if outside.any():
        raise Wrong(
            f"{outside.any(axis=1).sum()} of {len(whole)} samples lie outside of [{low:.4g}, {high:.4g}], the first at {whole[outside][0]:.3g}.",
            "Where do your samples have to lie, and how does your generator take its limits?",
        )
    for k, name in enumerate(names):
        if kstest(whole[:, k], "uniform", args=(low, high - low)).pvalue < CHANCE:
            raise Wrong(
                f"{name} has to be uniform from {low:.4g} to {high:.4g}; yours lies between {whole[:, k].min():.3g} and {whole[:, k].max():.3g}, "
                f"half of it between {np.quantile(whole[:, k], 0.25):.3g} and {np.quantile(whole[:, k], 0.75):.3g}.",
                "What a network never saw it does not know. Fill the whole range, as densely in the corners as in the middle.",
            )
    for k, name in enumerate(names):
        for j in range(k):
            empty = np.histogram2d(whole[:, j], whole[:, k], 4)[0] == 0
            if empty.any():
                raise Wrong(
                    f"{names[j]} and {name} know of each other: {empty.sum()} of the 16 fields that their plane is divided into are empty.",
                    "Each input has to take all its values whatever the others are. From what are the two made?",
                )


def shared(train: Array, validation: Array) -> int:
    """How many rows of validation stand in train, too."""
    known = {row.tobytes() for row in np.ascontiguousarray(train.astype(np.float32))}
    return sum(row.tobytes() in known for row in np.ascontiguousarray(validation.astype(np.float32)))
