"""The figure of gradient descent: what it is told is what its artists hold."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nbkit.displays.descent import Fit, GradientDescentDisplay, Rates, Success
from nbkit.displays.landscape import MOST, STYLES, Arrow, Landscape, Run

W = np.linspace(-2, 2, 41)
LINE = Landscape(("w",), (W,), W**2 / 2, np.array([[0.0], [1.5]]), np.array([0.0, 1.125]), np.array([True, False]))
PLANE = Landscape(
    ("w", "p"), (W, W), W**2 + W[:, None] ** 2, np.zeros((1, 2)), np.zeros(1), np.array([True])
)  # rows along p
DOWN = Run("momentum", "converging", 1, np.array([[1.0], [0.5], [0.25]]), np.array([0.5, 0.125, 0.03125]))
ACROSS = Run("Adam", "bouncing", 6, np.array([[1.0, -1.0], [0.5, 0.5]]), np.array([2.0, 0.5]))


def shown(**given):
    return {
        "heading": "after 2 steps: converging",
        "state": "converging",
        "landscape": LINE,
        "steps": 2,
        "runs": [DOWN],
        "arrow": Arrow(np.array([0.5]), np.array([-0.1]), np.array([-0.15]), 2.0, 0.125),
        "lowest": 0.0,
        "rates": Rates(0.2, (0.05, 0.2), 2.0),
        **given,
    }


@pytest.fixture
def display():
    return GradientDescentDisplay()


def visible(display):
    return {name for name, ax in display.axes_.items() if ax.get_visible()}


def ends(patch):
    return np.array(patch._posA_posB)


def test_a_loss_of_one_parameter_is_its_graph(display):
    display.update(**shown())
    curve = display.maps_["curve"]
    assert curve.graph_.get_xydata() == pytest.approx(np.column_stack([W, W**2 / 2]))
    assert curve.ways_[1].get_xydata().tolist() == [[1, 0.5], [0.5, 0.125], [0.25, 0.03125]]
    assert curve.ends_[1].get_xydata().tolist() == [[0.25, 0.03125]]
    assert curve.start_.get_xydata().tolist() == [[1, 0.5]]
    assert curve.deepest_.get_xydata().tolist() == [[0, 0]] and curve.others_.get_xydata().tolist() == [[1.5, 1.125]]
    assert len(curve.ways_[0].get_xdata()) == 0
    assert display.headings_["curve"].get_text() == "after 2 steps: converging"
    assert visible(display) == {"curve", "loss", "rate"}


def test_arrows_are_the_two_parts_tip_to_tail(display):
    display.update(**shown())
    curve = display.maps_["curve"]
    assert ends(curve.gradient_) == pytest.approx(np.array([[0.5, 0.125], [0.3, 0.125]]))
    assert ends(curve.carried_) == pytest.approx(np.array([[0.3, 0.125], [0.0, 0.125]]))
    assert curve.times_.get_text() == "arrows × 2"
    display.update(**shown(arrow=Arrow(np.array([0.5]), np.array([-0.1]), np.zeros(1), 1.0, 0.125)))
    assert curve.gradient_.get_visible() and not curve.carried_.get_visible() and curve.times_.get_text() == ""
    display.update(**shown(arrow=None))
    assert not curve.gradient_.get_visible()


def test_contours_are_drawn_once_a_landscape(display):
    display.update(**shown(landscape=PLANE, runs=[ACROSS], arrow=None))
    plane = display.maps_["plane"]
    drawn = list(plane.contours_)
    assert visible(display) == {"plane", "loss", "rate"}
    assert plane.ways_[6].get_xydata().tolist() == [[1, -1], [0.5, 0.5]]
    assert drawn[0].levels[[0, -1]] == pytest.approx([0, 8])
    display.update(**shown(landscape=PLANE, runs=[ACROSS], arrow=None, steps=1))
    assert plane.contours_ == drawn
    display.update(**shown(landscape=PLANE._replace(values=PLANE.values + 1), runs=[ACROSS], arrow=None))
    assert plane.contours_ != drawn and len(display.axes_["plane"].collections) == 2


def test_what_is_live_leaves_the_figure_as_it_is(display):
    FigureCanvasAgg(display.figure_)
    display.update(**shown())
    display.figure_.canvas.draw()
    moved = DOWN._replace(points=DOWN.points * 0.9, losses=DOWN.losses * 0.9)
    display.update(**shown(runs=[moved], rates=Rates(0.3, (0.3, 0.3), 3.0), heading="other", state="bouncing"))
    assert not display.figure_.stale


def test_losses_are_counted_from_the_lowest(display):
    display.update(**shown(lowest=-1.0))
    assert display.losses_["loss"][1].get_xydata() == pytest.approx(np.array([[0, 1.5], [1, 1.125], [2, 1.03125]]))
    display.update(**shown(steps=150))
    assert display.axes_["loss"].get_xlim() == (0, 200)
    low, high = display.axes_["loss"].get_ylim()
    assert low <= 0.03125 and high >= 0.5
    at_the_lowest = DOWN._replace(losses=np.array([0.5, 0.0, 0.0]))
    display.update(**shown(runs=[at_the_lowest]))
    assert display.losses_["loss"][1].get_ydata().tolist() == [0.5, 1e-16, 1e-16]


def test_a_race_names_its_runs(display):
    other = DOWN._replace(label="Adam", state="diverged", place=6)
    display.update(**shown(runs=[DOWN, other]))
    assert visible(display) == {"curve", "short", "rate", "names"}
    assert [text.get_text() for text in display.names_[:3]] == ["momentum: converging", "Adam: diverged", ""]
    assert set(display.samples_of_lines_[6].get_ydata()) == {1}
    assert display.maps_["curve"].ways_[1].get_linewidth() > display.maps_["curve"].ways_[6].get_linewidth()
    display.update(**shown())
    assert len(display.maps_["curve"].ways_[6].get_xdata()) == 0 and visible(display) == {"curve", "loss", "rate"}


def test_styles_differ_by_more_than_colour():
    assert len({(dash, marker) for _, dash, marker in STYLES}) == len({colour for colour, _, _ in STYLES}) == MOST


def test_the_critical_rate_is_marked(display):
    display.update(**shown())
    assert display.critical_.get_xdata() == [2, 2]
    assert display.critical_text_.get_text() == "critical 2"
    assert display.growing_.get_x() == 2 and display.growing_.get_width() == 8
    assert display.rate_.get_xdata() == [0.2] and tuple(display.scheduled_.get_xdata()) == (0.05, 0.2)
    display.update(**shown(rates=Rates(0.2, (0.2, 0.2), None)))
    assert not display.growing_.get_visible() and len(display.critical_.get_xdata()) == 0
    assert display.critical_text_.get_text() == ""


def test_samples_and_their_curve_stand_above_the_loss(display):
    x = np.linspace(-1, 1, 5)
    fit = Fit(x, x**2, np.array([[-1.0, 1.0], [0.0, 2.0]]))
    display.update(**shown(landscape=PLANE, runs=[ACROSS], arrow=None, fit=fit))
    assert visible(display) == {"plane", "short", "rate", "fit"}
    assert display.samples_.get_xydata() == pytest.approx(np.column_stack([x, x**2]))
    assert display.fitted_.get_xydata().tolist() == [[-1, 0], [1, 2]]


def test_success_has_a_line_a_momentum(display):
    share = np.array([[0.9, 0.5], [0.1, 0.6], [0.0, 0.0]])
    display.update(view="success", heading="100 steps", success=Success((1, 10, 100), (0.0, 0.9), share))
    assert visible(display) == {"success"}
    assert display.shares_[1].get_xydata() == pytest.approx(np.array([[1, 50], [10, 60], [100, 0]]))
    assert len(display.shares_[2].get_xdata()) == 0
    names = [label.get_text() for label in display.axes_["success"].get_xticklabels()]
    assert names == ["1", "10", "all 100"]
    legend = display.axes_["success"].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["momentum 0", "momentum 0.9"]


def test_the_legend_of_success_covers_no_run(display):
    canvas = FigureCanvasAgg(display.figure_)
    share = np.ones((3, 3))  # all of the runs, at every batch size
    display.update(view="success", heading="100 steps", success=Success((1, 10, 100), (0.0, 0.5, 0.9), share))
    canvas.draw()
    box = display.axes_["success"].get_legend().get_window_extent()
    places = [line.get_transform().transform(line.get_xydata()) for line in display.shares_[:3]]
    assert box.width > 100 and not any(box.padded(4).contains(*place) for line in places for place in line)


def test_numbers_that_are_huge_can_be_drawn(display):
    FigureCanvasAgg(display.figure_)
    far = DOWN._replace(points=np.array([[1.0], [-1e150], [1e160]]), losses=np.array([1.0, 1e300, 1e305]))
    display.update(**shown(runs=[far], arrow=Arrow(np.array([1.0]), np.array([-1e150]), np.zeros(1), 1.0, 1.0)))
    display.figure_.canvas.draw()


def test_it_draws_into_axes_that_it_is_given():
    own = GradientDescentDisplay()
    given = GradientDescentDisplay(axes=dict(own.axes_))
    assert given.figure_ is own.figure_ and not given.owns_figure
