"""Scales and batch statistics against numpy, scipy and torch's BatchNorm, and the same network learning three ways."""

import numpy as np
import pytest
import torch
from scipy import stats

from nbkit.dilepton import dileptons
from nbkit.normalization import batch_means, running_statistics, scale_of, spread_of_means
from nbkit.normalized_training import best_accuracy, learn


@pytest.fixture(scope="module")
def mass():
    return dileptons(10_000, background=0.0, resolution=0.0, window=(70.0, 110.0)).mass


def test_scales_are_scipys(mass):
    scale = scale_of(mass)
    assert scale.normalised(mass) == pytest.approx(stats.zscore(mass))
    robust = scale_of(mass, "quartiles")
    assert robust.width == pytest.approx(stats.iqr(mass, scale="normal"), rel=1e-9)
    assert robust.centre == np.median(mass)


def test_the_width_of_a_breit_wigner_is_that_of_its_window():
    widths = {}
    for window in ((86.0, 96.0), (70.0, 110.0), (50.0, 130.0), (20.0, 1000.0)):
        events = dileptons(40_000, background=0.0, resolution=0.0, window=window).mass
        widths[window] = (scale_of(events).width, scale_of(events, "quartiles").width)
    moments, quartiles = np.array(list(widths.values())).T
    assert moments == pytest.approx([1.8, 3.9, 5.6, 20], rel=0.12)
    assert quartiles == pytest.approx([1.45, 1.75, 1.8, 1.85], rel=0.05)


@pytest.mark.parametrize(
    "kind, values, said", [("mean", [1.0, 2], "kind must be one of"), ("moments", [3.0, 3], "no width")]
)
def test_what_cannot_be_normalised_is_refused(kind, values, said):
    with pytest.raises(ValueError, match=said):
        scale_of(np.array(values), kind)


def test_means_of_batches_spread_as_one_over_the_root(mass):
    sizes = np.array([4, 32, 256])
    assert spread_of_means(mass, sizes, batches=4000) == pytest.approx(mass.std() / np.sqrt(sizes), rel=0.05)
    assert np.array_equal(batch_means(mass, 8, 5, seed=1), batch_means(mass, 8, 5, seed=1))


@pytest.mark.parametrize("momentum", [0.1, 0.5])
def test_running_statistics_are_torchs(mass, momentum):
    batches = mass[:320].reshape(10, 32)
    layer = torch.nn.BatchNorm1d(1, momentum=momentum, affine=False, dtype=torch.float64)
    for count, batch in enumerate(batches, 1):
        answer = layer(torch.tensor(batch[:, None]))[:, 0].numpy()
        run = running_statistics(batches[:count], momentum)
        assert run.mean[-1] == pytest.approx(layer.running_mean.item(), rel=1e-12)
        assert run.variance[-1] == pytest.approx(layer.running_var.item(), rel=1e-12)
        assert run.in_training(batch) == pytest.approx(answer, abs=1e-12)
    layer.eval()
    assert run.in_evaluation(mass) == pytest.approx(layer(torch.tensor(mass[:, None]))[:, 0].numpy(), abs=1e-12)


def test_a_layer_that_has_seen_nothing_remembers_0_and_1(mass):
    run = running_statistics(np.empty((0, 32)))
    assert run.in_evaluation(mass) == pytest.approx(mass, rel=1e-4)


def test_normalised_inputs_learn_faster_and_nobody_passes_the_best():
    # 600 steps tell them apart, and one thread is all that so small a network can use
    raw, normalised = (learn(way, steps=600, samples=2000, learning_rate=0.03) for way in ("raw", "normalised"))
    best = best_accuracy(0.5, 1.5, (70.0, 110.0))
    assert normalised.loss[-1] < raw.loss[-1] - 0.05
    assert raw.accuracy < normalised.accuracy < best + 3 * np.sqrt(best * (1 - best) / 10_000)


def test_the_best_accuracy_is_that_of_the_known_densities():
    events = dileptons(40_000, background=0.5, resolution=1.5, window=(70.0, 110.0), seed=5)
    # cuts at all masses: the best band from a to b
    edges = np.linspace(70, 110, 161)
    signal, rest = (np.histogram(events.mass[kind], edges)[0] for kind in (events.signal, ~events.signal))
    band = np.maximum(signal, rest).sum() / 40_000
    assert best_accuracy(0.5, 1.5, (70.0, 110.0)) == pytest.approx(band, abs=0.008)
