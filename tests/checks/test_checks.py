"""What every check does, whatever it is handed: one line for each way to fail, hints one at a time, nothing given away."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from nbkit import checks
from nbkit.checks import NotDone, Student, Unusable, Verdict, Wrong, check, number, numbers
from nbkit.checks.limit import OutOfTime, within
from nbkit.checks.values import brief
from nbkit.checks.verdict import rich
from nbkit.displays.comparison import ComparisonDisplay
from nbkit.record import record


def doubled(double: object, *, rng: np.random.Generator) -> str:
    """Judge `double(x)`."""
    ask = Student(double, "double", "x", seconds=0.3)
    x = rng.normal(size=3)
    got = numbers(ask(x), (3,), "Your answer")
    if np.allclose(got, 2 * x):
        return "Right for three numbers."
    if np.allclose(got, x**2):
        display = ComparisonDisplay()
        display.update([0, 1, 2], 2 * x, got)
        raise Wrong("You <squared> it.", "Is `x*x` what is asked?", figure=display.figure_, held="the shape.")
    raise Wrong("It is not doubled.", "Try 1.", "For 3 it is 6.")


@pytest.fixture
def check_double(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Verdict]:
    monkeypatch.setattr("nbkit.checks.judging.CHECKS", {})
    return check("00_test", "double", "The double is asked.", "For 5 it is 10.")(doubled)


def stub(x):
    raise NotImplementedError


def endless(x):
    while True:
        try:  # noqa: SIM105
            pass
        except:  # noqa: E722 - what a student may write
            pass


def change(x):
    x *= 2
    return x


def printing(x):
    print("here I am")
    print("and here", file=sys.stderr)
    return x + x


@pytest.mark.parametrize(
    "right",
    [
        lambda x: 2 * x,
        lambda x: [2 * value for value in x],
        lambda x: torch.as_tensor(x).float() * 2,
        lambda x: torch.add(x, x),  # takes tensors only
        lambda anything, more=1: anything + anything,
        printing,
    ],
)
def test_any_right_way_passes(check_double, right, capsys) -> None:
    assert check_double(right).passed
    assert check_double(right, seed=7).passed
    check_double(right).require()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("given", "state", "words"),
    [
        (..., "not done yet", "Write your answer into the cell above"),
        (stub, "not done yet", "cell above"),
        (lambda x: ..., "not done yet", "cell above"),
        (None, "not usable", "is None"),
        (3.0, "not usable", "has to be a function, got 3"),
        (lambda: 1, "not usable", "called as double(x), but yours takes ()"),
        (lambda x: None, "not usable", "gave back None for x = "),
        (lambda x: 1 / 0, "not usable", "stopped with ZeroDivisionError (division by zero) for x = "),
        (lambda x: "six", "not usable", "has to be numbers, got 'six'"),
        (lambda x: 1j * x, "not usable", "real numbers"),
        (lambda x: [1, [2, 3]], "not usable", "can't be read as an array"),
        (
            lambda x: (2 * x)[:, None],
            "not usable",
            "has shape (3, 1), asked is (3,): the same numbers in another shape",
        ),
        (lambda x: 2 * x - x[:, None], "not usable", "(n,) met (n, 1) somewhere"),
        (lambda x: 2.0, "not usable", "one number where each"),
        (lambda x: np.ones((2, 4)) @ np.ones((3, 2)), "not usable", "(a matrix with 4 columns times one with 3 rows)"),
        (
            lambda x: np.where([False, True, False], np.nan, x),
            "not usable",
            "holds nan (1 of 3 values), first at index 1",
        ),
        (lambda x: x / 0, "not usable", "inf"),
        (endless, "not usable", "had not come back after 0.3 s for x = "),
        (change, "wrong", "changes the array x that it is given"),
        (lambda x: x, "wrong", "not doubled"),
        (lambda x: x**2, "wrong", "squared"),
    ],
)
def test_each_failure_has_its_own_line(check_double, given, state, words) -> None:
    verdict = check_double(given)
    assert verdict.state == state
    assert words in str(verdict).split("\n")[0]
    with pytest.raises(AssertionError, match="double: "):
        verdict.require()


def test_where_it_happened_is_told_below_the_line(check_double) -> None:
    def deep(x):
        return x.twice()

    lines = str(check_double(deep)).split("\n")
    assert "AttributeError" in lines[0] and "return x.twice()" in lines[1]


def test_hints_come_in_tiers_and_lie_inside_of_each_other(check_double) -> None:
    verdict = check_double(lambda x: x)
    assert [verdict.hint(k) for k in (1, 2, 3)] == ["The double is asked.", "Try 1.", "For 3 it is 6."]
    assert check_double(lambda x: x**2).hint(3) == "For 5 it is 10."  # the check's own, where a mistake has none
    with pytest.raises(ValueError, match="no hint 4: 1 to 3"):
        verdict.hint(4)
    page = verdict._repr_mimebundle_()["text/html"]
    places = [page.index(text) for text in verdict.hints]
    assert places == sorted(places) and page.count("<details") == 3
    assert page.endswith("</details></details></details></div>")
    for hint in verdict.hints:
        assert hint not in str(verdict)


def test_the_page_says_what_was_typed_as_text_and_carries_the_picture(check_double) -> None:
    page = check_double(lambda x: x**2)._repr_mimebundle_()["text/html"]
    assert "&lt;squared&gt;" in page and "<code>x*x</code>" in page
    assert page.count('<img alt="expected and got" src="data:image/png;base64,iVBOR') == 1


def test_the_result_is_kept(check_double) -> None:
    check_double(lambda x: x)
    check_double(lambda x: 2 * x)
    check_double(lambda x: x)
    entry = record().get("00_test/double")
    assert entry is not None
    assert (entry["score"], entry["best"], entry["tries"] >= 3, entry["state"]) == (0.0, 1.0, True, "wrong")


def test_a_result_that_cannot_be_kept_is_told(check_double, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **more: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("nbkit.record.Record.keep", full)
    verdict = check_double(lambda x: 2 * x)
    assert verdict.passed and "could not be kept: no space left" in str(verdict)


def test_a_check_shows_no_answer_by_its_name() -> None:
    for name, thing in checks.CHECKS.items():
        assert "<function" in repr(thing) and thing.__doc__, name


def spin() -> None:
    while True:
        pass


def test_the_time_limit_holds_in_any_thread_and_leaves_nothing_behind() -> None:
    threads = threading.active_count()
    seen: list[object] = []

    def work() -> None:
        try:
            within(0.1, spin)
        except OutOfTime as error:
            seen.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=10)
    assert len(seen) == 1
    ended = 0
    for _ in range(300):  # calls that end just when their time does are stopped or not, and nothing comes later
        try:
            within(0.004, lambda: time.sleep(0.004))
            ended += 1
        except OutOfTime:
            pass
    assert sum(n % 7 for n in range(300_000)) == 899_997
    assert threading.active_count() == threads


def test_values_are_told_short() -> None:
    assert brief(np.arange(3.0)) == "[0., 1., 2.]"
    assert brief(torch.zeros(20, 3)) == "an array of shape (20, 3)"
    assert brief(0.123456) == "0.1235" and brief(True) == "True"
    assert brief({"a": 1}) == "{'a': 1} (a dict)"
    assert brief((np.zeros(2), torch.zeros(3))) == "a tuple of 2 arrays"
    assert brief(stub) == "the function stub"
    assert brief(torch.nn.Sequential()) == "a network (Sequential)"
    assert number(torch.tensor([2.0]), "x") == 2.0
    with pytest.raises(Unusable, match="x has to be one number"):
        number([1, 2], "x")
    with pytest.raises(NotDone):
        number(..., "x")
    with pytest.raises(Unusable, match="x is None"):
        number(None, "x")


def test_a_verdict_is_shown_the_same_on_every_run(check_double) -> None:
    assert str(check_double(lambda x: x)) == str(check_double(lambda x: x))
    assert isinstance(check_double(lambda x: x), Verdict)


def test_code_and_stressed_words_are_set_as_such_and_stars_between_numbers_stay() -> None:
    text = "The loss is a *mean*, `a*b*c` is code, 2*3*4 is a product, $w*x*y$ is set by the page, a < b."
    assert rich(text) == (
        "The loss is a <em>mean</em>, <code>a*b*c</code> is code, 2*3*4 is a product, $w*x*y$ is set by the page, a &lt; b."
    )
