"""Loss and metrics of a model on whole samples, in evaluation mode, all measured alike."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from nbkit.training.batches import Sample
from nbkit.training.losses import Function
from nbkit.training.randomness import GlobalStream

__all__ = ["Evaluation", "outputs_of"]

_ROWS = 8192


def outputs_of(model: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
    """The model's outputs in evaluation mode, a few thousand rows at a time; its mode is left as it was."""
    training = model.training
    model.eval()
    try:
        return _outputs(model, inputs)
    finally:
        model.train(training)


@torch.no_grad()
def _outputs(model: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
    if len(inputs[0]) <= _ROWS:
        return model(*inputs)  # type: ignore[no-any-return]
    return torch.cat([model(*part) for part in zip(*(torch.split(x, _ROWS) for x in inputs), strict=True)])


class Evaluation:
    """The loss and the `metrics` of the training sample, and of the validation sample where there is one.

    Of a training sample of more than `limit` rows so many, evenly spread, are looked at; of the validation sample all.
    """

    limit = 4096

    def __init__(
        self, loss: Function, metrics: Mapping[str, Function], train: Sample, validation: Sample | None
    ) -> None:
        self._functions = {"loss": loss, **metrics}
        self.train, self.validation = train, validation
        prefixes = ["", "validation_"] if validation else [""]
        self.names = [prefix + name for prefix in prefixes for name in self._functions]

    @property
    def train(self) -> Sample:
        return self._train

    @train.setter
    def train(self, train: Sample) -> None:
        count = len(train.targets)
        if count > self.limit:
            rows = torch.linspace(0, count - 1, self.limit, dtype=torch.float64).long().to(train.targets.device)
            train = Sample(tuple(x.index_select(0, rows) for x in train.inputs), train.targets.index_select(0, rows))
        self._train = train

    def to(self, device: torch.device) -> None:
        """Measure on another device from now on."""
        self._train = self._train.to(device)
        self.validation = self.validation and self.validation.to(device)

    def __call__(self, model: nn.Module, stream: GlobalStream | None = None) -> Tensor:
        """The numbers that `names` names, shape (len(names),), on the device and not read; the model is left in evaluation mode."""
        if stream is not None:
            with stream:
                return self(model)
        samples = [self.train] if self.validation is None else [self.train, self.validation]
        device = self.train.targets.device
        wide = torch.float32 if device.type == "mps" else torch.float64  # mps has no other
        model.eval()
        with torch.no_grad():
            values = []
            for some in samples:
                outputs = _outputs(model, some.inputs)
                values += [f(outputs, some.targets) for f in self._functions.values()]
            return torch.stack([torch.as_tensor(value).to(device, wide) for value in values])
