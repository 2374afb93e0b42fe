"""Forecasts from many origins at once equal those of one origin at a time."""

import numpy as np
import pytest

from rnncli.tasks.forecast.naive import NAIVE
from rnncli.tasks.forecast.rolling import ROLLING, is_seasonal


def series(kind, L, m, seed):
    rng = np.random.default_rng(seed)
    y = 50 + 8 * np.sin(2 * np.pi * np.arange(L) / m) + 0.05 * np.arange(L) + rng.standard_normal(L)
    if kind == "noise":
        return rng.standard_normal(L) + 30
    if kind == "gaps":
        y[rng.random(L) < 0.2] = np.nan
    if kind == "late":
        y[: 3 * m + 1] = np.nan
    if kind == "negative":
        y[2 * L // 3] = -1.0
    if kind == "constant":
        y[:] = 7.0
    if kind == "level":  # constant at first, then not
        y[: L // 2] = 7.0
    return y


def rolling(name, y, first, h, m):
    """The forecasts of a single series y (L,)."""
    return ROLLING[name](y[None], np.zeros(len(first), int), first, h, m)


@pytest.mark.parametrize("kind", ["plain", "noise", "gaps", "late", "negative", "constant", "level"])
@pytest.mark.parametrize("m", [1, 2, 5, 12])
@pytest.mark.parametrize("name", ROLLING)
def test_every_origin_gets_what_it_would_get_alone(name, m, kind):
    for L, h in ((70, 1), (83, 15), (9, 4)):
        y = series(kind, L, m, seed=m)
        first = np.arange(1, L + 1)
        alone = np.stack([NAIVE[name](y[:t], h, m) for t in first])
        np.testing.assert_allclose(rolling(name, y, first, h, m), alone, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("m", [1, 5])
@pytest.mark.parametrize("name", ROLLING)
def test_series_of_different_lengths_side_by_side_get_what_each_would_get_alone(name, m):
    kinds = ["gaps", "late", "negative", "constant", "plain"]
    several = [series(kind, L, m, seed=m) for kind, L in zip(kinds, (70, 41, 64, 38, 7))]
    y = np.full((5, 70), np.nan)
    for line, one in zip(y, several):
        line[: len(one)] = one
    row = np.array([4, 0, 0, 2, 1, 3, 3, 2])
    first = np.array([7, 70, 33, 64, 41, 38, 2, 1])
    alone = np.stack([NAIVE[name](several[s][:t], 9, m) for s, t in zip(row, first)])
    np.testing.assert_allclose(ROLLING[name](y, row, first, 9, m), alone, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ROLLING)
def test_nothing_behind_an_origin_is_read(name):
    y = series("plain", 60, 6, seed=1)
    changed = np.r_[y[:40], np.full(20, -1e6)]
    first = np.array([20, 33, 40])
    np.testing.assert_allclose(rolling(name, changed, first, 9, 6), rolling(name, y, first, 9, 6), rtol=1e-7)


def test_a_season_is_found_from_the_origin_on_from_which_it_shows():
    y = np.r_[np.random.default_rng(2).standard_normal(48), 20 * np.sin(2 * np.pi * np.arange(96) / 12)]
    found = is_seasonal(y[None], np.zeros(3, int), np.array([24, 40, 144]), 12)
    assert found.tolist() == [False, False, True]


@pytest.mark.parametrize("name", ["seasonal_naive", "naive2"])
def test_a_season_below_one_is_refused(name):
    with pytest.raises(ValueError, match="season is 0"):
        rolling(name, np.arange(5.0), np.array([3]), 2, 0)
