"""The course of a training: its steps, the changes on the way, and going back to any step of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ReduceLROnPlateau

from nbkit.training.batches import Sample
from nbkit.training.changes import Changes
from nbkit.training.snapshots import Snapshots
from nbkit.training.states import State
from nbkit.training.stepping import Stepper

__all__ = ["Course"]


class Course:
    """A stepper with its snapshots and changes, which can walk the same way again, to the bit.

    `schedule_each` is "epoch" or "step"; `monitored()` gives the number that a ReduceLROnPlateau watches; `keepers` have
    state_dict and load_state_dict and are taken back with the rest.
    """

    def __init__(
        self, stepper: Stepper, schedule_each: str, monitored: Callable[[], float], keepers: Sequence[Any] = ()
    ) -> None:
        self.stepper = stepper
        self.snapshots = Snapshots()
        self._schedule_each, self._monitored, self._keepers = schedule_each, monitored, keepers
        self._fresh = [keeper.state_dict() for keeper in keepers]
        self.begin()

    def begin(self) -> None:
        """Take the present state as the first, and forget all others."""
        self.changes = Changes()
        self.snapshots.clear()
        self.safe = self.first = self.capture()
        self.snapshots.offer(self.first)

    def start_over(self, seed: int) -> None:
        """Back to the first weights, with the present settings and data; all random streams begin anew from `seed`."""
        settings, data = self.stepper.settings, self.stepper.batches.data
        self.stepper.restore(self.first)
        self.stepper.batches.replace(data)
        for name, value in settings.items():
            self.stepper.set(name, value)
        self.stepper.start_over(seed)
        for keeper, state in zip(self._keepers, self._fresh, strict=True):
            keeper.load_state_dict(state)

    def move(self) -> Tensor:
        """A step, and the schedule's where it is due; the loss, not read."""
        stepper, before = self.stepper, self.stepper.epoch
        loss = stepper.advance()
        if stepper.schedule is not None and (self._schedule_each == "step" or stepper.epoch > before):
            if isinstance(stepper.schedule, ReduceLROnPlateau):
                stepper.schedule.step(self._monitored())
            else:
                stepper.schedule.step()
        self.last_loss = loss
        return loss

    def change(self, name: str, value: Any) -> None:
        """Set a setting, "train" or "weights" from the next step on, and write it down."""
        self._apply(name, value)
        self.changes.note(self.stepper.step, name, value)

    def _apply(self, name: str, value: Any) -> None:
        if name == "train":
            self.stepper.batches.replace(Sample.to(value, self.stepper.device))
        elif name == "weights":
            self.stepper.patch(value)
        else:
            self.stepper.set(name, value)

    def capture(self) -> State:
        kept = [keeper.state_dict() for keeper in self._keepers]
        return self.stepper.capture(changes=self.changes.until(self.stepper.step), callbacks=kept)

    def restore(self, state: State) -> None:
        self.stepper.restore(state)
        for keeper, kept in zip(self._keepers, state.callbacks, strict=True):
            keeper.load_state_dict(kept)

    def walk(self, state: State, step: int) -> None:
        """From an earlier state to `step`, by the same steps as then, with the changes made then, those at `step` included."""
        self.restore(state)
        at = state.changes
        while True:
            while at < len(self.changes) and self.changes[at].step <= self.stepper.step:
                self._apply(self.changes[at].name, self.changes[at].value)
                at += 1
            if self.stepper.step >= step:
                return
            self.move()

    def go_to(self, step: int) -> None:
        """Stand at an earlier step, as it was."""
        near = self.snapshots.nearest(step)
        if self.safe.step <= step and (near is None or self.safe.step > near.step):
            near = self.safe
        if near is None or step > self.stepper.step:
            first = self.snapshots.steps[0]
            raise ValueError(f"step must be one of {first} to {self.stepper.step}, got {step}")
        self.walk(near, step)

    def forget_after(self, step: int) -> None:
        """Standing at `step`, make the way from here a new one."""
        self.changes.truncate(step)
        self.snapshots.truncate(step)
        self.safe = self.capture()

    def recover(self, step: int) -> int:
        """After an exception within a step: stand at `step`, the last whole one, or before it if it can't be made again."""
        torn = self.stepper.updating or self.stepper.step != step
        here = None if torn else self.capture()
        try:
            self.walk(self.safe, step)
        except BaseException:  # the model fails again, or the user interrupts again
            self.restore(here or self.safe)
        return self.stepper.step

    def to_last_finite(self) -> float:
        """From the last state known to be finite to the last step that leaves finite numbers; the loss of the step after it."""
        end, good = self.stepper.step, self.safe
        loss = float("nan")
        self.restore(good)
        while self.stepper.step < end:
            self.walk(good, good.step + 1)
            loss = float(self.last_loss)
            state = self.capture()
            if not (torch.isfinite(self.last_loss) and state.learned.finite()):
                break
            good = state
        self.restore(good)
        self.safe = good
        return loss
