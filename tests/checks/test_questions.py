"""A teacher marks from the record whether questions were answered."""

from __future__ import annotations

import pytest

import nbkit.record
from nbkit.checks import check_questions
from nbkit.questions import Choice
from nbkit.record import Record, record

WAY = Choice("Which way?", {"up": "no", "down": "yes"}, right="down")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbkit.record, "_record", Record())
    monkeypatch.setattr("nbkit.checks.course.questions", lambda: dict.fromkeys(("42.a", "42.b", "43.a"), WAY))


def test_open_wrong_and_right_are_told_apart() -> None:
    assert check_questions("42").state == "not done yet"
    record().keep("42.a", kind="question", score=0.0, answer="up")
    verdict = check_questions("42_answers")
    assert verdict.state == "not done yet" and "Still open: 42.b." in verdict.said and verdict.held == "0 of 2."
    record().keep("42.b", kind="prediction", score=0.0, answer="up")
    verdict = check_questions("42")
    assert verdict.state == "wrong" and verdict.said.endswith("42.a.") and verdict.held == "1 of 2."
    with pytest.raises(AssertionError, match=r"not right yet: 42\.a"):
        verdict.require()
    record().keep("42.a", kind="question", score=1.0, answer="down")
    record().keep("42.a", kind="question", score=0.0, answer="up")
    check_questions("42").require()


def test_an_exercise_without_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="there are questions in 42, 43, got '07'"):
        check_questions("07")
