"""Steps a second against the width of the hidden layers, for each device: for small networks the processor usually wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, NullFormatter
from numpy.typing import NDArray

from nbkit.displays.base import COLOURS, Display, readable
from nbkit.displays.training.axes import TEXT, put, set_limits

__all__ = ["DeviceSpeedDisplay", "DeviceSpeeds"]

Array = NDArray[np.float64]

MARKERS = "os^Dv"


class DeviceSpeeds(NamedTuple):
    """`widths` (k,), ascending, and for each device, by its name, its `speeds` (k,) in steps/s, NaN where it was not tried;
    `now`, the width that is trained and its steps/s."""

    widths: Array
    speeds: Mapping[str, Array]
    now: tuple[float, float] | None = None


class DeviceSpeedDisplay(Display):
    """Steps a second against hidden width, both logarithmic, a line for each of at most 5 devices. See `DeviceSpeeds`."""

    figsize = (5.4, 3.6)

    def draw(self, ax: Axes) -> None:
        ax.set(xscale="log", yscale="log", xlabel="hidden width", ylabel="steps/s", xlim=(8, 4096), ylim=(10, 1e4))
        self.lines_: list[Line2D] = [
            self.live(ax.plot([], [], f"{marker}-", color=colour, lw=2, ms=7)[0])
            for marker, colour in zip(MARKERS, COLOURS.cycle, strict=False)
        ]
        style: dict[str, Any] = {"ms": 13, "color": COLOURS.gradient, "mec": "white"}
        self.now_ = self.live(ax.plot([], [], "*", **style)[0])
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.yaxis.set_major_formatter(EngFormatter(sep=""))
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.grid(alpha=0.3)
        readable(ax)
        self._described: tuple[Any, ...] = ()

    def update(self, **arrays: Any) -> None:
        view = DeviceSpeeds(**arrays)
        widths = np.asarray(view.widths, np.float64)
        named = list(view.speeds.items())[: len(self.lines_)]
        for line, (_, speeds) in zip(self.lines_, named, strict=False):
            put(line, widths, speeds)
        for line in self.lines_[len(named) :]:
            put(line)
        put(self.now_, *(() if view.now is None else ([view.now[0]], [view.now[1]])))
        self._describe(widths, dict(named), view.now)

    def _describe(self, widths: Array, speeds: Mapping[str, Array], now: tuple[float, float] | None) -> None:
        ax = self.axes_["ax"]
        if tuple(speeds) != self._described:
            self._described = tuple(speeds)
            ax.legend(self.lines_[: len(speeds)], list(speeds), fontsize=TEXT, framealpha=0.8, borderpad=0.3)
        if not len(widths):
            return
        all_ = np.concatenate(
            [*(np.asarray(values, np.float64) for values in speeds.values()), [now[1]] if now else []]
        )
        all_ = all_[np.isfinite(all_) & (all_ > 0)]
        # Whole powers of two and of ten: a new measurement seldom moves them.
        wide = (2.0 ** np.floor(np.log2(widths[0]) - 0.5), 2.0 ** np.ceil(np.log2(widths[-1]) + 0.5))
        tall = (
            (10.0 ** np.floor(np.log10(all_.min()) - 0.1), 10.0 ** np.ceil(np.log10(all_.max()))) if len(all_) else None
        )
        ticks = [float(width) for width in widths[:: -(-len(widths) // 4)]]
        if ticks != list(ax.get_xticks()):
            ax.set_xticks(ticks)
        set_limits(ax, wide, tall if tall and tall[0] < tall[1] else None)
