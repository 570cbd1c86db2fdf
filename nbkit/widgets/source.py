"""Functions as they can stand in a program of a student's: the kit's own, and those that users pass."""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["class_source", "own_source", "plain_source", "word"]


def plain_source(function: Callable[..., Any]) -> str:
    """A function's text without its docstring and types, which the program has no use for; comments are lost as well."""
    tree = ast.parse(inspect.getsource(function))
    return ast.unparse(ast.fix_missing_locations(_Plain().visit(tree)))


class _Plain(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        if ast.get_docstring(node) is not None:
            del node.body[0]
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return node if node.value is None else ast.Assign([node.target], node.value)


def word(name: str) -> str:
    """A name as it can stand in a program."""
    return name if name.isidentifier() else "f_" + "".join(c if c.isalnum() else "_" for c in name)


def own_source(name: str, function: Any) -> str:
    """The definition of a user's callable under a name: its text where it has one that can stand alone, else who is to write it."""
    called = str(getattr(function, "__name__", ""))
    if isinstance(function, np.ufunc) and getattr(np, called, None) is function:
        return f"{name} = np.{called}"
    if inspect.isfunction(function) and not function.__closure__ and called != "<lambda>":
        try:
            text = textwrap.dedent(inspect.getsource(function)).strip()
        except (OSError, TypeError):
            text = ""
        if text.startswith("def "):
            return text if called == name else f"{text}\n\n\n{name} = {called}"
    return f"{name} = {name}  # your own function: define it under this name first"


def class_source(kind: type) -> str:
    """The text of a class, also of one that was defined in a cell, whose file Python before 3.13 does not know; "" without one."""
    try:
        return textwrap.dedent(inspect.getsource(kind)).strip()
    except (OSError, TypeError):
        pass
    for member in vars(kind).values():
        if inspect.isfunction(member):
            text = "".join(linecache.getlines(member.__code__.co_filename))
            line = member.__code__.co_firstlineno
            for node in ast.walk(ast.parse(text)):
                if (
                    isinstance(node, ast.ClassDef)
                    and node.name == kind.__name__
                    and node.lineno <= line <= (node.end_lineno or 0)
                ):
                    return textwrap.dedent(ast.get_source_segment(text, node, padded=True) or "").strip()
    return ""
