"""Activation functions to compare, to chain, and to fill a random network with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.activations import ACTIVATIONS, customs, sigmoids, softmax
from nbkit.displays.activations import ActivationDisplay
from nbkit.displays.curves import Curve
from nbkit.displays.propagation import ACTIVATION_RANGE, DECADES, DEEPEST, Panel
from nbkit.propagation import INITIALISATIONS, derivative_bound, derivative_chain, layer_histograms, random_network
from nbkit.widgets.activations_program import program
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import choice, int_slider, log_slider, slider
from nbkit.widgets.parts import several

__all__ = ["ActivationExplorer"]

Array = NDArray[np.float64]

SATURATED = 0.05  # |f′| below which a neuron hardly learns
REACH = 6.0  # x is shown, and users' functions are searched for their steepest place, on [−6, 6]
GRID = np.linspace(-REACH, REACH, 601)
VIEWS = {
    "Function, derivative": "functions",
    "Many layers": "depth",
    "Random network": "network",
    "Softmax, sigmoids": "softmax",
}
CONTROLS = {  # of each view, beside the parameters of its functions
    "functions": {"function", "compare"},
    "depth": {"function", "compare", "start", "depth"},
    "network": {"function", "depth", "seed"},
    "softmax": {"logit1", "logit2", "logit3", "temperature"},
}


class ActivationExplorer(Explorer):
    """Compare activation functions, and see what depth makes of their derivatives.

    `function` is the main one, drawn thick, and `compare` a list of others: names of nbkit.activations.ACTIVATIONS (linear,
    sigmoid, tanh, atan, relu, leaky_relu, elu, gelu, swish, softplus) or of your own. `slope` of the leaky ReLU is 0 … 1,
    `alpha` of the ELU 0 … 2, `beta` of Swish 0 … 10. `view` is one of

    - "functions": value and derivative; shaded where the main one's |f′| is below 0.05;
    - "depth": the product of derivatives through `depth` (1 … 30) layers, each f of the one before: its bound, and the chain
      that starts at x = `start` (−5 … 5);
    - "network": histograms of each layer's activations and gradients in a random network of `depth` layers of 64 neurons,
      for Xavier's and for He's initialisation; `seed` 0 … 99;
    - "softmax": three logits (`logit1` … `logit3`, −5 … 5) through a softmax of some `temperature` (0.1 … 10), and through
      three sigmoids.

    `functions` are your own: a callable, or a dict of name: callable or name: (callable, derivative), at most six. Each takes
    and returns a float array of shape (n,); a derivative that is not given is made by differences. The first one is the main
    function unless another is asked for. Raises ValueError for a name or value that is not allowed, and for a callable that
    raises, or returns another shape or what is not finite.
    """

    display = ActivationDisplay

    def __init__(
        self,
        function: str | None = None,
        compare: Sequence[str] = ("tanh", "relu"),
        view: str = "functions",
        slope: float = 0.1,
        alpha: float = 1.0,
        beta: float = 1.0,
        start: float = 0.0,
        depth: int = 10,
        seed: int = 0,
        logit1: float = 2.0,
        logit2: float = 1.0,
        logit3: float = 0.0,
        temperature: float = 1.0,
        functions: Callable[[Array], Array] | Mapping[str, Any] | None = None,
    ) -> None:
        own = customs(functions)
        self.activations = {**ACTIVATIONS, **own}
        labels = {activation.label: name for name, activation in self.activations.items()}
        asked = next(iter(own), "sigmoid") if function is None else function
        super().__init__(
            objects={"functions": functions},
            view=choice("View", view, VIEWS, tip="Choose what the figure shows"),
            function=choice(
                "Function", asked, labels, tip="Choose the main function, which is thick, and shaded where it saturates"
            ),
            compare=several("Compare with", compare, labels, tip="Draw this function too"),
            slope=slider("Leaky slope", slope, 0, 1, tip="Set the slope of the leaky ReLU for x below 0"),
            alpha=slider("ELU alpha", alpha, 0, 2, tip="Set alpha: the ELU falls to −alpha"),
            beta=slider(
                "Swish beta", beta, 0, 10, tip="Set beta: at 0 Swish is x/2; the larger, the more it is like the ReLU"
            ),
            start=slider("Start x", start, -5, 5, tip="Set what goes into the chain's first layer"),
            depth=int_slider("Layers", depth, 1, DEEPEST, tip="Set how many layers follow one another"),
            seed=int_slider("Seed", seed, 0, 99, tip="Draw other weights by another number"),
            logit1=slider("Logit 1", logit1, -5, 5, tip="Set the first output neuron's sum, before the activation"),
            logit2=slider("Logit 2", logit2, -5, 5, tip="Set the second output neuron's sum, before the activation"),
            logit3=slider("Logit 3", logit3, -5, 5, tip="Set the third output neuron's sum, before the activation"),
            temperature=log_slider(
                "Temperature", temperature, 0.1, 10, tip="Divide the logits by this before the softmax"
            ),
        )

    def idle(self, **parameters: Any) -> set[str]:
        view, function = parameters["view"], parameters["function"]
        seen = {"network": [function], "softmax": []}.get(view, [function, *parameters["compare"]])
        used = {parameter for name in seen for parameter in self.activations[name].parameters}
        return set(self.controls) - {"view"} - CONTROLS[view] - used

    def compute(self, **parameters: Any) -> dict[str, Any]:
        view = parameters.pop("view")
        return {"view": view, **getattr(self, f"_{view}")(**parameters)}

    def _given(self, name: str, parameters: Mapping[str, Any]) -> dict[str, float]:
        return {key: parameters[key] for key in self.activations[name].parameters}

    def _functions(self, function: str, compare: list[str], **parameters: Any) -> dict[str, Any]:
        values, slopes = [], []
        for name in _unique(function, compare):
            activation, given = self.activations[name], self._given(name, parameters)
            x, gaps = _grid(activation.kinks)
            derivative = activation.derivative(x, **given)
            derivative[gaps] = np.nan
            place = list(self.activations).index(name)
            values.append(Curve(activation.label, place, x, activation.value(x, **given)))
            slopes.append(Curve(activation.label, place, x, derivative))
        main, given = self.activations[function], self._given(function, parameters)
        flat = np.abs(main.derivative(GRID, **given)) < SATURATED
        at_zero = main.value([0.0], **given)[0], main.derivative([0.0], **given)[0]
        # A derivative that does not jump, as the ELU's at alpha 1, has no point to be marked.
        jumps = [k for k in main.kinks if abs(np.diff(main.derivative([k, np.nextafter(k, 9)], **given))[0]) > 1e-9]
        return {
            "values": values,
            "slopes": slopes,
            "saturated": _intervals(GRID, flat),
            "shade_label": f"shaded: |{main.label}′| < {SATURATED}" if flat.any() else "",
            "kink": np.array([[k, main.derivative(k, **given)] for k in jumps]).reshape(-1, 2),
            "caption": f"{main.label} at x = 0: value {at_zero[0]:.3g}, derivative {at_zero[1]:.3g}. "
            f"Its |f′| is below {SATURATED} on {flat.mean():.0%} of [−6, 6].",
        }

    def _depth(self, function: str, compare: list[str], start: float, depth: int, **parameters: Any) -> dict[str, Any]:
        layers = np.arange(1.0, depth + 1)
        chains, bound = [], np.empty(0)
        for name in _unique(function, compare):
            activation = self.activations[name]
            f, slope = activation.bound_to(**self._given(name, parameters))
            if name == function:
                bound = derivative_bound(slope, depth, 50.0 if name in ACTIVATIONS else REACH)
            label = f"{activation.label}: chain from x" if name == function else activation.label
            place = list(self.activations).index(name)
            chains.append(Curve(label, place, layers, np.abs(derivative_chain(f, slope, start, depth))))
        main = self.activations[function].label
        return {
            "bound": Curve(f"{main}: bound max|f′|ⁿ", chains[0].place, layers, bound),
            "chains": chains,
            "caption": f"{_layers(depth)} of {main} from x = {start:.3g}: the product of derivatives is {_short(chains[0].y[-1])}, "
            f"its bound {bound[0]:.4g}^{depth} = {_short(bound[-1])}.",
        }

    def _network(self, function: str, depth: int, seed: int, **parameters: Any) -> dict[str, Any]:
        f, slope = self.activations[function].bound_to(**self._given(function, parameters))
        panels, said = {}, []
        for name in INITIALISATIONS:
            run = random_network(f, slope, depth, initialisation=name, seed=seed)
            forward, backward = run.activations.std(axis=(1, 2)), run.gradients.std(axis=(1, 2))
            ends = f"standard deviation {_short(forward[0])} → {_short(forward[-1])}"
            panels[f"{name}_activations"] = Panel(layer_histograms(run.activations, *ACTIVATION_RANGE), forward, ends)
            shares = layer_histograms(_log(np.abs(run.gradients)), *DECADES)
            ends = f"standard deviation {_short(backward[0])} ← {_short(backward[-1])}"
            panels[f"{name}_gradients"] = Panel(shares, _log(backward), ends)
            said.append(f"{_short(backward[0] / backward[-1])} with {'He' if name == 'he' else 'Xavier'}")
        caption = (
            f"{_layers(depth)} of 64 {self.activations[function].label} neurons, seed {seed}. "
            "Blue: histogram of each layer; line: standard deviation.\n"
            f"Gradient at the first layer over that at the last: {', '.join(said)}."
        )
        return {"label": self.activations[function].label, "panels": panels, "caption": caption}

    def _softmax(
        self, logit1: float, logit2: float, logit3: float, temperature: float, **parameters: Any
    ) -> dict[str, Any]:
        logits = np.array([logit1, logit2, logit3])
        classes, labels = softmax(logits, temperature), sigmoids(logits)
        one, several_of = (np.arange(3) == np.argmax(classes)).astype(int), (labels > 0.5).astype(int)
        return {
            "classes": classes,
            "labels": labels,
            "classes_text": f"sum 1.00 · largest: {one}",
            "labels_text": f"sum {labels.sum():.2f} · above 0.5: {several_of}",
            "caption": f"Logits {logit1:.3g}, {logit2:.3g}, {logit3:.3g}. "
            f"Softmax at temperature {temperature:.3g}: {_numbers(classes)}, which sum to 1.\n"
            f"Sigmoids: {_numbers(labels)}, each by itself.",
        }

    def code(self) -> str:
        return program(self.shown, self.activations, self.objects["functions"])


def _unique(function: str, compare: Sequence[str]) -> list[str]:
    return [function, *(name for name in compare if name != function)]


def _grid(kinks: Sequence[float]) -> tuple[Array, list[int]]:
    """Points x, each kink twice more, and which of them are gaps: there the derivative's line breaks, and goes on at once."""
    inside = [kink for kink in kinks if -REACH < kink < REACH]
    extra = [np.nextafter(kink, REACH) for kink in inside]
    x = np.sort(np.concatenate([GRID, extra, extra]))
    return x, [int(np.searchsorted(x, kink)) for kink in extra]


def _intervals(x: Array, chosen: NDArray[np.bool_]) -> Array:
    """Where runs of chosen points begin and end, shape (k, 2)."""
    steps = np.diff(np.concatenate([[0], chosen.astype(int), [0]]))
    return np.column_stack([x[np.flatnonzero(steps == 1)], x[np.flatnonzero(steps == -1) - 1]])


def _log(x: Array) -> Array:
    """Decades, with 0 far below all that is drawn."""
    return np.log10(np.maximum(x, 1e-300))


def _numbers(values: Array) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _short(value: float) -> str:
    """Two digits, without the exponent's zeros."""
    return re.sub(r"e([+-])0?(\d+)", lambda found: f"e{found[1].replace('+', '')}{found[2]}", f"{value:.2g}")


def _layers(depth: int) -> str:
    return "1 layer" if depth == 1 else f"{depth} layers"
