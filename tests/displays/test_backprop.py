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
STATE = {"values": ["1", "2", "3", "4", ""], "derivatives": [""] * 5, "current": 2, "backwards": False, "labels": []}


@pytest.fixture
def display():
    made = BackpropDisplay()
    made.update(boxes=BOXES, heading="h", **STATE)
    return made


def test_columns_follow_the_operands_and_the_first_variable_stands_on_top():
    places = arranged([(), (), (0, 1), (), (2, 3)])
    assert places[:, 0].tolist() == [0, 0, 1, 0, 2]
    assert places[0, 1] > places[1, 1] > places[3, 1]


def test_a_constant_stands_beside_what_uses_it():
    operands = [(), (0,), (1,), (), (2, 3)]
    assert arranged(operands)[3, 0] == 0
    assert arranged(operands, [3])[3, 0] == arranged(operands, [3])[4, 0] - 1


def test_rows_are_exchanged_until_lines_do_not_cross():
    # a → d and b → c cross as they are typed
    places = arranged([(), (), (1, 1), (0, 0), (2, 3)])
    assert (places[0, 1] - places[1, 1]) * (places[3, 1] - places[2, 1]) > 0


def test_boxes_never_stand_on_one_another():
    rng = np.random.default_rng(0)
    operands = [(), (), ()] + [tuple(rng.integers(0, k, 2)) for k in range(3, 40)]
    places = arranged(operands)
    assert len(np.unique(places, axis=0)) == 40
    assert (np.abs(places[:, None] - places).sum(axis=-1) + 9 * np.eye(40) >= 0.5).all()


def test_values_stand_in_their_boxes(display):
    assert [text.get_text() for text in display.values_][:6] == ["1", "2", "3", "4", "", ""]
    assert [text.get_position() for text in display.values_[:5]] == [tuple(place) for place in display.places_]


def test_the_current_node_and_its_lines_are_marked(display):
    assert display.frame_.get_visible()
    assert len(display.edges_.get_segments()) == 2
    (start, end) = display.edges_.get_segments()[0]
    assert start[0] == pytest.approx(display.places_[0, 0] + 0.35) and end[0] == pytest.approx(
        display.places_[2, 0] - 0.35
    )
    display.update(boxes=BOXES, heading="h", **{**STATE, "current": -1})
    assert not display.frame_.get_visible() and len(display.edges_.get_segments()) == 0


def test_labels_stand_on_their_lines(display):
    state = {**STATE, "backwards": True, "labels": [Label(2, 1, "× 1")]}
    display.update(boxes=BOXES, heading="h", **state)
    assert [text.get_text() for text in display.labels_] == ["× 1", ""]
    (start, end), at = display.edges_.get_segments()[1], np.array(display.labels_[0].get_position())
    along, aside = end - start, at - start
    assert along[0] * aside[1] == pytest.approx(along[1] * aside[0])


def test_only_another_graph_is_drawn_anew(display):
    before = display.graph_
    display.update(boxes=BOXES, heading="h", **{**STATE, "values": ["5"] * 5})
    assert display.graph_ is before
    display.update(
        boxes=BOXES[:3], heading="h", values=["1"] * 3, derivatives=[""] * 3, current=-1, backwards=False, labels=[]
    )
    assert display.graph_ is not before and len(display.places_) == 3
    assert all(artist.axes is None for artist in before), "the old graph has left the axes"
