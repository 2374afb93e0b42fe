"""Lists of numbers on the command line: --level, --quantiles."""

import pytest

from rnncli.errors import ConfigError
from rnncli.tasks.forecast.number_lists import parse_level, parse_quantiles


def test_numbers_keep_their_order_and_stand_once():
    assert parse_level("95,80, 95") == (95.0, 80.0)
    assert parse_quantiles("0.1,.5,9e-1") == (0.1, 0.5, 0.9)


@pytest.mark.parametrize("parse", [parse_level, parse_quantiles])
def test_none_is_an_empty_list_in_both_and_nothing_is_none(parse):
    assert parse("none") == () and parse(None) is None


@pytest.mark.parametrize("text", ["", ",", ",,", "80,,95", "80,", ",80", "x", "80;95", "nan", "inf", "0", "100", "-5"])
def test_what_is_no_list_of_per_cents_is_refused_by_the_name_of_the_option(text):
    with pytest.raises(ConfigError) as error:
        parse_level(text)
    shown = text or "''"
    assert str(error.value) == (f"--level {shown}: expected numbers between 0 and 100, separated by commas, or none")
    assert error.value.hint == "write --level 80,95"


@pytest.mark.parametrize("text", ["80", "1", "0.5,,0.9", "none,0.5"])
def test_what_is_no_list_of_quantiles_is_refused_by_the_name_of_the_option(text):
    with pytest.raises(ConfigError, match=f"--quantiles {text}: expected numbers between 0 and 1") as error:
        parse_quantiles(text)
    assert error.value.hint == "write --quantiles 0.1,0.5,0.9"
