"""What all data sets have in common: seeds, numbers that are checked, splitting and standardizing."""

import numpy as np
import pytest
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from nbkit.datasets import DATASETS, DataSet, load
from nbkit.datasets.base import generator


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_seed_gives_the_same_data_and_another_others(name):
    np.random.seed(0)  # noqa: NPY002 - the global state must neither be read nor set
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    data, again, other = (load(name, samples=60, noise=0.1, seed=seed) for seed in (3, 3, 4))
    assert len(data) == 60 and (data.x == again.x).all() and (data.y == again.y).all()
    assert (data.x != other.x).any()
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("name", DATASETS)
def test_shapes_labels_and_truth_fit_one_another(name):
    data = load(name)
    assert data.name == name and data.x.shape == (len(data), len(data.inputs)) and data.x.dtype == np.float64
    assert np.isfinite(data.x).all() and np.isfinite(data.y).all()
    if data.task == "regression":
        assert data.y.shape == (len(data), data.outputs) and data.y.dtype == np.float64 and data.classes == ()
    else:
        assert data.y.shape == (len(data),) and data.y.dtype == np.int64
        assert set(data.y) == set(range(len(data.classes))) and (data.task == "binary") == (len(data.classes) == 2)
    if data.truth is not None:
        assert data.truth(data.x[:7]).shape == data.y[:7].shape
    assert name in repr(data) and len(repr(data)) < 200


@pytest.mark.parametrize("validation", (0.1, 0.5, 0.73))
def test_a_split_loses_nothing_and_divides_each_class_as_scikit_learn_does(validation):
    data = load("diabetes")
    train, judge = data.split(validation, seed=1)
    rows = np.concatenate([np.column_stack([part.x, part.y]) for part in (train, judge)])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, np.column_stack([data.x, data.y])))
    theirs = train_test_split(data.y, test_size=len(judge), stratify=data.y, random_state=0)
    for part, y in zip((train, judge), theirs, strict=True):
        assert len(part) == len(y) and abs(part.y.sum() - y.sum()) <= 1
    assert train.classes == data.classes and train.inputs == data.inputs and train.name == "diabetes"


def test_a_split_is_shuffled_and_its_seed_decides():
    data = load("gaussians", samples=400)
    one, again, other = (data.split(0.25, seed=seed) for seed in (0, 0, 1))
    assert [len(part) for part in one] == [300, 100]
    assert (one[0].x == again[0].x).all() and (one[0].x != other[0].x).any()
    for part in one:
        half = len(part) // 2  # no order is left in either
        assert part.y[:half].mean() == pytest.approx(0.5, abs=0.2)
        assert not (np.diff(part.y[:20]) != 0).all()
    line = load("curve", samples=50)
    train, judge = line.split(0.2)
    assert sorted(np.concatenate([train.x, judge.x])[:, 0]) == sorted(line.x[:, 0])
    assert (line.truth(judge.x) - judge.y).std() < 0.5  # x and y stay together


@pytest.mark.parametrize("validation", (0, 1, 0.001, -0.5, np.nan))
def test_a_split_leaves_some_in_both_parts(validation):
    with pytest.raises(ValueError, match="share of the 10 samples that leaves some in both parts"):
        load("curve", samples=10).split(validation)


def test_standardized_inputs_are_scikit_learns_and_have_no_unit():
    train, judge = load("dilepton", features=("mass", "pt1")).split(0.4)
    scaler = StandardScaler().fit(train.x)
    assert train.standardized().x == pytest.approx(scaler.transform(train.x))
    ours = judge.standardized(by=train)
    assert ours.x == pytest.approx(scaler.transform(judge.x))
    assert ours.inputs == ("mass, standardized", "pT of lepton 1, standardized")
    assert (ours.truth(ours.x) == judge.truth(judge.x)).all() and (ours.y == judge.y).all()
    constant = DataSet("flat", np.ones((4, 1)), np.zeros((4, 1)), "regression", ("x",), "y")
    assert (constant.standardized().x == 0).all()
    with pytest.raises(ValueError, match="by must have the inputs"):
        constant.standardized(by=train)


def test_what_there_is_not_is_answered_by_what_there_is():
    with pytest.raises(ValueError, match="there is no data set 'cirlce'; there are circle, xor, "):
        load("cirlce")
    with pytest.raises(ValueError, match="circle does not take classes; it takes samples, noise, seed"):
        load("circle", classes=3)
    with pytest.raises(ValueError, match="digits has 1797 samples, 2000 were asked for"):
        load("digits", samples=2000)
    with pytest.raises(ValueError, match="classes must be a whole number from 2 to the number of samples, 10, got 11"):
        load("blobs", samples=10, classes=11)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((1, 0.0, 0), "samples must be a whole number of at least 2, got 1"),
        ((10.0, 0.0, 0), "samples must be a whole number of at least 2, got 10.0"),
        ((True, 0.0, 0), "samples"),
        ((10, -0.1, 0), "noise must be a number of at least 0, got -0.1"),
        ((10, np.nan, 0), "noise must be a number of at least 0, got nan"),
        ((10, "1", 0), "noise"),
        ((10, 0.0, -1), "seed must be a whole number of at least 0, got -1"),
    ],
)
def test_bad_numbers_are_refused_by_name(numbers, message):
    with pytest.raises(ValueError, match=message):
        generator(*numbers)
    with pytest.raises(ValueError, match=message):
        DATASETS["xor"](*numbers)
