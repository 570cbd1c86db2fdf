"""What the hand does to a sum of ReLUs: add and remove neurons, drag kinks, paint the target, by mouse and by keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbkit.approximation import MOST
from nbkit.targets import PAINTED, Target, stroke
from nbkit.widgets.base import Explorer
from nbkit.widgets.relu_rules import all_on, chosen

__all__ = ["ReLUSumHand"]

Array = NDArray[np.float64]

NEAR = 12.0  # pixels, within which the mouse takes hold


class ReLUSumHand(Explorer):
    """Mouse and keys of the ReLU sum's explorer, which says what the `target` is for given parameters."""

    def target(self, parameters: dict[str, Any]) -> Target:
        """What the sum is to be like."""
        raise NotImplementedError(f"{type(self).__name__} has no target")

    def add(self) -> None:
        """A neuron of output weight 0 in the middle of the widest gap between kinks and edges; it is selected."""
        neurons, (low, high) = self.shown["neurons"], self.shown["domain"]
        kinks = all_on(neurons).kinks
        places = np.sort([low, *kinks[(kinks > low) & (kinks < high)], high])
        widest = int(np.diff(places).argmax())
        kink = round(float(places[widest] + places[widest + 1]) / 2, 3)
        neuron = {"weight": 1.0, "bias": -kink, "output_weight": 0.0, "on": True}
        self.move(neurons=[*neurons, neuron], selected=min(len(neurons), MOST - 1))

    def remove(self) -> None:
        """Take the selected neuron away."""
        neurons, selected = list(self.shown["neurons"]), chosen(self.shown["neurons"], self.shown["selected"])
        if neurons:
            del neurons[selected]
            self.move(neurons=neurons, selected=max(min(selected, len(neurons) - 1), 0))

    def on_press(self, x: float, y: float, where: str) -> None:
        if where != "sum":
            return
        kink, line = self._under(x, y)
        if kink is not None:
            self.move(selected=kink, grabbed="kink")
        elif self.shown["source"] == "painted":
            self._paint((x, y), (x, y), grabbed="pen")
        elif line is not None:
            self.move(selected=line)

    def on_drag(self, x: float, y: float, where: str) -> None:
        if self.shown["grabbed"] == "kink":
            self._kink_to(x)
        elif self.shown["grabbed"] == "pen":
            self._paint((x, y), self.shown["pen"])

    def on_release(self, x: float, y: float, where: str) -> None:
        if self.shown["grabbed"]:
            self.move(grabbed="")

    def _under(self, x: float, y: float) -> tuple[int | None, int | None]:
        """The neuron whose kink, and the one whose line, is near enough to the mouse."""
        terms, kinks = self._arrays["terms"], self._arrays["kinks"]
        if not len(kinks):
            return None, None
        pixels = self.display_.axes_["sum"].transData.transform
        dots = pixels(np.column_stack([np.nan_to_num(kinks, nan=1e9), np.zeros(len(kinks))]))
        lines = pixels(terms.reshape(-1, 2)).reshape(terms.shape)
        mouse = pixels((x, y))
        away = np.minimum(_distance(mouse, lines[:, 0], lines[:, 1]), _distance(mouse, lines[:, 1], lines[:, 2]))
        return _nearest(np.hypot(*(dots - mouse).T)), _nearest(away)

    def _kink_to(self, x: float) -> None:
        """Move the selected kink: the bias follows, the weight and with it the slope change stay."""
        low, high = self.shown["domain"]
        neurons = self.shown["neurons"]
        selected = chosen(neurons, self.shown["selected"])
        if selected >= 0 and neurons[selected]["weight"]:
            place = round(min(max(x, low), high), 4)
            self._edit(bias=round(-neurons[selected]["weight"] * place, 6) + 0.0)

    def _edit(self, **numbers: Any) -> None:
        neurons = [dict(neuron) for neuron in self.shown["neurons"]]
        neurons[chosen(neurons, self.shown["selected"])].update(numbers)
        self.move(neurons=neurons)

    def _paint(self, to: tuple[float, float], begin: tuple[float, float], **parameters: Any) -> None:
        """Draw a stroke; what was trained on another target goes."""
        pen, target = self._inside(*to), self.target(self.shown)
        self.move(painted=stroke(target, self._inside(*begin), pen), pen=list(pen), start=None, **parameters)

    def _inside(self, x: float, y: float) -> tuple[float, float]:
        domain, heights = self.shown["domain"], self._arrays["limits"]
        return float(np.clip(x, *domain)), float(np.clip(y, *heights))

    def on_key(self, key: str) -> None:
        shown, (low, high) = self.shown, self.shown["domain"]
        count = len(shown["neurons"])
        selected = chosen(shown["neurons"], shown["selected"])
        pen, _, arrow = key.rpartition("+")
        side, rise = {"left": (-1, 0), "right": (1, 0), "down": (0, -1), "up": (0, 1)}.get(arrow, (0, 0))
        if pen in ("shift", "ctrl"):
            self._move_pen(side, rise, drawing=pen == "shift")
        elif key == "a":
            self.add()
        elif not count:
            return
        elif key in ("d", "delete"):
            self.remove()
        elif key == "o":
            self._edit(on=not shown["neurons"][selected]["on"])
        elif key in ("n", "p"):
            self.move(selected=(selected + (1 if key == "n" else -1)) % count)
        elif key.isdecimal() and 0 < int(key) <= count:
            self.move(selected=int(key) - 1)
        elif rise:
            self._edit(output_weight=round(shown["neurons"][selected]["output_weight"] + 0.05 * rise, 6))
        elif side and np.isfinite(kink := self._arrays["kinks"][selected]):
            self._kink_to(kink + side * (high - low) / 200)

    def _move_pen(self, side: int, rise: int, drawing: bool) -> None:
        """A cell to the side, or a sixtieth of the height, drawing or not."""
        if self.shown["source"] != "painted" or not (side or rise):
            return
        pen, (low, high), (bottom, top) = self.shown["pen"], self.shown["domain"], self._arrays["limits"]
        to = self._inside(pen[0] + side * (high - low) / (PAINTED - 1), pen[1] + rise * (top - bottom) / 60)
        if drawing:
            self._paint(to, pen)
        else:
            self.move(pen=list(to))


def _nearest(pixels: Array) -> int | None:
    return int(pixels.argmin()) if pixels.min() < NEAR else None


def _distance(point: Array, starts: Array, ends: Array) -> Array:
    """How far a point (2,) is from each of the segments between starts and ends (n, 2)."""
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - starts) * along).sum(axis=1) / lengths, 0, 1)
    return np.asarray(np.hypot(*(starts + share[:, None] * along - point).T))
