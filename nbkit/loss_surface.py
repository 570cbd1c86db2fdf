"""A slice of a network's loss along two directions of its weights, and the way of training through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call, vmap

from nbkit.inspection import evaluating

__all__ = ["Plane", "flatten", "loss_slice", "path_plane"]

Array = NDArray[np.float64]
Weights = Mapping[str, Tensor]

ROWS = 16_384  # samples times weights that go through the model at once: larger batches leave the processor's cache


class Plane(NamedTuple):
    """Two directions through a point of all weights, as one vector (d,): weights = `centre` + a · `directions[0]` +
    b · `directions[1]`; `directions` (2, d), each of length 1, at right angles. `names` tell what they are; `parameters` are the
    tensors in the vector, in order."""

    centre: Tensor
    directions: Tensor
    names: tuple[str, str]
    parameters: tuple[str, ...]

    def project(self, path: Tensor) -> Array:
        """The coordinates (p, 2) of the points of the plane that are nearest to vectors (p, d)."""
        away = (path - self.centre).to(torch.float64)
        return np.asarray((away @ self.directions.to(torch.float64).T).cpu().numpy())

    def around(self, path: Tensor, side: int = 31, margin: float = 0.25) -> tuple[Array, Array]:
        """Coordinates (side,) along each direction that hold the projected path and a margin of its extent round it."""
        places = self.project(path)
        low, high = places.min(axis=0), places.max(axis=0)
        room = np.maximum(margin * (high - low), 0.5 * margin * max(float((high - low).max()), 1e-3))
        return np.linspace(low[0] - room[0], high[0] + room[0], side), np.linspace(
            low[1] - room[1], high[1] + room[1], side
        )


def flatten(weights: Weights, parameters: Sequence[str]) -> Tensor:
    """The named tensors as one vector (d,), on the CPU."""
    return torch.cat([weights[name].detach().flatten().cpu() for name in parameters])


def path_plane(model: nn.Module, path: Sequence[Weights]) -> tuple[Plane, Tensor]:
    """The plane in which most of a path of weights lies, through its last point, and the path as vectors (p, d).

    Its directions are the first two principal components of the path's differences from its last point, each of length 1 (Li et
    al., Visualizing the loss landscape of neural nets, 2018, section 7). The names say how much of the path's variance is along
    them; where the path has only one direction, the other is drawn at random. Raises ValueError for fewer than two points.
    """
    if len(path) < 2:
        raise ValueError(
            f"a path has at least two points, got {len(path)}: train first, so that there are weights to go through"
        )
    parameters = tuple(name for name, parameter in model.named_parameters() if name in path[-1])
    points = torch.stack([flatten(weights, parameters) for weights in path])
    away = (points - points[-1]).to(torch.float64)
    _, lengths, directions = torch.linalg.svd(away, full_matrices=False)
    shares = [*(lengths**2 / lengths.square().sum().clamp_min(1e-300)).tolist(), 0.0]
    if len(lengths) < 2 or lengths[1] <= 1e-9 * lengths[0] or not lengths[0] > 0:
        other = torch.randn(away.shape[1], generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        first = directions[0] if lengths[0] > 0 else torch.nn.functional.normalize(other.flip(0), dim=0)
        other -= (other @ first) * first
        directions = torch.stack([first, torch.nn.functional.normalize(other, dim=0)])
    # The way is drawn from the left: where it comes from has the smaller coordinate.
    signs = -torch.sign(away[0] @ directions[:2].T)
    directions = torch.where(signs == 0, 1.0, signs)[:, None] * directions[:2]
    names = (f"PC 1 ({100 * shares[0]:.0f} % of the path)", f"PC 2 ({100 * shares[1]:.0f} %)")
    return Plane(points[-1], directions.to(points.dtype), names, parameters), points


def loss_slice(
    model: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    inputs: Sequence[Tensor],
    targets: Tensor,
    plane: Plane,
    first: Array,
    second: Array,
) -> Array:
    """The loss (m, n) at the points of a plane with coordinates `first` (n,) and `second` (m,), in eval mode, whatever the model.

    Many weights go through the model at once; a module that can't be batched (one that branches on its numbers) is called for
    one point after the other. The model keeps its own weights, which are exchanged while it is called: nobody else may use it.
    """
    device = targets.device
    shapes = {name: parameter.shape for name, parameter in model.named_parameters() if name in plane.parameters}
    sizes = [shapes[name].numel() for name in plane.parameters]
    a, b = (torch.tensor(np.asarray(grid).ravel(), dtype=plane.centre.dtype) for grid in np.meshgrid(first, second))
    points = (plane.centre + torch.stack([a, b], dim=1) @ plane.directions).to(device)

    def at(point: Tensor) -> Tensor:
        parts = zip(plane.parameters, torch.split(point, sizes), strict=True)
        weights = {name: part.view(shapes[name]) for name, part in parts}
        return loss(functional_call(model, weights, tuple(inputs)), targets)

    with evaluating(model), torch.no_grad():
        try:
            chunk = min(max(ROWS // max(len(targets), 1), 1), 64)
            losses = vmap(at, chunk_size=chunk)(points)
        except RuntimeError:  # what vmap refuses; an error of the model's own comes again
            losses = torch.stack([at(point) for point in points])
    return np.asarray(losses.cpu().numpy(), np.float64).reshape(len(second), len(first))
