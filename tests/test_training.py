"""The trainer against bare loops of torch."""

from itertools import count

import numpy as np
import pytest
import torch
from torch import nn

from nbkit.training import Trainer

GENERATOR = torch.Generator().manual_seed(5)
X = torch.randn(250, 2, generator=GENERATOR)
Y = (X.square().sum(1) < 1).long()


def network(seed=1):
    """2→8→8→1, with the weights that torch would give it after manual_seed(seed)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))


def bare(model, steps, make=lambda p: torch.optim.Adam(p, lr=0.01, fused=True), batch=32, seed=0, schedule=None):
    """The loop that everybody writes: its losses, and the model as it is then."""
    optimizer = make(model.parameters())
    scheduler = schedule and schedule(optimizer)
    generator, losses = torch.Generator().manual_seed(seed), []
    loss_of, targets = nn.BCEWithLogitsLoss(), Y.float()[:, None]
    model.train()
    for _ in count():
        for rows in torch.randperm(len(X), generator=generator).split(batch):
            if len(losses) == steps:
                return np.array(losses)
            optimizer.zero_grad()
            loss = loss_of(model(X[rows]), targets[rows])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if scheduler:
            scheduler.step()


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def trainer(model=None, **options):
    return Trainer(model or network(), (X, Y), (X[:60], Y[:60]), loss="binary_cross_entropy", **options)


@pytest.mark.parametrize(
    ("optimizer", "options", "make"),
    [
        ("adam", {}, lambda p: torch.optim.Adam(p, lr=0.02, fused=True)),
        ("adam", {"fused": False}, lambda p: torch.optim.Adam(p, lr=0.02)),
        ("nesterov", {}, lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True, fused=True)),
        (torch.optim.RMSprop, {"alpha": 0.9}, lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9)),
    ],
)
def test_losses_and_weights_are_those_of_a_bare_loop_to_the_bit(optimizer, options, make):
    model, trained = network(), trainer(optimizer=optimizer, optimizer_options=options, learning_rate=0.02, seed=3)
    losses = bare(model, 70, make, seed=3)
    trained.run(steps=70)
    assert (trained.history.batch_losses == losses).all()
    assert same(trained.model, model)


def test_in_whatever_portions_it_is_run():
    model, trained = network(), trainer(batch_size=10)
    losses = bare(model, 120, batch=10)
    for portion in ({"steps": 1}, {"epochs": 1}, {"steps": 37}, {"epochs": 2}):
        trained.run(**portion)
    while trained.steps < 120:
        trained.step()
        assert len(trained.history) == trained.steps
    assert (trained.history.batch_losses == losses).all()
    assert same(trained.model, model)
