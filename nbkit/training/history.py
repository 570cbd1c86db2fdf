"""What happened while a model learned, in memory that does not grow with the number of steps."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["History", "Means", "Records"]

Array = NDArray[np.float64]


class Means:
    """A number, or several, for every step, kept as means over equally many steps: twice as many whenever `capacity` is reached."""

    def __init__(self, capacity: int = 4096) -> None:
        self.capacity, self.width = capacity, 1
        self._means = self._tail = np.empty(0)

    def extend(self, values: Array) -> None:
        """The numbers (n,) or (n, k) of the steps that follow; in how many portions they come makes no difference."""
        if not len(self._means) and not len(self._tail):
            self._means = self._tail = np.empty((0, *values.shape[1:]))
        values, means = np.concatenate([self._tail, values]), self._means
        while len(values) >= self.width:
            whole = min(len(values) // self.width, self.capacity - len(means))
            cut = whole * self.width
            means = np.concatenate([means, values[:cut].reshape(whole, self.width, *values.shape[1:]).mean(1)])
            values = values[cut:]
            if len(means) == self.capacity:
                means, self.width = means.reshape(-1, 2, *means.shape[1:]).mean(1), 2 * self.width
        self._means, self._tail = means, values

    def read(self) -> tuple[NDArray[np.int64], Array]:
        """The last step of each mean, and the means; the last one may be of fewer steps."""
        means, tail, width = self._means, self._tail, self.width
        steps = np.arange(1, len(means) + 1, dtype=np.int64) * width
        if len(tail):
            steps = np.append(steps, len(means) * width + len(tail))
            means = np.concatenate([means, tail.mean(0, keepdims=True)])
        return steps, means

    def truncate(self, step: int) -> None:
        """Forget what came after `step`; a mean that reaches beyond it is kept for the steps before."""
        whole, rest = divmod(step, self.width)
        if whole < len(self._means):
            self._tail = np.repeat(self._means[whole : whole + 1], rest, 0)
            self._means = self._means[:whole]
        else:
            self._tail = self._tail[: step - len(self._means) * self.width]

    def state_dict(self) -> dict[str, Any]:
        return {"width": self.width, "means": torch.tensor(self._means), "tail": torch.tensor(self._tail)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.width, self._means, self._tail = state["width"], state["means"].numpy(), state["tail"].numpy()


class Records:
    """Rows of numbers, each of a step: every second is dropped whenever there are `capacity`; the newest is always there."""

    def __init__(self, columns: Sequence[str], capacity: int = 2048) -> None:
        self.columns, self.capacity = tuple(columns), capacity
        self.every = 1
        self.count = 0
        self._rows: list[Array] = []
        self._numbers: list[int] = []
        self._fresh: list[tuple[tuple[float, ...], Tensor]] = []
        self._table: Array | None = None  # of all rows, once somebody has asked for it

    def append(self, known: tuple[float, ...], measured: Tensor) -> None:
        """A row: numbers known here, the step first, then those of a tensor, which isn't read before somebody asks."""
        self._fresh.append((known, measured))
        if len(self._fresh) == 128:
            self._settle()

    def table(self) -> Array:
        """All rows, shape (rows, columns); not to be written into."""
        self._settle()
        if self._table is None:
            self._table = np.array(self._rows).reshape(-1, len(self.columns))
            self._table.flags.writeable = False
        return self._table

    def _settle(self) -> None:
        if not self._fresh:
            return
        self._table = None
        measured = torch.stack([row for _, row in self._fresh]).to("cpu").numpy().astype(np.float64)
        for (known, _), row in zip(self._fresh, measured, strict=True):
            # The newest row gives way to the next, unless its number is one of those kept.
            if self._numbers and self._numbers[-1] % self.every:
                del self._numbers[-1], self._rows[-1]
            self._numbers.append(self.count)
            self._rows.append(np.concatenate([known, row]))
            self.count += 1
            if len(self._rows) >= self.capacity:
                self.every *= 2
                kept = [
                    n for n, number in enumerate(self._numbers) if number % self.every == 0 or number == self.count - 1
                ]
                self._rows, self._numbers = [self._rows[n] for n in kept], [self._numbers[n] for n in kept]
        self._fresh.clear()

    def truncate(self, step: int) -> None:
        self._settle()
        self._table = None
        while self._rows and self._rows[-1][0] > step:
            self.count = self._numbers.pop()
            self._rows.pop()

    def state_dict(self) -> dict[str, Any]:
        rows = torch.tensor(self.table().copy())
        return {"rows": rows, "numbers": list(self._numbers), "every": self.every, "count": self.count}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._rows, self._numbers = list(state["rows"].numpy()), list(state["numbers"])
        self.every, self.count = state["every"], state["count"]
        self._fresh.clear()
        self._table = None


class History:
    """The course of a training as arrays, made when they are asked for; reading changes nothing.

    Each step: `steps` (n,) and `batch_losses` (n,), the loss of the step's batch before the step, in training mode. Up to 4096
    steps they are single ones, then means over 2, 4, … steps, each standing at its last.

    Each evaluation, mostly at an epoch's end: `evaluation_steps` (m,), `epochs` (m,), `losses` (m,) and `validation_losses`
    (m,), both measured alike, with the same weights, in evaluation mode (no dropout) and without penalties, so that they can be
    compared; `metrics`, arrays (m,) by name, those of the validation sample beginning with "validation_"; `learning_rates` (m,).

    Every 16 steps: `gradient_steps` (g,) and `gradient_norms`, arrays (g,) by layer: the norm of the gradient of its weights
    and biases in that step.
    """

    def __init__(self, measured: Sequence[str], layers: Mapping[str, Sequence[int]], parameters: int) -> None:
        self._losses = Means()
        self._evaluations = Records(("step", "epoch", "learning_rate", *measured))
        self._layers = dict(layers)
        self._gradients = Records(("step", *map(str, range(parameters))))

    def __len__(self) -> int:
        """The number of steps."""
        steps, _ = self._losses.read()
        return int(steps[-1]) if len(steps) else 0

    def __repr__(self) -> str:
        row = self._evaluations.table()[-1:]
        last = ", ".join(
            f"{n.replace('_', ' ')} {v:.4g}" for n, v in zip(self._evaluations.columns[3:], *row[:, 3:], strict=False)
        )
        return f"<History: {len(self)} steps" + (f", epoch {row[0, 1]:.4g}: {last}>" if len(row) else ">")

    @property
    def steps(self) -> NDArray[np.int64]:
        return self._losses.read()[0]

    @property
    def batch_losses(self) -> Array:
        return self._losses.read()[1]

    @property
    def evaluation_steps(self) -> NDArray[np.int64]:
        return self._column("step").astype(np.int64)

    @property
    def epochs(self) -> Array:
        return self._column("epoch")

    @property
    def learning_rates(self) -> Array:
        return self._column("learning_rate")

    @property
    def losses(self) -> Array:
        return self._column("loss")

    @property
    def validation_losses(self) -> Array:
        """Shape (m,), or (0,) without a validation sample."""
        return self._column("validation_loss") if "validation_loss" in self._evaluations.columns else np.empty(0)

    @property
    def metrics(self) -> dict[str, Array]:
        table = self._evaluations.table()
        return {
            name: table[:, n].copy()
            for n, name in enumerate(self._evaluations.columns)
            if n > 2 and name not in ("loss", "validation_loss")
        }

    @property
    def gradient_steps(self) -> NDArray[np.int64]:
        return self._gradients.table()[:, 0].astype(np.int64)

    @property
    def gradient_norms(self) -> dict[str, Array]:
        squares = self._gradients.table()[:, 1:] ** 2
        return {layer: np.sqrt(squares[:, list(of)].sum(1)) for layer, of in self._layers.items()}

    @property
    def latest(self) -> dict[str, float]:
        """Loss and metrics as they were measured last, by name: "loss", "validation_loss", "accuracy", …"""
        row = self._evaluations.table()[-1, 3:]
        return dict(zip(self._evaluations.columns[3:], row.tolist(), strict=True))

    def to_csv(self) -> str:
        """The evaluations as text, one a line, with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self._evaluations.columns)
        writer.writerows([int(row[0]), *map(repr, row[1:].tolist())] for row in self._evaluations.table())
        return text.getvalue()

    def _column(self, name: str) -> Array:
        return self._evaluations.table()[:, self._evaluations.columns.index(name)].copy()

    def add_losses(self, losses: Array) -> None:
        self._losses.extend(losses)

    def add_evaluation(self, step: int, epoch: float, learning_rate: float, measured: Tensor) -> None:
        self._evaluations.append((step, epoch, learning_rate), measured)

    def add_gradients(self, step: int, norms: Tensor) -> None:
        self._gradients.append((step,), norms)

    def truncate(self, step: int) -> None:
        """Forget what came after `step`."""
        for part in (self._losses, self._evaluations, self._gradients):
            part.truncate(step)

    def state_dict(self) -> dict[str, Any]:
        parts: dict[str, Means | Records] = {
            "losses": self._losses,
            "evaluations": self._evaluations,
            "gradients": self._gradients,
        }
        return {name: part.state_dict() for name, part in parts.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._losses.load_state_dict(state["losses"])
        self._evaluations.load_state_dict(state["evaluations"])
        self._gradients.load_state_dict(state["gradients"])
