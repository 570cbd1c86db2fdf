"""The course's list of slides, read as a reader would use it: each title has a place, and each place is there."""

from __future__ import annotations

import pathlib
import re
from functools import cache

import nbformat
import pytest

COURSE = pathlib.Path(__file__).parents[1] / "lectures"
README = COURSE / "README.md"
#: To a notebook, and perhaps to one of its cells: JupyterLab and nbconvert's pages know cells by their id, and by nothing else.
LINK = re.compile(r"\]\(([^)#\s]+\.ipynb)(?:#([^)\s]+))?\)")

#: The titles of the slides, as they stand on them, in their order.
SLIDES = """
Recap of lecture 1
(Artificial) neural networks: the “Model”
Brief history, highs and lows
Complexity growth
Performance on classic problems
My favorite performance examples
OpenAI GPT3
Neural Nets Basic elements
A neural network node: the artificial neuron
The MLP model
Universal approximation theorem
Example (1-D input)
Example
Training of an MLP
Training a NN
How to find a minimum?
Stochastic Gradient Descent
Not as simple as you would imagine
Learning rate, epochs and batches
In reality
Training and overfitting
Neural Networks, computers and mathematics
Back-propagation
Deep networks
Deep Feed Forward networks
Why going deeper?
Advantages of Deep architectures
Activation functions
Deep architectures (a chart of neural networks)
Dropout and regularization methods
(Batch) normalization
DNN Tools
Other common tools
Keras Sequential example
Keras “Model” Functional API
A (modernized) MLP in keras
From the ~1995 to ~2010
Training a model with Keras
Keras layers
Callbacks
Assignment 1
Assignment 2
""".strip().split("\n")


def slug(title: str) -> str:
    """The anchor of a slide: its title in lower-case letters and digits, with dashes."""
    return re.sub(r"[^a-z0-9]+", "-", title.split(" (a chart")[0].lower()).strip("-")


def rows(text: str) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """The numbered rows of the list of slides: number, title, and links as (file, cell)."""
    table = text.split("## Where each slide is")[1]
    found = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    return [(int(number), title, LINK.findall(places)) for number, title, places in found]


@cache
def cells(path: pathlib.Path) -> dict[str, str]:
    """The text of each cell of a notebook, by what a link calls it."""
    return {f"cell-id={cell.id}": cell.source for cell in nbformat.read(path, as_version=4).cells}


def missing(links: list[tuple[str, str]], anchor: str = "", folder: pathlib.Path = COURSE) -> list[str]:
    """The links whose file or cell isn't there, or whose cell lacks the anchor."""
    gone = []
    for file, cell in links:
        path = folder / file
        there = path.exists() and (not cell or cell in cells(path))
        if not there or (anchor and f'<a id="{anchor}"></a>' not in cells(path).get(cell, "")):
            gone.append(f"{file}#{cell}" if cell else file)
    return gone


def test_every_slide_is_in_the_list_in_order() -> None:
    listed = rows(README.read_text())
    assert [title for _, title, _ in listed] == SLIDES
    assert [number for number, _, _ in listed] == list(range(1, len(SLIDES) + 1))


@pytest.mark.parametrize("number", range(len(SLIDES)), ids=lambda number: SLIDES[number])
def test_each_slide_has_a_place_that_exists(number: int) -> None:
    _, title, links = rows(README.read_text())[number]
    assert links, f"{title} stands nowhere"
    if title.startswith("Assignment"):
        if not (COURSE.parent / "exercises").is_dir():
            pytest.skip("the exercises are not part of this copy")
        assert missing(links) == []
    else:
        assert missing(links, anchor=slug(title)) == []


def test_every_other_link_of_the_page_exists_and_the_minutes_add_up() -> None:
    text = README.read_text().split("## Where each slide is")[0]
    links = LINK.findall(text)
    assert len({file for file, _ in links}) == 9
    assert missing(links) == []
    assert sum(map(int, re.findall(r"★ (\d+) \|$", text, re.MULTILINE))) == 120
    path = re.findall(r"^\| (\d) \| .* \| (\d+) \|$", text.split("**The two-hour path**")[1], re.MULTILINE)
    shares = re.findall(r"^\| (\d) \| .* \| ★ (\d+) \|$", text, re.MULTILINE)
    assert path == shares


def test_minutes_are_what_the_lectures_say() -> None:
    for file, minutes in re.findall(r"\]\((\d\d_\w+\.ipynb)\) \| .* \| (\d+) \| ★", README.read_text()):
        notebook = nbformat.read(COURSE / file, as_version=4)
        assert f"takes {minutes} minutes" in notebook.cells[0].source, file
        shares = re.findall(r"\*\((\d+) min\)\*", "\n".join(cell.source for cell in notebook.cells))
        assert sum(map(int, shares)) == int(minutes), file


def test_missing_files_cells_and_anchors_are_seen(tmp_path: pathlib.Path) -> None:
    cell = nbformat.v4.new_markdown_cell('<a id="here"></a>\n## A heading', id="one")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "01.ipynb")
    links = LINK.findall(
        "[a](01.ipynb#cell-id=one), [b](01.ipynb#cell-id=two), [c](02.ipynb), [d](01.ipynb), [e](01.ipynb#one)"
    )
    assert missing(links, folder=tmp_path) == ["01.ipynb#cell-id=two", "02.ipynb", "01.ipynb#one"]
    assert missing(links[:1], "here", tmp_path) == []
    assert missing(links[:1], "there", tmp_path) == ["01.ipynb#cell-id=one"]


def test_anchors_are_named_after_the_slides() -> None:
    assert slug("(Artificial) neural networks: the “Model”") == "artificial-neural-networks-the-model"
    assert slug("From the ~1995 to ~2010") == "from-the-1995-to-2010"
