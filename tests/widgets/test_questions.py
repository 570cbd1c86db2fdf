"""Questions, predictions, answers and progress, used as the page and as code would."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

import nbkit
import nbkit.record
from nbkit.displays.sketch import SketchDisplay
from nbkit.questions import Choice, Number, Sketch
from nbkit.record import Record, record
from nbkit.widgets.questions.sketch import SketchExplorer

WAY = Choice("Which way does $w$ go?", {"up": "There the loss grows.", "down": "Against the `gradient`."}, right="down")
RATE = Number("Which rate?", right=2 / 3, within=0.002, why="2/λ.", wrong="Look at the steepest axis.", unit="1/s")
WAVE = Sketch("Draw a sine.", np.sin, x=(-3, 3), y=(-1.5, 1.5), within=0.1, why="It is odd.")
TRUTH = [float(y) for y in np.sin(np.linspace(-3, 3, 61))]


@pytest.fixture(autouse=True)
def kept(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A record of its own; calling it is a restart of the kernel."""

    def restart() -> None:
        monkeypatch.setattr(nbkit.record, "_record", Record(tmp_path / "answers.json"))

    restart()
    return restart


def said(widget: object) -> str:
    return str(widget._said.value)  # type: ignore[attr-defined]


# --- questions


def test_a_choice_is_answered_tried_again_and_kept() -> None:
    asked = nbkit.ask(WAY, name="way")
    asked.form.buttons["up"].value = True
    asked.buttons["Answer"].click()
    assert "✘ A:" in said(asked) and "There the loss grows." in said(asked) and "1 try, try again" in said(asked)
    asked.form.buttons["down"].value = True
    assert asked.form.answer == "down", "one at a time"
    asked.buttons["Answer"].click()
    assert "✔ B:" in said(asked) and "<code>gradient</code>" in said(asked) and "2 tries" in said(asked)
    entry = record().get("way")
    assert entry is not None
    assert [entry[key] for key in ("kind", "score", "tries", "answer")] == ["question", 1.0, 2, "down"]


def test_an_option_that_is_pressed_again_stays_chosen() -> None:
    asked = nbkit.ask(WAY, name="way")
    asked.form.buttons["up"].value = True
    asked.form.buttons["up"].value = False
    assert asked.form.answer == "up"


def test_the_same_answer_twice_is_one_try() -> None:
    asked = nbkit.ask(RATE, name="rate")
    for _ in range(3):
        asked.answer("1/3")
        asked.buttons["Answer"].click()
    assert asked.entry["tries"] == record().get("rate")["tries"] == 1


def test_what_is_tried_after_the_right_answer_changes_nothing_kept() -> None:
    asked = nbkit.ask(WAY, name="way")
    asked.answer("down")
    before = record().get("way")
    asked.answer("up")
    assert "There the loss grows." in said(asked) and "solved" in said(asked)
    assert record().get("way") == before


def test_nothing_chosen_is_said_in_one_line_and_is_no_try() -> None:
    asked = nbkit.ask(WAY, name="way")
    asked.buttons["Answer"].click()
    assert "Choose one of the answers first." in said(asked) and record().get("way") is None
    with pytest.raises(ValueError, match="Choose one"):
        asked.answer("left")


def test_enter_answers_a_number_and_leaving_the_field_does_not() -> None:
    asked = nbkit.ask(RATE, name="rate")
    field = asked.form
    field.text.value = "0.5"
    assert asked.entry is None
    field._told(field.text, {"event": "submit"}, [])  # the page tells of Enter first
    field.text.value = "2/3"
    assert asked.entry["best"] == 1 and "2/λ." in said(asked)


def test_a_press_may_be_heard_before_what_was_typed() -> None:
    asked = nbkit.ask(RATE, name="rate")
    for before in ("0.5", "a lot"):
        asked.form.text.value = before
        asked.buttons["Answer"].click()
        asked.buttons["Answer"].click()  # the press that belongs to the next text
        asked.form.text.value = "0.6"
        assert "✘ 0.6:" in said(asked)
    asked.form.text.value = "2/3"
    assert "✘ 0.6:" in said(asked), "one press, one answer"


@pytest.mark.parametrize("given", ["", "a lot", "1/0"])
def test_wrong_input_is_one_line(given: str) -> None:
    asked = nbkit.ask(RATE, name="rate")
    asked.form.text.value = given
    asked.buttons["Answer"].click()
    assert "Write a number, such as 0.25, 1e-3 or 2/3; got" in said(asked) and asked.entry is None


def test_restored_after_a_restart(kept: Callable[[], None]) -> None:
    nbkit.ask(WAY, name="way").answer("up")
    nbkit.ask(RATE, name="rate").answer("2/3")
    kept()
    way, rate = nbkit.ask(WAY, name="way"), nbkit.ask(RATE, name="rate")
    assert way.form.answer == "up" and "✘ A:" in said(way) and "1 try" in said(way)
    assert rate.form.answer == 2 / 3 and "✔ 0.666667:" in said(rate)


def test_a_question_that_has_changed_is_asked_anew(kept: Callable[[], None]) -> None:
    nbkit.ask(WAY, name="way").answer("up")
    asked = nbkit.ask(Choice("Which?", {"left": "no", "right": "yes"}, right="right"), name="way")
    assert asked.entry is None and said(asked) == ""


def test_a_broken_file_is_said_and_the_question_goes_on() -> None:
    record().path.write_text("{")  # type: ignore[union-attr]
    asked = nbkit.ask(WAY, name="way")
    assert "holds no answers of this kit" in said(asked)
    asked.answer("up")
    asked.answer("down")
    assert "✔ B:" in said(asked) and "2 tries" in said(asked) and "could not be kept" in said(asked)


@pytest.mark.parametrize("asked", [WAY, RATE])
def test_the_text_is_the_question_whatever_was_answered(asked: Choice | Number) -> None:
    one = nbkit.ask(asked, name="one")
    before = one._repr_mimebundle_()["text/plain"]
    one.answer("down" if asked is WAY else 2 / 3)
    assert (
        one._repr_mimebundle_()["text/plain"]
        == nbkit.ask(asked, name="one")._repr_mimebundle_()["text/plain"]
        == before
    )
    assert before.startswith(asked.text) and not any(word in before for word in ("gradient", "0.6", "λ"))


def test_what_is_no_question_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no question"):
        nbkit.ask("99.nothing")
    with pytest.raises(TypeError, match="the name of a question"):
        nbkit.ask(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"asked by nbkit\.predict"):
        nbkit.ask(WAVE)


def test_closed_it_says_so_and_its_widgets_are_gone() -> None:
    import ipywidgets

    before = set(ipywidgets.widgets.widget._instances)
    asked, gate = nbkit.ask(WAY, name="way"), nbkit.predict(WAVE, Figure, name="wave")
    gate.skip()
    for one in (asked, gate):
        one.close()
        one.close()
    left = set(ipywidgets.widgets.widget._instances) - before
    assert len(left) <= 3, "the notice, and what it is made of"
    assert "closed" in asked._repr_mimebundle_()["text/plain"]


# --- predictions


def test_the_explorer_comes_after_the_prediction_which_stays() -> None:
    explorer = nbkit.NeuronExplorer()
    gate = nbkit.predict(WAY, explorer, name="before")
    assert explorer not in gate.children
    gate.form.buttons["up"].value = True
    gate.buttons["Predict"].click()
    assert explorer in gate.children and "✘ You predicted A (score 0 %)." in said(gate)
    with pytest.raises(ValueError, match="has been made, and stays"):
        gate.answer("down")
    with pytest.raises(ValueError, match="has been made, and stays"):
        gate.skip()
    entry = record().get("before")
    assert entry is not None and (entry["kind"], entry["answer"], entry["tries"]) == ("prediction", "up", 1)
    assert all(button.disabled for button in gate.form.buttons.values())
    gate.close()
    assert explorer.comm is not None, "the explorer is of who made it"
    explorer.close()


def test_what_is_no_answer_keeps_the_gate_shut() -> None:
    gate = nbkit.predict(RATE, Figure, name="before")
    gate.buttons["Predict"].click()
    assert len(gate.children) == 4 and "Write a number" in said(gate) and record().get("before") is None


def test_skipping_shows_it_too_and_is_kept_as_skipped(kept: Callable[[], None]) -> None:
    gate = nbkit.predict(RATE, Figure, name="before")
    gate.buttons["Skip"].click()
    assert len(gate.children) == 5 and "Skipped" in said(gate)
    assert record().get("before")["skipped"] is True  # type: ignore[index]
    kept()
    assert len(nbkit.predict(RATE, Figure, name="before").children) == 5


def test_a_sketch_is_scored_and_the_truth_drawn_over_it(kept: Callable[[], None]) -> None:
    gate = nbkit.predict(WAVE, Figure, name="wave")
    sketch = gate.form.explorer
    gate.buttons["Predict"].click()
    assert "Draw the whole curve" in said(gate) and not sketch.parameters["revealed"]
    drawn = [height / 1.5 for height in TRUTH]
    sketch.set(curve=drawn)
    gate.buttons["Predict"].click()
    rms = float(np.sqrt(np.mean((np.array(drawn) - TRUTH) ** 2)))
    assert gate.entry["score"] == pytest.approx((0.4 - rms) / 0.3) and f"Off by {rms:.2g}" in said(gate)
    np.testing.assert_allclose(sketch.display_.truth_.get_ydata(), TRUTH)
    sketch.display_.on_press(0.0, 1.4, "ax")
    sketch.reset()
    assert sketch.parameters["curve"] == drawn and sketch.parameters["revealed"], "nothing moves any more"
    kept()
    again = nbkit.predict(WAVE, Figure, name="wave")
    assert again.form.explorer.parameters["curve"] == drawn and len(again.children) == 5


def test_what_comes_may_be_a_display_a_figure_or_made_then() -> None:
    made: list[str] = []

    def make() -> nbkit.NeuronExplorer:
        made.append("made")
        return nbkit.NeuronExplorer()

    gate = nbkit.predict(RATE, make, name="lazy")
    assert not made
    gate.answer(1)
    own = gate.children[-1]
    assert made == ["made"] and isinstance(own, nbkit.NeuronExplorer)
    gate.close()
    assert own.comm is None, "made here, closed here"
    for name, then in {"display": SketchDisplay(), "figure": Figure()}.items():
        gate = nbkit.predict(RATE, then, name=name)
        gate.skip()
        assert bytes(gate.children[-1].value[:4]) == b"\x89PNG"
    with pytest.raises(TypeError, match="what is shown after the prediction"):
        nbkit.predict(RATE, "an explorer")


def test_a_failure_of_what_comes_is_said() -> None:
    def stub() -> None:
        raise NotImplementedError

    gate = nbkit.predict(RATE, stub, name="stub")
    gate.answer(2 / 3)
    assert "can't be shown: NotImplementedError" in said(gate) and "✔ You predicted" in said(gate)


def test_a_page_without_a_kernel_shows_the_question_alone() -> None:
    gate = nbkit.predict(WAY, nbkit.NeuronExplorer(), name="before")
    before = gate._repr_mimebundle_()
    gate.answer("down")
    assert "image/png" not in before and gate._repr_mimebundle_()["text/plain"] == before["text/plain"]
    assert before["text/plain"].startswith(WAY.plain())


# --- the sketch


def test_a_sketch_is_drawn_by_mouse_and_by_keys() -> None:
    sketch = SketchExplorer(WAVE)
    display = sketch.display_
    display.on_press(-3.0, 0.0, "ax")
    display.on_drag(0.0, 1.5, "ax")
    heights = np.array([np.nan if y is None else y for y in sketch.parameters["curve"]])
    np.testing.assert_allclose(heights[:31], np.linspace(0, 1.5, 31))
    assert np.isnan(heights[31:]).all() and "51%" in sketch.caption
    for _ in range(35):
        display.on_key("right")
    assert sketch.parameters["curve"][31:] == [1.5] * 30 and sketch.parameters["pen"] == [3.0, 1.5]
    display.on_key("down")
    display.on_key("shift+down")
    assert sketch.parameters["curve"][-1] == pytest.approx(1.5 - 6 * 3 / 40)
    display.on_key("left")
    assert sketch.parameters["pen"][1] == 1.5, "the pen follows what is there"
    display.on_drag(99.0, -99.0, "ax")
    assert sketch.parameters["curve"][-1] == -1.5, "within the axes"


def test_a_sketch_keeps_the_contract_of_explorers() -> None:
    sketch = SketchExplorer(WAVE)
    sketch.set(curve=TRUTH, revealed=True)
    other = SketchExplorer(**sketch.objects, **sketch.parameters)
    assert other.parameters == sketch.parameters and str(other) == str(sketch)
    for bad in ({"curve": [0.0]}, {"curve": [9.0] * 61}, {"pen": [0.0]}, {"pen": "up"}, {"revealed": 1}):
        with pytest.raises(ValueError, match="must be"):
            sketch.set(**bad)
    program = sketch.code().replace("plt.show()", "")
    space: dict[str, object] = {}
    exec(
        program.replace("import matplotlib.pyplot as plt", "from unittest.mock import MagicMock; plt = MagicMock()"),
        space,
    )
    np.testing.assert_allclose(space["heights"], TRUTH, atol=1e-5)  # type: ignore[arg-type]


# --- answers and progress


def test_answers_are_saved_to_a_file_and_restored(tmp_path: pathlib.Path, kept: Callable[[], None]) -> None:
    nbkit.ask(WAY, name="way").answer("down")
    held = nbkit.answers()
    assert "1 answer in" in held._where.value and "Nothing leaves this machine" in held._where.value
    held.file.value = str(tmp_path / "mine.json")
    held.children[1].children[1].click()
    assert "Saved 1 answer" in held._result.value and json.loads((tmp_path / "mine.json").read_text())["answers"]["way"]
    record().path.unlink()  # type: ignore[union-attr]
    assert nbkit.ask(WAY, name="way").entry is None
    held.children[1].children[2].click()
    assert "Restored 1 answer" in held._result.value and nbkit.ask(WAY, name="way").form.answer == "down"


def test_what_cannot_be_saved_or_restored_is_said_in_words(tmp_path: pathlib.Path) -> None:
    held = nbkit.answers()
    save, restore = held.children[1].children[1:]
    (tmp_path / "bad.json").write_text("{}")
    for file, button, words in [
        (tmp_path / "none.json", restore, "There is no file"),
        (tmp_path / "bad.json", restore, "holds no answers"),
        (tmp_path / "no folder" / "a.json", save, "no such file or directory"),
        (record().path, save, "name another file"),
        ("", save, "Name a file"),
    ]:
        held.file.value = str(file)
        button.click()
        assert words in held._result.value and "[Errno" not in held._result.value, file


def test_progress_tells_what_is_right_wrong_and_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(nbkit.progress()) == "Progress\n  nothing is answered yet"
    monkeypatch.setattr(
        "nbkit.checks.course.CHECKS", {"42_answers/one": None, "42_answers/two": None, "43_more/one": None}
    )
    names = ("42.a", "42.b", "42.c", "42.d", "44.a")
    monkeypatch.setattr("nbkit.checks.course.questions", lambda: dict.fromkeys(names, WAY))
    record().keep("42_answers/one", kind="check", score=1.0, state="right")
    record().keep("42_answers/two", kind="check", score=0.0, state="wrong")
    nbkit.ask(WAY, name="42.a").answer("up")
    nbkit.predict(WAY, Figure, name="42.b").answer("up")
    nbkit.predict(WAY, Figure, name="42.c").skip()
    now = nbkit.progress()
    assert str(now) == "Progress\n  42 answers: 1 of 2 checks right, 2 of 4 questions answered"
    assert [row.title for row in now.rows] == ["42 answers", "43 more", "44"]
    states = ["right", "wrong", "wrong", "predicted", "skipped", "open"]
    assert [item.state for item in now.rows[0].items] == states
    assert now._repr_mimebundle_()["image/png"].startswith("iVBOR")


def test_progress_with_a_broken_file_is_one_line() -> None:
    record().path.write_text("{")  # type: ignore[union-attr]
    bundle = nbkit.progress()._repr_mimebundle_()
    assert set(bundle) == {"text/plain"} and "holds no answers of this kit" in bundle["text/plain"]


def test_a_form_s_classes_are_styled_nowhere_else() -> None:
    """The explorer of a prediction stands inside of its question, and one style of a page holds for all that is on it."""
    folder = pathlib.Path(nbkit.__file__).parent / "widgets"
    styled = {
        path.relative_to(folder).as_posix(): {
            name
            for rule in re.findall(r"(\.nbkit-[^\"'{]*)\{", path.read_text())
            for name in re.findall(r"nbkit-[\w-]+", rule)
        }
        for path in folder.rglob("*.py")
    }
    own = styled.pop("questions/form.py")
    assert "nbkit-judged" in own
    assert not {name: both for name, names in styled.items() if (both := own & names)}
