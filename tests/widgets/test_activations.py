"""The activation explorer: moved as a user would, and read off its artists."""

import json

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbkit.activations import ACTIVATIONS
from nbkit.displays.activations import ActivationDisplay
from nbkit.propagation import layer_histograms, random_network
from nbkit.widgets.activations import ActivationExplorer

VIEWS = {name: view.names for name, view in ActivationDisplay.views.items()}


@pytest.fixture
def make():
    made = []

    def explorer(*args, **kwargs):
        made.append(ActivationExplorer(*args, **kwargs))
        return made[-1]

    yield explorer
    for one in made:
        one.close()


def drawn(pool):
    return {place: line for place, line in enumerate(pool.lines) if line.get_visible()}


def place(name):
    return list(ACTIVATIONS).index(name)


def bumpy(x):
    return np.sin(3 * x) + x


def rectified(x):
    return np.maximum(x, 0) ** 2


def d_rectified(x):
    return 2 * np.maximum(x, 0)


# --- what is shown


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_functions_and_derivatives_stand_in_the_lines(make, name):
    explorer = make(name, compare=[])
    display = explorer.display_
    given = {key: explorer.parameters[key] for key in ACTIVATIONS[name].parameters}
    (values,), (slopes,) = (
        drawn(display.views_["functions"].values_).values(),
        drawn(display.views_["functions"].slopes_).values(),
    )
    x, y = values.get_xydata().T
    assert (y == ACTIVATIONS[name].value(x, **given)).all() and (x[0], x[-1]) == (-6, 6)
    x, y = slopes.get_xydata().T
    seen = np.isfinite(y)
    assert (y[seen] == ACTIVATIONS[name].derivative(x[seen], **given)).all()
    assert (~seen).sum() == len(ACTIVATIONS[name].kinks)


def test_several_are_compared_and_the_main_one_is_drawn_once(make):
    explorer = make("relu", compare=["relu", "tanh", "swish"])
    assert set(drawn(explorer.display_.views_["functions"].values_)) == {place("relu"), place("tanh"), place("swish")}
    legend = explorer.display_.axes_["values"].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["ReLU", "tanh", "Swish"]


def test_a_kink_is_a_jump_with_torchs_value_as_a_point(make):
    explorer = make("leaky_relu", compare=[], slope=0.3)
    line = explorer.display_.views_["functions"].slopes_.lines[place("leaky_relu")]
    x, y = line.get_xydata().T
    gap = np.flatnonzero(np.isnan(y))[0]
    assert x[gap - 1] == 0 and y[gap - 1] == 0.3 and 0 < x[gap + 1] < 1e-9 and y[gap + 1] == 1
    assert explorer.display_.views_["functions"].kink_.get_xydata().tolist() == [[0, 0.3]]
    explorer.set(function="elu", alpha=1)
    assert len(explorer.display_.views_["functions"].kink_.get_xydata()) == 0
    explorer.set(alpha=0.5)
    assert explorer.display_.views_["functions"].kink_.get_xydata().tolist() == [[0, 0.5]]


def test_saturation_is_shaded_where_the_slope_is_below_the_stated_threshold(make):
    explorer = make("sigmoid")
    (left, right) = explorer.display_.views_["functions"].shades_[0].get_paths()
    # s(1 − s) = 0.05 at s = (1 ± √0.8)/2
    edge = np.log((1 + np.sqrt(0.8)) / (1 - np.sqrt(0.8)))
    assert left.vertices[:, 0].max() == pytest.approx(-edge, abs=0.02)
    assert right.vertices[:, 0].min() == pytest.approx(edge, abs=0.02)
    assert "0.05" in explorer.display_.views_["functions"].shade_label_.get_text()
    explorer.set(function="linear")
    assert explorer.display_.views_["functions"].shade_label_.get_text() == ""


def test_ten_sigmoids(make):
    explorer = make("sigmoid", view="depth", depth=10)
    display = explorer.display_
    assert display.views_["depth"].bound_.get_ydata()[-1] == pytest.approx(0.25**10)
    assert display.views_["depth"].chains_.lines[place("sigmoid")].get_ydata()[-1] == pytest.approx(3.9e-7, rel=0.02)
    assert "3.9e-7" in explorer.caption and "9.5e-7" in explorer.caption
    explorer.set(start=2)
    assert display.views_["depth"].chains_.lines[place("sigmoid")].get_ydata()[-1] == pytest.approx(1.4e-7, rel=0.04)
    explorer.set(depth=30)
    assert len(display.views_["depth"].bound_.get_xdata()) == 30


def test_network_histograms_are_those_of_the_maths(make):
    explorer = make("tanh", view="network", depth=6, seed=4)
    for name in ("xavier", "he"):
        run = random_network(*ACTIVATIONS["tanh"].bound_to(), 6, initialisation=name, seed=4)
        image, line, _, _ = explorer.display_.views_["network"].panels_[f"{name}_activations"]
        shares = layer_histograms(run.activations, -2.5, 2.5)
        assert np.asarray(image.get_array()) == pytest.approx(np.sqrt(shares / shares.max(axis=0)))
        assert line.get_ydata() == pytest.approx(run.activations.std(axis=(1, 2)))
        _, line, _, _ = explorer.display_.views_["network"].panels_[f"{name}_gradients"]
        assert 10 ** line.get_ydata() == pytest.approx(run.gradients.std(axis=(1, 2)))


def test_he_keeps_relus_gradient_and_xavier_loses_it(make):
    explorer = make("relu", view="network", depth=20)
    ends = {
        name: 10 ** explorer.display_.views_["network"].panels_[f"{name}_gradients"][1].get_ydata()[[0, -1]]
        for name in ("xavier", "he")
    }
    assert 0.2 < ends["he"][0] / ends["he"][1] < 5
    assert ends["xavier"][0] / ends["xavier"][1] < 0.01


def test_softmax_of_the_slides_logits(make):
    explorer = make(view="softmax")
    heights = {
        name: [bar.get_height() for bar in bars] for name, bars in explorer.display_.views_["softmax"].bars_.items()
    }
    assert heights["classes"] == pytest.approx([0.665, 0.245, 0.090], abs=5e-4)
    assert heights["labels"] == pytest.approx([0.88, 0.73, 0.50], abs=5e-3)
    assert explorer.display_.views_["softmax"].texts_["labels"].get_text() == "sum 2.11 · above 0.5: [1 1 0]"
    explorer.set(temperature=10)
    assert [bar.get_height() for bar in explorer.display_.views_["softmax"].bars_["classes"]] == pytest.approx(
        [0.37, 0.33, 0.30], abs=5e-3
    )
    assert [bar.get_height() for bar in explorer.display_.views_["softmax"].bars_["labels"]] == heights["labels"]


@pytest.mark.parametrize("view", VIEWS)
def test_caption_is_two_lines_of_the_figures_width_at_most(make, view):
    explorer = make(
        "leaky_relu", view=view, depth=30, start=-3.25, logit1=-1.25, logit2=-2.25, logit3=-3.25, temperature=2.35
    )
    assert len(explorer.caption.split("\n")) <= 2
    assert all(0 < len(line) <= 105 for line in explorer.caption.split("\n"))


# --- controls


def test_only_controls_that_apply_are_seen(make):
    explorer = make("swish", compare=["elu"])

    def seen():
        return {name for name, control in explorer.controls.items() if control.layout.display != "none"}

    assert seen() == {"view", "function", "compare", "alpha", "beta"}
    explorer.set(view="depth")
    assert seen() == {"view", "function", "compare", "alpha", "beta", "start", "depth"}
    explorer.set(view="network")
    assert seen() == {"view", "function", "beta", "depth", "seed"}
    explorer.set(view="softmax")
    assert seen() == {"view", "logit1", "logit2", "logit3", "temperature"}


@pytest.mark.parametrize("view", VIEWS)
def test_parameters_make_an_equal_explorer(make, view):
    one = make(functions={"bumpy": bumpy})
    one.set(view=view, depth=7, start=-1.5, compare=["elu", "gelu"], alpha=1.3, seed=3, logit1=-2, temperature=0.5)
    two = make(**one.objects, **json.loads(json.dumps(one.parameters)))
    assert two.parameters == one.parameters and str(two) == str(one) and two.code() == one.code()
    assert pixels(one) == pixels(two)


def pixels(explorer):
    return explorer.canvas.compose().tobytes()


def test_reset_goes_back_also_in_the_pixels(make):
    explorer = make("tanh", view="depth", depth=12)
    start, before = explorer.parameters, pixels(explorer)
    explorer.set(view="functions", function="elu", compare=list(ACTIVATIONS), alpha=2, depth=3)
    assert pixels(explorer) != before
    explorer.reset()
    assert explorer.parameters == start and pixels(explorer) == before


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"function": "step"}, "function must be one of 'linear'"),
        ({"compare": ["tanh", "step"]}, "compare must be one of"),
        ({"compare": "tanh"}, "compare must be a list"),
        ({"view": "all"}, "view must be one of"),
        ({"depth": 31}, "depth must be a whole number from 1 to 30"),
        ({"depth": 2.5}, "whole number"),
        ({"beta": 11}, "beta must be a number from 0 to 10"),
        ({"start": float("nan")}, "start must be"),
        ({"seed": True}, "seed must be"),
        ({"temperature": 0}, "temperature must be a number from 0.1 to 10"),
        ({"weight": 1}, "has no parameter weight"),
    ],
)
def test_bad_values_are_refused_and_change_nothing(make, bad, said):
    explorer = make()
    before, picture = explorer.parameters, pixels(explorer)
    with pytest.raises(ValueError, match=said):
        explorer.set(**bad)
    assert explorer.parameters == before and pixels(explorer) == picture
    if "weight" not in bad:
        with pytest.raises(ValueError, match=said):
            ActivationExplorer(**bad)


MOVES = [
    ("functions", "leaky_relu", {"slope": 0.8}),
    ("functions", "elu", {"alpha": 0.3}),
    ("functions", "swish", {"beta": 7}),
    ("depth", "sigmoid", {"start": 3}),
    ("depth", "sigmoid", {"depth": 29}),
    ("depth", "elu", {"alpha": 1.7}),
    ("network", "tanh", {"depth": 30}),
    ("network", "tanh", {"seed": 1}),
    ("network", "swish", {"beta": 4}),
    ("softmax", "tanh", {"logit1": -4}),
    ("softmax", "tanh", {"temperature": 0.1}),
]


@pytest.mark.parametrize(("view", "function", "move"), MOVES)
def test_a_slider_changes_pixels_and_needs_no_full_draw(make, view, function, move):
    explorer = make(function, view=view)
    before = pixels(explorer)
    explorer.set(**move)
    assert not explorer.figure.stale
    moved = pixels(explorer)
    assert moved != before
    explorer.figure.stale = True
    assert pixels(explorer) == moved  # what a full draw would show


# --- the user's own functions


def test_own_callable_is_the_main_function(make):
    explorer = make(functions=bumpy)
    assert explorer.parameters["function"] == "bumpy"
    line = drawn(explorer.display_.views_["functions"].values_)[len(ACTIVATIONS)]
    assert (line.get_ydata() == bumpy(line.get_xdata())).all()
    line = drawn(explorer.display_.views_["functions"].slopes_)[len(ACTIVATIONS)]
    assert line.get_ydata() == pytest.approx(3 * np.cos(3 * line.get_xdata()) + 1, abs=1e-8)


def test_own_derivative_is_used(make):
    explorer = make(functions={"mine": (np.sin, lambda x: x * 0 + 0.5)}, compare=[])
    assert (drawn(explorer.display_.views_["functions"].slopes_)[len(ACTIVATIONS)].get_ydata() == 0.5).all()


def test_a_name_that_is_taken_becomes_mine(make):
    assert make(functions=np.tanh).parameters["function"] == "mine"
    assert make(functions=lambda x: x).parameters["function"] == "mine"


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        ({"relu": bumpy}, "none of linear"),
        ({"": bumpy}, "1 to 16 letters"),
        ({1: bumpy}, "1 to 16 letters"),
        ({"mine": 3}, "mine must be a callable"),
        ({"mine": (bumpy, 3)}, "mine must be a callable"),
        (7, "functions must be a callable or a dict"),
        ({f"f{i}": bumpy for i in range(7)}, "at most six"),
        (lambda x: 1 / 0, "mine raised ZeroDivisionError: division by zero"),
        (lambda x: x[:3], "numbers of the shape of x"),
        (np.log, "log is not finite at x = -6"),
    ],
)
def test_bad_functions_are_refused_in_a_line(functions, said):
    with pytest.raises(ValueError, match=said) as caught:
        ActivationExplorer(functions=functions)
    assert "\n" not in str(caught.value)


def test_a_function_that_fails_leaves_the_last_good_picture(make):
    explorer = make("tanh", functions={"bad": lambda x: np.where(x > 2, np.nan, x)})
    before, picture = explorer.parameters, pixels(explorer)
    with pytest.raises(ValueError, match=r"bad is not finite at x = 2;"):
        explorer.set(function="bad")
    assert explorer.parameters == before and pixels(explorer) == picture
    explorer.set(compare=["elu"])
    assert explorer.error == ""


@pytest.mark.parametrize("view", ["functions", "depth", "network"])
def test_own_function_in_each_view(make, view):
    explorer = make(view=view, functions={"a b": (rectified, d_rectified), "bumpy": bumpy}, compare=["bumpy"], depth=3)
    assert "a b" in explorer.caption if view != "functions" else explorer.caption.startswith("a b at x = 0")


# --- the program


def run(program, monkeypatch, **names):
    matplotlib.use("Agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    assert "nbkit" not in program
    space = dict(names)
    try:
        exec(compile(program, "program", "exec"), space)
        return plt.gcf().axes
    finally:
        plt.close("all")


@pytest.mark.parametrize("name", [*ACTIVATIONS, "bumpy", "rectified", "a b", "sin", "mine"])
def test_code_recomputes_the_curves(make, monkeypatch, name):
    own = {"bumpy": bumpy, "rectified": (rectified, d_rectified), "a b": bumpy, "sin": np.sin, "mine": lambda x: x / 2}
    explorer = make(name, compare=["elu"], slope=0.3, alpha=0.7, beta=2.5, functions=own)
    axes = run(explorer.code(), monkeypatch, mine=own["mine"])
    where = list(explorer.activations).index(name)
    for ax, pool in zip(
        axes,
        (explorer.display_.views_["functions"].values_, explorer.display_.views_["functions"].slopes_),
        strict=True,
    ):
        x, y = pool.lines[where].get_xydata().T
        shared = np.isin(x, ax.lines[0].get_xdata()) & np.isfinite(y)
        assert len(ax.lines) == len(drawn(pool))
        mine = dict(zip(ax.lines[0].get_xdata(), ax.lines[0].get_ydata(), strict=True))
        assert shared.sum() >= 600 and y[shared] == pytest.approx([mine[point] for point in x[shared]], abs=1e-8)


@pytest.mark.parametrize("name", ["sigmoid", "swish", "gelu", "elu", "bumpy"])
def test_code_recomputes_the_chain(make, monkeypatch, name):
    explorer = make(name, view="depth", depth=6, start=0.7, beta=3.0, compare=["tanh"], functions={"bumpy": bumpy})
    (ax,) = run(explorer.code(), monkeypatch)
    where = list(explorer.activations).index(name)
    assert ax.lines[0].get_ydata() == pytest.approx(explorer.display_.views_["depth"].bound_.get_ydata(), rel=1e-4)
    assert ax.lines[1].get_ydata() == pytest.approx(
        explorer.display_.views_["depth"].chains_.lines[where].get_ydata(), rel=1e-6
    )
    assert ax.lines[2].get_ydata() == pytest.approx(
        explorer.display_.views_["depth"].chains_.lines[place("tanh")].get_ydata()
    )


@pytest.mark.parametrize("name", ["sigmoid", "leaky_relu", "bumpy"])
def test_code_recomputes_the_network(make, monkeypatch, name):
    explorer = make(name, view="network", depth=5, seed=8, functions={"bumpy": bumpy})
    axes = run(explorer.code(), monkeypatch)
    for ax, panel in zip(axes, VIEWS["network"], strict=True):
        image, line, _, _ = explorer.display_.views_["network"].panels_[panel]
        assert np.asarray(ax.images[0].get_array()) == pytest.approx(np.asarray(image.get_array()), abs=0.01)
        spread = np.clip(ax.lines[0].get_ydata(), *explorer.display_.axes_[panel].get_ylim())
        assert spread == pytest.approx(line.get_ydata(), rel=1e-6)


def test_code_recomputes_the_softmax(make, monkeypatch):
    explorer = make(view="softmax", temperature=0.3, logit2=2.5)
    axes = run(explorer.code(), monkeypatch)
    for ax, name in zip(axes, ("classes", "labels"), strict=True):
        heights = [bar.get_height() for bar in explorer.display_.views_["softmax"].bars_[name]]
        assert [bar.get_height() for bar in ax.patches] == pytest.approx(heights)
