"""The programs that recompute what the activation explorer shows, with numpy, scipy and matplotlib alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbkit.activations import ACTIVATIONS, Activation
from nbkit.widgets.source import own_source, plain_source, word

__all__ = ["program"]


def program(shown: Mapping[str, Any], activations: Mapping[str, Activation], functions: Any) -> str:
    """The program for the parameters that are shown; `functions` are the user's own, as they were given."""
    if shown["view"] == "softmax":
        return SOFTMAX.format(**shown)
    compared = [] if shown["view"] == "network" else [name for name in shown["compare"] if name != shown["function"]]
    definitions, entries = [], []
    for name in [shown["function"], *compared]:
        activation = activations[name]
        definitions.append(_definition(name, activation, functions))
        given = "".join(f", {key}={shown[key]!r}" for key in activation.parameters)
        pair = (f"lambda x: {f}(x{given})" if given else f for f in (word(name), f"d_{word(name)}"))
        entries.append(f"    {activation.label!r}: ({', '.join(pair)}),")
    reach = 50 if shown["function"] in ACTIVATIONS else 6
    parts = [
        HEAD,
        *definitions,
        "\n".join(["functions = {", *entries, "}"]),
        BODIES[shown["view"]].format(**shown, reach=reach),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _definition(name: str, activation: Activation, functions: Any) -> str:
    if name in ACTIVATIONS:
        return f"{plain_source(activation.function)}\n\n{plain_source(activation.slope)}"
    given = functions[name] if isinstance(functions, Mapping) else functions
    pair = given if isinstance(given, (tuple, list)) else (given,)
    sources = [
        own_source(text, function) for text, function in zip((word(name), f"d_{word(name)}"), pair, strict=False)
    ]
    return "\n\n".join(sources if len(pair) == 2 else [*sources, DIFFERENCE.replace("WORD", word(name))])


HEAD = """
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit, ndtr
"""

DIFFERENCE = """
def d_WORD(x):
    h = 6e-6 * np.maximum(np.abs(x), 1)
    return (WORD(x + h) - WORD(x - h)) / (2 * h)
"""

BODIES = {
    "functions": """
x = np.linspace(-6, 6, 601)
figure, (values, slopes) = plt.subplots(2, 1, sharex=True, figsize=(7.5, 4.6))
for label, (f, df) in functions.items():
    values.plot(x, f(x), label=label)
    slopes.plot(x, df(x))

f, df = next(iter(functions.values()))
for ax in (values, slopes):
    saturated = np.abs(df(x)) < 0.05
    ax.fill_between(x, 0, 1, where=saturated, color="#DDDDDD", transform=ax.get_xaxis_transform())
values.set_ylabel("value f(x)")
slopes.set(xlabel="x", ylabel="derivative f′(x)")
values.legend()
plt.show()
""",
    "depth": """
start, depth = {start!r}, {depth}
layers = np.arange(1, depth + 1)
figure, ax = plt.subplots(figsize=(7.5, 4.6))

label, (f, df) = next(iter(functions.items()))
steepest = np.max(np.abs(df(np.linspace(-{reach}, {reach}, 20001))))
ax.semilogy(layers, steepest ** layers, "--", label=label + ": bound max|f′|ⁿ")

for label, (f, df) in functions.items():
    x, product, products = np.array([start]), 1.0, []
    for layer in layers:
        product = product * df(x)[0]
        products.append(abs(product))
        x = f(x)
    ax.semilogy(layers, products, "o-", label=label)
ax.set(xlabel="layers", ylabel="|product of derivatives|")
ax.legend()
plt.show()
""",
    "network": """
depth, width, samples, seed = {depth}, 64, 64, {seed}
f, df = next(iter(functions.values()))


def forward_and_backward(variance):
    rng = np.random.default_rng(seed)
    h, gradient = rng.standard_normal((2, samples, width))
    weights = np.sqrt(variance) * rng.standard_normal((depth, width, width))
    sums, activations, gradients = [], [], [gradient]
    for weight in weights:
        sums.append(h @ weight)
        h = f(sums[-1])
        activations.append(h)
    for layer in range(depth - 1, 0, -1):
        gradient = (gradient * df(sums[layer])) @ weights[layer].T
        gradients.insert(0, gradient)
    return np.array(activations), np.array(gradients)


def histograms(values, low, high):
    values = np.clip(values, low, high)
    return np.array([np.histogram(layer, 48, (low, high))[0] / layer.size for layer in values]).T


figure, axes = plt.subplots(2, 2, sharex=True, sharey="row", figsize=(7.5, 4.6))
for column, (name, variance) in enumerate([("Xavier", 1 / width), ("He", 2 / width)]):
    activations, gradients = forward_and_backward(variance)
    decades = np.log10(np.maximum(np.abs(gradients), 1e-300))
    for ax, values, low, high in ((axes[0, column], activations, -2.5, 2.5), (axes[1, column], decades, -10, 4)):
        shares = histograms(values, low, high)
        ax.imshow(
            np.sqrt(shares / shares.max(axis=0)),
            cmap="Blues", vmin=0, vmax=1, origin="lower", aspect="auto", extent=(0.5, depth + 0.5, low, high),
        )
    layers = np.arange(1, depth + 1)
    axes[0, column].plot(layers, activations.std(axis=(1, 2)), "o-", color="#D55E00")
    axes[1, column].plot(layers, np.log10(np.maximum(gradients.std(axis=(1, 2)), 1e-300)), "o-", color="#D55E00")
    axes[0, column].set(title=name, ylim=(-2.5, 2.5))
    axes[1, column].set(xlabel="layer", ylim=(-10, 4))
axes[0, 0].set_ylabel("activation")
axes[1, 0].set_ylabel("log10 |gradient|")
plt.show()
""",
}

SOFTMAX = """import matplotlib.pyplot as plt
import numpy as np

logits = np.array([{logit1!r}, {logit2!r}, {logit3!r}])
temperature = {temperature!r}

scaled = np.exp((logits - logits.max()) / temperature)  # less the largest, so that nothing overflows
softmax = scaled / scaled.sum()
sigmoids = 1 / (1 + np.exp(-logits))

figure, (classes, labels) = plt.subplots(1, 2, sharey=True, figsize=(7.5, 4.6))
classes.bar([1, 2, 3], softmax)
classes.set(title="softmax: one of three classes", xlabel="output", ylabel="share", ylim=(0, 1.1))
labels.bar([1, 2, 3], sigmoids)
labels.set(title="three sigmoids: any of three labels", xlabel="output", ylabel="probability")
plt.show()
"""
