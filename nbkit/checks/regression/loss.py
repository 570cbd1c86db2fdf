"""What a network predicts, in the unit of the function, and the loss that is made small: whether the two fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.losses import refusal, scalar
from nbkit.checks.networks import network, scattered, tensor
from nbkit.checks.regression.function import EXERCISE, INPUTS
from nbkit.checks.regression.samples import values_of
from nbkit.checks.splitting import inputs_of
from nbkit.checks.student import Student
from nbkit.checks.values import numbers
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Prediction", "check_regression_loss"]


class Prediction:
    """The student's `predict(model, x)`: for points (n, 5), shape (n,), in the unit of the function."""

    def __init__(self, predict: Any) -> None:
        self._ask = Student(predict, "predict", "model", "x")

    def __call__(self, model: nn.Module, x: Array) -> Array:
        y = numbers(self._ask(model, tensor(x, model)), None, "What `predict` gives back")
        if y.size != len(x):
            raise Unusable(
                f"`predict` gives back shape {y.shape} for {len(x)} points: asked is one value for each, shape ({len(x)},)."
            )
        return y.reshape(-1)


@check(
    EXERCISE,
    "model and loss",
    "Asked are a network from five inputs to one value, what it predicts in the unit of your function, and a loss that is smallest where prediction and truth are equal.",
    "Truths 3 and 5, predictions 4 and 5: the residuals are 1 and 0. A loss is made of those two numbers alone, and doubling the batch does not change it.",
)
def check_regression_loss(
    batch_loss: Any, predict: Any, model: Any, x_train: Any, y_train: Any, *, rng: np.random.Generator
) -> str:
    """Judge `predict(model, x)` → (n,) and `batch_loss(model, x, y)` → a scalar tensor, on the student's own network and samples."""
    says, ask = Prediction(predict), Student(batch_loss, "batch_loss", "model", "x", "y")
    done(model, x_train, y_train)
    net, x, y = (
        network(model, "`model`").eval(),
        inputs_of(x_train, len(INPUTS), "x_train"),
        values_of(y_train, "y_train"),
    )
    _bends(net, says, x)
    _reach(says, net, x, y, rng)
    rows = rng.choice(len(x), 12, replace=False)
    some, here = scattered(net, rng, 0.7), x[rows]
    predicted = says(some, here)
    step = float(predicted.std()) or float(y.std())

    def loss(off: Any, count: int = 12, times: int = 1) -> float:
        truth = np.tile((predicted + off)[:count], times)
        try:
            return scalar(ask(some, tensor(np.tile(here[:count], (times, 1)), some), _like(y_train, truth)))
        except Unusable as failed:
            raise _refused(failed, y_train, count * times) from None

    none, above, below, far = loss(0.0), loss(-step), loss(step), loss(-2 * step)
    rise = above - none
    tiny = 1e-4 * max(abs(far), 1e-12)
    if max(none, above, below, far) - min(none, above, below, far) <= tiny:
        raise Wrong(
            f"Your loss is {none + 0.0:.4g} whether the network is right or wrong.",
            "A loss that looks at classes sees one class only where there is one output; and what is normalised batch by batch forgets by how much all are off. "
            "Does yours look at the distance of these predictions from these truths?",
        )
    if above < none - tiny and below < none - tiny:
        raise Wrong(
            f"Your loss is {none:.4g} where every prediction is right, and {above:.4g} where all are off by {step:.2g}: it rewards being wrong.",
            "Which way does it have to go when a residual grows?",
        )
    if abs(none) > 0.05 * abs(above):
        alone = loss(0.0, 1)
        if abs(alone) < 0.01 * abs(none):
            raise Wrong(
                f"For a batch of 12 whose predictions are all right your loss is {none:.4g}; for each of them alone it is {alone:.2g}.",
                "(n,) met (n, 1), and each prediction was compared with each truth: then the best answer is the mean of all, for every point. Which shapes do the two have?",
            )
        if not (above > none and below > none) or abs(alone - none) > 0.01 * abs(none):
            raise Wrong(
                f"Where `predict` gives exactly the truth, your loss is {none:.4g}; elsewhere it is smaller.",
                "Do the two functions speak of the same thing? What is normalised for the loss has to be undone in the prediction, with the same two numbers.",
            )
    if abs(above - below) > 0.02 * max(abs(rise), tiny):
        raise Wrong(
            f"Predictions too large by {step:.2g} cost {above:.4g}, too small by as much {below:.4g}.",
            "Then it is not the residual alone that counts, or not both ways alike. On what else does your loss depend?",
        )
    if far <= above:
        raise Wrong(f"Twice the residual costs {far:.4g}, the single one {above:.4g}.", "Farther off has to cost more.")
    turn = np.where(np.arange(12) % 2, step, -step)
    for off, what in (
        (turn, "Half of the predictions too large and half too small by as much"),
        (turn.clip(0), "Half of the predictions off, the odd ones,"),
        (turn.clip(None, 0), "Half of the predictions off, the even ones,"),
    ):
        cost = loss(off) - none
        if cost < 0.2 * rise:
            raise Wrong(
                f"{what} cost {cost:.4g}, all of them too large {rise:.4g}.",
                "Does every sample of the batch count, and is each residual made positive before they are summed, so that no two cancel?",
            )
    double = loss(-step, 12, 2)
    if abs(double - above) > 0.02 * abs(above):
        raise Wrong(
            f"The same 12 samples given twice have a loss of {double:.4g}, given once {above:.4g}.",
            "A loss is a *mean* over the batch, or its learning rate depends on how large the batch is.",
        )
    kind = {4: "squared residuals", 2: "absolute residuals"}.get(
        round((far - none) / rise), "residuals, by a rule of your own"
    )
    return f"The loss is a mean of {kind}, zero where prediction and truth are equal, and the network can reach every value of y."


def _like(y: Any, values: Array) -> Any:
    """Values as targets in the student's kind: tensor, array or list, (n,) or (n, 1)."""
    import torch

    shaped = values.reshape(-1, 1) if np.ndim(y) == 2 else values
    if isinstance(y, torch.Tensor):
        return torch.as_tensor(shaped).to(y)
    return shaped.astype(getattr(y, "dtype", float)) if hasattr(y, "dtype") else shaped.tolist()


def _refused(failed: Unusable, y: Any, count: int) -> Unusable | Wrong:
    said = refusal(failed)
    kind = f"{getattr(y, 'dtype', type(y).__name__)}, shape {(count, *np.shape(y)[1:])}"
    if "between 0 and 1" in said or "out of bounds" in said or "target tensor" in said:
        return Wrong(
            f"Your loss is one for classes: it refuses values ({said}).",
            "What is asked of a class, and what of a value? Which losses measure a distance?",
        )
    if "size" in said or "shape" in said:
        return Wrong(
            f"The loss refuses truths of {kind}.",
            "Which shapes have prediction and truth? `reshape`, `squeeze` and `unsqueeze` change a shape.",
        )
    if any(word in said for word in ("dtype", "scalar type", "Double", "Float", "Long")):
        return Wrong(
            f"The loss refuses truths of {kind}.",
            "A network computes in float32, numpy in float64. Which of the two do your truths have?",
        )
    return failed


def _bends(model: nn.Module, says: Prediction, x: Array) -> None:
    """Raise Wrong where the network, as it begins, is a straight line in each input."""
    if sum(p.ndim > 1 for p in model.parameters()) < 2:
        raise Wrong(
            "Your network has no hidden layer: it is a straight line in each input.",
            "Which layer stands between the five inputs and the value?",
        )
    center, some = x.mean(axis=0), x[:300]
    wide = center + 4 * (some - center)
    y, design = says(model, wide), np.column_stack([wide, np.ones(len(wide))])
    rest = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    if np.abs(rest).max() < 1e-3 * np.ptp(y):
        raise Wrong(
            "Your network is one linear layer, however many are in it: a straight line in each input.",
            "What has to stand between two linear layers, so that they are more than one?",
        )


def _reach(says: Prediction, model: nn.Module, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Raise Wrong where no weights whatever would let the network predict the lowest and the highest values of y."""
    low, high = np.quantile(y, [0.005, 0.995])
    far, least, most, width = rng.choice(x, 100), np.inf, -np.inf, 1.0
    while width < 1000 * max(float(np.abs(y).max()), 1.0):
        try:
            p = np.concatenate([says(scattered(model, rng, width), far) for _ in range(3)])
        except Unusable:
            if width == 1:
                raise
            break  # beyond what float32 holds
        least, most, width = min(least, p.min()), max(most, p.max()), 10 * width
        if least <= low and most >= high:
            return
    bounds = (
        f"stay between {least:.4g} and {most:.4g}"
        if most - least > 1e-3 * (high - low)
        else f"are {most:.4g}, for every x"
    )
    beyond = 3 * (high - low)
    if most >= high + beyond:
        bounds = f"never fall below {least:.4g}"
    elif least <= low - beyond:
        bounds = f"never rise above {most:.4g}"
    raise Wrong(
        f"Your y reaches from {y.min():.4g} to {y.max():.4g}. Whatever its weights, your network's predictions {bounds}.",
        "What does the last layer do with the number that reaches it? A class wants it squeezed; what does a value want?",
        "A sigmoid of 3 is 0.95, a tanh of it 0.995, a ReLU of −3 is 0. Behind any of them a temperature of 300 or a charge of −1 can't be said.",
    )
