"""Explorers: controls, one display and one piece of maths each; the only layer that knows ipywidgets and ipympl."""

import sys

# ipympl makes itself the backend of all figures when it is imported after matplotlib. Which one the notebook's own figures use
# is for its user to choose, so that it must not find matplotlib now (ipympl 0.10, ipympl/__init__.py).
_matplotlib = sys.modules.pop("matplotlib", None)
try:
    import ipympl  # noqa: F401
finally:
    if _matplotlib is not None:
        sys.modules["matplotlib"] = _matplotlib
