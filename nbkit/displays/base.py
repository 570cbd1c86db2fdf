"""What every figure of the kit has in common: axes, artists that are made once, and the mouse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from io import BytesIO
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple, TypeVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import Event, KeyEvent, MouseButton, MouseEvent
from matplotlib.figure import Figure, SubFigure

__all__ = ["COLOURS", "Display", "Region", "readable"]

#: Colours that are told apart by colour-blind eyes (Okabe & Ito, 2008), named by what they stand for.
COLOURS = SimpleNamespace(
    model="#0072B2",
    target="#222222",
    guide="#767676",
    gradient="#D55E00",
    momentum="#CC79A7",
    good="#009E73",
    bad="#D55E00",
    classes=("#0072B2", "#E69F00", "#009E73", "#CC79A7"),
    cycle=("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222", "#B79F00"),
)

#: Live artists stand above all others, on the canvas and in a saved file alike.
LIVE_ZORDER = 10

AnyArtist = TypeVar("AnyArtist", bound=Artist)
Pointer = Callable[[float, float, str], None]


class Region(NamedTuple):
    """A box of the figure, (left, low, right, high) from 0 to 1, with all the ink of its axes and of no others."""

    axes: tuple[Axes, ...]
    box: tuple[float, float, float, float]


class Display:
    """A figure that is told arrays: the artists are made once by `draw`, and `update` sets their data.

    `axes` is an Axes or a dict of them, by the names of `layout`, to draw into; without it the display makes a `Figure` of
    its own, outside of pyplot. What changes with each update is registered by `live`, so that a canvas can redraw it alone.

    The mouse and the keys come in as calls of `on_press`, `on_drag`, `on_release`, `on_hover` (x, y in data coordinates, and
    the name of the axes) and `on_key` (matplotlib's name of the key), each None until somebody listens. A drag keeps the
    coordinates of the axes that it began in, also outside of them.
    """

    figsize: ClassVar[tuple[float, float]] = (7.2, 4.4)

    def __init__(self, axes: Axes | Mapping[str, Axes] | None = None) -> None:
        self.live_: list[Artist] = []
        #: The axes whose live artists have been told something since the last frame, of a display with regions.
        self.changed_: set[Axes] = set()
        self.on_press: Pointer | None = None
        self.on_drag: Pointer | None = None
        self.on_release: Pointer | None = None
        self.on_hover: Pointer | None = None
        self.on_key: Callable[[str], None] | None = None
        self._grabbed: str | None = None
        self.owns_figure = axes is None
        if axes is None:
            self.axes_ = self.layout(Figure(figsize=self.figsize, dpi=100, layout="constrained"))
        else:
            self.axes_ = {"ax": axes} if isinstance(axes, Axes) else dict(axes)
        self.ax_ = next(iter(self.axes_.values()))
        self.figure_: Figure = _root(self.ax_.figure)
        self.draw(**self.axes_)
        connect = self.figure_.canvas.mpl_connect
        connect("button_press_event", self._pressed)
        connect("motion_notify_event", self._moved)
        connect("button_release_event", self._released)
        connect("key_press_event", self._typed)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        """Make the axes, by name; the first is `ax_`."""
        return {"ax": figure.add_subplot()}

    # A subclass names its own axes and arrays: mypy lets it when the base takes anything.
    def draw(self, *args: Any, **axes: Any) -> None:
        """Make the artists, once."""
        raise NotImplementedError(f"{type(self).__name__} has no draw")

    def update(self, *args: Any, **arrays: Any) -> None:
        """Set the artists' data."""
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def live(self, artist: AnyArtist) -> AnyArtist:
        """Register an artist that `update` changes, and return it."""
        artist.set_animated(True)
        artist.set_zorder(artist.get_zorder() + LIVE_ZORDER)
        self.live_.append(artist)
        return artist

    def regions(self) -> Sequence[Region]:
        """Boxes that fill the figure, each of which can be drawn without the others; none where all is drawn together."""
        return ()

    def fit(self) -> None:
        """Lay the axes out for the figure's size, once: the layout engine at every draw costs more than the drawing."""
        if not self.owns_figure:
            return
        # Axes that are hidden have no labels to make room for: all are visible for as long as the layout takes.
        hidden = [ax for ax in self.axes_.values() if not ax.get_visible()]
        for ax in hidden:
            ax.set_visible(True)
        self.figure_.set_layout_engine("constrained")
        engine = self.figure_.get_layout_engine()
        assert engine is not None
        engine.execute(self.figure_)
        self.figure_.set_layout_engine("none")
        for ax in hidden:
            ax.set_visible(False)

    def refit(self) -> None:
        """Fit the limits to what is shown, after the toolbar's Home has put back those of the time before the zoom."""

    def see(self, names: Collection[str]) -> None:
        """Show the axes of these names and hide the others; a hidden one would take the zoom from the one that is seen."""
        for name, ax in self.axes_.items():
            # set_visible marks the figure as stale even when nothing changes
            if ax.get_visible() != (name in names):
                ax.set_visible(name in names)
            ax.set_navigate(name in names)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _repr_png_(self) -> bytes | None:
        """What a cell that ends with the display shows; one that was drawn into given axes is shown with their figure."""
        if not self.owns_figure:
            return None
        picture = BytesIO()
        self.figure_.savefig(picture, format="png")
        return picture.getvalue()

    def _busy(self) -> bool:
        """Whether the toolbar has the mouse, for zoom or pan."""
        toolbar = getattr(self.figure_.canvas, "toolbar", None)
        return bool(toolbar is not None and toolbar.mode)

    def _name(self, axes: Axes | None) -> str | None:
        return next((name for name, ax in self.axes_.items() if ax is axes), None)

    def _data(self, event: MouseEvent, where: str) -> tuple[float, float]:
        x, y = self.axes_[where].transData.inverted().transform((event.x, event.y))
        return float(x), float(y)

    def _pressed(self, event: Event) -> None:
        assert isinstance(event, MouseEvent)
        where = self._name(event.inaxes)
        if where is None or event.button != MouseButton.LEFT or event.dblclick or self._busy():
            return
        self._grabbed = where
        if self.on_press:
            self.on_press(*self._data(event, where), where)

    def _moved(self, event: Event) -> None:
        assert isinstance(event, MouseEvent)
        if self._grabbed is not None:
            if self.on_drag:
                self.on_drag(*self._data(event, self._grabbed), self._grabbed)
            return
        where = self._name(event.inaxes)
        if where is not None and self.on_hover and not self._busy():
            self.on_hover(*self._data(event, where), where)

    def _released(self, event: Event) -> None:
        assert isinstance(event, MouseEvent)
        where, self._grabbed = self._grabbed, None
        if where is not None and self.on_release:
            self.on_release(*self._data(event, where), where)

    def _typed(self, event: Event) -> None:
        assert isinstance(event, KeyEvent)
        if self.on_key and event.key:
            self.on_key(event.key)


def readable(*axes: Axes) -> None:
    """Set numbers and labels of axes in sizes that can be read from the last row; to be called once they are written."""
    for ax in axes:
        ax.tick_params(labelsize=11)
        ax.xaxis.label.set_fontsize(12)
        ax.yaxis.label.set_fontsize(12)


def _root(figure: Figure | SubFigure | None) -> Figure:
    """The figure that axes stand in, also through subfigures."""
    while isinstance(figure, SubFigure):
        figure = figure.figure
    assert figure is not None
    return figure
