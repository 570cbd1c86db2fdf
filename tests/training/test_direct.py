"""The short ways to gradient and step against torch's public ones, and when the public ones are taken."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from nbkit.training import direct
from nbkit.training.direct import backward, gradients, step_of

X = torch.randn(20, 3, generator=torch.Generator().manual_seed(1))


def network() -> nn.Sequential:
    torch.manual_seed(2)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


def weights(model: nn.Module) -> torch.Tensor:
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_gradient_is_that_of_torch(dtype: torch.dtype) -> None:
    model = network().to(dtype)
    loss = model(X.to(dtype)).square().mean()
    expected = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
    assert all(map(torch.equal, gradients(model(X.to(dtype)).square().mean(), list(model.parameters())), expected))
    backward(loss)
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), expected, strict=True))


def test_gradients_of_several_losses_add_up() -> None:
    model = network()
    backward(model(X).mean())
    once = [p.grad.clone() for p in model.parameters()]
    backward(model(X).mean())
    assert all(torch.allclose(p.grad, 2 * g) for p, g in zip(model.parameters(), once, strict=True))


def test_a_loss_that_is_no_number_is_refused_in_torchs_words() -> None:
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        backward(network()(X))
    with pytest.raises(RuntimeError, match="does not require grad"):
        backward(X.mean())


def test_an_engine_that_is_not_there_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_ENGINE", None)
    test_the_gradient_is_that_of_torch(torch.float32)


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adadelta])
def test_a_step_is_that_of_torch(kind: type[torch.optim.Optimizer]) -> None:
    models = network(), network()
    steps = [kind(model.parameters(), lr=0.01) for model in models]
    short, public = step_of(steps[0]), steps[1].step
    for _ in range(5):
        for model, step in zip(models, (short, public), strict=True):
            model.zero_grad()
            model(X).square().mean().backward()
            step()
    assert torch.equal(weights(models[0]), weights(models[1]))
    assert not torch.equal(weights(models[0]), weights(network()))


def test_hooks_and_schedules_are_heeded_also_when_they_come_later() -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step, heard = step_of(optimizer), []
    model(X).mean().backward()
    handle = optimizer.register_step_post_hook(lambda *_: heard.append("own"))
    step()
    handle.remove()
    common = register_optimizer_step_pre_hook(lambda *_: heard.append("common"))
    step()
    common.remove()
    step()
    assert heard == ["own", "common"]
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    step()
    schedule.step()  # torch warns, which is an error here, where the schedule has not seen the step
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.01)


def test_an_optimizer_of_ones_own_keeps_what_it_wraps_its_step_in() -> None:
    class Counting(torch.optim.SGD):
        made = 0

        @torch.no_grad()
        def step(self, closure: object = None) -> None:
            self.made += 1
            super().step()

    model = network()
    optimizer = Counting(model.parameters(), lr=0.1)
    model(X).mean().backward()
    step_of(optimizer)()
    assert optimizer.made == 1 and not torch.equal(weights(model), weights(network()))
