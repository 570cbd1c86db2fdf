"""Every question of the exercises is found by its name."""

from __future__ import annotations

import pytest

from nbkit.questions import Question, question, questions


def test_every_question_has_a_name_of_its_exercise() -> None:
    for name, one in questions().items():
        assert isinstance(one, Question) and question(name) is one
        assert name in questions(name[:2]) and name in questions(f"{name[:2]}_topic")


def test_an_unknown_name_is_answered_by_those_that_are_there() -> None:
    with pytest.raises(ValueError, match=r"there is no question '99\.nothing'; there is"):
        question("99.nothing")
