"""What every check of a function answers to what is no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbkit.checks import Verdict

__all__ = ["each_has_its_own_line"]


def each_has_its_own_line(check: Callable[[Any], Verdict], few: Callable[..., Any] = lambda: 1) -> None:
    """A stub, None, an exception, a text, and `few`, a function of too few arguments, are told apart."""

    def stub(*arguments: Any) -> None:
        raise NotImplementedError

    assert check(...).state == check(stub).state == check(lambda *arguments: ...).state == "not done yet"
    assert "is None" in check(None).said
    assert "gave back None" in check(lambda *arguments: None).said
    assert "ZeroDivisionError" in check(lambda *arguments: 1 / 0).said
    assert "but yours takes" in check(few).said
    assert check(lambda *arguments: "here").state == "not usable"
