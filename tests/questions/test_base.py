"""Questions judge answers, say why, and give nothing away."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nbkit.questions import Choice, Number, Question, Sketch
from nbkit.questions.base import POINTS

WAY = Choice("Which way?", {"up": "Up is where the loss grows.", "down": "The gradient points up."}, right="down")
RATE = Number(
    "Which rate?", right=0.1, within=0.002, why="2/λ.", wrong="Look at the steepest axis.", near={0.05: "Half of it."}
)
WAVE = Sketch("Draw a sine.", np.sin, x=(-3, 3), y=(-1.5, 1.5), within=0.1, why="It is odd.")


def test_a_choice_answers_each_option() -> None:
    assert WAY.judge("down").right and WAY.judge("down").said == "The gradient points up."
    assert WAY.judge("up").score == 0 and WAY.judge("up").said == "Up is where the loss grows."
    for none in (None, "", "left", 3, ["up"]):
        with pytest.raises(ValueError, match="Choose one"):
            WAY.judge(none)


@pytest.mark.parametrize("given", [0.1, "0.1", " 0,1 ", "1/10", "1e-1", 0.102, "0.098"])
def test_a_number_is_read_as_people_write_it(given: Any) -> None:
    assert RATE.judge(given).right


def test_a_number_knows_usual_mistakes_and_others() -> None:
    assert RATE.judge(0.0501).said == "Half of it."
    assert RATE.judge(0.06).said == RATE.judge("−3").said == "Look at the steepest axis."
    assert RATE.judge(0.1021).score == 0


@pytest.mark.parametrize("given", ["", None, "a lot", "1/0", "inf", "nan", True, "1/2/3", "1 000", [1.0]])
def test_what_is_no_number_gets_one_line(given: Any) -> None:
    with pytest.raises(ValueError, match="Write a number") as caught:
        RATE.judge(given)
    assert "\n" not in str(caught.value)


def test_a_sketch_is_scored_by_its_distance() -> None:
    truth = np.sin(np.linspace(-3, 3, POINTS))
    assert WAVE.judge(truth).score == WAVE.judge(truth + 0.1).score == 1
    assert math.isclose(WAVE.judge(truth + 0.25).score, 0.5)
    assert WAVE.judge(truth - 0.4).score < 1e-9 and WAVE.judge(-truth).score == 0
    bump = truth.copy()
    bump[10:20] += 0.4
    assert "0.4 too high" in WAVE.judge(bump).said and WAVE.judge(bump).said.endswith("It is odd.")


def test_a_sketch_has_to_be_drawn_nearly_everywhere() -> None:
    heights = [float(y) for y in np.sin(np.linspace(-3, 3, POINTS))]
    assert WAVE.judge([None, *heights[1:-2], math.nan, None]).right
    with pytest.raises(ValueError, match="Draw the whole curve, from -3 to 3: 49% is there"):
        WAVE.judge([*heights[:30], *[None] * (POINTS - 30)])
    for none in (None, "curve", [1.0], [None] * POINTS):
        with pytest.raises(ValueError):
            WAVE.judge(none)


@pytest.mark.parametrize("one", [WAY, RATE, WAVE], ids=lambda one: one.kind)
def test_neither_repr_nor_text_gives_the_answer_away(one: Question) -> None:
    for text in (repr(one), str(one)):
        assert not any(said in text for said in ("points up", "2/λ", "0.1", "0.05", "steepest", "odd", "right", "sin "))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Choice("Which?", {"a": "x", "b": "y"}, right="c"), "right is one of 'a', 'b', got 'c'"),
        (lambda: Choice("Which?", {"a": "x"}, right="a"), "two options"),
        (lambda: Choice("Which?", {"a": "x", "b": " "}, right="a"), "option 'b' needs a text for feedback"),
        (lambda: Choice("", {"a": "x", "b": "y"}, right="a"), "needs a text for text"),
        (lambda: Number("How?", right=1, within=0, why="x", wrong="y"), "within above 0"),
        (lambda: Number("How?", right=math.nan, within=1, why="x", wrong="y"), "right is finite"),
        (lambda: Number("How?", right=1, within=0.1, why="x", wrong=""), "needs a text for wrong"),
        (lambda: Number("How?", right=1, within=0.1, why="x", wrong="y", near={1.05: "z"}), "counts as right"),
        (lambda: Sketch("Draw", np.sin, x=(3, -3), y=(-2, 2), within=0.1, why="x"), "from below to"),
        (lambda: Sketch("Draw", np.sin, x=(-3, 3), y=(0, 2), within=0.1, why="x"), "does not hold the function"),
        (lambda: Sketch("Draw", np.sin, x=(-3, 3), y=(-2, 2), within=9, why="x"), "within is above 0"),
        (lambda: Sketch("Draw", lambda x: x[:2], x=(-3, 3), y=(-4, 4), within=0.1, why="x"), "shape"),
    ],
)
def test_a_question_is_checked_when_it_is_made(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
