"""One neuron to be moved by hand: weights, bias and activation, over the plane of its inputs."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nbkit.activations import ACTIVATIONS
from nbkit.displays.neurons import REACH, SUMS, NeuronDisplay
from nbkit.neurons import (
    DATA_SETS,
    accuracy,
    decision_line,
    distance_from_origin,
    labelled_points,
    loss,
    neuron,
    predicted,
    weighted_sum,
)
from nbkit.widgets.controls import choice, hidden, int_slider, one_of, slider, within
from nbkit.widgets.neurons_hand import BIAS, STEP, WEIGHT, NeuronHand, weight_arrow
from nbkit.widgets.neurons_program import program
from nbkit.widgets.page import columns, note

__all__ = ["NeuronExplorer"]

Array = NDArray[np.float64]

CELLS = 120  # of the plane, along each side
BOUNDED = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "atan": (-np.pi / 2, np.pi / 2)}
HINT = """<div style="line-height: 1.35; font-size: 13px">Drag the line, or the arrow's tip; the cross follows the mouse.<br>
Keys, after a click on the figure: ↑&nbsp;↓&nbsp;bias, ←&nbsp;→&nbsp;turn (of one input: shift the threshold),
+&nbsp;−&nbsp;steeper, flatter; Shift&nbsp;and an arrow move the cross.</div>"""


class NeuronExplorer(NeuronHand):
    """One neuron, Y = f(w1·X1 + w2·X2 + b): move its weights, and see where it decides.

    `inputs` is 2 or 1: the plane of X1 and X2, both in [−3, 3], or Y against X1 alone (w2 and x2 then do nothing). `w1` and
    `w2` are −5 … 5, `b` −10 … 10, `activation` is a name of nbkit.ACTIVATIONS, with its default parameters. (`x1`, `x2`) in
    [−3, 3] is the point whose arithmetic is shown; it follows the mouse. `data` is "line", "overlap", "xor" or "none", made
    with `seed`, 0 … 99: 40 points of class 0 or 1; the neuron says 1 where its sum is above 0. Its loss is the binary
    cross-entropy for a sigmoid, else the mean squared error of Y against 0 and 1.

    `anchor`, a point [x, y], is where the arrow's foot stands on the line, as near as may be; `grabbed` is what the mouse holds:
    "line", "tip" or "". Raises ValueError for a name or value that is not allowed.
    """

    display = NeuronDisplay

    def __init__(
        self,
        w1: float = 0.8,
        w2: float = -0.5,
        b: float = 0.1,
        activation: str = "sigmoid",
        inputs: int = 2,
        x1: float = 1.2,
        x2: float = 0.3,
        data: str = "line",
        seed: int = 0,
        anchor: tuple[float, float] | list[float] = (0.0, 0.0),
        grabbed: str = "",
    ) -> None:
        labels = {activation.label: name for name, activation in ACTIVATIONS.items()}
        kinds = {"none": "none", "a line fits": "line", "two clouds": "overlap", "XOR": "xor"}
        assert set(kinds.values()) == {"none", *DATA_SETS}
        super().__init__(
            inputs=choice(
                "Inputs", inputs, {"two: X1 and X2": 2, "one: X1": 1}, tip="Choose how many inputs the neuron has"
            ),
            activation=choice("Activation f", activation, labels, tip="Choose what is applied to the sum"),
            w1=_slider(
                "Weight w1", w1, WEIGHT, "Set the weight of X1; on the figure drag the arrow's tip, or press ← → + −"
            ),
            w2=_slider(
                "Weight w2", w2, WEIGHT, "Set the weight of X2; on the figure drag the arrow's tip, or press ← → + −"
            ),
            b=_slider(
                "Bias b",
                b,
                BIAS,
                "Set the weight of the input that is always 1; on the figure drag the line, or press ↑ ↓",
            ),
            x1=_slider(
                "Point X1",
                x1,
                REACH,
                "Set where the arithmetic is done; on the figure move the mouse, or press shift ← →",
            ),
            x2=_slider(
                "Point X2",
                x2,
                REACH,
                "Set where the arithmetic is done; on the figure move the mouse, or press shift ↑ ↓",
            ),
            data=choice("Data", data, kinds, tip="Choose points of two classes, to be told apart"),
            seed=int_slider("Data seed", seed, 0, 99, tip="Draw other points by another number"),
            anchor=hidden(anchor, _pair),
            grabbed=hidden(grabbed, one_of(["", "line", "tip"])),
        )

    def arrange(self) -> ipywidgets.Widget:
        return columns(super().arrange(), note(HINT))

    def idle(self, **parameters: Any) -> set[str]:
        one, empty = parameters["inputs"] == 1, parameters["data"] == "none"
        return ({"w2", "x2"} if one else set()) | ({"seed"} if empty else set())

    # --- the picture

    def compute(self, **parameters: Any) -> dict[str, Any]:
        inputs, data, seed = (parameters.pop(name) for name in ("inputs", "data", "seed"))
        if data == "none":
            points, labels = np.empty((0, inputs)), np.empty(0, int)
        else:
            points, labels = labelled_points(data, inputs, seed=seed)
        return (self._plane if inputs == 2 else self._curve)(points, labels, **parameters)

    def _plane(
        self,
        points: Array,
        labels: NDArray[np.int_],
        w1: float,
        w2: float,
        b: float,
        activation: str,
        x1: float,
        x2: float,
        anchor: list[float],
        grabbed: str,
    ) -> dict[str, Any]:
        weights = np.array([w1, w2])
        cells = (np.arange(CELLS) + 0.5) * 2 * REACH / CELLS - REACH
        shared = self._shared(points, labels, weights, b, activation, np.array([x1, x2]))
        line = decision_line(weights, b, REACH)
        norm = float(np.linalg.norm(weights))
        if norm:
            away = f"{abs(b):.2f}/{norm:.2f} = {distance_from_origin(weights, b):.3f}"
            where = f"The line w·X + b = 0 is |b|/‖w‖ = {away} from the origin"
            where += "." if len(line) else ", out of the picture."
        else:
            where = "Both weights are 0: Y is the same everywhere, and there is no line."
        return shared | {
            "view": "plane",
            "surface": neuron(np.stack(np.meshgrid(cells, cells), axis=-1), weights, b, activation),
            "line": line,
            "arrow": weight_arrow(weights, line, np.array(anchor)),
            "sums": weighted_sum(points, weights, b),
            "sum": float(weighted_sum([x1, x2], weights, b)),
            "function": _function(activation),
            "grabbed": grabbed,
            "caption": f"{where}\n{shared['caption']}",
        }

    def _curve(
        self,
        points: Array,
        labels: NDArray[np.int_],
        w1: float,
        b: float,
        activation: str,
        x1: float,
        grabbed: str,
        **unused: Any,
    ) -> dict[str, Any]:
        weights = np.array([w1])
        x = np.linspace(-REACH, REACH, 601)
        shared = self._shared(points, labels, weights, b, activation, np.array([x1]))
        threshold = -b / w1 if w1 else np.nan
        if w1:
            where = f"The sum is 0 at X1 = −b/w1 = {_number(-b)}/{_factor(w1)} = {_number(threshold, 3)}."
        else:
            where = "The weight is 0: Y is the same everywhere, and there is no threshold."
        return shared | {
            "view": "curve",
            "function": np.array([x, neuron(x[:, None], weights, b, activation)]),
            "threshold": threshold,
            "grabbed": grabbed,
            "caption": f"{where}\n{shared['caption']}",
        }

    def _shared(
        self, points: Array, labels: NDArray[np.int_], weights: Array, b: float, activation: str, at: Array
    ) -> dict[str, Any]:
        """What both views show: the arithmetic at a point, and how the points come out."""
        f, sums = ACTIVATIONS[activation], weighted_sum(points, weights, b)
        total = weighted_sum(at, weights, b)
        y = float(f.value(total))
        products = " + ".join(
            f"{_factor(w, first=k == 0)}·{_factor(x)}" for k, (w, x) in enumerate(zip(weights, at, strict=True))
        )
        text = f"{products} + {_factor(b)} = {_number(float(total))} → {f.label} → {_number(y, 3)}\n"
        wrong = predicted(sums) != labels
        if len(labels):
            name, value = loss(activation, sums, labels)
            right = len(labels) - int(wrong.sum())
            text += f"{right} of {len(labels)} right · loss {value:.3g}"
            caption = (
                f"Accuracy {accuracy(sums, labels):.3g}, {name} {value:.4g}; a ring marks a point on the wrong side."
            )
        else:
            zero = _number(float(f.value(0.0)), 3)
            text += f"where the sum is 0, Y = {zero}"
            caption = f"There Y = f(0) = {zero}." if weights.any() else ""
        return {
            "text": text,
            "limits": _limits(activation),
            "points": points,
            "labels": labels,
            "wrong": wrong,
            "outputs": f.value(sums),
            "point": np.append(at, y),
            "caption": caption,
        }

    def code(self) -> str:
        return program(self.shown, _limits(self.shown["activation"]))


def _slider(label: str, value: float, size: float, tip: str) -> ipywidgets.Widget:
    return slider(label, value, -size, size, step=STEP, tip=tip)


def _pair(value: Any) -> list[float]:
    """The rule of a point: two numbers from −3 to 3."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError(f"must be two numbers [x, y], got {value!r}")
    return [within(-REACH, REACH)(number) for number in value]


def _limits(activation: str) -> tuple[float, float]:
    """The range of Y that is shown: all of it for a bounded function, else that for sums in [−6, 6]."""
    if activation in BOUNDED:
        return BOUNDED[activation]
    y = _function(activation)[1]
    return float(y.min()), float(y.max())


def _function(activation: str) -> Array:
    s = np.linspace(-SUMS, SUMS, 241)
    return np.array([s, ACTIVATIONS[activation].value(s)])


def _number(value: float, digits: int = 2) -> str:
    """As it is printed: with a minus sign, and no −0.00."""
    said = f"{value:.{digits}f}"
    return (said if float(said) else said.removeprefix("-")).replace("-", "−")


def _factor(value: float, *, first: bool = False) -> str:
    said = _number(value)
    return f"({said})" if said.startswith("−") and not first else said
