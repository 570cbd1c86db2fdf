"""A time limit for code that somebody else wrote, in the thread that calls it and on every system."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["OutOfTime", "within"]

Answer = TypeVar("Answer")


class OutOfTime(BaseException):
    """Raised inside of code that took too long; no Exception, so that a student's `except Exception` does not swallow it."""


def within(seconds: float, call: Callable[[], Answer]) -> Answer:
    """What the call gives back; OutOfTime is raised in it when it takes longer than `seconds`.

    Another thread raises it between two Python instructions, again and again until the call has ended: a bare `except:` in a loop
    catches one. A single call into compiled code ends by itself or not at all. No signals: those reach the main thread only, which
    is not where a callback of a widget runs.
    """
    thread, done = threading.get_ident(), False
    ended, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not ended.wait(wait):
            with lock:
                if not done:
                    _raise(thread, OutOfTime)
            wait = 0.1

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return call()
    finally:
        # Python raises at calls and jumps, so that nothing can come in between here and `try`. Once the lock was free after this,
        # no other is on its way; one that was already is raised in here and forgotten, or taken back.
        done = True
        try:
            with lock:
                pass
            _raise(thread, None)
        except OutOfTime:
            pass
        ended.set()
        watcher.join()


def _raise(thread: int, error: type[BaseException] | None) -> None:
    """Have the interpreter raise the error in a thread; None takes back what has not been raised yet."""
    what = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
