"""The arrays of the panel beside the curves: one neuron, spreads by layer, errors, a slice of the loss, the devices' speed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nbkit.displays.training import Confusion, DeviceSpeeds, LossSurface, Residuals, Spread, Spreads, Unit
from nbkit.inspection import Layer, gradients, histograms, observe, unit_gradient, worked_sum
from nbkit.loss_surface import loss_slice, path_plane
from nbkit.training import Trainer
from nbkit.widgets.training.places import Places
from nbkit.widgets.training.views import confusion_of, outputs

__all__ = ["Slices", "errors_panel", "speeds_panel", "spreads_panel", "unit_panel"]

Array = NDArray[np.float64]
Loss = Callable[[Tensor, Tensor], Tensor]

GRADIENTS = (-9.0, 1.0)  # powers of ten
PATH, SIDE = 24, 25  # points of the path that span the slice, and of the slice along each side
WIDTHS = (8, 32, 128, 512)


def unit_panel(model: nn.Module, loss: Loss, places: Places, selected: Sequence[int], sample: int = 0) -> Unit | None:
    """A neuron's arithmetic for one sample, of the very first neuron where none is selected; None where it has no short form."""
    layers = observe(model, *places.data)
    layer, unit = (selected[0] - 1, selected[1]) if selected else (0, 0)
    if not 0 <= layer < len(layers) or unit >= layers[layer].size:
        return None
    chosen = layers[layer]
    try:
        worked = worked_sum(chosen, unit, sample)
    except ValueError:
        return None
    activity, sums = chosen.activity(), _numpy(chosen.before[:, unit])
    found = gradients(model, loss, places.data, places.targets)
    names = places.samples.labels if layer == 0 else [f"h{k + 1}" for k in range(len(worked.inputs))]
    if len(names) != len(worked.inputs):
        names = [f"in{k + 1}" for k in range(len(worked.inputs))]
    return Unit(
        f"layer {layer + 1}, neuron {unit + 1}, for sample {sample + 1}",
        names,
        worked.weights,
        worked.inputs,
        worked.bias,
        worked.sum,
        worked.activation,
        worked.output,
        _curve(chosen, sums),
        sums,
        dead=float(np.nan_to_num(activity.dead[unit])),
        saturated=float(np.nan_to_num(activity.saturated[unit])),
        gradient=unit_gradient(found, chosen, unit),
        before=None if worked.before == worked.sum else worked.before,
    )


def _curve(layer: Layer, sums: Array) -> Array:
    """The layer's function (2, k) over all sums of the data, and at least over [−3, 3]."""
    reach = _nice(max(3.0, float(np.abs(np.nan_to_num(sums)).max())))
    x = torch.linspace(-reach, reach, 121)
    y = x if layer.activation is None else layer.activation(x[:, None].expand(-1, layer.size).clone())[:, 0]
    return np.array([_numpy(x), _numpy(y)])


def spreads_panel(model: nn.Module, loss: Loss, places: Places) -> Spreads | None:
    """Weights, activations and gradients of each layer; None where no layer can be seen."""
    layers = observe(model, *places.data)
    if not layers:
        return None
    found = gradients(model, loss, places.data, places.targets)
    sizes = [
        torch.log10(found[f"{layer.name}.weight"].abs().clamp_min(1e-30))
        for layer in layers
        if f"{layer.name}.weight" in found
    ]
    return Spreads(
        _spread([layer.module.weight for layer in layers]),
        _spread([layer.outputs for layer in layers]),
        Spread(histograms(sizes or [torch.zeros(1)], GRADIENTS, 30), GRADIENTS),
    )


def _spread(values: Sequence[Any]) -> Spread:
    most = _nice(max(float(value.detach().abs().max()) for value in values))
    return Spread(histograms(values, (-most, most)), (-most, most))


def _nice(value: float) -> float:
    """1, 2 or 5 times a power of ten, not below the value, so that an axis seldom changes."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-9)))
    return float(next(power * step for step in (1, 2, 5, 10) if value <= power * step * (1 + 1e-9)))


def errors_panel(model: nn.Module, places: Places, which: str = "validation") -> Confusion | Residuals:
    """The confusion matrix of a sample, or the residuals of both."""
    samples = places.samples
    if samples.validation.task != "regression":
        return confusion_of(model, places, which)
    parts = (samples.validation, samples.train)
    residuals = [(outputs(model, places.fed(part)[0]) - part.y)[:, 0] for part in parts]
    return Residuals(residuals[0], residuals[1], name=samples.validation.target)


class Slices:
    """Slices of the loss through the path of a training, each kept until the training is at another place and at rest."""

    def __init__(self) -> None:
        self._known: tuple[Any, ...] = ()
        self._slice: LossSurface | None = None
        self._plane: Any = None

    def at(
        self,
        key: tuple[Any, ...],
        step: int,
        trainer: Trainer,
        model: nn.Module,
        loss: Loss,
        places: Places,
        moving: bool,
    ) -> LossSurface | None:
        """The slice up to a step of the training `key`; while it moves the last one, with the path up to now. None at its start."""
        if step < 2:
            return None
        now = trainer.at(step) if step < trainer.steps else trainer.weights()
        if moving and self._slice is not None and self._known[:-1] == key:
            _, points = path_plane(model, [now, now])
            path = np.concatenate([self._slice.path[:-1], self._plane.project(points[-1:])])
            return self._slice._replace(path=path)
        if self._known != (*key, step):
            steps = [int(s) for s in trainer.snapshots.steps if s < step]
            chosen = [steps[k] for k in np.unique(np.linspace(0, len(steps) - 1, min(len(steps), PATH)).astype(int))]
            self._plane, points = path_plane(model, [*(trainer.at(s) for s in chosen), now])
            first, second = self._plane.around(points, SIDE)
            losses = loss_slice(model, loss, places.data, places.targets, self._plane, first, second)
            self._slice = LossSurface(losses, first, second, self._plane.project(points), self._plane.names)
            self._known = (*key, step)
        return self._slice


@lru_cache(maxsize=1)
def _speeds() -> Mapping[str, Array]:
    from nbkit.devices import steps_per_second

    return {name: np.array(rates) for name, rates in steps_per_second(WIDTHS, steps=30).items()}


def speeds_panel() -> DeviceSpeeds:
    """Steps/s of this machine's devices, measured once."""
    return DeviceSpeeds(np.array(WIDTHS, float), _speeds())


def _numpy(values: Tensor) -> Array:
    return np.asarray(values.detach().cpu().numpy(), np.float64)
