"""Frames on their way to the page: encoded as the movement allows, and sent in their order.

Frames are whole pictures, never differences: the browser drops a picture that the next one overtakes, and a lost difference
would stay missing.
"""

from __future__ import annotations

import io
import struct
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["Sender", "jpeg", "png"]

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

# Frames that follow each other faster than this are a movement: they go as JPEG, which encodes and decodes in half the time,
# and one lossless PNG follows when the movement rests.
MOVING = 0.12
REST = 0.06


class Sender:
    """Encodes frames and hands them to `send`, none twice and none after a later one.

    `offer` is called by one thread at a time. While something moves a thread of its own is there, which encodes what is
    offered `beside` and, once the movement rests, its last frame without loss; it ends with that.
    """

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self._send = send
        self._changed = (
            threading.Condition()
        )  # guards all below, also while it sends; nothing else is waited for under it
        self._pixels: Pixels | None = None
        self._number = self._delivered = 0  # of the frame that was offered last, and of the one that was sent last
        self._encoded = b""
        self._lossless = True
        self._due: int | None = None  # the number of a frame that the thread is to encode
        self._offered_at, self._interval = 0.0, 1.0
        self._thread: threading.Thread | None = None
        self._closed = False

    def offer(self, pixels: Pixels, *, beside: bool = False) -> bool:
        """Send a frame, shape (height, width, 4), unless it equals the last; whether it differed.

        With `beside` this thread goes on while another encodes: of frames that come faster than that the newest is sent.
        """
        if self._pixels is not None and _equal(pixels, self._pixels):
            return False
        copy = pixels.copy()
        with self._changed:
            now = time.monotonic()
            self._interval, self._offered_at = now - self._offered_at, now
            self._pixels, self._number = copy, self._number + 1
            number, still = self._number, self._interval > MOVING
            if beside:
                self._due = number
            self._lossless = still and not beside
        if not beside:
            self._deliver(number, png(copy) if still else jpeg(copy))
        if beside or not still:
            self._follow()
        return True

    def repeat(self) -> None:
        """Send the last frame that was encoded once more; one that is being encoded follows by itself."""
        with self._changed:
            if self._encoded and not self._closed:
                self._send(self._encoded)

    def close(self) -> None:
        """Send nothing more, and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _deliver(self, number: int, data: bytes) -> None:
        with self._changed:
            if number >= self._delivered and not self._closed:
                self._delivered, self._encoded = number, data
                self._send(data)

    def _follow(self) -> None:
        """Have the thread see to what is due."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nbkit settles", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            number, pixels, encode = task
            self._deliver(number, encode(pixels))

    def _next(self) -> tuple[int, Pixels, Callable[[Pixels], bytes]] | None:
        """Wait for what is to be encoded; None once the movement rests and its last frame is sent without loss."""
        with self._changed:
            while not self._closed and self._pixels is not None:
                if self._due is not None:
                    number, self._due = self._due, None
                    return number, self._pixels, jpeg
                # A steady animation is no rest: wait longer than its own pace.
                pause = min(max(REST, 1.5 * self._interval), 2 * MOVING)
                left = self._offered_at + pause - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                elif self._lossless:
                    break
                else:
                    self._lossless = True
                    return self._number, self._pixels, png
            self._thread = None
            return None


def _equal(one: Pixels, other: Pixels) -> bool:
    return one.shape == other.shape and bool((one.view(np.uint32) == other.view(np.uint32)).all())


def png(pixels: Pixels) -> bytes:
    """A lossless PNG of opaque pixels, shape (height, width, 4): Pillow tries five filters a row, and takes three times as long."""
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with the number of its filter: none
    rows[:, 1:].reshape(height, width, 3)[...] = pixels[..., :3]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def jpeg(pixels: Pixels) -> bytes:
    """A JPEG of opaque pixels, shape (height, width, 4), without coarser colours: lines are thin here."""
    height, width = pixels.shape[:2]
    image = Image.frombuffer("RGBX", (width, height), np.ascontiguousarray(pixels), "raw", "RGBX", 0, 1)
    with io.BytesIO() as file:
        image.save(file, format="jpeg", quality=90, subsampling=0)
        return file.getvalue()
