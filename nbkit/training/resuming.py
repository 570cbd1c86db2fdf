"""Going back to an earlier step, to the start, or on from a file."""

from __future__ import annotations

import os
from typing import Any

from torch import Tensor

from nbkit.training import saving
from nbkit.training.loop import Loop
from nbkit.training.randomness import check_drawable, start_anew
from nbkit.training.states import plain, unplain

__all__ = ["Resumable"]


class Resumable(Loop):
    """A loop that can stand at any step that it has made, and be taken up again from a file."""

    def reset(self, *, new: bool = False) -> None:
        """Back to the start: the same weights and the same order of batches, with the present settings and data.

        `new=True` starts from other weights and another order: those of the next seed. It needs a model whose modules have
        `reset_parameters`, as torch's have, or a model with `reset(seed)`, and raises ValueError for others.
        """
        with self.lock:
            if new:
                check_drawable(self.model)
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
                self._recorder.flush()
                self._course.go_to(step)
            except BaseException:
                self._course.restore(here)
                raise
            finally:
                self.model.eval()
            self._course.forget_after(step)
            self._recorder.forget_after(step)
            self._recorder.evaluation.train = self._stepper.batches.data
            self.diverged = self.stopped = None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all that is needed to go on exactly here to a file: weights, optimiser, schedule, random streams, history.

        The model's code and the data are not in it.
        """
        with self.lock:
            saving.write(path, self._content())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on where a trainer of the same model, optimiser and data was when it was saved.

        The file is read as data, nothing in it is run. Raises ValueError, and changes nothing, if it is of something else. The
        way back begins here: `rewind` goes to steps after this one, `reset` to the same start.
        """
        content = saving.read(path)
        with self.lock:
            saving.check_fit(content, self._content(), path)
            state, first = (unplain(content[name], self._stepper.batches.data) for name in ("state", "first"))
            self._stepper.start_over(content["seed"])
            self._course.restore(state)
            self._begin()
            self._course.first = first
            self._recorder.take_up(content["history"], content["evaluated_at"])

    def _content(self) -> dict[str, Any]:
        history = self._recorder.history.state_dict()
        return {
            "state": plain(self._course.capture()),
            "first": plain(self._course.first),
            "shapes": {name: list(tensor.shape) for name, tensor in self.weights().items()},
            "optimizer": type(self.optimizer).__name__,
            "schedule": type(self._stepper.schedule).__name__,
            "callbacks": [type(callback).__name__ for callback in self.callbacks],
            "seed": self.seed,
            "evaluated_at": self._recorder.evaluated_at,
            "names": list(self._recorder.evaluation.names),
            "history": history,
        }
