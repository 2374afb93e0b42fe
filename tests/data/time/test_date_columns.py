"""Dates in several columns: found, joined, and taken apart as they were."""

import pytest

from rnncli.data.time.stamps import date_columns, join_dates, read_stamps, split_dates
from rnncli.errors import DataError

TABLES = [
    ({"year": ["2013", "2013"], "month": ["1", "12"], "day": ["1", "31"]}, ["2013-01-01", "2013-12-31"]),
    (
        {"Year": ["2010", "2010"], "Month": ["01", "02"], "Day": ["01", "01"], "Hour": ["0", "23"]},
        ["2010-01-01 00:00", "2010-02-01 23:00"],
    ),
    ({"dteday": ["2011-01-01", "2011-01-01"], "hr": ["0", "13"]}, ["2011-01-01 00:00", "2011-01-01 13:00"]),
    (
        {"Date": ["16/12/2006", "16/12/2006"], "Time": ["17:24:00", "17:25:00"]},
        ["16/12/2006 17:24:00", "16/12/2006 17:25:00"],
    ),
    ({"Date": ["1/13/20"] * 2, "Time": ["9:00 AM", "12:30 PM"]}, ["1/13/20 9:00 AM", "1/13/20 12:30 PM"]),
    ({"date": ["1/13/20", "1/13/20"], "hour": ["100", "2400"]}, ["1/13/20 01:00", "1/13/20 24:00"]),
    ({"year": ["1959.0", "1959.0"], "quarter": ["1.0", "4.0"]}, ["1959-Q1", "1959-Q4"]),
    ({"year": ["1959", "1959"], "qtr": ["Q1", "Q4"]}, ["1959-Q1", "1959-Q4"]),
    ({"Jahr": ["2020", "2020"], "Monat": ["Januar", "Dezember"]}, ["2020-01", "2020-12"]),
    ({"year": ["2020", "2020"], "week": ["1", "53"]}, ["2020-W01", "2020-W53"]),
    ({"Year": ["2020", "2020"], "Period": ["M01", "M12"]}, ["2020-01", "2020-12"]),
    ({"Year": ["2020", "2020"], "Period": ["Q1", "Q4"]}, ["2020-Q1", "2020-Q4"]),
    ({"year": ["2000"] * 2, "month": ["1"] * 2, "date_of_month": ["1", "31"]}, ["2000-01-01", "2000-01-31"]),
    (
        {"SETTLEMENT_DATE": ["01-Jan-2024"] * 3, "SETTLEMENT_PERIOD": ["1", "2", "48"]},
        ["01-Jan-2024 00:00", "01-Jan-2024 00:30", "01-Jan-2024 23:30"],
    ),
    (
        {"Delivery Date": ["01/02/2024"] * 3, "Hour Ending": ["01:00", "02:00", "24:00"]},
        ["01/02/2024 01:00", "01/02/2024 02:00", "01/02/2024 24:00"],
    ),
    ({"date": ["2024-01-02"] * 2, "hour": ["H01", "H23"]}, ["2024-01-02 01:00", "2024-01-02 23:00"]),
    ({"year": ["2020", "2020"], "doy": ["1", "366"]}, ["2020-001", "2020-366"]),
    (
        {"yr": ["2020", "2020"], "mo": ["2", "2"], "dy": ["29", "29"], "hh": ["5", "5"], "min": ["0", "30"]},
        ["2020-02-29 05:00", "2020-02-29 05:30"],
    ),
]


@pytest.mark.parametrize(("table", "stamps"), TABLES)
def test_columns_that_make_a_date_together_are_joined_and_taken_apart_as_they_were(table, stamps):
    names = date_columns([*table, "y"], {**table, "y": ["3.5", "4.5"]})
    assert names == tuple(table)
    assert join_dates(names, table).tolist() == stamps
    sample = [table[name][0] for name in names]
    for row, text in enumerate(stamps):
        assert split_dates(names, text, sample) == [table[name][row] for name in names]


def test_the_last_hour_of_a_day_that_is_counted_from_one_is_24():
    table = {"date": ["1/13/2020"] * 24, "Hour Ending": [str(hour) for hour in range(1, 25)]}
    names = date_columns(list(table), table)
    stamps = read_stamps(join_dates(names, table), str)
    assert set(stamps.values[1:] - stamps.values[:-1]) == {3_600_000_000}
    following = stamps.text(stamps.values[-1:] + 3_600_000_000)
    assert split_dates(names, following[0], ["1/13/2020", "1"]) == ["1/14/2020", "1"]


@pytest.mark.parametrize(
    "table",
    [
        {"yr": ["0", "1"], "mnth": ["1", "12"]},
        {"year": ["2020", "2021"], "y": ["1", "2"]},
        {"date": ["2020-01-01 10:00", "2020-01-01 11:00"], "hour": ["10", "11"]},
        {"month": ["1", "2"], "day": ["1", "2"]},
        {"year": ["2020", "2020"], "month": ["13", "14"]},
        {"date": ["2020-01-01", "2020-01-02"], "weekday": ["1", "2"]},
        {"year": ["2020", "2020"], "day_of_week": ["1", "2"]},
    ],
)
def test_columns_that_make_no_date_are_left_alone(table):
    assert date_columns(list(table), table) is None


def test_months_count_before_quarters_and_weeks_before_months():
    table = {"year": ["2020"] * 2, "quarter": ["1", "2"], "month": ["3", "4"], "week": ["13", "14"]}
    assert date_columns(["year", "quarter", "month"], table) == ("year", "month")
    assert date_columns(list(table), table) == ("year", "week")


def test_a_cell_that_is_no_such_part_is_shown_as_it_stands():
    table = {"year": ["2013", "2013"], "month": ["1", "soon"]}
    assert join_dates(("year", "month"), table).tolist() == ["2013 1", "2013 soon"]


def test_a_whole_year_among_its_months_is_shown_as_it_stands_and_refused_by_reading():
    months = [f"M{month:02}" for month in range(1, 14)]
    table = {"Year": ["2018"] * 13, "Period": months}
    assert date_columns(list(table), table) == ("Year", "Period")
    joined = join_dates(list(table), table)
    assert joined.tolist()[-2:] == ["2018-12", "2018 M13"]
    with pytest.raises(DataError, match="'2018 M13' does not fit the format %Y-%m of the other stamps"):
        read_stamps(joined, "row {}".format)


def test_two_of_three_cells_beyond_the_months_are_no_months():
    table = {"Year": ["2018"] * 3, "Period": ["1", "20", "30"]}
    assert date_columns(list(table), table) is None


def test_columns_without_names_are_parts_of_dates_by_their_words():
    columns = {"Unnamed: 0": ["2012", "2012"], "Unnamed: 1": ["Januar", "Februar"], "Index": ["90", "91"]}
    assert date_columns(list(columns), columns) == ("Unnamed: 0", "Unnamed: 1")
    assert list(join_dates(("Unnamed: 0", "Unnamed: 1"), columns)) == ["2012-01", "2012-02"]
    assert split_dates(("Unnamed: 0", "Unnamed: 1"), "2013-03", ("2012", "Januar")) == ["2013", "März"]
    numbers = {"Unnamed: 0": ["1", "2"], "Unnamed: 1": ["1", "2"], "year": ["2012", "2012"]}
    assert date_columns(list(numbers), numbers) is None


@pytest.mark.parametrize("name", ["Godzina", "Hodina", "час", "Saat", "Uur", "Klo"])
def test_hours_beside_a_date_are_known_by_their_name_in_many_languages(name):
    table = {"Data": ["20.10.2023"] * 24, name: [str(hour) for hour in range(1, 25)]}
    assert date_columns(list(table), table) == ("Data", name)


def test_the_hour_that_a_clock_shows_twice_may_have_a_letter():
    table = {"Data": ["29.10.2023"] * 4, "Godzina": ["1", "2", "2A", "3"]}
    assert [text[-5:] for text in join_dates(("Data", "Godzina"), table).tolist()] == [
        "01:00",
        "02:00",
        "02:00",
        "03:00",
    ]


@pytest.mark.parametrize(("last", "sixth"), [(50, "01:30"), (48, "02:30"), (46, "03:30")])
def test_half_hours_of_days_when_clocks_change_are_those_that_the_clock_shows(last, sixth):
    whole = [("28-Oct-2023", slot) for slot in range(1, 49)] + [("29-Oct-2023", slot) for slot in range(1, last + 1)]
    table = {"SETTLEMENT_DATE": [date for date, _ in whole], "SETTLEMENT_PERIOD": [str(slot) for _, slot in whole]}
    assert date_columns(list(table), table) == tuple(table)
    joined = join_dates(tuple(table), table).tolist()
    assert (joined[53], joined[-1]) == (f"29-Oct-2023 {sixth}", "29-Oct-2023 23:30")


def test_fiscal_years_of_two_calendar_years_are_joined_with_their_periods():
    table = {"Geschäftsjahr": ["2020/21"] * 12, "Periode": [f"{k:03}" for k in range(1, 13)]}
    assert date_columns(list(table), table) == tuple(table)
    assert join_dates(tuple(table), table).tolist()[0] == "2020-01"
