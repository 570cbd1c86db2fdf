"""What is kept as a picture while it rests looks as if it were drawn each time."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nbkit.displays import pictures
from nbkit.displays.pictures import Picture, RestingLine, Still, Tiles

POINTS = np.random.default_rng(3).normal(size=(2, 200))
STYLE = {"ls": "", "marker": "o", "ms": 6, "color": "#0072B2", "mec": "white"}


def figure(points=POINTS, dpi=100, kept=True):
    """The drawn pixels, and the still."""
    made = Figure(figsize=(3, 2), dpi=dpi)
    ax = made.add_subplot(xlim=(-2, 2), ylim=(-2, 2))
    lines = [(RestingLine if kept else Line2D)(*part, **STYLE) for part in (points[:, :100], points[:, 100:])]
    for line in lines:
        ax.add_line(line)
    still = Still(*lines) if kept else None
    if still:
        ax.add_artist(still)
    return made, lines, still


def pixels(made):
    canvas = FigureCanvasAgg(made)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


@pytest.mark.parametrize("dpi", [100, 200])
def test_it_is_what_the_artists_would_draw(dpi):
    direct, kept = (pixels(figure(dpi=dpi, kept=way)[0]) for way in (False, True))
    assert np.abs(direct - kept).max() <= 4  # two roundings in place of one, where edges are blended
    assert (kept[..., 0] < 128).any()


def test_it_is_drawn_anew_when_an_artist_or_the_axes_change(monkeypatch):
    made, lines, still = figure()
    drawn = []
    plain = Still._draw_all
    monkeypatch.setattr(Still, "_draw_all", lambda *given: drawn.append(1) or plain(*given))
    first = pixels(made)
    assert (pixels(made) == first).all() and len(drawn) == 1
    for change in (
        lambda: lines[0].set_data(*POINTS[:, 100:]),
        lambda: lines[1].set_visible(False),
        lambda: lines[0].set_color("black"),
        lambda: still.axes.set_xlim(-1, 1),
        lambda: still.axes.set_position((0.3, 0.3, 0.5, 0.5)),
        lambda: made.set_size_inches(4, 2),
    ):
        before, count = pixels(made), len(drawn)
        change()
        after = pixels(made)
        assert len(drawn) == count + 1
        assert after.shape != before.shape or (after != before).any()
    lines[0].set_visible(False)
    pixels(made)
    assert still._picture.size == 0


def test_saving_as_vectors_and_at_another_resolution_leaves_nothing_old():
    made, lines, _ = figure()
    first = pixels(made)
    lines[0].set_data([], [])
    with io.BytesIO() as file:
        made.savefig(file, format="svg")
        assert file.getvalue().count(b"<use") > 100
        made.savefig(file, format="png", dpi=50)
    assert (pixels(made) != first).any()


def coloured():
    """A figure with a picture that fills its axes, and tiles, one of which hangs over the figure's edge."""
    made = Figure(figsize=(3, 2), dpi=100)
    ax = made.add_axes((0, 0, 0.8, 0.9), xlim=(0, 1), ylim=(0, 1))
    picture, tiles = Picture(), Tiles()
    picture.set_colours(np.random.default_rng(1).integers(0, 255, (7, 9, 3)).astype(np.uint8))
    tiles.set_tiles([np.random.default_rng(2).normal(size=(2, 4, 4))], np.array([[0.5, 0.4], [0.0, 0.0]]), 0.3)
    ax.add_artist(picture)
    ax.add_artist(tiles)
    return pixels(made)


def test_opaque_pixels_are_those_that_matplotlib_would_blend(monkeypatch):
    written = coloured()
    monkeypatch.setattr(pictures, "RendererAgg", type("Other", (), {}))
    blended = coloured()
    assert (written == blended).all()
    assert len(np.unique(written.reshape(-1, 4), axis=0)) > 60
