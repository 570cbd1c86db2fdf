"""The loss and its gradient, as a program of gradient descent defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbkit.objectives import Objective
from nbkit.widgets.descent_controls import formula
from nbkit.widgets.source import own_source

__all__ = ["definitions"]


def definitions(shown: Mapping[str, Any], objective: Objective, function: Callable[..., Any] | Objective | None) -> str:
    """The definitions of loss(w) and gradient(w, batch) for the parameters that are `shown`, to be formatted with them.

    `function` is the user's own, where there is one: a callable, or the objective itself.
    """
    name = shown["objective"]
    if name in LOSSES:
        return LOSSES[name]
    arguments = ", ".join(f"w[..., {place}]" for place in range(objective.dimension))
    if name == "yours" and isinstance(function, Objective):
        return OWN_OBJECTIVE
    if name == "yours":
        body = own_source("function", function)
    else:
        names = ", ".join(objective.parameters)
        source = formula(shown["expression"]).source()
        body = f"def function({names}):\n    return {source} + 0 * {objective.parameters[0]}"
        if "relu(" in source:
            body = f"def relu(x):\n    return np.maximum(x, 0)\n\n\n{body}"
    return f"{body}\n\n{DIFFERENCES}".replace("{", "{{").replace("}", "}}").replace("ARGUMENTS", arguments)


#: By the names of the objectives.
LOSSES = {
    "parabola": """
def loss(w):
    return w[..., 0] ** 2 / 2


def gradient(w, batch=None):
    return w
""",
    "narrow valley": """
curvatures = np.array([1, {condition!r}])


def loss(w):
    return (curvatures * w**2).sum(axis=-1) / 2


def gradient(w, batch=None):
    return curvatures * w
""",
    "Rosenbrock": """
def loss(w):
    w1, w2 = w[..., 0], w[..., 1]
    return (1 - w1) ** 2 + 100 * (w2 - w1**2) ** 2


def gradient(w, batch=None):
    w1, w2 = w[..., 0], w[..., 1]
    return np.stack([2 * (w1 - 1) - 400 * w1 * (w2 - w1**2), 200 * (w2 - w1**2)], axis=-1)
""",
    "two minima": """
noise = np.random.default_rng(5).normal(size=100)  # of the samples: it only shakes the gradient of a batch
noise = (noise - noise.mean()) / noise.std()


def loss(w):
    return w[..., 0] ** 4 / 4 - w[..., 0] ** 2 / 2 + 0.1 * w[..., 0]


def gradient(w, batch=None):
    full = w**3 - w + 0.1
    return full if batch is None else full + noise[batch].mean(axis=-1)[..., None]
""",
    "saddle": """
def loss(w):
    return (w[..., 0] ** 2 - w[..., 1] ** 2) / 2 + w[..., 1] ** 4 / 4


def gradient(w, batch=None):
    return np.stack([w[..., 0], w[..., 1] ** 3 - w[..., 1]], axis=-1)
""",
    "plateau": """
def loss(w):
    return 1 - 1 / (1 + w[..., 0] ** 2)


def gradient(w, batch=None):
    return 2 * w / (1 + w**2) ** 2
""",
    "sine fit": """
rng = np.random.default_rng(0)
x = rng.uniform(-4, 4, 100)
y = np.sin(2 * x) + 0.3 * rng.normal(size=100)


def loss(w):
    return ((np.sin(w[..., :1] * x + w[..., 1:]) - y) ** 2).mean(axis=-1)


def gradient(w, batch=None):
    xs, ys = (x, y) if batch is None else (x[batch], y[batch])
    inside = w[..., :1] * xs + w[..., 1:]
    slope = 2 * (np.sin(inside) - ys) * np.cos(inside)
    return np.stack([(slope * xs).mean(axis=-1), slope.mean(axis=-1)], axis=-1)
""",
    "line fit": """
rng = np.random.default_rng(0)
x = rng.uniform(0, 2, 100)
y = 1.5 * x - 0.5 + 0.3 * rng.normal(size=100)


def loss(w):
    return ((w[..., :1] * x + w[..., 1:] - y) ** 2).mean(axis=-1)


def gradient(w, batch=None):
    xs, ys = (x, y) if batch is None else (x[batch], y[batch])
    residual = 2 * (w[..., :1] * xs + w[..., 1:] - ys)
    return np.stack([(residual * xs).mean(axis=-1), residual.mean(axis=-1)], axis=-1)
""",
}

DIFFERENCES = """
def loss(w):
    return function(ARGUMENTS)


def gradient(w, batch=None):
    width = np.finfo(float).eps ** (1 / 3) * np.maximum(1, np.abs(w))
    around = width[..., None] * np.eye(len(w))
    return (loss(w + around) - loss(w - around)) / (2 * width)
"""

OWN_OBJECTIVE = """
loss = loss  # of your own objective: define loss(w) and gradient(w, batch) under these names first
"""
