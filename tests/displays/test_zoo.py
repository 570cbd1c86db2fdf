"""The zoo's diagrams, by their cells and links."""

import matplotlib.colors
import pytest
from matplotlib.collections import LineCollection

from nbkit.displays.zoo import LOOKS, ZooDisplay
from nbkit.zoo import CELLS, ZOO, Animal


def test_all_kinds_of_cells_are_used_and_look_different():
    assert {kind for animal in ZOO for kind, _ in animal.layers} | {"input"} == set(CELLS)
    assert set(LOOKS) == set(CELLS) and len(set(LOOKS.values())) == len(CELLS)
    assert all(matplotlib.colors.is_color_like(colour) for _, colour, _ in LOOKS.values())


@pytest.mark.parametrize(
    "animal, links",
    [
        (Animal("dense", (("input", 3), ("hidden", 4), ("output", 2))), 3 * 4 + 4 * 2),
        (Animal("local", (("input", 6), ("kernel", 5)), ("near",)), 10),
        (Animal("ring", (("backfed input", 6),), within=(0,)), 15),
    ],
)
def test_links_are_as_told(animal, links):
    ax = ZooDisplay([animal]).axes_[animal.name]
    (lines,) = (artist for artist in ax.collections if isinstance(artist, LineCollection))
    assert len(lines.get_segments()) == links


def test_each_animal_has_its_diagram_and_title():
    display = ZooDisplay()
    assert [display.axes_[animal.name].get_title() for animal in ZOO] == [animal.name for animal in ZOO]
    assert [text.get_text() for text in display.axes_["key"].get_legend().get_texts()] == list(CELLS)
