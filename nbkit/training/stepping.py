"""One step of training, and the whole of what it reads and changes, which can be taken down and put back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from nbkit.devices import DeviceError, first_line
from nbkit.training.batches import Batches, Sample
from nbkit.training.dense import DenseGradient
from nbkit.training.direct import backward, step_of
from nbkit.training.losses import Function
from nbkit.training.optimization import make_optimizer, make_schedule, scale_rates, set_weight_decay
from nbkit.training.randomness import GlobalStream, draws_globally, module_state, restore_module_state, stateful
from nbkit.training.states import Packed, State

__all__ = ["Stepper"]


class Stepper:
    """A model, its data, loss, optimiser and schedule, and one step of learning: `advance`.

    The optimiser and its schedule are made here and again on another device; `l1` is the strength of the penalty Σ|w| over
    weights (not biases). Who holds a stepper sees to it that nobody else uses it meanwhile.
    """

    def __init__(
        self,
        model: nn.Module,
        data: Sample,
        loss: Function,
        *,
        optimizer: Any,
        options: Mapping[str, Any],
        schedule: Any,
        learning_rate: float,
        weight_decay: float,
        l1: float,
        batch_size: int | None,
        seed: int,
        device: torch.device,
    ) -> None:
        self.model, self.loss, self.l1, self.seed, self.device = model, loss, l1, seed, device
        self.batches = Batches(data, batch_size, seed)
        self._recipe = (optimizer, dict(options), schedule)
        self._learning_rate, self._weight_decay = learning_rate, weight_decay
        self.parameters = list(model.parameters())
        self._stateful = stateful(model)
        self._has_buffers = any(True for _ in model.buffers())
        self._constrain = getattr(model, "constrain", None)
        self._of_model: tuple[str, ...] = tuple(getattr(model, "live_settings", ()))
        self.random = draws_globally(model)
        self.start_over(seed)

    def start_over(self, seed: int) -> None:
        """Step 0 with the weights as they are: optimiser, schedule and all streams of random numbers begin anew."""
        self.seed, self.step, self.epoch, self.updating = seed, 0, 0, False
        self.batches.seed(seed)
        self.stream = GlobalStream(seed, self.device) if self.random else None
        self._make_optimizer()

    def _make_optimizer(self) -> None:
        optimizer, options, schedule = self._recipe
        learnable = [parameter for parameter in self.parameters if parameter.requires_grad]
        if not learnable:
            raise ValueError("the model has no parameters to learn: its forward needs layers, or nn.Parameter")
        self.optimizer = make_optimizer(optimizer, learnable, self._learning_rate, self._weight_decay, options)
        self._closure = isinstance(self.optimizer, torch.optim.LBFGS)
        self.schedule = make_schedule(schedule, self.optimizer)
        self._optimize = step_of(self.optimizer)
        self.look()

    def look(self) -> None:
        """See what the model is made of: somebody may have put other layers into it."""
        self._dense = DenseGradient.of(self.model, self.loss)

    def advance(self) -> Tensor:
        """One step; the loss of its batch before it, without the penalties, as a tensor that isn't read."""
        if not self.model.training:
            self.model.train()
        if self.stream is None:
            loss = self._update()
        else:
            with self.stream:
                loss = self._update()
        self.epoch += self.batches.advance()
        self.step += 1
        self.updating = False
        return loss

    def _update(self) -> Tensor:
        inputs, targets = self.batches.batch()
        if self._closure:  # an optimiser that looks at several places before it steps
            self.updating = True
            return torch.as_tensor(self.optimizer.step(lambda: self._backward(inputs, targets))).detach()  # type: ignore[arg-type, return-value]
        loss = self._backward(inputs, targets)
        self.updating = True
        self._optimize()
        if self._constrain is not None and getattr(self.model, "max_norm", True) is not None:
            self._constrain()
        return loss

    def _backward(self, inputs: tuple[Tensor, ...], targets: Tensor) -> Tensor:
        if self._dense is not None and self._dense.applies(inputs):
            loss = self._dense(inputs[0], targets)
        else:
            for parameter in self.parameters:
                parameter.grad = None
            loss = self.loss(self.model(*inputs), targets)
            backward(loss)
        if self.l1:
            for parameter in self.parameters:
                if parameter.grad is not None and parameter.ndim > 1:
                    parameter.grad.add_(parameter.detach().sign(), alpha=self.l1)
        return loss.detach()

    @property
    def epochs(self) -> float:
        """How many epochs were made, with the part of the begun one."""
        return self.epoch + self.batches.part

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that may be changed at any time, by name: `set` sets one."""
        return {
            "learning_rate": self._learning_rate,
            "weight_decay": self._weight_decay,
            "l1": self.l1,
            "batch_size": self.batches.size,
            **{name: getattr(self.model, name) for name in self._of_model},
        }

    def set(self, name: str, value: Any) -> None:
        if name in self._of_model:
            setattr(self.model, name, value)
        elif name == "batch_size":
            self.batches.resize(value)
        else:
            setattr(self, name, value)

    @torch.no_grad()
    def patch(self, places: list[tuple[int, Tensor, Tensor]]) -> None:
        """Put numbers into parameters and buffers, as `changes.difference` gives them."""
        tensors = [*self.parameters, *self.model.buffers()]
        for number, where, values in places:
            tensors[number].view(-1)[where.to(self.device)] = values.to(self.device)

    @property
    def learning_rate(self) -> float:
        """The rate that the schedule starts from; setting it scales the present rate and all that the schedule makes of it."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        scale_rates(self.optimizer, self.schedule, self._learning_rate, rate)
        self._learning_rate = rate

    @property
    def weight_decay(self) -> float:
        return self._weight_decay

    @weight_decay.setter
    def weight_decay(self, strength: float) -> None:
        set_weight_decay(self.optimizer, strength)
        self._weight_decay = strength

    def place(self, device: torch.device) -> None:
        """Go on on another device, after a trial step there; DeviceError in a line if that fails, and all is as it was.

        Random numbers go on from (seed, step): no two devices draw the same.
        """
        state, home = self.capture(), self.device
        at_home = [(tensor, tensor.data) for tensor in (*self.parameters, *self.model.buffers())]
        # For some kinds of device torch makes new parameters, and always new buffers: the modules get back their old ones.
        held = [(module, dict(module._parameters), dict(module._buffers)) for module in self.model.modules()]
        try:
            self._settle_on(device, state)
            self.advance().item()  # an operation that the device lacks shows here, and too little memory
            self.restore(state)
        except Exception as error:
            for tensor, data in at_home:
                tensor.data = data
            for module, parameters, buffers in held:
                module._parameters.update(parameters)
                module._buffers.update(buffers)
            self._settle_on(home, state, moved=True)
            why = "not enough memory" if isinstance(error, torch.OutOfMemoryError) else first_line(error)
            raise DeviceError(f"this model can't be trained on {device}: {why}; it stays on {home}") from error

    def _settle_on(self, device: torch.device, state: State, moved: bool = False) -> None:
        if not moved:
            self.model.to(device)
        self.device = device
        self.parameters = list(self.model.parameters())
        self.batches.replace(state.data.to(device))
        for parameter in self.parameters:
            parameter.grad = None
        self.stream = GlobalStream(self.seed + 1000003 * self.step, device) if self.random else None
        self._make_optimizer()
        self.restore(state)

    @torch.no_grad()
    def capture(self, **more: Any) -> State:
        """A copy of everything that the steps which follow depend on."""
        inner = [
            (number, key, value)
            for number, parameter in enumerate(self.parameters)
            for key, value in self.optimizer.state.get(parameter, {}).items()
        ]
        return State(
            step=self.step,
            epoch=self.epoch,
            learned=Packed([*self.parameters, *(v for _, _, v in inner if isinstance(v, Tensor))]),
            buffers=Packed(list(self.model.buffers()) if self._has_buffers else []),
            optimizer=[
                (n, k, True, None) if isinstance(v, Tensor) else (n, k, False, copy.deepcopy(v)) for n, k, v in inner
            ],
            groups=[{k: v for k, v in group.items() if k != "params"} for group in self.optimizer.param_groups],
            schedule=None if self.schedule is None else copy.deepcopy(self.schedule.state_dict()),
            place=self.batches.place,
            modules=module_state(self._stateful),
            streams={} if self.stream is None else dict(self.stream.states),
            data=self.batches.data,
            settings=self.settings,
            **more,
        )

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Put back a state of this model, taken on this device or another."""
        copies = iter(state.learned.tensors())
        for parameter in self.parameters:
            parameter.copy_(next(copies))
        for buffer, value in zip(self.model.buffers(), state.buffers.tensors(), strict=True):
            buffer.copy_(value)
        for group, saved in zip(self.optimizer.param_groups, state.groups, strict=True):
            group.update({k: v for k, v in saved.items() if k != "fused"})  # the form belongs to the device
        on_device = any(group.get("fused") or group.get("capturable") for group in self.optimizer.param_groups)
        self.optimizer.state.clear()
        for number, key, is_tensor, value in state.optimizer:
            parameter = self.parameters[number]
            if is_tensor:
                value = next(copies).clone()
                # Where torch keeps them: its own rule, in Optimizer.load_state_dict.
                value = value.to(parameter.device if key != "step" or on_device else "cpu")
            self.optimizer.state[parameter][key] = copy.deepcopy(value) if not is_tensor else value
        if self.schedule is not None:
            self.schedule.load_state_dict(copy.deepcopy(state.schedule))
        self._learning_rate, self._weight_decay = state.settings["learning_rate"], state.settings["weight_decay"]
        self.l1 = state.settings["l1"]
        self.batches.size = state.settings["batch_size"]
        for name in self._of_model:
            setattr(self.model, name, state.settings[name])
        self.batches.data = state.data.to(self.device)
        self.batches.place = state.place
        restore_module_state(self._stateful, state.modules)
        if self.stream is not None:
            self.stream.states.update({d: s for d, s in state.streams.items() if d in self.stream.states})
        self.step, self.epoch, self.updating = state.step, state.epoch, False
