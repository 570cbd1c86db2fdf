"""What may happen while a model learns: a rule to stop it, or anything of your own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from torch import Tensor

if TYPE_CHECKING:
    from nbkit.training import Trainer

__all__ = ["Callback", "EarlyStopping", "as_callback"]


class Callback:
    """Called while a trainer runs; override what you need. A plain function of the trainer is called as `on_epoch` is.

    It may change the trainer's rates and sizes, `trainer.stop("why")` it, and read `trainer.measured`, loss and metrics by
    name. When a training is rewound or saved, it is asked for its `state_dict`, numbers and tensors that it
    won't change any more.
    """

    def on_step(self, trainer: Trainer) -> None:
        """After each step."""

    def on_epoch(self, trainer: Trainer) -> None:
        """After each epoch, when loss and metrics were measured."""

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` gave."""


class _Function(Callback):
    def __init__(self, function: Callable[[Trainer], object]) -> None:
        self._function = function

    def on_epoch(self, trainer: Trainer) -> None:
        self._function(trainer)


def as_callback(given: Callback | Callable[[Trainer], object]) -> Callback:
    """A callback itself, or one that calls a function after each epoch."""
    if isinstance(given, Callback):
        return given
    if not callable(given):
        raise ValueError(f"a callback must be an nbkit.Callback or a function of the trainer, got {given!r}")
    return _Function(given)


class EarlyStopping(Callback):
    """Stop when `monitor` has not improved for `patience` epochs, and put back the weights with which it was best.

    `monitor` is a name of `trainer.measured`, like "validation_loss" or "validation_accuracy"; an improvement is more than
    `min_delta`. Losses are to fall and other things to rise, unless `mode` says "min" or "max".
    """

    def __init__(
        self,
        monitor: str = "validation_loss",
        patience: int = 10,
        *,
        min_delta: float = 0.0,
        mode: Literal["min", "max"] | None = None,
        restore_best: bool = True,
    ) -> None:
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
            raise ValueError(f"patience must be a whole number of epochs, at least 1, got {patience!r}")
        if mode not in (None, "min", "max"):
            raise ValueError(f"mode must be 'min', 'max' or None, got {mode!r}")
        if not min_delta >= 0:
            raise ValueError(f"min_delta must be at least 0, got {min_delta}")
        self.monitor, self.patience, self.min_delta, self.restore_best = monitor, patience, min_delta, restore_best
        self.mode = mode or ("min" if monitor.endswith("loss") else "max")
        self.best: float | None = None
        self.best_epoch = self.best_step = self._asked_on = 0
        self._weights: dict[str, Tensor] | None = None

    def on_epoch(self, trainer: Trainer) -> None:
        value = trainer.measured.get(self.monitor)
        if value is None:
            raise ValueError(f"monitor must be one of {', '.join(trainer.measured)}, got {self.monitor!r}")
        better = self.best is None or (self.best - value if self.mode == "min" else value - self.best) > self.min_delta
        if better:
            self.best, self.best_epoch, self.best_step = value, trainer.epoch, trainer.steps
            if self.restore_best:
                self._weights = trainer.weights()
        elif trainer.epoch - max(self.best_epoch, self._asked_on) >= self.patience:
            # Who runs it on after the stop wants another `patience` epochs.
            self._asked_on = trainer.epoch
            if self.restore_best and self._weights is not None:
                with trainer.edit() as model:
                    model.load_state_dict(self._weights, strict=False)
            trainer.stop(
                f"{self.monitor.replace('_', ' ')} has not improved for {self.patience} epochs, best {self.best:.4g} "
                f"in epoch {self.best_epoch}" + (", whose weights are back" if self.restore_best else "")
            )

    def state_dict(self) -> dict[str, Any]:
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "best_step": self.best_step,
            "asked_on": self._asked_on,
            "weights": self._weights,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.best_epoch, self.best_step = state["best"], state["best_epoch"], state["best_step"]
        self._asked_on, self._weights = state["asked_on"], state["weights"]
