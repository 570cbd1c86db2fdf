"""The base of every explorer: controls, one pure `compute`, and a display.

There is one path from a control to the pixels: a control moves, the parameters are read once, `compute` makes arrays of them,
the display takes the arrays, the canvas shows what changed. The base walks it under the figure's lock; an explorer has no
callback of its own.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import ipywidgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.base import Display
from nbkit.displays.png import png_text
from nbkit.widgets import lifetime
from nbkit.widgets.canvas import make_canvas
from nbkit.widgets.page import Page, columns
from nbkit.widgets.parts import Part
from nbkit.widgets.state import Controlled, Parameters
from nbkit.widgets.words import alike, brief

__all__ = ["Explorer", "Parameters"]


class Explorer(Controlled):
    """A figure with controls, to be shown by naming it in a cell.

    A subclass names its `display`, hands its controls to `super().__init__` by the names of the parameters, and computes. Public
    attributes: `controls` (the state, by name), `parameters` (plain JSON values), `objects` (what is no JSON: callables, data),
    `figure` and `display_`, `error` (the failure now shown, or ""), `shown` (the last parameters that gave a picture), `initial`
    (the parameters that it was made with).
    """

    display: ClassVar[type[Display]]
    #: HTML: what mouse and keys do on the figure, said below it where no caption takes that place.
    hint: ClassVar[str] = ""
    _closed = True  # nothing to release until all is made

    def __init__(self, *, objects: dict[str, Any] | None = None, **controls: ipywidgets.Widget) -> None:
        self.objects = dict(objects or {})
        self.controls = controls
        self.error = ""
        self.shown: Parameters = {}
        self.caption = ""
        self._arrays: dict[str, Any] = {}
        self._numbers = itertools.count(1)  # of moves; handed out in one step, also to threads
        self._moves = self._drawn = 0
        self._followed: Parameters = {}
        try:
            self._checked({name: control.asked for name, control in controls.items()})
            self.display_ = self.display()
            self.figure: Figure = self.display_.figure_
            self.canvas = make_canvas(self.display_)
            for control in controls.values():
                if isinstance(control, Part):
                    control.lock = self.lock
            self._update()
            self.initial = dict(self.shown)
            reset = self.button("Reset", "Go back to the state that the explorer was made with", self.reset)
            self._page = Page(self.arrange(), reset, self.canvas.widget, self.figure.bbox.width, self.hint)
            self._page.code_wanted.observe(self._code_toggled, "value")
            super().__init__(children=self._page.children)
            self.add_class("nbkit-explorer")
            for name in ("on_press", "on_drag", "on_release", "on_hover", "on_key"):
                if hasattr(self, name):
                    setattr(self.display_, name, self._guarded(getattr(self, name)))
            for control in controls.values():
                control.observe(self._moved, "value")
            self._show()
        except BaseException:
            if hasattr(self, "canvas"):
                self.canvas.close()
                lifetime.close_all([self.canvas.widget])
            lifetime.close_all([*controls.values(), *self.children, self.layout])
            super().close()
            raise
        self._closed = False
        lifetime.hear_while_busy(self)
        lifetime.register(self)

    # --- what an explorer says of itself

    def compute(self, *args: Any, **parameters: Any) -> dict[str, Any]:
        """The keywords of `display.update`, and perhaps a `caption`, from the parameters alone."""
        raise NotImplementedError(f"{type(self).__name__} has no compute")

    def code(self) -> str:
        """A plain program, without nbkit, that recomputes what is shown."""
        raise NotImplementedError(f"{type(self).__name__} has no code")

    def idle(self, **parameters: Any) -> set[str]:
        """The names of controls that do not apply now, and are hidden."""
        return set()

    def follow(self, moved: Parameters) -> Parameters:
        """What else moves when these controls have just been moved; `shown` is how it was before."""
        return {}

    def limits(self, **parameters: Any) -> dict[str, int]:
        """How far a player goes now, by the name of its control, where that depends on other parameters."""
        return {}

    def arrange(self) -> ipywidgets.Widget:
        """How the controls stand in the page: in as many columns as fit, unless overridden."""
        seen = [control for control in self.controls.values() if isinstance(control, ipywidgets.DOMWidget)]
        return columns(*seen)

    def button(self, label: str, tip: str, action: Callable[[], object]) -> ipywidgets.Button:
        """A button whose action runs under the lock, and whose failure is shown on the explorer."""
        button = ipywidgets.Button(description=label, tooltip=tip, layout={"width": "auto", "height": "28px"})
        act = self._guarded(action)
        button.on_click(lambda _: act())
        return button

    # --- state

    @property
    def lock(self) -> Any:
        """The figure's one re-entrant lock."""
        return self.canvas.lock

    def set(self, **parameters: Any) -> None:
        """Move controls, all as one update, and return when the display is up to date.

        Raises ValueError for a name or value that is not allowed, and whatever `compute` raises; the controls then stand as before.
        """
        values = self._checked(parameters)
        with self.lock:
            before = self.parameters
            try:
                self._assign(values)
                self._assign(self._checked(self.follow(values)))
                self._update()
            except BaseException:
                self._assign(before)
                raise
            self._say("")
            self._show()

    def move(self, **parameters: Any) -> None:
        """`set` for handlers of the mouse and of buttons: a failure is shown on the explorer, and raised only to code."""
        with self._shown_errors():
            self.set(**parameters)

    def reset(self) -> None:
        """Back to the state that the explorer was made with."""
        self.set(**self.initial)

    def close(self) -> None:
        """Release the figure, the comms and all that waits; the figure can still be saved."""
        if self._closed:
            return
        self._closed = True
        with self.lock:
            for control in self.controls.values():
                control.unobserve_all()
            self.canvas.close()
            FigureCanvasAgg(self.figure)
            lifetime.retire(self)

    # --- the one path

    def _moved(self, change: Any) -> None:
        """A control was moved, by the page or by code."""
        if self._quiet:
            return
        name = next(name for name, control in self.controls.items() if control is change["owner"])
        self._followed[name] = change["new"]
        self._moves = move = next(self._numbers)
        with self.lock:
            if move <= self._drawn and not self._followed and lifetime.answers_page():
                return  # while this one waited for the lock, a later move has drawn it too
            moved: Parameters = {}
            while self._followed:  # other threads add to it meanwhile
                moved.update([self._followed.popitem()])
            with self._shown_errors():
                self._assign(self._checked(self.follow(moved)))
                self._update()
                self._say("")
                self._show()

    def _update(self, parameters: Parameters | None = None) -> None:
        """Parameters → arrays → display → picture; the display keeps its last good state when anything fails.

        The parameters are those of the controls, unless given, checked, by who must not see what has been moved and waits for the
        lock.
        """
        self._drawn = self._moves
        if parameters is None:
            # what compute does to lists stays there
            parameters = json.loads(json.dumps(self._checked(self.parameters)))
        arrays = self.compute(**parameters)
        caption = arrays.pop("caption", "")
        try:
            self.display_.update(**arrays)
            self.canvas.show()  # what can't be drawn fails here: a formula in a label that TeX does not know
        except BaseException:
            if self._arrays:
                self.display_.update(**self._arrays)
                self.canvas.show()
            raise
        self._arrays, self.shown, self.caption = arrays, parameters, caption

    def _show(self) -> None:
        """Bring the page round the picture up to it."""
        self._page.describe(self.caption)
        for name, end in self.limits(**self.shown).items():
            self.controls[name].end_at(end)
        idle = self.idle(**self.shown)
        for name, control in self.controls.items():
            if isinstance(control, ipywidgets.DOMWidget):
                display = "none" if name in idle else None
                if control.layout.display != display:
                    control.layout.display = display
        self._page.show_code(self.code() if self._page.code_wanted.value else None)

    # --- failures

    @contextmanager
    def _shown_errors(self) -> Iterator[None]:
        """Show a failure on the explorer; raise it only to code, since what answers the page has no caller to tell."""
        try:
            yield
        except Exception as error:
            self._say(self._sentence(error))
            if not lifetime.answers_page():
                raise

    def _guarded(self, action: Callable[..., object]) -> Callable[..., None]:
        def act(*args: Any) -> None:
            with self.lock, self._shown_errors():
                action(*args)

        return act

    def _sentence(self, error: Exception) -> str:
        first = str(error).strip().split("\n")[0]
        said = first if isinstance(error, ValueError) and first else f"{type(error).__name__}: {first}".rstrip(": ")
        now = self.parameters
        old = [f"{name} = {brief(self.shown[name])}" for name in self.shown if not alike(now[name], self.shown[name])]
        return said + (f" — the figure still shows {', '.join(old)}" if old else "")

    def _say(self, sentence: str) -> None:
        self.error = sentence
        self._page.say(sentence)

    # --- outputs

    def _code_toggled(self, change: Any) -> None:
        with self.lock, self._shown_errors():
            self._show()

    def __str__(self) -> str:
        given = ", ".join(f"{name}={brief(value)}" for name, value in self.shown.items())
        return f"{type(self).__name__}({given})" + (f"\n{self.caption}" if self.caption else "")

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if self._closed:
            return {"text/plain": f"{type(self).__name__}, closed: run the cell again"}
        with self.lock:
            picture = png_text(self.figure)
        return {"text/plain": str(self), "image/png": picture, **lifetime.view_of(self)}
