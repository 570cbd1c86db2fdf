"""The smallest explorer that has a bit of everything: what the browser's tests of the base use."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from nbkit.displays.base import COLOURS, Display
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import checkbox, choice, slider, text

SHAPES = {"sine": np.sin, "square": lambda t: np.sign(np.sin(t)), "broken": None}


class WaveDisplay(Display):
    """A wave against time, with a point that can be dragged."""

    figsize = (6, 3.6)

    def draw(self, ax: Axes) -> None:
        self.curve_ = self.live(ax.plot([], [], color=COLOURS.model)[0])
        self.point_ = self.live(ax.plot([], [], "o", color=COLOURS.bad, markersize=12)[0])
        ax.set(xlabel="time (s)", ylabel="displacement", xlim=(0, 10), ylim=(-3, 3))

    def update(self, t: Any, displacement: Any, amplitude: float, colour: str) -> None:
        self.curve_.set_data(t, displacement)
        self.curve_.set_color(colour)
        self.point_.set_data([5], [amplitude])


class WaveExplorer(Explorer):
    """A wave whose amplitude is a slider, a point to drag and the keys n and m."""

    display = WaveDisplay

    def __init__(
        self, amplitude: float = 1.0, shape: str = "sine", dark: bool = False, title: str = "a", function: Any = None
    ) -> None:
        super().__init__(
            objects={"function": function},
            amplitude=slider("Amplitude", amplitude, -2.5, 2.5, tip="The height of the wave"),
            shape=choice("Shape", shape, list(SHAPES), tip="One of them raises"),
            dark=checkbox("Dark line", dark, tip="The colour of the line"),
            title=text("Title", title, tip="Stands in the caption"),
        )

    def compute(self, amplitude: float, shape: str, dark: bool, title: str) -> dict[str, Any]:
        t = np.linspace(0, 10, 400)
        if shape == "broken":
            raise ValueError("this wave is broken; choose another shape")
        wave = (self.objects["function"] or SHAPES[shape])(t)
        colour = COLOURS.target if dark else COLOURS.model
        caption = f"{title}: {amplitude:.2f}"
        return {"t": t, "displacement": amplitude * wave, "amplitude": amplitude, "colour": colour, "caption": caption}

    def code(self) -> str:
        return f"print({self.shown['amplitude']})"

    def on_press(self, x: float, y: float, where: str) -> None:
        self.on_drag(x, y, where)

    def on_drag(self, x: float, y: float, where: str) -> None:
        self.move(amplitude=round(float(np.clip(y, -2.5, 2.5)), 2))

    def on_key(self, key: str) -> None:
        if key in ("n", "m"):
            self.move(amplitude={"n": -2.0, "m": 2.0}[key])
