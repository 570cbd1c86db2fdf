"""The questions of exercise 6, overfitting."""

from __future__ import annotations

from nbkit.questions.base import Choice, Question

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "06.ahead": Choice(
        "30 noisy points, 4353 weights, 800 epochs. The training loss falls from 0.6 to below 0.02, far below the noise of 0.09. What does the loss on other points do meanwhile?",
        {
            "It falls along, a little above.": "So it does at first. But can a network know the noise of points that it has not seen?",
            "It falls, and then stays where the noise is, at 0.09.": "That would be a network that stops learning when the wave is learned. This one goes on: what does it have to bend, to meet each single point?",
            "It falls, and then rises again.": "Yes: first the wave is learned, which helps everywhere, then the noise of these 30 points, which is wrong everywhere else.",
            "It rises from the beginning.": "First there is something to learn that holds for all points: the wave.",
        },
        right="It falls, and then rises again.",
    ),
    "06.penalty": Choice(
        "In which panel was a penalty put on the weights?",
        {
            "panel A": "Yes: the training loss comes to rest near the noise instead of falling on, although it is the same 30 points and all epochs. Each bend costs weight, and the noise is not worth it.",
            "panel B": "There the training loss falls far below the noise. Nothing holds it back.",
            "panel C": "There both losses lie close together near the noise. With a penalty on 30 points the validation loss stays a little above: 30 points do not know the wave so well.",
            "panel D": "There the training falls as without a cure, and then ends. What ends a training?",
        },
        right="panel A",
    ),
    "06.more-data": Choice(
        "In which panel did the network get more points?",
        {
            "panel A": "There the gap is small, but it is there: the validation loss lies well above the noise. What do more points do to it?",
            "panel B": "That is the gap of 30 points and much patience.",
            "panel C": "Yes: both losses come down to the noise, and stay. No other cure brings the validation loss so low: it is the only one that adds knowledge of the wave.",
            "panel D": "There the curve ends early. Points do not end a training.",
        },
        right="panel C",
    ),
    "06.training-loss": Choice(
        "All three cures raise the training loss at the end, from 0.02 to 0.05 and more. Is that bad?",
        {
            "Yes: a higher loss is a worse network.": "Worse at what? The loss that counts is that on points it has not seen.",
            "No: what is given up is noise that was learned by heart.": "Yes. Below the noise of 0.09 a training loss is bought with the points' own errors. What you want low is the validation loss, and it fell.",
            "It says that the learning rate was too small.": "The rate was the same in all runs, and without a cure the loss fell to 0.02 with it.",
        },
        right="No: what is given up is noise that was learned by heart.",
    ),
    "06.error": Choice(
        "On 100 validation points network 1 has a loss of 0.128 ± 0.019, and on 100 other points network 2 has 0.142 ± 0.019. Which one do you take?",
        {
            "Network 1: its loss is lower.": "By 0.014, with an error of 0.027 on the difference. How often does a difference of half its error come about by chance?",
            "Network 2: it will catch up on other points.": "Nothing says so.",
            "These numbers do not decide: judge both on the same points, on more of them, and over several seeds.": "Yes. The difference is half as large as its error. On the same points much of the noise drops out of the difference, and seeds tell whether "
            "it is the network or its start.",
        },
        right="These numbers do not decide: judge both on the same points, on more of them, and over several seeds.",
    ),
}
