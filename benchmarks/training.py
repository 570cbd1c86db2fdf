"""What training costs beside the loop that one would write by hand: ratios, all measured in turns in one run.

    python benchmarks/training.py [--rounds 40] [--steps 256]

2→16→16→1, tanh, 1000 points of two classes, batches of 32, Adam, one thread. Each round times every contestant, in an order
that changes; a ratio is the median over rounds of the two times of one round, so that what else the computer does falls on
both alike. The quartiles beside it say how far that holds. Times are the process's own, which on one thread is what the clock
shows on a computer that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nbkit.devices import available_devices, steps_per_second
from nbkit.models import MLP
from nbkit.training import Trainer
from nbkit.training.ensemble import Ensemble

BATCH, RATE = 32, 0.01
X = torch.randn(1000, 2, generator=torch.Generator().manual_seed(5))
Y = (X.square().sum(1) < 1).long()
HELD_OUT = (X[:300] * 1.1, Y[:300])


def network(seed: int = 1) -> MLP:
    return MLP(2, [16, 16], activation="tanh", seed=seed)


def bare() -> Callable[[int], object]:
    """The fastest loop that one would write: batches by index, fused Adam, nothing measured."""
    model, loss_of, targets = network(), nn.BCEWithLogitsLoss(), Y.float()[:, None]
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    generator = torch.Generator().manual_seed(0)

    def run(steps: int) -> None:
        done = 0
        while True:
            for rows in torch.randperm(len(X), generator=generator).split(BATCH):
                if done == steps:
                    return
                optimizer.zero_grad()
                loss_of(model(X[rows]), targets[rows]).backward()
                optimizer.step()
                done += 1

    return run


def tutorial() -> Callable[[int], object]:
    """The loop of the tutorials: DataLoader, the optimiser's default form, the loss read at each step."""
    model, loss_of = network(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    loader = DataLoader(TensorDataset(X, Y.float()[:, None]), batch_size=BATCH, shuffle=True)

    def run(steps: int) -> float:
        done, total = 0, 0.0
        while True:
            for x, y in loader:
                if done == steps:
                    return total
                optimizer.zero_grad()
                loss = loss_of(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss.item()
                done += 1

    return run


def keras_fit() -> Callable[[int], object]:
    """Keras's own loop on the torch backend, silent; it goes by epochs, of 32 steps each."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    layers = [keras.layers.Dense(16, "tanh"), keras.layers.Dense(16, "tanh"), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(optimizer=keras.optimizers.Adam(RATE), loss="binary_crossentropy")
    x, y = X.numpy(), Y.numpy().astype("float32")
    return lambda steps: model.fit(x, y, batch_size=BATCH, epochs=steps // 32, verbose=0)


def trainer(**options: object) -> Trainer:
    return Trainer(network(), (X, Y), loss="binary_cross_entropy", learning_rate=RATE, batch_size=BATCH, **options)


def together(runs: int, **options: object) -> Ensemble:
    models = [network(seed) for seed in range(runs)]
    return Ensemble(models, (X, Y), loss="binary_cross_entropy", batch_size=BATCH, **options)


def by_step(one: Trainer) -> Callable[[int], None]:
    def run(steps: int) -> None:
        for _ in range(steps):
            one.step()

    return run


def by_run(one: Trainer | Ensemble) -> Callable[[int], object]:
    return lambda steps: one.run(steps=steps)


def in_turns(contestants: dict[str, Callable[[int], object]], rounds: int, steps: int) -> dict[str, list[float]]:
    """Seconds a step of each, in each round, of the processor's time."""
    for run in contestants.values():
        run(steps // 4)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            start = time.process_time()
            contestants[name](steps)
            times[name].append((time.process_time() - start) / steps)
    return times


def tell(times: dict[str, list[float]], of: str, what: str, faster: bool) -> None:
    print(f"\n{what}")
    for name, seconds in times.items():
        pairs = zip(times[of], seconds, strict=True)
        ratios = [reference / own if faster else own / reference for reference, own in pairs]
        low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
        print(f"  {name:<44}{statistics.median(seconds) * 1e6:7.0f} µs/step   {middle:.3f}  ({low:.3f} to {high:.3f})")


def long_history(steps: int) -> None:
    """Memory and time a step while a history and its snapshots grow: neither may."""
    print(f"\n{steps:,} steps of one run, in ten parts")
    one = Trainer(nn.Linear(2, 1), (X[:96], Y[:96]), loss="binary_cross_entropy", optimizer="sgd", batch_size=BATCH)
    for _ in range(10):
        start = time.process_time()
        one.run(steps=steps // 10)
        spent = time.process_time() - start
        history = one.history
        start = time.process_time()
        rows = len(history.steps) + len(history.losses) + len(history.gradient_steps)
        reading = time.process_time() - start
        print(
            f"  {one.steps:9,} steps: {spent / (steps // 10) * 1e6:4.0f} µs/step, history of {rows:5} rows read in "
            f"{reading * 1e3:4.1f} ms, {len(one.snapshots):3} snapshots, {kept(one) / 2**20:.2f} MiB kept"
        )


def kept(one: Trainer) -> int:
    """Bytes of history and snapshots."""
    snapshots = sum(state.learned.size + state.place.drawn_from.nbytes for state in one.snapshots._states)
    return snapshots + sum(array.nbytes for array in parts(one))


def parts(one: Trainer) -> list[np.ndarray]:
    history = one.history
    return [history.batch_losses, history._evaluations.table(), history._gradients.table()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--steps", type=int, default=256)
    parser.add_argument("--long", type=int, default=200_000, help="steps of the long run; 0 leaves it out")
    chosen = parser.parse_args()
    torch.set_num_threads(1)

    times = in_turns(
        {
            "bare loop": bare(),
            "Trainer": by_run(trainer()),
            "Trainer, with a validation sample": by_run(trainer(validation=HELD_OUT)),
            "Trainer, step() each": by_step(trainer()),
            "tutorial: DataLoader, default Adam, item()": tutorial(),
            "Keras model.fit, torch backend, silent": keras_fit(),
        },
        chosen.rounds,
        chosen.steps,
    )
    tell(times, "bare loop", "steps/s, the bare loop = 1", faster=True)
    tell(times, "tutorial: DataLoader, default Adam, item()", "steps/s, the tutorial's loop = 1", faster=True)
    tell(times, "Keras model.fit, torch backend, silent", "steps/s, Keras = 1", faster=True)

    times = in_turns(
        {
            "1 run (Trainer)": by_run(trainer()),
            "8 runs, other starts": by_run(together(8)),
            "8 runs, other starts, rates and batches": by_run(
                together(8, learning_rate=list(np.geomspace(1e-3, 0.03, 8)), seed=list(range(8)))
            ),
            "32 runs, other starts": by_run(together(32)),
            "32 runs, other starts, rates and batches": by_run(
                together(32, learning_rate=list(np.geomspace(1e-3, 0.03, 32)), seed=list(range(32)))
            ),
        },
        chosen.rounds,
        chosen.steps,
    )
    tell(times, "1 run (Trainer)", "time of K runs at once, that of one = 1", faster=False)

    print("\nsteps/s against hidden width, 2 → width → width → 1, batch 32")
    widths = [16, 64, 256, 1024]
    for name, rates in steps_per_second(widths).items():
        print(f"  {name:<8}" + "".join(f"{width:>8}: {rate:8,.0f}" for width, rate in zip(widths, rates, strict=True)))
    for device in available_devices():
        if not device.available:
            print(f"  {device}")
    if chosen.long:
        long_history(chosen.long)


if __name__ == "__main__":
    main()
