"""Any earlier step again, to the bit: frame k is a fresh run of k steps."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR

from nbkit.models import MLP
from nbkit.training import EarlyStopping, Trainer
from nbkit.training.snapshots import Snapshots

GENERATOR = torch.Generator().manual_seed(5)
X = torch.randn(90, 2, generator=GENERATOR)
Y = (X.square().sum(1) < 1).long()


class GlobalDropout(nn.Module):
    """A user's module, which draws from torch's global generator and has running statistics."""

    def __init__(self):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(2)
            self.first, self.norm, self.last = nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Linear(6, 1)

    def forward(self, x):
        return self.last(nn.functional.dropout(self.norm(self.first(x)).relu(), 0.3, self.training))


MODELS = {
    "plain": lambda: MLP(2, [6], seed=1),
    "dropout": lambda: MLP(2, [6, 5], dropout=0.2, batch_norm=True, seed=1),
    "global": GlobalDropout,
}
SCHEDULES = {
    None: None,
    "steps": lambda optimizer: StepLR(optimizer, 3, 0.5),
    "plateau": lambda optimizer: ReduceLROnPlateau(optimizer, factor=0.5, patience=1),
}


def trainer(kind="plain", **options):
    options = {"batch_size": 20, "loss": "binary_cross_entropy", "learning_rate": 0.02, "seed": 4, **options}
    return Trainer(MODELS[kind](), (X, Y), (X[:30], Y[:30]), **options)


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one | other)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("kind", MODELS)
def test_frame_k_is_a_fresh_run_of_k_steps(kind, schedule):
    long = trainer(kind, schedule=SCHEDULES[schedule])
    long.run(steps=140)
    end, losses = long.weights(), long.history.batch_losses
    for k in (0, 1, 32, 45, 139, 140):
        fresh = trainer(kind, schedule=SCHEDULES[schedule])
        fresh.run(steps=k)
        assert same(long.at(k), fresh.weights()), k
        assert same(long.weights(), end) and long.steps == 140  # looking back moves nothing
    long.rewind(45)
    assert long.steps == 45 == len(long.history)
    long.run(steps=95)
    assert same(long.weights(), end)
    assert (long.history.batch_losses == losses).all()


def test_changes_on_the_way_are_made_again_at_their_steps():
    changed = trainer("dropout")
    changed.run(steps=10)
    changed.learning_rate = 0.1
    changed.run(steps=30)
    changed.batch_size, changed.weight_decay = 7, 0.01
    changed.run(steps=9)
    changed.l1 = 0.001
    changed.train = (X + 0.1, Y)
    changed.run(steps=3)
    with changed.edit() as model:
        model.layers[0].weight[0, 1] = 3.0
    changed.adjust(dropout=0.6)
    frames = {}
    while changed.steps < 90:
        frames[changed.steps] = changed.weights()
        changed.run(steps=1)
    frames[90] = changed.weights()
    for step in (53, 57, 70, 90):
        assert same(changed.at(step), frames[step]), step
    assert float(changed.at(52)["layers.0.weight"][0, 1]) == 3.0
    changed.rewind(20)
    assert (changed.learning_rate, changed.batch_size, changed.weight_decay, changed.l1) == (0.1, 20, 0.0, 0.0)
    assert torch.equal(changed.train.inputs[0], X)
    assert changed.model.dropout == (0.2, 0.2)


def test_a_branch_is_its_own_way():
    one = trainer()
    one.run(steps=100)
    one.rewind(50)
    one.learning_rate = 0.1
    one.run(steps=40)
    other = trainer()
    other.run(steps=50)
    other.learning_rate = 0.1
    other.run(steps=40)
    assert same(one.weights(), other.weights())
    assert (one.history.batch_losses == other.history.batch_losses).all()
    assert (one.history.evaluation_steps == other.history.evaluation_steps).all()
    assert (one.history.losses == other.history.losses).all() and one.measured == other.measured
    assert same(one.at(77), other.at(77))
    assert (one.snapshots.steps <= 90).all()


def test_a_stop_rule_is_taken_back_too():
    rule = EarlyStopping("loss", patience=2, restore_best=False, min_delta=0.02)
    long = trainer(callbacks=[rule])
    long.run(epochs=300)
    assert long.stopped
    stopped_at, best = long.steps, rule.best
    long.rewind(stopped_at - 12)
    assert rule.best_step <= stopped_at - 12
    long.run(epochs=300)
    assert long.steps == stopped_at and rule.best == best


def test_a_step_that_is_not_there_is_said_and_nothing_moves():
    long = trainer()
    long.run(steps=40)
    end = long.weights()
    for step in (-1, 41):
        with pytest.raises(ValueError, match=f"step must be one of 0 to 40, got {step}"):
            long.rewind(step)
        with pytest.raises(ValueError, match="0 to 40"):
            long.at(step)
    assert same(long.weights(), end) and long.steps == 40


def test_the_memory_is_bounded_and_the_spacing_even():
    long = trainer()
    state = long._course.capture()
    kept = Snapshots(spacing=4, capacity=10)
    for step in range(0, 1000):
        kept.offer(state.__class__(**{**vars(state), "step": step}))
        assert len(kept) <= 10
        assert kept.steps[0] == 0 and (np.diff(kept.steps) == kept.spacing).all()
        assert step - kept.steps[-1] < kept.spacing
    assert kept.nearest(500).step <= 500 < kept.nearest(500).step + kept.spacing
    few = Snapshots(spacing=1, memory=3 * (state.learned.size + state.buffers.size))
    for step in range(100):
        few.offer(state.__class__(**{**vars(state), "step": step}))
    assert 2 <= len(few) <= 3 and few.steps[0] == 0


def test_reset_is_the_same_start_with_the_present_settings():
    first = trainer("dropout")
    first.run(steps=30)
    losses = first.history.batch_losses
    first.reset()
    assert first.steps == 0 == len(first.history)
    first.run(steps=30)
    assert (first.history.batch_losses == losses).all()
    first.learning_rate = 0.2
    first.reset()
    assert first.learning_rate == 0.2
    fresh = trainer("dropout", learning_rate=0.2)
    first.run(steps=20)
    fresh.run(steps=20)
    assert same(first.weights(), fresh.weights())


def test_a_new_start_has_the_weights_of_the_next_seed():
    model = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
    again = Trainer(model, (X, Y), loss="binary_cross_entropy", seed=6)
    before = torch.get_rng_state()
    again.run(steps=5)
    again.reset(new=True)
    assert torch.equal(torch.get_rng_state(), before)
    assert again.seed == 7
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        fresh = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
    assert same(again.weights(), fresh.state_dict())
    mine = Trainer(MLP(2, [6], seed=1), (X, Y), loss="binary_cross_entropy", seed=6)
    mine.run(steps=3)
    mine.reset(new=True)
    assert same(mine.weights(), MLP(2, [6], seed=7).state_dict())


def test_a_module_that_can_not_be_drawn_again_says_so_and_stays():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(2, 1))

        def forward(self, x):
            return x @ self.w

    mine = Trainer(Own(), (X, Y), loss="binary_cross_entropy")
    mine.run(steps=5)
    before = mine.weights()
    with pytest.raises(ValueError, match=r"Own .* reset_parameters"):
        mine.reset(new=True)
    assert same(mine.weights(), before) and mine.steps == 5
    mine.reset()
    assert mine.steps == 0
