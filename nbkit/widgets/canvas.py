"""The picture in the page: an ipympl canvas that redraws only what moved, or a plain image where ipympl can't be shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import ipywidgets
import numpy as np
from ipympl.backend_nbagg import Canvas, FigureManager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.base import Display
from nbkit.turns import Turns
from nbkit.widgets import frames, lifetime
from nbkit.widgets.composing import Composer

__all__ = ["ImageCanvas", "LiveCanvas", "canvas", "make_canvas"]

Mode = Literal["auto", "live", "image"]

_mode: Mode = "auto"


def canvas(mode: Mode) -> None:
    """Choose how the explorers made from now on show their figure.

    "live" is ipympl's canvas, with mouse, zoom and pan; "image" a plain image, for front ends that lack ipympl's; "auto", the
    default, is "image" in Colab and VS Code, and "live" elsewhere. Raises ValueError for any other mode.
    """
    global _mode
    if mode not in ("auto", "live", "image"):
        raise ValueError(f"canvas mode is one of 'auto', 'live', 'image'; given was {mode!r}")
    _mode = mode


def _lacks_ipympl() -> bool:
    """Whether the front end is one that is known to show no ipympl figure."""
    in_colab = "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in os.environ
    return bool(in_colab or "VSCODE_PID" in os.environ or "VSCODE_CWD" in os.environ)


def make_canvas(display: Display) -> LiveCanvas | ImageCanvas:
    """The canvas of the chosen mode, attached to the display's figure."""
    image = _mode == "image" or (_mode == "auto" and _lacks_ipympl())
    return ImageCanvas(display) if image else LiveCanvas(display)


class _Frames(FigureCanvasAgg):
    """Composes frames by blit, and holds the one lock of its figure."""

    figure: Figure

    def _prepare(self, display: Display) -> None:
        self.display = display
        self.lock = Turns()
        self._by_itself = False
        self.seen = False  # nothing is rendered until somebody looks
        self._composer = Composer(self, display)
        display.fit()

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Round frames, made under the lock, of what moves by itself: nobody waits for one, and the next is soon to come."""
        self._by_itself = True
        try:
            yield
        finally:
            self._by_itself = False

    def compose(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Render the present state, shape (height, width, 4); the array is the renderer's own."""
        return self._composer.compose()

    def print_figure(self, *args: Any, **kwargs: Any) -> Any:
        # Saving changes dpi and background for a moment, and draws into the same pixels what is still owed to the page.
        with self.lock:
            try:
                return super().print_figure(*args, **kwargs)
            finally:
                self._composer.forget()


class LiveCanvas(_Frames, Canvas):
    """ipympl's canvas with frames by blit, fast compression and a lock."""

    def __init__(self, display: Display) -> None:
        Canvas.__init__(self, display.figure_)
        self.header_visible = self.footer_visible = False
        self.toolbar_position = "bottom"
        # ipympl 0.10 encodes each frame once more for saved notebooks, and shows nothing inside a box; see its issue 594.
        self.syncing_data_url = False
        self._prepare(display)
        self._sender = frames.Sender(lambda data: self.send({"data": '{"type": "binary"}'}, buffers=[data]))
        self._closing = False
        manager = FigureManager(self, 0)
        # matplotlib's own keys (q closes, l makes the axis logarithmic, …) would fight with the explorers'.
        self.mpl_disconnect(manager.key_press_handler_id)
        self.mpl_disconnect(manager.button_press_handler_id)

    @property
    def widget(self) -> ipywidgets.DOMWidget:
        """What stands in the page."""
        return self

    def show(self) -> None:
        """Bring the page up to the display's present state."""
        with self.lock:
            if self.seen:
                self._offer(self.compose())

    def draw(self) -> None:
        """Render everything, and show it."""
        with self.lock:
            self._composer.forget()
            pixels = self.compose()
            if self.seen:
                self._offer(pixels)

    def blit(self, bbox: Any = None) -> None:
        self.show()

    def close(self) -> None:
        self.seen = False
        self._closing = True
        self._sender.close()
        toolbar: Any = self.toolbar
        toolbar.close()
        super().close()

    def send_json(self, content: dict[str, Any]) -> None:
        # The coordinates under the mouse would be a message for each move, into a footer that is not shown.
        if content["type"] == "message" or self._closing:
            return
        if content["type"] == "resize":
            # 4.6 inches are 459.99999999999994 pixels, of which the page would show 459.
            height, width = np.shape(self.get_renderer().buffer_rgba())[:2]  # type: ignore[no-untyped-call]
            content = {**content, "size": [(side + 1e-6) / self.device_pixel_ratio for side in (width, height)]}
        super().send_json(content)

    def _handle_message(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
        with self.lock:
            self.seen = True
            super()._handle_message(widget, content, buffers)
            if content["type"] == "resize":
                self.display.fit()
                self._composer.forget()  # it was drawn where things stood before, and laying out is no drawing

    def handle_toolbar_button(self, event: dict[str, Any]) -> None:
        super().handle_toolbar_button(event)
        if event["name"] == "home":
            self.display.refit()  # what has grown since then would be cut off

    def handle_draw(self, event: dict[str, Any]) -> None:
        # The front end asks for one picture, and for no other until it has it: it gets one, also when nothing has changed.
        if not self._offer(self.compose()):
            self._sender.repeat()

    def _offer(self, pixels: np.ndarray[Any, Any]) -> bool:
        # What the user waits for is encoded at once: another thread would first have to be given its turn.
        return self._sender.offer(pixels, beside=self._by_itself)


class ImageCanvas(_Frames):
    """A plain image in place of the canvas: no mouse on the figure, all else the same."""

    def __init__(self, display: Display) -> None:
        super().__init__(display.figure_)
        self._prepare(display)
        self.seen = lifetime.in_kernel()  # an image has no other way to tell that somebody looks
        self.widget = ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="100%"))

    def show(self) -> None:
        """Bring the page up to the display's present state."""
        with self.lock:
            if self.seen:
                self.widget.value = frames.png(self.compose())

    def close(self) -> None:
        self.seen = False
        self.widget.close()
