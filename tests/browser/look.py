"""Look at a notebook, or at what a line of code shows, as a person would: `python -m tests.browser.look --help`.

python -m tests.browser.look lectures/03_universal_approximation.ipynb --cell 5 --out shot.png
python -m tests.browser.look "import nbkit; nbkit.ReLUSumExplorer()" --theme dark --press "Weight:ArrowRight*5" --out shot.png
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import sys
import tempfile

from .lab import Figure, Notebook, open_notebook, start_browser, start_lab, start_page


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.look", description="A screenshot of a notebook in JupyterLab."
    )
    parser.add_argument("what", nargs="+", help="a notebook file, or code: each argument is a cell of its own")
    parser.add_argument("--size", default="1280x720", help="of the window, in pixels (default %(default)s)")
    parser.add_argument("--scale", type=float, default=1, help="device pixel ratio (default %(default)s)")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--cell", type=int, help="scroll to this cell, counted from 0")
    parser.add_argument(
        "--cells", action="store_true", help="one screenshot for each cell: OUT gets -00, -01, … before its suffix"
    )
    parser.add_argument("--sidebar", action="store_true", help="keep the left side bar open")
    parser.add_argument("--no-run", action="store_true", help="open the notebook without running it")
    parser.add_argument(
        "--press",
        action="append",
        default=[],
        metavar="LABEL:KEY[*N]",
        help="press a key on a control; may be repeated",
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter of the environment (default: this one)")
    parser.add_argument("--out", default="shot.png", type=pathlib.Path)
    return parser


def main() -> int:
    """Take the screenshot, print what went wrong in the page, and return 1 if anything did."""
    options = parser().parse_args()
    width, height = map(int, options.size.split("x"))
    theme = {"theme": f"JupyterLab {options.theme.title()}"}
    settings = {"@jupyterlab/apputils-extension:themes": theme}
    with (
        tempfile.TemporaryDirectory() as folder,
        start_lab(folder, python=options.python, settings=settings) as lab,
        start_browser() as browser,
        start_page(browser, (width, height), options.scale) as page,
    ):
        source = pathlib.Path(options.what[0])
        if source.suffix == ".ipynb":
            path = source.name
            shutil.copy(source, pathlib.Path(folder, path))
        else:
            path = lab.write("look.ipynb", options.what)
        with open_notebook(lab, page, path) as notebook:
            failures = look(notebook, options)
    print("\n".join(failures) or "no errors")
    return bool(failures)


def look(notebook: Notebook, options: argparse.Namespace) -> list[str]:
    """Do in the page what was asked for, save the screenshots, and return the failures."""
    page = notebook.page
    if not options.sidebar:
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    if not options.no_run:
        notebook.run_all()
    if options.cells:
        for index in range(len(notebook.outputs)):
            shoot(notebook, options.out.with_name(f"{options.out.stem}-{index:02}{options.out.suffix}"), index)
    notebook.scroll_to(options.cell or 0)
    if page.locator(".jupyter-matplotlib-canvas-div").count():
        notebook.figure()
    for request in options.press:
        label, _, key = request.rpartition(":")
        key, _, times = key.partition("*")
        notebook.press(label, *[key] * int(times or 1))
    if not options.cells:
        shoot(notebook, options.out, options.cell)
    return notebook.failures


def shoot(notebook: Notebook, out: pathlib.Path, cell: int | None) -> None:
    """One screenshot, with a cell at the top and its figures at rest."""
    if cell is not None:
        notebook.scroll_to(cell)
    visible = notebook.page.locator(".jupyter-matplotlib-canvas-div")
    for number in range(visible.count()):
        Figure(notebook, visible.nth(number)).settled()
    notebook.page.screenshot(path=out)
    print(out)


if __name__ == "__main__":
    sys.exit(main())
