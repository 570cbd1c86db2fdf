"""Each lecture as it is met: opened without a kernel's help, then run."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from .conftest import Opener
from .lab import Lab, Notebook

LECTURES = sorted(pathlib.Path(__file__).parents[2].joinpath("lectures").glob("*.ipynb"))

# The pictures among the outputs, each decoded and of more than one colour; what is far from the page's middle is not rendered yet.
PICTURES = """async () => {
  const panel = window.jupyterapp.shell.currentWidget, seen = [];
  for (const [index, cell] of panel.content.widgets.entries()) {
    if (cell.model.type !== 'code') continue;
    const kept = cell.model.outputs.toJSON().some(output => output.data && output.data['image/png']);
    if (!kept) continue;
    await panel.content.scrollToItem(index, 'start');
    await cell.ready;
    const image = cell.node.querySelector('.jp-OutputArea-output img');
    if (!image) { seen.push([index, 0, 0, 0]); continue; }
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight), context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const data = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const box = image.getBoundingClientRect();
    seen.push([index, box.width, box.height, new Set(data).size]);
  }
  return seen;
}"""

WIDGETS = "__import__('ipywidgets').Widget.widgets"
IS_EXPLORER = "isinstance({}, __import__('nbkit').Explorer)"
VIEW = "application/vnd.jupyter.widget-view+json"

# The place, among all figures in the page, of the first in a cell.
FIGURE_OF = """index => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[index].node;
  return [...document.querySelectorAll('.jupyter-matplotlib-canvas-div')].findIndex(div => cell.contains(div));
}"""


@pytest.fixture(params=LECTURES, ids=lambda path: path.stem)
def lecture(request: pytest.FixtureRequest, lab: Lab) -> str:
    """A copy in the server's folder, since opening it may write."""
    shutil.copy(request.param, lab.folder)
    return str(request.param.name)


def test_is_seen_before_it_runs_and_each_figure_settles_to_the_saved_one(opened: Opener, lecture: str) -> None:
    notebook = opened(lecture)
    pictures_are_seen(notebook)
    notebook.run_all()
    assert not notebook.failures
    shown = [
        (index, f"{WIDGETS}[{output['data'][VIEW]['model_id']!r}]")
        for index, outputs in enumerate(notebook.outputs)
        for output in outputs
        if VIEW in output.get("data", {})
    ]
    explorers = [(index, widget) for index, widget in shown if notebook.ask(IS_EXPLORER.format(widget))]
    assert explorers, "a lecture has explorers"
    for index, widget in explorers:
        notebook.scroll_to(index)
        notebook.until(lambda index=index: notebook.page.evaluate(FIGURE_OF, index) >= 0, f"the figure of cell {index}")
        notebook.figure(notebook.page.evaluate(FIGURE_OF, index)).shows(f"{widget}.figure")
    assert len(explorers) == notebook.ask(f"sum({IS_EXPLORER.format('w')} for w in {WIDGETS}.values())")
    assert not notebook.failures


def pictures_are_seen(notebook: Notebook) -> None:
    """Each committed picture is in the page before a cell has run."""
    pictures = notebook.page.evaluate(PICTURES)
    assert pictures, "a lecture has pictures"
    for index, width, height, colours in pictures:
        assert width > 200 and height > 100 and colours > 2, f"the picture of cell {index} is seen"
    assert notebook.page.get_by_text("model not found").count() == 0
    assert not notebook.failures
