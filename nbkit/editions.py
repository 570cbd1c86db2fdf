"""The student's edition of an exercise: the teacher's source less its answers, cut as nbgrader cuts them."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

__all__ = ["flaws", "grade_id", "is_check", "leaks", "student_edition"]

SOLUTION, HIDDEN = "SOLUTION", "HIDDEN TESTS"
STUBS = {"code": ["# YOUR CODE HERE", "raise NotImplementedError()"], "markdown": ["YOUR ANSWER HERE"]}
NEEDS, RAISES = "needs-answer", "raises-exception"
#: A line of a solution gives something away from this length on, blanks not counted, and from the other where it computes; unless
#: it only imports or opens a block or a bracket, or is mere names, among arguments or given back.
TELLING, COMPUTING = 10, 6
HARMLESS = re.compile(
    r"(import|from|def|class|for|while|with|else|try|finally)\b|#|[\w. =]*[(\[{]$|return [a-z_]\w*(, \w+)+$"
    r"|([a-z_]\w* ?= ?)?[a-z_][\w.]*(\(\))?,?$",
    re.I,
)


def grade_id(cell: NotebookNode) -> str:
    """The name under which nbgrader knows a cell; empty for a cell that it does not know."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_check(cell: NotebookNode) -> bool:
    """Whether a cell is marked: it holds a check."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and cell.cell_type == "code"


def student_edition(source: NotebookNode) -> NotebookNode:
    """The notebook with stubs in place of its solutions, without hidden tests and outputs, as a copy that has not been run.

    A region from BEGIN SOLUTION to END SOLUTION becomes nbgrader's stub with the region's indentation, a solution cell without one
    becomes the stub as a whole. Cells that can't but raise until there is an answer are tagged `raises-exception`: those whose stub
    stands outside of a function, and those tagged `needs-answer`. Raises ValueError with a line for each of the source's `flaws`.
    """
    found = flaws(source)
    if found:
        raise ValueError("\n".join(found))
    return _cut(source)


def _cut(source: NotebookNode) -> NotebookNode:
    notebook: NotebookNode = nbformat.from_dict(source)
    notebook.metadata.pop("celltoolbar", None)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        stub = STUBS.get(cell.cell_type, [])
        shown, solution = _parts(cell.source, SOLUTION, stub)
        if marks.get("solution") and not solution:
            shown = stub
        cell.source = "\n".join(_parts("\n".join(shown), HIDDEN, [])[0])
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            tags = list(cell.metadata.get("tags", []))
            if RAISES not in tags and (
                NEEDS in tags or (marks.get("solution") and stub[-1] in cell.source.split("\n"))
            ):
                cell.metadata["tags"] = [*tags, RAISES]
        # What nbgrader locks: a check can't be changed or lost by a slip of the hand.
        if marks.get("solution") or marks.get("grade"):
            cell.metadata["deletable"] = False
        if marks.get("grade") and not marks.get("solution"):
            cell.metadata["editable"] = False
    return notebook


def _parts(text: str, name: str, stub: list[str]) -> tuple[list[str], list[str]]:
    """The lines of a text with the stub in place of each region of this name, and the lines inside, markers included."""
    shown: list[str] = []
    inside: list[str] = []
    within = False
    for line in text.split("\n"):
        if f"BEGIN {name}" in line:
            within = True
            indent = line[: len(line) - len(line.lstrip())]
            shown += [indent + row for row in stub]
        elif f"END {name}" not in line and not within:
            shown.append(line)
            continue
        inside.append(line)
        within = within and f"END {name}" not in line
    return shown, inside


# --- what is wrong with a source


def flaws(source: NotebookNode) -> list[str]:
    """What keeps a source from becoming an exercise, a line each: markers, nbgrader's metadata, checks that a stub would break."""
    said: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(source.cells, 1):
        where = f"cell {number}" + (f" ({grade_id(cell)})" if grade_id(cell) else "")
        said += [f"{where}: {flaw}" for flaw in [*_marker_flaws(cell), *_metadata_flaws(cell)]]
        name = grade_id(cell)
        if name in seen:
            said.append(f"{where}: its grade_id is that of cell {seen[name]}; give each its own")
        if name:
            seen[name] = number
    if not seen:
        said.append("it has no cell with nbgrader's metadata: is it an exercise?")
    return said or [*_unbound(_cut(source)), *leaks(source, _cut(source))]


def _marker_flaws(cell: NotebookNode) -> Iterator[str]:
    marks = cell.metadata.get("nbgrader", {})
    for name, needed in ((SOLUTION, "solution"), (HIDDEN, "grade")):
        begun = 0
        for number, line in enumerate(cell.source.split("\n"), 1):
            if f"BEGIN {name}" in line:
                if begun:
                    yield f"### BEGIN {name} in line {begun} is begun again before ### END {name}"
                begun = number
            elif f"END {name}" in line:
                if not begun:
                    yield f"### END {name} without a ### BEGIN {name} before it"
                begun = 0
        if begun:
            yield f"### BEGIN {name} in line {begun} has no ### END {name} after it"
        if f"BEGIN {name}" in cell.source and not marks.get(needed):
            yield f'a region {name} needs nbgrader\'s metadata with "{needed}": true, or nbgrader refuses the notebook'


def _metadata_flaws(cell: NotebookNode) -> Iterator[str]:
    if "nbgrader" not in cell.metadata:
        return
    marks = cell.metadata["nbgrader"]
    missing = [key for key in ("grade", "solution", "locked", "schema_version") if key not in marks]
    if missing:
        yield f"nbgrader's metadata lack {', '.join(missing)}"
    elif marks["schema_version"] != 3:
        yield f"schema_version is {marks['schema_version']!r}, and nbgrader's is 3"
    if not re.fullmatch(r"[\w-]+", grade_id(cell), re.ASCII):
        yield f"grade_id {grade_id(cell)!r} has to be letters, digits, - and _"
    if marks.get("grade"):
        points = marks.get("points")
        if isinstance(points, bool) or not isinstance(points, int | float) or points < 0:
            yield f'a marked cell needs "points", a number of at least 0, got {points!r}'
    if is_check(cell) and not marks.get("solution"):
        if not any(".require()" in line for line in _parts(cell.source, HIDDEN, [])[1]):
            yield "a check shows its verdict and fails never: its hidden tests have to end in `.require()`, or all get the points"
        if {NEEDS, RAISES} & set(cell.metadata.get("tags", [])):
            yield "a check answers always: it must not be tagged as one that may raise"


def _unbound(edition: NotebookNode) -> Iterator[str]:
    """Checks that read a name which nothing binds while there is no answer: they would end in NameError, without a verdict."""
    bound = set(dir(builtins)) | {"display", "get_ipython"}
    for number, cell in enumerate(edition.cells, 1):
        if cell.cell_type != "code":
            continue
        tree = _tree(cell.source)
        if is_check(cell):
            lacking = sorted(_read(tree) - bound)
            if lacking:
                yield (
                    f"cell {number} ({grade_id(cell)}): the check reads {', '.join(lacking)}, which nothing binds while there is "
                    f"no answer; begin the cell of the answer with `{lacking[0]} = ...`"
                )
        for statement in tree.body:
            if NEEDS in cell.metadata.get("tags", []) or isinstance(statement, ast.Raise):
                break  # what follows is not reached
            bound |= _bound(statement)


def _tree(text: str) -> ast.Module:
    """The statements of a cell, IPython's own lines left out; none where it can't be read."""
    try:
        return ast.parse("\n".join("pass" if line.startswith(("%", "!", "?")) else line for line in text.split("\n")))
    except SyntaxError:
        return ast.Module([], [])


def _read(tree: ast.AST) -> set[str]:
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - own - arguments - _bound(tree)


def _bound(tree: ast.AST) -> set[str]:
    """The names that a statement binds, without those inside of functions and classes."""
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {tree.name}
    if isinstance(tree, ast.alias):
        return {tree.asname or tree.name.split(".")[0]}
    if isinstance(tree, ast.Name):
        return set() if isinstance(tree.ctx, ast.Load) else {tree.id}
    if isinstance(tree, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return set()
    return {name for node in ast.iter_child_nodes(tree) for name in _bound(node)}


# --- what a student must not find


def leaks(source: NotebookNode, edition: NotebookNode) -> list[str]:
    """The lines of a source's solutions and hidden tests that stand somewhere in an edition, in sources or outputs."""
    said = []
    places = [(f"cell {number}", _bare(_text(cell))) for number, cell in enumerate(edition.cells, 1)]
    for cell in source.cells:
        secret = _parts(cell.source, SOLUTION, [])[1]
        if not secret and cell.metadata.get("nbgrader", {}).get("solution"):
            secret = cell.source.split("\n")
        hidden = [line for line in _parts(cell.source, HIDDEN, [])[1] if ".require()" in line]
        for line in [*secret, *hidden]:
            bare = _bare(re.sub(r"^\s*return\b|  #.*", "", line))
            if len(bare) < (COMPUTING if re.search(r"\w[-+*/@]+\w", bare) else TELLING) or HARMLESS.match(line.strip()):
                continue
            where = [place for place, text in places if bare in text]
            if where:
                said.append(f"{', '.join(where)}: holds a line of the solution of {grade_id(cell)}: {line.strip()}")
    return said


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _text(cell: NotebookNode) -> str:
    parts = [cell.source]
    for output in cell.get("outputs", []):
        parts += [str(output.get("text", "")), *map(str, output.get("traceback", []))]
        parts += [str(data) for kind, data in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(parts)
