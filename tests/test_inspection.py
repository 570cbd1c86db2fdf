"""What is seen inside networks, held against torch's own forward and backward passes."""

import numpy as np
import pytest
import torch
from torch import nn

from nbkit.inspection import (
    gradients,
    histograms,
    observe,
    profiles,
    unit_gradient,
    worked_sum,
)
from nbkit.models import MLP


def inputs(n=50, d=2, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


class Branches(nn.Module):
    """A user's module: a branch, a function that is no module, one layer used twice, and two inputs."""

    def __init__(self):
        super().__init__()
        self.first, self.twice, self.last = nn.Linear(2, 4), nn.Linear(4, 4), nn.Linear(4, 1)
        self.bend = nn.Tanh()

    def forward(self, x, y):
        h = self.bend(self.first(x) * 2)
        h = torch.relu(self.twice(h)) + self.twice(h)
        return self.last(h) * y


@pytest.mark.parametrize("activation", ["relu", "tanh", "swish", "atan"])
def test_outputs_are_those_of_the_layers_called_one_by_one(activation):
    model = MLP(2, [5, 3], 2, activation=activation, dropout=0.5, batch_norm=True, seed=3)
    x = inputs()
    layers = observe(model, x)
    assert [layer.size for layer in layers] == [5, 3, 2]
    model.eval()
    value, seen = x, []
    for module in model.layers:
        value = module(value)
        seen.append(value)
    torch.testing.assert_close(layers[0].sums, seen[0])
    torch.testing.assert_close(layers[0].before, seen[1])
    torch.testing.assert_close(layers[0].outputs, seen[2])
    torch.testing.assert_close(layers[1].outputs, seen[6])
    torch.testing.assert_close(layers[2].outputs, model(x))
    assert [layer.activation for layer in layers] == [model.layers[2], model.layers[6], None]
    assert layers[1].weights == pytest.approx(model.layers[4].weight.detach().numpy())


def test_nothing_of_the_model_or_of_the_global_state_changes():
    model = MLP(2, [4], 1, dropout=0.5, batch_norm=True)
    model.layers[1].eval()
    modes = [module.training for module in model.modules()]
    state = {name: value.clone() for name, value in model.state_dict().items() if isinstance(value, torch.Tensor)}
    drawn = torch.get_rng_state()
    found = gradients(model, nn.functional.mse_loss, [inputs()], inputs(d=1))
    observe(model, inputs())[0].activity()
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(model.state_dict()[name], value) for name, value in state.items())
    assert all(parameter.grad is None for parameter in model.parameters()) and found
    assert torch.equal(torch.get_rng_state(), drawn)
    assert not any(module._forward_hooks for module in model.modules())


def test_a_model_that_fails_is_left_without_hooks():
    model = MLP(2, [4], 1)
    with pytest.raises(RuntimeError):
        observe(model, inputs(d=3))
    assert model.training and not any(module._forward_hooks for module in model.modules())


def test_a_users_module_shows_its_calls():
    model = Branches()
    x, y = inputs(), inputs(d=1, seed=1)
    layers = observe(model, x, y)
    assert [layer.name for layer in layers] == ["first", "twice", "twice", "last"]
    # What the activation is given is not the layer's own result: the factor lies between.
    assert [layer.label for layer in layers] == ["linear"] * 4
    torch.testing.assert_close(layers[0].outputs, model.first(x))
    torch.testing.assert_close(layers[3].outputs * y, model(x, y))


def test_activations_that_write_into_their_input_are_seen():
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(inplace=True), nn.Linear(4, 1))
    x = inputs()
    layer = observe(model, x)[0]
    torch.testing.assert_close(layer.sums, model[0](x))
    torch.testing.assert_close(layer.outputs, torch.relu(model[0](x)))
    assert layer.activity().dead == pytest.approx((model[0](x) <= 0).float().mean(0).numpy())


def test_convolutions_answer_by_channel():
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 6 * 6, 2))
    x = torch.randn(7, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    layers = observe(model, x)
    assert [layer.size for layer in layers] == [3, 2] and layers[0].weights is None
    bent = torch.relu(model[0](x))
    torch.testing.assert_close(layers[0].outputs, bent.mean((2, 3)))
    assert layers[0].activity().dead == pytest.approx((bent == 0).float().mean((0, 2, 3)).numpy())
    with pytest.raises(ValueError, match="no dense layer"):
        worked_sum(layers[0], 0)


def test_relu_is_dead_where_its_sum_is_below_zero():
    model = MLP(2, [6], 1, seed=1)
    with torch.no_grad():
        model.layers[0].bias[2] = -100
        model.layers[0].bias[3] = 100
    x = inputs(200)
    layer, last = observe(model, x)
    sums = x @ model.layers[0].weight.T + model.layers[0].bias
    assert layer.activity().dead == pytest.approx((sums <= 0).float().mean(0).detach().numpy())
    assert layer.activity().dead[[2, 3]].tolist() == [1, 0]
    assert not layer.activity().saturated.any() and not last.activity().dead.any()


@pytest.mark.parametrize(("name", "slope"), [("tanh", lambda s: 1 - torch.tanh(s) ** 2), ("sigmoid", None)])
def test_saturation_is_where_the_derivative_is_below_a_twentieth(name, slope):
    model = MLP(2, [5], 1, activation=name, init="normal", seed=2)
    x = 3 * inputs(300)
    sums = (x @ model.layers[0].weight.T + model.layers[0].bias).detach()
    slope = slope or (lambda s: torch.sigmoid(s) * (1 - torch.sigmoid(s)))
    activity = observe(model, x)[0].activity()
    assert activity.saturated == pytest.approx((slope(sums) < 0.05).float().mean(0).numpy())
    assert activity.saturated.max() > 0.2 and not activity.dead.any()


def test_softmax_has_no_derivative_by_neuron():
    model = nn.Sequential(nn.Linear(2, 3), nn.Softmax(dim=1))
    assert np.isnan(observe(model, inputs())[0].activity().dead).all()


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_worked_sum_is_the_neurons_arithmetic(batch_norm):
    model = MLP(3, [4, 5], 1, activation="tanh", batch_norm=batch_norm, seed=5)
    if batch_norm:
        model(inputs(d=3))  # so that the running means are not 0 and 1
    x = inputs(d=3, seed=7)
    layer = observe(model, x)[1]
    found = worked_sum(layer, 3, sample=11)
    assert found.weights @ found.inputs + found.bias == pytest.approx(found.sum, rel=1e-5)
    assert np.tanh(found.before) == pytest.approx(found.output, rel=1e-5)
    assert (found.before == found.sum) is not batch_norm
    model.eval()
    torch.testing.assert_close(torch.tensor(found.output), model.layers[: 4 + 2 * batch_norm](x)[11, 3])
    with pytest.raises(ValueError, match="from 0 to 4 in layers"):
        worked_sum(layer, 5)


def test_gradients_are_those_of_backward():
    model = MLP(2, [5, 4], 1, activation="tanh", dropout=0.3, seed=4)
    x, t = inputs(), inputs(d=1, seed=9)
    found = gradients(model, nn.functional.mse_loss, [x], t)
    model.eval()
    nn.functional.mse_loss(model(x), t).backward()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad)
    layer = observe(model, x)[1]
    linear = dict(model.named_modules())[layer.name]
    expected = torch.cat([linear.weight.grad[2], linear.bias.grad[2:3]]).norm()
    assert unit_gradient(found, layer, 2) == pytest.approx(float(expected))


def test_what_the_loss_does_not_depend_on_has_no_gradient():
    model = nn.ModuleDict({"used": nn.Linear(2, 1), "unused": nn.Linear(2, 1)})
    model.forward = lambda x: model["used"](x)
    found = gradients(model, nn.functional.mse_loss, [inputs()], inputs(d=1))
    assert not found["unused.weight"].any() and found["used.weight"].any()


def test_histograms_are_shares_of_each_layer():
    shares = histograms([torch.tensor([0.1, 0.1, 0.9, 5.0]), np.array([[-7.0], [np.nan]]), np.empty(0)], (0, 1), bins=2)
    assert shares.tolist() == [[0.5, 1.0, 0.0], [0.5, 0.0, 0.0]]


def test_profiles_are_histograms_of_the_chosen_neurons():
    values = inputs(100, 5)
    found = profiles(values, np.array([4, 0]), bins=10)
    expected = [np.histogram(values[:, unit].numpy().astype(float), 10)[0] / 100 for unit in (4, 0)]
    assert found == pytest.approx(np.array(expected))
