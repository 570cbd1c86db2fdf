"""The normalisation explorer, moved as its user moves it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from nbkit.widgets.normalization import SIZES, VIEWS, WINDOWS, NormalizationExplorer


@pytest.fixture
def explorer():
    made = NormalizationExplorer()
    yield made
    made.close()


def view(explorer):
    return explorer.display_.views_[explorer.parameters["view"]]


def test_all_events_are_in_both_distributions(explorer):
    shown = view(explorer)
    lower, upper = (part.get_data() for part in shown.stacks_["raw"])
    assert upper.values.sum() == 10_000 and lower.values.sum() == pytest.approx(5_000)
    normalised = shown.stacks_["normalised"][1].get_data()
    middles = (normalised.edges[1:] + normalised.edges[:-1]) / 2
    assert np.average(middles, weights=normalised.values) == pytest.approx(0, abs=0.01)
    assert np.average(middles**2, weights=normalised.values) == pytest.approx(1, abs=0.01)


def test_quartiles_hold_where_the_window_moves_the_moments(explorer):
    found = {}
    for scale in ("moments", "quartiles"):
        for window in WINDOWS:
            explorer.set(scale=scale, window=window, background=0, resolution=0)
            line = view(explorer).marks_["raw"].get_xdata()
            found[scale, window] = (line[2] - line[0]) / 2
    assert found["moments", "20–1000"] > 8 * found["moments", "86–96"]
    assert found["quartiles", "20–1000"] < 1.4 * found["quartiles", "86–96"]


def test_batches_are_compared_with_the_sample(explorer):
    explorer.set(view="batches", batch_size=4)
    wide = np.ptp(view(explorer).means_.get_ydata())
    explorer.set(batch_size=1024)
    assert np.ptp(view(explorer).means_.get_ydata()) < wide / 5
    spreads, expected = (line.get_ydata() for line in (view(explorer).spreads_, view(explorer).expected_))
    assert len(spreads) == len(SIZES) and spreads == pytest.approx(expected, rel=0.15)


def test_running_mean_walks_towards_the_samples(explorer):
    explorer.set(view="batch norm", batches=0)
    assert view(explorer).running_.get_ydata().tolist() == [0]
    explorer.set(batches=10)
    assert "= 65% of the way" in explorer.caption
    explorer.set(batches=100, momentum=0.1)
    sample = view(explorer).sample_.get_ydata()[0]
    assert view(explorer).running_.get_ydata()[-1] == pytest.approx(sample, abs=2)
    train, evaluation = (patch.get_data().values for patch in (view(explorer).train_, view(explorer).evaluation_))
    assert train.sum() == pytest.approx(1) and np.abs(train - evaluation).sum() < 0.4


def test_speed_shows_three_ways_below_the_best(explorer):
    explorer.set(view="speed")
    shown = view(explorer)
    raw, normalised = (shown.points_[way].get_ydata()[0] for way in ("raw", "normalised"))
    assert shown.larger_.get_ydata()[0] == 0.5 < raw < normalised < shown.best_.get_ydata()[0] + 0.015
    assert shown.curves_["normalised"].get_ydata()[-1] < shown.curves_["raw"].get_ydata()[-1]
    assert f"raw {raw:.3f}" in explorer.caption


def test_only_what_a_view_depends_on_is_seen(explorer):
    seen = {}
    for name in VIEWS.values():
        if name != "speed":  # which trains
            explorer.set(view=name)
            seen[name] = {key for key, control in explorer.controls.items() if control.layout.display != "none"}
    always = {"view", "background", "resolution", "window", "seed"}
    assert seen == {
        "distribution": always | {"scale", "log_scale"},
        "batches": always | {"batch_size"},
        "batch norm": always | {"batch_size", "batches", "momentum"},
    }


@pytest.mark.parametrize(
    "parameters, said",
    [({"window": "1–2"}, "window must be one of"), ({"background": 1.0}, "background must be a number")],
)
def test_bad_values_are_refused(explorer, parameters, said):
    with pytest.raises(ValueError, match=said):
        explorer.set(**parameters)


def test_a_logarithmic_axis_shows_the_tails_and_goes_back(explorer):
    axes = view(explorer).axes_.values()
    explorer.set(log_scale=True, window="20–1000")
    assert {ax.get_yscale() for ax in axes} == {"log"} and {ax.get_ylim()[0] for ax in axes} == {0.5}
    explorer.set(log_scale=False)
    assert {ax.get_yscale() for ax in axes} == {"linear"} and {ax.get_ylim()[0] for ax in axes} == {0}


def test_the_hand_and_the_keys_choose_batches(explorer):
    explorer.set(view="batches")
    explorer.on_press(300, 1, "spread")
    assert explorer.parameters["batch_size"] == 256
    explorer.on_key("left")
    assert explorer.parameters["batch_size"] == 128
    explorer.set(view="batch norm")
    explorer.on_drag(140, 50, "running")
    assert explorer.parameters["batches"] == 100
    explorer.on_key("right")
    explorer.on_press(3, 0, "answers")
    assert explorer.parameters["batches"] == 100
    assert len(view(explorer).running_.get_xdata()) == 101


@pytest.mark.parametrize("name", list(VIEWS.values()))
def test_code_recomputes_what_is_shown(explorer, name):
    explorer.set(view=name, learning_rate=0.1, batch_size=16, log_scale=True, scale="quartiles")
    code = explorer.code()
    assert "nbkit" not in code
    environment = {**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    said = {key: float(value) for key, value in zip(*[iter(run.stdout.split())] * 2, strict=True)}
    shown = view(explorer)
    if name == "distribution":
        low, centre, _ = shown.marks_["raw"].get_xdata()
        expected = {"centre": centre, "width": centre - low}
    elif name == "batches":
        place = SIZES.index(16)
        lines = {"spread": shown.spreads_, "expected": shown.expected_}
        expected = {key: line.get_ydata()[place] for key, line in lines.items()}
    elif name == "batch norm":
        expected = {"running_mean": shown.running_.get_ydata()[-1]}
        del said["running_width"]
    else:
        expected = {way.replace(" ", "_"): points.get_ydata()[0] for way, points in shown.points_.items()}
    assert said == pytest.approx(expected, rel=1e-9 if name != "speed" else 1e-3)
