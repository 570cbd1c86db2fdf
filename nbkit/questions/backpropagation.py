"""The questions of exercise 3, back-propagation."""

from __future__ import annotations

from nbkit.questions.base import Choice, Number, Question

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "03.x-twice": Number(
        "$f = x\\cdot x + x\\cdot y$ at $x = 3$, $y = 2$. What is $\\partial f/\\partial x$ there?",
        right=8,
        within=0.01,
        why="Three paths lead from f back to x: 3 and 3 by the two ends of x·x, and 2 by x·y. What comes on several paths is added.",
        wrong="Count the lines that lead from x to f. Each of them brings something back: how much?",
        near={
            5.0: "The product x·x counts twice: x feeds both of its ends.",
            6.0: "So much comes back from x·x. Does anything else depend on x?",
            2.0: "So much comes back on the last path. And on the others?",
            3.0: "So much comes back on one path. And on the others?",
            15.0: "That is the value of f.",
        },
    ),
    "03.neuron": Number(
        "A neuron with one input, and the squared error of its answer: $L = (\\mathrm{relu}(wx + b) - t)^2$ with $w = 1.5$, $x = 2$, $b = -1$, "
        "$t = 1$. What is $\\partial L/\\partial w$?",
        right=4,
        within=0.01,
        why="The neuron's sum is 2, so it is on and passes everything: 2·(2 − 1) from the square, times 1, times x = 2.",
        wrong="Forward: the sum is 2, so the neuron is on. Backward: the square, the neuron, and what w is multiplied by.",
        near={
            2.0: "So much arrives at the neuron's sum. How much does the sum grow when w grows by 1?",
            -4.0: "The answer is too high. Does the loss grow or fall when w grows?",
            1.0: "That is the loss itself.",
            3.0: "How much does the sum grow when w grows by 1: by w, or by x?",
        },
    ),
    "03.off": Choice(
        "For one of the samples a hidden neuron's sum is $-0.3$. What does this sample bring to the gradient by the weights that lead into that neuron?",
        {
            "Something negative, since −0.3 is negative.": "The ReLU does not pass its sum on there. How much does its output change when "
            "the sum goes from −0.3 to −0.29?",
            "Nothing.": "Yes: off means flat, and through a flat place no signal comes back. Only samples for which a neuron is on teach it; one "
            "that is off for all of them learns no more.",
            "0.3 times what the others bring.": "How far below 0 the sum is does not matter. How steep is the ReLU at −0.3?",
            "As much as the others, since the gradient is a sum over all samples.": "It is. But each sample's share has the slope of the ReLU "
            "as a factor: which is it here?",
        },
        right="Nothing.",
    ),
    "03.cost": Number(
        "A network has 1000 weights and biases. How often does `numerical_gradient` compute its loss for one gradient?",
        right=2000,
        within=1.5,
        why="Once up and once down for each. One pass back costs about as much as two forward, however many weights there are: that is why differences "
        "are for checking.",
        wrong="How often for one weight? And are the others held meanwhile?",
        near={
            1000.0: "Once for each would do if one side were enough. How many places does a central difference need?",
            2.0: "That would be enough for one weight. The others are held meanwhile, and have their turns later.",
        },
    ),
    "03.order": Choice(
        "A program updates `W2` first, and only then computes the gradient by `W1`, for which it needs `W2`. What happens?",
        {
            "Nothing: in the end all weights are updated.": "They are, but is the gradient by W1 that of the loss where the step began?",
            "It stops with an error.": "All shapes are right. That is what makes it hard to find.",
            "The network learns, but the step is not against the gradient.": "Yes. It is off by a little that grows with the learning rate: with a small "
            "one the loss falls as it should, and nobody notices. Differences tell.",
            "The loss grows.": "The two gradients differ by little when the step is small. Would that turn the direction round?",
        },
        right="The network learns, but the step is not against the gradient.",
    ),
}
