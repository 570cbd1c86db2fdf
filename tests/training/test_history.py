"""The history: bounded, the same in whatever portions it is written, and right."""

import csv
import io
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.training.history import History, Means, Records

NUMBERS = np.random.default_rng(0).normal(size=5000)


def test_up_to_the_capacity_each_number_is_there_as_it_was():
    means = Means(capacity=64)
    means.extend(NUMBERS[:63])
    steps, values = means.read()
    assert (steps == np.arange(1, 64)).all() and (values == NUMBERS[:63]).all()


@settings(max_examples=50, deadline=None)
@given(count=st.integers(0, 3000), cuts=st.lists(st.integers(0, 3000), max_size=5), back=st.integers(0, 3000))
def test_beyond_it_they_are_means_whatever_the_portions(count, cuts, back):
    means = Means(capacity=64)
    for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), 3000], strict=True):
        means.extend(NUMBERS[min(first, count) : min(last, count)])
    steps, values = means.read()
    assert len(steps) <= 64
    assert not count or steps[-1] == count
    edges = [0, *steps]
    expected = [NUMBERS[a:b].mean() for a, b in pairwise(edges)]
    assert values == pytest.approx(expected, abs=1e-12)
    means.truncate(min(back, count))
    assert (list(means.read()[0][-1:]) or [0]) == [min(back, count)]


def test_several_runs_are_means_of_each():
    means, each = Means(capacity=16), [Means(capacity=16) for _ in range(3)]
    several = NUMBERS[:300].reshape(100, 3)
    means.extend(several)
    for run, one in enumerate(each):
        one.extend(several[:, run])
        assert means.read()[1][:, run] == pytest.approx(one.read()[1], rel=1e-12)


def test_records_keep_the_first_the_newest_and_evenly_spaced_ones():
    records = Records(("step", "value"), capacity=32)
    for step in range(1000):
        records.append((step,), torch.tensor([2.0 * step]))
        if step % 77 == 0:  # to be read on the way makes no difference
            records.table()
    table = records.table()
    assert len(table) <= 33
    assert table[0, 0] == 0 and table[-1, 0] == 999
    assert (np.diff(table[:-1, 0]) == records.every).all()
    assert (table[:, 1] == 2 * table[:, 0]).all()


def test_a_million_steps_take_no_more_memory_than_a_hundred_thousand():
    history = History(["loss", "validation_loss"], {"0": [0, 1]}, 2)
    loss, norms = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    sizes = []
    tracemalloc.start()
    for block in range(1000):
        history.add_losses(np.full(1000, 1.0 / (block + 1)))
        for step in range(1000 * block, 1000 * block + 1000, 50):
            history.add_evaluation(step, step / 10, 0.1, loss)
            history.add_gradients(step, norms)
        if block in (99, 999):
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(history) == 10**6
    assert sizes[1] < 1.5 * sizes[0] and sizes[1] < 5e6
    assert max(len(history.steps), len(history.losses), len(history.gradient_steps)) <= 4097
    assert history.gradient_norms["0"][-1] == 5.0


def test_what_is_saved_is_what_is_loaded():
    one, other = (History(["loss", "accuracy"], {"0": [0]}, 1) for _ in range(2))
    one.add_losses(NUMBERS)
    for step in range(3000):
        one.add_evaluation(step, step / 10, 0.1, torch.tensor([1.0 * step, 0.5]))
    other.load_state_dict(one.state_dict())
    for history in (one, other):
        history.add_losses(NUMBERS)
        history.add_evaluation(3000, 300, 0.1, torch.tensor([7.0, 0.5]))
    assert (one.batch_losses == other.batch_losses).all() and (one.losses == other.losses).all()
    assert one.metrics.keys() == {"accuracy"} and one.losses[-1] == 7


def test_the_table_as_text():
    history = History(["loss"], {}, 0)
    history.add_evaluation(0, 0.0, 0.1, torch.tensor([0.25]))
    history.add_evaluation(10, 1.0, 0.1, torch.tensor([1 / 3], dtype=torch.float64))
    rows = list(csv.DictReader(io.StringIO(history.to_csv())))
    assert [row["step"] for row in rows] == ["0", "10"]
    assert float(rows[1]["loss"]) == 1 / 3
    assert "epoch 1: loss 0.3333" in repr(history)
