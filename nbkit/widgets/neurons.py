"""One neuron to be moved by hand: weights, bias and activation, over the plane of its inputs."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nbkit.activations import ACTIVATIONS
from nbkit.displays.neurons import REACH, SUMS, NeuronDisplay
from nbkit.neurons import DATA_SETS, accuracy, decision_line, labelled_points, loss, neuron, predicted, weighted_sum
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import choice, hidden, int_slider, one_of, slider, within

__all__ = ["NeuronExplorer"]

Array = NDArray[np.float64]

CELLS = 120  # of the plane, along each side
WEIGHT, BIAS = 5.0, 10.0  # their largest sizes
STEP = 0.02  # of the sliders: at most a pixel for the line and for the cross
ARROW = 0.5  # length of the drawn arrow over that of w, so that it mostly stays in the plane
NEAR_TIP, NEAR_LINE = 0.3, 0.22  # what the mouse takes hold of, in units of the inputs
BOUNDED = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "atan": (-np.pi / 2, np.pi / 2)}
HINT = """<div style="line-height: 1.35; font-size: 12px">Mouse: drag the line, or the arrow's tip; the cross follows it.<br>
Keys, once the figure was clicked: ↑&nbsp;↓&nbsp;bias, ←&nbsp;→&nbsp;turn (with one input: shift the threshold),
+&nbsp;−&nbsp;steeper, flatter; shift&nbsp;and an arrow moves the cross.</div>"""


class NeuronExplorer(Explorer):
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
            inputs=choice("Inputs", inputs, {"two: X1 and X2": 2, "one: X1": 1}, tip="Number of inputs of the neuron"),
            activation=choice("Activation f", activation, labels, tip="What is applied to the sum"),
            w1=_slider("Weight w1", w1, WEIGHT, "Weight of X1. On the figure: the arrow's tip, or ← → + −"),
            w2=_slider("Weight w2", w2, WEIGHT, "Weight of X2. On the figure: the arrow's tip, or ← → + −"),
            b=_slider("Bias b", b, BIAS, "Weight of the input that is always 1. On the figure: drag the line, or ↑ ↓"),
            x1=_slider("Point X1", x1, REACH, "Where the arithmetic is done. On the figure: the mouse, or shift ← →"),
            x2=_slider("Point X2", x2, REACH, "Where the arithmetic is done. On the figure: the mouse, or shift ↑ ↓"),
            data=choice("Data", data, kinds, tip="Points of two classes, to be told apart"),
            seed=int_slider("Data seed", seed, 0, 99, tip="Another number draws other points"),
            anchor=hidden(anchor, _pair),
            grabbed=hidden(grabbed, one_of(["", "line", "tip"])),
        )

    def arrange(self) -> ipywidgets.Widget:
        hint = ipywidgets.HTML(HINT, layout={"width": "296px"})
        return ipywidgets.HBox([super().arrange(), hint], layout={"flex_flow": "row wrap", "align_items": "flex-start"})

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
            where = f"The line w·X + b = 0 is |b|/‖w‖ = {abs(b):.2f}/{norm:.2f} = {abs(b) / norm:.3f} from the origin"
            where += "." if len(line) else ", out of the picture."
        else:
            where = "Both weights are 0: Y is the same everywhere, and there is no line."
        return shared | {
            "view": "plane",
            "surface": neuron(np.stack(np.meshgrid(cells, cells), axis=-1), weights, b, activation),
            "line": line,
            "arrow": _arrow(weights, line, np.array(anchor)),
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

    # --- the mouse and the keys

    def on_press(self, x: float, y: float, where: str) -> None:
        mouse, shown = np.array([x, y]), self.shown
        weights, b = np.array([shown["w1"], shown["w2"]]), shown["b"]
        if where == "plane":
            line = decision_line(weights, b, REACH)
            arrow = _arrow(weights, line, np.array(shown["anchor"]))
            if len(arrow) and np.linalg.norm(mouse - arrow[1]) < NEAR_TIP:
                self.move(grabbed="tip", anchor=arrow[0].tolist())
            elif len(line) and abs(weights @ mouse + b) / np.linalg.norm(weights) < NEAR_LINE:
                self.move(grabbed="line")
            else:
                self.on_hover(x, y, where)
        elif where == "curve" and weights[0] and abs(x + b / weights[0]) < NEAR_LINE:
            self.move(grabbed="line")
        else:
            self.on_hover(x, y, where)

    def on_drag(self, x: float, y: float, where: str) -> None:
        mouse, shown = np.array([x, y]), self.shown
        if shown["grabbed"] == "tip":
            anchor = np.array(shown["anchor"])
            weights = (mouse - anchor) / ARROW
            if np.linalg.norm(weights) >= 0.05:  # at the foot itself the arrow has no direction
                self._set_neuron(weights, -float(weights @ anchor))
        elif shown["grabbed"] == "line" and where == "plane":
            self._set_bias(-shown["w1"] * x - shown["w2"] * y)
        elif shown["grabbed"] == "line":
            self._set_bias(-shown["w1"] * x)
        else:
            self.on_hover(x, y, where)

    def on_release(self, x: float, y: float, where: str) -> None:
        if self.shown["grabbed"]:
            self.move(grabbed="")

    def on_hover(self, x: float, y: float, where: str) -> None:
        if where == "plane":
            self.move(x1=_inside(x, REACH), x2=_inside(y, REACH))
        elif where == "curve":
            self.move(x1=_inside(x, REACH))

    def on_key(self, key: str) -> None:
        shown, two = self.shown, self.shown["inputs"] == 2
        weights, b = np.array([shown["w1"], shown["w2"]]), shown["b"]
        arrow = _arrow(weights, decision_line(weights, b, REACH), np.array(shown["anchor"]))
        side = {"left": -1, "right": 1}.get(key.removeprefix("shift+"), 0)
        rise = {"down": -1, "up": 1}.get(key.removeprefix("shift+"), 0)
        if key in ("+", "=", "shift++", "-", "_"):
            factor = 1 / 1.1 if key in ("-", "_") else 1.1
            self._set_neuron(weights * factor, b * factor)
        elif key.startswith("shift+") and (side or rise):
            self.move(x1=_inside(shown["x1"] + 0.1 * side, REACH), x2=_inside(shown["x2"] + 0.1 * rise, REACH))
        elif rise:
            self._set_bias(b + 0.1 * rise)
        elif side and not two:
            self._set_bias(b - 0.1 * side * shown["w1"])
        elif side and weights.any():
            turned = _turned(weights, -5 * side)
            foot = arrow[0] if len(arrow) else -b * weights / (weights @ weights)
            self._set_neuron(turned, -float(turned @ foot), foot.tolist())

    def _set_bias(self, b: float) -> None:
        self.move(b=_inside(b, BIAS))

    def _set_neuron(self, weights: Array, b: float, anchor: list[float] | None = None) -> None:
        """Move the neuron; where a number would leave its slider all three shrink alike, which keeps the line."""
        shrink = max(1.0, float(np.abs(weights).max()) / WEIGHT, abs(b) / BIAS)
        w1, w2 = (_inside(float(w), WEIGHT) for w in weights / shrink)
        parameters: dict[str, Any] = {} if anchor is None else {"anchor": anchor}
        self.move(w1=w1, w2=w2, b=_inside(b / shrink, BIAS), **parameters)

    # --- the program

    def code(self) -> str:
        shown, f = self.shown, ACTIVATIONS[self.shown["activation"]]
        given = "".join(f", {name}={value!r}" for name, value in f.parameters.items())
        # no type hints: the program has no use for their imports
        function = inspect.getsource(f.function).strip().replace(": Array", "").replace(": float", "")
        parts = [
            "import matplotlib.pyplot as plt\nimport numpy as np",
            function.replace(" -> Array", ""),
            NEURON.format(name=f.function.__name__, given=given, **_arguments(shown)),
        ]
        for name in ("expit", "ndtr"):
            if f"{name}(" in function:
                parts[0] += f"\nfrom scipy.special import {name}"
        if shown["data"] != "none":
            measured = LOSSES[shown["activation"] == "sigmoid"].strip()
            parts += [_points_source(), DATA.format(**shown).replace("LOSS", measured)]
        parts.append((PLANE if shown["inputs"] == 2 else CURVE).format(limits=_limits(shown["activation"])))
        if shown["data"] != "none":
            places = "points.T" if shown["inputs"] == 2 else "np.array([points[:, 0], labels])"
            parts.append(f"places = {places}\n{MARKERS.strip()}")
        return "\n\n".join(part.strip("\n") for part in [*parts, "plt.show()"]) + "\n"


def _slider(label: str, value: float, size: float, tip: str) -> ipywidgets.Widget:
    return slider(label, value, -size, size, step=STEP, tip=tip)


def _pair(value: Any) -> list[float]:
    """The rule of a point: two numbers from −3 to 3."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError(f"must be two numbers [x, y], got {value!r}")
    return [within(-REACH, REACH)(number) for number in value]


def _inside(value: float, size: float) -> float:
    """Within ±size, and on the slider's grid: the page would move it there, and what is printed can be checked by hand."""
    return round(round(min(max(value, -size), size) / STEP) * STEP, 2)


def _turned(weights: Array, degrees: float) -> Array:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]]) @ weights


def _arrow(weights: Array, line: Array, anchor: Array) -> Array:
    """Foot and tip (2, 2) of the weights' arrow: the foot is the line's visible point nearest to the anchor."""
    if not len(line):
        return np.empty((0, 2))
    along = line[1] - line[0]
    square = float(along @ along)
    share = min(max(float((anchor - line[0]) @ along) / square, 0.0), 1.0) if square else 0.0
    foot = line[0] + share * along
    return np.array([foot, foot + ARROW * weights])


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


# --- the program that `code` gives


def _points_source() -> str:
    """`labelled_points` without its docstring and types."""
    function = ast.parse(inspect.getsource(labelled_points)).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body, function.returns = function.body[1:-1], None  # the last line is for a kind that there is not
    for argument in function.args.args:
        argument.annotation = None
    return ast.unparse(function)


def _arguments(shown: dict[str, Any]) -> dict[str, Any]:
    two = shown["inputs"] == 2
    return {
        "weights": [shown["w1"], shown["w2"]] if two else [shown["w1"]],
        "point": [shown["x1"], shown["x2"]] if two else [shown["x1"]],
        "b": shown["b"],
    }


NEURON = """
w, b = np.array({weights}), {b!r}


def weighted_sum(x):
    return x @ w + b


def neuron(x):
    return {name}(weighted_sum(x){given})


point = np.array({point})
print("sum", weighted_sum(point), "output", neuron(point))
"""

LOSSES = {
    True: """
loss = np.mean(np.logaddexp(0, np.where(labels == 1, -1, 1) * sums))  # binary cross-entropy
""",
    False: """
loss = np.mean((neuron(points) - labels) ** 2)  # mean squared error
""",
}

DATA = """
points, labels = labelled_points({data!r}, {inputs}, seed={seed})
sums = weighted_sum(points)
wrong = (sums > 0) != (labels == 1)
accuracy = 1 - np.mean(wrong)
LOSS
print("accuracy", accuracy, "loss", loss)
"""

PLANE = """
cells = (np.arange(120) + 0.5) / 20 - 3
X1, X2 = np.meshgrid(cells, cells)
Y = neuron(np.stack([X1, X2], axis=-1))

figure, ax = plt.subplots(figsize=(6, 5))
low, high = {limits}
image = ax.imshow(Y, origin="lower", extent=(-3, 3, -3, 3), cmap="cividis", vmin=low, vmax=high, alpha=0.6)
figure.colorbar(image, label="Y")
if w.any():
    foot = -b * w / (w @ w)  # the line's point nearest to the origin
    along = np.array([-w[1], w[0]]) / np.hypot(*w)
    ax.plot(*(foot + np.outer([-9, 9], along)).T, "k", lw=2.5)
    ax.plot(*np.array([foot, foot + w / 2]).T, "-D", color="#D55E00", markevery=[1])
ax.plot(*point, "wP", ms=12, mec="k")
ax.set(xlabel="X1", ylabel="X2", xlim=(-3, 3), ylim=(-3, 3))
"""

CURVE = """
X = np.linspace(-3, 3, 601)
Y = neuron(X[:, None])

figure, ax = plt.subplots(figsize=(7.5, 4.6))
ax.plot(X, Y, lw=3)
if w[0]:
    ax.axvline(-b / w[0], color="k", lw=2.5)
ax.plot(point[0], neuron(point), "wP", ms=12, mec="k")
low, high = {limits}
margin = 0.08 * (high - low)
ax.set(xlabel="X", ylabel="Y", xlim=(-3, 3), ylim=(low - margin, high + margin))
"""

MARKERS = """
for k, (marker, colour) in enumerate([("o", "#0072B2"), ("^", "#E69F00")]):
    ax.plot(*places[:, labels == k], marker, ms=8, color=colour, mec="k", label=f"class {k}")
ax.plot(*places[:, wrong], "o", ms=15, mfc="none", mec="k", label="on the wrong side")
ax.legend(loc="upper left")
"""
