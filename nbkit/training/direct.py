"""Torch's calls for the gradient and the optimiser's step, without what is done in each for nobody.

`loss.backward()` and `optimizer.step()` go through layers of Python for profilers, hooks and compilers, which take a fifth of a
small network's step. Here the same calls are made beneath them where nobody has asked for more, and the public ones where somebody
has, or where a torch of another version has no such layers: the numbers are the same to the bit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

__all__ = ["backward", "gradients", "step_of"]

_ENGINE: Any = getattr(torch.autograd.Variable, "_execution_engine", None)
_ONE = torch.ones(())


def backward(loss: Tensor) -> None:
    """`loss.backward()`."""
    if _plain(loss):
        _ENGINE.run_backward((loss,), (_ONE,), False, False, (), allow_unreachable=True, accumulate_grad=True)
    else:
        loss.backward()  # type: ignore[no-untyped-call]


def gradients(loss: Tensor, of: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """`torch.autograd.grad(loss, of)`."""
    if _plain(loss):
        return _ENGINE.run_backward((loss,), (_ONE,), False, False, tuple(of), False, accumulate_grad=False)  # type: ignore[no-any-return]
    return torch.autograd.grad(loss, of)


def _plain(loss: Tensor) -> bool:
    """Whether the engine can be asked itself: a single number in torch's usual precision on the CPU."""
    return type(loss) is Tensor and not loss.shape and loss.dtype is _ONE.dtype and loss.is_cpu and _ENGINE is not None


def step_of(optimizer: Optimizer) -> Callable[[], object]:
    """`optimizer.step`, for an optimiser that needs no closure."""
    step: Any = type(optimizer).step
    beneath = getattr(step, "__wrapped__", None)
    if not getattr(step, "hooked", False) or beneath is None:  # `hooked` is torch's own mark of what it has wrapped
        return optimizer.step
    module = sys.modules[Optimizer.__module__]
    own = [getattr(optimizer, f"_optimizer_step_{when}_hooks", None) for when in ("pre", "post")]
    common = [getattr(module, f"_global_optimizer_{when}_hooks", None) for when in ("pre", "post")]
    before, after, before_all, after_all = hooks = [*own, *common]
    if None in hooks:
        return optimizer.step

    def beneath_it() -> object:
        # a schedule, or the user, may have put a step of its own into the optimiser
        if before or after or before_all or after_all or "step" in optimizer.__dict__:
            return optimizer.step()
        return beneath(optimizer)

    return beneath_it
