"""How long an explorer lives: what is left of it after its cell was run again, and after it was closed."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import comm
import ipywidgets
import pytest

from nbkit.widgets import lifetime
from tests.browser.tiny import WaveExplorer

Run = Callable[[str | None], None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run(cell)`: what follows is done by a new run of this cell."""
    requests = iter(range(10**6))
    now: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(lifetime, "_request", lambda: now)
    monkeypatch.setattr(lifetime, "_cells", {})

    def run(cell: str | None) -> None:
        now["header"] = {"msg_type": "execute_request", "msg_id": str(next(requests))}
        now["metadata"] = {"cellId": cell} if cell else {}

    yield run
    for _, explorers in lifetime._cells.values():
        for explorer in list(explorers):
            explorer.close()


def alive() -> tuple[int, int, int]:
    gc.collect()
    return len(comm.get_comm_manager().comms), len(ipywidgets.widgets.widget._instances), threading.active_count()


def test_cell_run_100_times_leaves_one_figure(run: Run) -> None:
    figures: list[weakref.ref[object]] = []
    run("one")
    WaveExplorer().close()  # makes what is made once
    before = alive()
    run("one")
    first = WaveExplorer()
    one = alive()
    figures.append(weakref.ref(first.figure))
    del first
    for _ in range(99):
        run("one")
        figures.append(weakref.ref(WaveExplorer().figure))
    assert alive() == one
    assert sum(figure() is not None for figure in figures) == 1
    assert one[2] == before[2], "no thread"


def test_failed_run_closes_nothing_and_the_next_one_does(run: Run) -> None:
    run("one")
    old = WaveExplorer()
    run("one")
    with pytest.raises(ValueError, match="amplitude"):
        WaveExplorer(amplitude=100)
    assert not old._closed
    WaveExplorer()
    assert old._closed


def test_two_explorers_of_one_run_stay(run: Run) -> None:
    run("one")
    old = [WaveExplorer(), WaveExplorer()]
    run("one")
    new = [WaveExplorer(), WaveExplorer()]
    assert [explorer._closed for explorer in (*old, *new)] == [True, True, False, False]


def test_other_cells_are_left_alone(run: Run) -> None:
    run("one")
    one = WaveExplorer()
    run("two")
    WaveExplorer()
    assert not one._closed


def test_without_a_cell_nothing_closes_by_itself(run: Run) -> None:
    made = []
    for _ in range(3):
        run(None)
        made.append(WaveExplorer())
    assert not any(explorer._closed for explorer in made)
    for explorer in made:
        explorer.close()


def test_closing_releases_all(run: Run) -> None:
    WaveExplorer().close()
    before = alive()
    run("one")
    explorer = WaveExplorer(function=lambda t: t)
    explorer.set(amplitude=0.5)
    explorer._repr_mimebundle_()
    made = [explorer, explorer.figure, explorer.display_, explorer.canvas, *explorer.controls.values()]
    left = [weakref.ref(item) for item in made]
    del made
    explorer.close()
    explorer.close()
    del explorer
    assert alive() == before
    assert [item() for item in left] == [None] * len(left)


def test_closed_figure_can_still_be_saved_and_moved(run: Run, tmp_path: object) -> None:
    explorer = WaveExplorer()
    explorer.close()
    explorer.figure.savefig(f"{tmp_path}/closed.png")
    explorer.set(amplitude=2.0)
    assert explorer.shown["amplitude"] == 2.0


def test_place_of_a_closed_explorer_says_what_to_do(run: Run) -> None:
    explorer = WaveExplorer()
    explorer.close()
    (notice,) = explorer.children
    assert "run the cell again" in notice.value


@pytest.mark.parametrize(("kind", "page"), [("comm_msg", True), ("execute_request", False), (None, False)])
def test_page_is_told_from_code_by_the_message(monkeypatch: pytest.MonkeyPatch, kind: str | None, page: bool) -> None:
    monkeypatch.setattr(lifetime, "_request", lambda: {"header": {"msg_type": kind}} if kind else {})
    assert lifetime.answers_page() is page
