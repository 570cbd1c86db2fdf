"""The live canvas in the page: what is seen is what the kernel would save, whatever was done before."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from .conftest import Opener
from .lab import Figure, Notebook, same, unlike

WAVE = ["from tiny import WaveExplorer; e = WaveExplorer(); e"]


def run(opened: Opener, cells: list[str] = WAVE, **window: Any) -> tuple[Notebook, Figure]:
    notebook = opened(cells, **window)
    notebook.run_all()
    return notebook, notebook.figure()


def test_figure_is_really_seen(opened: Opener) -> None:
    _, figure = run(opened)
    x, y, width, height = figure.box()
    assert (width, height) == (600, 360)
    assert x > 0 and y > 0 and x + width <= 1280
    # not only sent: what a person sees there is the canvas, covered by nothing but the handle in its corner
    figure.shows("e.figure")
    assert unlike(figure.screenshot(), figure.settled()) < 0.005


def test_key_on_slider_moves_the_picture_and_settles_to_the_saved_one(opened: Opener) -> None:
    notebook, figure = run(opened)
    first = figure.settled()
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 12)
    assert notebook.ask("e.parameters['amplitude']") == 1 + 12 * notebook.ask("e.controls['amplitude'].step")
    figure.shows("e.figure")
    assert unlike(figure.pixels(), first) > 0.005
    assert not notebook.failures


def test_picture_at_rest_is_lossless(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 20)
    # white is white: JPEG leaves shades round each line
    corner = figure.settled()[:3, :3]
    assert (corner == 255).all()
    colours = len(np.unique(figure.settled().reshape(-1, 3), axis=0))
    assert colours == len(np.unique(figure.saved("e.figure").reshape(-1, 3), axis=0))


def test_resolution_of_the_device_is_used(opened: Opener) -> None:
    notebook, figure = run(opened, scale=2)
    assert figure.box()[2:] == (600, 360)
    assert figure.pixels().shape == (720, 1200, 3)
    with figure.change():
        notebook.press("Amplitude", "ArrowRight")
    figure.shows("e.figure")


def test_point_is_dragged_at_both_resolutions(opened: Opener) -> None:
    for scale in (1, 2):
        notebook, figure = run(opened, scale=scale)
        with figure.change():
            figure.drag(figure.place("e", 5, 1), figure.place("e", 5, -1.5))
        assert abs(notebook.ask("e.parameters['amplitude']") + 1.5) < 0.05
        figure.shows("e.figure")
        assert not notebook.failures


def test_keys_reach_the_figure(opened: Opener) -> None:
    notebook, figure = run(opened)
    figure.div.focus()
    with figure.change():
        notebook.page.keyboard.press("n")
    assert notebook.ask("e.parameters['amplitude']") == -2
    figure.shows("e.figure")


def test_zoom_pan_home_after_slider_moves(opened: Opener) -> None:
    notebook, figure = run(opened)
    home = notebook.ask("[e.display_.ax_.get_xlim(), e.display_.ax_.get_ylim()]")
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10)
    figure.toolbar("square-o")
    with figure.change():
        figure.drag(figure.place("e", 2, -2), figure.place("e", 6, 2))
    x0, x1 = notebook.ask("e.display_.ax_.get_xlim()")
    assert abs(x0 - 2) < 0.1 and abs(x1 - 6) < 0.1
    assert notebook.ask("e.parameters['amplitude']") > 1.5, "a zoom is no drag"
    figure.toolbar("square-o")
    figure.shows("e.figure")
    with figure.change():
        notebook.press("Amplitude", *["ArrowLeft"] * 5)
    figure.shows("e.figure")
    figure.toolbar("arrows")
    with figure.change():
        figure.drag(figure.place("e", 4, 0), figure.place("e", 5, 0))
    # a kernel that is short of time may handle the last move after the picture has rested
    notebook.until(
        lambda: abs(notebook.ask("e.display_.ax_.get_xlim()[0]") - (x0 - 1)) < 0.1, "the axes follow the hand"
    )
    figure.toolbar("arrows")
    with figure.change():
        figure.toolbar("home")
    assert notebook.ask("[e.display_.ax_.get_xlim(), e.display_.ax_.get_ylim()]") == home
    figure.shows("e.figure")
    assert not notebook.failures


def test_saved_by_the_toolbar_is_what_is_seen(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10)
    with notebook.page.expect_download() as download:
        figure.toolbar("floppy-o")
    picture = np.asarray(Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB"))
    assert unlike(picture, figure.settled()) < 0.002
    with figure.change():
        notebook.press("Amplitude", "ArrowLeft")
    figure.shows("e.figure")


def test_resized_by_its_corner(opened: Opener) -> None:
    notebook, figure = run(opened)
    x, y, width, height = figure.box()
    figure.drag((x + width - 4, y + height - 4), (x + width - 100, y + height - 60))
    notebook.until(lambda: figure.box()[2] < width - 80, "the figure is smaller")
    assert figure.box()[:2] == (x, y), "it stays under the hand"
    figure.shows("e.figure")
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10)
    figure.shows("e.figure")
    assert not notebook.failures


def test_two_views_show_the_same(opened: Opener) -> None:
    notebook = opened([*WAVE, "e"], size=(1280, 1200))
    notebook.run_all()
    first, second = notebook.figure(0), notebook.figure(1)
    with first.change(), second.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10, number=1)
    first.shows("e.figure")
    assert same(first.settled(), second.settled())
    with first.change(), second.change():
        second.click(second.place("e", 5, -2))
    first.shows("e.figure")
    assert same(first.settled(), second.settled())


def test_two_explorers_in_one_cell(opened: Opener) -> None:
    notebook = opened(
        [
            "from tiny import WaveExplorer; import ipywidgets; e, f = WaveExplorer(), WaveExplorer(-1.0)\nipywidgets.VBox([e, f])"
        ],
        size=(1280, 1200),
    )
    notebook.run_all()
    first, second = notebook.figure(0), notebook.figure(1)
    before = first.settled()
    with second.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10, number=1)
    first.shows("e.figure")
    second.shows("f.figure")
    assert same(first.settled(), before)


def test_with_matplotlib_widget_too(opened: Opener) -> None:
    notebook, figure = run(opened, ["%matplotlib widget", *WAVE])
    with figure.change():
        notebook.press("Amplitude", "ArrowRight")
    figure.shows("e.figure")
    assert notebook.page.locator(".jupyter-matplotlib-canvas-div").count() == 1
    assert not notebook.failures


def test_plain_image_takes_the_canvas_place(opened: Opener) -> None:
    notebook = opened(["from nbkit.widgets.canvas import canvas; canvas('image')", *WAVE])
    notebook.run_all()
    image = notebook.explorer().locator("img")
    assert image.bounding_box()["width"] == 600
    source = image.get_attribute("src")
    notebook.press("Amplitude", "ArrowRight")
    notebook.until(lambda: image.get_attribute("src") != source, "the image changes")
    assert not notebook.failures
