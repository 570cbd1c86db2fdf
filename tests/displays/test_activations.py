"""The activation figure, by the numbers in its artists."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nbkit.displays.activations import ActivationDisplay
from nbkit.displays.base import COLOURS
from nbkit.displays.curves import Curve
from nbkit.displays.propagation import Panel

VIEWS = {name: view.names for name, view in ActivationDisplay.views.items()}

X = np.linspace(-6, 6, 121)
FUNCTIONS = {
    "values": [Curve("tanh", 2, X, np.tanh(X)), Curve("ReLU", 4, X, np.maximum(X, 0))],
    "slopes": [Curve("tanh", 2, X, 1 - np.tanh(X) ** 2), Curve("ReLU", 4, X, 1.0 * (X > 0))],
    "saturated": np.array([[-6.0, -2.2], [2.2, 6.0]]),
    "shade_label": "shaded: |tanh′| < 0.05",
    "kink": np.array([[0.0, 0.5]]),
}
LAYERS = np.arange(1.0, 4)
DEPTH = {
    "bound": Curve("bound", 1, LAYERS, 0.25**LAYERS),
    "chains": [Curve("sigmoid", 1, LAYERS, 0.2**LAYERS), Curve("ReLU", 4, LAYERS, 0 * LAYERS)],
}


def panels(depth):
    shares = np.full((48, depth), 1 / 48)
    return {name: Panel(shares, np.full(depth, 0.5), f"{name} {depth}") for name in VIEWS["network"]}


SOFTMAX = {
    "classes": np.array([0.7, 0.2, 0.1]),
    "labels": np.array([0.9, 0.6, 0.4]),
    "classes_text": "left",
    "labels_text": "right",
}
ALL = {
    "functions": FUNCTIONS,
    "depth": DEPTH,
    "network": {"label": "tanh", "panels": panels(7)},
    "softmax": SOFTMAX,
}


def lines(pool):
    return {place: line for place, line in enumerate(pool.lines) if line.get_visible()}


def test_each_view_shows_its_axes_alone():
    display = ActivationDisplay()
    for view, arrays in ALL.items():
        display.update(view, **arrays)
        assert {name for name, ax in display.axes_.items() if ax.get_visible()} == set(VIEWS[view])
        display.figure_.canvas.draw()


def test_curves_stand_in_their_own_lines():
    display = ActivationDisplay()
    display.update("functions", **FUNCTIONS)
    for pool, curves in (
        (display.views_["functions"].values_, FUNCTIONS["values"]),
        (display.views_["functions"].slopes_, FUNCTIONS["slopes"]),
    ):
        assert set(lines(pool)) == {2, 4}
        for curve in curves:
            assert np.array_equal(pool.lines[curve.place].get_xydata(), np.column_stack([curve.x, curve.y]))
    assert (
        display.views_["functions"].values_.lines[2].get_linewidth()
        > display.views_["functions"].values_.lines[4].get_linewidth()
    )
    assert (
        display.views_["functions"].values_.lines[2].get_linestyle()
        != display.views_["functions"].values_.lines[4].get_linestyle()
    )
    assert to_hex(display.views_["functions"].values_.lines[2].get_color()) == COLOURS.cycle[2].lower()
    assert display.views_["functions"].kink_.get_xydata().tolist() == [[0, 0.5]]
    display.update("functions", **FUNCTIONS | {"values": FUNCTIONS["values"][1:], "slopes": FUNCTIONS["slopes"][1:]})
    assert set(lines(display.views_["functions"].values_)) == set(lines(display.views_["functions"].slopes_)) == {4}


def test_shading_covers_the_intervals_in_both_axes():
    display = ActivationDisplay()
    display.update("functions", **FUNCTIONS)
    for shade in display.views_["functions"].shades_:
        spans = [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in shade.get_paths()]
        assert spans == [(-6, -2.2), (2.2, 6)]
    assert display.views_["functions"].shade_label_.get_text() == "shaded: |tanh′| < 0.05"
    display.update("functions", **FUNCTIONS | {"saturated": np.empty((0, 2))})
    assert not any(len(path.vertices) for path in display.views_["functions"].shades_[0].get_paths())


def test_legend_names_what_is_shown_and_is_not_piled_up():
    display = ActivationDisplay()
    live = len(display.live_)
    for count in (2, 1, 2, 1):
        display.update("functions", **FUNCTIONS | {key: FUNCTIONS[key][-count:] for key in ("values", "slopes")})
        shown = [text.get_text() for text in display.axes_["values"].get_legend().get_texts()]
        assert shown == ["tanh", "ReLU"][-count:] and len(display.live_) == live


def test_limits_grow_only_when_a_curve_leaves_them():
    display = ActivationDisplay()
    display.update("functions", **FUNCTIONS)
    assert display.axes_["values"].get_ylim() == (-2, 5) and display.axes_["slopes"].get_ylim() == (-0.25, 1.5)
    steep = [Curve("steep", 10, X, 100 * X)]
    display.update("functions", **FUNCTIONS | {"values": steep})
    low, high = display.axes_["values"].get_ylim()
    assert high >= 490 and low <= -190
    display.update("functions", **FUNCTIONS)
    assert display.axes_["values"].get_ylim() == (-2, 5)


def test_depth_draws_bound_and_chains_and_marks_an_exact_zero():
    display = ActivationDisplay()
    display.update("depth", **DEPTH)
    assert np.array_equal(display.views_["depth"].bound_.get_ydata(), 0.25**LAYERS)
    shown = lines(display.views_["depth"].chains_)
    assert set(shown) == {1, 4} and np.array_equal(shown[1].get_ydata(), 0.2**LAYERS)
    ticks = dict(zip(display.axes_["products"].get_yticks(), display.axes_["products"].get_yticklabels(), strict=True))
    (zero,) = set(shown[4].get_ydata())
    assert ticks[zero].get_text() == "0"
    assert shown[1].get_marker() != shown[4].get_marker()


@pytest.mark.parametrize(("depth", "ticks"), [(1, ["1", "", ""]), (2, ["1", "2", ""]), (9, ["1", "5", "9"])])
def test_network_panels(depth, ticks):
    display = ActivationDisplay()
    display.update("network", label="tanh", panels=panels(depth))
    image, line, text, numbers = display.views_["network"].panels_["he_gradients"]
    assert image.get_array().shape == (48, depth) and np.asarray(image.get_array()) == pytest.approx(1)
    assert line.get_xdata() == pytest.approx((np.arange(depth) + 0.5) / depth)
    assert (line.get_ydata() == 0.5).all() and text.get_text() == f"he_gradients {depth}"
    assert [number.get_text() for number in numbers] == ticks
    assert display.axes_["he_activations"].get_title() == "tanh, He: variance 2/n"


def test_a_spread_beyond_the_axes_stands_at_their_edge():
    display = ActivationDisplay()
    wild = panels(2) | {"xavier_gradients": Panel(np.ones((48, 2)), np.array([-300.0, 1.0]), "")}
    display.update("network", label="f", panels=wild)
    assert display.views_["network"].panels_["xavier_gradients"][1].get_ydata().tolist() == [-10, 1]


def test_bars_and_their_numbers():
    display = ActivationDisplay()
    display.update("softmax", **SOFTMAX)
    for name in ("classes", "labels"):
        assert [bar.get_height() for bar in display.views_["softmax"].bars_[name]] == SOFTMAX[name].tolist()
        assert [number.get_text() for number in display.views_["softmax"].numbers_[name]] == [
            f"{x:.3f}" for x in SOFTMAX[name]
        ]
        assert display.views_["softmax"].texts_[name].get_text() == SOFTMAX[f"{name}_text"]


def test_it_draws_into_axes_that_are_given():
    figure = Figure()
    names = [name for view in VIEWS.values() for name in view]
    axes = dict(zip(names, figure.subplots(3, 3).flat, strict=True))
    display = ActivationDisplay(axes)
    display.update("softmax", **SOFTMAX)
    assert display.figure_ is figure and display.axes_["labels"] is axes["labels"]


@pytest.mark.parametrize("view", VIEWS)
def test_all_text_is_inside_the_figure_and_large_enough(view):
    display = ActivationDisplay()
    display.fit()
    display.update(view, **ALL[view])
    canvas = FigureCanvasAgg(display.figure_)
    display.figure_.savefig(io.BytesIO(), dpi=100)  # with what is live, which draw leaves out
    renderer = canvas.get_renderer()
    for name in VIEWS[view]:
        ax = display.axes_[name]
        legend = ax.get_legend()
        ticks = [label for axis in (ax.xaxis, ax.yaxis) for label in axis.get_ticklabels()]
        written = [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label, *ticks, *(legend.get_texts() if legend else [])]
        for text in written:
            if text.get_text() and text.get_visible():
                box = text.get_window_extent(renderer)
                assert text.get_fontsize() >= 11, text
                inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 750 and box.y1 <= 460
                assert inside, (name, text, box)
