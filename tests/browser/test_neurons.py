"""The neuron's explorer under a real mouse and real keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .conftest import Opener
from .lab import Figure, Notebook

NEURON = ["import nbkit; e = nbkit.NeuronExplorer(); e"]
VALUES = "[e.parameters[name] for name in ('w1', 'w2', 'b')]"


def run(opened: Opener, cells: list[str] = NEURON) -> tuple[Notebook, Figure]:
    notebook = opened(cells)
    notebook.run_all()
    return notebook, notebook.figure()


def comes_to(notebook: Notebook, wanted: Sequence[float], off: float = 0.021) -> None:
    """Wait until w1, w2 and b are what is wanted, but for a step of the sliders."""
    notebook.until(
        lambda: np.allclose(notebook.ask(VALUES), wanted, atol=off),
        lambda: f"the neuron is {wanted}, but {notebook.ask(VALUES)}",
    )


def grip(notebook: Notebook, artist: str, point: str) -> tuple[float, float]:
    """Where a line of the figure is taken hold of, in data coordinates: its "mean", or its "tip"."""
    of = {"mean": ".mean(axis=0)", "tip": "[1]"}[point]
    x, y = notebook.ask(f"e.display_.{artist}.get_xydata(){of}.tolist()")
    return x, y


def test_decision_line_is_dragged_parallel(opened: Opener) -> None:
    notebook, figure = run(opened)
    x, y = grip(notebook, "line_", "mean")
    with figure.change():
        figure.drag(figure.place("e", x, y, "plane"), figure.place("e", 1.5, -1.0, "plane"))
    comes_to(notebook, [0.8, -0.5, -1.7])  # 0.8·1.5 − 0.5·(−1) − 1.7 = 0
    notebook.until(lambda: notebook.ask("e.parameters['grabbed']") == "", "the line is let go")
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
    comes_to(notebook, [2.0, 1.0, -float(foot @ [2.0, 1.0])], off=0.05)  # half of w is drawn, and its foot stays
    notebook.until(lambda: notebook.ask("e.parameters['grabbed']") == "", "the arrow is let go")
    figure.shows("e.figure")
    assert not notebook.failures


def test_cross_follows_the_mouse_and_the_sum_is_worked_out_there(opened: Opener) -> None:
    notebook, figure = run(opened)
    place = "[e.parameters['x1'], e.parameters['x2']]"
    with figure.change():
        notebook.page.mouse.move(*figure.place("e", -2.0, 1.0, "plane"))
    notebook.until(lambda: np.allclose(notebook.ask(place), [-2, 1], atol=0.03), "the cross is under the mouse")
    x1, x2 = notebook.ask(place)
    assert np.allclose(notebook.ask(VALUES), [0.8, -0.5, 0.1])
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
        comes_to(notebook, expected)
        figure.shows("e.figure")
    with figure.change():
        for _ in range(18):
            keyboard.press("ArrowLeft")
    comes_to(notebook, [0.5, 0.8, 0.1], off=0.1)  # 18 times 5° are a right angle
    figure.shows("e.figure")
    before = notebook.ask("e.parameters['x2']")
    with figure.change():
        keyboard.press("Shift+ArrowUp")
    assert abs(notebook.ask("e.parameters['x2']") - before - 0.1) < 0.011
    assert not notebook.failures


def test_threshold_of_one_input_is_dragged(opened: Opener) -> None:
    notebook, figure = run(opened, ["import nbkit; e = nbkit.NeuronExplorer(inputs=1, w1=2.0); e"])
    with figure.change():
        figure.drag(figure.place("e", -0.05, 0.3, "curve"), figure.place("e", 1.0, 0.3, "curve"))
    notebook.until(lambda: abs(notebook.ask("e.parameters['b']") + 2.0) < 0.05, "the threshold is at 1")
    figure.shows("e.figure")
    assert not notebook.failures
