"""Whether a cell of the notebook is being executed, for what moves by itself and must keep still meanwhile.

A cell may read or change anything at any moment, a model in training too. What moves by itself in another thread registers
here: before a cell runs its `hold` is called, which returns once it keeps still, and after the cell its `resume`.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any, Protocol

from IPython import get_ipython

from nbkit.widgets import lifetime

__all__ = ["busy", "watch"]


class Mover(Protocol):
    """What moves by itself."""

    def hold(self) -> None:
        """Return when nothing moves any more; nothing moves from then on, until `resume`."""

    def resume(self) -> None:
        """Nothing is in the way any more."""


_movers: weakref.WeakSet[Any] = weakref.WeakSet()
_depth = 0  # a cell may execute another, as %run does
_counting = threading.Lock()
_shell: Any = None


def busy() -> bool:
    """Whether a cell is being executed; never in a script."""
    return _depth > 0


def watch(mover: Mover) -> None:
    """Tell a mover of the cells, for as long as it lives."""
    _listen()
    _movers.add(mover)


def _listen() -> None:
    """Hear of the cells from now on; who asks for it stands in one, unless the page has asked for it."""
    global _shell, _depth
    shell = get_ipython()
    if shell is None or shell is _shell:
        return
    _shell = shell
    # These two come for silent executions as well, unlike pre_run_cell.
    shell.events.register("pre_execute", _before)
    shell.events.register("post_execute", _after)
    _depth = 0 if lifetime.answers_page() else 1


# IPython tells of each message of the page as of a cell, also of those that are answered while a cell runs: they are none.


def _before() -> None:
    global _depth
    if lifetime.answers_page():
        return
    with _counting:
        _depth += 1
    for mover in list(_movers):
        mover.hold()


def _after() -> None:
    global _depth
    if lifetime.answers_page():
        return
    with _counting:
        _depth = max(0, _depth - 1)
    if not _depth:
        for mover in list(_movers):
            mover.resume()
