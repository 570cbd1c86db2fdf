"""The program that the capacity explorer gives: one fit, both errors, and where asked many samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbkit.expressions import Expression

__all__ = ["program"]


def program(function: Expression | None, shown: Mapping[str, Any]) -> str:
    """A plain program that fits what is shown; a function of None is the user's own."""
    if function is None:
        line = "function = function  # your own function: define it under this name first"
    else:
        line = f"def function(x):\n    return {function.source()} + 0 * x"
    parts = [
        HEAD.format(**shown),
        line,
        SAMPLES,
        FITS[shown["model"]],
        PLOT,
        MANY if shown["many"] else "",
        "plt.show()",
    ]
    helpers = [text for name, text in HELPERS.items() if f"{name}(" in line]
    return "\n\n\n".join(part.strip("\n") for part in [parts[0], *helpers, *parts[1:]] if part) + "\n"


HELPERS = {
    "relu": "def relu(x):\n    return np.maximum(x, 0)",
    "expit": "def expit(x):\n    return 1 / (1 + np.exp(-x))",
}

HEAD = """
import matplotlib.pyplot as plt
import numpy as np

capacity, ridge = {capacity}, {ridge!r}
samples, noise, seed = {samples}, {noise!r}, {seed}
"""

SAMPLES = """
def sample(rng, shape):
    x = rng.uniform(-1, 1, shape)
    return x, function(x) + noise * rng.standard_normal(shape)
"""

FITS = {
    "polynomial": """
def fit(x, y):
    terms = np.polynomial.legendre.legvander(x, capacity)
    # the ridge is one more equation for each coefficient: sqrt(ridge) * coefficient = 0
    equations = np.vstack([terms, np.sqrt(ridge) * np.eye(capacity + 1)])
    coefficients = np.linalg.lstsq(equations, np.concatenate([y, np.zeros(capacity + 1)]), rcond=1e-12)[0]
    return lambda at: np.polynomial.legendre.legval(at, coefficients)
""",
    "network": """
def fit(x, y, steps=400, rate=0.05, beta1=0.9, beta2=0.999, eps=1e-8):
    w, b, a = np.random.default_rng(0).standard_normal((capacity, 3)).T * [[3], [2], [0.3]]
    weights = np.concatenate([w, b, a, [y.mean()]])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        w, b, a, c = np.split(weights, [capacity, 2 * capacity, 3 * capacity])
        hidden = np.tanh(np.outer(x, w) + b)
        residual = 2 / len(x) * (hidden @ a + c - y)
        slope = residual[:, None] * (1 - hidden**2) * a
        gradient = np.concatenate([x @ slope, slope.sum(axis=0), residual @ hidden, [residual.sum()]])
        gradient[:-1] += 2 * ridge / len(x) * weights[:-1]
        mean = beta1 * mean + (1 - beta1) * gradient  # Adam
        square = beta2 * square + (1 - beta2) * gradient**2
        size = rate / (1 - beta1**step)
        weights = weights - size * mean / (np.sqrt(square) / np.sqrt(1 - beta2**step) + eps)
    w, b, a, c = np.split(weights, [capacity, 2 * capacity, 3 * capacity])
    return lambda at: np.tanh(np.outer(at, w) + b) @ a + c
""",
}

PLOT = """
x, y = sample(np.random.default_rng(seed), samples)
new_x, new_y = sample(np.random.default_rng(seed + 100_003), samples)
curve = fit(x, y)
print("training", np.mean((curve(x) - y) ** 2), "validation", np.mean((curve(new_x) - new_y) ** 2))

grid = np.linspace(-0.995, 0.995, 200)
plt.plot(grid, function(grid), "k--", label="true function")
plt.plot(grid, curve(grid), lw=3, label="fit")
plt.plot(x, y, "o", label="training")
plt.plot(new_x, new_y, "^", mfc="none", label="validation")
plt.ylim(-2.2, 2.2)
plt.legend()
"""

MANY = """
rng = np.random.default_rng(seed + 200_003)
curves = np.array([fit(x, y)(grid) for x, y in zip(*sample(rng, (200, samples)))])
mean, spread = curves.mean(axis=0), curves.std(axis=0)
print("bias2", np.mean((mean - function(grid)) ** 2), "variance", np.mean(spread**2), "noise", noise**2)
plt.plot(grid, mean, ":", lw=3)
plt.fill_between(grid, mean - spread, mean + spread, alpha=0.2)
"""
