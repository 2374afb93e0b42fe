"""Missing values filled in, each way by its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.series.filling import fill
from rnncli.errors import ConfigError

NAN = np.nan


def column(*values):
    return np.array(values, np.float64)[:, None]


GAPPY = np.array([[NAN, 1], [2, NAN], [NAN, NAN], [NAN, 7], [5, NAN], [NAN, NAN], [NAN, NAN]])


@pytest.mark.parametrize(
    ("how", "first", "second"),
    [
        ("none", [NAN, 2, NAN, NAN, 5, NAN, NAN], [1, NAN, NAN, 7, NAN, NAN, NAN]),
        ("ffill", [2, 2, 2, 2, 5, 5, 5], [1, 1, 1, 7, 7, 7, 7]),
        ("linear", [2, 2, 3, 4, 5, 5, 5], [1, 3, 5, 7, 7, 7, 7]),
        ("seasonal", [2, 2, 3, 2, 5, 2, 5], [1, 3, 1, 7, 1, 7, 1]),
    ],
)
def test_each_way_of_filling(how, first, second):
    before = GAPPY.copy()
    filled = fill(GAPPY, how, 2)
    np.testing.assert_allclose(filled.T, [first, second], rtol=1e-15)
    np.testing.assert_array_equal(GAPPY, before)


def naively_seasonal(y, season):
    """One column, straight from the definition."""
    row, there = np.arange(len(y)), ~np.isnan(y)
    filled = y.copy()
    for t in row[~there]:
        earlier = [s for s in range(t - season, -1, -season) if there[s]]
        filled[t] = y[earlier[0]] if earlier else np.interp(t, row[there], y[there])
    return filled


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 50))
def test_seasonal_filling_equals_its_definition(seed, L, season):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(L, 3))
    y[rng.random((L, 3)) < 0.4] = NAN
    y[rng.integers(L)] = 1.0  # something to fill from
    filled = fill(y, "seasonal", season)
    np.testing.assert_array_equal(filled, np.stack([naively_seasonal(c, season) for c in y.T], axis=1))


@pytest.mark.parametrize("how", ["none", "ffill", "linear", "seasonal"])
def test_a_column_without_values_stays_missing_and_an_infinite_value_stays(how):
    filled = fill(np.array([[NAN, 1], [NAN, np.inf], [NAN, 3]]), how, 2)
    assert np.isnan(filled[:, 0]).all() and filled[:, 1].tolist() == [1, np.inf, 3]
    assert fill(np.empty((0, 2)), how, 2).shape == (0, 2)


def test_a_season_of_no_rows_is_refused():
    with pytest.raises(ConfigError, match="a season of 0 rows"):
        fill(column(1, NAN), "seasonal", 0)


def test_an_unknown_way_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="fill: 'cubic'") as caught:
        fill(column(1), "cubic", 1)
    assert "seasonal" in caught.value.hint
