"""Normalisation to be tried on the lepton pairs' mass: its scale, its batches, BatchNorm's memory, and the speed of learning."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nbkit.dilepton import dileptons
from nbkit.displays.normalization import BINS, NormalizationDisplay
from nbkit.normalization import SCALES, batch_means, running_statistics, scale_of, spread_of_means
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import checkbox, choice, int_slider, log_slider, slider
from nbkit.widgets.normalization_program import program
from nbkit.widgets.page import columns, note
from nbkit.widgets.parts import player

__all__ = ["NormalizationExplorer"]

Array = NDArray[np.float64]

VIEWS = {
    "Distribution": "distribution",
    "Batches and sample": "batches",
    "BatchNorm's memory": "batch norm",
    "Speed of learning": "speed",
}
WINDOWS = {"86–96": (86.0, 96.0), "70–110": (70.0, 110.0), "50–130": (50.0, 130.0), "20–1000": (20.0, 1000.0)}
SIZES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
EVENTS = 10_000
MOST = 100  # batches
ANSWERS = (-5.0, 10.0)  # of the layer, that are shown; what lies outside counts at the end
CONTROLS = {  # of each view, beside what makes the events
    "distribution": {"scale", "log_scale"},
    "batches": {"batch_size"},
    "batch norm": {"batch_size", "batches", "momentum"},
    "speed": {"scale", "learning_rate"},
}
HINT = """<div style="line-height: 1.35; font-size: 12px">View of batches: click on the right axes to choose their size. View of
BatchNorm's memory: click on the left ones to choose how many it has seen.<br>
Keys for both, once the figure was clicked: ←&nbsp;→.</div>"""


class NormalizationExplorer(Explorer):
    """See what normalisation does to an observable, the invariant mass of lepton pairs, and to a network that learns from it.

    Events are 10 000 pairs (see `nbkit.dilepton`): `background` is their share without a Z, 0 … 0.9, `resolution` that of the mass
    in GeV, 0 … 5, `window` one of "86–96", "70–110", "50–130", "20–1000" GeV, `seed` 0 … 99. `view` is one of

    - "distribution": the mass as it is, and normalised by `scale`, "moments" (mean and standard deviation) or
      "quartiles"; `log_scale` counts the events on a logarithmic axis;
    - "batches": means of batches of `batch_size` (4, 8 … 1024) events against that of the sample;
    - "batch norm": what a BatchNorm layer remembers after `batches` (0 … 100) batches with `momentum` (0.01 … 1), and what it
      answers to the same events in training and in evaluation;
    - "speed": loss and accuracy of one network, 1→16→16→1, on the mass as it is, normalised, and with BatchNorm layers, 2000
      steps of SGD with `learning_rate` (0.0001 … 1).

    Raises ValueError for a name or value that is not allowed.
    """

    display = NormalizationDisplay

    def __init__(
        self,
        view: str = "distribution",
        background: float = 0.5,
        resolution: float = 1.5,
        window: str = "70–110",
        scale: str = "moments",
        log_scale: bool = False,
        batch_size: int = 32,
        batches: int = 10,
        momentum: float = 0.1,
        learning_rate: float = 0.01,
        seed: int = 0,
    ) -> None:
        scales = {"mean, standard deviation": "moments", "median, quartiles": "quartiles"}
        assert set(scales.values()) == set(SCALES)
        super().__init__(
            view=choice("View", view, VIEWS, tip="Choose what the figure shows"),
            background=slider("Background", background, 0, 0.9, tip="Set the share of the pairs that come from no Z"),
            resolution=slider(
                "Resolution/GeV", resolution, 0, 5, tip="Set the standard deviation of the measured mass at the peak"
            ),
            window=choice("Window/GeV", window, list(WINDOWS), tip="Choose which masses are kept"),
            scale=choice("Scale", scale, scales, tip="Choose what is taken off, and what is divided by"),
            log_scale=checkbox("Logarithmic", log_scale, tip="Count the events on a logarithmic axis"),
            batch_size=choice(
                "Batch size", batch_size, {str(size): size for size in SIZES}, tip="Choose how many events a batch has"
            ),
            batches=player(
                "Batches seen", batches, 0, MOST, interval=200, tip="Set how many batches the layer has had in training"
            ),
            momentum=slider(
                "Momentum", momentum, 0.01, 1, tip="Set the share of the new batch in the running mean; torch's is 0.1"
            ),
            learning_rate=log_slider(
                "Learning rate",
                learning_rate,
                1e-4,
                1,
                tip="Set the learning rate of plain SGD, the same for all three",
            ),
            seed=int_slider("Seed", seed, 0, 99, tip="Draw other events and another start by another number"),
        )

    def arrange(self) -> ipywidgets.Widget:
        return columns(super().arrange(), note(HINT))

    def idle(self, **parameters: Any) -> set[str]:
        return set.union(*CONTROLS.values()) - CONTROLS[parameters["view"]]

    def compute(self, view: str, **parameters: Any) -> dict[str, Any]:
        parameters["window"] = WINDOWS[parameters["window"]]
        return {"view": view, **getattr(self, f"_{view.replace(' ', '_')}")(**parameters)}

    def _distribution(self, scale: str, log_scale: bool, **parameters: Any) -> dict[str, Any]:
        mass, signal = _events(**_of_events(parameters))
        found, robust = (scale_of(mass, kind) for kind in (scale, "quartiles"))
        low, high = parameters["window"]
        edges = np.linspace(low, high, BINS + 1)
        counts = [np.histogram(mass[kind], edges)[0].astype(float) for kind in (signal, ~signal)]
        name = "Mean and standard deviation" if scale == "moments" else "Median and width from the quartiles"
        alone = mass[signal]
        peak = f" Standard deviation of the signal: {alone.std():.2f}." if len(alone) > 1 else ""
        return {
            "edges": edges,
            "signal": counts[0],
            "background": counts[1],
            "centre": found.centre,
            "width": found.width,
            "normalised_edges": found.normalised(edges),
            "log_scale": log_scale,
            "caption": f"{name}: {found.centre:.2f} and {found.width:.2f} GeV (quartiles: {robust.width:.2f}).{peak}\n"
            f"Normalised, the sample has mean {round(found.normalised(mass).mean(), 2) + 0.0:.2f} and standard deviation "
            f"{found.normalised(mass).std():.2f}.",
        }

    def _batches(self, batch_size: int, seed: int, **parameters: Any) -> dict[str, Any]:
        mass, _ = _events(**_of_events({**parameters, "seed": seed}))
        sizes = np.array(SIZES, float)
        spreads = _spreads(seed, **_of_events({**parameters, "seed": seed}))
        expected = mass.std() / np.sqrt(batch_size)
        return {
            "means": batch_means(mass, batch_size, 40, seed),
            "mean": float(mass.mean()),
            "expected": float(expected),
            "sizes": sizes,
            "spreads": spreads,
            "expected_spreads": mass.std() / np.sqrt(sizes),
            "batch_size": batch_size,
            "reach": float(1.6 * mass.std()),
            "caption": f"The sample has mean {mass.mean():.2f} and standard deviation σ = {mass.std():.2f} GeV. "
            f"Means of {batch_size} events spread by {spreads[SIZES.index(batch_size)]:.2f} GeV; "
            f"σ/√{batch_size} = {expected:.2f} GeV.",
        }

    def _batch_norm(
        self, batch_size: int, batches: int, momentum: float, seed: int, **parameters: Any
    ) -> dict[str, Any]:
        mass, _ = _events(**_of_events({**parameters, "seed": seed}))
        drawn = np.random.default_rng(seed).choice(mass, (MOST, batch_size))[:batches]
        run = running_statistics(drawn, momentum)
        edges = np.linspace(*ANSWERS, BINS + 1)
        shares = [
            np.histogram(np.clip(answer, edges[0], edges[-1]), edges)[0] / len(mass)
            for answer in (run.in_training(mass), run.in_evaluation(mass))
        ]
        way = 1 - (1 - momentum) ** batches
        width = float(np.sqrt(run.variance[-1]))
        return {
            "batch_means": run.batch_mean,
            "running_mean": run.mean,
            "mean": float(mass.mean()),
            "edges": edges,
            "train": shares[0],
            "evaluation": shares[1],
            "top": float(1.25 * mass.mean()),
            "caption": f"After {batches} batch{'es' * (batches != 1)}: running mean {run.mean[-1]:.2f} of {mass.mean():.2f} GeV "
            f"(1 − {1 - momentum:.3g}^{batches} = {way:.0%} of the way from 0), running width {width:.2f} of {mass.std():.2f}.\n"
            f"In evaluation an event at the mean gets {run.in_evaluation(np.array([mass.mean()]))[0]:.2f}, in training 0.",
        }

    def _speed(self, scale: str, learning_rate: float, **parameters: Any) -> dict[str, Any]:
        # torch is needed here alone, and takes longer to import than all the rest
        from nbkit.normalized_training import WAYS, best_accuracy

        events = _of_events(parameters)
        runs = {way: _learned(way, scale, learning_rate, **events) for way in WAYS}
        events.pop("seed")
        best = best_accuracy(**events)
        larger = max(parameters["background"], 1 - parameters["background"])
        said = ", ".join(f"{way} {run.accuracy:.3f}" for way, run in runs.items())
        return {
            "curves": {way: np.array([run.steps, run.loss]) for way, run in runs.items()},
            "accuracies": {way: run.accuracy for way, run in runs.items()},
            "best": best,
            "larger": larger,
            "caption": f"Same network, start and batches, learning rate {learning_rate:.3g}. Accuracy on new events: {said}.\n"
            f"The mass alone allows {best:.3f}; always saying the same gives {larger:.3f}.",
        }

    # --- the mouse and the keys

    def on_press(self, x: float, y: float, where: str) -> None:
        if where == "spread":
            self.move(batch_size=min(SIZES, key=lambda size: abs(np.log(size / max(x, 1.0)))))
        elif where == "running":
            self.move(batches=int(np.clip(round(x), 0, MOST)))

    def on_drag(self, x: float, y: float, where: str) -> None:
        self.on_press(x, y, where)

    def on_key(self, key: str) -> None:
        if key not in ("left", "right"):
            return
        shown, more = self.shown, 1 if key == "right" else -1
        if shown["view"] == "batches":
            self.move(batch_size=SIZES[int(np.clip(SIZES.index(shown["batch_size"]) + more, 0, len(SIZES) - 1))])
        elif shown["view"] == "batch norm":
            self.move(batches=int(np.clip(shown["batches"] + more, 0, MOST)))

    def code(self) -> str:
        shown = dict(self.shown)
        return program({**shown, "window": WINDOWS[shown["window"]]}, EVENTS)


def _of_events(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: parameters[name] for name in ("background", "resolution", "window", "seed")}


@lru_cache(maxsize=16)
def _events(
    background: float, resolution: float, window: tuple[float, float], seed: int
) -> tuple[Array, NDArray[np.bool_]]:
    """Masses and kinds, made once: moving what concerns the scale or the batches draws no events."""
    pairs = dileptons(EVENTS, background=background, resolution=resolution, window=window, seed=seed)
    return pairs.mass, pairs.signal


@lru_cache(maxsize=16)
def _spreads(draw: int, **events: Any) -> Array:
    return spread_of_means(_events(**events)[0], np.array(SIZES), seed=draw)


@lru_cache(maxsize=32)
def _learned(way: str, scale: str, learning_rate: float, **events: Any) -> Any:
    from nbkit.normalized_training import learn

    return learn(way, kind=scale, learning_rate=learning_rate, **events)
