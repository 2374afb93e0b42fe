"""Headers of two rows: what stands merged above several columns is a part of their names, and of their dates."""

import pytest

from rnncli.data.series.arranging import arrange
from rnncli.tasks.forecast.kind import SeriesConfig

MONTHS = ["Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]


def long_rows(frame, **settings):
    """(id, time, value) of the rows of the long table."""
    found = arrange(frame, SeriesConfig(**settings)).frame
    return [tuple(map(str, row)) for row in zip(*(found.columns[name] for name in found.columns))]


STAFF = [f"{month:02}/2021;{20 + month};{30 + month};{month};{month + 1}" for month in range(1, 13)]


@pytest.mark.parametrize("title", [[], ["Headcount;;;;", ";;;;"]])
@pytest.mark.parametrize("above", ["Month;Sales;;Buying;", ";Sales;;Buying;"])
def test_names_of_groups_above_their_columns_are_a_part_of_the_names(read, title, above):
    below = ";" if above.startswith("Month") else "Month;"
    frame = read([*title, above, below + "staff;agency;staff;agency", *STAFF])
    assert list(frame.columns) == ["Month", "Sales staff", "Sales agency", "Buying staff", "Buying agency"]
    assert [str(cells[0]) for cells in frame.columns.values()] == ["01/2021", "21", "31", "1", "2"]
    assert frame.line[0] == len(title) + 3
    assert [note for note in frame.notes if "two rows of names read as one header" in note]


def test_a_column_beyond_the_width_of_all_other_groups_is_in_none(read):
    lines = [f"{month:02}/2021;1;2;3;4;10" for month in range(1, 13)]
    frame = read(["Month;Sales;;Buying;;", ";staff;agency;staff;agency;Sum", *lines])
    assert list(frame.columns)[-2:] == ["Buying agency", "Sum"]


def test_years_merged_above_months_make_the_dates_of_the_header(read):
    header = ["Unit," + ",".join(str(year) + "," * 12 for year in (2021, 2022)), "," + ",".join([*MONTHS, "Summe"] * 2)]
    lines = [f"{unit}," + ",".join(str(100 * k + n) for n in range(26)) for k, unit in enumerate("ab", 1)]
    found = long_rows(read([*header, *lines]))
    assert [row for row in found if row[0] == "a"][:2] == [("a", "2021 Jan", "100"), ("a", "2021 Feb", "101")]
    assert [row for row in found if row[0] == "a"][11:13] == [("a", "2021 Dez", "111"), ("a", "2022 Jan", "113")]
    assert found[-1] == ("b", "2022 Dez", "224") and len(found) == 48


@pytest.mark.parametrize("above", [",2022" + "," * 12, "2022" + "," * 13])
def test_a_year_alone_above_the_months_is_theirs(read, above):
    lines = [f"{unit}," + ",".join(str(100 * k + n) for n in range(13)) for k, unit in enumerate("ab", 1)]
    found = long_rows(read([above, "Unit," + ",".join([*MONTHS, "Summe"]), *lines]))
    assert (found[0], found[-1], len(found)) == (("a", "2022 Jan", "100"), ("b", "2022 Dez", "211"), 24)


def test_names_of_groups_may_come_again_above_each_of_their_columns(read):
    lines = [f"2024-01-{day:02},{day},{2 * day},{3 * day},{4 * day}" for day in range(1, 9)]
    frame = read([",Close,Close,Open,Open", ",AB,CD,AB,CD", "Date,,,,", *lines])
    assert list(frame.columns)[1:] == ["Close AB", "Close CD", "Open AB", "Open CD"]
    assert [str(cells[-1]) for cells in frame.columns.values()] == ["2024-01-08", "8", "16", "24", "32"]
    assert frame.line[0] == 4


def test_rows_of_sums_by_another_column_than_the_id_are_left_out(read):
    names = [f"2023-{month:02}" for month in range(1, 7)]
    places = [("Works", "4711 Press", 1), ("", "4712 Line", 2), ("Sum Works", "", 3)]
    places += [("Office", "9001 Staff", 5), ("", "9002 IT", 6), ("Sum Office", "", 11)]
    lines = [f"{area},{unit}," + ",".join(str(value + k) for k in range(6)) for area, unit, value in places]
    found = arrange(read(["Area,Unit," + ",".join(names), *lines, "Total,," + "9,9,9,9,9,9"]), SeriesConfig())
    ids = list(dict.fromkeys(map(str, found.frame.columns[found.roles.id or ""])))
    assert ids == ["4711 Press", "4712 Line", "9001 Staff", "9002 IT"]
    assert [note for note in found.notes if "'Sum Works' sums up others; rows left out: 3" in note]


UNITS = ["Date,Temp,Rain", "2024-01-01,4.1,0.3", "2024-01-02,4.4,0.0", "2024-01-03,3.9,1.2", "2024-01-04,3.7,1.0"]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([UNITS[0], ",C,mm", *UNITS[1:]], ["Date", "Temp", "Rain"]),  # each column has a name: below are units
        (["Date,a,,b", *(f"2024-01-0{k},{k},{k},{k}" for k in range(1, 6))], ["Date", "a", "Unnamed: 2", "b"]),
        (["name,group,,n", "x,y,z,1", "u,v,w,2", "r,s,t,3"], ["name", "group", "Unnamed: 2", "n"]),  # a row of data
    ],
)
def test_a_header_of_one_row_stays_one(read, lines, names):
    assert list(read(lines).columns) == names


def test_a_line_above_the_header_on_who_exported_what_is_left_out(read):
    lines = ['"EXTF";700;21;"Batch";13;20240131;20230101;20230101', "Amount;Mark;Day", "1,5;S;01.02.2023"]
    lines += [f"{k},25;S;{k:02}.03.2023" for k in range(1, 10)]
    frame = read(lines)
    assert list(frame.columns) == ["Amount", "Mark", "Day"]
    assert (str(frame.columns["Day"][0]), frame.line[0]) == ("01.02.2023", 3)
    assert "1 line above the header left out; to choose: --skip-rows" in frame.notes
