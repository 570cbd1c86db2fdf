"""What holds for all tests, those of the notebooks included."""

import os

import pytest

# Workers run side by side, and each of them and of their kernels would start as many threads as there are cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What tests answer is kept in memory only, and no notebook finds answers of an earlier run.
os.environ["NBKIT_ANSWERS"] = ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers, notebooks and nbgrader first: a worker takes a whole file at a time, and quick files fill up the end."""
    long = (".ipynb", "test_nbgrader.py")
    items.sort(key=lambda item: ("browser" not in item.path.parts, not item.path.name.endswith(long)))
