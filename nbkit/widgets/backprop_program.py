"""The program that the back-propagation explorer gives: one line a node forward, one line an edge backward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbkit.backprop import Graph
from nbkit.formulas import FUNCTIONS

__all__ = ["program"]


def program(made: Graph, values: Mapping[str, Any]) -> str:
    """A plain program that computes the graph's value and derivatives where the variables have these values."""
    lines = ["import numpy as np", "", ""]
    for name, body in HELPERS.items():
        if any(node.operation == name for node in made.nodes):
            lines += [f"def {name}(x):", f"    return {body}", "", ""]
    # numpy's floats: where Python's raise, they are inf or nan as in the figure
    lines += [f"{name} = np.float64({values[name]!r})" for name in made.variables]
    lines += ["", "# forward: each node from its operands"]
    lines += [f"{made.nodes[place].name} = {_python(made, place)}" for place in made.operations]
    lines += ["", "# backward: each node's derivative is the sum of what the nodes that use it pass on"]
    return "\n".join([*lines, *_backward_lines(made), ""])


HELPERS = {"relu": "np.maximum(x, 0.0)", "sigmoid": "1 / (1 + np.exp(-x))"}


def _operand(made: Graph, place: int) -> str:
    node = made.nodes[place]
    return (
        node.name if node.constant is None else f"{node.constant!r}" if node.constant >= 0 else f"({node.constant!r})"
    )


def _python(made: Graph, place: int) -> str:
    node = made.nodes[place]
    given = [_operand(made, operand) for operand in node.operands]
    if node.operation == "neg":
        return f"-{given[0]}"
    if node.operation in FUNCTIONS:
        name = (
            node.operation
            if node.operation in HELPERS
            else f"np.{'arctan' if node.operation == 'atan' else node.operation}"
        )
        return f"{name}({given[0]})"
    return f" {node.operation} ".join(given)


#: The local derivatives as Python, from the operands' names a and b and the node's own y.
LOCAL = {
    "+": ("1", "1"),
    "-": ("1", "-1"),
    "*": ("{b}", "{a}"),
    "/": ("1 / {b}", "-{a} / {b} ** 2"),
    "**": ("{b} * {a} ** ({b} - 1)", "{y} * np.log({a})"),
    "neg": ("-1",),
    "exp": ("{y}",),
    "log": ("1 / {a}",),
    "sqrt": ("1 / (2 * {y})",),
    "sin": ("np.cos({a})",),
    "cos": ("-np.sin({a})",),
    "tan": ("(1 + {y} ** 2)",),
    "sinh": ("np.cosh({a})",),
    "cosh": ("np.sinh({a})",),
    "tanh": ("(1 - {y} ** 2)",),
    "atan": ("1 / (1 + {a} ** 2)",),
    "abs": ("np.sign({a})",),
    "sign": ("0",),
    "relu": ("({a} > 0)",),
    "sigmoid": ("{y} * (1 - {y})",),
}


def _backward_lines(made: Graph) -> list[str]:
    lines, begun = ["d_f = 1.0"], set()
    for place in reversed(made.operations):
        node = made.nodes[place]
        names = [_operand(made, operand) for operand in node.operands]
        for position, operand in enumerate(node.operands):
            if made.nodes[operand].constant is not None:
                continue
            local = LOCAL[node.operation][position].format(a=names[0], b=names[-1], y=node.name)
            target = f"d_{made.nodes[operand].name}"
            lines.append(f"{target} {'+=' if target in begun else '='} d_{node.name} * {local}")
            begun.add(target)
    shown = ", ".join(f'"{name}", d_{name}' for name in made.variables)
    return [*lines, "", f'print("f", f, {shown})']
