"""The figure of a network that learns, by the numbers in its artists."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nbkit.displays.training import (
    Boundary,
    Confusion,
    Curves,
    DeviceSpeeds,
    FittedCurve,
    LossSurface,
    Network,
    Predictions,
    Residuals,
    Spread,
    Spreads,
    TrainingDisplay,
    Unit,
)
from nbkit.displays.training.arrangement import INSETS, boxes, slots

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


PANELS = {
    "unit": Unit(
        "neuron 1", "ab", np.ones(2), np.ones(2), 0.5, 2.5, "tanh", 0.99, np.array([[-3, 0, 3], [-1, 0, 1.0]]), STEPS
    ),
    "spreads": Spreads(*(Spread(np.full((4, 2), 0.25), (-8, 1)) for _ in range(3))),
    "confusion": Confusion(np.eye(2, dtype=int), ("no", "yes")),
    "residuals": Residuals(RNG.normal(size=50)),
    "surface": LossSurface(np.add.outer(STEPS, STEPS) + 1.0, STEPS, STEPS, np.array([[0, 90], [50, 50]])),
    "speeds": DeviceSpeeds(np.array([16, 64]), {"cpu": np.array([5e3, 2e3])}),
}


@pytest.mark.parametrize("panel", [None, *PANELS])
@pytest.mark.parametrize("data", ["boundary", "curve", "predictions", "classes"])
def test_axes_stay_inside_the_figure_and_apart(data, panel):
    names = [
        name
        for name in INSETS
        if (INSETS[name].slot != "data" or name.startswith(data))
        and (INSETS[name].slot != "panel" or (panel and name.startswith(panel)))
    ]
    found = list(boxes(names, 900, 500).values())
    for k, (x, y, wide, tall) in enumerate(found):
        assert x >= 0 and y >= 0 and x + wide <= 900 and y + tall <= 500
        for u, v, w, h in found[k + 1 :]:
            assert x + wide <= u or u + w <= x or y + tall <= v or v + h <= y


@pytest.mark.parametrize("panel", PANELS)
def test_the_panel_is_exchanged_and_a_step_of_it_is_live(panel):
    display = TrainingDisplay()
    display.update(**whole(), panel=PANELS["unit"])
    display.update(**whole(), panel=PANELS[panel])
    FigureCanvasAgg(display.figure_).draw()
    display.update(**whole(), panel=PANELS[panel])
    assert not display.figure_.stale
    assert {name for name in shown(display) if INSETS[name].slot == "panel"} == {
        name for name in INSETS if INSETS[name].slot == "panel" and name.startswith(panel)
    }
    assert all(artist in display.live_ for artist in display.parts_[panel].live_)


def test_wide_numbers_at_the_axes_stay_in_their_place():
    """What reaches into the neighbour's place is cut there when only that one is drawn anew."""
    display = TrainingDisplay()
    reach = np.linspace(-690.0, 90.0, 21)
    surface = LossSurface(
        np.geomspace(1.2e-4, 50, 441).reshape(21, 21), reach, reach, np.zeros((3, 2)), ("PC 1", "PC 2")
    )
    display.update(**whole() | {"loss": curves(log=True), "metric": None}, panel=surface)
    renderer = FigureCanvasAgg(display.figure_).get_renderer()
    display.figure_.draw(renderer)
    places = slots(shown(display), 900, 500)
    for name in ("surface", "surface_bar", "loss"):
        left, _, width, _ = places[INSETS[name].slot]
        box = display.axes_[name].get_tightbbox(renderer)
        assert left <= box.x0 and box.x1 <= left + width, name


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
    with pytest.raises(TypeError, match="takes one of Boundary, FittedCurve, Predictions, Confusion, got Curves"):
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


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -1e300])
def test_numbers_beyond_all_measure_are_drawn_without_a_failure(value):
    display = TrainingDisplay()
    bad = np.where(np.arange(10) == 4, value, FALL)
    arrays = {
        "data": boundary(surface=np.full((20, 20), value)),
        "network": network(
            weights=[np.full((3, 2), value), np.array([[1.0, value, 2.0]])],
            pictures=[np.full((2, 8, 8), value), np.full((3, 11), value), None],
            weight=(1, 0, 0),
        ),
        "loss": curves(train=bad, validation=np.full(10, value), log=True, cursor=40.0),
        "metric": curves(train=bad, validation=np.full(10, value)),
    }
    panels = [
        PANELS["unit"]._replace(weights=np.array([1.0, value]), sum=value, output=value, sums=bad, gradient=value),
        Residuals(bad, np.full(5, value)),
        LossSurface(np.where(np.eye(10) > 0, value, 1.0), STEPS, STEPS, np.array([[0, 1], [value, 2]])),
    ]
    canvas = FigureCanvasAgg(display.figure_)
    for panel in panels:
        for data in (
            arrays["data"],
            FittedCurve(STEPS, bad, POINTS, POINTS),
            Predictions(np.full((9, 2), value), POINTS),
        ):
            display.update(**{**arrays, "data": data}, panel=panel)
            canvas.draw()
            for artist in display.live_:
                if artist.axes.get_visible():
                    artist.draw(canvas.get_renderer())
