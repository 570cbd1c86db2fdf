"""A zoo of networks: which cells stand in which layer, and what is linked with what."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["CELLS", "ZOO", "Animal"]

#: The kinds of cells, as F. van Veen's chart (asimovinstitute.org, 2016) names them.
CELLS = (
    "input",
    "backfed input",
    "noisy input",
    "hidden",
    "probabilistic hidden",
    "spiking hidden",
    "output",
    "match input output",
    "recurrent",
    "memory",
    "different memory",
    "kernel",
    "convolution or pool",
)

#: All cells with all of the next layer, each with its nearest there, or, of a single layer, each with each.
Links = Literal["all", "near", "each other"]


class Animal(NamedTuple):
    """A network: its `name`, of each layer the kind of its cells (one of CELLS) and their number, and the `links` after each layer.

    `skips` are pairs of layers that are also linked directly; `within` are the layers whose cells are linked with each other.
    """

    name: str
    layers: tuple[tuple[str, int], ...]
    links: tuple[Links, ...] | Links = "all"
    skips: tuple[tuple[int, int], ...] = ()
    within: tuple[int, ...] = ()


ZOO = (
    Animal("multilayer perceptron", (("input", 3), ("hidden", 4), ("output", 2))),
    Animal("deep feed-forward", (("input", 3), ("hidden", 4), ("hidden", 4), ("hidden", 4), ("output", 2))),
    Animal(
        "convolutional",
        (("input", 6), ("kernel", 5), ("convolution or pool", 4), ("hidden", 3), ("output", 2)),
        ("near", "near", "all", "all"),
    ),
    Animal(
        "residual",
        (("input", 3), ("hidden", 3), ("hidden", 3), ("hidden", 3), ("hidden", 3), ("output", 3)),
        skips=((0, 2), (2, 4)),
    ),
    Animal(
        "attention (transformer)", (("input", 4), ("hidden", 4), ("hidden", 4), ("output", 4)), ("near", "all", "near")
    ),
    Animal("recurrent", (("input", 3), ("recurrent", 3), ("recurrent", 3), ("output", 2))),
    Animal("LSTM", (("input", 3), ("memory", 3), ("memory", 3), ("output", 2))),
    Animal("GRU", (("input", 3), ("different memory", 3), ("different memory", 3), ("output", 2))),
    Animal("auto-encoder", (("input", 4), ("hidden", 2), ("match input output", 4))),
    Animal("denoising auto-encoder", (("noisy input", 4), ("hidden", 2), ("match input output", 4))),
    Animal(
        "variational auto-encoder",
        (("input", 4), ("hidden", 3), ("probabilistic hidden", 2), ("hidden", 3), ("match input output", 4)),
    ),
    Animal(
        "generative adversarial",
        (("noisy input", 2), ("hidden", 3), ("match input output", 4), ("hidden", 3), ("match input output", 1)),
    ),
    Animal("Boltzmann, restricted", (("backfed input", 4), ("probabilistic hidden", 3))),
    Animal("Hopfield", (("backfed input", 6),), within=(0,)),
    Animal("liquid state machine", (("input", 2), ("spiking hidden", 6), ("output", 2)), within=(1,)),
)
