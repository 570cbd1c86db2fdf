"""The live trainer of networks."""

from nbkit.widgets.training.explorer import TrainingExplorer

__all__ = ["TrainingExplorer"]
