"""Several displays in one figure, of which one is seen at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nbkit.displays.base import Display

__all__ = ["View", "Views"]


class View(Display):
    """A display that can share its figure: it says the names of its axes, and needs no instance to make them."""

    names: ClassVar[tuple[str, ...]]

    @staticmethod
    def layout(figure: Figure) -> dict[str, Axes]:
        """Make the axes, by the names in `names`, which no other view of the figure has."""
        raise NotImplementedError("a view has a layout of its own")


class Views(Display):
    """Displays that fill the same figure in turn: `update` takes the name of the one to be seen, and its arrays.

    A subclass lists them in `views`; the first is seen until another is asked for. An instance has them in `views_`, by name.
    """

    views: ClassVar[Mapping[str, type[View]]]

    def layout(self, figure: Figure) -> dict[str, Axes]:
        return {name: ax for view in self.views.values() for name, ax in view.layout(figure).items()}

    def draw(self, **axes: Axes) -> None:
        self.views_ = {name: view({key: axes[key] for key in view.names}) for name, view in self.views.items()}
        self.live_ += [artist for view in self.views_.values() for artist in view.live_]
        self.see(next(iter(self.views.values())).names)

    def update(self, view: str, **arrays: Any) -> None:
        self.views_[view].update(**arrays)
        self.see(self.views[view].names)
