"""Every explorer on an older kernel and in Notebook 7: shown, moved by a key, dragged in, saved as it is seen."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import uuid
from importlib.metadata import version

import pytest
from playwright.sync_api import Browser

import nbkit

from .lab import Figure, Notebook, open_notebook, start_lab, start_page

EXPLORERS = sorted(name for name in nbkit.__all__ if name.endswith("Explorer") and name != "Explorer")
LAB = version("jupyterlab").split(".")

# What comes before the environment's own packages: Notebook 7.n belongs to JupyterLab 4.n.
FRONT_ENDS = {
    "ipykernel 6": ("lab", ["ipykernel<7", "nest_asyncio"]),
    "Notebook 7": ("notebook", [f"notebook==7.{LAB[1]}.*"]),
}


@pytest.fixture
def overlay(request: pytest.FixtureRequest) -> pathlib.Path:
    """The packages of a front end in a directory, installed once; without a network the test is skipped, but not in CI."""
    _, packages = FRONT_ENDS[request.getfixturevalue("name")]
    cache = pathlib.Path(request.config.cache.mkdir("overlays"))
    made = cache / "".join(letter if letter.isalnum() else "-" for letter in "+".join(packages))
    if not made.exists():
        part = cache / uuid.uuid4().hex
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(part), *packages]
        done = subprocess.run(pip, text=True, capture_output=True)
        if done.returncode:
            message = f"pip could not install {' '.join(packages)}: {done.stderr.strip()}"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        with contextlib.suppress(OSError):  # another run was first
            part.rename(made)
    return made


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_every_explorer_by_key_and_drag(
    name: str, overlay: pathlib.Path, browser: Browser, tmp_path: pathlib.Path
) -> None:
    app, _ = FRONT_ENDS[name]
    cells = [f"import nbkit\nnames = iter({EXPLORERS!r})", "e = getattr(nbkit, next(names))(); e"]
    with start_lab(tmp_path, app=app, overlay=overlay) as lab, start_page(browser, (1280, 1400)) as page:
        path = lab.write("smoke.ipynb", cells)
        with open_notebook(lab, page, path) as notebook:
            if name == "ipykernel 6":
                assert notebook.ask("__import__('ipykernel').version_info[0]") == 6
            notebook.run_cell(0)
            # An overlay has Notebook's settings where the server does not look for them, which it says while it starts.
            notebook.console.clear()
            for explorer in EXPLORERS:
                notebook.run_cell(1)
                assert notebook.ask("type(e).__name__") == explorer
                use(notebook, explorer)


def use(notebook: Notebook, explorer: str) -> None:
    """Move a control by a key, and drag a rectangle to zoom into the figure: it follows."""
    figure = notebook.figure()
    figure.shows("e.figure")
    before = notebook.ask("e.parameters")
    if explorer == "TrainingExplorer":  # its first slider looks back, and there is nothing yet to look back at
        control = notebook.control("Samples")
    else:
        control = notebook.explorer().locator(".noUi-handle, select").locator("visible=true").first
    control.focus()
    slides = control.evaluate("e => e.tagName") != "SELECT"
    at_the_end = slides and control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
    # Notebook takes the arrow keys from every slider, for its headings; these two it leaves.
    on, back = ("PageUp", "PageDown") if notebook.lab.app == "notebook" else ("ArrowRight", "ArrowLeft")
    for key in [back if at_the_end else on] if slides else ["Space", "ArrowDown", "Enter"]:
        notebook.page.keyboard.press(key)
    notebook.until(lambda: notebook.ask("e.parameters") != before, f"a control of {explorer} moves")
    figure.shows("e.figure")
    # a graph of boxes has nothing to zoom into: there the drag must only do no harm
    start, end = (place(notebook, figure, share) for share in (0.3, 0.7))
    if notebook.ask(f"len({ZOOMS}) > 0"):
        figure.toolbar("square-o")
        with figure.change():
            figure.drag(start, end)
        figure.toolbar("square-o")
    else:
        figure.drag(start, end)
    figure.shows("e.figure")
    assert not notebook.failures
    assert notebook.page.locator(".jupyter-matplotlib-canvas-div").count() == 1, "the one before is gone"


# Axes that are seen, are no colour bar, and can be zoomed into.
ZOOMS = "[ax for ax in e.figure.axes if ax.get_visible() and ax.axison and ax.get_navigate() and ax.bbox.width > 100]"


def place(notebook: Notebook, figure: Figure, share: float) -> tuple[float, float]:
    """A point of the first such axes, or of the figure, at this share of its width and height."""
    across, up = notebook.ask(
        f"(([*{ZOOMS}, e.figure][0].bbox.get_points() * [[{1 - share}], [{share}]]).sum(0)"
        " / e.figure.bbox.size).tolist()"
    )
    return figure.at(across, 1 - up)
