"""A time limit for code that somebody else wrote, in the thread that calls it and on every system."""

from __future__ import annotations

import _thread
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
    ended, gone = threading.Lock(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not ended.acquire(timeout=wait):
            if not done:
                _raise(thread, OutOfTime)
            wait = 0.1
        gone.release()

    ended.acquire()
    gone.acquire()
    _thread.start_new_thread(watch, ())
    try:
        return call()
    finally:
        # Python raises what another thread sends after a call or a jump, and nowhere else, so that each of these lines is done, whatever
        # comes of it. Events, `with` and joins are no single calls: raised in one of them, it would leave a lock closed for ever.
        done = True
        try:  # noqa: SIM105
            ended.release()
        except OutOfTime:
            pass
        try:  # noqa: SIM105
            gone.acquire()
        except OutOfTime:
            pass


def _raise(thread: int, error: type[BaseException]) -> None:
    """Have the interpreter raise the error in a thread."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
