"""The program that recomputes what the neuron's explorer shows, with numpy, scipy and matplotlib alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbkit.activations import ACTIVATIONS
from nbkit.neurons import labelled_points
from nbkit.widgets.source import plain_source

__all__ = ["program"]


def program(shown: Mapping[str, Any], limits: tuple[float, float]) -> str:
    """The program for the parameters that are shown; `limits` is the range of Y in the figure."""
    f = ACTIVATIONS[shown["activation"]]
    given = "".join(f", {name}={value!r}" for name, value in f.parameters.items())
    function = plain_source(f.function)
    imports = ["import matplotlib.pyplot as plt", "import numpy as np"]
    imports += [f"from scipy.special import {name}" for name in ("expit", "ndtr") if f"{name}(" in function]
    neuron = NEURON.format(name=f.function.__name__, given=given, **_arguments(shown))
    parts = ["\n".join(imports), function, neuron]
    if shown["data"] != "none":
        measured = LOSSES[shown["activation"] == "sigmoid"].strip()
        parts += [plain_source(labelled_points), DATA.format(**shown).replace("LOSS", measured)]
    parts.append((PLANE if shown["inputs"] == 2 else CURVE).format(limits=limits))
    if shown["data"] != "none":
        places = "points.T" if shown["inputs"] == 2 else "np.array([points[:, 0], labels])"
        parts.append(f"places = {places}\n{MARKERS.strip()}")
    return "\n\n".join(part.strip("\n") for part in [*parts, "plt.show()"]) + "\n"


def _arguments(shown: Mapping[str, Any]) -> dict[str, Any]:
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
