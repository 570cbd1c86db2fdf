"""Formulas that somebody types: read by a whitelist into a small tree, never run as Python."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nbkit.formulas import CONSTANTS, FUNCTIONS, Array, Node, Number, Operation, Variable, evaluate, source

__all__ = ["LONGEST", "Expression"]

LONGEST = 200  # characters: whatever hides in so few is read and refused at once
DEEPEST = 50  # operations within operations

SYMBOLS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}

# What somebody may have meant by a kind of Python that is no formula.
REFUSED: dict[type[ast.AST], str] = {
    ast.Compare: "a comparison; for a jump at 0 write sign(x)",
    ast.Attribute: "a dot between names; write only the function's name, like sin(x)",
    ast.Call: "a bracket behind what is no function; write products as in 2*(x), and functions by their name, like sin(x)",
    ast.BoolOp: "'and' or 'or'",
    ast.IfExp: "'if'; for a kink write relu(x) or abs(x)",
    ast.Lambda: "'lambda'; write only what it returns",
    ast.Tuple: "a comma; write numbers with a point, like 0.5",
    ast.JoinedStr: "a string",
    ast.Subscript: "brackets [ ]; use ( )",
    ast.List: "brackets [ ]; use ( )",
    ast.keyword: "an argument by name; write only its value",
    ast.Starred: "a star without anything to multiply",
    ast.NamedExpr: "an assignment; write only the formula",
}


class Expression:
    """A formula that somebody typed, callable on one array for each of its variables.

    The text has numbers, the variables, pi and e, + - * / ** and brackets, and the functions of FUNCTIONS; at most 200
    characters, and 50 operations within one another. `tree` is the formula as Number, Variable and Operation nodes, in the order
    in which it is typed. All numbers are floats: what is too large is inf, what is undefined is NaN, without a warning, and
    the caller judges. Raises ValueError, one line, for a text that is no such formula. Nothing of the text is run.

    >>> Expression("x**3 - 2*x + 1")([0, 1, 2])
    array([1., 0., 5.])
    """

    def __init__(self, text: str, variables: Sequence[str] = ("x",)) -> None:
        self.text, self.variables = text, tuple(variables)
        for name in self.variables:
            if not name.isidentifier() or name in FUNCTIONS or name in CONSTANTS:
                raise ValueError(f"a variable must be a name that is not a function or constant, got {name!r}")
        self.tree = _Reader(self.variables).read(text)

    def __call__(self, *values: ArrayLike) -> Array:
        """The value for one array a variable, in their common shape."""
        if len(values) != len(self.variables):
            raise ValueError(f"{self!r} takes {len(self.variables)} arrays, {self.variables}, got {len(values)}")
        arrays = [np.asarray(value, dtype=float) for value in values]
        given = dict(zip(self.variables, arrays, strict=True))
        with np.errstate(all="ignore"):
            result = evaluate(self.tree, given)
        return np.array(np.broadcast_to(result, np.broadcast_shapes(*(array.shape for array in arrays))))

    def source(self) -> str:
        """The formula as Python of numpy (`np`), `relu` and `expit`; constant parts are numbers, since Python's own overflow.

        >>> Expression("2**3 * sin(x) / (1 + x**2)").source()
        '8 * np.sin(x) / (1 + x**2)'
        """
        return source(self.tree)

    def __repr__(self) -> str:
        return f"Expression({self.text!r}, {self.variables!r})"


class _Reader:
    """From a text to a tree; whatever is not in the list is refused, with what to write instead where that is known."""

    def __init__(self, variables: Sequence[str]) -> None:
        self.variables = variables
        names = ", ".join([*variables, *CONSTANTS])
        self.allowed = f"allowed are numbers, {names}, + - * / ** ( ), {' '.join(FUNCTIONS)}"

    def read(self, text: str) -> Node:
        if not isinstance(text, str):
            raise ValueError(f"an expression must be a text like 'x**3 - x', got {type(text).__name__}")
        if len(text) > LONGEST:
            raise ValueError(
                f"an expression has at most {LONGEST} characters, this has {len(text)}: write a shorter one, or pass a function"
            )
        if not text.strip():
            raise ValueError(f"the expression is empty: write one like x**3 - x; {self.allowed}")
        if "^" in text:
            raise ValueError(f"{text!r} has ^, which is no power here: write x**3")
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            reason = error.msg if isinstance(error, SyntaxError) else "it cannot be taken apart"
            raise ValueError(
                f"{text!r} is no formula ({reason}): write each product with *, as in 2*x; {self.allowed}"
            ) from None
        return self.node(tree, 1)

    def node(self, tree: ast.AST, depth: int) -> Node:
        if depth > DEEPEST:
            raise ValueError(
                f"the expression is more than {DEEPEST} operations deep: write it shorter, or pass a function"
            )
        match tree:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(float(value))
            case ast.Name(id=name):
                return self.name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Operation("neg", (self.node(operand, depth + 1),))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.node(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in SYMBOLS:
                return Operation(SYMBOLS[type(op)], (self.node(left, depth + 1), self.node(right, depth + 1)))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
                return self.call(name, [*arguments, *keywords], depth)
        raise self.refusal(tree)

    def name(self, name: str) -> Node:
        if name in self.variables:
            return Variable(name)
        if name in CONSTANTS:
            return Number(CONSTANTS[name])
        if name in FUNCTIONS:
            raise ValueError(f"{name} is a function: write {name}({self.variables[0] if self.variables else '…'})")
        raise ValueError(f"the name {name!r} is not known; {self.allowed}")

    def call(self, name: str, arguments: list[ast.AST], depth: int) -> Node:
        if name in self.variables or name in CONSTANTS:
            raise ValueError(f"{name} is no function: write each product with *, as in {name}*(…)")
        if name not in FUNCTIONS:
            raise ValueError(f"the function {name!r} is not known; {self.allowed}")
        for argument in arguments:
            if isinstance(argument, ast.keyword | ast.Starred):
                raise self.refusal(argument)
        if len(arguments) != 1:
            raise ValueError(f"{name} takes one argument, got {len(arguments)}: write {name}(…)")
        return Operation(name, (self.node(arguments[0], depth + 1),))

    def refusal(self, tree: ast.AST) -> ValueError:
        if isinstance(tree, ast.Constant):
            what = f"the {type(tree.value).__name__} {tree.value!r}"
        else:
            what = REFUSED.get(type(tree), f"something that is no formula ({type(tree).__name__})")
        return ValueError(f"the expression has {what}; {self.allowed}")
