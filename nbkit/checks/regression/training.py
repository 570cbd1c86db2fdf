"""The network once it is trained, on fresh samples with the student's noise; and R² itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import r2_score

from nbkit.checks.findings import Unusable, Wrong, done
from nbkit.checks.judging import check
from nbkit.checks.losses import explain_curve
from nbkit.checks.networks import RANDOM, UNMOVED, moved, network
from nbkit.checks.regression.function import EXERCISE, Target
from nbkit.checks.regression.loss import Prediction
from nbkit.checks.student import Student
from nbkit.checks.values import brief, number, numbers
from nbkit.displays.comparison import ComparisonDisplay
from nbkit.landscape import Array

__all__ = ["check_r2", "check_regression_training"]

FRESH = 10_000
GOAL = 0.95


@check(
    EXERCISE,
    "the training",
    "Asked is the network trained until its R² on fresh samples, noise and all, is at least 0.95; and the loss after each epoch, in `losses`.",
    "A network that predicts the mean has R² = 0; one whose residuals are a third as wide as y has 1 − 1/9 = 0.89; with a fifth it is 0.96.",
)
def check_regression_training(
    losses: Any,
    model: Any,
    predict: Any,
    start: Any,
    target: Any,
    interval: Any,
    noise: Any,
    *,
    rng: np.random.Generator,
) -> str:
    """Judge the trained `model` on 10⁴ fresh samples; `losses` is the curve of its training, `start` the network before."""
    done(losses, model)
    net, says, truth = network(model, "`model`"), Prediction(predict), Target(target, interval, noise)
    curve = numbers(losses, None, "`losses`")
    if curve.ndim != 1 or len(curve) < 2:
        raise Unusable(f"`losses` has shape {curve.shape}: asked is one number for each epoch.")
    if not moved(start, net):
        raise Wrong(
            "Not one weight of the network has moved from where it began.",
            UNMOVED,
        )
    if not all(bool(p.isfinite().all()) for p in net.parameters()):
        raise Wrong(
            "Some weights of the network are NaN or infinite.",
            "The steps were so long that the loss flew off. What makes them shorter, and of which order are the numbers that go in?",
        )
    x = truth.draw(rng, FRESH)
    clean = truth(x)
    y = clean + truth.noise * rng.standard_normal(FRESH)
    predicted = says(net, x)
    if not np.allclose(predicted, says(net, x), rtol=1e-3, atol=1e-3 * y.std()):
        raise Wrong(
            "The same x twice, and the network answers differently.",
            RANDOM,
        )
    reached = float(r2_score(y, predicted))
    ceiling = 1 - truth.noise**2 / float(y.var())
    if reached < GOAL:
        _explain(reached, ceiling, y, predicted, curve)
    return f"On {FRESH} fresh samples R² is {reached:.3f}, where no model can pass {ceiling:.3f}."


def _explain(reached: float, ceiling: float, y: Array, predicted: Array, curve: Array) -> None:
    at = f"On {FRESH} fresh samples R² is {reached:.4g}; asked is {GOAL}, and {ceiling:.3f} could be had."
    figure = _picture(y, predicted)
    spread = float(predicted.std() / y.std())
    related = 0.0 if spread < 1e-9 else float(np.corrcoef(y, predicted)[0, 1])
    if related < -0.5:
        raise Wrong(
            f"{at} Where y is large your predictions are small.",
            "Does a sign get lost on the way, or does each step go uphill?",
            figure=figure,
        )
    if related**2 >= GOAL - 0.02:
        raise Wrong(
            f"{at} The shape is right: predictions and truth go together, but predictions are {predicted.mean():.4g} ± {predicted.std():.4g}, and y {y.mean():.4g} ± {y.std():.4g}.",
            "In which unit does the network learn, and in which does `predict` answer? What was taken off and divided by has to come back.",
            figure=figure,
        )
    if spread < 0.05:
        raise Wrong(
            f"{at} It predicts about {predicted.mean():.4g} whatever x is; the mean of y is {y.mean():.4g}.",
            "Not even the mean of y is learned yet. Which numbers must the last layer reach, from weights of the order of 0.1?"
            if abs(predicted.mean() - y.mean()) > 0.5 * y.std()
            else "The best answer that does not depend on x: so learns who can't tell the samples apart, or who has not come further. Were predictions and truths compared "
            "one with one? And which numbers must the last layer reach, from weights of the order of 0.1?",
            figure=figure,
        )
    if spread < 0.35:
        raise Wrong(
            f"{at} Your predictions spread by {predicted.std():.4g} about {predicted.mean():.4g}, y by {y.std():.4g} about {y.mean():.4g}: the network has not come so far.",
            "It begins with weights of the order of 0.1 and walks from there. Which numbers would be near enough, and how do you get your y from those?",
            figure=figure,
        )
    explain_curve(at, curve, 2, figure, digits=4)
    raise Wrong(
        f"{at} Its loss ended at {curve[-1]:.4g}, after {len(curve)} epochs.",
        "Compare that with the loss on validation. If both are large: more epochs, more neurons, another learning rate? If only validation is: more samples.",
        figure=figure,
    )


def _picture(y: Array, predicted: Array) -> Figure:
    """Predictions of forty fresh samples, in the order of their truth."""
    some = np.argsort(y[:40])
    display = ComparisonDisplay()
    display.update(
        np.arange(40), y[some], predicted[some], xlabel="fresh samples, by their y", ylabel="y, and predicted y"
    )
    return display.figure_


@check(
    EXERCISE,
    "R²",
    "R² is 1 less the sum of the squared residuals, divided by the sum of the squares that the truth is off its own mean.",
    "Truth 1 2 3, predicted 1 2 4: the squared residuals sum to 1, the squares about the mean 2 to 2, and R² is 0.5.",
)
def check_r2(r2: Any, *, rng: np.random.Generator) -> str:
    """Judge `r2(truth, predicted)`, arrays (n,) → a number, against scikit-learn."""
    ask = Student(r2, "r2", "truth", "predicted")
    for off, slope, width in ((0.0, 1.0, 0.3), (0.4, 0.7, 0.5), (1.5, 0.2, 0.6), (0.0, 1.0, 0.0)):
        truth = 5 + 2 * rng.normal(size=500)
        predicted = 5 + off + slope * (truth - 5) + width * rng.normal(size=500)
        got, right = number(ask(truth, predicted), "Your R²"), float(r2_score(truth, predicted))
        if abs(got - right) < 4e-3:
            continue
        at = f"For 500 truths and predictions that are off by {np.mean(predicted - truth):.2g} on average your R² is {got:.4g}"
        residual = predicted - truth
        usual = {
            "swapped": r2_score(predicted, truth),
            "correlation": np.corrcoef(truth, predicted)[0, 1] ** 2,
            "root": np.corrcoef(truth, predicted)[0, 1],
            "rest": 1 - right,
            "unbiased": 1 - residual.var() / truth.var(),
            "no mean": 1 - (residual**2).sum() / (truth**2).sum(),
            "explained": predicted.var() / truth.var(),
            "widths": 1 - np.sqrt(1 - right),
            "error": 1 - (residual**2).mean(),
            "mse": (residual**2).mean(),
        }
        kind = next((name for name, value in usual.items() if abs(got - value) < 1e-3), "")
        thought = {
            "swapped": "R² is not symmetric: truth and prediction were exchanged somewhere. Whose spread is it that stands below?",
            "correlation": "That is the square of the correlation: it forgives a wrong scale and a wrong offset. R² does not.",
            "root": "That is the correlation: it forgives a wrong scale and a wrong offset. R² does not.",
            "rest": "That is the share which is *not* explained.",
            "unbiased": "That forgives predictions that are all too large by the same. The mean of the residuals counts, too.",
            "no mean": "Compared with a prediction of 0. R² compares with the best prediction that is the same for all.",
            "explained": "That is how much your predictions spread, right or wrong.",
            "widths": "R² compares squares, that is variances, not widths.",
            "error": "The mean squared error has a unit, and R² has none. What is it to be divided by?",
            "mse": "That is a mean squared error, which has a unit. R² has none.",
        }.get(kind, "Try predictions that are equal to the truth (R² is 1), and then its mean for all (R² is 0).")
        raise Wrong(
            f"{at}, and scikit-learn's is another one; the truth was {brief(truth[:3])} …, predicted {brief(predicted[:3])} …",
            thought,
        )
    return "For good, biased, flat and perfect predictions your R² is scikit-learn's."
