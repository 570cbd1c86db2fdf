"""Capacity to be turned up and down: the fit, its two errors, and what many samples would have given."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from nbkit.capacity import MODELS, bias_variance, fit, fit_networks, fit_polynomials, noisy_samples, values_of
from nbkit.displays.capacity import CapacityDisplay
from nbkit.expressions import Expression
from nbkit.widgets.base import Explorer
from nbkit.widgets.capacity_program import program
from nbkit.widgets.controls import checkbox, choice, int_slider, slider, text
from nbkit.widgets.page import columns, note

__all__ = ["CapacityExplorer"]

Array = NDArray[np.float64]

GRID = np.linspace(-0.995, 0.995, 200)  # the middles of 200 cells, so that a mean over them is one over [−1, 1]
MOST = 15  # degree or width
RUNS = 200
RIDGES = {"none": 0.0, "0.0001": 1e-4, "0.001": 1e-3, "0.01": 0.01, "0.1": 0.1, "1": 1.0, "10": 10.0, "100": 100.0}
HINT = """<div style="line-height: 1.35; font-size: 12px">Mouse: click on the right axes to choose a capacity.<br>
Keys, once the figure was clicked: ←&nbsp;→ capacity, ↓&nbsp;↑ ridge, n new sample, m many samples.</div>"""


class CapacityExplorer(Explorer):
    """Fit noisy samples with a model of any capacity, and see training and validation part.

    `function` is a formula of x (see `nbkit.Expression`) on [−1, 1]; `own`, a callable of an array (n,), takes its place. `samples`
    is 5 … 200 points for training and as many for validation, `noise` their standard deviation, 0 … 1, `seed` 0 … 999. `model` is
    "polynomial" or "network" (one hidden layer of tanh), `capacity` its degree or width, 0 … 15, `ridge` one of 0, 0.0001 … 100
    times the sum of the squared coefficients, added to the sum of the squared errors. With `many` 200 further samples are fitted,
    whose mean and spread are drawn, and bias² + variance + noise is told. Raises ValueError for a value that is not allowed.
    """

    display = CapacityDisplay

    def __init__(
        self,
        function: str = "sin(pi*x)",
        model: str = "polynomial",
        capacity: int = 3,
        samples: int = 20,
        noise: float = 0.3,
        ridge: float = 0.0,
        many: bool = False,
        seed: int = 0,
        own: Callable[[Array], ArrayLike] | None = None,
    ) -> None:
        if own is not None and not callable(own):
            raise ValueError(f"own must be a callable of x, or None, got {own!r:.60}")
        super().__init__(
            objects={"own": own},
            capacity=int_slider(
                "Capacity",
                capacity,
                0,
                MOST,
                tip="Set the degree of the polynomial, or the hidden neurons of the network",
            ),
            model=choice("Model", model, MODELS, tip="Choose what is fitted"),
            ridge=choice("Ridge", ridge, RIDGES, tip="Choose how strongly squares of coefficients are penalised"),
            samples=int_slider("Samples", samples, 5, 200, tip="Set how many points train, and as many validate"),
            noise=slider("Noise σ", noise, 0, 1, tip="Set the standard deviation of the noise in y"),
            function=text("Function", function, tip="Type the true function and press Enter", check=_formula),
            many=checkbox("200 new samples", many, tip="Fit 200 further samples, and draw their mean and their spread"),
            seed=int_slider("Sample", seed, 0, 999, tip="Draw another sample by another number"),
        )

    def arrange(self) -> ipywidgets.Widget:
        new = self.button("New sample", "Draw another sample of the same function", self._new_sample)
        return columns(super().arrange(), new, note(HINT))

    def idle(self, **parameters: Any) -> set[str]:
        return {"function"} if self.objects["own"] is not None else set()

    def compute(
        self, function: str, model: str, capacity: int, samples: int, noise: float, ridge: float, many: bool, seed: int
    ) -> dict[str, Any]:
        true = self.objects["own"] or _formula(function)
        x, y = noisy_samples(true, samples, noise, 1, seed)
        new = noisy_samples(true, samples, noise, 1, seed + 100_003)
        train, validation = _errors(model, ridge, x.tobytes(), y.tobytes(), *(part.tobytes() for part in new))
        curve = fit(model, x, y, capacity, ridge).predict(GRID[None])[0]
        mean = spread = np.empty(0)
        expected = np.full(MOST + 1, np.nan)
        name = "degree" if model == "polynomial" else "hidden neurons"
        said = (
            f"{name} {capacity}: {_parameters(model, capacity)} parameters, {samples} points. "
            f"Error {_short(train[capacity])} in training, {_short(validation[capacity])} in validation."
        )
        if many:
            told = bias_variance(
                model,
                true,
                GRID,
                capacity=capacity,
                ridge=ridge,
                samples=samples,
                noise=noise,
                runs=RUNS,
                seed=seed + 200_003,
            )
            mean, spread = told.mean, told.spread
            expected[capacity] = told.expected
            said += (
                f"\nbias² {_short(told.bias)} + variance {_short(told.variance)} + noise {_short(told.noise)} = "
                f"{_short(told.expected)}; on new points {_short(told.measured.mean())}, "
                f"in the median {_short(float(np.median(told.measured)))}."
            )
        return {
            "x": GRID,
            "truth": values_of(true, GRID),
            "curve": curve,
            "train": np.column_stack([x[0], y[0]]),
            "validation": np.column_stack([part[0] for part in new]),
            "mean": mean,
            "spread": spread,
            "capacities": np.arange(MOST + 1.0),
            "train_errors": train,
            "validation_errors": validation,
            "expected": expected,
            "now": capacity,
            "noise": noise**2,
            "capacity_name": name,
            "text": f"training error {_short(train[capacity])}\nvalidation error {_short(validation[capacity])}",
            "caption": said,
        }

    # --- the mouse and the keys

    def on_press(self, x: float, y: float, where: str) -> None:
        if where == "errors":
            self.move(capacity=int(np.clip(round(x), 0, MOST)))

    def on_drag(self, x: float, y: float, where: str) -> None:
        self.on_press(x, y, where)

    def on_key(self, key: str) -> None:
        shown, ridges = self.shown, list(RIDGES.values())
        if key in ("left", "right"):
            self.move(capacity=min(max(shown["capacity"] + (1 if key == "right" else -1), 0), MOST))
        elif key in ("up", "down"):
            place = ridges.index(shown["ridge"]) + (1 if key == "up" else -1)
            self.move(ridge=ridges[min(max(place, 0), len(ridges) - 1)])
        elif key == "n":
            self._new_sample()
        elif key == "m":
            self.move(many=not shown["many"])

    def _new_sample(self) -> None:
        self.move(seed=(self.parameters["seed"] + 1) % 1000)

    def code(self) -> str:
        own = self.objects["own"] is not None
        return program(None if own else _formula(self.shown["function"]), self.shown)


def _formula(function: str) -> Expression:
    return Expression(function)


@lru_cache(maxsize=64)
def _errors(model: str, ridge: float, *samples: bytes) -> tuple[Array, Array]:
    """Both errors for all capacities, kept: moving the capacity alone computes none of them again."""
    x, y, new_x, new_y = (np.frombuffer(part)[None] for part in samples)
    if model == "network":
        # all widths are trained at once
        count = MOST + 1
        fits = fit_networks(np.repeat(x, count, axis=0), np.repeat(y, count, axis=0), np.arange(count), ridge)
        return fits.error(x, y), fits.error(new_x, new_y)
    each = [fit_polynomials(x, y, degree, ridge) for degree in range(MOST + 1)]
    train, validation = ([fits.error(*data)[0] for fits in each] for data in ((x, y), (new_x, new_y)))
    return np.array(train), np.array(validation)


def _parameters(model: str, capacity: int) -> int:
    return capacity + 1 if model == "polynomial" else 3 * capacity + 1


def _short(value: float) -> str:
    return f"{value:.3g}"
