"""Two networks of the same size, one of them deeper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.classification.plane import EXERCISE
from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.networks import network, tensor
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["both", "check_networks", "outputs"]


def both(mlp: Any, dnn: Any) -> dict[str, nn.Module]:
    """Copies of the student's two networks by name. Raises NotDone where one is missing, Unusable for what is no network."""
    done(mlp, dnn)
    return {"MLP": network(mlp, "`mlp`"), "DNN": network(dnn, "`dnn`")}


def outputs(model: nn.Module, x: Array, name: str) -> Array:
    """What a network gives for points (n, 2): (n, 1) or (n, 2). Raises Unusable where it fails or gives anything else."""
    import torch

    try:
        with torch.no_grad():
            y = model(tensor(x, model))
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise Unusable(
            f"The {name} stopped with {type(error).__name__} ({first}) for points of shape {x.shape}."
        ) from error
    if not isinstance(y, torch.Tensor) or y.numel() % len(x) or y.shape[:1] != (len(x),):
        raise Unusable(
            f"The {name} gives {tuple(getattr(y, 'shape', ()))} for {len(x)} points: asked is one row for each."
        )
    y = y.double().cpu().numpy().reshape(len(x), -1)
    if y.shape[1] not in (1, 2):
        raise Wrong(
            f"The {name} gives {y.shape[1]} numbers for a point.",
            "Two classes: how many numbers say which one? (One is enough; two are another way.)",
        )
    return y


@check(
    EXERCISE,
    "two networks",
    "Asked are two networks from two inputs to one answer: `mlp` with one hidden layer, `dnn` with more, and numbers of parameters within 10 % of each other.",
    "A layer from a to b numbers has a·b weights and b biases. 3 → 10 → 1 has 3·10 + 10 + 10·1 + 1 = 51, and 3 → 5 → 4 → 1 has 20 + 24 + 5 = 49.",
)
def check_networks(mlp: Any, dnn: Any, *, rng: np.random.Generator) -> str:
    """Judge two torch modules of two inputs: their depth, their numbers of parameters, and that both can bend."""
    models = both(mlp, dnn)
    if mlp is dnn or {id(p) for p in mlp.parameters()} & {id(p) for p in dnn.parameters()}:
        raise Wrong(
            "Your two networks have weights in common: training one would move the other.",
            "Each needs layers of its own. Where are the layers of the second one made?",
        )
    x = rng.normal(size=(40, 2)) * 2
    for name, model in models.items():
        outputs(model.eval(), x, name)
    counts = {name: sum(p.numel() for p in model.parameters() if p.requires_grad) for name, model in models.items()}
    depths = {name: sum(p.ndim > 1 for p in model.parameters()) for name, model in models.items()}
    if depths["MLP"] < 2:
        raise Wrong(
            "Your MLP has no hidden layer: one neuron divides the plane by a straight line.",
            "Which layer stands between the two inputs and the answer?",
        )
    for name, model in models.items():
        if not _bends(model, rng):
            raise Wrong(
                f"Your {name} is one linear layer, however many are in it: it divides the plane by a straight line only.",
                "What has to stand between two linear layers, so that they are more than one?",
            )
    held = "both run, and can bend."
    if depths["DNN"] <= depths["MLP"]:
        raise Wrong(
            f"The MLP has {depths['MLP'] - 1} hidden layer{'s' * (depths['MLP'] != 2)}, the DNN {depths['DNN'] - 1}: it is no deeper.",
            "Which of the two is to be the deep one?",
            held=held,
        )
    small, large = sorted(counts.values())
    if small == 0:
        raise Wrong(
            "One of your networks has nothing to learn: all its weights are frozen.",
            "Who set `requires_grad` to False?",
            held=held,
        )
    if large > 1.1 * small:
        raise Wrong(
            f"The MLP has {counts['MLP']} parameters and the DNN {counts['DNN']}: {large / small:.2f} times as many in one as in the other.",
            "A layer from a to b costs a·b + b: it is not neurons that are counted. Which of the two do you shrink?",
            held=held,
        )
    return f"MLP {counts['MLP']} parameters, DNN {counts['DNN']}: what differs is the depth alone."


def _bends(model: nn.Module, rng: np.random.Generator) -> bool:
    """Whether something between its layers is not linear; a sigmoid or softmax at the end does not count."""
    x = rng.normal(size=(200, 2)) * 3
    y = outputs(model, x, "network")
    z = y[:, 0] if y.shape[1] == 1 else y[:, 1] - y[:, 0]
    if y.shape[1] == 2 and np.allclose(y.sum(axis=1), 1, atol=1e-4):
        z = np.log(np.clip(y[:, 1], 1e-9, None) / np.clip(y[:, 0], 1e-9, None))
    ways = [z]
    if z.min() > 0 and z.max() < 1:
        ways.append(np.log(z / (1 - z)))
    if np.abs(z).max() < 1:
        ways.append(np.arctanh(z))
    design = np.column_stack([x, np.ones(len(x))])
    return all(
        np.abs(w - design @ np.linalg.lstsq(design, w, rcond=None)[0]).max() > 1e-3 * max(np.ptp(w), 1e-6) for w in ways
    )
