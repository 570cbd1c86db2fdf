"""Dates and numbers: each has a source, and the pictures show them all without one name upon another."""

from __future__ import annotations

import itertools
import pathlib
import re

import nbformat
import pytest

from nbkit.displays.history import ErrorsDisplay, ParameterCountsDisplay, TimelineDisplay
from nbkit.milestones import ERRORS, EVENTS, HUMANS, PARAMETER_COUNTS, PERIODS

LECTURE = pathlib.Path(__file__).parents[1] / "lectures/01_what_is_learning.ipynb"


def test_each_fact_has_a_source_and_a_year() -> None:
    for fact in (*EVENTS, *PARAMETER_COUNTS, *ERRORS, *HUMANS):
        assert len(fact.source) > 15 and 1940 <= fact.year <= 2026, fact
    assert [event.year for event in EVENTS] == sorted(event.year for event in EVENTS)


def test_the_lecture_names_each_source() -> None:
    cells = nbformat.read(LECTURE, as_version=4).cells
    told = re.sub(r"\[(arXiv:[\d.]+)\]\(\S+?\)", r"\1", "\n".join(cell.source for cell in cells))
    for fact in (*EVENTS, *PARAMETER_COUNTS, *ERRORS, *HUMANS):
        assert fact.source in told, fact


def names_of(display) -> list:
    display.fit()
    display.figure_.canvas.draw()
    return [text for ax in display.axes_.values() for text in ax.texts if text.get_text()]


@pytest.mark.parametrize(
    "display, facts",
    [
        (TimelineDisplay, (PERIODS, EVENTS)),
        (ParameterCountsDisplay, (PARAMETER_COUNTS,)),
        (ErrorsDisplay, (ERRORS, HUMANS)),
    ],
)
def test_names_stand_apart_and_inside_of_the_picture(display, facts) -> None:
    made = display()
    made.update(*facts)
    boxes = {text.get_text(): text.get_window_extent() for text in names_of(made)}
    wanted = [fact.name for fact in itertools.chain(*facts[:1], facts[-1]) if fact.name and facts[-1] is not HUMANS]
    assert all(any(name in text for text in boxes) for name in wanted)
    for one, other in itertools.combinations(boxes, 2):
        assert not boxes[one].overlaps(boxes[other]), (one, other)
    width, height = made.figure_.bbox.size
    for name, box in boxes.items():
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, name


def test_points_are_the_facts() -> None:
    made = ParameterCountsDisplay()
    made.update(PARAMETER_COUNTS)
    drawn = {tuple(point) for line in made.ax_.lines for point in line.get_xydata().tolist()}
    assert drawn == {(fact.year, fact.value) for fact in PARAMETER_COUNTS}
    errors = ErrorsDisplay()
    errors.update(ERRORS, HUMANS)
    for kind, ax in errors.axes_.items():
        machine, *people = ax.lines
        assert machine.get_ydata().tolist() == [fact.value for fact in ERRORS if fact.kind == kind]
        assert [line.get_ydata()[0] for line in people] == [fact.value for fact in HUMANS if fact.kind == kind]
