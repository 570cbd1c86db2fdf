"""The explorer going on by itself: play, pause, a step, an epoch, to the end, and a run that a cell waits for."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from IPython import get_ipython
from IPython.display import display

from nbkit.threads import few, threads
from nbkit.training import Trainer
from nbkit.training.history import History
from nbkit.widgets.base import Explorer
from nbkit.widgets.training.changes import Change, effective, epoch_at, revised
from nbkit.widgets.training.controls import LIVE
from nbkit.widgets.training.desk import Desk
from nbkit.widgets.training.parts import Scrubber
from nbkit.widgets.training.picture import Painter
from nbkit.widgets.training.run import Run
from nbkit.widgets.training.runner import Runner

__all__ = ["Walking", "best_before"]


class Walking(Explorer):
    """What a trainer's explorer does when it is told to go on; the base of `TrainingExplorer`."""

    run_: Run
    painter: Painter
    desk: Desk
    scrubber: Scrubber
    runner: Runner | None = None
    _best: int | None = None  # where the stop rule has gone back to
    _asked_at = 0.0  # the epoch at which it was told to go on

    @property
    def trainer(self) -> Trainer:
        """The `nbkit.Trainer` that learns; at the step that is shown, or after it while one looks back."""
        return self.run_.trainer

    @property
    def playing(self) -> bool:
        """Whether it trains by itself."""
        return self.runner is not None and self.runner.playing

    def play(self) -> None:
        """Go on until `pause`, from the step that is shown, in a thread; while a cell of the notebook runs it waits."""
        self._go(None)

    def pause(self) -> None:
        """Stop after the present step."""
        if self.runner is not None:
            self.runner.pause()

    def run(self, *, epochs: int | None = None, steps: int | None = None, seconds: float | None = None) -> History:
        """Go on for so many epochs, steps or seconds, live in the page, and return when it is done; it takes one of the three.

        An interrupt ends it after a whole step. Raises what the model raises; the explorer shows it, too.
        """
        given = {
            name: value
            for name, value in (("epochs", epochs), ("steps", steps), ("seconds", seconds))
            if value is not None
        }
        if len(given) != 1 or not all(isinstance(value, int | float) and value >= 0 for value in given.values()):
            raise ValueError(
                f"run takes one of epochs, steps and seconds, a number of at least 0, got {given or 'none'}"
            )
        if not self.canvas.seen and getattr(get_ipython(), "kernel", None) is not None:
            display(self)
        if epochs is not None:
            steps = self.steps_to(self.shown_epoch // 1 + epochs)
        runner = self._go(steps, seconds=seconds, in_cell=True)
        try:
            while not runner.join(0.1):
                pass
        except KeyboardInterrupt:
            runner.pause(wait=True)
            raise
        if runner.error is not None:
            raise runner.error
        return self.trainer.history

    def _go(self, steps: int | None, **how: Any) -> Runner:
        assert self.runner is not None
        self.runner.pause(wait=True)
        self._asked_at, self._best = self.shown_epoch, None
        self.desk.say("")
        self.runner.play(steps, **how)
        return self.runner

    # --- epochs

    @property
    def shown_epoch(self) -> float:
        """The epoch of the step that is shown."""
        step = min(self.shown["steps"], self.trainer.steps)
        return epoch_at(self.shown, step, len(self.trainer.train.targets))

    def steps_to(self, epoch: float) -> int:
        """How many steps there are to the end of an epoch from the one that is shown; 0 where it is over."""
        rows = len(self.trainer.train.targets)
        size = min(
            int(self.shown["batch_size"]), rows
        )  # also where one looks back: what follows is made with the present knobs
        whole, part = divmod(self.shown_epoch, 1)
        rest = math.ceil((rows - round(part * rows)) / size)  # the last batch of an epoch may be smaller
        ahead = int(epoch - whole)
        return rest + (ahead - 1) * math.ceil(rows / size) if ahead > 0 else 0

    def branched(self, step: int, **different: Any) -> list[Change]:
        """The changes with the knobs that are shown, and what is `different`, from a step on; what came after it is forgotten."""
        if step < self.trainer.steps:
            self.desk.say(f"From step {step} anew; the rest is forgotten.")  # in one line, so that nothing moves
        before = effective(self.shown, step)
        knobs = {name: self.shown[name] for name in LIVE if name in self.shown}
        return revised(self.shown, step, before, before | knobs | different)

    # --- what a runner asks for

    @property
    def speed(self) -> float:
        """The limit in steps a second; 0 is as fast as possible."""
        return float(self.shown["speed"])

    @contextlib.contextmanager
    def burst(self) -> Iterator[None]:
        """Round a burst and its picture, or the picture alone: one thread is enough for a small network."""
        with threads(few(self.trainer.model.parameters(), self.parameters["batch_size"])):
            yield

    def walk(self, steps: int) -> int:
        """Branch off where one has looked back, and go on."""
        # The control's own value: the picture may be older where it could not be drawn.
        trainer, step = self.trainer, self.controls["steps"].value
        if step < trainer.steps:
            changes = self.branched(step)
            trainer.rewind(step)
            self._assign({"changes": changes})
            self.run_.to({**self.shown, "changes": changes, "steps": step})
        made = self.run_.walk(steps)
        best = best_before(trainer.history, self.shown.get("patience", 0), self._asked_at)
        if best is None:
            return made
        self._best = best
        self.desk.say(f"Stopped: no better for {self.shown['patience']} epochs; back at step {best}, the best.")
        return 0

    def halt(self) -> None:
        self.trainer.stop("halted")

    def present(self) -> None:
        """Show where it is; a control that the page has set to what does not work goes back."""
        if self.error:
            waiting = {"changes", *self._followed}
            self._assign({name: value for name, value in self.shown.items() if name not in waiting})
        steps = self.trainer.steps if self._best is None else self._best
        self._assign({"steps": steps})
        before = {**self.shown, "steps": steps}
        with self.canvas.by_itself():
            self._update({**self.shown, "steps": steps, "changes": self.controls["changes"].value})
        if self.shown == before:
            self._reach()  # the rest of the page stands as it did
        else:
            self._show()
        self.desk.advance(self.runner.progress if self.runner is not None and self.runner.playing else None)

    def _reach(self) -> None:
        self.scrubber.reach(self.trainer.steps)
        self.desk.note(self.painter.several.why_not or self.trainer.why_there)

    def _show(self) -> None:
        self._reach()
        super()._show()

    def failed(self, error: Exception) -> None:
        sentence = self._sentence(error)
        with contextlib.suppress(Exception):  # the picture may need what has just failed
            self.present()
        self._say(sentence)

    def turned(self, playing: bool) -> None:
        self.scrubber.pace = 0.2 if playing else 0.0
        self.scrubber.refresh()
        self.desk.turned(playing)
        if not playing:
            try:
                self._update(self.shown)  # with what a moving picture leaves out
                self._show()
            except Exception as error:
                if not self.error:
                    self._say(self._sentence(error))


def best_before(history: History, patience: int, since: float) -> int | None:
    """The step of the best validation loss, once `patience` epochs have passed without a better one; None before, and for 0.

    Epochs count from `since` at the earliest, so that who goes on after a stop gets as many again.
    """
    losses, epochs = history.validation_losses, history.epochs
    if not patience or not len(losses):
        return None
    best = int(np.nanargmin(losses))
    return int(history.evaluation_steps[best]) if epochs[-1] - max(epochs[best], since) >= patience else None
