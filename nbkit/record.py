"""What one student has answered, kept in one JSON file on the student's own disk."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

__all__ = ["FILE", "Record", "record"]

#: Where answers are kept unless the variable NBKIT_ANSWERS names another file; empty, it keeps them in memory only.
FILE = "nbkit-answers.json"
VERSION = 1
#: How long one notebook waits for another that writes, in seconds.
PATIENCE = 5.0

Entry = dict[str, Any]


class Record:
    """Answers and results by name, each with its time, its score from 0 to 1 and how often it was tried.

    `path` None keeps them in memory only. Several notebooks may keep in one file: each change begins with what stands there now,
    and the others wait for its end. What reads or writes raises OSError, or ValueError for a file that holds no answers.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path).absolute() if path is not None else None  # wherever the notebook goes
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = {}

    @property
    def entries(self) -> dict[str, Entry]:
        """All entries by name, as they stand in the file now."""
        if self.path is not None:
            return read(self.path) if self.path.exists() else {}
        with self._lock:
            return json.loads(json.dumps(self._entries))  # type: ignore[no-any-return]

    def get(self, name: str) -> Entry | None:
        """The entry of this name, or None."""
        return self.entries.get(name)

    def keep(self, name: str, *, kind: str, score: float, **more: Any) -> Entry:
        """Keep an answer and the best score of all tries: `kind` says of what, `score` is from 0 to 1, `more` is JSON."""
        with self._changing() as entries:
            old = entries.get(name, {})
            entry: Entry = {
                "kind": kind,
                "score": score,
                "best": max(score, old.get("best", 0.0)),
                "tries": old.get("tries", 0) + 1,
                "when": datetime.now().astimezone().isoformat(timespec="seconds"),
                **more,
            }
            entries[name] = json.loads(json.dumps(entry))
        return entry

    def save(self, path: str | Path) -> None:
        """Write all entries into a file, to be taken to another machine."""
        write(Path(path), self.entries)

    def load(self, path: str | Path) -> int:
        """Take in the entries of a file, and return how many were new or newer; nothing that is here and newer is lost."""
        given = read(Path(path))
        newer = 0
        with self._changing() as entries:
            for name, entry in given.items():
                old = entries.get(name)
                if old is None or _later(entry, old):
                    newer += 1
                    entries[name] = dict(entry)
                entries[name]["best"] = max(entry["best"], old["best"] if old else 0.0)
        return newer

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Entry]]:
        """The entries, to be changed: nobody else changes them meanwhile, and a failure leaves them as they were."""
        with self._lock:
            if self.path is None:
                entries = self.entries
                yield entries
                self._entries = entries
                return
            try:
                with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=PATIENCE):
                    entries = self.entries
                    yield entries
                    write(self.path, entries)
            except Timeout:
                raise OSError(f"{self.path} has been in use by another notebook for {PATIENCE:g} s") from None
            except NotImplementedError:
                raise OSError(f"the disk of {self.path} can't lock files: let NBKIT_ANSWERS name another") from None


def _later(one: Entry, other: Entry) -> bool:
    """Whether an entry is from a later time than another; one without a time is older than all."""

    def when(entry: Entry) -> float:
        try:
            return datetime.fromisoformat(entry["when"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return 0.0

    return when(one) > when(other)


def read(path: Path) -> dict[str, Entry]:
    """The entries of a file; ValueError for a file that holds no answers."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        entries = content["answers"]
        if content["version"] != VERSION or not all(_is_entry(entry) for entry in entries.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            f"{path} holds no answers of this kit (version {VERSION}): name another file, or move it away to begin anew"
        ) from None
    return dict(entries)


def _is_entry(entry: Any) -> bool:
    return isinstance(entry["kind"], str) and all(
        isinstance(entry[key], int | float) for key in ("score", "best", "tries")
    )


def write(path: Path, entries: dict[str, Entry]) -> None:
    """Write a file in one move, so that nobody reads half of it."""
    text = json.dumps({"version": VERSION, "answers": entries}, indent=1, ensure_ascii=False)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False, suffix=".part") as file:
        part = Path(file.name)
        try:
            file.write(text)
            file.close()  # or Windows does not move it
            os.replace(part, path)
        except BaseException:
            file.close()
            part.unlink(missing_ok=True)
            raise


_record: Record | None = None


def record() -> Record:
    """The record of this kernel's student; the file is made with the first answer."""
    global _record
    if _record is None:
        path = os.environ.get("NBKIT_ANSWERS", FILE)
        _record = Record(path or None)
    return _record
