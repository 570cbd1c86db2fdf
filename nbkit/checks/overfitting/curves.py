"""A training that keeps both curves, and the penalty that stays out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.networks import answers, weights
from nbkit.checks.overfitting.runs import EXERCISE, Run, Sample, mean_squares, plain_run, read_run
from nbkit.checks.student import Student
from nbkit.checks.values import brief
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["check_curves", "check_penalty", "fit_asked", "small_network", "tensors"]

ARGUMENTS = ("model", "train", "validation", "epochs", "penalty", "patience")


def fit_asked(fit: Any) -> Student:
    """The student's `fit`, ready to be called."""
    return Student(fit, "fit", *ARGUMENTS, seconds=20.0)


def small_network(rng: np.random.Generator, dropout: float = 0.0) -> nn.Module:
    """1→12→12→1 with tanh, started by `rng`; with dropout it counts the steps in training mode, as `steps` of one of its modules."""
    import torch
    from torch import nn

    class Counting(nn.Module):
        steps = 0

        def forward(self, x: Any) -> Any:
            self.steps += self.training and torch.is_grad_enabled()
            return x

    model = nn.Sequential(*[Counting()] * bool(dropout))
    for before, after in ((1, 12), (12, 12), (12, 1)):
        layer: nn.Linear = nn.utils.skip_init(nn.Linear, before, after)  # type: ignore[no-untyped-call]
        with torch.no_grad():
            layer.weight.copy_(torch.as_tensor(rng.normal(0, 0.6, (after, before))))
            layer.bias.copy_(torch.as_tensor(rng.normal(0, 0.6, after)))
        model.append(layer)
        if after > 1:
            model.append(nn.Tanh())
            if dropout:
                model.append(nn.Dropout(dropout))
    return model


def samples(rng: np.random.Generator) -> tuple[Sample, Sample]:
    """A training sample of 20 points, and a validation sample of 35 that lies elsewhere."""
    x, z = rng.uniform(-1, 1, (20, 1)), rng.uniform(-1, 1, (35, 1))
    return Sample(x, np.sin(3 * x[:, 0]) + rng.normal(0, 0.3, 20)), Sample(
        z, 0.5 - np.sin(3 * z[:, 0]) + rng.normal(0, 0.3, 35)
    )


def tensors(sample: Sample) -> Any:
    """As the notebook has them: x (n, 1) and y (n, 1) of single precision."""
    import torch

    return torch.tensor(sample.x, dtype=torch.float32), torch.tensor(sample.y[:, None], dtype=torch.float32)


@check(
    EXERCISE,
    "the training and its curves",
    "One step of Adam an epoch, on all training points; before the first step and after each epoch the mean squared error of both samples is kept, with the network in evaluation mode.",
    "With 2 epochs each list has 3 losses: of the start, after one step, after two. A validation point is predicted, and never learned from.",
)
def check_curves(fit: Any, *, rng: np.random.Generator) -> str:
    """Judge `fit(model, train, validation, epochs, penalty=0, patience=None)` → the trained network and both curves, (epochs + 1,) each."""
    ask = fit_asked(fit)
    train, validation = samples(rng)
    epochs = 6
    start = small_network(rng)
    run = read_run(ask(start, tensors(train), tensors(validation), epochs, 0.0, None), "What `fit` gives back")
    _judge_steps(start, run, train, validation, epochs)
    _judge_curves(start, run, train, validation, epochs)
    start = small_network(rng, dropout=0.5)
    run = read_run(ask(start, tensors(train), tensors(validation), epochs, 0.0, None), "What `fit` gives back")
    start.eval()
    if not np.allclose(
        [run.losses[0], run.validation[0]], [mean_squares(start, train), mean_squares(start, validation)], rtol=1e-3
    ) or not np.allclose(
        [run.losses[-1], run.validation[-1]],
        [mean_squares(run.model, train), mean_squares(run.model, validation)],
        rtol=1e-3,
    ):
        raise Wrong(
            "With dropout in the network your curves are not those of the network that predicts: neurons were left out while you measured.",
            "A training loss with dropout against a validation loss without compares two different things. What has to be called before measuring, and what before the next step?",
            held="the training without dropout.",
        )
    awake = sum(getattr(module, "steps", 0) for module in run.model.modules())
    if awake < epochs:
        raise Wrong(
            f"With dropout in the network, {epochs - awake} of {epochs} steps left no neuron out: they were steps of the whole network.",
            "You measure in evaluation mode, and that is right. Which mode does the step need?",
            held="the curves.",
        )
    return f"The network after {epochs} epochs and all {epochs + 1} losses of both samples are right, with dropout in the network, too."


def _judge_steps(start: nn.Module, run: Run, train: Sample, validation: Sample, epochs: int) -> None:
    after, before = weights(run.model), weights(start)
    _, path = plain_run(start, train, validation, epochs)
    if after.shape != before.shape:
        raise Wrong(
            "The network that you gave back is not the one that you were given.",
            "`fit` trains the network that is handed to it.",
        )
    if np.allclose(after, path[-1], rtol=1e-3, atol=1e-4):
        return
    if np.allclose(after, before, atol=1e-7):
        raise Wrong(
            f"After {epochs} epochs not one weight has moved.",
            "Three lines make a step: forget the old slopes, `backward()`, `step()`. Does the optimiser know the weights of this network?",
        )
    said = f"After {epochs} epochs the network has other weights than one step of Adam an epoch, rate 0.01, on all training points leads to."
    for number, place in enumerate(path):
        if np.allclose(after, place, rtol=1e-3, atol=1e-4):
            raise Wrong(
                f"For {epochs} epochs your network made {number} step{'s' * (number != 1)}.",
                "One step an epoch. Where do you count, and which weights do you give back?",
            )
    usual = {
        "validation too": "The validation sample has moved your weights. Who learns from it can't be judged by it.",
        "accumulate": "The slopes of the epochs before are still in your steps. What has to be forgotten before `backward()`?",
        "sgd": "Your steps are those of plain SGD. Here Adam is asked.",
    }
    for kind, thought in usual.items():
        if np.allclose(after, plain_run(start, train, validation, epochs, kind=kind)[1][-1], rtol=1e-3, atol=1e-4):
            raise Wrong(said, thought)
    if np.allclose(after, plain_run(start, validation, train, epochs)[1][-1], rtol=1e-3, atol=1e-4):
        raise Wrong("You trained on the validation sample.", "Which of the two is there to learn from?")
    raise Wrong(
        said,
        "Is it `torch.optim.Adam(model.parameters(), lr=0.01)`, made once before the loop? Is all of `train`, and nothing else, in the loss that is gone down?",
    )


def _judge_curves(start: nn.Module, run: Run, train: Sample, validation: Sample, epochs: int) -> None:
    right, _ = plain_run(start, train, validation, epochs)
    held = "the steps."
    if len(run.losses) != epochs + 1:
        got = run.losses
        moment = ""
        if len(got) == epochs and np.allclose(got, right.losses[:-1], rtol=1e-3):
            moment = "What the network is worth after the last step is missing."
        elif len(got) == epochs and np.allclose(got, right.losses[1:], rtol=1e-3):
            moment = "The start is missing: by it one sees later that two runs began alike."
        raise Wrong(
            f"For {epochs} epochs your lists have {len(got)} losses.",
            moment or "Between how many moments do six epochs lie? Keep a loss before the first and after each.",
            held=held,
        )
    for got, want, name in ((run.losses, right.losses, "training"), (run.validation, right.validation, "validation")):
        if np.allclose(got, want, rtol=2e-3):
            continue
        other = right.validation if name == "training" else right.losses
        usual = [
            (other, "That is the curve of the other sample."),
            (np.sqrt(want), "That is its root. The curves are mean squared errors."),
            (want * (len(train.x) if name == "training" else len(validation.x)), "That is the sum over the points. A mean can be compared between samples of different size."),
            (np.concatenate([want[:1], want[:-1]]), "Yours is a step behind: measured before the step, not after."),
            (_with_all_pairs(start, train if name == "training" else validation), "Yours compares each with each: (n, 1) met (n,)."),
        ]  # fmt: skip
        thought = next((t for value, t in usual if np.allclose(got[: np.size(value)], value, rtol=2e-3)), "")
        raise Wrong(
            f"The {name} losses go {brief(got[:3])} …; those of the network are {brief(want[:3])} …",
            thought or "Is it the mean squared error of the whole sample, by the network as it is at that moment?",
            held=held,
        )


def _with_all_pairs(start: nn.Module, sample: Sample) -> Array:
    return np.array([np.mean((answers(start, sample.x, "The network")[:, None] - sample.y) ** 2)])


@check(
    EXERCISE,
    "the penalty",
    "What is gone down is the mean squared error plus penalty/2 times the sum of all squared weights; what is kept in the curves is the mean squared error alone.",
    "With weights 3 and 4 and a penalty of 0.1 the loss that is gone down is 0.05·25 = 1.25 larger than the one in the curve.",
)
def check_penalty(fit: Any, *, rng: np.random.Generator) -> str:
    """Judge the penalty of `fit`: L2, as torch's `weight_decay`, in the steps and not in the curves; biases may be left out."""
    ask = fit_asked(fit)
    train, validation = samples(rng)
    epochs, penalty = 12, 0.4
    start = small_network(rng)
    run = read_run(ask(start, tensors(train), tensors(validation), epochs, penalty, None), "What `fit` gives back")
    after = weights(run.model)

    def near(kind: str, strength: float = penalty) -> bool:
        return bool(
            np.allclose(after, plain_run(start, train, validation, epochs, strength, kind)[1][-1], rtol=2e-3, atol=2e-4)
        )

    if not (near("right") or near("without biases")):
        _explain_penalty(after, start, near, penalty)
    squares = penalty / 2 * float(np.sum(after**2))
    for got, sample, name in ((run.losses, train, "training"), (run.validation, validation, "validation")):
        last = mean_squares(run.model, sample)
        if len(got) and np.isclose(got[-1], last, rtol=2e-3):
            continue
        said = f"At the end the mean squared error of the {name} sample is {last:.4g}; your list says {got[-1]:.4g}."
        if len(got) and got[-1] > last + 0.5 * squares:
            raise Wrong(
                said,
                "The penalty is in your curve. Then a curve with a penalty can't be compared with one without, nor with the validation loss: compare like with like.",
                held="the steps.",
            )
        raise Wrong(said, "The check of the training, above, says more about the curves.", held="the steps.")
    return f"With a penalty of {penalty:g} the weights are drawn towards 0, and both curves are without it."


def _explain_penalty(after: Array, start: nn.Module, near: Any, penalty: float) -> None:
    said = f"With a penalty of {penalty:g} the length of all weights together went from {np.linalg.norm(weights(start)):.4g} to {np.linalg.norm(after):.4g} in 12 epochs."
    if near("right", 0.0):
        raise Wrong(
            f"{said} That is what it does without any penalty.", "Which of the six arguments have you not used?"
        )
    if near("by hand", -penalty) or near("without biases", -penalty):
        raise Wrong(said, "Your penalty has the other sign: large weights are rewarded.")
    usual = [
        ("twice", penalty, "The pull is twice as strong as asked. What is the slope of w²? (A half in front takes care of it.)"),
        ("adamw", penalty, "That is what AdamW does: it shortens the weights beside the loss. Asked is a term *in* the loss, as Adam's own `weight_decay` has it."),
        ("l1", penalty, "You took |w|: that is L1. Asked are the squares."),
        ("l1", penalty / 2, "You took |w|: that is L1. Asked are the squares."),
        ("norm", penalty, "You took the length of the weights. Asked is the sum of their squares."),
        ("norm", penalty / 2, "You took the length of the weights. Asked is the sum of their squares."),
        ("right", penalty / 2, "The pull is half as strong as asked: the factor ½ is in it twice."),
        ("right", penalty / 20, "Is it a mean over the points as well? The penalty knows no points."),
    ]  # fmt: skip
    for kind, strength, thought in usual:
        if near(kind, strength):
            raise Wrong(said, thought)
    raise Wrong(
        said,
        "Does the penalty act in every step, on the weights as they are then? And does the training without penalty pass its check?",
    )
