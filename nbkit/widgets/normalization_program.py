"""The program that the normalisation explorer gives: the events made anew, and what the view shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["program"]


def program(shown: Mapping[str, Any]) -> str:
    """A plain program that makes events of the same kind (other ones: its own draws) and shows the same of them."""
    parts = [HEAD.format(**shown), EVENTS, CODE[shown["view"]].format(**shown)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


HEAD = """
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng({seed})
background, resolution = {background!r}, {resolution!r}  # share of the events; GeV
low, high = {window}  # GeV
"""

EVENTS = """
def events(count):
    # a Breit-Wigner peak at 91.19 GeV of width 2.50 GeV over an exponential, both smeared by the resolution
    signal = rng.random(2 * count) > background
    lowest, highest = max(low - 10, 1.0), high + 10
    ends = np.arctan((np.array([lowest, highest]) - 91.19) / 1.25)
    peak = 91.19 + 1.25 * np.tan(rng.uniform(*ends, 2 * count))
    falling = lowest - 40 * np.log1p(rng.random(2 * count) * np.expm1(-(highest - lowest) / 40))
    mass = np.where(signal, peak, falling)
    mass = mass * (1 + resolution / 91.19 * rng.standard_normal(2 * count))
    kept = (low <= mass) & (mass <= high)
    return mass[kept][:count], signal[kept][:count]


mass, signal = events(10_000)
"""

CENTRES = """
if {scale!r} == "moments":
    centre, width = mass.mean(), mass.std()
else:
    lower, centre, upper = np.quantile(mass, [0.25, 0.5, 0.75])
    width = (upper - lower) / 2 / 0.6745  # that of a normal distribution with these quartiles
"""

CODE = {
    "distribution": CENTRES
    + """
print("centre", centre, "width", width)

figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.4))
for ax, values in ((axes[0], mass), (axes[1], (mass - centre) / width)):
    ax.hist([values[~signal], values[signal]], bins=60, stacked=True, label=["background", "signal"])
axes[0].set(xlabel="mass (GeV)", ylabel="events")
axes[1].set(xlabel="(mass - centre) / width")
axes[0].legend()
plt.show()
""",
    "batches": """
batch_size = {batch_size}
means = rng.choice(mass, (400, batch_size)).mean(axis=1)
print("spread", means.std(), "expected", mass.std() / np.sqrt(batch_size))

plt.plot(means[:40], "o", label="mean of a batch")
plt.axhline(mass.mean(), color="black", label="mean of the sample")
plt.xlabel("batch")
plt.ylabel("mean of the mass (GeV)")
plt.legend()
plt.show()
""",
    "batch norm": """
batches, momentum = rng.choice(mass, ({batches}, {batch_size})), {momentum!r}
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
axes[1].legend()
plt.show()
""",
    "speed": CENTRES
    + """

import torch
from torch import nn


def network(batch_norm):
    def layer(inputs):
        return [nn.Linear(inputs, 16), *([nn.BatchNorm1d(16)] if batch_norm else []), nn.ReLU()]

    return nn.Sequential(*layer(1), *layer(16), nn.Linear(16, 1))


x, y = (torch.tensor(part[:4000, None], dtype=torch.float32) for part in (mass, signal))
new_x, new_y = (torch.tensor(part[4000:, None], dtype=torch.float32) for part in (mass, signal))
loss_of = nn.BCEWithLogitsLoss()
for way in ("raw", "normalised", "batch norm"):
    torch.manual_seed({seed})
    model = network(way == "batch norm")
    change = (lambda m: (m - centre) / width) if way == "normalised" else (lambda m: m)
    optimizer = torch.optim.SGD(model.parameters(), lr={learning_rate!r})
    losses = []
    while len(losses) < 2000:
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss = loss_of(model(change(x[batch])), y[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        accuracy = ((model(change(new_x)) > 0) == (new_y > 0.5)).float().mean()
    print(way.replace(" ", "_"), float(accuracy))
    plt.plot(np.convolve(losses, np.ones(50) / 50, "valid"), label=way)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
""",
}
