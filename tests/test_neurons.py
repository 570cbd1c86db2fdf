"""The neuron against torch, scikit-learn and scipy."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error

from nbkit import neurons
from nbkit.activations import ACTIVATIONS
from nbkit.neurons import DATA_SETS, decision_line, distance_from_origin, labelled_points, neuron, weighted_sum

POINTS = np.random.default_rng(1).uniform(-3, 3, (200, 2))
LABELS = np.random.default_rng(2).integers(0, 2, 200)
numbers = st.floats(-5, 5)


def separable(points, labels):
    """Whether some (w, b) has (2t − 1)(w·x + b) ≥ 1 for all points: a linear programme, scipy's to solve."""
    signs = 2 * labels - 1
    rows = -signs[:, None] * np.column_stack([points, np.ones(len(points))])
    return linprog(np.zeros(rows.shape[1]), rows, -np.ones(len(points)), bounds=(None, None)).status == 0


@pytest.mark.parametrize(("name", "layer"), [("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)])
def test_a_neuron_is_torchs_linear_layer_with_one_output(name, layer):
    linear = torch.nn.Linear(2, 1, dtype=torch.float64)
    with torch.no_grad():
        linear.weight[:] = torch.tensor([[0.8, -0.5]])
        linear.bias[:] = torch.tensor([0.1])
        theirs = layer(linear(torch.tensor(POINTS)))[:, 0].numpy()
    weights, bias = linear.weight.detach().numpy()[0], linear.bias.item()
    assert neuron(POINTS, weights, bias, name) == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def test_a_neuron_takes_its_activations_parameters():
    x = np.array([[-2.0]])
    assert neuron(x, [1.0], 0.0, "leaky_relu", slope=0.25) == pytest.approx([-0.5])


def test_the_bias_is_the_weight_of_an_input_that_is_always_one():
    with_node = np.column_stack([POINTS, np.ones(len(POINTS))])
    assert weighted_sum(with_node, [0.8, -0.5, 0.1], 0.0) == pytest.approx(weighted_sum(POINTS, [0.8, -0.5], 0.1))


@settings(max_examples=300, deadline=None)
@given(w1=numbers, w2=numbers, bias=numbers)
def test_the_line_ends_on_the_box_and_is_there_exactly_where_the_sum_changes_its_sign(w1, w2, bias):
    assume(max(abs(w1), abs(w2)) > 1e-3)
    corners = weighted_sum([[-3, -3], [-3, 3], [3, -3], [3, 3]], [w1, w2], bias)
    assume(np.abs(corners).min() > 1e-6)  # a line through a corner may be said to meet the box or not
    ends = decision_line([w1, w2], bias, 3)
    assert (len(ends) == 2) == (corners.min() < 0 < corners.max())
    if len(ends):
        assert weighted_sum(ends, [w1, w2], bias) == pytest.approx(0, abs=1e-9)
        assert np.abs(ends).max(axis=1) == pytest.approx([3, 3])
        middle = ends.mean(axis=0)
        t = np.linspace(-20, 20, 4001)[:, None]
        along = middle + t * (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
        assert np.linalg.norm(along, axis=1).min() == pytest.approx(distance_from_origin([w1, w2], bias), abs=0.01)


def test_a_line_parallel_to_a_side_and_no_line_at_all():
    assert decision_line([2, 0], -2, 3).tolist() == [[1, -3], [1, 3]]
    assert decision_line([2, 0], -8, 3).shape == decision_line([0, 0], 1, 3).shape == (0, 2)
    assert distance_from_origin([3, 4], -10) == 2
    assert distance_from_origin([0, 0], 1) == np.inf


def test_doubling_all_three_numbers_keeps_the_line():
    assert decision_line([1.6, -1.0], 0.2, 3) == pytest.approx(decision_line([0.8, -0.5], 0.1, 3))


def test_accuracy_and_losses_are_sklearns_and_torchs():
    sums = weighted_sum(POINTS, [0.8, -0.5], 0.1)
    y = neuron(POINTS, [0.8, -0.5], 0.1, "sigmoid")
    assert neurons.accuracy(sums, LABELS) == accuracy_score(LABELS, y > 0.5)
    name, value = neurons.loss("sigmoid", sums, LABELS)
    assert name == "binary cross-entropy"
    assert value == pytest.approx(log_loss(LABELS, y), rel=1e-12)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits
    assert value == pytest.approx(float(theirs(torch.tensor(sums), torch.tensor(LABELS, dtype=torch.float64))))
    for activation in set(ACTIVATIONS) - {"sigmoid"}:
        name, value = neurons.loss(activation, sums, LABELS)
        outputs = neuron(POINTS, [0.8, -0.5], 0.1, activation)
        assert name == "mean squared error"
        assert value == pytest.approx(mean_squared_error(LABELS, outputs), rel=1e-12)


def test_cross_entropy_stays_finite_where_the_sigmoid_is_exactly_0_or_1():
    assert neurons.binary_cross_entropy([1e4, -1e4], [0, 0]) == 5e3


def test_a_point_on_the_line_is_of_class_0():
    assert neurons.predicted([-1e-300, 0.0, 1e-300]).tolist() == [0, 0, 1]


@pytest.mark.parametrize("kind", DATA_SETS)
@pytest.mark.parametrize("inputs", [1, 2])
def test_data_are_in_the_box_balanced_and_the_same_for_the_same_seed(kind, inputs):
    np.random.seed(0)  # noqa: NPY002 - the global state must neither be read nor set
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    points, labels = labelled_points(kind, inputs, seed=3)
    assert points.shape == (40, inputs) and labels.shape == (40,)
    assert np.abs(points).max() < 3 and labels.sum() == 20 and set(labels) == {0, 1}
    again, _ = labelled_points(kind, inputs, seed=3)
    assert (again == points).all() and not (labelled_points(kind, inputs, seed=4)[0] == points).any()
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_a_line_separates_the_set_of_that_name_and_no_line_the_xor(inputs, seed):
    points, labels = labelled_points("line", inputs, seed=seed)
    assert separable(points, labels)
    assert LogisticRegression(C=1e6, max_iter=5000).fit(points, labels).score(points, labels) == 1
    assert not separable(*labelled_points("xor", inputs, seed=seed))


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_the_clouds_overlap_and_a_line_does_better_than_chance(inputs, seed):
    points, labels = labelled_points("overlap", inputs, seed=seed)
    assert not separable(points, labels)
    assert LogisticRegression().fit(points, labels).score(points, labels) >= 0.65


def test_another_kind_is_answered_by_those_there_are():
    with pytest.raises(ValueError, match=r"line, overlap, xor, got 'ring'"):
        labelled_points("ring")
