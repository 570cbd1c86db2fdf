"""What is written down while a model learns: the loss of each step, now and then gradients, and what whole samples give."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from nbkit.training.evaluation import Evaluation
from nbkit.training.history import History
from nbkit.training.randomness import GlobalStream
from nbkit.training.stepping import Stepper

__all__ = ["Recorder"]

_GRADIENTS_EVERY = 16
_MEASURED_EVERY = 64
_MEASURED_SHARE = 256  # of all steps so far: a long run is not measured more densely than its curve can show


class Recorder:
    """Writes the history of what `stepper` does; losses are read from the device when somebody needs them.

    `evaluation` measures whole samples every `every` epochs; where that is None each epoch if `each_epoch`, else at ends of
    epochs that are 64 steps and 1/256 of all steps so far apart at least.
    """

    def __init__(self, stepper: Stepper, evaluation: Evaluation, every: int | None, each_epoch: bool) -> None:
        self.evaluation = evaluation
        self._stepper, self._every, self._each_epoch = stepper, every, each_epoch

    def begin(self) -> None:
        """Begin a new history with what the model is worth now."""
        layers: dict[str, list[int]] = {}
        for number, (name, _) in enumerate(self._stepper.model.named_parameters()):
            layers.setdefault(name.rpartition(".")[0] or name, []).append(number)
        self._history = History(self.evaluation.names, layers, len(self._stepper.parameters))
        self._pending: list[Tensor] = []
        self._fresh: Tensor | None = None
        #: Whether a loss among those that were read is no finite number.
        self.suspicious = False
        self._evaluate()

    @property
    def history(self) -> History:
        """All that has been written, with the losses up to the present step."""
        self.flush()
        return self._history

    @property
    def measured(self) -> dict[str, float]:
        """Loss and metrics of whole samples as the model is now, by name."""
        values = self._measured if self._measured_at == self._stepper.step else self._measure()
        return dict(zip(self.evaluation.names, values.tolist(), strict=True))

    def add_step(self, loss: Tensor) -> None:
        """The step that was just made, whose batch had this loss before it."""
        self._pending.append(loss)

    def add_gradients(self) -> None:
        """The norms of the gradients of the step that was just made, if it is one of those that are kept."""
        step = self._stepper.step
        if not step % _GRADIENTS_EVERY:
            norms = [
                torch.zeros(()) if p.grad is None else torch.linalg.vector_norm(p.grad)
                for p in self._stepper.parameters
            ]
            self._history.add_gradients(step, torch.stack(norms))

    def end_epoch(self) -> None:
        """Measure whole samples, if it is time to."""
        epoch, step = self._stepper.epoch, self._stepper.step
        apart = max(_MEASURED_EVERY, step // _MEASURED_SHARE)
        if self._each_epoch or (epoch % self._every == 0 if self._every else step - self.evaluated_at >= apart):
            self._evaluate()

    def monitored(self) -> float:
        """The validation loss as it is now, or the loss without a validation sample; the next evaluation takes it over."""
        names, self._fresh = self.evaluation.names, self._measure()
        return float(self._fresh[names.index("validation_loss" if "validation_loss" in names else "loss")])

    def flush(self) -> None:
        """Hand the losses over to the history."""
        if self._pending:
            losses = torch.stack(self._pending).to("cpu").numpy().astype(np.float64)
            self._pending.clear()
            self.suspicious |= not np.isfinite(losses).all()
            self._history.add_losses(losses)

    def outdate(self) -> None:
        """Model or samples have been changed: `measured` measures anew."""
        self._measured_at = -1

    def forget_after(self, step: int) -> None:
        """Training stands at `step`: what was written of the steps after it counts no more."""
        self._history.truncate(step)
        self.evaluated_at = int(self._history.evaluation_steps[-1])
        self.outdate()

    def take_up(self, history: dict[str, object], evaluated_at: int) -> None:
        """Go on with a history that was saved, as its `state_dict`; the last evaluation of whole samples was at that step."""
        self.evaluated_at = evaluated_at
        self._history.load_state_dict(history)
        self.outdate()

    def _evaluate(self) -> None:
        stepper = self._stepper
        self._measured, self._fresh = self._fresh if self._fresh is not None else self._measure(), None
        self.evaluated_at = self._measured_at = stepper.step
        rate = stepper.optimizer.param_groups[0]["lr"]
        self._history.add_evaluation(stepper.step, stepper.epochs, float(rate), self._measured)

    def _measure(self) -> Tensor:
        stepper = self._stepper
        # A stream of its own, so that a model that draws in evaluation mode doesn't disturb the steps.
        stream = GlobalStream(stepper.seed + stepper.step, stepper.device) if stepper.random else None
        return self.evaluation(stepper.model, stream)
