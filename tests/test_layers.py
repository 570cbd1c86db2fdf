"""Imports go one way: widgets → checks → displays → maths; and a name that nobody uses costs nothing."""

from __future__ import annotations

import ast
import pathlib
import subprocess
import sys

import pytest

import nbkit

PACKAGE = pathlib.Path(nbkit.__file__).parent
LAYERS = ("maths", "displays", "checks", "widgets")
#: What only a layer and those above it may know.
OWNERS = {"matplotlib": "displays", "ipywidgets": "widgets", "ipympl": "widgets", "IPython": "widgets"}
MODULES = sorted(PACKAGE.rglob("*.py"))
#: Neither maths nor figure: the package itself, what the command does, and the server's extension.
APART = {"__init__.py", "__main__.py", "editions.py", "exercises.py", "notebooks.py", "nodelay.py"}


def layer_of(name: str) -> str:
    """The layer of a module of the package, by its dotted name."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "maths"


def imported(path: pathlib.Path) -> set[str]:
    """The dotted names of all that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full, so that they can be read"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: pathlib.Path) -> None:
    inside = path.relative_to(PACKAGE.parent).with_suffix("")
    if path.parent == PACKAGE and path.name in APART:
        return
    mine = LAYERS.index(layer_of(".".join(inside.parts)))
    for name in imported(path):
        assert "pyplot" not in name, f"{path} imports pyplot: figures would pile up"
        top = name.split(".")[0]
        needed = layer_of(name) if top == "nbkit" else OWNERS.get(top, "maths")
        assert LAYERS.index(needed) <= mine, f"{path} is {LAYERS[mine]} and imports {name}"


def test_an_arrow_the_wrong_way_is_seen(tmp_path: pathlib.Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from nbkit.widgets.base import Explorer\n    import matplotlib.figure")
    assert imported(bad) == {"nbkit.widgets.base.Explorer", "matplotlib.figure"}
    assert layer_of("nbkit.widgets.base.Explorer") == "widgets" and layer_of("nbkit.descent") == "maths"


def in_a_new_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_import_costs_nothing_until_a_name_is_used() -> None:
    heavy = "[name for name in ('numpy', 'scipy', 'torch', 'matplotlib', 'ipywidgets') if name in sys.modules]"
    assert in_a_new_process(f"import sys, nbkit; print({heavy})") == "[]"


def test_explorers_without_training_need_no_torch() -> None:
    code = "import sys, nbkit; nbkit.NeuronExplorer(); nbkit.ActivationExplorer(); print('torch' in sys.modules)"
    assert in_a_new_process(code) == "False"


def test_every_public_name_is_there_and_has_a_docstring() -> None:
    for name in dir(nbkit):
        thing = getattr(nbkit, name)
        assert isinstance(thing, dict) or thing.__doc__, name
    with pytest.raises(AttributeError, match="no_such_name"):
        nbkit.no_such_name  # noqa: B018


def test_the_backend_of_the_users_own_figures_stays_as_it_was() -> None:
    code = "import matplotlib.pyplot as plt, nbkit; plt.figure(); nbkit.NeuronExplorer(); print(plt.get_backend())"
    assert in_a_new_process(f"import matplotlib; matplotlib.use('agg'); {code}") == "agg"
    # also when nothing has been chosen yet
    code = "import matplotlib, nbkit; nbkit.NeuronExplorer(); print(matplotlib.get_backend(auto_select=False))"
    assert in_a_new_process(code) == "None"
