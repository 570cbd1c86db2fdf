"""The texts that the programs of gradient descent are put together from, apart from the loss."""

from __future__ import annotations

__all__ = [
    "BATCH",
    "BATCHES",
    "CURVE",
    "DESCEND",
    "FULL",
    "PLANE",
    "REACHED",
    "SCHEDULES",
    "STEPS",
    "SUCCESS",
]

STEPS = {
    "gd": """
def gd(gradient, rate, state):
    return -rate * gradient
""",
    "momentum": """
def momentum(gradient, rate, state):
    state["velocity"] = {momentum} * state.get("velocity", 0) + gradient
    return -rate * state["velocity"]
""",
    "nesterov": """
def nesterov(gradient, rate, state):
    state["velocity"] = {momentum} * state.get("velocity", 0) + gradient
    return -rate * (gradient + {momentum} * state["velocity"])
""",
    "adagrad": """
def adagrad(gradient, rate, state):
    state["sum"] = state.get("sum", 0) + gradient**2
    return -rate * gradient / (np.sqrt(state["sum"]) + {eps})
""",
    "adadelta": """
def adadelta(gradient, rate, state):
    state["square"] = {rho} * state.get("square", 0) + (1 - {rho}) * gradient**2
    delta = np.sqrt(state.get("moved", 0) + {eps}) / np.sqrt(state["square"] + {eps}) * gradient
    state["moved"] = {rho} * state.get("moved", 0) + (1 - {rho}) * delta**2
    return -rate * delta
""",
    "rmsprop": """
def rmsprop(gradient, rate, state):
    state["square"] = {alpha} * state.get("square", 0) + (1 - {alpha}) * gradient**2
    return -rate * gradient / (np.sqrt(state["square"]) + {eps})
""",
    "adam": """
def adam(gradient, rate, state):
    state["count"] = count = state.get("count", 0) + 1
    state["mean"] = {beta1} * state.get("mean", 0) + (1 - {beta1}) * gradient
    state["square"] = {beta2} * state.get("square", 0) + (1 - {beta2}) * gradient**2
    mean = state["mean"] / (1 - {beta1}**count)  # both means start at 0: this takes it out
    square = state["square"] / (1 - {beta2}**count)
    return -rate * mean / (np.sqrt(square) + {eps})
""",
}

SCHEDULES = {
    "constant": """
def rate(step):
    return {learning_rate!r}
""",
    "step": """
def rate(step):
    return {learning_rate!r} * {gamma!r} ** (step // {step_size})
""",
    "exponential": """
def rate(step):
    return {learning_rate!r} * {gamma!r}**step
""",
    "cosine": """
def rate(step):
    return {learning_rate!r} * (1 + np.cos(np.pi * step / {T_max})) / 2
""",
}

BATCHES = """
def batches():
    rng, epochs = np.random.default_rng({seed}), np.tile(np.arange(100), (16, 1))
    while True:
        for order in rng.permuted(epochs, axis=1):  # sixteen epochs at a time
            for first in range(0, 100, {batch}):
                yield order[first : first + {batch}]
"""

BATCH = {"begin": "\n    batch = batches()", "at": "w, next(batch)"}
FULL = {"begin": "", "at": "w"}

DESCEND = """
def descend(optimizer):
    w, state = np.array({start}), {{}}
    points = [w]{begin}
    for step in range({steps}):
        w = w + optimizer(gradient({at}), rate(step), state)
        if not np.isfinite(w).all():
            break  # diverged
        points.append(w)
    return np.array(points)


with np.errstate(all="ignore"):
    runs = {{label: descend(optimizer) for label, optimizer in {{{racers}}}.items()}}
    for label, points in runs.items():
        print(label, points[-1], loss(points[-1]))
"""

LOSS_PLOT = """
lowest = {lowest}
for label, points in runs.items():
    with np.errstate(all="ignore"):
        below.semilogy(np.maximum(loss(points) - lowest, 1e-16), label=label)
below.set(xlabel="step", ylabel="loss above lowest")
below.legend()
plt.show()
"""

CURVE = """
figure, (ax, below) = plt.subplots(1, 2, figsize=(9, 4.6))
low, high = {domain}[0]
w = np.linspace(low, high, 601)
values = loss(w[:, None])
ax.plot(w, values, "0.5")
for label, points in runs.items():
    with np.errstate(all="ignore"):
        ax.plot(points[:, 0], loss(points), "o-", label=label)
margin = 0.08 * np.ptp(values)
ax.set(xlabel="{names[0]}", ylabel="loss", xlim=(low, high), ylim=(values.min() - margin, values.max() + margin))
""" + LOSS_PLOT.format(lowest="values.min()")

PLANE = """
figure, (ax, below) = plt.subplots(1, 2, figsize=(9, 4.6))
w1, w2 = (np.linspace(low, high, 101) for low, high in {domain})
values = loss(np.stack(np.meshgrid(w1, w2), axis=-1))
levels = values.min() + np.ptp(values) * (np.arange(19) / 18) ** 3
ax.contourf(w1, w2, values, levels=levels, cmap="Blues_r", alpha=0.5)
for label, points in runs.items():
    ax.plot(*points.T, "o-", label=label)
ax.set(xlabel="{names[0]}", ylabel="{names[1]}", xlim=(w1[0], w1[-1]), ylim=(w2[0], w2[-1]))
""" + LOSS_PLOT.format(lowest="min(values.min(), *(loss(points).min() for points in runs.values()))")

REACHED = {
    "two minima": "w[..., 0] < np.sort(np.roots([1, 0, -1, 0.1]).real)[1]  # left of the top between the two",
    "sine fit": "loss(w) < {level!r}  # nearer to the deepest minimum's than to the next deeper one's",
    "line fit": "(np.abs(w - {places}[0]) / {widths} <= 0.05).all(axis=-1)",
}

SUCCESS = """
def batches(size, seeds):
    if size == 100:
        while True:
            yield None
    generators, epochs = [np.random.default_rng(seed) for seed in seeds], np.tile(np.arange(100), (16, 1))
    while True:
        orders = np.stack([rng.permuted(epochs, axis=1) for rng in generators], axis=1)
        for order in orders:
            for first in range(0, 100, size):
                yield order[:, first : first + size]


def reached(w):
    return {reached}


def success(size, momentum):
    w, velocity = np.tile({start}, (100, 1)), 0
    drawn = batches(size, range({seed}, {seed} + 100))
    for step in range({steps}):
        velocity = momentum * velocity + gradient(w, next(drawn))
        w = w - {learning_rate!r} * velocity
    return np.mean(reached(w))


sizes = [1, 2, 4, 8, 16, 32, 100]
figure, ax = plt.subplots(figsize=(7.5, 4.6))
with np.errstate(all="ignore"):
    for momentum in (0, 0.5, 0.9):
        share = [success(size, momentum) for size in sizes]
        print("momentum", momentum, share)
        ax.semilogx(sizes, share, "o-", label=f"momentum {{momentum}}")
ax.set(xlabel="batch size", ylabel="share that ends at the deepest minimum", xticks=sizes, xticklabels=sizes)
ax.legend()
plt.show()
"""
