"""Running a student's code: on copies, within a time limit, and with one line for each way in which it can fail."""

from __future__ import annotations

import copy
import inspect
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from nbkit.checks.findings import NotDone, Unusable, Wrong, done
from nbkit.checks.limit import OutOfTime, within
from nbkit.checks.values import brief

__all__ = ["Student"]

#: What torch, or a tensor's method asked of an array, stops with.
ARRAYS_WHERE_TENSORS_ARE_MEANT = (TypeError, AttributeError, RuntimeError)


class Student:
    """A function that a student wrote, called `name` in what is said of it, with the arguments that it has to take.

    Raises NotDone for a stub, Unusable for what is no function or takes other arguments. A call gives copies, and answers in the
    same words for NaN or a wrong shape no matter who asks: see `nbkit.checks.values`. Functions that are written for tensors get
    tensors: where numpy arrays make one fail, it is called once more with float64 tensors.
    """

    def __init__(self, thing: Any, name: str, *arguments: str, seconds: float = 10.0) -> None:
        done(thing)
        if thing is None:
            raise Unusable(f"`{name}` is None: the cell above has to define it as a function.")
        if not callable(thing):
            raise Unusable(
                f"`{name}` has to be a function, got {brief(thing)}: hand over its name, without brackets after it."
            )
        self.thing, self.name, self.arguments, self.seconds = thing, name, arguments, seconds
        self._tensors = False
        self._check_arguments()

    def _check_arguments(self) -> None:
        try:
            signature = inspect.signature(self.thing)
        except (TypeError, ValueError):
            return  # compiled: the call will tell
        try:
            signature.bind(*self.arguments)
        except TypeError:
            raise Unusable(
                f"`{self.name}` is called as {self.name}({', '.join(self.arguments)}), but yours takes {signature}."
            ) from None

    def __call__(self, *values: Any) -> Any:
        """The student's answer to copies of these values."""
        try:
            answer = self._try(values)
        except Unusable as first:
            arrays = any(isinstance(value, np.ndarray) for value in values)
            if self._tensors or not arrays or not isinstance(first.__cause__, ARRAYS_WHERE_TENSORS_ARE_MEANT):
                raise
            self._tensors = True
            try:
                answer = self._try(values)
            except (Unusable, NotDone):
                self._tensors = False
                raise first from None
        done(answer)
        if answer is None:
            raise Unusable(f"`{self.name}` gave back None for {self._input(values)}: does it end in `return …`?")
        return answer

    def _try(self, values: tuple[Any, ...]) -> Any:
        given = [self._copy(value) for value in values]
        before = copy.deepcopy(given)
        try:
            answer = within(self.seconds, lambda: self.thing(*given))
        except NotImplementedError:
            raise NotDone from None
        except OutOfTime:
            raise Unusable(
                f"`{self.name}` had not come back after {self.seconds:g} s for {self._input(values)}: "
                "is there a loop that never ends?",
                where(self.thing),
            ) from None
        except Exception as error:
            first = plainly(str(error).strip().split("\n")[0])
            because = f" ({first})" if first else ""
            raise Unusable(
                f"`{self.name}` stopped with {type(error).__name__}{because} for {self._input(values)}.",
                where(self.thing),
            ) from error
        # What was moved and put back again, as for a difference, is off by rounding.
        for name, one, other in zip(self.arguments, given, before, strict=False):
            if isinstance(one, np.ndarray) and not np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True):
                raise Wrong(
                    f"`{self.name}` changes the array `{name}` that it is given: outside of it everybody sees {name} move.",
                    f"`{name} += …` and `{name}[…] = …` work inside of the array. Compute a new one instead, or begin with a copy.",
                )
        return answer

    def _copy(self, value: Any) -> Any:
        if self._tensors and isinstance(value, np.ndarray):
            import torch

            return torch.as_tensor(value.copy())
        return copy.deepcopy(value)

    def _input(self, values: tuple[Any, ...]) -> str:
        return ", ".join(f"{name} = {brief(value)}" for name, value in zip(self.arguments, values, strict=False))


def plainly(message: str) -> str:
    """What numpy says of a product that is none, as people say it."""
    sizes = re.search(r"^matmul: .*\(size (\d+) is different from (\d+)\)$", message)
    if not sizes:
        return message
    rows, columns = int(sizes[1]), int(sizes[2])
    return f"a matrix with {columns} column{'s' * (columns > 1)} times one with {rows} row{'s' * (rows > 1)}"


def where(thing: Callable[..., Any]) -> str:
    """The lines of the present exception that lie in the student's own file or cell, the last one deepest."""
    code = getattr(inspect.unwrap(thing), "__code__", None)
    error = sys.exc_info()[1]
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    return "\n".join(f"line {frame.lineno}, in {frame.name}: {frame.line}".rstrip(": ") for frame in own[-4:])
