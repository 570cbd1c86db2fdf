"""The figure's lock: re-entrant, and one whose holder can tell that somebody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

__all__ = ["PoliteLock"]


class PoliteLock:
    """A re-entrant lock for an owner that takes it again and again.

    Python's own locks are not fair: a thread that gives one back and takes it again at once keeps everybody else waiting. Who
    works in rounds asks `wanted` within a round, or is told by `asked`, and calls `give_way` between two.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._counting = threading.Lock()
        self._waiting = 0
        #: Called in a thread that has to wait, so that the holder may end its round early.
        self.asked: Callable[[], object] | None = None

    @property
    def wanted(self) -> bool:
        """Whether another thread waits for the lock."""
        return self._waiting > 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As `threading.RLock.acquire`."""
        if self._lock.acquire(blocking=False):
            return True
        if not blocking:
            return False
        with self._counting:
            self._waiting += 1
        asked = self.asked
        if asked is not None:
            asked()
        try:
            return self._lock.acquire(timeout=timeout)
        finally:
            with self._counting:
                self._waiting -= 1

    def release(self) -> None:
        """As `threading.RLock.release`."""
        self._lock.release()

    def give_way(self) -> None:
        """Let those go first who wait now; called without holding the lock."""
        while self._waiting:
            time.sleep(0.0002)

    def __enter__(self) -> PoliteLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
