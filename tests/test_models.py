"""The multilayer perceptron against torch: functions, layers, dropout and norms of its own."""

import copy
import io

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbkit.activations import ACTIVATIONS
from nbkit.models import INITIALISERS, MLP, MODULES, Dropout

X = torch.linspace(-25, 25, 301)


def parameters(model):
    return sum(p.numel() for p in model.parameters())


@pytest.fixture
def global_state():
    """The global generator: the kit must leave it as it is, and not depend on it."""
    before = torch.get_rng_state()
    yield before
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("sizes", "count"),
    [
        ((32, [32], 1), 1089),
        ((2, [26], 1), 105),
        ((2, [8, 8], 1), 105),
        ((2, [84], 1), 337),
        ((2, [16, 16], 1), 337),
        ((64, [64, 64], 10), 8970),
        ((784, [64, 64], 10), 55050),
        ((32, [32, 32, 32], 1), 3201),
        ((5, [], 2), 12),
    ],
)
def test_as_many_parameters_as_by_hand(sizes, count):
    model = MLP(*sizes)
    assert parameters(model) == count
    assert model(torch.zeros(7, sizes[0])).shape == (7, sizes[2])


def test_its_output_is_the_composition_of_torchs_functions():
    model = MLP(3, [5, 4], 2, activation=["tanh", "relu"], seed=1)
    x = torch.randn(11, 3, generator=torch.Generator().manual_seed(0))
    w1, b1, w2, b2, w3, b3 = model.parameters()
    theirs = F.linear(F.relu(F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2)), w3, b3)
    assert torch.equal(model(x), theirs)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation_is_the_one_of_the_kit(name):
    assert set(MODULES) == set(ACTIVATIONS)
    x = X.double().requires_grad_()
    y = MODULES[name]()(x)
    assert y.detach().numpy() == pytest.approx(ACTIVATIONS[name].value(X.double().numpy()), rel=1e-9, abs=1e-12)
    y.sum().backward()
    assert x.grad.numpy() == pytest.approx(ACTIVATIONS[name].derivative(X.double().numpy()), rel=1e-9, abs=1e-9)


def test_the_default_start_is_what_torch_gives_for_the_same_seed(global_state):
    with torch.random.fork_rng():
        torch.manual_seed(12)
        theirs = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)).state_dict()
    ours = MLP(4, [6], 3, seed=12).layers.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_xavier_and_he_are_torchs():
    for name, fill in (("xavier", nn.init.xavier_uniform_), ("he", nn.init.kaiming_uniform_)):
        model = MLP(20, [30], 1, init=name, seed=5)
        generator = torch.Generator().manual_seed(5)
        kind = {"nonlinearity": "relu"} if name == "he" else {}
        for layer in (model.layers[0], model.layers[2]):
            assert torch.equal(layer.weight, fill(torch.empty_like(layer.weight), generator=generator, **kind))
            assert not layer.bias.any()


def test_from_zeros_all_weights_but_the_last_bias_stay_at_zero():
    model = MLP(2, [4], 1, init="zeros")
    model(torch.ones(3, 2)).sum().backward()
    assert [bool(p.grad.any()) for p in model.parameters()] == [False, False, False, True]


@pytest.mark.parametrize("init", INITIALISERS)
def test_reset_gives_the_first_start_again_or_that_of_another_seed(init, global_state):
    model = MLP(3, [8, 8], 2, init=init, batch_norm=True, dropout=0.3, seed=7)
    x = torch.randn(9, 3, generator=torch.Generator().manual_seed(0))
    first = copy.deepcopy(model.state_dict())
    drawn = model(x)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    model.reset()
    for key, value in first.items():
        assert key.endswith("extra_state") or torch.equal(model.state_dict()[key], value)
    assert torch.equal(model(x), drawn)
    model.reset(8)
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), another(init, 8).parameters(), strict=True))
    model.reset()
    assert model.seed == 8


def another(init, seed):
    return MLP(3, [8, 8], 2, init=init, batch_norm=True, dropout=0.3, seed=seed)


def test_dropout_drops_what_torchs_does_from_the_same_state(global_state):
    x = torch.randn(50, 20, generator=torch.Generator().manual_seed(0))
    ours = Dropout(0.3, seed=4)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        for _ in range(3):
            assert ours(x) == pytest.approx(F.dropout(x, 0.3), rel=1e-6)
    assert torch.equal(ours.eval()(x), x)


def test_dropout_keeps_the_mean_and_drops_its_share():
    y = Dropout(0.4, seed=1)(torch.ones(400, 500))
    share = float((y == 0).float().mean())
    assert share == pytest.approx(0.4, abs=4 * (0.24 / 200_000) ** 0.5)
    assert float(y.max()) == pytest.approx(1 / 0.6)


def test_layers_drop_independently_and_the_rate_may_be_turned_up_later():
    model = MLP(4, [64, 64], 1, dropout=0.0, seed=3)
    x = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(model(x), MLP(4, [64, 64], 1, seed=3)(x))
    drops = [layer for layer in model.layers if isinstance(layer, Dropout)]
    for layer in drops:
        layer.p = 0.5
    masks = [layer(torch.ones(1000)) > 0 for layer in drops]
    assert 400 < int((masks[0] == masks[1]).sum()) < 600
    assert not torch.equal(model(x), MLP(4, [64, 64], 1, seed=3)(x))


def test_a_copy_and_a_saved_model_draw_the_same_masks_from_there_on():
    model = MLP(4, [16], 1, dropout=0.5, batch_norm=True, seed=2)
    x = torch.randn(8, 4, generator=torch.Generator().manual_seed(0))
    model(x)
    copied, file = copy.deepcopy(model), io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    loaded = MLP(4, [16], 1, dropout=0.5, batch_norm=True, seed=99)
    loaded.load_state_dict(torch.load(file, weights_only=True))
    later = [model(x) for _ in range(3)]
    assert all(torch.equal(copied(x), y) for y in later)
    assert all(torch.equal(loaded(x), y) for y in later)


def test_a_mask_drawn_on_another_device_restarts_from_seed_and_count():
    """The meta device has no numbers, so that what is left to see is when a generator is made anew, and from what."""
    state = Dropout(0.5, seed=6).get_extra_state()
    elsewhere = Dropout(0.5)
    elsewhere.set_extra_state(state | {"device": "cuda:77", "drawn": 3})
    again = Dropout(0.5)
    again.set_extra_state(state | {"device": "cuda:77", "drawn": 3})
    x = torch.ones(200)
    assert torch.equal(elsewhere(x), again(x)) and elsewhere.drawn == 4
    assert not torch.equal(elsewhere(x), Dropout(0.5, seed=6)(x))


def test_max_norm_caps_the_weights_into_hidden_neurons_alone():
    model = MLP(10, [6, 5], 1, init="normal", max_norm=1.5, seed=1)
    before = [layer.weight.detach().clone() for layer in model.layers if isinstance(layer, nn.Linear)]
    model.constrain()
    after = [layer.weight for layer in model.layers if isinstance(layer, nn.Linear)]
    for old, new in zip(before[:2], after[:2], strict=True):
        norms = old.norm(dim=1)
        assert new.norm(dim=1).detach().numpy() == pytest.approx(np.minimum(norms.numpy(), 1.5), rel=1e-5)
        assert F.cosine_similarity(old, new, dim=1).detach().numpy() == pytest.approx(1, abs=1e-6)
    assert torch.equal(before[2], after[2])
    model.max_norm = None
    kept = [p.clone() for p in model.parameters()]
    model.constrain()
    assert all(torch.equal(p, q) for p, q in zip(kept, model.parameters(), strict=True))


def test_batch_norm_stands_between_the_sum_and_the_activation():
    kinds = [type(layer).__name__ for layer in MLP(2, [3], 1, batch_norm=True, dropout=0.1).layers]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU", "Dropout", "Linear"]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"hidden": [3, 0]}, r"at least 1 neuron, got \[2, 3, 0, 1\]"),
        ({"hidden": 8}, r"like \[8, 8\], got 8"),
        ({"activation": "Relu"}, r"activation must be one of linear, .*, got 'Relu'"),
        ({"activation": ["relu"]}, "one for each of the 2 hidden layers, got 1"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
        ({"dropout": [0.1, 0.2, 0.3]}, "one for each of the 2 hidden layers, got 3"),
        ({"init": "glorot"}, r"init must be one of default, xavier, .*, got 'glorot'"),
        ({"max_norm": 0}, "max_norm must be above 0, or None, got 0"),
    ],
)
def test_what_is_wrong_is_said(keywords, message):
    with pytest.raises(ValueError, match=message):
        MLP(2, **({"hidden": [3, 3]} | keywords))


def test_dropout_and_cap_can_be_set_later():
    model = MLP(2, [4, 4], dropout=0.1)
    model.dropout = 0.5
    assert model.dropout == (0.5, 0.5)
    model.dropout = [0.2, 0]
    assert [module.p for module in model.modules() if isinstance(module, Dropout)] == [0.2, 0.0]
    with pytest.raises(ValueError, match="below 1"):
        model.dropout = 1.0
    assert MLP(2, [4]).dropout == ()
