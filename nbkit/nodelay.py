"""A Jupyter server extension that sends small kernel messages at once.

Jupyter's server leaves Nagle's algorithm on for the websocket between the browser and a kernel: the second of two small messages
waits until the first is acknowledged, for up to 40 ms, and a slider's key held down makes 15 frames a second where it could
make 40. The extension turns TCP_NODELAY on for these websockets, and touches nothing else. `jupyter server extension disable
nbkit.nodelay` switches it off.
"""

from __future__ import annotations

from typing import Any

__all__ = ["with_nodelay"]

SETTING = "kernel_websocket_connection_class"


def with_nodelay(connection: type[Any]) -> type[Any]:
    """A subclass of a kernel's websocket connection that turns TCP_NODELAY on when it connects."""

    class NoDelay(connection):
        sends_at_once = True

        def connect(self) -> Any:
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    NoDelay.__name__ = NoDelay.__qualname__ = f"NoDelay{connection.__name__}"
    return NoDelay


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "nbkit.nodelay"}]


def _load_jupyter_server_extension(app: Any) -> None:
    settings = getattr(getattr(app, "web_app", None), "settings", {})
    connection: Any = settings.get(SETTING)
    # Another server, or another version of Jupyter's, may have no such setting: then it stays as it is.
    if not callable(getattr(connection, "connect", None)) or getattr(connection, "sends_at_once", False):
        return
    settings[SETTING] = with_nodelay(connection)
    app.log.info("nbkit.nodelay: kernel websockets send small messages at once")
