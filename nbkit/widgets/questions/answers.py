"""Where the answers are, and how they are taken to another machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets

from nbkit.record import record
from nbkit.widgets import lifetime
from nbkit.widgets.questions.form import STYLE, refused, said

__all__ = ["Answers", "answers"]


class Answers(ipywidgets.VBox):
    """Says where the answers of this student are, saves them to a file and restores them from one."""

    def __init__(self) -> None:
        self._closed = False
        self._where = ipywidgets.HTML()
        self.file = ipywidgets.Text(
            "my-answers.json", description="File", tooltip="Type a name, in the notebook's folder, or a path"
        )
        self._result = ipywidgets.HTML()
        buttons = [
            self._button("Save", "Write all answers into this file", self.save),
            self._button("Restore", "Take in the answers of this file; what is here and newer stays", self.restore),
        ]
        super().__init__([self._where, ipywidgets.HBox([self.file, *buttons]), self._result])
        self.add_class("nbkit-question")
        self._look()
        lifetime.hear_while_busy(self)
        lifetime.register(self)

    def save(self, path: str | Path | None = None) -> None:
        """Write all answers into a file, that of the field unless given; OSError or ValueError where that fails."""
        to = self._path(path)
        kept = record()
        if kept.path is not None and to.absolute() == kept.path:
            raise ValueError(f"{to} is where the answers are kept anyway: name another file")
        kept.save(to)
        self._result.value = said(f"Saved {_count(len(kept.entries))} to {to.absolute()}.", "right", "✔")
        self._look()

    def restore(self, path: str | Path | None = None) -> None:
        """Take in the answers of a file, that of the field unless given; OSError or ValueError where that fails."""
        given = self._path(path)
        if not given.is_file():
            raise ValueError(f"There is no file {given.absolute()}.")
        newer = record().load(given)
        sentence = f"Restored {_count(newer)} from {given.absolute()}. Run the cells with questions again to see them."
        self._result.value = said(sentence, "right", "✔")
        self._look()

    def _path(self, path: str | Path | None) -> Path:
        name = str(self.file.value if path is None else path).strip()
        if not name:
            raise ValueError("Name a file, such as my-answers.json.")
        return Path(name).expanduser()

    def _look(self) -> None:
        kept = record()
        try:
            where = str(kept.path) if kept.path is not None else "the memory of this kernel only, until it ends"
            sentence = f"{_count(len(kept.entries))} in {where}. Nothing leaves this machine."
            self._where.value = STYLE + said(sentence, "")
        except (OSError, ValueError) as error:
            self._where.value = STYLE + refused(str(error))

    def _button(self, label: str, tip: str, action: Callable[[], object]) -> ipywidgets.Button:
        def act(_: Any) -> None:
            try:
                action()
            except (OSError, ValueError) as error:
                self._result.value = refused(_words(error))

        button = ipywidgets.Button(description=label, tooltip=tip, layout={"width": "auto"})
        button.on_click(act)
        return button

    def close(self) -> None:
        """Release all that was made for the page."""
        if not self._closed:
            self._closed = True
            lifetime.retire(self)

    def __repr__(self) -> str:
        return "The answers of this student: saved to a file, and restored from one."

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {"text/plain": repr(self), **({} if self._closed else lifetime.view_of(self))}


def _count(number: int) -> str:
    return f"{number} {'answer' if number == 1 else 'answers'}"


def _words(error: Exception) -> str:
    """A failure of the disk in words, without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}."
    return str(error)


def answers() -> Answers:
    """Where the answers are kept, with buttons to save them to a file and to restore them; nothing leaves the machine."""
    return Answers()
