"""The two networks once they are trained: on fresh points, and against what the student says of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nbkit.checks.classification.loss import Probability
from nbkit.checks.classification.models import both
from nbkit.checks.classification.plane import EXERCISE, Region
from nbkit.checks.classification.samples import classes_of
from nbkit.checks.findings import NotDone, Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.losses import explain_curve
from nbkit.checks.networks import RANDOM, UNMOVED, moved
from nbkit.checks.splitting import inputs_of
from nbkit.checks.values import number, numbers
from nbkit.displays.training import DecisionBoundaryDisplay
from nbkit.landscape import Array

__all__ = ["check_accuracies", "check_class_training"]

FRESH = 10_000
GOAL = 0.95


@check(
    EXERCISE,
    "the training",
    "Asked are both networks trained, so that each is right on 95 % of fresh points of your square, and the loss after each epoch, in `losses`, for both.",
    "A loss that falls from 0.69 (ln 2: every point fifty-fifty) to 0.4 has found the larger class and the rough place of the border. At 0.95 it is mostly below 0.15.",
)
def check_class_training(
    losses: Any, mlp: Any, dnn: Any, probability: Any, start: Any, region: Any, square: Any, *, rng: np.random.Generator
) -> str:
    """Judge the trained `mlp` and `dnn` on 10⁴ fresh points; `losses` is a pair of curves, `start` the pair of networks before."""
    done(losses)
    if any(before is ... for before in start):
        raise NotDone(
            "`start` was kept before there were networks: run the cells above in their order, and train again."
        )
    models, says, inside = both(mlp, dnn), Probability(probability), Region(region, square)
    still = [name for name, before in zip(models, start, strict=True) if not moved(before, models[name])]
    if len(still) == 2:
        raise Wrong(
            "Not one weight of the two networks has moved from where it began.",
            UNMOVED,
        )
    if still:
        raise Wrong(
            f"Not one weight of the {still[0]} has moved, while the other network's have.",
            "Each optimiser moves the weights that it was given. Whose are they?",
        )
    curves = _curves(losses)
    x = inside.draw(rng, FRESH)
    y = inside(x)
    larger = max(y.mean(), 1 - y.mean())
    reached = {}
    for (name, model), curve in zip(models.items(), curves, strict=True):
        if not all(bool(p.isfinite().all()) for p in model.parameters()):
            raise Wrong(
                f"Some of the {name}'s weights are NaN or infinite.",
                "The steps were so long that the loss flew off. What makes them shorter?",
            )
        p = says(model, x)
        if not np.allclose(p, says(model, x)):
            raise Wrong(
                f"The same points twice, and the {name} answers differently.",
                RANDOM,
            )
        reached[name] = float(((p > 0.5) == y).mean())
        if reached[name] < GOAL:
            _explain(name, reached[name], larger, p > 0.5, curve, _picture(model, says, inside, x[:400], y[:400]))
    return (
        f"On {FRESH} fresh points the MLP is right in {reached['MLP']:.1%} and the DNN in {reached['DNN']:.1%} of cases, where saying the larger class "
        f"always is right in {larger:.1%}."
    )


def _curves(losses: Any) -> list[Array]:
    if not isinstance(losses, list | tuple | dict) or len(losses) != 2:
        raise Unusable("`losses` has to be a pair: the losses of the MLP after each epoch, then those of the DNN.")
    some = [
        numbers(curve, None, f"The losses of the {name}")
        for curve, name in zip(losses.values() if isinstance(losses, dict) else losses, ("MLP", "DNN"), strict=True)
    ]
    for curve, name in zip(some, ("MLP", "DNN"), strict=True):
        if curve.ndim != 1 or len(curve) < 2:
            raise Unusable(f"The losses of the {name} have shape {curve.shape}: asked is one number for each epoch.")
    return some


def _explain(name: str, accuracy: float, larger: float, said: Any, curve: Array, figure: Figure) -> None:
    at = f"On {FRESH} fresh points the {name} is right in {accuracy:.1%} of cases; saying the larger class always is right in {larger:.1%}."
    if accuracy < 0.25 or accuracy < 1 - larger - 0.1:
        raise Wrong(
            f"{at} It is wrong nearly everywhere: it knows the border, and takes each side for the other.",
            "Are the labels turned round, or the output that you read? Or does each step go uphill?",
            figure=figure,
        )
    if said.mean() < 0.005 or said.mean() > 0.995:
        raise Wrong(
            f"{at} It says '{'true' if said.mean() > 0.5 else 'false'}' wherever you ask.",
            "The best answer that is the same for all points: so learns who can't tell them apart. Were outputs and labels compared one with one? Did steps become so long that all neurons died?",
            figure=figure,
        )
    explain_curve(at, curve, 1.5, figure, digits=3)
    if curve[-1] < 0.08:
        raise Wrong(
            f"{at} On what it learned from its loss is {curve[-1]:.3g}: it knows those points, and not the region.",
            "Where are the points that it gets wrong: were there samples? And is each training label that of its own point?",
            figure=figure,
        )
    ups = float((np.diff(curve) > 0).mean())
    if ups > 0.3:
        raise Wrong(
            f"{at} Its loss ended at {curve[-1]:.3g}, and rose in {ups:.0%} of the epochs: it jumps.",
            "What makes a loss jump? Steps that are too long, or slopes of earlier batches that are still in them: who sets those to 0?",
            figure=figure,
        )
    raise Wrong(
        f"{at} Its loss ended at {curve[-1]:.3g}, still falling.",
        "More epochs, another learning rate, or another optimiser: which of them does the curve ask for? And are your inputs of the order of 1?",
        figure=figure,
    )


def _picture(model: Any, says: Probability, inside: Region, x: Array, y: NDArray[np.bool_]) -> Figure:
    """What the network says, with the true border."""
    display = DecisionBoundaryDisplay.from_model(
        lambda points: says(model, np.asarray(points)),
        x,
        y.astype(int),
        truth=lambda x1, x2: inside(np.column_stack([x1, x2])),
    )
    return display.figure_


@check(
    EXERCISE,
    "the accuracy",
    "Asked is, for each network, the share of the validation samples whose class it names rightly: 'true' where its probability is above one half.",
    "Probabilities 0.9 0.4 0.2 0.6 beside the labels 1 1 0 0: named are 1 0 0 1, right are two of four, and the accuracy is 0.5.",
)
def check_accuracies(
    accuracies: Any,
    mlp: Any,
    dnn: Any,
    probability: Any,
    train: tuple[Any, Any],
    validation: tuple[Any, Any],
    *,
    rng: np.random.Generator,
) -> str:
    """Judge `accuracies`, the pair of shares that the student's `mlp` and `dnn` get right of `validation`; samples are pairs x, y."""
    done(accuracies, *train, *validation)
    pair = accuracies if isinstance(accuracies, list | tuple) else numbers(accuracies, None, "`accuracies`").tolist()
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise Unusable("`accuracies` has to be a pair of numbers: the MLP's accuracy and the DNN's.")
    models, says = both(mlp, dnn), Probability(probability)
    x, y = inputs_of(validation[0], 2, "x_validation"), classes_of(validation[1], "y_validation") > 0.5
    learned = inputs_of(train[0], 2, "x_train"), classes_of(train[1], "y_train") > 0.5
    got = {name: number(value, f"The accuracy of the {name}") for name, value in zip(models, pair, strict=True)}
    p = {name: says(model, x) for name, model in models.items()}
    right = {name: float(((q > 0.5) == y).mean()) for name, q in p.items()}
    near = 0.6 / len(y)
    if all(abs(got[name] - right[name]) < near for name in models):
        error = np.sqrt(max(*(share * (1 - share) for share in right.values()), 1e-3) / len(y))
        return f"MLP {right['MLP']:.3f}, DNN {right['DNN']:.3f} on {len(y)} samples, each known to ±{error:.2f}: a smaller difference says nothing."
    if abs(got["MLP"] - right["DNN"]) < near and abs(got["DNN"] - right["MLP"]) < near:
        raise Wrong("You gave the DNN's accuracy first and the MLP's second.", "In which order are they asked for?")
    for name, model in models.items():
        _explain_accuracy(
            name, got[name], right[name], p[name], y, float(((says(model, learned[0]) > 0.5) == learned[1]).mean())
        )
    raise AssertionError("one of the two is wrong")


def _explain_accuracy(name: str, got: float, right: float, p: Array, y: Any, trained: float) -> None:
    near = 0.6 / len(y)
    if abs(got - right) < near:
        return
    if abs(got - 100 * right) < 1:
        raise Wrong(
            f"The {name}'s accuracy is {got:.4g} in per cent; asked is the share, at most 1.",
            "Per cent are hundredths.",
        )
    if abs(got - (1 - right)) < near:
        raise Wrong(
            f"You gave {got:.3g} for the {name}: that is the share it gets wrong.",
            "Which share falls when a network learns, and which grows?",
        )
    if abs(got - right * len(y)) < 0.6:
        raise Wrong(
            f"You gave {got:.4g} for the {name}: that is how many it gets right.", "A share is a count divided by what?"
        )
    if abs(got - ((p[:, None] > 0.5) == y[None]).mean()) < near:
        raise Wrong(
            f"You gave {got:.3g} for the {name}: that is the share of equal pairs when each answer is compared with each label.",
            "(n,) met (n, 1), and `==` made (n, n) of it without a word. Print the shape of what you take the mean of.",
        )
    if abs(got - trained) < 1e-4:
        raise Wrong(
            f"You gave {got:.3g} for the {name}: that is its accuracy on the training sample.",
            "Those points it has seen. Which sample was kept for judging?",
        )
    raise Wrong(
        f"You gave {got:.3g} for the {name}; of the {len(y)} validation samples it names {round(right * len(y))} rightly.",
        "Where is the limit between 'true' and 'false': of a probability, and of a logit? And is the network the trained one?",
    )
