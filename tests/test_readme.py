"""What the README says: its commands are those that CI runs, and each of its examples works."""

from __future__ import annotations

import pathlib
import re

import pytest

import nbkit

ROOT = pathlib.Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"!\[(\w+)\]\((.*?)\)\n\n```python\n(.*?)```", TEXT, flags=re.S)


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first = TEXT.splitlines()[:25]
    commands = [line.strip() for line in first if line.strip().startswith("python3 -m venv")]
    assert [command.split(" && ")[-1] for command in commands] == [".venv/bin/nbkit lab", ".venv/bin/pytest"]
    run = (ROOT / ".ci/run").read_text()
    pattern = re.search(r"grep -m1 '(.*?)' README.md", run)
    assert pattern and re.search(pattern[1], commands[1]), "CI takes the command from the README"


def test_every_explorer_has_a_picture_and_an_example() -> None:
    explorers = {name for name in dir(nbkit) if name.endswith("Explorer") and name != "Explorer"}
    assert {name for name, _, _ in EXAMPLES} == explorers
    for _, picture, _ in EXAMPLES:
        assert (ROOT / picture).stat().st_size < 100_000


@pytest.mark.parametrize(
    "name, code", [(name, code) for name, _, code in EXAMPLES], ids=[name for name, _, _ in EXAMPLES]
)
def test_examples_work(name: str, code: str) -> None:
    assert len(code.splitlines()) <= 14
    space: dict[str, object] = {}
    exec(compile(code, f"README, {name}", "exec"), space)
    made = [thing for thing in space.values() if isinstance(thing, nbkit.Explorer)]
    assert type(made[0]).__name__ == name
    for explorer in made:
        explorer.close()


def test_the_example_of_questions_works() -> None:
    code = re.search(r"## Questions.*?```python\n(.*?)```", TEXT, flags=re.S)
    assert code
    space: dict[str, object] = {}
    exec(compile(code[1], "README, questions", "exec"), space)
