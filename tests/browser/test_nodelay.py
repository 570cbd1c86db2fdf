"""The server extension is active after the install, in the server that the notebooks run in."""

from __future__ import annotations

import json
import urllib.request

from .conftest import Opener
from .lab import Lab


def test_kernel_websockets_send_at_once(opened: Opener, lab: Lab) -> None:
    opened(["1"])
    with urllib.request.urlopen(f"{lab.url}/sockets") as answer:
        read = json.load(answer)["nodelay"]
    assert read and all(read)
    assert lab.log is not None and "nbkit.nodelay | extension was successfully loaded" in lab.log.read_text()
