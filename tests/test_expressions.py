"""Typed formulas, against Python's own arithmetic and torch, and against whatever somebody may type."""

import math
import operator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from nbkit.expressions import LONGEST, Expression
from nbkit.formulas import FUNCTIONS, Number, Operation, Variable, relu

X = np.linspace(-2.5, 2.5, 41)


def program(expression, **variables):
    """What its source gives where Python runs it."""
    with np.errstate(all="ignore"):
        return eval(expression.source(), {"np": np, "relu": relu, "expit": expit}, variables)


# --- values


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_torchs(name):
    x = np.abs(X) + 0.1 if name in ("log", "sqrt") else X
    expected = getattr(torch, name)(torch.tensor(x)).numpy()
    assert Expression(f"{name}(x)")(x) == pytest.approx(expected, rel=1e-14, abs=1e-15)


TEXTS = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "1e-3", "pi", "e", "3.25"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join),
        st.tuples(inner, st.sampled_from(["2", "3"])).map(lambda pair: f"({pair[0]})**{pair[1]}"),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
    ),
    max_leaves=12,
).filter(lambda text: len(text) <= LONGEST)

MATHS = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")}
MATHS |= {
    "atan": math.atan,
    "abs": abs,
    "sign": lambda x: float(x > 0) - float(x < 0),
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "pi": math.pi,
    "e": math.e,
}


def is_float(text, x, y):
    """Python's own value of a text of ours, or None where its arithmetic gives up."""
    try:
        return float(eval(text, {"__builtins__": {}}, MATHS | {"x": x, "y": y}))
    except (ArithmeticError, ValueError):
        return None


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.floats(-3, 3), st.floats(-3, 3))
def test_any_formula_has_the_value_that_python_gives_it(text, x, y):
    expression = Expression(text, ("x", "y"))
    value, expected = expression(x, y), is_float(text, x, y)
    assert value.shape == () and value.dtype == float
    if expected is not None and math.isfinite(expected):
        # cancellation may magnify a rounding unit without limit: only then may the two differ
        shaken = is_float(text, math.nextafter(x, 9), math.nextafter(y, 9))
        loose = abs(shaken - expected) if shaken is not None else math.inf
        assert value == pytest.approx(expected, rel=1e-9, abs=max(1e-9, 1e3 * loose))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_source_is_the_same_formula(text):
    expression = Expression(text, ("x", "y"))
    y = np.cos(3 * X)
    np.testing.assert_array_equal(np.broadcast_to(program(expression, x=X, y=y), X.shape), expression(X, y))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("x**3+x**2-x-1", "x**3 + x**2 - x - 1"),
        ("-x**2", "-x**2"),
        ("(-x)**2", "(-x)**2"),
        ("x**-2", "x**-2"),
        ("(x**2)**3", "(x**2)**3"),
        ("x**2**3", "x**8"),
        ("2**x**x", "2**x**x"),
        ("x-(1-x)", "x - (1 - x)"),
        ("x/(2*x)", "x / (2 * x)"),
        ("x--1", "x - -1"),
        ("(-2)**x", "(-2)**x"),
        ("relu(x)+sigmoid(x)+atan(x)", "relu(x) + expit(x) + np.arctan(x)"),
        ("9**9**9 * x", "np.inf * x"),
        ("x * sqrt(-1)", "x * np.nan"),
    ],
)
def test_sources_read_as_one_would_write_them(text, source):
    assert Expression(text).source() == source


def test_minus_binds_as_in_python():
    assert Expression("-x**2")(3) == -9
    assert Expression("2**-1")(0) == 0.5
    assert Expression("2**3**2")(0) == 512


def test_several_variables_broadcast():
    expression = Expression("(x + y) * z", ("x", "y", "z"))
    assert expression(-2, 5, -4) == -12
    assert expression(np.zeros((3, 1)), np.ones(4), 2.0) == pytest.approx(np.full((3, 4), 2.0))
    with pytest.raises(ValueError, match="takes 3 arrays"):
        expression(1, 2)


@pytest.mark.parametrize("text", ["3", "pi/2", "9**2 - 1"])
def test_a_constant_has_the_shape_of_its_input(text):
    value = Expression(text)(np.zeros((2, 3)))
    assert value.shape == (2, 3) and np.ptp(value) == 0
    value[0] = 7  # and belongs to the caller
    assert Expression(text)(np.zeros((2, 3)))[0, 0] != 7


def test_a_bare_variable_is_a_copy():
    given_ = np.zeros(3)
    Expression("x")(given_)[:] = 1
    assert not given_.any()


def test_what_is_not_finite_comes_without_a_warning():  # pytest makes an error of each RuntimeWarning
    assert Expression("9**9**9**9")(1) == np.inf
    assert Expression("1/x")(0) == np.inf
    assert Expression("exp(1000*x) - exp(1000*x)")(5) != 0
    assert np.isnan(Expression("log(x) + sqrt(x)")(-1))
    assert Expression("1e999")(0) == np.inf


def test_the_tree_is_in_the_order_of_the_text():
    x = Variable("x")
    assert Expression("-x * sin(2 + x)").tree == Operation(
        "*", (Operation("neg", (x,)), Operation("sin", (Operation("+", (Number(2.0), x)),)))
    )
    assert hash(Expression("x**2").tree) == hash(Expression("x ** 2.0").tree)


# --- what is refused


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x^3", r"write x\*\*3"),
        ("2x", r"as in 2\*x"),
        ("2(x)", r"as in 2\*\(x\)"),
        ("x(2)", r"as in x\*"),
        ("sin x", "is no formula"),
        ("sin", r"write sin\(x\)"),
        ("sin()", "one argument, got 0"),
        ("sin(x, x)", "one argument, got 2"),
        ("sin(x=1)", "argument by name"),
        ("sin(**x)", "argument by name"),
        ("sin(*x)", "star"),
        ("y", "'y' is not known; allowed are numbers, x, pi, e"),
        ("__import__('os').system('ls')", "as in 2"),
        ("open(x)", "'open' is not known; allowed .* sigmoid"),
        ("eval(x)", "'eval' is not known"),
        ("().__class__", "dot between names"),
        ("x.real", "dot between names"),
        ("np.sin(x)", r"like sin\(x\)"),
        ("'a'*9", "the str 'a'"),
        ("f'{x}'", "string"),
        ("b'a'", "bytes"),
        ("True", "the bool True"),
        ("None", "NoneType"),
        ("1j", "complex"),
        ("...", "ellipsis"),
        ("x < 1", "comparison"),
        ("x and 1", "'and'"),
        ("not x", "no formula"),
        ("~x", "no formula"),
        ("x // 2", "no formula"),
        ("x % 2", "no formula"),
        ("x @ x", "no formula"),
        ("1 if x else 2", "'if'"),
        ("lambda: 1", "lambda"),
        ("1,5", "number"),
        ("[x]", "brackets"),
        ("x[0]", "brackets"),
        ("{x}", "no formula"),
        ("[x for x in x]", "no formula"),
        ("(y := 1)", "assignment"),
        ("x = 1", "is no formula"),
        ("import os", "is no formula"),
        ("x\n+1", "is no formula"),
        ("x; x", "is no formula"),
        ("x²", "is no formula"),
        ("\0", "is no formula"),
        ("", "is empty"),
        ("  ", "is empty"),
        ("(" * 5000 + "x" + ")" * 5000, "at most 200 characters, this has 10001"),
        ("9" * 10**6, "at most 200 characters"),
        ("(" * 150, "is no formula"),
        ("-" * 199 + "x", "more than 50 operations deep"),
        ("+" * 199 + "x", "more than 50 operations deep"),
        ("x" + "+x" * 60, "more than 50 operations deep"),
        (None, "must be a text"),
        (3, "must be a text"),
    ],
)
def test_what_is_no_formula_is_answered_in_a_line(text, says):
    with pytest.raises(ValueError, match=says) as caught:
        Expression(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None


def test_brackets_and_depth_up_to_the_limit_are_read():
    assert Expression("(" * 99 + "x" + ")" * 99)(2) == 2
    assert Expression("-" * 49 + "x")(2) == -2


@settings(max_examples=300, deadline=1000)
@given(
    st.one_of(st.text(max_size=250), st.text(alphabet="x+-*/()., 123e<>=[]{}'\\\n:@!~%sincoeplambda_", max_size=250))
)
def test_any_text_is_a_formula_or_a_value_error(text):
    try:
        expression = Expression(text)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert expression(X).shape == X.shape


def test_nothing_is_computed_until_it_is_called(monkeypatch):
    ran = []
    monkeypatch.setitem(FUNCTIONS, "sin", lambda x: ran.append(x) or x)
    expression = Expression("sin(x) + sin(9**9)")
    assert ran == []
    expression(1)
    assert len(ran) == 2


def test_huge_powers_are_read_and_computed_at_once():
    assert np.isinf(Expression("9**9**9**9**9**9 + 10**10**10**x")(X)).all()


@pytest.mark.parametrize("name", ["sin", "pi", "e", "a b", "1", ""])
def test_variables_must_be_free_names(name):
    with pytest.raises(ValueError, match="a variable must be"):
        Expression("1", (name,))


def test_python_and_numpy_agree_on_operators():
    for symbol, function in {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}.items():
        assert Expression(f"x {symbol} 3")(X) == pytest.approx(function(X, 3))
