"""Which shift and which scale a student used, read off what came back, and what each usual mistake leads to think about."""

from __future__ import annotations

import numpy as np

from nbkit.landscape import Array

__all__ = ["is_one_of", "moments", "quartiles", "thought_of_moments", "thought_of_quartiles", "used_scale"]

NORMAL = 1.3489795  # quartile distance of a normal distribution of width 1

Scale = tuple[float, float]


def used_scale(given: Array, got: Array) -> Scale | None:
    """The centre that was taken off and the width that was divided by, (n,) → two numbers; None where it was another thing."""
    mean, spread = given.mean(), given.std()
    slope, height = np.polyfit((given - mean) / spread, got, 1)
    if (
        np.abs(got - np.polyval([slope, height], (given - mean) / spread)).max() > 1e-3 * max(np.abs(got).max(), 1e-9)
        or abs(slope) < 1e-12
    ):
        return None
    return float(mean - height / slope * spread), float(spread / slope)


def is_one_of(used: Scale | None, right: list[Scale], within: float) -> bool:
    return used is not None and any(
        abs(used[0] - centre) <= within * width and abs(used[1] / width - 1) <= within for centre, width in right
    )


def moments(values: Array) -> Scale:
    return float(values.mean()), float(values.std())


def quartiles(values: Array) -> Scale:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return float(middle), float(high - low) / NORMAL


def thought_of_moments(train: Array, used: Scale | None, everything: Array) -> str:
    mean, width = moments(train)
    if used is None:
        return "Each value of a feature has to get the same shift and the same scale. Does yours?"
    centre, scale = used
    by_width = np.isclose(abs(scale), width, rtol=2e-2)
    if np.isclose(scale, 1, rtol=1e-3) and np.isclose(centre, mean / width, rtol=2e-2):
        return "Which of the two is done first, the difference or the division? Python divides first."
    if by_width and scale < 0:
        return "An event above the mean became negative."
    if by_width and abs(centre) < 0.1 * width:
        return "The width is right. What has to be taken off before?"
    if by_width and np.isclose(centre, np.median(train), atol=1e-2 * width):
        return "You took off the median. Here the mean is asked."
    if np.isclose(centre, mean, atol=1e-2 * width):
        if np.isclose(scale, width**2, rtol=3e-2):
            return "The shift is right. You divided by the variance: in which unit is it?"
        if np.isclose(scale, np.sqrt(width), rtol=2e-2):
            return "The shift is right. The standard deviation is a root already."
        if np.isclose(scale, 1, rtol=1e-3):
            return "The shift is right. How does the width of the feature become 1?"
        if np.isclose(scale, np.ptp(train), rtol=1e-3) or np.isclose(scale, np.abs(train).max(), rtol=1e-3):
            return "The shift is right. You divided by the range, or the largest value, which a single event decides."
        if np.isclose(scale, 1 / width, rtol=2e-2):
            return "The shift is right. Multiplying made a wide feature wider."
        if np.isclose(scale, everything.std(), rtol=2e-2):
            return "The shift is right. The width is that of all features together."
        return "The shift is right. Which number says how far events are from their mean?"
    if np.isclose(centre, train.min(), atol=1e-2 * width):
        return "You brought it between 0 and 1: then the two outermost events decide. Asked are mean and standard deviation."
    return "From which sample are your mean and your width? There is one that has them to give: the training sample."


def thought_of_quartiles(train: Array, used: Scale | None, everything: Array) -> str:
    if used is None:
        return "Each value of a feature has to get the same shift and the same scale. Does yours?"
    (centre, scale), (median, width) = used, quartiles(train)
    middle = abs(centre - median) <= 2e-2 * width
    if not middle and np.isclose(centre, train.mean(), atol=2e-2 * width):
        return "The mean goes where a single far-off event pulls it. Which number has half of the events on each side?"
    if not middle and abs(centre - np.percentile(train, 0.5)) <= 2e-2 * width:
        return "Half of the events have to become negative, and with yours hardly any do: `percentile` counts to 100 and `quantile` to 1."
    if not middle:
        return (
            "Half of the events of the training sample have to become negative, in each feature. How many of yours do?"
        )
    ratio = scale / width
    deviations = np.abs(train - median)
    percents = np.ptp(np.percentile(train, [0.25, 0.75]))
    if np.isclose(scale, train.std(), rtol=3e-2):
        return "The shift is right. The standard deviation is made by the few events far out: see what one of them adds to it."
    if np.isclose(ratio, NORMAL, rtol=2e-2):
        return "The shift is right. For a normal distribution your width would be 1.35 times the standard deviation. What is the 1.349 for?"
    if np.isclose(ratio, NORMAL**2, rtol=2e-2):
        return "The shift is right. You multiplied by 1.349 where it divides, or the other way round: how many standard deviations lie between the quartiles?"
    if np.isclose(abs(ratio), NORMAL / 2, rtol=2e-2) or np.isclose(abs(ratio), 0.5, rtol=2e-2):
        return "The shift is right. From one quartile to the *other*, or from the median to one?"
    if np.isclose(ratio, -1, rtol=2e-2):
        return "The shift is right. The upper quartile less the lower one, or the other way round?"
    if any(np.isclose(scale, np.median(deviations) * factor, rtol=3e-2) for factor in (1, 1.4826)):
        return "The shift is right. You took the median distance from the median: robust as well, but asked are the quartiles."
    if np.isclose(scale, 1, rtol=1e-2):
        return "The shift is right. And the scale?"
    if any(np.isclose(scale, percents * factor, rtol=5e-2) for factor in (1, 1 / NORMAL)):
        return "The shift is right. `percentile` counts to 100 and `quantile` to 1."
    if np.isclose(scale, quartiles(everything.ravel())[1], rtol=3e-2):
        return "The shift is right. The width is that of all features together."
    return "The shift is right. The quartiles are those places below which a quarter and three quarters of the events are: how far are they apart?"
