"""The figure of a network that learns: data, network, curves, and one panel that is exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nbkit.displays.base import COLOURS, Display, Region
from nbkit.displays.text import Reading
from nbkit.displays.training.arrangement import INSETS, boxes, slots
from nbkit.displays.training.boundary import Boundary, DecisionBoundaryDisplay
from nbkit.displays.training.confusion import Confusion, ConfusionDisplay
from nbkit.displays.training.curves import Curves, LossCurveDisplay
from nbkit.displays.training.fits import FittedCurve, FittedCurveDisplay, PredictionDisplay, Predictions
from nbkit.displays.training.network import Network, NetworkDisplay
from nbkit.displays.training.residuals import Residuals, ResidualsDisplay
from nbkit.displays.training.speeds import DeviceSpeedDisplay, DeviceSpeeds
from nbkit.displays.training.spreads import Spreads, SpreadsDisplay
from nbkit.displays.training.surface import LossSurface, LossSurfaceDisplay
from nbkit.displays.training.unit import Unit, UnitDisplay

__all__ = ["DataView", "PanelView", "TrainingDisplay"]

DataView = Boundary | FittedCurve | Predictions | Confusion
PanelView = Unit | Spreads | Confusion | Residuals | LossSurface | DeviceSpeeds

#: The displays that the figure is made of, by the name of their first axes, and the names of their axes.
PARTS: dict[str, tuple[type[Display], tuple[str, ...]]] = {
    "boundary": (DecisionBoundaryDisplay, ("ax", "bar")),
    "curve": (FittedCurveDisplay, ("ax",)),
    "predictions": (PredictionDisplay, ("ax",)),
    "classes": (ConfusionDisplay, ("ax",)),
    "network": (NetworkDisplay, ("ax",)),
    "loss": (LossCurveDisplay, ("ax",)),
    "metric": (LossCurveDisplay, ("ax",)),
    "unit": (UnitDisplay, ("ax", "function")),
    "spreads": (SpreadsDisplay, ("ax", "activations", "gradients")),
    "confusion": (ConfusionDisplay, ("ax",)),
    "residuals": (ResidualsDisplay, ("ax",)),
    "surface": (LossSurfaceDisplay, ("ax", "bar")),
    "speeds": (DeviceSpeedDisplay, ("ax",)),
}
#: Which part draws what the figure is told, by its type.
DATA: dict[type, str] = {Boundary: "boundary", FittedCurve: "curve", Predictions: "predictions", Confusion: "classes"}
PANELS: dict[type, str] = {
    Unit: "unit",
    Spreads: "spreads",
    Confusion: "confusion",
    Residuals: "residuals",
    LossSurface: "surface",
    DeviceSpeeds: "speeds",
}


class TrainingDisplay(Display):
    """Data, network, loss and metric, and one panel; what is None is hidden and leaves its room to the others.

    `update` takes `data`, a `Boundary`, `FittedCurve`, `Predictions` or `Confusion`; `network`, a `Network`; `loss` and
    `metric`, `Curves`; `panel`, a `Unit`, `Spreads`, `Confusion`, `Residuals`, `LossSurface` or `DeviceSpeeds`; `heading`, a
    line above all; and `message`, which stands across the figure until it is "" again. Each is a NamedTuple, whose fields are
    described with it.

    Events come with the names of axes: "boundary", "curve", "predictions" or "classes" for the data, "network", whose display
    `network_` tells what is at a point (`unit_at`, `weight_at`), "loss" and "metric" (`loss_.step_at`), and the panels' names.
    """

    figsize = (9.0, 5.0)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        figure.set_layout_engine("none")
        # The heading stands above all others, so that a message in it does too.
        return {name: figure.add_axes((0.1, 0.1, 0.8, 0.8), label=name, zorder=name == "heading") for name in INSETS}

    def draw(self, heading: Axes, **axes: Axes) -> None:
        self.parts_: dict[str, Any] = {}
        for name, (kind, names) in PARTS.items():
            own = {axis: axes[name if axis == "ax" else f"{name}_{axis}"] for axis in names}
            self.parts_[name] = kind(own)
            self.live_ += self.parts_[name].live_
            self.parts_[name].live_ = self.live_  # what a part makes later belongs to the whole as well
        self.network_: NetworkDisplay = self.parts_["network"]
        self.loss_: LossCurveDisplay = self.parts_["loss"]
        self.metric_: LossCurveDisplay = self.parts_["metric"]
        self._draw_heading(heading)
        self._views: dict[str, tuple[Any, ...]] = {}
        self._show({})

    def _draw_heading(self, ax: Axes) -> None:
        ax.set_axis_off()
        self.heading_ = self.live(Reading(0.0, 0.45, "", transform=ax.transAxes, fontsize=13, va="center"))
        ax.add_artist(self.heading_)
        frame = {"facecolor": "#FFF3E6", "edgecolor": COLOURS.bad, "linewidth": 2, "boxstyle": "round,pad=0.6"}
        style: dict[str, Any] = {"fontsize": 15, "ha": "center", "va": "center", "zorder": 50, "bbox": frame}
        self.message_ = self.live(ax.text(0.5, 0.5, "", transform=self.figure_.transFigure, **style))

    def update(
        self,
        data: DataView | None = None,
        network: Network | None = None,
        loss: Curves | None = None,
        metric: Curves | None = None,
        panel: PanelView | None = None,
        heading: str = "",
        message: str = "",
    ) -> None:
        views: dict[str, tuple[Any, ...]] = {}
        for chosen, names in ((data, DATA), (panel, PANELS)):
            if chosen is not None:
                views[_part(chosen, names)] = chosen
        fixed = (("network", network), ("loss", loss), ("metric", metric))
        views |= {name: given for name, given in fixed if given is not None}
        before = self._views
        self._show(views)
        for name, view in views.items():
            if view is not before.get(name):
                self._tell(name, view)
        self.changed_.add(self.axes_["heading"])
        self.heading_.set_text(heading)
        self.message_.set_text(message)
        self.message_.set_visible(bool(message))

    def fit(self) -> None:
        """Place the axes for the figure's size: by hand, since what is shown changes and each has its fixed margins."""
        if self.owns_figure:
            self._place()
        if "network" in self._views:  # its diagram is laid out in pixels
            self._tell("network", self._views["network"])

    def refit(self) -> None:
        for name, view in self._views.items():
            self._tell(name, view)

    def _tell(self, name: str, view: tuple[Any, ...]) -> None:
        self.parts_[name].update(**_fields(view))
        self.changed_.update(self.parts_[name].axes_.values())

    def regions(self) -> Sequence[Region]:
        if not self.owns_figure or self.message_.get_visible():
            return ()
        width, height = self.figure_.get_size_inches() * 100
        shown = [name for name, ax in self.axes_.items() if ax.get_visible()]
        return [
            Region(
                tuple(self.axes_[name] for name in shown if INSETS[name].slot == slot),
                (left / width, bottom / height, (left + wide) / width, (bottom + tall) / height),
            )
            for slot, (left, bottom, wide, tall) in slots(shown, width, height).items()
        ]

    def _show(self, views: dict[str, tuple[Any, ...]]) -> None:
        changed = views.keys() != self._views.keys() or not views
        self._views = views
        if not changed:
            return
        axes = {
            name: [name if axis == "ax" else f"{name}_{axis}" for axis in names] for name, (_, names) in PARTS.items()
        }
        parts = {axis for names in axes.values() for axis in names}
        self.see({*self.axes_} - parts | {axis for name in views for axis in axes[name]})
        if self.owns_figure:
            self._place()

    def _place(self) -> None:
        width, height = self.figure_.get_size_inches() * 100
        shown = [name for name, ax in self.axes_.items() if ax.get_visible()]
        for name, (left, bottom, wide, tall) in boxes(shown, width, height).items():
            self.axes_[name].set_position((left / width, bottom / height, wide / width, tall / height))


def _part(view: tuple[Any, ...], names: Mapping[type, str]) -> str:
    if type(view) not in names:
        allowed = ", ".join(kind.__name__ for kind in names)
        raise TypeError(f"this place takes one of {allowed}, got {type(view).__name__}")
    return names[type(view)]


def _fields(view: Any) -> dict[str, Any]:
    """The fields of a NamedTuple as they are: `_asdict` is this too, but typed for nobody."""
    return dict(zip(view._fields, view, strict=True))
