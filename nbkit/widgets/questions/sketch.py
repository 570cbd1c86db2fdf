"""A curve drawn with the mouse or the keys, before the true one is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np

from nbkit.displays.sketch import SketchDisplay
from nbkit.questions.base import POINTS, Sketch
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import hidden, one_of

__all__ = ["SketchExplorer"]

HELP = (
    "<b>Draw the curve:</b> press and drag in the picture.<br>By keyboard, once the picture has the focus (Tab, or a click): "
    "← → move the pen and draw, ↑ ↓ move the curve at the pen, with Shift five times as far."
)


class SketchExplorer(Explorer):
    """Draw a curve; once `revealed`, the truth lies over it and nothing moves any more.

    Parameters: `curve` (a height or None at each of the question's places), `pen` ([x, y]), `revealed`.
    """

    display = SketchDisplay

    def __init__(
        self,
        question: Sketch,
        curve: Sequence[float | None] | None = None,
        pen: Sequence[float] | None = None,
        revealed: bool = False,
    ) -> None:
        self.question = question
        middle = [question.x[0], sum(question.y) / 2]
        super().__init__(
            objects={"question": question},
            curve=hidden([None] * POINTS if curve is None else list(curve), self._heights),
            pen=hidden(middle if pen is None else list(pen), self._point),
            revealed=hidden(revealed, one_of([True, False])),
        )

    def compute(self, curve: list[float | None], pen: list[float], revealed: bool) -> dict[str, Any]:
        heights = np.array([np.nan if height is None else height for height in curve])
        return {
            "x": self.question.places,
            "heights": heights,
            "pen": (pen[0], pen[1]),
            "truth": self.question.truth if revealed else None,
            "limits": (self.question.x, self.question.y),
            "labels": self.question.labels,
            "caption": "" if revealed else f"{np.isfinite(heights).mean():.0%} of the curve is drawn.",
        }

    def code(self) -> str:
        heights = ", ".join("np.nan" if height is None else f"{height:.6g}" for height in self.shown["curve"])
        (low, high), (across, up) = self.question.x, self.question.labels
        return (
            "import matplotlib.pyplot as plt\nimport numpy as np\n\n"
            f"x = np.linspace({low!r}, {high!r}, {POINTS})\nheights = np.array([{heights}])\n"
            f"plt.plot(x, heights)\nplt.xlabel({across!r})\nplt.ylabel({up!r})\nplt.show()\n"
        )

    def arrange(self) -> ipywidgets.Widget:
        self.help = ipywidgets.HTML(f'<div style="font-size:14px;line-height:1.4;max-width:296px">{HELP}</div>')
        return self.help

    def reset(self) -> None:
        if not self.shown["revealed"]:
            super().reset()

    # --- the hand

    def on_press(self, x: float, y: float, where: str) -> None:
        self._draw((x, y), (x, y))

    def on_drag(self, x: float, y: float, where: str) -> None:
        self._draw(self._pen, (x, y))

    def on_key(self, key: str) -> None:
        shift, _, arrow = key.rpartition("+")
        side = {"left": -1, "right": 1}.get(arrow, 0)
        rise = {"down": -1, "up": 1}.get(arrow, 0) * (5 if shift == "shift" else 1)
        if not (side or rise):
            return
        places, (low, high) = self.question.places, self.question.y
        (x, y), here = self._pen, self.question.nearest(self._pen[0])
        if rise:
            self._draw((x, y), (x, y + rise * (high - low) / 40))
            return
        next_ = min(max(here + side, 0), POINTS - 1)
        there = self.shown["curve"][next_]
        if there is None:  # the pen draws where nothing is, and follows what is there
            self._draw((float(places[here]), y), (float(places[next_]), y))
        else:
            self.move(pen=[float(places[next_]), there])

    @property
    def _pen(self) -> tuple[float, float]:
        x, y = self.shown["pen"]
        return x, y

    def _draw(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        if self.shown["revealed"]:
            return
        pen = [float(np.clip(end[0], *self.question.x)), float(np.clip(end[1], *self.question.y))]
        self.move(curve=self.question.stroke(self.shown["curve"], begin, (pen[0], pen[1])), pen=pen)

    # --- what is allowed

    def _heights(self, value: Any) -> list[float | None]:
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != POINTS:
            raise ValueError(f"must be a list of {POINTS} heights, None where nothing is drawn, got {value!r}")
        return [None if height is None else self._within(height, self.question.y) for height in value]

    def _point(self, value: Any) -> list[float]:
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
            raise ValueError(f"must be [x, y], got {value!r}")
        return [self._within(value[0], self.question.x), self._within(value[1], self.question.y)]

    @staticmethod
    def _within(value: Any, limits: tuple[float, float]) -> float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not limits[0] <= value <= limits[1]:
            raise ValueError(f"must be within {limits[0]:g} to {limits[1]:g}, got {value!r}")
        return float(value)
