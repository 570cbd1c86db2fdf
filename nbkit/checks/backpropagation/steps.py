"""One step of gradient descent for all weights of a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbkit.checks.backpropagation.network import EXERCISE, NAMES, SIZES, Layers
from nbkit.checks.backpropagation.shapes import four
from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.landscape import Array

__all__ = ["check_train_step"]

Parts = list[Array]


@check(
    EXERCISE,
    "a training step",
    "All four sets of weights move against their gradients, and all gradients are those at one and the same place: where the weights stood before the step.",
    "L = (u·v)²/2 at u = 1, v = 2 has the slopes u·v² = 4 and u²·v = 2. With a rate of 0.1 it goes to u = 0.6 and v = 1.8. With u moved first, v's slope would be 0.72.",
)
def check_train_step(train_step: Any, *, rng: np.random.Generator) -> str:
    """Judge `train_step(X, y, W1, b1, W2, b2, learning_rate)` → the four weights after one step down the mean squared error."""
    ask = Student(train_step, "train_step", "X", "y", "W1", "b1", "W2", "b2", "learning_rate")
    for size in SIZES:
        net, rate = Layers(rng, *size), float(rng.uniform(0.02, 0.05))
        asked = [-rate * gradient for gradient in net.gradients()]
        moved = _moved(ask, net, rate)
        right = [_near(mine, way) for mine, way in zip(moved, asked, strict=True)]
        if not all(right):
            _explain(ask, net, rate, moved, asked, right)
    return "All four moved as torch's SGD would move them, in networks of four sizes."


def _moved(ask: Student, net: Layers, rate: float) -> Parts:
    new = four(ask(net.X, net.y, *net.weights, rate), net, "new ")
    return [after - before for after, before in zip(new, net.weights, strict=True)]


def _near(moved: Array, asked: Array) -> bool:
    """Equal, as far as the difference of two weights in single precision tells."""
    return bool(np.abs(moved - asked).max() <= 1e-4 * np.abs(asked).max() + 1e-6)


def _explain(ask: Student, net: Layers, rate: float, moved: Parts, asked: Parts, right: list[bool]) -> None:
    on = f"On {net}, learning rate {rate:.3g}"
    held = " and ".join(name for name, fine in zip(NAMES, right, strict=True) if fine)
    held = f"{held}." if held else ""
    if not any(part.any() for part in moved):
        raise Wrong(f"{on} no weight has moved.", "What is given back: the old weights, or new ones?")
    stays = [name for name, part, way in zip(NAMES, moved, asked, strict=True) if not part.any() and way.any()]
    if stays:
        raise Wrong(
            f"{on} {' and '.join(stays)} did not move.",
            "All four sets of weights learn. Which ones do you give back?",
            held=held,
        )
    if all(_near(mine, -way) for mine, way in zip(moved, asked, strict=True)):
        raise Wrong(f"{on} the loss went up.", "The lengths are right. With or against the gradient?")
    if all(_near(mine, way / rate) for mine, way in zip(moved, asked, strict=True)):
        raise Wrong(f"{on} each step is {1 / rate:.3g} times too long.", "Which of the arguments have you not used?")
    gradients = [way / -rate for way in asked]
    if all(
        _near(mine + weight, way) or _near(mine + weight, slope)
        for mine, weight, way, slope in zip(moved, net.weights, asked, gradients, strict=True)
    ):
        raise Wrong(
            f"{on} you gave back ways, and not the places where they end.", "Where do the weights stand after the step?"
        )
    _too_late(on, ask, net, rate, moved, asked, held)
    flat, way = (np.concatenate([part.ravel() for part in parts]) for parts in (moved, asked))
    share = float(flat @ way / (way @ way))
    if _near(flat, share * way):
        raise Wrong(
            f"{on} the direction is right, but the step is {share:.3g} times as long as asked.",
            "Look at each factor of the step: the rate, the gradient, and what else?",
        )
    opposite = [name for name, mine, way in zip(NAMES, moved, asked, strict=True) if _near(mine, -way)]
    if opposite:
        raise Wrong(
            f"{on} {' and '.join(opposite)} moved uphill.", "Do all four go against their gradients?", held=held
        )
    wrong = right.index(False)
    place = np.unravel_index(int(np.abs(moved[wrong] - asked[wrong]).argmax()), moved[wrong].shape)
    index = ", ".join(str(int(k)) for k in place)
    raise Wrong(
        f"{on} {NAMES[wrong]}[{index}] moved by {moved[wrong][place]:.4g}; asked is {asked[wrong][place]:.4g}.",
        "If your gradients are right, only the four updates are left to look at: print what each of them adds.",
        held=held,
    )


def _too_late(on: str, ask: Student, net: Layers, rate: float, moved: Parts, asked: Parts, held: str) -> None:
    """Some weights had moved already when a gradient was taken: the difference to the right step falls with the rate's square."""

    def apart(moved: Parts, asked: Parts) -> float:
        return float(np.sqrt(sum(((mine - way) ** 2).sum() for mine, way in zip(moved, asked, strict=True))))

    tenth = _moved(ask, net, rate / 10)
    small = apart(tenth, [way / 10 for way in asked])
    if small < 1e-12 or apart(moved, asked) < 30 * small:
        return
    share = apart(moved, asked) / apart(asked, [0 * way for way in asked])
    raise Wrong(
        f"{on} your step differs by {share:.1%} from the right one, and ten times less of it with a tenth of the rate.",
        "A gradient was taken where some weights had moved already. First all derivatives, then all updates.",
        held=held,
    )
