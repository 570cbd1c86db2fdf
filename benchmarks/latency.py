"""From a key on a slider to the pixels, in a real JupyterLab: `python -m benchmarks.latency`.

Each explorer's main slider is moved by single key presses, and by a key held down. Beside it, in the same run and with the same
picture: the figure made anew by `interact` and shown inline; ipympl with `draw_idle()`; and the floor, a slider that changes a
picture of one pixel in an image widget. Latency is the time from the key event to the first frame whose pixels are those at
rest; the key is held by the driver, which repeats it every INTERVAL ms.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.lab import Notebook, open_notebook, start_browser, start_lab, start_page

INTERVAL = 30.0  # ms between repeats of a key that is held down, as a keyboard makes them
SETTLE = 400  # ms without a new frame: at rest


@dataclass(frozen=True)
class Case:
    """An explorer, its slider in the kernel, and what stands beside it in the page."""

    explorer: str
    slider: str
    label: str


CASES = (
    Case("ReLUSumExplorer()", "e.editor.sliders['weight']", "Weight w"),
    Case("NeuronExplorer()", "e.controls['w1']", "Weight w1"),
    Case("ActivationExplorer('swish')", "e.controls['beta']", "Swish beta"),
    Case("GradientDescentExplorer()", "e.controls['learning_rate'].slider", "Learning rate"),
)

# Every frame that reaches the watched canvas is copied, which costs far less than to read it; what it shows is read afterwards.
WATCH = """
window.__watch = {target: null, key: 0, released: 0, frames: []};
for (const [type, field] of [['keydown', 'key'], ['keyup', 'released']])
  window.addEventListener(type, event => { window.__watch[field] = event.timeStamp; }, true);
const plain = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function(...given) {
  const drawn = plain.apply(this, given), watch = window.__watch;
  if (watch.target && this.canvas === watch.target()) {
    const copy = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    copy.getContext('2d').drawImage(this.canvas, 0, 0);
    watch.frames.push({time: performance.now(), copy});
  }
  return drawn;
};
new MutationObserver(() => {
  const watch = window.__watch, image = watch.image && watch.image();
  if (!image || image.src === watch.last) return;
  watch.last = image.src;
  const source = image.src;
  image.decode().then(() => watch.frames.push({time: performance.now(), source})).catch(() => {});
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['src']});
"""

# Resolves when no frame has come for a while: the times of all frames after the key, and of the first that shows the rest.
REST = """settle => new Promise(resolve => {
  const watch = window.__watch, asked = performance.now();
  const pixels = frame => frame.source ||
    String(new Uint32Array(frame.copy.getContext('2d').getImageData(0, 0, frame.copy.width, frame.copy.height).data.buffer));
  const look = () => {
    const last = watch.frames.length ? watch.frames[watch.frames.length - 1].time : asked;
    if (performance.now() - last < (watch.frames.length ? settle : 3000)) return setTimeout(look, 20);
    if (!watch.frames.length) return resolve(null);  // the slider stood at its end
    const rest = pixels(watch.frames[watch.frames.length - 1]);
    let first = watch.frames.length - 1;
    while (first > 0 && pixels(watch.frames[first - 1]) === rest) first -= 1;
    const times = watch.frames.map(frame => frame.time), settled = watch.frames[first].time;
    const answer = {key: watch.key, released: watch.released, times, settled};
    watch.frames = [];
    resolve(answer);
  };
  look();
})"""

FLOOR = """
import io, ipywidgets
from PIL import Image
def dot(value):
    file = io.BytesIO(); Image.new("RGB", (1, 1), (int(value * 10) % 256, 0, 0)).save(file, "png"); return file.getvalue()
s = ipywidgets.FloatSlider(description="Floor", min=-10, max=10, step=0.1)
i = ipywidgets.Image(value=dot(0), format="png")
s.observe(lambda change: setattr(i, "value", dot(change["new"])), "value")
ipywidgets.VBox([s, i])
"""

#: What both of the usual ways begin with: the explorer's own picture, for a number.
PICTURE = """
import ipywidgets, nbkit
e = nbkit.{explorer}
control = {slider}
def arrays(value):
    control.value = value
    given = e.compute(**e.parameters)
    given.pop("caption", None)
    return given
s = type(control)(**{{k: getattr(control, k) for k in ("min", "max", "step", "value")}}, description="Usual")
"""

INTERACT = """
from IPython.display import display
%matplotlib inline
def show(value):
    d = type(e.display_)(); d.update(**arrays(value))
    for artist in d.live_: artist.set_animated(False)
    display(d.figure_)
ipywidgets.interactive(show, value=s)
"""

IDLE = """
from ipympl.backend_nbagg import Canvas, FigureManager
d = type(e.display_)(); d.update(**arrays(s.value))
for artist in d.live_: artist.set_animated(False)
c = Canvas(d.figure_); c.syncing_data_url = False; FigureManager(c, 0)
def show(change):
    d.update(**arrays(change["new"])); c.draw_idle()
s.observe(show, "value")
ipywidgets.VBox([s, c])
"""

CANVAS = "() => document.querySelector('.jp-OutputArea-output .jupyter-matplotlib-canvas-div canvas')"
PICTURE_IN_OUTPUT = (
    "() => document.querySelector('.jp-OutputArea-output .widget-output img, .jp-OutputArea-output img')"
)
#: Of the notebooks: a page opens each name once.
NUMBERS = itertools.count()


def single_keys(notebook: Notebook, label: str, target: str, count: int) -> list[float]:
    """Latencies in ms of single key presses, after five that are not counted."""
    watch(notebook, target)
    found = []
    notebook.control(label).focus()
    for number in range(count + 5):
        notebook.page.keyboard.press("ArrowRight" if number % 20 < 10 else "ArrowLeft")
        frames = notebook.page.evaluate(REST, SETTLE)
        if frames and number >= 5:
            found.append(frames["settled"] - frames["key"])
    return found


def held_key(notebook: Notebook, label: str, target: str, seconds: float = 3.0) -> tuple[float, float, float]:
    """A key held down: frames a second, and ms from its release to the last moving frame and to the picture at rest."""
    watch(notebook, target)
    page = notebook.page
    notebook.control(label).focus()
    page.keyboard.press("Home")
    page.evaluate(REST, SETTLE)
    start = time.perf_counter()
    number = 0
    while time.perf_counter() - start < seconds:
        page.keyboard.down("ArrowRight" if (number // 60) % 2 == 0 else "ArrowLeft")
        number += 1
        time.sleep(max(0.0, start + number * INTERVAL / 1000 - time.perf_counter()))
    page.keyboard.up("ArrowRight")
    page.keyboard.up("ArrowLeft")
    frames = page.evaluate(REST, SETTLE)
    times, released = frames["times"], frames["released"]
    moving = [moment for moment in times if moment < released]
    after = [moment for moment in times if moment >= released]
    # What follows the last moving frame is the same picture without loss.
    last = after[-2] if len(after) > 1 else released
    return len(moving) / seconds, last - released, frames["settled"] - released


def watch(notebook: Notebook, target: str) -> None:
    field = "image" if "img" in target else "target"
    notebook.page.evaluate(f"() => {{ Object.assign(window.__watch, {{target: null, image: null, frames: []}}); "
                           f"window.__watch.{field} = {target}; }}")  # fmt: skip


def measured(page: Page, lab: Any, cells: Sequence[str], label: str, target: str, count: int, hold: bool) -> Any:
    """One notebook: the latencies, and with `hold` also what a held key gives."""
    with open_notebook(lab, page, lab.write(f"latency-{next(NUMBERS)}.ipynb", cells)) as notebook:
        notebook.run_all()
        page.wait_for_function(f"() => Boolean(({target})())")
        if "canvas" in target:
            notebook.figure().settled()
        singles = single_keys(notebook, label, target, count)
        return singles, held_key(notebook, label, target) if hold else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="single key presses a way (default %(default)s)")
    parser.add_argument("--only", default="", help="the explorers whose name contains this")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        start_lab(folder) as lab,
        start_browser() as browser,
        start_page(browser, (1280, 900), 1, WATCH) as page,
    ):
        floor, _ = measured(page, lab, [FLOOR], "Floor", PICTURE_IN_OUTPUT, options.count, False)
        print(f"floor, a picture of one pixel: {said(floor)}")
        for case in CASES:
            if options.only in case.explorer:
                compare(page, lab, case, floor, options.count)
    return 0


def compare(page: Page, lab: Any, case: Case, floor: list[float], count: int) -> None:
    """One explorer beside the two usual ways."""
    ours, held = measured(
        page, lab, [f"import nbkit; e = nbkit.{case.explorer}; e"], case.label, CANVAS, count, hold=True
    )
    picture = PICTURE.format(explorer=case.explorer, slider=case.slider)
    interact, _ = measured(page, lab, [picture + INTERACT], "Usual", PICTURE_IN_OUTPUT, count, False)
    idle, _ = measured(page, lab, [picture + IDLE], "Usual", CANVAS, count, False)
    median = statistics.median(ours)
    print(f"\n{case.explorer}, {case.label}")
    print(f"  the explorer           {said(ours)}   {median / statistics.median(floor):.1f} × the floor")
    for name, times in (("interact, inline", interact), ("ipympl, draw_idle", idle)):
        print(f"  {name:22} {said(times)}   {statistics.median(times) / median:.1f} × the explorer")
    rate, moving, rest = held
    print(f"  key held, every {INTERVAL:g} ms: {rate:.0f} frames/s; after its release the last frame comes in "
          f"{moving:.0f} ms, without loss in {rest:.0f} ms", flush=True)  # fmt: skip


def said(times: list[float]) -> str:
    """Median and 95th percentile."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    median = statistics.median(ordered)
    return f"median {median:5.1f} ms, p95 {p95:5.1f} ms ({p95 / median:.1f} × the median, n = {len(ordered)})"


if __name__ == "__main__":
    sys.exit(main())
