"""The state of an explorer: controls by name, checked before one of them moves, and moved as one update."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets

__all__ = ["Controlled", "Parameters"]

#: Plain JSON values by name.
Parameters = dict[str, Any]


class Controlled(ipywidgets.VBox):
    """A box whose state is that of its `controls`, and stands nowhere else."""

    controls: dict[str, ipywidgets.Widget]
    _assigning = 0  # the thread that assigns several controls as one update

    @property
    def parameters(self) -> Parameters:
        """What the controls say now: plain JSON values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _checked(self, parameters: Parameters) -> Parameters:
        """The values as the controls' rules give them. Raises ValueError for a name or value that is not allowed."""
        unknown = set(parameters) - set(self.controls)
        if unknown:
            raise ValueError(
                f"{type(self).__name__} has no parameter {', '.join(sorted(unknown))}; it has {', '.join(self.controls)}"
            )
        values = {}
        for name, value in parameters.items():
            try:
                values[name] = self.controls[name].rule(value)
            except ValueError as error:
                raise ValueError(f"{name} {error}") from None
        return values

    def _assign(self, values: Parameters) -> None:
        outer, self._assigning = self._assigning, threading.get_ident()
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._assigning = outer

    @property
    def _quiet(self) -> bool:
        """Whether this thread assigns controls as one update; what others move meanwhile waits for the lock."""
        return self._assigning == threading.get_ident()
