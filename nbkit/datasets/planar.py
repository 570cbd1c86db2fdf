"""Classes in the plane of two inputs, on about [−6, 6]², as in TensorFlow Playground.

Where the classes are regions (circle, xor, region), `noise` blurs the border: a point has the class of where it would be if it
were displaced by a Gaussian of that standard deviation. Where they are clouds or curves, the points themselves are displaced.
Either way it is in the units of x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nbkit.datasets.base import Array, DataSet, Labels, Task, Truth, generator
from nbkit.datasets.functions import Function, region_of

__all__ = ["blobs", "circle", "gaussians", "moons", "planar", "region", "spiral", "xor"]


def planar(name: str, x: Array, y: ArrayLike, classes: tuple[str, ...], truth: Truth) -> DataSet:
    """A data set of two inputs without units."""
    task: Task = "binary" if len(classes) == 2 else "multiclass"
    return DataSet(name, x, np.asarray(y, np.int64), task, ("x1", "x2"), "class", classes, truth)


def circle(samples: int = 500, noise: float = 0.0, seed: int = 0) -> DataSet:
    """A disc of radius 2.5 (class 1) and a ring from 3.5 to 5 round it; the true border is the circle of radius 3."""
    rng = generator(samples, noise, seed)
    inside = np.arange(samples) % 2 == 1
    radius = np.where(inside, rng.uniform(0, 2.5, samples), rng.uniform(3.5, 5, samples))
    x = _polar(radius, rng.uniform(0, 2 * np.pi, samples))
    return planar("circle", x, _inside(x + noise * rng.standard_normal(x.shape)), ("outside", "inside"), _inside)


def _inside(x: Array) -> Labels:
    return (np.hypot(x[:, 0], x[:, 1]) < 3).astype(np.int64)


def xor(samples: int = 500, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Points of [−5, 5]², at least 0.3 from both axes, of class 1 where the signs of x1 and x2 differ."""
    rng = generator(samples, noise, seed)
    x = rng.uniform(0.3, 5, (samples, 2)) * rng.choice([-1.0, 1.0], (samples, 2))
    return planar("xor", x, _differ(x + noise * rng.standard_normal(x.shape)), ("same sign", "signs differ"), _differ)


def _differ(x: Array) -> Labels:
    return (x[:, 0] * x[:, 1] < 0).astype(np.int64)


def gaussians(samples: int = 500, noise: float = 0.0, seed: int = 0, spread: float = 1.0) -> DataSet:
    """Two round Gaussian clouds, class 0 about (−2, −2) and class 1 about (2, 2), of standard deviation `spread`.

    The best border between them is the line x1 + x2 = 0.
    """
    rng = generator(samples, noise, seed)
    y = np.arange(samples) % 2
    x = np.where(y == 1, 2.0, -2.0)[:, None] + np.hypot(spread, noise) * rng.standard_normal((samples, 2))
    return planar("gaussians", x, y, ("lower left", "upper right"), lambda x: (x.sum(axis=1) > 0).astype(np.int64))


def spiral(samples: int = 500, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Two arms that wind 1¾ times round each other, out to a radius of 5; truth is the nearer arm at the same radius."""
    rng = generator(samples, noise, seed)
    y = np.arange(samples) % 2
    radius = rng.uniform(0.2, 5, samples)  # at the origin the arms are one
    x = _polar(radius, _winding(radius) + np.pi * (1 - y))
    x = x + noise * rng.standard_normal(x.shape)

    def truth(x: Array) -> Labels:
        angle = np.arctan2(x[:, 1], x[:, 0]) - _winding(np.hypot(x[:, 0], x[:, 1]))
        return (np.cos(angle) > 0).astype(np.int64)

    return planar("spiral", x, y, ("arm 0", "arm 1"), truth)


def _winding(radius: Array) -> Array:
    return 1.75 * 2 * np.pi * radius / 5


def _polar(radius: Array, angle: Array) -> Array:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def moons(samples: int = 500, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Two half circles of radius 3 that reach into each other: scikit-learn's `make_moons`, centred and three times as large.

    Truth is the nearer of the two.
    """
    rng = generator(samples, noise, seed)
    upper, lower = samples // 2, samples - samples // 2
    y = np.repeat([0, 1], [upper, lower])
    angle = np.concatenate([np.linspace(0, np.pi, upper), np.linspace(np.pi, 2 * np.pi, lower)])
    x = _polar(np.full(samples, 3.0), angle) + MOONS[y] + noise * rng.standard_normal((samples, 2))
    return planar("moons", x, y, ("upper", "lower"), lambda x: (_to_moon(x, 1) < _to_moon(x, 0)).astype(np.int64))


MOONS = np.array([[-1.5, -0.75], [1.5, 0.75]])  # the centres of the half circles


def _to_moon(x: Array, which: int) -> Array:
    """Distance of points (n, 2) from the upper (0) or the lower (1) half circle."""
    place = (x - MOONS[which]) * (1 if which == 0 else -1)
    to_ends = np.hypot(np.abs(place[:, 0]) - 3, place[:, 1])
    return np.asarray(np.where(place[:, 1] >= 0, np.abs(np.hypot(place[:, 0], place[:, 1]) - 3), to_ends))


def blobs(samples: int = 500, noise: float = 0.0, seed: int = 0, classes: int = 3, spread: float = 0.7) -> DataSet:
    """Round Gaussian clouds of standard deviation `spread`, one a class, evenly on a circle of radius 4.

    Truth is the nearest centre. Raises ValueError for less than 2 classes, and for more than there are samples.
    """
    rng = generator(samples, noise, seed)
    if not isinstance(classes, int) or not 2 <= classes <= samples:
        raise ValueError(f"classes must be a whole number from 2 to the number of samples, {samples}, got {classes}")
    centres = _polar(np.full(classes, 4.0), np.pi / 2 + 2 * np.pi * np.arange(classes) / classes)
    y = np.arange(samples) % classes
    x = centres[y] + np.hypot(spread, noise) * rng.standard_normal((samples, 2))

    def truth(x: Array) -> Labels:
        return np.asarray(np.argmin(np.linalg.norm(x[:, None] - centres, axis=-1), axis=1), np.int64)

    return planar("blobs", x, y, tuple(str(number) for number in range(classes)), truth)


def region(
    samples: int = 1000, noise: float = 0.0, seed: int = 0, function: Function = "x1**2 > x2", reach: float = 3.0
) -> DataSet:
    """Points of [−reach, reach]², of class 1 where the function is true.

    It is a comparison as text, or a callable of two arrays x1, x2 that returns booleans. Raises ValueError where it is the
    same for all points, which leaves nothing to learn.
    """
    rng = generator(samples, noise, seed)
    if not 0 < reach < np.inf:
        raise ValueError(f"reach must be above 0, got {reach}")
    inside = region_of(function, ("x1", "x2"))
    x = rng.uniform(-reach, reach, (samples, 2))
    y = inside(x + noise * rng.standard_normal(x.shape))
    if y.min() == y.max():
        answer = "true" if y[0] else "false"
        raise ValueError(
            f"the function is {answer} for all {samples} points of [−{reach:g}, {reach:g}]²: choose another"
        )
    return planar("region", x, y, ("false", "true"), inside)
