"""The neuron's explorer, moved as its user moves it."""

import contextlib
import io

import matplotlib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss

from nbkit.activations import ACTIVATIONS
from nbkit.neurons import DATA_SETS, labelled_points
from nbkit.widgets.controls import on_grid
from nbkit.widgets.neurons import NeuronExplorer


@pytest.fixture
def explorer():
    made = NeuronExplorer()
    yield made
    made.close()


def text(explorer, view="plane"):
    return explorer.display_.texts_[view].get_text().split("\n")


def neuron(explorer):
    return [explorer.parameters[name] for name in ("w1", "w2", "b")]


def pixels(explorer):
    return explorer.canvas.compose().copy()


def surface(explorer):
    return np.asarray(explorer.display_.surface_.get_array())


# --- what is shown


def test_it_opens_on_a_worked_sum(explorer):
    assert text(explorer)[0] == "0.80·1.20 + (−0.50)·0.30 + 0.10 = 0.91 → sigmoid → 0.713"
    assert explorer.caption.startswith("The line w·X + b = 0 is |b|/‖w‖ = 0.10/0.94 = 0.106 from the origin.")


def test_negative_numbers_are_in_brackets_where_they_must_be(explorer):
    explorer.set(w1=-2, x1=-0.5, w2=0, x2=-1, b=-1, activation="relu")
    assert text(explorer)[0] == "−2.00·(−0.50) + 0.00·(−1.00) + (−1.00) = 0.00 → ReLU → 0.000"


def test_accuracy_and_loss_are_sklearns(explorer):
    points, labels = labelled_points("line")
    y = 1 / (1 + np.exp(-(points @ [0.8, -0.5] + 0.1)))
    right = int(accuracy_score(labels, y > 0.5, normalize=False))
    assert text(explorer)[1] == f"{right} of 40 right · loss {log_loss(labels, y):.3g}"
    assert f"Accuracy {right / 40:.3g}, binary cross-entropy {log_loss(labels, y):.4g};" in explorer.caption
    rings = explorer.display_.wrong_.get_xydata()
    assert rings == pytest.approx(points[(y > 0.5) != labels])
    explorer.set(activation="tanh")
    y = np.tanh(points @ [0.8, -0.5] + 0.1)
    assert f"mean squared error {np.mean((y - labels) ** 2):.4g};" in explorer.caption


def test_what_sklearn_finds_separates_the_points(explorer):
    points, labels = labelled_points("line")
    fit = LogisticRegression(C=10).fit(points, labels)
    explorer.set(w1=float(fit.coef_[0, 0]), w2=float(fit.coef_[0, 1]), b=float(fit.intercept_[0]))
    assert text(explorer)[1].startswith("40 of 40 right")
    assert len(explorer.display_.wrong_.get_xdata()) == 0


def test_the_surface_is_the_neuron_at_the_cells_centres(explorer):
    explorer.set(w1=2, w2=1, b=-1, activation="softplus")
    shown = surface(explorer)
    size = len(shown)
    for row, column in ((0, 0), (3, 80), (size - 1, 7)):
        x1, x2 = (-3 + (k + 0.5) * 6 / size for k in (column, row))
        assert shown[row, column] == pytest.approx(np.log1p(np.exp(2 * x1 + x2 - 1)), rel=1e-6)


def test_doubling_all_three_numbers_keeps_the_line_and_steepens_the_surface(explorer):
    line, steepest = explorer.display_.line_.get_xydata().copy(), np.abs(np.diff(surface(explorer))).max()
    explorer.set(w1=1.6, w2=-1.0, b=0.2)
    assert explorer.display_.line_.get_xydata() == pytest.approx(line)
    assert np.abs(np.diff(surface(explorer))).max() == pytest.approx(2 * steepest, rel=0.01)


def test_no_weights_no_line(explorer):
    explorer.set(w1=0, w2=0)
    assert "there is no line" in explorer.caption
    assert len(explorer.display_.line_.get_xdata()) == len(explorer.display_.tip_.get_xdata()) == 0
    for name in ("left", "up", "+"):
        explorer.on_key(name)
    explorer.set(inputs=1)
    assert "there is no threshold" in explorer.caption
    explorer.set(w1=1, w2=1, b=9, inputs=2)
    assert "out of the picture" in explorer.caption


def test_without_data_there_is_nothing_to_measure(explorer):
    explorer.set(data="none")
    assert text(explorer)[1] == "where the sum is 0, Y = 0.500"
    assert "Accuracy" not in explorer.caption
    assert [len(line.get_xdata()) for line in explorer.display_.classes_] == [0, 0]


def test_one_input_shows_its_threshold(explorer):
    explorer.set(inputs=1, w1=2, b=-1, x1=1.5)
    display = explorer.display_
    assert display.threshold_.get_xdata() == [0.5, 0.5]
    x, y = display.curve_.get_data()
    assert y == pytest.approx(1 / (1 + np.exp(1 - 2 * x)))
    assert text(explorer, "curve")[0] == "2.00·1.50 + (−1.00) = 2.00 → sigmoid → 0.881"
    assert explorer.caption.startswith("The sum is 0 at X1 = −b/w1 = 1.00/2.00 = 0.500.")
    points, labels = labelled_points("line", 1)
    assert display.curve_classes_[1].get_xdata() == pytest.approx(points[labels == 1, 0])


def test_what_does_not_apply_is_hidden(explorer):
    def hidden():
        return {
            name
            for name, control in explorer.controls.items()
            if getattr(control, "layout", None) and control.layout.display == "none"
        }

    assert hidden() == set()
    explorer.set(inputs=1, data="none")
    assert hidden() == {"w2", "x2", "seed"}


# --- state


def test_set_reset_and_an_equal_one():
    explorer = NeuronExplorer(w1=1, data="xor")
    first = pixels(explorer)
    explorer.set(w1=-2.5, b=1, activation="elu", inputs=1, x1=-1, data="overlap", seed=7)
    twin = NeuronExplorer(**explorer.objects, **explorer.parameters)
    assert twin.parameters == explorer.parameters and (pixels(twin) == pixels(explorer)).all()
    assert not (pixels(explorer) == first).all()
    explorer.reset()
    assert (pixels(explorer) == first).all()
    explorer.close(), twin.close()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("w1", 5.1, "w1 must be a number from -5 to 5, got 5.1"),
        ("b", float("nan"), "b must be"),
        ("b", True, "b must be"),
        ("inputs", 3, "inputs must be one of 2, 1, got 3"),
        ("activation", "step", "activation must be one of 'linear'"),
        ("data", "ring", "data must be"),
        ("seed", 1.5, "seed must be a whole number"),
        ("anchor", [1], r"anchor must be two numbers \[x, y\]"),
        ("anchor", [1, 4], "anchor must be a number from -3 to 3, got 4"),
        ("grabbed", "arrow", "grabbed must be"),
    ],
)
def test_a_bad_value_is_named_and_nothing_moves(explorer, name, value, said):
    before = explorer.parameters
    with pytest.raises(ValueError, match=said):
        explorer.set(**{"w2": 1.0, name: value})
    assert explorer.parameters == before
    with pytest.raises(ValueError, match=said):
        NeuronExplorer(**{name: value})


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("inputs", [1, 2])
def test_the_largest_numbers_draw_without_a_warning(explorer, activation, inputs):
    explorer.set(activation=activation, inputs=inputs, w1=5, w2=-5, b=10, x1=3, x2=-3)
    assert np.isfinite(surface(explorer)).all()
    pixels(explorer)


@pytest.mark.parametrize("name", ["w1", "w2", "b", "x1", "x2"])
def test_a_slider_moves_pixels_and_needs_no_full_draw(explorer, name):
    before = pixels(explorer)
    explorer.controls[name].value = -0.35
    assert not explorer.figure.stale
    assert (pixels(explorer) != before).any()


# --- the mouse: display events, as the canvas sends them


def test_dragging_the_line_moves_it_parallel(explorer):
    on = explorer.display_
    start = explorer.display_.line_.get_xydata().mean(axis=0)
    on.on_press(*start, "plane")
    assert explorer.parameters["grabbed"] == "line"
    on.on_drag(1.0, -0.4, "plane")
    assert neuron(explorer) == pytest.approx([0.8, -0.5, -1.0])
    assert np.array([0.8, -0.5]) @ [1.0, -0.4] - 1.0 == pytest.approx(0)
    on.on_release(1.0, -0.4, "plane")
    assert explorer.parameters["grabbed"] == ""
    on.on_drag(0, 0, "plane")
    assert neuron(explorer) == pytest.approx([0.8, -0.5, -1.0])


def test_the_line_ends_where_it_is_let_go_also_when_moves_are_left_out(explorer):
    on = explorer.display_
    on.on_press(*explorer.display_.line_.get_xydata().mean(axis=0), "plane")
    on.on_release(1.0, -0.4, "plane")
    assert neuron(explorer) == pytest.approx([0.8, -0.5, -1.0]) and explorer.parameters["grabbed"] == ""


def test_dragging_the_tip_turns_and_scales_about_the_foot(explorer):
    on = explorer.display_
    foot, tip = explorer.display_.arrow_.get_xydata().copy()
    step = np.array([0.5, 1.0])
    on.on_press(*(tip + np.array([0.1, 0.1])), "plane")
    assert explorer.parameters["grabbed"] == "tip"
    on.on_drag(*(foot + step), "plane")
    w1, w2, b = neuron(explorer)
    assert (w1, w2) == (1.0, 2.0)
    assert foot @ [w1, w2] + b == pytest.approx(0, abs=0.011)  # the bias is on its slider's grid
    assert explorer.display_.arrow_.get_xydata() == pytest.approx(np.array([foot, foot + step]), abs=0.01)
    on.on_drag(*foot, "plane")  # no direction: it stays
    assert neuron(explorer) == pytest.approx([w1, w2, b])
    far = foot + 60 * step * [1, 0]
    on.on_drag(*far, "plane")
    assert neuron(explorer)[:2] == [5, 0]
    on.on_release(*far, "plane")
    assert explorer.error == "" and explorer.parameters["grabbed"] == ""


def test_what_the_hand_sets_is_where_the_page_puts_the_slider():
    # seen in a browser: other numbers come back from the page as moves, and late
    assert on_grid(1.82, -5, 5, 0.02) == 1.8200000000000003 and on_grid(0.8, -5, 5, 0.02) == 0.7999999999999998
    for size in (3, 5, 10):
        for value in np.linspace(-size, size, 501):
            put = on_grid(value, -size, size, 0.02)
            assert on_grid(put, -size, size, 0.02) == put and abs(put - value) <= 0.01 + 1e-12


def test_far_from_the_line_the_mouse_carries_the_point(explorer):
    on = explorer.display_
    on.on_press(2.0, 2.0, "plane")
    assert [explorer.parameters[name] for name in ("x1", "x2", "grabbed")] == [2, 2, ""]
    on.on_drag(9.0, -9.0, "plane")
    on.on_release(9.0, -9.0, "plane")
    assert [explorer.parameters[name] for name in ("x1", "x2")] == pytest.approx([3, -3])
    on.on_hover(-1.004, 0.5, "plane")
    assert text(explorer)[0].startswith("0.80·(−1.00) + (−0.50)·0.50 + 0.10 = −0.95 → sigmoid → ")
    on.on_hover(2, 0.5, "sums")
    on.on_press(2, 0.5, "sums")
    assert explorer.parameters["x1"] == pytest.approx(-1)


def test_the_threshold_of_one_input_is_dragged(explorer):
    on = explorer.display_
    explorer.set(inputs=1, w1=2, b=-1)
    on.on_press(0.6, 0.9, "curve")
    on.on_drag(-1.5, 0.2, "curve")
    on.on_release(-1.5, 0.2, "curve")
    assert (explorer.parameters["b"], explorer.display_.threshold_.get_xdata()) == (3.0, [-1.5, -1.5])
    on.on_press(1.0, 0.5, "curve")
    on.on_hover(2.0, 0.5, "curve")
    assert explorer.parameters["x1"] == 2 and explorer.parameters["b"] == 3.0


def test_the_bias_stops_at_its_slider(explorer):
    explorer.set(w1=5, w2=5, b=0)
    explorer.display_.on_press(0, 0, "plane")
    explorer.display_.on_drag(2.9, 2.9, "plane")
    assert (explorer.parameters["b"], explorer.error) == (-10, "")


# --- the keys


def test_keys_shift_turn_and_scale(explorer):
    on_key = explorer.display_.on_key
    on_key("up")
    assert neuron(explorer) == pytest.approx([0.8, -0.5, 0.2])
    on_key("down")
    foot = explorer.display_.arrow_.get_xydata()[0].copy()
    on_key("left")
    w1, w2, b = neuron(explorer)
    turned = np.degrees(np.arctan2(w2, w1) - np.arctan2(-0.5, 0.8))
    assert turned == pytest.approx(5, abs=1) and np.hypot(w1, w2) == pytest.approx(np.hypot(0.8, 0.5), abs=0.02)
    assert foot @ [w1, w2] + b == pytest.approx(0, abs=0.015)
    explorer.set(w1=1, w2=2, b=-1)
    on_key("+")
    assert neuron(explorer) == pytest.approx([1.1, 2.2, -1.1])
    on_key("-")
    assert neuron(explorer) == pytest.approx([1, 2, -1])
    for _ in range(40):
        on_key("+")
    w1, w2, b = neuron(explorer)
    assert w2 == 5 and (w1 / w2, b / w2) == pytest.approx((0.5, -0.5), abs=0.05)


def test_keys_move_the_point_and_the_threshold(explorer):
    on_key = explorer.display_.on_key
    on_key("shift+right"), on_key("shift+down")
    assert [explorer.parameters[name] for name in ("x1", "x2")] == pytest.approx([1.3, 0.2])
    explorer.set(inputs=1, w1=2, b=-1)
    on_key("right")
    assert explorer.display_.threshold_.get_xdata()[0] == pytest.approx(0.6)
    before = explorer.parameters
    on_key("n"), on_key("shift+x")
    assert explorer.parameters == before


def test_a_whole_turn_by_keys_comes_back(explorer):
    explorer.set(w1=2, w2=0, b=1)
    for _ in range(72):
        explorer.display_.on_key("right")
    assert neuron(explorer) == pytest.approx([2, 0, 1], abs=0.15)


# --- the program


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize(
    ("data", "activation"),
    [("none", "sigmoid"), *((data, "sigmoid") for data in DATA_SETS), ("line", "leaky_relu"), ("line", "gelu")],
)
def test_the_program_computes_what_is_shown(explorer, inputs, data, activation):
    explorer.set(inputs=inputs, data=data, activation=activation, w1=1.3, w2=-0.7, b=0.4, x1=-0.9, seed=5)
    program, names, display = explorer.code(), {}, explorer.display_
    assert "nbkit" not in program
    matplotlib.use("Agg")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(program, names)
    figure, ax = names["figure"], names["ax"]
    matplotlib.pyplot.close(figure)
    marker = display.point_ if inputs == 2 else display.curve_point_
    if inputs == 2:
        assert surface(explorer) == pytest.approx(names["Y"], rel=1e-6, abs=1e-7)
        drawn = ax.lines[0].get_xydata()
        assert drawn @ [1.3, -0.7] + 0.4 == pytest.approx(0, abs=1e-12)
        assert marker.get_xydata()[0] == pytest.approx(names["point"])
        assert ax.images[0].get_clim() == display.surface_.get_clim()
    else:
        assert display.curve_.get_ydata() == pytest.approx(names["Y"])
        assert ax.lines[1].get_xdata() == display.threshold_.get_xdata()
        assert ax.get_ylim() == pytest.approx(display.axes_["curve"].get_ylim())
    if data != "none":
        classes = display.classes_ if inputs == 2 else display.curve_classes_
        for k in range(2):
            assert classes[k].get_xdata() == pytest.approx(names["points"][names["labels"] == k, 0])
        assert f"Accuracy {names['accuracy']:.3g}, " in explorer.caption
        assert f" {names['loss']:.4g};" in explorer.caption
