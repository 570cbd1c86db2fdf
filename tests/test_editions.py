"""The student's edition is what nbgrader would release, says 'not done yet', and holds no line of a solution."""

from __future__ import annotations

import copy
import pathlib
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbkit.__main__ import main
from nbkit.editions import flaws, leaks, student_edition
from nbkit.notebooks import faults, run

from .checks.editions import run_edition, run_notebook

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

STEP = """def step(w, gradient, learning_rate):
    "One step down."
    ### BEGIN SOLUTION
    downhill = -gradient(w)
    return w + learning_rate * downhill
    ### END SOLUTION"""
STUB = """def step(w, gradient, learning_rate):
    "One step down."
    # YOUR CODE HERE
    raise NotImplementedError()"""
CHECK_STEP = """### BEGIN HIDDEN TESTS
check_step(step, seed=1).require()
### END HIDDEN TESTS
check_step(step)"""
LOOK = """import matplotlib.pyplot as plt

plt.figure()
step(3.0, lambda w: 2 * w, 0.25)"""
RATE = """rate = ...
### BEGIN SOLUTION
rate = 2 / 20
### END SOLUTION"""
CHECK_RATE = """### BEGIN HIDDEN TESTS
check_critical_rate(rate, seed=1).require()
### END HIDDEN TESTS
check_critical_rate(rate)"""


def marks(name: str, *, points: float | None = None) -> dict[str, Any]:
    """The metadata of a solution, or with points of a check."""
    kind = {"grade": points is not None, "solution": points is None, "locked": points is not None, "task": False}
    return {
        "nbgrader": {**kind, "grade_id": name, "schema_version": 3, **({} if points is None else {"points": points})}
    }


def exercise() -> NotebookNode:
    """A small source, not run."""
    cells = [
        new_markdown_cell("# An exercise", id="title"),
        new_code_cell("from nbkit.checks import check_critical_rate, check_step", id="setup"),
        new_code_cell(STEP, id="step", metadata=marks("step")),
        new_code_cell(CHECK_STEP, id="check-step", metadata=marks("check-step", points=2)),
        new_code_cell(LOOK, id="look", metadata={"tags": ["needs-answer"]}),
        new_code_cell(RATE, id="rate", metadata=marks("rate")),
        new_code_cell(CHECK_RATE, id="check-rate", metadata=marks("check-rate", points=1)),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": dict(KERNEL)})


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder of one exercise, its source run and its student's edition derived by the command."""
    folder = tmp_path_factory.mktemp("course") / "exercises"
    (folder / "solutions").mkdir(parents=True)
    source = folder / "solutions" / "01_small.ipynb"
    nbformat.write(exercise(), source)
    run(source)
    assert main(["derive", str(folder)]) == 0
    return folder


# --- the cut


def test_answers_become_stubs_and_hidden_tests_are_gone() -> None:
    source = exercise()
    before = copy.deepcopy(source)
    _, _, step, check, look, rate, check_rate = student_edition(source).cells
    assert source == before
    assert step.source == STUB
    assert check.source == "check_step(step)"
    assert rate.source == "rate = ...\n# YOUR CODE HERE\nraise NotImplementedError()"
    assert check_rate.source == "check_critical_rate(rate)"
    # only what can't but raise may raise: a stub inside of a function does so when it is called
    raising = [cell.id for cell in student_edition(source).cells if "raises-exception" in cell.metadata.get("tags", [])]
    assert raising == ["look", "rate"]
    assert look.metadata.tags == ["needs-answer", "raises-exception"]


def test_nothing_of_the_run_stays() -> None:
    source = exercise()
    source.cells[2].outputs = [new_output("stream", text="w + learning_rate * downhill")]
    source.cells[2].execution_count = 2
    assert all(cell.outputs == [] and cell.execution_count is None for cell in student_edition(source).cells[1:])


@pytest.mark.parametrize("extra", ["", "def more():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"])
def test_nbgraders_own_preprocessors_cut_the_same(extra: str) -> None:
    from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests, ClearOutput, ClearSolutions, LockCells

    source = exercise()
    source.cells[2].source = extra + STEP + "\n\n\nif step:\n\t#BEGIN SOLUTION\n\tother = 2\n\t  ## END SOLUTION  "
    source.cells[2].source += "\n  # after"
    whole = new_code_cell("def whole():\n    return 'all of it'", metadata=marks("whole"))
    words = new_markdown_cell("all of it, in words", metadata=marks("words", points=1))
    words.metadata.nbgrader.solution = True
    source.cells += [whole, words]
    source.metadata.celltoolbar = "Create Assignment"
    theirs: NotebookNode = copy.deepcopy(source)
    for preprocessor in (
        LockCells,
        ClearSolutions,
        ClearOutput,
        CheckCellMetadata,
        ClearHiddenTests,
        CheckCellMetadata,
    ):
        theirs, _ = preprocessor().preprocess(theirs, {})
    ours = student_edition(source)
    for cell in ours.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != "raises-exception"]
        cell.metadata.pop("tags", None)
        if tags:
            cell.metadata["tags"] = tags
    assert ours == theirs


# --- what is refused


def change(number: int, old: str, new: str) -> Callable[[NotebookNode], None]:
    def do(notebook: NotebookNode) -> None:
        assert old in notebook.cells[number].source
        notebook.cells[number].source = notebook.cells[number].source.replace(old, new)

    return do


def mark(number: int, **values: Any) -> Callable[[NotebookNode], None]:
    def do(notebook: NotebookNode) -> None:
        for key, value in values.items():
            notebook.cells[number].metadata.nbgrader.pop(key, None)
            if value is not None:
                notebook.cells[number].metadata.nbgrader[key] = value

    return do


def unmark(number: int) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells[number].metadata.pop("nbgrader")


def tag(number: int, name: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells[number].metadata.update(tags=[name])


BROKEN: list[tuple[Callable[[NotebookNode], None], str]] = [
    (change(2, "    ### END SOLUTION", ""), "cell 3 (step): ### BEGIN SOLUTION in line 3 has no ### END SOLUTION"),
    (change(3, "### END HIDDEN TESTS", ""), "cell 4 (check-step): ### BEGIN HIDDEN TESTS in line 1 has no ### END"),
    (change(2, "    downhill", "    ### BEGIN SOLUTION\n    downhill"), "in line 3 is begun again before ### END SOLUTION"),
    (change(5, "### BEGIN SOLUTION\n", ""), "cell 6 (rate): ### END SOLUTION without a ### BEGIN SOLUTION"),
    (unmark(2), 'cell 3: a region SOLUTION needs nbgrader\'s metadata with "solution": true'),
    (unmark(3), 'cell 4: a region HIDDEN TESTS needs nbgrader\'s metadata with "grade": true'),
    (mark(5, grade_id="step"), "cell 6 (step): its grade_id is that of cell 3"),
    (mark(3, points=None), 'cell 4 (check-step): a marked cell needs "points", a number of at least 0, got None'),
    (mark(3, points=-1), "got -1"),
    (mark(2, grade_id=None), "cell 3: grade_id '' has to be letters"),
    (mark(2, grade_id="the step"), "grade_id 'the step' has to be letters"),
    (mark(2, schema_version=2), "schema_version is 2, and nbgrader's is 3"),
    (mark(2, locked=None), "metadata lack locked"),
    (change(3, ".require()", ""), "its hidden tests have to end in `.require()`"),
    (tag(3, "needs-answer"), "a check answers always"),
    (change(5, "rate = ...\n", ""), "cell 7 (check-rate): the check reads rate, which nothing binds"),
    (change(0, "# An", "`w + learning_rate*downhill` # An"), "cell 1: holds a line of the solution of step: return w + "),
    (lambda notebook: [cell.metadata.pop("nbgrader", 0) for cell in notebook.cells] and None, "nbgrader's metadata"),
]  # fmt: skip


@pytest.mark.parametrize("spoil, said", BROKEN, ids=[said for _, said in BROKEN])
def test_a_flaw_is_named_and_refused(spoil: Callable[[NotebookNode], None], said: str) -> None:
    source = exercise()
    assert flaws(source) == []
    spoil(source)
    assert any(said in flaw for flaw in flaws(source)), flaws(source)
    with pytest.raises(ValueError) as refused:
        student_edition(source)
    assert said in str(refused.value)


def test_what_raises_before_binding_or_is_tagged_binds_nothing_for_checks() -> None:
    source = exercise()
    source.cells[4].source = "rate_seen = step(3.0, lambda w: 2 * w, 0.25)"
    source.cells[6].source += "; rate_seen"
    assert "the check reads rate_seen" in flaws(source)[0]
    source = exercise()
    source.cells[5].source = "### BEGIN SOLUTION\nhelp = 2 / 20\n### END SOLUTION\nrate = help"
    assert "the check reads rate," in flaws(source)[0]
    source.cells[1].source += "\nfor rate in ...: pass"
    assert flaws(source) == []


# --- the derived file


def verdicts(path: pathlib.Path) -> list[str]:
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.id.startswith("check")]
    return [cell.outputs[0].data["text/plain"].split(". ")[0] for cell in cells]


def test_each_check_of_a_derived_edition_says_that_nothing_is_done_yet(course: pathlib.Path) -> None:
    assert verdicts(course / "solutions" / "01_small.ipynb") == [
        "✔ the update rule: right",
        "✔ the critical rate: right",
    ]
    assert verdicts(course / "01_small.ipynb") == [
        "… the update rule: not done yet",
        "… the critical rate: not done yet",
    ]


def test_both_editions_are_fit_to_be_committed(course: pathlib.Path) -> None:
    assert main(["check", str(course)]) == 0
    edition = nbformat.read(course / "01_small.ipynb", 4)
    errors = {cell.id: output for cell in edition.cells[1:] for output in cell.outputs if output.output_type == "error"}
    assert {name: output.ename for name, output in errors.items()} == dict.fromkeys(
        ["look", "rate"], "NotImplementedError"
    )
    # a traceback would hold places on this machine
    assert all(output.traceback == ["NotImplementedError: "] for output in errors.values())
    errors["rate"].traceback = ["File /home/somebody"]
    assert faults(edition) == ["it holds widget views, tracebacks or times of a single run"]


def copied(course: pathlib.Path, to: pathlib.Path) -> pathlib.Path:
    (to / "solutions").mkdir(parents=True)
    for path in course.rglob("*.ipynb"):
        (to / path.relative_to(course)).write_text(path.read_text())
    return to


def edit(path: pathlib.Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "file, old, new, said",
    [
        ("solutions/01_small.ipynb", "An exercise", "The exercise", "01_small.ipynb: is out of date from cell 1 on"),
        ("01_small.ipynb", "One step", "Two steps", "01_small.ipynb: is out of date from cell 3 on"),
        ("01_small.ipynb", '"raises-exception"', '"hidden"', "is out of date from cell 5 on"),
        ("01_small.ipynb", "not done yet. Write", "right. Write", "has to say 'not done yet', and says: … the update rule: right."),
        ("01_small.ipynb", "Write your answer", "-gradient(w); downhill = -gradient(w)", "line of the solution of step: downhill"),
        ("01_small.ipynb", '"Python 3"', '"Python"', "the notebook's metadata differ"),
        ("solutions/01_small.ipynb", ": right. Your", ": wrong. Your", "has to say 'right', and says: ✔ the update rule: wrong"),
        ("solutions/01_small.ipynb", "    ### END SOLUTION", "    #", "has no ### END SOLUTION after it"),
    ],
)  # fmt: skip
def test_what_is_behind_is_named(
    course: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:  # fmt: skip
    folder = copied(course, tmp_path / "exercises")
    assert main(["derive", "--check", str(folder)]) == 0
    edit(folder / file, old, new)
    assert main(["derive", "--check", str(folder)]) == 1
    assert said in capsys.readouterr().out


def test_missing_and_left_over_files_are_named(
    course: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(course, tmp_path / "exercises")
    (folder / "01_small.ipynb").rename(folder / "02_small.ipynb")
    assert main(["derive", "--check", str(folder)]) == 1
    missing, extra = capsys.readouterr().out.splitlines()
    assert "01_small.ipynb: is missing" in missing and "02_small.ipynb: has no source" in extra
    assert main(["derive", str(tmp_path)]) == 2
    assert "is no folder with exercises" in capsys.readouterr().err


def test_nothing_is_written_where_a_cell_fails_or_a_check_knows_an_answer(
    course: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(course, tmp_path / "exercises")
    source, edition = folder / "solutions" / "01_small.ipynb", folder / "01_small.ipynb"
    before = edition.read_bytes()
    edit(source, '"needs-answer"', '"other"')
    assert main(["derive", str(source)]) == 1
    assert "NotImplementedError" in capsys.readouterr().err
    edit(source, '"other"', '"needs-answer"')
    edit(source, "rate = ...", "rate = 0.1")
    assert main(["derive", str(folder)]) == 1
    assert "check-rate has to say 'not done yet', and says: ✔ the critical rate: right" in capsys.readouterr().err
    assert edition.read_bytes() == before


# --- the help for other tests: editions with wrong answers


def test_wrong_answers_are_run_in_place_of_right_ones(course: pathlib.Path) -> None:
    source = course / "solutions" / "01_small.ipynb"
    assert {name: verdict.state for name, verdict in run_edition(source).items()} == {
        "check-step": "right",
        "check-rate": "right",
    }
    wrong = run_edition(source, {"step": STEP.replace("-gradient", "gradient"), "rate": "rate = None"})
    assert wrong["check-step"].state == "wrong" and "the loss went up" in wrong["check-step"].said
    assert wrong["check-rate"].state == "not usable"
    assert list(run_edition(source, {"rate": "raise ValueError"}, until="check-step")) == ["check-step"]
    with pytest.raises(NameError) as nameless:
        run_edition(source, {"step": "1 / 0"})
    assert nameless.value.__notes__ == ["in the cell check-step of the notebook"]
    assert plt.get_fignums() == []
    with pytest.raises(KeyError, match="no cell is called pace"):
        run_edition(source, {"pace": ""})
    edition = run_edition(course / "01_small.ipynb")
    assert {verdict.state for verdict in edition.values()} == {"not done yet"}


def test_a_hidden_test_that_thinks_otherwise_is_seen(course: pathlib.Path) -> None:
    source = exercise()
    source.cells[3].source = source.cells[3].source.replace("step, seed=1", "lambda w, gradient, learning_rate: 0 * w")
    with pytest.raises(AssertionError, match="check-step shows"):
        run_notebook(source, course)


HARMLESS = """import numpy as np
w = 1
# as you like it
for k in range(steps):
net = torch.nn.Sequential(
x_validation=x_validation,
torch.nn.ReLU(),
return model, losses, validation_losses"""
TELLING = """rate = 0.0123456
answer = "momentum"
loss.backward(retain_graph=True)
optimizer.step()  # and on
return w - learning_rate*slope
x[mask] = 3.25e-2
Z = X @ W1 + b1
return X * W1 + b1"""


@pytest.mark.parametrize("line", HARMLESS.split("\n"))
def test_lines_that_say_nothing_are_no_leaks(line: str) -> None:
    source = exercise()
    source.cells[2].source = STEP.replace("downhill = -gradient(w)", line)
    source.cells[1].source += f"\n{line}"
    assert not any("holds a line" in flaw for flaw in flaws(source))


@pytest.mark.parametrize("line", TELLING.split("\n"))
def test_lines_that_say_something_are_found_wherever_they_stand(line: str) -> None:
    source = exercise()
    source.cells[2].source = STEP.replace("downhill = -gradient(w)", line)
    edition = student_edition(source)
    assert leaks(source, edition) == []
    edition.cells[6].outputs = [new_output("stream", text=f"and so {line} it is")]
    (found,) = leaks(source, edition)
    assert found.startswith("cell 7: holds a line of the solution of step: ")
