"""The picture of the course, as it stands now."""

from __future__ import annotations

from dataclasses import dataclass

from nbkit.checks.course import Row, standing
from nbkit.displays.png import png_text
from nbkit.displays.progress import ProgressDisplay

__all__ = ["Progress", "progress"]


@dataclass(frozen=True)
class Progress:
    """What is right, not yet right and open, shown by naming it in a cell; `trouble` says why it can't be known."""

    rows: tuple[Row, ...]
    trouble: str = ""

    @property
    def display_(self) -> ProgressDisplay:
        """The picture."""
        display = ProgressDisplay()
        display.update(
            [
                (
                    f"{row.title}   {sum(item.done for item in row.items)}/{len(row.items)}",
                    [(item.kind, item.state) for item in row.items],
                )
                for row in self.rows
            ]
        )
        return display

    def __str__(self) -> str:
        if self.trouble:
            return f"Progress can't be shown: {self.trouble}"
        lines = []
        for row in self.rows:
            if all(item.state == "open" for item in row.items):
                continue  # so that the text of one exercise does not depend on the others
            said = []
            for kind, done in (("check", "right"), ("question", "answered")):
                items = row.of(kind)
                if items:
                    said.append(f"{sum(item.done for item in items)} of {len(items)} {kind}s {done}")
            lines.append(f"  {row.title}: {', '.join(said)}")
        return "\n".join(["Progress", *(lines or ["  nothing is answered yet"])])

    __repr__ = __str__

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, str]:
        if self.trouble:
            return {"text/plain": str(self)}
        return {"text/plain": str(self), "image/png": png_text(self.display_.figure_)}


def progress() -> Progress:
    """The course in one picture, from the answers that are kept: run the cell again to see it grow."""
    try:
        return Progress(tuple(standing()))
    except (OSError, ValueError) as error:
        return Progress((), str(error))
