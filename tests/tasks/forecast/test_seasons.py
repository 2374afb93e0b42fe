"""Seasons are taken from the frequency only where the rows show them, and found where no frequency tells."""

import numpy as np
import pytest

from rnncli.data.time.frequency import frequency_named
from rnncli.tasks.forecast.seasons import autocorrelation, candidates, searched, shown


def wave(m, n=400, noise=0.3, trend=0.0, seed=1):
    """(n,) a pattern of m steps that repeats, with noise and a trend."""
    draw = np.random.default_rng(seed)
    return np.resize(draw.normal(size=m), n) + noise * draw.normal(size=n) + trend * np.arange(n)


def walk(n=400, seed=1):
    return np.random.default_rng(seed).normal(size=n).cumsum()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("h", (24, 168)),
        ("30min", (48, 336)),
        ("15min", (96, 672)),
        ("D", (7,)),
        ("W", (52,)),
        ("MS", (12,)),
        ("QS", (4,)),
        ("B", (5,)),
        ("YS", ()),
        ("s", (3600,)),
    ],
)
def test_a_frequency_suggests_its_usual_season_and_within_a_day_the_week(name, expected):
    assert candidates(frequency_named(name)) == expected


def test_irregular_series_have_no_candidates():
    assert candidates(None) == ()


@pytest.mark.parametrize("m", [2, 4, 7, 12, 52])
@pytest.mark.parametrize("trend", [0.0, 0.5, -3.0])
def test_a_pattern_that_repeats_is_seen_whatever_the_trend(m, trend):
    assert shown([wave(m, trend=trend)], [m]) == (True,)


@pytest.mark.parametrize("seed", range(8))
def test_a_random_walk_has_a_season_about_as_seldom_as_the_test_allows(seed):
    """5 of 100, and so none in most eighths of 400."""
    found = [shown([walk(seed=seed * 50 + k)], [12])[0] for k in range(50)]
    assert sum(found) <= 8


def test_white_noise_and_constants_and_straight_lines_have_none():
    for y in (np.random.default_rng(3).normal(size=500), np.full(90, 4.0), np.arange(90.0), np.full(90, np.nan)):
        assert shown([y], [7]) == (False,)
        assert searched([y]) == 1


def test_of_too_few_rows_nothing_is_said():
    assert shown([wave(12, 35)], [12]) == (None,)
    assert shown([wave(12, 36, noise=0)], [12]) == (True,)
    assert searched([wave(12, 5)]) == 1


def test_most_series_decide():
    seasonal, not_so = wave(7), walk()
    assert shown([seasonal, seasonal, not_so], [7]) == (True,)
    assert shown([seasonal, not_so, not_so], [7]) == (False,)
    assert searched([seasonal, seasonal, not_so]) == 7
    assert searched([seasonal, not_so, not_so, not_so]) == 1


@pytest.mark.parametrize("m", [3, 7, 24, 48, 130])
def test_a_season_is_found_without_a_frequency(m):
    assert searched([wave(m, 5 * m + 20)]) == m


def test_the_shorter_of_two_that_are_as_good_is_taken():
    assert searched([np.sin(2 * np.pi * np.arange(500) / 24)]) == 24  # not 48, 72 ...


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1e140, 1e300])
def test_the_size_of_the_values_does_not_matter(size):
    with np.errstate(all="raise", under="ignore"):
        assert shown([size * wave(7)], [7]) == (True,) and searched([size * wave(7)]) == 7


def test_missing_values_count_as_the_mean():
    y = wave(7, 700)
    y[np.random.default_rng(5).random(700) < 0.2] = np.nan
    assert shown([y], [7]) == (True,)


def test_autocorrelation_is_that_of_the_definition():
    y = walk(50)
    c = y - y.mean()
    expected = [(c[k:] @ c[: 50 - k]) / (c @ c) for k in range(1, 11)]
    np.testing.assert_allclose(autocorrelation(y, 10), expected, rtol=1e-12)
