"""A lock that threads get in the order in which they ask, so that a loop that takes it again and again lets others in."""

from __future__ import annotations

import threading

__all__ = ["Turns"]


class Turns:
    """A re-entrant lock, `with turns:`, fair where `threading.RLock` isn't: a loop that releases it and takes it again at once
    would keep everybody else out.

    The loop holds it over many rounds and calls `pass_on` after each round in which it finds `wanted` true.
    """

    def __init__(self) -> None:
        self._next, self._held = threading.Lock(), threading.Lock()
        self._owner, self._depth = 0, 0
        #: Whether another thread waits.
        self.wanted = False

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._owner != me:
            with self._next:
                self.wanted = True
                try:
                    self._held.acquire()
                finally:
                    self.wanted = False
            self._owner = me
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = 0
            self._held.release()

    def pass_on(self) -> None:
        """Let the thread that waits have its turn, and go on after it; nothing where the lock is held more than once."""
        if self._depth == 1:
            self.__exit__()
            self.__enter__()
