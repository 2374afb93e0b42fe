"""Lists of levels and quantiles on the command line."""

import pytest

from rnncli.errors import ConfigError
from rnncli.tasks.forecast.number_lists import number_list


def test_numbers_are_distinct_and_rise_whatever_their_order():
    assert number_list("--level", "95, 80,95", 100) == (80.0, 95.0)
    assert number_list("--quantiles", "0.9,0.1", 1) == (0.1, 0.9)


def test_none_is_an_empty_list_and_an_option_that_was_not_given_is_no_list():
    assert number_list("--level", "none", 100) == () and number_list("--level", None, 100) is None


@pytest.mark.parametrize("text", ["", ",,", "80;95", "80,", "0", "100", "nan", "inf", "-5", "80,none"])
def test_what_is_no_list_is_refused_by_the_name_of_its_option(text):
    with pytest.raises(ConfigError, match="^--level ") as refused:
        number_list("--level", text, 100)
    assert "--level 80,95" in refused.value.hint
