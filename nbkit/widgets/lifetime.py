"""Who is being answered, and how long an explorer lives: running its cell again closes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import comm
import ipywidgets
from IPython import get_ipython

__all__ = [
    "answers_page",
    "close_all",
    "hear_while_busy",
    "in_kernel",
    "register",
    "retire",
    "view_of",
    "without_kernel",
]

# cell → (request that last made explorers in it, those explorers)
_cells: dict[str, tuple[str, list[Any]]] = {}


def _request() -> dict[str, Any]:
    """The message that the kernel is answering in this thread; empty outside a kernel."""
    kernel = getattr(get_ipython(), "kernel", None)
    return dict(kernel.get_parent() or {}) if kernel is not None else {}


def in_kernel() -> bool:
    """Whether this is a notebook's kernel, and not a script."""
    return getattr(get_ipython(), "kernel", None) is not None


def answers_page() -> bool:
    """Whether this call answers a message of the page (a slider moved, a click) rather than code in a cell."""
    return bool(_request().get("header", {}).get("msg_type") == "comm_msg")


def register(explorer: Any) -> None:
    """Close the explorers that an earlier run of the same cell has made, and remember this one."""
    request = _request()
    cell, run = request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id")
    if not cell:
        return  # a cell that can't be known closes nothing by itself
    last_run, explorers = _cells.get(cell, (run, []))
    if last_run != run:
        for old in list(explorers):
            old.close()
        explorers = []
    _cells[cell] = (run, [*explorers, explorer])


def hear_while_busy(explorer: Any) -> None:
    """Have the page's messages to an explorer answered while a cell runs, whoever sent the page its last one.

    JupyterLab addresses them to a thread beside the cells. ipykernel 7.4 sends them to whichever thread wrote to the page last,
    mostly the cell that made the explorer, and there they wait until the cells are done.
    """
    for part in _parts(explorer, {}):
        if hasattr(part.comm, "_reply_subshell_for"):
            part.comm._reply_subshell_for = lambda data, addressed: addressed


def _parts(widget: Any, seen: dict[int, Any]) -> Iterator[Any]:
    """A widget, and all that it is made of: children, layouts, styles, links."""
    if not isinstance(widget, ipywidgets.Widget) or id(widget) in seen:
        return
    seen[id(widget)] = widget
    values = [*widget._trait_values.values(), *vars(widget).values()]  # what is there, without making defaults
    for value in values:
        for part in (
            value if isinstance(value, tuple | list) else value.values() if isinstance(value, dict) else [value]
        ):
            yield from _parts(part, seen)
    yield widget


def view_of(widget: ipywidgets.DOMWidget) -> dict[str, Any]:
    """What of a cell's output lets the page show the widget, by its type."""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {"application/vnd.jupyter.widget-view+json": view}


def close_all(widgets: Iterable[Any]) -> None:
    """Close widgets with all they are made of; ipywidgets leaves layouts and styles open."""
    seen: dict[int, Any] = {}
    for widget in widgets:
        for part in _parts(widget, seen):
            part.close()


def retire(explorer: ipywidgets.VBox) -> None:
    """Close an explorer's widgets, but leave 'run the cell again' where it is still to be seen.

    The page keeps the explorer's own model, told to show one sentence; the kernel forgets it without saying so, because a model
    that is closed vanishes from the page, and an empty place tells nobody what to do.
    """
    for _, explorers in _cells.values():
        explorers[:] = [other for other in explorers if other is not explorer]
    parts = list(_parts(explorer, {}))
    explorer.children = [_notice()]
    for part in parts:
        if part is not explorer:
            ipywidgets.Widget.close(part)
    if explorer.comm is not None:
        channel, explorer.comm = explorer.comm, None
        ipywidgets.widgets.widget._instances.pop(channel.comm_id, None)
        comm.get_comm_manager().unregister_comm(channel)
        channel._closed = True  # or its deletion would close the page's model after all


def without_kernel(kind: str, what: str) -> str:
    """A style sheet for the class `kind`: the page says 'run the cell again' where the kernel behind `what` it shows is gone."""
    gone = f".{kind}.jupyter-widgets-disconnected"
    return f"""<style>
{gone} .jupyter-widgets-disconnected::before {{ display: none }}
{gone} > * {{ opacity: 0.5; pointer-events: none }}
{gone}::before {{ content: "The kernel behind this {what} is gone: run the cell again.";
  font-family: var(--jp-ui-font-family, sans-serif); font-size: 14px; font-weight: 600; color: #B00020 }}
</style>"""


def _notice() -> ipywidgets.HTML:
    """One widget for all closed explorers."""
    global _closed_notice
    if _closed_notice is None or _closed_notice.comm is None:
        _closed_notice = ipywidgets.HTML("<b>This explorer is closed: run the cell again.</b>")
    return _closed_notice


_closed_notice: ipywidgets.HTML | None = None
