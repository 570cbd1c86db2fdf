"""The trainer's controls by group, what each is for, and which of them a change needs a fresh start."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import ipywidgets
from torch import nn

from nbkit.activations import ACTIVATIONS
from nbkit.datasets import AVAILABLE, DATASETS
from nbkit.datasets.functions import region_of
from nbkit.devices import available_devices
from nbkit.expressions import Expression
from nbkit.features import FEATURES
from nbkit.models import INITIALISERS, MODULES
from nbkit.training.losses import LOSSES
from nbkit.training.optimization import SCHEDULES, TORCH_OPTIMIZERS
from nbkit.widgets.controls import Rule, checkbox, choice, int_slider, log_slider, slider, text, within
from nbkit.widgets.parts import Part, several
from nbkit.widgets.training.parts import Layers, PerLayer
from nbkit.widgets.training.samples import OwnData
from nbkit.widgets.training.tips import TIPS

__all__ = ["FRESH", "GROUPS", "LIVE", "PANELS", "VIEWS", "data_defaults", "make_controls"]

#: What may change while the network learns; each change is remembered with its step.
LIVE = ("learning_rate", "batch_size", "weight_decay", "l1", "max_norm", "dropout", "noise")
#: What makes another training, which begins at step 0.
FRESH = (
    "data", "samples", "validation", "data_seed", "region", "formula", "classes", "standardize", "features",
    "hidden", "activation", "batch_norm", "init", "loss", "optimizer", "momentum", "schedule", "seed",
)  # fmt: skip
#: The controls of each tab, in their order.
GROUPS: dict[str, tuple[str, ...]] = {
    "Data": ("data", "region", "formula", "classes", "samples", "noise", "validation", "data_seed", "standardize", "features"),
    "Network": ("hidden", "activation", "init", "dropout", "batch_norm", "max_norm"),
    "Training": (
        "learning_rate", "batch_size", "optimizer", "momentum", "schedule", "loss", "weight_decay", "l1",
    ),
    "Run": ("epochs", "patience", "seed", "runs", "device", "speed"),
    "View": ("show", "panel", "discretise", "log_scale"),
}  # fmt: skip

MOST_RUNS = 32
FIVE = ("x1", "x2", "x3", "x4", "x5")
FIRST = {"region": "x1**2 > x2", "formula": "sin(pi*x)"}  # for data that do not take them
SPEEDS = {"as fast as it goes": 0, "100 steps/s": 100, "10 steps/s": 10, "1 step/s": 1}
VIEWS = {"data": "data", "network": "network", "loss": "loss", "metric": "metric"}
#: What goes where the model, the data, the loss or the optimiser is the user's own.
OWN = {
    "model": ("hidden", "activation", "init", "dropout", "batch_norm", "max_norm", "features"),
    "data": ("data", "region", "formula", "classes", "samples", "noise"),
    "loss": ("loss",),
    "optimizer": ("optimizer", "momentum"),
}
PANELS = {
    "none": "none",
    "one neuron": "unit",
    "spreads by layer": "spreads",
    "errors": "errors",
    "slice of the loss": "surface",
    "speed of devices": "speeds",
}


class Strength(Part):
    """A number from low to high on a logarithmic scale, or 0, which is the left end."""

    def __init__(self, label: str, value: float, low: float, high: float, tip: str) -> None:
        self.slider = log_slider(label, low, low, high, tip=tip)
        self.slider.readout = False
        self.slider.layout.width = "236px"
        self.said = ipywidgets.Label(layout={"width": "56px", "margin": "0"})
        self.low = low
        allowed = within(low, high)

        def rule(value: Any) -> float:
            zero = isinstance(value, int | float) and not isinstance(value, bool) and value == 0
            try:
                return 0.0 if zero else float(allowed(value))
            except ValueError:
                raise ValueError(f"must be 0, or a number from {low:g} to {high:g}, got {value!r}") from None

        super().__init__(
            rule, value, children=[ipywidgets.HBox([self.slider, self.said], layout={"align_items": "center"})]
        )
        self.refresh()
        self.listen(self.slider)

    def present(self) -> None:
        self.slider.value = self.value or self.low
        self.said.value = f"{self.value:.3g}" if self.value else "off"

    def edited(self, widget: ipywidgets.Widget) -> float:
        return float(widget.value) if widget.value > 1.001 * self.low else 0.0


def data_defaults(name: str, formula: str | None = None) -> dict[str, Any]:
    """What a maker of DATASETS does unless asked: samples, noise, formula, and whether its inputs are better standardised.

    A `formula` that somebody has written stays, if it is one of the same variables.
    """
    if name not in DATASETS:
        raise ValueError(
            f"data must be a name out of {', '.join(DATASETS)}, a pair (x, y), a DataSet, a data frame or the path of a CSV "
            f"file, got {name!r}"
        )
    parameters = inspect.signature(DATASETS[name]).parameters
    samples = parameters["samples"].default
    own = _written(name)
    kept = formula is not None and formula not in map(_written, DATASETS) and own and _inputs(formula) == _inputs(own)
    return {
        **({"formula": formula if kept else own} if own else {}),
        "samples": AVAILABLE[name] if samples is None else samples,
        "noise": float(parameters["noise"].default),
        "standardize": name in ("diabetes", "dilepton"),
    }


def _written(name: str) -> str | None:
    """The formula that a data set is made of, unless another is given; None where there is none."""
    function = inspect.signature(DATASETS[name]).parameters.get("function")
    return None if function is None or name == "region" else str(function.default)


def _inputs(formula: str) -> tuple[str, ...]:
    """The variables of a formula: x1 … x5 if it names one of them, else x."""
    return FIVE if re.search(r"\bx[1-5]\b", formula[:1000]) else ("x",)


def _formula(text: str) -> None:
    try:
        Expression(text, _inputs(text))
    except ValueError as error:
        raise ValueError(f"does not fit: {error}") from None


def _region(text: str) -> None:
    try:
        region_of(text, FIVE[:2])
    except ValueError as error:
        raise ValueError(f"does not fit: {error}") from None


def make_controls(
    values: Mapping[str, Any], own: Mapping[str, Any], data: OwnData | None
) -> dict[str, ipywidgets.Widget]:
    """The controls by name; those that do not apply to what is the user's `own` (`data` among it) are not made."""
    gone = {name for kind in own for name in OWN[kind]}
    if data is not None and data.shapes != ((2,),):
        gone.add("features")
    if isinstance(own.get("model"), nn.Module):
        gone.add("runs")  # it has one start only
    made: dict[str, ipywidgets.Widget] = {}
    for make in (_data, _network, _training, _view):
        made |= make(values)
    for control in made.values():
        control.rule = _rounded(control.rule)
    return {name: control for name, control in made.items() if name not in gone}


def _rounded(rule: Rule) -> Rule:
    """The page's sliders answer 0.9 with 0.9000000000000001, which is not to be another training."""

    def rounded(value: Any) -> Any:
        value = rule(value)
        return float(f"{value:.12g}") if isinstance(value, float) else value

    return rounded


def _data(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    names = {name.replace("_", " "): name for name in DATASETS}
    region, formula = (first if v[key] is None else v[key] for key, first in FIRST.items())
    return {
        "data": choice("Data", v["data"], names, tip=TIPS["data"]),
        "region": text("Region", region, tip=TIPS["region"], check=_region),
        "formula": text("Formula", formula, tip=TIPS["formula"], check=_formula),
        "classes": int_slider("Classes", v["classes"], 2, 8, tip=TIPS["classes"]),
        "samples": int_slider("Samples", v["samples"], 10, 5000, tip=TIPS["samples"]),
        "noise": slider("Noise", v["noise"], 0, 4, step=0.05, tip=TIPS["noise"]),
        "validation": slider("Validation", v["validation"], 0.05, 0.95, step=0.05, tip=TIPS["validation"]),
        "data_seed": int_slider("Data seed", v["data_seed"], 0, 99, tip=TIPS["data_seed"]),
        "standardize": checkbox("Standardise the inputs", v["standardize"], tip=TIPS["standardize"]),
        "features": several("Features that the network is fed with", v["features"], list(FEATURES), tip=TIPS["features"]),
    }  # fmt: skip


def _network(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    labels = {ACTIVATIONS[name].label: name for name in MODULES}
    layers = Layers(v["hidden"], tip=TIPS["hidden"])
    return {
        "hidden": layers,
        "activation": PerLayer("activation", v["activation"], labels, layers),
        "init": choice("Start weights", v["init"], list(INITIALISERS), tip=TIPS["init"]),
        "dropout": slider("Dropout", v["dropout"], 0, 0.9, step=0.05, tip=TIPS["dropout"]),
        "batch_norm": checkbox("Batch normalisation", v["batch_norm"], tip=TIPS["batch_norm"]),
        "max_norm": slider("Max-norm", v["max_norm"], 0, 10, step=0.1, tip=TIPS["max_norm"]),
    }  # fmt: skip


def _training(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    losses = {name.replace("_", " "): name for name in LOSSES}
    return {
        "learning_rate": log_slider("Learning rate", v["learning_rate"], 1e-5, 10, tip=TIPS["learning_rate"]),
        "batch_size": int_slider("Batch size", v["batch_size"], 1, 512, tip=TIPS["batch_size"]),
        "optimizer": choice("Optimiser", v["optimizer"], list(TORCH_OPTIMIZERS), tip=TIPS["optimizer"]),
        "momentum": slider("Momentum", v["momentum"], 0, 0.99, tip=TIPS["momentum"]),
        "schedule": choice("Schedule", v["schedule"], ["none", *SCHEDULES], tip=TIPS["schedule"]),
        "loss": choice("Loss", v["loss"], losses, tip=TIPS["loss"]),
        "weight_decay": Strength("L2 (decay)", v["weight_decay"], 1e-6, 1, TIPS["weight_decay"]),
        "l1": Strength("L1", v["l1"], 1e-6, 1, TIPS["l1"]),
        "seed": int_slider("Seed", v["seed"], 0, 99, tip=TIPS["seed"]),
        "runs": int_slider("Runs", v["runs"], 1, MOST_RUNS, tip=TIPS["runs"]),
        "epochs": int_slider("To the end", v["epochs"], 1, 2000, tip=TIPS["epochs"]),
        "patience": int_slider("Stop after", v["patience"], 0, 200, tip=TIPS["patience"]),
        "device": choice("Device", v["device"], _devices(), tip=TIPS["device"]),
        "speed": choice("Speed", v["speed"], SPEEDS, tip=TIPS["speed"]),
    }  # fmt: skip


def _view(v: Mapping[str, Any]) -> dict[str, ipywidgets.Widget]:
    return {
        "show": several("Show", v["show"], list(VIEWS), tip=TIPS["show"]),
        "panel": choice("Panel", v["panel"], PANELS, tip=TIPS["panel"]),
        "discretise": checkbox("Discretise the map", v["discretise"], tip=TIPS["discretise"]),
        "log_scale": checkbox("Logarithmic loss", v["log_scale"], tip=TIPS["log_scale"]),
    }


def _devices() -> dict[str, str]:
    found = available_devices()
    names = {(device.name if device.available else f"{device.name} (not here)"): device.name for device in found}
    return names | {"auto (the fastest)": "auto"}
