"""Loss curves: what is drawn of long histories, how limits move, and what is read."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbkit.displays.training import Band, LossCurveDisplay, Pinned
from nbkit.displays.training.axes import decimated, number, steady

STEPS = np.arange(0, 1000, 10)
TRAIN = np.exp(-STEPS / 300)


def test_short_curves_are_drawn_whole_without_what_was_not_measured():
    display = LossCurveDisplay()
    validation = np.where(STEPS % 50 == 0, TRAIN + 0.1, np.nan)
    display.update(steps=STEPS, train=TRAIN, validation=validation)
    assert display.train_.get_xydata() == pytest.approx(np.stack([STEPS, TRAIN], axis=1))
    assert display.validation_.get_xdata().tolist() == list(range(0, 1000, 50))
    assert display.validation_.is_dashed() and not display.train_.is_dashed()


def test_long_curves_keep_their_spikes():
    x = np.arange(8000.0)
    y = np.sin(x / 500)
    y[4321], y[7] = 50, -50
    thin, values = decimated(x, y)
    assert len(thin) <= 402 and (np.diff(thin) > 0).all()
    assert 4321 in thin and 7 in thin and thin[-1] == x[-1]
    assert values == pytest.approx(y[thin.astype(int)])


@pytest.mark.parametrize("length", [0, 1, 400, 401, 403, 7_999, 8_001, 1_000_000])
def test_any_length_is_drawn_in_few_points_that_end_at_the_last(length):
    x = np.arange(float(length))
    thin, values = decimated(x, x**0.5)
    assert len(thin) <= 403
    assert not length or (thin[-1], values[-1]) == (x[-1], x[-1] ** 0.5)


def test_limits_rest_while_the_curve_fits():
    assert steady((0, 1), 0.2, 0.9) == (0, 1)
    assert steady((0, 1), 0.2, 1.1)[1] > 1.1
    assert steady((0, 10), 0.2, 1.1)[1] < 2
    assert steady((0, 1), np.nan, 1) == (0, 1)
    low, high = steady((0, 10), 0.66, 0.67, 0.05)
    assert low < 0.64 and high > 0.69 and steady((low, high), 0.661, 0.668, 0.05) == (low, high)


def test_the_axes_grow_in_strides():
    display = LossCurveDisplay()
    changes = set()
    for last in range(2, 3000, 3):
        steps = np.arange(last)
        display.update(steps=steps, train=1 / (1 + steps), validation=None, log=True)
        changes.add((display.ax_.get_xlim(), display.ax_.get_ylim()))
        assert display.ax_.get_xlim()[1] >= last - 1
    assert len(changes) < 30


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero():
    display = LossCurveDisplay()
    display.update(steps=STEPS, train=np.where(STEPS == 500, 0.0, TRAIN), validation=None, log=True)
    assert 500 not in display.train_.get_xdata() and display.ax_.get_yscale() == "log"
    display.update(steps=STEPS, train=TRAIN, validation=None)
    assert display.ax_.get_yscale() == "linear"


def test_the_cursor_reads_the_values_at_its_step():
    display = LossCurveDisplay()
    validation = np.where(STEPS % 50 == 0, TRAIN + 0.1, np.nan)
    display.update(steps=STEPS, train=TRAIN, validation=validation, cursor=320.0, epoch=40)
    assert display.reading_.get_text() == f"step 320, epoch 8: train {TRAIN[32]:.3g}, validation {TRAIN[30] + 0.1:.3g}"
    assert display.dots_.get_xydata() == pytest.approx(np.array([[320, TRAIN[32]], [300, TRAIN[30] + 0.1]]))
    assert display.cursor_.get_xdata().tolist() == [320, 320]
    display.update(steps=STEPS, train=TRAIN, validation=validation)
    assert display.reading_.get_text() == f"train {TRAIN[-1]:.3g}, validation {TRAIN[95] + 0.1:.3g}"
    assert not display.cursor_.get_visible()


def test_a_narrow_axes_reads_in_fewer_words():
    figure = Figure(figsize=(9, 5), dpi=100)
    display = LossCurveDisplay(figure.add_axes((0.1, 0.1, 0.24, 0.3)))
    display.update(steps=STEPS, train=TRAIN, validation=TRAIN + 0.1, cursor=320.0, epoch=40)
    assert display.reading_.get_text() == f"step 320: {TRAIN[32]:.3g}, {TRAIN[32] + 0.1:.3g}"
    assert display.ax_.get_legend().get_title().get_text() == "loss"
    narrow = LossCurveDisplay(figure.add_axes((0.5, 0.1, 0.2, 0.3)))
    narrow.update(steps=STEPS, train=TRAIN, validation=TRAIN + 0.1, name="mean squared error")
    assert narrow.reading_.get_text() == f"MSE: {TRAIN[-1]:.3g}, {TRAIN[-1] + 0.1:.3g}"
    assert narrow.ax_.get_legend().get_title().get_text() == ""


def test_steps_are_found_by_place_and_by_key():
    display = LossCurveDisplay()
    assert display.step_at(3.0) is None and display.neighbour(3.0, 1) is None
    display.update(steps=STEPS, train=TRAIN, validation=None)
    assert [display.step_at(x) for x in (-50, 4, 6, 321.0, 5000)] == [0, 0, 10, 320, 990]
    assert [display.neighbour(320, by) for by in (1, -1, 1000, -1000)] == [330, 310, 990, 0]
    display.update(steps=STEPS[:1], train=TRAIN[:1], validation=None)
    assert display.step_at(70) == 0


def test_pinned_runs_and_a_band_have_their_lines_and_labels():
    display = LossCurveDisplay()
    pins = [Pinned("learning rate 0.1", STEPS, TRAIN + 1), Pinned("learning rate 1", STEPS[:5], TRAIN[:5] + 2)]
    band = Band("8 seeds", STEPS, TRAIN, TRAIN / 2, TRAIN * 2)
    display.update(steps=STEPS, train=TRAIN, validation=None, pinned=pins, band=band, marks=(100, 200))
    assert display.pinned_[0].get_ydata() == pytest.approx(TRAIN + 1)
    assert display.pinned_[1].get_xdata().tolist() == STEPS[:5].tolist()
    assert not display.pinned_[2].get_visible()
    assert display.median_.get_ydata() == pytest.approx(TRAIN)
    vertices = display.band_.get_paths()[0].vertices
    assert vertices[:, 1].max() == pytest.approx(2.0) and vertices[:, 1].min() == pytest.approx(TRAIN[-1] / 2)
    assert display.marks_.get_xdata()[[0, 3]].tolist() == [100, 200]
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["train", "learning rate 0.1", "learning rate 1", "8 seeds"]
    display.update(steps=STEPS, train=TRAIN, validation=None)
    assert not display.pinned_[0].get_visible() and not display.band_.get_visible()


def test_the_legend_shows_the_line_of_a_run_that_had_none_before():
    display = LossCurveDisplay()
    display.update(steps=STEPS, train=TRAIN, validation=None)
    pin = Pinned("rate 0.1", STEPS, TRAIN)
    display.update(steps=STEPS, train=TRAIN, validation=TRAIN, pinned=[pin], band=Band("3 seeds", STEPS, *[TRAIN] * 3))
    assert all(handle.get_visible() for handle in display.ax_.get_legend().legend_handles)


def test_a_new_value_redraws_no_axes():
    display = LossCurveDisplay()
    display.update(steps=STEPS[:-1], train=TRAIN[:-1], validation=None)
    FigureCanvasAgg(display.figure_).draw()
    display.update(steps=STEPS, train=TRAIN, validation=None, cursor=100.0)
    assert not display.figure_.stale


def test_a_history_that_has_not_begun():
    display = LossCurveDisplay()
    display.update(steps=np.empty(0), train=np.empty(0), validation=np.empty(0), log=True)
    assert not display.train_.get_visible() and display.reading_.get_text() == ""
    display.update(steps=np.array([0.0]), train=np.array([np.nan]), validation=None, log=True)
    assert display.reading_.get_text() == ""


def test_numbers_are_written_with_a_true_minus():
    assert [number(value) for value in (-0.012345, 38400.0, 2.5e7)] == ["−0.0123", "38400", "2.5e+07"]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("values", "rising", "corner"),
    [
        (np.exp(-STEPS / 100), False, "upper right"),
        (0.1 + STEPS / 1000, False, "lower right"),  # a validation loss that rises again
        (1.1 - np.exp(-STEPS / 100), True, "lower right"),
        (1.1 - STEPS / 1000, True, "upper right"),
    ],
)
def test_the_legend_leaves_the_corner_through_which_a_curve_runs(values, rising, corner, log):
    display = LossCurveDisplay(Figure(figsize=(4, 2), dpi=100).add_subplot())
    for end in (2, 30, 60, 100):
        display.update(steps=STEPS[:end], train=values[:end], validation=values[:end], rising=rising, log=log)
    legend = display.ax_.get_legend()
    display.figure_.draw_without_rendering()
    box = legend.get_window_extent()
    inside = [box.contains(*point) for point in display.ax_.transData.transform(np.column_stack([STEPS, values]))]
    assert not any(inside)
    across, up = display.ax_.transAxes.inverted().transform(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2))
    assert corner == f"{'upper' if up > 0.5 else 'lower'} {'right' if across > 0.5 else 'left'}" or log


def test_ticks_of_values_that_hardly_differ_have_two_decimals():
    display = LossCurveDisplay()
    display.update(steps=np.array([0.0]), train=np.array([0.671]), validation=np.array([0.664]))
    FigureCanvasAgg(display.figure_).draw()
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert len(labels) > 2 and max(map(len, labels)) <= 4
