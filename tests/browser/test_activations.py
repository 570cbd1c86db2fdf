"""The activation explorer under real keys, with a user's function that fails."""

from __future__ import annotations

from .conftest import Opener
from .lab import Figure, Notebook, same

EXPLORER = "import nbkit; e = nbkit.ActivationExplorer('swish', compare=['elu', 'leaky_relu']); e"


def run(opened: Opener, cell: str = EXPLORER) -> tuple[Notebook, Figure]:
    notebook = opened([cell])
    notebook.run_all()
    return notebook, notebook.figure()


def test_functions_are_chosen_and_compared_by_keyboard(opened: Opener) -> None:
    notebook, figure = run(opened)
    with figure.change():
        notebook.press("Function", "Space", "ArrowUp", "Enter")
    assert notebook.ask("e.parameters['function']") == "gelu"
    with figure.change():
        notebook.press("tanh", "Space")
    assert notebook.ask("e.parameters['compare']") == ["tanh", "leaky_relu", "elu"]
    with figure.change():
        notebook.press("tanh", "Space")
    assert notebook.ask("e.parameters['compare']") == ["leaky_relu", "elu"]
    figure.shows("e.figure")
    assert not notebook.failures


def test_only_the_controls_of_a_view_are_seen(opened: Opener) -> None:
    notebook, figure = run(opened)
    assert notebook.control("Swish beta").is_visible() and not notebook.control("Layers").is_visible()
    with figure.change():
        notebook.press("View", "Space", "End", "Enter")
    notebook.until(lambda: notebook.control("Temperature").is_visible(), "the temperature's slider")
    assert not notebook.control("Swish beta").is_visible()


def test_own_function_that_raises_is_one_line_and_the_next_move_works(opened: Opener) -> None:
    notebook, figure = run(
        opened,
        "import nbkit, numpy as np\nbroken = False\n"
        "def bent(x):\n    if broken: raise KeyError('no\\nway')\n    return np.where(x > 0, x, x / 4)\n"
        "e = nbkit.ActivationExplorer(functions=bent, compare=['elu']); e",
    )
    good = figure.settled()
    figure.shows("e.figure")
    notebook.run("broken = True")
    notebook.press("ELU alpha", *["ArrowRight"] * 3)
    notebook.until(lambda: notebook.error_lines, "the error line")
    (line,) = notebook.error_lines
    assert line.startswith("bent raised KeyError") and "\n" not in line
    assert same(figure.settled(), good)
    notebook.run("broken = False")
    with figure.change():
        notebook.press("ELU alpha", *["ArrowRight"] * 20)
    notebook.until(lambda: not notebook.error_lines, "the error line is gone")
    figure.shows("e.figure")
    assert not notebook.failures
