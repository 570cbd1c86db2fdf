"""The views of a network that learns, each a display of its own, and the figure that holds them."""

from nbkit.displays.training.boundary import Boundary, DecisionBoundaryDisplay
from nbkit.displays.training.curves import Band, Curves, LossCurveDisplay, Pinned
from nbkit.displays.training.diagram import drawn_units
from nbkit.displays.training.display import TrainingDisplay
from nbkit.displays.training.fits import FittedCurve, FittedCurveDisplay, PredictionDisplay, Predictions
from nbkit.displays.training.network import Network, NetworkDisplay

__all__ = [
    "Band",
    "Boundary",
    "Curves",
    "DecisionBoundaryDisplay",
    "FittedCurve",
    "FittedCurveDisplay",
    "LossCurveDisplay",
    "Network",
    "NetworkDisplay",
    "Pinned",
    "PredictionDisplay",
    "Predictions",
    "TrainingDisplay",
    "drawn_units",
]
