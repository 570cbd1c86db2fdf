"""The gradient written out against torch's autograd, to the bit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from nbkit.models import MLP, MODULES
from nbkit.training import Trainer
from nbkit.training.dense import DenseGradient, layers_of

X = torch.randn(30, 3, generator=torch.Generator().manual_seed(1))
CLASSES = (X[:, :1] > 0).float()
TARGETS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Tensor, int]] = {
    "binary": (nn.BCEWithLogitsLoss(), CLASSES, 1),
    "weighted": (nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0)), CLASSES, 1),
    "several": (nn.CrossEntropyLoss(), CLASSES[:, 0].long(), 3),
    "mse": (nn.MSELoss(), X[:, 1:], 2),
    "summed": (nn.MSELoss(reduction="sum"), X[:, 1:], 2),
    "mae": (nn.L1Loss(), X[:, 1:], 2),
    "huber": (nn.HuberLoss(), X[:, 1:], 2),
}


def taken(model: nn.Module) -> list[Tensor]:
    return [parameter.grad.clone() for parameter in model.parameters()]


def assert_equal(model: nn.Module, loss: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor) -> None:
    by_hand = DenseGradient.of(model, loss)
    assert by_hand is not None and by_hand.applies((x,))
    value = by_hand(x, y)
    found = taken(model)
    model.zero_grad()
    expected = loss(model(x), y)
    expected.backward()
    assert torch.equal(value, expected.detach()) and not value.requires_grad
    for one, other in zip(found, taken(model), strict=True):
        assert torch.equal(one, other) and one.is_contiguous()


@pytest.mark.parametrize("activation", MODULES)
@pytest.mark.parametrize("rows", [1, 7, 30])
def test_every_activation(activation: str, rows: int) -> None:
    loss, y, outputs = TARGETS["binary"]
    assert_equal(MLP(3, [5, 4], outputs, activation=activation, dropout=0.0), loss, X[:rows], y[:rows])


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_loss(kind: str, dtype: torch.dtype) -> None:
    loss, y, outputs = TARGETS[kind]
    assert isinstance(loss, nn.Module)
    loss = loss.to(dtype)
    y = y.to(dtype) if y.is_floating_point() else y
    assert_equal(MLP(3, [6], outputs, activation="tanh").to(dtype), loss, X.to(dtype), y)


@pytest.mark.parametrize(
    "layers",
    [
        [nn.Linear(3, 1)],
        [nn.Tanh(), nn.Linear(3, 1), nn.Sigmoid()],
        [nn.Sequential(nn.Linear(3, 4), nn.Softplus(2, 5)), nn.Dropout(0), MLP(4, [4])],
        [nn.Linear(3, 4), act := nn.ELU(0.7), nn.Linear(4, 4), act, nn.Linear(4, 1)],
        [nn.Linear(3, 4), nn.GELU("tanh"), nn.Linear(4, 1), nn.LeakyReLU(0.3)],
    ],
    ids=["one", "begins", "nested", "shared", "options"],
)
def test_chains(layers: list[nn.Module]) -> None:
    assert_equal(nn.Sequential(*layers), *TARGETS["binary"][:1], X, CLASSES)


class Own(nn.Sequential):
    def forward(self, x: Tensor) -> Tensor:
        return 2 * super().forward(x)


def frozen() -> nn.Module:
    model = nn.Sequential(nn.Linear(3, 1))
    model[0].bias.requires_grad_(False)
    return model


@pytest.mark.parametrize(
    "model",
    [
        Own(nn.Linear(3, 1)),
        nn.Sequential(nn.Linear(3, 1, bias=False)),
        nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)),
        nn.Sequential(nn.Linear(3, 3), nn.ReLU(inplace=True), nn.Linear(3, 1)),
        nn.Sequential(same := nn.Linear(3, 3), same),
        nn.Sequential(nn.Tanh()),
        frozen(),
    ],
    ids=["own", "no bias", "batch norm", "in place", "twice", "no layer", "frozen"],
)
def test_others_are_left_to_autograd(model: nn.Module) -> None:
    assert DenseGradient.of(model, nn.MSELoss()) is None


def test_a_loss_that_looks_at_the_weights_has_their_gradient() -> None:
    models = [MLP(3, [4], activation="tanh", seed=1) for _ in range(2)]

    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        return nn.functional.mse_loss(outputs, targets) + models[0].layers[0].weight.square().sum()

    trainer = Trainer(models[0], (X, CLASSES), loss=loss, optimizer="sgd", learning_rate=0.1, batch_size=None)
    trainer.run(steps=1)
    plain = nn.functional.mse_loss(models[1](X), CLASSES) + models[1].layers[0].weight.square().sum()
    plain.backward()
    for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, rtol=1e-5)  # the rows of a batch come in another order


def test_who_listens_is_heard() -> None:
    model = MLP(3, [4], dropout=0.0)
    by_hand = DenseGradient.of(model, nn.MSELoss())
    assert by_hand is not None and by_hand.applies((X,))
    weight = model.layers[0].weight
    for listen in (
        lambda: model.layers[0].register_forward_hook(lambda *_: None),
        lambda: model.layers[1].register_forward_pre_hook(lambda *_: None),
        lambda: model.register_full_backward_hook(lambda *_: None),
        lambda: weight.register_hook(lambda gradient: gradient),
        lambda: weight.register_post_accumulate_grad_hook(lambda _: None),
        lambda: nn.modules.module.register_module_forward_hook(lambda *_: None),
    ):
        handle = listen()
        assert not by_hand.applies((X,))
        handle.remove()
        assert by_hand.applies((X,))
    model.dropout = 0.5
    assert not by_hand.applies((X,))
    model.dropout = 0.0
    assert by_hand.applies((X,)) and not by_hand.applies((X[0],)) and not by_hand.applies((X, X))


def test_a_trainer_sees_what_is_put_into_the_model_between_two_runs() -> None:
    heard: list[int] = []
    model = MLP(3, [4], activation="tanh")
    trainer = Trainer(model, (X, CLASSES), loss="binary_cross_entropy", batch_size=None)
    trainer.run(steps=3)
    model.layers[1] = nn.ReLU()
    before = nn.utils.parameters_to_vector(model.parameters()).detach().clone()
    trainer.run(steps=1)
    other = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    nn.utils.vector_to_parameters(before, other.parameters())
    nn.BCEWithLogitsLoss()(other(X), CLASSES).backward()
    for one, mine in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.allclose(one.grad, mine.grad, rtol=1e-5, atol=1e-7)
    model.layers[0].register_forward_hook(lambda *_: heard.append(1))
    trainer.run(steps=2)
    assert len(heard) >= 2


def test_layers_have_the_names_of_their_parameters() -> None:
    found = layers_of(nn.Sequential(MLP(3, [2]), nn.Linear(1, 1)))
    assert found is not None
    assert [name for name, layer in found if isinstance(layer, nn.Linear)] == ["0.layers.0.", "0.layers.2.", "1."]
