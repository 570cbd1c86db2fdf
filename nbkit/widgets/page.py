"""What an explorer looks like in the page: controls, buttons, message, picture, caption, and the code below."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets

from nbkit.widgets import lifetime

__all__ = ["Page", "columns", "note"]

# The toolbar leaves the corner free by which the figure is resized, and lies below the axis' numbers.
STYLE = """<style>
.nbkit-explorer { padding: 2px 0 }
.nbkit-explorer .nbkit-caption { font-size: 14px; line-height: 1.35; min-height: 2.7em; white-space: pre-line; margin: 0 }
.nbkit-explorer .nbkit-hint { font-size: 12px; line-height: 1.35; margin: 0 }
.nbkit-explorer .jupyter-matplotlib-toolbar { right: 24px !important; bottom: 2px !important }
.nbkit-explorer .jupyter-matplotlib-button { width: 24px; height: 19px; line-height: 19px; font-size: 11px; margin: 0 1px }
.nbkit-explorer .nbkit-error { font-size: 14px; line-height: 1.35; min-height: 1.35em; margin: 0; color: #B00020;
  font-weight: 600 }
.nbkit-explorer .nbkit-code { max-height: 320px; overflow: auto; font-size: 12px; line-height: 1.4; user-select: all; margin: 0;
  padding: 8px; border: 1px solid var(--jp-border-color2, #bbb); background: var(--jp-layout-color1, #fff) }
[data-jp-theme-light="false"] .nbkit-explorer .nbkit-error { color: #FF8A80 }
</style>""" + lifetime.without_kernel("nbkit-explorer", "figure")


class Page:
    """The widgets round an explorer's controls and its picture.

    `width` is the picture's, in pixels, and `hint` the HTML below it where there is no caption. `code_wanted` is the toggle
    'Show code'; `children` is what the explorer's box holds.
    """

    def __init__(
        self,
        controls: ipywidgets.Widget,
        reset: ipywidgets.Button,
        picture: ipywidgets.Widget,
        width: float,
        hint: str = "",
    ) -> None:
        self._hint = f'<p class="nbkit-hint">{hint}</p>' if hint else ""
        # As wide as the picture, and no wider, however long the sentence: it takes no part in the width of its side.
        self.caption = ipywidgets.HTML(layout={"margin": "0", "width": "0", "min_width": "100%"})
        self.message = ipywidgets.HTML(layout={"margin": "0", "max_width": "100%"})
        self.code = ipywidgets.HTML(layout={"display": "none", "margin": "0", "width": "100%"})
        self.code_wanted = ipywidgets.ToggleButton(
            description="Show code",
            tooltip="Show the same as a plain program, without nbkit; click into it to select all",
            layout={"width": "auto", "height": "28px"},
        )
        buttons = ipywidgets.HBox([reset, self.code_wanted], layout={"margin": "4px 0 0 0"})
        # Beside the figure the controls are one column, close to it on any screen, since the figure's side takes what is left
        # of the width; in a narrow column they are as many columns as fit, below it, so that the first of them is seen with it.
        # The message stands where the hand is. The side keeps the width that the picture has at first: one that is made smaller
        # by its corner must not jump away under the hand.
        left = ipywidgets.VBox([controls, buttons, self.message], layout={"flex": "1 1 300px", "min_width": "300px"})
        right = ipywidgets.VBox(
            [picture, self.caption],
            layout={"flex": f"999 0 {width + 4:.0f}px", "max_width": "100%", "align_items": "flex-start"},
        )
        # reversed, so that what is wrapped comes above; the end is then the top
        row = ipywidgets.HBox(
            [left, right], layout={"flex_flow": "row wrap-reverse", "align_items": "flex-end", "width": "100%"}
        )
        self.children = [row, self.code]
        self.say("")

    def say(self, sentence: str) -> None:
        """Show a failure; an empty sentence takes it away, and leaves its room."""
        _set(self.message, f'{STYLE}<p class="nbkit-error" role="alert">{html.escape(sentence)}</p>')

    def describe(self, caption: str) -> None:
        """Show the sentence under the picture; an empty one leaves its room, to the hint if there is one."""
        said = f'<p class="nbkit-caption">{html.escape(caption)}</p>'
        _set(self.caption, said if caption or not self._hint else self._hint)

    def show_code(self, code: str | None) -> None:
        """Show the program, or hide its place."""
        display = "none" if code is None else None
        if self.code.layout.display != display:
            self.code.layout.display = display
        if code is not None:
            _set(self.code, f'<pre class="nbkit-code">{html.escape(code)}</pre>')


def columns(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Controls beside each other, in as many columns as fit."""
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap", "align_items": "flex-start"})


def note(text: str) -> ipywidgets.HTML:
    """A few lines of HTML among the controls, as wide as one of them."""
    return ipywidgets.HTML(text, layout={"width": "296px"})


def _set(widget: Any, value: str) -> None:
    # The widget would send the same value again.
    if widget.value != value:
        widget.value = value
