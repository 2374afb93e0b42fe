"""From a table to series: roles, grids, reports, and what cannot be read."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rnncli.data.series.assembly import read_panel
from rnncli.data.series.roles import Roles
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.numbers import parse_numbers
from rnncli.data.time.clock import DAY
from rnncli.data.time.frequency import frequency_named
from rnncli.data.time.stamps import read_stamps
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
    """The Panel of a Frame; the columns unique_id, ds and y have the roles that their names say."""
    own = {key: given.pop(key) for key in ("targets", "past", "known", "static", "time") if key in given}
    names = [name if name in frame.columns else None for name in ("unique_id", own.pop("time", "ds"))]
    roles = Roles(*names, **{"targets": ("y",), **own})
    numbers = {name: parse_numbers(frame.columns[name], partial(frame.where, column=name)) for name in roles.numeric}
    stamps = read_stamps(frame.columns[roles.time], partial(frame.where, column=roles.time)) if roles.time else None
    return read_panel(frame, roles, numbers, stamps, **given)


def test_series_come_in_the_order_of_their_first_rows(table):
    found = panel(
        table("unique_id,ds,y\nb,2020-01-01,1\na,2020-01-01,3\nb,2020-01-02,\na,2020-01-02,4\nb,2020-01-03,2\n")
    )
    assert [each.id for each in found.series] == ["b", "a"] and found.frequency.alias == "D"
    np.testing.assert_array_equal(found.series[0].y[:, 0], [1, np.nan, 2])
    assert found.series[1].y[:, 0].tolist() == [3, 4] and found.series[0].real[:, 0].tolist() == [True, False, True]
    assert found.words() == ["2 series of 2 to 3 steps, frequency D", "y: 1 of 5 values are missing"]


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
    found = panel(table("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,\n"))
    assert len(found.series[0]) == 2 and found.text(found.series[0].stamps) == [
        "2020-01-01",
        "2020-01-02",
        "2020-01-03",
    ]
    assert found.words()[1:] == ["1 row at the end without y: forecasts begin there"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("unique_id,ds,y\n,2020-01-01,1\n", "a.csv:2, column unique_id: the id is empty"),
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


def test_a_series_without_a_value_is_left_out_and_told(table):
    found = panel(table("unique_id,ds,y\nb,2020-01-01,\na,2020-01-01,1\nb,2020-01-02,\na,2020-01-02,2\n"))
    assert [each.id for each in found.series] == ["a"]
    assert "1 series with no value of y left out, first 'b', a.csv:2, column y" in found.words()


def rows(days, id=None, first="2020-01-01"):
    """Lines of a long table with these days after the first."""
    date = np.datetime64(first)
    return "".join(f"{id + ',' if id else ''}{date + np.timedelta64(day, 'D')},{day % 9}\n" for day in days)


def test_a_long_series_decides_the_frequency_of_two_short_ones(table):
    text = "unique_id,ds,y\n" + rows(range(100), "a") + rows([0, 7], "b") + rows([1, 8], "c")
    found = panel(table(text))
    assert found.frequency.alias == "D" and [len(each) for each in found.series] == [100, 8, 8]


def test_a_series_of_another_frequency_is_named(table):
    with pytest.raises(DataError) as error:
        panel(table("unique_id,ds,y\n" + rows(range(100), "a") + rows(range(0, 70, 7), "b")))
    assert str(error.value) == (
        "a.csv:102, column ds: series 'b', which begins here, has the frequency W-WED, 'a' has D"
    )


def test_a_stamp_far_from_all_others_is_an_error_with_its_line(table):
    text = "ds,y\n" + rows(range(50)) + "2202-02-20,7\n" + rows([51])
    with pytest.raises(DataError) as error:
        panel(table(text), unsorted="sort")
    assert str(error.value) == "a.csv:52, column ds: 2202-02-20 is 182 years away from all other stamps"
    assert "--freq none" in error.value.hint
    assert len(panel(table(text), unsorted="sort", frequency="none").series[0]) == 52


def test_a_named_frequency_must_be_of_the_kind_of_the_stamps(table):
    with pytest.raises(ConfigError, match="frequency 'D' does not fit column ds, which holds whole numbers"):
        panel(table("ds,y\n1,1\n2,2\n3,3\n"), frequency="D")
    with pytest.raises(ConfigError, match="frequency '10index' does not fit column ds, which holds dates"):
        panel(table("ds,y\n" + rows(range(9))), frequency="10")
    found = panel(table("ds,y\n" + rows(range(0, 63, 7))), frequency="D")
    assert found.frequency.alias == "D" and found.own.alias == "W-WED" and len(found.series[0]) == 57


def test_the_column_that_tells_rows_with_one_stamp_apart_is_suggested_as_the_id(table):
    text = "ds,shop,kind,y\n" + "".join(
        f"2020-01-0{day},{shop},x,{day}{k}\n" for day in (1, 2) for k, shop in enumerate("ab")
    )
    with pytest.raises(DataError, match="a.csv:3, column ds: the same stamp as a.csv:2") as error:
        panel(table(text))
    assert error.value.hint.startswith("shop tells them apart: use `--id-col shop`")
    assert error.value.options == "--id-col shop"


def test_rows_of_closed_steps_are_left_out_and_told(table):
    found = panel(table("ds,y\n" + rows(range(30))), closed="weekends,2020-01-01")
    assert found.frequency == frequency_named("B", closed="2020-01-01") and len(found.series[0]) == 21
    assert not np.isnan(found.series[0].y).any() and found.series[0].report.gaps == ()
    assert found.words() == [
        "1 series of 21 steps, frequency B, closed 2020-01-01",
        "9 rows of closed steps are left out, first a.csv:2, column ds",
    ]


def test_weekdays_without_rows_are_told_with_the_option_that_leaves_them_out(table):
    text = "ds,y\n" + rows(day for day in range(40) if day % 7 != 4)  # no Sundays
    assert "no row at sun; --closed sun leaves these steps out" in panel(table(text)).words()
    empty = "ds,y\n" + "".join(
        f"{np.datetime64('2020-01-01') + np.timedelta64(day, 'D')},{'' if day % 7 == 4 else day}\n" for day in range(40)
    )
    assert "no value at sun; --closed sun leaves these steps out" in panel(table(empty)).words()
    found = panel(table(text), closed="sun")
    assert len(found.series[0]) == 34 and found.words() == ["1 series of 34 steps, frequency D, closed sun"]


def test_series_end_where_their_targets_end_and_keep_their_rows_ahead(table):
    text = (
        "unique_id,ds,y,price\na,2020-01-01,1,9\nb,2020-01-01,1,8\na,2020-01-02,,7\nb,2020-01-02,2,6\nb,2020-01-03,,5\n"
    )
    a, b = panel(table(text), targets=("y",), known=("price",)).series
    assert (len(a), len(b)) == (1, 2) and a.known[:, 0].tolist() == [9, 7] and b.known[:, 0].tolist() == [8, 6, 5]
    assert len(a.stamps) == 2 and len(b.stamps) == 3


def test_the_shops_are_read_whole():
    frame = read_frame([str(SHOPS)])
    found = panel(frame, past=("visitors",), known=("promotion", "price"), static=("region",))
    assert len(found.series) == 12 and found.frequency.alias == "D"
    assert all(np.diff(each.stamps).tolist() == [DAY] * (len(each.stamps) - 1) for each in found.series)
    assert {each.static[0] for each in found.series} <= set(frame.columns["region"])


@pytest.mark.parametrize(
    "name, given, words",
    [
        ("AirPassengers.csv", {"time": "Month", "targets": ("#Passengers",)}, ["1 series of 144 steps, frequency MS"]),
        ("taylor.csv", {"targets": ("Y",)}, ["1 series of 4,032 steps, one step per row"]),
        ("heart_rate.csv", {"targets": ("Heart rate",)}, ["1 series of 1,800 steps, one step per row"]),
        (
            "daily-min-temperatures.csv",
            {"time": "Date", "targets": ("Temp",)},
            ["1 series of 3,652 steps, frequency D", "2 gaps, first at 1984-12-31"],
        ),
        ("ETTh1.csv", {"time": "date", "targets": ("OT",)}, ["1 series of 17,420 steps, frequency h"]),
    ],
)
def test_real_tables_are_told_as_they_are(real_data, name, given, words):
    assert panel(read_frame([str(real_data / "series" / name)]), **given).words()[: len(words)] == words
