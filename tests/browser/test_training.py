"""The live trainer in a real JupyterLab: with the mouse, the keys, one's own module, and what goes wrong."""

from __future__ import annotations

from .conftest import Opener
from .lab import Figure, Notebook, same

MADE = "from nbkit import TrainingExplorer; e = TrainingExplorer({}); e"
OWN = """import torch
from torch import nn
from nbkit import TrainingExplorer

class Mine(nn.Module):
    fails_after = None

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        self.steps = 0

    def forward(self, x):
        self.steps += self.training
        if Mine.fails_after is not None and self.training and self.steps > Mine.fails_after:
            raise RuntimeError("my forward failed")
        return self.layers(x)

x = torch.rand(200, 2, generator=torch.Generator().manual_seed(0)) * 4 - 2
e = TrainingExplorer(Mine, (x, x[:, 0] > x[:, 1] ** 2)); e"""


def run(opened: Opener, cells: list[str]) -> tuple[Notebook, Figure]:
    notebook = opened(cells)
    notebook.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.run_all()
    figure = notebook.figure()
    figure.settled()
    return notebook, figure


def steps(notebook: Notebook) -> int:
    """The step that the page shows; asking the kernel would hold the training."""
    return int(notebook.page.locator(".nbkit-step input").first.input_value())


def play(notebook: Notebook, until: int) -> None:
    notebook.press("Play", "Space")
    notebook.until(lambda: steps(notebook) >= until, f"{until} steps", timeout=60)


def pause(notebook: Notebook) -> None:
    notebook.press("Pause", "Space")
    notebook.until(lambda: notebook.control("Play").count(), "it rests")


def tab(notebook: Notebook, title: str) -> None:
    notebook.page.locator(f'.nbkit-desk .lm-TabBar-tabLabel:text-is("{title}")').click()


def test_play_change_the_rate_pause_scrub_and_pin(opened: Opener) -> None:
    notebook, figure = run(opened, [MADE.format("hidden=[4]")])
    x, y, width, height = figure.box()
    assert x + width <= 1280 and y + height <= 720, "all in view"
    for under in (notebook.page.locator(".nbkit-hint"), notebook.control("Show code")):
        place, view = under.bounding_box(), notebook.page.locator(".jp-WindowedPanel-outer").bounding_box()
        assert place["y"] + place["height"] <= view["y"] + view["height"], "so are the keys and the controls"
    first = figure.settled()
    play(notebook, 60)
    tab(notebook, "Training")
    notebook.press("Learning rate", *["ArrowRight"] * 5)
    now = steps(notebook)
    notebook.until(lambda: steps(notebook) > now + 60, "it goes on", timeout=60)
    pause(notebook)
    figure.shows("e.figure")
    changes = notebook.ask("e.parameters['changes']")
    after = changes[-1][1]
    assert changes[0] == [0, {"learning_rate": 0.01}] and changes[1][0] >= 60 and after["learning_rate"] > 0.01
    assert notebook.ask("e.parameters['steps'] == e.trainer.steps == len(e.trainer.history)")
    trained = notebook.ask("e.trainer.steps")
    notebook.press("Look at step", "Home")
    notebook.until(lambda: notebook.ask("e.parameters['steps']") == 0, "the first step is shown")
    notebook.until(lambda: same(figure.pixels()[40:300, 60:200], first[40:300, 60:200]), "the first map again")
    assert notebook.ask("e.trainer.steps") == trained
    notebook.press("Look at step", "End")
    notebook.until(lambda: notebook.ask("e.parameters['steps']") == trained, "the last step is shown")
    notebook.press("Pin", "Space")
    notebook.press("Rewind", "Space")
    notebook.until(lambda: steps(notebook) == 0, "back at the start")
    notebook.press("Learning rate", *["ArrowRight"] * 3)
    play(notebook, 40)
    pause(notebook)
    label = notebook.ask("e._arrays['loss'].pinned[0].label")
    assert label == f"learning rate {after['learning_rate']:.3g}", "the knob that differs"
    figure.shows("e.figure")
    assert not notebook.failures


def test_neuron_and_weight_by_mouse_and_keys(opened: Opener) -> None:
    notebook, figure = run(opened, [MADE.format("hidden=[4], steps=30")])
    with figure.change():
        figure.click(figure.place("e", *notebook.ask("e.display_.network_.diagram_.centres[1][2].tolist()"), "network"))
    assert notebook.ask("[e.parameters['selected'], e.parameters['panel']]") == [[1, 2], "unit"]
    before = notebook.ask("e.value()")
    with figure.change():
        notebook.page.keyboard.press("ArrowUp")
    assert abs(notebook.ask("e.value()") - before - 0.1) < 1e-3
    with figure.change():
        notebook.page.keyboard.press("w")
    assert notebook.ask("e.parameters['selected']") == [1, 2, 0]
    notebook.page.keyboard.press(" ")
    notebook.until(lambda: steps(notebook) > 60, "the space bar plays")
    notebook.page.keyboard.press(" ")
    notebook.until(lambda: notebook.control("Play").count(), "and pauses")
    figure.shows("e.figure")
    assert not notebook.failures


def test_reload_while_it_plays(opened: Opener) -> None:
    notebook, _ = run(opened, [MADE.format("hidden=[4]")])
    play(notebook, 40)
    notebook.save()
    notebook.reload()
    notebook.figure()
    now = steps(notebook)
    notebook.until(lambda: steps(notebook) > now + 40, "it goes on in the page that was loaded again", timeout=60)
    pause(notebook)
    notebook.figure().shows("e.figure")
    assert not notebook.failures


def test_tab_closed_and_opened_again(opened: Opener) -> None:
    notebook, _ = run(opened, [MADE.format("hidden=[4]")])
    play(notebook, 40)
    notebook.save()
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.dispose()")
    notebook.open()
    notebook.figure()
    now = steps(notebook)
    notebook.until(lambda: steps(notebook) > now, "the kernel has gone on, and the page shows it", timeout=60)
    pause(notebook)
    notebook.figure().shows("e.figure")


def test_cell_waits_for_whole_steps_and_pause_works_meanwhile(opened: Opener) -> None:
    cells = [MADE.format("hidden=[4]"),
             "import torch, threading\nbefore = [p.clone() for p in e.trainer.model.parameters()]\n"
             "while e.controls['learning_rate'].value == 0.01: threading.Event().wait(0.01)\n"
             "for _ in range(50): threading.Event().wait(0.01)\n"  # what the page does meanwhile is no end of the cell
             "while e.playing and not e.runner._stop.is_set(): threading.Event().wait(0.01)\n"
             "print(all(torch.equal(a, b) for a, b in zip(before, e.trainer.model.parameters())))"]  # fmt: skip
    notebook = opened(cells)
    notebook.run_cell(0)
    notebook.figure()
    play(notebook, 40)
    tab(notebook, "Training")
    notebook.start_cell(1)
    notebook.press("Learning rate", "ArrowRight")  # while the second cell is busy
    notebook.press("Pause", "Space")
    notebook.until(lambda: notebook.outputs[1], "the cell ends, since it was paused")
    assert "".join(notebook.outputs[1][0]["text"]).strip() == "True", "nothing moved while the cell ran"
    assert not notebook.failures


def test_own_module_and_data_and_a_forward_that_fails(opened: Opener) -> None:
    notebook, figure = run(opened, [OWN])
    assert notebook.control("Data").count() == 0, "a control that does not apply is gone"
    play(notebook, 20)
    pause(notebook)
    notebook.run("Mine.fails_after = e.trainer.model.steps + 50")
    notebook.press("Play", "Space")
    notebook.until(lambda: notebook.error_lines, "the failure is told", timeout=60)
    assert notebook.error_lines == ["RuntimeError: my forward failed"]
    notebook.until(lambda: notebook.control("Play").count(), "it rests")
    stood = notebook.ask("e.trainer.steps")
    notebook.run("Mine.fails_after = None")
    play(notebook, stood + 20)
    pause(notebook)
    figure.shows("e.figure")


def test_loss_that_becomes_no_number_is_told_on_the_figure(opened: Opener) -> None:
    arguments = "data='relu_sum', activation='relu', optimizer='sgd', learning_rate=10.0"
    notebook, figure = run(opened, [MADE.format(arguments)])
    with figure.change():
        notebook.press("Play", "Space")
        notebook.until(lambda: "smaller" in notebook.ask("e.display_.message_.get_text()"), "it is told what to try")
    notebook.until(lambda: notebook.control("Play").count(), "it rests")
    figure.shows("e.figure")
    with figure.change():
        notebook.press("Rewind", "Space")
    assert not notebook.ask("e.display_.message_.get_visible()")
    assert not notebook.failures


def test_device_that_is_not_there(opened: Opener) -> None:
    notebook, _ = run(opened, [MADE.format("hidden=[4]")])
    absent = notebook.ask("[d.name for d in __import__('nbkit').available_devices() if not d.available]")
    assert absent, "this machine has every device"
    play(notebook, 30)
    tab(notebook, "Run")
    notebook.control("Device").select_option(label=f"{absent[0]} (not here)")
    notebook.until(lambda: notebook.error_lines, "it is told")
    assert "can't be used" in notebook.error_lines[0]
    now = steps(notebook)
    notebook.until(lambda: steps(notebook) > now + 30, "training goes on where it was", timeout=60)
    pause(notebook)
    assert notebook.ask("[str(e.trainer.device), e.parameters['device']]") == ["cpu", "cpu"]


def test_run_in_a_cell_is_live_and_ends_with_an_interrupt(opened: Opener) -> None:
    cells = [MADE.format("hidden=[4]"), "e.run(steps=10**8)", "print(e.trainer.steps == e.parameters['steps'])"]
    notebook = opened(cells)
    notebook.run_cell(0)
    figure = notebook.figure()
    first = figure.settled()
    notebook.start_cell(1)
    notebook.until(lambda: steps(notebook) > 60, "the page is live while the cell runs", timeout=60)
    assert not same(figure.pixels(), first)
    notebook.until(lambda: "left" in notebook.page.locator(".nbkit-said").inner_text(), "the time that is left")
    notebook.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt(); }"
    )
    notebook.until(lambda: notebook.outputs[1], "the cell ends")
    assert notebook.outputs[1][0]["ename"] == "KeyboardInterrupt"
    notebook.until(lambda: notebook.run("print(1)"), "the kernel, which drops what was queued, answers again")
    notebook.run_cell(2)
    assert "".join(notebook.outputs[2][0]["text"]).strip() == "True"
    play(notebook, steps(notebook) + 20)
    pause(notebook)
    figure.shows("e.figure")
