"""How often each class is taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.text import Reading
from nbkit.displays.training.axes import TEXT

__all__ = ["Confusion", "ConfusionDisplay"]

ROOM = 15  # px of a cell, below which a number finds no room


class Confusion(NamedTuple):
    """`counts` (k, k): samples of the true class (row) that were given the predicted one (column); `classes`, k names; `sample`,
    what they are of."""

    counts: NDArray[np.int64]
    classes: Sequence[str]
    sample: str = "validation"


class ConfusionDisplay(Display):
    """Rows are true classes, columns predicted ones: what is off the diagonal is wrong. See `Confusion`.

    A shade is the share of the row. A cell without samples has no number.
    """

    figsize = (4.8, 4.2)

    def draw(self, ax: Axes) -> None:
        self.image_ = self.live(ax.imshow(np.zeros((2, 2)), cmap="Blues", vmin=0, vmax=1.15, aspect="auto"))
        self.numbers_: list[list[Reading]] = []
        style: dict[str, Any] = {"fontsize": TEXT, "va": "bottom", "color": COLOURS.target}
        self.reading_ = self.live(Reading(0.0, 1.02, "", transform=ax.transAxes, **style))
        ax.add_artist(self.reading_)
        ax.set(xlabel="predicted", ylabel="true")
        ax.set_title(" ", fontsize=TEXT)  # room for the reading, where the figure lays itself out
        readable(ax)
        for spine in ax.spines.values():
            spine.set_visible(False)
        self._classes: tuple[str, ...] = ()

    def update(self, **arrays: Any) -> None:
        view = Confusion(**arrays)
        counts = np.asarray(view.counts)
        if counts.shape != (len(view.classes),) * 2:
            raise ValueError(
                f"counts of {len(view.classes)} classes must have a row and a column for each, got {counts.shape}"
            )
        if tuple(view.classes) != self._classes:
            self._describe(tuple(view.classes))
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        self.image_.set_data(shares)
        for row, texts in enumerate(self.numbers_):
            for column, text in enumerate(texts):
                count = int(counts[row, column])
                text.set_visible(count > 0)
                text.set_text(str(count))
                text.set_color("white" if shares[row, column] > 0.55 else COLOURS.target)
        total, right = int(counts.sum()), int(np.trace(counts))
        self.reading_.set_text(f"{view.sample}: {right} of {total} right" if total else f"{view.sample}: none")

    def _describe(self, classes: tuple[str, ...]) -> None:
        ax, count = self.axes_["ax"], len(classes)
        for text in (text for texts in self.numbers_ for text in texts):
            self.live_.remove(text)
            text.remove()
        self._classes, self.numbers_ = classes, []
        self.image_.set_extent((-0.5, count - 0.5, count - 0.5, -0.5))
        ax.set(xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5))
        turned = 90 if max(map(len, classes)) > 3 else 0
        ax.set_xticks(range(count), labels=classes)
        ax.set_yticks(range(count), labels=classes, rotation=turned, va="center")
        if ax.get_window_extent().height * 100 / self.figure_.dpi >= ROOM * count:
            style: dict[str, Any] = {"fontsize": TEXT + 1, "ha": "center", "va": "center"}
            for row in range(count):
                self.numbers_.append([self.live(Reading(column, row, "", **style)) for column in range(count)])
                for text in self.numbers_[row]:
                    ax.add_artist(text)
