"""Data with names and units: lepton pairs from a simulation, and what people really measured or wrote.

Of measured data there are only so many samples: None stands for all, fewer are drawn at random, more are refused.
"""

from __future__ import annotations

from importlib import resources

import numpy as np

from nbkit.datasets.base import Array, DataSet, Labels, Truth, generator

__all__ = ["AVAILABLE", "DILEPTON_FEATURES", "diabetes", "digits", "dilepton"]

#: How many samples there are, of the sets that were measured.
AVAILABLE = {"digits": 1797, "diabetes": 768}

#: The inputs of `dilepton` that there are, with their axis labels.
DILEPTON_FEATURES = {
    "mass": "mass (GeV)",
    "pt1": "pT of lepton 1 (GeV)",
    "pt2": "pT of lepton 2 (GeV)",
    "eta1": "η of lepton 1",
    "eta2": "η of lepton 2",
    "dphi": "Δφ (rad)",
    "pair_pt": "pT of the pair (GeV)",
}


def dilepton(
    samples: int = 1000,
    noise: float = 1.5,
    seed: int = 0,
    background: float = 0.5,
    window: tuple[float, float] = (60.0, 120.0),
    slope: float = 40.0,
    features: tuple[str, ...] = ("mass",),
) -> DataSet:
    """Lepton pairs, from a Z (class 1) or from the background: see `nbkit.dilepton`; `noise` is the detector's resolution (GeV).

    `features` are the inputs, names of DILEPTON_FEATURES. Where the mass is the first of them, truth is the kind that is
    the more likely at that mass.
    """
    from nbkit.dilepton import background_density, dileptons, signal_density  # `vector` is needed here alone

    generator(samples, noise, seed)
    unknown = [name for name in features if name not in DILEPTON_FEATURES]
    if unknown or not features:
        raise ValueError(f"features must be some of {', '.join(DILEPTON_FEATURES)}, got {', '.join(unknown) or 'none'}")
    pairs = dileptons(samples, background=background, resolution=noise, window=window, slope=slope, seed=seed)
    turn = pairs.phi[:, 0] - pairs.phi[:, 1]
    columns = {
        "mass": pairs.mass,
        "pt1": pairs.pt[:, 0],
        "pt2": pairs.pt[:, 1],
        "eta1": pairs.eta[:, 0],
        "eta2": pairs.eta[:, 1],
        "dphi": np.pi - np.abs(np.pi - np.abs(turn)),
        "pair_pt": pairs.pair_pt,
    }

    def likelier(x: Array) -> Labels:
        signal = (1 - background) * signal_density(x[:, 0], noise, window)
        return (signal > background * background_density(x[:, 0], slope, window)).astype(np.int64)

    truth: Truth | None = likelier if features[0] == "mass" else None
    labels = tuple(DILEPTON_FEATURES[name] for name in features)
    x, y = np.column_stack([columns[name] for name in features]), pairs.signal.astype(np.int64)
    return DataSet("dilepton", x, y, "binary", labels, "kind of pair", ("background", "Z boson"), truth)


def digits(samples: int | None = None, noise: float = 0.0, seed: int = 0) -> DataSet:
    """scikit-learn's handwritten digits: 8×8 pixels from 0 (paper) to 1 (ink), row by row, of 10 classes.

    `noise` is added to the pixels. E. Alpaydin and C. Kaynak, UCI repository (1998).
    """
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    rng, rows = _drawn("digits", samples, noise, seed)
    pixels = tuple(f"pixel {row}, {column}" for row in range(8) for column in range(8))
    x = x[rows] / 16 + noise * rng.standard_normal((len(rows), 64))
    return DataSet("digits", x, y[rows].astype(np.int64), "multiclass", pixels, "digit", tuple("0123456789"))


DIABETES_INPUTS = (
    "pregnancies",
    "glucose (mg/dL)",
    "blood pressure (mm Hg)",
    "skin fold (mm)",
    "insulin (µU/mL)",
    "body-mass index (kg/m²)",
    "pedigree function",
    "age (years)",
)


def diabetes(samples: int | None = None, noise: float = 0.0, seed: int = 0, complete: bool = False) -> DataSet:
    """768 women of Pima heritage: eight measurements, and whether they have diabetes (35 %). Smith et al. 1988.

    A 0 in glucose, pressure, skin fold, insulin or body-mass index means 'not measured'; `complete` leaves out the 376 rows with
    such a 0. `noise` is added to each input, as a share of its standard deviation.
    """
    with resources.files("nbkit").joinpath("data/pima-indians-diabetes.csv").open(encoding="utf-8") as file:
        table = np.loadtxt(file, delimiter=",")
    rng, rows = _drawn("diabetes", samples, noise, seed)
    table = table[rows]
    if complete:
        table = table[(table[:, 1:6] > 0).all(axis=1)]
    x, y = table[:, :-1], table[:, -1].astype(np.int64)
    x = x + noise * x.std(axis=0) * rng.standard_normal(x.shape)
    return DataSet("diabetes", x, y, "binary", DIABETES_INPUTS, "diabetes", ("no", "yes"))


def _drawn(name: str, samples: int | None, noise: float, seed: int) -> tuple[np.random.Generator, Labels]:
    """A generator, and the rows of that many samples: all, in their order, or some at random."""
    there = AVAILABLE[name]
    rng = generator(there if samples is None else samples, noise, seed)
    if samples is None or samples == there:
        return rng, np.arange(there)
    if samples > there:
        raise ValueError(f"{name} has {there} samples, {samples} were asked for")
    return rng, np.sort(rng.permutation(there)[:samples])
