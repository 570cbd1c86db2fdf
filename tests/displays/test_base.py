"""The base of the displays: axes, artists made once, and where the mouse is."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backend_bases import KeyEvent, MouseEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from nbkit.displays.base import COLOURS, Display


class Pair(Display):
    """Two axes, a line that moves in one of them and a bar that does not."""

    def layout(self, figure: Figure) -> dict[str, Axes]:
        left, right = figure.subplots(1, 2)
        return {"left": left, "right": right}

    def draw(self, left: Axes, right: Axes) -> None:
        self.line_ = self.live(left.plot([], [], color=COLOURS.model)[0])
        self.bar_ = right.bar([0], [1])[0]
        left.set(xlim=(0, 10), ylim=(0, 1))

    def update(self, x: Any, y: Any) -> None:
        self.line_.set_data(x, y)


@pytest.fixture
def display() -> Pair:
    display = Pair()
    FigureCanvasAgg(display.figure_)
    display.figure_.draw_without_rendering()
    return display


def mouse(display: Display, kind: str, where: str, x: float, y: float, **more: Any) -> None:
    across, up = display.axes_[where].transData.transform((x, y))
    MouseEvent(kind, display.figure_.canvas, across, up, **more)._process()


def heard(display: Display) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    for name in ("on_press", "on_drag", "on_release", "on_hover"):
        setattr(display, name, lambda x, y, where, name=name: calls.append((name[3:], x, y, where)))
    return calls


def test_axes_by_name_and_the_first_of_them(display: Pair) -> None:
    assert list(display.axes_) == ["left", "right"]
    assert display.ax_ is display.axes_["left"] and display.figure_ is display.ax_.figure


def test_draws_into_axes_that_are_given() -> None:
    figure = Figure()
    given = figure.subplots(1, 2)
    display = Pair(dict(zip(("left", "right"), given, strict=True)))
    assert display.figure_ is figure and len(given[0].lines) == 1 and not display.owns_figure
    engine = figure.get_layout_engine()
    display.fit()
    assert figure.get_layout_engine() is engine, "another's figure is laid out by its owner"


def test_update_makes_no_artists(display: Pair) -> None:
    before = [id(artist) for axes in display.axes_.values() for artist in axes.get_children()]
    for number in range(5):
        display.update(np.arange(3), np.full(3, number))
    assert [id(artist) for axes in display.axes_.values() for artist in axes.get_children()] == before
    assert (display.line_.get_xydata() == [[0, 4], [1, 4], [2, 4]]).all()


def test_live_artist_leaves_the_figure_fresh_and_is_saved_all_the_same(display: Pair) -> None:
    def saved() -> Any:
        with io.BytesIO() as file:
            display.figure_.savefig(file, format="png")
            return np.asarray(Image.open(file))

    empty = saved()
    display.figure_.draw_without_rendering()
    display.update([0, 10], [0.5, 0.5])
    assert not display.figure_.stale, "only what is not live costs a full draw"
    assert (saved() != empty).any()
    display.ax_.set_xlim(0, 5)
    assert display.figure_.stale


def test_press_drag_and_release_in_data_coordinates(display: Pair) -> None:
    calls = heard(display)
    mouse(display, "button_press_event", "left", 2, 0.5, button=1)
    mouse(display, "motion_notify_event", "left", 3, 0.25)
    mouse(display, "motion_notify_event", "left", 30, -5)  # far outside, in the same coordinates
    mouse(display, "button_release_event", "left", 4, 0.75, button=1)
    mouse(display, "motion_notify_event", "right", 0, 0.5)
    assert [(kind, where) for kind, _, _, where in calls] == [
        ("press", "left"),
        ("drag", "left"),
        ("drag", "left"),
        ("release", "left"),
        ("hover", "right"),
    ]
    # the mouse stands on whole pixels
    asked = [(2, 0.5), (3, 0.25), (30, -5), (4, 0.75), (0, 0.5)]
    assert np.allclose([(x, y) for _, x, y, _ in calls], asked, atol=0.04)


@pytest.mark.parametrize("more", [{"button": 3}, {"button": 2}, {"button": 1, "dblclick": True}])
def test_other_buttons_and_double_clicks_grab_nothing(display: Pair, more: dict[str, Any]) -> None:
    calls = heard(display)
    mouse(display, "button_press_event", "left", 2, 0.5, **more)
    mouse(display, "button_release_event", "left", 2, 0.5, button=more["button"])
    assert calls == []


def test_outside_of_the_axes_nothing_is_heard(display: Pair) -> None:
    calls = heard(display)
    mouse(display, "button_press_event", "left", -3, 0.5, button=1)
    mouse(display, "motion_notify_event", "left", -3, 0.5)
    assert calls == []


def test_zoom_of_the_toolbar_is_no_drag(display: Pair) -> None:
    calls = heard(display)

    class Toolbar:
        mode = "zoom rect"

    display.figure_.canvas.toolbar = Toolbar()
    mouse(display, "button_press_event", "left", 2, 0.5, button=1)
    mouse(display, "motion_notify_event", "left", 3, 0.5)
    assert calls == []


def test_keys(display: Pair) -> None:
    keys: list[str] = []
    KeyEvent("key_press_event", display.figure_.canvas, "a")._process()
    display.on_key = keys.append
    for key in ("left", "a", None):
        KeyEvent("key_press_event", display.figure_.canvas, key)._process()
    assert keys == ["left", "a"]


def test_base_has_nothing_to_draw() -> None:
    with pytest.raises(NotImplementedError, match="Display has no draw"):
        Display()
    with pytest.raises(NotImplementedError, match="has no update"):
        Display.update(object.__new__(Display))


def test_hidden_axes_take_no_zoom() -> None:
    class Two(Display):
        def layout(self, figure):
            return {"a": figure.add_subplot(), "b": figure.add_subplot()}

        def draw(self, a, b):
            self.see(["a"])

    display = Two()
    assert [ax.get_visible() for ax in display.axes_.values()] == [True, False]
    assert [ax.get_navigate() for ax in display.axes_.values()] == [True, False]
    display.fit()
    assert [ax.get_visible() for ax in display.axes_.values()] == [True, False]
    display.see(["b"])
    assert [ax.get_navigate() for ax in display.axes_.values()] == [False, True]
