"""The exercises as they are in the repository: both editions fit, the derived ones up to date, and the list of them true."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import nbformat
import pytest

from nbkit.__main__ import main
from nbkit.checks import CHECKS
from nbkit.editions import is_check, student_edition
from nbkit.notebooks import faults

from .checks.editions import run_notebook

FOLDER = pathlib.Path(__file__).parents[1] / "exercises"
SOURCES = sorted((FOLDER / "solutions").glob("*.ipynb"))
README = FOLDER / "README.md"
TEACHING = FOLDER.parent / "docs" / "teaching.md"


def solution(cell: nbformat.NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def test_what_is_derived_is_up_to_date_and_gives_no_solution_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--check", str(FOLDER)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_both_editions_are_fit_to_be_read_without_a_kernel(path: pathlib.Path) -> None:
    for edition in (path, FOLDER / path.name):
        assert faults(nbformat.read(edition, 4)) == [], edition


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_each_check_waits_for_an_answer_whatever_its_stub_has_left_undone(path: pathlib.Path) -> None:
    edition = student_edition(nbformat.read(path, 4))
    assert {verdict.state for verdict in run_notebook(edition, FOLDER).values()} == {"not done yet"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_each_answer_is_followed_by_its_check_and_each_exercise_has_questions(path: pathlib.Path) -> None:
    cells = nbformat.read(path, 4).cells
    order = "".join("a" if solution(cell) else "c" for cell in cells if solution(cell) or is_check(cell))
    assert re.fullmatch("(ac+){3,}", order), f"answers and checks come as {order}"
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert "nbkit.predict(" in code and "nbkit.ask(" in code
    assert cells[-1].source.strip().endswith("nbkit.progress()")


def test_the_list_names_each_exercise_with_the_minutes_that_it_says() -> None:
    listed = dict(
        re.findall(r"^\| \d \| \[[^\]]+\]\((\w+\.ipynb)\) \|.*\| (\d+) \|$", README.read_text(), re.MULTILINE)
    )
    assert list(listed) == [path.name for path in SOURCES]
    for name, minutes in listed.items():
        title = nbformat.read(FOLDER / name, 4).cells[0].source
        assert re.search(rf"\b{minutes} minutes\b", title), f"{name} does not say {minutes} minutes"


@pytest.mark.parametrize("path", [README, *SOURCES], ids=lambda path: path.stem)
def test_every_link_leads_somewhere_from_the_students_place(path: pathlib.Path) -> None:
    text = path.read_text() if path == README else "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    links = re.findall(r"\]\(([^)#:\s]+\.(?:ipynb|md))", text)
    assert [link for link in links if not (FOLDER / link).exists()] == []


EXAMPLES = re.findall(r"```python\n(.*?)```", TEACHING.read_text(), flags=re.DOTALL)


def test_the_teachers_example_of_a_check_tells_right_from_wrong() -> None:
    (example,) = (code for code in EXAMPLES if "@check(" in code)
    space: dict[str, Any] = {}
    try:
        exec(compile(example, TEACHING.name, "exec"), space)
        judged = space["check_square"]
        assert judged(lambda x: x * x).passed
        assert "twice as much" in judged(lambda x: 2 * x).said
        assert judged(lambda x: x**3).state == "wrong" and judged(lambda x: x[0]).state == "not usable"
    finally:
        CHECKS.pop("08_mine/the square", None)


def test_the_teachers_example_of_a_test_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = (code for code in EXAMPLES if "run_edition" in code)
    monkeypatch.chdir(FOLDER.parent)
    exec(compile(example, TEACHING.name, "exec"), {})
