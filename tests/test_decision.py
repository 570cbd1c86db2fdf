"""What a model says over the plane: its own probabilities, at the right places, with the data numbered alike."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from scipy.special import expit, softmax
from sklearn.inspection import DecisionBoundaryDisplay as Theirs
from sklearn.linear_model import LogisticRegression
from torch import nn

from nbkit.datasets import load
from nbkit.decision import answers, over_the_plane
from nbkit.models import MLP

DATA = load("circle", samples=200)
POINTS = np.random.default_rng(0).uniform(-5, 5, (50, 2))


def logits(model, x):
    return model.eval()(torch.tensor(x, dtype=torch.float32)).detach().double().numpy()


def places(shown):
    """The middles of the cells of the surface."""
    low1, high1, low2, high2 = shown["extent"]
    rows, columns = shown["surface"].shape[:2]
    x1 = low1 + (np.arange(columns) + 0.5) * (high1 - low1) / columns
    x2 = low2 + (np.arange(rows) + 0.5) * (high2 - low2) / rows
    return np.stack(np.meshgrid(x1, x2), axis=-1)


def test_logits_become_probabilities_and_values_stay():
    binary = MLP(2, [4], 1, dropout=0.5, seed=1)
    assert answers(binary, POINTS, DATA) == pytest.approx(expit(logits(binary, POINTS)[:, 0]), rel=1e-5)
    assert not binary.training  # it was not, and is not
    several = MLP(2, [4], 3, seed=2).train()
    assert answers(several, POINTS, load("blobs")) == pytest.approx(softmax(logits(several, POINTS), axis=1), rel=1e-4)
    value = MLP(2, [4], 1, seed=3)
    plane = load("circle", samples=50)
    numbers = over_the_plane(value, (plane.x, plane.x[:, 0] * 0.5), resolution=9)
    assert numbers["surface"] == pytest.approx(logits(value, places(numbers))[..., 0], rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("last", "outputs"), [(nn.Sigmoid(), 1), (nn.Softmax(1), 2)])
def test_what_is_squashed_already_is_not_squashed_twice(last, outputs):
    model = nn.Sequential(nn.Linear(2, outputs), last)
    assert answers(model, POINTS, DATA) == pytest.approx(logits(model, POINTS)[:, -1], rel=1e-6)
    bare = answers(model[0], POINTS, DATA)
    assert bare == pytest.approx(logits(model, POINTS)[:, -1], rel=1e-5)


def test_the_mode_of_the_model_stays():
    model = MLP(2, [4], 1, dropout=0.5).train()
    over_the_plane(model, DATA, resolution=5)
    assert model.training


def test_the_surface_is_that_of_scikit_learn():
    learner = LogisticRegression().fit(DATA.x, DATA.y)
    shown = over_the_plane(learner.predict_proba, DATA, resolution=40)
    grid = places(shown)
    theirs = Theirs.from_estimator(
        learner, DATA.x, grid_resolution=40, response_method="predict_proba", eps=0.0, ax=Figure().add_subplot()
    )
    assert shown["surface"] == pytest.approx(learner.predict_proba(grid.reshape(-1, 2))[:, 1].reshape(40, 40))
    # They cover the data's range without a margin: the plane of a logistic regression is the same function on both.
    inner = np.stack([theirs.xx0, theirs.xx1], axis=-1).reshape(-1, 2)
    assert theirs.response.ravel() == pytest.approx(answers(learner.predict_proba, inner, DATA))
    assert grid[..., 0].min() < theirs.xx0.min() and grid[..., 1].max() > theirs.xx1.max()


def test_pairs_are_numbered_together_also_where_a_class_is_missing_in_one():
    x = np.arange(8.0).reshape(4, 2)
    shown = over_the_plane(
        lambda p: np.full((len(p), 3), 1 / 3), (x, ["a", "b", "c", "a"]), (x[:2], ["c", "b"]), resolution=3
    )
    assert shown["classes"] == ("a", "b", "c")
    assert shown["train_targets"].tolist() == [0, 1, 2, 0] and shown["validation_targets"].tolist() == [2, 1]
    assert shown["validation"].tolist() == x[:2].tolist()


def test_the_true_border_is_that_of_the_data_set_or_is_given():
    known = over_the_plane(MLP(2, [3]), DATA, resolution=20)
    inner = places(known | {"surface": np.empty((40, 40))})
    assert known["truth"].shape == (40, 40)
    assert (known["truth"] == (np.hypot(inner[..., 0], inner[..., 1]) < 3)).all()
    given = over_the_plane(MLP(2, [3]), (DATA.x, DATA.y), truth="x1 > x2", resolution=20)
    assert (given["truth"] == (inner[..., 0] > inner[..., 1])).all()
    assert "truth" not in over_the_plane(MLP(2, [3]), (DATA.x, DATA.y), resolution=4)


def test_train_and_validation_set_the_extent():
    train, validation = DATA.split()
    shown = over_the_plane(MLP(2, [3]), train, validation, resolution=4)
    low, high = DATA.x.min(axis=0), DATA.x.max(axis=0)
    margin = 0.05 * (high - low)
    assert shown["extent"] == pytest.approx(np.stack([low - margin, high + margin], axis=1).ravel())


@pytest.mark.parametrize(
    ("model", "train", "validation", "message"),
    [
        (MLP(3, [2]), DATA, None, "the model does not run on 25 points of two inputs: RuntimeError: mat1 and mat2"),
        (MLP(2, [2], 3), DATA, None, r"must give outputs of shape \(25,\) for binary data, it gave \(25, 3\)"),
        (
            MLP(2, [2]),
            load("blobs"),
            None,
            r"must give outputs of shape \(25, 3\) for multiclass data, it gave \(25,\)",
        ),
        (MLP(5, [2]), load("five_inputs"), None, "a plane has two inputs, x has 5"),
        (MLP(2, [2]), DATA, (DATA.x, DATA.y), "both pairs .x, y., or both data sets"),
        (MLP(2, [2]), DATA, load("blobs"), "both data sets with the same classes"),
        (MLP(2, [2]), (DATA.x, DATA.y), (DATA.x[:, :1], DATA.y), "validation must have the shapes of train"),
        (MLP(2, [2]), (DATA.x, DATA.y[:5]), None, "y must have one entry for each of the 200 rows"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_line(model, train, validation, message):
    with pytest.raises(ValueError, match=message) as caught:
        over_the_plane(model, train, validation, resolution=5)
    assert "\n" not in str(caught.value)
