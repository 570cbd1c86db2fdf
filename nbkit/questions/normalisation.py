"""The questions of exercise 7, normalisation."""

from __future__ import annotations

from nbkit.questions.base import Choice, Number, Question

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Question] = {
    "07.window": Choice(
        "Z bosons only, measured without error: a Breit–Wigner with a full width of 2.50 GeV at half its height. In the window from 86 to 96 GeV "
        "the masses have a standard deviation of 1.8 GeV. What is it in the window from 20 to 1000 GeV?",
        {
            "1.8 GeV: the peak is the same.": "The peak is, but the standard deviation asks each event how far out it is, and squares that.",
            "about 2.5 GeV, the width of the peak": "The width at half height says nothing of the tails. How much does one event at 400 GeV add to a sum of squares?",
            "about 20 GeV": "Yes. The tails fall like one over the square of the distance, and the squares grow as fast: the sum grows with the window for ever. The "
            "width that you divide by is a property of your window.",
            "That can't be known: it grows with the number of events.": "In a window of finite size it settles. It grows with the window.",
        },
        right="about 20 GeV",
    ),
    "07.second-file": Choice(
        "A colleague hands you a second file of such events. With the numbers of your training sample its masses have mean 10 169 and width 1005 "
        "after normalisation; with its own numbers 0 and 1. What do you conclude?",
        {
            "Its own numbers are the better ones: the network is to see mean 0 and width 1.": "Then the same mass is another input in each file, and nobody would ever "
            "notice that something is odd. What is it that is odd?",
            "It holds new and very heavy particles.": "All of them, a thousand times as wide as well? Which factor is that?",
            "Its masses stand in another unit.": "Yes: both the mean and the width are about a thousand times too large. The numbers of the training sample show it; its own would "
            "have hidden it.",
        },
        right="Its masses stand in another unit.",
    ),
    "07.batches": Number(
        "A BatchNorm layer with momentum 0.1 sees batches of mean 90, one after another. After how many is its running mean within 1 % of 90?",
        right=44,
        within=0.4,
        why="What is missing shrinks by a tenth with each batch: 0.9⁴³ is still 1.08 %, 0.9⁴⁴ is 0.97 %. Who calls `eval()` before gets a layer that is still on its way.",
        wrong="With each batch the running mean comes nearer by a tenth of what is missing: 10 % of the way, then 19 %, then 27 % … How much is missing after k?",
        near={
            10: "That would be so if each batch brought a tenth of the whole way. It brings a tenth of what is left.",
            22: "After that many a tenth is missing still: 0.9²² is 0.1.",
            43: "Almost: 0.9⁴³ is a little above 1 %.",
            100: "With 1 % of the way each time, perhaps. It is a tenth of what is left.",
        },
    ),
    "07.raw-rate": Choice(
        "The raw run has learned nothing. Does another learning rate save it, in the same 600 steps?",
        {
            "Yes, a smaller one: 0.3 makes it jump.": "It does stop jumping at 0.0001. But what is small enough for the weight of an input of 90 is 8000 times too small for the "
            "bias: it creeps.",
            "Yes, a larger one: it learns too slowly.": "Its first step was so long already that most ReLUs were thrown out for ever.",
            "No: some weights need a rate thousands of times as large as others.": "Yes. From 1 down to 0.00001 no rate gets beyond a coin here. Along the weight of an input of 90 "
            "the loss is curved about 90² times as much as along a bias: a narrow valley. Normalising makes it round.",
        },
        right="No: some weights need a rate thousands of times as large as others.",
    ),
}
