"""How training goes on by itself: a thread that steps in bursts and shows each, under the figure's lock.

A burst lasts until the next frame is due. It ends early when somebody waits for the lock, so that a click or a slider has its
turn after the present step. While a cell of the notebook runs nothing moves, since the cell may read or change the model:
it finds whole steps only.
"""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager
from typing import Any, Protocol

from nbkit.widgets import cells

__all__ = ["Runner"]

FRAMES = 17.0  # a second, while drawing a frame takes little
SHARE = 0.8  # of the time for the training where drawing takes more, …
SLOWEST = 8.0  # … but so many frames a second, unless they would leave less than half of the time
PORTION = 256  # steps, after which it is looked whether to go on: a `halt` that comes just before a walk begins is lost


class Walker(Protocol):
    """What a runner moves."""

    @property
    def lock(self) -> Any:
        """The figure's."""

    @property
    def speed(self) -> float:
        """The limit in steps a second; 0 is as fast as possible."""

    def burst(self) -> AbstractContextManager[None]:
        """Round each burst with its picture."""

    def walk(self, steps: int) -> int:
        """Make at most so many steps, fewer when `halt` is called; how many were made, 0 where it ends."""

    def halt(self) -> None:
        """End `walk` after its present step; called from any thread."""

    def present(self) -> None:
        """Show where it is."""

    def failed(self, error: Exception) -> None:
        """Show what went wrong in `walk` or `present`."""

    def turned(self, playing: bool) -> None:
        """It sets out, or has come to rest."""


class Runner:
    """Moves a walker from `play` to `pause`, in a thread that lives no longer than that."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._thread: threading.Thread | None = None
        self._stop, self._wake = threading.Event(), threading.Event()
        # Waited for in place of the thread: Python 3.11 takes one whose `join` is interrupted for ended, and its messages fail.
        self._rests = threading.Event()
        self._left: int | None = None
        self._in_cell = False
        self._drawing, self._rate = 0.02, 0.0  # running means: s a frame, steps a second
        self._due = 0.0  # when the next frame should be there
        #: What has ended the last play, if it was a failure.
        self.error: Exception | None = None
        self._end: float | None = None
        cells.watch(self)

    @property
    def playing(self) -> bool:
        return self._thread is not None

    def play(self, steps: int | None = None, *, seconds: float | None = None, in_cell: bool = False) -> None:
        """Go on, for so many steps, so many seconds or until `pause`; `in_cell` while a cell runs, too, which then waits for it."""
        self.pause(wait=True)
        self._left, self._in_cell, self.error = steps, in_cell, None
        self.total, self.began = steps, time.perf_counter()
        self._end = None if seconds is None else self.began + seconds
        self._stop.clear()
        self._rests.clear()
        self._thread = threading.Thread(target=self._run, name="nbkit trains", daemon=True)
        self._walker.turned(True)
        self._thread.start()

    def pause(self, *, wait: bool = False) -> None:
        """Stop after the present step; `wait` until it stands still."""
        self._stop.set()
        self._wake.set()
        self._walker.halt()
        thread = self._thread
        if wait and thread is not None and thread is not threading.current_thread():
            self._rests.wait()

    def join(self, timeout: float) -> bool:
        """Wait for its end; whether it has come."""
        if self._thread is not None:
            self._rests.wait(timeout)
        return not self.playing

    @property
    def progress(self) -> tuple[float, float] | None:
        """The part that is done and the seconds that are left; None where no end is set."""
        past = time.perf_counter() - self.began
        if self._end is not None:
            return min(1.0, past / max(self._end - self.began, 1e-9)), max(0.0, self._end - self.began - past)
        if not self.total or self._left is None:
            return None
        done = (self.total - self._left) / self.total
        return done, past * (1 - done) / done if done else float("inf")

    # --- the notebook's cells

    def hold(self) -> None:
        """A cell is about to run: return when nothing moves."""
        if self.playing and not self._in_cell:
            self._walker.halt()
            with self._walker.lock:
                pass

    def resume(self) -> None:
        """The cell is done."""
        self._wake.set()

    # --- the thread

    def _run(self) -> None:
        self._walker.lock.asked = self._walker.halt
        try:
            while not self._stop.is_set() and self._left != 0:
                started = time.perf_counter()
                if self._end is not None and started >= self._end:
                    break
                with self._walker.lock:
                    waits = cells.busy() and not self._in_cell
                    if not waits:
                        with self._walker.burst():
                            going = self._burst()
                        if not going:
                            break
                if waits:
                    self._wake.wait()
                    self._wake.clear()
                elif self._walker.speed:
                    self._stop.wait(started + 1 / min(self._walker.speed, FRAMES) - time.perf_counter())
        except Exception as error:
            self.error = error
            with self._walker.lock:
                self._walker.failed(error)
        finally:
            try:
                with self._walker.lock:
                    self._walker.lock.asked = None
                    self._thread = None
                    self._walker.turned(False)
            finally:
                self._rests.set()

    def _burst(self) -> bool:
        """Steps until the next frame is due, and the frame; whether there may be more."""
        drawing, began = self._drawing, time.perf_counter()
        longest = max(1 / SLOWEST - drawing, drawing)
        least = min(drawing * SHARE / (1 - SHARE), longest)
        # A frame that came late makes the next burst shorter, so that there are as many frames a second as there should be.
        self._due = max(self._due + 1 / FRAMES, began + drawing + least)
        length = min(self._due - began, 1 / FRAMES + least) - drawing
        speed = self._walker.speed
        most = max(1, round(speed / FRAMES if speed else self._rate * length))
        if self._left is not None:
            most = min(most, self._left)
        made, going = 0, True
        while made < most and not (made and (self._walker.lock.wanted or self._stop.is_set())):
            portion = min(most - made, PORTION)
            steps = self._walker.walk(portion)
            made += steps
            going = steps > 0
            if steps < portion:
                break
        walked = time.perf_counter()
        if self._left is not None:
            self._left -= made
        if made:
            rate = made / (walked - began)
            # From one step to a whole burst in a few frames, not at once: the first steps are slower than those that follow.
            self._rate = min(rate, 4 * self._rate) if self._rate else rate
        self._walker.present()
        self._drawing = 0.8 * drawing + 0.2 * (time.perf_counter() - walked)
        return going
