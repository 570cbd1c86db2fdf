"""Slices of the loss, held against single evaluations, scikit-learn's principal components and the definition."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from nbkit.loss_surface import Plane, flatten, loss_slice, path_plane
from nbkit.models import MLP

mse = nn.functional.mse_loss


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def trained(steps=30, seed=0):
    """A model, its data, and the weights after each step."""
    model = MLP(2, [5, 4], 1, activation="tanh", dropout=0.4, batch_norm=True, seed=seed)
    x, t = noise(40, 2), noise(40, 1, seed=1)
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    path = []
    for _ in range(steps):
        path.append({name: parameter.detach().clone() for name, parameter in model.named_parameters()})
        optimizer.zero_grad()
        mse(model(x), t).backward()
        optimizer.step()
    path.append({name: parameter.detach().clone() for name, parameter in model.named_parameters()})
    return model, x, t, path


def loss_with(model, vector, plane, x, t):
    """The loss of a copy whose weights are really set."""
    copy = MLP(2, [5, 4], 1, activation="tanh", dropout=0.4, batch_norm=True)
    copy.load_state_dict(model.state_dict())
    offset = 0
    with torch.no_grad():
        for name in plane.parameters:
            parameter = copy.get_parameter(name)
            parameter.copy_(vector[offset : offset + parameter.numel()].view_as(parameter))
            offset += parameter.numel()
    copy.eval()
    return float(mse(copy(x), t).detach())


def test_each_point_is_the_loss_of_a_model_with_those_weights():
    model, x, t, path = trained()
    plane, _ = path_plane(model, path)
    first, second = np.array([-0.5, 0.0, 1.0]), np.array([0.0, 0.7])
    losses = loss_slice(model, mse, [x], t, plane, first, second)
    assert losses.shape == (2, 3)
    for row, b in enumerate(second):
        for column, a in enumerate(first):
            vector = plane.centre + a * plane.directions[0] + b * plane.directions[1]
            assert losses[row, column] == pytest.approx(loss_with(model, vector.float(), plane, x, t), rel=1e-4)
    model.eval()
    assert losses[0, 1] == pytest.approx(float(mse(model(x), t).detach()), rel=1e-5)


def test_the_model_and_the_global_state_stay_as_they_were():
    model, x, t, path = trained()
    before = [parameter.clone() for parameter in model.parameters()]
    drawn = torch.get_rng_state()
    plane, _ = path_plane(model, path)
    loss_slice(model, mse, [x], t, plane, np.linspace(-1, 1, 3), np.linspace(-1, 1, 3))
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert model.training and torch.equal(torch.get_rng_state(), drawn)


def test_directions_of_a_path_are_its_principal_components():
    model, _, _, path = trained()
    plane, points = path_plane(model, path)
    rows = (points - points[-1]).double().numpy()
    pca = PCA(2, svd_solver="full")
    pca.fit(np.concatenate([rows, -rows]))  # so that the mean, which PCA takes away, is the last point
    for ours, theirs in zip(plane.directions.double().numpy(), pca.components_, strict=True):
        assert abs(ours @ theirs) == pytest.approx(1, abs=1e-5)
    shares = pca.explained_variance_ratio_
    assert plane.names == (f"PC 1 ({100 * shares[0]:.0f} % of the path)", f"PC 2 ({100 * shares[1]:.0f} %)")
    places = plane.project(points)
    assert places[-1] == pytest.approx([0, 0], abs=1e-5)
    assert places[0, 0] < 0 and places == pytest.approx(rows @ plane.directions.double().numpy().T, abs=1e-4)


def test_the_grid_holds_the_path():
    model, _, _, path = trained()
    plane, points = path_plane(model, path)
    places = plane.project(points)
    for k, axis in enumerate(plane.around(points, side=9)):
        assert len(axis) == 9 and axis[0] < places[:, k].min() and axis[-1] > places[:, k].max()


@pytest.mark.parametrize("length", [2, 3])
def test_a_straight_path_has_a_second_direction_all_the_same(length):
    model = MLP(1, [3], 1)
    start = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    path = [{name: value + k for name, value in start.items()} for k in range(length)]
    plane, points = path_plane(model, path)
    assert (plane.directions @ plane.directions.T).numpy() == pytest.approx(np.eye(2), abs=1e-5)
    assert plane.names[0] == "PC 1 (100 % of the path)"
    assert plane.project(points)[:, 1] == pytest.approx(0, abs=1e-5)


def test_a_path_that_rests_still_spans_a_plane():
    model = MLP(1, [3], 1)
    start = dict(model.named_parameters())
    plane, points = path_plane(model, [start, start])
    assert (plane.directions @ plane.directions.T).numpy() == pytest.approx(np.eye(2), abs=1e-5)
    assert all(axis[0] < axis[-1] for axis in plane.around(points))


def test_one_point_is_no_path():
    model = MLP(1, [3], 1)
    with pytest.raises(ValueError, match="at least two points, got 1"):
        path_plane(model, [dict(model.named_parameters())])


class Stubborn(nn.Module):
    """It branches on its numbers, which no batch of weights can do, and takes two inputs."""

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(2, 1)

    def forward(self, x, scale):
        y = self.line(x)
        return y * scale if float(y.sum()) > 0 else y


def test_a_module_that_can_not_be_batched_is_called_point_by_point():
    model = Stubborn()
    x, t = noise(20, 2), noise(20, 1, seed=1)
    names = ("line.weight", "line.bias")
    centre = flatten(dict(model.named_parameters()), names)
    plane = Plane(centre, torch.eye(3)[:2], ("w1", "w2"), names)
    losses = loss_slice(model, mse, [x, torch.tensor(3.0)], t, plane, np.array([-2.0, 0.0, 2.0]), np.array([0.0, 1.0]))
    for column, a in enumerate((-2.0, 0.0, 2.0)):
        weight = (plane.centre + a * plane.directions[0])[:2]
        y = x @ weight[:, None] + model.line.bias.detach()
        assert losses[0, column] == pytest.approx(float(mse(y * 3 if y.sum() > 0 else y, t)), rel=1e-4)


def test_weights_are_flattened_in_the_order_that_is_asked_for():
    weights = {"a": torch.tensor([[1.0, 2.0]]), "b": torch.tensor([3.0]), "running_mean": torch.tensor([9.0])}
    assert flatten(weights, ("b", "a")).tolist() == [3, 1, 2]
