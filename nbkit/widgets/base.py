"""The base of every explorer: controls, one pure `compute`, and a display.

There is one path from a control to the pixels: a control moves, the parameters are read once, `compute` makes arrays of them,
the display takes the arrays, the canvas shows what changed. The base walks it under the figure's lock; an explorer has no
callback of its own.
"""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import ipywidgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.base import Display
from nbkit.widgets import lifetime
from nbkit.widgets.canvas import make_canvas

__all__ = ["Explorer"]

Parameters = dict[str, Any]

STYLE = """<style>
.nbkit-explorer { padding: 2px 0 }
.nbkit-explorer .nbkit-caption { font-size: 14px; line-height: 1.35; min-height: 2.7em; white-space: pre-line; margin: 0 }
.nbkit-explorer .nbkit-error { font-size: 14px; line-height: 1.35; min-height: 1.35em; margin: 0; color: #B00020; font-weight: 600 }
.nbkit-explorer .nbkit-code { max-height: 320px; overflow: auto; font-size: 12px; line-height: 1.4; user-select: all; margin: 0;
  padding: 8px; border: 1px solid var(--jp-border-color2, #bbb); background: var(--jp-layout-color1, #fff) }
[data-jp-theme-light="false"] .nbkit-explorer .nbkit-error { color: #FF8A80 }
.nbkit-explorer.jupyter-widgets-disconnected .jupyter-widgets-disconnected::before { display: none }
.nbkit-explorer.jupyter-widgets-disconnected > * { opacity: 0.5; pointer-events: none }
.nbkit-explorer.jupyter-widgets-disconnected::before { content: "The kernel behind this figure is gone: run the cell again.";
  font-family: var(--jp-ui-font-family, sans-serif); font-size: 14px; font-weight: 600; color: #B00020 }
</style>"""


class Explorer(ipywidgets.VBox):
    """A figure with controls, to be shown by naming it in a cell.

    A subclass names its `display`, hands its controls to `super().__init__` by the names of the parameters, and computes. Public
    attributes: `controls` (the state, by name), `parameters` (plain JSON values), `objects` (what is no JSON: callables, data),
    `figure` and `display_`, `error` (the failure now shown, or ""), `shown` (the last parameters that gave a picture).
    """

    display: ClassVar[type[Display]]
    _closed = True  # nothing to release until all is made

    def __init__(self, *, objects: dict[str, Any] | None = None, **controls: ipywidgets.Widget) -> None:
        self.objects = dict(objects or {})
        self.controls = controls
        self.error = ""
        self.shown: Parameters = {}
        self.caption = ""
        self._arrays: dict[str, Any] = {}
        self._moves = self._drawn = 0
        self._quiet = False
        try:
            self._checked({name: control.asked for name, control in controls.items()})
            self.display_ = self.display()
            self.figure: Figure = self.display_.figure_
            self.canvas = make_canvas(self.display_)
            self._update()
        except BaseException:
            if hasattr(self, "canvas"):
                self.canvas.close()
            lifetime.close_all(controls.values())
            raise
        self._initial = dict(self.shown)
        super().__init__(children=self._page())
        self.add_class("nbkit-explorer")
        for name in ("on_press", "on_drag", "on_release", "on_hover", "on_key"):
            if hasattr(self, name):
                setattr(self.display_, name, self._guarded(getattr(self, name)))
        for control in controls.values():
            control.observe(self._moved, "value")
        self._closed = False
        lifetime.register(self)

    # --- what an explorer says of itself

    def compute(self, **parameters: Any) -> dict[str, Any]:
        """The keywords of `display.update`, and perhaps a `caption`, from the parameters alone."""
        raise NotImplementedError(f"{type(self).__name__} has no compute")

    def code(self) -> str:
        """A plain program, without nbkit, that recomputes what is shown."""
        raise NotImplementedError(f"{type(self).__name__} has no code")

    def idle(self, **parameters: Any) -> set[str]:
        """The names of controls that do not apply now, and are hidden."""
        return set()

    def arrange(self) -> ipywidgets.Widget:
        """How the controls stand in the page: in as many columns as fit, unless overridden."""
        seen = [control for control in self.controls.values() if isinstance(control, ipywidgets.DOMWidget)]
        return ipywidgets.HBox(seen, layout={"flex_flow": "row wrap", "align_items": "flex-start"})

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

    @property
    def parameters(self) -> Parameters:
        """What the controls say now: plain JSON values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **parameters: Any) -> None:
        """Move controls, all as one update, and return when the display is up to date.

        Raises ValueError for a name or value that is not allowed, and whatever `compute` raises; the controls then stand as before.
        """
        values = self._checked(parameters)
        with self.lock:
            before = self.parameters
            self._assign(values)
            try:
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
        self.set(**self._initial)

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

    def _checked(self, parameters: Parameters) -> Parameters:
        unknown = set(parameters) - set(self.controls)
        if unknown:
            raise ValueError(
                f"{type(self).__name__} has no parameter {', '.join(sorted(unknown))}; it has {', '.join(self.controls)}"
            )
        values = {}
        for name, value in parameters.items():
            try:
                values[name] = self.controls[name].rule(value)
            except ValueError as error:
                raise ValueError(f"{name} {error}") from None
        return values

    def _assign(self, values: Parameters) -> None:
        quiet, self._quiet = self._quiet, True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._quiet = quiet

    def _moved(self, change: Any) -> None:
        """A control was moved, by the page or by code."""
        if self._quiet:
            return
        self._moves += 1
        move = self._moves
        with self.lock:
            if move <= self._drawn and lifetime.answers_page():
                return  # while this one waited for the lock, a later move has drawn it too
            with self._shown_errors():
                self._update()
                self._say("")
            self._show()

    def _update(self) -> None:
        """Parameters → arrays → display; the display keeps its last good state when anything fails."""
        self._drawn = self._moves
        parameters = json.loads(json.dumps(self.parameters))
        arrays = self.compute(**parameters)
        caption = arrays.pop("caption", "")
        try:
            self.display_.update(**arrays)
        except BaseException:
            if self._arrays:
                self.display_.update(**self._arrays)
            raise
        self._arrays, self.shown, self.caption = arrays, parameters, caption

    def _show(self) -> None:
        """Bring the page up to the display: first the picture, since it is what the eye waits for."""
        self.canvas.show()
        self._set(self._caption, f'<p class="nbkit-caption">{html.escape(self.caption)}</p>')
        idle = self.idle(**self.shown)
        for name, control in self.controls.items():
            if isinstance(control, ipywidgets.DOMWidget):
                display = "none" if name in idle else None
                if control.layout.display != display:
                    control.layout.display = display
        if self._code_wanted.value:
            self._set(self._code, f'<pre class="nbkit-code">{html.escape(self.code())}</pre>')

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
        old = [f"{name} = {_brief(self.shown[name])}" for name in self.shown if now[name] != self.shown[name]]
        return said + (f" — the figure still shows {', '.join(old)}" if old else "")

    def _say(self, sentence: str) -> None:
        self.error = sentence
        self._set(self._message, f'{STYLE}<p class="nbkit-error" role="alert">{html.escape(sentence)}</p>')

    @staticmethod
    def _set(widget: ipywidgets.HTML, value: str) -> None:
        if widget.value != value:
            widget.value = value

    # --- the page

    def _page(self) -> list[ipywidgets.Widget]:
        self._caption = ipywidgets.HTML(layout={"margin": "0", "max_width": "100%"})
        self._message = ipywidgets.HTML(layout={"margin": "0", "max_width": "100%"})
        self._code = ipywidgets.HTML(layout={"display": "none", "margin": "0", "width": "100%"})
        self._code_wanted = ipywidgets.ToggleButton(
            description="Show code",
            tooltip="The same as a plain program, without nbkit: click into it to select all",
            layout={"width": "auto", "height": "28px"},
        )
        self._code_wanted.observe(self._code_toggled, "value")
        reset = self.button("Reset", "Back to the state that the explorer was made with", self.reset)
        buttons = ipywidgets.HBox([reset, self._code_wanted], layout={"margin": "4px 0 0 0"})
        # Beside the figure the controls are one column, above it as many as fit; the message stands where the hand is.
        left = ipywidgets.VBox(
            [self.arrange(), buttons, self._message], layout={"flex": "1 1 300px", "min_width": "300px"}
        )
        right = ipywidgets.VBox([self.canvas.widget, self._caption], layout={"flex": "0 0 auto", "max_width": "100%"})
        row = ipywidgets.HBox(
            [left, right], layout={"flex_flow": "row wrap", "align_items": "flex-start", "width": "100%"}
        )
        self._say("")
        self._show()
        return [row, self._code]

    def _code_toggled(self, change: Any) -> None:
        with self.lock, self._shown_errors():
            self._code.layout.display = None if change["new"] else "none"
            self._show()

    def __str__(self) -> str:
        given = ", ".join(f"{name}={_brief(value)}" for name, value in self.shown.items())
        return f"{type(self).__name__}({given})" + (f"\n{self.caption}" if self.caption else "")

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if self._closed:
            return {"text/plain": f"{type(self).__name__}, closed: run the cell again"}
        with self.lock, io.BytesIO() as file:
            self.figure.savefig(file, format="png", dpi=100)
            picture = base64.b64encode(file.getvalue()).decode()
        self.canvas.displayed()
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"text/plain": str(self), "image/png": picture, "application/vnd.jupyter.widget-view+json": view}


def _brief(value: Any) -> str:
    """A value as it stands in text outputs: the same on every machine."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return f"[{', '.join(map(_brief, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_brief(item)}' for key, item in value.items())}}}"
    return repr(value)
