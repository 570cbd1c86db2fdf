"""Training of torch models, one step or many: the trainer, what it is made of, and several runs at once."""

from nbkit.training.callbacks import Callback, EarlyStopping
from nbkit.training.ensemble import Ensemble
from nbkit.training.history import History
from nbkit.training.loop import Diverged
from nbkit.training.trainer import Trainer

__all__ = ["Callback", "Diverged", "EarlyStopping", "Ensemble", "History", "Trainer"]
