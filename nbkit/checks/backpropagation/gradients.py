"""The gradients of a network with one hidden layer, against torch's autograd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nbkit.checks.backpropagation.network import EXERCISE, NAMES, SIZES, Layers, close
from nbkit.checks.backpropagation.shapes import four
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.landscape import Array

__all__ = ["check_gradients"]

Parts = list[Array]


@check(
    EXERCISE,
    "the gradients",
    "Go back the way that forward came: from the loss to the prediction, through W2 to the hidden neurons, through their kinks, and to W1. Each derivative has the shape of what it is by.",
    "One sample, one neuron: x = 2, w1 = 3, b1 = −1, w2 = 4, b2 = 0, y = 19. Forward 5, 5, 20, loss 1. Back: 2 by the prediction, so 2·5 = 10 by w2 and 2 by b2; 2·4 = 8 by what the neuron puts out, which is on; 8·2 = 16 by w1 and 8 by b1.",
)
def check_gradients(gradients: Any, *, rng: np.random.Generator) -> str:
    """Judge `gradients(X, y, W1, b1, W2, b2)` → those of the mean squared error by W1, b1, W2 and b2, in their shapes."""
    ask = Student(gradients, "gradients", "X", "y", "W1", "b1", "W2", "b2")
    for size in SIZES:
        net = Layers(rng, *size)
        expected = net.gradients()
        got = four(_answer(ask, net), net)
        right = [close(mine, torch_s) for mine, torch_s in zip(got, expected, strict=True)]
        if not all(right):
            _explain(net, got, expected, right)
    return "All four are equal to torch's autograd, for 1 to 20 samples, 1 to 4 inputs and 2 to 5 hidden neurons."


def _answer(ask: Student, net: Layers) -> Any:
    try:
        return ask(net.X, net.y, *net.weights)
    except Unusable as found:
        n = len(net.y)
        if f"a matrix with {n} columns times one with 1 row" not in found.said:
            raise
        raise Wrong(
            f"On {net} your program multiplies a matrix with {n} columns, as many as there are samples, by W2 in one row. Is the residual of shape ({n}, {n})? "
            f"Then it has {n * n} differences for {n} samples.",
            "The prediction has shape (n, 1) and y has (n,). What does numpy make of their difference? See `reshape`.",
        ) from None


def _explain(net: Layers, got: Parts, expected: Parts, right: list[bool]) -> None:
    held = " and ".join(f"dL/d{name}" for name, fine in zip(NAMES, right, strict=True) if fine)
    held = f"{held}." if held else ""
    on = f"On {net}"
    _common_factor(on, net, got, expected)
    for flawed, words, thought in _usual(net):
        pairs = [(mine, values) for mine, values in zip(got, flawed, strict=True) if values is not None]
        if all(close(mine, values) for mine, values in pairs):
            raise Wrong(f"{on}: {words}", thought, held=held)
    wrong = next(k for k in (2, 3, 1, 0) if not right[k])  # the one nearest to the loss
    place = np.unravel_index(int(np.abs(got[wrong] - expected[wrong]).argmax()), got[wrong].shape)
    index = ", ".join(str(int(k)) for k in place)
    thought = {
        2: "How much does a prediction change when one number in W2 grows by 1? And how much the loss when that prediction does?",
        3: "b2 is in each prediction once. What do the samples bring back to it, together?",
        1: "b1 is in each neuron's sum once. What comes back to that sum, from each sample?",
        0: "One number in W1 stands between one input and one neuron. What comes back to that neuron's sum, and what does the number multiply there?",
    }[wrong]
    raise Wrong(
        f"{on} your dL/d{NAMES[wrong]}[{index}] is {got[wrong][place]:.4g}; a small step in it says {expected[wrong][place]:.4g}.",
        f"{thought} Your own differences tell about each number alone.",
        held=held,
    )


def _common_factor(on: str, net: Layers, got: Parts, expected: Parts) -> None:
    """All four are the same multiple of what they should be."""
    flat, torch_s = (np.concatenate([part.ravel() for part in parts]) for parts in (got, expected))
    factor = float(flat @ torch_s / (torch_s @ torch_s))
    if not close(flat, factor * torch_s) or factor == 0:
        return
    n = len(net.y)
    known = {
        -1.0: (
            "all your gradients are autograd's with the opposite sign",
            "Look at the first factor of the chain, dL/dP: does the loss grow or fall when a prediction that is too high grows?",
        ),
        float(n): (
            f"all your gradients are {n} times autograd's, as many times as there are samples",
            "The loss is a mean, no sum. What does that make of its derivative?",
        ),
        0.5: ("all your gradients are half of autograd's", "What is the derivative of r² by r?"),
        n / 2: (
            f"all your gradients are {n / 2:g} times autograd's, half as many times as there are samples",
            "Two factors are missing: one from the square, one from the mean.",
        ),
        1 / n: (
            f"all your gradients are {n} times too small, as many times as there are samples",
            "How often do you divide by n?",
        ),
    }
    for value, (said, thought) in known.items():
        if np.isclose(factor, value, rtol=1e-4) and not np.isclose(value, 1):
            raise Wrong(f"{on}: {said}.", thought)
    raise Wrong(
        f"{on}: all your gradients are {factor:.4g} times autograd's.",
        "The way back is right, but it begins with a wrong number. What is the derivative of the loss by one prediction?",
    )


def _usual(net: Layers) -> Iterator[tuple[list[Array | None], str, str]]:
    """Four gradients each with one usual flaw (None where it makes no difference which), what is seen, and where to look."""
    X, Z, H, W2 = net.X, net.Z, net.H, net.W2
    d = 2 * net.residual / len(X)
    back = d @ W2.T
    s = back * (Z > 0)
    out: list[Array] = [H.T @ d, d.sum(axis=0)]

    def hidden(signal: Array) -> list[Array | None]:
        return [X.T @ signal, signal.sum(axis=0), *out]

    gone = "the output layer is right, the hidden one is not"
    yield (
        hidden(back),
        f"{gone}: the signal passes where a neuron is off, too.",
        "What must the signal pass on its way back from the neurons' outputs to their sums?",
    )
    flat = "For z < 0 a ReLU is flat"
    k = np.unravel_index(int(np.argmin(Z)), Z.shape)
    yield (
        hidden(back * np.sign(Z)),
        f"{gone}. At z = {Z[k]:.3g} your neuron passes on its signal with the opposite sign.",
        f"{flat}: when z moves a little there, what does the neuron's output do?",
    )
    yield (
        hidden(back * (Z < 0)),
        f"{gone}: the signal passes where neurons are off.",
        f"{flat}. On which side is the slope 1?",
    )
    yield (
        hidden(back * H),
        f"{gone}. Your neurons pass on more, the larger they are.",
        "That is the value of the ReLU. The chain asks for its slope, at the same place.",
    )
    for gate in (net.P > 0, back > 0, H @ W2 > 0):
        yield (
            hidden(back * gate),
            f"{gone}. Some neurons that are off pass a signal, and some that are on stop it.",
            "Whose sum decides whether a neuron is on? Look at which array you ask for being above 0.",
        )
    for slope in (1 - H**2, H * (1 - H), 1 - np.tanh(Z) ** 2, np.exp(-Z) / (1 + np.exp(-Z)) ** 2):
        yield hidden(back * slope), f"{gone}.", "That is the slope of another activation. Which one is in forward?"
    without = (d @ np.ones_like(W2).T) * (Z > 0)
    yield (
        hidden(without),
        f"{gone}: all neurons get the same signal.",
        "A neuron counts in the prediction as much as its output weight says. What does that make of the signal on its way back?",
    )
    once = np.broadcast_to(W2.T, Z.shape) * (Z > 0)
    yield (
        hidden(once),
        f"{gone}: how wrong the prediction is plays no part in it.",
        "Chain rule: what has come from above has to be in the product.",
    )
    yield (
        hidden(once / len(X)),
        f"{gone}: how wrong the prediction is plays no part in it.",
        "Chain rule: what has come from above has to be in the product.",
    )
    first: list[Array | None] = [X.T @ s, s.sum(axis=0)]
    yield (
        [*first, Z.T @ d, out[1]],
        "dL/dW2 also gets something from neurons that are off.",
        "What does W2 multiply in forward: the sums of the neurons, or what they put out?",
    )
    yield (
        [*first, (Z > 0).T.astype(float) @ d, out[1]],
        "dL/dW2 does not see how strongly a neuron is on.",
        "The slope of the ReLU lies further back. What does W2 multiply in forward?",
    )
    n = len(X)
    yield [first[0], s.mean(axis=0), out[0], d.mean(axis=0)], *_mean(n)
    yield [first[0], s.mean(axis=0), *out], *_mean(n)
    yield [*first, out[0], d.mean(axis=0)], *_mean(n)
    everything = np.full(len(net.b1), s.sum())
    yield (
        [first[0], everything, *out],
        "all hidden biases got the same gradient.",
        "Each neuron has its own bias. Over which index do you sum, and which one stays?",
    )


def _mean(n: int) -> tuple[str, str]:
    return (
        f"the gradients by a bias are {n} times too small.",
        "1/n stands in the loss once. Is it in your signal already, when you take the mean over the samples again?",
    )
