"""The course in one picture: a row for each exercise, a sign for each thing to do."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nbkit.displays.base import COLOURS, Display

__all__ = ["ProgressDisplay"]

#: The sign and the colour of each state; told apart by the sign alone.
SIGNS = {
    "right": ("$✔$", COLOURS.good),
    "wrong": ("$✘$", COLOURS.bad),
    "predicted": ("$?$", COLOURS.model),
    "skipped": ("$–$", COLOURS.guide),
    "open": ("", "white"),
}
SHAPES = {"check": "s", "question": "o"}
NAMES = {"right": "right", "wrong": "not yet right", "predicted": "predicted", "skipped": "skipped", "open": "open"}


class ProgressDisplay(Display):
    """Squares for checks, circles for questions and predictions; a sign in each says how it stands."""

    figsize = (10.0, 4.8)

    def draw(self, ax: Axes) -> None:
        self.marks_: dict[tuple[str, str], Line2D] = {}
        self.signs_: dict[str, Line2D] = {}
        for state, (sign, colour) in SIGNS.items():
            for kind, shape in SHAPES.items():
                edge = COLOURS.guide if state == "open" else colour
                self.marks_[kind, state] = ax.plot([], [], shape, markersize=21, color=colour, mec=edge, mew=1.5)[0]
            if sign:
                self.signs_[state] = ax.plot([], [], linestyle="", marker=sign, markersize=11, color="white", mew=0.5)[
                    0
                ]
        kinds = [
            Line2D([], [], linestyle="", marker=shape, ms=13, color="white", mec="#222222") for shape in SHAPES.values()
        ]
        states = [(self.marks_["check", state], self.signs_[state]) for state in SIGNS if state != "open"]
        words = ["check", "question or prediction", *(NAMES[state] for state in SIGNS if state != "open")]
        # the tuple lays the sign over its square
        ax.legend(
            [*kinds, *states], words, loc="upper center", bbox_to_anchor=(0.42, 0.0), ncols=3, fontsize=12, frameon=False,
            markerscale=0.62, handletextpad=0.4, columnspacing=1.6, borderpad=0.2,
        )  # fmt: skip
        ax.tick_params(length=0, labelsize=13)
        ax.set_xticks([])
        for spine in ax.spines.values():
            spine.set_visible(False)

    def update(self, rows: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        """`rows` from the top: a title, and for each thing its kind ('check', 'question') and its state (see SIGNS)."""
        places: dict[tuple[str, str], list[tuple[int, int]]] = {key: [] for key in self.marks_}
        for row, (_, items) in enumerate(rows):
            for column, key in enumerate(items):
                places[key].append((column, row))
        for key, mark in self.marks_.items():
            mark.set_data(*(zip(*places[key], strict=True) if places[key] else ([], [])))
        for state, sign in self.signs_.items():
            both = [place for kind in SHAPES for place in places[kind, state]]
            sign.set_data(*(zip(*both, strict=True) if both else ([], [])))
        self.ax_.set_yticks(range(len(rows)), [title for title, _ in rows])
        self.ax_.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        self.ax_.set_xlim(-0.6, max([15, *(len(items) for _, items in rows)]) - 0.4)
