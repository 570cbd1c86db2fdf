"""Mouse and keys on the trainer's figure, pins, the stop rule, and the notebook's cells."""

import html
import re
import threading

import numpy as np
import pytest
import torch

from nbkit.widgets import cells
from nbkit.widgets.training.walking import best_before

from .training_help import rest, wait_while, weights


def parameter(explorer, name):
    return explorer.trainer.model.get_parameter(name).detach().numpy().copy()


def test_the_speed_changes_while_it_plays(made):
    explorer = made(speed=1)
    explorer.play()
    explorer.set(speed=0)
    wait_while(lambda: explorer.trainer.steps < 200)  # which would take minutes
    explorer.pause()
    rest(explorer)


# --- weights by hand


def test_a_weight_is_edited_and_training_goes_on_from_there(made):
    explorer = made(steps=20)
    before = parameter(explorer, "layers.0.weight")
    explorer.edit("layers.0.weight", (1, 0), 2.5)
    explorer.edit("layers.0.bias", (3,), -1.0)
    explorer.edit("layers.0.weight", (1, 0), 1.5)
    before[1, 0] = 1.5
    assert (parameter(explorer, "layers.0.weight") == before).all() and explorer.trainer.steps == 20
    edits = [["layers.0.bias", [3], -1.0], ["layers.0.weight", [1, 0], 1.5]]
    assert explorer.parameters["changes"] == [[20, {"weights": edits}]]
    explorer.run(steps=15)
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()
    for name, index, value, said in (
        ("nothing", (0,), 1.0, "no parameter 'nothing'"),
        ("layers.0.bias", (9,), 1.0, r"has the shape \(4,\)"),
        ("layers.0.bias", (0,), float("nan"), "must be a number"),
    ):
        with pytest.raises(ValueError, match=said):
            explorer.edit(name, index, value)


def test_an_edit_where_one_looks_back_makes_a_branch(made):
    explorer = made(steps=60)
    explorer.set(steps=25)
    explorer.edit("layers.0.weight", (0, 0), 3.0)
    assert explorer.trainer.steps == explorer.parameters["steps"] == 25
    assert parameter(explorer, "layers.0.weight")[0, 0] == 3.0
    explorer.set(changes=[])
    assert (weights(explorer) == weights(made(steps=25))).all()


def test_an_edit_at_the_start(made):
    explorer = made()
    explorer.edit("layers.0.weight", (0, 0), 3.0)
    explorer.set(steps=10)
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()
    assert not (weights(explorer) == weights(made(steps=10))).all()


def test_mouse_chooses_and_drags(made):
    explorer = made(steps=10)
    display = explorer.display_
    diagram = display.network_.diagram_
    display.on_press(*diagram.centres[1][2], "network")
    assert explorer.parameters["selected"] == [1, 2] and explorer.parameters["panel"] == "unit"
    assert explorer.value() == parameter(explorer, "layers.0.bias")[2]
    middle = diagram.segments[0][3].mean(axis=0)
    display.on_press(*middle, "network")
    layer, unit, source = explorer.parameters["selected"]
    before = parameter(explorer, "layers.0.weight")[unit, source]
    display.on_drag(middle[0], middle[1] + 20, "network")
    assert parameter(explorer, "layers.0.weight")[unit, source] == pytest.approx(before + 0.4, abs=1e-4)
    display.on_release(0, 0, "network")
    display.on_drag(middle[0], middle[1] + 50, "network")
    assert parameter(explorer, "layers.0.weight")[unit, source] == pytest.approx(before + 0.4, abs=1e-4)
    display.on_press(1, 1, "network")
    assert explorer.parameters["selected"] == [] and layer == 1


def test_keys_choose_and_change(made):
    explorer = made(steps=10)
    key = explorer.display_.on_key
    key("shift+right"), key("shift+down"), key("w"), key("w")
    assert explorer.parameters["selected"] == [1, 1, 1]
    before = explorer.value()
    key("up"), key("up"), key("down")
    assert explorer.value() == pytest.approx(before + 0.1, abs=2e-4)
    key("w")
    assert explorer.parameters["selected"] == [1, 1]  # after the last weight the bias
    key("shift+right"), key("shift+right"), key("shift+up")
    assert explorer.parameters["selected"] == [2, 0]
    key("escape")
    assert explorer.parameters["selected"] == []
    key("up"), key("x")
    assert explorer.error == ""


def test_curves_are_read_and_walked_along(made):
    explorer = made(steps=400)
    key = explorer.display_.on_key
    steps = explorer.trainer.history.evaluation_steps
    key("left")
    assert explorer.parameters["cursor"] == steps[-1]
    key("left")
    assert explorer.parameters["cursor"] == steps[-2]
    explorer.display_.on_hover(float(steps[1]) + 1, 0.2, "loss")
    assert explorer.parameters["cursor"] == steps[1]
    value = f"{explorer.trainer.history.losses[1]:.3g}"
    assert value in explorer.display_.loss_.reading_.get_text()
    explorer.display_.on_hover(0, 0, "network")
    assert explorer.parameters["cursor"] == -1
    key("left"), key("enter")
    assert explorer.parameters["steps"] == steps[-1]
    explorer.display_.on_press(float(steps[2]), 0.2, "loss")
    assert explorer.parameters["steps"] == steps[2] and explorer.trainer.steps == 400
    key("r")
    assert explorer.parameters["steps"] == 0


def test_the_page_names_all_keys(made):
    explorer = made()
    said = html.unescape(explorer._page.caption.value).replace("\xa0", " ")
    words = re.split("[,;:] ", re.sub("<.*?>", "", said).replace("\n", " ").partition("after a click: ")[2])
    arrows = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
    named = set()
    for word in words:
        key = word.split()[0]
        if key == "Shift+arrows":
            named |= {f"shift+{arrow}" for arrow in arrows.values()}
        elif key in arrows:
            named |= {arrows[key], arrows[word.split()[1]]}
        else:
            named.add({"space": " ", "Enter": "enter", "Esc": "escape"}.get(key, key))
    assert named == set(explorer.presses())


def test_keys_play(made):
    explorer = made()
    key = explorer.display_.on_key
    key("."), rest(explorer)
    assert explorer.parameters["steps"] == 1
    key("e"), rest(explorer)
    assert explorer.shown_epoch == 1
    key(" ")
    assert explorer.playing
    wait_while(lambda: explorer.trainer.steps < 50)
    key(" "), rest(explorer)
    assert explorer.parameters["steps"] == explorer.trainer.steps
    key("n")
    assert (explorer.parameters["seed"], explorer.parameters["steps"]) == (1, 0)


# --- pins


def test_a_pinned_run_names_the_knob_that_differs(made):
    explorer = made(steps=100)
    explorer.pin()
    curve = explorer.trainer.history.validation_losses.copy()
    explorer.set(learning_rate=0.1, steps=0)
    explorer.run(steps=130)
    ((label, _, values),) = explorer._arrays["loss"].pinned
    assert label == "learning rate 0.01" and (values == curve).all()
    assert explorer._arrays["metric"].pinned[0].label == label
    twin = made(**explorer.parameters)  # which has to train the pinned one again
    assert (twin._arrays["loss"].pinned[0].values == curve).all() and twin._arrays["loss"].pinned[0].label == label
    for seed in (1, 2, 3):
        explorer.set(seed=seed, steps=10)
        explorer.pin()
    assert len(explorer.parameters["pinned"]) == 3


# --- the stop rule


def test_the_stop_rule_goes_back_to_the_best(made):
    explorer = made(data="moons", noise=1.5, samples=60, hidden=[32, 32], learning_rate=0.03, patience=20)
    explorer.play(), rest(explorer)
    history = explorer.trainer.history
    best = int(np.argmin(history.validation_losses))
    assert explorer.parameters["steps"] == history.evaluation_steps[best] < explorer.trainer.steps
    assert history.epochs[-1] - history.epochs[best] >= 20
    assert "no better for 20 epochs" in explorer.desk.said.value


def test_best_before():
    class History:
        validation_losses, epochs = np.array([3.0, 1.0, 2.0, 2.5]), np.array([0.0, 10, 20, 30])
        evaluation_steps = np.array([0, 100, 200, 300])

    assert best_before(History, 20, 0.0) == 100
    assert best_before(History, 21, 0.0) is None
    assert best_before(History, 20, 11.0) is None  # asked to go on: as many epochs again
    assert best_before(History, 0, 0.0) is None


# --- cells


def test_nothing_moves_while_a_cell_runs(made, monkeypatch):
    explorer = made()
    explorer.play()
    wait_while(lambda: explorer.trainer.steps < 30)
    monkeypatch.setattr(cells, "_depth", 0)
    cells._before()
    steps, before = explorer.trainer.steps, weights(explorer)
    for _ in range(20):
        threading.Event().wait(0.01)
        assert explorer.trainer.steps == steps and (weights(explorer) == before).all()
    assert explorer.playing and explorer.parameters["steps"] == steps
    cells._after()
    wait_while(lambda: explorer.trainer.steps < steps + 30)
    cells._before()
    explorer.pause(), rest(explorer)  # it stops also while the cell runs
    cells._after()


def test_what_answers_the_page_while_a_cell_runs_does_not_end_it(made, monkeypatch):
    monkeypatch.setattr(cells, "_depth", 0)
    cells._before()
    with monkeypatch.context() as page:
        page.setattr(cells.lifetime, "answers_page", lambda: True)
        cells._before(), cells._after(), cells._after()
    assert cells.busy()
    cells._after()
    assert not cells.busy()


def test_a_change_where_one_has_looked_back_in_the_same_move(made):
    explorer = made()
    explorer.run(steps=60)
    explorer.set(learning_rate=0.02)
    explorer.run(steps=60)
    explorer.set(steps=0, learning_rate=0.01)
    explorer.run(steps=60)
    assert explorer.trainer.steps == 60
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()


def test_the_time_that_is_left_goes_with_the_end(made):
    explorer = made()
    explorer.run(seconds=0.6)
    assert "left" not in explorer.desk.said.value and explorer.desk.progress.layout.visibility == "hidden"


def test_a_control_that_the_page_has_just_moved_waits_for_its_turn(made):
    explorer = made(steps=40)
    first = weights(explorer)
    control = explorer.controls["learning_rate"]
    with explorer.lock:  # the runner's thread shows a frame while the move waits for the lock
        control.unobserve(explorer._moved, "value")
        control.value = 0.1
        explorer.present()
        assert explorer.shown["learning_rate"] == 0.01 and (weights(explorer) == first).all()
        control.observe(explorer._moved, "value")
        explorer._moved({"owner": control, "new": 0.1})
    assert explorer.shown["changes"] == [[0, {"learning_rate": 0.01}], [40, {"learning_rate": 0.1}]]
    assert (weights(explorer) == first).all()


def test_a_run_of_the_cell_itself_goes_on(made, monkeypatch):
    explorer = made()
    monkeypatch.setattr(cells, "_depth", 1)
    explorer.run(steps=20)
    assert explorer.trainer.steps == 20


def test_an_interrupt_leaves_a_whole_step(made, monkeypatch):
    explorer = made()
    join = type(explorer.runner).join

    def interrupted(runner, timeout):
        if explorer.trainer.steps < 20:
            return join(runner, 0.001)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(explorer.runner), "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            explorer.run(steps=10**9)
    assert not explorer.playing
    steps = explorer.trainer.steps
    explorer.run(steps=5)
    assert explorer.trainer.steps == steps + 5
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()


def test_torch_threads_and_seeds_are_left_alone(made):
    torch.manual_seed(5)
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    explorer = made(dropout=0.3)
    explorer.run(steps=30)
    assert (torch.random.get_rng_state() == state).all() and torch.get_num_threads() == threads


def test_who_waits_for_the_figure_has_a_turn_after_a_step(made):
    explorer = made(hidden=[16])
    explorer.play()
    wait_while(lambda: explorer.trainer.steps < 50)
    for _ in range(20):
        before = explorer.trainer.steps
        with explorer.lock:
            explorer.runner._rate = 1e9  # the next burst would take minutes
            assert explorer.trainer.steps - before < 10**6
        wait_while(lambda before=before: explorer.trainer.steps == before)
    explorer.pause(), rest(explorer)
