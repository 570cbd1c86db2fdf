"""The drawn graph, by the numbers in its artists."""

import numpy as np
import pytest

from nbkit.displays.backprop import BackpropDisplay, Box, Label, arranged

BOXES = [
    Box("x", (), "variable"),
    Box("y", (), "variable"),
    Box("q = x + y", (0, 1), "operation"),
    Box("z", (), "variable"),
    Box("f = q·z", (2, 3), "operation"),
]
BOX = np.array([0.35, 0.37])  # half of one, in columns and rows
STATE = {"values": ["1", "2", "3", "4", ""], "derivatives": [""] * 5, "current": 2, "backwards": False, "labels": []}


@pytest.fixture
def display():
    made = BackpropDisplay()
    made.update(boxes=BOXES, heading="h", **STATE)
    return made


def test_columns_follow_the_operands_and_the_first_variable_stands_on_top():
    places, ways = arranged([(), (), (0, 1), (), (2, 3)])
    assert places[:, 0].tolist() == [0, 0, 1, 0, 2]
    assert places[0, 1] > places[1, 1] > places[3, 1]
    assert list(ways) == [(3, 4)] and ways[3, 4][:, 0].tolist() == [1], "only the line from z passes a column"


def test_a_constant_stands_beside_what_uses_it():
    operands = [(), (0,), (1,), (), (2, 3)]
    assert arranged(operands)[0][3, 0] == 0
    places, _ = arranged(operands, [3])
    assert places[3, 0] == places[4, 0] - 1


def test_rows_are_exchanged_until_lines_do_not_cross():
    # a → d and b → c cross as they are typed
    places, _ = arranged([(), (), (1, 1), (0, 0), (2, 3)])
    assert (places[0, 1] - places[1, 1]) * (places[3, 1] - places[2, 1]) > 0


def test_neither_boxes_nor_lines_stand_on_boxes():
    rng = np.random.default_rng(0)
    operands = [(), (), ()] + [tuple(rng.integers(0, k, 2).tolist()) for k in range(3, 40)]
    places, ways = arranged(operands)
    passed = np.concatenate(list(ways.values()))
    assert not {tuple(place) for place in places.tolist()} & {tuple(place) for place in passed.tolist()}
    for place in passed:
        rows = places[places[:, 0] == place[0], 1]
        assert (np.abs(rows - place[1]) >= 1).all()
    assert len(np.unique(places, axis=0)) == 40
    assert (np.abs(places[:, None] - places).sum(axis=-1) + 9 * np.eye(40) >= 0.5).all()


def test_values_stand_in_their_boxes(display):
    assert [text.get_text() for text in display.values_][:6] == ["1", "2", "3", "4", "", ""]
    assert [text.get_position() for text in display.values_[:5]] == [tuple(place) for place in display.places_]


def test_heading_is_inside_of_the_figure(display):
    display.update(boxes=BOXES, heading="Backward 1 of 2", **STATE)
    display.fit()
    assert display.figure_.bbox.y1 > display.heading_.get_window_extent().y1


def test_the_current_node_and_its_lines_are_marked(display):
    assert display.frame_.get_visible()
    assert len(display.edges_.get_segments()) == 2
    start, end = display.edges_.get_segments()[0]
    assert start[0] == pytest.approx(display.places_[0, 0] + 0.35) and end[0] == pytest.approx(
        display.places_[2, 0] - 0.35
    )
    display.update(boxes=BOXES, heading="h", **{**STATE, "current": -1})
    assert not display.frame_.get_visible() and len(display.edges_.get_segments()) == 0


def test_labels_stand_at_their_operands_and_on_no_box(display):
    display.fit()
    state = {**STATE, "backwards": True, "current": 4, "labels": [Label(4, 0, "× z = −4"), Label(4, 1, "× q = 3")]}
    display.update(boxes=BOXES, heading="h", **state)
    display.figure_.draw_without_rendering()
    assert [text.get_text() for text in display.labels_] == ["× z = −4", "× q = 3"]
    assert [text.get_position()[0] for text in display.labels_] == [display.places_[k, 0] for k in (2, 3)]
    to_pixels = display.ax_.transData.transform
    for text in display.labels_:
        label = text.get_window_extent()
        for place in display.places_:
            (x0, y0), (x1, y1) = to_pixels(place - BOX), to_pixels(place + BOX)
            assert label.x1 < x0 or label.x0 > x1 or label.y1 < y0 or label.y0 > y1


def test_both_labels_of_a_square_are_seen(display):
    boxes = [Box("x", (), "variable"), Box("f = x·x", (0, 0), "operation")]
    state = {"values": ["3", "9"], "derivatives": ["", "1"], "current": 1, "backwards": True}
    display.update(boxes=boxes, heading="h", labels=[Label(1, 0, "× x = 3"), Label(1, 1, "× x = 3")], **state)
    above, below = (text.get_position()[1] for text in display.labels_)
    assert above > display.places_[0, 1] > below


def test_titles_fit_into_their_boxes(display):
    boxes = [*BOXES[:4], Box("f = sigmoid(something long)", (2, 3), "operation")]
    display.update(boxes=boxes, heading="h", **STATE)
    display.fit()
    display.figure_.draw_without_rendering()
    title = display.graph_[-1].get_window_extent()
    (left, _), (right, _) = (display.ax_.transData.transform(display.places_[-1] + side * BOX) for side in (-1, 1))
    assert left < title.x0 and title.x1 < right


def test_only_another_graph_is_drawn_anew(display):
    before = display.graph_
    display.update(boxes=BOXES, heading="h", **{**STATE, "values": ["5"] * 5})
    assert display.graph_ is before
    display.update(
        boxes=BOXES[:3], heading="h", values=["1"] * 3, derivatives=[""] * 3, current=-1, backwards=False, labels=[]
    )
    assert display.graph_ is not before and len(display.places_) == 3
    assert all(artist.axes is None for artist in before), "the old graph has left the axes"
