"""Answers outlive the kernel, and two notebooks do not lose each other's."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest
from filelock import FileLock

import nbkit.record
from nbkit.record import Record, record


def test_an_answer_is_kept_with_its_best_score_and_its_tries(tmp_path: pathlib.Path) -> None:
    kept = Record(tmp_path / "answers.json")
    assert kept.get("a") is None and not kept.path.exists()
    kept.keep("a", kind="question", score=1.0, answer="down")
    kept.keep("a", kind="question", score=0.0, answer="up")
    entry = Record(tmp_path / "answers.json").get("a")
    assert entry is not None and entry["when"][:2] == "20"
    assert [entry[key] for key in ("kind", "score", "best", "tries", "answer")] == ["question", 0.0, 1.0, 2, "up"]


def test_what_is_given_out_is_a_copy() -> None:
    kept = Record()
    kept.keep("a", kind="question", score=1.0, answer=[1, 2])
    kept.entries["a"]["answer"].append(3)
    assert kept.entries["a"]["answer"] == [1, 2]


def test_two_notebooks_do_not_lose_each_others_answers(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "answers.json"
    code = (
        "import sys; from nbkit.record import Record; kept = Record(sys.argv[1])\n"
        "for number in range(60): kept.keep(sys.argv[2] + str(number), kind='question', score=1.0)\n"
        "for number in range(60): kept.keep('both', kind='question', score=1.0)"
    )
    together = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("one", "two")]
    assert [process.wait() for process in together] == [0, 0]
    entries = Record(path).entries
    assert set(entries) == {f"{name}{number}" for name in ("one", "two") for number in range(60)} | {"both"}
    assert entries["both"]["tries"] == 120


def test_an_open_notebook_sees_what_another_keeps(tmp_path: pathlib.Path) -> None:
    one, two = Record(tmp_path / "answers.json"), Record(tmp_path / "answers.json")
    one.keep("a", kind="check", score=1.0)
    assert two.get("a") is not None
    one.path.unlink()  # moved away to begin anew
    assert two.entries == {}


def test_the_file_stays_where_it_was_when_the_notebook_goes_elsewhere(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = Record("answers.json")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    kept.keep("a", kind="check", score=1.0)
    assert (tmp_path / "answers.json").exists() and not list((tmp_path / "other").iterdir())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "3",
        '{"version": 1}',
        '{"version": 2, "answers": {}}',
        '{"version": 1, "answers": {"a": 1}}',
        '{"version": 1, "answers": {"a": {"kind": "check", "score": "much", "best": 1, "tries": 1}}}',
    ],
)
def test_a_file_that_is_none_is_said_in_one_line_and_left_alone(tmp_path: pathlib.Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content)
    kept = Record(path)
    for use in (lambda: kept.entries, lambda: kept.keep("a", kind="check", score=1.0), lambda: Record().load(path)):
        with pytest.raises(ValueError, match="holds no answers of this kit") as caught:
            use()
        assert "\n" not in str(caught.value)
    assert path.read_text() == content


def test_a_file_that_another_holds_is_waited_for_and_then_said(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nbkit.record, "PATIENCE", 0.1)
    with (
        FileLock(tmp_path / ".answers.json.lock"),
        pytest.raises(OSError, match="in use by another notebook"),
    ):
        Record(tmp_path / "answers.json").keep("a", kind="check", score=1.0)


def test_a_failed_write_loses_nothing_and_leaves_nothing_behind(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Record(tmp_path / "answers.json")
    kept.keep("a", kind="check", score=1.0)

    def full(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        kept.keep("b", kind="check", score=1.0)
    assert set(kept.entries) == {"a"} and not list(tmp_path.glob("*.part"))


def test_saved_here_and_restored_there(tmp_path: pathlib.Path) -> None:
    here, there = Record(), Record(tmp_path / "there.json")
    here.keep("a", kind="check", score=1.0)
    here.save(tmp_path / "mine.json")
    assert there.load(tmp_path / "mine.json") == 1
    assert there.entries == here.entries
    assert there.load(tmp_path / "mine.json") == 0


def test_restoring_an_old_file_loses_nothing_newer(tmp_path: pathlib.Path) -> None:
    def entry(day: int, best: float, answer: str) -> dict[str, object]:
        return {
            "kind": "question",
            "score": best,
            "best": best,
            "tries": 1,
            "when": f"2026-01-0{day}",
            "answer": answer,
        }

    one = {"a": entry(2, 0.0, "new"), "b": entry(1, 1.0, "old"), "c": entry(1, 1.0, "only here")}
    two = {"a": entry(1, 1.0, "old"), "b": entry(2, 0.0, "new"), "d": entry(1, 1.0, "only there")}
    for name, entries in {"one": one, "two": two}.items():
        (tmp_path / name).write_text(json.dumps({"version": 1, "answers": entries}))
    kept = Record(tmp_path / "one")
    assert kept.load(tmp_path / "two") == 2
    found = {name: (entry["answer"], entry["best"]) for name, entry in kept.entries.items()}
    assert found == {"a": ("new", 1.0), "b": ("new", 1.0), "c": ("only here", 1.0), "d": ("only there", 1.0)}


def test_tests_keep_nothing_on_disk() -> None:
    assert record().path is None
