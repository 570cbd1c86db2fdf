"""Back-propagation to be stepped through: any formula as a graph, values forward, derivatives backward."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets

from nbkit.backprop import Graph, Passed, backward, forward, graph, numerical_derivatives
from nbkit.displays.backprop import MOST, BackpropDisplay, Box, Label
from nbkit.expressions import Expression
from nbkit.widgets.backprop_program import program
from nbkit.widgets.base import Explorer
from nbkit.widgets.controls import slider, text
from nbkit.widgets.page import note
from nbkit.widgets.parts import player

__all__ = ["BackpropExplorer"]

VARIABLES = ("x", "y", "z", "w", "b", "t", "x1", "x2", "w1", "w2")
REACH = 6.0
EXAMPLES = {
    "(x + y)·z": {"expression": "(x + y)*z", "x": -2.0, "y": 5.0, "z": -4.0},
    "neuron, squared error": {"expression": "(sigmoid(w*x + b) - t)**2", "w": 2.0, "x": 0.5, "b": -1.5, "t": 1.0},
    "x used twice": {"expression": "x*x + x", "x": 3.0},
}
HINT = """<div style="line-height: 1.35; font-size: 12px">Formulas have + − * / **, brackets, exp log sqrt sin cos tanh relu
sigmoid …, and the variables x y z w b t x1 x2 w1 w2.<br>Keys, once the figure was clicked: → and ← one node on or back,
end and home all or none.</div>"""


class BackpropExplorer(Explorer):
    """Step through a formula's computational graph: values from left to right, then derivatives back, one node a step.

    `expression` is a formula of x, y, z, w, b, t, x1, x2, w1 and w2 (see `nbkit.Expression`), whose values are the parameters of
    these names, −6 … 6. `step` is how many nodes have had their turn: first each operation forward, then each backward; a
    larger number than there are turns stands for all. Sub-expressions that are written twice are one node, whose derivative is the
    sum of what it gets. Raises ValueError for what is no formula, computes nothing from a variable, or has more than 40 nodes.
    """

    display = BackpropDisplay

    def __init__(
        self,
        expression: str = "(x + y)*z",
        step: int = 0,
        x: float = -2.0,
        y: float = 5.0,
        z: float = -4.0,
        w: float = 2.0,
        b: float = -1.5,
        t: float = 1.0,
        x1: float = 1.0,
        x2: float = -1.0,
        w1: float = 0.5,
        w2: float = 1.5,
    ) -> None:
        given = {"x": x, "y": y, "z": z, "w": w, "b": b, "t": t, "x1": x1, "x2": x2, "w1": w1, "w2": w2}
        super().__init__(
            expression=text("Formula f", expression, tip="Type a formula and press Enter", check=_graph),
            step=player(
                "Step",
                step,
                0,
                2 * MOST,
                interval=900,
                tip="Set how many nodes have had their turn; on the figure press ← →",
            ),
            **{
                name: slider(name, value, -REACH, REACH, step=0.1, tip=f"Set the value of {name}")
                for name, value in given.items()
            },
        )

    def arrange(self) -> ipywidgets.Widget:
        examples = [
            self.button(label, f"Take the example f = {example['expression']}", partial(self.move, step=0, **example))
            for label, example in EXAMPLES.items()
        ]
        row = ipywidgets.HBox(examples, layout={"flex_flow": "row wrap", "width": "300px"})
        return ipywidgets.VBox([row, super().arrange(), note(HINT)])

    def idle(self, **parameters: Any) -> set[str]:
        return set(VARIABLES) - set(_graph(parameters["expression"]).variables)

    def limits(self, **parameters: Any) -> dict[str, int]:
        return {"step": 2 * len(_graph(parameters["expression"]).operations)}

    def compute(self, expression: str, step: int, **values: Any) -> dict[str, Any]:
        made = _graph(expression)
        known = forward(made, values)
        turns = len(made.operations)
        step = min(step, 2 * turns)
        ways = list(backward(made, known))
        done = ways[: max(step - turns, 0)]
        derivatives = done[-1][2] if done else [0.0] * len(made.nodes)
        # f's own derivative is there as soon as f is; another's when it has got something.
        reached = {each.operand for _, passed, _ in done for each in passed} | (
            {len(known) - 1} if step >= turns else set()
        )
        seen = set(range(len(known))) - set(made.operations[step:])
        passed: list[Passed] = []
        if step == 0:
            current, heading = -1, f"f = {made.formula(len(known) - 1)}: the inputs are given"
        elif step <= turns:
            current = made.operations[step - 1]
            name = made.nodes[current].name
            heading = f"Forward {step} of {turns}:  {name} = {made.formula(current)} = {_number(known[current])}"
        else:
            current, passed, derivatives = done[-1]
            heading = f"Backward {step - turns} of {turns}:  from {made.nodes[current].name} = {made.formula(current)}"
        return {
            "boxes": [_box(made, place) for place in range(len(known))],
            "values": [_number(value) if place in seen else "" for place, value in enumerate(known)],
            "derivatives": [
                _number(derivatives[k]) if k in reached and _wanted(made, k) else "" for k in range(len(known))
            ]
            if step > turns
            else ["1" if k in reached else "" for k in range(len(known))],
            "current": current,
            "backwards": step > turns,
            "labels": [Label(current, k, f"× {_factor(each)}") for k, each in _edges(made, current, passed)],
            "heading": heading,
            "caption": _caption(made, expression, values, step, turns, passed, derivatives),
        }

    def on_key(self, key: str) -> None:
        turns = 2 * len(_graph(self.shown["expression"]).operations)
        now = min(self.shown["step"], turns)
        to = {"right": now + 1, "left": now - 1, "home": 0, "end": turns}.get(key)
        if to is not None:
            self.move(step=min(max(to, 0), turns))

    def code(self) -> str:
        return program(_graph(self.shown["expression"]), self.shown)


def _graph(expression: str) -> Graph:
    made = graph(Expression(expression, VARIABLES))
    if len(made.nodes) > MOST:
        raise ValueError(
            f"the graph of this formula has {len(made.nodes)} nodes, at most {MOST} can be drawn: write it shorter"
        )
    return made


def _box(made: Graph, place: int) -> Box:
    node = made.nodes[place]
    if not node.operation:
        return Box(
            node.name if node.constant is None else "constant",
            node.operands,
            "variable" if node.constant is None else "constant",
        )
    formula = made.formula(place).replace("sigmoid(", "σ(")  # its short name has room in a box
    return Box(f"{node.name} = {formula}", node.operands, "operation")


def _wanted(made: Graph, place: int) -> bool:
    return made.nodes[place].constant is None


def _edges(made: Graph, current: int, passed: list[Passed]) -> list[tuple[int, Passed]]:
    """What is passed on, each with the position of its operand."""
    if current < 0:
        return []
    wanted = [k for k, operand in enumerate(made.nodes[current].operands) if _wanted(made, operand)]
    return list(zip(wanted, passed, strict=False))


def _factor(each: Passed) -> str:
    return f"{each.rule} = {_number(each.local)}" if each.rule not in ("1", "−1", "0") else each.rule


def _caption(
    made: Graph,
    expression: str,
    values: dict[str, float],
    step: int,
    turns: int,
    passed: list[Passed],
    derivatives: list[float],
) -> str:
    """One sentence for the step; at the end all derivatives, with those by differences beside them."""
    if step == 0:
        return "Forward comes first: each node is computed from its operands, and its value is kept.\nPress → or play."
    if step < turns:
        return "The value stays in its box: the way back will need it."
    if step == turns:
        return "All values are known, and ∂f/∂f = 1. Now backward: each node passes on its derivative, times its own local one.\n"
    sentences = []
    for each in passed:
        node, operand = made.nodes[each.node].name, made.nodes[each.operand].name
        upstream = derivatives[each.node]
        sentences.append(
            f"∂{node}/∂{operand} = {_factor(each)}, times ∂f/∂{node} = {_number(upstream)}: {operand} gets {_number(each.amount)}"
        )
    said = "; ".join(sentences) + "."
    if step < 2 * turns:
        return f"{said}\nWhat a node gets on several ways is added."
    numerical = numerical_derivatives(Expression(expression, made.variables), values)
    pairs = ", ".join(f"{name} {_differences(numerical[name])}" for name in made.variables)
    return f"{said}\nDone. By differences instead: {pairs}."


def _differences(value: float) -> str:
    """Seven digits, of which the last may differ from the derivative's; what is 0 within them is 0, and NaN stays NaN."""
    return f"{0.0 if abs(value) <= 1e-9 else value:.7g}".replace("-", "−")


def _number(value: float) -> str:
    """Four digits, with a minus sign, and no −0."""
    said = f"{value + 0.0:.4g}"
    return ("0" if said == "-0" else said).replace("-", "−")
