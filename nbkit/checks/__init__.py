"""Checks that answer a student: `check_…(your object)` says what is right and what is not, and gives hints, never the answer.

Each judges by behaviour, on inputs that are drawn anew, and takes any correct way to write the thing: numpy or torch, loops or arrays, own
names. `seed` chooses other hidden inputs. What a check answers is a `Verdict`; `.require()` raises where a mark is wanted.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
