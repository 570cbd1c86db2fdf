"""The picture of a module's graph: a box for each layer, and an arrow for each output that one takes."""

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text
from torch import nn

from nbkit.displays.graph import ModelGraphDisplay
from nbkit.models import MLP


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.f1, self.f2, self.f3 = nn.Linear(4, 8), nn.Linear(8, 6), nn.Linear(4, 3)
        self.f4 = nn.Linear(9, 1)

    def forward(self, x):
        return self.f4(torch.cat([self.f2(torch.relu(self.f1(x))), self.f3(x)], dim=1))


def parts(display, kind):
    return [artist for artist in display.graph_ if isinstance(artist, kind)]


def test_a_chain_is_read_from_left_to_right():
    display = ModelGraphDisplay.from_model(MLP(32, [32], 1, activation="relu", dropout=0.1), 32)
    texts = parts(display, Text)
    assert [text.get_text() for text in texts] == [
        "x\n(n, 32)",
        "Linear\nReLU\nDropout\n(n, 32)\n1,056 params",
        "Linear\n(n, 1)\n33 params",
    ]
    assert np.diff([text.get_position()[0] for text in texts]).tolist() == [1, 1]
    assert len(parts(display, FancyArrowPatch)) == 2


def test_branches_part_and_meet():
    display = ModelGraphDisplay.from_model(Branches(), 4)
    places = {text.get_text().split("\n")[0]: text.get_position() for text in parts(display, Text)}
    assert list(places) == ["x", "f1: Linear", "f2: Linear", "f3: Linear", "cat", "f4: Linear"]
    assert places["f1: Linear"][0] == places["f3: Linear"][0] and places["f1: Linear"][1] != places["f3: Linear"][1]
    assert places["cat"][0] == places["f2: Linear"][0] + 1 and len(parts(display, FancyArrowPatch)) == 6


def test_the_text_stays_in_its_box_and_can_be_read():
    for model, size in ((Branches(), 4), (MLP(784, [64] * 5, 10, batch_norm=True, dropout=0.1), 784)):
        display = ModelGraphDisplay.from_model(model, size)
        renderer = FigureCanvasAgg(display.figure_).get_renderer()
        display.figure_.draw(renderer)
        for text, box in zip(parts(display, Text), parts(display, FancyBboxPatch), strict=True):
            inner, outer = text.get_window_extent(renderer), box.get_window_extent(renderer)
            assert outer.x0 < inner.x0 and inner.x1 < outer.x1 and outer.y0 < inner.y0 and inner.y1 < outer.y1
            assert text.get_fontsize() >= 11


def test_another_model_takes_the_place_of_the_first():
    axes = Figure().add_subplot()
    display = ModelGraphDisplay.from_model(Branches(), 4, axes=axes)
    count = len(axes.texts) + len(axes.patches)
    display.update(ModelGraphDisplay.from_model(MLP(2, [3]), 2).layers_)
    assert len(axes.texts) == 3 and len(axes.texts) + len(axes.patches) == 8 < count
    assert display.ax_ is axes and display._repr_png_() is None


def test_a_notebook_shows_its_picture():
    display = ModelGraphDisplay.from_model(MLP(2, [3]), 2)
    assert display._repr_png_().startswith(b"\x89PNG") and repr(display) == "<ModelGraphDisplay>"
