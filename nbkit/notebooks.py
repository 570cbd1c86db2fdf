"""Run notebooks and keep of their outputs what can be read without a kernel."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

__all__ = ["cleaned", "executed", "faults", "notebook_files", "run"]

VIEW = "application/vnd.jupyter.widget-view+json"
TIMINGS = "execution"  # JupyterLab's record of when a cell ran


def notebook_files(paths: Iterable[str | Path]) -> list[Path]:
    """The notebooks at these paths, those inside of folders included; FileNotFoundError for a path that holds none."""
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path] if path.suffix == ".ipynb" else []
        inside = [file for file in inside if file.is_file() and ".ipynb_checkpoints" not in file.parts]
        if not inside:
            raise FileNotFoundError(
                f"{path} is no notebook and no folder with notebooks: give files that end in .ipynb"
            )
        found += inside
    return found


def run(path: str | Path, timeout: float = 300) -> None:
    """Run all cells of a notebook in its folder, from the top in a new kernel, and write it with cleaned outputs.

    `timeout` is in seconds for one cell. Raises nbclient's CellExecutionError, and writes nothing, when a cell fails that is not
    tagged `raises-exception`. The answers of exercises start empty.
    """
    path = Path(path)
    nbformat.write(executed(nbformat.read(path, as_version=4), path.parent, timeout), path)


def executed(notebook: NotebookNode, folder: str | Path, timeout: float = 300) -> NotebookNode:
    """A copy of the notebook with the cleaned outputs of a run in this folder, see `run`."""
    notebook = nbformat.from_dict(notebook)
    client = NotebookClient(notebook, timeout=timeout, resources={"metadata": {"path": str(Path(folder).resolve())}})
    # no answers that a reader has kept beside it
    client.execute(env={**os.environ, "NBKIT_ANSWERS": ""})
    return cleaned(notebook)


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what only its own kernel could show or what differs with each run, as a copy.

    Pictures, texts and execution counts stay: a widget view without its model is shown as an error and not as the picture
    beside it, and nbval compares no cell without a count. Of an error its name and message stay: a traceback holds the
    places of files on this machine.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.metadata.pop("widgets", None)
    language = notebook.metadata.get("language_info", {})
    language.pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop(TIMINGS, None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
    return notebook


def faults(notebook: NotebookNode) -> list[str]:
    """What is wrong with a notebook as it would be committed, a line each: outputs not cleaned, cells not run in order."""
    said = [] if notebook == cleaned(notebook) else ["it holds widget views, tracebacks or times of a single run"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        said.append(f"its cells have not been run in order from the top: their counts are {counts}")
    for cell in code:
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        if errors and "raises-exception" not in cell.metadata.get("tags", []):
            said.append(f"cell {cell.execution_count} ends in {errors[0]}")
    return said
