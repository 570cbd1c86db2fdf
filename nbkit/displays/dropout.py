"""What dropout leaves of a network: the same diagram several times, each with another mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.displays.base import Display
from nbkit.displays.training import NetworkDisplay

__all__ = ["DropoutDisplay"]

Array = NDArray[np.float64]


class DropoutDisplay(Display):
    """A network's diagram for each of `titles`; a neuron that is left out is pale, and no line is drawn from or to it."""

    figsize = (10.5, 3.3)

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = tuple(titles)
        super().__init__()

    def layout(self, figure: Figure) -> dict[str, Axes]:
        return dict(zip(self._titles, figure.subplots(1, len(self._titles), squeeze=False)[0], strict=True))

    def draw(self, **axes: Axes) -> None:
        for title, ax in axes.items():
            ax.set_title(title, fontsize=13)
        self.fit()  # the diagrams are in pixels of their axes, which have to be known
        self.networks_ = {title: NetworkDisplay(ax) for title, ax in axes.items()}

    def update(self, weights: Sequence[Array], masks: Sequence[Sequence[NDArray[np.bool_]]]) -> None:
        """`weights` (neurons, sources) of each layer; `masks`: for each title the neurons (size,) of each hidden layer left out."""
        sizes = [weights[0].shape[1], *(len(layer) for layer in weights)]
        labels = ["inputs", *[""] * (len(weights) - 1), "output"]
        for network, left_out in zip(self.networks_.values(), masks, strict=True):
            out = [np.zeros(sizes[0], bool), *left_out, np.zeros(sizes[-1], bool)]
            kept = [
                np.where(after[:, None] | before[None, :], 0.0, layer)
                for layer, before, after in zip(weights, out, out[1:], strict=False)
            ]
            network.update(labels=labels, sizes=sizes, weights=kept, pictures=[None] * len(sizes), dropped=out)
