"""Time stamps: read, refused with their place, and written back letter by letter."""

import shlex
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.clock import DAY, SECOND
from rnncli.data.time.forms import Form, form_of_format
from rnncli.data.time.stamps import Stamps, has_form, is_stamp, read_stamps, time_share
from rnncli.errors import ConfigError, DataError

NEW_YEAR = 1451606400 * SECOND  # 2016-01-01 00:00:00 UTC, as `date -d 2016-01-01UTC +%s` says


def where(row):
    return f"sales.csv:{row + 2}, column ds"


def parse(*texts, format=None):
    return read_stamps(list(texts), where, format)


def stamps_of(format):
    return Stamps(np.empty(0, np.int64), "time", form_of_format(format))


# ---- the forms

FORMS = [
    ("2016-01-01", "%Y-%m-%d", 0),
    ("2016-01-01 00:05", "%Y-%m-%d %H:%M", 300),
    ("2016-01-01T00:05", "%Y-%m-%dT%H:%M", 300),
    ("2016-01-01 00:00:07", "%Y-%m-%d %H:%M:%S", 7),
    ("2016-01-01T00:00:07", "%Y-%m-%dT%H:%M:%S", 7),
    ("2016-01-01T00:00:07Z", "%Y-%m-%dT%H:%M:%S%z", 7),
    ("2016-01-01T02:00:07+02:00", "%Y-%m-%dT%H:%M:%S%z", 7),
    ("2015-12-31 18:30-0530", "%Y-%m-%d %H:%M%z", 0),
    ("2016-01-01 03:00:00.000 +03", "%Y-%m-%d %H:%M:%S.%f%z", 0),
    ("2016-02", "%Y-%m", 31 * 86400),
    ("2016-1-2", "%Y-%-m-%-d", 86400),
    ("2016-01-01 7:05", "%Y-%m-%d %-H:%M", 25500),
    ("2016/01/02", "%Y/%m/%d", 86400),
    ("2016/01/02 03:04", "%Y/%m/%d %H:%M", 86400 + 11040),
    ("2016/01/02 03:04:05", "%Y/%m/%d %H:%M:%S", 86400 + 11045),
    ("01/13/2016", "%m/%d/%Y", 12 * 86400),
    ("1/13/2016 0:05", "%-m/%-d/%Y %-H:%M", 12 * 86400 + 300),
    ("13/01/2016", "%d/%m/%Y", 12 * 86400),
    ("13/01/2016 0:05", "%d/%m/%Y %-H:%M", 12 * 86400 + 300),
    ("02.01.2016", "%d.%m.%Y", 86400),
    ("2.1.2016 00:05", "%-d.%-m.%Y %H:%M", 86400 + 300),
    ("2016Q1", "%YQ%q", 0),
    ("2016-Q2", "%Y-Q%q", 91 * 86400),
    ("2016", "%Y", 0),
]


@pytest.mark.parametrize(("text", "format", "seconds"), FORMS)
def test_each_form_is_read_in_utc_and_written_back_as_it_was(text, format, seconds):
    stamps = parse(text)
    assert (stamps.kind, str(stamps.form)) == ("time", format)
    assert stamps.values.dtype == np.int64 and stamps.values.tolist() == [NEW_YEAR + seconds * SECOND]
    assert stamps.text(stamps.values) == [text]


@given(
    st.sampled_from(sorted({form[1] for form in FORMS})),
    st.lists(st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)), min_size=1, max_size=5),
)
def test_what_is_written_is_read_again_to_the_letter(format, times):
    values = [(time - datetime(1970, 1, 1)) // timedelta(microseconds=1) for time in times]
    written = stamps_of(format).text(values)
    again = read_stamps(written, where, form_of_format(format))
    assert again.text(again.values) == written


@pytest.mark.parametrize(
    ("old", "offset"),
    [
        ("%Y-%m-%dT%H:%M:%SZ", "2016-01-01T00:00:00Z"),
        ("%Y-%m-%dT%H:%M:%S+02:00", "2016-01-01T02:00:00+02:00"),
        ("%Y-%m-%d %H:%M-0530", "2015-12-31 18:30-0530"),
        ("%Y-%m-%d %H:%M:%S.000 +03", "2016-01-01 03:00:00.000 +03"),
    ],
)
def test_a_format_of_an_older_model_writes_what_it_wrote(old, offset):
    assert Stamps(np.empty(0, np.int64), "time", Form.from_dict(old)).text([NEW_YEAR]) == [offset]
    assert parse(offset, format=Form.from_dict(old)).values.tolist() == [NEW_YEAR]


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
    assert stamps.text(stamps.values[:1] + 300 * SECOND) == ["04/03/2016 0:05"]
    stamps = parse("04/03/2016 00:00", "31/03/2016 09:55")
    assert stamps.text(stamps.values[:1] + 300 * SECOND) == ["04/03/2016 00:05"]
    assert str(parse("2016-01-01 10:00", "2016-01-01 9:00").form) == "%Y-%m-%d %-H:%M"


def test_blanks_around_a_stamp_do_not_matter():
    assert parse(" 2016-01-01", "2016-01-02 ").values.tolist() == [NEW_YEAR, NEW_YEAR + DAY]


# ---- integers


def test_integers_are_an_index_and_years_are_times():
    index = parse("0", "-3", "17")
    assert (index.kind, str(index.form), index.values.tolist()) == ("index", "index", [0, -3, 17])
    assert index.text([18]) == ["18"]
    assert parse("1500", "2200").kind == "time"
    assert parse("1499", "1500").kind == "index" and parse("2016", "2201").kind == "index"
    assert parse("2016", "2017", format="index").values.tolist() == [2016, 2017]


def test_an_empty_column_has_no_stamps():
    assert parse().values.shape == (0,)


# ---- which comes first, the day or the month


def test_one_value_above_twelve_tells_the_day_from_the_month():
    assert parse("04/03/2016 0:00", "13/03/2016 0:00").form.pattern == "%d/%m/%Y %-H:%M"
    assert parse("04/03/2016 0:00", "04/13/2016 0:00").form.pattern == "%m/%d/%Y %-H:%M"
    assert parse("2016-13-01", "2016-14-01", "2016-15-01").form.pattern == "%Y-%d-%m"


def test_without_such_a_value_the_format_is_asked_for():
    with pytest.raises(DataError, match="sales.csv:2, column ds: '04/03/2016'") as caught:
        parse("04/03/2016", "12/12/2016")
    assert "--time-format '%d/%m/%Y'" in caught.value.hint and "--time-format '%m/%d/%Y'" in caught.value.hint
    assert parse("04/03/2016", format="%d/%m/%Y").values.tolist() == [NEW_YEAR + 63 * DAY]
    assert parse("04/03/2016", format="%m/%d/%Y").values.tolist() == [NEW_YEAR + 93 * DAY]


@pytest.mark.parametrize(("order", "other"), [("{d:02}-{m:02}-{y}", "%m-%d-%Y"), ("{m:02}-{d:02}-{y}", "%d-%m-%Y")])
def test_the_order_that_gives_regular_steps_is_taken_and_the_other_one_told(order, other):
    texts = [order.format(d=1, m=m, y=y) for y in (1985, 1986, 1987) for m in range(1, 13)]
    stamps = parse(*texts)
    months = stamps.values.astype("M8[us]").astype("M8[M]").astype(int)
    assert months.tolist() == list(range(15 * 12, 18 * 12)) and stamps.text(stamps.values) == texts
    assert len(stamps.notes) == 1 and f"--time-format '{other}'" in stamps.notes[0]


def test_the_order_that_keeps_the_rows_in_order_is_taken_where_steps_are_irregular():
    days = [(3, 1), (11, 1), (2, 4), (9, 4), (10, 4), (1, 9), (12, 9)]
    texts = [f"{day:02}/{month:02}/2016" for day, month in days]
    stamps = parse(*texts)
    assert stamps.form.pattern == "%d/%m/%Y" and "puts the rows in order" in stamps.notes[0]


def test_one_year_of_months_may_be_twelve_days_and_is_asked_for():
    with pytest.raises(DataError, match="may begin with the day or with the month"):
        parse(*[f"01/{month:02}/2016" for month in range(1, 13)])


def test_with_dots_the_day_comes_first_where_nothing_else_decides():
    assert parse("04.03.2016", "12.12.2016").form.pattern == "%d.%m.%Y"
    assert parse("03.13.2016", "12.12.2016").form.pattern == "%m.%d.%Y"


def test_with_two_digit_years_three_orders_are_possible():
    with pytest.raises(DataError, match="the day, the month or the year") as caught:
        parse("01/02/03", "02/02/03")
    assert all(f"--time-format '{format}'" in caught.value.hint for format in ("%d/%m/%y", "%m/%d/%y", "%y/%m/%d"))


# ---- years of two digits


@pytest.mark.parametrize(
    ("texts", "years", "other"),
    [
        (["31.12.68", "31.12.69", "31.12.70"], [1968, 1969, 1970], 2000),
        (["31.12.98", "31.12.99", "31.12.00"], [1998, 1999, 2000], None),
        (["31.12.24", "31.12.25", "31.12.26"], [2024, 2025, 2026], None),
        (["31.12.38", "31.12.39", "31.12.40", "31.12.55"], [1938, 1939, 1940, 1955], 2000),
        (["31.12.38", "31.12.39", "31.12.41"], [2038, 2039, 2041], 1900),
    ],
)
def test_the_turn_of_two_digit_years_keeps_the_rows_in_order_and_out_of_the_far_future(texts, years, other):
    stamps = parse(*texts)
    assert (stamps.values.astype("M8[us]").astype("M8[Y]").astype(int) + 1970).tolist() == years
    told = f"years of two digits are read as {years[0]} to {years[-1]}; --time-format '%d.%m.%{other}y' reads them as "
    assert any(told + f"{other} to {(other or 0) + 99}" in note for note in stamps.notes) == (other is not None)


def test_the_turn_can_be_given():
    for turn, year in ((1930, 1945), (1950, 2045)):
        stamps = parse("01.02.45", format=f"%d.%m.%{turn}y")
        assert int(stamps.values.astype("M8[us]").astype("M8[Y]").astype(int)[0]) + 1970 == year
        assert stamps.text(stamps.values) == ["01.02.45"]


def test_days_of_months_without_a_year_are_no_months_of_years():
    months = zip(("Jan", "Feb", "Mar"), (31, 28, 31), strict=True)
    texts = [f"{month}-{day:02}" for month, last in months for day in range(1, last + 1)]
    with pytest.raises(DataError, match="'Jan-01' has no year"):
        parse(*texts)
    with pytest.raises(DataError, match="'5-Jan' has no year"):
        parse("5-Jan", "6-Jan")


def test_a_format_with_a_quotation_mark_is_advised_as_a_shell_takes_it():
    advice = parse("Q4'58", "Q1'59").notes[0].partition("; ")[2]
    assert shlex.split(advice)[:3] == ["--time-format", "Q%q'%2000y", "reads"]


# ---- midnight, and what is finer than a second


def test_24_00_is_midnight_of_the_next_day_and_written_so_where_no_0_00_is():
    late = parse("2016-01-01 01:00", "2016-01-01 23:00", "2016-01-01 24:00")
    assert late.values[-1] == NEW_YEAR + DAY and late.text(late.values[-1:] + DAY) == ["2016-01-02 24:00"]
    both = parse("2016-01-01 00:00", "2016-01-01 24:00")
    assert both.values.tolist() == [NEW_YEAR, NEW_YEAR + DAY] and both.text(both.values) == [
        "2016-01-01 00:00",
        "2016-01-02 00:00",
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["2016-01-01 00:00:00.250", "2016-01-01 00:00:00.500"],
        ["2016-01-01T00:00:00", "2016-01-01T00:00:00.500000"],
        ["2016-01-01T00:00:00.25", "2016-01-01T00:00:00.5", "2016-01-01T00:00:01"],
        ["2016-01-01 00:00:00,5Z", "2016-01-01 00:00:01,0Z"],
    ],
)
def test_fractions_of_seconds_keep_their_digits(texts):
    stamps = parse(*texts)
    assert stamps.text(stamps.values) == texts and (stamps.values % SECOND).any()


def test_digits_finer_than_microseconds_are_left_out_and_told():
    stamps = parse("2016-01-01 00:00:00.123456789")
    assert stamps.values.tolist() == [NEW_YEAR + 123456] and "microseconds" in stamps.notes[0]


# ---- what is a stamp


@pytest.mark.parametrize("text", ["2016-01-01", "Jan 2016", "1956 Q1", "2016-01-01T00:00Z", "KW 5 2016", "31.12.16"])
def test_a_text_that_can_be_nothing_else_is_a_stamp(text):
    assert is_stamp(text)


@pytest.mark.parametrize(
    "text",
    ["", "2016", "20160101", "1.5", "12:30", "3/4", "1-01", "555-1234", "192.168.0.1", "Store 2016", "A-12-2016"],
)
def test_a_text_that_can_be_something_else_is_no_stamp_by_itself(text):
    assert not is_stamp(text)


def test_the_share_of_times_tells_columns_of_times_from_others():
    days = [f"2016-01-{day:02}" for day in range(1, 11)]
    assert time_share(days) == 1.0 and time_share([*days[:9], "soon"]) == 0.9 and time_share(["", *days]) == 1.0
    assert time_share(["0", "1", "2"]) == 0.0 and time_share(["red", "blue"]) == 0.0 and time_share([]) == 0.0
    assert time_share(["2014", "2015", "2016"]) == 1.0 and time_share(["2014", "2015"], "id") == 0.0
    assert time_share(["3/4", "1/2", "5/6"]) == 0.0


def test_the_form_of_a_column_is_recognised_in_a_text():
    form = parse("13/01/2016 9:05").form
    assert has_form("04/03/2016 10:00", form) and not has_form("04/13/2016 10:00", form)
    assert not has_form("04/03/2016", form) and not has_form("", form)
    assert has_form("17", parse("1", "2").form) and not has_form("2016-01-01", parse("1", "2").form)


# ---- refused


@pytest.mark.parametrize(
    ("texts", "row", "format"),
    [
        (["2016-01-01", "2016-01-02", "01/03/2016"], 2, "%Y-%m-%d"),
        (["01/13/2016", "2016-01-02", "2016-01-03"], 0, "%Y-%m-%d"),
        (["2016-01-01", "2016-01-02 00:00", "2016-01-03"], 1, "%Y-%m-%d"),
        (["13/01/2016", "14/01/2016", "01/15/2016"], 2, "%d/%m/%Y"),
        (["2016-01-01T00:00Z", "2016-01-01T01:00Z", "2016-01-01T02:00"], 2, "%Y-%m-%dT%H:%M%z"),
        (["2016-13-01", "2016-01-02", "2016-01-03"], 0, "%Y-%m-%d"),
        (["2016-01-01 23:00", "2016-01-01 24:01"], 1, "%Y-%m-%d %H:%M"),
        (["13/01/2016 9:05", "13/01/2016 10:05", "13/01/2016 11:05", "soon"], 3, "%d/%m/%Y %-H:%M"),
        (["2016-01-01"] * 3 + ["now"], 3, "%Y-%m-%d"),
    ],
)
def test_a_stamp_that_does_not_fit_is_named_with_the_format_of_the_others(texts, row, format):
    with pytest.raises(DataError) as caught:
        parse(*texts)
    assert str(caught.value) == f"{where(row)}: '{texts[row]}' does not fit the format {format} of the other stamps"
    others = time_share([texts[row]]) == 1  # no format reads both
    assert ("as the others are, like" if others else "--time-format") in caught.value.hint


def test_a_cell_among_the_numbers_of_steps_is_named_beside_one_of_them():
    with pytest.raises(DataError, match="sales.csv:4, column ds: 'three' is no stamp as the others are, such as '1'"):
        parse("1", "2", "three")


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
    good = stamps_of(format).text([NEW_YEAR + 40 * DAY])
    with pytest.raises(DataError, match="sales.csv:3, column ds: '2016-01-01' does not fit the format"):
        parse(*good, "2016-01-01", format=format)


@pytest.mark.parametrize(
    ("format", "what"),
    [
        ("%d %f %Y", "%f is not known"),
        ("%m-%d", "no year"),
        ("%Y %", "no directive"),
        ("DD.MM.YYYY", "no directive"),
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
    stamps = read_stamps(texts, where)
    assert str(stamps.form) == format and stamps.text(stamps.values) == texts
    assert (np.diff(stamps.values) > 0).all()


# ---- whose format a message names


@pytest.mark.parametrize(
    ("format", "whose"),
    [(None, "of the other stamps"), ("%Y-%m-%d", "that was asked for"), (Form("%Y-%m-%d"), "of the run")],
)
def test_a_stamp_that_does_not_fit_is_named_with_whose_format_it_lacks(format, whose):
    with pytest.raises(DataError) as caught:
        parse("2024-01-01", "2024-01-02", "so", "2024-01-04", format=format)
    assert str(caught.value) == f"sales.csv:4, column ds: 'so' does not fit the format %Y-%m-%d {whose}"
    assert caught.value.hint.startswith("correct this stamp")


def test_a_week_before_its_letters_and_year_is_a_week():
    stamps = parse("51. KW 2022", "52. KW 2022", "1. KW 2023", "2. KW 2023")
    assert stamps.values.astype("M8[us]").astype("M8[D]").astype(str).tolist() == [
        "2022-12-19",
        "2022-12-26",
        "2023-01-02",
        "2023-01-09",
    ]
    assert stamps.text(stamps.values[-1:]) == ["2. KW 2023"]


def test_days_of_the_week_and_months_of_one_length_are_told_apart_by_their_letters():
    days = np.arange(NEW_YEAR, NEW_YEAR + 731 * DAY, DAY)
    texts = [f"{day:%a %d %b %Y}" for day in days.astype("M8[us]").tolist()]
    stamps = read_stamps(texts, where)
    assert (stamps.values == days).all()
    assert str(stamps.form) == "%a %d %b %Y"


HOURS = [f"27.10.2024 {hour}" for hour in ("00:00", "01:00", "02:00 (CEST)", "02:00 (CET)", "03:00", "04:00")]


def test_zones_named_only_where_the_clock_is_turned_are_no_other_form():
    texts = [f"26.10.2024 {hour:02}:00" for hour in range(24)] * 4 + HOURS
    values = read_stamps(texts, where).values
    assert (np.diff(values[-6:]) // (DAY // 24)).tolist() == [1, 1, 0, 1, 1]


def test_periods_may_differ_by_an_hour_where_the_clock_is_turned():
    ends = ["27.10.2024 01:00", "27.10.2024 02:00", "27.10.2024 02:00", "27.10.2024 03:00"]
    begins = ["27.10.2024 00:00", "27.10.2024 01:00", "27.10.2024 02:00", "27.10.2024 02:00"]
    stamps = parse(*(f"{begin} - {end}" for begin, end in zip(begins, ends, strict=True)))
    assert stamps.text(stamps.values[:1]) == ["27.10.2024 00:00 - 27.10.2024 01:00"]
    with pytest.raises(DataError, match="differ in length"):
        parse("01.10.2024 00:00 - 01.10.2024 01:00", "01.10.2024 01:00 - 01.10.2024 05:00")
