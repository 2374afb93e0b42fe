"""Durations in a column of a table."""

import numpy as np
import pytest

from rnncli.data.tables.column_kinds import kind_of
from rnncli.data.tables.durations import clock_of, clock_text
from rnncli.data.tables.numbers import parse_numbers, unit_of


@pytest.mark.parametrize(
    ("cells", "values", "kind"),
    [
        (["6:10:00", "1:05:09.5", ""], [22200, 3909.5, np.nan], "word"),
        (["1 day, 0:00:01", "0:00:02"], [86401, 2], "word"),
        (["5:23", "12:01"], [323, 721], "word"),
        (["6h 10m", "45m", "2h"], [22200, 2700, 7200], "number"),
        (["PT6H10M", "PT1M5S"], [22200, 65], "number"),
    ],
)
def test_durations_are_read_as_seconds_and_told(cells, values, kind):
    assert np.array_equal(parse_numbers(np.array(cells, np.dtypes.StringDType()), str), values, equal_nan=True)
    assert "read as" in unit_of(cells) and kind_of(cells) == kind


def test_a_single_unit_is_no_duration():
    assert unit_of(["5 m", "6 m"]) == "m dropped"


@pytest.mark.parametrize(
    ("cells", "seconds", "text"),
    [
        (["8:55", "7:51"], 481.7, "8:02"),
        (["08:55", "17:51"], 481.7, "08:02"),
        (["6:10:00", "12:00:01"], 3599.6, "1:00:00"),
        (["06:10:00"], 3723.0, "01:02:03"),
        (["8:55"], 5999.9, "100:00"),
        (["8:55"], -61.0, "-1:01"),
    ],
)
def test_durations_are_written_back_as_they_stand_in_the_table(cells, seconds, text):
    assert clock_text(seconds, clock_of(cells)) == text


def test_durations_in_words_and_with_parts_of_a_second_have_no_clock():
    assert clock_of(["6h 10m"]) == clock_of(["1:05:09.5"]) == clock_of(["12"]) == ""
