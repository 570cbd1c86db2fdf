"""The base of the explorers: what it lets in, what it undoes, and what threads may do to it."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nbkit.widgets import lifetime
from tests.browser.tiny import WaveExplorer


@pytest.fixture
def explorer() -> Iterator[WaveExplorer]:
    made = WaveExplorer()
    yield made
    made.close()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is done in the test answers a message of the page."""
    monkeypatch.setattr(lifetime, "_request", lambda: {"header": {"msg_type": "comm_msg"}})


def seen(explorer: WaveExplorer) -> np.ndarray[Any, Any]:
    return explorer.canvas.compose().copy()


def saved(explorer: WaveExplorer, **options: Any) -> np.ndarray[Any, Any]:
    with io.BytesIO() as file:
        explorer.figure.savefig(file, format="png", **options)
        return np.asarray(Image.open(file).convert("RGBA"))


def height(explorer: WaveExplorer) -> float:
    return float(np.max(explorer.display_.curve_.get_ydata()))


# --- what is let in

BAD: list[tuple[str, Any]] = [
    *[("amplitude", value) for value in (float("nan"), float("inf"), 2.6, -2.6, "1", None, True, [1.0])],
    *[("shape", value) for value in ("cosine", None, 1)],
    *[("dark", value) for value in (1, 0, "yes", None)],
    *[("title", value) for value in (1, None, ["a"])],
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_bad_values_are_refused_before_anything_moves(explorer: WaveExplorer, name: str, value: Any) -> None:
    before, picture = explorer.parameters, seen(explorer)
    good = {"amplitude": 2.0, "shape": "square", "dark": True, "title": "b"}
    with pytest.raises(ValueError, match=f"{name} must be"):
        explorer.set(**{**good, name: value})
    assert explorer.parameters == before
    assert (seen(explorer) == picture).all()
    with pytest.raises(ValueError, match=f"{name} must be"):
        WaveExplorer(**{name: value})


def test_unknown_names_are_refused_with_the_known_ones(explorer: WaveExplorer) -> None:
    with pytest.raises(ValueError, match="has no parameter colour, height; it has amplitude, shape, dark, title"):
        explorer.set(amplitude=2.0, height=1, colour="red")
    assert explorer.parameters["amplitude"] == 1.0


def test_numpy_numbers_become_plain_ones(explorer: WaveExplorer) -> None:
    explorer.set(amplitude=np.float32(1.5))
    assert type(explorer.parameters["amplitude"]) is float
    json.dumps(explorer.parameters)
    with pytest.raises(ValueError, match="amplitude must be a number"):
        explorer.set(amplitude=np.bool_(True))


def test_failed_constructor_leaves_no_widget_behind() -> None:
    import ipywidgets

    before = dict(ipywidgets.widgets.widget._instances)
    for bad in ({"amplitude": 9.0}, {"shape": "broken"}, {"function": lambda t: t.missing}):
        with pytest.raises((ValueError, AttributeError)):
            WaveExplorer(**bad)  # type: ignore[arg-type]
    assert dict(ipywidgets.widgets.widget._instances) == before


# --- one update


def test_set_is_one_update(explorer: WaveExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    compute = explorer.compute
    monkeypatch.setattr(explorer, "compute", lambda **p: calls.append(p) or compute(**p))
    explorer.set(amplitude=2.0, shape="square", dark=True)
    assert calls == [{"amplitude": 2.0, "shape": "square", "dark": True, "title": "a"}]
    assert height(explorer) == 2.0


def test_set_that_can_not_be_computed_goes_back_and_raises(explorer: WaveExplorer) -> None:
    before, picture, text = explorer.parameters, seen(explorer), str(explorer)
    with pytest.raises(ValueError, match="this wave is broken"):
        explorer.set(amplitude=2.0, shape="broken")
    assert explorer.parameters == before == explorer.shown
    assert (seen(explorer) == picture).all() and str(explorer) == text
    explorer.set(amplitude=2.0)
    assert height(explorer) == pytest.approx(2.0, abs=1e-3)


def test_set_that_can_not_be_shown_goes_back_too(explorer: WaveExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    update, picture = explorer.display_.update, seen(explorer)

    def half(**arrays: Any) -> None:
        update(**arrays)
        if arrays["amplitude"] == 2.0:
            raise RuntimeError("half-way")

    monkeypatch.setattr(explorer.display_, "update", half)
    with pytest.raises(RuntimeError, match="half-way"):
        explorer.set(amplitude=2.0)
    assert explorer.parameters["amplitude"] == 1.0
    assert (seen(explorer) == picture).all()


def test_label_that_can_not_be_drawn_goes_back_too(explorer: WaveExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    update = explorer.display_.update

    def titled(**arrays: Any) -> None:
        update(**arrays)
        explorer.display_.ax_.set_title(r"$\nonsense{$" if arrays["amplitude"] == 2.0 else "fine")

    explorer.canvas._handle_message(explorer.canvas, {"type": "initialized"}, [])
    monkeypatch.setattr(explorer.display_, "update", titled)
    with pytest.raises(ValueError, match="nonsense"):
        explorer.set(amplitude=2.0)
    assert explorer.parameters["amplitude"] == 1.0
    assert explorer.display_.ax_.get_title() == "fine"
    seen(explorer)


def test_what_compute_does_to_lists_stays_there(explorer: WaveExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    compute = explorer.compute
    monkeypatch.setattr(explorer, "compute", lambda **p: compute(**p) | {"caption": str(p.clear())})
    explorer.set(amplitude=2.0)
    assert explorer.parameters["amplitude"] == explorer.shown["amplitude"] == 2.0


def test_reset_is_the_state_it_was_made_with() -> None:
    explorer = WaveExplorer(amplitude=-2.0, title="mine")
    picture = seen(explorer)
    explorer.set(amplitude=1.0, shape="square", title="other")
    explorer.reset()
    assert explorer.parameters == {"amplitude": -2.0, "shape": "sine", "dark": False, "title": "mine"}
    assert (seen(explorer) == picture).all()
    explorer.close()


# --- failures


@pytest.mark.usefixtures("page")
def test_page_keeps_what_was_entered_and_says_what_is_wrong(explorer: WaveExplorer) -> None:
    picture = seen(explorer)
    explorer.controls["shape"].set_state({"index": 2})
    assert explorer.error == "this wave is broken; choose another shape — the figure still shows shape = 'sine'"
    assert explorer.parameters["shape"] == "broken" and explorer.shown["shape"] == "sine"
    assert (seen(explorer) == picture).all()
    assert "shape='sine'" in str(explorer) and explorer.code() == "print(1.0)"
    explorer.controls["amplitude"].set_state({"value": 2.0})
    assert explorer.error.endswith("the figure still shows amplitude = 1, shape = 'sine'")
    explorer.controls["shape"].set_state({"index": 1})
    assert explorer.error == "" and height(explorer) == 2.0


def test_code_that_moves_a_control_is_told_by_an_exception(explorer: WaveExplorer) -> None:
    with pytest.raises(ValueError, match="this wave is broken"):
        explorer.controls["shape"].value = "broken"
    assert explorer.error
    explorer.set(shape="sine")
    assert not explorer.error


@pytest.mark.usefixtures("page")
def test_program_that_fails_is_said_too(explorer: WaveExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def code() -> str:
        raise RuntimeError("no program for this")

    monkeypatch.setattr(explorer, "code", code)
    explorer._page.code_wanted.set_state({"value": True})
    assert explorer.error == "RuntimeError: no program for this"
    explorer.controls["amplitude"].set_state({"value": 2.0})
    assert explorer.error == "RuntimeError: no program for this"
    assert height(explorer) == pytest.approx(2.0, abs=1e-3)


@pytest.mark.usefixtures("page")
def test_error_line_is_text_and_no_markup(explorer: WaveExplorer) -> None:
    explorer.objects["function"] = lambda t: exec("raise ValueError('<script>bad</script>')")
    explorer.controls["amplitude"].set_state({"value": 2.0})
    assert "<script>" not in explorer._page.message.value and "&lt;script&gt;" in explorer._page.message.value


# --- outputs


def test_made_again_from_its_parameters_it_is_equal(explorer: WaveExplorer) -> None:
    explorer.set(amplitude=0.7, shape="square", dark=True, title="é")
    parameters = json.loads(json.dumps(explorer.parameters))
    other = type(explorer)(**explorer.objects, **parameters)
    assert other.parameters == explorer.parameters and str(other) == str(explorer)
    assert (seen(other) == seen(explorer)).all()
    other.close()


def test_bundle_has_view_picture_and_the_same_text_each_time(explorer: WaveExplorer) -> None:
    explorer.set(amplitude=0.1 + 0.2)
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert bundle["text/plain"] == ("WaveExplorer(amplitude=0.3, shape='sine', dark=False, title='a')\na: 0.30")
    other = WaveExplorer(amplitude=0.3)
    assert other._repr_mimebundle_()["text/plain"] == bundle["text/plain"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    explorer.close()
    assert explorer._repr_mimebundle_() == {"text/plain": "WaveExplorer, closed: run the cell again"}
    other.close()


def test_saved_picture_is_the_seen_one(explorer: WaveExplorer) -> None:
    explorer.set(amplitude=2.0, shape="square")
    assert (np.abs(saved(explorer, dpi=100).astype(int) - seen(explorer)) <= 24).mean() > 0.998


# --- threads


def test_moves_from_several_threads_leave_the_last_state_shown(explorer: WaveExplorer, monkeypatch: Any) -> None:
    monkeypatch.setattr(lifetime, "_request", lambda: {"header": {"msg_type": "comm_msg"}})
    explorer.canvas._handle_message(explorer.canvas, {"type": "initialized"}, [])
    inside, most = [], []
    compute = explorer.compute

    def counted(**parameters: Any) -> dict[str, Any]:
        inside.append(1)
        most.append(len(inside))
        try:
            return compute(**parameters)
        finally:
            inside.pop()

    monkeypatch.setattr(explorer, "compute", counted)
    rng = np.random.default_rng(0)
    walks = rng.uniform(-2.5, 2.5, (3, 40))
    together = threading.Barrier(5)

    def slide(walk: Any) -> None:
        together.wait()
        for value in walk:
            explorer.controls["amplitude"].set_state({"value": float(value)})

    def choose() -> None:
        together.wait()
        for number in range(40):
            explorer.controls["shape"].set_state({"index": number % 3})

    def draw() -> None:
        together.wait()
        for number in range(20):
            explorer.canvas._handle_message(explorer.canvas, {"type": "draw"}, [])
            saved(explorer, dpi=50 + number)

    threads = [threading.Thread(target=slide, args=(walk,)) for walk in walks]
    threads += [threading.Thread(target=choose), threading.Thread(target=draw)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    explorer.set(shape="square")
    assert max(most) == 1, "the figure's lock keeps them apart"
    assert not explorer.error
    assert explorer.shown == explorer.parameters
    assert height(explorer) == pytest.approx(abs(explorer.parameters["amplitude"]))
    other = WaveExplorer(**explorer.parameters)
    assert (seen(explorer) == seen(other)).all()
    other.close()


def test_page_skips_to_the_newest_and_code_never_does(explorer: WaveExplorer, monkeypatch: Any) -> None:
    computed: list[float] = []
    compute = explorer.compute
    monkeypatch.setattr(explorer, "compute", lambda **p: computed.append(p["amplitude"]) or compute(**p))
    monkeypatch.setattr(lifetime, "answers_page", lambda: threading.current_thread() is not threading.main_thread())
    values = [0.5, 0.6, 0.7, 0.8]
    threads = [
        threading.Thread(target=explorer.controls["amplitude"].set_state, args=({"value": value},)) for value in values
    ]
    with explorer.lock:  # the figure is busy, and the page goes on
        for number, thread in enumerate(threads):
            thread.start()
            while explorer._moves < number + 1:
                pass
    for thread in threads:
        thread.join()
    assert computed == [0.8]
    for value in values:
        explorer.set(amplitude=value)
    assert computed == [0.8, *values]


def test_page_moves_while_code_sets_is_not_lost(explorer: WaveExplorer, monkeypatch: Any) -> None:
    compute = explorer.compute
    threads: list[threading.Thread] = []

    def meanwhile(**parameters: Any) -> dict[str, Any]:
        if not threads:
            move = explorer.controls["title"].set_state
            threads.append(threading.Thread(target=move, args=({"value": "moved"},)))
            threads[0].start()
            while explorer.controls["title"].value != "moved":
                pass
        return compute(**parameters)

    monkeypatch.setattr(explorer, "compute", meanwhile)
    explorer.set(amplitude=2.0)
    threads[0].join()
    assert explorer.shown == explorer.parameters
    assert explorer.caption == "moved: 2.00"
