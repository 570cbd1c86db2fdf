"""States of a training kept on the way, so that every earlier step can be made again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nbkit.training.states import State

__all__ = ["Snapshots"]


class Snapshots:
    """States evenly spaced over the way, the first among them, at most 256 and at most `memory` bytes of them.

    They are `spacing` steps apart; where there would be too many, every second one is dropped and the spacing doubles.
    """

    def __init__(self, spacing: int = 64, capacity: int = 256, memory: int = 2**28) -> None:
        self._first_spacing, self._capacity, self._memory = spacing, capacity, memory
        self.clear()

    def clear(self) -> None:
        self.spacing = self._first_spacing
        self._states: list[State] = []

    def __len__(self) -> int:
        return len(self._states)

    @property
    def steps(self) -> NDArray[np.int64]:
        """The steps that are there without computing, ascending."""
        return np.array([state.step for state in self._states], np.int64)

    def offer(self, state: State) -> None:
        """Keep a state, later than those before it, if its step is one of the evenly spaced; the first is kept anyway."""
        if self._states and (state.step % self.spacing or state.step <= self._states[-1].step):
            return
        self._states.append(state)
        size = max(1, state.learned.size + state.buffers.size)
        while len(self._states) > max(2, min(self._capacity, self._memory // size)):
            self.spacing *= 2
            self._states = [s for n, s in enumerate(self._states) if n == 0 or s.step % self.spacing == 0]

    def nearest(self, step: int) -> State | None:
        """The last state at or before `step`; None where all are later."""
        return next((state for state in reversed(self._states) if state.step <= step), None)

    def truncate(self, step: int) -> None:
        """Forget the states after `step`."""
        self._states = [state for state in self._states if state.step <= step]
