"""Lepton pairs at a collider: the Z boson's peak in their invariant mass, over a background that falls.

Each pair is made as two four-vectors, boosted and measured, and its mass computed from what was measured, by the library `vector`.
Masses, momenta and energies are in GeV.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import vector
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad
from scipy.special import voigt_profile

__all__ = ["Z_MASS", "Z_WIDTH", "Dileptons", "background_density", "dileptons", "signal_density"]

Array = NDArray[np.float64]
Window = tuple[float, float]

#: The peak and the full width at half maximum of the Z boson. Particle Data Group (2024): 91.188 and 2.4955.
Z_MASS, Z_WIDTH = 91.19, 2.50
MUON_MASS = 0.1057


class Dileptons(NamedTuple):
    """Measured pairs: of both leptons, the harder one first, `pt` (GeV), `eta` and `phi`, each (n, 2); `signal` (n,), true
    for a pair from a Z."""

    pt: Array
    eta: Array
    phi: Array
    signal: NDArray[np.bool_]

    @property
    def mass(self) -> Array:
        """The invariant mass of each pair (n,), in GeV."""
        return np.asarray(self._pair().mass)

    @property
    def pair_pt(self) -> Array:
        """The transverse momentum of each pair (n,), in GeV."""
        return np.asarray(self._pair().pt)

    def _pair(self) -> Any:
        one, other = (_muons(pt=self.pt[:, k], eta=self.eta[:, k], phi=self.phi[:, k]) for k in range(2))
        return one + other


def dileptons(
    samples: int = 1000,
    *,
    background: float = 0.5,
    resolution: float = 1.5,
    window: Window = (60.0, 120.0),
    slope: float = 40.0,
    seed: int = 0,
) -> Dileptons:
    """Pairs whose measured mass lies in the `window` (GeV), in random order; the share `background` of them is no Z.

    The mass of a signal pair is drawn from a Breit–Wigner about Z_MASS, that of a background pair from exp(−m/slope). The pair
    gets a transverse momentum (mean 16 GeV) and a rapidity (σ 1.4), the same for both kinds, so that the mass alone tells
    them apart, and decays evenly in all directions into two muons. Each muon's pt is measured with a Gaussian relative error
    that gives the mass at the peak the standard deviation `resolution` (GeV), and grows with the mass.
    Raises ValueError for a window that does not rise from at least 1 GeV, a share outside of [0, 1], or negative numbers.
    """
    low, high = window
    if not 1 <= low < high < np.inf:
        raise ValueError(f"window must be two masses in GeV, the lower first and at least 1, got {window}")
    if not 0 <= background <= 1:
        raise ValueError(f"background must be a share from 0 to 1, got {background}")
    if not (0 <= resolution <= 0.2 * Z_MASS and 0 < slope < np.inf):
        raise ValueError(
            f"resolution must be from 0 to {0.2 * Z_MASS:.0f} GeV and slope above 0, got {resolution} and {slope}"
        )
    rng = np.random.default_rng(seed)
    relative = resolution / Z_MASS
    # Pairs from beyond the window are measured in it, and the other way round.
    wider = (max(low * (1 - 6 * relative), 0.5), high * (1 + 6 * relative))
    fallen = round(samples * background)
    kinds: list[tuple[int, Callable[[int], Array]]] = [
        (samples - fallen, lambda count: _breit_wigner(rng, count, wider)),
        (fallen, lambda count: _falling(rng, count, wider, slope)),
    ]
    pairs = [_measured(rng, masses, count, relative, window) for count, masses in kinds]
    order = rng.permutation(samples)
    pt, eta, phi = np.concatenate(pairs, axis=1)[:, order]
    return Dileptons(pt, eta, phi, order < samples - fallen)


def signal_density(mass: ArrayLike, resolution: float, window: Window) -> Array:
    """Probability density (1/GeV) of a signal pair's measured mass in the window: a Voigt profile, cut and normalised.

    A good approximation while the window is wide against the resolution, which here does not grow with the mass.
    """

    def profile(m: ArrayLike) -> Array:
        return np.asarray(voigt_profile(np.asarray(m, np.float64) - Z_MASS, resolution, Z_WIDTH / 2))

    whole, _ = quad(profile, *window, points=[min(max(Z_MASS, window[0]), window[1])], limit=200)
    return np.asarray(_inside(mass, window) * profile(mass) / whole)


def background_density(mass: ArrayLike, slope: float, window: Window) -> Array:
    """Probability density (1/GeV) of a background pair's measured mass in the window: exp(−m/slope), cut and normalised."""
    low, high = window
    whole = -slope * np.expm1(-(high - low) / slope)
    return np.asarray(_inside(mass, window) * np.exp((low - np.asarray(mass, np.float64)) / slope) / whole)


def _inside(mass: ArrayLike, window: Window) -> NDArray[np.bool_]:
    m = np.asarray(mass, np.float64)
    return (window[0] <= m) & (m <= window[1])


def _breit_wigner(rng: np.random.Generator, count: int, window: Window) -> Array:
    """Masses from a Breit–Wigner cut to the window, by the inverse of its distribution function."""
    ends = np.arctan((np.array(window) - Z_MASS) / (Z_WIDTH / 2))
    return np.asarray(Z_MASS + Z_WIDTH / 2 * np.tan(rng.uniform(ends[0], ends[1], count)))


def _falling(rng: np.random.Generator, count: int, window: Window, slope: float) -> Array:
    low, high = window
    return np.asarray(low - slope * np.log1p(rng.uniform(0, 1, count) * np.expm1(-(high - low) / slope)))


def _measured(
    rng: np.random.Generator, masses: Callable[[int], Array], count: int, relative: float, window: Window
) -> Array:
    """pt, eta and phi of both leptons (3, count, 2), of pairs that are measured in the window."""
    kept = np.empty((3, 0, 2))
    while kept.shape[1] < count:
        leptons = _decayed(rng, masses(2 * count + 10))
        # The mass is the root of the product of both pt: half of the sum of both errors.
        leptons[0] *= np.maximum(1 + np.sqrt(2) * relative * rng.standard_normal(leptons[0].shape), 0.01)
        leptons = np.take_along_axis(leptons, np.argsort(-leptons[0], axis=1)[None], axis=2)
        mass = Dileptons(leptons[0], leptons[1], leptons[2], np.ones(leptons.shape[1], bool)).mass
        kept = np.concatenate([kept, leptons[:, _inside(mass, window)]], axis=1)
    return kept[:, :count]


def _decayed(rng: np.random.Generator, mass: Array) -> Array:
    """pt, eta and phi (3, n, 2) of the muons of pairs with these masses (n,), as they are before they are measured."""
    count = len(mass)
    pt, rapidity = rng.gamma(2, 8, count), rng.normal(0, 1.4, count)
    azimuth = rng.uniform(-np.pi, np.pi, count)
    longitudinal = np.hypot(mass, pt) * np.sinh(rapidity)
    pair = vector.array({"pt": pt, "phi": azimuth, "pz": longitudinal, "mass": mass})
    momentum = np.sqrt(mass**2 / 4 - MUON_MASS**2)
    cosine, turn = rng.uniform(-1, 1, count), rng.uniform(-np.pi, np.pi, count)
    across, along = momentum * np.sqrt(1 - cosine**2), momentum * cosine
    muons = [
        _muons(pt=across, phi=turn, pz=along).boost_p4(pair),
        _muons(pt=across, phi=turn + np.pi, pz=-along).boost_p4(pair),
    ]
    return np.stack([np.stack([getattr(muon, name) for muon in muons], axis=1) for name in ("pt", "eta", "phi")])


def _muons(**momenta: Array) -> Any:
    return vector.array({**momenta, "mass": np.full_like(momenta["pt"], MUON_MASS)})
