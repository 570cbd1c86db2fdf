"""Tooltips are sentences: each says what its control does, and so begins with a verb."""

import re

import pytest

import nbkit

EXPLORERS = [name for name in dir(nbkit) if name.endswith("Explorer") and name != "Explorer"]
VERB = re.compile(
    r"(Add|Begin|Choose|Compare|Count|Divide|Double|Draw|Feed|Find|Fit|Go|Keep|Leave|Let|Limit|Look|Make|Move|Multiply|Normalise"
    r"|Run|Set|Show|Shrink|Space|Start|Stop|Take|Train|Type)\b"
)


def tips(widget):
    """All tooltips of a widget and of what is inside of it."""
    said = [getattr(widget, "tooltip", None)]
    for child in getattr(widget, "children", ()):
        said += tips(child)
    return [tip for tip in said if tip]


@pytest.mark.parametrize("name", EXPLORERS)
def test_they_say_what_the_control_does(name):
    explorer = getattr(nbkit, name)()
    found = tips(explorer)
    assert len(found) > len(explorer._page.children)
    for tip in found:
        assert VERB.match(tip) and len(tip.split()) >= 3, tip
    explorer.close()
