"""Ways against learning the noise, and the masks of dropout."""

import numpy as np
import pytest
import torch

from nbkit.displays.dropout import DropoutDisplay
from nbkit.models import MLP
from nbkit.regularisation import WAYS, compared, dropout_masks, learn, loss_on_new


def test_each_way_does_what_its_name_says():
    plain, capped, decayed, sparse = (learn(way, steps=300) for way in ("nothing", "max-norm", "L2", "L1"))

    def weights(trainer):
        return torch.cat([p.detach().flatten() for name, p in trainer.model.named_parameters() if "weight" in name])

    norms = capped.model.layers[0].weight.detach().norm(dim=1)
    assert norms.max() <= 0.7 + 1e-5 < plain.model.layers[0].weight.detach().norm(dim=1).max()
    assert weights(decayed).norm() < 0.7 * weights(plain).norm()
    assert (weights(sparse).abs() < 1e-2).float().mean() > 2 * (weights(plain).abs() < 1e-2).float().mean()
    assert learn("dropout", steps=1).model.dropout == (0.5, 0.5)


def test_an_early_stop_brings_back_the_best_weights_and_is_judged_by_other_points():
    trainer = learn("early stop", steps=1500)
    assert trainer.steps < 1500 and "has not improved" in trainer.stopped
    # the history has every epoch, since the stop waits for it
    assert trainer.measured["validation_loss"] == pytest.approx(trainer.history.validation_losses.min())
    assert loss_on_new(trainer.model) < loss_on_new(learn(steps=1500).model)


def test_comparison_has_all_ways_and_seeds():
    found = compared(seeds=2, steps=20)
    assert list(found) == list(WAYS) and {values.shape for values in found.values()} == {(2, 2)}
    with pytest.raises(ValueError, match="way must be one of nothing, L2"):
        learn("hope")


def test_masks_are_those_that_the_model_draws_for_one_sample():
    model = MLP(2, [6], 1, dropout=0.5, activation="softplus", seed=3)
    drop = next(module for module in model.layers if hasattr(module, "p"))
    drop.reset(3)
    masks = dropout_masks(model, 4, seed=3)
    for (mask,) in masks:
        assert np.array_equal(drop.train()(torch.ones(6)).numpy() == 0, mask)


def test_no_line_leads_to_or_from_a_neuron_that_is_left_out():
    display = DropoutDisplay(["one", "two"])
    weights = [np.ones((3, 2)), np.ones((1, 3))]
    display.update(weights, [[np.array([True, False, True])], [np.zeros(3, bool)]])
    one, two = (display.networks_[name] for name in ("one", "two"))
    assert len(one.veil_.get_xdata()) == 2 and len(two.veil_.get_xdata()) == 0
    widths = [np.asarray(network.weights_.get_linewidths()) for network in (one, two)]
    assert (widths[0] > 0.5).sum() == 3 and (widths[1] > 0.5).sum() == 9
