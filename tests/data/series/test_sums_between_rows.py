"""Rows that sum up those above them, and columns with flags or remarks among those of dates, do not change a series."""

import pytest

from rnncli.data.series.arranging import arrange
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast.kind import SeriesConfig


def shops(total):
    """Lines of two shops a month, and of their sum, called by total(month)."""
    lines = ["month;shop;cost"]
    for k in range(1, 13):
        lines += [f"{k:02}.2021;a;{k}", f"{k:02}.2021;b;{2 * k}", f"{total(k)};;{3 * k}"]
    return lines


@pytest.mark.parametrize("total", [lambda k: f"{k:02}.2021 Ergebnis", lambda k: f"Total {k:02}.2021", lambda k: "*"])
def test_rows_of_subtotals_between_those_of_months_are_left_out(read, total):
    found = arrange(read(shops(total)[:-1]), SeriesConfig())
    assert list(map(str, found.frame.columns["cost"])) == [str(n * k) for k in range(1, 13) for n in (1, 2)]
    assert (found.roles.time, found.roles.id) == ("month", "shop")
    assert found.notes == (f"t.csv:4, column month: '{total(1)}' sums up others: 11 such rows are left out",)


def test_a_list_with_starred_sums_loses_them(read):
    lines = [f"|{k:02}.03.2023|1000|{k}.500,25 |EUR|" for k in range(1, 20)]
    rule = "-" * 30
    frame = read(
        ["01.02.2024   List   1", rule, "|Day|Code|Amount|Unit|", rule, *lines, rule, "|*|1000|99,00|EUR|", rule]
    )
    assert list(map(str, frame.columns["Day"]))[-1] == "19.03.2023"
    assert "1 line below the table left out, from '*' on" in frame.notes


def test_columns_of_dates_that_end_with_flagged_cells_are_still_dates(read):
    names = [f"2015-{month:02} " for month in range(1, 13)]
    lines = []
    for place in ("AT", "BE", "DE"):
        cells = [": " if place == "BE" and k < 4 else f"{k}.5 " for k in range(1, 12)]
        lines.append("\t".join([f"M,PC,{place}", *cells, {"AT": "1.9 p", "BE": "2.2 b", "DE": "2.4 d"}[place]]))
    found = arrange(read(["\t".join(["freq,unit,geo\\TIME_PERIOD", *names]), *lines]), SeriesConfig())
    long = [tuple(str(cells[row]).strip() for cells in found.frame.columns.values()) for row in (0, 11, 12)]
    assert long == [("M,PC,AT", "2015-01", "1.5"), ("M,PC,AT", "2015-12", "1.9 p"), ("M,PC,BE", "2015-04", "4.5")]


def test_columns_of_growth_beside_years_are_left_out(read):
    names = [*map(str, range(1990, 2010)), "2009.1", "1999-09"]
    lines = [",".join([place, *("^" if k < 2 else str(k) for k in range(20)), "1.1", "2.2"]) for place in ("US", "FR")]
    found = arrange(read([",".join(["Oil: daily", *names]), *lines]), SeriesConfig())
    assert list(map(str, found.frame.columns["ds"]))[:20] == names[:20]
    assert "ignored columns: 2009.1, 1999-09 (numbers)" in found.lines


SIDE_BY_SIDE = ["day,shop,a,b", *(f"2024-01-{k // 2 + 1:02},{'xy'[k % 2]},{k // 2},7" for k in range(40))]


def test_wide_with_no_id_takes_each_column_for_a_series(read):
    found = arrange(read(SIDE_BY_SIDE), SeriesConfig(layout="wide", id_col=("none",)))
    assert sorted(set(map(str, found.frame.columns["unique_id"]))) == ["a", "b"]
    with pytest.raises(DataError, match="shop names several"):
        arrange(read(SIDE_BY_SIDE), SeriesConfig(layout="wide"))
    with pytest.raises(ConfigError, match=r"series\.id_col: a table of layout 'wide' has only series"):
        arrange(read(SIDE_BY_SIDE), SeriesConfig(layout="wide", id_col=("shop",)))
