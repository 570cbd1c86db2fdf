"""The classes in the plane: they are where they are said to be, and a good classifier of another library learns them."""

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from nbkit.datasets import load
from nbkit.datasets.planar import region

PLANAR = ("circle", "xor", "gaussians", "spiral", "moons", "blobs", "region")
SEPARATE = ("circle", "xor", "spiral", "moons", "region")  # gaussians and blobs overlap a little


@pytest.mark.parametrize("name", PLANAR)
def test_they_lie_on_the_playgrounds_plane_in_balanced_classes(name):
    data = load(name, samples=600, seed=3)
    assert data.x.shape == (600, 2) and data.y.shape == (600,) and data.y.dtype == np.int64
    assert np.abs(data.x).max() < 8 and np.abs(data.x).max() > 2.9
    assert set(data.y) == set(range(len(data.classes))) and data.inputs == ("x1", "x2")
    if name not in ("xor", "region"):  # whose classes are drawn
        assert np.ptp(np.bincount(data.y)) <= 1


@pytest.mark.parametrize("name", PLANAR)
def test_neighbours_and_a_support_vector_machine_learn_them_where_there_is_no_noise(name):
    data, fresh = load(name, samples=1000, noise=0), load(name, samples=1000, noise=0, seed=1)
    for learner in (KNeighborsClassifier(5), SVC(C=100, gamma=0.5)):
        assert learner.fit(data.x, data.y).score(fresh.x, fresh.y) > 0.97


@pytest.mark.parametrize("name", PLANAR)
def test_truth_is_what_is_learned_from_many_points(name):
    """Where neighbours of both classes are near, nobody knows: asked is where all 15 of them agree."""
    data = load(name, samples=20_000, noise=0)
    place = np.random.default_rng(0).uniform(-3, 3, (4000, 2))
    shares = KNeighborsClassifier(15).fit(data.x, data.y).predict_proba(place)
    sure = shares.max(axis=1) == 1
    agree = np.mean(data.truth(place)[sure] == shares.argmax(axis=1)[sure])
    assert agree > 0.98 and sure.mean() > 0.6


@pytest.mark.parametrize("name", SEPARATE)
def test_without_noise_truth_is_the_class_of_each_point(name):
    data = load(name, samples=2000, noise=0, seed=2)
    assert (data.truth(data.x) == data.y).all()


@pytest.mark.parametrize("name", PLANAR)
def test_noise_makes_the_classes_overlap_more_and_more(name):
    scores = []
    for noise in (0.0, 0.5, 1.0):
        data = load(name, samples=4000, noise=noise * (3 if name == "blobs" else 1), seed=4)
        scores.append(np.mean(data.truth(data.x) == data.y))
    assert scores[0] > scores[1] + 0.001 and scores[1] > scores[2] + 0.01


@pytest.mark.parametrize("name", ("circle", "xor", "region"))
def test_noise_at_the_border_moves_no_point(name):
    calm, noisy = load(name, samples=500, noise=0), load(name, samples=500, noise=1)
    assert (calm.x == noisy.x).all() and (calm.y != noisy.y).any()


def test_the_moons_are_those_of_scikit_learn():
    theirs, labels = make_moons(101, shuffle=False)
    data = load("moons", samples=101, noise=0)
    assert (data.y == labels).all()
    assert data.x == pytest.approx(3 * (theirs - [0.5, 0.25]), abs=1e-12)


def test_the_circle_has_a_gap_and_the_gaussians_their_spread():
    data = load("circle", samples=3000, noise=0)
    radius = np.hypot(*data.x.T)
    assert radius[data.y == 1].max() < 2.5 and radius[data.y == 0].min() > 3.5 and radius.max() < 5
    cloud = load("gaussians", samples=20_000, noise=1.5, spread=2)
    upper = cloud.x[cloud.y == 1]
    assert upper.mean(axis=0) == pytest.approx([2, 2], abs=0.1)
    assert upper.std(axis=0) == pytest.approx([2.5, 2.5], rel=0.03)


@pytest.mark.parametrize("classes", (2, 5, 10))
def test_as_many_blobs_as_classes(classes):
    data = load("blobs", samples=50 * classes, classes=classes, spread=0.3)
    assert (np.bincount(data.y) == 50).all() and data.outputs == (classes if classes > 2 else 1)
    assert data.task == ("multiclass" if classes > 2 else "binary")
    assert np.mean(data.truth(data.x) == data.y) > 0.99


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("x1 > x2", lambda x1, x2: x1 > x2),
        ("x1**2 > x2", lambda x1, x2: x1**2 > x2),
        ("x1 >= 1/x2", lambda x1, x2: x1 >= 1 / x2),
        ("x1**2 + x2**2 < 4", lambda x1, x2: x1**2 + x2**2 < 4),
    ],
)
def test_a_region_is_typed_or_a_function(text, function):
    typed, called = region(function=text, seed=5), region(function=function, seed=5)
    assert (typed.y == called.y).all() and (typed.y == function(*typed.x.T)).all()
    assert np.abs(typed.x).max() < 3
    grid = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert (typed.truth(grid) == called.truth(grid)).all()  # also where 1/x2 is infinite


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x1, x2: x1 > 0 and x2 > 0, "write & for 'and'"),
        (lambda x1, x2: x1 + x2, "must return true or false for each point, it returned float64"),
        (lambda x1, x2: True, r"one value for each of the 1000 points.*returned \(\)"),
        (lambda x1: x1 > 0, "the function raised TypeError"),
        (lambda x1, x2: x1 > 99, r"false for all 1000 points of \[−3, 3\]²"),
        ("x1 + x2", "one formula above or below another"),
        ("x1 > y", "the name 'y' is not known"),
    ],
)
def test_a_function_that_gives_no_region_is_answered_in_a_line(function, message):
    with pytest.raises(ValueError, match=message) as caught:
        region(function=function)
    assert "\n" not in str(caught.value)
