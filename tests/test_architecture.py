"""What a module is made of, against torch's own count of its parameters and torch.fx's way through its graph."""

import copy

import pytest
import torch
from torch import fx, nn

from nbkit.architecture import summary
from nbkit.models import MLP


class Branches(nn.Module):
    """f4(f2(f1(x)), f3(x))."""

    def __init__(self):
        super().__init__()
        self.f1, self.f2, self.f3 = nn.Linear(4, 8), nn.Linear(8, 6), nn.Linear(4, 3)
        self.f4 = nn.Linear(9, 1)

    def forward(self, x):
        return self.f4(torch.cat([self.f2(torch.relu(self.f1(x))), self.f3(x)], dim=1))


class Own(nn.Module):
    """Parameters of its own, a layer that is used twice, a way that depends on the numbers, and something done in place."""

    def __init__(self):
        super().__init__()
        self.twice = nn.Linear(3, 3)
        self.scale = nn.Parameter(torch.ones(3))
        self.frozen = nn.Linear(3, 2).requires_grad_(False)

    def forward(self, x):
        y = self.twice(self.twice(x)) * self.scale
        if float(y.sum()) > -1e9:
            y = y + x
        y.clamp_(min=0)
        return self.frozen(y).T


def named(architecture):
    return [(layer.name or layer.kind, layer.output, layer.parameters) for layer in architecture.layers]


def test_the_table_of_the_slides():
    table = summary(MLP(32, [32], 1, activation="sigmoid"), 32)
    assert (table.parameters, table.trainable) == (1089, 1089)
    assert [layer.parameters for layer in table.layers] == [0, 1056, 0, 33]
    lines = str(table).split("\n")
    assert lines[0] == "MLP" and lines[-1] == "1,089 parameters, 1,089 trainable, 0 frozen"
    assert [line.split()[-1] for line in lines[4:8]] == ["0", "1,056", "0", "33"]
    assert lines[5].startswith("layers.0 (Linear)   (n, 32) ")


@pytest.mark.parametrize(
    ("model", "size"),
    [
        (MLP(64, [64, 64], 10, batch_norm=True, dropout=0.2), 64),
        (MLP(784, [64, 64], 10), (784,)),
        (nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 10)), (1, 8, 8)),
        (nn.Sequential(nn.Embedding(20, 5), nn.LSTM(5, 7, batch_first=True)), torch.zeros(4, 9, dtype=torch.int64)),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8)),
        (Branches(), 4),
        (Own(), 3),
    ],
)
def test_all_parameters_are_counted_once(model, size):
    table = summary(model, size)
    assert sum(layer.parameters for layer in table.layers) == table.parameters
    assert table.parameters == sum(p.numel() for p in model.parameters())
    assert table.trainable == sum(p.numel() for p in model.parameters() if p.requires_grad)


def test_branches_have_the_edges_that_fx_finds():
    layers = summary(Branches(), 4).layers
    ours = {(source, k) for k, layer in enumerate(layers) for source in layer.sources}
    nodes = [node for node in fx.symbolic_trace(Branches()).graph.nodes if node.op != "output"]
    theirs = {(nodes.index(source), k) for k, node in enumerate(nodes) for source in node.all_input_nodes}
    assert len(layers) == len(nodes) and ours == theirs
    assert [layer.name or layer.kind for layer in layers] == ["x", "f1", "relu", "f2", "f3", "cat", "f4"]
    assert layers[5].output == "(n, 9)"


def test_whatever_runs_can_be_shown():
    layers = summary(Own(), 3).layers
    kinds = [layer.name or layer.kind for layer in layers if layer.output != "()"]  # without the sum that decides
    assert kinds == ["x", "twice", "twice", "mul", "add", "clamp", "frozen", "T"]
    by_name = {layer.name or layer.kind: layer for layer in layers}
    assert by_name["mul"].parameters == 3
    assert [layers[k].kind for k in by_name["add"].sources] == ["mul", "input"]
    assert [layers[k].kind for k in by_name["frozen"].sources] == ["clamp"]


def test_several_inputs():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.both = nn.Bilinear(3, 4, 1)

        def forward(self, u, v):
            return self.both(u, v)

    layers = summary(Two(), 3, 4).layers
    assert named(summary(Two(), 3, 4)) == [("x1", "(n, 3)", 0), ("x2", "(n, 4)", 0), ("both", "(n, 1)", 13)]
    assert layers[2].sources == (0, 1)


def test_the_module_stays_as_it_is():
    model = MLP(4, [8], 1, batch_norm=True, dropout=0.5, seed=1).train()
    before, hooks = copy.deepcopy(model.state_dict()), copy.deepcopy(model).layers[0]._forward_hooks
    state = torch.get_rng_state()
    summary(model, 4)
    assert model.training and model.layers[0]._forward_hooks == hooks and torch.equal(torch.get_rng_state(), state)
    for key, value in model.state_dict().items():
        assert str(value) == str(before[key])


def test_what_does_not_run_is_said_in_a_line():
    with pytest.raises(ValueError, match=r"Branches does not run on \(2, 5\): RuntimeError: mat1 and mat2") as caught:
        summary(Branches(), 5)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="Branches does not run on no input: TypeError"):
        summary(Branches())
