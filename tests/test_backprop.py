"""Back-propagation against torch's autograd, on formulas that nobody chose."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nbkit.backprop import backward, forward, graph, numerical_derivatives
from nbkit.expressions import Expression
from nbkit.formulas import FUNCTIONS, Node, Number, Variable

VARIABLES = ("x", "y", "z")
TORCH = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "**": torch.pow,
    "neg": torch.neg,
    **{name: getattr(torch, name) for name in FUNCTIONS},
}


def derivatives(text: str, **values: float) -> dict[str, float]:
    made = graph(Expression(text, tuple(values)))
    *_, (_, _, found) = backward(made, forward(made, values))
    return {node.name: found[place] for place, node in enumerate(made.nodes) if node.constant is None}


def in_torch(node: Node, given: dict[str, torch.Tensor]) -> torch.Tensor:
    match node:
        case Number(value):
            return torch.tensor(value, dtype=torch.float64)
        case Variable(name):
            return given[name]
    return TORCH[node.name](*(in_torch(operand, given) for operand in node.operands))


def test_the_slides_example() -> None:
    made = graph(Expression("(x + y)*z", VARIABLES))
    assert [node.name for node in made.nodes] == ["x", "y", "q", "z", "f"]
    assert [made.formula(place) for place in made.operations] == ["x + y", "q·z"]
    values = forward(made, {"x": -2, "y": 5, "z": -4})
    assert values == [-2, 5, 3, -4, -12]
    first, second = backward(made, values)
    assert first[0] == 4 and [(each.operand, each.rule, each.amount) for each in first[1]] == [
        (2, "z", -4),
        (3, "q", 3),
    ]
    assert first[2] == [0, 0, -4, 3, 1], "nothing has reached x and y yet"
    assert second[0] == 2 and second[2] == [-4, -4, -4, 3, 1]


def test_a_node_that_is_used_twice_sums_what_it_gets() -> None:
    assert derivatives("x*x", x=3.0)["x"] == 6
    made = graph(Expression("(x + y)*exp(x + y)", ("x", "y")))
    assert sum(node.operation == "+" for node in made.nodes) == 1, "x + y is one node"
    assert derivatives("(x + y)*exp(x + y)", x=1.0, y=0.5)["x"] == pytest.approx(2.5 * math.exp(1.5), rel=1e-14)


def test_constants_are_folded_and_get_no_derivative() -> None:
    made = graph(Expression("2**3*x + 1", ("x",)))
    assert [node.name for node in made.nodes if node.constant is not None] == ["8", "1"]
    assert derivatives("2**3*x + 1", x=1.0) == {"x": 8, "q": 1, "f": 1}
    # by torch's rules the derivative by an exponent would be NaN here; nobody asks for it
    assert derivatives("x**2", x=-3.0)["x"] == -6


@pytest.mark.parametrize(
    "text, rule, local",
    [("x**2", "2·x", 6), ("x**3", "3·x^2", 27), ("x**0.5", "0.5·x^−0.5", 0.5 / math.sqrt(3)), ("x**1", "1·x^0", 1)],
)
def test_powers_are_told_as_people_write_them(text: str, rule: str, local: float) -> None:
    made = graph(Expression(text, ("x",)))
    ((_, (passed,), _),) = backward(made, forward(made, {"x": 3.0}))
    assert passed.rule == rule and passed.local == pytest.approx(local)


@pytest.mark.parametrize("text", ["x", "2", "3*4 + 1"])
def test_what_computes_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="computes nothing from a variable"):
        graph(Expression(text, ("x",)))


def test_names_never_meet_the_variables() -> None:
    text = "+".join(f"sin({k}*q)" for k in range(1, 16))
    made = graph(Expression(text, ("q", "f")))
    names = [node.name for node in made.nodes if node.operation]
    assert len(set(names)) == len(names) and "q" not in names and names[-1] == "f"


numbers = st.floats(-3, 3).map(lambda value: round(value, 3))
formulas = st.recursive(
    st.sampled_from(VARIABLES) | numbers.map(lambda value: f"({value})"),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda parts: f"({' '.join(parts)})")
        | st.tuples(inner, st.integers(-2, 3)).map(lambda parts: f"({parts[0]})**({parts[1]})")
        | st.tuples(inner, inner).map(lambda parts: f"(1.5 + tanh({parts[0]}))**({parts[1]})")
        | st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda parts: f"{parts[0]}({parts[1]})")
        | inner.map(lambda text: f"-({text})")
    ),
    max_leaves=10,
)


@example("atan((1.5 + tanh(x))**(0.0) / y)", (0.0, 0.0, 0.0))
@example("atan(relu(x) / y) + atan((1 + relu(x - 1)) / y)", (0.5, 0.0, 0.0))
@example("atan((2 + sign(x)) / y)", (0.5, 0.0, 0.0))
@settings(max_examples=300, deadline=None)
@given(formulas, st.tuples(numbers, numbers, numbers))
def test_equal_to_autograd(text: str, point: tuple[float, float, float]) -> None:
    if len(text) > 200:
        return
    expression = Expression(text, VARIABLES)
    try:
        made = graph(expression)
    except ValueError:
        return
    values = dict(zip(VARIABLES, point, strict=True))
    *_, (_, _, found) = backward(made, forward(made, values))
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    result = in_torch(expression.tree, leaves)
    result.backward()
    if not torch.isfinite(result):
        return
    for place, node in enumerate(made.nodes):
        if node.name in leaves and not node.operation:
            expected = leaves[node.name].grad
            if expected is not None and torch.isfinite(expected) and abs(expected) < 1e8:
                assert found[place] == pytest.approx(float(expected), rel=1e-10, abs=1e-10), (text, node.name)


def test_differences_agree_with_the_derivatives() -> None:
    text, values = "sigmoid(w*x + b)**2/(1 + x**2)", {"w": 0.5, "x": -1.2, "b": 0.3}
    by_rule, by_difference = derivatives(text, **values), numerical_derivatives(Expression(text, tuple(values)), values)
    assert {name: by_rule[name] for name in values} == pytest.approx(by_difference, abs=1e-9)


def test_what_is_undefined_is_nan_without_a_warning() -> None:
    assert math.isnan(forward(graph(Expression("log(x)", ("x",))), {"x": -1.0})[-1])
    assert np.isinf(forward(graph(Expression("1/x", ("x",))), {"x": 0.0})[-1])
