"""An exercise as a student meets it: the stub, a mistake typed into the cell, hints opened one at a time, then the answer."""

from __future__ import annotations

import pathlib
import shutil

from .conftest import Opener
from .lab import Lab, Notebook

EXERCISE = pathlib.Path(__file__).parents[2] / "exercises" / "02_gradient_descent.ipynb"

UPHILL = "def step(w, gradient, learning_rate):\nreturn w + learning_rate * gradient(w)"  # the editor indents
RIGHT = "def step(w, gradient, learning_rate):\nreturn w - learning_rate * gradient(w)"
INDEX = "name => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(cell => cell.model.id === name)"


def cell(notebook: Notebook, name: str) -> int:
    """The number of the cell of this id."""
    return int(notebook.page.evaluate(INDEX, name))


def type_into(notebook: Notebook, name: str, text: str) -> None:
    """Replace what stands in a cell, key by key, as a student would."""
    index = cell(notebook, name)
    notebook.scroll_to(index)
    editor = notebook.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"] .cm-content')
    editor.click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.press("Delete")
    notebook.page.keyboard.type(text)


def verdict(notebook: Notebook, name: str, words: str) -> None:
    """Run a check and wait until its verdict says these words."""
    index = cell(notebook, name)
    notebook.run_cell(index)
    notebook.scroll_to(index)
    place = notebook.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"] .nbkit-verdict')
    notebook.until(lambda: place.count() == 1 and words in place.inner_text(), lambda: f"{words!r} in the verdict")


def open_hints(notebook: Notebook, name: str) -> list[str]:
    """Open the hints by keyboard, each from the one before it, and return what is seen after each."""
    place = notebook.page.locator(f'.jp-Cell[data-windowed-list-index="{cell(notebook, name)}"] .nbkit-verdict')
    seen = []
    for number in range(place.locator("summary").count()):
        summary = place.locator("summary").nth(number)
        notebook.until(summary.is_visible, f"hint {number + 1} can be opened")
        assert place.locator("summary").locator("visible=true").count() == number + 1
        summary.focus()
        notebook.page.keyboard.press("Enter")
        fold = place.locator("details").nth(number)
        notebook.until(lambda fold=fold: fold.get_attribute("open") is not None, "it is open")  # type: ignore[misc]
        seen.append(place.inner_text())
    return seen


def test_a_student_is_wrong_reads_the_hints_and_is_right(opened: Opener, lab: Lab) -> None:
    shutil.copy(EXERCISE, lab.folder)
    notebook = opened(EXERCISE.name)
    for index in range(cell(notebook, "step") + 1):
        notebook.run_cell(index)
    verdict(notebook, "check-step", "the update rule: not done yet.")

    type_into(notebook, "step", UPHILL)
    notebook.run_cell(cell(notebook, "step"))
    verdict(notebook, "check-step", "the loss went up")
    first, second, third = open_hints(notebook, "check-step")
    assert "learning rate says how far" in first and "Which way does the gradient point" not in first
    assert "Which way does the gradient point" in second and "On L = w²" not in second
    assert "On L = w²" in third

    type_into(notebook, "step", RIGHT)
    notebook.run_cell(cell(notebook, "step"))
    verdict(notebook, "check-step", "✔ the update rule: right.")
    assert all("NotImplementedError" in failure for failure in notebook.failures)  # the other stubs'
