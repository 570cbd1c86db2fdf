"""nbgrader itself takes the sources as they are, releases what we derive, and marks what students hand in, explorers and all."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import nbformat
import pytest

from nbkit.editions import grade_id, is_check, student_edition
from nbkit.notebooks import VIEW

EXERCISES = pathlib.Path(__file__).parents[1] / "exercises"
SOURCES = sorted((EXERCISES / "solutions").glob("*.ipynb"))
#: One exercise that needs no torch, as an assignment that is marked.
NAME = "02_gradient_descent"

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "networks"
c.Execute.timeout = 300
"""
#: A student who has half of it: a wrong sign, a sum for a mean, half a line on momentum.
HALF = {
    "step": "def step(w, gradient, learning_rate):\n    return w + learning_rate * gradient(w)",
    "mean": "def mean_gradient(w, x, y):\n    r = w[0] + w[1] * x - y\n    return 2 * np.array([r.sum(), (r * x).sum()])",
    "momentum": "def momentum_step(w, v, gradient, learning_rate, beta):\n    v = beta *",
}
#: A right answer that talks on stderr, as progress bars do: for a line there nbgrader gives no point.
TALKING = """import sys


def step(w, gradient, learning_rate):
    print("at", w, file=sys.stderr)
    return w - learning_rate * gradient(w)"""

ENDLESS = "def momentum_step(w, v, gradient, learning_rate, beta):\n    while True:\n        pass"


def command(course: pathlib.Path, *arguments: str) -> str:
    """What nbgrader says when it is called in a course's folder, as a teacher calls it."""
    bin_folder = str(pathlib.Path(sys.executable).parent)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST_"))},
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", "")]),
        "HOME": str(course.parent),
        "NBKIT_ANSWERS": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=course, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A course whose one assignment is all exercises, released to students."""
    course = tmp_path_factory.mktemp("nbgrader") / "course"
    folder = course / "source" / "exercises"
    folder.mkdir(parents=True)
    for source in SOURCES:
        (folder / source.name).write_bytes(source.read_bytes())
    (course / "nbgrader_config.py").write_text(CONFIG)
    command(course, "generate_assignment", "--assignment=exercises")
    return course


def hand_in(course: pathlib.Path, student: str, edition: pathlib.Path, answers: dict[str, str]) -> None:
    """A student's notebook: this edition with these answers written into it."""
    notebook = nbformat.read(edition, 4)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    folder = course / "submitted" / student / "exercises"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


def marks(course: pathlib.Path, student: str) -> dict[str, float]:
    """What nbgrader's book says of a student's notebook: its points by the names of the checks."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(NAME, "exercises", student)
        return {grade.name: float(grade.auto_score) for grade in notebook.grades}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_releases_what_is_derived(course: pathlib.Path, source: pathlib.Path) -> None:
    released = nbformat.read(course / "release" / "exercises" / source.name, 4)
    derived = student_edition(nbformat.read(source, 4))
    assert [cell.source for cell in released.cells] == [cell.source for cell in derived.cells]
    for theirs, ours in zip(released.cells, derived.cells, strict=True):
        marks = theirs.metadata.get("nbgrader", {})
        assert {key: marks[key] for key in marks.keys() - {"checksum", "cell_type"}} == ours.metadata.get(
            "nbgrader", {}
        )
        assert theirs.metadata.get("editable") == ours.metadata.get("editable")


def test_the_marks_are_as_expected(course: pathlib.Path) -> None:
    source = nbformat.read(EXERCISES / "solutions" / f"{NAME}.ipynb", 4)
    right = {grade_id(cell): cell.source for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")}
    points = {grade_id(cell): float(cell.metadata.nbgrader.points) for cell in source.cells if is_check(cell)}
    release = course / "release" / "exercises" / f"{NAME}.ipynb"
    # the edition that is in the repository can be handed in as well as nbgrader's own
    hand_in(course, "ada", EXERCISES / f"{NAME}.ipynb", right | {"step": TALKING})
    hand_in(course, "ben", release, right | HALF)
    hand_in(course, "cid", release, dict.fromkeys(right, "1 / 0") | {"momentum": ENDLESS})
    assert "ERROR" not in command(course, "autograde", "--assignment=exercises")
    assert marks(course, "ada") == points
    # his walk takes his step
    lost = {"check-step", "check-descend", "check-mean", "check-momentum"}
    assert lost < points.keys()
    assert marks(course, "ben") == {name: 0 if name in lost else value for name, value in points.items()}
    assert marks(course, "cid") == dict.fromkeys(points, 0)
    wrong, right_one = (course / "autograded" / name / "exercises" / f"{NAME}.ipynb" for name in ("cid", "ada"))
    views = [
        cell.id
        for cell in nbformat.read(right_one, 4).cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {})
    ]
    assert len(views) >= 4, "explorers and questions were there"
    (endless,) = (cell for cell in nbformat.read(wrong, 4).cells if grade_id(cell) == "check-momentum")
    assert "had not come back after 10 s" in endless.outputs[0].evalue
