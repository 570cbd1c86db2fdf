"""Learning curves side by side under letters: who is behind which is to be found out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable

__all__ = ["AnonymousCurvesDisplay"]

Array = NDArray[np.float64]


class AnonymousCurvesDisplay(Display):
    """Training and validation losses against the epoch, a panel for each of the `letters`; a dashed line is drawn at `guide`."""

    figsize = (10, 3.4)

    def __init__(self, letters: Sequence[str], guide: float) -> None:
        self._letters, self._guide = tuple(letters), guide
        super().__init__()

    def layout(self, figure: Figure) -> dict[str, Axes]:
        axes = figure.subplots(1, len(self._letters), squeeze=False, sharex=True, sharey=True)[0]
        return dict(zip(self._letters, axes, strict=True))

    def draw(self, **axes: Axes) -> None:
        for letter, ax in axes.items():
            ax.set_title(letter, fontsize=14, weight="bold")
            ax.set(yscale="log", xlabel="epoch")
            ax.axhline(self._guide, color=COLOURS.guide, ls=(0, (1, 1.5)), lw=1.5)
            ax.grid(alpha=0.3, axis="y")
            readable(ax)
        self.ax_.set_ylabel("mean squared error")

    def update(self, runs: Mapping[str, Sequence[tuple[Array, Array]]]) -> None:
        """`runs` by letter: for each seed the training losses and the validation losses, (epochs + 1,) each."""
        for letter, curves in runs.items():
            ax = self.axes_[letter]
            for number, (losses, validation) in enumerate(curves):
                ax.plot(losses, color=COLOURS.model, lw=1.6, label=None if number else "training")
                ax.plot(validation, "--", color=COLOURS.classes[1], lw=1.6, label=None if number else "validation")
        ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
        for ax in self.axes_.values():
            low, high = ax.get_ylim()
            ax.set_yticks([tick for tick in ticks if low <= tick <= high])
            ax.yaxis.set_major_formatter("{x:g}")
            ax.yaxis.set_minor_formatter("")
        self.ax_.legend(loc="upper right", fontsize=11)
