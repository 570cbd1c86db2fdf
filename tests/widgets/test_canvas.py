"""The canvas: when it renders, what it sends, and what saving leaves behind."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import nbkit
from nbkit.widgets import canvas as module
from nbkit.widgets import frames, lifetime
from tests.browser.tiny import WaveExplorer

PNG, JPEG = b"\x89PNG", b"\xff\xd8\xff"


class Front:
    """A front end, as the kernel sees it: it says hello, asks for pictures, and gets them."""

    def __init__(self, explorer: WaveExplorer) -> None:
        self.canvas: Any = explorer.canvas
        self.frames: list[bytes] = []
        self.asked = 0
        self.arrived = threading.Condition()
        self.canvas.send = self.take

    def take(self, content: dict[str, Any], buffers: Any = None) -> None:
        if "binary" in content["data"]:
            with self.arrived:
                self.frames.extend(buffers)
                self.arrived.notify_all()
        elif "draw" in content["data"]:
            self.asked += 1

    def say(self, kind: str, **content: Any) -> None:
        self.canvas._handle_message(self.canvas, {"type": kind, **content}, [])

    def wait_for(self, number: int) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.frames) >= number, timeout=10)


@pytest.fixture
def explorer() -> Iterator[WaveExplorer]:
    made = WaveExplorer()
    yield made
    made.close()


@pytest.fixture
def front(explorer: WaveExplorer) -> Front:
    front = Front(explorer)
    front.say("refresh")
    front.say("initialized")
    front.say("draw")
    return front


def pixels(frame: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(frame)).convert("RGB"))


def test_nothing_is_rendered_until_somebody_looks(explorer: WaveExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda *args: drawn.append(1) or draw(*args))
    front = Front(explorer)
    for value in np.linspace(-2, 2, 20):
        explorer.set(amplitude=float(value))
    assert not drawn and not front.frames
    explorer._repr_mimebundle_()
    assert drawn, "the picture that was asked for"


def test_first_frame_is_lossless_and_whole(explorer: WaveExplorer, front: Front) -> None:
    assert [frame[:4] for frame in front.frames] == [PNG]
    assert (pixels(front.frames[0]) == explorer.canvas.compose()[..., :3]).all()


def test_moving_is_jpeg_and_rest_is_lossless(explorer: WaveExplorer, front: Front, monkeypatch: Any) -> None:
    # each frame follows the last one at once, on any machine
    monkeypatch.setattr(frames, "MOVING", 1e9)
    monkeypatch.setattr(frames, "REST", 0.0)
    explorer.set(amplitude=2.0)
    front.wait_for(3)
    assert [frame[:3] for frame in front.frames] == [PNG[:3], JPEG, PNG[:3]]
    assert (pixels(front.frames[2]) == explorer.canvas.compose()[..., :3]).all()
    assert np.abs(pixels(front.frames[1]).astype(int) - pixels(front.frames[2])).mean() < 1


def test_settling_thread_ends_with_the_movement(explorer: WaveExplorer, front: Front) -> None:
    for value in (0.1, 0.2, 0.3):
        explorer.set(amplitude=value)
    for thread in threading.enumerate():
        if thread.name == "nbkit settles":
            thread.join(10)
            assert not thread.is_alive()
    assert front.frames[-1][:4] == PNG


def test_closing_ends_the_settling_thread_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "REST", 1e6)
    explorer = WaveExplorer()
    front = Front(explorer)
    front.say("draw")
    for value in (0.1, 0.2, 0.3):
        explorer.set(amplitude=value)
    settling = [thread for thread in threading.enumerate() if thread.name == "nbkit settles"]
    explorer.close()
    for thread in settling:
        thread.join(10)
        assert not thread.is_alive()


def test_what_moves_by_itself_is_encoded_beside_and_overtakes_nothing(
    explorer: WaveExplorer, front: Front, monkeypatch: Any
) -> None:
    monkeypatch.setattr(frames, "REST", 1e6)
    encode, begun, go_on = frames.jpeg, threading.Event(), threading.Event()
    encoders: list[str] = []

    def slowly(picture: Any) -> bytes:
        encoders.append(threading.current_thread().name)
        begun.set()
        assert go_on.wait(10)
        return encode(picture)

    monkeypatch.setattr(frames, "jpeg", slowly)
    with explorer.lock, explorer.canvas.by_itself():
        explorer.set(amplitude=0.5)
        assert begun.wait(10)
        explorer.set(amplitude=0.6)  # waits for its turn, and the next takes its place
        explorer.set(amplitude=0.7)
    assert len(front.frames) == 1, "nobody waits for the encoding"
    go_on.set()
    front.wait_for(3)
    assert encoders == ["nbkit settles"] * 2 and len(front.frames) == 3
    assert np.abs(pixels(front.frames[2]).astype(int) - explorer.canvas.compose()[..., :3]).mean() < 1
    begun.clear(), go_on.clear()
    with explorer.lock, explorer.canvas.by_itself():
        explorer.set(amplitude=0.8)
    assert begun.wait(10)
    monkeypatch.setattr(frames, "MOVING", 0.0)
    explorer.set(amplitude=0.9)  # the user's own, at once and without loss
    go_on.set()
    explorer.canvas._sender.close()
    explorer.canvas._sender._thread.join(10)
    assert len(front.frames) == 4 and (pixels(front.frames[3]) == explorer.canvas.compose()[..., :3]).all()


def test_equal_frame_is_not_sent_and_none_is_encoded_twice(
    explorer: WaveExplorer, front: Front, monkeypatch: Any
) -> None:
    encoded: list[bytes] = []
    for name in ("png", "jpeg"):
        encode = getattr(frames, name)
        monkeypatch.setattr(frames, name, lambda p, encode=encode: encoded.append(p.tobytes()) or encode(p))
    monkeypatch.setattr(frames, "MOVING", 0.0)  # all lossless, so that no frame follows by itself
    explorer.set(title="the same picture")
    assert len(front.frames) == 1 and not encoded
    explorer.set(amplitude=2.0)
    front.say("draw")
    front.say("draw")
    assert len(encoded) == 1
    assert len(front.frames) == 4, "the front end gets a picture each time that it asks"
    assert front.frames[1] == front.frames[2] == front.frames[3]


def test_each_request_for_a_picture_is_answered(explorer: WaveExplorer, front: Front) -> None:
    for kind in ("draw", "refresh", "draw", "draw"):
        before = len(front.frames)
        front.say(kind)
        assert len(front.frames) - before == (kind == "draw")


def test_frame_by_blit_equals_a_full_one(explorer: WaveExplorer, front: Front) -> None:
    for value in np.linspace(-2, 2, 9):
        explorer.set(amplitude=float(value))
    quick = explorer.canvas.compose().copy()
    explorer.canvas._composer.forget()
    assert (explorer.canvas.compose() == quick).all()


def test_limits_changed_between_moves_are_drawn(explorer: WaveExplorer, front: Front) -> None:
    explorer.set(amplitude=2.0)
    explorer.display_.ax_.set_ylim(-10, 10)
    explorer.set(amplitude=1.0)
    zoomed = explorer.canvas.compose().copy()
    explorer.canvas._composer.forget()
    assert (explorer.canvas.compose() == zoomed).all()
    explorer.display_.ax_.set_ylim(-3, 3)
    explorer.canvas.draw()
    assert (explorer.canvas.compose() != zoomed).any()


@pytest.mark.parametrize("kind", ["png", "pdf", "svg", "jpeg"])
def test_saving_leaves_dpi_background_and_what_is_owed(explorer: WaveExplorer, front: Front, kind: str) -> None:
    explorer.set(amplitude=2.0)
    before = explorer.canvas.compose().copy()
    with io.BytesIO() as file:
        explorer.figure.savefig(file, format=kind, dpi=37, facecolor="red")
    assert explorer.figure.dpi == 100 and explorer.figure.canvas is explorer.canvas
    assert (explorer.canvas.compose() == before).all()
    explorer.display_.ax_.set_title("owed")
    with io.BytesIO() as file:
        explorer.figure.savefig(file, format=kind)
    owed = explorer.canvas.compose().copy()
    assert (owed != before).any(), "the page gets what changed before the saving"
    explorer.canvas._composer.forget()
    assert (explorer.canvas.compose() == owed).all()


def test_saving_waits_for_the_lock(explorer: WaveExplorer) -> None:
    done = threading.Event()

    def save() -> None:
        explorer.figure.savefig(io.BytesIO(), format="png")
        done.set()

    thread = threading.Thread(target=save)
    with explorer.lock:
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(10)
    thread.join()


def test_resolution_of_the_device(explorer: WaveExplorer, front: Front) -> None:
    front.say("set_device_pixel_ratio", device_pixel_ratio=2)
    front.say("draw")
    assert pixels(front.frames[-1]).shape == (720, 1200, 3)
    explorer.set(amplitude=2.0)
    assert explorer.canvas.compose().shape == (720, 1200, 4)
    assert explorer.canvas._size == pytest.approx((600, 360), abs=0.01)


def test_resized_figure_is_laid_out_and_drawn_anew(explorer: WaveExplorer, front: Front) -> None:
    front.say("resize", width=400, height=300)
    front.say("draw")
    assert pixels(front.frames[-1]).shape == (300, 400, 3)
    sent = explorer.canvas.compose().copy()
    explorer.canvas._composer.forget()
    assert (explorer.canvas.compose() == sent).all()
    box = explorer.display_.ax_.get_tightbbox()
    assert box.x0 >= 0 and box.y0 >= 0, "labels stay inside"


def test_inches_that_are_no_whole_pixels_lose_none(explorer: WaveExplorer, front: Front) -> None:
    explorer.figure.set_size_inches(7.5, 4.6)
    for ratio in (1, 1.1, 1.25, 1.5, 2):
        front.say("set_device_pixel_ratio", device_pixel_ratio=ratio)
        front.say("initialized")
        width, height = explorer.canvas._size
        assert (int(height * ratio), int(width * ratio)) == explorer.canvas.compose().shape[:2]


def test_matplotlibs_own_keys_are_off(explorer: WaveExplorer, front: Front) -> None:
    for key in ("l", "g", "k", "o", "p"):
        front.say("key_press", key=f"k{key}", guiEvent={})
    assert explorer.display_.ax_.get_yscale() == "linear"
    assert not explorer.canvas.toolbar.mode


def test_own_png_is_read_by_others() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (7, 11, 4), dtype=np.uint8)
    assert (pixels(frames.png(picture)) == picture[..., :3]).all()
    with Image.open(io.BytesIO(frames.png(picture))) as image:
        image.verify()


# --- the plain image


@pytest.fixture
def image_mode() -> Iterator[None]:
    nbkit.canvas("image")
    yield
    nbkit.canvas("auto")


@pytest.mark.usefixtures("image_mode")
def test_image_takes_the_canvas_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetime, "in_kernel", lambda: True)
    explorer = WaveExplorer()
    assert type(explorer.canvas) is module.ImageCanvas
    for value in (2.0, 1.5):
        explorer.set(amplitude=value)
        assert (pixels(explorer.canvas.widget.value) == explorer.canvas.compose()[..., :3]).all()
    explorer.close()


@pytest.mark.usefixtures("image_mode")
def test_image_in_a_script_renders_nothing() -> None:
    explorer = WaveExplorer()
    explorer.set(amplitude=2.0)
    assert explorer.canvas.widget.value == b""
    explorer.close()


@pytest.mark.parametrize("name", ["COLAB_RELEASE_TAG", "VSCODE_PID"])
def test_image_where_ipympl_is_known_to_be_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable in ("COLAB_RELEASE_TAG", "VSCODE_PID", "VSCODE_CWD"):
        monkeypatch.delenv(variable, raising=False)
    one = WaveExplorer()
    monkeypatch.setenv(name, "1")
    two = WaveExplorer()
    assert isinstance(one.canvas, module.LiveCanvas) and isinstance(two.canvas, module.ImageCanvas)
    nbkit.canvas("live")
    three = WaveExplorer()
    nbkit.canvas("auto")
    assert isinstance(three.canvas, module.LiveCanvas)
    for explorer in (one, two, three):
        explorer.close()


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of 'auto', 'live', 'image'; given was 'svg'"):
        nbkit.canvas("svg")  # type: ignore[arg-type]
