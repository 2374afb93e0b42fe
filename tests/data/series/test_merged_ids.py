"""Ids that a spreadsheet shows once for a group of stamps, and the rows of totals between such groups."""

import pandas
import pytest

from rnncli.data.series.arranging import arrange
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.preambles import rows_below
from rnncli.tasks.forecast.kind import SeriesConfig

DAYS = [f"2024-01-{day:02}" for day in range(1, 21)]


@pytest.fixture
def arranged(tmp_path, monkeypatch):
    """arranged(lines): the Arranged of a table in t.csv."""
    monkeypatch.chdir(tmp_path)

    def found(lines):
        (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
        return arrange(read_frame(["t.csv"]), SeriesConfig())

    return found


def test_an_id_above_its_stamps_is_that_of_all_of_their_rows(arranged):
    lines = [f"{shop * (k == 0)},{day},{k + n}" for n, shop in enumerate(("A", "B")) for k, day in enumerate(DAYS)]
    found = arranged(["shop,date,sales", *lines])
    assert (found.roles.id, found.roles.time) == ("shop", "date")
    assert list(map(str, found.frame.columns["shop"])) == ["A"] * 20 + ["B"] * 20
    assert found.notes == ("t.csv:3, column shop: empty cells read as the one above: 38",)


def test_the_totals_of_such_groups_are_left_out(arranged):
    lines = []
    for shop in "AB":
        lines += [f"{shop * (k == 0)},{day},{k}" for k, day in enumerate(DAYS)] + [f"Total {shop},,190"]
    found = arranged(["shop,date,sales", *lines, "Grand total,,380"])
    assert list(map(str, found.frame.columns["shop"])) == ["A"] * 20 + ["B"] * 20
    assert any("'Total A' sums up others: 3 such rows are left out" in note for note in found.notes)


def test_a_word_that_few_rows_have_is_not_filled_down_where_no_stamp_comes_again(arranged):
    lines = [f"{'Fair' * (k % 7 == 0)},{day},{k}" for k, day in enumerate(DAYS)]
    found = arranged(["event,date,sales", *lines])
    assert list(map(str, found.frame.columns["event"]))[:3] == ["Fair", "", ""] and found.roles.id is None


def test_the_levels_of_an_index_of_pandas_in_a_workbook_are_filled_down(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    levels = [["East", "West"], ["A", "B"], pandas.date_range("2024-01-01", periods=24, freq="h")]
    index = pandas.MultiIndex.from_product(levels, names=["region", "shop", "ts"])
    pandas.DataFrame({"units": range(len(index))}, index=index).to_excel("t.xlsx")
    found = arrange(read_frame(["t.xlsx"]), SeriesConfig())
    ids = list(map(str, found.frame.columns["region/shop"]))
    assert ids[::24] == ["East/A", "East/B", "West/A", "West/B"] and len(set(ids[24:48])) == 1
    assert list(map(str, found.frame.columns["ts"]))[24] == "2024-01-01 00:00:00"


def test_stamps_that_come_again_after_sixty_others_are_read(arranged):
    days = [str(day.date()) for day in pandas.date_range("2024-01-01", periods=60)]
    lines = [f"{shop * (k == 0)},{day},{k}" for shop in "AB" for k, day in enumerate(days)]
    found = arranged(["shop,date,sales", *lines, "Total,,3540"])
    assert list(map(str, found.frame.columns["shop"])) == ["A"] * 60 + ["B"] * 60


ACCOUNT = ["Konto:;DE12", "", "Von:;01.09.2023", "Bis:;18.03.2024", "", "Datum;Saldo"]


def test_lines_as_wide_as_the_table_are_left_out_above_it(arranged):
    rows = [f"{day:02}.09.2023;{day},50" for day in range(1, 21)]
    found = arranged([*ACCOUNT, *rows])
    assert (found.roles.time, found.roles.targets) == ("Datum", ("Saldo",))
    assert list(map(str, found.frame.columns["Saldo"]))[::19] == ["1,50", "20,50"] and found.frame.line[0] == 7
    assert any("lines above the rows left out" in note for note in found.frame.notes)


def test_the_title_names_the_values_where_no_line_above_them_has_names(arranged):
    above = ["Title,CPI", "Unit,Index", "Release date,17-04-2024", "Important notes,"]
    found = arranged([*above, *(f"{year},{year - 1900}.5" for year in range(2000, 2020))])
    assert list(map(str, found.frame.columns["CPI"]))[::19] == ["100.5", "119.5"]
    assert rows_below([["a", "b"], ["Total", "3"], *(["2001", "1"],) * 5], 2) is None


def test_the_row_of_the_sum_of_all_series_is_none_of_them(arranged):
    rows = [f"{name},{cells}" for name, cells in (("East", "5,6,7"), ("West", "1,3,2"), ("Grand Total", "6,9,9"))]
    found = arranged(["region,2021-01,2021-02,2021-03", *rows])
    assert found.frame.names == ("East", "West")
    assert found.notes == ("t.csv:4, column region: 'Grand Total' sums up others; rows left out: 1",)
    other = arranged(["region,2021-01,2021-02,2021-03", *rows[:2], "Total Energies,1,2,2"])
    assert other.frame.names == ("East", "West", "Total Energies")


def test_rows_of_the_sum_of_a_year_are_no_months_of_series_side_by_side(arranged):
    lines = []
    for year in (2021, 2022):
        lines += [f"{year}-{month:02}-01,{month},{50 + month},{50 + 2 * month}" for month in range(1, 13)]
        lines += [f"{year} Total,78,678,756"]
    found = arranged(["Month,Berlin,Paris,Total", *lines])
    assert found.frame.names == ("Berlin", "Paris") and len(found.frame.line) == 48
    assert found.notes == ("t.csv:14, column Month: '2021 Total' sums up others: 2 such rows are left out",)
