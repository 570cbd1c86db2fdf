"""A server extension for the tests: it tells which kernel websockets send small messages at once."""

from __future__ import annotations

import gc
import socket
from typing import Any

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.web import RequestHandler


class Sockets(RequestHandler):
    """Answers with a list of true and false, one for each kernel websocket that is open."""

    def get(self) -> None:
        open_ = [item for item in gc.get_objects() if isinstance(item, KernelWebsocketHandler) and item.ws_connection]
        streams = [handler.ws_connection.stream for handler in open_]
        read = [
            bool(stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            for stream in streams
            if stream.socket
        ]
        self.write({"nodelay": read})


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.browser.sockets"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.add_handlers(".*$", [(r"/sockets", Sockets)])
