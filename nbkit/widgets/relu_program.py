"""The program that the ReLU sum's explorer gives: numpy and matplotlib alone."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

import numpy as np

from nbkit.targets import PAINTED, Target
from nbkit.widgets.relu_rules import NUMBERS, Neuron, formula

__all__ = ["program"]


def program(shown: dict[str, Any], target: Target, function: Any, thinned: int) -> str:
    """The source of a program that computes and draws what is shown."""
    parts = [IMPORTS, _target(shown, target, function), SUM, _weights("hand", shown["neurons"], shown["output_bias"])]
    parts.append(ERRORS_OF_SAMPLES if target.sampled else ERRORS)
    if shown["start"]:
        begin = shown["start"]
        parts.append(_weights("machine", begin["neurons"], begin["output_bias"]))
        parts.append(
            TRAIN.format(
                steps=shown["steps"],
                rate=shown["learning_rate"],
                samples="x, y" if target.sampled else f"x[::{thinned}], y[::{thinned}]",
                update=textwrap.indent(UPDATES[shown["optimizer"]].strip(), " " * 8).lstrip(),
            )
        )
    parts.append(CURVE)
    parts.append(
        FIGURE.format(
            low=target.low,
            high=target.high,
            line='"k."' if target.sampled else '"k--"',
            machine=MACHINE if shown["start"] else "",
        )
    )
    text = "\n\n".join(part.strip("\n") for part in parts) + "\n"
    imports = "\nfrom scipy.special import expit" if "expit(" in text else ""
    return text.replace("import numpy as np", f"import numpy as np{imports}", 1)


def _target(shown: dict[str, Any], target: Target, function: Any) -> str:
    grid = f"x = np.linspace({target.low!r}, {target.high!r}, {len(target.x)})"
    if shown["source"] == "samples":
        return f"x = np.array({_listed(target.x)})\ny = np.array({_listed(target.y)})  # the samples"
    if shown["source"] == "function":
        source = _source(function)
        if source is not None:
            return f"{grid}\n\n\n{source}\n\n\ny = {function.__name__}(x)"
        return f"{grid}\ny = np.array({_listed(target.y)})  # your function's values"
    if shown["source"] == "painted" and shown["painted"]:
        nodes = f"np.linspace({target.low!r}, {target.high!r}, {PAINTED})"
        return f"{grid}\npainted = np.array({_listed(shown['painted'])})\ny = np.interp(x, {nodes}, painted)"
    return f"{grid}\ny = {formula(shown['target']).source()} + 0 * x  # {shown['target']}"


def _source(function: Any) -> str | None:
    """A plain function's text, where it needs nothing but numpy; None for others, whose values are listed."""
    if not inspect.isfunction(function) or function.__closure__ or function.__name__ == "<lambda>":
        return None
    if set(function.__code__.co_names) & set(function.__globals__) - {"np"}:
        return None
    try:
        text = textwrap.dedent(inspect.getsource(function)).strip()
    except (OSError, TypeError):
        return None
    return text if text.startswith("def ") else None


def _weights(name: str, neurons: list[Neuron], output_bias: float) -> str:
    rows = np.array([[neuron[key] for key in NUMBERS] for neuron in neurons if neuron["on"]]).reshape(-1, 3).T
    lines = "".join(f"    np.array({_listed(row)}),  # {letter}\n" for row, letter in zip(rows, "wba", strict=True))
    return f"{name} = [\n{lines}    {output_bias!r},  # c\n]"


def _listed(values: Any) -> str:
    """Numbers as Python writes them, in lines that can be read."""
    numbers = ", ".join(repr(float(value)) for value in values)
    if len(numbers) < 90:
        return f"[{numbers}]"
    return "[\n" + textwrap.indent(textwrap.fill(numbers, 110), "    ") + ",\n]"


IMPORTS = """
import matplotlib.pyplot as plt
import numpy as np
"""

SUM = """
def relu(s):
    return np.maximum(s, 0)


def Z(x, w, b, a, c):
    return a @ relu(w[:, None] * x + b[:, None]) + c


def best(x, y, w, b):
    columns = np.column_stack([relu(w * x[:, None] + b), np.ones(len(x))])
    *a, c = np.linalg.lstsq(columns, y, rcond=1e-10)[0]
    return w, b, np.array(a), c
"""

ERRORS = """
def errors(difference, x):
    return np.sqrt(np.trapezoid(difference**2, x) / np.ptp(x)), np.abs(difference).max()


hand_errors = errors(Z(x, *hand) - y, x)
print("by hand: RMS and largest error", *hand_errors)
"""

ERRORS_OF_SAMPLES = ERRORS.replace("np.trapezoid(difference**2, x) / np.ptp(x)", "np.mean(difference**2)")

TRAIN = """
def train(x, y, w, b, a, c, rate, steps):
    w, b, a, c, n = w.copy(), b.copy(), a.copy(), c, len(x)
    memory = {{}}
    for step in range(1, steps + 1):
        hidden = relu(w[:, None] * x + b[:, None])
        error = 2 / n * (a @ hidden + c - y)  # the derivative of the mean squared error by Z
        on = (w[:, None] * x + b[:, None] > 0) * a[:, None]
        point = np.concatenate([w, b, a, [c]])
        gradient = np.concatenate([on @ (error * x), on @ error, hidden @ error, [error.sum()]])
        {update}
        w, b, a = point[:-1].reshape(3, -1)
        c = point[-1]
    return w, b, a, c


machine = train({samples}, *machine, rate={rate!r}, steps={steps})
machine_errors = errors(Z(x, *machine) - y, x)
print("by training: RMS and largest error", *machine_errors)
"""

UPDATES = {
    "gd": "point -= rate * gradient",
    "momentum": """
memory["velocity"] = 0.9 * memory.get("velocity", 0) + gradient
point -= rate * memory["velocity"]
""",
    "adam": """
memory["mean"] = 0.9 * memory.get("mean", 0) + 0.1 * gradient
memory["square"] = 0.999 * memory.get("square", 0) + 0.001 * gradient**2
mean, square = memory["mean"] / (1 - 0.9**step), memory["square"] / (1 - 0.999**step)
point -= rate * mean / (np.sqrt(square) + 1e-8)
""",
}

CURVE = """
counts, curve = [1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 50], []
for n in counts:  # kinks evenly spaced from the left edge, output weights by least squares
    kinks = x[0] + np.ptp(x) * np.arange(n) / n
    curve.append(errors(Z(x, *best(x, y, np.ones(n), -kinks)) - y, x))
curve = np.array(curve)
"""

FIGURE = """
figure, (ax, right) = plt.subplots(1, 2, figsize=(10, 5), width_ratios=(3.5, 1.5), layout="constrained")
w, b, a, c = hand
grid = np.linspace({low!r}, {high!r}, 2001)
ax.plot(x, y, {line}, lw=2, label="target")
ax.plot(grid, Z(grid, *hand), lw=3, label="sum by hand")
{machine}ax.plot(grid, (a[:, None] * relu(w[:, None] * grid + b[:, None])).T, lw=1, color="#7F9FB5")
ax.plot(-b[w != 0] / w[w != 0], 0 * b[w != 0], "o", color="#7F9FB5", label="kinks")
low, high = min(y.min(), 0), max(y.max(), 0)
room = 0.2 * (high - low) or 1
ax.set(xlabel="x", ylabel="y", xlim=({low!r}, {high!r}), ylim=(low - room, high + room))
ax.legend()
right.loglog(counts, curve[:, 0], "o-", color="grey", label="RMS, even kinks")
right.loglog(counts, curve[:, 1], "s--", color="grey", label="largest, even kinks")
right.plot([len(w)] * 2, hand_errors, "*", ms=12, label="by hand")
right.set(xlabel="number of neurons", ylabel="error")
right.legend()
plt.show()
"""

MACHINE = """ax.plot(grid, Z(grid, *machine), "-.", lw=2.5, label="by training")
"""
