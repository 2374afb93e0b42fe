"""What was reported of tables, each by the commands that showed it: dates, layouts, shares, digits and refusals."""

import re

import numpy as np
import pandas as pd
import pytest
from reported import days, forecast_rows, train_small
from table_zoo import table, text, wave


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


@pytest.fixture
def trained(command, saved):
    """trained(table, *options): what `train` says of a table in a.csv; it must not fail."""

    def train(data, *options):
        code, err = train_small(command, saved, data, *options)
        assert code == 0, err
        return err

    return train


@pytest.fixture
def forecast(command):
    """forecast(*arguments): the rows of `generate run`, without intervals, as dicts."""
    return lambda *arguments: forecast_rows(command, "-q", *arguments)[0]


@pytest.fixture
def refused(command, saved):
    """refused(table, *options): (exit code, what `train` says of a table that it cannot use)."""

    def train(data, *options):
        code, err = train_small(command, saved, data, *options)
        assert code not in (0, 70)
        return code, err

    return train


def stamps(rows):
    return [row["ds"] for row in rows]


@pytest.mark.parametrize(
    "form, freq, begin, first",
    [
        ("%Y%m%d", "D", "2024-03-02", "20240501"),
        ("%Y%m", "MS", "2019-01-01", "202401"),
        ("%Y%m%d%H", "h", "2024-01-29 13", "2024020101"),
    ],
)
def test_digits_alone_are_dates(trained, forecast, form, freq, begin, first):
    trained(table("ds,y", days(60, begin, freq, form)))
    assert stamps(forecast())[0] == first


def test_a_template_is_read_back_with_either_decimal_sign(trained, forecast, command, saved):
    rows = [(day, f"{y}".replace(".", ","), f"{63 + k % 3},5") for k, (day, y) in enumerate(days(60))]
    trained(table("ds;y;price", rows, ";"), "--future-cols", "price", "--horizon", "3")
    template = command("generate", "run", "--future-template")[1]
    found = []
    for filled in ("63.5", '"63,5"'):
        saved("future.csv", re.sub(r",\n", f",{filled}\n", template))
        found.append(forecast("--future", "future.csv"))
    assert found[0] == found[1] and all(0 < float(row["rnncli"]) < 100 for row in found[0])


@pytest.mark.parametrize("freq, begin", [("B", "2024-01-01"), ("MS", "2018-01-01"), ("W-MON", "2022-01-03")])
def test_stamps_in_a_zone_have_the_frequencies_of_its_clock(trained, forecast, freq, begin):
    data = table("ds,y", days(80, begin, freq, "%Y-%m-%dT00:00:00+09:00"))
    ahead = text(pd.date_range(begin, periods=84, freq=freq)[80:], "%Y-%m-%dT00:00:00+09:00")
    for options in ((), ("--freq", freq)):
        assert f"frequency {freq}" in trained(data, "--horizon", "4", *options)
        assert stamps(forecast()) == ahead


def test_the_table_of_a_run_is_accepted_though_most_of_its_values_are_missing(trained, forecast):
    rows = [(day, y if k % 7 == 0 else "") for k, (day, y) in enumerate(days(421, "2022-01-03"))]
    trained(table("ds,y", rows))
    assert forecast() == forecast("a.csv") and stamps(forecast())[0] == "2023-02-28"


def test_a_time_format_counts_for_the_column_that_it_fits(trained, forecast, refused):
    data = table("Zeitpunkt,y", days(40, form="Tag %d.%m.%Y"))
    trained(data, "--time-format", "Tag %d.%m.%Y")
    assert stamps(forecast())[0] == "Tag 10.02.2024"
    assert "%Y/%m" in refused(data, "--time-format", "%Y/%m")[1]


def test_what_generate_advises_are_options_that_it_has(trained, command, saved):
    trained(table("ds,y", days(60)))
    options = set(
        re.findall(r"--[a-z][a-z-]+", command("generate", "--help")[1] + command("generate", "run", "--help")[1])
    )
    for broken in (
        [("so" if k == 5 else day, y) for k, (day, y) in enumerate(days(60))],
        [(day, "viel" if k == 5 else y) for k, (day, y) in enumerate(days(60))],
        [*days(60), *[(day, y + 1) for day, y in days(60)]],
    ):
        saved("b.csv", table("ds,y", broken))
        code, _, err = command("generate", "run", "b.csv", "-q")
        assert code == 3 and set(re.findall(r"--[a-z][a-z-]+", err)) <= options, err


def test_series_in_rows_may_be_called_as_missing_values_are(trained, forecast):
    names = ["NA", "None", "-", "DE"]
    trained(
        table("id," + ",".join(f"V{k}" for k in range(40)), [(name, *wave(40, k)) for k, name in enumerate(names)]),
        "--layout",
        "rows",
    )
    assert list(dict.fromkeys(row["unique_id"] for row in forecast())) == names


def test_a_share_of_rows_is_not_cut_by_the_binary_form_of_numbers(trained):
    assert "test: rows 72 to 100 " in trained(table("ds,y", days(100)), "--test-size", "0.29", "--horizon", "3")


def test_swings_below_a_high_level_are_printed(trained, forecast):
    trained(table("ds,y", [(day, f"{5e12 + y:.2f}") for day, y in days(60)]))
    found = [float(row["rnncli"]) - 5e12 for row in forecast()]
    assert len(set(found)) > 3 and all(0 < each < 40 for each in found)


def test_a_horizon_beyond_the_calendar_is_refused(trained, command):
    trained(table("ds,y", days(60, "2019-01-01", "MS", "%d %b %Y")))
    code, _, err = command("generate", "run", "--horizon", "96000", "-q")
    assert code == 3 and "year 10000" in err and "--horizon" in err


@pytest.mark.parametrize(
    "header, more", [("date,north,south,year", "year"), (",date,north,south", "index"), ("date,north,south,", "")]
)
def test_what_is_no_series_is_none_in_a_wide_table(trained, forecast, header, more):
    rows = [(day, y, y + 1) for day, y in days(60)]
    added = {
        "year": [(*row, 2024) for row in rows],
        "index": [(k, *row) for k, row in enumerate(rows)],
        "": [(*row, "") for row in rows],
    }
    trained(table(header, added[more]), "--wide")
    assert list(dict.fromkeys(row["unique_id"] for row in forecast())) == ["north", "south"]


def test_a_stamp_far_from_all_others_is_named_by_its_line(refused):
    rows = days(90, "2022-01-01")
    code, err = refused(table("ds,y", [*rows[:89], (rows[89][0].replace("2022", "2202"), 1)]))
    assert code == 3 and "a.csv:91" in err and "2202-03-31" in err


def test_short_series_do_not_outvote_a_long_one(trained):
    short = [("a", "2024-01-01", 1), ("a", "2024-01-08", 2), ("b", "2024-01-02", 1), ("b", "2024-01-09", 3)]
    assert "frequency D" in trained(table("unique_id,ds,y", [*short, *(("c", *row) for row in days(100))]))


def test_three_series_below_each_other_are_never_one(trained, forecast):
    rows = [(name, *row) for name in ("M", "A", "I") for row in days(60, "2018-01-01", "MS", "%b %-d %Y")]
    for options in ((), ("--target-col", "price")):
        assert "3 series of 60 steps, frequency MS" in trained(table("symbol,date,price", rows), *options)
        assert {row["ds"] for row in forecast("--horizon", "1")} == {"Jan 1 2023"}


def test_a_random_walk_with_gaps_filled_by_lines_cannot_be_forecast(trained, command):
    walk = np.cumsum(np.random.default_rng(5).normal(size=900)) + 100
    rows = [
        (day, f"{y:.4f}" if k % 6 == 0 else "") for k, ((day, _), y) in enumerate(zip(days(900), walk, strict=True))
    ]
    trained(table("ds,y", rows), "--fill", "linear", "--horizon", "1", "--test-size", "200", "--max-steps", "200")
    _, out, _ = command("eval", "run", "--format", "json")
    assert float(re.findall(r'"skill_percent": (-?[\d.]+)', out)[0]) < 5


@pytest.mark.parametrize(
    "second, line",
    [
        ("%m.%d.%Y", "a.csv:45, column date: '02.13.2024'"),
        ("%Y-%m-%d", "a.csv:42, column date: '2024-02-10'"),
    ],
)
def test_dates_of_two_forms_are_refused_rather_than_left_out(refused, second, line):
    rows = [*days(40, form="%d.%m.%Y"), *days(20, "2024-02-10", form=second)]
    assert line in refused(table("date,y", rows))[1]


def test_dates_of_an_unknown_form_are_named_rather_than_left_out(refused):
    rows = [(f"{1 + k % 52}te Woche in {2022 + k // 52}", y + 0.1) for k, (_, y) in enumerate(days(70))]
    assert "'1te Woche in 2022'" in refused(table("Datum,y", rows), "--task", "fore" + "cast")[1]


def test_all_columns_that_a_model_lacks_are_named_with_those_of_the_table(trained, command, saved):
    trained(
        "ds,y,promo\n" + "".join(f"2024-01-{day:02},{day},{day % 2}\n" for day in range(1, 29)), "--past-cols=promo"
    )
    saved("b.csv", "Datum,Umsatz\n2024-01-01,1\n2024-01-02,2\n")
    code, _, err = command("generate", "run", "b.csv")
    assert code != 0
    assert "b.csv: no column ds, y, promo, which the model reads" in err
    assert "the model reads ds, y, promo; the table has Datum, Umsatz" in err
