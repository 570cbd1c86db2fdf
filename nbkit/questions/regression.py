"""The questions of exercise 5, regression: assignment 2 of the slides."""

from __future__ import annotations

from nbkit.questions.base import Choice, Number, Question

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "05.ceiling": Number(
        "$y = \\sin(\\pi x_1) + x_2 x_3 + x_4^2 - x_5$ on $[-1, 1]^5$ has a variance of 1.03. Measured is $y$ with noise of standard deviation 0.5 on it. A network learns for "
        "as long as you like, from as many samples as you like. Which $R^2$ on new samples will it not pass?",
        right=0.805,
        within=0.02,
        why="1 − 0.25/(1.03 + 0.25) = 0.80: a fifth of the variance of what is measured is noise, and nobody can know it. The figure comes close and stays below.",
        wrong="The noise has a variance, too, and what is measured has the sum of both. Which share of that sum can't be known?",
        near={
            0.757: "Almost: R² compares with the variance of what is measured, the noise in it included.",
            0.5: "A standard deviation is no share. Variances add up, and R² compares variances.",
            0.515: "R² compares variances, and you compared widths.",
            0.195: "That is the share which can't be known. And the rest?",
            1.0: "Then it would have to know the noise of samples that it has never seen.",
        },
    ),
    "05.last": Choice(
        "For the regression you take the network of exercise 4. What has to stand behind its last linear layer?",
        {
            "a sigmoid": "That gives numbers from 0 to 1. Which values has your y?",
            "a ReLU, since it does not saturate": "It lets no number below 0 through. And where it is off, no slope comes back either.",
            "nothing": "Yes: a linear output can be any number. What squeezes it makes sense for probabilities only.",
            "a softmax": "Of one number a softmax is 1, always.",
            "a tanh, once y is normalised to width 1": "Normalised values of width 1 still reach to ±2 and beyond; a tanh ends at ±1.",
        },
        right="nothing",
    ),
    "05.loss": Choice(
        "The noise is normal, with the same width everywhere. Which loss has its minimum, on average, at the mean of y for each x?",
        {
            "cross-entropy": "That asks for the probability of a class, and y is a value.",
            "mean squared error": "Yes: the mean is what the squares are smallest about. For normal noise it is the maximum-likelihood choice, too.",
            "mean absolute error": "It is a good loss, less moved by single values far off; but what it is smallest about is the median. (Here both are the same; for skew noise not.)",
            "accuracy": "No slope leads to it: it does not change when a weight does, and then it jumps.",
        },
        right="mean squared error",
    ),
    "05.width": Number(
        "The noise on y has a standard deviation of 3, and the network itself is off from the true function by 4 (standard deviation over x, mean 0). How wide is the distribution of the residuals on new samples?",
        right=5.0,
        within=0.1,
        why="√(3² + 4²) = 5: the noise of a new sample knows nothing of the network, so variances add. Turned round: from a width of 5 and a noise of 3 you learn that the network is off by 4.",
        wrong="The two are independent. Which of their moments add up?",
        near={
            7.0: "Widths don't add up: now and then the two cancel.",
            4.0: "The residual is prediction less what was measured, noise and all.",
            1.0: "Why would one be taken off the other?",
            25.0: "That is the variance.",
        },
    ),
}
