"""What one student has answered, kept in one JSON file on the student's own disk."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["FILE", "Record", "record"]

#: Where answers are kept unless the variable NBKIT_ANSWERS names another file; empty, it keeps them in memory only.
FILE = "nbkit-answers.json"
VERSION = 1

Entry = dict[str, Any]


class Record:
    """Answers and results by name, each with its time, its score from 0 to 1 and how often it was tried.

    `path` None keeps them in memory only. Two notebooks may keep in one file: each writes its own entry into what stands there now.
    `observers` are called with the name of an entry that was kept.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path is not None else None
        self.observers: list[Callable[[str], object]] = []
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = read(self.path) if self.path is not None and self.path.exists() else {}

    @property
    def entries(self) -> dict[str, Entry]:
        """All entries by name, as copies."""
        with self._lock:
            return json.loads(json.dumps(self._entries))  # type: ignore[no-any-return]

    def get(self, name: str) -> Entry | None:
        """The entry of this name, or None."""
        return self.entries.get(name)

    def keep(self, name: str, *, kind: str, score: float, **more: Any) -> Entry:
        """Keep an answer and the best score of all tries: `kind` says of what, `score` is from 0 to 1, `more` is JSON."""
        with self._lock:
            if self.path is not None and self.path.exists():
                self._entries = read(self.path)
            old = self._entries.get(name, {})
            entry: Entry = {
                "kind": kind,
                "score": score,
                "best": max(score, old.get("best", 0.0)),
                "tries": old.get("tries", 0) + 1,
                "when": datetime.now().astimezone().isoformat(timespec="seconds"),
                **more,
            }
            self._entries[name] = json.loads(json.dumps(entry))
            if self.path is not None:
                write(self.path, self._entries)
        for observer in list(self.observers):
            observer(name)
        return entry

    def save(self, path: str | Path) -> None:
        """Write all entries into a file, to be taken to another machine."""
        write(Path(path), self.entries)

    def load(self, path: str | Path) -> None:
        """Take the entries of a file in place of the present ones; ValueError, and nothing changes, for a file that is none."""
        entries = read(Path(path))
        with self._lock:
            self._entries = entries
            if self.path is not None:
                write(self.path, entries)
        for observer in list(self.observers):
            for name in entries:
                observer(name)


def read(path: Path) -> dict[str, Entry]:
    """The entries of a file; ValueError for a file that holds no answers."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        entries = content["answers"]
        if content["version"] != VERSION or not all(isinstance(entry, dict) for entry in entries.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            f"{path} holds no answers of this kit (version {VERSION}): name another file, or move it away to begin anew"
        ) from None
    return dict(entries)


def write(path: Path, entries: dict[str, Entry]) -> None:
    """Write a file in one move, so that nobody reads half of it."""
    text = json.dumps({"version": VERSION, "answers": entries}, indent=1, ensure_ascii=False)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False, suffix=".part") as file:
        file.write(text)
    os.replace(file.name, path)


_record: Record | None = None


def record() -> Record:
    """The record of this kernel's student; the file is made with the first answer."""
    global _record
    if _record is None:
        path = os.environ.get("NBKIT_ANSWERS", FILE)
        _record = Record(path or None)
    return _record
