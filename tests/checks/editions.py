"""Exercises as a student would have filled them in: a source's cells with some answers replaced, run in this process."""

from __future__ import annotations

import ast
import contextlib
import io
import pathlib
import re
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import nbformat
from IPython.display import display
from nbformat import NotebookNode

from nbkit.checks import Verdict
from nbkit.editions import grade_id, is_check
from nbkit.widgets.base import Explorer

__all__ = ["run_edition", "run_notebook", "without_figures"]


def run_edition(
    path: str | pathlib.Path, answers: Mapping[str, str] | None = None, *, until: str = ""
) -> dict[str, Verdict]:
    """The verdicts of a source's checks by their grade_id, with the answers of these cells (by grade_id) replaced by other source.

    Runs the cells in order in a plain namespace, without a kernel, up to and with the check `until` where one is named. Cells of
    answers and those tagged `needs-answer` may raise, as in a notebook, where something was replaced; all others may not. Raises
    AssertionError where a hidden test of a check thinks otherwise than its verdict, and KeyError for a name that no cell has.
    """
    return run_notebook(nbformat.read(path, as_version=4), pathlib.Path(path).parent, answers, until=until)


def run_notebook(
    notebook: NotebookNode, folder: pathlib.Path, answers: Mapping[str, str] | None = None, *, until: str = ""
) -> dict[str, Verdict]:
    """As `run_edition`, of a notebook that is at hand, in a folder."""
    answers = dict(answers or {})
    unknown = {*answers, *([until] if until else [])} - {grade_id(cell) for cell in notebook.cells}
    if unknown:
        raise KeyError(f"no cell is called {', '.join(sorted(unknown))}")
    space: dict[str, Any] = {"__name__": "__main__", "display": display}
    made: list[Any] = []
    verdicts: dict[str, Verdict] = {}
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    continue
                name, tags = grade_id(cell), cell.metadata.get("tags", [])
                may_raise = "raises-exception" in tags or (answers and (name in answers or "needs-answer" in tags))
                try:
                    value = _run(answers.get(name, cell.source), space, hide=is_check(cell))
                except Exception as error:
                    if may_raise:
                        continue
                    error.add_note(f"in the cell {name or cell.id} of the notebook")
                    raise
                made.append(value)
                if is_check(cell):
                    assert isinstance(value, Verdict), f"{name} does not end in a check"
                    verdicts[name] = value
                    _hidden(cell, space, value)
                if until and name == until:
                    break
    finally:
        for thing in {id(thing): thing for thing in [*made, *space.values()]}.values():
            if isinstance(thing, Explorer):
                thing.close()
        plt.close("all")  # pyplot keeps each
    return verdicts


def without_figures(path: str | pathlib.Path) -> NotebookNode:
    """A source without its explorers and questions, which take time and have no part in the verdicts."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not re.search(r"\bnbkit\.\w+\(", cell.source)]
    return notebook


def _run(source: str, space: dict[str, Any], *, hide: bool) -> Any:
    """Run a cell, and return what it shows: the value of its last line, or None."""
    tree = ast.parse(source)
    if hide:
        tree.body = [statement for statement in tree.body if not _requires(statement)]
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), space)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), space) if isinstance(last, ast.Expr) else None


def _requires(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "require"


def _hidden(cell: NotebookNode, space: dict[str, Any], shown: Verdict) -> None:
    """The hidden tests of a check have to fail exactly where what it shows is not right."""
    for statement in filter(_requires, ast.parse(cell.source).body):
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        assert isinstance(statement.value.func, ast.Attribute)
        verdict = eval(compile(ast.Expression(statement.value.func.value), "<hidden>", "eval"), space)
        assert verdict.passed == shown.passed, f"{grade_id(cell)} shows {shown}\nand its hidden test {verdict}"
