"""What a network's output says, and the loss that is made small: whether the two fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.classification.models import both, outputs
from nbkit.checks.classification.plane import EXERCISE
from nbkit.checks.classification.samples import classes_of
from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.losses import refusal, scalar
from nbkit.checks.networks import scattered, tensor
from nbkit.checks.splitting import inputs_of
from nbkit.checks.student import Student
from nbkit.checks.values import numbers
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Probability", "check_class_loss", "loss_of"]

TINY = 1e-12


class Probability:
    """The student's `probability(model, x)`: of class 1, for points (n, 2), shape (n,)."""

    def __init__(self, probability: Any) -> None:
        self._ask = Student(probability, "probability", "model", "x")

    def __call__(self, model: nn.Module, x: Array) -> Array:
        p = numbers(self._ask(model, tensor(x, model)), None, "What `probability` gives back")
        if p.shape == (len(x), 2):
            raise Unusable(
                "`probability` gives back two numbers for each point: asked is that of class 1, true, alone, shape (n,)."
            )
        if p.size != len(x):
            raise Unusable(
                f"`probability` gives back shape {p.shape} for {len(x)} points: asked is one number for each."
            )
        p = p.reshape(-1)
        if p.min() < 0 or p.max() > 1:
            raise Wrong(
                f"`probability` gives {p.min() if p.min() < 0 else p.max():.3g}, and a probability lies between 0 and 1.",
                "What the last linear layer gives is a logit, any number. What makes a probability of it?",
                "A logit of 0 stands for a probability of 0.5, one of 2 for 0.88, one of −2 for 0.12.",
            )
        return p


def loss_of(ask: Student, model: nn.Module, x: Array, y: Any, name: str) -> float:
    """The student's loss of one batch as a number. Raises Wrong where torch refuses it, or where no gradient leads back from it."""
    try:
        loss = ask(model, tensor(x, model), y)
    except Unusable as failed:
        raise _refused(failed, outputs(model, x, name), y) from None
    return scalar(loss)


def _refused(failed: Unusable, out: Array, y: Any) -> Unusable | Wrong:
    """What torch refused, in words of the exercise; the student's own failure where it is none of those that are known."""
    said = refusal(failed)
    kind = f"{getattr(y, 'dtype', type(y).__name__)}, shape {tuple(np.shape(y))}"
    width = out.shape[1]
    if "between 0 and 1" in said:
        return Wrong(
            f"Your loss takes probabilities, and the network's last layer gives numbers from {out.min():.2g} to {out.max():.2g}.",
            "Either the network ends in what makes probabilities, or the loss is the one that takes logits. Which of the two do you change?",
        )
    if width == 1 and ("out of bounds" in said or "index" in said):
        return Wrong(
            "Your loss chooses one of several outputs by the label, and the network has one output: there is no output number 1.",
            "How many outputs does this loss want for two classes? Or is it the loss for one output that you want?",
        )
    if "size" in said or "shape" in said or "target tensor" in said:
        return Wrong(
            f"The labels are {kind}, the network gives ({len(out)}, {width}): as they reach the loss, it does not take them together. Torch says: {said}.",
            "Which shape, and which type, does this loss want its labels in? `reshape`, `squeeze` and `unsqueeze` change a shape.",
        )
    if any(
        word in said
        for word in ("dtype", "scalar type", "result type", "Long", "Bool", "Float", "Int", "subtract", "Subtraction")
    ):
        return Wrong(
            f"The labels in `y_train` are {kind}; as they reach the loss, it wants another type.",
            "A loss that chooses an output by the label wants whole numbers (int64); one that computes with the label wants floats like the output. "
            "Which does yours do?",
        )
    return failed


@check(
    EXERCISE,
    "output and loss",
    "Asked are the probability of 'true' that follows from the network's output, and the loss of a batch: the cross-entropy, the mean of −ln(probability given to the true class).",
    "Two points, the true classes 1 and 0, the probabilities of class 1 0.8 and 0.3: the losses are −ln 0.8 = 0.22 and −ln 0.7 = 0.36, the mean 0.29.",
)
def check_class_loss(
    batch_loss: Any, probability: Any, mlp: Any, dnn: Any, x_train: Any, y_train: Any, *, rng: np.random.Generator
) -> str:
    """Judge `probability(model, x)` → (n,) and `batch_loss(model, x, y)` → a scalar tensor, on the student's own networks and labels."""
    says, ask = Probability(probability), Student(batch_loss, "batch_loss", "model", "x", "y")
    done(x_train, y_train)
    models, x, y = both(mlp, dnn), inputs_of(x_train, 2, "x_train"), classes_of(y_train, "y_train")
    for name, model in models.items():
        _reach(says, model.eval(), x, name, rng)
        for count in (16, 48, 48):
            some = scattered(model, rng, 0.5)
            rows = np.concatenate([rng.choice(np.flatnonzero(y == k), count // 2) for k in (0, 1)])
            p = np.clip(says(some, x[rows]), 1e-6, 1 - 1e-6)
            got = loss_of(ask, some, x[rows], _rows(y_train, rows), name)
            truth = -np.where(y[rows] > 0.5, np.log(p), np.log(1 - p)).mean()
            if not np.isclose(got, truth, rtol=2e-3, atol=1e-5):
                _explain(got, p, y[rows], outputs(some, x[rows], name), name)
    return "With both networks your loss is the mean of −ln(probability of the true class), and every probability between 0 and 1 can be reached."


def _rows(y: Any, rows: Any) -> Any:
    """These rows of the student's labels, in the student's type."""
    return y[rows] if hasattr(y, "dtype") else [y[int(row)] for row in rows]


def _reach(says: Probability, model: nn.Module, x: Array, name: str, rng: np.random.Generator) -> None:
    """Raise Wrong where no weights whatever would let the network say a clear yes and a clear no."""
    far = rng.choice(x, 200) * 3
    p = np.concatenate([says(scattered(model, rng, 3.0), far) for _ in range(8)])
    low, high = float(p.min()), float(p.max())
    if low < 0.1 and high > 0.9:
        return
    if low > 0.999:
        raise Wrong(
            f"Whatever its weights, the probability of your {name} is 1 for every point.",
            "A softmax shares 1 out among the outputs. How much is left to share where there is one output only?",
        )
    if low > 0.45 and high > 0.9:
        said = f"Whatever its weights, your {name} never says a probability below {low:.2f}: it can't say no."
        thought = "Something lets no number below 0 through on the way to the output. Which layer is the last, and what does it do with −2?"
    elif low < 0.1:
        said = f"Whatever its weights, your {name} never says a probability above {high:.2f}."
        thought = "Which numbers can its last layer give, and what does the probability become for the largest of them?"
    else:
        said = f"Whatever its weights, the probability that your {name} says stays between {low:.2f} and {high:.2f}: it can never be sure."
        thought = "What is squeezed into (0, 1) or (−1, 1) and then squeezed once more covers a part of the way only. Where is the first time, and where the second?"
    raise Wrong(
        said,
        thought,
        "A sigmoid of 1 is 0.73, and of 0 it is 0.5: what comes out of one sigmoid, put into another, ends between the two.",
    )


def _explain(got: float, p: Array, y: Array, out: Array, name: str) -> None:
    """Raise Wrong with what a loss that is not the cross-entropy is instead."""
    right = np.where(y > 0.5, p, 1 - p)
    truth = -np.log(right).mean()

    def bce(q: Array) -> float:
        return float(-np.where(y > 0.5, np.log(q + TINY), np.log(1 - q + TINY)).mean())

    def is_(value: float) -> bool:
        return bool(np.isclose(got, value, rtol=2e-3, atol=1e-5))

    squeezed, softened = 1 / (1 + np.exp(-p)), 1 / (1 + np.exp(1 - 2 * p))
    at = f"For a batch of {len(y)} your {name}'s loss is {got + 0.0:.3g}"
    if out.shape[1] == 1 and got == 0:
        raise Wrong(
            f"{at}, whatever its weights: cross-entropy over one output is 0 always, since one class alone has a probability of 1.",
            "How many outputs does this loss want for two classes?",
        )
    if is_(bce(squeezed)) or is_(bce(softened)):
        floor = 0.313 if is_(bce(softened)) else bce(1 / (1 + np.exp(-y)))
        raise Wrong(
            f"{at}, and no weights bring it below {floor:.3g}: what is a probability already is squeezed once more inside of the loss.",
            "Some losses take logits and make the probabilities themselves. Which is yours, and what does your network end in?",
            "A perfect network says 1 for every true point. As a logit that is a probability of 0.73 only, and −ln 0.73 = 0.31 remains.",
        )
    if is_(((p - y) ** 2).mean()) or is_(((out[:, -1] - y) ** 2).mean()) or is_(2 * ((p - y) ** 2).mean()):
        raise Wrong(
            f"{at}: that is the squared distance from the label, not the cross-entropy.",
            "With it the slope dies where a network is sure and wrong: at a probability of 0.001 for the true class, the loss is flat. Which loss grows without limit there?",
        )
    if is_(np.abs(p - y).mean()):
        raise Wrong(
            f"{at}: that is the distance from the label, not the cross-entropy.",
            "Which loss grows without limit when a network is sure and wrong?",
        )
    if is_(len(y) * truth):
        raise Wrong(
            f"{at}, {len(y)} times the mean: doubling the batch doubles it, and with it every step.",
            "A loss is a *mean* over the batch, or its learning rate depends on how large the batch is.",
        )
    if is_(-truth) or is_(-right.mean()):
        raise Wrong(
            f"{at}, below 0: it becomes smaller {'the worse the network is' if is_(-truth) else 'without any logarithm'}.",
            "A cross-entropy is −ln of a probability, so it is never below 0. What is missing between the probability and the loss, or what is too much?",
        )
    if is_(bce(1 - p)):
        raise Wrong(
            f"{at}; it would be {truth:.3g} by what `probability` says: one of the two takes 'true' for 'false'.",
            "Which output, or which side of 0.5, belongs to label 1?",
        )
    pairs = -(y[None] * np.log(p)[:, None] + (1 - y[None]) * np.log(1 - p)[:, None]).mean()
    if is_(pairs) or is_(((p[:, None] - y[None]) ** 2).mean()):
        raise Wrong(
            f"{at}: the mean over all {len(y)}×{len(y)} pairs of an output and a label.",
            "(n,) met (n, 1), and each was compared with each: the best answer is then the same for all points. Which shapes do output and labels have?",
        )
    raise Wrong(
        f"{at}; by the probabilities that `probability` gives, the mean of −ln(probability of the true class) is {truth:.3g}.",
        "Do the two functions read the output in the same way: as a logit, a probability, or one of two? Try one point whose probability you know.",
    )
