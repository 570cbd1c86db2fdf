"""A formula as a tree: the nodes that it is made of, what they are worth, and how they are written in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

__all__ = [
    "CONSTANTS",
    "FUNCTIONS",
    "OPERATORS",
    "Array",
    "Node",
    "Number",
    "Operation",
    "Variable",
    "evaluate",
    "folded",
    "relu",
    "source",
]

Array = NDArray[np.float64]

CONSTANTS = {"pi": np.pi, "e": np.e}


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0.0)


#: Each takes one argument.
FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "atan": np.arctan,
    "abs": np.abs,
    "sign": np.sign,
    "relu": relu,
    "sigmoid": expit,
}

SOURCES = {"atan": "np.arctan", "relu": "relu", "sigmoid": "expit"}  # the others are numpy's by the same name

#: By the names of `Operation`, the first five of two arguments.
OPERATORS: dict[str, Callable[..., Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "neg": np.negative,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A constant; `pi` and `e` are numbers too."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that gets its value when the formula is evaluated."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` is + - * / ** (two operands), neg, or a name of FUNCTIONS (one operand)."""

    name: str
    operands: tuple[Node, ...]


Node = Number | Variable | Operation


def evaluate(node: Node, given: dict[str, Array]) -> Array:
    """The value of a tree, where the variables have the given values."""
    match node:
        case Number(value):
            return np.asarray(value)  # Python's own floats raise where numpy's overflow
        case Variable(name):
            return given[name]
        case Operation(name, operands):
            function = OPERATORS.get(name) or FUNCTIONS[name]
            return function(*(evaluate(operand, given) for operand in operands))


def folded(node: Node) -> Node:
    """The tree with each part that has no variable as one number."""
    if not isinstance(node, Operation):
        return node
    operands = tuple(map(folded, node.operands))
    if all(isinstance(operand, Number) for operand in operands):
        with np.errstate(all="ignore"):
            return Number(float(evaluate(Operation(node.name, operands), {})))
    return Operation(node.name, operands)


ATOM = 5
# How strongly each operator binds in Python; − before a power binds less than the power.
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "**": 4}


def source(node: Node) -> str:
    """A tree as Python of numpy (`np`), `relu` and `expit`; what has no variable in it is one number."""
    return _written(folded(node))[0]


def _written(node: Node) -> tuple[str, int]:
    """A node as Python, and how strongly it binds."""
    match node:
        case Number(value):
            text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).replace("inf", "np.inf")
            return text.replace("nan", "np.nan"), BINDING["neg"] if text.startswith("-") else ATOM
        case Variable(name):
            return name, ATOM
        case Operation("neg", (operand,)):
            return f"-{_bracketed(operand, BINDING['neg'])}", BINDING["neg"]
        case Operation("**", (base, exponent)):
            return f"{_bracketed(base, ATOM)}**{_bracketed(exponent, BINDING['neg'])}", BINDING["**"]
        case Operation(name, (left, right)):
            binding = BINDING[name]
            return f"{_bracketed(left, binding)} {name} {_bracketed(right, binding + 1)}", binding
        case Operation(name, (argument,)):
            return f"{SOURCES.get(name, f'np.{name}')}({_written(argument)[0]})", ATOM
    raise AssertionError(node)


def _bracketed(node: Node, at_least: int) -> str:
    text, binding = _written(node)
    return text if binding >= at_least else f"({text})"
