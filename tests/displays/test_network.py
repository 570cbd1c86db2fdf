"""The drawn network: places, weights and pictures, and what is under the mouse."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nbkit.displays.base import COLOURS
from nbkit.displays.pictures import SHADES
from nbkit.displays.training import Network, NetworkDisplay, drawn_units
from nbkit.displays.training.diagram import Diagram

RNG = np.random.default_rng(1)


def shallow(**more):
    weights = [np.array([[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]]), np.array([[1.0, -1.0, 0.25]])]
    pictures = [np.zeros((n, 4, 4)) for n in (2, 3, 1)]
    given = {"labels": ("input", "tanh", "output"), "sizes": (2, 3, 1), "weights": weights, "pictures": pictures}
    return given | more


def test_of_many_neurons_sixteen_are_drawn_with_the_outermost_among_them():
    assert drawn_units(7).tolist() == list(range(7))
    units = drawn_units(64)
    assert len(units) == len(set(units)) == 16 and units[0] == 0 and units[-1] == 63


@pytest.mark.parametrize("sizes", [(2, 16, 16, 1), (2, *[8] * 6, 1), (64, 64, 32, 10), (1, 1), (5, 12, 1), (1, 300, 2)])
def test_pictures_stand_inside_and_apart(sizes):
    diagram = Diagram(sizes, 560, 230, (40, 40))
    centres = np.concatenate(diagram.centres)
    assert diagram.side >= 12
    assert (centres - diagram.side / 2 >= 0).all() and (centres + diagram.side / 2 <= (560, 230)).all()
    apart = np.abs(centres[:, None] - centres).max(axis=2) + 1e9 * np.eye(len(centres))
    assert apart.min() >= diagram.side


def test_the_neuron_and_the_weight_under_a_point():
    display = NetworkDisplay()
    display.update(**shallow())
    diagram = display.diagram_
    for layer, size in enumerate((2, 3, 1)):
        for unit in range(size):
            x, y = diagram.place(layer, unit)
            assert display.unit_at(x, y) == (layer, unit)
            assert display.weight_at(x, y) is None
    start, end = diagram.place(0, 1), diagram.place(1, 2)
    step = np.array([diagram.side / 2, 0])
    x, y = 0.6 * (start + step) + 0.4 * (end - step)
    assert display.unit_at(x, y) is None
    assert display.weight_at(x, y + 1) == (1, 2, 1)
    assert display.weight_at(x, -500) is None
    assert diagram.place(3, 0) is None and diagram.place(1, 3) is None


def test_before_anything_is_drawn_there_is_nothing_to_point_at():
    display = NetworkDisplay()
    assert display.unit_at(0, 0) is None and display.weight_at(0, 0) is None


def test_the_undrawn_neurons_of_a_wide_layer_keep_their_numbers():
    diagram = Diagram((64, 3), 560, 230)
    assert diagram.place(0, 1) is None
    assert diagram.unit_at(*diagram.place(0, 63)) == (0, 63)
    source = int(drawn_units(64)[5])
    start, end = diagram.place(0, source), diagram.place(1, 1)
    step = np.array([diagram.side / 2, 0])
    assert diagram.weight_at(*(0.9 * (start + step) + 0.1 * (end - step))) == (1, 1, source)


def test_a_width_is_the_weight_and_the_sign_has_its_colour_and_dash():
    display = NetworkDisplay()
    display.update(**shallow())
    weights = np.array([1, -2, 0.5, 0, -1, 4, 1, -1, 0.25])
    assert display.weights_.get_linewidth() == pytest.approx(4.5 * np.abs(weights) / np.repeat([4, 1], [6, 3]))
    signs = [COLOURS.classes[0] if weight < 0 else COLOURS.classes[1] for weight in weights]
    assert [to_hex(colour).upper() for colour in display.weights_.get_color()] == signs
    assert [dashes is not None for _, dashes in display.weights_.get_linestyle()] == (weights < 0).tolist()
    display.update(**shallow(weights=[-weights[:6].reshape(3, 2), -weights[None, 6:]]))
    assert [dashes is not None for _, dashes in display.weights_.get_linestyle()] == (-weights < 0).tolist()


def test_of_many_weights_the_strongest_are_drawn():
    weights = RNG.normal(size=(16, 16))
    pictures = [None, None]
    display = NetworkDisplay()
    display.update(labels=("a", "b"), sizes=(16, 16), weights=[weights], pictures=pictures)
    drawn = np.array(display.weights_.get_linewidth()) > 0
    strongest = np.sort(np.abs(weights).ravel())[-96:]
    assert 0 < drawn.sum() <= 96
    assert np.abs(weights).ravel()[drawn].min() >= strongest[0]


def test_layers_without_weights_have_no_lines():
    display = NetworkDisplay()
    display.update(**shallow(weights=[None, None]))
    assert not np.any(display.weights_.get_linewidth())


def test_masks_marks_and_the_value_of_a_weight():
    display = NetworkDisplay()
    dead, dropped = np.array([False, True, False]), np.array([True, False, False])
    display.update(**shallow(dead=(None, dead, None), dropped=(None, dropped, None), selected=(1, 2), weight=(1, 0, 1)))
    diagram = display.diagram_
    assert display.dead_.get_xydata().tolist() == [diagram.place(1, 1).tolist()]
    assert display.veil_.get_xydata().tolist() == [diagram.place(1, 0).tolist()]
    assert display.selected_.get_xydata().tolist() == [diagram.place(1, 2).tolist()]
    assert display.value_.get_text() == "w = −2" and display.value_.get_visible()
    display.update(**shallow())
    for line in (display.dead_, display.veil_, display.selected_, display.weight_, display.value_):
        assert not line.get_visible()


def test_pictures_in_pixels_have_the_sign_of_their_values():
    display = NetworkDisplay()
    images = np.zeros((3, 2, 2))
    images[0] = [[-3.0, 3.0], [0.0, 3.0]]  # the lower row first
    canvas = FigureCanvasAgg(display.figure_)
    display.fit()
    display.update(**shallow(pictures=[None, images, None]))
    canvas.draw()
    renderer = canvas.get_renderer()
    display.tiles_.draw(renderer)
    pixels = np.asarray(renderer.buffer_rgba())
    place = display.axes_["ax"].transData.transform(display.diagram_.place(1, 0))
    quarter = display.diagram_.side / 4

    def colour(dx, dy):
        x, y = place[0] + dx * quarter, place[1] + dy * quarter
        return pixels[round(pixels.shape[0] - y), round(x)].tolist()

    assert colour(-1, -1) == SHADES[0].tolist()
    assert colour(1, -1) == colour(1, 1) == SHADES[255].tolist()
    assert colour(-1, 1) == SHADES[127].tolist()


def test_curves_fill_their_pictures():
    display = NetworkDisplay()
    y = np.linspace(-2, 1, 11)
    display.update(**shallow(pictures=[None, np.stack([y, 0 * y, -y]), None]))
    diagram = display.diagram_
    curve, flat, _ = display.curves_.get_segments()
    middle = diagram.place(1, 0)
    assert curve[:, 0].mean() == pytest.approx(middle[0])
    half = (diagram.side - 6) / 2
    assert [curve[:, 1].min(), curve[:, 1].max()] == pytest.approx([middle[1] - half, middle[1] + half / 2])
    assert flat[:, 1] == pytest.approx(diagram.place(1, 1)[1])


def test_the_wrong_number_of_pictures_is_told():
    with pytest.raises(ValueError, match="the 3 drawn neurons, got 2"):
        NetworkDisplay().update(**shallow(pictures=[None, np.zeros((2, 4, 4)), None]))


def test_new_layers_are_written_anew():
    display = NetworkDisplay()
    display.update(**shallow(inputs=("x1", "x2")))
    assert [text.get_text() for text in display.texts_] == ["input 2", "tanh 3", "output", "x1", "x2"]
    display.update(
        labels=("pixel", "output"), sizes=(64, 2), weights=[np.ones((2, 64))], pictures=[None, None], outputs=("0", "1")
    )
    assert [text.get_text() for text in display.texts_] == ["pixel 16 of 64", "output 2", "0", "1"]


def test_names_of_layers_that_stand_close_do_not_overlap():
    display = NetworkDisplay(Figure(figsize=(4.6, 2.6), dpi=100).add_axes((0, 0, 1, 1)))
    sizes = (2, *[8] * 6, 3)
    weights = [np.ones((after, before)) for before, after in pairwise(sizes)]
    labels = ("inputs", *["Tanh"] * 6, "output")
    display.update(labels=labels, sizes=sizes, weights=weights, pictures=[None] * 8, inputs=("x1", "x2"), outputs="abc")
    names = display.texts_[:8]
    assert [text.get_text() for text in names] == ["inputs 2", "Tanh 8", "8", "8", "8", "8", "8", "output 3"]
    boxes = [text.get_window_extent() for text in names]
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert boxes[0].x0 >= 0 and boxes[-1].x1 <= 460


def test_fields_are_those_of_the_tuple():
    display = NetworkDisplay()
    display.update(**Network(**shallow())._asdict())
    with pytest.raises(TypeError, match="unexpected keyword"):
        display.update(**shallow(colour="red"))
