"""The explorer of gradient descent, moved as its user moves it."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from nbkit.descent import gradient_descent
from nbkit.objectives import LineFit, TwoMinima, named_objective
from nbkit.optimizers import OPTIMIZERS
from nbkit.schedules import SCHEDULES
from nbkit.widgets.descent import GradientDescentExplorer
from nbkit.widgets.descent_controls import DEFAULTS, HYPER, SCHEDULE_HYPER, Logarithmic
from nbkit.widgets.descent_picture import OBJECTIVES


@pytest.fixture(scope="module")
def made():
    made = GradientDescentExplorer()
    yield made
    made.close()


@pytest.fixture
def explorer(made):
    made.reset()
    return made


def seen(explorer):
    return {
        name
        for name, control in explorer.controls.items()
        if getattr(control, "layout", None) and control.layout.display != "none"
    }


def way(explorer, optimizer=None):
    """The points of a run as they are drawn."""
    place = list(OPTIMIZERS).index(optimizer or explorer.shown["optimizer"])
    where = "curve" if explorer.display_.axes_["curve"].get_visible() else "plane"
    return explorer.display_.maps_[where].ways_[place].get_xydata()


def heading(explorer):
    return next(text.get_text() for text in explorer.display_.headings_.values() if text.axes.get_visible())


def pixels(explorer):
    return explorer.canvas.compose().copy()


# --- what is shown


def test_it_opens_on_a_parabola_that_is_gone_down(explorer):
    assert heading(explorer) == "after 20 steps: converging"
    assert way(explorer)[:, 0] == pytest.approx(1.5 * 0.8 ** np.arange(21))
    assert way(explorer)[:, 1] == pytest.approx(way(explorer)[:, 0] ** 2 / 2)
    assert explorer.caption == (
        "Step 20: w = 0.02162 − 0.2·0.02162 = 0.01729. Loss 0.0002337 → 0.0001495.\nCritical rate 2/λmax = 2 (λmax = 1)."
    )


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_shows_its_way_down(explorer, objective):
    before = pixels(explorer)
    explorer.set(objective=objective, learning_rate=0.002, steps=30)
    if objective != "expression":
        run = gradient_descent(
            named_objective(objective), named_objective(objective).start, learning_rate=0.002, steps=30
        )
        drawn = way(explorer)[:, : run.points.shape[1]]
        assert drawn == pytest.approx(run.points)
    assert len(way(explorer)) == 31 and np.isfinite(way(explorer)).all()
    assert (pixels(explorer) != before).any()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"learning_rate": 1e-4}, "after 20 steps: learning rate too small"),
        ({"learning_rate": 1.8}, "after 20 steps: bouncing"),
        ({"learning_rate": 3.0, "steps": 50}, "after 50 steps: diverged at step 10"),
        ({"objective": "two minima", "steps": 50}, "after 50 steps: stuck in a local minimum"),
        ({"objective": "two minima", "steps": 50, "start": [-1.2]}, "after 50 steps: converging"),
        ({"objective": "two minima", "batch_size": 1}, "after 20 steps: bouncing, shaken by its batches"),
        ({"steps": 0}, "at the start"),
        ({"steps": 1}, "after 1 step: converging"),
    ],
)
def test_the_state_is_named_on_the_figure(explorer, given, said):
    explorer.set(**given)
    assert heading(explorer) == said


def test_a_run_that_diverges_ends_where_it_left(explorer):
    explorer.set(learning_rate=3, steps=2000)
    assert way(explorer)[:, 0] == pytest.approx(1.5 * (-2.0) ** np.arange(11))
    assert explorer.caption.startswith("Diverged at step 10: the last point that is finite is w = 1536, loss 1.18e6.")
    explorer.set(learning_rate=10, objective="Rosenbrock")
    assert np.isfinite(way(explorer)).all() and len(way(explorer))
    pixels(explorer)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_sentence_is_the_step_of_torch(explorer, optimizer):
    """Its last number is the point after the step, its arrows are the parts of the update."""
    explorer.set(
        objective="narrow valley", optimizer=optimizer, learning_rate=1 if optimizer == "adadelta" else 0.05, steps=3
    )
    w = torch.tensor([1.5, 1.0], dtype=torch.float64, requires_grad=True)
    made = {
        "gd": lambda: torch.optim.SGD([w], 0.05),
        "momentum": lambda: torch.optim.SGD([w], 0.05, momentum=0.9),
        "nesterov": lambda: torch.optim.SGD([w], 0.05, momentum=0.9, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad([w], 0.05),
        "adadelta": lambda: torch.optim.Adadelta([w], 1.0),
        "rmsprop": lambda: torch.optim.RMSprop([w], 0.05),
        "adam": lambda: torch.optim.Adam([w], 0.05),
    }[optimizer]()
    for _ in range(3):
        made.zero_grad()
        ((w[0] ** 2 + 20 * w[1] ** 2) / 2).backward()
        made.step()
    assert explorer.caption.startswith("Step 3: (w1, w2) = ")
    said = re.search(r" = \(([^()]*), ([^()]*)\)[,.]", explorer.caption.replace("−", "-"))
    assert [float(number) for number in said.groups()] == pytest.approx(w.tolist(), rel=1e-3)
    arrow = explorer._arrays["arrow"]
    assert arrow.foot + arrow.gradient + arrow.carried == pytest.approx(w.detach().numpy())
    assert bool(np.abs(arrow.carried).max() > 0) == (optimizer in ("momentum", "nesterov", "adam"))


def test_arrows_are_longer_where_the_step_is_short(explorer):
    times = explorer.display_.maps_["curve"].times_
    explorer.set(steps=1)
    assert times.get_text() == ""
    explorer.set(steps=12)
    assert times.get_text() == "arrows × 10"
    arrow = explorer.display_.maps_["curve"].gradient_._posA_posB
    assert arrow[1][0] - arrow[0][0] == pytest.approx(10 * (way(explorer)[12, 0] - way(explorer)[11, 0]))


def test_before_the_first_step_it_is_announced(explorer):
    explorer.set(steps=0)
    assert len(way(explorer)) == 1
    assert explorer.caption.startswith("Not made yet: step 1: w = 1.5 − 0.2·1.5 = 1.2.")
    assert explorer.display_.maps_["curve"].gradient_.get_visible()


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        ({"objective": "narrow valley", "condition": 50}, 2 / 50),
        ({"objective": "narrow valley", "optimizer": "momentum", "momentum": 0.5}, 2 * 1.5 / 20),
        ({"objective": "narrow valley", "optimizer": "nesterov", "momentum": 0.5}, 2 * 1.5 / (2 * 20)),
        ({"objective": "expression", "expression": "3*w1**2 + w1*w2 + w2**2"}, 2 / (4 + np.sqrt(5))),
        ({"objective": "Rosenbrock"}, None),
        ({"optimizer": "adam"}, None),
    ],
)
def test_the_critical_rate_is_marked_where_there_is_one(explorer, given, rate):
    explorer.set(learning_rate=0.001, **given)
    marked = list(explorer.display_.critical_.get_xdata())
    assert marked == ([] if rate is None else pytest.approx([rate, rate]))
    sentence = explorer.caption.split("\n")[1]
    assert (f"= {rate:.4g} " in sentence) if rate else ("no one rate" in sentence or "about lr long" in sentence)


def test_a_race_shows_them_all_with_how_they_end(explorer):
    explorer.set(objective="narrow valley", learning_rate=0.09, steps=60, race=["nesterov", "adam", "gd"])
    display = explorer.display_
    shown = [text.get_text() for text in display.names_ if text.get_text()]
    assert shown == ["gradient descent: converging", "Nesterov: diverged", "Adam: converging"]
    for name in ("gd", "adam"):
        run = gradient_descent(named_objective("narrow valley"), [1.5, 1], learning_rate=0.09, steps=60, optimizer=name)
        assert way(explorer, name) == pytest.approx(run.points)
    assert "Nesterov" in explorer.caption and "(diverged)" in explorer.caption


def test_schedules_change_the_rates_that_are_drawn(explorer):
    explorer.set(schedule="exponential", exponential_gamma=0.9, steps=11)
    assert explorer.display_.scheduled_.get_xdata() == pytest.approx([0.2 * 0.9**10, 0.2])
    explorer.set(schedule="cosine", period=10)
    assert min(explorer.display_.scheduled_.get_xdata()) == pytest.approx(0, abs=1e-12)
    explorer.set(schedule="step", step_size=5, step_gamma=0.5)
    assert explorer.display_.scheduled_.get_xdata() == pytest.approx([0.05, 0.2])


def test_steps_are_a_way_and_not_a_new_run(explorer):
    explorer.set(objective="two minima", batch_size=2, seed=3, schedule="cosine", steps=80)
    whole = way(explorer).copy()
    explorer.set(steps=30)
    assert (way(explorer) == whole[:31]).all()
    explorer.set(seed=4)
    assert not (way(explorer) == whole[:31]).all()


def test_a_fit_shows_its_samples(explorer):
    explorer.set(objective="line fit", learning_rate=0.2, steps=500)
    line = LineFit()
    assert explorer.display_.samples_.get_xydata() == pytest.approx(np.column_stack([line.x, line.y]))
    x, y = explorer.display_.fitted_.get_data()
    assert y == pytest.approx(np.polyval(np.polyfit(line.x, line.y, 1), x), abs=1e-3)


def test_success_is_counted_over_a_hundred_seeds(explorer):
    explorer.set(objective="two minima", view="success", steps=60, seed=5)
    curves = {line.get_label(): line for line in explorer.display_.shares_}
    assert curves
    first, second = explorer.display_.shares_[:2]
    for place, size in ((0, 1), (2, 4)):
        for line, momentum in ((first, 0.0), (second, 0.5)):
            runs = gradient_descent(
                TwoMinima(),
                np.full((100, 1), 1.2),
                learning_rate=0.2,
                steps=60,
                optimizer="momentum",
                momentum=momentum,
                batch_size=size,
                seed=5,
            )
            top = np.sort(np.roots([1, 0, -1, 0.1]).real)[1]
            assert line.get_ydata()[place] == pytest.approx(100 * (runs.points[:, -1, 0] < top).mean())
    assert first.get_ydata()[0] > 0 and first.get_ydata()[-1] == 0
    assert f"momentum 0.5: {second.get_ydata()[0]:.0f}, " in explorer.caption
    explorer.set(objective="parabola")
    assert heading(explorer) == "after 60 steps: converging"


# --- state


def test_only_what_applies_is_seen(explorer):
    always = {"objective", "optimizer", "learning_rate", "schedule", "start", "steps", "race"}
    assert seen(explorer) == always
    explorer.set(optimizer="adam", schedule="step")
    assert seen(explorer) == always | {"beta1", "beta2", "adam_eps", "step_size", "step_gamma"}
    explorer.set(optimizer="gd", race=["momentum", "rmsprop"], schedule="cosine")
    assert seen(explorer) == always | {"momentum", "alpha", "rmsprop_eps", "period"}
    explorer.set(race=[], schedule="constant", objective="narrow valley")
    assert seen(explorer) == always | {"condition"}
    explorer.set(objective="expression")
    assert seen(explorer) == always | {"expression", "reach"}
    explorer.set(objective="sine fit")
    assert seen(explorer) == always | {"batch_size", "view"}
    explorer.set(batch_size=10)
    assert seen(explorer) == always | {"batch_size", "view", "seed"}
    explorer.set(view="success", steps=5)
    assert seen(explorer) == {"objective", "learning_rate", "start", "steps", "seed", "view"}


def test_every_hyper_parameter_has_a_control_and_torchs_default(explorer):
    for table, maths in ((HYPER, OPTIMIZERS), (SCHEDULE_HYPER, SCHEDULES)):
        for name, names in table.items():
            assert set(names) <= set(maths[name])
            for hyper, control in names.items():
                assert (
                    hyper == "T_max"
                    or name == "momentum"
                    or table is SCHEDULE_HYPER
                    or (DEFAULTS[control] == maths[name][hyper])
                )
                assert control in explorer.controls


def test_set_reset_and_an_equal_one(explorer):
    first = pixels(explorer)
    explorer.set(
        objective="sine fit", optimizer="adam", race=["gd"], start=[3.21, -1.0], batch_size=7, learning_rate=0.123
    )
    assert explorer.parameters["learning_rate"] == 0.123
    other = GradientDescentExplorer(**explorer.objects, **explorer.parameters)
    assert other.parameters == explorer.parameters and str(other) == str(explorer)
    assert (pixels(other) == pixels(explorer)).all()
    other.close()
    explorer.reset()
    assert (pixels(explorer) == first).all()


def test_another_objective_has_its_own_start(explorer):
    explorer.set(start=[0.3])
    explorer.controls["objective"].value = "sine fit"
    assert explorer.parameters["start"] is None and explorer.error == ""
    assert [row.said.value for row in explorer.controls["start"].rows] == [4, 0]
    explorer.set(start=[1, 1])
    explorer.set(objective="two minima")
    assert explorer.parameters["start"] is None
    explorer.set(objective="saddle", start=[1, 0.5])
    assert explorer.parameters["start"] == [1, 0.5]
    explorer.set(objective="saddle", steps=7)
    assert explorer.parameters["start"] == [1, 0.5]


def test_sliders_of_the_start_are_those_of_the_objective(explorer):
    (first, second), rows = explorer.controls["start"].sliders, explorer.controls["start"].rows
    assert (first.description, first.min, first.max, rows[0].said.value) == ("Start w", -200, 200, 1.5)
    assert rows[1].layout.display == "none"
    explorer.set(objective="sine fit")
    assert (second.description, rows[1].layout.display) == ("Start p", None)
    assert (second.min, second.max) == (-314, 314)
    second.value = 101
    assert explorer.parameters["start"] == [4, 1.01] and way(explorer)[0].tolist() == [4, 1.01]
    explorer.set(start=[3.1416, 1.0])
    first.value = 7
    assert explorer.parameters["start"] == [0.07, 1.0]
    rows[1].said.value = 0.123
    assert explorer.parameters["start"] == [0.07, 0.123]
    with pytest.raises(ValueError, match="p from"):
        rows[1].said.value = 9
    assert explorer.error.startswith("start must have w from 0 to 6") and way(explorer)[0].tolist() == [0.07, 0.123]
    rows[1].said.value = 1.0
    assert explorer.error == ""
    explorer.controls["learning_rate"].said.value = 0.0123
    assert explorer.parameters["learning_rate"] == 0.0123


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"objective": "bowl"}, "objective must be one of 'parabola'"),
        ({"optimizer": "sgd"}, "optimizer must be one of 'gd'"),
        ({"learning_rate": 0}, "learning_rate must be a number from 0.0001 to 10, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number"),
        ({"steps": 2001}, "steps must be a whole number from 0 to 2000"),
        ({"steps": True}, "steps must be a whole number"),
        ({"start": [1, 1]}, "start must have w from -2 to 2 on the parabola"),
        ({"start": [3]}, "start must have w from -2 to 2 on the parabola"),
        ({"start": "1"}, "start must be a list of one number"),
        ({"start": [float("inf")]}, "start must be finite"),
        ({"race": ["sgd"]}, "race must be one of 'gd'"),
        ({"momentum": 1.0}, "momentum must be a number from 0 to 0.99"),
        ({"expression": "w.real"}, "expression"),
        ({"expression": "__import__('os')"}, "expression"),
        ({"expression": "w + w1"}, "expression"),
        ({"objective": "yours"}, "objective must be one of"),
        ({"speed": 1}, "has no parameter speed"),
    ],
)
def test_bad_values_are_refused_and_change_nothing(explorer, given, words):
    before, picture = explorer.parameters, pixels(explorer)
    with pytest.raises(ValueError, match=words):
        explorer.set(**given)
    assert explorer.parameters == before
    assert (pixels(explorer) == picture).all()
    with pytest.raises(ValueError, match=r"no hyper-parameter speed|has no parameter|" + words):
        GradientDescentExplorer(**given)


# --- own losses


def test_a_typed_loss_of_one_parameter_or_two(explorer):
    explorer.set(objective="expression", expression="(w - 1)**2", reach=3, steps=200)
    assert way(explorer)[-1, 0] == pytest.approx(1)
    explorer.set(expression="(w1 - 1)**2 + 2*(w2 + 0.5)**2")
    assert way(explorer)[-1] == pytest.approx([1, -0.5])
    assert explorer.display_.axes_["plane"].get_xlim() == (-3, 3)


def test_a_typed_loss_that_is_nothing_is_said_and_the_next_is_shown(explorer):
    explorer.set(objective="expression", expression="w**2")
    with pytest.raises(ValueError, match="finite at the start"):
        explorer.set(expression="log(-1 - w**2)")
    assert "finite at the start" not in explorer.error
    explorer.set(expression="log(1 + w**2)")
    assert heading(explorer).endswith("converging")


def test_your_own_function_of_one_or_two_arrays():
    one = GradientDescentExplorer(function=np.cosh, steps=100)
    assert one.parameters["objective"] == "yours" and "reach" in seen(one)
    assert way(one)[-1, 0] == pytest.approx(0, abs=1e-6)
    one.close()
    two = GradientDescentExplorer(function=lambda a, b: (a - 1) ** 2 + (b - a) ** 2, steps=500)
    assert way(two)[-1] == pytest.approx([1, 1], abs=1e-3)
    two.set(objective="parabola")
    two.set(objective="yours")
    two.close()
    objective = TwoMinima()
    three = GradientDescentExplorer(function=objective, batch_size=1)
    assert {"batch_size", "view", "seed"} <= seen(three) and "reach" not in seen(three)
    three.close()


def test_your_function_that_fails_says_so():
    def careful(w):
        if np.abs(w).max() > 5:
            raise RuntimeError("out of my depth")
        return w**2

    with pytest.raises(ValueError, match="takes 3"):
        GradientDescentExplorer(function=lambda a, b, c: a)
    with pytest.raises(ValueError, match="must be a callable"):
        GradientDescentExplorer(function=3)

    class Unhashable:
        __hash__ = None

        def __call__(self, w):
            return w**2

    with pytest.raises(ValueError, match="must be hashable"):
        GradientDescentExplorer(function=Unhashable())
    explorer = GradientDescentExplorer(function=careful)
    picture = pixels(explorer)
    with pytest.raises(RuntimeError, match="out of my depth"):
        explorer.set(reach=8)
    assert (pixels(explorer) == picture).all()
    explorer.set(learning_rate=0.1)
    explorer.close()


# --- the mouse and the keys


def test_a_click_starts_there(explorer):
    explorer.display_.on_press(-1.234, 0.7, "curve")
    assert explorer.parameters["start"] == [-1.23]
    explorer.set(objective="Rosenbrock", learning_rate=0.001)
    explorer.display_.on_press(0.5, 2.0, "plane")
    explorer.display_.on_drag(0.501, 9.0, "plane")
    assert explorer.parameters["start"] == [0.5, 3.0]
    assert way(explorer)[0].tolist() == [0.5, 3.0]
    before = explorer.parameters
    explorer.display_.on_press(10, 1, "loss")
    assert explorer.parameters == before


def test_a_click_on_the_bar_sets_the_rate(explorer):
    explorer.display_.on_press(0.0123, 0.5, "rate")
    assert explorer.parameters["learning_rate"] == 0.0125
    explorer.display_.on_drag(1e9, 0.5, "rate")
    assert explorer.parameters["learning_rate"] == 10


def test_keys_do_what_the_mouse_does(explorer):
    key = explorer.display_.on_key
    key("right"), key("up")
    assert explorer.parameters["start"] == [1.55]
    key("+")
    assert explorer.parameters["learning_rate"] == 0.21
    key("-"), key("-")
    assert explorer.parameters["learning_rate"] == 0.195
    key("n")
    assert explorer.parameters["steps"] == 21
    key("b"), key("b")
    assert explorer.parameters["steps"] == 19
    explorer.set(objective="saddle", steps=0)
    key("up"), key("left"), key("b"), key("x")
    assert explorer.parameters["start"] == [1.45, 0.06] and explorer.parameters["steps"] == 0


def test_the_player_plays_the_steps(explorer):
    explorer.set(steps=0)
    before = pixels(explorer)
    for tick in (1, 2, 3):
        explorer.controls["steps"].play.value = tick
    assert explorer.parameters["steps"] == 3 and len(way(explorer)) == 4
    assert (pixels(explorer) != before).any()


def test_a_logarithmic_slider_keeps_what_it_is_given_and_moves_along_round_numbers():
    rate = Logarithmic("rate", 2.02, 1e-4, 10, "tip")
    assert rate.value == rate.said.value == 2.02
    assert rate.moved(1) == 2.1 and rate.moved(-1) == 2.0
    rate.value = 0.2
    assert rate.value == 0.2 and rate.moved(1) == 0.21 and rate.moved(-1) == 0.195
    rate.slider.value += 1
    assert rate.value == 0.21
    assert np.diff(np.log10(rate.stops)).max() < 0.022 and rate.stops[[0, -1]].tolist() == [1e-4, 10]
    rate.said.value = 0.777
    assert rate.value == 0.777 and rate.moved(1) == 0.78
    rate.value = 10.0
    assert rate.moved(1) == 10 and rate.slider.value == rate.slider.max


# --- the program

PROGRAMS = [
    *({"objective": name, "learning_rate": 0.002} for name in OBJECTIVES),
    *({"objective": "narrow valley", "learning_rate": 0.05, "optimizer": name} for name in OPTIMIZERS),
    *({"schedule": name, "steps": 150} for name in SCHEDULES),
    {"objective": "two minima", "batch_size": 3, "seed": 4, "race": ["momentum", "adam"], "steps": 120},
    {"objective": "sine fit", "batch_size": 16, "start": [3.2, -1.0], "optimizer": "nesterov", "learning_rate": 0.01},
    {"objective": "expression", "expression": "relu(w1)**2 + sigmoid(w2)*w2 + w1**2", "learning_rate": 0.1},
    {"learning_rate": 3, "steps": 2000},
]


def test_the_program_makes_the_same_runs(explorer, tmp_path):
    """All of them in one process, each by itself: a program prints where its runs end, and their losses."""
    expected, files = [], []
    for number, given in enumerate(PROGRAMS):
        explorer.reset()
        explorer.set(**given)
        expected.append([(run.points[-1], run.losses[-1]) for run in explorer._arrays["runs"]])
        assert "nbkit" not in explorer.code()
        files.append(tmp_path / f"program{number}.py")
        files[-1].write_text(explorer.code())
    runner = tmp_path / "run.py"
    runner.write_text(
        "import runpy, sys, numpy\n"
        "numpy.set_printoptions(precision=17)\n"
        "for path in sys.argv[1:]:\n"
        "    made = runpy.run_path(path)\n"
        "    made['plt'].close('all')\n"
        "    with numpy.errstate(all='ignore'):\n"
        "        print('RUNS', [(points[-1].tolist(), float(made['loss'](points[-1]))) for points in made['runs'].values()])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", str(runner), *map(str, files)],
        capture_output=True,
        text=True,
        env={**os.environ, "MPLBACKEND": "agg"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ends = [
        eval(line[5:], {"nan": np.nan, "inf": np.inf}) for line in done.stdout.splitlines() if line.startswith("RUNS")
    ]
    assert len(ends) == len(PROGRAMS)
    for given, found, wanted in zip(PROGRAMS, ends, expected, strict=True):
        if given.get("learning_rate") == 3:
            continue  # it diverges, and the program goes on until a number is not finite
        for (point, loss), (end, height) in zip(found, wanted, strict=True):
            assert point == pytest.approx(end, rel=1e-7, abs=1e-9), given
            assert loss == pytest.approx(height, rel=1e-7, abs=1e-9), given


def test_the_program_counts_the_same_success(explorer, tmp_path):
    for objective in ("two minima", "line fit"):
        explorer.set(objective=objective, view="success", steps=25, seed=2, learning_rate=0.3)
        file = tmp_path / "success.py"
        file.write_text(explorer.code())
        done = subprocess.run(
            [sys.executable, str(file)],
            capture_output=True,
            text=True,
            env={**os.environ, "MPLBACKEND": "agg"},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        for line, shown in zip(done.stdout.splitlines(), explorer.display_.shares_, strict=False):
            counted = [
                float(number.strip(" []").removeprefix("np.float64(").rstrip(")"))
                for number in line.split("[", 1)[1].split(",")
            ]
            assert 100 * np.array(counted) == pytest.approx(shown.get_ydata())


def test_the_program_of_your_own_function_carries_it():
    explorer = GradientDescentExplorer(function=np.cosh)
    assert "function = np.cosh" in explorer.code()
    explorer.close()
    explorer = GradientDescentExplorer(function=lambda w: w**2)
    assert "define it under this name first" in explorer.code()
    explorer.close()
