"""Time stamps: read, refused with their place, and written back letter by letter."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.stamps import Stamps, parse_stamps
from rnncli.errors import ConfigError, DataError

NEW_YEAR = 1451606400  # 2016-01-01 00:00:00 UTC, as `date -d 2016-01-01UTC +%s` says
DAY = 86400


def where(row):
    return f"sales.csv:{row + 2}, column ds"


def parse(*texts, format=None):
    return parse_stamps(list(texts), where, format)


# ---- the forms

FORMS = [
    ("2016-01-01", "%Y-%m-%d", 0),
    ("2016-01-01 00:05", "%Y-%m-%d %H:%M", 300),
    ("2016-01-01T00:05", "%Y-%m-%dT%H:%M", 300),
    ("2016-01-01 00:00:07", "%Y-%m-%d %H:%M:%S", 7),
    ("2016-01-01T00:00:07", "%Y-%m-%dT%H:%M:%S", 7),
    ("2016-01-01T00:00:07Z", "%Y-%m-%dT%H:%M:%SZ", 7),
    ("2016-01-01T02:00:07+02:00", "%Y-%m-%dT%H:%M:%S+02:00", 7),
    ("2015-12-31 18:30-0530", "%Y-%m-%d %H:%M-0530", 0),
    ("2016-01-01 03:00:00.000 +03", "%Y-%m-%d %H:%M:%S.000 +03", 0),
    ("2016-02", "%Y-%m", 31 * DAY),
    ("2016-1-2", "%Y-%-m-%-d", DAY),
    ("2016-01-01 7:05", "%Y-%m-%d %-H:%M", 25500),
    ("2016/01/02", "%Y/%m/%d", DAY),
    ("2016/01/02 03:04", "%Y/%m/%d %H:%M", DAY + 11040),
    ("2016/01/02 03:04:05", "%Y/%m/%d %H:%M:%S", DAY + 11045),
    ("01/13/2016", "%m/%d/%Y", 12 * DAY),
    ("1/13/2016 0:05", "%-m/%-d/%Y %-H:%M", 12 * DAY + 300),
    ("13/01/2016", "%d/%m/%Y", 12 * DAY),
    ("13/01/2016 0:05", "%d/%m/%Y %-H:%M", 12 * DAY + 300),
    ("02.01.2016", "%d.%m.%Y", DAY),
    ("2.1.2016 00:05", "%-d.%-m.%Y %H:%M", DAY + 300),
    ("2016Q1", "%YQ%q", 0),
    ("2016-Q2", "%Y-Q%q", 91 * DAY),
    ("2016", "%Y", 0),
]


@pytest.mark.parametrize(("text", "format", "seconds"), FORMS)
def test_each_form_is_read_in_utc_and_written_back_as_it_was(text, format, seconds):
    stamps = parse(text)
    assert (stamps.kind, stamps.format) == ("time", format)
    assert stamps.values.dtype == np.int64 and stamps.values.tolist() == [NEW_YEAR + seconds]
    assert stamps.text(stamps.values) == [text]


@pytest.mark.parametrize("format", [form[1] for form in FORMS])
def test_a_format_that_was_found_reads_the_next_table_when_it_is_given(format):
    text = Stamps(np.empty(0, np.int64), "time", format).text([NEW_YEAR + 366 * DAY])[0]
    assert parse(text, format=format).text([NEW_YEAR]) == parse(*[form[0] for form in FORMS if form[1] == format]).text(
        [NEW_YEAR]
    )


@given(
    st.sampled_from(sorted({form[1] for form in FORMS})),
    st.lists(st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)), min_size=1, max_size=5),
)
def test_what_is_written_is_read_again_to_the_letter(format, times):
    values = [(time - datetime(1970, 1, 1)) // timedelta(seconds=1) for time in times]
    written = Stamps(np.empty(0, np.int64), "time", format).text(values)
    again = parse_stamps(written, where, format)
    assert again.text(again.values) == written and again.format == format


def test_the_calendar_agrees_with_the_standard_library():
    texts = [
        f"{year}-{month:02}-{day:02}"
        for year in (1600, 1900, 1968, 2000, 2024, 2100)
        for month, day in ((1, 1), (2, 28), (3, 1), (12, 31))
    ] + ["2000-02-29", "1968-02-29"]
    expected = [(datetime.fromisoformat(text) - datetime(1970, 1, 1)).days * DAY for text in texts]
    assert parse(*texts).values.tolist() == expected
    swapped = ["{2}.{1}.{0}".format(*text.split("-")) for text in texts]
    assert parse(*swapped).values.tolist() == expected
    assert parse(*swapped).text(expected) == swapped


def test_hours_without_a_zero_stay_so_and_hours_with_one_too():
    stamps = parse("04/03/2016 0:00", "04/03/2016 10:05", "31/03/2016 9:55")
    assert stamps.text(stamps.values[:1] + 300) == ["04/03/2016 0:05"]
    stamps = parse("04/03/2016 00:00", "31/03/2016 09:55")
    assert stamps.text(stamps.values[:1] + 300) == ["04/03/2016 00:05"]
    assert parse("2016-01-01 10:00", "2016-01-01 9:00").format == "%Y-%m-%d %-H:%M"


def test_blanks_around_a_stamp_do_not_matter():
    assert parse(" 2016-01-01", "2016-01-02 ").values.tolist() == [NEW_YEAR, NEW_YEAR + DAY]


# ---- integers


def test_integers_are_an_index_and_years_are_times():
    index = parse("0", "-3", "17")
    assert (index.kind, index.format, index.values.tolist()) == ("index", "index", [0, -3, 17])
    assert index.text([18]) == ["18"]
    assert parse("1500", "2200").kind == "time"
    assert parse("1499", "1500").kind == "index" and parse("2016", "2201").kind == "index"
    assert parse("2016", "2017", format="index").values.tolist() == [2016, 2017]


def test_an_empty_column_has_no_stamps():
    assert parse().values.shape == (0,)


# ---- which comes first, the day or the month


def test_one_value_above_twelve_tells_the_day_from_the_month():
    assert parse("04/03/2016 0:00", "13/03/2016 0:00").format == "%d/%m/%Y %-H:%M"
    assert parse("04/03/2016 0:00", "04/13/2016 0:00").format == "%m/%d/%Y %-H:%M"


def test_without_such_a_value_the_format_is_asked_for():
    with pytest.raises(DataError, match="sales.csv:2, column ds: '04/03/2016'") as caught:
        parse("04/03/2016", "12/12/2016")
    assert "--time-format '%d/%m/%Y'" in caught.value.hint and "--time-format '%m/%d/%Y'" in caught.value.hint
    assert parse("04/03/2016", format="%d/%m/%Y").values.tolist() == [NEW_YEAR + 63 * DAY]
    assert parse("04/03/2016", format="%m/%d/%Y").values.tolist() == [NEW_YEAR + 93 * DAY]


# ---- refused


@pytest.mark.parametrize(
    ("texts", "row", "format"),
    [
        (["2016-01-01", "2016-01-02", "01/03/2016"], 2, "%Y-%m-%d"),
        (["01/13/2016", "2016-01-02", "2016-01-03"], 0, "%Y-%m-%d"),
        (["2016-01-01", "2016-01-02 00:00", "2016-01-03"], 1, "%Y-%m-%d"),
        (["13/01/2016", "14/01/2016", "01/15/2016"], 2, "%d/%m/%Y"),
        (["2016-01-01T00:00Z", "2016-01-01T01:00Z", "2016-01-01T02:00"], 2, "%Y-%m-%dT%H:%MZ"),
        (["2016-01-01T00:00+01:00", "2016-01-01T01:00+02:00", "2016-01-01T01:00+01:00"], 1, "%Y-%m-%dT%H:%M+01:00"),
        (["1", "2", "three"], 2, "index"),
        (["2016-13-01", "2016-01-02", "2016-01-03"], 0, "%Y-%m-%d"),
        (["2016-01-01 23:00", "2016-01-01 24:00"], 1, "%Y-%m-%d %H:%M"),
        (["13/01/2016 9:05", "13/01/2016 10:05", "13/01/2016 11:05", "soon"], 3, "%d/%m/%Y %-H:%M"),
        (["2016-01-01"] * 3 + ["now"], 3, "%Y-%m-%d"),
    ],
)
def test_a_stamp_that_does_not_fit_is_named_with_the_format_of_the_others(texts, row, format):
    with pytest.raises(DataError) as caught:
        parse(*texts)
    assert str(caught.value) == f"{where(row)}: '{texts[row]}' does not fit the format {format} of the other stamps"
    assert "--time-format" in caught.value.hint


@pytest.mark.parametrize("texts", [["2016-02-28", "2016-02-30"], ["28.02.2015", "29.02.2015"]])
def test_a_day_that_no_calendar_has_is_named(texts):
    with pytest.raises(DataError, match=f"sales.csv:3, column ds: '{texts[1]}' is not a day of the calendar"):
        parse(*texts)


def test_an_empty_stamp_and_an_unknown_form_are_named():
    with pytest.raises(DataError, match="sales.csv:3, column ds: the time stamp is empty"):
        parse("2016-01-01", " ")
    with pytest.raises(DataError, match="sales.csv:2, column ds: 'Monday' is not in a known time format") as caught:
        parse("Monday", "Tuesday")
    assert "--time-format" in caught.value.hint
    with pytest.raises(DataError, match="not in a known time format"):
        parse("2016-01-01 00:00:00.250")  # a value is whole seconds: nothing is cut off in silence


# ---- a format that is given


@pytest.mark.parametrize(
    ("format", "texts"),
    [
        ("%d %b %Y", ["1 Feb 2016", "28 Feb 2016"]),
        ("%b %d, %Y", ["Feb 01, 2016", "Feb 28, 2016"]),
        ("%d.%m.%y %I:%M %p", ["01.02.16 9:30 AM", "28.02.16 12:30 PM"]),
        ("%Y%m%d", ["20160201", "20160228"]),
        ("%H:%M %d/%m/%Y", ["9:30 01/02/2016", "12:30 28/02/2016"]),
        ("%d %b %Y %H:%M %z", ["01 Feb 2016 09:30 +0200", "28 Feb 2016 12:30 +0200"]),
        ("%Y-%m-%dT%H:%M%z", ["2016-02-01T09:30Z", "2016-02-28T12:30Z"]),
    ],
)
def test_a_given_format_reads_and_writes_with_the_zeros_of_the_table(format, texts):
    stamps = parse(*texts, format=format)
    assert stamps.text(stamps.values) == texts
    days = stamps.values // DAY - NEW_YEAR // DAY
    assert days.tolist() == [31, 58]


def test_the_offset_that_a_given_format_reads_is_taken_off():
    text = "01 Jan 2016 02:00 +0200"
    assert parse(text, format="%d %b %Y %H:%M %z").values.tolist() == [NEW_YEAR]


@pytest.mark.parametrize("format", ["%d/%m/%Y", "%d %b %Y"])
def test_a_stamp_that_does_not_fit_the_given_format_is_named(format):
    good = Stamps(np.empty(0, np.int64), "time", format).text([NEW_YEAR + 40 * DAY])
    with pytest.raises(DataError, match="sales.csv:3, column ds: '2016-01-01' does not fit the format"):
        parse(*good, "2016-01-01", format=format)


@pytest.mark.parametrize(
    ("format", "what"),
    [
        ("%d %f %Y", "%f is not known"),
        ("%m-%d", "no year"),
        ("%", "not known"),
        ("%z %Y", "%z is not at its end"),
        ("%Y %Y", "twice"),
    ],
)
def test_a_format_that_cannot_be_used_is_refused(format, what):
    with pytest.raises(ConfigError, match=what):
        parse("2016-01-01", format=format)


# ---- real files


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("AirPassengers.csv", "%Y-%m"),
        ("ETTh1.csv", "%Y-%m-%d %H:%M:%S"),
        ("daily-min-temperatures.csv", "%Y-%m-%d"),
        ("NAB_occupancy_6005.csv", "%Y-%m-%d %H:%M:%S"),
        ("traffic_flow_train.csv", "%d/%m/%Y %-H:%M"),
        ("traffic_flow_test.csv", "%d/%m/%Y %-H:%M"),
    ],
)
def test_real_columns_are_written_back_to_the_letter(real_column, name, format):
    texts = real_column(name)
    stamps = parse_stamps(texts, where)
    assert stamps.format == format and stamps.text(stamps.values) == texts
    assert (np.diff(stamps.values) > 0).all()
