"""A target met by a sum of ReLUs: moved by hand, fitted by least squares, and trained from there by gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.approximation import MOST, ReLUSum, evenly_spaced, presets
from nbkit.displays.approximation import ReLUSumDisplay
from nbkit.relu_fit import ReLUSumFit, train
from nbkit.targets import Target, painted_target, sampled_target, target_from
from nbkit.widgets.controls import choice, hidden, log_slider, one_of, text, within
from nbkit.widgets.page import note
from nbkit.widgets.parts import player
from nbkit.widgets.relu_editor import NeuronEditor
from nbkit.widgets.relu_hand import ReLUSumHand
from nbkit.widgets.relu_picture import limits, picture
from nbkit.widgets.relu_program import program
from nbkit.widgets.relu_rules import (
    LARGEST,
    domain_rule,
    formula,
    heights_rule,
    listed,
    network,
    neurons_rule,
    pair_rule,
    start_rule,
)

__all__ = ["ReLUSumExplorer"]

Array = NDArray[np.float64]

STEPS, THINNED = 2000, 20  # training sees every twentieth place of a function
OPTIMIZERS = {"gradient descent": "gd", "with momentum": "momentum", "Adam": "adam"}
HINT = """<div style="line-height: 1.35; font-size: 12px">Mouse: click a neuron's line or dot; drag its dot to move the kink.<br>
Keys, once the figure was clicked: n&nbsp;p or 1…9 choose, ←&nbsp;→ move the kink, ↑&nbsp;↓ output weight, o on or off, a add,
d delete. Painted target: draw with the mouse, or with shift and an arrow; ctrl and an arrow move the pen.</div>"""


class ReLUSumExplorer(ReLUSumHand):
    """Meet a target with a sum of ReLUs, Z(x) = Σ a·relu(w·x + b) + c.

    `neurons` is a list of at most 50 dicts {weight, bias, output_weight, on}, by default the slide's six, and `selected` the one
    that the sliders edit, counted from 0 (a number past the end is the last); `output_bias` is c. `source` says what
    the target is: "formula", the expression `target`; "painted", `painted`, 81 heights evenly spaced over `domain`, or [] for the
    formula; or, where one is given, "function", a callable from (m,) to (m,), or "samples", a pair of x, y (m,). `domain` is
    [low, high], for samples by default their range, else [−2, 2].

    `start` is None or {neurons, output_bias}: where training began. It is shown after `steps`, 0 … 2000, of `optimizer` "gd",
    "momentum" or "adam" on the mean squared error with `learning_rate` 0.0001 … 1. `pen` [x, y] is where the pen is, and
    `grabbed` what the mouse holds: "kink", "pen" or "". Raises ValueError for a name or value that is not allowed, and for a
    target that is not finite.
    """

    display = ReLUSumDisplay

    def __init__(
        self,
        target: str = "x**3 + x**2 - x - 1",
        neurons: Sequence[dict[str, Any]] | None = None,
        output_bias: float = 0.0,
        *,
        function: Callable[[Array], ArrayLike] | None = None,
        samples: tuple[ArrayLike, ArrayLike] | None = None,
        source: str | None = None,
        domain: Sequence[float] | None = None,
        selected: int = 2,
        start: dict[str, Any] | None = None,
        steps: int = STEPS,
        optimizer: str = "gd",
        learning_rate: float = 0.01,
        painted: Sequence[float] = (),
        pen: Sequence[float] = (0.0, 0.0),
        grabbed: str = "",
    ) -> None:
        if function is not None and not callable(function):
            raise ValueError(f"function must be a callable from an array to an array, got {function!r:.60}")
        self.samples = None if samples is None else sampled_target(*samples)
        kinds = {"a formula": "formula"}
        kinds |= {"your function": "function"} if function is not None else {}
        kinds |= {"your samples": "samples"} if self.samples is not None else {}
        if domain is None:
            domain = (-2.0, 2.0) if self.samples is None else (self.samples.low, self.samples.high)
        super().__init__(
            objects={"function": function, "samples": samples},
            neurons=hidden(listed(presets()["slide"].network) if neurons is None else neurons, neurons_rule),
            selected=hidden(selected, within(0, MOST - 1, whole=True)),
            output_bias=hidden(output_bias, within(-LARGEST, LARGEST)),
            source=choice(
                "Target",
                list(kinds.values())[-1] if source is None else source,
                kinds | {"painted": "painted"},
                tip="Choose what the sum is to be like, or 'painted' and draw it on the figure",
            ),
            target=text(
                "Formula",
                target,
                tip="Type the target, like x**3 - x, sin(pi*x) or abs(x), and press Enter",
                check=formula,
            ),
            steps=player(
                "Steps", steps, 0, STEPS, step=10, interval=40, tip="Set how many steps the machine has trained"
            ),
            optimizer=choice(
                "Trained by", optimizer, OPTIMIZERS, tip="Choose how the machine goes down the squared error"
            ),
            learning_rate=log_slider(
                "Learning rate", learning_rate, 1e-4, 1, tip="Multiply the machine's steps by this factor"
            ),
            domain=hidden(domain, domain_rule),
            painted=hidden(painted, heights_rule),
            pen=hidden(pen, pair_rule),
            start=hidden(start, start_rule),
            grabbed=hidden(grabbed, one_of(["", "kink", "pen"])),
        )

    def idle(self, **parameters: Any) -> set[str]:
        machine = set() if parameters["start"] else {"steps", "optimizer", "learning_rate"}
        return machine | (set() if parameters["source"] == "formula" else {"target"})

    def arrange(self) -> ipywidgets.Widget:
        seen = self.controls
        rows = [
            _row(
                self.button(
                    "Best output weights",
                    "Find the best output weights by least squares; the kinks stay",
                    self.fit_output_weights,
                ),
                self.button("Add", "Add a neuron in the widest gap between the kinks (key a)", self.add),
                self.button("Remove", "Take the selected neuron away (key d)", self.remove),
            ),
            _row(
                self.button(
                    "Even kinks", "Space the kinks evenly, with weights 1 and the best output weights", self.spread
                ),
                self.button("Twice as many", "Double the neurons, up to 50, with even kinks", self.double),
                self.button("Train", "Go down the gradient from your weights; your curve stays", self.train),
            ),
            _row(
                ipywidgets.Label("Begin:"),
                *(
                    self.button(name, f"Begin anew with {preset.target} on [−2, 2]", partial(self.begin, name))
                    for name, preset in presets().items()
                ),
            ),
        ]
        seen["steps"].children += (
            _row(
                self.button("Take its weights", "Go on by hand with what training has found", self.take),
                self.button("Forget it", "Take the trained curve away", self.forget),
            ),
        )
        machine = [seen["steps"], seen["optimizer"], seen["learning_rate"]]
        self.editor = editor = NeuronEditor(seen["neurons"], seen["selected"], seen["output_bias"], self.lock)
        return ipywidgets.VBox([editor, *rows, seen["source"], seen["target"], *machine, note(HINT)])

    # --- the picture

    def compute(self, **parameters: Any) -> dict[str, Any]:
        target = self.target(parameters)
        hand = network(parameters["neurons"], parameters["output_bias"])
        machine, state = self._machine(parameters, target)
        shown = self._limits(parameters, target)
        painted = parameters["source"] == "painted"
        return picture(target, shown, parameters["neurons"], parameters["selected"], hand, machine, state) | {
            "pen": np.array(parameters["pen"]) if painted else np.empty(0),
            "grabbed": parameters["grabbed"],
        }

    def target(self, parameters: dict[str, Any]) -> Target:
        source, (low, high) = parameters["source"], parameters["domain"]
        if source == "samples" and self.samples is not None:
            return self.samples._replace(low=low, high=high)
        if source == "function":
            return target_from(self.objects["function"], low, high, "the function")
        if source == "painted" and parameters["painted"]:
            return painted_target(parameters["painted"], low, high)
        return target_from(formula(parameters["target"]), low, high, f"{parameters['target']!r}")

    def _limits(self, parameters: dict[str, Any], target: Target) -> tuple[float, float]:
        """Those of the formula while its target is painted, so that the axes hold still under the pen."""
        return limits(self.target(parameters | {"painted": []}) if parameters["source"] == "painted" else target)

    def _machine(self, parameters: dict[str, Any], target: Target) -> tuple[ReLUSum | None, str]:
        """What training has made of its start, and how it is said."""
        start, steps = parameters["start"], parameters["steps"]
        if start is None:
            return None, ""
        begin = network(start["neurons"], start["output_bias"])
        rate, optimizer = parameters["learning_rate"], parameters["optimizer"]
        way = train(begin, *target.thinned(THINNED), learning_rate=rate, steps=STEPS, optimizer=optimizer)
        diverged = 0 <= way.diverged_at <= steps
        state = f"diverged at step {way.diverged_at}" if diverged else f"{steps} steps"
        return ReLUSumFit([], [], len(begin)).unpack(way.points[steps]), state

    # --- the buttons

    def fit_output_weights(self) -> None:
        """Give the neurons that are on the output weights, and the sum the output bias, of the least squared error."""
        self._fit(self.shown["neurons"])

    def _fit(self, neurons: Sequence[dict[str, Any]], **parameters: Any) -> None:
        target = self.target(self.shown)
        best = network(neurons, 0).fit(target.x, target.y)
        weights = iter(np.round(best.output_weights, 6).tolist())
        fitted = [{**neuron, "output_weight": next(weights)} if neuron["on"] else neuron for neuron in neurons]
        self.move(neurons=fitted, output_bias=round(best.output_bias, 6), **parameters)

    def spread(self, count: int | None = None) -> None:
        """`count` neurons (as many as there are) with kinks spaced evenly from the left edge, and best output weights."""
        count = min(max(len(self.shown["neurons"]) if count is None else count, 1), MOST)
        self._fit(listed(evenly_spaced(count, *self.shown["domain"])), selected=0)

    def double(self) -> None:
        """Evenly spaced kinks, twice as many."""
        self.spread(2 * len(self.shown["neurons"]))

    def forget(self) -> None:
        """Take the trained curve away."""
        self.move(start=None)

    def train(self) -> None:
        """Let gradient descent start from the neurons that are on."""
        neurons = [neuron for neuron in self.shown["neurons"] if neuron["on"]]
        self.move(start={"neurons": neurons, "output_bias": self.shown["output_bias"]}, steps=STEPS)

    def take(self) -> None:
        """Make the trained network the one that is moved by hand."""
        trained, _ = self._machine(self.shown, self.target(self.shown))
        if trained is not None:
            self.move(neurons=listed(trained), output_bias=round(trained.output_bias, 6))

    def begin(self, name: str) -> None:
        """Target and network of a preset: slide, step, tent, sine or cubic; ValueError for another name."""
        if name not in presets():
            raise ValueError(f"there is no preset {name!r}: begin with one of {', '.join(presets())}")
        preset = presets()[name]
        self.move(
            target=preset.target,
            source="formula",
            domain=[-2.0, 2.0],
            neurons=listed(preset.network),
            output_bias=round(preset.network.output_bias, 6),
            selected=min(2, len(preset.network) - 1),
            start=None,
        )

    def code(self) -> str:
        return program(self.shown, self.target(self.shown), self.objects["function"], THINNED)


def _row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    for widget in widgets:
        widget.layout.padding, widget.layout.margin = "0 5px", "1px 2px"
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap", "align_items": "center", "width": "300px"})
