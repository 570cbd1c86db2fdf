"""A lock that threads get in the order in which they ask, so that a loop that takes it again and again lets others in."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

__all__ = ["Turns"]


class Turns:
    """A re-entrant lock, `with turns:`, fair where `threading.RLock` isn't: a loop that releases it and takes it again at once
    would keep everybody else out.

    A loop may hold it over many rounds: it looks at `wanted` within them, or is told by `asked`, and calls `pass_on` between two.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()  # of the fields below, for a moment each
        self._waiting: deque[tuple[int, threading.Lock]] = deque()  # threads, each with what it sleeps on
        self._owner = self._depth = 0
        #: Called in a thread that has to wait, so that the holder may end its round early.
        self.asked: Callable[[], object] | None = None

    @property
    def wanted(self) -> bool:
        """Whether another thread waits."""
        return bool(self._waiting)

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._owner == me:
            self._depth += 1
            return
        with self._guard:
            if not self._owner:
                self._owner, self._depth = me, 1
                return
            mine = (me, threading.Lock())
            mine[1].acquire()
            self._waiting.append(mine)
        try:
            if self.asked is not None:
                self.asked()
            mine[1].acquire()  # until it is handed over
        except BaseException:  # the user interrupts
            with self._guard:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                else:
                    self._hand_over()
            raise

    def __exit__(self, *_: object) -> None:
        if self._depth > 1:
            self._depth -= 1
            return
        with self._guard:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._waiting:
            self._owner, sleeper = self._waiting.popleft()
            self._depth = 1
            sleeper.release()
        else:
            self._owner = self._depth = 0

    def pass_on(self) -> None:
        """Let the thread that waits have its turn, and go on after it; nothing where the lock is held more than once."""
        if self._depth == 1:
            self.__exit__()
            self.__enter__()
