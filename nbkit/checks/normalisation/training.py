"""One training, from the seed to the last loss."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.networks import answers, bends, weights
from nbkit.checks.normalisation.learned import (
    NEVER,
    Learned,
    cross_entropy,
    events,
    loss_in_training,
    read_learned,
    reference,
)
from nbkit.checks.normalisation.scales import EXERCISE
from nbkit.checks.student import Student
from nbkit.checks.values import brief
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["check_learn"]


@check(
    EXERCISE,
    "the training",
    "A network from the seed, then plain gradient descent with the whole sample in every step, and a list of the losses before each step.",
    "With 3 steps the list has 3 losses, and the first one is that of the start: about 0.7 where the network's first answers are near 0, since −ln ½ = 0.69.",
)
def check_learn(learn: Any, *, rng: np.random.Generator) -> str:
    """Judge `learn(x, y, learning_rate, steps, seed)` → a network of one logit and the losses (steps,), by full-batch SGD on cross-entropy."""
    ask = Student(learn, "learn", "x", "y", "learning_rate", "steps", "seed")
    x, y = events(rng)
    seed = int(rng.integers(100))
    start = read_learned(ask(x, y, NEVER, 1, seed), 1, "`learn`")
    if len(start.losses) > 1:
        start = start._replace(losses=start.losses[:1])
    still = read_learned(ask(x, y, NEVER, 3, seed), 3, "`learn`").losses
    if not np.allclose(still, still[0], rtol=1e-4):
        raise Wrong(
            f"With a learning rate of {NEVER:g} nothing can move, but your losses go {brief(still)}.",
            "Which of the five arguments have you not used?",
        )
    _judge_loss(start, x, y)
    if not bends(start.model, rng, x.shape[1]):
        raise Wrong(
            "The network is a straight line of its inputs: from low to high mass its answer can only rise, or only fall.",
            "The signal is in the middle, with background on both sides. What stands between two layers?",
        )
    again, another = (read_learned(ask(x, y, NEVER, 1, s), 1, "`learn`") for s in (seed, seed + 1))
    if not np.allclose(weights(again.model), weights(start.model), atol=1e-7):
        raise Wrong(
            f"Called twice with seed {seed}, the network started from other weights.",
            "Nobody can repeat that, and no comparison is fair. When has the seed to be set, before the network is made or after?",
        )
    if np.allclose(weights(another.model), weights(start.model), atol=1e-7):
        raise Wrong(
            f"Seeds {seed} and {seed + 1} start from the same weights.",
            "Which of the five arguments have you not used?",
        )
    steps, rate = 4, 0.4
    done = read_learned(ask(x, y, rate, steps, seed), steps, "`learn`")
    _judge_steps(start.model, done, x, y, rate, steps)
    return f"The losses of {steps} steps, and the weights after them, are those of plain gradient descent on the cross-entropy."


def _squeezed(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _of_chances(chances: Array, y: Array) -> float:
    inside = np.clip(chances, 1e-12, 1 - 1e-12)
    return float(-np.mean(y * np.log(inside) + (1 - y) * np.log(1 - inside)))


def _judge_loss(start: Learned, x: Array, y: Array) -> None:
    out, got = answers(start.model, x, "The network"), float(start.losses[0])
    start_modes = {cross_entropy(out, y), loss_in_training(start.model, x, y)}
    if any(np.isclose(got, right, rtol=1e-3) for right in start_modes):
        if out.min() >= 0 and out.max() <= 1 and np.ptp(out) > 0 and _ends_squeezed(start.model, x):
            raise Wrong(
                "Your network answers between 0 and 1 already, and the loss takes that for a logit: it can't fall below 0.5.",
                "The squeeze is done twice. Which loss does it itself?",
            )
        return
    if out.min() >= 0 and out.max() <= 1 and np.isclose(got, _of_chances(out, y), rtol=1e-3):
        raise Wrong(
            "The network gives back a probability; asked is the logit, before the sigmoid.",
            "The loss that you use does with a probability. Its partner `BCEWithLogitsLoss` takes the logit, and is the safer one where exp is large.",
            held="the loss.",
        )
    said = f"At the start the cross-entropy of your network's answers is {cross_entropy(out, y):.4g}; your list begins with {got:.4g}."
    usual = [
        (len(x) * cross_entropy(out, y), "Yours is the sum over the events. The loss is a mean, or it grows with the sample."),
        (np.mean((out - y) ** 2), "Yours is the squared error. For classes the cross-entropy is asked."),
        (np.mean((_squeezed(out) - y) ** 2), "Yours is the squared error. For classes the cross-entropy is asked."),
        (np.mean((out[:, None] - y) ** 2), "Yours compares each with each: (n, 1) met (n,). And for classes the cross-entropy is asked."),
        (cross_entropy(out, 1 - y), "Yours is the loss of the opposite labels."),
        (cross_entropy(_squeezed(out), y), "The sigmoid is done twice in yours: by hand, and by the loss itself."),
        (np.mean(_squeezed(out) != y), "Yours is no loss that can be differentiated."),
    ]  # fmt: skip
    otherwise = "Is it the loss of the whole sample, before the first step, from logits (n,) and labels (n,)?"
    raise Wrong(
        said, next((thought for value, thought in usual if np.isclose(got, float(value), rtol=1e-3)), otherwise)
    )


def _ends_squeezed(model: nn.Module, x: Array) -> bool:
    """Whether the outputs stay between 0 and 1 whatever the weights are: of a network that ends in a sigmoid, or a softmax."""
    import torch

    model, generator = copy.deepcopy(model), torch.Generator().manual_seed(0)
    for _ in range(20):
        with torch.no_grad():
            for weight in model.parameters():
                weight.copy_(3 * torch.randn(weight.shape, generator=generator))
        out = answers(model, x, "The network")
        if out.min() < 0 or out.max() > 1:
            return False
    return True


def _judge_steps(start: nn.Module, done: Learned, x: Array, y: Array, rate: float, steps: int) -> None:
    losses, ends = reference(start, x, y, rate, steps)
    before, after = weights(start), weights(done.model)
    got = done.losses
    if before.shape != after.shape:
        raise Wrong(
            "The network has another size from one call to the next.", "Does its size depend on the steps or the rate?"
        )

    def near(kind: str) -> bool:
        return bool(np.allclose(after, reference(start, x, y, rate, steps, kind)[1], rtol=1e-3, atol=1e-4))

    if np.allclose(after, before, atol=1e-7):
        raise Wrong(
            f"After {steps} steps not one weight has moved.",
            "Three lines make a step: forget the old slopes, `backward()`, `step()`. And does the optimiser know the weights of *this* network?",
        )
    if not np.allclose(after, ends, rtol=1e-3, atol=1e-4):
        usual = {
            "accumulate": "From the second step on your steps are too long: the slopes of all steps before are still in them. What has to be forgotten before `backward()`?",
            "adam": "Your weights moved as with Adam. Here plain SGD is asked: Adam divides by the size of the slope, and so hides what is to be seen.",
            "momentum": "Your weights moved with momentum. Here plain SGD is asked.",
            "sum": f"Your steps are {len(x)} times too long: the loss is a sum.",
        }
        moved, asked = after - before, ends - before
        thought = next((thought for kind, thought in usual.items() if near(kind)), "")
        if not thought:
            for other in (steps - 1, steps + 1):
                if np.allclose(after, reference(start, x, y, rate, other)[1], rtol=1e-3, atol=1e-4):
                    thought = f"Your network made {other} steps in place of {steps}."
        share = float(moved @ asked / (asked @ asked))
        if share < 0:
            thought = "The weights went with the slope in place of against it, and the loss grew."
        raise Wrong(
            f"After {steps} steps with a learning rate of {rate:g} the weights have moved {share:.2g} times as far as plain gradient descent with all events in one batch takes them.",
            thought
            or "Is the whole sample in each step, and is it plain `torch.optim.SGD` with the learning rate that was given?",
            held="the start, and the loss.",
        )
    if np.allclose(got[:steps], losses, rtol=1e-3):
        return
    if len(got) == steps and np.allclose(got[:-1], losses[1:], rtol=1e-3):
        raise Wrong(
            "The losses in your list are those after each step; the start is not among them.",
            "Asked is the loss before each step. Where in the loop is it kept?",
            held="the steps.",
        )
    raise Wrong(
        f"The network is right, but the list says {brief(got)} where the losses are {brief(losses)}.",
        "Keep the loss as a number, `loss.item()`, of the whole sample and before each step.",
        held="the steps.",
    )
