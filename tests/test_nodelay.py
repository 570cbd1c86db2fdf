"""The server extension: what it changes, where it keeps out, and that it can be switched off."""

from __future__ import annotations

import asyncio
import logging
import os
import pathlib
import shutil
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from nbkit import nodelay


class Connection:
    """As little of Jupyter's as the extension knows."""

    def __init__(self, websocket_handler: Any) -> None:
        self.websocket_handler = websocket_handler

    def connect(self) -> str:
        return "connected"


def app(**settings: Any) -> Any:
    return SimpleNamespace(web_app=SimpleNamespace(settings=settings), log=logging.getLogger("test"))


def load(server: Any) -> dict[str, Any]:
    nodelay._load_jupyter_server_extension(server)
    return server.web_app.settings


@pytest.mark.parametrize("class_", [Connection, ZMQChannelsWebsocketConnection])
def test_connection_is_replaced_by_a_subclass_and_nothing_else_is(class_: type[Any]) -> None:
    settings = load(app(kernel_websocket_connection_class=class_, other=1))
    assert issubclass(settings["kernel_websocket_connection_class"], class_)
    assert set(settings) == {"kernel_websocket_connection_class", "other"}


def test_loaded_twice_it_is_set_once() -> None:
    server = app(kernel_websocket_connection_class=Connection)
    assert load(server) == load(server)
    assert server.web_app.settings["kernel_websocket_connection_class"].__mro__[1] is Connection


@pytest.mark.parametrize(
    "server",
    [object(), app(), app(kernel_websocket_connection_class=None), app(kernel_websocket_connection_class=dict)],
)
def test_another_server_is_left_alone(server: Any) -> None:
    before = dict(getattr(getattr(server, "web_app", None), "settings", {}))
    nodelay._load_jupyter_server_extension(server)
    assert dict(getattr(getattr(server, "web_app", None), "settings", {})) == before


def test_socket_of_the_server_has_the_option() -> None:
    read: list[Any] = []

    class Handler(WebSocketHandler):
        def open(self) -> None:
            def option() -> bool:
                return bool(self.ws_connection.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

            before = option()
            read.extend([before, nodelay.with_nodelay(Connection)(self).connect(), option()])

    async def talk() -> None:
        listening, port = bind_unused_port()
        server = HTTPServer(Application([("/", Handler)]))
        server.add_socket(listening)
        client = await websocket_connect(f"ws://127.0.0.1:{port}/")
        client.close()
        await client.read_message()
        server.stop()
        await server.close_all_connections()

    asyncio.run(talk())
    assert read == [False, "connected", True]


# Jupyter's own command, in an environment whose configuration is a copy.
COMMAND = """
import sys
from jupyter_core import paths
paths.ENV_CONFIG_PATH[:] = [sys.argv.pop(1)]
from jupyter_server.extension.serverextension import main
main()
"""


def test_installed_enabled_and_switched_off_by_jupyters_own_command(tmp_path: pathlib.Path) -> None:
    installed = pathlib.Path(sys.prefix, "etc/jupyter/jupyter_server_config.d/nbkit.json")
    copy = tmp_path / "environment/jupyter_server_config.d"
    copy.mkdir(parents=True)
    shutil.copy(installed, copy)

    def jupyter(*command: str) -> str:
        environment = {**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "user")}
        return subprocess.run(
            [sys.executable, "-c", COMMAND, str(copy.parent), *command],
            env=environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ).stdout

    def state() -> str:
        return next(line for line in jupyter("list").splitlines() if line.split()[:1] == ["nbkit.nodelay"])

    assert "enabled" in state()
    assert "nbkit.nodelay  \x1b[32mOK" in jupyter("list")
    jupyter("disable", "nbkit.nodelay")
    assert "disabled" in state()
