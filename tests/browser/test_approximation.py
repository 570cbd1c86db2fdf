"""The ReLU sum in the page, by mouse and keyboard: what is seen is what the kernel would save."""

from __future__ import annotations

from .conftest import Opener
from .lab import Figure, Notebook, same

CELL = ["import nbkit; e = nbkit.ReLUSumExplorer(); e"]
KINKS = "e._arrays['kinks'].tolist()"


def run(opened: Opener, cells: list[str] = CELL) -> tuple[Notebook, Figure]:
    notebook = opened(cells)
    notebook.run_all()
    return notebook, notebook.figure()


def released(notebook: Notebook) -> None:
    """Wait until the kernel has heard that the mouse let go."""
    notebook.until(lambda: notebook.ask("e.parameters['grabbed']") == "", "the mouse has let go")


def test_every_slider_moves_the_picture_and_it_settles_to_the_saved_one(opened: Opener) -> None:
    notebook, figure = run(opened)
    numbers = {"Weight w": "weight", "Bias b": "bias", "Output weight": "output_weight"}
    names = {label: f"e.parameters['neurons'][2]['{name}']" for label, name in numbers.items()}
    for label, name in (names | {"Output bias c": "e.parameters['output_bias']"}).items():
        start = notebook.ask(name)
        with figure.change():
            notebook.press(label, *["ArrowRight"] * 6)
            expected = notebook.ask(f"round({start} + 0.3, 6)")
            notebook.until(
                lambda name=name, expected=expected: notebook.ask(name) == expected, f"{label} is {expected}"
            )
        figure.shows("e.figure")
    with figure.change():
        notebook.press("Neuron", "ArrowRight")
    assert notebook.ask("e.parameters['selected']") == 3
    with figure.change():
        notebook.press("on", "Space")
    assert not notebook.ask("e.parameters['neurons'][3]['on']")
    figure.shows("e.figure")
    assert not notebook.failures


def test_a_kink_is_dragged_and_a_line_clicked(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        figure.drag(figure.place("e", 0.55, 0), figure.place("e", -0.3, 1.0))
        released(notebook)
    assert notebook.ask("e.parameters['selected']") == 4
    assert abs(notebook.ask(KINKS)[4] + 0.3) < 0.03
    neuron = notebook.ask("e.parameters['neurons'][4]")
    assert (neuron["weight"], neuron["output_weight"]) == (2, 1)
    figure.shows("e.figure")
    with figure.change():
        figure.click(figure.place("e", 1.8, -1.2 * 1.8 - 1.0))  # on −relu(1.2x + 1)
    assert notebook.ask("e.parameters['selected']") == 2
    assert not notebook.failures


def test_keys_on_the_figure(opened: Opener) -> None:
    notebook, figure = run(opened)
    figure.div.focus()
    with figure.change():
        for key in ("5", "ArrowRight", "ArrowRight", "ArrowUp"):
            notebook.page.keyboard.press(key)
        notebook.until(lambda: notebook.ask("e.parameters['neurons'][4]['output_weight']") == 1.05, "the last key")
    assert notebook.ask("e.parameters['selected']") == 4
    assert abs(notebook.ask(KINKS)[4] - 0.59) < 1e-9
    with figure.change():
        notebook.page.keyboard.press("a")
    assert notebook.ask("len(e.parameters['neurons'])") == 7
    figure.shows("e.figure")
    assert not notebook.failures


def test_buttons_fit_and_train_and_fitted_numbers_stay(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.press("Best output weights", "Space")
    fitted = notebook.ask("e.parameters['neurons']")
    assert abs(fitted[5]["output_weight"] - 1.5256) < 1e-3
    with figure.change():
        notebook.press("Train", "Space")
    with figure.change():
        notebook.press("Steps", *["ArrowLeft"] * 5)
    assert notebook.ask("e.parameters['steps']") == 1950
    assert notebook.ask("e.parameters['neurons']") == fitted, "the page's sliders have a grid, the neurons have none"
    figure.shows("e.figure")
    with figure.change():
        notebook.press("sine", "Space")
    with figure.change():
        notebook.press("Reset", "Space")
    figure.shows("e.figure")
    assert not notebook.failures


def test_a_target_is_typed_and_a_bad_one_is_named(opened: Opener) -> None:
    notebook, figure = run(opened)
    field = notebook.control("Formula")
    with figure.change():
        field.fill("sin(pi*x)")
        field.press("Enter")
    good = figure.settled()
    field.fill("__import__('os')")
    field.press("Enter")
    notebook.until(lambda: notebook.error_lines, "the error line")
    (line,) = notebook.error_lines
    assert "'__import__' is not known" in line and "the figure still shows target = 'sin(pi*x)'" in line
    assert same(figure.settled(), good)
    with figure.change():
        field.fill("x")
        field.press("Enter")
    notebook.until(lambda: not notebook.error_lines, "the error line is gone")
    figure.shows("e.figure")


def test_a_target_is_painted_by_mouse_and_by_keys(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.control("Target").select_option("painted")
    with figure.change():
        figure.drag(figure.place("e", -1.5, 4), figure.place("e", 0.5, 6))
        released(notebook)
    figure.shows("e.figure")
    x, height = notebook.ask("e.parameters['pen']")
    assert abs(x - 0.5) < 0.1 and abs(height - 6) < 0.2
    assert abs(notebook.ask("e.parameters['painted'][30]") - 5) < 0.1  # at x = −0.5, halfway
    with figure.change():
        for key in ("Control+ArrowUp", "Shift+ArrowRight"):
            notebook.page.keyboard.press(key)
    right, up = notebook.ask("e.parameters['pen']")
    assert right > x and up > height
    assert notebook.ask("max(e.parameters['painted'][45:60])") > height
    assert not notebook.failures
