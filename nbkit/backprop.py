"""Back-propagation on the graph of a formula: values forward, derivatives backward, one node after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbkit.expressions import Expression
from nbkit.formulas import FUNCTIONS, OPERATORS, Node, Number, Operation, Variable, folded

__all__ = ["Graph", "GraphNode", "Passed", "backward", "forward", "graph", "numerical_derivatives"]

LETTERS = "qrsuvgh"  # names for what is computed between the variables and f
SIGNS = {"+": " + ", "-": " − ", "*": "·", "/": "/", "**": "^"}


@dataclass(frozen=True)
class GraphNode:
    """A variable, a constant or an operation of a graph.

    `name` is what people call it (x, q, f, or a constant's digits), `operation` is "" for a variable or constant, else as in
    `nbkit.formulas.Operation`; `operands` are the places of its operands in the graph, in order, perhaps one of them twice.
    """

    name: str
    operation: str = ""
    operands: tuple[int, ...] = ()
    constant: float | None = None


@dataclass(frozen=True)
class Graph:
    """The nodes of a formula, each after its operands, the formula's value f last; equal sub-expressions are one node."""

    nodes: tuple[GraphNode, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that occur, in the order in which they are typed."""
        return tuple(node.name for node in self.nodes if not node.operation and node.constant is None)

    @property
    def operations(self) -> tuple[int, ...]:
        """The places of the operations, in the order in which their values are computed."""
        return tuple(place for place, node in enumerate(self.nodes) if node.operation)

    def formula(self, place: int) -> str:
        """A node by the names of its operands, as in q·z."""
        node = self.nodes[place]
        given = [self.nodes[operand].name for operand in node.operands]
        if not node.operation:
            return node.name
        if node.operation == "neg":
            return f"−{given[0]}"
        sign = SIGNS.get(node.operation)
        return f"{node.operation}({given[0]})" if sign is None else sign.join(given)


@dataclass(frozen=True)
class Passed:
    """What one node hands to one of its operands: `local` is its own derivative by it, `rule` how that is written, and
    `amount` = local · (derivative of f by the node), which is added to the operand's derivative."""

    node: int
    operand: int
    local: float
    rule: str
    amount: float


def graph(expression: Expression) -> Graph:
    """The computational graph of a formula; what is written twice is computed once, and what has no variable is a constant.

    Raises ValueError for a formula that computes nothing from a variable.
    """
    if not isinstance(folded(expression.tree), Operation):
        raise ValueError(f"{expression.text!r} computes nothing from a variable: write one like (x + y)*z")
    places: dict[tuple[object, ...], int] = {}
    found: list[tuple[Node, tuple[int, ...]]] = []

    def visit(node: Node) -> int:
        operands = tuple(map(visit, node.operands)) if isinstance(node, Operation) else ()
        key = (node.name, operands) if isinstance(node, Operation) else (type(node), node)
        if key not in places:
            places[key] = len(found)
            found.append((node, operands))
        return places[key]

    visit(folded(expression.tree))
    names = _names(expression.variables)
    nodes = []
    for place, (node, operands) in enumerate(found):
        match node:
            case Number(value):
                nodes.append(GraphNode(f"{value:.4g}".replace("-", "−"), constant=value))
            case Variable(name):
                nodes.append(GraphNode(name))
            case Operation(name, _):
                nodes.append(GraphNode("f" if place == len(found) - 1 else next(names), name, operands))
    return Graph(tuple(nodes))


def forward(graph: Graph, values: Mapping[str, float]) -> list[float]:
    """The value of each node, where the variables have the given values; what is undefined is NaN."""
    known: list[float] = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            if node.constant is not None:
                known.append(node.constant)
            elif not node.operation:
                known.append(float(values[node.name]))
            else:
                function = OPERATORS.get(node.operation) or FUNCTIONS[node.operation]
                known.append(float(function(*(np.asarray(known[operand]) for operand in node.operands))))
    return known


def backward(graph: Graph, values: list[float]) -> Iterator[tuple[int, list[Passed], list[float]]]:
    """From f back to the variables, one operation at a time: its place, what it passes on, and all derivatives of f so far.

    `values` are those of `forward`. The derivative of a node is complete when its turn comes, since all that use it come
    earlier; a node that nothing has reached has 0. Each step needs the values and the derivatives that are there already, and
    nothing is computed twice (Rumelhart, Hinton & Williams 1986). Constants get no derivative.
    """
    derivatives = [0.0] * len(graph.nodes)
    derivatives[-1] = 1.0
    for place in reversed(graph.operations):
        node = graph.nodes[place]
        passed = []
        for position, operand in enumerate(node.operands):
            if graph.nodes[operand].constant is not None:
                continue
            given = [values[each] for each in node.operands]
            local = _local(node.operation, given, values[place], position)
            with np.errstate(all="ignore"):
                amount = 0.0 if _cut(node.operation, given, position) else float(np.float64(local) * derivatives[place])
            derivatives[operand] += amount
            passed.append(Passed(place, operand, local, _rule(graph, place, position), amount))
        yield place, passed, list(derivatives)


def numerical_derivatives(expression: Expression, values: Mapping[str, float]) -> dict[str, float]:
    """The derivative by each variable from central differences, of a width of ε^⅓·max(1, |x|): good to about ten digits."""
    point = np.array([values[name] for name in expression.variables])
    widths = np.finfo(float).eps ** (1 / 3) * np.maximum(1, np.abs(point))
    moves = np.diag(widths)
    with np.errstate(all="ignore"):
        rise = expression(*(point + moves).T) - expression(*(point - moves).T)
        return dict(zip(expression.variables, (rise / (2 * widths)).tolist(), strict=True))


def _names(variables: tuple[str, ...]) -> Iterator[str]:
    taken = {*variables, "f"}
    yield from (letter for letter in LETTERS if letter not in taken)
    number = 1
    while True:
        yield f"n{number}"
        number += 1


def _local(operation: str, operands: list[float], value: float, position: int) -> float:
    """The derivative of an operation by one operand; at kinks and edges torch's."""
    a, b = np.float64(operands[0]), np.float64(operands[-1])
    with np.errstate(all="ignore"):
        match operation, position:
            case "**", 0:
                return 0.0 if b == 0 else float(b * a ** (b - 1))
            case "**", _:
                return 0.0 if a == 0 and b >= 0 else float(value * np.log(a))
            case _:
                return float(LOCAL[operation][position](a, b, np.float64(value)))


def _cut(operation: str, operands: list[float], position: int) -> bool:
    """Whether an operation passes 0 whatever comes, inf and nan too, as torch has it."""
    match operation, position:
        case "**", 0:
            return operands[1] == 0
        case "relu", _:
            return operands[0] <= 0
        case _:
            return operation == "sign"


def _rule(graph: Graph, place: int, position: int) -> str:
    """The local derivative as people write it, with the names of the operands."""
    node = graph.nodes[place]
    names = [graph.nodes[operand].name for operand in node.operands]
    exponent = graph.nodes[node.operands[-1]].constant
    if node.operation == "**" and exponent is not None:
        less = f"{exponent - 1:.4g}".replace("-", "−")
        return f"{names[1]}·{names[0]}" + ("" if less == "1" else f"^{less}")
    return RULES[node.operation][position].format(a=names[0], b=names[-1], y=node.name)


#: For each operation and operand the local derivative, from the operands a and b and the value y.
LOCAL: dict[str, tuple[Callable[[Any, Any, Any], Any], ...]] = {
    "+": (lambda a, b, y: 1.0, lambda a, b, y: 1.0),
    "-": (lambda a, b, y: 1.0, lambda a, b, y: -1.0),
    "*": (lambda a, b, y: b, lambda a, b, y: a),
    "/": (lambda a, b, y: 1 / b, lambda a, b, y: -a / (b * b)),
    "neg": (lambda a, b, y: -1.0,),
    "exp": (lambda a, b, y: y,),
    "log": (lambda a, b, y: 1 / a,),
    "sqrt": (lambda a, b, y: 1 / (2 * y),),
    "sin": (lambda a, b, y: np.cos(a),),
    "cos": (lambda a, b, y: -np.sin(a),),
    "tan": (lambda a, b, y: 1 + y * y,),
    "sinh": (lambda a, b, y: np.cosh(a),),
    "cosh": (lambda a, b, y: np.sinh(a),),
    "tanh": (lambda a, b, y: 1 - y * y,),
    "atan": (lambda a, b, y: 1 / (1 + a * a),),
    "abs": (lambda a, b, y: np.sign(a),),
    "sign": (lambda a, b, y: 0.0,),
    "relu": (lambda a, b, y: 1.0 if a > 0 else 0.0 * a,),
    "sigmoid": (lambda a, b, y: y * (1 - y),),
}

#: The same, in words.
RULES = {
    "+": ("1", "1"),
    "-": ("1", "−1"),
    "*": ("{b}", "{a}"),
    "/": ("1/{b}", "−{a}/{b}²"),
    "**": ("{b}·{a}^({b}−1)", "{y}·log({a})"),
    "neg": ("−1",),
    "exp": ("{y}",),
    "log": ("1/{a}",),
    "sqrt": ("1/(2·{y})",),
    "sin": ("cos({a})",),
    "cos": ("−sin({a})",),
    "tan": ("1 + {y}²",),
    "sinh": ("cosh({a})",),
    "cosh": ("sinh({a})",),
    "tanh": ("1 − {y}²",),
    "atan": ("1/(1 + {a}²)",),
    "abs": ("sign({a})",),
    "sign": ("0",),
    "relu": ("1 where {a} > 0, else 0",),
    "sigmoid": ("{y}·(1 − {y})",),
}
