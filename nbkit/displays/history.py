"""The field's history in three pictures: a timeline, numbers of parameters, and errors against those of people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.milestones import Milestone, Period

__all__ = ["ErrorsDisplay", "ParameterCountsDisplay", "TimelineDisplay"]

BRAIN = (1e13, 1e15)  # synapses

#: Where a name stands beside its point, in points of type.
PLACES = {
    "left": (-9, 0, "right"),
    "right": (9, 0, "left"),
    "above": (0, 12, "center"),
    "below": (0, -13, "center"),
    "upper right": (8, 6, "left"),
    "lower right": (8, -6, "left"),
    "far below": (4, -18, "left"),
    "lower left": (-6, -9, "right"),
}
#: For those that have no room to the left.
SIDES = {
    "NETtalk": "right",
    "BERT": "right",
    "GPT-2": "right",
    "Wu Dao 2.0": "above",
    "PaLM": "below",
    "Llama 3.1": "far below",
    "DeepSeek-V3": "lower right",
    "Kimi K2": "upper right",
    "AlexNet": "lower right",
}


class TimelineDisplay(Display):
    """`periods` as bars and `events` as points on a line of years, their names above and below it."""

    figsize = (9, 3.6)

    def draw(self, ax: Axes) -> None:
        ax.set(xlim=(1938, 2029), ylim=(-3.3, 3.4), yticks=[], xticks=range(1940, 2021, 20))
        ax.spines[["left", "right", "top"]].set_visible(False)
        readable(ax)

    def update(self, periods: Sequence[Period], events: Sequence[Milestone]) -> None:
        for period, colour in zip(periods, COLOURS.classes, strict=False):
            self.ax_.barh(0, period.end - period.begin, 1.0, period.begin, color=colour, alpha=0.45)
            self.ax_.text(
                (period.begin + period.end) / 2, 0, period.name, ha="center", va="center", fontsize=12, weight="bold"
            )
        for number, event in enumerate(events):
            side, far = 1 - 2 * (number % 2), 1.1 + 1.15 * (number // 2 % 2)
            self.ax_.plot([event.year, event.year], [0.5 * side, far * side], color=COLOURS.guide, lw=1)
            self.ax_.plot(event.year, 0.5 * side, "o", ms=5, color=COLOURS.target)
            late = event.year > 2020
            self.ax_.text(
                event.year + (2 if late else 0),
                far * side,
                f"{event.year:g} {event.name}" if side > 0 else f"{event.name}\n{event.year:g}",
                ha="right" if late else "center",
                va="bottom" if side > 0 else "top",
                fontsize=11,
                linespacing=1.05,
            )


class ParameterCountsDisplay(Display):
    """`models` by year and number of parameters, dense and sparse ones told apart, and the synapses of a human brain."""

    figsize = (9, 4.6)

    def draw(self, ax: Axes) -> None:
        ax.axhspan(*BRAIN, color=COLOURS.classes[3], alpha=0.3)
        ax.text(1986, np.sqrt(BRAIN[0] * BRAIN[1]), "synapses of a human brain", fontsize=12, va="center")
        ax.set(yscale="log", xlim=(1985, 2032), ylim=(3e3, 3e15), ylabel="parameters")
        ax.set_yticks([10.0**power for power in range(4, 16, 2)])
        ax.grid(alpha=0.3)
        readable(ax)

    def update(self, models: Sequence[Milestone]) -> None:
        for kind, marker, label in (
            ("", "o", "all used for each input"),
            ("sparse", "D", "a part used for each input"),
        ):
            chosen = [model for model in models if model.kind == kind]
            years, values = [model.year for model in chosen], [model.value for model in chosen]
            colour = COLOURS.classes[1] if kind else COLOURS.model
            self.ax_.plot(years, values, marker, ms=9, color=colour, mec="#222222", label=label)
        for model in models:
            _name(self.ax_, model, SIDES.get(model.name, "left"))
        self.ax_.legend(loc="lower right", fontsize=12)


class ErrorsDisplay(Display):
    """Errors (%) of machines by year, beside those of people: images on the left, speech on the right."""

    figsize = (9, 3.8)

    def layout(self, figure: Figure) -> dict[str, Axes]:
        left, right = figure.subplots(1, 2, sharey=True)
        return {"images": left, "speech": right}

    def draw(self, images: Axes, speech: Axes) -> None:
        images.set_title("Images: is the right class of 1000\namong the first five answers?", fontsize=12, loc="left")
        speech.set_title("Speech: wrong words in telephone\nconversations (Switchboard)", fontsize=12, loc="left")
        images.set_ylabel("error (%)")
        for ax in (images, speech):
            ax.set(xlim=(2009.3, 2018.8), ylim=(0, 36), xticks=range(2010, 2019, 2))
            ax.grid(alpha=0.3)
        readable(images, speech)

    def update(self, machines: Sequence[Milestone], humans: Sequence[Milestone]) -> None:
        for kind, ax in self.axes_.items():
            found = [each for each in machines if each.kind == kind]
            ax.plot(
                [each.year for each in found],
                [each.value for each in found],
                "o-",
                color=COLOURS.model,
                label="machine",
            )
            for each in found:
                _name(ax, each, "lower left" if each.value < 5 else "upper right")
            for number, each in enumerate(human for human in humans if human.kind == kind):
                style = ("--", ":")[number]
                ax.axhline(each.value, ls=style, lw=2, color=COLOURS.bad, label=f"people ({each.name})")
            ax.legend(loc="upper right", fontsize=11)


def _name(ax: Axes, milestone: Milestone, side: str) -> None:
    across, up, alignment = PLACES[side]
    ax.annotate(
        milestone.name,
        (milestone.year, milestone.value),
        (across, up),
        textcoords="offset points",
        ha=alignment,
        va="center",
        fontsize=11,
    )
