"""A folder of exercises: the students' editions, and in `solutions` the sources that they are derived from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nbkit.editions import flaws, grade_id, is_check, leaks, student_edition
from nbkit.notebooks import executed, notebook_files

__all__ = ["behind", "derive", "sources"]

SOLUTIONS = "solutions"
NOT_DONE, RIGHT = ": not done yet.", ": right."


def sources(paths: Iterable[str | Path]) -> list[Path]:
    """The sources at these paths: notebooks in a folder `solutions`, or folders that hold one; FileNotFoundError for others."""
    found: list[Path] = []
    for path in map(Path, paths):
        inside = path / SOLUTIONS if (path / SOLUTIONS).is_dir() else path
        if (inside if inside.is_dir() else inside.parent).resolve().name != SOLUTIONS:
            raise FileNotFoundError(
                f"{path} is no folder with exercises: give one that holds a folder {SOLUTIONS!r}, or a notebook of that"
            )
        found += notebook_files([inside])
    return found


def derived(source: Path) -> Path:
    """Where the student's edition of a source is."""
    return source.resolve().parents[1] / source.name


def derive(source: Path) -> Path:
    """Write the student's edition of a source, with the outputs of a run, and return where it is.

    Raises ValueError, and writes nothing, for a source with flaws and where a check says other than 'not done yet'; and nbclient's
    CellExecutionError for a cell that raises and is not tagged for it.
    """
    target = derived(source)
    edition = executed(student_edition(nbformat.read(source, 4)), target.parent)
    wrong = _answers(edition, NOT_DONE)
    if wrong:
        raise ValueError("\n".join(wrong))
    nbformat.write(edition, target)
    return target


def behind(folder: str | Path) -> list[str]:
    """What is out of date, wrong or gives a solution away in a folder of exercises, a line each, found without running anything."""
    folder = Path(folder)
    said = []
    known = sources([folder])
    for source in known:
        target = derived(source)
        notebook = nbformat.read(source, 4)
        found = [f"{source}: {flaw}" for flaw in flaws(notebook)]
        found += [f"{source}: {flaw}" for flaw in _answers(notebook, RIGHT)]
        if found:
            said += found
        elif not target.is_file():
            said.append(f"{folder / source.name}: is missing; `nbkit derive {folder}` makes it")
        else:
            said += [f"{folder / source.name}: {what}" for what in _differences(notebook, nbformat.read(target, 4))]
    names = {source.name for source in known}
    for extra in sorted(folder.glob("*.ipynb")):
        if extra.name not in names:
            said.append(f"{extra}: has no source in {folder / SOLUTIONS}")
    return said


def _differences(source: NotebookNode, edition: NotebookNode) -> list[str]:
    want = student_edition(source)
    said = leaks(source, edition)
    if len(want.cells) != len(edition.cells):
        said.append(f"is out of date: it has {len(edition.cells)} cells, derived are {len(want.cells)}")
    else:
        keys = ("id", "cell_type", "source", "metadata")
        for number, (one, other) in enumerate(zip(want.cells, edition.cells, strict=True), 1):
            if any(one.get(key) != other.get(key) for key in keys):
                said.append(f"is out of date from cell {number} on, `nbkit derive` makes it anew")
                break
    if _metadata(want) != _metadata(edition):
        said.append("is out of date: the notebook's metadata differ")
    return said or _answers(edition, NOT_DONE)


def _metadata(notebook: NotebookNode) -> dict[str, object]:
    return {key: value for key, value in notebook.metadata.items() if key != "language_info"}


def _answers(notebook: NotebookNode, wanted: str) -> list[str]:
    """The checks of a notebook that was run whose verdict is another one."""
    said = []
    for cell in filter(is_check, notebook.cells):
        texts = [str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs]
        if not any(wanted in text for text in texts):
            got = texts[-1].split("\n")[0] if texts else "nothing"
            said.append(f"{grade_id(cell)} has to say {wanted.strip(':. ')!r}, and says: {got}")
    return said
