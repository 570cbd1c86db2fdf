"""The arrays of the network's picture: its weights, and what each neuron answers at each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from nbkit.displays.training import Network
from nbkit.inspection import Layer, observe
from nbkit.widgets.training.places import Places

__all__ = ["layers_of", "network_view"]

Array = NDArray[np.float64]


def layers_of(model: nn.Module, inputs: tuple[Tensor, ...]) -> list[Layer]:
    """The layers of neurons; none where the model has none that can be seen."""
    return observe(model, *inputs)


def network_view(model: nn.Module, places: Places, selected: Sequence[Any] = (), dead: bool = True) -> Network | None:
    """The network, or None where the model has no layers that can be seen; `dead` looks for neurons that are 0 for all data."""
    layers = layers_of(model, places.inputs)
    if not layers:
        return None
    samples = places.samples
    sizes = [
        places.features.shape[0] if len(samples.labels) <= 16 else len(samples.labels),
        *(layer.size for layer in layers),
    ]
    weights = []
    for before, layer in zip(sizes[:-1], layers, strict=True):
        found = layer.weights
        weights.append(found if found is not None and found.shape[1] == before else None)
    masks: list[NDArray[np.bool_] | None] = [None] * len(sizes)
    if dead:
        masks[1:] = [layer.activity().dead == 1 for layer in layers_of(model, places.data)]
    pictures = [places.features, *(places.pictures(layer.outputs.cpu().numpy().astype(np.float64)) for layer in layers)]
    unit, weight = _chosen(selected, sizes)
    return Network(
        ["inputs", *_labels(layers)],
        sizes,
        weights,
        pictures,
        inputs=samples.labels,
        outputs=samples.train.classes if layers[-1].size == len(samples.train.classes) else (),
        dead=masks,
        selected=unit,
        weight=weight,
    )


def _labels(layers: Sequence[Layer]) -> list[str]:
    return [*(f"{layer.label}" for layer in layers[:-1]), "output"]


def _chosen(
    selected: Sequence[Any], sizes: Sequence[int]
) -> tuple[tuple[int, int] | None, tuple[int, int, int] | None]:
    """What is framed: a neuron, or a weight between two; nothing where the network has no such."""
    if not selected or not 0 < selected[0] < len(sizes) or selected[1] >= sizes[selected[0]]:
        return None, None
    if len(selected) == 3:
        return None, tuple(selected) if selected[2] < sizes[selected[0] - 1] else None
    return (selected[0], selected[1]), None
