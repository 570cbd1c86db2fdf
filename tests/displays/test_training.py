"""The figure of a network that learns, by the numbers in its artists."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nbkit.displays.training import (
    Boundary,
    Curves,
    FittedCurve,
    Network,
    Predictions,
    TrainingDisplay,
)
from nbkit.displays.training.arrangement import INSETS, boxes

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-1, 1, (40, 2))
CLASSES = (POINTS[:, 0] > 0).astype(int)
STEPS = np.arange(0, 100, 10)
FALL = 1 / (1 + STEPS)


def boundary(**more):
    surface = np.tile(np.linspace(0, 1, 20), (20, 1))
    data = {
        "train": POINTS[:30],
        "train_targets": CLASSES[:30],
        "validation": POINTS[30:],
        "validation_targets": CLASSES[30:],
    }
    return Boundary(**{"surface": surface, "extent": (-1, 1, -1, 1), "classes": ("no", "yes"), **data, **more})


def network(**more):
    weights = [RNG.normal(size=(3, 2)), RNG.normal(size=(1, 3))]
    pictures = [RNG.normal(size=(n, 8, 8)) for n in (2, 3, 1)]
    return Network(
        **{"labels": ("input", "tanh", "output"), "sizes": (2, 3, 1), "weights": weights, "pictures": pictures, **more}
    )


def curves(**more):
    return Curves(**{"steps": STEPS, "train": FALL, "validation": FALL + 0.1, **more})


def whole():
    return {"data": boundary(), "network": network(), "loss": curves(), "metric": curves(name="accuracy", rising=True)}


def shown(display):
    return {name for name, ax in display.axes_.items() if ax.get_visible()}


def test_what_is_not_given_is_hidden_and_leaves_its_room():
    display = TrainingDisplay()
    display.update(**whole())
    assert shown(display) == {"heading", "boundary", "boundary_bar", "network", "loss", "metric"}
    narrow = display.axes_["network"].get_position().width
    display.update(network=network(), loss=curves())
    assert shown(display) == {"heading", "network", "loss"}
    assert display.axes_["network"].get_position().width > 1.4 * narrow
    display.update(network=network())
    assert display.axes_["network"].get_position().height > 0.9


def test_axes_stay_inside_the_figure_and_apart():
    for names in (set(INSETS) - {"curve", "predictions"}, {"curve", "loss"}, {"predictions", "network", "metric"}):
        if "unit" in names:
            names = {name for name in names if INSETS[name].slot != "panel" or name.startswith("unit")}
        found = list(boxes(names, 900, 500).values())
        for k, (x, y, wide, tall) in enumerate(found):
            assert x >= 0 and y >= 0 and x + wide <= 900 and y + tall <= 500
            for u, v, w, h in found[k + 1 :]:
                assert x + wide <= u or u + w <= x or y + tall <= v or v + h <= y


def test_a_step_touches_live_artists_alone():
    display = TrainingDisplay()
    arrays = whole()
    display.update(**arrays, heading="epoch 1")
    FigureCanvasAgg(display.figure_).draw()
    surface = np.tile(np.linspace(0.2, 0.9, 20), (20, 1))
    arrays |= {"data": boundary(surface=surface), "network": network(selected=(1, 2), weight=(2, 0, 1))}
    arrays |= {"loss": curves(train=FALL + 0.05, cursor=20.0)}
    display.update(**arrays, heading="epoch 2")
    assert not display.figure_.stale
    display.update(**{**arrays, "loss": curves(train=FALL + 50)})
    assert display.figure_.stale


def test_a_message_stands_until_it_is_gone():
    display = TrainingDisplay()
    display.update(**whole(), message="not finite at step 12", heading="epoch 3")
    assert display.message_.get_visible() and display.message_.get_text() == "not finite at step 12"
    assert display.heading_.get_text() == "epoch 3"
    display.update(**whole())
    assert not display.message_.get_visible()


def test_other_data_have_other_views():
    display = TrainingDisplay()
    x = np.linspace(0, 1, 11)
    display.update(data=FittedCurve(x, x**2, POINTS[:30], POINTS[30:]))
    assert display.parts_["curve"].curves_[0].get_xydata() == pytest.approx(np.stack([x, x**2], axis=1))
    display.update(data=Predictions(POINTS[:30], POINTS[30:], "mass (GeV)"))
    assert shown(display) == {"heading", "predictions"}
    assert display.axes_["predictions"].get_xlabel() == "true mass (GeV)"
    with pytest.raises(TypeError, match="takes one of Boundary, FittedCurve, Predictions, got Curves"):
        display.update(data=curves())


def test_a_resized_figure_is_laid_out_again():
    display = TrainingDisplay()
    display.update(**whole())
    before = display.network_.diagram_
    display.figure_.set_size_inches(12, 7)
    display.fit()
    assert display.network_.diagram_.side >= before.side
    ax = display.axes_["network"]
    assert ax.get_xlim()[1] == pytest.approx(ax.get_window_extent().width, abs=1)
