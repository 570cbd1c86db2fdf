"""The lines of the plain program that make the data, by the same random numbers as `nbkit.datasets`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbkit.expressions import Expression
from nbkit.widgets.training.samples import Samples

__all__ = ["data_lines", "inputs_of"]

Parameters = Mapping[str, Any]

#: How x and y come about, of `rng`, `n` and `noise`.
MAKERS = {
    "circle": """
inside = np.arange(n) % 2 == 1
radius = np.where(inside, rng.uniform(0, 2.5, n), rng.uniform(3.5, 5, n))
angle = rng.uniform(0, 2 * np.pi, n)
x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
moved = x + noise * rng.standard_normal(x.shape)
y = (np.hypot(moved[:, 0], moved[:, 1]) < 3).astype(int)""",
    "xor": """
x = rng.uniform(0.3, 5, (n, 2)) * rng.choice([-1.0, 1.0], (n, 2))
moved = x + noise * rng.standard_normal(x.shape)
y = (moved[:, 0] * moved[:, 1] < 0).astype(int)""",
    "gaussians": """
y = np.arange(n) % 2
x = np.where(y == 1, 2.0, -2.0)[:, None] + np.hypot(1.0, noise) * rng.standard_normal((n, 2))""",
    "spiral": """
y = np.arange(n) % 2
radius = rng.uniform(0.2, 5, n)
angle = 1.75 * 2 * np.pi * radius / 5 + np.pi * (1 - y)
x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
x = x + noise * rng.standard_normal(x.shape)""",
    "moons": """
upper = n // 2
y = np.repeat([0, 1], [upper, n - upper])
angle = np.concatenate([np.linspace(0, np.pi, upper), np.linspace(np.pi, 2 * np.pi, n - upper)])
x = np.column_stack([np.full(n, 3.0) * np.cos(angle), np.full(n, 3.0) * np.sin(angle)])
x = x + np.array([[-1.5, -0.75], [1.5, 0.75]])[y] + noise * rng.standard_normal((n, 2))""",
    "blobs": """
angle = np.pi / 2 + 2 * np.pi * np.arange({classes}) / {classes}
centres = np.column_stack([4.0 * np.cos(angle), 4.0 * np.sin(angle)])
y = np.arange(n) % {classes}
x = centres[y] + np.hypot(0.7, noise) * rng.standard_normal((n, 2))""",
    "region": """
x = rng.uniform(-3.0, 3.0, (n, 2))
x1, x2 = (x + noise * rng.standard_normal(x.shape)).T
y = ({region}).astype(int)""",
    "curve": """
x = rng.uniform(-1.0, 1.0, (n, 1))
y = ({formula} + 0 * x[:, 0])[:, None] + noise * rng.standard_normal((n, 1))""",
    "relu_sum": """
x = rng.uniform(-2.0, 2.0, (n, 1))
y = (x[:, 0] ** 3 + x[:, 0] ** 2 - x[:, 0] - 1)[:, None] + noise * rng.standard_normal((n, 1))""",
}
CLASSES = """
rng = np.random.default_rng({seed})
order = rng.permutation(n)
places = np.empty(n)  # each class is divided alike
for number in range({classes}):
    mine = np.flatnonzero(y[order] == number)
    places[mine] = (np.arange(len(mine)) + rng.random()) / max(len(mine), 1)
order = order[np.argsort(places, kind="stable")]"""
VALUES = """
rng = np.random.default_rng({seed})
order = rng.permutation(n)"""


def inputs_of(own: Mapping[str, Any]) -> int:
    """How many arguments the model takes: several, where the user's own data have several."""
    data = own.get("data")
    if not isinstance(data, tuple | list) or len(data) != 2 or not isinstance(data[0], tuple):
        return 1
    return len(data[0])


def data_lines(first: Parameters, samples: Samples, own: Mapping[str, Any]) -> str:
    """A function of the noise that makes x, y, x_validation, y_validation, and its call; the user's own are read from a file."""
    task = samples.train.task
    kind = "torch.int64" if task == "multiclass" else "torch.float32"
    name = first.get("data")
    place = "" if first["device"] == "cpu" else ", device=device"
    if name not in MAKERS:
        lines = ["data = np.load('data.npz')  # which explorer.save_data('data.npz') writes"]
        count = inputs_of(own)
        if count > 1:
            numbered = f"[torch.tensor(data[f'{{name}}{{number}}']{place}) for number in range(1, {count + 1})]"
            lines += [f"x, x_validation = ({numbered} for name in ('x', 'x_validation'))"]
        else:
            lines += [f"x, x_validation = (torch.tensor(data[name]{place}) for name in ('x', 'x_validation'))"]
        lines += [f"y, y_validation = (torch.tensor(data[name]{place}) for name in ('y', 'y_validation'))"]
        return "\n".join(lines)
    made = MAKERS[name].strip().format(**_formulas(first))
    split = (VALUES if task == "regression" else CLASSES).strip()
    split = split.format(seed=first["data_seed"], classes=len(samples.train.classes))
    count = round(first["samples"] * first["validation"])
    lines = [
        f"n, rng = {first['samples']}, np.random.default_rng({first['data_seed']})",
        *made.split("\n"),
        *split.split("\n"),
        f"train, validation = rng.permutation(order[{count}:]), rng.permutation(order[:{count}])",
    ]
    if first["standardize"]:
        lines += ["x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)"]
    lines += _featured(first, samples)
    lines += [
        f"x = torch.tensor(x, dtype=torch.float32{place})",
        f"y = torch.tensor(y, dtype={kind}{place})" + ("[:, None]" if task == "binary" else ""),
    ]
    result = "x[train], y[train], x[validation], y[validation]"
    body = [f"    {line}" for line in [*lines, f"return {result}"]]
    call = f"x, y, x_validation, y_validation = make_data(noise={first['noise']!r})"
    return "\n".join(["def make_data(noise):", *body, "", "", call])


def _featured(first: Parameters, samples: Samples) -> list[str]:
    """The line that makes features of the two inputs, where they are not the inputs themselves."""
    names = first.get("features")
    if names is None or samples.train.x.shape[1] != 2 or list(names) == ["x1", "x2"]:
        return []
    columns = [_numpy(name, {"x1": "x[:, 0]", "x2": "x[:, 1]"}) for name in names]
    return [f"x = np.column_stack([{', '.join(columns)}])"]


def _formulas(first: Parameters) -> dict[str, Any]:
    """What a maker's text has places for, as numpy writes it."""
    found: dict[str, Any] = {"classes": first.get("classes")}
    if first.get("data") == "region":
        sides = re.split("([<>])=?", first["region"])
        left, right = (Expression(side, ("x1", "x2")).source() for side in (sides[0], sides[2]))
        found["region"] = f"{left} {sides[1]} {right}"
    if first.get("data") == "curve":
        found["formula"] = _numpy(first["formula"], {"x": "x[:, 0]"})
    return found


def _numpy(text: str, names: Mapping[str, str]) -> str:
    """A typed formula as numpy writes it, with other names for its variables."""
    source = Expression(text, tuple(names)).source()
    return re.sub("|".join(rf"\b{name}\b" for name in names), lambda match: str(names[match.group()]), source)
