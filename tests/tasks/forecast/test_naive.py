"""Forecasts without training, on small histories worked out by hand and on the published figures of M4 Hourly."""

import csv

import numpy as np
import pytest

from rnncli.tasks.forecast.metrics import aggregate, score, seasonal_scale
from rnncli.tasks.forecast.naive import NAIVE, drift, is_seasonal, mean, naive, naive2, seasonal_index, seasonal_naive

NAN = np.nan
GAPS = np.array([2.0, NAN, 4.0, 8.0, NAN, NAN])


def seasonal_series(factors, seasons, noise=0.0, seed=0):
    """A level of 50 times the factors, again and again; noise is relative."""
    y = np.tile(factors, seasons) * 50.0
    return y * (1 + noise * np.random.default_rng(seed).normal(size=len(y)))


def test_naive_repeats_the_last_value_observed():
    assert naive(np.array([1.0, 5.0, 3.0]), 2).tolist() == [3, 3]
    assert naive(GAPS, 2).tolist() == [8, 8]


def test_seasonal_naive_repeats_the_last_season_in_phase():
    y = np.arange(1.0, 9)
    assert seasonal_naive(y, 7, 3).tolist() == [6, 7, 8, 6, 7, 8, 6]
    assert seasonal_naive(y, 2, 3).tolist() == [6, 7]
    assert seasonal_naive(y, 3, 1).tolist() == [8, 8, 8]


def test_seasonal_naive_looks_an_earlier_season_up_where_the_last_one_misses():
    y = np.array([1.0, 2.0, 3.0, 4.0, NAN, 6.0, NAN, NAN])  # ahead, in seasons of 3: phases 2, 0, 1
    assert seasonal_naive(y, 4, 3).tolist() == [6, 4, 2, 6]


def test_seasonal_naive_takes_the_last_value_for_a_phase_that_was_never_observed():
    assert seasonal_naive(np.array([5.0, 7.0]), 4, 4).tolist() == [7, 7, 5, 7]
    assert seasonal_naive(GAPS, 3, 3).tolist() == [8, 8, 4]


def test_drift_goes_on_along_the_line_through_first_and_last():
    assert drift(np.array([1.0, 9.0, 5.0]), 3).tolist() == [7, 9, 11]
    assert drift(GAPS, 2).tolist() == [8 + 3 * 2, 8 + 4 * 2]  # 2 a step, counted from where the 8 stands
    assert drift(np.array([NAN, 4.0, NAN]), 2).tolist() == [4, 4]


def test_mean_is_that_of_the_values_observed():
    assert mean(GAPS, 2) == pytest.approx([14 / 3] * 2)


@pytest.mark.parametrize("name", NAIVE)
def test_a_history_without_a_value_has_no_forecast_and_every_other_has_one(name):
    assert np.isnan(NAIVE[name](np.full(9, NAN), 5, 3)).all()
    assert np.isnan(NAIVE[name](np.empty(0), 5, 3)).all()
    for y in (GAPS, np.array([1.0]), np.array([0.0, NAN]), np.tile([1.0, NAN, 3.0], 5), np.zeros(20), -np.arange(20.0)):
        forecast = NAIVE[name](y, 5, 3)
        assert forecast.shape == (5,) and np.isfinite(forecast).all()


@pytest.mark.parametrize("name", NAIVE)
def test_a_forecast_leaves_the_history_as_it_is(name):
    y = seasonal_series([0.5, 1.5, 1.0], 5)
    y.flags.writeable = False
    NAIVE[name](y, 4, 3)


@pytest.mark.parametrize("name", NAIVE)
def test_a_constant_goes_on(name):
    assert NAIVE[name](np.full(30, 0.1), 5, 4) == pytest.approx([0.1] * 5, rel=1e-12)  # a mean may round


@pytest.mark.parametrize("factors", [[0.5, 1.5, 1.0], [0.25, 0.75, 1.25, 1.75]])
@pytest.mark.parametrize("extra", [0, 1, 2])
def test_the_index_of_a_pure_season_is_its_factors_from_the_next_step_on(factors, extra):
    m = len(factors)
    y = np.r_[seasonal_series(factors, 4), 50 * np.array(factors[:extra])]
    assert seasonal_index(y, m) == pytest.approx(np.roll(factors, -extra))  # odd and even seasons have other means


def test_the_index_is_scaled_to_a_mean_of_one():
    index = seasonal_index(seasonal_series([0.5, 1.5, 1.0, 2.0], 9, noise=0.2), 4)
    assert index.mean() == pytest.approx(1, abs=1e-12) and np.ptp(index) > 0.5


def test_naive2_continues_a_season_at_the_level_of_the_last_value():
    y = seasonal_series([0.5, 1.5, 1.0], 6)
    assert naive2(y, 4, 3) == pytest.approx([25, 75, 50, 25])
    assert naive2(np.r_[y[:-1], 70.0], 2, 3)[1] / 70 == pytest.approx(1.5, rel=0.05)
    assert naive2(np.r_[y, NAN], 3, 3) == pytest.approx([75, 50, 25])  # one step on: the phase moves


def test_naive2_is_naive_where_there_is_no_season():
    noise = 50 + np.random.default_rng(3).normal(size=60)
    assert not is_seasonal(noise, 6)
    assert naive2(noise, 3, 6).tolist() == naive(noise, 3).tolist()


@pytest.mark.parametrize(
    "y",
    [
        np.r_[seasonal_series([0.5, 1.5, 1.0], 9)[:-1], 0.0],
        -seasonal_series([0.5, 1.5, 1.0], 9),
        np.tile([NAN, 9.0, 1.0], 8),
    ],
)
def test_naive2_is_naive_where_the_season_cannot_be_a_factor(y):
    assert is_seasonal(y, 3)
    assert naive2(y, 4, 3).tolist() == naive(y, 4).tolist()


def naively_seasonal(y, m):
    """The test of the M4 benchmarks, straight from its formula; y is complete."""
    z = y - y.mean()
    r = [sum(z[t] * z[t - k] for t in range(k, len(z))) / sum(z * z) for k in range(m + 1)]
    return abs(r[m]) > 1.645 * np.sqrt((1 + 2 * sum(r[k] ** 2 for k in range(1, m))) / len(y))


def test_the_seasonality_test_is_that_of_its_formula():
    drawn = [seasonal_series([0.9, 1.1, 1.0, 1.05], 9, noise, seed) for noise in (0.05, 0.1, 0.2) for seed in range(12)]
    expected = [naively_seasonal(y, 4) for y in drawn]
    assert [is_seasonal(y, 4) for y in drawn] == expected and 5 < sum(expected) < 31


def test_earlier_autocorrelation_widens_the_limit():
    rising = np.arange(60.0)
    z = rising - rising.mean()
    assert z[12:] @ z[:-12] / (z @ z) > 1.645 / np.sqrt(60)  # too much for white noise, not for a trend
    assert not is_seasonal(rising, 12)


def test_a_season_needs_three_of_itself_and_more_than_one_step():
    y = seasonal_series(np.random.default_rng(8).uniform(0.5, 1.5, 12), 3)
    assert is_seasonal(y, 12) and not is_seasonal(y, 1)
    assert naively_seasonal(y[1:], 12) and not is_seasonal(y[1:], 12)


@pytest.mark.parametrize("function", [seasonal_naive, naive2, lambda y, h, m: seasonal_index(y, m)])
def test_a_season_below_one_step_is_refused(function):
    with pytest.raises(ValueError, match="season is 0"):
        function(np.ones(5), 2, 0)


def m4_rows(path):
    """{id: (L,) values} of a file of M4, one ragged row a series."""
    if not path.is_file():
        pytest.skip(f"{path.name} is not there")
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {row[0]: np.array([float(cell) for cell in row[1:] if cell]) for row in rows}


def test_the_published_figures_of_m4_hourly(real_data):
    train = m4_rows(real_data / "series" / "M4-Hourly-train.csv")
    test = m4_rows(real_data / "series" / "M4-Hourly-test.csv")
    assert list(train) == list(test) and len(train) == 414
    scores = {
        name: [score(test[key][None], NAIVE[name](y, 48, 24)[None], seasonal_scale(y, 24)) for key, y in train.items()]
        for name in ("seasonal_naive", "naive2")
    }
    seasonal, adjusted = aggregate(scores["seasonal_naive"], scores["naive2"]), aggregate(scores["naive2"])
    # To the digits published with the competition.
    assert (round(seasonal.smape, 3), round(seasonal.mase, 3)) == (13.912, 1.193)
    assert (round(adjusted.smape, 3), round(adjusted.mase, 3)) == (18.383, 2.395)
    assert round(seasonal.owa, 3) == 0.628
