"""The loop: steps until it is told to end, with all numbers looked at on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from nbkit.threads import few, threads
from nbkit.training.callbacks import Callback
from nbkit.training.course import Course
from nbkit.training.evaluation import Evaluation
from nbkit.training.history import History
from nbkit.training.recording import Recorder
from nbkit.training.snapshots import Snapshots
from nbkit.training.stepping import Stepper
from nbkit.turns import Turns

__all__ = ["Diverged", "Loop", "limits"]

_CHECKED_EVERY = 64  # steps between two looks at whether all losses are finite
_KEPT_EVERY = 64  # steps between two states with finite weights, at most; after a failure it walks again from the last


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


def limits(epochs: int | None, steps: int | None, seconds: float | None) -> tuple[float, float, float]:
    """How many epochs, steps and seconds a run may take: the one that is given, and infinitely many of the others."""
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


class Loop:
    """Runs the steps of `stepper`, has them written down and calls the `callbacks`; `Trainer` is the public face of it."""

    def __init__(
        self,
        stepper: Stepper,
        evaluation: Evaluation,
        callbacks: Sequence[Callback],
        schedule_each: str,
        evaluate_every: int | None,
    ) -> None:
        #: Held during each step. Who takes it, `with trainer.lock:`, finds whole steps.
        self.lock = Turns()
        self.model: nn.Module = stepper.model
        #: How many threads of the CPU a step may use, while it runs; None is one for a small network, else torch's own setting.
        self.threads: int | None = None
        self.callbacks = list(callbacks)
        self._stepper = stepper
        self._on_step = [c.on_step for c in callbacks if type(c).on_step is not Callback.on_step]
        each_epoch = bool(callbacks) or isinstance(stepper.schedule, ReduceLROnPlateau)
        self._recorder = Recorder(stepper, evaluation, evaluate_every, each_epoch)
        self._course = Course(stepper, schedule_each, self._recorder.monitored, callbacks)
        self._begin()

    def _begin(self) -> None:
        #: Why the last run ended before its time; None if it didn't.
        self.stopped: str | None = None
        #: What `run` raises until something is changed; None while all numbers are finite.
        self.diverged: Diverged | None = None
        self._course.begin()
        self._recorder.begin()
        self.model.eval()

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
        return self._stepper.epochs

    @property
    def seed(self) -> int:
        return self._stepper.seed

    @property
    def device(self) -> torch.device:
        return self._stepper.device

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        return self._stepper.optimizer

    def _tensors(self) -> list[Tensor]:
        return [*self.model.parameters(), *self.model.buffers()]

    def weights(self) -> dict[str, Tensor]:
        """A copy of the model's parameters and buffers, by name."""
        with self.lock:
            names = [name for some in (self.model.named_parameters(), self.model.named_buffers()) for name, _ in some]
            return {name: tensor.detach().clone() for name, tensor in zip(names, self._tensors(), strict=True)}

    @property
    def snapshots(self) -> Snapshots:
        """The states kept on the way: `snapshots.steps` are those that `at` and `rewind` have at once."""
        return self._course.snapshots

    @property
    def history(self) -> History:
        """Losses, metrics, rates and gradients of all steps so far."""
        with self.lock:
            return self._recorder.history

    @property
    def measured(self) -> dict[str, float]:
        """Loss and metrics of whole samples as the model is now, by name: "loss", "validation_loss", "accuracy", …"""
        with self.lock:
            return self._recorder.measured

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
        more = limits(epochs, steps, seconds)
        with lock, self._threads():
            if self.diverged is not None:
                raise self.diverged.with_traceback(None)
            self.stopped = None
            stepper.look()
            last_epoch, last_step, last_time = stepper.epoch + more[0], stepper.step + more[1], clock() + more[2]
            try:
                while stepper.step < last_step and stepper.epoch < last_epoch and clock() < last_time:
                    self._step()
                    if self.diverged is not None:
                        raise self.diverged.with_traceback(None)
                    if self.stopped is not None:
                        break
                    if lock.wanted:
                        lock.pass_on()
                self._recorder.flush()
                if self._recorder.suspicious or steps != 1:
                    self._settle()
            finally:
                self.model.eval()
            if self.diverged is not None:
                raise self.diverged.with_traceback(None)
            return self._recorder.history

    def _threads(self) -> AbstractContextManager[None]:
        """Round steps: as many threads as they are to be made by."""
        return threads(self.threads or few(self._stepper.parameters, self._stepper.batches.rows_per_step))

    def stop(self, why: str = "stopped") -> None:
        """End the present `run` after its step; it may be called from a callback or another thread."""
        self.stopped = why

    def _step(self) -> None:
        stepper, recorder, trainer = self._stepper, self._recorder, cast(Any, self)
        before = stepper.step, stepper.epoch
        try:
            recorder.add_step(self._course.move())
        except BaseException:
            recorder.flush()
            recorder.forget_after(self._course.recover(before[0]))
            raise
        step = stepper.step
        recorder.add_gradients()
        if stepper.epoch > before[1]:
            self._end_epoch()
        for on_step in self._on_step:
            on_step(trainer)
        if not step % _CHECKED_EVERY:
            recorder.flush()
            if recorder.suspicious or not step % min(self.snapshots.spacing, _KEPT_EVERY):
                self._settle()

    def _end_epoch(self) -> None:
        self._recorder.end_epoch()
        trainer: Any = self  # a callback sees the public face
        for callback in self.callbacks:
            callback.on_epoch(trainer)

    def _settle(self) -> None:
        """Look whether all numbers are finite: then remember where it stands, else go back to where they were."""
        self._recorder.flush()
        state = self._course.capture()
        if not self._recorder.suspicious and state.learned.finite():
            self._course.safe = state
            self.snapshots.offer(state)
            return
        loss = self._course.to_last_finite()
        self._recorder.forget_after(self.steps)
        self._recorder.suspicious = False
        self.diverged = Diverged(self.steps + 1, loss, self._stepper.learning_rate)
        self.stopped = str(self.diverged)
