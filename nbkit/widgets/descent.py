"""Gradient descent to be tried: on losses with one difficulty each, with every usual optimiser, alone or in a race."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nbkit.displays.descent import RATES, GradientDescentDisplay, Rates, Success
from nbkit.objectives import Objective
from nbkit.optimizers import OPTIMIZERS, critical_rate
from nbkit.schedules import SCHEDULES
from nbkit.widgets import descent_picture as picture
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import choice, int_slider, text
from nbkit.widgets.descent_controls import (
    HYPER,
    LABELS,
    SCHEDULE_HYPER,
    START_STEP,
    Logarithmic,
    Start,
    formula,
    hyper_controls,
)
from nbkit.widgets.descent_picture import ALL, MOMENTA, OBJECTIVES, SIZES
from nbkit.widgets.descent_program import program
from nbkit.widgets.descent_words import heading, sentence, success_words
from nbkit.widgets.page import columns, note
from nbkit.widgets.parts import player, several

__all__ = ["GradientDescentExplorer"]

Array = NDArray[np.float64]

LONGEST = 2000
LANDSCAPE = ("objective", "expression", "reach")  # the parameters that make it another
HINT = """<div style="line-height: 1.35; font-size: 12px">Arrows: the last step, its <b style="color: #D55E00">gradient's</b>
part and the part that <b style="color: #B0578D">momentum</b> carries over.<br>
Mouse: click or drag on the landscape to start there; click on the bar of learning rates.<br>
Keys, once the figure was clicked: ← → ↑ ↓ move the start, +&nbsp;−&nbsp;learning rate, n&nbsp;next step, b&nbsp;back.</div>"""


class GradientDescentExplorer(Explorer):
    """Go down a loss step by step, and see what the learning rate, the optimiser, the start and the batch make of it.

    `objective` is "parabola" (w²/2), "narrow valley" (with its `condition` number, 1 … 1000), "Rosenbrock", "two minima", "saddle",
    "plateau", "sine fit" and "line fit" (mean squared errors on 100 samples), "expression" or "yours". `expression` is a loss
    of w, or of w1 and w2, shown from −`reach` to `reach` (0.5 … 50). `function` is your own: a callable of one array or two,
    elementwise, or an nbkit.objectives.Objective; it is "yours".

    `optimizer` is one of nbkit.optimizers.OPTIMIZERS: gd, momentum, nesterov, adagrad, adadelta, rmsprop, adam; `race` a list of
    others that run beside it, with the same learning rate. `learning_rate` is 1e-4 … 10; `schedule` is constant, step,
    exponential or cosine. Hyper-parameters, with torch's defaults: `momentum`, `rho`, `alpha`, `beta1`, `beta2`,
    `adagrad_eps`, `adadelta_eps`, `rmsprop_eps`, `adam_eps`; of the schedules `step_size` and `step_gamma`,
    `exponential_gamma`, `period`. `start` is a list of one number or two, None for the objective's own; `steps` 0 … 2000.
    `batch_size` is 1 … 100, where 100 is the full sample, drawn with `seed`, 0 … 99; only the fits and the two minima have batches.

    `view` is "descent", or "success": which share of 100 seeds ends at the deepest minimum, against batch size, for three momenta.
    The states that the figure names are those of nbkit.Trajectory. Raises ValueError for a name or value that is not allowed, and
    for a function that is not finite at the start.
    """

    display = GradientDescentDisplay

    def __init__(
        self,
        objective: str | None = None,
        optimizer: str = "gd",
        learning_rate: float = 0.2,
        steps: int = 20,
        start: Sequence[float] | None = None,
        condition: float = 20.0,
        expression: str = "w**4 - 3*w**2 + w",
        reach: float = 2.0,
        schedule: str = "constant",
        batch_size: int = ALL,
        seed: int = 0,
        race: Sequence[str] = (),
        view: str = "descent",
        function: Callable[..., Any] | Objective | None = None,
        **hyper: float,
    ) -> None:
        hypers = hyper_controls(hyper)
        self._own = picture.checked_function(function)
        known = (*OBJECTIVES, "yours") if function is not None else OBJECTIVES
        asked = ("parabola" if function is None else "yours") if objective is None else objective
        names = {LABELS[name]: name for name in OPTIMIZERS}
        super().__init__(
            objects={"function": function},
            objective=choice("Objective", asked, known, tip="Choose the loss to go down"),
            expression=text(
                "Loss", expression, tip="Type a formula of w, or of w1 and w2, and press Enter", check=formula
            ),
            reach=Logarithmic("Shown to ±", reach, 0.5, 50, tip="Set how far the parameters are shown"),
            condition=Logarithmic(
                "Condition", condition, 1, 1000, tip="Set how much steeper w2 is than w1; 1 is a round bowl"
            ),
            optimizer=choice("Optimiser", optimizer, names, tip="Choose how a step is made of the gradients"),
            **{name: control for name, control in hypers.items() if name in _of(HYPER)},
            learning_rate=Logarithmic(
                "Learning rate",
                learning_rate,
                *RATES,
                tip="Multiply each step by this factor; on the figure press + −",
            ),
            start=Start(start, tip="Set where the first step begins; on the figure click, or press the arrow keys"),
            batch_size=int_slider(
                "Batch size", batch_size, 1, ALL, tip="Set how many samples a step is made of; 100 is the full sample"
            ),
            seed=int_slider("Seed", seed, 0, 99, tip="Draw other batches by another number"),
            steps=player(
                "Steps",
                steps,
                0,
                LONGEST,
                tip="Set how many steps are made; on the figure press n for the next, b to go back",
            ),
            schedule=choice(
                "Schedule", schedule, list(SCHEDULES), tip="Choose how the learning rate changes with the steps"
            ),
            **{name: control for name, control in hypers.items() if name in _of(SCHEDULE_HYPER)},
            race=several("Race against", race, names, tip="Run this one too, at the same learning rate"),
            view=choice(
                "View",
                view,
                {"the way down": "descent", "success of 100 seeds": "success"},
                tip="Choose what the figure shows",
            ),
        )

    def arrange(self) -> ipywidgets.Widget:
        back = self.button("◀ Back", "Go back by one step", lambda: self._step(-1))
        forth = self.button("Step ▶", "Make one step more", lambda: self._step(1))
        seen = [control for control in self.controls.values() if isinstance(control, ipywidgets.DOMWidget)]
        place = seen.index(self.controls["steps"]) + 1
        row = ipywidgets.HBox([back, forth], layout={"margin": "0 0 2px 108px"})
        return columns(*seen[:place], row, *seen[place:], note(HINT))

    def idle(self, **p: Any) -> set[str]:
        objective = self._objective(p)
        success = self._shows_success(p)
        runs = [] if success else picture.runners(p)
        seen = {"objective", "learning_rate", "start", "steps"}
        seen |= {name for runner in runs for name in HYPER[runner].values()}
        own = set() if isinstance(self._own, Objective) else {"reach"}  # an Objective has a domain
        shape = {"narrow valley": {"condition"}, "expression": {"expression", "reach"}, "yours": own}
        seen |= shape.get(p["objective"], set())
        if objective.samples is not None:
            seen |= {"view"} if success else {"view", "batch_size"}
            seen |= {"seed"} if success or p["batch_size"] < ALL else set()
        if not success:
            seen |= {"optimizer", "schedule", "race"} | set(SCHEDULE_HYPER[p["schedule"]].values())
        return set(self.controls) - seen

    # --- the picture

    def compute(self, **p: Any) -> dict[str, Any]:
        objective = self._objective(p)
        start = picture.start_of(objective, p["start"])
        if self._shows_success(p):
            return self._success(objective, start, p)
        runs = {name: picture.run(name, objective, start, p) for name in picture.runners(p)}
        main, count = runs[p["optimizer"]], p["steps"]
        critical = critical_rate(
            objective, p["optimizer"], **picture.values_of(p, {"momentum": "momentum"}, p["optimizer"])
        )
        rates = main.learning_rates[: max(count, 1)]
        return {
            "heading": heading(count, main, picture.batch_of(objective, p)),
            "state": str(main.state) if count else "",
            "landscape": picture.landscape(objective),
            "steps": count,
            "runs": [picture.shown(name, run, count) for name, run in runs.items()],
            "arrow": picture.arrow(objective, main),
            "lowest": objective.lowest,
            "rates": Rates(p["learning_rate"], (float(rates.min()), float(rates.max())), critical.rate),
            "fit": picture.fit(objective, main.points[count]),
            "caption": sentence(count, runs, objective, critical, batch=picture.batch_of(objective, p)),
        }

    def _success(self, objective: Objective, start: Array, p: dict[str, Any]) -> dict[str, Any]:
        settings = (p["learning_rate"], max(p["steps"], 1), p["seed"])
        share = picture.share(objective, tuple(start.tolist()), *settings)
        return {
            "view": "success",
            "heading": f"{settings[1]} steps from {', '.join(f'{x:.3g}' for x in start)} at learning rate {settings[0]:.3g}",
            "success": Success(SIZES, MOMENTA, share),
            "caption": success_words(SIZES, MOMENTA, share),
        }

    def _objective(self, p: dict[str, Any]) -> Objective:
        return picture.objective_of(p, self._own)

    def _shows_success(self, p: dict[str, Any]) -> bool:
        # Without samples every seed does the same.
        return p["view"] == "success" and self._objective(p).samples is not None

    # --- what the user moves

    def follow(self, moved: dict[str, Any]) -> dict[str, Any]:
        # Another landscape has a good start of its own.
        another = any(name in moved and moved[name] != self.shown[name] for name in LANDSCAPE)
        return {"start": None} if another and "start" not in moved else {}

    def _show(self) -> None:
        objective = self._objective(self.shown)
        self.controls["start"].frame(objective.parameters, objective.domain, objective.start)
        super()._show()

    def _step(self, by: int) -> None:
        self.move(steps=min(max(self.shown["steps"] + by, 0), LONGEST))

    def on_press(self, x: float, y: float, where: str) -> None:
        self.on_drag(x, y, where)

    def on_drag(self, x: float, y: float, where: str) -> None:
        if where == "rate":
            self.move(learning_rate=self.controls["learning_rate"].nearest(x))
        elif where in ("curve", "plane"):
            self.move(start=self.controls["start"].clipped([x] if where == "curve" else [x, y]))

    def on_release(self, x: float, y: float, where: str) -> None:
        self.on_drag(x, y, where)  # the page drops moves that come too fast, also the last

    def on_key(self, key: str) -> None:
        objective = self._objective(self.shown)
        widths = objective.domain[:, 1] - objective.domain[:, 0]
        across, up = {"left": (-1, 0), "right": (1, 0), "down": (0, -1), "up": (0, 1)}.get(key, (0, 0))
        if across or (up and objective.dimension == 2):
            away = np.array([across, up])[: objective.dimension] * np.maximum(widths / 80, START_STEP)
            place = picture.start_of(objective, self.shown["start"]) + away
            self.move(start=self.controls["start"].clipped(place.tolist()))
        elif key in ("n", "b"):
            self._step(1 if key == "n" else -1)
        elif key in ("+", "=", "shift++", "-", "_"):
            self.move(learning_rate=self.controls["learning_rate"].moved(-1 if key in ("-", "_") else 1))

    def code(self) -> str:
        shown = self.shown
        objective = self._objective(shown)
        return program(shown, objective, picture.start_of(objective, shown["start"]), self.objects["function"])


def _of(table: dict[str, dict[str, str]]) -> set[str]:
    return {control for names in table.values() for control in names.values()}
