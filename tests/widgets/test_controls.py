"""Each control by itself: what it allows, what it refuses, and how its parts follow its value."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbkit.widgets.controls import checkbox, choice, hidden, int_slider, log_slider, slider, text
from nbkit.widgets.parts import Part, player, several

MAKE: dict[str, Callable[[], Any]] = {
    "slider": lambda: slider("S", 1.0, -2, 3, tip="A number."),
    "log_slider": lambda: log_slider("L", 0.1, 0.001, 10, tip="A rate."),
    "int_slider": lambda: int_slider("I", 2, 0, 5, tip="A count."),
    "choice": lambda: choice("C", "a", ["a", "b"], tip="A choice."),
    "mapping": lambda: choice("C", 2, {"one": 1, "two": 2}, tip="A choice."),
    "checkbox": lambda: checkbox("B", True, tip="Yes or no."),
    "text": lambda: text("T", "x", tip="A text."),
    "several": lambda: several("M", ["a"], ["a", "b", "c"], tip="Some."),
    "player": lambda: player("P", 3, 0, 9, tip="Plays."),
}

BAD: dict[str, list[Any]] = {
    "slider": [-2.1, 3.1, math.nan, math.inf, -math.inf, True, np.True_, "1", None, [1.0], 1j],
    "log_slider": [0, -0.1, 10.1, math.nan, False, "0.1", None],
    "int_slider": [-1, 6, 2.0, 2.5, True, "2", None, math.nan],
    "choice": ["c", None, 0, ["a"]],
    "mapping": ["one", 3, 1.5, True, None],
    "checkbox": [1, 0, "True", None],
    "text": [1, None, ["x"]],
    "several": ["a", ["d"], [1], None, 3],
    "player": [-1, 10, 3.0, True, None],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_bad_values_are_refused_with_what_is_allowed(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be .+, got "):
        MAKE[kind]().rule(value)


def test_a_choice_among_numbers_takes_whole_ones_but_no_yes_or_no() -> None:
    ridge = choice("R", 0.0, [0.0, 1.0, 10.0], tip="A strength.")
    assert ridge.rule(10) == 10.0 and type(ridge.rule(10)) is float
    with pytest.raises(ValueError, match=r"must be one of 0\.0, 1\.0, 10\.0, got True"):
        ridge.rule(True)


@pytest.mark.parametrize("kind", MAKE)
def test_value_is_plain_json_and_passes_its_own_rule(kind: str) -> None:
    control = MAKE[kind]()
    assert json.loads(json.dumps(control.value)) == control.value == control.asked
    assert control.rule(control.value) == control.value


@pytest.mark.parametrize("kind", [kind for kind in MAKE if kind not in ("several", "player")])
def test_label_and_tip(kind: str) -> None:
    control = MAKE[kind]()
    assert control.description and control.tooltip.endswith(".")


@given(st.floats(-2, 3))
def test_any_number_of_the_range_is_taken_as_it_is(value: float) -> None:
    control = MAKE["slider"]()
    control.value = control.rule(value)
    assert control.value == value


@given(st.floats(-3, 1))
def test_log_slider_takes_what_the_page_computes(exponent: float) -> None:
    # the page moves the exponent, and 10**1 may come out as 10.000000000000002
    control = MAKE["log_slider"]()
    assert 0.001 <= control.rule(math.pow(10, exponent) * (1 + 2e-16)) <= 10


def test_value_that_is_asked_for_is_kept_for_the_explorer_to_check() -> None:
    control = slider("S", 20, 0, 5, tip="ipywidgets would make it 5")
    assert control.asked == 20
    with pytest.raises(ValueError, match="must be a number from 0 to 5, got 20"):
        control.rule(control.asked)


def test_keys_move_a_slider_by_a_round_step() -> None:
    for low, high, step in ((0, 1, 0.01), (-5, 5, 0.1), (0, 100, 1), (-2, 2, 0.01)):
        assert slider("S", low, low, high, tip="").step == pytest.approx(step)


def test_text_is_checked_by_its_own_check() -> None:
    def check(value: str) -> None:
        if "bad" in value:
            raise ValueError("no bad words")

    control = text("T", "good", tip="", check=check)
    with pytest.raises(ValueError, match="no bad words"):
        control.rule("bad")


def test_hidden_value_stands_in_no_page() -> None:
    import ipywidgets

    def rule(value: Any) -> list[float]:
        return [float(item) for item in value]

    control = hidden([1, 2], rule)
    assert control.value == [1.0, 2.0] and not isinstance(control, ipywidgets.DOMWidget)


def test_several_keep_the_order_of_the_options() -> None:
    control = MAKE["several"]()
    control.value = control.rule(["c", "a"])
    assert control.value == ["a", "c"]
    assert [toggle.value for toggle in control.toggles.values()] == [True, False, True]
    control.toggles["b"].set_state({"value": True})
    assert control.value == ["a", "b", "c"]


def test_move_of_a_part_is_one_change_of_the_whole() -> None:
    control, changes = MAKE["player"](), []
    control.observe(lambda change: changes.append(change["new"]), "value")
    control.slider.set_state({"value": 5})
    control.play.set_state({"value": 7})
    control.value = 2
    assert changes == [5, 7, 2]
    assert control.slider.value == control.play.value == 2


def test_part_has_to_say_how_it_is_shown_and_edited() -> None:
    part = Part(lambda value: value, 1)
    with pytest.raises(NotImplementedError):
        part.present()
    with pytest.raises(NotImplementedError):
        part.edited(part)
