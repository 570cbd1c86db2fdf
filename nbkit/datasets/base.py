"""What a data set is, whoever made it: numbers, their names and units, and what is known of the truth behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "DataSet", "Labels", "Task", "Truth", "generator"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Task = Literal["binary", "multiclass", "regression"]
Truth = Callable[[Array], Array | Labels]


@dataclass(frozen=True, eq=False, repr=False)
class DataSet:
    """Samples of inputs and of what is to be predicted from them; of your own data, `from_arrays` makes and checks one.

    The first index is the sample's. `truth` is what would be known without noise: of points (n, d) their classes (n,), or
    their values (n, k).
    """

    #: What it is called, like "circle".
    name: str
    #: The inputs, (n, d).
    x: Array
    #: Classes as numbers from 0, (n,) int64; for a regression the values, (n, k) float64.
    y: Labels | Array
    #: Classes are two ("binary") or more.
    task: Task
    #: One axis label an input, with its unit, like "mass (GeV)".
    inputs: tuple[str, ...]
    #: The axis label of y, with its unit.
    target: str
    #: The names of the classes, by their number.
    classes: tuple[str, ...] = ()
    truth: Truth | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def outputs(self) -> int:
        """How many numbers a network has to give for a sample: one logit, one logit a class, or the k values."""
        if self.task == "binary":
            return 1
        return len(self.classes) if self.task == "multiclass" else self.y.shape[1]

    def split(self, validation: float = 0.5, seed: int = 0) -> tuple[DataSet, DataSet]:
        """The samples, shuffled and divided into those to train with and the share `validation` to judge with.

        Each class is divided alike, to within one sample. Raises ValueError where either part would be empty.
        """
        count = round(len(self) * validation) if 0 < validation < 1 else 0
        if not 0 < count < len(self):
            raise ValueError(
                f"validation must be a share of the {len(self)} samples that leaves some in both parts, "
                f"like 0.5, got {validation}"
            )
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(self))
        if self.task != "regression":
            # Each class is spread evenly over the whole before it is cut.
            places = np.empty(len(self))
            for number in range(len(self.classes)):
                mine = np.flatnonzero(self.y[order] == number)
                places[mine] = (np.arange(len(mine)) + rng.random()) / max(len(mine), 1)
            order = order[np.argsort(places, kind="stable")]
        return self._rows(rng.permutation(order[count:])), self._rows(rng.permutation(order[:count]))

    def standardized(self, by: DataSet | None = None) -> DataSet:
        """The same with each input less its mean and divided by its standard deviation, so that it has no unit.

        Both numbers are those of `by`, the training data, when the validation data are made to match; without it, its own.
        An input that never changes becomes 0. `truth` takes the new inputs.
        """
        source = self if by is None else by
        if source.inputs != self.inputs:
            raise ValueError(f"by must have the inputs {self.inputs}, got {source.inputs}")
        mean, width = source.x.mean(axis=0), source.x.std(axis=0)
        width = np.where(width > 0, width, 1.0)
        truth = self.truth
        return replace(
            self,
            x=(self.x - mean) / width,
            inputs=tuple(f"{label.split(' (')[0]}, standardized" for label in self.inputs),
            truth=None if truth is None else lambda x: truth(x * width + mean),
        )

    def _rows(self, rows: NDArray[np.intp]) -> DataSet:
        return replace(self, x=self.x[rows], y=self.y[rows])

    def __repr__(self) -> str:
        what = self.target
        if self.task != "regression":
            counts = np.bincount(np.asarray(self.y, np.int64), minlength=len(self.classes))
            what += f" ({', '.join(f'{name} {count}' for name, count in zip(self.classes, counts, strict=True))})"
        names = ", ".join(self.inputs) if len(self.inputs) <= 8 else f"{len(self.inputs)} inputs"
        return f"<{self.name}: {len(self)} samples of {names} → {what}>"


def generator(samples: int, noise: float, seed: int) -> np.random.Generator:
    """A generator of random numbers for `seed`, once the three numbers that every maker takes have been checked."""
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or samples < 2:
        raise ValueError(f"samples must be a whole number of at least 2, got {samples!r}")
    if isinstance(noise, bool) or not isinstance(noise, int | float | np.number) or not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a number of at least 0, got {noise!r}")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed must be a whole number of at least 0, got {seed!r}")
    return np.random.default_rng(seed)
