"""A real JupyterLab in a real browser: start it, open a notebook, use it as a person would, and ask what is to be seen.

    with start_lab(folder) as lab, start_browser() as browser, start_page(browser) as page:
        with open_notebook(lab, page, lab.write("demo.ipynb", ["import nbkit", "e = nbkit.ReLUSumExplorer(); e"])) as notebook:
            notebook.run_all()
            figure = notebook.figure()
            with figure.change():
                notebook.press("Weight", "ArrowRight")
            figure.shows("e.figure")

Nothing here sleeps: each wait is for a state of the page or of the kernel, looked at once an animation frame.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Dialog, Locator, Page, sync_playwright

__all__ = [
    "Figure",
    "Lab",
    "Notebook",
    "chromium",
    "open_notebook",
    "start_browser",
    "start_lab",
    "start_page",
    "until",
]

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Found = TypeVar("Found")

ROOT = pathlib.Path(__file__).parents[2]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]

NBGRADER = [
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
]

#: Lines of the browser's console that say nothing about the kit; the last is JupyterLab's where the notebook before this one was
#: closed while it asked its kernel for a subshell.
NOISE = re.compile(
    r"favicon|ResizeObserver loop|restore the debugger state|Canceled future for create_subshell_request"
)


# --- the server


@dataclass
class Lab:
    """A running server: its address, and the folder that it shows."""

    url: str
    folder: pathlib.Path
    app: str = "lab"
    log: pathlib.Path | None = None

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Write a notebook of code cells into the folder, and return its name."""
        (self.folder / name).write_text(json.dumps(notebook_of(cells)))
        return name


def notebook_of(cells: Sequence[str]) -> dict[str, Any]:
    """A notebook, as nbformat 4.5 has it, of code cells that have not been run."""
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [{**empty, "id": f"cell-{number}", "source": source} for number, source in enumerate(cells)],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@contextlib.contextmanager
def start_lab(
    folder: str | os.PathLike[str],
    *,
    python: str = sys.executable,
    app: str = "lab",
    overlay: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    extensions: Sequence[str] = (),
) -> Iterator[Lab]:
    """A server of its own port and directories, which knows nothing of the user's settings; ended on leaving.

    `python` is the interpreter of the environment that is tried; `app` is "lab" or "notebook" (Notebook 7); `overlay` a directory
    made by `pip install --target`, whose packages come before those of the environment; `settings` replace a plugin's defaults,
    `{"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}`; `extensions` are more of the server's, by module.
    Raises RuntimeError with the log when it ends early.
    """
    with contextlib.ExitStack() as stack:
        home = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="nbkit-lab-", ignore_cleanup_errors=True))
        )
        log = home / "server.log"
        port = _free_port()
        command = [
            *(python, "-m", {"lab": "jupyterlab", "notebook": "notebook"}[app]),
            *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"),
            *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
            f"--{'LabApp' if app == 'lab' else 'JupyterNotebookApp'}.expose_app_in_browser=True",
            f"--ServerApp.root_dir={pathlib.Path(folder).resolve()}",
        ]
        environment = _environment(home, python, overlay)
        (home / "config/labconfig").mkdir(parents=True)
        defaults = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}, **(settings or {})}
        (home / "config/labconfig/default_setting_overrides.json").write_text(json.dumps(defaults))
        # What nbgrader brings for teachers, students do not have, and it does not come with the kit.
        (home / "config/labconfig/page_config.json").write_text('{"disabledExtensions": {"@jupyter/nbgrader": true}}')
        enabled = {
            "ServerApp": {"jpserver_extensions": dict.fromkeys(extensions, True) | dict.fromkeys(NBGRADER, False)}
        }
        (home / "config/jupyter_server_config.json").write_text(json.dumps(enabled))
        out = stack.enter_context(log.open("w"))
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
        stack.callback(_end, process)
        lab = Lab(f"http://127.0.0.1:{port}", pathlib.Path(folder).resolve(), app, log)
        _wait_for_server(lab, process)
        yield lab


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: pathlib.Path, python: str, overlay: str | os.PathLike[str] | None) -> dict[str, str]:
    directories = {
        "HOME": "home",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST_"))}
    for name, directory in directories.items():
        (home / directory).mkdir(exist_ok=True)
        environment[name] = str(home / directory)
    environment["PATH"] = os.pathsep.join([str(pathlib.Path(python).parent), os.environ.get("PATH", "")])
    if overlay is not None:
        over = pathlib.Path(overlay).resolve()
        environment["PYTHONPATH"] = str(over)
        environment["JUPYTER_PATH"] = str(over / "share/jupyter")
        environment["JUPYTER_CONFIG_PATH"] = str(over / "etc/jupyter")
    return environment


def _wait_for_server(lab: Lab, process: subprocess.Popen[bytes], timeout: float = 90) -> None:
    assert lab.log is not None
    end = time.monotonic() + timeout
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{lab.url}/api/status", timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            # a socket that refuses tells nothing more until it is asked again
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise RuntimeError(f"the server did not start:\n{lab.log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- the browser


def chromium() -> str | None:
    """The path of a Chromium, or None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextlib.contextmanager
def start_browser() -> Iterator[Browser]:
    """The Chromium of the PATH, headless."""
    path = chromium()
    if path is None:
        raise RuntimeError("there is no chromium on the PATH; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def start_page(
    browser: Browser, size: tuple[int, int] = (1280, 720), scale: float = 1, script: str = ""
) -> Iterator[Page]:
    """A page of `size` pixels; `scale` is the device's pixel ratio, `script` is run in the page before anything else."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale, accept_downloads=True
    )
    try:
        for each in filter(None, (DRAWN, script)):
            context.add_init_script(each)
        yield context.new_page()
    finally:
        context.close()


@contextlib.contextmanager
def open_notebook(lab: Lab, page: Page, path: str) -> Iterator[Notebook]:
    """The notebook at `path`, its kernel ready; on leaving the notebook is closed and its kernel ended."""
    notebook = Notebook(lab, page, path)
    try:
        notebook.open()
        yield notebook
        notebook.close()
    finally:
        notebook.deaf = True


def until(page: Page, condition: Callable[[], Found], what: str | Callable[[], str], timeout: float = 20) -> Found:
    """Ask once an animation frame until the answer is true, and return it; raises TimeoutError that says `what`."""
    end = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout:g} s: {what if isinstance(what, str) else what()}")
        page.evaluate("() => new Promise(requestAnimationFrame)")


# JupyterLab's own objects, which `expose_app_in_browser` puts into the page: its state is asked, not guessed from the look.
PANEL = "const app = window.jupyterapp, panel = app.shell.currentWidget;"

READY = f"""path => {{
  if (!window.jupyterapp || !window.jupyterapp.shell || !window.jupyterapp.shell.currentWidget) return false;
  {PANEL}
  const context = panel.context, session = panel.sessionContext, kernel = session && session.session && session.session.kernel;
  return Boolean(context && context.path === path && context.isReady && session.isReady && kernel
    && kernel.connectionStatus === 'connected' && kernel.status === 'idle' && panel.content.widgets.length > 0);
}}"""

IDLE = f"""() => {{
  {PANEL}
  const kernel = panel.sessionContext.session && panel.sessionContext.session.kernel;
  const waiting = panel.content.widgets.some(cell => cell.model.type === 'code' && cell.model.executionState === 'running');
  return Boolean(kernel) && kernel.connectionStatus === 'connected' && kernel.status === 'idle' && !waiting;
}}"""

OUTPUTS = f"""() => {{
  {PANEL}
  return panel.content.widgets.map(cell => cell.model.type === 'code' ? cell.model.outputs.toJSON() : []);
}}"""

ASK = f"""async code => {{
  {PANEL}
  const kernel = panel.sessionContext.session.kernel;
  const future = kernel.requestExecute({{code, silent: false, store_history: false, stop_on_error: false}});
  let text = '', error = null;
  future.onIOPub = message => {{
    if (message.header.msg_type === 'stream' && message.content.name === 'stdout') text += message.content.text;
    if (message.header.msg_type === 'error') error = message.content.ename + ': ' + message.content.evalue;
  }};
  await future.done;
  return [text, error];
}}"""


@dataclass
class Notebook:
    """A notebook in a page, with what its console has said."""

    lab: Lab
    page: Page
    path: str
    console: list[str] = field(default_factory=list)
    deaf: bool = False  # a page outlives its notebooks

    def __post_init__(self) -> None:
        self.page.on(
            "console", lambda message: self._heard(message.type, f"{message.text} {message.location.get('url', '')}")
        )
        self.page.on("pageerror", lambda error: self._heard("error", str(error)))
        self.page.on("dialog", self._asked)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not self.deaf and not NOISE.search(text):
            self.console.append(text)

    def _asked(self, dialog: Dialog) -> None:
        if not self.deaf:
            dialog.accept()

    # --- opening, running, saving

    def open(self) -> None:
        """Open the notebook and wait for its kernel; a page that shows JupyterLab already need not load it again."""
        if self.lab.app == "lab" and self.page.url.startswith(f"{self.lab.url}/lab"):
            self.page.evaluate(
                "async path => { await window.jupyterapp.commands.execute('docmanager:open', {path}); }", self.path
            )
        else:
            # `reset` forgets what an earlier page has left open
            where = f"lab/tree/{self.path}?reset" if self.lab.app == "lab" else f"notebooks/{self.path}"
            self.page.goto(f"{self.lab.url}/{where}", wait_until="domcontentloaded")
        self.ready()

    def ready(self, timeout: float = 90) -> None:
        """Wait until the notebook is shown and its kernel is idle."""
        self.page.wait_for_function(READY, arg=self.path, timeout=timeout * 1000)

    def run_all(self, timeout: float = 120) -> None:
        """Run all cells, and wait until the last is done."""
        self._execute("notebook:run-all-cells", timeout)

    def run_cell(self, index: int, timeout: float = 120) -> None:
        """Run one cell, and wait until it is done."""
        self.page.evaluate(
            f"index => {{ {PANEL} panel.content.activeCellIndex = index; panel.content.deselectAll(); }}", index
        )
        self._execute("notebook:run-cell", timeout)

    def start_cell(self, index: int) -> None:
        """Run one cell, and do not wait for it."""
        self.page.evaluate(
            f"index => {{ {PANEL} panel.content.activeCellIndex = index; panel.content.deselectAll();"
            " window.jupyterapp.commands.execute('notebook:run-cell'); }",
            index,
        )

    def save(self) -> None:
        """Save, and wait until the file is written."""
        self.page.evaluate(f"async () => {{ {PANEL} await panel.context.save(); }}")

    def reload(self) -> None:
        """Load the page again, as F5 does; the kernel goes on."""
        self.page.reload(wait_until="domcontentloaded")
        self.ready()

    def restart(self) -> None:
        """Restart the kernel; the page keeps its outputs."""
        self.page.evaluate(f"async () => {{ {PANEL} await panel.sessionContext.session.kernel.restart(); }}")
        self.ready()

    def close(self) -> None:
        """Close the notebook without saving it, and let the server end the kernel meanwhile."""
        self.page.evaluate(
            f"() => {{ {PANEL} const session = panel.sessionContext.session; panel.dispose();"
            " const settings = app.serviceManager.serverSettings;"
            " if (session) fetch(`${settings.baseUrl}api/sessions/${session.id}`, {method: 'DELETE', keepalive: true}); }"
        )

    def _execute(self, command: str, timeout: float) -> None:
        self.page.evaluate(
            "name => { window.__done = false; window.jupyterapp.commands.execute(name).finally(() => { window.__done = true; }); }",
            command,
        )
        self.page.wait_for_function("() => window.__done", timeout=timeout * 1000)
        self.page.wait_for_function(IDLE, timeout=timeout * 1000)

    # --- what is to be seen

    def scroll_to(self, index: int) -> None:
        """Bring a cell to the top of the page; JupyterLab renders only what is near."""
        self.page.evaluate(
            f"async index => {{ {PANEL} const cells = panel.content; cells.activeCellIndex = index; "
            "await cells.scrollToItem(index, 'start'); }",
            index,
        )
        self.page.wait_for_function(
            f"index => {{ {PANEL} return panel.content.widgets[index].node.isConnected; }}", arg=index
        )

    @property
    def outputs(self) -> list[list[dict[str, Any]]]:
        """The outputs of each code cell, as they would be saved."""
        outputs: list[list[dict[str, Any]]] = self.page.evaluate(OUTPUTS)
        return outputs

    @property
    def failures(self) -> list[str]:
        """Errors and lines on stderr in the outputs of the cells, and errors in the browser's console."""
        said = []
        for index, outputs in enumerate(self.outputs):
            for output in outputs:
                if output["output_type"] == "error":
                    said.append(f"cell {index}: {output['ename']}: {output['evalue']}")
                elif output.get("name") == "stderr":
                    said.append(f"cell {index}: {''.join(output['text'])}")
        said += [f"error line: {line}" for line in self.error_lines]
        return said + [f"console: {line}" for line in self.console]

    @property
    def error_lines(self) -> list[str]:
        """What the explorers in the page say of failures."""
        texts = self.page.locator(".nbkit-explorer .nbkit-error").all_text_contents()
        return [text.strip() for text in texts if text.strip()]

    def explorer(self, number: int = 0) -> Locator:
        """The n-th explorer in the page."""
        return self.page.locator(".jp-OutputArea-output .nbkit-explorer").nth(number)

    def figure(self, number: int = 0) -> Figure:
        """The n-th figure in the page, once it is in view and shows something."""
        figure = Figure(self, self.page.locator(".jupyter-matplotlib-canvas-div").nth(number))
        figure.seen()
        return figure

    # --- the hand

    def control(self, label: str, number: int = 0) -> Locator:
        """What takes the keyboard in the control of this label: a slider's handle, a list, a field, a box or a button."""
        row = self.page.locator(".jupyter-widgets").filter(has=self.page.locator(f'> .widget-label:text-is("{label}")'))
        inside = row.locator('.noUi-handle, select, input:not([type="hidden"])').nth(number)
        box = self.page.locator(f'.widget-checkbox:has-text("{label}") input').nth(number)
        button = self.page.locator(f'button.jupyter-button:text-is("{label}")').nth(number)
        return inside.or_(box).or_(button).first

    def press(self, label: str, *keys: str, number: int = 0) -> None:
        """Give a control the focus, and press keys."""
        self.control(label, number).focus()
        for key in keys:
            self.page.keyboard.press(key)

    # --- the kernel

    def ask(self, expression: str) -> Any:
        """The value of an expression in the kernel, through JSON; the cells' counts stay as they are."""
        text = self.run(f"import json as _json; print(_json.dumps({expression}))")
        return json.loads(text)

    def run(self, code: str) -> str:
        """Run code in the kernel outside of the cells, and return what it prints; raises RuntimeError with its error."""
        text, error = self.page.evaluate(ASK, code)
        if error:
            raise RuntimeError(f"{error}, in: {code}")
        return str(text)

    def until(self, condition: Callable[[], Found], what: str | Callable[[], str], timeout: float = 20) -> Found:
        """As the function `until`, in this page."""
        return until(self.page, condition, what, timeout)


# --- a figure

# Each canvas of the page knows when something was drawn into it last: to compare pixels frame by frame would keep a core busy,
# which the kernel needs.
DRAWN = """
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function(...given) {
  this.canvas.__drawn = performance.now();
  return draw.apply(this, given);
};
"""

SEEN = """div => {
  const canvas = div.querySelector('canvas');
  if (!canvas || !canvas.width || !canvas.height || !canvas.getBoundingClientRect().width) return false;
  const data = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return data.some(pixel => pixel !== data[0]);
}"""

# Resolves when nothing has been drawn for `rest` ms, and it has watched for `watch` ms: the canvas sends quick frames
# without care, and a careful one at rest.
SETTLED = """(div, [rest, watch, limit]) => new Promise((resolve, reject) => {
  const canvas = div.querySelector('canvas'), start = performance.now();
  const look = () => {
    const now = performance.now();
    if (now - (canvas.__drawn || 0) >= rest && now - start >= watch) resolve(canvas.toDataURL().split(',')[1]);
    else if (now - start > limit) reject(new Error('the figure goes on changing'));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


@dataclass
class Figure:
    """A figure of ipympl in the page: two canvases, the lower one with the picture, the upper one for the mouse."""

    notebook: Notebook
    div: Locator

    @property
    def page(self) -> Page:
        return self.notebook.page

    def seen(self, timeout: float = 30) -> None:
        """Bring the figure into view, and wait until it has a size and more than one colour."""
        until(
            self.page,
            lambda: self.div.count() and self.div.evaluate(SEEN),
            lambda: f"a figure with a size and a picture {self.notebook.failures}",
            timeout,
        )
        self.div.scroll_into_view_if_needed()

    def box(self) -> tuple[float, float, float, float]:
        """Where it stands in the page, once it is in view: x, y, width, height in CSS pixels."""
        self.div.scroll_into_view_if_needed()
        box = self.div.bounding_box()
        assert box is not None, "the figure is not in the page"
        return box["x"], box["y"], box["width"], box["height"]

    def pixels(self) -> Pixels:
        """The picture as it is now, shape (height, width, 3), in the device's pixels."""
        return _decoded(self.div.evaluate("div => div.querySelector('canvas').toDataURL().split(',')[1]"))

    def drawn(self) -> float:
        """When something was drawn last, in ms of the page's clock."""
        return float(self.div.evaluate("div => div.querySelector('canvas').__drawn || 0"))

    def settled(self, rest: float = 0.3, watch: float = 0.3, timeout: float = 20) -> Pixels:
        """The picture once it has been the same for `rest` seconds, and for the last `watch` seconds from now on."""
        return _decoded(self.div.evaluate(SETTLED, [1000 * rest, 1000 * watch, 1000 * timeout]))

    def screenshot(self) -> Pixels:
        """What a person sees where the figure stands: also what covers it."""
        x, y, width, height = self.box()
        whole = self.page.screenshot(clip={"x": round(x), "y": round(y), "width": width, "height": height})
        return np.asarray(Image.open(io.BytesIO(whole)).convert("RGB"))

    @contextlib.contextmanager
    def change(self, timeout: float = 20) -> Iterator[None]:
        """Wait, after what is done inside, until the picture is another one and rests."""
        before, looked = self.settled(watch=0.1), self.drawn()
        yield

        def changes() -> bool:
            nonlocal looked
            drawn = self.drawn()
            if drawn == looked:
                return False
            looked = drawn
            return not same(self.pixels(), before)

        until(self.page, changes, "the picture changes", timeout)
        self.settled(watch=0, timeout=timeout)

    def shows(self, figure: str, timeout: float = 20) -> None:
        """Wait until the picture is what `figure`, an expression in the kernel, saves as PNG."""
        difference = 1.0

        def agrees() -> bool:
            nonlocal difference
            # first the long way: until it is done, the page has mostly drawn, too
            saved = self.saved(figure)
            difference = unlike(self.pixels(), saved)
            if difference > TOLERANCE:
                difference = unlike(self.settled(0.15, 0.15), saved)
            return difference <= TOLERANCE

        until(
            self.page,
            agrees,
            lambda: f"the picture is that of {figure}: {difference:.2%} of the pixels differ",
            timeout,
        )

    def saved(self, figure: str) -> Pixels:
        """What `figure`, an expression in the kernel, saves as PNG, at the resolution of the page."""
        ratio = self.page.evaluate("() => window.devicePixelRatio")
        code = (
            f"import io as _io, base64 as _b64; _file = _io.BytesIO(); _figure = {figure}\n"
            f"_figure.savefig(_file, format='png', dpi=100 * {ratio}); print(_b64.b64encode(_file.getvalue()).decode())"
        )
        return _decoded(self.notebook.run(code))

    # --- the mouse

    def place(self, explorer: str, x: float, y: float, where: str | None = None) -> tuple[float, float]:
        """The point of the page where x, y (data coordinates of the axes `where` of an explorer in the kernel) is drawn."""
        axes = f"{explorer}.display_.axes_[{where!r}]" if where else f"{explorer}.display_.ax_"
        across, up = self.notebook.ask(
            f"({axes}.transData.transform(({x!r}, {y!r})) / {explorer}.figure.bbox.size).tolist()"
        )
        return self.at(across, 1 - up)

    def at(self, across: float, down: float) -> tuple[float, float]:
        """The point of the page at these fractions of the figure's box, from its upper left corner."""
        x, y, width, height = self.box()
        return x + across * width, y + down * height

    def click(self, point: tuple[float, float]) -> None:
        """Click on a point of the page."""
        self.page.mouse.click(*point)

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Press at one point of the page, move to another, release."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for step in range(1, steps + 1):
            self.page.mouse.move(*(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
            # ipympl throttles the moves, and drops what comes faster than it sends
            self.page.evaluate(
                "() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
            )
        self.page.mouse.up()

    def toolbar(self, icon: str) -> None:
        """Press a button of the figure's toolbar, by the name of its icon: home, arrows, square-o, floppy-o, …"""
        self.page.mouse.move(*self.at(0.5, 0.5))
        self.div.locator(
            f'xpath=ancestor::*[contains(@class, "jupyter-matplotlib-figure")]//button[.//i[contains(@class, "fa-{icon}")]]'
        ).click()


#: A pixel differs when a colour is off by more than this: a blit and a full draw may round an edge's coverage by a few units.
STEP = 24
#: The share of pixels that may differ.
TOLERANCE = 0.002


def same(one: Pixels, other: Pixels) -> bool:
    """Whether two pictures are equal to the bit."""
    return one.shape == other.shape and bool(np.array_equal(one, other))


def unlike(one: Pixels, other: Pixels) -> float:
    """The share of pixels in which two pictures differ; 1 when they differ in size."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one.astype(np.int16) - other) > STEP).any(axis=-1).mean())


def _decoded(png: str) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
