"""Digits of forecasts: all that the spread of a series asks for, and none that say nothing."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.tasks.forecast.digits import rounded, spreads
from rnncli.tasks.forecast.formatting import levels
from rnncli.tasks.forecast.table_style import PLAIN, Style


def shown(value, spread):
    return PLAIN.text(0)(rounded(np.array([[value]]), np.array([spread])).item())


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [
        (5e12 + 1 / 3, 20.0, "5000000000000.33"),  # F11: the swings are there
        (5e12 + 12.345678, 20.0, "5000000000012.35"),
        (123.45678901234, 20.0, "123.456789"),
        (1 / 3, 1.0, "0.3333333333"),
        (1 / 3, 0.0, "0.3333333333"),
        (12345678901.5, 1e10, "12345678902"),  # a whole number is whole
        (101325.123456789, 0.01, "101325.12345679"),
        (2e-9, 1.0, "2e-09"),
        (-0.0, 1.0, "0"),
        (0.0, 0.0, "0"),
        (1e-300, 1e-300, "1e-300"),
        (float("nan"), 1.0, ""),
    ],
)
def test_a_number_has_the_digits_that_its_series_asks_for(value, spread, text):
    assert shown(value, spread) == text


@given(st.floats(-1e15, 1e15), st.floats(0, 1e15))
def test_rounding_changes_a_number_by_less_than_its_tenth_digit(value, spread):
    assert float(shown(value, spread)) == pytest.approx(value, rel=6e-10, abs=0)


def test_the_spread_is_that_of_history_and_forecast_together_for_each_target():
    history = SimpleNamespace(y=np.array([[1.0, 5.0], [np.nan, 5.0], [3.0, 5.0]]))
    means = np.array([[[5.0, 5.0]]])
    np.testing.assert_allclose(spreads([history], means), [[np.std([1, 3, 5]), 0]], rtol=1e-12)
    unknown = SimpleNamespace(y=np.full((3, 1), np.nan))
    assert spreads([unknown], np.full((1, 2, 1), np.nan)).tolist() == [[0]]


@pytest.mark.parametrize(
    ("decimals", "text", "value"), [(None, "1234.5678", 1234.5678), (2, "1234.57", 1234.57), (0, "1235", 1235)]
)
def test_round_gives_every_number_as_many_decimals(decimals, text, value):
    style = Style(decimals)
    assert style.text(0)(1234.5678) == text and style.value(1234.5678) == value
    assert style.text(0)(float("nan")) == "" and style.value(float("inf")) is None
    assert style.text(0)(-1e-9) == ("-1e-09" if decimals is None else f"{0:.{decimals}f}")


def test_values_that_are_close_together_at_a_high_level_do_not_look_alike():
    assert levels([5e12 - 20, 5e12, None, 5e12 + 20]) == [
        "4,999,999,999,980.0",
        "5,000,000,000,000.0",
        "-",
        "5,000,000,000,020.0",
    ]
    assert levels([1, 2.5, 1000]) == ["1.000", "2.500", "1,000.000"]
    assert levels([]) == [] and levels([7, 7]) == ["7.000", "7.000"]
