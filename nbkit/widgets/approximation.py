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
from nbkit.targets import PAINTED, Target, painted_target, sampled_target, stroke, target_from
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import choice, hidden, log_slider, one_of, player, text, within
from nbkit.widgets.relu_editor import NeuronEditor
from nbkit.widgets.relu_picture import limits, picture
from nbkit.widgets.relu_program import program
from nbkit.widgets.relu_rules import (
    LARGEST,
    all_on,
    chosen,
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
NEAR = 12.0  # pixels, within which the mouse takes hold
OPTIMIZERS = {"gradient descent": "gd", "with momentum": "momentum", "Adam": "adam"}
HINT = """<div style="line-height: 1.35; font-size: 12px">Mouse: click a neuron's line or dot; drag its dot to move the kink.<br>
Keys, once the figure was clicked: n&nbsp;p or 1…9 choose, ←&nbsp;→ move the kink, ↑&nbsp;↓ output weight, o on or off, a add,
d delete. Painted target: draw with the mouse, or with shift and an arrow; ctrl and an arrow move the pen.</div>"""


class ReLUSumExplorer(Explorer):
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
                tip="What the sum is to be like; choose 'painted' and draw it with the mouse",
            ),
            target=text("Formula", target, tip="For example x**3 - x, sin(pi*x), exp(-x**2), abs(x)", check=formula),
            steps=player("Steps", steps, 0, STEPS, step=10, interval=40, tip="How long the machine has trained"),
            optimizer=choice("Trained by", optimizer, OPTIMIZERS, tip="How the machine goes down the squared error"),
            learning_rate=log_slider("Learning rate", learning_rate, 1e-4, 1, tip="Factor of the machine's steps"),
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
                self.button("Best output weights", "By least squares; the kinks stay", self.fit_output_weights),
                self.button("Add", "A neuron in the widest gap between the kinks (key a)", self.add),
                self.button("Remove", "The selected neuron (key d)", self.remove),
            ),
            _row(
                self.button("Even kinks", "Weights 1, best output weights", self.spread),
                self.button("Twice as many", "Even kinks for twice as many neurons, up to 50", self.double),
                self.button("Train", "Gradient descent from your weights; your curve stays", self.train),
            ),
            _row(
                ipywidgets.Label("Begin:"),
                *(
                    self.button(name, f"{preset.target} on [−2, 2]", partial(self.begin, name))
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
        editor = NeuronEditor(seen["neurons"], seen["selected"], seen["output_bias"], self.lock)
        hint = ipywidgets.HTML(HINT, layout={"width": "296px"})
        return ipywidgets.VBox([editor, *rows, seen["source"], seen["target"], *machine, hint])

    # --- the picture

    def compute(self, **parameters: Any) -> dict[str, Any]:
        target = self._target(parameters)
        hand = network(parameters["neurons"], parameters["output_bias"])
        machine, state = self._machine(parameters, target)
        shown = self._limits(parameters, target)
        painted = parameters["source"] == "painted"
        return picture(target, shown, parameters["neurons"], parameters["selected"], hand, machine, state) | {
            "pen": np.array(parameters["pen"]) if painted else np.empty(0),
            "grabbed": parameters["grabbed"],
        }

    def _target(self, parameters: dict[str, Any]) -> Target:
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
        return limits(self._target(parameters | {"painted": []}) if parameters["source"] == "painted" else target)

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
        target = self._target(self.shown)
        best = network(neurons, 0).fit(target.x, target.y)
        weights = iter(np.round(best.output_weights, 6).tolist())
        fitted = [{**neuron, "output_weight": next(weights)} if neuron["on"] else neuron for neuron in neurons]
        self.move(neurons=fitted, output_bias=round(best.output_bias, 6), **parameters)

    def add(self) -> None:
        """A neuron of output weight 0 in the middle of the widest gap between kinks and edges; it is selected."""
        neurons, (low, high) = self.shown["neurons"], self.shown["domain"]
        kinks = all_on(neurons).kinks
        places = np.sort([low, *kinks[(kinks > low) & (kinks < high)], high])
        widest = int(np.diff(places).argmax())
        kink = round(float(places[widest] + places[widest + 1]) / 2, 3)
        neuron = {"weight": 1.0, "bias": -kink, "output_weight": 0.0, "on": True}
        self.move(neurons=[*neurons, neuron], selected=min(len(neurons), MOST - 1))

    def remove(self) -> None:
        """Take the selected neuron away."""
        neurons, selected = list(self.shown["neurons"]), chosen(self.shown["neurons"], self.shown["selected"])
        if neurons:
            del neurons[selected]
            self.move(neurons=neurons, selected=max(min(selected, len(neurons) - 1), 0))

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
        trained, _ = self._machine(self.shown, self._target(self.shown))
        if trained is not None:
            self.move(neurons=listed(trained), output_bias=round(trained.output_bias, 6))

    def begin(self, name: str) -> None:
        """Target and network of a preset: slide, step, tent, sine or cubic."""
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

    # --- the mouse and the keys

    def on_press(self, x: float, y: float, where: str) -> None:
        if where != "sum":
            return
        kink, line = self._under(x, y)
        if kink is not None:
            self.move(selected=kink, grabbed="kink")
        elif self.shown["source"] == "painted":
            self._paint((x, y), (x, y), grabbed="pen")
        elif line is not None:
            self.move(selected=line)

    def on_drag(self, x: float, y: float, where: str) -> None:
        if self.shown["grabbed"] == "kink":
            self._kink_to(x)
        elif self.shown["grabbed"] == "pen":
            self._paint((x, y), self.shown["pen"])

    def on_release(self, x: float, y: float, where: str) -> None:
        if self.shown["grabbed"]:
            self.move(grabbed="")

    def _under(self, x: float, y: float) -> tuple[int | None, int | None]:
        """The neuron whose kink, and the one whose line, is near enough to the mouse."""
        terms, kinks = self._arrays["terms"], self._arrays["kinks"]
        if not len(kinks):
            return None, None
        pixels = self.display_.axes_["sum"].transData.transform
        dots = pixels(np.column_stack([np.nan_to_num(kinks, nan=1e9), np.zeros(len(kinks))]))
        lines = pixels(terms.reshape(-1, 2)).reshape(terms.shape)
        mouse = pixels((x, y))
        away = np.minimum(_distance(mouse, lines[:, 0], lines[:, 1]), _distance(mouse, lines[:, 1], lines[:, 2]))
        return _nearest(np.hypot(*(dots - mouse).T)), _nearest(away)

    def _kink_to(self, x: float) -> None:
        """Move the selected kink: the bias follows, the weight and with it the slope change stay."""
        low, high = self.shown["domain"]
        neurons = self.shown["neurons"]
        selected = chosen(neurons, self.shown["selected"])
        if selected >= 0 and neurons[selected]["weight"]:
            place = round(min(max(x, low), high), 4)
            self._edit(bias=round(-neurons[selected]["weight"] * place, 6) + 0.0)

    def _edit(self, **numbers: Any) -> None:
        neurons = [dict(neuron) for neuron in self.shown["neurons"]]
        neurons[chosen(neurons, self.shown["selected"])].update(numbers)
        self.move(neurons=neurons)

    def _paint(self, to: tuple[float, float], begin: tuple[float, float], **parameters: Any) -> None:
        """Draw a stroke; what was trained on another target goes."""
        pen, target = self._inside(*to), self._target(self.shown)
        self.move(painted=stroke(target, self._inside(*begin), pen), pen=list(pen), start=None, **parameters)

    def _inside(self, x: float, y: float) -> tuple[float, float]:
        domain, heights = self.shown["domain"], self._arrays["limits"]
        return float(np.clip(x, *domain)), float(np.clip(y, *heights))

    def on_key(self, key: str) -> None:
        shown, (low, high) = self.shown, self.shown["domain"]
        count = len(shown["neurons"])
        selected = chosen(shown["neurons"], shown["selected"])
        pen, _, arrow = key.rpartition("+")
        side, rise = {"left": (-1, 0), "right": (1, 0), "down": (0, -1), "up": (0, 1)}.get(arrow, (0, 0))
        if pen in ("shift", "ctrl"):
            self._move_pen(side, rise, drawing=pen == "shift")
        elif key == "a":
            self.add()
        elif not count:
            return
        elif key in ("d", "delete"):
            self.remove()
        elif key == "o":
            self._edit(on=not shown["neurons"][selected]["on"])
        elif key in ("n", "p"):
            self.move(selected=(selected + (1 if key == "n" else -1)) % count)
        elif key.isdecimal() and 0 < int(key) <= count:
            self.move(selected=int(key) - 1)
        elif rise:
            self._edit(output_weight=round(shown["neurons"][selected]["output_weight"] + 0.05 * rise, 6))
        elif side and np.isfinite(kink := self._arrays["kinks"][selected]):
            self._kink_to(kink + side * (high - low) / 200)

    def _move_pen(self, side: int, rise: int, drawing: bool) -> None:
        """A cell to the side, or a sixtieth of the height, drawing or not."""
        if self.shown["source"] != "painted" or not (side or rise):
            return
        pen, (low, high), (bottom, top) = self.shown["pen"], self.shown["domain"], self._arrays["limits"]
        to = self._inside(pen[0] + side * (high - low) / (PAINTED - 1), pen[1] + rise * (top - bottom) / 60)
        if drawing:
            self._paint(to, pen)
        else:
            self.move(pen=list(to))

    def code(self) -> str:
        return program(self.shown, self._target(self.shown), self.objects["function"], THINNED)


def _row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    for widget in widgets:
        widget.layout.padding, widget.layout.margin = "0 5px", "1px 2px"
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap", "align_items": "center", "width": "300px"})


def _nearest(pixels: Array) -> int | None:
    return int(pixels.argmin()) if pixels.min() < NEAR else None


def _distance(point: Array, starts: Array, ends: Array) -> Array:
    """How far a point (2,) is from each of the segments between starts and ends (n, 2)."""
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - starts) * along).sum(axis=1) / lengths, 0, 1)
    return np.asarray(np.hypot(*(starts + share[:, None] * along - point).T))
