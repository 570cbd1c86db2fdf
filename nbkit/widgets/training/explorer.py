"""The live trainer: watch a network learn, and change anything while it does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import ipywidgets
from matplotlib.axes import Axes

from nbkit.datasets import DATASETS
from nbkit.displays.training import TrainingDisplay
from nbkit.widgets.base import Parameters
from nbkit.widgets.controls import hidden as unseen
from nbkit.widgets.controls import within
from nbkit.widgets.training.controls import FRESH, LIVE, data_defaults, make_controls
from nbkit.widgets.training.desk import Desk
from nbkit.widgets.training.parts import Scrubber
from nbkit.widgets.training.picture import Painter
from nbkit.widgets.training.pins import MOST_PINS
from nbkit.widgets.training.program import program
from nbkit.widgets.training.run import TASKS, Run
from nbkit.widgets.training.runner import Runner
from nbkit.widgets.training.samples import own_data, takes
from nbkit.widgets.training.takeaway import TakeAway

__all__ = ["TrainingExplorer"]

MOST_STEPS = 100_000_000
#: Axes whose limits follow the values in strides, and so keep something of what was drawn before.
STRIDING = ("loss", "metric", "curve", "predictions", "residuals", "unit_function")


class LectureDisplay(TrainingDisplay):
    """As large as leaves the controls their room beside it, in JupyterLab on a projector of 1280×720."""

    figsize = (7.8, 5.0)

    def draw(self, heading: Axes, **axes: Axes) -> None:
        super().draw(heading, **axes)
        self._first = {name: (self.axes_[name].get_xlim(), self.axes_[name].get_ylim()) for name in STRIDING}

    def forget(self) -> None:
        """Put those limits back that depend on what was drawn before."""
        for name, (x, y) in self._first.items():
            ax = self.axes_[name]
            ax.set(xlim=x, ylim=y if ax.get_yscale() == "linear" else (0.1, 1.0))


class TrainingExplorer(TakeAway):
    """Watch a network learn: play, pause, and change anything while it does.

    `model` is None for an MLP of the controls, or your own: a `torch.nn.Module`, which is trained itself, or a function that makes
    one. `data` is a name of nbkit.DATASETS or your own: a pair (x, y), where x may be a tuple of several inputs, a DataSet, a data
    frame or the path of a CSV file, whose last column is the target. `loss` and `optimizer` are names or your own (a loss, a class
    of torch.optim). Controls that then do not apply are not there.

    Data: `samples`, `noise` (live), `validation` (share), `data_seed`, `region`, `formula`, `classes`, `standardize`, `features`
    (names of nbkit.features.FEATURES, for two inputs). Network: `hidden` (numbers of neurons), `activation` (a name or one a
    layer), `init`, `batch_norm`; live: `dropout`, `max_norm` (0 is none). Training: `optimizer`, `momentum` (β1 of Adam),
    `schedule`, `loss`, `seed`; live: `learning_rate`, `batch_size`, `weight_decay`, `l1`. What is not live starts anew.
    Run: `runs` (so many seeds, of which the first is shown and the others only make a median and a band), `epochs`, at which
    'To the end' ends, `patience` (epochs without a better validation loss; 0 never stops), `device`, `speed` (steps/s, 0 as
    fast as possible). View: `show`, `panel`, `discretise`, `log_scale`.

    `steps` is the step that is shown, from which a change holds; `changes`, [step, {name: value}] each, what was changed on the
    way, edited weights among them; `selected`, [layer, neuron] or [layer, neuron, source]; `cursor`, the step at which the curves
    are read, or −1; `pinned`, earlier runs. Losses and metrics are of whole samples, without dropout and penalties, with the
    weights that are shown, or, while it moves, as they were measured last. Raises ValueError for a name or
    value that is not allowed, and for data or a model that do not fit; nbkit.devices.DeviceError, a RuntimeError,
    for a device that can't be used here. All then stands as before.
    """

    display = LectureDisplay
    display_: LectureDisplay

    def __init__(
        self,
        model: Any = None,
        data: Any = "circle",
        *,
        samples: int | None = None,
        noise: float | None = None,
        validation: float = 0.5,
        data_seed: int = 0,
        region: str | None = None,
        formula: str | None = None,
        classes: int = 3,
        standardize: bool | None = None,
        features: Sequence[str] = ("x1", "x2"),
        hidden: Sequence[int] = (8, 8),
        activation: str | Sequence[str] = "tanh",
        init: str = "default",
        dropout: float = 0.0,
        batch_norm: bool = False,
        max_norm: float = 0.0,
        loss: Any = None,
        optimizer: Any = "adam",
        momentum: float = 0.9,
        learning_rate: float = 0.01,
        schedule: str = "none",
        batch_size: int = 32,
        weight_decay: float = 0.0,
        l1: float = 0.0,
        seed: int = 0,
        runs: int = 1,
        epochs: int = 200,
        patience: int = 0,
        device: str = "cpu",
        speed: int = 0,
        show: Sequence[str] = ("data", "network", "loss", "metric"),
        panel: str = "none",
        discretise: bool = False,
        log_scale: bool = False,
        steps: int = 0,
        changes: Sequence[Any] = (),
        selected: Sequence[int] = (),
        cursor: int = -1,
        pinned: Sequence[Any] = (),
    ) -> None:
        given = dict(locals())
        if model is not None and not callable(model):
            raise ValueError(
                f"model must be a torch.nn.Module or a function that makes one, got {model!r}; data are given as data={model!r}"
            )
        own = {name: given[name] for name in ("model", "data", "loss", "optimizer") if _is_own(name, given[name])}
        self._data = own_data(own["data"]) if "data" in own else None
        defaults = data_defaults(data if "data" not in own else "circle")
        for name, value in defaults.items():
            given[name] = value if given[name] is None else given[name]
        self.run_ = Run(own.get("model"), self._data, own.get("loss"), own.get("optimizer"))
        if loss is None:
            task = self._data.whole.task if self._data else _task(data)
            given["loss"] = TASKS[task][0]
        self.painter = Painter(self.run_)
        controls = make_controls(given, own, self._data)
        controls["steps"] = self.scrubber = Scrubber(
            steps, MOST_STEPS, "Look back at any step; play goes on from there"
        )
        controls["changes"] = unseen(list(changes), _changes)
        controls["selected"] = unseen(list(selected), _selected)
        controls["cursor"] = unseen(cursor, within(-1, MOST_STEPS, whole=True))
        controls["pinned"] = unseen(list(pinned), _pinned)
        super().__init__(objects=own, **controls)
        self.runner = Runner(self)
        self.desk.turned(False)

    # --- the one path

    def follow(self, moved: Parameters) -> Parameters:
        also: Parameters = {}
        moved, now = self._checked(moved), self._checked(self.parameters)
        if "data" in moved:
            also |= {
                k: v for k, v in data_defaults(moved["data"], now.get("formula")).items() if k not in moved and k in now
            }
            if now["loss"] not in TASKS[_task(moved["data"])] and "loss" not in moved:
                also["loss"] = TASKS[_task(moved["data"])][0]
        if "steps" in moved:
            self.pause()
        fresh = {name for name in {**moved, **also} if name in FRESH and {**now, **also}[name] != self.shown[name]}
        if fresh and "steps" not in moved:
            return also | {"steps": 0, "changes": []}
        live = {name for name in moved if name in LIVE and moved[name] != self.shown[name]}
        if live and "changes" not in moved and not fresh and self.trainer.steps:
            # where one stands, also where one looks back
            at = min(self.shown["steps"] if "steps" in moved else now["steps"], self.trainer.steps)
            also["changes"] = self.branched(at, **{name: moved[name] for name in live})
        return also

    def compute(self, **parameters: Any) -> dict[str, Any]:
        self.run_.to(parameters)
        with self.trainer.lock, self.burst():
            return self.painter.arrays(parameters, moving=self.playing)

    def idle(self, **parameters: Any) -> set[str]:
        quiet = set()
        if "data" in parameters:
            quiet = {"region", "formula", "classes"} - takes(parameters["data"])
        if "features" in parameters and self.run_.samples_at(parameters, 0).train.x.shape[1] != 2:
            quiet.add("features")
        if parameters.get("optimizer") in ("sgd", "adagrad", "adadelta"):
            quiet.add("momentum")
        return quiet

    def code(self) -> str:
        """A plain torch program, without nbkit, that comes to the same losses."""
        shown = {**self.shown, "device": str(self.trainer.device)}  # "auto" has found one
        return program(shown, self.run_.samples_at(self.shown, 0), self.objects)

    def reset(self) -> None:
        with self.lock:
            super().reset()
            self.display_.forget()
            self._update()

    def close(self) -> None:
        if self.runner is not None:
            self.runner.pause(wait=True)
        super().close()

    # --- layout

    def arrange(self) -> ipywidgets.Widget:
        self.desk = Desk(self)
        return self.desk.widget


def _selected(value: Any) -> list[int]:
    """The rule of what is selected: [] or [layer, neuron] or [layer, neuron, source]."""
    whole = isinstance(value, list | tuple) and all(type(number) is int and number >= 0 for number in value)
    if not whole or len(value) not in (0, 2, 3):
        raise ValueError(f"must be [], [layer, neuron] or [layer, neuron, source], numbers from 0, got {value!r}")
    return list(value)


def _changes(value: Any) -> list[Any]:
    """The rule of changes: [step, {name: value}] each, by ascending step."""
    said = "must be a list of [step, {name: value}], steps ascending"
    if not isinstance(value, list | tuple):
        raise ValueError(f"{said}, got {value!r}")
    steps = [-1]
    for change in value:
        good = isinstance(change, list | tuple) and len(change) == 2 and isinstance(change[1], dict)
        if not good or not isinstance(change[0], int) or change[0] < steps[-1] or set(change[1]) - {*LIVE, "weights"}:
            raise ValueError(f"{said} and names out of {', '.join(LIVE)}, weights, got {change!r}")
        steps.append(change[0])
    return [[step, dict(values)] for step, values in value]


def _pinned(value: Any) -> list[Any]:
    """The rule of pinned runs: at most three, each as `pin` takes it down."""
    whole = isinstance(value, list | tuple) and all(isinstance(pin, dict) and "steps" in pin for pin in value)
    if not whole or len(value) > MOST_PINS:
        raise ValueError(f"must be a list of at most {MOST_PINS} runs, as pin() makes them, got {value!r:.80}")
    return [dict(pin) for pin in value]


def _is_own(name: str, value: Any) -> bool:
    """Whether a keyword is the user's own object rather than the value of a control."""
    if name == "data":
        return not (isinstance(value, str) and (value in DATASETS or not os.path.exists(value)))
    return value is not None and not isinstance(value, str)


def _task(data: str) -> str:
    if data in ("blobs",):
        return "multiclass"
    return str(DATASETS[data](samples=20).task)
