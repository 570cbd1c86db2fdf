"""Gradient descent in the page: what the hand does on the landscape and on the sliders."""

from __future__ import annotations

from .conftest import Opener
from .lab import unlike

OPEN = "import nbkit; e = nbkit.GradientDescentExplorer({}); e"


def run(opened: Opener, given: str = ""):
    notebook = opened([OPEN.format(given)])
    notebook.run_all()
    return notebook, notebook.figure()


def test_a_slider_and_its_keys_move_the_way(opened: Opener) -> None:
    notebook, figure = run(opened)
    first = figure.settled()
    figure.shows("e.figure")
    assert unlike(figure.screenshot(), first) < 0.01
    assert notebook.ask("e.parameters['learning_rate']") == 0.2, "the page leaves the number as it was given"
    with figure.change():
        notebook.press("Learning rate", *["ArrowRight"] * 5)
    assert notebook.ask("e.parameters['learning_rate']") == 0.25
    figure.shows("e.figure")
    number = notebook.explorer().locator(".widget-text input[type=number]:visible").first
    with figure.change():
        number.fill("2.02")
        number.press("Enter")
    assert notebook.ask("e.parameters['learning_rate']") == 2.02
    with figure.change():
        number.press("ArrowUp")
    assert notebook.ask("e.parameters['learning_rate']") == 2.1, "a number field moves along the slider's numbers"
    start = notebook.explorer().locator(".widget-text input[type=number]:visible").nth(1)
    before = notebook.ask("e.controls['start'].rows[0].said.value")
    with figure.change():
        start.press("ArrowUp")
    assert notebook.ask("e.parameters['start']") == [before + 0.01]
    with figure.change():
        notebook.press("Steps", *["ArrowLeft"] * 3)
    assert notebook.ask("e.parameters['steps']") == 17
    figure.shows("e.figure")
    assert not notebook.failures


def test_a_click_starts_there_and_keys_move_it(opened: Opener) -> None:
    notebook, figure = run(opened, "'narrow valley', learning_rate=0.05")
    with figure.change():
        figure.click(figure.place("e", -1, 1.5, "plane"))
    w1, w2 = notebook.ask("e.parameters['start']")
    assert abs(w1 + 1) < 0.03 and abs(w2 - 1.5) < 0.03
    with figure.change():
        notebook.page.keyboard.press("ArrowUp")
    assert notebook.ask("e.parameters['start'][1]") > w2
    with figure.change():
        notebook.page.keyboard.press("n")
    assert notebook.ask("e.parameters['steps']") == 21
    with figure.change():
        figure.drag(figure.place("e", 1, -1, "plane"), figure.place("e", 1.5, 0.5, "plane"))
    w1, w2 = notebook.ask("e.parameters['start']")
    assert abs(w1 - 1.5) < 0.05 and abs(w2 - 0.5) < 0.05
    with figure.change():
        figure.click(figure.place("e", 0.01, 0.5, "rate"))
    assert 0.008 < notebook.ask("e.parameters['learning_rate']") < 0.0125
    figure.shows("e.figure")
    assert not notebook.failures


def test_another_objective_brings_its_start_and_its_controls(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.control("Objective").select_option("sine fit")
    assert notebook.control("Start p").is_visible() and notebook.control("Batch size").is_visible()
    assert notebook.ask("e.parameters['start']") is None
    with figure.change():
        notebook.press("Start p", *["ArrowRight"] * 3)
    assert notebook.ask("e.parameters['start']") == [4.0, 0.03]
    with figure.change():
        notebook.control("Optimiser").select_option("Adam")
    assert notebook.control("Adam β1").is_visible() and not notebook.control("Momentum β").is_visible()
    with figure.change():
        notebook.press("momentum", "Space")
    assert notebook.ask("e.parameters['race']") == ["momentum"]
    figure.shows("e.figure")
    with figure.change():
        notebook.control("Objective").select_option("expression")
        notebook.control("Loss").fill("cosh(w1) + w2**2")
        notebook.control("Loss").press("Enter")
        notebook.until(lambda: notebook.ask("len(e.display_.maps_['plane'].landscape.names)") == 2, "a loss of two")
    assert not notebook.error_lines
    notebook.control("Loss").fill("cosh(w1")
    notebook.control("Loss").press("Enter")
    notebook.until(lambda: notebook.error_lines, "the formula is refused")
    figure.shows("e.figure")
    notebook.control("Loss").fill("cosh(w1)")
    notebook.control("Loss").press("Enter")
    notebook.until(lambda: not notebook.error_lines, "the next one is taken")
    assert not notebook.failures


def test_play_walks_and_stops(opened: Opener) -> None:
    notebook, figure = run(opened, "'Rosenbrock', learning_rate=0.001, steps=0")
    notebook.explorer().locator(".widget-play button").first.click()
    notebook.until(lambda: notebook.ask("e.parameters['steps']") >= 8, "eight steps are played")
    notebook.explorer().locator(".widget-play button").first.click()
    notebook.until(lambda: notebook.ask("e.controls['steps'].play.playing") is False, "it pauses")
    figure.shows("e.figure")
    before = notebook.ask("e.parameters['steps']")
    with figure.change():
        notebook.press("Step ▶", "Enter")
    assert notebook.ask("e.parameters['steps']") == before + 1
    with figure.change():
        notebook.press("◀ Back", "Enter", "Enter")
    assert notebook.ask("e.parameters['steps']") == before - 1
    assert not notebook.failures


def test_success_of_a_hundred_seeds(opened: Opener) -> None:
    notebook, figure = run(opened, "'two minima', steps=60, batch_size=1")
    with figure.change():
        notebook.control("View").select_option("success of 100 seeds")
    assert notebook.ask("e.display_.axes_['success'].get_visible()")
    assert not notebook.control("Optimiser").is_visible()
    with figure.change():
        notebook.press("Learning rate", "ArrowRight")
    figure.shows("e.figure")
    assert not notebook.failures
