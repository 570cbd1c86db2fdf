"""The questions of exercise 1, a sum of ReLUs."""

from __future__ import annotations

import numpy as np

from nbkit.questions.base import Choice, Number, Question, Sketch

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "01.two-neurons": Sketch(
        "Two neurons: $Z(x) = \\mathrm{relu}(x + 1) - 2\\,\\mathrm{relu}(x)$. Draw $Z$ from $-2$ to $2$.",
        function=lambda x: np.maximum(x + 1, 0) - 2 * np.maximum(x, 0),
        x=(-2, 2),
        y=(-2, 2),
        within=0.2,
        why="Left of −1 both neurons are off. Then the first one climbs with slope 1; at 0 the second joins in with slope −2, and from there "
        "on they add up to −1. In the figure the two are drawn thin.",
        labels=("x", "Z"),
    ),
    "01.turned": Choice(
        "Compare $\\mathrm{relu}(-2x)$ with $\\mathrm{relu}(2x)$. What does the minus sign do?",
        {
            "It flips the curve upside down.": "Put in x = −1: what comes out of relu(2), and can a ReLU be below 0 at all?",
            "It mirrors the curve left to right.": "Yes: the neuron is on at the left of its kink, and climbs to the left. Upside down is "
            "what a negative output weight does.",
            "It switches the neuron off.": "For x = −1 its own sum is 2. Is it on or off there?",
            "Nothing, since a ReLU is never below 0.": "The values are never below 0, but are they at the same places?",
        },
        right="It mirrors the curve left to right.",
    ),
    "01.same-kink": Choice(
        "Two neurons, $\\mathrm{relu}(x - 1)$ and $\\mathrm{relu}(3x - 3)$, are handed to least squares. What happens?",
        {
            "The steeper one gets all of the output weight.": "Why that one? Any share between the two makes one and the same curve.",
            "The curve is twice as good as with one.": "Where would it bend that it did not bend before?",
            "The best curve is clear, but not how the two share it.": "Yes: one column of the matrix is 3 times the other, so that only "
            "a1 + 3·a2 counts. The rank is lower than the number of columns, and `lstsq` takes the smallest of the many solutions.",
            "There is no best curve.": "Take one of the two away: is there a best curve then? The other one adds nothing to choose from.",
        },
        right="The best curve is clear, but not how the two share it.",
    ),
    "01.twice-as-many": Number(
        "Eight even kinks with their best output weights miss the bump by 0.15 at most. By how much will 32 miss it?",
        right=0.0112,
        within=0.0035,
        why="Each doubling makes it about four times better (0.15, 0.046, 0.011): between two kinks the curve is missed by its curvature "
        "times the square of their distance.",
        wrong="Between two kinks the sum is a straight line, and the target is nearly a parabola. Halve the distance: how high is "
        "the arc above its chord now?",
        near={
            0.0375: "That would be half for each doubling. An arc over half the chord: is it half as high?",
            0.019: "That would be an eighth for two doublings. By which factor does the arc over half the chord fall?",
        },
    ),
    "01.outside": Number(
        "A sum of neurons follows the bump $1 + 2e^{-(x - 0.5)^2}$ well on $[-3, 3]$. Its last kink is at 2, where the slope becomes −0.05, "
        "and at $x = 3$ it is 1. What is the sum at $x = 43$?",
        right=-1.0,
        within=0.01,
        why="Behind its last kink it is a straight line for ever. What it was fitted to says nothing of what lies outside.",
        wrong="Which neurons change their mind behind the last kink?",
        near={
            1.0: "So it is for the target. What does the sum know of it there, and how does it go on behind its last kink?",
            3.0: "From 3 to 43 it goes on with a slope of −0.05: up or down?",
        },
    ),
}
