"""Which place each view has in the figure: computed from what is shown, so that nothing moves while it is updated."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

__all__ = ["INSETS", "boxes", "slots"]

Box = tuple[float, float, float, float]

HEADING = 26.0  # px above all, for the line that says how far the training is


class Slot(NamedTuple):
    """A place for one of several views: its share of its row's width."""

    name: str
    share: float


TOP = (Slot("data", 1.0), Slot("network", 1.85))
BOTTOM = (Slot("loss", 1.1), Slot("metric", 0.95), Slot("panel", 1.45))


class Inset(NamedTuple):
    """An axes inside of its slot: from `start` to `end` of the slot's width, less px for ticks and labels."""

    slot: str
    left: float
    bottom: float
    right: float
    top: float
    start: float = 0.0
    end: float = 1.0


INSETS: dict[str, Inset] = {
    "heading": Inset("heading", 8, 0, 8, 0),
    "boundary": Inset("data", 58, 48, 48, 26),
    "boundary_bar": Inset("data", -42, 48, 30, 26, 1.0),
    "curve": Inset("data", 70, 48, 10, 26),
    "predictions": Inset("data", 66, 48, 10, 26),
    "classes": Inset("data", 62, 48, 12, 26),
    "network": Inset("network", 6, 4, 6, 0),
    "loss": Inset("loss", 66, 48, 18, 24),
    "metric": Inset("metric", 58, 48, 18, 24),
    "unit": Inset("panel", 12, 6, 0, 6, 0.0, 0.65),
    "unit_function": Inset("panel", 38, 48, 10, 10, 0.65, 1.0),
    "spreads": Inset("panel", 46, 48, 4, 24, 0.0, 0.34),
    "spreads_activations": Inset("panel", 38, 48, 4, 24, 0.34, 0.66),
    "spreads_gradients": Inset("panel", 46, 48, 8, 24, 0.66, 1.0),
    "confusion": Inset("panel", 62, 48, 12, 24),
    "residuals": Inset("panel", 70, 48, 12, 24),
    "surface": Inset("panel", 76, 48, 96, 24),
    "surface_bar": Inset("panel", -88, 48, 78, 24, 1.0),
    "speeds": Inset("panel", 58, 48, 12, 10),
}


def slots(shown: Collection[str], width: float, height: float) -> dict[str, Box]:
    """The places of the views that are shown, by slot, which fill the figure: (left, bottom, width, height) in px.

    What is hidden leaves its room to its neighbours.
    """
    taken = {INSETS[name].slot for name in shown}
    rows = [row for row in ([slot for slot in all_ if slot.name in taken] for all_ in (TOP, BOTTOM)) if row]
    tall = {1: [1.0], 2: [0.55, 0.45]}.get(len(rows), [])
    places: dict[str, Box] = {"heading": (0.0, height - HEADING, width, HEADING)}
    upper = height - HEADING
    for row, share in zip(rows, tall, strict=True):
        depth = share * (height - HEADING)
        left, total = 0.0, sum(slot.share for slot in row)
        for slot in row:
            wide = width * slot.share / total
            places[slot.name] = (left, upper - depth, wide, depth)
            left += wide
        upper -= depth
    return places


def boxes(shown: Collection[str], width: float, height: float) -> dict[str, Box]:
    """The axes of the views that are shown: (left, bottom, width, height) in px from the lower left corner."""
    places = slots(shown, width, height)
    found = {}
    for name, inset in INSETS.items():
        if name in shown:
            x, y, wide, deep = places[inset.slot]
            first, last = x + inset.start * wide + inset.left, x + inset.end * wide - inset.right
            found[name] = (first, y + inset.bottom, max(last - first, 1.0), max(deep - inset.bottom - inset.top, 1.0))
    return found
