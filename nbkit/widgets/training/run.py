"""The training that the explorer's parameters describe, kept from one picture to the next instead of made anew."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from nbkit.devices import usable_device
from nbkit.models import MLP
from nbkit.training import Diverged, Ensemble, Trainer
from nbkit.widgets.training.changes import Change, effective, later
from nbkit.widgets.training.controls import FRESH
from nbkit.widgets.training.samples import OwnData, Samples, samples_of

__all__ = ["TASKS", "Run"]

Parameters = Mapping[str, Any]

TASKS = {
    "binary": ("binary_cross_entropy",),
    "multiclass": ("cross_entropy",),
    "regression": ("mse", "mae", "huber"),
}


class Run:
    """A `trainer` that is brought to where the parameters say: made anew, changed, moved on, or branched off.

    `model` is a module or a function that makes one, `data` the user's; None is what the parameters name. `loss` and
    `optimizer` are the user's own, or None.
    """

    def __init__(self, model: Any = None, data: OwnData | None = None, loss: Any = None, optimizer: Any = None) -> None:
        self._model, self._data, self._loss, self._optimizer = model, data, loss, optimizer
        # A module of the user's is trained itself, and starts each time from the weights that it came with.
        self._start = copy.deepcopy(model.state_dict()) if isinstance(model, nn.Module) else None
        self._fresh: dict[str, Any] | None = None
        self._first: dict[str, Any] = {}  # the live settings at step 0
        self._done: list[Change] = []  # the changes that were made after it
        self._looked: tuple[int, int, nn.Module] | None = None
        self._samples: dict[float, Samples] = {}  # by noise
        self.trainer: Trainer
        #: How often it was made anew.
        self.made = 0

    def another(self) -> Run:
        """A run of the same model and data, which nothing was done with yet."""
        model = copy.deepcopy(self._model) if isinstance(self._model, nn.Module) else self._model
        if isinstance(model, nn.Module) and self._start is not None:
            model.load_state_dict(self._start)
        return Run(model, self._data, self._loss, self._optimizer)

    def to(self, parameters: Parameters) -> None:
        """Make `trainer` that of the parameters, trained for at least `steps` steps.

        Where `changes` differ from what was done, it goes back to the first difference, and on from there. Raises ValueError
        for what can't be made, and `Diverged` never: the trainer then stands before `steps`.
        """
        fresh = {name: parameters[name] for name in FRESH if name in parameters}
        if fresh != self._fresh:
            if parameters["device"] != "auto":
                usable_device(parameters["device"])  # before anything is made for one that is not here
            self._make(parameters)
            self._fresh = fresh
        device, tried = parameters["device"], bool(self.trainer.why_there)
        # "auto" tries once for each training
        there = tried if device == "auto" else not tried and device == str(self.trainer.device)
        if not there:
            self.trainer.to(device)
        self._back(parameters)
        self._on(parameters)

    def walk(self, steps: int) -> int:
        """So many steps more, fewer when `trainer.stop` is called or the numbers end; how many were made."""
        before = self.trainer.steps
        with contextlib.suppress(Diverged):  # the trainer keeps it, and the figure says it
            self.trainer.run(steps=steps)
        return self.trainer.steps - before

    def model_at(self, step: int) -> nn.Module:
        """The model as it was after `step` steps; the trainer's own where that is now."""
        if step >= self.trainer.steps:
            return self.trainer.model
        if self._looked is None or self._looked[:2] != (self.made, step):
            known = self._looked if self._looked is not None and self._looked[0] == self.made else None
            model = known[2] if known else copy.deepcopy(self.trainer.model)
            model.load_state_dict(self.trainer.at(step), strict=False)
            self._looked = (self.made, step, model.eval())
        return self._looked[2]

    def samples_at(self, parameters: Parameters, step: int) -> Samples:
        """The data that the step after `step` learns from."""
        noise = effective(parameters, step).get("noise", 0.0)
        if noise not in self._samples:
            self._samples[noise] = samples_of(self._data, {**parameters, "noise": noise})
        return self._samples[noise]

    # --- making

    def _make(self, parameters: Parameters) -> None:
        now = {**parameters, **effective(parameters, 0)}
        samples = samples_of(self._data, now)
        model = self._make_model(now, samples)
        task = samples.train.task
        loss = self._loss if self._loss is not None else parameters["loss"]
        if isinstance(loss, str) and loss not in TASKS[task]:
            raise ValueError(
                f"{loss.replace('_', ' ')} does not fit: {samples.train.name} is {WORDS[task]}, whose loss is "
                f"{' or '.join(TASKS[task]).replace('_', ' ')}"
            )
        self.trainer = Trainer(
            model,
            samples.pair("train"),
            samples.pair("validation"),
            **self._how(parameters, now),
            l1=now["l1"],
            seed=parameters["seed"],
            schedule=None if parameters["schedule"] == "none" else parameters["schedule"],
        )
        self._samples = {now.get("noise", 0.0): samples}
        self._noise, self._first, self._done = now.get("noise"), effective(parameters, 0), []
        self.made += 1

    def several(self, parameters: Parameters, count: int) -> Ensemble:
        """So many runs of what the parameters say, the first with their seed and each other with the next, at step 0.

        Raises ValueError, which says why, for what several runs at once can't be.
        """
        reasons = {
            "something was changed on the way": later(parameters["changes"]),
            "several at once have no L1": effective(parameters, 0)["l1"],
            "several at once have no schedule": parameters["schedule"] != "none",
        }
        for reason, holds in reasons.items():
            if holds:
                raise ValueError(reason)
        now = {**parameters, **effective(parameters, 0)}
        samples, seeds = self.samples_at(parameters, 0), [parameters["seed"] + number for number in range(count)]
        models = [self._make_model({**now, "seed": seed}, samples) for seed in seeds]
        pairs, how = (samples.pair("train"), samples.pair("validation")), self._how(parameters, now)
        return Ensemble(models, *pairs, **how, seed=seeds, device=self.trainer.device)

    def _how(self, parameters: Parameters, now: Parameters) -> dict[str, Any]:
        return {
            "loss": self._loss if self._loss is not None else parameters["loss"],
            "optimizer": self._optimizer if self._optimizer is not None else parameters["optimizer"],
            "optimizer_options": self._options(parameters),
            **{name: now[name] for name in ("learning_rate", "batch_size", "weight_decay")},
        }

    def _make_model(self, now: Parameters, samples: Samples) -> nn.Module:
        if self._model is None:
            hidden, activation = now["hidden"], now["activation"]
            if not isinstance(activation, str):
                activation = [*activation, *activation[-1:] * len(hidden)][: len(hidden)]
            return MLP(
                len(samples.labels),
                hidden,
                samples.train.outputs,
                activation=activation,
                dropout=now["dropout"],
                batch_norm=now["batch_norm"],
                init=now["init"],
                max_norm=now["max_norm"] or None,
                seed=now["seed"],
            )
        if isinstance(self._model, nn.Module):
            assert self._start is not None
            self._model.load_state_dict(self._start)
            return self._model
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(now["seed"])
            made = self._model()
        if not isinstance(made, nn.Module):
            raise ValueError(
                f"model must be a torch.nn.Module or a function that makes one, it made {type(made).__name__}"
            )
        return made

    def _options(self, parameters: Parameters) -> dict[str, Any]:
        """The momentum, by the name that the optimiser has for it."""
        name, momentum = parameters.get("optimizer"), parameters.get("momentum")
        if name in ("momentum", "nesterov", "rmsprop"):
            return {"momentum": momentum}
        if name in ("adam", "adamw", "nadam"):
            return {"betas": (momentum, 0.999)}
        return {}

    # --- moving

    def _back(self, parameters: Parameters) -> None:
        """Undo what was done otherwise than the parameters say."""
        first, said = effective(parameters, 0), later(parameters["changes"])
        if first != self._first:
            if self.trainer.steps:
                self.trainer.reset()
            self._set(parameters, 0)
            self._first, self._done = first, []
            return
        common = 0
        while self._done[common : common + 1] and self._done[common : common + 1] == said[common : common + 1]:
            common += 1
        undone, ahead = self._done[common:], said[common:]
        if not undone and (not ahead or ahead[0][0] >= self.trainer.steps):
            return
        step = min(change[0] for change in (undone[:1] + ahead[:1]))
        if undone and undone[0][0] == step:
            step -= 1  # what was done at that step has to go as well
        step = min(step, self.trainer.steps)  # who looks back and goes on has gone back before
        if step < 0:
            self.trainer.reset()
        else:
            self.trainer.rewind(step)
        self._set(parameters, max(step, 0))
        self._done, self._looked = self._done[:common], None

    def _on(self, parameters: Parameters) -> None:
        """Go on to `steps`, with the changes on the way."""
        target = parameters["steps"]
        for change in later(parameters["changes"])[len(self._done) :]:
            at = change[0]
            if at > max(target, self.trainer.steps) or not self._reach(at):
                break
            self._set(parameters, at)
            if "weights" in change[1]:
                self._edit(change[1]["weights"])
            self._done.append(change)
        self._reach(target)

    def _reach(self, step: int) -> bool:
        while self.trainer.steps < step:
            if not self.walk(step - self.trainer.steps):
                return False
        return True

    def _set(self, parameters: Parameters, step: int) -> None:
        """Make the live settings those of that step."""
        trainer, settings = self.trainer, effective(parameters, step)
        for name in ("learning_rate", "batch_size", "weight_decay", "l1"):
            if getattr(trainer, name) != settings[name]:
                setattr(trainer, name, settings[name])
        if self._model is None:
            trainer.adjust(dropout=settings["dropout"], max_norm=settings["max_norm"] or None)
        if settings.get("noise") != self._noise:
            self._noise = settings.get("noise")
            samples = self.samples_at(parameters, step)
            trainer.train, trainer.validation = samples.pair("train"), samples.pair("validation")

    def _edit(self, edits: Sequence[Any]) -> None:
        """Set single weights: [name of the parameter, index in it, value] each."""
        with self.trainer.edit() as model:
            for name, index, value in edits:
                model.get_parameter(name)[tuple(index)] = value


WORDS = {"binary": "of two classes", "multiclass": "of several classes", "regression": "a regression"}
