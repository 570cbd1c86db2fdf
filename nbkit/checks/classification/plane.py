"""The region of the plane that a student chose, and whether it is one that can be learned and is worth it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.pointwise import many_at_once
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

__all__ = ["EXERCISE", "Region", "check_region"]

EXERCISE = "04_classification"

#: With a larger class above this share, an accuracy of 0.95 would say little.
LARGEST_SHARE = 0.9


class Region:
    """The student's region: true or false for points (n, 2) of the square."""

    def __init__(self, region: Any, square: Any) -> None:
        done(square)
        self._ask = Student(region, "region", "x1", "x2")
        limits = numbers(square, None, "`square`")
        if limits.shape != (2,) or not limits[0] < limits[1]:
            raise Unusable(
                f"`square` has to be two numbers, from and to, for both x1 and x2, such as (-1, 1); got {brief(square)}."
            )
        self.low, self.high = float(limits[0]), float(limits[1])

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Points of the square, drawn evenly."""
        return rng.uniform(self.low, self.high, (count, 2))

    def __call__(self, x: Array) -> NDArray[np.bool_]:
        try:
            said = self._ask(x[:, 0], x[:, 1])
        except Unusable as failed:
            raise many_at_once(
                failed,
                "region",
                "`if`, `and`, `or`, `not` and chains such as a < b < c want one truth for all of them: "
                "write & for 'and', | for 'or', ~ for 'not', each side in brackets.",
            ) from None
        inside = numbers(said, None, "What `region` gives back")
        if inside.shape != (len(x),):
            raise Unusable(
                f"`region` gives back shape {inside.shape} for {len(x)} points: asked is true or false for each, shape ({len(x)},)."
            )
        if not np.isin(inside, (0.0, 1.0)).all():
            raise Wrong(
                f"`region` gives back {brief(inside[:3])} for three of the points; asked is true or false, or 1 and 0.",
                "Which comparison divides the plane in two? A formula alone has values; a side of it is a region.",
            )
        return inside > 0.5


@check(
    EXERCISE,
    "the region",
    "Asked is a function of x1 and x2 that is true in a part of your square and false in the rest, for arrays of points.",
    "x1 > 1/x2 on [−1, 1]²: there |1/x2| is above 1, so x1 has no say, and the region is just x2 < 0. From [−2, 2]² on the curve lies inside of the square.",
)
def check_region(region: Any, square: Any, *, rng: np.random.Generator) -> str:
    """Judge `region(x1, x2)`, arrays (n,) → true or false (n,), on `square` = (from, to) for both inputs."""
    inside = Region(region, square)
    x = inside.draw(rng, 4000)
    y = inside(x)
    if not (
        np.array_equal(y, inside(x))
        and np.array_equal(y[:7], inside(x[:7]))
        and np.array_equal(y[::-1], inside(x[::-1]))
    ):
        raise Wrong(
            "The same point is once inside of your region and once outside, depending on when, and with which other points, it is asked about.",
            "A region is fixed. Is something in it random, or a mean, a maximum or an order of the points that happen to be asked about?",
        )
    share = float(y.mean())
    larger, name = max((share, "true"), (1 - share, "false"))
    if larger > LARGEST_SHARE:
        what = f"{name} everywhere" if larger > 0.9995 else f"{name} on {larger:.1%} of it"
        raise Wrong(
            f"On your square [{inside.low:.4g}, {inside.high:.4g}]² the function is {what}: who always says '{name}' is right that often, and nothing is left to learn.",
            "Move the border into the square: another function, or another square. Each class should have a tenth at least.",
        )
    _depends(inside, x, y, rng)
    near = cKDTree(x[:1000]).query(x[1000:])[1]
    same = float((y[:1000][near] == y[1000:]).mean())
    if same < 0.85:
        raise Wrong(
            f"Your region is finer than 1000 samples can show: even the nearest of them is on the same side in only {same:.0%} of cases.",
            "How many samples fall between two borders that are next to each other? A simpler function will do, or a smaller square.",
        )
    line = " A straight line divides it, so one neuron could do it." if _straight(x, y) else ""
    return f"It is true on {share:.0%} of your square, so that saying '{name}' always is right in {larger:.0%} of cases.{line}"


def _depends(inside: Region, x: Array, y: NDArray[np.bool_], rng: np.random.Generator) -> None:
    for k in range(2):
        other = x.copy()
        other[:, k] = rng.permutation(x[:, k])
        if (inside(other) != y).mean() < 0.005:
            raise Wrong(
                f"On your square [{inside.low:.4g}, {inside.high:.4g}]² it never depends on x{k + 1}: whatever x{k + 1} is, the answer stays the same.",
                f"For which x{k + 1} would the answer change, and does this place lie inside of your square? Another square may be enough.",
            )


def _straight(x: Array, y: NDArray[np.bool_]) -> bool:
    """Whether a straight line divides the classes, but for a few points."""
    from sklearn.linear_model import LogisticRegression

    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return bool(LogisticRegression(C=1e4, max_iter=200).fit(z, y).score(z, y) > 0.99)
