"""Training of a torch model, step by step, so that everything may be looked at and changed between two steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from nbkit.devices import auto_device, rate_of, usable_device
from nbkit.training.batches import Sample
from nbkit.training.callbacks import Callback, EarlyStopping, as_callback
from nbkit.training.changes import checked, difference
from nbkit.training.evaluation import Evaluation, outputs_of
from nbkit.training.fitting import prepared
from nbkit.training.loop import Diverged
from nbkit.training.losses import Function, confusion, make_loss, make_metrics, task_of
from nbkit.training.resuming import Resumable
from nbkit.training.stepping import Stepper

__all__ = ["Callback", "Diverged", "EarlyStopping", "Trainer"]


def _setting(name: str, meaning: str) -> Any:
    def read(self: Trainer) -> Any:
        return self._stepper.settings[name]

    def write(self: Trainer, value: Any) -> None:
        self._change(name, checked(name, value))

    return property(read, write, doc=meaning)


class Trainer(Resumable):
    """Trains `model`, any `nn.Module`, on `train`, a pair (x, y) of arrays or tensors or a data set; x may be a tuple of inputs.

    `loss` is a name ("mse", "mae", "huber", "binary_cross_entropy", "cross_entropy", the last two of logits), a loss of
    `torch.nn` or a function of (outputs, targets); `optimizer` a name or class of `torch.optim`, with `optimizer_options`;
    `schedule` a name or a function of the optimiser that makes one of torch's schedulers, stepped once an epoch, or after
    each step with `schedule_each="step"`. A `batch_size` of None takes the whole sample. `weight_decay` is the
    optimiser's own, `l1` the strength of the penalty Σ|w| over weights. `metrics` are names ("accuracy", "r2") or functions of
    (outputs, targets) by name, `torchmetrics` among them; by default what suits the loss. Loss and metrics of both samples are
    measured before the first step and every `evaluate_every` epochs; by default each epoch if a callback or ReduceLROnPlateau
    waits for them, else at ends of epochs at least 64 steps, and 1/256 of all steps so far, apart.

    `device` is a name of torch's, or "auto", which tries each that is here and takes the fastest (`to`). `learning_rate`,
    `batch_size`, `weight_decay`, `l1`, `train`, `validation` may be set and `to(device)` called at any time, from any thread; they
    act on the next step. Whoever else touches the model does so in `with trainer.lock:`, or, to change its weights, in
    `with trainer.edit() as model:`, and then finds whole steps only.

    The same seed on the same device gives the same numbers to the last bit, in whatever portions it is run: those of the plain
    loop over `torch.randperm(n, generator=torch.Generator().manual_seed(seed)).split(batch_size)`. A model that draws from torch's
    global generator finds there the stream of `torch.manual_seed(seed)`, during its steps only. On the CPU the gradient of a plain
    chain of dense layers is written out (`nbkit.training.dense`), with autograd's kernels and numbers; all else is autograd's.
    """

    def __init__(
        self,
        model: nn.Module,
        train: Any,
        validation: Any = None,
        *,
        loss: Any,
        optimizer: Any = "adam",
        learning_rate: float = 0.01,
        batch_size: int | None = 32,
        weight_decay: float = 0.0,
        l1: float = 0.0,
        seed: int = 0,
        device: str | torch.device = "cpu",
        callbacks: Sequence[Callback | Callable[[Trainer], object]] = (),
        schedule: Any = None,
        schedule_each: str = "epoch",
        optimizer_options: Mapping[str, Any] | None = None,
        metrics: Any = None,
        evaluate_every: int | None = None,
    ) -> None:
        settings: dict[str, Any] = {
            "learning_rate": learning_rate,
            "batch_size": batch_size,
            "weight_decay": weight_decay,
            "l1": l1,
        }
        for name, value in settings.items():
            checked(name, value)
        if schedule_each not in ("epoch", "step"):
            raise ValueError(f"schedule_each must be 'epoch' or 'step', got {schedule_each!r}")
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise ValueError(f"seed must be a whole number, at least 0, got {seed!r}")
        self._loss = make_loss(loss)
        data = prepared(model, self._loss, train=train, validation=validation)
        stepper = Stepper(
            model,
            data["train"],
            self._loss,
            optimizer=optimizer,
            options=optimizer_options or {},
            schedule=schedule,
            seed=seed,
            device=data["train"].targets.device,
            **settings,
        )
        evaluation = Evaluation(self._loss, make_metrics(metrics, self._loss), data["train"], data.get("validation"))
        super().__init__(stepper, evaluation, [as_callback(c) for c in callbacks], schedule_each, evaluate_every)
        self.to(device)

    # Settings

    learning_rate = _setting(
        "learning_rate", "The rate that the schedule starts from; it scales all that the schedule makes of it."
    )
    batch_size = _setting("batch_size", "Rows a step; None for the whole sample.")
    weight_decay = _setting("weight_decay", "The optimiser's own weight decay.")
    l1 = _setting("l1", "The strength of the penalty Σ|w| over all weights, biases excepted.")

    @property
    def loss(self) -> Function:
        """The function of (outputs, targets) that is made small."""
        return self._loss

    def adjust(self, **settings: Any) -> None:
        """Change settings of the model itself, those in its `live_settings`, as `dropout` and `max_norm` of an `MLP`.

        They act on the next step, and the way back and forth remembers them. Raises ValueError for others.
        """
        allowed = tuple(getattr(self.model, "live_settings", ()))
        unknown = [name for name in settings if name not in allowed]
        if unknown:
            raise ValueError(f"the model's settings are {', '.join(allowed) or 'none'}, got {', '.join(unknown)}")
        for name, value in settings.items():
            self._change(name, value)

    def _change(self, name: str, value: Any) -> None:
        with self.lock:
            self._course.change(name, value)
            self._recorder.outdate()
            self.diverged = None

    @property
    def train(self) -> Sample:
        """The training sample; set it to another pair or data set of the same inputs and outputs, say with more noise."""
        return self._stepper.batches.data

    @train.setter
    def train(self, train: Any) -> None:
        with self.lock:
            data = prepared(self.model, self._loss, train=train)["train"]
            self._change("train", data)
            self._recorder.evaluation.train = data

    @property
    def validation(self) -> Sample | None:
        """The validation sample, None where there is none; another may take its place."""
        return self._recorder.evaluation.validation

    @validation.setter
    def validation(self, validation: Any) -> None:
        if (validation is None) != (self.validation is None):
            raise ValueError(
                "a trainer made without validation sample can't get one, nor one lose it: make a new trainer"
            )
        with self.lock:
            data = prepared(self.model, self._loss, validation=validation) if validation is not None else {}
            self._recorder.evaluation.validation = data.get("validation")
            self._recorder.outdate()

    @contextmanager
    def edit(self) -> Iterator[nn.Module]:
        """`with trainer.edit() as model:` change weights between two steps; the way back and forth remembers it."""
        with self.lock, torch.no_grad():
            before = [tensor.clone() for tensor in self._tensors()]
            try:
                yield self.model
            finally:
                self._change("weights", difference(before, self._tensors()))

    def to(self, device: str | torch.device) -> None:
        """Go on on another device, without losing a step; DeviceError says why it can't, and training stands as it was.

        "auto" makes a few steps on each that can be used, and takes the fastest; `why_there` says how fast each was.
        """
        device, why = auto_device(self) if device == "auto" else (device, "")
        place = usable_device(device)
        with self.lock:
            if place != self.device:
                self._move(place)
            #: How fast each device was where "auto" has chosen; "" where somebody else has.
            self.why_there = why

    def _move(self, device: torch.device) -> None:
        self._recorder.flush()
        self._stepper.place(device)
        self._recorder.evaluation.to(device)
        self.model.eval()

    def time_steps(self, device: str | torch.device, steps: int = 30) -> float:
        """Steps a second on a device, tried without training: everything stands where it stood, to the bit."""
        place = usable_device(device)
        with self.lock, self._threads():
            home, here = self.device, self._course.capture()
            if place != home:
                self._stepper.place(place)
            try:
                return rate_of(self._stepper.advance, steps, self._stepper.parameters[0].detach())
            finally:
                if place != home:
                    self._stepper.place(home)
                self._course.restore(here)
                self.model.eval()

    def predict(self, *inputs: ArrayLike | Tensor) -> NDArray[np.float64]:
        """The model's outputs for inputs like those of the sample, in evaluation mode, as an array."""
        with self.lock:
            like = self.train.inputs
            tensors = tuple(
                torch.as_tensor(x).to(device=self.device, dtype=of.dtype) for x, of in zip(inputs, like, strict=True)
            )
            return outputs_of(self.model, tensors).cpu().numpy()

    def confusion(self, of: str = "validation") -> NDArray[np.int64]:
        """Counts (classes, classes), row the true class, column the predicted one, of the "train" or "validation" sample."""
        with self.lock:
            data = self.train if of == "train" else self.validation
            if data is None or task_of(self._loss) not in ("binary", "multiclass"):
                raise ValueError("a confusion matrix needs classes, a loss for them, and the sample that is asked for")
            return confusion(outputs_of(self.model, data.inputs), data.targets, self._loss).cpu().numpy()
