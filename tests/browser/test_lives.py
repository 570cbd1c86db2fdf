"""How an explorer lives in the page: run again, reloaded, restarted, closed, failing."""

from __future__ import annotations

from .conftest import Opener
from .lab import same

WAVE = "from tiny import WaveExplorer; e = WaveExplorer(); e"
COMMS = "len(__import__('comm').get_comm_manager().comms)"
ALIVE = (
    "[len(__import__('comm').get_comm_manager().comms), len(__import__('ipywidgets').Widget.widgets),"
    " __import__('threading').active_count()]"
)


def test_cell_run_again_leaves_one_figure(opened: Opener) -> None:
    """As counted for a hundred runs in `tests/widgets/test_lifetime.py`."""
    notebook = opened([WAVE])
    notebook.run_all()
    notebook.figure().settled()
    notebook.run_cell(0)
    notebook.figure().settled()
    before = notebook.ask(ALIVE)
    for _ in range(10):
        notebook.run_cell(0)
    figure = notebook.figure()
    with figure.change():
        notebook.press("Amplitude", "ArrowRight")
    figure.shows("e.figure")
    assert notebook.page.locator(".jupyter-matplotlib-canvas-div").count() == 1
    assert notebook.ask(ALIVE) == before
    assert not notebook.failures


def test_view_of_a_closed_explorer_says_so(opened: Opener) -> None:
    notebook = opened([WAVE, "e", "1"], size=(1280, 1200))
    notebook.run_all()
    notebook.figure(0), notebook.figure(1)
    notebook.run_cell(0)
    notebook.page.locator("text=run the cell again").wait_for()
    assert notebook.page.locator(".jupyter-matplotlib-canvas-div").count() == 1, "the new figure alone"
    with notebook.figure().change():
        notebook.press("Amplitude", "ArrowRight")
    assert not notebook.failures


def test_reload_shows_the_present_state(opened: Opener) -> None:
    notebook = opened([WAVE])
    notebook.run_all()
    figure = notebook.figure()
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10)
    value, before = notebook.ask("e.parameters"), figure.settled()
    notebook.save()
    notebook.reload()
    figure = notebook.figure()
    figure.shows("e.figure")
    assert same(figure.settled(), before)
    assert notebook.ask("e.parameters") == value
    with figure.change():
        notebook.press("Amplitude", "ArrowRight")
    figure.shows("e.figure")
    assert not notebook.failures


def test_kernel_restart_and_run_again(opened: Opener) -> None:
    notebook = opened([WAVE])
    notebook.run_all()
    figure = notebook.figure()
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10)
    notebook.restart()
    notebook.until(
        lambda: "run the cell again" in notebook.explorer().evaluate("e => getComputedStyle(e, '::before').content"),
        "the view of a dead kernel says what to do",
    )
    notebook.run_all()
    figure = notebook.figure()
    with figure.change():
        notebook.press("Amplitude", "ArrowRight")
    figure.shows("e.figure")
    assert notebook.page.locator(".jupyter-matplotlib-canvas-div").count() == 1
    assert not notebook.failures


def test_failure_is_one_line_and_the_next_move_works(opened: Opener) -> None:
    notebook = opened([WAVE])
    notebook.run_all()
    figure = notebook.figure()
    good = figure.settled()
    notebook.press("Shape", "End")
    notebook.until(lambda: notebook.error_lines, "the error line")
    (line,) = notebook.error_lines
    assert line == "this wave is broken; choose another shape — the figure still shows shape = 'sine'"
    assert same(figure.settled(), good)
    assert notebook.ask("[e.parameters['shape'], e.shown['shape'], e.code()]") == ["broken", "sine", "print(1.0)"]
    with figure.change():
        # on a closed list JupyterLab takes the arrow keys for its cells
        notebook.press("Shape", "Space", "ArrowUp", "Enter")
    notebook.until(lambda: not notebook.error_lines, "the error line is gone")
    figure.shows("e.figure")
    assert not notebook.failures


def test_callable_that_raises(opened: Opener) -> None:
    cells = ["from tiny import WaveExplorer\nbroken = False\n"
             "def mine(t):\n    if broken: return t.no_such_thing\n    return t / 10\n"
             "e = WaveExplorer(function=mine); e"]  # fmt: skip
    notebook = opened(cells)
    notebook.run_all()
    figure = notebook.figure()
    good = figure.settled()
    notebook.run("broken = True")
    notebook.press("Amplitude", "ArrowRight")
    notebook.until(lambda: notebook.error_lines, "the error line")
    (line,) = notebook.error_lines
    assert "no_such_thing" in line and "\n" not in line
    assert same(figure.settled(), good)
    notebook.run("broken = False")
    with figure.change():
        notebook.press("Amplitude", "ArrowRight")
    notebook.until(lambda: not notebook.error_lines, "the error line is gone")
    figure.shows("e.figure")


def test_reset_and_show_code(opened: Opener) -> None:
    notebook = opened([WAVE])
    notebook.run_all()
    figure = notebook.figure()
    first = figure.settled()
    with figure.change():
        notebook.press("Amplitude", *["ArrowRight"] * 10)
    notebook.press("Show code", "Space")
    code = notebook.page.locator(".nbkit-code")
    notebook.until(lambda: code.is_visible() and code.text_content() == notebook.ask("e.code()"), "the code")
    with figure.change():
        notebook.press("Reset", "Space")
    assert same(figure.settled(), first)
    notebook.until(lambda: code.text_content() == "print(1.0)", "the code follows")
    assert not notebook.failures


def test_slider_moves_the_figure_while_a_cell_is_busy(opened: Opener) -> None:
    wait = (
        "import threading; print('runs')\n"
        "while e.parameters['amplitude'] < 2.5: threading.Event().wait(0.01)\nprint('ends')"
    )
    notebook = opened([WAVE, wait], size=(1280, 900))
    notebook.run_cell(0)
    figure = notebook.figure()
    notebook.start_cell(1)

    def said() -> list[str]:
        return [line for output in notebook.outputs[1] for line in "".join(output["text"]).split()]

    notebook.until(lambda: said() == ["runs"], "the second cell runs")
    for _ in range(2):
        with figure.change():
            notebook.press("Amplitude", "ArrowRight")
        assert said() == ["runs"], "the cell has not ended"
    with figure.change():
        notebook.press("Amplitude", "End")  # which the cell waits for
    notebook.until(lambda: said() == ["runs", "ends"], "the cell ends")
    figure.shows("e.figure")
    assert not notebook.failures
