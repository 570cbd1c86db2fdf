"""The lines of the plain program that make the model: an MLP, or the user's own module with the weights that it came with."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Mapping
from typing import Any

from torch import nn

from nbkit.widgets.source import class_source
from nbkit.widgets.training.samples import Samples

__all__ = ["model_lines"]

Parameters = Mapping[str, Any]

ACTIVATIONS = {
    "linear": "nn.Identity()", "sigmoid": "nn.Sigmoid()", "tanh": "nn.Tanh()", "atan": "Atan()", "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.1)", "elu": "nn.ELU()", "gelu": "nn.GELU()", "swish": "nn.SiLU()", "softplus": "nn.Softplus()",
}  # fmt: skip
INITIALISERS = {
    "xavier": "nn.init.xavier_uniform_(layer.weight, generator=start)",
    "he": 'nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=start)',
    "normal": "nn.init.normal_(layer.weight, generator=start)",
    "zeros": "nn.init.zeros_(layer.weight)",
}
ATAN = """class Atan(nn.Module):
    def forward(self, x):
        return torch.atan(x)"""
DROPOUT = """class Dropout(nn.Module):  # with random numbers of its own
    def __init__(self, p, seed):
        super().__init__()
        self.p, self.random = p, torch.Generator().manual_seed(seed)

    def forward(self, x):
        keep = 1 - self.p
        if not self.training or self.p == 0:
            return x
        return x * torch.empty_like(x).bernoulli_(keep, generator=self.random).div_(keep)"""


def model_lines(first: Parameters, samples: Samples, own: Mapping[str, Any], uses: set[str]) -> str:
    """The definition of `model`: an MLP of the knobs, or the user's own; it stands on the device in the end."""
    made = _own_model(own["model"], first) if "model" in own else _mlp(first, samples, uses)
    if first["device"] == "cpu":
        return made
    # There the explorer's dropout draws other numbers, too: those of (seed, step).
    return made.replace("p, torch.Generator()", "p, torch.Generator(device)") + "\nmodel.to(device)"


def _mlp(first: Parameters, samples: Samples, uses: set[str]) -> str:
    hidden, activation = first["hidden"], first["activation"]
    names = [activation] * len(hidden) if isinstance(activation, str) else [*activation, *activation[-1:] * len(hidden)]
    layers: list[str] = []
    before, place = len(samples.labels), 0
    for size, name in zip(hidden, names, strict=False):
        parts = [f"nn.Linear({before}, {size})"]
        parts += [f"nn.BatchNorm1d({size})"] if first["batch_norm"] else []
        parts += [ACTIVATIONS[name]]
        place += len(parts)
        parts += (
            [f"Dropout({first['dropout']}, seed={first['seed'] + place})"] if "dropout" in uses else ["nn.Identity()"]
        )
        place += 1
        layers.append(", ".join(parts if "dropout" in uses else parts[:-1]))
        before = size
    layers.append(f"nn.Linear({before}, {samples.train.outputs})")
    lines = ([ATAN, ""] if "atan" in names[: len(hidden)] else []) + ([DROPOUT, ""] if "dropout" in uses else [])
    lines += [
        f"torch.manual_seed({first['seed']})",
        "model = nn.Sequential(",
        *(f"    {layer}," for layer in layers),
        ")",
    ]
    if first["init"] != "default":
        lines += [
            f"start = torch.Generator().manual_seed({first['seed']})",
            "for layer in model:",
            "    if isinstance(layer, nn.Linear):",
            f"        {INITIALISERS[first['init']]}",
            "        nn.init.zeros_(layer.bias)",
        ]
    return "\n".join(lines)


def _own_model(model: Any, first: Parameters) -> str:
    """The source of the user's module or function, where it can be had, and its first weights."""
    if not isinstance(model, nn.Module):
        name = getattr(model, "__name__", "make_model")
        try:
            source = (
                class_source(model) if inspect.isclass(model) else textwrap.dedent(inspect.getsource(model)).strip()
            )
        except (OSError, TypeError):
            source = ""
        text = f"{source or '# your own function stands here'}\n\ntorch.manual_seed({first['seed']})\nmodel = {name}()"
    else:
        text = (
            f"{_made(model)}\n"
            "start = np.load('model.npz')  # its first weights, which explorer.save_model('model.npz') writes\n"
            "model.load_state_dict({name: torch.tensor(start[name]) for name in model.state_dict()})"
        )
    return f"{text}\ntorch.manual_seed({first['seed']})  # what it may draw itself while it learns"


def _made(model: nn.Module) -> str:
    """How a module is made: torch's own as they write themselves, another by its source."""
    if type(model) is nn.Sequential and all(_plain(layer) for layer in model):
        return "\n".join(["model = nn.Sequential(", *(f"    nn.{layer!r}," for layer in model), ")"])
    if _plain(model):
        return f"model = nn.{model!r}"
    name = type(model).__name__
    needed = [
        parameter
        for parameter in inspect.signature(type(model)).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    source = class_source(type(model)) or f"# your class {name} stands here"
    return f"{source}\n\n\nmodel = {name}({'...)  # as you made it' if needed else ')'}"


def _plain(layer: nn.Module) -> bool:
    """Whether a layer is one of torch's own, of which nothing else is a part."""
    return type(layer).__module__.startswith("torch.nn.modules") and not list(layer.children())
