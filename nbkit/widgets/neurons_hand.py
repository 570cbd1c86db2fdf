"""What the mouse and the keys do to a neuron: shift its line, turn and stretch its weights, carry its point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.displays.neurons import REACH
from nbkit.neurons import decision_line
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import on_grid

__all__ = ["BIAS", "STEP", "WEIGHT", "NeuronHand", "weight_arrow"]

Array = NDArray[np.float64]

WEIGHT, BIAS = 5.0, 10.0  # their largest sizes
STEP = 0.02  # of the sliders: at most a pixel for the line and for the cross
ARROW = 0.5  # length of the drawn arrow over that of w, so that it mostly stays in the plane
NEAR_TIP, NEAR_LINE = 0.3, 0.22  # what the mouse takes hold of, in units of the inputs


def weight_arrow(weights: Array, line: Array, anchor: Array) -> Array:
    """Foot and tip (2, 2) of the weights' arrow: the foot is the line's visible point nearest to the anchor."""
    if not len(line):
        return np.empty((0, 2))
    along = line[1] - line[0]
    square = float(along @ along)
    share = min(max(float((anchor - line[0]) @ along) / square, 0.0), 1.0) if square else 0.0
    foot = line[0] + share * along
    return np.array([foot, foot + ARROW * weights])


class NeuronHand(Explorer):
    """The part of the neuron's explorer that is moved on the figure; its parameters are named there."""

    def on_press(self, x: float, y: float, where: str) -> None:
        mouse, shown = np.array([x, y]), self.shown
        weights, b = np.array([shown["w1"], shown["w2"]]), shown["b"]
        if where == "plane":
            line = decision_line(weights, b, REACH)
            arrow = weight_arrow(weights, line, np.array(shown["anchor"]))
            if len(arrow) and np.linalg.norm(mouse - arrow[1]) < NEAR_TIP:
                self.move(grabbed="tip", anchor=arrow[0].tolist())
            elif len(line) and abs(weights @ mouse + b) / np.linalg.norm(weights) < NEAR_LINE:
                self.move(grabbed="line")
            else:
                self.on_hover(x, y, where)
        elif where == "curve" and weights[0] and abs(x + b / weights[0]) < NEAR_LINE:
            self.move(grabbed="line")
        else:
            self.on_hover(x, y, where)

    def on_drag(self, x: float, y: float, where: str) -> None:
        mouse, shown = np.array([x, y]), self.shown
        if shown["grabbed"] == "tip":
            anchor = np.array(shown["anchor"])
            weights = (mouse - anchor) / ARROW
            if np.linalg.norm(weights) >= 0.05:  # at the foot itself the arrow has no direction
                self._set_neuron(weights, -float(weights @ anchor))
        elif shown["grabbed"] == "line" and where == "plane":
            self._set_bias(-shown["w1"] * x - shown["w2"] * y)
        elif shown["grabbed"] == "line":
            self._set_bias(-shown["w1"] * x)
        else:
            self.on_hover(x, y, where)

    def on_release(self, x: float, y: float, where: str) -> None:
        if self.shown["grabbed"]:
            self.on_drag(x, y, where)  # the front end leaves out moves that come too fast, also the last
            self.move(grabbed="")

    def on_hover(self, x: float, y: float, where: str) -> None:
        if where == "plane":
            self.move(x1=_inside(x, REACH), x2=_inside(y, REACH))
        elif where == "curve":
            self.move(x1=_inside(x, REACH))

    def on_key(self, key: str) -> None:
        shown, two = self.shown, self.shown["inputs"] == 2
        weights, b = np.array([shown["w1"], shown["w2"]]), shown["b"]
        arrow = weight_arrow(weights, decision_line(weights, b, REACH), np.array(shown["anchor"]))
        side = {"left": -1, "right": 1}.get(key.removeprefix("shift+"), 0)
        rise = {"down": -1, "up": 1}.get(key.removeprefix("shift+"), 0)
        if key in ("+", "=", "shift++", "-", "_"):
            factor = 1 / 1.1 if key in ("-", "_") else 1.1
            self._set_neuron(weights * factor, b * factor)
        elif key.startswith("shift+") and (side or rise):
            self.move(x1=_inside(shown["x1"] + 0.1 * side, REACH), x2=_inside(shown["x2"] + 0.1 * rise, REACH))
        elif rise:
            self._set_bias(b + 0.1 * rise)
        elif side and not two:
            self._set_bias(b - 0.1 * side * shown["w1"])
        elif side and weights.any():
            turned = _turned(weights, -5 * side)
            foot = arrow[0] if len(arrow) else -b * weights / (weights @ weights)
            self._set_neuron(turned, -float(turned @ foot), foot.tolist())

    def _set_bias(self, b: float) -> None:
        self.move(b=_inside(b, BIAS))

    def _set_neuron(self, weights: Array, b: float, anchor: list[float] | None = None) -> None:
        """Move the neuron; where a number would leave its slider all three shrink alike, which keeps the line."""
        shrink = max(1.0, float(np.abs(weights).max()) / WEIGHT, abs(b) / BIAS)
        w1, w2 = (_inside(float(w), WEIGHT) for w in weights / shrink)
        parameters: dict[str, Any] = {} if anchor is None else {"anchor": anchor}
        self.move(w1=w1, w2=w2, b=_inside(b / shrink, BIAS), **parameters)


def _inside(value: float, size: float) -> float:
    """Within ±size, and where the slider stands: what is printed can be checked by hand."""
    return on_grid(value, -size, size, STEP)


def _turned(weights: Array, degrees: float) -> Array:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]]) @ weights
