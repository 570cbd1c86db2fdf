"""What the live picture costs the training, in a real JupyterLab: `python -m benchmarks.live_training`.

In one kernel, in turns: a bare loop (batches by index, the same network and optimiser, nothing measured or drawn) in a cell, and
the explorer playing in the page. Printed are medians over the rounds of the ratio of both steps/s, once by the clock and once by
the processor's time of the thread that trains, which holds on a computer that does other things as well; and the frames
that the page has drawn a second.

On a computer of two cores the kernel, the server and the browser's many threads are in each other's way, and how much depends on
how the system happens to place them. So each case is measured a second time with the kernel on the last core and all others on
the rest, which is what a computer with more cores comes to by itself (Linux only; `--placed` leaves it out).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile

import psutil

from tests.browser.lab import Notebook, open_notebook, start_browser, start_lab, start_page

BARE = """
import threading, time, torch
from torch import nn
from nbkit import TrainingExplorer

def bare(seconds, batch_size, threads=None):
    before = torch.get_num_threads()
    if threads: torch.set_num_threads(threads)
    samples = e.trainer.train
    x, y = samples.inputs[0], samples.targets
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer, loss = torch.optim.Adam(model.parameters(), lr=0.01, fused=True), nn.BCEWithLogitsLoss()
    steps, start, cpu = 0, time.perf_counter(), time.thread_time()
    while time.perf_counter() < start + seconds:
        for rows in torch.randperm(len(x)).split(batch_size):
            optimizer.zero_grad()
            loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
            steps += 1
    torch.set_num_threads(before)
    return steps / (time.perf_counter() - start), steps / (time.thread_time() - cpu)

def mark():
    thread = e.runner._thread
    return e.trainer.steps, time.perf_counter(), time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
"""
COUNT = """
window.__frames = 0;
const plain = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function(...given) {
  if (this.canvas.isConnected && this.canvas.closest('.jupyter-matplotlib-canvas-div')) window.__frames += 1;
  return plain.apply(this, given);
};
"""
CASES = {
    "map and curves, batch 32, 1000 points": (
        "data='circle', noise=0.5, samples=2000, show=['data', 'loss', 'metric']",
        32,
    ),
    "all views, spiral, batch 10, 250 points": ("data='spiral', samples=500, batch_size=10", 10),
}


def measure(notebook: Notebook, batch_size: int, seconds: float) -> tuple[float, float, float, float]:
    """Shares of the bare loop's steps/s by clock and by processor, frames/s and steps/s, of one round."""
    ask, page = notebook.ask, notebook.page
    wall, cpu = ask(f"bare({seconds}, {batch_size}, 1)")
    notebook.press("Play", "Space")
    page.wait_for_function("() => true")
    notebook.until(lambda: notebook.control("Pause").count(), "it plays")
    page.wait_for_timeout(500)
    first, frames = ask("mark()"), page.evaluate("() => window.__frames")
    page.wait_for_timeout(1000 * seconds)
    frames, last = page.evaluate("() => window.__frames") - frames, ask("mark()")
    notebook.press("Pause", "Space")
    notebook.until(lambda: notebook.control("Play").count(), "it rests")
    steps, passed, used = (b - a for a, b in zip(first, last, strict=True))
    again, cpu_again = ask(f"bare({seconds}, {batch_size}, 1)")
    shares = 2 * steps / passed / (wall + again), 2 * steps / used / (cpu + cpu_again)
    return *shares, frames / passed, steps / passed


def set_apart(kernel: int) -> None:
    """The threads of this process number on the last core, those of all others that were started here on the rest."""
    cores = sorted(os.sched_getaffinity(0))
    for process in psutil.Process().children(recursive=True):
        for thread in process.threads():
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                os.sched_setaffinity(thread.id, cores[-1:] if process.pid == kernel else cores[:-1])


def rounds(notebook: Notebook, name: str, batch_size: int, count: int, seconds: float) -> None:
    """Measure, and print a line."""
    found = [measure(notebook, batch_size, seconds) for _ in range(count)]
    wall, cpu, frames, speed = (statistics.median(column) for column in zip(*found, strict=True))
    drawing = 1000 * notebook.ask("e.runner._drawing")
    print(
        f"{name}: share of the bare loop {wall:.2f} by the clock, {cpu:.2f} by processor time, {frames:.1f} frames/s, "
        f"{drawing:.1f} ms a frame, {speed:.0f} steps/s",
        flush=True,
    )


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn (default %(default)s)")
    parser.add_argument("--placed", action="store_true", help="only as the system places the programs")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        start_lab(folder) as lab,
        start_browser() as browser,
        start_page(browser, script=COUNT) as page,
    ):
        for number, (name, (arguments, batch_size)) in enumerate(CASES.items()):
            cells = [BARE, f"e = TrainingExplorer({arguments}, hidden=[16, 16]); e"]
            with open_notebook(lab, page, lab.write(f"live-{number}.ipynb", cells)) as notebook:
                page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
                notebook.run_all()
                notebook.figure()
                given = name, batch_size, options.rounds, options.seconds
                rounds(notebook, *given)
                if not options.placed and hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
                    notebook.press("Reset", "Space")
                    set_apart(notebook.ask("__import__('os').getpid()"))
                    rounds(notebook, f"  the kernel on a core of its own; {given[0]}", *given[1:])


if __name__ == "__main__":
    main()
