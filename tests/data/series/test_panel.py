"""From a table to series: roles, grids, reports, and what cannot be read."""

from pathlib import Path

import numpy as np
import pytest

from rnncli.data.series.panel import Roles, find_roles, read_panel
from rnncli.data.tables.frame import read_frame
from rnncli.errors import ConfigError, DataError

SHOPS = Path(__file__).resolve().parents[3] / "datasets" / "shops.csv"


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A function that writes a table and reads it as a Frame."""
    monkeypatch.chdir(tmp_path)

    def frame(text, name="a.csv"):
        Path(name).write_text(text)
        return read_frame([name])

    return frame


def panel(frame, **given):
    roles = {key: given.pop(key) for key in ("id", "time", "targets", "past", "known", "static") if key in given}
    return read_panel(frame, find_roles(frame, **roles), **given)


def test_the_usual_names_need_no_option(table):
    found = panel(table("unique_id,ds,y\nb,2020-01-01,1\nb,2020-01-02,2\na,2020-01-01,3\na,2020-01-02,\n"))
    assert found.roles == Roles("unique_id", "ds", ("y",))
    assert [each.id for each in found.series] == ["b", "a"] and found.frequency.alias == "D"
    assert found.series[0].y[:, 0].tolist() == [1, 2] and np.isnan(found.series[1].y[1, 0])
    assert found.words() == ["2 series of 2 steps, frequency D", "y: 1 of 4 values are missing"]


@pytest.mark.parametrize(
    "text, roles",
    [
        ("Month,#Passengers\n1949-01,112\n1949-02,118\n", Roles(None, "Month", ("#Passengers",))),
        ("Y\n1\n2\n", Roles(None, None, ("Y",))),
        ("n,when,y\n1,01/02/2020 0:00,5\n2,01/02/2020 0:05,6\n", Roles(None, "when", ("y",))),
        ("date,y,temperature\n2020-01-01,1,5\n2020-01-02,2,6\n", Roles(None, "date", ("y",))),
    ],
)
def test_columns_are_told_by_what_is_in_them(table, text, roles):
    assert find_roles(table(text)) == roles


def test_what_cannot_be_told_is_asked_for(table):
    frame = table("date,a,b\n2020-01-01,1,5\n2020-01-02,2,6\n")
    with pytest.raises(DataError, match="a.csv: cannot tell which column to forecast; candidates: a, b") as error:
        find_roles(frame)
    assert "--target-col" in error.value.hint
    assert find_roles(frame, targets=("b", "a")).targets == ("b", "a")
    with pytest.raises(ConfigError, match="a.csv has no column 'c'") as error:
        find_roles(frame, targets=("c",))
    assert "date, a, b" in error.value.hint
    with pytest.raises(ConfigError, match="'a' is given two roles"):
        find_roles(frame, targets=("a",), past=("a",))


def test_a_missing_stamp_is_a_row_without_values_and_told(table):
    found = panel(table("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-04,4\n2020-01-05,5\n"))
    assert len(found.series[0]) == 5 and np.isnan(found.series[0].y[2, 0])
    assert found.text(found.series[0].stamps[2:3]) == ["2020-01-03"]
    assert found.words()[1] == "1 gap at 2020-01-03"


def test_rows_behind_the_last_value_tell_what_is_known_ahead(table):
    text = "ds,y,price,busy\n2020-01-01,1,9,3\n2020-01-02,2,8,4\n2020-01-03,,7,\n2020-01-04,,6,\n"
    found = panel(table(text), targets=("y",), past=("busy",), known=("price",)).series[0]
    assert (len(found), len(found.known), len(found.stamps)) == (2, 4, 4)
    assert found.past[:, 0].tolist() == [3, 4] and found.known[:, 0].tolist() == [9, 8, 7, 6]
    without = panel(table("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,\n")).series[0]
    assert len(without) == 3


@pytest.mark.parametrize(
    "text, message",
    [
        ("unique_id,ds,y\n,2020-01-01,1\n", "a.csv:2, column unique_id: the id is empty"),
        (
            "unique_id,ds,y\na,2020-01-01,1\nb,2020-01-01,\nb,2020-01-02,\n",
            "a.csv:3, column y: series 'b', which begins here, has no value of y",
        ),
        ("ds,y\n2020-01-01,1\n2020-01-01,2\n", "a.csv:3"),
        ("ds,y\n2020-01-01,1\n2020-01-02,x\n", "a.csv:3, column y"),
        ("ds,y\n2020-01-01,1\n2020-01-32,2\n", "a.csv:3, column ds"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(table, text, message):
    with pytest.raises(DataError) as error:
        panel(table(text))
    assert message in str(error.value) and error.value.hint


def test_a_static_column_that_changes_is_refused(table):
    text = "unique_id,ds,y,region\na,2020-01-01,1,north\na,2020-01-02,2,south\n"
    with pytest.raises(DataError, match="a.csv:3, column region: found 'south' after 'north'"):
        panel(table(text), static=("region",))
    assert panel(table(text.replace("south", "north")), static=("region",)).series[0].static == ("north",)


def test_an_irregular_series_keeps_its_stamps(table):
    minutes = [0, 5, 17, 19, 40, 43, 55, 80, 84, 97]
    rows = "".join(f"2020-01-01 {m // 60:02}:{m % 60:02}:00,{m}\n" for m in minutes)
    found = panel(table("ds,y\n" + rows))
    assert found.frequency is None and len(found.series[0]) == 10 and "irregular" in "\n".join(found.words())


def test_the_shops_are_read_whole():
    frame = read_frame([str(SHOPS)])
    found = panel(frame, past=("visitors",), known=("promotion", "price"), static=("region",))
    assert len(found.series) == 12 and found.frequency.alias == "D"
    assert all(np.diff(each.stamps).tolist() == [86400] * (len(each.stamps) - 1) for each in found.series)
    assert {each.static[0] for each in found.series} <= set(frame.columns["region"])


@pytest.mark.parametrize(
    "name, given, words",
    [
        ("AirPassengers.csv", {}, ["1 series of 144 steps, frequency MS"]),
        ("taylor.csv", {}, ["1 series of 4,032 steps, one step per row"]),
        ("heart_rate.csv", {}, ["1 series of 1,800 steps, one step per row"]),
        ("daily-min-temperatures.csv", {}, ["1 series of 3,652 steps, frequency D", "2 gaps, first at 1984-12-31"]),
        ("ETTh1.csv", {"targets": ("OT",)}, ["1 series of 17,420 steps, frequency h"]),
    ],
)
def test_real_tables_are_told_as_they_are(real_data, name, given, words):
    assert panel(read_frame([str(real_data / "series" / name)]), **given).words()[: len(words)] == words
