"""What the tests of the trainer's explorer share."""

import time

import numpy as np
from torch import nn


def weights(explorer):
    return nn.utils.parameters_to_vector(explorer.trainer.model.parameters()).detach().cpu().numpy()


def wait_while(condition):
    """Wait for what another thread does; a loop that looks all the time would take the interpreter away from it."""
    while condition():
        time.sleep(0.002)


def rest(explorer):
    """Wait until it stands still."""
    while not explorer.runner.join(1):
        pass


def picture(explorer):
    """All numbers that the display was told, flat; limits of axes keep still for a while and depend on the way."""

    def flat(value):
        if isinstance(value, tuple | list):
            return [item for part in value for item in flat(part)]
        return [value]

    return flat([explorer._arrays[name] for name in ("data", "network", "loss", "metric", "heading", "message")])


def same(one, other):
    def equal(a, b):
        both = np.asarray(a), np.asarray(b)
        return np.array_equal(*both, equal_nan=all(x.dtype.kind == "f" for x in both))

    return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
