"""Own data: what is good is taken as it is meant, what is not is named by row, column or shape."""

import numpy as np
import pytest
import torch

from nbkit.datasets import from_arrays, from_csv, from_frame
from nbkit.datasets.own import MOST_CLASSES

X = np.arange(12.0).reshape(6, 2)


class Frame:
    """As much of a data frame as is asked for."""

    def __init__(self, **columns):
        self.columns = list(columns)
        self._values = {name: np.asarray(values) for name, values in columns.items()}

    def __getitem__(self, name):
        return self._values[name]


@pytest.mark.parametrize(
    ("y", "task", "classes", "numbers"),
    [
        ([0, 1, 1, 0, 1, 0], "binary", ("0", "1"), [0, 1, 1, 0, 1, 0]),
        ([True, False, True, True, False, False], "binary", ("False", "True"), [1, 0, 1, 1, 0, 0]),
        ([0.0, 1.0, 1.0, 0.0, 1.0, 0.0], "binary", ("0", "1"), [0, 1, 1, 0, 1, 0]),
        ([3, 7, 7, 9, 3, 3], "multiclass", ("3", "7", "9"), [0, 1, 1, 2, 0, 0]),
        (["cat", "dog", "cat", "bird", "dog", "dog"], "multiclass", ("bird", "cat", "dog"), [1, 2, 1, 0, 2, 2]),
        (np.array([[1], [2], [2], [1], [1], [2]]), "binary", ("1", "2"), [0, 1, 1, 0, 0, 1]),
        (np.array(["a", "b", "a", "b", "b", "b"], object), "binary", ("a", "b"), [0, 1, 0, 1, 1, 1]),
    ],
)
def test_words_booleans_and_few_whole_numbers_are_classes(y, task, classes, numbers):
    data = from_arrays(X, y)
    assert (data.task, data.classes, data.y.tolist()) == (task, classes, numbers)
    assert data.y.dtype == np.int64 and data.inputs == ("x1", "x2")


@pytest.mark.parametrize(
    ("y", "outputs"),
    [
        ([0.5, 1, 2, 3, 4, 5], 1),
        (X, 2),
        (torch.linspace(0, 1, 6, requires_grad=True), 1),
        (np.array([1, 2.5, 3, 4, 5, 6], object), 1),
    ],
)
def test_all_else_is_a_regression(y, outputs):
    data = from_arrays(X, y)
    assert data.task == "regression" and data.y.shape == (6, outputs) and data.y.dtype == np.float64
    given = y.tolist() if isinstance(y, torch.Tensor) else y
    assert data.outputs == outputs and data.y.ravel() == pytest.approx(np.ravel(given).astype(float))


def test_many_whole_numbers_are_values_unless_the_task_says_otherwise():
    y = np.arange(MOST_CLASSES + 1)
    x = y[:, None]
    assert from_arrays(x, y).task == "regression"
    assert from_arrays(x, y, task="multiclass").classes[-1] == str(MOST_CLASSES)
    assert from_arrays(X, [0, 1, 1, 0, 1, 0], task="regression").y.shape == (6, 1)


def test_labels_travel_with_the_data():
    data = from_arrays(
        X, [0, 1, 1, 0, 1, 0], name="decays", inputs=("mass (GeV)", "pT (GeV)"), target="kind", classes=("noise", "Z")
    )
    assert repr(data) == "<decays: 6 samples of mass (GeV), pT (GeV) → kind (noise 3, Z 3)>"
    train, _ = data.split()
    assert train.inputs == data.inputs and train.classes == ("noise", "Z")


@pytest.mark.parametrize(
    ("x", "y", "own", "message"),
    [
        (X[:, 0], X[:, 0], {}, r"x must be a table of shape \(samples, inputs\), got \(6,\); .* x.reshape\(-1, 1\)"),
        (np.empty((0, 2)), [], {}, r"got \(0, 2\)"),
        (X[None], X[:, 0], {}, r"got \(1, 6, 2\)"),
        ([[1, 2], [3]], [0, 1], {}, "x is no array"),
        (X, [1, 2], {}, r"y must have one entry for each of the 6 rows of x, got shape \(2,\)"),
        (X, 3, {}, r"got shape \(\)"),
        (np.where(X == 7, np.nan, X), X[:, 0], {}, "row 3, column 'x2' is nan: each entry must be a finite number"),
        (np.where(X == 4, np.inf, X), X[:, 0], {"inputs": ("a", "b (m)")}, "row 2, column 'a' is inf"),
        ([["1", "2"], ["3", "1O"]], [0, 1], {}, "row 1, column 'x2' is '1O'"),
        ([[1, None], [3, 4]], [0, 1], {}, "row 0, column 'x2' is None"),
        (X, [0.5, 1, np.nan, 3, 4, 5], {}, "row 2, y is nan"),
        (X, np.where(X == 5, np.inf, X), {}, "row 2, y 1 is inf"),
        (X, ["a", "b", None, "a", "b", "a"], {}, "row 2, y is None: each row needs a class"),
        (X, np.array(["a", np.nan, "b", "a", "b", "a"], object), {}, "row 1, y is nan"),
        (X, [1] * 6, {}, "y has the class 1 alone"),
        (X, [0, 1, 2, 0, 1, 2], {"task": "binary"}, "a binary y has two classes, this has 3: 0, 1, 2"),
        (X, np.eye(6), {"task": "multiclass"}, r"of one-hot rows take y.argmax\(axis=1\)"),
        (X, [0, 1, 1, 0, 1, 0], {"task": "classes"}, "task must be one of binary, multiclass, regression"),
        (X, [0, 1, 1, 0, 1, 0], {"inputs": ("a",)}, "inputs must name the 2 columns of x, got 1 names"),
        (X, [0, 1, 1, 0, 1, 0], {"classes": ("a", "b", "c")}, "classes must name the 2 classes 0, 1, got 3 names"),
    ],
)
def test_a_bad_array_is_answered_by_its_row_column_or_shape(x, y, own, message):
    with pytest.raises(ValueError, match=message) as caught:
        from_arrays(x, y, **own)
    assert "\n" not in str(caught.value)


def test_a_frame_is_taken_by_the_names_of_its_columns():
    frame = Frame(mass=[1, 2, 3], kind=["a", "b", "a"], charge=[0.5, -1, 2])
    data = from_frame(frame, "kind", name="pairs")
    assert data.x.tolist() == [[1, 0.5], [2, -1], [3, 2]] and data.classes == ("a", "b") and data.target == "kind"
    assert data.inputs == ("mass", "charge") and data.name == "pairs"
    several = from_frame(frame, ["mass", "charge"], inputs=["charge"])
    assert several.y.tolist() == [[1, 0.5], [2, -1], [3, 2]] and several.target == "mass, charge"
    with pytest.raises(ValueError, match="the frame has no column 'king'; it has mass, kind, charge"):
        from_frame(frame, "king")
    with pytest.raises(ValueError, match="row 0, column 'kind' is 'a'"):
        from_frame(frame, "mass")
    with pytest.raises(ValueError, match="no column for the inputs beside mass"):
        from_frame(Frame(mass=[1, 2]), "mass")


@pytest.mark.parametrize("library", ("pandas", "polars"))
def test_frames_of_the_libraries_that_are_installed(library):
    frames = pytest.importorskip(library)
    table = {"a": [1, 2, 3, 4], "b": [0.1, 0.2, 0.3, 0.4], "kind": ["x", "y", "x", "y"]}
    data = from_frame(frames.DataFrame(table), "kind")
    assert data.x.tolist() == [[1, 0.1], [2, 0.2], [3, 0.3], [4, 0.4]] and data.y.tolist() == [0, 1, 0, 1]
    with pytest.raises(ValueError, match=r"row 1, column 'b' is (nan|None)"):
        from_frame(frames.DataFrame(table | {"b": [0.1, None, 0.3, 0.4]}), "kind")


@pytest.fixture
def write(tmp_path):
    def written(content, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode(encoding))
        return path

    return written


@pytest.mark.parametrize(
    "content",
    [
        "mass (GeV),turns,kind\n1.5,2,a\n3,4,b\n5,-6e1,a\n",
        "mass (GeV); turns; kind\n1.5; 2; a\n3; 4; b\n5; -6e1; a",
        "\ufeffmass (GeV)\tturns\tkind\r\n1.5\t2\ta\r\n\r\n3\t4\tb\r\n5\t-6e1\ta\r\n",
        '"mass (GeV)","turns","kind"\n"1.5","2","a"\n"3","4","b"\n"5","-6e1","a"\n',
    ],
)
def test_a_csv_file_with_any_of_the_usual_marks(write, content):
    data = from_csv(write(content))
    assert data.inputs == ("mass (GeV)", "turns") and data.target == "kind" and data.name == "table.csv"
    assert data.x.tolist() == [[1.5, 2], [3, 4], [5, -60]] and data.classes == ("a", "b")
    other = from_csv(write(content), target="turns", inputs=["mass (GeV)"], task="regression")
    assert other.y.tolist() == [[2], [4], [-60]] and other.x.shape == (3, 1)


def test_a_csv_file_without_names_is_that_of_the_lecture():
    from importlib import resources

    with resources.as_file(resources.files("nbkit").joinpath("data/pima-indians-diabetes.csv")) as path:
        data = from_csv(path, classes=("healthy", "diabetes"))
        named = from_csv(path, columns=[*"abcdefgh", "sick"], target="sick")
        age = from_csv(path, target=7, task="regression")
    table = np.loadtxt(resources.files("nbkit").joinpath("data/pima-indians-diabetes.csv"), delimiter=",")
    assert (data.x == table[:, :8]).all() and (data.y == table[:, 8]).all() and data.task == "binary"
    assert data.inputs[1] == "column 1" and data.target == "column 8" and data.classes == ("healthy", "diabetes")
    assert named.inputs == tuple("abcdefgh") and named.target == "sick"
    assert (age.y[:, 0] == table[:, 7]).all() and age.x.shape == (768, 8)


def test_classes_that_are_numbers_keep_the_order_of_numbers(write):
    assert from_csv(write("x,y\n1,10\n2,9\n3,2\n"), task="multiclass").classes == ("2", "9", "10")


@pytest.mark.parametrize(
    ("content", "own", "message"),
    [
        ("a,b,y\n1,2,0\n3,1\n5,6,0\n", {}, "line 3 of table.csv has 2 columns, the first has 3"),
        ("a,b,y\n1,2,0\n\n3,l2,1\n", {}, "line 4 of table.csv: b is 'l2', which is no number"),
        ("a,b,y\n1,2,0\n3,,1\n", {}, "line 3 of table.csv: b is empty; fill it in, or leave the line out"),
        ("a,b,y\n1,2,0\n,,\n", {}, "line 3 of table.csv: a is empty"),
        ("a,b,y\n1,2,0.5\n3,4,O.7\n5,6,0.9\n", {}, "line 3 of table.csv: y is 'O.7', which is no number"),
        ("a;b;y\n1,5;2;0\n3;4;1\n", {}, "line 2 of table.csv: a is '1,5', .* write decimals with a point"),
        ("a,name,y\n1,Anna,0\n3,Bo,1\n", {}, r"name is 'Anna', .* columns of words can be left out by inputs="),
        ("a,b,y\n1,nan,0\n3,4,1\n", {}, "line 2 of table.csv: b is 'nan', which is no number"),
        ("a,a,y\n1,2,0\n3,4,1\n", {}, "table.csv has more than one column 'a'"),
        ("a,b,y\n", {}, "table.csv has the names of its columns, and no data"),
        ("\n\n", {}, "table.csv is empty"),
        ("", {}, "table.csv is empty"),
        ("a\n1\n2\n", {}, "table.csv has no column for the inputs beside a"),
        ("a,b,y\n1,2,0\n3,4,1\n", {"target": "z"}, "table.csv has no column 'z'; it has a, b, y"),
        ("a,b,y\n1,2,0\n3,4,1\n", {"target": 3}, "table.csv has 3 columns, there is no number 3"),
        ("a,b,y\n1,2,0\n3,4,1\n", {"columns": ["a"]}, "columns must name the 3 columns of table.csv, got 1 names"),
        ("a,b,y\n1,2,0\n3,4,0\n", {}, "y has the class 0 alone"),
    ],
)
def test_a_bad_file_is_answered_by_its_line_and_column(write, content, own, message):
    with pytest.raises(ValueError, match=message) as caught:
        from_csv(write(content), **own)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_or_not_there(write, tmp_path):
    with pytest.raises(ValueError, match=r"table.csv is no text in UTF-8 \(byte 3\)"):
        from_csv(write("a,µ,y\n1,2,0\n".replace("a,", "ab,"), "latin-1"))
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        from_csv(tmp_path / "nothing.csv")
