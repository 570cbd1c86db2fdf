"""The questions of exercise 4, classification: assignment 1 of the slides."""

from __future__ import annotations

from nbkit.questions.base import Choice, Number, Question

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "04.two-neurons": Choice(
        "The points of a disc are true, those of a ring round it false. A network with two hidden tanh neurons learns to tell them apart. "
        "Which border does it draw?",
        {
            "a circle, a little out of round": "Each hidden neuron has one straight line at which it turns over. How does one enclose something with two of them?",
            "a straight line": "So would one neuron. The second one has a line of its own.",
            "a band, open at both ends": "Yes. Each neuron adds one straight line, and two lines enclose nothing: the band takes the disc in and the ring's two ends with "
            "it. Give it a third neuron (in the tab Network) and look again.",
            "a triangle": "For a triangle three lines are needed. How many has it?",
        },
        right="a band, open at both ends",
    ),
    "04.rare": Choice(
        "A detector sees a signal in 2 of 100 events. Somebody's network has an accuracy of 0.98. What do you know about it?",
        {
            "It is good: 98 % are right.": "What accuracy has a program that says 'no signal' and looks at nothing?",
            "Nothing: 'no signal' always has 0.98, too.": "Yes. An accuracy is to be read beside the share of the larger class. Here one asks which share of the signals was found, and "
            "which share of what it calls a signal is one.",
            "It is bad: 2 % wrong means that no signal was found.": "That may be so. But it may as well have found half of them and raised as many false alarms.",
        },
        right="Nothing: 'no signal' always has 0.98, too.",
    ),
    "04.fits": Choice(
        "Which of these pairs of last layer and loss in torch does not fit together?",
        {
            "Linear(8, 1), then Sigmoid; `BCELoss`": "It does: the sigmoid makes a probability, and this loss takes one.",
            "Linear(8, 1); `BCEWithLogitsLoss`": "It does: the output is a logit, and this loss makes the sigmoid itself.",
            "Linear(8, 2); `CrossEntropyLoss`": "It does: one logit for each class, and this loss makes the softmax itself.",
            "Linear(8, 2), then Softmax; `CrossEntropyLoss`": "Yes: the softmax would be done twice. It runs, and learns after a fashion, but the loss of two classes can't fall below 0.31 "
            "then, and that of ten not below 1.46.",
        },
        right="Linear(8, 2), then Softmax; `CrossEntropyLoss`",
    ),
    "04.error": Number(
        "A network is right in 95 % of 250 validation samples. By how much (one standard deviation) would this accuracy vary from one such sample of 250 to another?",
        right=0.0138,
        within=0.0012,
        why="√(0.95·0.05/250) = 0.014. Two networks with 0.95 and 0.96 on 250 samples are equally good for all you know; on 10 000 the error is 0.002.",
        wrong="The number of right answers is binomial, with p = 0.95 and n = 250. What is its standard deviation, and what is that as a share?",
        near={
            3.45: "That is the standard deviation of the number of right answers. And of their share?",
            0.0632: "That is 1/√n. How large is p(1 − p) here?",
            0.0002: "That is a variance.",
        },
    ),
}
