"""The back-propagation explorer under a real mouse and real keys."""

from __future__ import annotations

from .conftest import Opener

BACKPROP = ["import nbkit; e = nbkit.BackpropExplorer(); e"]
TEXTS = "[[text.get_text() for text in texts[:5]] for texts in (e.display_.values_, e.display_.derivatives_)]"


def test_keys_on_the_figure_step_forward_and_back(opened: Opener) -> None:
    notebook = opened(BACKPROP)
    notebook.run_all()
    figure = notebook.figure()
    figure.click(figure.at(0.5, 0.05))
    for key, values, derivatives in [
        ("ArrowRight", ["−2", "5", "3", "−4", ""], [""] * 5),
        ("ArrowRight", ["−2", "5", "3", "−4", "−12"], ["", "", "", "", "1"]),
        ("End", ["−2", "5", "3", "−4", "−12"], ["−4", "−4", "−4", "3", "1"]),
        ("ArrowLeft", ["−2", "5", "3", "−4", "−12"], ["", "", "−4", "3", "1"]),
    ]:
        with figure.change():
            notebook.page.keyboard.press(key)
        assert notebook.ask(TEXTS) == [values, derivatives]
        figure.shows("e.figure")
    assert "z gets 3" in notebook.explorer().locator(".nbkit-caption").inner_text()
    assert not notebook.failures


def test_example_then_a_typed_formula_with_sliders_of_its_own(opened: Opener) -> None:
    notebook = opened(BACKPROP)
    notebook.run_all()
    figure = notebook.figure()
    with figure.change():
        notebook.page.get_by_role("button", name="neuron, squared error").click()
    assert notebook.ask("e.parameters['expression']") == "(sigmoid(w*x + b) - t)**2"
    field = notebook.control("Formula f")
    with figure.change():
        field.fill("w1*x1 + w1")
        field.press("Enter")
    figure.shows("e.figure")
    labels = notebook.explorer().locator(".widget-hslider > .widget-label").all()
    assert [label.inner_text() for label in labels if label.is_visible()] == ["Step", "x1", "w1"]
    with figure.change():
        notebook.press("Step", "End")
        notebook.press("w1", "ArrowRight")
    figure.shows("e.figure")
    assert notebook.ask("e.display_.values_[2].get_text()") == "0.6", "x1·w1 = 1 · 0.6"
    field.fill("w1*")
    field.press("Enter")
    notebook.until(lambda: notebook.error_lines, "the formula is refused")
    assert "is no formula" in notebook.error_lines[0] and "still shows" in notebook.error_lines[0]
    figure.shows("e.figure")


def test_play_goes_to_the_end_by_itself(opened: Opener) -> None:
    notebook = opened(BACKPROP)
    notebook.run_all()
    figure = notebook.figure()
    notebook.run("e.controls['step'].play.interval = 50")
    notebook.page.locator(".widget-play button").first.click()
    notebook.until(lambda: notebook.ask("e.parameters['step']") == 4, "the last step")
    figure.shows("e.figure")
    assert not notebook.failures
