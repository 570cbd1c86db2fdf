"""Questions as plain data: what is asked, what is right, and what is said to each answer.

Texts are plain: `code` in backticks, LaTeX between dollars. Each question reads an answer (`read`: ValueError, in one line, for what
is none) and judges it (`judge`). The repr of a question holds neither the right answer nor what is said to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Choice", "Judgement", "Number", "Question", "Sketch"]

#: The places along the axis at which a sketch has a height.
POINTS = 61
#: The share of them that has to be drawn before a sketch is judged; the rest is filled in from what is next to it.
ENOUGH = 0.9


@dataclass(frozen=True)
class Judgement:
    """What an answer is worth, from 0 to 1, and why, in words."""

    score: float
    said: str

    @property
    def right(self) -> bool:
        """Whether nothing is missing."""
        return self.score == 1


@dataclass(frozen=True)
class Question:
    """What is asked."""

    text: str

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        _needed(f"a {type(self).__name__}", text=self.text)

    def read(self, answer: Any) -> Any:
        """The answer as plain JSON; ValueError, in one line, for what is none."""
        raise NotImplementedError(f"{type(self).__name__} has no read")

    def judge(self, answer: Any) -> Judgement:
        """What an answer is worth and why; ValueError as `read`."""
        raise NotImplementedError(f"{type(self).__name__} has no judge")

    def plain(self) -> str:
        """What is asked and how one can answer, as a text that is the same on every machine and gives nothing away."""
        return self.text

    def __str__(self) -> str:
        return self.plain()


@dataclass(frozen=True)
class Choice(Question):
    """One right answer of several: `options` maps each to what is said to it (why it is right, or where to look again)."""

    options: Mapping[str, str] = field(repr=False)
    right: str = field(repr=False)

    kind: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.options) < 2:
            raise ValueError(f"a Choice needs at least two options, got {len(self.options)}")
        for option, said in self.options.items():
            _needed("a Choice", option=option)
            _needed(f"the option {option!r}", feedback=said)
        if self.right not in self.options:
            raise ValueError(f"right is one of {', '.join(map(repr, self.options))}, got {self.right!r}")

    def read(self, answer: Any) -> str:
        if not isinstance(answer, str) or answer not in self.options:
            raise ValueError("Choose one of the answers first.")
        return answer

    def judge(self, answer: Any) -> Judgement:
        chosen = self.read(answer)
        return Judgement(float(chosen == self.right), self.options[chosen])

    def plain(self) -> str:
        lines = [f"  {letter}) {option}" for letter, option in zip(LETTERS, self.options, strict=False)]
        return "\n".join([self.text, *lines])


@dataclass(frozen=True)
class Number(Question):
    """A number, right when it is at most `within` away from `right`.

    `why` is said to a right answer, `wrong` to any other (a line of thought, never the number), unless it is as near to one of the
    usual mistakes in `near`, which maps each to what is said to it. `unit` stands behind the field.
    """

    right: float = field(repr=False)
    within: float = field(repr=False)
    why: str = field(repr=False)
    wrong: str = field(repr=False)
    unit: str = ""
    near: Mapping[float, str] = field(default_factory=dict, repr=False)

    kind: ClassVar[str] = "number"

    def __post_init__(self) -> None:
        super().__post_init__()
        _needed("a Number", why=self.why, wrong=self.wrong)
        if not (math.isfinite(self.right) and math.isfinite(self.within) and self.within > 0):
            raise ValueError(f"right is finite and within above 0, got {self.right!r} and {self.within!r}")
        for value, said in self.near.items():
            _needed(f"near {value!r}", feedback=said)
            if abs(value - self.right) <= self.within:
                raise ValueError(f"near {value!r} counts as right: it is within {self.within!r} of it")

    def read(self, answer: Any) -> float:
        """A finite number; a text may hold a decimal comma, a power of ten or a fraction: '0,1', '1e-3', '2/3'."""
        try:
            parts = str(answer).strip().replace("−", "-").replace(",", ".").split("/")
            if isinstance(answer, bool) or len(parts) > 2:
                raise ValueError
            number = float(parts[0]) / (float(parts[1]) if len(parts) == 2 else 1.0)
            if not math.isfinite(number):
                raise ValueError
        except (ValueError, ZeroDivisionError):
            got = f"{str(answer).strip()[:40]!r}" if str(answer).strip() and answer is not None else "nothing"
            raise ValueError(f"Write a number, such as 0.25, 1e-3 or 2/3; got {got}.") from None
        return number

    def judge(self, answer: Any) -> Judgement:
        number = self.read(answer)
        if abs(number - self.right) <= self.within * (1 + 1e-9):
            return Judgement(1.0, self.why)
        usual = min(self.near, key=lambda value: abs(value - number), default=math.inf)
        return Judgement(0.0, self.near[usual] if abs(usual - number) <= self.within else self.wrong)

    def plain(self) -> str:
        return f"{self.text}\n  a number{f' in {self.unit}' if self.unit else ''}"


@dataclass(frozen=True)
class Sketch(Question):
    """A curve that is drawn by hand over `x` = (from, to), inside of `y` = (from, to), and compared with `function`.

    `function` takes and gives arrays (n,). The score is 1 for a root mean square distance of up to `within`, and falls to 0 at four
    times that. `why` is said to every sketch, after where it is off: why the curve is as it is. `labels` are those of the axes.
    """

    function: Callable[[NDArray[np.float64]], Any] = field(repr=False)
    x: tuple[float, float]
    y: tuple[float, float]
    within: float = field(repr=False)
    why: str = field(repr=False)
    labels: tuple[str, str] = ("x", "y")

    kind: ClassVar[str] = "sketch"

    def __post_init__(self) -> None:
        super().__post_init__()
        _needed("a Sketch", why=self.why)
        for name, (low, high) in {"x": self.x, "y": self.y}.items():
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise ValueError(f"{name} is (from, to) with from below to, got {(low, high)}")
        if not 0 < self.within < self.y[1] - self.y[0]:
            raise ValueError(f"within is above 0 and below the height of the axes, got {self.within!r}")
        truth = self.truth
        if truth.shape != (POINTS,) or not np.isfinite(truth).all():
            raise ValueError(f"function gives a finite number for each x, got an array of shape {truth.shape}: {truth}")
        if truth.min() < self.y[0] or truth.max() > self.y[1]:
            raise ValueError(
                f"y = {self.y} does not hold the function, which goes from {truth.min():.4g} to {truth.max():.4g}"
            )

    @property
    def places(self) -> NDArray[np.float64]:
        """Where a sketch has heights, shape (POINTS,)."""
        return np.linspace(*self.x, POINTS)

    @property
    def truth(self) -> NDArray[np.float64]:
        """The right heights, shape (POINTS,)."""
        return np.asarray(self.function(self.places), float)

    def read(self, answer: Any) -> list[float]:
        """Heights at the places, from a list of numbers with None or NaN where nothing is drawn."""
        try:
            heights = np.array([np.nan if value is None else value for value in answer], float)
        except (TypeError, ValueError):
            raise ValueError(f"A sketch is a list of {POINTS} heights.") from None
        if heights.shape != (POINTS,):
            raise ValueError(f"A sketch is a list of {POINTS} heights, got {heights.size}.")
        drawn = np.isfinite(heights)
        if drawn.mean() < ENOUGH:
            raise ValueError(f"Draw the whole curve, from {self.x[0]:g} to {self.x[1]:g}: {drawn.mean():.0%} is there.")
        heights = np.interp(self.places, self.places[drawn], heights[drawn])
        return [float(height) for height in np.clip(heights, *self.y)]

    def stroke(
        self, heights: Sequence[float | None], begin: tuple[float, float], end: tuple[float, float]
    ) -> list[float | None]:
        """The heights after a pen has gone straight from `begin` to `end`, each (x, y), at least at the place nearest to `end`."""
        (x0, y0), (x1, y1) = sorted([begin, end])
        drawn = list(heights)
        under = np.flatnonzero((self.places >= x0) & (self.places <= x1))
        for place in under:
            drawn[place] = y0 + (y1 - y0) * (self.places[place] - x0) / (x1 - x0) if x1 > x0 else end[1]
        drawn[self.nearest(end[0])] = end[1]
        return [None if height is None else float(np.clip(height, *self.y)) for height in drawn]

    def nearest(self, x: float) -> int:
        """The number of the place nearest to x."""
        return int(np.abs(self.places - x).argmin())

    def judge(self, answer: Any) -> Judgement:
        off = np.array(self.read(answer)) - self.truth
        rms = float(np.sqrt(np.mean(off**2)))
        score = float(np.clip((4 * self.within - rms) / (3 * self.within), 0, 1))
        said = f"Off by {rms:.2g} in the root mean square; {self.within:.2g} and less is a full hit."
        if score < 1:
            worst = int(np.abs(off).argmax())
            side = "high" if off[worst] > 0 else "low"
            said += f" Farthest at {self.places[worst]:.3g}, where yours is {abs(off[worst]):.2g} too {side}."
        return Judgement(score, f"{said} {self.why}")

    def plain(self) -> str:
        across, up = self.labels
        return (
            f"{self.text}\n  a sketch of {up} from {self.y[0]:g} to {self.y[1]:g}, "
            f"against {across} from {self.x[0]:g} to {self.x[1]:g}"
        )


LETTERS = "ABCDEFGHIJ"


def _needed(where: str, **texts: Any) -> None:
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{where} needs a text for {name}, got {text!r}")
