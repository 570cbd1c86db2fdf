"""Explorers that are closed when their test ends."""

import threading

import pytest


@pytest.fixture
def made():
    """Makes a TrainingExplorer, small unless told; none leaves a thread behind."""
    from nbkit import TrainingExplorer

    explorers = []

    def make(*args, **kwargs):
        explorers.append(
            TrainingExplorer(*args, **(kwargs if args or "model" in kwargs else {"hidden": [4], **kwargs}))
        )
        return explorers[-1]

    yield make
    for explorer in explorers:
        explorer.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "nbkit trains"]
