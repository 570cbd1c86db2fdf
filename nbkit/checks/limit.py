"""A time limit for code that somebody else wrote, in the thread that runs it and on every system."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["OutOfTime", "time_limit"]


class OutOfTime(BaseException):
    """Raised inside of code that took too long; no Exception, so that a student's `except Exception` does not swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in this thread when the block takes longer than `seconds`.

    Another thread raises it between two Python instructions, again and again until the block has ended: a bare `except:` in a loop
    catches one. A single call into compiled code ends by itself or not at all. No signals: those reach the main thread only, which
    is not where a callback of a widget runs.
    """
    thread = threading.get_ident()
    ended, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not ended.wait(wait):
            with lock:
                if not ended.is_set():
                    _raise(thread, OutOfTime)
            wait = 0.2

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with suppress(OutOfTime):  # one that was on its way when the block ended
            _end(ended, lock, thread)
        _end(ended, lock, thread)
        watcher.join()


def _end(ended: threading.Event, lock: threading.Lock, thread: int) -> None:
    ended.set()
    with lock:
        _raise(thread, None)


def _raise(thread: int, error: type[BaseException] | None) -> None:
    """Have the interpreter raise the error in a thread; None takes back what has not been raised yet."""
    what = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
