"""The neuron's explorer under a real mouse and real keys."""

from __future__ import annotations

import numpy as np

from .conftest import Opener
from .lab import Figure, Notebook, same

NEURON = ["import nbkit; e = nbkit.NeuronExplorer(); e"]
VALUES = "[e.parameters[name] for name in ('w1', 'w2', 'b')]"


def run(opened: Opener, cells: list[str] = NEURON) -> tuple[Notebook, Figure]:
    notebook = opened(cells)
    notebook.run_all()
    return notebook, notebook.figure()


def grip(notebook: Notebook, artist: str, point: str) -> tuple[float, float]:
    """Where a line of the figure is taken hold of, in data coordinates: its "mean", or its "tip"."""
    of = {"mean": ".mean(axis=0)", "tip": "[1]"}[point]
    x, y = notebook.ask(f"e.display_.{artist}.get_xydata(){of}.tolist()")
    return x, y


def test_every_control_moves_the_picture_by_keyboard(opened: Opener) -> None:
    notebook, figure = run(opened)
    start = figure.settled()
    for label, key in [
        *((label, "ArrowRight") for label in ("Weight w1", "Weight w2", "Bias b", "Point X1", "Point X2", "Data seed")),
        *((label, "ArrowDown") for label in ("Activation f", "Data", "Inputs")),
    ]:
        with figure.change():
            notebook.press(label, *[key] * (10 if key == "ArrowRight" else 1))
        figure.shows("e.figure")
    assert notebook.ask(f"[*{VALUES}, e.parameters['inputs']]") == [1.0, -0.3, 0.3, 1]
    with figure.change():
        notebook.press("Reset", "Space")
    assert same(figure.settled(), start)
    assert not notebook.failures


def test_decision_line_is_dragged_parallel(opened: Opener) -> None:
    notebook, figure = run(opened)
    x, y = grip(notebook, "line_", "mean")
    with figure.change():
        figure.drag(figure.place("e", x, y, "plane"), figure.place("e", 1.5, -1.0, "plane"))
    w1, w2, b = notebook.ask(VALUES)
    assert (w1, w2) == (0.8, -0.5)
    assert abs(1.5 * w1 - 1.0 * w2 + b) < 0.03, "the line went where the mouse let it go"
    assert notebook.ask("e.parameters['grabbed']") == ""
    figure.shows("e.figure")
    assert not notebook.failures


def test_arrow_is_dragged_by_its_tip(opened: Opener) -> None:
    notebook, figure = run(opened)
    foot = np.array(notebook.ask("e.display_.arrow_.get_xydata()[0].tolist()"))
    with figure.change():
        figure.drag(
            figure.place("e", *grip(notebook, "arrow_", "tip"), "plane"),
            figure.place("e", float(foot[0]) + 1.0, float(foot[1]) + 0.5, "plane"),
        )
    w1, w2, b = notebook.ask(VALUES)
    assert np.allclose([w1, w2], [2.0, 1.0], atol=0.06), "half of w is drawn"
    assert abs(foot @ [w1, w2] + b) < 0.03, "the line turns about the arrow's foot"
    figure.shows("e.figure")
    assert not notebook.failures


def test_cross_follows_the_mouse_and_the_sum_is_worked_out_there(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.page.mouse.move(*figure.place("e", -2.0, 1.0, "plane"))
    x1, x2 = notebook.ask("[e.parameters['x1'], e.parameters['x2']]")
    assert abs(x1 + 2) < 0.03 and abs(x2 - 1) < 0.03
    assert notebook.ask(VALUES) == [0.8, -0.5, 0.1]
    total = 0.8 * x1 - 0.5 * x2 + 0.1
    assert f"= {total:.2f}".replace("-", "−") in notebook.ask("e.display_.texts_['plane'].get_text()")
    figure.shows("e.figure")


def test_keys_do_what_the_mouse_does(opened: Opener) -> None:
    notebook, figure = run(opened)
    figure.click(figure.place("e", 2.5, -2.5, "plane"))
    keyboard = notebook.page.keyboard
    for keys, expected in [
        (["ArrowUp"] * 3, [0.8, -0.5, 0.4]),
        (["ArrowDown"] * 3, [0.8, -0.5, 0.1]),
        (["+"], [0.88, -0.56, 0.12]),
        (["-"], [0.8, -0.5, 0.1]),
    ]:
        with figure.change():
            for key in keys:
                keyboard.press(key)
        figure.shows("e.figure")
        assert np.allclose(notebook.ask(VALUES), expected, atol=0.021)
    with figure.change():
        for _ in range(18):
            keyboard.press("ArrowLeft")
    figure.shows("e.figure")
    w1, w2, _ = notebook.ask(VALUES)
    assert np.allclose([w1, w2], [0.5, 0.8], atol=0.1), "18 times 5° are a right angle"
    before = notebook.ask("e.parameters['x2']")
    with figure.change():
        keyboard.press("Shift+ArrowUp")
    assert abs(notebook.ask("e.parameters['x2']") - before - 0.1) < 0.011
    assert not notebook.failures


def test_threshold_of_one_input_is_dragged(opened: Opener) -> None:
    notebook, figure = run(opened, ["import nbkit; e = nbkit.NeuronExplorer(inputs=1, w1=2.0); e"])
    with figure.change():
        figure.drag(figure.place("e", -0.05, 0.3, "curve"), figure.place("e", 1.0, 0.3, "curve"))
    assert abs(notebook.ask("e.parameters['b']") + 2.0) < 0.05
    figure.shows("e.figure")
    assert not notebook.failures
