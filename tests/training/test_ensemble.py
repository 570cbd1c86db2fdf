"""Several runs at once, each against the same run of a trainer alone."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from nbkit.models import MLP
from nbkit.training import Trainer
from nbkit.training.ensemble import Ensemble, band

GENERATOR = torch.Generator().manual_seed(5)
X = torch.randn(200, 2, generator=GENERATOR)
CLASSES = (X.square().sum(1) < 1).long() + (X[:, 0] > 1).long()
BINARY = (X.square().sum(1) < 1).long()


class Residual(nn.Module):
    """A module with a forward of its own and two inputs: nothing that could be read off its layers."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(1, 6), nn.Linear(1, 6)
        self.last = nn.Linear(6, 1)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, a, b):
        hidden = torch.tanh(self.first(a) + self.scale * self.second(b))
        return self.last(hidden * torch.sigmoid(hidden))


def networks(runs=3, outputs=1, **options):
    return [MLP(2, [6, 5], outputs, activation=["tanh", "relu"], seed=seed, **options) for seed in range(runs)]


def compare(models, data, steps=150, validation=None, loss="binary_cross_entropy", tolerance=1e-5, **options):
    together = Ensemble(models, data, validation, loss=loss, **options)
    together.run(steps=steps)
    starts = [models] * len(together) if isinstance(models, nn.Module) else models
    for run in range(len(together)):
        mine = {name: value[run] if isinstance(value, list) else value for name, value in options.items()}
        # The ensemble leaves the models that it was given alone.
        alone = Trainer(copy.deepcopy(starts[run]), data, validation, loss=loss, evaluate_every=1, **mine)
        alone.run(steps=steps)
        assert together.batch_losses[:, run] == pytest.approx(alone.history.batch_losses, abs=tolerance)
        for name, weights in together.model(run).named_parameters():
            assert weights.detach().numpy() == pytest.approx(alone.weights()[name].numpy(), abs=tolerance), name
        last = dict(zip(alone.history.evaluation_steps, range(1000), strict=False))
        for step, row in zip(together.evaluation_steps, range(1000), strict=False):
            for name, values in together.measured.items():
                theirs = {"loss": alone.history.losses, "validation_loss": alone.history.validation_losses}
                mine = {**theirs, **alone.history.metrics}[name][last[step]]
                assert values[row, run] == pytest.approx(mine, abs=tolerance)
    return together


@pytest.mark.parametrize(
    "options",
    [
        {"learning_rate": [0.001, 0.01, 0.03]},
        {"seed": [0, 7, 3]},
        {"weight_decay": [0.0, 0.01, 0.3], "batch_size": 64},
        {"optimizer": "adamw", "learning_rate": [0.003, 0.01, 0.02], "weight_decay": [0.0, 0.1, 0.5]},
        {"optimizer": "nesterov", "learning_rate": [0.3, 0.01, 0.1], "weight_decay": 0.001},
    ],
    ids=lambda options: ",".join(options),
)
def test_each_run_is_the_same_run_alone(options):
    compare(networks(), (X, BINARY), **options)


@pytest.mark.parametrize(
    "options",
    [
        {"learning_rate": [0.1, 0.2, 0.05]},
        {"optimizer": torch.optim.RMSprop, "learning_rate": [0.001, 0.003, 0.01], "batch_size": None},
    ],
    ids=["large rates", "whole sample"],
)
def test_where_rounding_grows_in_single_precision_runs_are_equal_in_double(options):
    models = [model.double() for model in networks()]
    compare(models, (X.double(), BINARY), **options)


def test_classes_and_a_validation_sample_and_metrics():
    validation = (X[:50] + 0.1, CLASSES[:50])
    together = compare(networks(4, 3), (X, CLASSES), validation=validation, loss="cross_entropy", steps=300)
    assert together.measured["validation_accuracy"].shape == (len(together.evaluation_steps), 4)
    assert len(together.evaluation_steps) > 2


def test_a_module_with_its_own_forward_and_several_inputs():
    torch_state = torch.get_rng_state()
    models = [Residual() for _ in range(3)]
    torch.set_rng_state(torch_state)
    data = ((X[:, :1], X[:, 1:]), (X[:, 0] * X[:, 1]))
    together = compare(models, data, loss="mse", learning_rate=[0.01, 0.02, 0.005])
    assert together.predict(X[:7, :1], X[:7, 1:]).shape == (3, 7, 1)


def test_a_loss_of_ones_own_is_that_of_each_run():
    def cubed(outputs, targets):
        return (outputs[:, 0] - targets).abs().pow(3).mean()

    models = [model.double() for model in networks()]
    compare(models, (X.double(), X[:, 0] * X[:, 1]), loss=cubed, seed=[0, 1, 2])


def test_one_model_starts_all_runs_and_stays_as_it_was():
    model = MLP(2, [5], seed=3)
    before = {name: weights.clone() for name, weights in model.state_dict().items()}
    together = compare(model, (X, BINARY), learning_rate=[0.01, 0.02])
    assert all(torch.equal(before[name], weights) for name, weights in model.state_dict().items())
    losses = together.batch_losses
    together.reset()
    together.run(epochs=3)
    assert (together.batch_losses == losses[: together.steps]).all() and together.epoch == 3
    assert together.batch_steps.tolist() == list(range(1, together.steps + 1))


def test_a_run_that_diverges_leaves_the_others_alone():
    together = Ensemble(
        networks(2), (X, 10 * X[:, 0]), loss="mse", optimizer="sgd", learning_rate=[0.001, 1e6], batch_size=20
    )
    together.run(steps=100)
    assert np.isnan(together.batch_losses[-1, 1])
    alone = Trainer(networks(2)[0], (X, 10 * X[:, 0]), loss="mse", optimizer="sgd", learning_rate=0.001, batch_size=20)
    alone.run(steps=100)
    assert together.batch_losses[:, 0] == pytest.approx(alone.history.batch_losses, rel=1e-5)


def test_the_band_holds_its_share_of_the_runs():
    values = np.random.default_rng(0).normal(size=(5, 1000))
    median, low, high = band(values, 0.5)
    assert ((low[:, None] <= values) & (values <= high[:, None])).mean(1) == pytest.approx(0.5, abs=0.01)
    assert median == pytest.approx(np.median(values, axis=1), abs=0.01)
    _, _, high = band([[1.0, 2.0, np.nan]], 0.9)
    assert high == [np.inf]


def test_what_can_not_be_run_so_is_said():
    data = (X, BINARY)
    for options, words in [
        ({"models": networks(dropout=0.2)}, "dropout"),
        ({"models": networks(batch_norm=True)}, "BatchNorm1d"),
        ({"models": networks(max_norm=2.0)}, "max_norm"),
        ({"models": [MLP(2, [5]), MLP(2, [6])]}, "run 1"),
        ({"models": networks(3), "seed": [1, 2]}, "seed must be one, or one for each of 3 runs, got 2"),
        ({"models": networks(3), "optimizer": torch.optim.Rprop}, "Rprop"),
        ({"models": networks(2), "learning_rate": [0.1, -1.0]}, "learning_rate must be above 0"),
    ]:
        with pytest.raises(ValueError, match=words):
            Ensemble(options.pop("models"), data, loss="binary_cross_entropy", **options)
