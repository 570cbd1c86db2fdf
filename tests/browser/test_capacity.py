"""The capacity explorer under a real mouse and real keys."""

from __future__ import annotations

from .conftest import Opener

CAPACITY = ["import nbkit; e = nbkit.CapacityExplorer(); e"]
STATE = "[e.parameters[name] for name in ('capacity', 'ridge', 'seed', 'many')]"


def test_click_and_drag_on_the_errors_choose_the_capacity(opened: Opener) -> None:
    notebook = opened(CAPACITY)
    notebook.run_all()
    figure = notebook.figure()
    with figure.change():
        figure.click(figure.place("e", 9.2, 0.01, "errors"))
    assert notebook.ask("e.parameters['capacity']") == 9
    figure.shows("e.figure")
    with figure.change():
        figure.drag(figure.place("e", 9.0, 0.01, "errors"), figure.place("e", 1.0, 0.01, "errors"))
    assert notebook.ask("e.parameters['capacity']") == 1
    assert "degree 1: 2 parameters" in notebook.explorer().locator(".nbkit-caption").inner_text()
    figure.shows("e.figure")
    assert not notebook.failures


def test_keys_on_the_figure_do_what_the_controls_do(opened: Opener) -> None:
    notebook = opened(CAPACITY)
    notebook.run_all()
    figure = notebook.figure()
    figure.click(figure.place("e", 0.0, 2.0, "fit"))
    for key, state in [
        ("ArrowRight", [4, 0, 0, False]),
        ("ArrowUp", [4, 1e-4, 0, False]),
        ("n", [4, 1e-4, 1, False]),
        ("m", [4, 1e-4, 1, True]),
        ("ArrowLeft", [3, 1e-4, 1, True]),
    ]:
        with figure.change():
            notebook.page.keyboard.press(key)
        assert notebook.ask(STATE) == state
        figure.shows("e.figure")
    assert "bias²" in notebook.explorer().locator(".nbkit-caption").inner_text()
    with figure.change():
        notebook.page.get_by_role("button", name="New sample").click()
    assert notebook.ask(STATE) == [3, 1e-4, 2, True]
    with figure.change():
        notebook.press("Capacity", *["ArrowRight"] * 3)
    assert notebook.ask(STATE) == [6, 1e-4, 2, True]
    figure.shows("e.figure")
    assert not notebook.failures
