"""The program that the normalisation explorer gives: the same events, made anew, and what the view shows of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbkit import dilepton
from nbkit.widgets.source import plain_source

__all__ = ["program"]


def program(shown: Mapping[str, Any], events: int) -> str:
    """A plain program that makes so many events by the same random numbers, and shows the same of them."""
    parts = [
        HEAD.format(z_mass=dilepton.Z_MASS, z_width=dilepton.Z_WIDTH, muon_mass=dilepton.MUON_MASS),
        *map(plain_source, MAKERS),
        MASSES.format(**shown, events=events),
        CODE[shown["view"]].format(**shown),
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


# What makes the events, in the order of its definitions.
MAKERS: tuple[Callable[..., Any], ...] = (
    dilepton.Dileptons,
    dilepton._muons,
    dilepton._inside,
    dilepton._breit_wigner,
    dilepton._falling,
    dilepton._decayed,
    dilepton._measured,
    dilepton.dileptons,
)

HEAD = """
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import vector
from numpy.typing import NDArray

Array = NDArray[np.float64]
Z_MASS, Z_WIDTH, MUON_MASS = {z_mass}, {z_width}, {muon_mass}  # GeV
"""

MASSES = """
def events(count, seed):
    pairs = dileptons(count, background={background!r}, resolution={resolution!r}, window={window}, seed=seed)
    return pairs.mass, pairs.signal


seed = {seed}
mass, signal = events({events}, seed)
"""

SCALE = """
def scale_of(mass):
    if {scale!r} == "moments":
        return mass.mean(), mass.std()
    lower, middle, upper = np.quantile(mass, [0.25, 0.5, 0.75])
    return middle, (upper - lower) / 2 / 0.6744897501960817  # the width of a normal distribution with these quartiles
"""

CODE = {
    "distribution": SCALE
    + """

centre, width = scale_of(mass)
print("centre", centre, "width", width)

figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.4))
for ax, change in ((axes[0], lambda m: m), (axes[1], lambda m: (m - centre) / width)):
    bins = np.linspace(*change(np.array({window})), 61)
    values = [change(mass[~signal]), change(mass[signal])]
    ax.hist(values, bins, stacked=True, log={log_scale}, label=["background", "signal"])
axes[0].set(xlabel="mass (GeV)", ylabel="events")
axes[1].set(xlabel="(mass - centre) / width")
axes[0].legend()
plt.show()
""",
    "batches": """
def batch_means(batch_size, batches):
    return np.random.default_rng(seed).choice(mass, (batches, batch_size)).mean(axis=1)


spread, expected = batch_means({batch_size}, 400).std(), mass.std() / np.sqrt({batch_size})
print("spread", spread, "expected", expected)

sizes = 2 ** np.arange(2, 11)
figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.4))
axes[0].plot(np.arange(1, 41), batch_means({batch_size}, 40), "o", label="mean of a batch")
axes[0].axhline(mass.mean(), color="black", label="mean of the sample")
axes[0].set(xlabel="batch", ylabel="mean of the mass (GeV)")
axes[1].loglog(sizes, [batch_means(size, 400).std() for size in sizes], "o", label="400 batches")
axes[1].loglog(sizes, mass.std() / np.sqrt(sizes), "k--", label="sigma / sqrt(batch size)")
axes[1].set(xlabel="batch size", ylabel="spread of the means (GeV)")
for ax in axes:
    ax.legend()
plt.show()
""",
    "batch norm": """
batches, momentum = np.random.default_rng(seed).choice(mass, (100, {batch_size}))[:{batches}], {momentum!r}
running_mean, running_variance, path = 0.0, 1.0, [0.0]
for batch in batches:
    running_mean = (1 - momentum) * running_mean + momentum * batch.mean()
    running_variance = (1 - momentum) * running_variance + momentum * batch.var(ddof=1)
    path.append(running_mean)
print("running_mean", running_mean, "running_width", np.sqrt(running_variance))

figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.4))
axes[0].plot(path, lw=3, label="running mean")
axes[0].axhline(mass.mean(), color="black", ls="--", label="mean of the sample")
axes[0].set(xlabel="batches seen", ylabel="mass (GeV)")
axes[0].legend()
in_training = (mass - mass.mean()) / np.sqrt(mass.var() + 1e-5)
in_evaluation = (mass - running_mean) / np.sqrt(running_variance + 1e-5)
for values, name in ((in_training, "train()"), (in_evaluation, "eval()")):
    axes[1].hist(np.clip(values, -5, 10), bins=60, range=(-5, 10), histtype="step", lw=2, label=name)
axes[1].set(xlabel="the layer's answer", ylabel="events")
axes[1].legend()
plt.show()
""",
    "speed": SCALE
    + """

import torch
from torch import nn


def network(batch_norm):
    torch.manual_seed(seed)

    def layer(inputs):
        return [nn.Linear(inputs, 16), *([nn.BatchNorm1d(16)] if batch_norm else []), nn.ReLU()]

    return nn.Sequential(*layer(1), *layer(16), nn.Linear(16, 1))


mass, signal = events(4000, seed)
new_mass, new_signal = events(10_000, seed + 1_000_003)
centre, width = scale_of(mass)
x, new_x = (torch.tensor(m[:, None], dtype=torch.float32) for m in (mass, new_mass))
y = torch.tensor(signal[:, None], dtype=torch.float32)
loss_of = nn.BCEWithLogitsLoss()
for way in ("raw", "normalised", "batch norm"):
    model = network(way == "batch norm")
    if way == "normalised":
        inputs, new_inputs = (torch.tensor((m[:, None] - centre) / width, dtype=torch.float32) for m in (mass, new_mass))
    else:
        inputs, new_inputs = x, new_x
    optimizer = torch.optim.SGD(model.parameters(), lr={learning_rate!r})
    order = torch.Generator().manual_seed(seed)
    losses = []
    for epoch in range(17):
        model.eval()
        with torch.no_grad():
            losses.append(float(loss_of(model(inputs), y)))
        model.train()
        if epoch == 16:
            break
        for batch in torch.randperm(len(x), generator=order).split(32):
            optimizer.zero_grad()
            loss_of(model(inputs[batch]), y[batch]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        right = (model(new_inputs)[:, 0] > 0).numpy() == new_signal
    print(way.replace(" ", "_"), right.mean())
    plt.plot(125 * np.arange(17), losses, label=way)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
""",
}
