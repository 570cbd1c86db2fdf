"""Make the pictures of the README: each public explorer as JupyterLab shows it, with its controls.

    python -m docs.pictures [NAME …]

from the repository's root; without names all of them, into docs/pictures/NAME.png, each below 100 kB. Chromium must be on the PATH.
"""

from __future__ import annotations

import io
import pathlib
import sys
import tempfile
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Page

import nbkit
from tests.browser.lab import Lab, open_notebook, start_browser, start_lab, start_page

PICTURES = pathlib.Path(__file__).with_name("pictures")
EXPLORERS = sorted(name for name in nbkit.__all__ if name.endswith("Explorer") and name != "Explorer")
LARGEST = 100_000  # bytes
SIZE = (1280, 1400)  # of the window: high enough for the tallest explorer


def main(names: Sequence[str] = ()) -> int:
    """Make the pictures of these explorers, or of all; 1 where one failed."""
    unknown = set(names) - set(EXPLORERS)
    if unknown:
        print(f"there is no explorer {', '.join(sorted(unknown))}; there are {', '.join(EXPLORERS)}", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory() as folder, start_lab(folder) as lab, start_browser() as browser:
        for name in names or EXPLORERS:
            with start_page(browser, SIZE) as page:
                picture, failures = photograph(lab, page, name)
            if failures:
                failed = True
                print(f"{name}: {'; '.join(failures)}", file=sys.stderr)
            else:
                (PICTURES / f"{name}.png").write_bytes(picture)
                print(f"docs/pictures/{name}.png: {len(picture) / 1000:.0f} kB")
    return int(failed)


def photograph(lab: Lab, page: Page, name: str) -> tuple[bytes, list[str]]:
    """A picture of an explorer with its controls, once it rests, and what went wrong."""
    with open_notebook(lab, page, lab.write(f"{name}.ipynb", [f"import nbkit\nnbkit.{name}()"])) as notebook:
        page.evaluate("() => { window.jupyterapp.shell.collapseLeft(); }")
        notebook.run_all()
        notebook.figure().settled()
        page.mouse.move(0, 0)  # no toolbar, no tooltip
        notebook.figure().settled()
        return small(notebook.explorer().screenshot(type="png")), notebook.failures


def small(picture: bytes) -> bytes:
    """The picture without its empty margin, in as many colours as stay below LARGEST."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = ImageOps.expand(image.crop(seen(image)), 8, image.getpixel((image.width - 1, image.height - 1)))
    for colours in (None, 256, 128, 64, 32):
        file = io.BytesIO()
        drawn = image.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE) if colours else image
        drawn.save(file, format="png", optimize=True)
        if file.tell() < LARGEST:
            return file.getvalue()
    raise ValueError(f"the picture takes {file.tell()} bytes in 32 colours; make the explorer's figure smaller")


def seen(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is not empty; the last pixel is."""
    empty = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
    return ImageChops.difference(image, empty).getbbox() or (0, 0, *image.size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
