"""One server and one browser for all tests here, and for each test a notebook with a kernel of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from .lab import Lab, Notebook, chromium, open_notebook, start_browser, start_lab, start_page

#: Makes a notebook of cells, or takes one that is there by its name, and opens it.
Opener = Callable[..., Notebook]

NUMBERS = itertools.count()
TINY = pathlib.Path(__file__).with_name("tiny.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip this folder's tests where there is no browser; in CI, which installs one, they fail."""
    if chromium() is None and not os.environ.get("CI"):
        for item in items:
            if item.path.is_relative_to(pathlib.Path(__file__).parent):
                item.add_marker(pytest.mark.skip(reason="no chromium on the PATH; on Debian: apt-get install chromium"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The JupyterLab of the environment that runs the tests, or of the interpreter in NBKIT_LAB_PYTHON."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / TINY.name).write_text(TINY.read_text())
    with start_lab(
        folder, python=os.environ.get("NBKIT_LAB_PYTHON", sys.executable), extensions=["tests.browser.sockets"]
    ) as lab:
        yield lab


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium; it ends with this folder's tests, since an event loop of Playwright's runs as long as it lives."""
    with start_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def pages(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages of a size by their scale and script: JupyterLab is loaded once for all tests that ask for the same."""
    known: dict[tuple[float, str], Page] = {}
    with contextlib.ExitStack() as stack:

        def page_of(size: tuple[int, int], *kind: Any) -> Page:
            if kind not in known or known[kind].is_closed():
                known[kind] = stack.enter_context(start_page(browser, size, *kind))
            known[kind].set_viewport_size({"width": size[0], "height": size[1]})
            return known[kind]

        yield page_of


@pytest.fixture
def opened(lab: Lab, pages: Callable[..., Page]) -> Iterator[Opener]:
    """`opened(cells)` opens a new notebook of these cells, not run; `opened("name.ipynb")` one of the server's folder.

    A second call closes the first notebook. A page in which a test has failed is not used again.
    """
    now = contextlib.ExitStack()

    def open_(
        what: Sequence[str] | str, *, size: tuple[int, int] = (1280, 720), scale: float = 1, script: str = ""
    ) -> Notebook:
        now.close()
        path = what if isinstance(what, str) else lab.write(f"test-{next(NUMBERS)}.ipynb", what)
        page = pages(size, scale, script)
        now.push(lambda kind, *_: page.close() if kind else None)
        return now.enter_context(open_notebook(lab, page, path))

    with now:
        yield open_
