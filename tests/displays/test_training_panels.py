"""The views that are exchanged, by the numbers in their artists."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from nbkit.displays.text import Reading
from nbkit.displays.training import (
    ConfusionDisplay,
    DecisionBoundaryDisplay,
    DeviceSpeedDisplay,
    FittedCurveDisplay,
    LossCurveDisplay,
    LossSurfaceDisplay,
    PredictionDisplay,
    ResidualsDisplay,
    Spread,
    SpreadsDisplay,
    UnitDisplay,
)
from nbkit.displays.training.boundary import colours

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-1, 1, (30, 2))
CLASSES = np.arange(30) % 2


def plane(**more):
    surface = np.tile(np.linspace(0, 1, 21), (11, 1))
    given = {"surface": surface, "extent": (-1, 1, 0, 4), "train": POINTS, "train_targets": CLASSES}
    return given | {"validation": POINTS[:4] / 2, "validation_targets": CLASSES[:4], "classes": ("no", "yes")} | more


# --- decision map


def test_points_have_the_shape_of_their_sample_and_the_colour_of_their_class():
    display = DecisionBoundaryDisplay()
    display.update(**plane())
    assert display.points_["train"][1].get_xydata() == pytest.approx(POINTS[CLASSES == 1])
    assert display.points_["validation"][0].get_xydata() == pytest.approx(POINTS[[0, 2]] / 2)
    assert {line.get_marker() for line in display.points_["train"]} == {"o"}
    assert {line.get_marker() for line in display.points_["validation"]} == {"^"}
    assert not display.points_["train"][2].get_visible()
    assert display.surface_.extent == (-1, 1, 0, 4)


def test_the_surface_in_pixels_is_the_nearest_of_its_cells_also_when_zoomed():
    figure = Figure(figsize=(2, 2), dpi=100)
    display = DecisionBoundaryDisplay(
        {"ax": figure.add_axes((0.2, 0.2, 0.6, 0.6)), "bar": figure.add_axes((0.9, 0.2, 0.05, 0.6))}
    )
    surface = np.linspace(0, 1, 12).reshape(3, 4)
    empty = {
        "train": POINTS[:0],
        "train_targets": CLASSES[:0],
        "validation": POINTS[:0],
        "validation_targets": CLASSES[:0],
    }
    display.update(**plane(surface=surface, extent=(0, 4, 0, 3), classes=("no", "yes", "other"), **empty))
    canvas = FigureCanvasAgg(figure)
    expected = colours(surface, (0, 1), True, False)
    for limits in ((0, 4, 0, 3), (1, 3, 0.5, 2.5), (-4, 4, -3, 3)):
        display.ax_.set(xlim=limits[:2], ylim=limits[2:])
        canvas.draw()
        renderer = canvas.get_renderer()
        before = np.array(renderer.buffer_rgba())[::-1]
        display.surface_.draw(renderer)
        pixels = np.asarray(renderer.buffer_rgba())[::-1]
        for row, column in np.ndindex(3, 4):
            x, y = display.ax_.transData.transform((column + 0.4, row + 0.6))
            if display.ax_.bbox.contains(x, y):
                assert pixels[int(y), int(x), :3].tolist() == expected[row, column].tolist()
        changed = np.argwhere((pixels != before).any(axis=2))
        assert (changed.min(axis=0) >= 40).all() and (changed.max(axis=0) < 160).all()  # the axes' own pixels


def test_the_line_between_two_classes_is_where_the_probability_is_a_half():
    display = DecisionBoundaryDisplay()
    display.update(**plane())
    x, y = display.edge_.get_data()
    assert x[np.isfinite(x)] == pytest.approx(0) and np.nanmin(y) == pytest.approx(2 / 11)
    display.update(**plane(truth=plane()["surface"].T.repeat(2, axis=0), level=0.25))
    assert display.truth_.get_ydata()[0] == pytest.approx(4 * (0.25 * 40 + 1) / 42, rel=0.05)


def test_colours_are_those_of_class_and_probability():
    half = colours(np.array([[0.5]]), (0, 1), True, False)[0, 0]
    low, high = colours(np.array([[0.0, 1.0]]), (0, 1), True, False)[0]
    assert (half >= 250).all() and low[2] > low[0] and high[0] > high[2]
    banded = colours(np.array([[0.49, 0.51, 0.9]]), (0, 1), True, True)[0]
    assert banded[0].tolist() == low.tolist() and banded[1].tolist() == banded[2].tolist() == high.tolist()
    levels = colours(np.linspace(-1, 1, 200)[None], (-1, 1), False, True)[0]
    assert len(np.unique(levels, axis=0)) == 8
    shares = np.array([[[0.4, 0.35, 0.25]]])
    assert colours(shares, (0, 1), True, True).tolist() == colours(np.eye(3)[None, :1], (0, 1), True, False).tolist()


def test_points_of_continuous_targets_are_binned_within_the_limits():
    display = DecisionBoundaryDisplay()
    values = np.array([-5.0, -0.9, 0.0, 0.9, 5.0])
    display.update(**plane(classes=(), limits=(-1, 1), train=POINTS[:5], train_targets=values))
    counts = [len(line.get_xdata()) if line.get_visible() else 0 for line in display.points_["train"]]
    assert counts == [2, 0, 0, 0, 1, 0, 0, 2]


def test_data_that_rest_are_not_placed_again_and_new_ones_are():
    display = DecisionBoundaryDisplay()
    given = plane()
    display.update(**given)
    display.points_["train"][0].set_data([7], [7])
    display.update(**given)
    assert display.points_["train"][0].get_xdata() == [7]
    display.update(**plane(train=POINTS.copy()))
    assert len(display.points_["train"][0].get_xdata()) == 15


def test_data_without_a_surface_and_wrong_points():
    display = DecisionBoundaryDisplay()
    display.update(**plane(surface=None, wrong=POINTS[:3]))
    assert not display.surface_.get_visible() and not display.edge_.get_visible()
    assert display.wrong_.get_xydata() == pytest.approx(POINTS[:3])


def test_long_names_of_classes_are_shortened_by_what_they_share():
    display = DecisionBoundaryDisplay()
    display.update(**plane(classes=("class 0", "class 1", "class 2", "class 3")))
    assert [text.get_text() for text in display.axes_["bar"].get_yticklabels()] == ["0", "1", "2", "3"]
    display.update(**plane())
    assert [text.get_text() for text in display.axes_["bar"].get_yticklabels()] == ["no", "yes"]


# --- fits


def test_the_fitted_curve_stands_over_its_data():
    display = FittedCurveDisplay()
    x = np.linspace(-2, 2, 9)
    display.update(x=x, y=np.stack([x, x**2], axis=1), train=POINTS, validation=POINTS[:3], truth=np.stack([x, x]))
    assert display.curves_[1].get_ydata() == pytest.approx(x**2)
    assert display.points_["validation"].get_xydata() == pytest.approx(POINTS[:3])
    assert display.truth_.get_visible() and not display.curves_[2].get_visible()
    limits = display.ax_.get_ylim()
    display.update(x=x, y=100 * x, train=POINTS, validation=POINTS[:3])
    assert display.ax_.get_ylim() == limits  # the data hold the scale
    assert not display.truth_.get_visible()


def test_predictions_are_drawn_against_the_truth():
    display = PredictionDisplay()
    display.update(train=POINTS, validation=POINTS[:5] + 1, name="y")
    assert display.points_["train"].get_xydata() == pytest.approx(POINTS)
    assert display.ax_.get_xlim() == display.ax_.get_ylim()
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("true y", "predicted y")


# --- one neuron


def unit(**more):
    s = np.linspace(-3, 3, 61)
    weights, inputs = np.array([0.5, -2, 0.1, 1, -0.01, 0.2]), np.array([1.0, 1, -1, -1, 5, 0])
    total = float(weights @ inputs) + 0.25
    given = {
        "title": "neuron 2 of layer 1",
        "names": [f"x{k}" for k in range(1, 7)],
        "weights": weights,
        "inputs": inputs,
    }
    given |= {
        "bias": 0.25,
        "sum": total,
        "function": "tanh",
        "output": np.tanh(total),
        "curve": np.stack([s, np.tanh(s)]),
    }
    return given | {"sums": np.array([-9.0, 0.0, 0.0, 1.0]), "dead": 0.0, "saturated": 0.125, "gradient": 0.0123} | more


def test_the_sum_is_written_out_with_its_largest_terms():
    display = UnitDisplay()
    display.update(**unit())
    assert display.text_.get_text().split("\n") == [
        "neuron 2 of layer 1",
        "x1: 0.5·1 = 0.5",
        "x2: −2·1 = −2",
        "x4: 1·(−1) = −1",
        "3 others: −0.15",
        "bias: 0.25",
        "sum −2.4 → tanh → −0.984",
        "dead 0 %, saturated 12 %",
        "gradient norm 0.012",
    ]


def test_few_terms_are_all_written_and_what_is_not_known_is_left_out():
    display = UnitDisplay()
    few = {"names": "ab", "weights": np.array([1.0, 2.0]), "inputs": np.array([1.0, -1.0])}
    display.update(**unit(**few, gradient=None, dead=np.nan, saturated=np.nan, before=0.7))
    lines = display.text_.get_text().split("\n")
    assert lines[1:3] == ["a: 1·1 = 1", "b: 2·(−1) = −2"]
    assert lines[4:] == ["sum −2.4 → norm. 0.7", "→ tanh → −0.984", "dead –, saturated –"]


def test_the_neuron_stands_on_its_function_over_the_sums_of_the_data():
    display = UnitDisplay()
    display.update(**unit())
    assert display.at_.get_xydata()[1] == pytest.approx([-2.4, np.tanh(-2.4)])
    assert display.curve_.get_xydata()[0] == pytest.approx([-3, np.tanh(-3)])
    heights = display.sums_.get_paths()[0].vertices[:, 1]
    bottom, top = display.axes_["function"].get_ylim()
    assert heights.max() == pytest.approx(bottom + (top - bottom) / 3) and heights.min() == pytest.approx(bottom)


# --- histograms of layers


def test_spreads_are_columns_of_shades_relative_to_each_layers_largest_bin():
    display = SpreadsDisplay()
    shares = np.array([[0.5, 0.25], [0.125, 0.25], [0.375, 0.5]])
    display.update(
        weights=Spread(shares, (-2, 2)), activations=Spread(shares, (0, 1)), gradients=Spread(shares, (-8, 1))
    )
    drawn = np.asarray(display.images_["weights"].get_array())
    assert drawn == pytest.approx(np.sqrt(shares / [0.5, 0.5]))
    assert tuple(display.images_["gradients"].get_extent()) == (0.5, 2.5, -8, 1)
    assert display.axes_["gradients"].get_yticks().tolist() == [-8, -5, -2, 1]
    assert display.axes_["ax"].get_xticks().tolist() == [1, 2]


# --- confusion


def test_the_confusion_matrix_has_a_number_for_each_cell_with_samples():
    display = ConfusionDisplay()
    display.update(counts=[[8, 2], [0, 5]], classes=("no", "yes"))
    texts = [[text.get_text() if text.get_visible() else "" for text in row] for row in display.numbers_]
    assert texts == [["8", "2"], ["", "5"]]
    assert np.asarray(display.image_.get_array()) == pytest.approx(np.array([[0.8, 0.2], [0, 1]]))
    assert display.reading_.get_text() == "validation: 13 of 15 right"
    assert display.numbers_[0][1].get_position() == (1, 0)
    assert [text.get_text() for text in display.ax_.get_xticklabels()] == ["no", "yes"]


@pytest.mark.parametrize(
    ("kind", "arrays"),
    [
        (ConfusionDisplay, {"counts": [[8, 2], [0, 5]], "classes": ("no", "yes")}),
        (LossCurveDisplay, {"steps": [0, 50], "train": [1, 0.5], "validation": [1, 0.6]}),
        (ResidualsDisplay, {"validation": [-1.0, 0.5, 2.0]}),
    ],
)
def test_the_line_above_is_whole_in_the_output_of_a_cell(kind, arrays):
    display = kind()
    display.update(**arrays)
    display._repr_png_()
    assert display.reading_.get_window_extent().y1 <= display.figure_.bbox.height


def test_more_classes_replace_the_numbers_and_leave_none_behind():
    display = ConfusionDisplay()
    for count in (2, 10, 3):
        display.update(counts=np.eye(count, dtype=int), classes=[str(k) for k in range(count)])
        assert len(display.numbers_) == count
        assert len([artist for artist in display.live_ if isinstance(artist, Reading)]) == count**2 + 1
        assert len([artist for artist in display.ax_.get_children() if isinstance(artist, Reading)]) == count**2 + 1


def test_numbers_are_left_out_where_they_find_no_room():
    display = ConfusionDisplay(Figure(figsize=(3, 1.5), dpi=100).add_subplot())
    display.update(counts=np.eye(20, dtype=int), classes=[str(k) for k in range(20)])
    assert not display.numbers_
    with pytest.raises(ValueError, match="counts of 3 classes must have a row and a column for each, got"):
        display.update(counts=np.eye(2), classes="abc")


def test_no_samples_yet():
    display = ConfusionDisplay()
    display.update(counts=np.zeros((2, 2), int), classes=("no", "yes"))
    assert display.reading_.get_text() == "validation: none"


# --- residuals


def test_mean_and_width_are_those_of_the_residuals():
    display = ResidualsDisplay()
    residuals = RNG.normal(0.3, 2.0, 500)
    display.update(validation=residuals, train=RNG.normal(0, 1, 400), name="mass (GeV)")
    assert display.reading_.get_text() == f"mean {residuals.mean():.3g}, width {residuals.std():.3g}"
    assert display.ax_.get_xlabel() == "predicted − true, mass (GeV)"
    heights = display.validation_.get_paths()[0].vertices[:, 1]
    edges = np.linspace(*display.ax_.get_xlim(), 41)
    assert heights.max() == pytest.approx(np.histogram(residuals, edges)[0].max() / 500)
    assert display.train_.get_ydata().sum() / 2 == pytest.approx(1)
    x, y = display.normal_.get_data()
    assert x[np.argmax(y)] == pytest.approx(residuals.mean(), abs=x[1] - x[0])
    assert display.ax_.get_ylim()[0] == 0


def test_limits_of_residuals_rest_and_follow_when_they_shrink_much():
    display = ResidualsDisplay()
    residuals = RNG.normal(0, 1, 500)
    display.update(validation=residuals)
    limits = display.ax_.get_xlim()
    display.update(validation=0.7 * residuals)
    assert display.ax_.get_xlim() == limits
    display.update(validation=0.1 * residuals)
    assert display.ax_.get_xlim()[1] < limits[1] / 3
    assert not display.train_.get_visible()


def test_residuals_that_are_not_finite_or_all_the_same():
    display = ResidualsDisplay()
    display.update(validation=[np.nan, np.inf])
    assert display.reading_.get_text() == "no data"
    display.update(validation=np.zeros(5))
    assert display.reading_.get_text() == "mean 0, width 0" and not display.normal_.get_visible()


# --- loss surface


def test_the_surface_is_drawn_once_and_the_path_with_each_step():
    display = LossSurfaceDisplay()
    first, second = np.linspace(-2, 2, 21), np.linspace(0, 1, 11)
    losses = 10.0 ** (first + 0 * second[:, None])
    path = np.stack([np.linspace(-2, 1, 900), np.linspace(0, 1, 900)], axis=1)
    given = {"losses": losses, "first": first, "second": second, "names": ("PC 1", "PC 2")}
    display.update(**given, path=path)
    heights = np.asarray(display.image_.get_array())
    assert heights[3] == pytest.approx((first + 2) / 4)  # each step of the shade is the same factor
    assert len(display.path_.get_xdata()) <= 400
    assert display.end_.get_xydata()[0] == pytest.approx(path[-1])
    assert display.path_.get_xydata()[-1] == pytest.approx(path[-1])
    assert display.start_.get_xydata()[0] == pytest.approx(path[0])
    levels = [line[:, 0].mean() for line in display.contours_.get_segments()]
    assert levels == pytest.approx(np.linspace(-2, 2, 11)[1:-1])
    FigureCanvasAgg(display.figure_).draw()
    display.update(**given, path=path[:5])
    assert not display.figure_.stale
    display.update(**given | {"losses": losses + 1}, path=path)
    assert display.figure_.stale


@pytest.mark.parametrize(
    "losses", [np.full((5, 5), np.nan), np.ones((5, 5)), np.full((5, 5), np.inf), np.zeros((5, 5))]
)
def test_a_surface_without_heights_is_flat(losses):
    display = LossSurfaceDisplay()
    display.update(losses=losses, first=np.arange(5.0), second=np.arange(5.0), path=np.empty((0, 2)))
    FigureCanvasAgg(display.figure_).draw()
    assert not display.path_.get_visible()


# --- devices


def test_speeds_have_a_line_for_each_device():
    display = DeviceSpeedDisplay()
    widths = np.array([16, 64, 256])
    display.update(
        widths=widths, speeds={"cpu": np.array([5e3, 4e3, 900]), "cuda:0": np.array([2e3, 2e3, np.nan])}, now=(16, 4800)
    )
    assert display.lines_[0].get_xydata().tolist() == [[16, 5000], [64, 4000], [256, 900]]
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["cpu", "cuda:0"]
    assert not display.lines_[2].get_visible()
    assert display.ax_.get_ylim() == (100, 10_000) and display.now_.get_xydata().tolist() == [[16, 4800]]
    display.update(widths=np.empty(0), speeds={})
    assert not display.lines_[0].get_visible()


# --- readings


def test_a_reading_is_drawn_where_matplotlib_draws_its_text():
    def ink(kind, **style):
        figure = Figure(figsize=(4, 1), dpi=100)
        canvas = FigureCanvasAgg(figure)
        figure.add_artist(kind(0.5, 0.5, "train 0.0123, step −7", fontsize=12, **style))
        canvas.draw()
        dark = 255 - np.asarray(canvas.buffer_rgba())[..., 0].astype(int)
        rows, columns = np.nonzero(dark > 60)
        return np.array([rows.min(), rows.max(), columns.min(), columns.max()]), dark.sum()

    for ha, va in (("left", "bottom"), ("center", "center"), ("right", "top"), ("left", "baseline")):
        (ours, our_ink), (theirs, their_ink) = ink(Reading, ha=ha, va=va), ink(Text, ha=ha, va=va)
        assert np.abs(ours - theirs).max() <= 4
        assert our_ink == pytest.approx(their_ink, rel=0.1)


def test_a_reading_on_a_ground_covers_what_is_below():
    figure = Figure(figsize=(1, 1), dpi=100, facecolor="black")
    canvas = FigureCanvasAgg(figure)
    figure.add_artist(Reading(0.5, 0.5, "mm\nmm", ha="center", va="center", ground="white"))
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., 0]
    assert pixels[50, 50] > 200 and pixels[5, 5] == 0
