"""Early stopping, judged on validation losses that are written down beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nbkit.checks.findings import Wrong
from nbkit.checks.judging import check
from nbkit.checks.networks import weights
from nbkit.checks.overfitting.curves import fit_asked
from nbkit.checks.overfitting.runs import EXERCISE, RATE, Run, read_run
from nbkit.displays.comparison import ComparisonDisplay
from nbkit.landscape import Array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["check_early_stopping"]

#: Validation losses before the first and after each epoch: a dent before the valley, and a second valley that comes too late.
WAVY = np.array([5, 4, 3, 3.4, 3.2, 2, 2.3, 2.6, 1.5, 1.7, 1.9, 1.6, 1.8, 2.4, 2.2, 2.5, 1.2, 1.0, 0.9, 0.8, 0.8])
FALLING = np.array([3, 2.7, 2.5, 2.2, 2.1, 1.9, 1.8, 1.5, 1.4])

ABOVE = "Does the check of the training, above, say that all is right, with this very `fit`?"


def scripted(losses: Array) -> nn.Module:
    """A network whose validation losses are these: its one weight walks by RATE in each step of Adam, and says which epoch it is."""
    import torch
    from torch import nn

    class Scripted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, x: Any) -> Any:
            # To the training points (x = 0) it answers with its weight, to the validation points (x = 1) with the next loss's root.
            epoch = int(torch.round(self.weight.detach() / RATE).clamp(0, len(losses) - 1))
            return torch.where(x < 0.5, self.weight, float(losses[epoch]) ** 0.5)

    return Scripted()


def epoch_of(model: nn.Module) -> float:
    """The epoch in which a scripted network had its present weight."""
    return float(weights(model)[0] / RATE)


@check(
    EXERCISE,
    "early stopping",
    "After `patience` epochs in a row without a new lowest validation loss the training stops, and gives back the network of the lowest one.",
    "Patience 2 and validation losses 9, 5, 6, 4, 5, 7, 3: the 4 is the lowest that is seen, the 5 and the 7 after it are two without a better one. There are six losses, and the network is that of the 4.",
)
def check_early_stopping(fit: Any, *, rng: np.random.Generator) -> str:
    """Judge the patience of `fit`: where it stops, and which weights it gives back; None never stops and keeps the last."""
    ask = fit_asked(fit)
    scale = float(rng.uniform(0.5, 2))
    for script, patience in ((WAVY, 3), (WAVY, None), (WAVY, 5), (FALLING, 2)):
        losses, epochs = script * scale, len(script) - 1
        run = _asked(ask, losses, epochs, patience)
        stop, best = _rule(losses, patience)
        if patience is None:
            _judge_without(run, epochs)
            continue
        got = len(run.validation) - 1
        if abs(got - stop) <= 1 and got <= epochs:
            _judge_weights(run, got, best, patience)
            continue
        _explain_stop(got, losses, stop, best, patience)
    return "It stops where nothing better came for the patience that was asked, gives back the best network, and waits on while the loss falls."


def _asked(ask: Any, losses: Array, epochs: int, patience: int | None) -> Run:
    import torch

    # so far away that the slope is the same all the time, and each step of Adam as long as the learning rate
    train = torch.zeros(6, 1), torch.full((6, 1), 1e4)
    validation = torch.ones(6, 1), torch.zeros(6, 1)
    run = read_run(ask(scripted(losses), train, validation, epochs, 0.0, patience), "What `fit` gives back")
    seen = run.validation
    if len(seen) > len(losses) or not np.allclose(seen, losses[: len(seen)], rtol=1e-3):
        raise Wrong(
            "The validation losses in your list are not those that the network had after each epoch.",
            ABOVE,
        )
    back = epoch_of(run.model)
    if abs(back - round(back)) > 0.2 or round(back) > len(seen) - 1:
        raise Wrong("The network has not made one step of Adam, of the same length, in each epoch.", ABOVE)
    return run


def _rule(losses: Array, patience: int | None) -> tuple[int, int]:
    """The epoch after which it stops, and the best one until then."""
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        elif patience is not None and epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


def _judge_without(run: Run, epochs: int) -> None:
    if len(run.validation) != epochs + 1:
        raise Wrong(
            f"With patience None it stopped after epoch {len(run.validation) - 1} of {epochs}.",
            "None means that nothing is stopped: then one sees what happens without the cure.",
        )
    if abs(epoch_of(run.model) - epochs) > 0.5:
        raise Wrong(
            f"With patience None the network that came back is that of epoch {epoch_of(run.model):.0f}, not the last one.",
            "None means no early stopping: the network stays as the last epoch left it. Otherwise every run is cured, whether you asked for it or not.",
        )


def _judge_weights(run: Run, got: int, best: int, patience: int) -> None:
    back = epoch_of(run.model)
    if abs(back - best) < 0.5:
        return
    said = f"With patience {patience} it stopped after epoch {got}; the lowest validation loss was that of epoch {best}, and the network that came back is that of epoch {back:.0f}."
    held = "where it stops."
    if abs(back - got) < 0.5:
        raise Wrong(
            said,
            f"Patience {patience} means that you stopped {patience} epochs *after* the best. Put its weights back. If you do: was it a copy that you kept? What `state_dict()` hands out are the weights themselves, and they go on moving.",
            held=held,
        )
    if back < 0.5:
        raise Wrong(
            said,
            "The weights of the start came back. Are they kept anew whenever the loss is a new lowest one?",
            held=held,
        )
    if abs(back - best) < 1.5:
        raise Wrong(
            said,
            "One epoch beside it. Are loss and weights kept at the same moment: both before the step, or both after?",
            held=held,
        )
    raise Wrong(said, "When are the weights kept, and with which loss is the new one compared?", held=held)


def _explain_stop(got: int, losses: Array, stop: int, best: int, patience: int) -> None:
    said = f"With patience {patience} and these validation losses it has to stop after epoch {stop}; it stopped after epoch {got}."
    figure = _picture(losses, stop, got)
    epochs = len(losses) - 1
    usual: list[tuple[Callable[[], int], str]] = [
        (lambda: _stop_of(losses, patience, reset=False), "All epochs without a new lowest loss have been counted together. A new lowest one begins the count anew."),
        (lambda: epochs, "It went on to the last epoch. Is it the validation loss that is watched, and compared with the lowest so far?"),
        (lambda: _stop_of(losses, patience, previous=True), "Is the loss compared with the lowest so far, or with the one before?"),
        (lambda: _stop_of(losses, 1), "A single epoch without a better loss stopped it. What is patience for?"),
        (lambda: _stop_of(losses, 2), "Hardly any patience: is it the number that was asked for?"),
        (lambda: best, "It stopped at the best epoch. Nobody knows at that moment that it is the best."),
        (lambda: patience, "It stopped after as many epochs as the patience is, though the loss still fell."),
    ]  # fmt: skip
    if got > epochs:
        raise Wrong(
            f"It went on after epoch {epochs}, the last that was asked for.", "`epochs` is the most there may be."
        )
    thought = next(
        (thought for rule, thought in usual if rule() == got),
        "Write the losses down, and count by hand how many epochs there are since the lowest.",
    )
    raise Wrong(said, thought, figure=figure)


def _stop_of(losses: Array, patience: int, *, reset: bool = True, previous: bool = False) -> int:
    """Where a rule stops that forgets to begin its count anew, or compares with the epoch before."""
    lowest, waited = losses[0], 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < lowest:
            waited = 0 if reset else waited
        else:
            waited += 1
        lowest = losses[epoch] if previous else min(lowest, losses[epoch])
        if waited >= patience:
            return epoch
    return len(losses) - 1


def _picture(losses: Array, stop: int, got: int) -> Any:
    epochs = np.arange(len(losses))
    display = ComparisonDisplay()
    expected, seen = (np.where(epochs <= last, losses, np.nan) for last in (stop, got))
    display.update(epochs, expected, seen, xlabel="epoch", ylabel="validation loss")
    return display.figure_
