"""Workbooks with a sheet for each year: their rows make one table, unless the sheets tell the same time."""

import io
from datetime import datetime

import pytest

from rnncli.data.series.arranging import arrange
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.reading import Reading
from rnncli.tasks.forecast.kind import SeriesConfig

openpyxl = pytest.importorskip("openpyxl")
MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni"]


@pytest.fixture
def read(tmp_path):
    """read({sheet: rows}, **options) -> Frame."""

    def frame(sheets, **options):
        book, packed = openpyxl.Workbook(), io.BytesIO()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(packed)
        (tmp_path / "book.xlsx").write_bytes(packed.getvalue())
        return read_frame([str(tmp_path / "book.xlsx")], Reading(**options))

    return frame


def of_months(year):
    return [["Monat", "Umsatz"], *([month, year + k / 4] for k, month in enumerate(MONTHS, 1))]


def of_days(year, column="y"):
    return [["day", column], *([datetime(year, 1, day), year + day] for day in range(1, 6))]


def texts(frame):
    return {name: list(map(str, cells)) for name, cells in frame.columns.items()}


def test_sheets_of_months_get_the_year_in_their_names_the_first_year_first(read):
    frame = read({"Umsatz 2022": of_months(2022), "Umsatz 2021": of_months(2021), "Notes": [["none", ""]]})
    found = texts(frame)
    assert list(found) == ["Year", "Monat", "Umsatz"]
    assert found["Year"] == ["2021"] * 6 + ["2022"] * 6
    assert found["Monat"] == MONTHS * 2
    assert found["Umsatz"][::6] == ["2021.25", "2022.25"] and found["Umsatz"][-1] == "2023.5"
    assert frame.notes[0] == (
        "sheets 2021, 2022 read below each other: the year in column Year; to choose one: --sheet NAME"
    )
    assert frame.line.tolist() == [2, 3, 4, 5, 6, 7] * 2


def test_rows_of_sums_below_the_months_of_each_sheet_are_left_out(read):
    frame = read({str(year): [*of_months(year), ["Summe", 99]] for year in (2021, 2022, 2023)})
    found = arrange(frame, SeriesConfig())
    assert found.roles.time == "Year/Monat"
    assert list(map(str, found.frame.columns["Year/Monat"]))[4:8] == ["2021-05", "2021-06", "2022-01", "2022-02"]
    assert "sums of the months left out" in frame.notes


def test_a_single_sheet_called_after_a_year_gets_it_too(read):
    assert texts(read({"2024": of_months(2024)}))["Year"] == ["2024"] * 6
    both = {"2023": of_months(2023), "2024": of_months(2024)}
    assert texts(read(both, sheet="2023"))["Year"] == ["2023"] * 6
    assert "Year" not in read({"Survey 2024": of_months(2024)}).columns


def test_sheets_of_different_days_are_read_below_each_other(read):
    frame = read({"a": of_days(2022), "b": of_days(2023)})
    assert texts(frame)["y"] == [*map(str, range(2023, 2028)), *map(str, range(2024, 2029))]
    assert frame.notes[0] == "sheets a, b read below each other; to choose one: --sheet NAME"


@pytest.mark.parametrize("other", [of_days(2022), of_days(2023, "z"), [["day", "y"], ["about", "words"]]])
def test_sheets_of_the_same_days_or_other_columns_stay_apart(read, other):
    frame = read({"2022": of_days(2022), "2023": other})
    assert texts(frame) == {"day": [f"2022-01-0{k}" for k in range(1, 6)], "y": [str(2022 + k) for k in range(1, 6)]}
    assert frame.notes[0].startswith("sheet '2022' read; others: 2023; to choose: --sheet NAME")


def test_months_in_the_header_of_each_sheet_get_its_year_too(read):
    header = ["Region", *MONTHS, "Juli", "August", "September", "Oktober", "November", "Dezember"]
    sheets = {
        f"Umsatz {y}": [header, *([place, *range(y - 2000, y - 1988)] for place in ("N", "W"))] for y in (2021, 2022)
    }
    found = arrange(read(sheets), SeriesConfig()).frame
    long = list(zip(*(map(str, found.columns[name]) for name in found.columns)))
    assert (long[0], long[24], len(long)) == (("N", "2021-01", "21"), ("N", "2022-01", "22"), 48)
