"""The trainer's explorer: its state, the way back and forth, and going on by itself."""

import io
import json

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from torch import nn

from nbkit.datasets import circle
from nbkit.devices import DeviceError
from nbkit.widgets.training.changes import effective, revised
from nbkit.widgets.training.controls import FRESH, LIVE
from nbkit.widgets.training.explorer import LectureDisplay
from nbkit.widgets.training.views import heading_of

from .training_help import picture, rest, same, wait_while, weights

# --- the state


def test_it_is_the_training_of_a_bare_loop(made):
    explorer = made(data="circle", samples=100, steps=30, batch_size=16, learning_rate=0.02, optimizer="sgd", seed=3)
    train, _ = circle(samples=100).split(0.5)
    x, y = torch.tensor(train.x, dtype=torch.float32), torch.tensor(train.y, dtype=torch.float32)[:, None]
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    generator, done = torch.Generator().manual_seed(3), 0
    while done < 30:
        for rows in torch.randperm(50, generator=generator).split(16):
            if done < 30:
                optimizer.zero_grad()
                nn.functional.binary_cross_entropy_with_logits(model(x[rows]), y[rows]).backward()
                optimizer.step()
                done += 1
    assert (weights(explorer) == nn.utils.parameters_to_vector(model.parameters()).detach().numpy()).all()


def test_an_equal_one_is_made_of_objects_and_parameters(made):
    explorer = made(data="moons", samples=120, noise=0.4, dropout=0.2, hidden=[6, 5], activation=["relu", "tanh"])
    explorer.set(steps=20)
    explorer.set(learning_rate=0.1)
    explorer.set(steps=45, noise=0.9)
    explorer.set(steps=60, batch_size=7, l1=0.001)
    explorer.set(steps=90)
    parameters = json.loads(json.dumps(explorer.parameters))
    twin = made(**explorer.objects, **parameters)
    assert twin.parameters == explorer.parameters
    assert (weights(twin) == weights(explorer)).all()
    assert same(picture(twin), picture(explorer))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"region": "no such"}, "region does not fit: a region is one formula above or below another"),
        ({"region": "y > x2"}, "region does not fit: the name 'y' is not known"),
        ({"formula": "x +"}, "formula does not fit: 'x [+]' is no formula"),
        ({"formula": "x1 * x9"}, "formula does not fit: the name 'x9' is not known"),
        ({"data": "curve", "formula": "x1"}, "the name 'x1' is not known"),
        ({"hidden": b"x"}, "hidden must be a list of at most 6 numbers of neurons"),
        ({"activation": b"x"}, "activation must be one of"),
        ({"features": b"x"}, "features must be a list of some of"),
    ],
)
def test_what_is_not_allowed_is_refused_at_once(made, given, said):
    explorer = made(steps=5)
    before, now = explorer.parameters, weights(explorer)
    with pytest.raises(ValueError, match=said) as caught:
        explorer.set(**given)
    assert "\n" not in str(caught.value)
    assert explorer.parameters == before and (weights(explorer) == now).all()
    with pytest.raises(ValueError, match=said):
        made(**given)


def test_a_region_waits_for_the_data_that_take_it(made):
    explorer = made(samples=60)
    explorer.set(region="x1 > x2")
    explorer.set(data="moons", samples=60)
    explorer.set(data="region", samples=60)
    assert explorer.parameters["region"] == "x1 > x2"
    train = explorer.run_.samples_at(explorer.parameters, 0).train
    assert (train.y == (train.x[:, 0] > train.x[:, 1])).all()
    explorer.set(data="five_inputs", samples=60)
    assert explorer.parameters["formula"] == "sin(pi*x1) + x2*x3 + x4**2 - x5"
    assert explorer.parameters["region"] == "x1 > x2"


def test_a_formula_that_was_written_stays_where_it_fits(made):
    explorer = made(samples=60)
    explorer.set(formula="x**3")
    explorer.set(data="curve")
    assert explorer.parameters["formula"] == "x**3"
    explorer.set(data="five_inputs", samples=60)
    assert explorer.parameters["formula"] == "sin(pi*x1) + x2*x3 + x4**2 - x5", "the other has no x1"
    explorer.set(data="curve")
    assert explorer.parameters["formula"] == "sin(pi*x)", "nobody wrote the one of five inputs"


def test_a_device_that_is_absent_changes_nothing(made):
    absent = next(name for name in ("cuda", "mps", "xpu") if not getattr(torch, name).is_available())
    explorer = made(steps=5)
    before, now = explorer.parameters, weights(explorer)
    with pytest.raises(DeviceError, match="can't be used"):
        explorer.set(device=absent, learning_rate=0.5)
    with pytest.raises(DeviceError, match="can't be used"):
        explorer.set(device=absent, seed=3)
    assert explorer.trainer.steps == 5 and explorer.trainer.seed == before["seed"]
    assert explorer.parameters == before == explorer.shown and (weights(explorer) == now).all()
    assert str(explorer.trainer.device) == "cpu" and explorer.trainer.learning_rate == before["learning_rate"]
    with pytest.raises(DeviceError, match="can't be used"):
        made(device=absent)


def test_tooltips_are_sentences_that_say_when_they_hold(made):
    def tips(widget):
        said = [
            getattr(widget, "tooltip", None),
            *(tip for child in getattr(widget, "children", ()) for tip in tips(child)),
        ]
        return [tip for tip in said if tip]

    explorer = made()
    for name, control in explorer.controls.items():
        for tip in tips(control):
            assert tip.endswith("; it starts anew") == (name in FRESH), f"{name}: {tip}"
            assert tip.endswith("; it holds at once") == (name in {*LIVE, "device"}), f"{name}: {tip}"
    for tip in tips(explorer):
        assert tip[0].isupper() and len(tip.split()) >= 4, tip


def test_frame_k_is_a_fresh_run_of_k_steps(made):
    explorer = made(steps=50)
    explorer.set(learning_rate=0.2, dropout=0.3)
    explorer.set(steps=130)
    last = weights(explorer)
    for step in (0, 17, 50, 51, 99):
        explorer.set(steps=step)
        fresh = made(**explorer.parameters)
        assert same(picture(explorer), picture(fresh)), step
        assert (weights(explorer) == last).all(), "looking back moves nothing"
    explorer.set(steps=130)
    assert (weights(explorer) == last).all()


def test_settings_change_without_a_reset(made):
    explorer = made(steps=40)
    explorer.set(learning_rate=0.5, weight_decay=0.01, noise=1.0)
    assert explorer.parameters["steps"] == explorer.trainer.steps == 40
    assert (explorer.trainer.learning_rate, explorer.trainer.weight_decay) == (0.5, 0.01)
    assert explorer.parameters["changes"] == [
        [0, {"learning_rate": 0.01, "weight_decay": 0.0, "noise": 0.0}],
        [40, {"learning_rate": 0.5, "weight_decay": 0.01, "noise": 1.0}],
    ]


@pytest.mark.parametrize(
    "change", [{"hidden": [3, 3]}, {"activation": "relu"}, {"data": "xor"}, {"optimizer": "sgd"}, {"features": ["x1"]}]
)
def test_what_needs_a_fresh_start_gets_one(made, change):
    explorer = made(steps=40)
    explorer.set(learning_rate=0.5)
    explorer.set(**change)
    assert explorer.parameters["steps"] == explorer.trainer.steps == 0 and explorer.parameters["changes"] == []
    explorer.set(**{**change, "steps": 25, "seed": 4})
    assert explorer.trainer.steps == 25


def test_effective_and_revised():
    parameters = {
        "learning_rate": 1,
        "batch_size": 8,
        "changes": [[0, {"learning_rate": 3}], [10, {"learning_rate": 1}]],
    }
    assert [effective(parameters, step)["learning_rate"] for step in (0, 9, 10, 50)] == [3, 3, 1, 1]
    now = effective(parameters, 20)
    assert revised(parameters, 20, now, now | {"batch_size": 4}) == [
        [0, {"learning_rate": 3, "batch_size": 8}],
        [10, {"learning_rate": 1}],
        [20, {"batch_size": 4}],
    ]
    assert revised(parameters, 5, effective(parameters, 5), {"learning_rate": 3}) == [[0, {"learning_rate": 3}]]
    assert revised(parameters, 0, effective(parameters, 0), {"learning_rate": 5}) == []
    edited = {
        **parameters,
        "changes": [[0, {"learning_rate": 3, "weights": [["w", [0], 1.0]]}], [10, {"batch_size": 4}]],
    }
    assert revised(edited, 0, effective(edited, 0), {"batch_size": 5}) == [[0, {"weights": [["w", [0], 1.0]]}]]


def test_epochs_are_the_trainers_whatever_the_batch_size(made):
    explorer = made(samples=100, batch_size=16)
    for steps, size in ((3, 7), (4, 50), (20, 512), (33, 16), (90, 3)):
        explorer.set(steps=steps)
        assert explorer.shown_epoch == pytest.approx(explorer.trainer.epochs)
        explorer.set(batch_size=size)


# --- going on


def test_play_and_pause(made):
    explorer = made()
    explorer.play()
    wait_while(lambda: explorer.trainer.steps < 100)
    explorer.pause()
    rest(explorer)
    assert explorer.parameters["steps"] == explorer.trainer.steps >= 100 and not explorer.playing
    fresh = made(**explorer.parameters)
    assert (weights(explorer) == weights(fresh)).all()


def test_a_picture_at_rest_leaves_nothing_out(made):
    explorer = made(activation="relu", panel="surface")
    explorer.play()
    wait_while(lambda: explorer.trainer.steps < 100)
    explorer.pause()
    rest(explorer)
    assert same(picture(explorer), picture(fresh := made(**explorer.parameters)))
    assert explorer._arrays["network"].dead[1] is not None
    assert (explorer._arrays["panel"].losses == fresh._arrays["panel"].losses).all()


def test_playing_goes_on_from_where_one_looks(made):
    explorer = made(steps=80)
    explorer.set(learning_rate=0.3)
    explorer.set(steps=30)
    explorer.run(steps=15)
    assert explorer.trainer.steps == 45
    assert explorer.parameters["changes"] == [[0, {"learning_rate": 0.01}], [30, {"learning_rate": 0.3}]]
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()


@pytest.mark.parametrize("step", [0, 30, 80])
def test_a_change_holds_from_where_one_stands(made, step):
    explorer = made(steps=80)
    explorer.set(batch_size=8)
    explorer.set(steps=120)
    explorer.set(steps=step)
    explorer.set(learning_rate=0.3)  # a knob that is moved holds from there, and so does what the others show
    assert explorer.trainer.steps == explorer.parameters["steps"] == step
    assert ("forgotten" in explorer.desk.said.value) == (step < 120)
    change = [[0, {"batch_size": 32, "learning_rate": 0.01}], [step, {"batch_size": 8, "learning_rate": 0.3}]]
    assert (
        explorer.parameters["changes"]
        == {
            0: [],
            30: change,
            80: [[0, {"batch_size": 32, "learning_rate": 0.01}], [80, {"batch_size": 8, "learning_rate": 0.3}]],
        }[step]
    )
    explorer.set(steps=100)
    plain = made(steps=step)
    plain.set(batch_size=8, learning_rate=0.3)
    plain.set(steps=100)
    assert (weights(explorer) == weights(plain)).all() and (
        weights(explorer) == weights(made(**explorer.parameters))
    ).all()
    assert (explorer.trainer.learning_rate, explorer.trainer.batch_size) == (0.3, 8)


def test_an_edit_where_one_has_looked_back_holds_there(made):
    explorer = made(steps=80)
    explorer.set(learning_rate=0.3)
    explorer.set(steps=0)
    explorer.edit("layers.0.bias", (0,), 0.5)
    assert explorer.parameters["changes"] == [[0, {"weights": [["layers.0.bias", [0], 0.5]]}]]
    assert explorer.trainer.steps == 0 and explorer.trainer.learning_rate == 0.3
    explorer.set(steps=20)
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()


def test_run_ends_where_it_is_told(made):
    explorer = made(samples=100, batch_size=16)  # 4 steps an epoch
    explorer.run(epochs=3)
    assert explorer.trainer.steps == 12
    explorer.run(steps=2), explorer.run(epochs=1)
    assert explorer.trainer.steps == 16
    explorer.run(seconds=0.1)
    assert explorer.trainer.steps > 16
    with pytest.raises(ValueError, match="one of epochs, steps and seconds"):
        explorer.run()


def test_a_knob_is_moved_while_it_plays(made):
    explorer = made()
    explorer.play()
    wait_while(lambda: explorer.trainer.steps < 50)
    explorer.set(learning_rate=0.2)
    ((_, first), (step, second)) = explorer.parameters["changes"]
    assert (first, second) == ({"learning_rate": 0.01}, {"learning_rate": 0.2}) and step >= 50
    wait_while(lambda: explorer.trainer.steps < step + 50)
    explorer.pause(), rest(explorer)
    assert (weights(explorer) == weights(made(**explorer.parameters))).all()
    assert np.isfinite(weights(explorer)).all()


def test_steps_to_the_end_are_those_of_the_present_batch_size(made):
    explorer = made(data="circle", samples=500, batch_size=32)
    explorer.run(steps=20)
    explorer.set(steps=0)
    explorer.set(batch_size=125)
    assert explorer.steps_to(1) == 2 and explorer.steps_to(100) == 200 and explorer.steps_to(0) == 0
    explorer.run(steps=3)
    assert explorer.shown_epoch == 1.5 and explorer.steps_to(2) == 1 and explorer.steps_to(1) == 0


def test_home_after_a_zoom_shows_all_that_has_been_learned_since(made):
    explorer = made(steps=0)
    ax, toolbar = explorer.display_.axes_["loss"], explorer.canvas.toolbar
    toolbar.push_current()
    ax.set_xlim(2, 5)
    toolbar.push_current()
    explorer.set(steps=500)
    explorer.canvas._handle_message(explorer.canvas, {"type": "toolbar_button", "name": "home"}, [])
    assert ax.get_xlim()[0] == 0 and ax.get_xlim()[1] >= 500


def test_reset_brings_the_first_picture_back_to_the_bit(made):
    explorer = made(steps=200)
    first = explorer.canvas.compose().copy()
    for moved in ({"log_scale": True}, {"data": "curve", "panel": "unit"}, {"learning_rate": 10.0}, {"steps": 3000}):
        explorer.set(**moved)
        assert (explorer.canvas.compose() != first).any()
        explorer.reset()
        assert (explorer.canvas.compose() == first).all()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"data": "curve"},
        {"data": "five_inputs"},
        {"data": "blobs", "panel": "errors"},
        {"panel": "spreads", "show": ["loss", "network"]},
    ],
    ids=lambda given: "-".join(map(str, given.values())) or "first",
)
def test_what_is_drawn_by_parts_is_what_is_drawn_at_once(made, given):
    explorer, redrawn = made(**given), 0
    composer = explorer.canvas._composer
    draw, parts = composer._draw_still, []
    composer._draw_still = lambda renderer, region: (parts.append(region), draw(renderer, region))
    for moved in (
        *({"steps": 3**k} for k in range(8)), {"cursor": 50}, {"cursor": 51}, {"selected": [1, 2]}, {"log_scale": True},
        {"discretise": True}, {"panel": "unit"}, {"steps": 10}, {"learning_rate": 0.3}, {"steps": 400}, {"cursor": -1},
        {"show": ["data", "metric"]}, {"batch_size": 7}, {"steps": 800}, {"log_scale": False}, {"panel": "none"},
    ):  # fmt: skip
        explorer.set(**moved)
        quick = explorer.canvas.compose().copy()
        redrawn, owed = redrawn + len(parts), list(parts)
        parts.clear()
        composer.forget()
        assert (explorer.canvas.compose() == quick).all(), (moved, owed)
    assert redrawn, "some parts were drawn alone"
    explorer.set(steps=900)
    explorer.figure.savefig(io.BytesIO(), facecolor="red")
    explorer.set(cursor=40)
    quick = explorer.canvas.compose().copy()
    composer.forget()
    assert (explorer.canvas.compose() == quick).all(), "saving leaves nothing behind"


@pytest.mark.parametrize("step", [0, 30, 64, 100])
def test_losses_are_those_of_the_weights_that_are_shown(made, step):
    explorer = made(steps=100, dropout=0.3, l1=0.01)
    explorer.set(steps=step)
    model, samples = explorer.run_.model_at(step), explorer.painter.places.samples
    losses = []
    for part in (samples.train, samples.validation):
        with torch.no_grad():
            found = model(torch.tensor(part.x, dtype=torch.float32))[:, 0]
        losses.append(float(nn.BCEWithLogitsLoss()(found, torch.tensor(part.y, dtype=torch.float32))))
    curves = explorer._arrays["loss"]
    assert curves.steps[-1] == step and (np.diff(curves.steps) > 0).all()
    assert [curves.train[-1], curves.validation[-1]] == pytest.approx(losses, rel=1e-6)
    heading = explorer.display_.heading_.get_text()
    assert f"train loss {losses[0]:.3g} · validation loss {losses[1]:.3g}, accuracy" in heading
    assert explorer.display_.loss_.reading_.get_text() == f"train {losses[0]:.3g}, validation {losses[1]:.3g}"


def test_heading_finds_room_whatever_the_numbers():
    measured = {"loss": 1.23e-05, "validation_loss": 0.00123, "validation_accuracy": 0.998}
    heading = heading_of(3125000.4, 100_000_000, measured)
    assert heading == "epoch 3125000 · step 100 000 000 · val. loss 0.00123, accuracy 0.998"
    display = LectureDisplay()
    display.heading_.set_text(heading)
    assert display.heading_.get_window_extent().x1 <= 780


def test_many_inputs_of_classes_show_which_are_taken_for_which(made):
    explorer = made(data="digits", steps=60, hidden=[16], panel="errors")
    for which in ("validation", "train"):  # beside it the panel shows the other sample
        part = getattr(explorer.painter.places.samples, which)
        with torch.no_grad():
            found = explorer.trainer.model(torch.tensor(part.x, dtype=torch.float32)).argmax(1).numpy()
        shown = explorer._arrays["data" if which == "validation" else "panel"]
        assert (shown.counts == confusion_matrix(part.y, found, labels=range(10))).all() and shown.sample == which
    explorer.set(show=["loss"])
    assert explorer._arrays["panel"].sample == "validation"


# --- several runs at once


def test_several_runs_are_those_of_the_next_seeds(made):
    explorer = made(samples=100, steps=150, seed=3, runs=4, log_scale=True)
    alone = [made(samples=100, steps=150, seed=seed) for seed in (3, 4, 5, 6)]
    for name in ("loss", "accuracy"):
        found = explorer._arrays["loss" if name == "loss" else "metric"].band
        each = [one.trainer.history for one in alone]
        curves = [h.validation_losses if name == "loss" else h.metrics["validation_accuracy"] for h in each]
        at = [np.flatnonzero(h.evaluation_steps == found.steps[-1])[0] for h in each]
        last = sorted(curve[place] for curve, place in zip(curves, at, strict=True))
        assert [found.low[-1], found.high[-1]] == pytest.approx([last[0], last[-1]], abs=1e-4)
        assert found.label == "4 seeds" and last[1] - 1e-4 <= found.median[-1] <= last[2] + 1e-4
    assert (weights(explorer) == weights(alone[0])).all(), "the one that is shown is not touched"
    explorer.set(steps=20)
    assert explorer._arrays["loss"].band.steps[-1] <= 20
    explorer.set(runs=1)
    assert explorer._arrays["loss"].band is None


def test_several_runs_go_on_while_it_plays(made):
    explorer = made(samples=100, runs=8)
    explorer.run(steps=140)
    assert len(explorer._arrays["loss"].band.steps) > 1 and explorer.painter.several._runs.steps == 140
    fresh = made(**explorer.parameters)
    assert same(picture(explorer), picture(fresh))
    assert fresh._arrays["loss"].band.median == pytest.approx(explorer._arrays["loss"].band.median, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "said"), [({"dropout": 0.2}, "dropout"), ({"schedule": "cosine"}, "schedule"), ({"l1": 0.1}, "L1")]
)
def test_what_several_runs_can_not_be_is_told(made, given, said):
    explorer = made(steps=10, runs=4, **given)
    assert explorer._arrays["loss"].band is None and said in explorer.desk.said.value
    explorer.set(runs=1)
    assert said not in explorer.desk.said.value


def test_a_change_on_the_way_leaves_one_run(made):
    explorer = made(steps=10, runs=4)
    explorer.set(learning_rate=0.1)
    assert explorer._arrays["loss"].band is None and "changed on the way" in explorer.desk.said.value
