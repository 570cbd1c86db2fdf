"""The normalisation explorer under a real mouse and real keys."""

from __future__ import annotations

from .conftest import Opener

BATCHES = ["import nbkit; e = nbkit.NormalizationExplorer('batches'); e"]


def test_mouse_and_keys_choose_the_batches(opened: Opener) -> None:
    notebook = opened(BATCHES)
    notebook.run_all()
    figure = notebook.figure()
    with figure.change():
        figure.click(figure.place("e", 256, 1, "spread"))
    assert notebook.ask("e.parameters['batch_size']") == 256
    with figure.change():
        notebook.page.keyboard.press("ArrowLeft")
    assert notebook.ask("e.parameters['batch_size']") == 128
    figure.shows("e.figure")
    with figure.change():
        notebook.control("View").select_option("BatchNorm's memory")
    figure.shows("e.figure")
    with figure.change():
        figure.drag(figure.place("e", 10, 20, "running"), figure.place("e", 60, 20, "running"))
    assert notebook.ask("e.parameters['batches']") == 60
    assert "After 60 batches" in notebook.explorer().locator(".nbkit-caption").inner_text()
    with figure.change():
        notebook.press("Batches seen", "ArrowRight")
    assert notebook.ask("e.parameters['batches']") == 61
    figure.shows("e.figure")
    assert not notebook.failures


def test_the_window_moves_the_scale(opened: Opener) -> None:
    notebook = opened(["import nbkit; e = nbkit.NormalizationExplorer(background=0, resolution=0); e"])
    notebook.run_all()
    figure = notebook.figure()
    caption = notebook.explorer().locator(".nbkit-caption")
    assert "91.14 and 3.87 GeV" in caption.inner_text()
    with figure.change():
        notebook.control("Window/GeV").select_option("50–130")
    assert "91.18 and 5.57 GeV" in caption.inner_text()
    with figure.change():
        notebook.control("Logarithmic").check()
    assert notebook.ask("e.parameters['log_scale']") is True
    figure.shows("e.figure")
    with figure.change():
        notebook.press("Background", "ArrowRight")
    assert notebook.ask("e.parameters['background']") > 0
    figure.shows("e.figure")
    assert not notebook.failures
