"""The lepton pairs against scipy's distributions and the kinematics of two muons."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import cauchy, kstest, truncexpon

from nbkit.dilepton import Z_MASS, Z_WIDTH, background_density, dileptons, signal_density

WINDOW = (60.0, 120.0)


def cut(distribution, low, high):
    """The distribution function of what is left of a distribution between two values."""
    inside = distribution.cdf(high) - distribution.cdf(low)
    return lambda m: (distribution.cdf(m) - distribution.cdf(low)) / inside


def integral(density, *parameters):
    grid = np.linspace(*WINDOW, 6001)
    values = density(grid, *parameters, WINDOW)
    below = np.concatenate([[0], np.cumsum((values[1:] + values[:-1]) / 2) * (grid[1] - grid[0])])
    return lambda m: np.interp(m, grid, below)


def test_the_bare_peak_is_a_breit_wigner():
    mass = dileptons(20_000, background=0, resolution=0, seed=1).mass
    assert kstest(mass, cut(cauchy(Z_MASS, Z_WIDTH / 2), *WINDOW)).pvalue > 1e-3


@pytest.mark.parametrize(("window", "width"), [((86, 96), 1.8), ((70, 110), 3.9), ((50, 130), 5.6), ((20, 1000), 19.9)])
def test_its_standard_deviation_is_made_by_the_window(window, width):
    """A Breit–Wigner has no variance of its own: the second moment is that of the part which is cut out."""
    gamma = Z_WIDTH / 2
    moments = [
        quad(lambda m, n=n: m**n * cauchy.pdf(m, Z_MASS, gamma), *window, points=[Z_MASS], limit=500)[0]
        for n in range(3)
    ]
    theirs = (moments[2] / moments[0] - (moments[1] / moments[0]) ** 2) ** 0.5
    assert theirs == pytest.approx(width, rel=0.03)
    mass = dileptons(100_000, background=0, resolution=0, window=window, seed=2).mass
    assert mass.std() == pytest.approx(theirs, rel=0.05)
    assert window[0] <= mass.min() and mass.max() <= window[1]


@pytest.mark.parametrize("resolution", (0.5, 1.5, 3.0))
def test_with_a_detector_it_is_a_voigt_profile(resolution):
    mass = dileptons(5000, background=0, resolution=resolution, seed=3).mass
    assert kstest(mass, integral(signal_density, resolution)).pvalue > 1e-3


def test_the_wrong_resolution_is_noticed():
    mass = dileptons(5000, background=0, resolution=1.5, seed=3).mass
    assert kstest(mass, integral(signal_density, 2.0)).pvalue < 1e-4


@pytest.mark.parametrize("slope", (10.0, 40.0, 1000.0))
def test_the_background_falls_exponentially(slope):
    mass = dileptons(20_000, background=1, resolution=0.5, slope=slope, seed=4).mass
    theirs = truncexpon(b=60 / slope, loc=60, scale=slope)
    assert kstest(mass, theirs.cdf).pvalue > 1e-3
    m = np.linspace(60, 120, 50)
    assert background_density(m, slope, WINDOW) == pytest.approx(theirs.pdf(m))


def test_both_densities_are_normalised_and_nothing_outside():
    for density, parameter in ((signal_density, 1.5), (signal_density, 0.0), (background_density, 40.0)):
        assert integral(density, parameter)(120) == pytest.approx(1, abs=1e-4)
        assert density([59.9, 120.1], parameter, WINDOW).tolist() == [0, 0]


def test_the_pair_is_the_sum_of_its_muons():
    pairs = dileptons(2000, resolution=0, seed=5)
    px, py = pairs.pt * np.cos(pairs.phi), pairs.pt * np.sin(pairs.phi)
    pz = pairs.pt * np.sinh(pairs.eta)
    energy = np.sqrt(px**2 + py**2 + pz**2 + 0.1057**2)
    total = [part.sum(axis=1) for part in (energy, px, py, pz)]
    assert pairs.mass == pytest.approx(np.sqrt(total[0] ** 2 - total[1] ** 2 - total[2] ** 2 - total[3] ** 2), rel=1e-6)
    assert pairs.pair_pt == pytest.approx(np.hypot(total[1], total[2]))
    assert (pairs.pt[:, 0] >= pairs.pt[:, 1]).all()
    assert pairs.pair_pt.mean() == pytest.approx(16, rel=0.1)


def test_the_muons_fly_evenly_in_all_directions_as_seen_from_the_z():
    """cos θ* by the energies: of a pair at rest both are half, and a boost shares them out by p·cos θ*."""
    pairs = dileptons(20_000, background=0, resolution=0, seed=6)
    energy = pairs.pt * np.cosh(pairs.eta)
    whole = energy.sum(axis=1)
    boost = np.sqrt(1 - (pairs.mass / whole) ** 2)
    cosine = np.diff(energy, axis=1)[:, 0] / (whole * boost)
    assert kstest(np.abs(cosine), "uniform").pvalue > 1e-3


def test_the_share_and_the_order():
    pairs = dileptons(1001, background=0.3, seed=7)
    assert pairs.signal.sum() == 701 and pairs.pt.shape == (1001, 2)
    assert 0.6 < pairs.signal[:500].mean() < 0.8
    assert not dileptons(10, background=1).signal.any() and dileptons(10, background=0).signal.all()


def test_a_window_beside_the_peak_is_filled_too():
    mass = dileptons(500, window=(200, 205), resolution=3, background=0.5).mass
    assert mass.shape == (500,) and mass.min() >= 200 and mass.max() <= 205


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"window": (100, 90)}, "the lower first and at least 1"),
        ({"window": (0, 90)}, "the lower first and at least 1"),
        ({"background": 1.2}, "background must be a share from 0 to 1, got 1.2"),
        ({"resolution": -1}, "resolution must be from 0 to 18 GeV"),
        ({"slope": 0}, "slope above 0"),
    ],
)
def test_bad_numbers_are_refused(own, message):
    with pytest.raises(ValueError, match=message):
        dileptons(10, **own)
