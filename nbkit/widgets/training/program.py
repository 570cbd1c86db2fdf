"""The training as a plain torch program, without nbkit, that comes to the same losses."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from nbkit.training.optimization import TORCH_OPTIMIZERS
from nbkit.widgets.source import own_source
from nbkit.widgets.training.changes import effective
from nbkit.widgets.training.program_data import data_lines, inputs_of
from nbkit.widgets.training.program_model import model_lines
from nbkit.widgets.training.samples import Samples

__all__ = ["program"]

Parameters = Mapping[str, Any]

LOSSES = {
    "mse": "nn.MSELoss()", "mae": "nn.L1Loss()", "huber": "nn.HuberLoss()",
    "binary_cross_entropy": "nn.BCEWithLogitsLoss()", "cross_entropy": "nn.CrossEntropyLoss()",
}  # fmt: skip
SCHEDULES = {
    "step": "StepLR(optimizer, step_size=30, gamma=0.3)",
    "exponential": "ExponentialLR(optimizer, gamma=0.98)",
    "cosine": "CosineAnnealingLR(optimizer, T_max=100)",
    "plateau": "ReduceLROnPlateau(optimizer, factor=0.1, patience=10)",
}


def program(parameters: Parameters, samples: Samples, own: Mapping[str, Any]) -> str:
    """The text of a program that trains as the parameters say, and prints both losses; `own` are the user's objects."""
    first = {**parameters, **effective(parameters, 0)}
    uses = _uses(parameters)
    blocks = ["import numpy as np\nimport torch\nfrom torch import nn"]
    if first["device"] != "cpu":
        blocks[0] += f'\n\ndevice = "{first["device"]}"'
    blocks.append(data_lines(first, samples, own))
    blocks.append(model_lines(first, samples, own, uses))
    blocks.append(_optimizer(first, own))
    blocks.append(_loop(parameters, first, own, uses))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _uses(parameters: Parameters) -> set[str]:
    """The live settings that the program has to speak of: on at the start, or changed on the way."""
    on = {name for name in ("dropout", "max_norm", "l1", "weight_decay") if effective(parameters, 0).get(name)}
    later = [change for change in parameters["changes"] if 0 < change[0] < parameters["steps"]]
    return on | {name for _, values in later for name in values}


def _optimizer(first: Parameters, own: Mapping[str, Any]) -> str:
    lines = [_loss(own["loss"]) if "loss" in own else f"loss = {LOSSES[first['loss']]}"]
    options = [f"lr={first['learning_rate']!r}"]
    # AdamW's own default is not 0
    decays = first["weight_decay"] or ("optimizer" not in own and first["optimizer"] == "adamw")
    options += [f"weight_decay={first['weight_decay']!r}"] if decays else []
    if "optimizer" in own:
        kind = _named(own["optimizer"])
    else:
        name, momentum = first["optimizer"], first["momentum"]
        kind = f"torch.optim.{TORCH_OPTIMIZERS[name][0].__name__}"
        options += ["nesterov=True"] if name == "nesterov" else []
        options += [f"momentum={momentum!r}"] if name in ("momentum", "nesterov", "rmsprop") else []
        options += [f"betas=({momentum!r}, 0.999)"] if name in ("adam", "adamw", "nadam") else []
    lines.append(f"optimizer = {kind}(model.parameters(), {', '.join(options)})")
    if first["schedule"] != "none":
        lines.append(f"schedule = torch.optim.lr_scheduler.{SCHEDULES[first['schedule']]}")
    return "\n".join(lines)


def _loss(own: Any) -> str:
    if getattr(own, "__module__", "") == "torch.nn.functional":
        return f"loss = nn.functional.{own.__name__}"
    return own_source("loss", own) if inspect.isfunction(own) else f"loss = {_named(own)}  # your own"


def _named(thing: Any) -> str:
    name = getattr(thing, "__name__", type(thing).__name__ + "()")
    where = getattr(thing, "__module__", "")
    return (
        f"{'nn.' if where.startswith('torch.nn') else 'torch.optim.' if where.startswith('torch.optim') else ''}{name}"
    )


def _loop(parameters: Parameters, first: Parameters, own: Mapping[str, Any], uses: set[str]) -> str:
    l1 = first["l1"]
    takes = _answer(own)
    lines = [
        f"order = torch.Generator().manual_seed({first['seed']})",
        f"batch_size{', l1' if 'l1' in uses else ''} = {first['batch_size']}{f', {l1!r}' if 'l1' in uses else ''}",
        "step = 0",
        f"while step < {parameters['steps']}:",
        "    rest = torch.randperm(len(y), generator=order)",
        f"    while len(rest) and step < {parameters['steps']}:",
    ]
    lines += [f"        {line}" for change in _later(parameters) for line in _change(change, parameters, own)]
    lines += [
        "        rows, rest = rest[:batch_size], rest[batch_size:]",
        "        optimizer.zero_grad()",
        f"        {'(' if 'l1' in uses else ''}loss({takes('x', '[rows]')}, y[rows])"
        + (
            " + l1 * sum(p.abs().sum() for p in model.parameters() if p.ndim > 1)).backward()"
            if "l1" in uses
            else ".backward()"
        ),
        "        optimizer.step()",
    ]
    if "max_norm" in uses:
        lines += [
            "        with torch.no_grad():",
            "            for layer in [layer for layer in model if isinstance(layer, nn.Linear)][:-1]:",
            "                layer.weight.copy_(torch.renorm(layer.weight, 2, 0, max_norm))",
        ]
        lines.insert(2, f"max_norm = {_cap(first['max_norm'])}")
    lines.append("        step += 1")
    if parameters["schedule"] == "plateau":
        lines += [
            "    if not len(rest):",
            "        model.eval()",
            f"        schedule.step(loss({takes('x_validation')}, y_validation).item())",
            "        model.train()",
        ]
    elif parameters["schedule"] != "none":
        lines += ["    if not len(rest):", "        schedule.step()"]
    lines += [f"{line}" for change in _at_end(parameters) for line in _change(change, parameters, own)]
    lines += [
        "",
        "model.eval()",
        f"trained, validated = loss({takes('x')}, y), loss({takes('x_validation')}, y_validation)",
        'print(f"loss {trained.item():.6g}, validation {validated.item():.6g}")',
    ]
    return "\n".join(lines)


def _answer(own: Mapping[str, Any]) -> Callable[..., str]:
    """How the model is asked for an input by its name, of some rows or of all."""
    if inputs_of(own) == 1:
        return lambda name, rows="": f"model({name}{rows})"
    return lambda name, rows="": f"model(*[part{rows} for part in {name}])" if rows else f"model(*{name})"


def _later(parameters: Parameters) -> list[Any]:
    edits = [change for change in parameters["changes"] if change[0] > 0 or "weights" in change[1]]
    return [change for change in edits if change[0] < parameters["steps"]]


def _at_end(parameters: Parameters) -> list[Any]:
    """What was edited at the step that is shown."""
    return [
        [None, {"weights": v["weights"]}]
        for at, v in parameters["changes"]
        if at == parameters["steps"] and "weights" in v
    ]


def _change(change: Any, parameters: Parameters, own: Mapping[str, Any]) -> list[str]:
    """The lines of what was changed at a step."""
    step, values = change
    lines = []
    for name, value in values.items():
        if step == 0 and name != "weights":
            continue
        if name in ("learning_rate", "weight_decay"):
            key = "lr" if name == "learning_rate" else name
            if name == "learning_rate" and parameters["schedule"] != "none":
                old = effective(parameters, step - 1)["learning_rate"]
                lines.append(f'optimizer.param_groups[0]["lr"] *= {value!r} / {old!r}')
                lines += [f"schedule.base_lrs = [{value!r}]"] if parameters["schedule"] != "plateau" else []
            else:
                lines.append(f'optimizer.param_groups[0]["{key}"] = {value!r}')
        elif name == "noise":
            lines.append(f"x, y, x_validation, y_validation = make_data(noise={value!r})")
        elif name == "dropout":
            lines += ["for layer in model:", "    if isinstance(layer, Dropout):", f"        layer.p = {value!r}"]
        elif name == "max_norm":
            lines.append(f"max_norm = {_cap(value)}")
        elif name == "weights":
            lines.append("with torch.no_grad():")
            for parameter, index, number in value:
                where = parameter.removeprefix("layers.") if "model" not in own else parameter
                lines.append(f'    model.get_parameter("{where}")[{", ".join(map(str, index))}] = {number!r}')
        else:
            lines.append(f"{name} = {value!r}")
    if step is None or not lines:
        return lines
    return [f"if step == {step}:", *(f"    {line}" for line in lines)]


def _cap(norm: float) -> str:
    return repr(norm) if norm else 'float("inf")'
