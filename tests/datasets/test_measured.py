"""The data that have units: as they were measured, and the lepton pairs as the theory has them."""

import hashlib
from importlib import resources

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nbkit.datasets import AVAILABLE, load


def test_the_digits_are_scikit_learns():
    x, y = load_digits(return_X_y=True)
    data = load("digits")
    assert (data.x * 16 == x).all() and (data.y == y).all() and data.outputs == 10
    assert len(data) == AVAILABLE["digits"] and data.inputs[9] == "pixel 1, 1"


def test_the_diabetes_data_are_the_known_ones():
    data = load("diabetes")
    assert data.x.shape == (768, 8) and len(data) == AVAILABLE["diabetes"] and data.y.sum() == 268
    assert (data.x[:, 1:6] == 0).sum(axis=0).tolist() == [5, 35, 227, 374, 11]
    assert 1 - data.y.mean() == pytest.approx(0.651, abs=5e-4)
    assert data.x.max(axis=0).tolist() == [17, 199, 122, 99, 846, 67.1, 2.42, 81]
    complete = load("diabetes", complete=True)
    assert len(complete) == 392 and complete.x[:, 1:6].min() > 0
    train, judge = data.split(0.3)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(train.x, train.y)
    assert 0.70 < model.score(judge.x, judge.y) < 0.82


def test_the_source_of_the_table_stands_beside_it():
    folder = resources.files("nbkit").joinpath("data")
    words = folder.joinpath("README.md").read_text(encoding="utf-8")
    assert "Smith et al." in words and "not measured" in words
    table = folder.joinpath("pima-indians-diabetes.csv").read_bytes()
    assert hashlib.sha256(table).hexdigest() == "1973316b13ac5c8db1eb3ae20c23de8f65b9ac4de8cfdcf1495e45d288ee3be3"


@pytest.mark.parametrize("name", AVAILABLE)
def test_fewer_samples_are_rows_of_the_whole(name):
    data, some = load(name), load(name, samples=100, seed=2)
    whole = {tuple(row) for row in np.column_stack([data.x, data.y])}
    assert {tuple(row) for row in np.column_stack([some.x, some.y])} <= whole
    assert len(some) == 100 and (some.x != load(name, samples=100, seed=3).x).any()


def test_noise_on_measured_data_is_in_the_widths_that_are_stated():
    calm, noisy = load("diabetes"), load("diabetes", noise=0.5, seed=1)
    assert (noisy.x - calm.x).std(axis=0) / calm.x.std(axis=0) == pytest.approx(np.full(8, 0.5), rel=0.1)
    assert (load("digits", noise=0.2).x - load("digits").x).std() == pytest.approx(0.2, rel=0.01)


def test_the_truth_of_lepton_pairs_is_the_best_cut_on_the_mass():
    data = load("dilepton", samples=40_000, seed=1)
    best = np.mean(data.truth(data.x) == data.y)
    assert best == pytest.approx(0.85, abs=0.01)
    mass, y = data.x[:, 0], data.y
    for low, high in ((85, 97), (87, 95), (83, 99), (89, 97), (60, 91)):
        assert np.mean(((low < mass) & (mass < high)) == y) < best + 0.003
    assert data.inputs == ("mass (GeV)",) and data.classes == ("background", "Z boson")


def test_lepton_pairs_have_the_features_that_are_asked_for():
    data = load("dilepton", samples=3000, features=("pt1", "pt2", "dphi", "eta1", "eta2", "mass"), background=0.25)
    first, second, turn, eta1, eta2, mass = data.x.T
    assert (first >= second).all() and turn.min() >= 0 and turn.max() <= np.pi
    # Barlow's formula for massless particles: the muon's mass is a millionth of the pair's, squared.
    assert mass == pytest.approx(np.sqrt(2 * first * second * (np.cosh(eta1 - eta2) - np.cos(turn))), rel=2e-3)
    assert data.truth is None and (data.y == 0).sum() == 750
    with pytest.raises(ValueError, match=r"features must be some of mass, pt1, .*, got charge"):
        load("dilepton", features=("charge",))
