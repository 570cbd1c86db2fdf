"""The questions of exercise 2, gradient descent."""

from __future__ import annotations

from nbkit.questions.base import Choice, Number, Question

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "02.which-way": Choice(
        "At $w = 3$ the loss $L(w)$ has the slope $L' = -2$. Where does a step of gradient descent with learning rate 0.1 lead?",
        {
            "to w = 2.8": "That is uphill: where the slope is negative, the loss falls to the right.",
            "to w = 3.2": "Yes: against the slope, and 0.1 times as far as the slope is steep.",
            "to w = 3.1": "The direction is right. But the step grows with the slope: twice as steep, twice as far.",
            "to w = 1": "That takes the slope as the way itself. What did the learning rate do?",
        },
        right="to w = 3.2",
    ),
    "02.hole": Choice(
        "The walk starts at $w = 1.5$, on the wall of the hole. What does it do when the learning rate is three times as large as the "
        "largest that works?",
        {
            "It runs off to infinity, as it would in a parabola.": "In a parabola the slope grows with the distance. What does it do "
            "here, far out?",
            "It jumps about the hole for ever.": "Yes: at the bottom the steps are too long to shrink, and far out the slope is too "
            "small to carry it away. Loss that jumps and does not fall is what too large a rate looks like in most networks.",
            "It comes down all the same, only later.": "At the bottom the curvature is 2, and there each step would have to be shorter "
            "than the one before.",
            "It stands still at 1.5.": "There is a slope at 1.5, so it moves.",
        },
        right="It jumps about the hole for ever.",
    ),
    "02.doubled": Number(
        "Each of the 50 points is given twice, so that there are 100. The loss is their mean squared error as before. By which factor "
        "does a step of gradient descent become longer?",
        right=1.0,
        within=0.01,
        why="A mean does not change when each sample is counted twice. With a sum the critical learning rate would depend on how much "
        "data you have.",
        wrong="Write the mean down for two samples that are equal. What is in front of the sum?",
        near={2.0: "So it would be for a sum. What does the 1/N do?", 0.5: "Is it N that doubled, or the sum as well?"},
    ),
    "02.flat": Choice(
        "A program stops as soon as the loss changes by less than 0.0001 from one step to the next. After 3 steps on some landscape it says "
        "'done', at a loss of 0.9. What is true?",
        {
            "It has found a minimum, if a poor one.": "A minimum is flat, but not all that is flat is a minimum: what does a plain look "
            "like from inside?",
            "It may stand on a plain, far from any minimum: flat is not low.": "Yes. A small change says that the slope is small, or the "
            "learning rate. Look at the loss itself, wait longer, and try other starts.",
            "The learning rate was too large.": "Then the loss would jump and not stand still.",
        },
        right="It may stand on a plain, far from any minimum: flat is not low.",
    ),
}
