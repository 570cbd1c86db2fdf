"""The capacity explorer, moved as its user moves it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from nbkit.widgets.capacity import CapacityExplorer


@pytest.fixture
def explorer():
    made = CapacityExplorer()
    yield made
    made.close()


def test_training_error_only_falls_and_validation_error_does_not(explorer):
    train, validation = (
        line.get_ydata() for line in (explorer.display_.train_errors_, explorer.display_.validation_errors_)
    )
    assert (np.diff(train) <= 1e-12).all()
    assert np.argmin(validation) not in (0, 15)


def test_errors_are_those_of_the_drawn_points(explorer):
    shown = explorer.display_
    curve, train = shown.curve_.get_xydata(), shown.train_.get_xydata()
    by_hand = np.mean((np.interp(train[:, 0], *curve.T) - train[:, 1]) ** 2)
    assert shown.train_errors_.get_ydata()[3] == pytest.approx(by_hand, rel=1e-2)


def test_another_sample_is_drawn_and_many_are_summed_up(explorer):
    before = explorer.display_.train_.get_xydata().copy()
    explorer.on_key("n")
    assert explorer.parameters["seed"] == 1 and not np.array_equal(before, explorer.display_.train_.get_xydata())
    explorer.on_key("m")
    assert "bias² " in explorer.caption and len(explorer.display_.band_.get_paths()) == 1
    told = explorer.caption.split("\n")[1].replace(";", "").split()
    bias, variance, noise, total = (float(told[place]) for place in (1, 4, 7, 9))
    assert bias + variance + noise == pytest.approx(total, rel=0.02) and noise == 0.09


def test_mouse_and_keys_choose_the_capacity(explorer):
    explorer.on_press(7.3, 1.0, "errors")
    assert explorer.parameters["capacity"] == 7
    explorer.on_drag(99.0, 1.0, "errors")
    assert explorer.parameters["capacity"] == 15
    explorer.on_key("right")
    explorer.on_key("left")
    assert explorer.parameters["capacity"] == 14
    explorer.on_press(0.0, 0.0, "fit")
    assert explorer.parameters["capacity"] == 14
    explorer.on_key("up")
    assert explorer.parameters["ridge"] == 1e-4
    for _ in range(3):
        explorer.on_key("down")
    assert explorer.parameters["ridge"] == 0


def test_ridge_tames_a_high_degree(explorer):
    explorer.set(capacity=15, samples=16)
    wild = explorer.display_.validation_errors_.get_ydata()[15]
    explorer.set(ridge=0.1)
    assert explorer.display_.validation_errors_.get_ydata()[15] < wild / 2


def test_own_function_takes_the_formulas_place():
    explorer = CapacityExplorer(own=np.abs, noise=0)
    assert explorer.controls["function"].layout.display == "none"
    assert explorer.display_.truth_.get_ydata() == pytest.approx(np.abs(np.linspace(-0.995, 0.995, 200)))
    explorer.close()
    with pytest.raises(ValueError, match="own must be a callable"):
        CapacityExplorer(own=3)


@pytest.mark.parametrize("function, said", [("1/x + log(x)", "must be finite"), ("x +", "is no formula")])
def test_bad_functions_leave_the_state(explorer, function, said):
    with pytest.raises(ValueError, match=said):
        explorer.set(function=function)
    assert explorer.parameters["function"] == "sin(pi*x)"


@pytest.mark.parametrize(
    "parameters",
    [{"capacity": 5}, {"capacity": 9, "ridge": 0.1, "many": True}, {"model": "network", "capacity": 6, "ridge": 0.01}],
)
def test_code_recomputes_what_is_shown(explorer, parameters):
    explorer.set(**parameters)
    code = explorer.code()
    assert "nbkit" not in code
    environment = {**os.environ, "MPLBACKEND": "agg"}
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    said = dict(zip(*[iter(run.stdout.split())] * 2, strict=True))
    capacity = explorer.parameters["capacity"]
    assert float(said["training"]) == pytest.approx(explorer.display_.train_errors_.get_ydata()[capacity], rel=1e-6)
    assert float(said["validation"]) == pytest.approx(
        explorer.display_.validation_errors_.get_ydata()[capacity], rel=1e-6
    )
    if parameters.get("many"):
        assert f"bias² {float(said['bias2']):.3g} + variance {float(said['variance']):.3g}" in explorer.caption
