"""The loop: steps, with loss and metrics measured, history written and all numbers looked at on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from nbkit.training.callbacks import Callback
from nbkit.training.course import Course
from nbkit.training.evaluation import Evaluation
from nbkit.training.history import History
from nbkit.training.randomness import GlobalStream
from nbkit.training.snapshots import Snapshots
from nbkit.training.stepping import Stepper
from nbkit.turns import Turns

__all__ = ["Diverged", "Loop", "limits"]

_CHECKED_EVERY = 64  # steps between two looks at whether all losses are finite
_KEPT_EVERY = 64  # steps between two states with finite weights, at most; after a failure it walks again from the last
_GRADIENTS_EVERY = 16
_MEASURED_EVERY = 64
_MEASURED_SHARE = 256  # of all steps so far: a long run is not measured more densely than its curve can show


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
    """Runs the steps of `stepper`, calls the `callbacks` and writes the history; `Trainer` is the public face of it."""

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
        #: How many threads of the CPU a step may use, while it runs; None is torch's own setting.
        self.threads: int | None = None
        self.callbacks = list(callbacks)
        self._stepper, self._evaluation, self._evaluate_every = stepper, evaluation, evaluate_every
        self._on_step = [c.on_step for c in callbacks if type(c).on_step is not Callback.on_step]
        self._each_epoch = bool(callbacks) or isinstance(stepper.schedule, ReduceLROnPlateau)
        self._course = Course(stepper, schedule_each, self._monitored, callbacks)
        self._begin()

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
            self._flush()
        return self._history

    @property
    def measured(self) -> dict[str, float]:
        """Loss and metrics of whole samples as the model is now, by name: "loss", "validation_loss", "accuracy", …"""
        with self.lock:
            values = self._measured if self._measured_at == self.steps else self._measure()
            return dict(zip(self._evaluation.names, values.tolist(), strict=True))

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
        with lock:
            if self.diverged is not None:
                raise self.diverged.with_traceback(None)
            self.stopped = None
            threads = torch.get_num_threads()
            if self.threads is not None:
                torch.set_num_threads(self.threads)
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
                self._flush()
                if self._suspicious or steps != 1:
                    self._settle()
            finally:
                self.model.eval()
                if self.threads is not None:
                    torch.set_num_threads(threads)
            if self.diverged is not None:
                raise self.diverged.with_traceback(None)
            return self._history

    def stop(self, why: str = "stopped") -> None:
        """End the present `run` after its step; it may be called from a callback or another thread."""
        self.stopped = why

    def _step(self) -> None:
        stepper, trainer = self._stepper, cast(Any, self)
        before = stepper.step, stepper.epoch
        try:
            loss = self._course.move()
            self._pending.append(loss)
        except BaseException:
            self._flush()
            self._forget_after(self._course.recover(before[0]))
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
            on_step(trainer)
        if not step % _CHECKED_EVERY:
            self._flush()
            if self._suspicious or not step % min(self.snapshots.spacing, _KEPT_EVERY):
                self._settle()

    def _end_epoch(self) -> None:
        due, apart = self._evaluate_every, max(_MEASURED_EVERY, self.steps // _MEASURED_SHARE)
        if self._each_epoch or (self.epoch % due == 0 if due else self.steps - self._evaluated_at >= apart):
            self._evaluate()
        trainer: Any = self  # a callback sees the public face
        for callback in self.callbacks:
            callback.on_epoch(trainer)

    def _evaluate(self) -> None:
        self._measured, self._fresh = self._fresh if self._fresh is not None else self._measure(), None
        self._evaluated_at = self._measured_at = self.steps
        rate = self.optimizer.param_groups[0]["lr"]
        self._history.add_evaluation(self.steps, self.epochs, float(rate), self._measured)

    def _measure(self) -> Tensor:
        # A stream of its own, so that a model that draws in evaluation mode doesn't disturb the steps.
        stream = GlobalStream(self.seed + self.steps, self.device) if self._stepper.random else None
        return self._evaluation(self.model, stream)

    def _monitored(self) -> float:
        names, self._fresh = self._evaluation.names, self._measure()
        return float(self._fresh[names.index("validation_loss" if "validation_loss" in names else "loss")])

    def _forget_after(self, step: int) -> None:
        self._history.truncate(step)
        self._evaluated_at = int(self._history.evaluation_steps[-1])
        self._measured_at = -1

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
        self._forget_after(self.steps)
        self._suspicious = False
        self.diverged = Diverged(self.steps + 1, loss, self._stepper.learning_rate)
        self.stopped = str(self.diverged)
