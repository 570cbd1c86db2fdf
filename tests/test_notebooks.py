"""Notebooks are run and cleaned by one command, and nbval sees when a text has changed."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nbkit.__main__ import main
from nbkit.notebooks import cleaned, faults, notebook_files, run

ROOT = pathlib.Path(__file__).parents[1]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def write(path: pathlib.Path, *sources: str) -> pathlib.Path:
    cells = [new_markdown_cell("# A lecture"), *map(new_code_cell, sources)]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    return path


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = write(tmp_path_factory.mktemp("run") / "lecture.ipynb", "import nbkit\nnbkit.NeuronExplorer()", "1 + 1")
    run(path)
    return path


def test_outputs_can_be_read_without_a_kernel(lecture: pathlib.Path) -> None:
    notebook = nbformat.read(lecture, 4)
    _, explorer, total = notebook.cells
    (output,) = explorer.outputs
    assert set(output.data) == {"image/png", "text/plain"}
    assert output.data["text/plain"].startswith("NeuronExplorer(")
    assert total.outputs[0].data["text/plain"] == "2"
    assert [explorer.execution_count, total.execution_count] == [1, 2]
    assert "widgets" not in notebook.metadata
    assert faults(notebook) == []


def test_what_is_not_fit_is_named(lecture: pathlib.Path) -> None:
    notebook = nbformat.read(lecture, 4)
    notebook.cells[1].outputs[0].data["application/vnd.jupyter.widget-view+json"] = {"model_id": "a"}
    notebook.metadata["widgets"] = {}
    assert faults(notebook) == ["it holds widget views, tracebacks or times of a single run"]
    assert faults(cleaned(notebook)) == []
    notebook.cells[2].execution_count = None
    assert "counts are [1, None]" in faults(cleaned(notebook))[0]
    notebook.cells[2].execution_count = 2
    notebook.cells[2].outputs = [nbformat.v4.new_output("error", ename="NameError", evalue="x", traceback=[])]
    assert faults(cleaned(notebook)) == ["cell 2 ends in NameError"]
    notebook.cells[2].metadata["tags"] = ["raises-exception"]
    assert faults(cleaned(notebook)) == []


def test_a_failing_cell_leaves_the_file_as_it_was(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / "bad.ipynb", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run(path)
    assert path.read_bytes() == before


def test_the_command_checks(lecture: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(lecture.parent)]) == 0
    bad = write(tmp_path / "bad.ipynb", "1")
    assert main(["check", str(bad)]) == 1
    assert f"{bad}: its cells have not been run in order" in capsys.readouterr().out


def test_a_path_without_notebooks_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError, match="is no notebook and no folder with notebooks"):
        notebook_files([tmp_path])


def test_nbval_sees_a_changed_text(lecture: pathlib.Path, tmp_path: pathlib.Path) -> None:
    notebook = nbformat.read(lecture, 4)
    nbformat.write(notebook, tmp_path / "same.ipynb")
    data = notebook.cells[2].outputs[0].data
    assert data["text/plain"] == "2"
    data["text/plain"] = "3"
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    options = ["--nbval", "--nbval-current-env", "-q", "-rA", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command = [sys.executable, "-m", "pytest", *options, "same.ipynb", "changed.ipynb"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    said = [line.split(" - ")[0] for line in result.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))]
    same, changed = ([line.split()[0] for line in said if name in line] for name in ("same", "changed"))
    assert (same, changed) == (["PASSED", "PASSED"], ["PASSED", "FAILED"]), result.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "lectures").glob("*.ipynb")), ids=lambda path: path.stem)
def test_lectures_are_fit_to_be_read_without_a_kernel(path: pathlib.Path) -> None:
    notebook = nbformat.read(path, 4)
    assert faults(notebook) == []
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
