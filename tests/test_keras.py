"""The listings of the lecture on tools in Keras and in torch: the same parameters, and accuracies that agree over seeds."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch

import nbkit
from nbkit.datasets import DataSet

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SEEDS = 3


@pytest.fixture(scope="module")
def keras() -> Iterator[Any]:
    """Keras on torch, where it is installed; it takes seconds to import, so not before the first test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        module = pytest.importorskip("keras")
        assert module.backend.backend() == "torch"
        yield module


@contextmanager
def seeded(keras: Any, seed: int) -> Iterator[None]:
    """Keras draws from the global generators, which are put back."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng(devices=[]):
        keras.utils.set_random_seed(seed)
        yield
    random.setstate(states[0])
    np.random.set_state(states[1])  # noqa: NPY002


def network(keras: Any, sizes: Sequence[int]) -> Any:
    """A stack of dense layers with ReLUs, and a sigmoid or softmax at its end."""
    hidden = [keras.layers.Dense(size, activation="relu") for size in sizes[1:-1]]
    last = keras.layers.Dense(sizes[-1], activation="sigmoid" if sizes[-1] == 1 else "softmax")
    return keras.Sequential([keras.Input((sizes[0],)), *hidden, last])


def keras_accuracies(
    keras: Any, parts: tuple[DataSet, DataSet], sizes: Sequence[int], optimizer: str, **fit: Any
) -> list[float]:
    train, validation = parts
    loss = "binary_crossentropy" if sizes[-1] == 1 else "sparse_categorical_crossentropy"
    found = []
    for seed in range(SEEDS):
        with seeded(keras, seed):
            model = network(keras, sizes)
            model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
            model.fit(train.x, train.y, verbose=0, **fit)
            found.append(model.evaluate(validation.x, validation.y, verbose=0)[1])
    return found


def torch_accuracies(
    parts: tuple[DataSet, DataSet], sizes: Sequence[int], optimizer: str, *, epochs: int, batch_size: int
) -> np.ndarray:
    """Of 20 runs that begin as Keras's do, with Glorot's weights, and descend with its constants."""
    train, validation = parts
    runs = nbkit.Ensemble(
        [nbkit.MLP(sizes[0], sizes[1:-1], sizes[-1], init="xavier", seed=seed) for seed in range(20)],
        train,
        validation,
        loss="binary_cross_entropy" if sizes[-1] == 1 else "cross_entropy",
        optimizer=optimizer,
        optimizer_options={"eps": 1e-7} | ({"alpha": 0.9} if optimizer == "rmsprop" else {}),
        learning_rate=0.001,
        batch_size=batch_size,
        seed=range(20),
    )
    runs.run(epochs=epochs)
    outputs = runs.predict(validation.x)
    answers = outputs[..., 0] > 0 if sizes[-1] == 1 else outputs.argmax(axis=-1)
    return np.mean(answers == validation.y, axis=1)


@pytest.mark.parametrize(
    "sizes", [(8, 12, 8, 1), (32, 32, 1), (64, 64, 64, 10), (784, 64, 64, 10), (32, 32, 32, 32, 32)]
)
def test_parameters_are_as_many(keras: Any, sizes: tuple[int, ...]) -> None:
    known = {(32, 32, 1): 1089, (64, 64, 64, 10): 8970, (784, 64, 64, 10): 55050, (32, 32, 32, 32, 32): 4224}
    twin = nbkit.MLP(sizes[0], sizes[1:-1], sizes[-1])
    count = network(keras, sizes).count_params()
    assert count == sum(parameter.numel() for parameter in twin.parameters())
    assert count == known.get(sizes, count)


def test_two_branches_have_as_many_parameters(keras: Any) -> None:
    x = keras.Input((8,))
    deep = keras.layers.Dense(8)(keras.layers.Dense(12)(x))
    joined = keras.layers.Concatenate()([deep, keras.layers.Dense(4)(x)])
    assert keras.Model(x, keras.layers.Dense(1)(joined)).count_params() == 261


def agree(one: Sequence[float], other: np.ndarray) -> None:
    """Whether means differ by no more than chance lets them: three standard errors of the spread over seeds."""
    error = other.std(ddof=1) * np.sqrt(1 / len(one) + 1 / len(other))
    assert abs(np.mean(one) - other.mean()) < 3 * error, (one, other)


def test_pima_accuracies_agree(keras: Any) -> None:
    train, validation = nbkit.datasets.diabetes().split(0.3, seed=0)
    parts = train.standardized(), validation.standardized(train)
    how = {"epochs": 10, "batch_size": 10}
    agree(
        keras_accuracies(keras, parts, (8, 12, 8, 1), "adam", **how),
        torch_accuracies(parts, (8, 12, 8, 1), "adam", **how),
    )


def test_digits_accuracies_agree(keras: Any) -> None:
    parts = nbkit.datasets.digits().split(0.25, seed=0)
    how = {"epochs": 10, "batch_size": 32}
    sizes = (64, 64, 64, 10)
    agree(keras_accuracies(keras, parts, sizes, "rmsprop", **how), torch_accuracies(parts, sizes, "rmsprop", **how))
