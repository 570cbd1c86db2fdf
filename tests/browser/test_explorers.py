"""Every public explorer, used by keyboard: each control moves the figure, and the figure that is seen is the one that is saved."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator

import nbkit

from .conftest import Opener
from .lab import Figure, Notebook, same, unlike

# What brings up the controls that an explorer does not show at first: buttons by their label, and parameters.
WAYS: dict[str, list[str | dict[str, Any]]] = {
    "ActivationExplorer": [
        {"view": "functions", "function": "leaky_relu", "compare": ["elu", "swish"]},
        {"view": "depth"},
        {"view": "network"},
        {"view": "softmax"},
    ],
    "BackpropExplorer": [
        "neuron, squared error",
        {"expression": "x1*w1 + x2*w2"},
    ],
    "CapacityExplorer": [],
    "GradientDescentExplorer": [
        {"objective": "narrow valley", "race": ["momentum", "adagrad", "adadelta", "rmsprop", "adam"]},
        {"schedule": "step"},
        {"schedule": "exponential"},
        {"schedule": "cosine"},
        {"objective": "expression", "race": [], "schedule": "constant"},
        {"objective": "two minima", "batch_size": 10},
    ],
    "NeuronExplorer": [{"inputs": 2, "data": "overlap"}],
    "NormalizationExplorer": [{"view": "batches"}, {"view": "batch norm"}, {"view": "speed"}],
    "ReLUSumExplorer": ["Train", {"source": "formula"}],
    "TrainingExplorer": [{"data": "region"}, {"data": "curve"}, {"data": "blobs"}],
}
# What it is made with, where the usual leaves nothing to move.
MADE = {"TrainingExplorer": "hidden=[4], samples=100, steps=400"}

# Each control's place in the page gets its name, since a control may have no label of its own.
MARK = """
for _name, _control in e.controls.items():
    if hasattr(_control, 'add_class'): _control.add_class('control-' + _name)
"""
NAMES = "[name for name, control in e.controls.items() if hasattr(control, 'add_class')]"

PARTS = '.noUi-handle, select, input:not([type="hidden"]), .widget-toggle-button'

# Names of the controls that are in the page and of which something can be moved, from the top of the page; choices come last,
# since they hide others.
SEEN = """parts => [...document.querySelectorAll('[class*="control-"]')].map(control => {
  const part = [...control.querySelectorAll(parts)].find(part => part.checkVisibility() && part.offsetWidth > 0);
  const name = [...control.classList].find(each => each.startsWith('control-')).slice('control-'.length);
  return part && {name, choice: part.tagName === 'SELECT', top: control.getBoundingClientRect().top};
}).filter(Boolean).sort((a, b) => a.choice - b.choice || a.top - b.top).map(control => control.name)"""


def test_every_explorer_is_here() -> None:
    assert set(WAYS) == {name for name in nbkit.__all__ if name.endswith("Explorer") and name != "Explorer"}


@pytest.mark.parametrize("name", WAYS)
def test_every_control_by_keyboard(opened: Opener, name: str) -> None:
    notebook = opened([f"import nbkit; e = nbkit.{name}({MADE.get(name, '')}); e"], size=(1280, 1600))
    notebook.run_all()
    figure = notebook.figure()
    figure.shows("e.figure")
    # covered by nothing but the handle in its corner
    assert unlike(figure.screenshot(), figure.settled()) < 0.005
    first, initial = figure.settled(), notebook.ask("e.shown")
    notebook.run(MARK)
    hand = Hand(notebook, figure)
    hand.use_what_is_seen()
    for way in WAYS[name]:
        if isinstance(way, str):
            notebook.press(way, "Space")
        else:
            notebook.run(f"e.set(**{way!r})")
        figure.shows("e.figure")
        hand.use_what_is_seen()
    assert hand.left() == set(), "controls that nothing brings up"
    with figure.change():
        notebook.press("Reset", "Space")
    figure.shows("e.figure")
    assert notebook.ask("e.shown") == initial
    assert same(figure.settled(), first)
    assert not notebook.failures


class Hand:
    """Uses each control once, and looks at the figure each time."""

    def __init__(self, notebook: Notebook, figure: Figure) -> None:
        self.notebook, self.figure = notebook, figure
        self.names: list[str] = notebook.ask(NAMES)
        self.used: set[str] = set()

    def left(self) -> set[str]:
        """The controls that have not been used."""
        return set(self.names) - self.used

    def use_what_is_seen(self) -> None:
        """Use the controls that can be seen, in each tab where there are tabs."""
        tabs = self.notebook.explorer().locator(".lm-TabBar-tab")
        for number in range(max(tabs.count(), 1)):
            if tabs.count():
                tabs.nth(number).focus()
                self.notebook.page.keyboard.press("Enter")
            while seen := [name for name in self.seen() if name in self.left()]:
                self.use(seen[0])

    def seen(self) -> list[str]:
        """The controls that can be seen now."""
        names: list[str] = self.notebook.page.evaluate(SEEN, PARTS)
        return names

    def use(self, name: str) -> None:
        """Move a control: the value is another one, and the figure is the one that would be saved."""
        self.used.add(name)
        now = f"[e.parameters[{name!r}], e.shown[{name!r}], e.error]"
        before, drawn, _ = self.notebook.ask(now)
        place = self.notebook.page.locator(f".control-{name}").first
        part = place.locator(PARTS).locator("visible=true").first
        self.move(part)
        value, shown, error = self.notebook.until(
            lambda: (said := self.notebook.ask(now)) and said[0] != before and (said[1] != drawn or said[2]) and said,
            lambda: f"{name} moves from {before!r}: {self.notebook.ask(now)}",
        )
        if error:  # a device that is not here, a loss that does not fit the data: the choice is refused, and taken back
            assert part.evaluate("e => e.tagName") == "SELECT" and shown == drawn != value, error
            self.notebook.until(lambda: self.notebook.error_lines, "the error line")
            self.figure.shows("e.figure")
            self.move(part, back=True)
            self.notebook.until(lambda: not self.notebook.error_lines, "the error line is gone")
        self.figure.shows("e.figure")
        assert not self.notebook.error_lines, name

    def move(self, part: Locator, back: bool = False) -> None:
        """Press keys until the part says something else."""
        kind = part.evaluate("e => e.type || e.className")
        keys = {
            "select-one": [["Space", "ArrowDown", "Enter"], ["Space", "ArrowUp", "Enter"]],
            "checkbox": [["Space"]],
            "submit": [["Space"]],
            "button": [["Space"]],
            "text": [["End", " ", "+", " ", "0", "Enter"]],
            "number": [["ArrowUp"], ["ArrowDown"]],
        }.get(kind, [["ArrowRight"], ["ArrowLeft"]])
        # what a slider says of itself is rounded: where it stands is not
        state = "e => e.checked + e.value + e.parentElement.style.transform + e.className"
        part.focus()
        before = part.evaluate(state)
        for attempt in reversed(keys) if back else keys:
            for key in attempt:
                self.notebook.page.keyboard.press(key)
            if part.evaluate(state) != before:
                return
        raise AssertionError(f"{kind} does not move")
