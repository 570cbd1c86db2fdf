"""Five methods that are older than deep networks, on the same points: what each says of the plane, and how often it is right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, GradientBoostingClassifier
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from nbkit.datasets import DataSet
from nbkit.datasets.base import Array, Labels
from nbkit.datasets.planar import moons

__all__ = ["EXTENT", "Axes2D", "Classic", "classics", "principal_axes"]

EXTENT = (-6.0, 6.0, -5.0, 5.0)  # of the plane that is drawn
FRESH = 10_000


class Classic(NamedTuple):
    """A method: `surface` (rows, columns) is the share of class 1 over EXTENT, `accuracy` that on 10 000 fresh points."""

    name: str
    surface: Array
    accuracy: float
    train_accuracy: float


class Axes2D(NamedTuple):
    """The principal axes of points: their mean (2,), unit vectors as rows (2, 2), standard deviations and shares of variance."""

    mean: Array
    directions: Array
    widths: Array
    shares: Array


def classics(
    samples: int = 200, noise: float = 0.9, seed: int = 0, resolution: int = 120
) -> tuple[DataSet, list[Classic]]:
    """The data set, and each method fitted to it (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2009).

    Straight line by least squares on the labels (2.3.1), 15 nearest neighbours (13.3), one tree to its last leaf (9.2), 200 such
    trees on resampled points averaged (bagging, 8.7), 200 small trees each fitted to what those before leave (boosting, 10.10).
    """
    data, fresh = moons(samples, noise, seed), moons(FRESH, noise, seed + 1)
    trees = {"random_state": seed}
    models: dict[str, ClassifierMixin | _LeastSquares] = {
        "linear regression": _LeastSquares(),
        "15 nearest neighbours": KNeighborsClassifier(15),
        "one tree": DecisionTreeClassifier(**trees),
        "bagging: 200 trees at once": BaggingClassifier(DecisionTreeClassifier(), 200, **trees),
        "boosting: 200 trees in turn": GradientBoostingClassifier(
            n_estimators=200, max_depth=2, learning_rate=0.1, **trees
        ),
    }
    across, up = (np.linspace(*limits, resolution) for limits in (EXTENT[:2], EXTENT[2:]))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    found = []
    for name, model in models.items():
        model.fit(data.x, data.y)
        surface = np.asarray(model.predict_proba(grid)[:, 1]).reshape(resolution, resolution)
        found.append(Classic(name, surface, *(float(model.score(each.x, each.y)) for each in (fresh, data))))
    return data, found


def principal_axes(x: Array) -> Axes2D:
    """The directions along which points (n, 2) spread most and least (Pearson 1901)."""
    pca = PCA(2).fit(x)
    return Axes2D(pca.mean_, pca.components_, np.sqrt(pca.explained_variance_), pca.explained_variance_ratio_)


class _LeastSquares:
    """Linear regression on the labels 0 and 1, whose value is read as a probability."""

    def __init__(self) -> None:
        self.line = LinearRegression()

    def fit(self, x: Array, y: Labels | Array) -> None:
        self.line.fit(x, y)

    def predict_proba(self, x: Array) -> Array:
        value = np.clip(self.line.predict(x), 0, 1)
        return np.stack([1 - value, value], axis=1)

    def score(self, x: Array, y: Labels | Array) -> float:
        return float(((self.line.predict(x) > 0.5) == y).mean())
