"""How the trainer's controls stand in the page: the keys of play above, the rest in tabs."""

from __future__ import annotations

import base64
import html
import time
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from nbkit.widgets.controls import WIDE
from nbkit.widgets.training.controls import GROUPS

__all__ = ["Desk"]

WIDTH = "300px"
STYLE = """<style>
.nbkit-desk .widget-tab-contents, .nbkit-desk .lm-TabPanel-tabContents { padding: 3px 2px !important }
.nbkit-desk .lm-TabBar-tab, .nbkit-desk .p-TabBar-tab { flex: 1 1 auto !important; min-width: 0 !important; padding: 0 8px }
.nbkit-said { font-size: 12px; line-height: 16px; display: block; min-height: 16px; white-space: normal }
</style>"""
KEY = {"height": "30px", "margin": "1px", "width": "auto", "padding": "0 7px", "flex": "0 0 auto"}


class Desk:
    """The keys, the scrubber and the tabs of an explorer; `turned` tells it whether it plays, `show` how far it is."""

    def __init__(self, explorer: Any) -> None:
        self.explorer = explorer
        self.play = self._key("Play", "Train, or pause; on the figure press the space bar", self.toggle, icon="play")
        self.play.button_style, self.play.layout.width = "primary", "84px"
        first = [
            self.play,
            self._key("Step", "Make one step; on the figure press .", lambda: explorer._go(1)),
            self._key("Epoch", "Train to the end of the epoch; on the figure press e", self.epoch),
            self._key("To the end", "Train up to the epoch that is set in the tab Run", lambda: self._to(explorer.shown["epochs"])),
        ]  # fmt: skip
        second = [
            explorer.button(
                "Rewind", "Go back to step 0 of the same start; on the figure press r", lambda: explorer.move(steps=0)
            ),
            explorer.button(
                "New start",
                "Start anew with the next seed, other weights and batches; on the figure press n",
                self.new_start,
            ),
            explorer.button(
                "Pin", "Keep these curves and draw them under the next run; on the figure press p", explorer.pin
            ),
        ]
        for key in second:
            key.layout = KEY
        self.progress = ipywidgets.FloatProgress(
            max=1, layout={"width": "70px", "height": "14px", "visibility": "hidden", "flex": "1 1 0"}
        )
        self.said = ipywidgets.HTML(layout={"width": WIDTH, "margin": "0"})
        tabs = ipywidgets.Tab(
            [self._tab(explorer.controls, names) for names in GROUPS.values()], layout={"width": WIDTH, "margin": "0"}
        )
        for number, title in enumerate(GROUPS):
            tabs.set_title(number, title)
        tabs.children[-1].children = [*tabs.children[-1].children, self._take_away()]
        rows = [
            ipywidgets.HBox(keys, layout={"width": WIDTH, "align_items": "center"})
            for keys in (first, [*second, self.progress])
        ]
        self.widget = ipywidgets.VBox([*rows, explorer.controls["steps"], self.said, tabs], layout={"width": WIDTH})
        self.widget.add_class("nbkit-desk")
        self._told, self._noted = 0.0, ""
        self.say("")

    def _key(self, label: str, tip: str, action: Callable[[], object], icon: str = "") -> ipywidgets.Button:
        """A key that acts at once: `explorer.button` would wait for the lock, which who trains may hold."""
        key = ipywidgets.Button(description=label, icon=icon, tooltip=tip, layout=KEY)
        key.on_click(lambda _: action())
        return key

    def _tab(self, controls: Mapping[str, ipywidgets.Widget], names: tuple[str, ...]) -> ipywidgets.Widget:
        there = [controls[name] for name in names if name in controls]
        for control in there:
            if control.layout.width == WIDE["width"]:
                control.layout.width = "288px"
        if "hidden" in names and "hidden" in controls:
            pair = ipywidgets.HBox([controls["hidden"], controls["activation"]], layout={"margin": "0"})
            there = [pair, *(w for w in there if w not in (controls["hidden"], controls["activation"]))]
        return ipywidgets.VBox(there, layout={"margin": "0", "padding": "2px 0"})

    def _take_away(self) -> ipywidgets.Widget:
        """Keys that make what can be taken away, and the place where it is offered."""
        explorer = self.explorer
        self.offer = ipywidgets.HTML(layout={"width": "288px", "margin": "0"})
        files: dict[str, tuple[str, Callable[[], str]]] = {
            "History": ("history.csv", explorer.history_csv),
            "Weights": ("weights.csv", explorer.weights_csv),
            "Program": ("training.py", explorer.code),
            "State": ("state.txt", lambda: str(explorer.state)),
        }
        keys = []
        for label, (name, make) in files.items():
            key = explorer.button(
                label, f"Make {name}, which can then be saved", lambda name=name, make=make: self._offer(name, make())
            )
            key.layout = {**KEY, "height": "26px"}
            keys.append(key)
        title = ipywidgets.Label("Take away, as it is now", layout={"height": "22px"})
        return ipywidgets.VBox([title, ipywidgets.HBox(keys), self.offer])

    def _offer(self, name: str, text: str) -> None:
        data = base64.b64encode(text.encode()).decode()
        link = f'<a download="{name}" href="data:text/plain;base64,{data}"><u>Save {name}</u></a>'
        area = (
            f'<textarea readonly rows="3" style="width: 280px; font-size: 11px">{html.escape(text[:20000])}</textarea>'
        )
        self.offer.value = f"{link}<br>{area}"

    def toggle(self) -> None:
        """Play or pause."""
        if self.explorer.playing:
            self.explorer.pause()
        else:
            self.explorer.play()

    def epoch(self) -> None:
        """To the end of the epoch."""
        self._to(self.explorer.shown_epoch // 1 + 1)

    def _to(self, epoch: float) -> None:
        steps = self.explorer.steps_to(epoch)
        if steps:
            self.explorer._go(steps)
        else:
            self.say(f"epoch {epoch:g} is over: 'To the end' is set in the tab Run")

    def new_start(self) -> None:
        """The next seed."""
        self.explorer.move(seed=(self.explorer.shown["seed"] + 1) % 100)

    # --- what it says

    def note(self, sentence: str) -> None:
        """Say what holds as long as it is so; "" takes it back."""
        if sentence != self._noted:
            self._noted = sentence
            self.say(sentence)

    def say(self, sentence: str) -> None:
        """A line under the keys; an empty one leaves its room."""
        text = f'{STYLE}<span class="nbkit-said">{html.escape(sentence)}</span>'
        if self.said.value != text:
            self.said.value = text

    def turned(self, playing: bool) -> None:
        """Show the key for what can be done now."""
        label, icon = ("Pause", "pause") if playing else ("Play", "play")
        if self.play.description != label:
            self.play.description, self.play.icon = label, icon
        self.advance(None)

    def advance(self, progress: tuple[float, float] | None) -> None:
        """Show the part that is done and the seconds that are left, a few times a second; None hides it."""
        visibility = "hidden" if progress is None else "visible"
        if self.progress.layout.visibility != visibility:
            self.progress.layout.visibility = visibility
        if progress is None and self._told:
            self._told = 0.0
            if "left" in self.said.value:
                self.say("")
        if progress is not None and time.monotonic() - self._told > 0.2:
            self._told = time.monotonic()
            self.progress.value = progress[0]
            self.progress.description = ""
            self.say(f"{100 * progress[0]:.0f} %, {_duration(progress[1])} left")


def _duration(seconds: float) -> str:
    if seconds == float("inf"):
        return "…"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
