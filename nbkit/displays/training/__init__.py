"""The views of a network that learns, each a display of its own, and the figure that holds them."""

from nbkit.displays.training.boundary import Boundary, DecisionBoundaryDisplay
from nbkit.displays.training.confusion import Confusion, ConfusionDisplay
from nbkit.displays.training.curves import Band, Curves, LossCurveDisplay, Pinned
from nbkit.displays.training.diagram import drawn_units
from nbkit.displays.training.display import TrainingDisplay
from nbkit.displays.training.fits import FittedCurve, FittedCurveDisplay, PredictionDisplay, Predictions
from nbkit.displays.training.network import Network, NetworkDisplay
from nbkit.displays.training.residuals import Residuals, ResidualsDisplay
from nbkit.displays.training.speeds import DeviceSpeedDisplay, DeviceSpeeds
from nbkit.displays.training.spreads import Spread, Spreads, SpreadsDisplay
from nbkit.displays.training.surface import LossSurface, LossSurfaceDisplay
from nbkit.displays.training.unit import Unit, UnitDisplay

__all__ = [
    "Band",
    "Boundary",
    "Confusion",
    "ConfusionDisplay",
    "Curves",
    "DecisionBoundaryDisplay",
    "DeviceSpeedDisplay",
    "DeviceSpeeds",
    "FittedCurve",
    "FittedCurveDisplay",
    "LossCurveDisplay",
    "LossSurface",
    "LossSurfaceDisplay",
    "Network",
    "NetworkDisplay",
    "Pinned",
    "PredictionDisplay",
    "Predictions",
    "Residuals",
    "ResidualsDisplay",
    "Spread",
    "Spreads",
    "SpreadsDisplay",
    "TrainingDisplay",
    "Unit",
    "UnitDisplay",
    "drawn_units",
]
