"""Several runs at once: rates, seeds, starts or weight decays of one architecture, each like the run alone."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.func import vmap

from nbkit.devices import usable_device
from nbkit.threads import few, threads
from nbkit.training.batches import Sample, at_once
from nbkit.training.changes import checked
from nbkit.training.direct import step_of
from nbkit.training.fitting import prepared
from nbkit.training.history import Array, Means, Records
from nbkit.training.loop import limits
from nbkit.training.losses import METRICS, make_loss, make_metrics
from nbkit.training.optimization import make_optimizer
from nbkit.training.stacking import Stack, per_run

__all__ = ["Ensemble", "band"]

_MEASURED_EVERY = 64  # steps, …
_MEASURED_SHARE = 16  # … and of all steps so far at least this part: a band has fewer points than a curve
# Whose step is proportional to the learning rate and takes each number by itself; torch's others aren't so.
_PROPORTIONAL = ("SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "NAdam", "RAdam", "Adamax")


class Ensemble:
    """K runs trained as one batched model, in little more time than one.

    `models` are K modules of one architecture, or one, of which each run gets a copy; `learning_rate`, `weight_decay` and `seed`
    (of the order of batches) are one for all or one a run. Everything else is as for `Trainer`, and each run equals the same
    run of a `Trainer` alone to within rounding: 1e-5 after a few hundred steps, unless the run itself makes small differences
    grow, as large rates do (in double precision they then are equal). A run
    whose numbers stop being finite stays so and leaves the others alone. Raises ValueError as `Trainer` does, and for
    models and optimisers that can't be run so: with dropout, BatchNorm, max_norm, LBFGS, Rprop.
    """

    def __init__(
        self,
        models: nn.Module | Sequence[nn.Module],
        train: Any,
        validation: Any = None,
        *,
        loss: Any,
        optimizer: Any = "adam",
        learning_rate: float | Sequence[float] = 0.01,
        batch_size: int | None = 32,
        weight_decay: float | Sequence[float] = 0.0,
        seed: int | Sequence[int] = 0,
        device: str | torch.device = "cpu",
        optimizer_options: Mapping[str, Any] | None = None,
        metrics: Any = None,
    ) -> None:
        given = {
            "models": [models] if isinstance(models, nn.Module) else list(models),
            "learning_rate": [checked("learning_rate", float(r)) for r in np.atleast_1d(learning_rate)],
            "weight_decay": [checked("weight_decay", float(w)) for w in np.atleast_1d(weight_decay)],
            "seed": [int(s) for s in np.atleast_1d(seed)],
        }
        runs = max(len(values) for values in given.values())
        for name, values in given.items():
            if len(values) not in (1, runs):
                raise ValueError(f"{name} must be one, or one for each of {runs} runs, got {len(values)}")
            given[name] = values * runs if len(values) == 1 else values
        checked("batch_size", batch_size)
        #: What differs between the runs, one value each.
        self.learning_rates, self.weight_decays, self.seeds = (
            given["learning_rate"],
            given["weight_decay"],
            given["seed"],
        )
        self.device, self.batch_size = usable_device(device), batch_size
        self._models: list[nn.Module] = given["models"]
        self._loss = make_loss(loss)
        # Names only: a function of one's own may not take several runs at once.
        self._metrics = {n: f for n, f in make_metrics(metrics, self._loss).items() if n in METRICS}
        data = prepared(self._models[0], self._loss, train=train, validation=validation)
        self.train, held_out = data["train"].to(self.device), data.get("validation")
        self.validation = held_out and held_out.to(self.device)
        self._each_loss = per_run(self._loss)
        self._recipe = (optimizer, dict(optimizer_options or {}))
        self.reset()

    def __len__(self) -> int:
        return len(self._models)

    def reset(self) -> None:
        """Back to the start, as it was made."""
        stack = self._stack = Stack(self._models, self.device)
        rates, decays = torch.tensor(self.learning_rates), torch.tensor(self.weight_decays)
        base, one_decay = float(rates.max()), bool((decays == decays[0]).all())
        name, options = self._recipe
        self._optimizer = make_optimizer(name, [stack.flat], base, float(decays[0]) if one_decay else 0.0, options)
        self._optimize = step_of(self._optimizer)
        kind = type(self._optimizer).__name__
        if kind not in _PROPORTIONAL:
            raise ValueError(f"several runs at once need one of {', '.join(_PROPORTIONAL)}, got {kind}")
        self._share = None if (rates == base).all() else stack.each(rates / base)
        self._decay = None if one_decay else stack.each(decays * (rates if kind == "AdamW" else 1))
        self._decoupled = kind == "AdamW"
        # Runs with the same seed take the same batches.
        seeds = self.seeds if len(set(self.seeds)) > 1 else self.seeds[:1]
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._order = torch.empty((len(seeds), 0), dtype=torch.int64)  # of the epoch's rows, those not picked out yet
        self._gathered: list[Sample] = []  # batches that were picked out, the next one last
        self.steps = self.epoch = 0
        self._losses = Means()
        prefixes = ("", "validation_") if self.validation else ("",)
        self._names = [prefix + name for prefix in prefixes for name in ("loss", *self._metrics)]
        self._measures = Records(
            ("step", "epoch", *(f"{name} {run}" for name in self._names for run in range(len(self))))
        )
        self._pending: list[Tensor] = []
        self._evaluate()

    def run(self, *, epochs: int | None = None, steps: int | None = None, seconds: float | None = None) -> None:
        """Go on for so many epochs, steps or seconds; it takes one of the three."""
        more = limits(epochs, steps, seconds)
        last_epoch, last_step, last_time = self.epoch + more[0], self.steps + more[1], time.perf_counter() + more[2]
        with threads(few([self._stack.flat], self.batch_size or len(self.train.targets))):
            while self.epoch < last_epoch and self.steps < last_step and time.perf_counter() < last_time:
                self._step()

    def _step(self) -> None:
        if not self._gathered:
            self._gather()
        stack, (inputs, targets) = self._stack, self._gathered.pop()
        losses = stack.learn(inputs, targets, self._loss, self._each_loss)
        self._update()
        self._pending.append(losses)
        self.steps += 1
        if len(self._pending) == 32:
            self._flush()
        if not self._gathered and not self._order.shape[1]:
            self.epoch += 1
            if self.steps - self._evaluated_at >= max(_MEASURED_EVERY, self.steps // _MEASURED_SHARE):
                self._evaluate()

    @torch.no_grad()
    def _update(self) -> None:
        flat = self._stack.flat
        if self._decay is not None and self._decoupled:
            flat.mul_(1 - self._decay)
        elif self._decay is not None:
            assert flat.grad is not None
            flat.grad.addcmul_(flat, self._decay)
        if self._share is None:
            self._optimize()
            return
        before = flat.clone()
        self._optimize()  # with the largest rate, of which each run takes its share
        torch.lerp(before, flat, self._share, out=flat)

    def _gather(self) -> None:
        """Pick out the next batches, shape (runs, batch, ...), one run's rows after the other's or the same for all."""
        data = self.train
        size = self.batch_size or len(data.targets)
        if not self._order.shape[1]:
            orders = [torch.randperm(len(data.targets), generator=generator) for generator in self._generators]
            self._order = torch.stack(orders).to(self.device)
        many = at_once(data, size * len(self._order)) * size
        rows, self._order = self._order[:, :many], self._order[:, many:]
        *inputs, targets = (torch.split(self._picked(part, rows), size, 1) for part in (*data.inputs, data.targets))
        self._gathered = [Sample(*batch) for batch in zip(zip(*inputs, strict=True), targets, strict=True)][::-1]

    def _picked(self, values: Tensor, rows: Tensor) -> Tensor:
        picked = values.index_select(0, rows.flatten()).view(*rows.shape, *values.shape[1:])
        return picked.expand(len(self), *picked.shape[1:])

    @torch.no_grad()
    def _evaluate(self) -> None:
        self._evaluated_at = self.steps
        numbers = []
        for data in (self.train, self.validation):
            if data is None:
                continue
            outputs = self._stack(*(x.expand(len(self), *x.shape) for x in data.inputs))
            targets = data.targets.expand(len(self), *data.targets.shape)
            numbers += [self._each_loss(outputs, targets), *(vmap(f)(outputs, targets) for f in self._metrics.values())]
        self._measures.append((self.steps, self.epoch), torch.cat([values.to(numbers[0].dtype) for values in numbers]))

    def _flush(self) -> None:
        if self._pending:
            self._losses.extend(torch.stack(self._pending).to("cpu").numpy().astype(np.float64))
            self._pending.clear()

    @property
    def batch_steps(self) -> NDArray[np.int64]:
        """The steps (n,) of `batch_losses`."""
        self._flush()
        return self._losses.read()[0]

    @property
    def batch_losses(self) -> Array:
        """The loss of each step's batch before the step, shape (n, runs); beyond 4096 steps means over several steps."""
        self._flush()
        return self._losses.read()[1]

    @property
    def evaluation_steps(self) -> NDArray[np.int64]:
        """The steps (m,) after which loss and metrics were measured on whole samples."""
        return self._measures.table()[:, 0].astype(np.int64)

    @property
    def measured(self) -> dict[str, Array]:
        """Loss and metrics of whole samples, by the names that `History` has for them, each of shape (m, runs)."""
        table = self._measures.table()[:, 2:].reshape(-1, len(self._names), len(self))
        return {name: table[:, number] for number, name in enumerate(self._names)}

    def model(self, run: int) -> nn.Module:
        """A model with the weights of one run."""
        model = copy.deepcopy(self._models[run])
        model.load_state_dict(self._stack.weights(run), strict=False)
        return model.eval()

    @torch.no_grad()
    def predict(self, *inputs: ArrayLike | Tensor) -> Array:
        """The outputs of all runs, shape (runs, n, ...), for inputs like those of the sample."""
        like = self.train.inputs
        tensors = [torch.as_tensor(x).to(of) for x, of in zip(inputs, like, strict=True)]
        return np.asarray(self._stack(*(x.expand(len(self), *x.shape) for x in tensors)).cpu().numpy(), np.float64)


def band(values: ArrayLike, share: float = 0.68) -> tuple[Array, Array, Array]:
    """The median (m,) of runs (m, runs), and the lower and upper edge between which the middle `share` of them lies.

    A run whose number is NaN counts as infinite: it has diverged.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1, got {share}")
    numbers = np.nan_to_num(np.asarray(values, np.float64), nan=np.inf, posinf=np.inf)
    low, median, high = np.quantile(numbers, [(1 - share) / 2, 0.5, (1 + share) / 2], axis=-1, method="nearest")
    return median, low, high
