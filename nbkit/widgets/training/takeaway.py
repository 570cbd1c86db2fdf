"""What is taken away: the state as a text, weights and history as tables."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import zlib
from typing import Any, Self

import numpy as np
import torch

from nbkit.widgets.training.hands import Hands

__all__ = ["TakeAway"]

MARK = "nbkit1:"


class TakeAway(Hands):
    """`state` and `from_state`, `weights_csv` and `history_csv`, `save_data` and `save_model`."""

    @property
    def state(self) -> str:
        """A short text that remakes the explorer by `from_state`: its parameters, and the weights that are shown."""
        model = self.run_.model_at(self.shown["steps"])
        tensors = {
            name: value.detach().cpu() for name, value in model.state_dict().items() if isinstance(value, torch.Tensor)
        }
        weights = np.concatenate([value.double().numpy().ravel() for value in tensors.values()] or [np.empty(0)])
        text = json.dumps(self.shown, separators=(",", ":")).encode()
        packed = zlib.compress(len(text).to_bytes(4, "big") + text + weights.astype("<f4").tobytes(), 9)
        return MARK + base64.urlsafe_b64encode(packed).decode()

    @classmethod
    def from_state(cls, state: str, **objects: Any) -> Self:
        """The explorer of a `state`; `objects` are the model and data where they were the user's own.

        It trains as the parameters say. Where another machine comes to other weights, those of the text are put in their place.
        Raises ValueError for a text that is none, and where the model has another shape.
        """
        try:
            if not state.strip().startswith(MARK):
                raise ValueError
            packed = zlib.decompress(base64.urlsafe_b64decode(state.strip().removeprefix(MARK)))
            size = int.from_bytes(packed[:4], "big")
            parameters = json.loads(packed[4 : 4 + size])
            weights = np.frombuffer(packed[4 + size :], "<f4")
        except ValueError:
            raise ValueError(f"a state begins with {MARK!r} and is copied as a whole, got {state[:40]!r}") from None
        except zlib.error:
            raise ValueError(
                "this state was not copied as a whole: copy it again, from its first letter to its last"
            ) from None
        explorer = cls(**objects, **parameters)
        explorer._put(weights)
        return explorer

    def _put(self, weights: np.ndarray[Any, Any]) -> None:
        """Make the numbers of the model these, in the order of its state_dict, where they are others."""
        tensors = [value for value in self.trainer.model.state_dict().values() if isinstance(value, torch.Tensor)]
        if sum(value.numel() for value in tensors) != len(weights):
            raise ValueError("the state is that of a model of another shape")
        at = 0
        parts = []
        for value in tensors:
            parts.append(torch.from_numpy(weights[at : at + value.numel()].copy()).view(value.shape).to(value))
            at += value.numel()
        if all(torch.equal(value, part) for value, part in zip(tensors, parts, strict=True)):
            return
        with self.lock:
            with self.trainer.edit():
                for value, part in zip(tensors, parts, strict=True):
                    value.copy_(part)
            self._update()
            self._show()

    def save_data(self, path: str | os.PathLike[str]) -> None:
        """Write the samples that are shown as a file of numpy's, for the program of `code` where it can't make them."""
        parts: dict[str, Any] = {}
        for which, end in (("train", ""), ("validation", "_validation")):
            inputs, targets = self.painter.places.fed(getattr(self.painter.places.samples, which))
            numbers = [""] if len(inputs) == 1 else [str(number + 1) for number in range(len(inputs))]
            parts |= {f"x{end}{number}": x.cpu().numpy() for number, x in zip(numbers, inputs, strict=True)}
            parts[f"y{end}"] = targets.cpu().numpy()
        np.savez(os.fspath(path), **parts)

    def save_model(self, path: str | os.PathLike[str]) -> None:
        """Write the weights of step 0 as a file of numpy's, by name: for the program of `code`, where the module is your own."""
        weights = self.run_.model_at(0).state_dict()
        tensors: dict[str, Any] = {
            name: value.cpu().numpy() for name, value in weights.items() if isinstance(value, torch.Tensor)
        }
        np.savez(os.fspath(path), **tensors)

    def history_csv(self) -> str:
        """Steps, epochs, learning rate, losses and metrics, one measurement a line."""
        return self.trainer.history.to_csv()

    def weights_csv(self) -> str:
        """Every number of the model at the step that is shown, one a line: its parameter, its place in it, its value."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["parameter", "place", "value"])
        for name, parameter in self.run_.model_at(self.shown["steps"]).named_parameters():
            for index, value in np.ndenumerate(parameter.detach().cpu().numpy()):
                writer.writerow([name, " ".join(map(str, index)), repr(float(value))])
        return text.getvalue()
