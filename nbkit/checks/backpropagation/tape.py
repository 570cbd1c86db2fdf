"""Back-propagation along a tape, a formula written as a list of operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nbkit.checks.backpropagation.network import EXERCISE, close
from nbkit.checks.findings import Unusable, Wrong
from nbkit.checks.judging import check
from nbkit.checks.student import Student
from nbkit.checks.values import brief, numbers
from nbkit.landscape import Array

__all__ = ["check_backward"]

Tape = list[tuple[Any, ...]]

#: A formula for people, its tape, and the values of its inputs.
KNOWN: tuple[tuple[str, Tape, tuple[float, ...]], ...] = (
    ("x·y", [("input",), ("input",), ("multiply", 0, 1)], (5.0, -4.0)),
    ("x + y", [("input",), ("input",), ("add", 0, 1)], (5.0, -4.0)),
    ("(x + y)·z", [("input",), ("input",), ("input",), ("add", 0, 1), ("multiply", 3, 2)], (-2.0, 5.0, -4.0)),
    ("x·x", [("input",), ("multiply", 0, 0)], (3.0,)),
    ("x + x", [("input",), ("add", 0, 0)], (3.0,)),
    ("x·y + x", [("input",), ("input",), ("multiply", 0, 1), ("add", 2, 0)], (3.0, 5.0)),
    (
        "q·q·q with q = x + y",
        [("input",), ("input",), ("add", 0, 1), ("multiply", 2, 2), ("multiply", 3, 2)],
        (1.0, 1.5),
    ),
)


@check(
    EXERCISE,
    "back along the tape",
    "The last value has the derivative 1 by itself. From there go back, line by line: each operation hands to its two operands what it has got itself, times its own derivative by that operand.",
    "f = (u + v)·t with u = 1, v = 2, t = 10: the product hands 10 to the sum u + v, and 3 to t. The sum has got 10, and hands 10 to u and 10 to v.",
)
def check_backward(backward: Any, *, rng: np.random.Generator) -> str:
    """Judge `backward(tape, values)` → the derivative of the last value by each value, one for each line of the tape."""
    ask = Student(backward, "backward", "tape", "values")
    for formula, tape, inputs in [*KNOWN, *(("", *_random(rng)) for _ in range(6))]:
        values = _forward(tape, inputs)
        expected = _torch(tape, inputs)
        got = _derivatives(ask(tape, values), len(tape))
        if not close(got, expected):
            _explain(formula, tape, values, got, expected)
    return "Equal to torch's autograd on seven formulas and six random tapes, with values that are used more than once, or not at all."


def _derivatives(answer: Any, lines: int) -> Array:
    if isinstance(answer, dict):
        raise Unusable("Asked is a list or an array with a number for each line of the tape, got a dict.")
    got = numbers(answer, None, "Your list of derivatives").ravel()
    if len(got) != lines:
        raise Unusable(f"For a tape of {lines} lines you gave back {len(got)} numbers; asked is one for each line.")
    return got


def _random(rng: np.random.Generator) -> tuple[Tape, tuple[float, ...]]:
    """A tape of three inputs and six operations on what stands above them, some of it used often, some never."""
    tape: Tape = [("input",)] * 3
    for line in range(3, 9):
        near = int(rng.integers(max(0, line - 2), line))  # the last lines are used, so that few are lost
        tape.append((str(rng.choice(["add", "multiply"])), near, int(rng.integers(line))))
    return tape, tuple(float(value) for value in rng.uniform(0.5, 1.5, 3) * rng.choice([-1, 1], 3))


def _forward(tape: Tape, inputs: tuple[float, ...]) -> list[float]:
    values = list(inputs)
    for operation, *operands in tape[len(inputs) :]:
        one, other = (values[k] for k in operands)
        values.append(one + other if operation == "add" else one * other)
    return values


def _torch(tape: Tape, inputs: tuple[float, ...]) -> Array:
    import torch

    values = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in inputs]
    for operation, *operands in tape[len(inputs) :]:
        one, other = (values[k] for k in operands)
        values.append(one + other if operation == "add" else one * other)
    found = torch.autograd.grad(values[-1], values, allow_unused=True)
    return np.array([0.0 if derivative is None else derivative.item() for derivative in found])


def _flawed(
    tape: Tape,
    values: list[float],
    *,
    add: bool = True,
    once: bool = False,
    alone: tuple[str, ...] = (),
    own: bool = False,
    backwards: bool = True,
    sums: float = 1.0,
) -> Array:
    """The pass with flaws: overwriting in place of adding, one operand only where both are one, operations that forget what they received, …"""
    derivatives = [0.0] * len(tape)
    derivatives[-1] = 1.0
    for line in range(len(tape))[:: -1 if backwards else 1]:
        operation, *operands = tape[line]
        if operation == "input":
            continue
        passed = 1.0 if operation in alone else derivatives[line]
        for position, operand in enumerate(operands[:1] if once and operands[0] == operands[1] else operands):
            factor = values[operands[position if own else 1 - position]] if operation == "multiply" else sums
            derivatives[operand] = factor * passed + (derivatives[operand] if add else 0.0)
    return np.array(derivatives)


def _usual(tape: Tape, values: list[float]) -> Iterator[tuple[Array, str, str]]:
    many = "A value that is used twice reaches f on two paths. What happens at your second visit to what the first one brought?"
    yield _flawed(tape, values, add=False), "what came on one path is overwritten by what comes on the next", many
    yield _flawed(tape, values, once=True), "a value that is both operands of one operation counts once", many
    for alone, who in (("add",), "a sum"), (("multiply",), "a product"), (("add", "multiply"), "each operation"):
        yield (
            _flawed(tape, values, alone=alone),
            f"{who} hands on its own derivative alone",
            "Chain rule: what does an operation have to multiply its own derivative by, before it hands it on?",
        )
    yield (
        _flawed(tape, values, own=True),
        "a product hands each operand the wrong one of its two values",
        "How much does u·v grow when u grows by 1: by u, or by v?",
    )
    yield (
        _flawed(tape, values, backwards=False),
        "the lines are visited from the first to the last",
        "A value can hand on its derivative only when it has got all of it. Which line has it first?",
    )
    yield (
        0 * np.array(values),
        "nothing flows",
        "Each derivative is a multiple of the first. What is the derivative of f by f?",
    )
    yield _flawed(tape, values, sums=0.0), "nothing passes through a sum", "How much does u + v grow when u grows by 1?"
    yield (
        np.array(values, dtype=np.float64),
        "these are the values",
        "Forward is done. Asked is what f does when one of them grows.",
    )
    yield -_flawed(tape, values), "all have the other sign", "What is the derivative of f by f itself?"


def _explain(formula: str, tape: Tape, values: list[float], got: Array, expected: Array) -> None:
    place = int(np.argmax(~np.isclose(got, expected, rtol=1e-4, atol=1e-6)))
    inputs = ", ".join(
        f"{name} = {values[k]:.3g}"
        for k, (name, line) in enumerate(zip("xyz", tape, strict=False))
        if line == ("input",)
    )
    where = f"For f = {formula} at {inputs}" if formula else f"On the tape {tape} at {brief(np.array(values[:3]))}"
    said = f"{where} your derivative by {_named(tape, place)} is {got[place]:.4g}; a small step there says {expected[place]:.4g}"
    if formula == "x·x" and np.isclose(got[0], values[0]):
        raise Wrong(
            f"For x·x at 3 you give {got[0]:.4g}, and it should be 6: x feeds the product twice.",
            "Both ends of the product bring something back to x. Is the second one added to the first, or does it replace it?",
        )
    for flawed, words, thought in _usual(tape, values):
        if close(got, flawed):
            raise Wrong(f"{said}: {words}.", thought)
    if not np.isclose(got[-1], 1):
        raise Wrong(f"{said}.", "The last line is f itself. What is the derivative of f by f?")
    if np.allclose(got, expected, atol=1e-6, rtol=1e-4) or (expected == 0)[place]:
        raise Wrong(f"{said}: f does not depend on that line.", "What does a line get that nobody hands anything to?")
    raise Wrong(
        f"{said}.",
        "Go back by hand, one line at a time, and write below each line what it has got so far. Where does your program write something else?",
    )


def _named(tape: Tape, place: int) -> str:
    return f"line {place} ({' '.join(map(str, tape[place]))})"
