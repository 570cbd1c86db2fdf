"""Training of a torch model, step by step, so that everything may be looked at and changed between two steps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from nbkit.batches import Sample, sample
from nbkit.callbacks import Callback, EarlyStopping, as_callback
from nbkit.changes import checked, difference
from nbkit.course import Course
from nbkit.devices import rate_of, usable_device
from nbkit.evaluation import Evaluation, outputs_of
from nbkit.history import History
from nbkit.losses import confusion, fitted, make_loss, make_metrics, task_of
from nbkit.randomness import GlobalStream, start_anew
from nbkit.snapshots import Snapshots
from nbkit.stepping import Stepper
from nbkit.turns import Turns

__all__ = ["Callback", "Diverged", "EarlyStopping", "Trainer"]

_CHECKED_EVERY = 32  # steps between two looks at whether all numbers are finite
_GRADIENTS_EVERY = 16


class Diverged(ArithmeticError):
    """Loss or weights stopped being finite numbers in step `step`; training stands after the step before."""

    def __init__(self, step: int, loss: float, learning_rate: float) -> None:
        what = "the weights became infinite or NaN" if math.isfinite(loss) else f"the loss was {loss}"
        super().__init__(
            f"in step {step} {what}; training stands at step {step - 1}, the last with finite weights. Go back, by reset or "
            f"rewind, and try a smaller learning rate (it is {learning_rate:g}), inputs of the order of 1, or a "
            "loss that takes logits"
        )
        self.step = step


def _setting(name: str, meaning: str) -> Any:
    def read(self: Trainer) -> Any:
        return self._stepper.settings[name]

    def write(self: Trainer, value: Any) -> None:
        self._change(name, checked(name, value))

    return property(read, write, doc=meaning)


def _limits(epochs: int | None, steps: int | None, seconds: float | None) -> tuple[float, float, float]:
    given = {k: v for k, v in {"epochs": epochs, "steps": steps, "seconds": seconds}.items() if v is not None}
    if len(given) != 1:
        raise ValueError(f"run takes one of epochs, steps and seconds, got {', '.join(given) or 'none'}")
    for name, value in given.items():
        allowed = int | np.integer if name != "seconds" else int | float | np.number
        if isinstance(value, bool) or not isinstance(value, allowed) or not 0 <= value < math.inf:
            raise ValueError(
                f"{name} must be a {'' if name == 'seconds' else 'whole '}number, at least 0, got {value!r}"
            )
    return tuple(math.inf if value is None else float(value) for value in (epochs, steps, seconds))  # type: ignore[return-value]


class Trainer:
    """Trains `model`, any `nn.Module`, on `train`, a pair (x, y) of arrays or tensors or a data set; x may be a tuple of inputs.

    `loss` is a name ("mse", "mae", "huber", "binary_cross_entropy", "cross_entropy", the last two of logits), a loss of
    `torch.nn` or a function of (outputs, targets); `optimizer` a name or class of `torch.optim`, with `optimizer_options`;
    `schedule` a name or a function of the optimiser that makes one of torch's schedulers, stepped once an epoch, or after
    each step with `schedule_each="step"`. A `batch_size` of None takes the whole sample. `weight_decay` is the
    optimiser's own, `l1` the strength of the penalty Σ|w| over weights. `metrics` are names ("accuracy", "r2") or functions of
    (outputs, targets) by name, `torchmetrics` among them; by default what suits the loss. Loss and metrics of both samples are
    measured before the first step and every `evaluate_every` epochs; by default each epoch if a callback or ReduceLROnPlateau
    waits for them, else at ends of epochs at least 32 steps apart.

    `learning_rate`, `batch_size`, `weight_decay`, `l1`, `train`, `validation` may be set and `to(device)` called at any time,
    from any thread; they act on the next step. Whoever else touches the model does so in `with trainer.lock:`, or, to
    change its weights, in `with trainer.edit() as model:`, and then finds whole steps only.

    The same seed on the same device gives the same numbers to the last bit, in whatever portions it is run: those of the plain
    loop over `torch.randperm(n, generator=torch.Generator().manual_seed(seed)).split(batch_size)`. A model that draws from torch's
    global generator finds there the stream of `torch.manual_seed(seed)`, during its steps only.
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
        self.lock = Turns()
        self.model = model
        self._loss = make_loss(loss)
        self._evaluate_every = evaluate_every
        data, held_out = self._samples(train, validation)
        stepper = Stepper(
            model,
            data,
            self._loss,
            optimizer=optimizer,
            options=optimizer_options or {},
            schedule=schedule,
            seed=seed,
            device=data.targets.device,
            **settings,
        )
        self._evaluation = Evaluation(self._loss, make_metrics(metrics, self._loss), data, held_out)
        self.callbacks = [as_callback(callback) for callback in callbacks]
        self._on_step = [c.on_step for c in self.callbacks if type(c).on_step is not Callback.on_step]
        self._each_epoch = bool(self.callbacks) or isinstance(stepper.schedule, ReduceLROnPlateau)
        self._course = Course(stepper, schedule_each, self._monitored, self.callbacks)
        self._stepper = stepper
        self._begin()
        if torch.device(device) != self.device:
            self.to(device)

    def _samples(self, train: Any, validation: Any) -> tuple[Sample, Sample | None]:
        """Both samples as tensors on the model's device, with targets as the loss takes them; it also makes lazy modules whole."""
        parameter = next(self.model.parameters(), torch.empty(0))
        dtype = parameter.dtype if parameter.is_floating_point() else torch.get_default_dtype()
        samples = {"train": sample(train, "train", dtype).to(parameter.device)}
        if validation is not None:
            samples["validation"] = sample(validation, "validation", dtype).to(parameter.device)
        first = tuple(x[:2] for x in samples["train"].inputs)
        try:
            with GlobalStream(0, parameter.device):
                outputs = outputs_of(self.model, first)
        except Exception as error:
            shapes = ", ".join(str(tuple(x.shape)) for x in first)
            raise ValueError(f"the model fails on the first samples, x of shape {shapes}: {error}") from error
        fit = {name: fitted(some, outputs, self._loss, name) for name, some in samples.items()}
        return fit["train"], fit.get("validation")

    def _begin(self) -> None:
        layers: dict[str, list[int]] = {}
        for number, (name, _) in enumerate(self.model.named_parameters()):
            layers.setdefault(name.rpartition(".")[0] or name, []).append(number)
        self._history = History(self._evaluation.names, layers, len(self._stepper.parameters))
        self._pending: list[Tensor] = []
        self._fresh: Tensor | None = None
        self._suspicious = False
        #: Why the last run ended before its time; None if it didn't.
        self.stopped: str | None = None
        #: What `run` raises until something is changed; None while all numbers are finite.
        self.diverged: Diverged | None = None
        self._course.begin()
        self._evaluate()
        self.model.eval()

    # Where it stands

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return self._stepper.step

    @property
    def epoch(self) -> int:
        """How many epochs are complete."""
        return self._stepper.epoch

    @property
    def epochs(self) -> float:
        """The same, with the part of the begun one."""
        return self._stepper.epoch + self._stepper.batches.part

    @property
    def seed(self) -> int:
        return self._stepper.seed

    @property
    def device(self) -> torch.device:
        return self._stepper.device

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        return self._stepper.optimizer

    @property
    def history(self) -> History:
        """Losses, metrics, rates and gradients of all steps so far."""
        with self.lock:
            self._flush()
        return self._history

    @property
    def measured(self) -> dict[str, float]:
        """The newest loss and metrics by name, measured on whole samples: "loss", "validation_loss", "accuracy", …"""
        return dict(zip(self._evaluation.names, self._measured.tolist(), strict=True))

    @property
    def snapshots(self) -> Snapshots:
        """The states kept on the way: `snapshots.steps` are those that `at` and `rewind` have at once."""
        return self._course.snapshots

    # Settings

    learning_rate = _setting(
        "learning_rate", "The rate that the schedule starts from; it scales all that the schedule makes of it."
    )
    batch_size = _setting("batch_size", "Rows a step; None for the whole sample.")
    weight_decay = _setting("weight_decay", "The optimiser's own weight decay.")
    l1 = _setting("l1", "The strength of the penalty Σ|w| over all weights, biases excepted.")

    def _change(self, name: str, value: Any) -> None:
        with self.lock:
            self._course.change(name, value)
            self.diverged = None

    @property
    def train(self) -> Sample:
        """The training sample; set it to another pair or data set of the same inputs and outputs, say with more noise."""
        return self._stepper.batches.data

    @train.setter
    def train(self, train: Any) -> None:
        data, _ = self._samples(train, None)
        with self.lock:
            self._change("train", data)
            self._evaluation.train = data

    @property
    def validation(self) -> Sample | None:
        """The validation sample, None where there is none; another may take its place."""
        return self._evaluation.validation

    @validation.setter
    def validation(self, validation: Any) -> None:
        if (validation is None) != (self._evaluation.validation is None):
            raise ValueError(
                "a trainer made without validation sample can't get one, nor one lose it: make a new trainer"
            )
        _, held_out = self._samples(tuple(self.train), validation)
        with self.lock:
            self._evaluation.validation = held_out

    @contextmanager
    def edit(self) -> Iterator[nn.Module]:
        """`with trainer.edit() as model:` change weights between two steps; the way back and forth remembers it."""
        with self.lock, torch.no_grad():
            before = [tensor.clone() for tensor in self._tensors()]
            yield self.model
            self._change("weights", difference(before, self._tensors()))

    def _tensors(self) -> list[Tensor]:
        return [*self.model.parameters(), *self.model.buffers()]

    def weights(self) -> dict[str, Tensor]:
        """A copy of the model's parameters and buffers, by name."""
        with self.lock:
            names = [name for some in (self.model.named_parameters(), self.model.named_buffers()) for name, _ in some]
            return {name: tensor.detach().clone() for name, tensor in zip(names, self._tensors(), strict=True)}

    # Steps

    def step(self) -> None:
        """One step: a batch, its loss, the gradient, the optimiser. Raises `Diverged` if its loss is no finite number."""
        self.run(steps=1)

    def run(self, *, epochs: int | None = None, steps: int | None = None, seconds: float | None = None) -> History:
        """Go on until so many epochs have ended, so many steps are made or so many seconds have passed; it takes one of the three.

        It ends earlier where `stop` is called, and `stopped` says why. Raises `Diverged`, which says what to try, when loss or
        weights are no finite numbers any more: training then stands at the last step with finite weights, until
        something is changed or it goes back. If the model or a callback raises, or the user interrupts, it stands after a whole
        step and can go on.
        """
        stepper, lock, clock = self._stepper, self.lock, time.perf_counter
        limits = _limits(epochs, steps, seconds)
        with lock:
            if self.diverged is not None:
                raise self.diverged.with_traceback(None)
            self.stopped = None
            last_epoch, last_step, last_time = stepper.epoch + limits[0], stepper.step + limits[1], clock() + limits[2]
            try:
                while (
                    stepper.step < last_step
                    and stepper.epoch < last_epoch
                    and self.stopped is None
                    and clock() < last_time
                ):
                    self._step()
                    if self.diverged is not None:
                        raise self.diverged.with_traceback(None)
                    if lock.wanted:
                        lock.pass_on()
                self._flush()
                if self._suspicious or steps != 1:
                    self._settle()
            finally:
                self.model.eval()
            if self.diverged is not None:
                raise self.diverged.with_traceback(None)
            return self._history

    def stop(self, why: str = "stopped") -> None:
        """End the present `run` after its step; it may be called from a callback or another thread."""
        self.stopped = why

    def _step(self) -> None:
        stepper = self._stepper
        before = stepper.step, stepper.epoch
        try:
            loss = self._course.move()
            self._pending.append(loss)
        except BaseException:
            self._flush()
            self._history.truncate(self._course.recover(before[0]))
            raise
        step = stepper.step
        if not step % _GRADIENTS_EVERY:
            norms = [
                torch.zeros(()) if p.grad is None else torch.linalg.vector_norm(p.grad) for p in stepper.parameters
            ]
            self._history.add_gradients(step, torch.stack(norms))
        if stepper.epoch > before[1]:
            self._end_epoch()
        for on_step in self._on_step:
            on_step(self)
        if not step % _CHECKED_EVERY:
            self._settle()

    def _end_epoch(self) -> None:
        due = self._evaluate_every
        if self._each_epoch or (self.epoch % due == 0 if due else self.steps - self._evaluated_at >= _CHECKED_EVERY):
            self._evaluate()
        for callback in self.callbacks:
            callback.on_epoch(self)

    def _evaluate(self) -> None:
        self._measured, self._fresh = self._fresh if self._fresh is not None else self._measure(), None
        self._evaluated_at = self.steps
        rate = self.optimizer.param_groups[0]["lr"]
        self._history.add_evaluation(self.steps, self.epochs, float(rate), self._measured)

    def _measure(self) -> Tensor:
        # A stream of its own, so that a model that draws in evaluation mode doesn't disturb the steps.
        stream = GlobalStream(self.seed + self.steps, self.device) if self._stepper.random else None
        return self._evaluation(self.model, stream)

    def _monitored(self) -> float:
        names, self._fresh = self._evaluation.names, self._measure()
        return float(self._fresh[names.index("validation_loss" if "validation_loss" in names else "loss")])

    def _flush(self) -> None:
        """Hand the losses over to the history."""
        if self._pending:
            losses = torch.stack(self._pending).to("cpu").numpy().astype(np.float64)
            self._pending.clear()
            self._suspicious |= not np.isfinite(losses).all()
            self._history.add_losses(losses)

    def _settle(self) -> None:
        """Look whether all numbers are finite: then remember where it stands, else go back to where they were."""
        self._flush()
        state = self._course.capture()
        if not self._suspicious and state.learned.finite():
            self._course.safe = state
            self.snapshots.offer(state)
            return
        loss = self._course.to_last_finite()
        self._history.truncate(self.steps)
        self._suspicious = False
        self.diverged = Diverged(self.steps + 1, loss, self._stepper.learning_rate)
        self.stopped = str(self.diverged)

    def to(self, device: str | torch.device) -> None:
        """Go on on another device, without losing a step; DeviceError says why it can't, and training stands as it was."""
        place = usable_device(device)
        with self.lock:
            if place != self.device:
                self._move(place)

    def _move(self, device: torch.device) -> None:
        self._flush()
        self._stepper.place(device)
        self._evaluation.to(device)
        self.model.eval()

    def time_steps(self, device: str | torch.device, steps: int = 30) -> float:
        """Steps a second on a device, tried without training: everything stands where it stood, to the bit."""
        place = usable_device(device)
        with self.lock:
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

    # Back and forth

    def reset(self, *, new: bool = False) -> None:
        """Back to the start: the same weights and the same order of batches, with the present settings and data.

        `new=True` starts from other weights and another order: those of the next seed. It needs a model whose modules have
        `reset_parameters`, as torch's have, or a model with `reset(seed)`, and raises ValueError for others.
        """
        with self.lock:
            seed = self.seed + new
            self._course.start_over(seed)
            if new:
                start_anew(self.model, seed, self.device)
            self._begin()

    def at(self, step: int) -> dict[str, Tensor]:
        """The weights, by name, as they were after `step` steps; training stands where it stood."""
        with self.lock:
            here = self._course.capture()
            try:
                self._course.go_to(step)
                return self.weights()
            finally:
                self._course.restore(here)
                self.model.eval()

    def rewind(self, step: int) -> None:
        """Back to an earlier step, with the settings and data of then; what came after it is forgotten, and `run` branches off."""
        with self.lock:
            here = self._course.capture()
            try:
                self._flush()
                self._course.go_to(step)
            except BaseException:
                self._course.restore(here)
                raise
            finally:
                self.model.eval()
            self._course.forget_after(step)
            self._history.truncate(step)
            self._evaluation.train = self.train
            self.diverged = self.stopped = None

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
