"""Exercise 3: every right way passes, and each usual mistake is told by what it does."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest
import torch

from nbkit import checks
from tests.checks.editions import run_notebook, without_figures

SOURCE = pathlib.Path(__file__).parents[2] / "exercises/solutions/03_backpropagation.ipynb"

torch.optim.SGD(
    [torch.zeros(1, requires_grad=True)]
)  # the first one imports for seconds, which is none of the student's time

# --- right ways


def backward(tape, values):
    derivatives = [0.0] * len(tape)
    derivatives[-1] = 1.0
    for line in reversed(range(len(tape))):
        operation, *operands = tape[line]
        if operation == "add":
            for k in operands:
                derivatives[k] += derivatives[line]
        if operation == "multiply":
            i, j = operands
            derivatives[i] += derivatives[line] * values[j]
            derivatives[j] += derivatives[line] * values[i]
    return derivatives


def backward_by_paths(tape, values):
    """From the top: the derivative of the last line by a line is the sum over all that use it."""

    def by(place, line):
        if place == line:
            return 1.0
        operation, *operands = tape[place]
        if operation == "input" or place < line:
            return 0.0
        i, j = operands
        first, second = (values[j], values[i]) if operation == "multiply" else (1, 1)
        return first * by(i, line) + second * by(j, line)

    return np.array([by(len(tape) - 1, line) for line in range(len(tape))])


def backward_by_differences(tape, values):
    def last(moved, width):
        now = []
        for line, (operation, *operands) in enumerate(tape):
            if operation == "input":
                value = values[line]
            elif operation == "add":
                value = now[operands[0]] + now[operands[1]]
            else:
                value = now[operands[0]] * now[operands[1]]
            now.append(value + width * (line == moved))
        return now[-1]

    return [(last(line, 1e-6) - last(line, -1e-6)) / 2e-6 for line in range(len(tape))]


def relu(z):
    return np.maximum(z, 0)


def forward(X, W1, b1, W2, b2):
    return relu(X @ W1 + b1) @ W2 + b2


def forward_by_loops(X, W1, b1, W2, b2):
    answers = []
    for row in X:
        total = b2[0]
        for k in range(len(b1)):
            total = total + W2[k, 0] * max(0.0, sum(row[i] * W1[i, k] for i in range(len(row))) + b1[k])
        answers.append([total])
    return answers


def forward_by_torch(X, W1, b1, W2, b2):
    first = torch.nn.functional.linear(X, W1.T, b1).relu()
    return torch.nn.functional.linear(first, W2.T, b2).float()


def loss(prediction, y):
    return np.mean((prediction[:, 0] - y) ** 2)


def numerical_gradient(f, w, width):
    found = np.zeros_like(w)
    for k in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[k] = width
        found[k] = (f(w + step) - f(w - step)) / (2 * width)
    return found


def moved_and_put_back(f, w, width):
    found = np.zeros(w.shape)
    flat, out = w.reshape(-1), found.reshape(-1)
    for k in range(len(flat)):
        flat[k] += width
        up = f(w)
        flat[k] -= 2 * width
        down = f(w)
        flat[k] += width
        out[k] = (up - down) / (2 * width)
    return found


def five_points(f, w, width):
    return (4 * numerical_gradient(f, w, width) - numerical_gradient(f, w, 2 * width)) / 3


def gradients(X, y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    H = relu(Z)
    P = H @ W2 + b2
    d = 2 * (P - y.reshape(-1, 1)) / len(X)
    s = (d @ W2.T) * (Z > 0)
    return X.T @ s, s.sum(axis=0), H.T @ d, d.sum(axis=0)


def by_autograd(X, y, W1, b1, W2, b2):
    leaves = [torch.tensor(np.asarray(part), requires_grad=True) for part in (W1, b1, W2, b2)]
    P = torch.relu(torch.as_tensor(np.asarray(X)) @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3]
    ((P[:, 0] - torch.as_tensor(np.asarray(y))) ** 2).mean().backward()
    return [leaf.grad for leaf in leaves]


def one_sample_at_a_time(X, y, W1, b1, W2, b2):
    n = len(X)
    dW1, db1, dW2, db2 = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), 0.0
    for x, t in zip(X, y, strict=True):
        z = x @ W1 + b1
        h = relu(z)
        d = 2 * (h @ W2[:, 0] + b2[0] - t) / n
        dW2 += d * h[:, None]
        db2 += d
        s = np.where(z > 0, d * W2[:, 0], 0)
        dW1 += np.outer(x, s)
        db1 += s
    return dW1, db1, dW2, db2


def in_rows(X, y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = gradients(X, y, W1, b1, W2, b2)
    return [dW1.astype(np.float32), db1[None], dW2[:, 0], db2[None]]


def by_differences(X, y, *weights):
    def at(k):
        return lambda w: loss(forward(X, *weights[:k], w, *weights[k + 1 :]), y)

    return [numerical_gradient(at(k), w, 1e-5) for k, w in enumerate(weights)]


def train_step(X, y, W1, b1, W2, b2, learning_rate):
    weights = (W1, b1, W2, b2)
    return [w - learning_rate * g for w, g in zip(weights, gradients(X, y, *weights), strict=True)]


def by_sgd(X, y, W1, b1, W2, b2, learning_rate):
    leaves = [torch.nn.Parameter(torch.as_tensor(np.asarray(part)).float()) for part in (W1, b1, W2, b2)]
    sgd = torch.optim.SGD(leaves, lr=learning_rate)
    P = torch.relu(torch.as_tensor(np.asarray(X)).float() @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3]
    torch.nn.functional.mse_loss(P[:, 0], torch.as_tensor(np.asarray(y)).float()).backward()
    sgd.step()
    return tuple(leaves)


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (checks.check_backward, backward),
        (checks.check_backward, backward_by_paths),
        (checks.check_backward, backward_by_differences),
        (checks.check_backward, lambda tape, values: torch.tensor(backward(tape, values))),
        (checks.check_forward, forward),
        (checks.check_forward, forward_by_loops),
        (checks.check_forward, forward_by_torch),
        (checks.check_loss, loss),
        (checks.check_loss, lambda p, y: sum((a[0] - b) ** 2 for a, b in zip(p, y, strict=True)) / len(y)),
        (checks.check_loss, lambda p, y: torch.nn.functional.mse_loss(torch.as_tensor(p).ravel(), torch.as_tensor(y))),
        (checks.check_loss, lambda p, y: ((p - y[:, None]) ** 2).mean(keepdims=True)),
        (checks.check_numerical_gradient, numerical_gradient),
        (checks.check_numerical_gradient, moved_and_put_back),
        (checks.check_numerical_gradient, five_points),
        (checks.check_gradients, gradients),
        (checks.check_gradients, by_autograd),
        (checks.check_gradients, one_sample_at_a_time),
        (checks.check_gradients, in_rows),
        (checks.check_gradients, by_differences),
        (checks.check_train_step, train_step),
        (checks.check_train_step, by_sgd),
    ],
)
def test_right_answers(check, right) -> None:
    for seed in range(2):
        verdict = check(right, seed=seed)
        assert verdict.passed, verdict


# --- mistakes


def tape_with(alone=(), add=True, own=False, order=reversed, seed=1.0, through_sums=1.0, once=False):
    def wrong(tape, values):
        derivatives = [0.0] * len(tape)
        derivatives[-1] = seed
        for line in order(range(len(tape))):
            operation, *operands = tape[line]
            got = 1.0 if operation in alone else derivatives[line]
            if operation == "add":
                pairs = [(k, through_sums * got) for k in operands]
            elif operation == "multiply":
                i, j = operands
                pairs = [(i, got * values[i if own else j]), (j, got * values[j if own else i])]
            else:
                continue
            for k, amount in dict(pairs).items() if once else pairs:
                derivatives[k] = amount + (derivatives[k] if add else 0)
        return derivatives

    return wrong


def inputs_only(tape, values):
    return backward(tape, values)[: sum(line == ("input",) for line in tape)]


TAPES = {
    "overwritten": (tape_with(add=False), "x feeds the product twice", "replace it"),
    "both ends once": (tape_with(once=True), "x feeds the product twice", "replace it"),
    "local only": (
        tape_with(alone=("add", "multiply")),
        "hands on its own derivative alone",
        "Chain rule",
    ),
    "local in products": (tape_with(alone=("multiply",)), "a product hands on its own derivative alone", "Chain rule"),
    "local in sums": (tape_with(alone=("add",)), "a sum hands on its own derivative alone", "Chain rule"),
    "own value": (tape_with(own=True), "wrong one of its two values", "by u, or by v"),
    "forward order": (tape_with(order=iter), "first to the last", "has it first"),
    "no seed": (tape_with(seed=0.0), "nothing flows", "f by f"),
    "sum stops": (tape_with(through_sums=0.0), "through a sum", "u + v grow"),
    "sum halves": (tape_with(through_sums=0.5), "x + y", "write below each line"),
    "minus": (tape_with(seed=-1.0), "other sign", "f by f itself"),
    "values": (lambda tape, values: values, "these are the values", "Forward is done"),
    "inputs only": (inputs_only, "one for each line", ""),
    "a dict": (lambda tape, values: dict(enumerate(backward(tape, values))), "got a dict", ""),
    "the value in the seed": (
        lambda tape, values: tape_with(seed=values[-1])(tape, values),
        "derivative by",
        "derivative of f by f",
    ),
    "all ones": (lambda tape, values: [1.0] * len(tape), "derivative by", "write below each line"),
}


def layer(before=lambda z: z, after=relu, end=lambda p: p):
    return lambda X, W1, b1, W2, b2: end(after(before(X @ W1 + b1)) @ W2 + b2)


FORWARDS = {
    "no relu": (layer(after=lambda z: z), "no kink", "What sits between"),
    "relu at the end": (layer(end=relu), "never below 0", "Which of the two layers"),
    "relu only at the end": (layer(after=lambda z: z, end=relu), "never below 0", "Which of the two layers"),
    "no b2": (lambda X, W1, b1, W2, b2: relu(X @ W1 + b1) @ W2, "off by b2", "not used"),
    "no b1": (lambda X, W1, b1, W2, b2: relu(X @ W1) @ W2 + b2, "b1 changes nothing", "not used"),
    "b1 late": (lambda X, W1, b1, W2, b2: (relu(X @ W1) + b1) @ W2 + b2, "move the kinks", "before or after"),
    "tanh": (layer(after=np.tanh), "bend smoothly", "Which activation"),
    "sigmoid": (layer(after=lambda z: 1 / (1 + np.exp(-z))), "bend smoothly", "Which activation"),
    "abs": (layer(after=abs), "ever off", "below 0"),
    "step": (layer(after=lambda z: z > 0), "yes or no", "how far above"),
    "leaky": (layer(after=lambda z: np.where(z > 0, z, 0.1 * z)), "expected", "each number on its way"),
    "flat": (lambda *given: forward(*given)[:, 0], "the same numbers in another shape", ""),
    "mean": (lambda X, W1, b1, W2, b2: relu(X @ W1 + b1) @ W2 / len(W2) + b2, "expected", "each number"),
    "transposed": (
        lambda X, W1, b1, W2, b2: relu(X @ W1.T + b1) @ W2 + b2,
        "a matrix with 2 columns times one with 4 rows",
        "",
    ),
    "all samples": (lambda *given: forward(*given).mean(), "asked is (7, 1)", ""),
}
LOSSES = {
    "pairs": (lambda p, y: np.mean((p - y) ** 2), "36 differences for 6 samples", "column apart"),
    "pairs kept": (lambda p, y: (p - y) ** 2, "36 differences", "column apart"),
    "pairs summed": (lambda p, y: np.sum((p - y) ** 2) / len(y), "36 differences", "column apart"),
    "no mean": (lambda p, y: (p[:, 0] - y) ** 2, "gave back 6 numbers", "One number says"),
    "sum": (lambda p, y: np.sum((p[:, 0] - y) ** 2), "expected", "sum grows"),
    "half": (lambda p, y: loss(p, y) / 2, "expected", "½"),
    "half the sum": (lambda p, y: np.sum((p[:, 0] - y) ** 2) / 2, "expected", "½"),
    "root": (lambda p, y: np.sqrt(loss(p, y)), "expected", "RMS"),
    "distances": (lambda p, y: np.abs(p[:, 0] - y).mean(), "expected", "mean of the distances"),
    "differences": (lambda p, y: (p[:, 0] - y).mean(), "expected", "cancel"),
    "squared mean": (lambda p, y: (p[:, 0] - y).mean() ** 2, "expected", "comes first"),
    "variance": (lambda p, y: np.var(p[:, 0] - y), "expected", "takes the mean away"),
    "minus": (lambda p, y: -loss(p, y), "expected", "Which sign"),
    "cubes": (lambda p, y: np.mean(np.abs(p[:, 0] - y) ** 3), "expected", "in your head"),
    "relative": (lambda p, y: loss(p, y) / np.var(y) if len(y) > 1 else loss(p, y), "expected", "in your head"),
}


def differences(up=1.0, down=1.0, over=2.0, together=False, keep=False, factor=1.0):
    def wrong(f, w, width):
        w = w.copy()
        found = np.zeros_like(w)
        for k in np.ndindex(w.shape):
            step = np.zeros_like(w)
            step[...] = width if together else 0
            step[k] = width
            found[k] = factor * (f(w + up * step) - f(w - down * step)) / (over * width)
            if keep:
                w += step
        return found

    return wrong


def same_array(f, w, width):
    found = np.zeros_like(w)
    for k in np.ndindex(w.shape):
        up = down = w.copy()
        up[k] += width
        down[k] -= width
        found[k] = (f(up) - f(down)) / (2 * width)
    return found


def not_put_back(f, w, width):
    found = np.zeros_like(w)
    for k in np.ndindex(w.shape):
        before = f(w)
        w[k] += width
        found[k] = (f(w) - before) / width
    return found


def rows_moved(f, w, width):
    found = np.zeros_like(w)
    for k in range(len(w)):
        step = np.zeros_like(w)
        step[k] = width
        found[k] = (f(w + step) - f(w - step)) / (2 * width)
    return found


def too_narrow(f, w, width):
    return numerical_gradient(f, w, 1e-15)


def one_by_one(f, w, width):
    return [(f(w[k] + width) - f(w[k] - width)) / (2 * width) for k in range(len(w))]


NUMERICALS = {
    "one side": (differences(down=0, over=1), "one side only", "How far apart"),
    "left side": (differences(up=0, over=1), "one side only", "How far apart"),
    "one side over both": (differences(down=0), "the way to both", "how far apart"),
    "over the width": (differences(over=1), "2 times as large", "How far apart"),
    "half": (differences(over=4), "0.5 times as large", "How far apart"),
    "exchanged": (differences(factor=-1), "-1 times as large", "comes first"),
    "no brackets": (lambda f, w, h: h * h * numerical_gradient(f, w, h), "by the width, twice", "from left to right"),
    "no width": (lambda f, w, h: 2 * h * numerical_gradient(f, w, h), "times as large", "divided by"),
    "rows": (rows_moved, "you move each row as a whole", "w[k]"),
    "together": (differences(together=True), "same for all", "have to be held"),
    "goes on": (differences(keep=True), "the first component is right", "have its turn|has its turn"),
    "not put back": (not_put_back, "changes the array", "new one"),
    "same array": (same_array, "is 0, expected", "two different places"),
    "flat": (lambda f, w, h: numerical_gradient(f, w, h).ravel(), "shape (6,), asked is (2, 3)", ""),
    "component alone": (one_by_one, "it was given one of shape ()", ""),
    "too narrow": (too_narrow, "expected", "ruled by rounding"),
    "f itself": (lambda f, w, h: np.full_like(w, f(w)), "expected", ""),
    "integers": (lambda f, w, h: numerical_gradient(f, w, h).astype(int), "expected", ""),
}


def flawed(change):
    """Gradients of which `change` makes others; it is given everything by name."""

    def wrong(X, y, W1, b1, W2, b2):
        Z = X @ W1 + b1
        H = relu(Z)
        r = H @ W2 + b2 - y[:, None]
        d = 2 * r / len(X)
        back = d @ W2.T
        right = dict(zip(("W1", "b1", "W2", "b2"), gradients(X, y, W1, b1, W2, b2), strict=True))
        more = change(X=X, Z=Z, H=H, d=d, back=back, P=H @ W2 + b2, w1=W1, w2=W2, n=len(X), right=right)
        if isinstance(more, dict):
            return tuple({**right, **more}.values())
        return more

    return wrong


def signal(make):
    def change(X, **all_):
        s = make(**all_)
        return {"W1": X.T @ s, "b1": s.sum(axis=0)}

    return flawed(change)


def times(factor):
    return flawed(lambda right, n, **_: {name: factor(n) * part for name, part in right.items()})


def pairs(X, y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    d = 2 * (relu(Z) @ W2 + b2 - y) / len(X)
    s = (d @ np.broadcast_to(W2.T, (len(X), len(W2)))) * (Z > 0)
    return X.T @ s, s.sum(axis=0), relu(Z).T @ d, d.sum(axis=0)


GRADIENTS = {
    "sign": (times(lambda n: -1), "opposite sign", "first factor"),
    "sum": (times(lambda n: n), "7 times autograd's", "a mean, no sum"),
    "no 2": (times(lambda n: 0.5), "half of autograd's", "r² by r"),
    "sum, no 2": (times(lambda n: n / 2), "3.5 times autograd's", "Two factors"),
    "mean twice": (times(lambda n: 1 / n), "7 times too small", "How often"),
    "some factor": (times(lambda n: 3.0), "3 times autograd's", "wrong number"),
    "no relu": (signal(lambda back, **_: back), "passes where a neuron is off", "on its way back"),
    "sign of z": (signal(lambda back, Z, **_: back * np.sign(Z)), "opposite sign", "flat"),
    "other side": (signal(lambda back, Z, **_: back * (Z < 0)), "passes where neurons are off", "flat"),
    "value": (signal(lambda back, H, **_: back * H), "the larger they are", "asks for its slope"),
    "wrong tensor": (signal(lambda back, P, **_: back * (P > 0)), "some that are on stop it", "Whose sum"),
    "relu of the signal": (signal(lambda back, **_: relu(back)), "some that are on stop it", "Whose sum"),
    "tanh": (signal(lambda back, H, **_: back * (1 - H**2)), "the hidden one is not", "another activation"),
    "sigmoid": (signal(lambda back, H, **_: back * H * (1 - H)), "the hidden one is not", "another activation"),
    "no W2": (signal(lambda d, Z, **_: d * (Z > 0)), "the same signal", "output weight says"),
    "no residual": (signal(lambda Z, w2, **_: w2.T * (Z > 0)), "plays no part", "from above"),
    "sums for W2": (flawed(lambda Z, d, **_: {"W2": Z.T @ d}), "neurons that are off", "What does W2 multiply"),
    "slope for W2": (flawed(lambda Z, d, **_: {"W2": (Z > 0).T @ d}), "how strongly", "What does W2 multiply"),
    "bias mean": (
        flawed(lambda right, n, **_: {"b1": right["b1"] / n, "b2": right["b2"] / n}),
        "7 times too small",
        "once",
    ),
    "b2 mean": (flawed(lambda right, n, **_: {"b2": right["b2"] / n}), "7 times too small", "once"),
    "b1 scalar": (flawed(lambda right, **_: {"b1": right["b1"].sum()}), "move alike", "own bias"),
    "b1 filled": (
        flawed(lambda right, **_: {"b1": np.full_like(right["b1"], right["b1"].sum())}),
        "same gradient",
        "own bias",
    ),
    "b1 over neurons": (
        flawed(lambda back, Z, **_: {"b1": (back * (Z > 0)).sum(axis=1)}),
        "index for the 7 samples",
        "brought together",
    ),
    "b2 each sample": (flawed(lambda d, **_: {"b2": d}), "index for the 7 samples", "brought together"),
    "dX": (flawed(lambda back, Z, w1, **_: {"W1": (back * (Z > 0)) @ w1.T}), "That is dL/dX", "layer below"),
    "dH": (flawed(lambda back, **_: {"W2": back}), "That is dL/dH", "change with the weights"),
    "transposed": (flawed(lambda right, **_: {"W1": right["W1"].T}), "Rows and columns", "stands first"),
    "order": (
        flawed(lambda right, **_: [right[k] for k in ("W2", "b2", "W1", "b1")]),
        "another order",
        "W1, b1, W2, b2",
    ),
    "tuples": (flawed(lambda right, **_: [right["W1"], right["b1"]]), "Asked are four arrays", ""),
    "wrong W1 only": (
        flawed(lambda right, **_: {"W1": right["W1"] * 1.1}),
        "a small step in it says",
        "multiply there",
    ),
    "wrong b1 only": (flawed(lambda right, **_: {"b1": 0 * right["b1"]}), "your dL/db1", "b1 is in"),
    "one sample": (lambda X, y, *w: gradients(X[:1], y[:1], *w), "a small step", "Your own differences"),
    "at n = 1 only": (
        flawed(lambda right, n, **_: {"W1": right["W1"] * (2 if n == 1 else 1)}),
        "1 sample",
        "multiply there",
    ),
}


def stepping(change):
    def wrong(X, y, W1, b1, W2, b2, learning_rate):
        weights = [W1, b1, W2, b2]
        return change(X, y, weights, learning_rate)

    return wrong


def output_first(X, y, W1, b1, W2, b2, learning_rate):
    Z = X @ W1 + b1
    d = 2 * (relu(Z) @ W2 + b2 - y[:, None]) / len(X)
    W2 = W2 - learning_rate * relu(Z).T @ d
    b2 = b2 - learning_rate * d.sum(axis=0)
    s = (d @ W2.T) * (Z > 0)
    return W1 - learning_rate * X.T @ s, b1 - learning_rate * s.sum(axis=0), W2, b2


def one_after_another(X, y, weights, rate):
    weights = list(weights)
    for k in range(4):
        weights[k] = weights[k] - rate * gradients(X, y, *weights)[k]
    return weights


def hidden_first(X, y, weights, rate):
    half = train_step(X, y, *weights, rate)
    return [*half[:2], *train_step(X, y, *half[:2], *weights[2:], rate)[2:]]


def in_place(X, y, W1, b1, W2, b2, learning_rate):
    for w, g in zip((W1, b1, W2, b2), gradients(X, y, W1, b1, W2, b2), strict=True):
        w -= learning_rate * g
    return W1, b1, W2, b2


def moving(*factors):
    return stepping(
        lambda X, y, w, lr: [p - f * lr * g for p, f, g in zip(w, factors, gradients(X, y, *w), strict=True)]
    )


STEPS = {
    "uphill": (moving(-1, -1, -1, -1), "the loss went up", "against the gradient"),
    "W2 first": (output_first, "with a tenth of the rate", "First all derivatives"),
    "one after another": (stepping(one_after_another), "with a tenth of the rate", "First all derivatives"),
    "hidden first": (stepping(hidden_first), "with a tenth of the rate", "First all derivatives"),
    "in place": (in_place, "changes the array", "new one"),
    "no rate": (stepping(lambda X, y, w, lr: train_step(X, y, *w, 1.0)), "times too long", "not used"),
    "rate twice": (stepping(lambda X, y, w, lr: train_step(X, y, *w, lr**2)), "times as long", "each factor"),
    "stays": (stepping(lambda X, y, w, lr: w), "no weight has moved", "new ones"),
    "biases stay": (moving(1, 0, 1, 0), "b1 and b2 did not move", "All four"),
    "output only": (moving(0, 0, 1, 1), "W1 and b1 did not move", "All four"),
    "one uphill": (moving(1, 1, 1, -1), "b2 moved uphill", "all four go"),
    "the ways": (
        stepping(lambda X, y, w, lr: [-lr * g for g in gradients(X, y, *w)]),
        "not the places where they end",
        "after the step",
    ),
    "the gradients": (
        stepping(lambda X, y, w, lr: gradients(X, y, *w)),
        "not the places where they end",
        "after the step",
    ),
    "unit step": (
        stepping(
            lambda X, y, w, lr: [p - lr * g / np.linalg.norm(g) for p, g in zip(w, gradients(X, y, *w), strict=True)]
        ),
        " moved by ",
        "four updates",
    ),
    "two steps": (
        stepping(lambda X, y, w, lr: train_step(X, y, *train_step(X, y, *w, lr), lr)),
        "",
        "",
    ),
    "order": (
        stepping(lambda X, y, w, lr: [train_step(X, y, *w, lr)[k] for k in (2, 3, 0, 1)]),
        "another order",
        "W1, b1",
    ),
    "loss too": (stepping(lambda X, y, w, lr: [*train_step(X, y, *w, lr), 0.5]), "Asked are four arrays", ""),
}
KINDS = {
    checks.check_backward: TAPES,
    checks.check_forward: FORWARDS,
    checks.check_loss: LOSSES,
    checks.check_numerical_gradient: NUMERICALS,
    checks.check_gradients: {**GRADIENTS, "pairs": (pairs, "49 differences for 7 samples", "reshape")},
    checks.check_train_step: STEPS,
}
MISTAKES = [(check, name, *case) for check, cases in KINDS.items() for name, case in cases.items()]

#: What stands in the solutions, and must not stand in a hint.
ANSWERS = (
    "+=",
    "@",
    "X.T",
    "H.T",
    "Z > 0",
    "sum(axis",
    "W2.T",
    "[:, None]",
    "maximum",
    "- learning_rate",
    "2 * width",
    "2·width",
)


@pytest.mark.parametrize(
    ("check", "wrong", "said", "thought"),
    [(check, *case) for check, _, *case in MISTAKES],
    ids=[f"{check.__name__}: {name}" for check, name, *_ in MISTAKES],
)
def test_each_mistake_is_told_by_what_it_does(check, wrong, said, thought) -> None:
    for seed in range(2):
        verdict = check(wrong, seed=seed)
        assert verdict.state == ("wrong" if thought else verdict.state) and not verdict.passed, verdict
        assert said in verdict.said, verdict.said
        assert any(each in " ".join(verdict.hints[1:]) for each in thought.split("|")), verdict.hints
        if "changes the array" not in verdict.said:  # a hint that all checks have in common
            assert not any(answer in f"{verdict.said} {verdict.hints}" for answer in ANSWERS), verdict.hints


@pytest.mark.parametrize("check", [*KINDS], ids=lambda check: check.__name__)
def test_what_is_no_answer(check) -> None:
    def stub(*given):
        raise NotImplementedError

    assert check(...).state == "not done yet"
    assert check(stub).state == "not done yet"
    assert check(None).state == "not usable"
    assert "has to be a function" in check(3.0).said
    assert check(lambda *given: None).state == "not usable"
    assert "called as" in check(lambda: 1).said
    assert "ZeroDivisionError" in check(lambda *given: 1 / 0).said
    assert check(lambda *given: "six").state == "not usable"
    assert check(lambda *given: [np.nan] * 4).state == "not usable"


def test_a_loop_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbkit.checks.student.Student.__init__.__kwdefaults__", {"seconds": 0.2})

    def endless(tape, values):
        line = len(tape)
        while line >= 0:
            line = line + 0
        return values

    assert "had not come back" in checks.check_backward(endless).said


# --- the notebook, filled in wrongly

TAPE = """
def backward(tape, values):
    d = [0.0] * len(tape)
    d[-1] = 1.0
    for line in {order}(range(len(tape))):
        operation, *operands = tape[line]
        if operation == "input":
            continue
        i, j = operands
        d[i] {sets} {received} * (values[j] if operation == "multiply" else 1)
        d[j] {sets} {received} * (values[i] if operation == "multiply" else 1)
    return d
"""
NETWORK = """
def gradients(X, y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    d = {residual} / len(y)
    s = (d @ W2.T) * {slope}
    return {first}, {bias}, H.T @ d, d.sum(axis=0)
"""
RIGHT = {"residual": "2 * (H @ W2 + b2 - y[:, None])", "slope": "(Z > 0)", "first": "X.T @ s", "bias": "s.sum(axis=0)"}
LATE = """
def train_step(X, y, W1, b1, W2, b2, learning_rate):
    H = np.maximum(X @ W1 + b1, 0)
    d = 2 * (H @ W2 + b2 - y[:, None]) / len(y)
    W2 = W2 - learning_rate * H.T @ d
    b2 = b2 - learning_rate * d.sum(axis=0)
    s = (d @ W2.T) * (H > 0)
    return W1 - learning_rate * X.T @ s, b1 - learning_rate * s.sum(axis=0), W2, b2
"""
DIFFERENCES = """
def numerical_gradient(f, w, width):
    slopes = np.zeros_like(w)
    for k in np.ndindex(w.shape):
        moved = np.zeros_like(w)
        moved[k] = width
        slopes[k] = {formula}
    return slopes
"""
EDITIONS = [
    {
        "tape": (TAPE.format(order="reversed", sets="=", received="d[line]"), "x feeds the product twice"),
        "forward": ("def forward(X, W1, b1, W2, b2):\n    return (X @ W1 + b1) @ W2 + b2", "no kink"),
        "loss": ("def loss(prediction, y):\n    return np.mean((prediction - y) ** 2)", "36 differences"),
        "differences": (DIFFERENCES.format(formula="(f(w + moved) - f(w)) / width"), "one side only"),
        "gradients": (NETWORK.format(**{**RIGHT, "residual": "2 * (y[:, None] - H @ W2 - b2)"}), "opposite sign"),
    },
    {
        "tape": (TAPE.format(order="reversed", sets="+=", received="1"), "own derivative alone"),
        "loss": ("def loss(prediction, y):\n    return np.sum((prediction[:, 0] - y) ** 2)", "expected"),
        "differences": (DIFFERENCES.format(formula="(f(w + moved) - f(w - moved)) / width"), "2 times as large"),
        "gradients": (NETWORK.format(**{**RIGHT, "slope": "1"}), "passes where a neuron is off"),
        "step": (LATE, "with a tenth of the rate"),
    },
    {
        "tape": (TAPE.format(order="", sets="+=", received="d[line]"), "first to the last"),
        "gradients": (NETWORK.format(**{**RIGHT, "slope": "np.sign(Z)"}), "opposite sign"),
    },
    {"gradients": (NETWORK.format(**{**RIGHT, "bias": "s.sum()"}), "move alike")},
    {"gradients": (NETWORK.format(**{**RIGHT, "residual": "2 * (H @ W2 + b2 - y)"}), "49 differences for 7 samples")},
    {"gradients": (NETWORK.format(**{**RIGHT, "first": "s @ W1.T"}), "dL/dX")},
]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: "+".join(edition))
def test_a_wrong_edition_fails_where_it_is_wrong(edition) -> None:
    answers = {name: source for name, (source, _) in edition.items()}
    last = "" if "step" in edition else "check-gradients"
    verdicts = run_notebook(without_figures(SOURCE), SOURCE.parent, answers, until=last)
    for name, verdict in verdicts.items():
        _, said = edition.get(name.removeprefix("check-"), ("", None))
        if said is not None:
            assert not verdict.passed and said in verdict.said, verdict
        elif name != "check-step":  # which uses the gradients
            assert verdict.passed, verdict
