"""Mouse and keys on the trainer's figure: neurons and weights are chosen and changed, curves are read and walked along."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from nbkit.displays.training import TrainingDisplay
from nbkit.inspection import observe
from nbkit.widgets.training.pins import MOST_PINS, pin_of
from nbkit.widgets.training.walking import Walking

__all__ = ["Hands"]

STEP = 0.1  # by which a key changes a weight
PIXELS = 0.02  # by which a pixel of the mouse does
HINT = """Click a neuron, drag a weight up or down, click a curve to look back. Keys, after a click: space&nbsp;play, .&nbsp;step,
e&nbsp;epoch, r&nbsp;rewind, n&nbsp;new&nbsp;start, p&nbsp;pin; Shift+arrows&nbsp;neuron, w&nbsp;its&nbsp;weights,
↑&nbsp;↓&nbsp;change&nbsp;it; ←&nbsp;→&nbsp;read&nbsp;curves, Enter&nbsp;go&nbsp;there, Esc&nbsp;let&nbsp;go."""


class Hands(Walking):
    """What the mouse and the keys do on the figure, and `edit` and `pin`, which code may call too."""

    display_: TrainingDisplay
    hint = HINT
    _held: tuple[float, float] | None = None  # where the mouse took hold of a weight, and the weight's value then

    # --- what is chosen

    def chosen(self) -> tuple[str, tuple[int, ...]] | None:
        """The parameter that is chosen, its name in the model and the index in it: a weight, or the bias of a chosen neuron."""
        selected = self.shown["selected"]
        if not selected:
            return None
        layers = [layer.name for layer in observe(self.trainer.model, *self.painter.places.data)]
        if not 0 < selected[0] <= len(layers):
            return None
        kind = "weight" if len(selected) == 3 else "bias"
        name = f"{layers[selected[0] - 1]}.{kind}".lstrip(".")
        known = dict(self.run_.model_at(self.shown["steps"]).named_parameters())
        index = tuple(selected[1:])
        inside = name in known and len(index) == known[name].ndim
        return (name, index) if inside and all(i < n for i, n in zip(index, known[name].shape, strict=True)) else None

    def value(self) -> float | None:
        """The chosen weight or bias, at the step that is shown."""
        chosen = self.chosen()
        if chosen is None:
            return None
        return float(self.run_.model_at(self.shown["steps"]).get_parameter(chosen[0]).detach()[chosen[1]])

    def edit(self, name: str, index: tuple[int, ...] | list[int], value: float) -> None:
        """Set one number of the model at the step that is shown, like `edit("layers.0.weight", (2, 1), 0.5)`.

        Training goes on with it. Where one has looked back, what came after is forgotten. Raises ValueError for a parameter or
        place that there is not.
        """
        known = dict(self.trainer.model.named_parameters())
        if name not in known:
            raise ValueError(f"there is no parameter {name!r}; there are {', '.join(known)}")
        shape = tuple(known[name].shape)
        if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
            raise ValueError(f"{name} has the shape {shape}, got the place {tuple(index)}")
        if not abs(value) < 1e6:
            raise ValueError(f"a weight must be a number below 10⁶, got {value!r}")
        step = min(self.shown["steps"], self.trainer.steps)
        edits = [[name, list(index), float(value)]]
        for at, values in self.shown["changes"]:
            if at == step and "weights" in values:
                edits = [edit for edit in values["weights"] if edit[:2] != edits[0][:2]] + edits
        self.set(changes=self.branched(step, weights=edits))

    def pin(self) -> None:
        """Keep the curves of what is shown, to be drawn under those of the runs that follow; at most three."""
        pin = pin_of(self.shown)
        self.painter.pins.keep(pin)
        self.set(pinned=[*(known for known in self.shown["pinned"] if known != pin), pin][-MOST_PINS:])

    # --- the mouse

    def on_press(self, x: float, y: float, where: str) -> None:
        display = self.display_
        if where in ("loss", "metric"):
            step = display.parts_[where].step_at(x)
            if step is not None:
                self.move(steps=int(step), cursor=-1)
        elif where == "network":
            unit = display.network_.unit_at(x, y)
            weight = display.network_.weight_at(x, y)
            if unit is not None and unit[0] > 0:
                self.move(selected=list(unit), panel="unit")
            elif weight is not None:
                self.move(selected=list(weight))
                value = self.value()
                self._held = None if value is None else (y, value)
            else:
                self.move(selected=[])

    def on_drag(self, x: float, y: float, where: str) -> None:
        if where == "network" and self._held is not None:
            self._change_to(self._held[1] + PIXELS * (y - self._held[0]))
        elif where in ("loss", "metric"):
            self.on_press(x, y, where)

    def on_release(self, x: float, y: float, where: str) -> None:
        self._held = None

    def on_hover(self, x: float, y: float, where: str) -> None:
        if where in ("loss", "metric"):
            step = self.display_.parts_[where].step_at(x)
            if step is not None and step != self.shown["cursor"]:
                self.move(cursor=int(step))
        elif self.shown["cursor"] >= 0:
            self.move(cursor=-1)

    # --- the keys

    def on_key(self, key: str) -> None:
        act = self.presses().get(key)
        if act is not None:
            act()

    def presses(self) -> dict[str, Callable[[], object]]:
        """What each key does on the figure; `hint` names them all."""
        return {
            " ": self.desk.toggle,
            ".": lambda: self._go(1),
            "e": self.desk.epoch,
            "r": lambda: self.move(steps=0),
            "n": self.desk.new_start,
            "p": self.pin,
            "escape": lambda: self.move(selected=[], cursor=-1),
            "left": lambda: self._read(-1),
            "right": lambda: self._read(+1),
            "enter": lambda: (
                self.move(steps=max(self.shown["cursor"], 0), cursor=-1) if self.shown["cursor"] >= 0 else None
            ),
            "up": lambda: self._nudge(STEP),
            "down": lambda: self._nudge(-STEP),
            "shift+left": lambda: self._choose(-1, 0),
            "shift+right": lambda: self._choose(+1, 0),
            "shift+up": lambda: self._choose(0, -1),
            "shift+down": lambda: self._choose(0, +1),
            "w": self._next_weight,
        }

    def _read(self, by: int) -> None:
        """Move the cursor along the curves; the first press puts it at their end."""
        cursor = self.shown["cursor"]
        part = self.display_.parts_["loss" if "loss" in self.shown["show"] else "metric"]
        step = part.neighbour(float(cursor if cursor >= 0 else self.shown["steps"]), by)
        if step is not None:
            self.move(cursor=int(step))

    def _nudge(self, by: float) -> None:
        value = self.value()
        if value is not None:
            self._change_to(value + by)

    def _change_to(self, value: float) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self.edit(*chosen, round(value, 4))

    def _choose(self, layers: int, neurons: int) -> None:
        """Another neuron, by layers to the right and neurons down."""
        sizes = [layer.size for layer in observe(self.trainer.model, *self.painter.places.data)]
        if sizes:
            layer, neuron = (*self.shown["selected"], 1, 0)[:2] if self.shown["selected"] else (1 - layers, -neurons)
            layer = min(max(layer + layers, 1), len(sizes))
            self.move(selected=[layer, min(max(neuron + neurons, 0), sizes[layer - 1] - 1)], panel="unit")

    def _next_weight(self) -> None:
        """Of the chosen neuron the first weight, then the next; after the last its bias."""
        selected = self.shown["selected"]
        layers = observe(self.trainer.model, *self.painter.places.data)
        if selected and 0 < selected[0] <= len(layers) and isinstance(layers[selected[0] - 1].module, nn.Linear):
            sources = layers[selected[0] - 1].module.in_features
            source = selected[2] + 1 if len(selected) == 3 else 0
            self.move(selected=[*selected[:2], source] if source < sources else selected[:2])
