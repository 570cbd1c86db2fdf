"""Questions and predictions in the page: by mouse, by keyboard, and again after a reload and a restart."""

from __future__ import annotations

from typing import Any

from .conftest import Opener
from .lab import Notebook, unlike

QUESTIONS = r"""
import os; os.environ["NBKIT_ANSWERS"] = {file!r}
import numpy as np, nbkit
from nbkit.questions import Choice, Number, Sketch
OPTIONS = {{"up, along $\lambda w$": "There it grows.", "down": "Against $\lambda w$.", "stay": "No."}}
WAY = Choice(r"Which way from $w = 1$?", OPTIONS, right="down")
RATE = Number("Which rate?", right=0.1, within=0.002, why="Twice 1/20.", wrong="Look again.", near={{0.05: "One step."}})
WAVE = Sketch("Draw a sine.", np.sin, x=(-3, 3), y=(-1.5, 1.5), within=0.1, why="It is odd.", labels=("x", "height"))
"""


def open_with(opened: Opener, name: str, *cells: str) -> Notebook:
    notebook = opened([QUESTIONS.format(file=f"answers-{name}.json"), *cells])
    notebook.run_all()
    return notebook


def said(notebook: Notebook, words: str, number: int = 0) -> None:
    """Wait until the page says these words to an answer."""
    place = notebook.page.locator(".nbkit-question").nth(number).locator(".nbkit-judged, .nbkit-refused")
    notebook.until(lambda: any(words in text for text in place.all_text_contents()), lambda: f"{words!r} is said")


def focused(notebook: Notebook) -> str:
    return str(notebook.page.evaluate("() => document.activeElement.textContent"))


def chosen(notebook: Notebook) -> list[str]:
    """The letters of the options that the page shows as chosen."""
    return notebook.page.locator(".nbkit-option-button.mod-active").all_text_contents()


def test_questions_by_keyboard_and_by_mouse(opened: Opener) -> None:
    notebook = open_with(
        opened, "asked", "way = nbkit.ask(WAY, name='way'); way", "rate = nbkit.ask(RATE, name='rate'); rate"
    )
    choose(notebook)
    enter(notebook)
    notebook.save()
    notebook.reload()
    said(notebook, "✔ B: Against")
    notebook.restart()
    notebook.until(
        lambda: notebook.page.locator(".jupyter-widgets-disconnected").count(), "the page says that it is gone"
    )
    notebook.run_all()
    said(notebook, "2 tries")
    said(notebook, "✔ 0.1", number=1)
    assert chosen(notebook) == ["B"] and notebook.page.locator(".nbkit-number input").input_value() == "0.1"
    assert not notebook.failures


def choose(notebook: Notebook) -> None:
    """Answer the choice by keyboard, wrong, and then by mouse."""
    page, keys = notebook.page, notebook.page.keyboard
    # LaTeX is set in the question and in its options
    notebook.until(lambda: page.locator(".nbkit-question mjx-container").count() == 2, "two formulas are set")
    page.locator(".nbkit-option-button").first.focus()
    keys.press("Space")
    notebook.until(lambda: chosen(notebook) == ["A"], "A is chosen")
    keys.press("Tab")
    assert focused(notebook) == "B"
    keys.press("Tab")
    keys.press("Enter")
    notebook.until(lambda: chosen(notebook) == ["C"], "C is chosen, and A no more")
    keys.press("Tab")
    assert focused(notebook) == "Answer"
    keys.press("Enter")
    said(notebook, "✘ C: No.")
    # the whole row takes the click, its text too
    x, y, *_ = page.locator(".nbkit-option-text").nth(1).bounding_box().values()  # type: ignore[union-attr]
    page.mouse.click(x + 5, y + 5)
    notebook.until(lambda: chosen(notebook) == ["B"], "B is chosen")
    notebook.control("Answer").click()
    said(notebook, "✔ B: Against")
    assert notebook.ask("[way.entry['tries'], way.entry['score']]") == [2, 1]


def enter(notebook: Notebook) -> None:
    """Answer the number by Enter, by Tab and the button, and by mouse."""
    page, keys = notebook.page, notebook.page.keyboard
    field = page.locator(".nbkit-number input")
    field.focus()
    keys.type("a lot")
    keys.press("Enter")
    said(notebook, "got 'a lot'", number=1)
    keys.press("ControlOrMeta+a")
    keys.type("1/20")
    keys.press("Enter")
    said(notebook, "✘ 0.05: One step.", number=1)
    keys.press("ControlOrMeta+a")
    keys.type("0,1")
    keys.press("Tab")
    assert focused(notebook) == "Answer"
    keys.press("Space")
    said(notebook, "✔ 0.1: Twice 1/20.", number=1)
    field.fill("0.3")
    notebook.control("Answer", 1).click()
    said(notebook, "✘ 0.3: Look again.", number=1)
    assert notebook.ask("nbkit.record.record().get('rate')['tries']") == 2, "right stays right"


def test_a_press_that_overtakes_what_was_typed_is_answered_all_the_same(opened: Opener) -> None:
    # while the kernel is at one value, the page holds the next one back, and sends the press
    slow = "import time; rate = nbkit.ask(RATE, name='rate'); rate.form.text.observe(lambda _: time.sleep(0.5), 'value'); rate"
    notebook = open_with(opened, "overtaken", slow)
    keys = notebook.page.keyboard
    notebook.page.locator(".nbkit-number input").focus()
    keys.type("1/20")
    keys.press("Enter")
    said(notebook, "✘ 0.05: One step.")
    keys.press("ControlOrMeta+a")
    keys.type("0,1")
    keys.press("Tab")
    keys.press("Space")
    said(notebook, "✔ 0.1: Twice 1/20.")
    assert notebook.ask("rate.entry['tries']") == 2 and not notebook.failures


def test_a_sketch_by_mouse_and_by_keys_opens_the_explorer(opened: Opener) -> None:
    gate = "explorer = nbkit.NeuronExplorer()\ngate = nbkit.predict(WAVE, explorer, name='wave'); sketch = gate.form.explorer; gate"
    notebook = open_with(opened, "sketch", gate)
    figure, page = notebook.figure(), notebook.page
    assert page.locator(".jupyter-matplotlib-canvas-div").count() == 1, "the explorer is not there yet"
    figure.shows("sketch.figure")
    assert unlike(figure.screenshot(), figure.settled()) < 0.005
    notebook.control("Predict").click()
    said(notebook, "Draw the whole curve, from -3 to 3: 0% is there.")

    def at(x: float, y: float) -> Any:
        return figure.place("sketch", x, y)

    with figure.change():
        figure.drag(at(-3, -0.14), at(-1.6, -1))
        figure.drag(at(-1.6, -1), at(1.6, 1))
    drawn = notebook.ask("[sketch.parameters['curve'][k] for k in (0, 30, 60)]")
    assert drawn[2] is None and abs(drawn[0] + 0.14) < 0.05 and abs(drawn[1]) < 0.1
    figure.div.focus()
    with figure.change():
        for _ in range(16):
            page.keyboard.press("ArrowRight")
        for key in ["ArrowDown"] * 3 + ["Shift+ArrowDown"]:
            page.keyboard.press(key)
    last = notebook.ask("sketch.parameters['curve'][-1]")
    assert abs(last - (1 - 8 * 3 / 40)) < 0.1, "moved by the keys"
    figure.shows("sketch.figure")
    notebook.control("Predict").focus()
    page.keyboard.press("Enter")
    said(notebook, "You predicted the blue curve (score")
    figure.shows("sketch.figure")
    assert notebook.ask("sketch.parameters['revealed']") and not notebook.control("Predict").is_visible()
    explorer = notebook.figure(1)
    explorer.shows("explorer.figure")
    with explorer.change():
        notebook.press("Bias b", "ArrowRight")
    score = notebook.ask("gate.entry['score']")
    assert 0 < score < 1
    assert not notebook.failures
    notebook.restart()  # figures of the old kernel go on asking it: 'Cannot send'
    notebook.run_all()
    said(notebook, "You predicted the blue curve (score")
    notebook.figure(0).shows("sketch.figure")
    notebook.figure(1).shows("explorer.figure")
    assert notebook.ask("gate.entry['score']") == score
    assert not [said for said in notebook.failures if "Cannot send" not in said]


def test_a_prediction_can_be_skipped(opened: Opener) -> None:
    notebook = open_with(opened, "skip", "gate = nbkit.predict(WAY, nbkit.NeuronExplorer, name='before'); gate")
    assert not notebook.page.locator(".jupyter-matplotlib-canvas-div").count()
    notebook.press("Skip", "Enter")
    said(notebook, "Skipped")
    notebook.figure().shows("gate.children[-1].figure")
    assert notebook.page.locator(".nbkit-option-button:enabled").count() == 0
    # run again, the cell closes what the gate itself has made
    notebook.run("old = gate.children[-1]")
    notebook.run_cell(1)
    assert notebook.ask("old.comm is None") and not notebook.failures
