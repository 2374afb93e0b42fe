"""Tables whose columns have other roles than it seems: files as series, prices beside dates, dates without names."""

from pathlib import Path

import numpy as np
import pytest

DAYS = [str(day) for day in np.datetime64("2024-01-01") + np.arange(84)]


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def written(name, lines):
    Path(name).write_text("\n".join(lines) + "\n")


def trained(command, name, *options):
    """What training on a table prints."""
    code, out, err = command("train", name, "-o", "run", "--max-steps", "1", *options)
    assert code == 0, err
    return out + err


def test_id_col_none_makes_a_table_one_series(command):
    rows = [f"{day},{'rain' if d % 3 else 'fog'},{d % 7}" for d, day in enumerate(DAYS)]
    written("w.csv", ["date,weather,volume", *(row for row in rows for _ in range(1 + (row[-1] == "3")))])
    out = trained(command, "w.csv", "--id-col", "none")
    assert "1 series of 84 steps" in out and "one series (--id-col)" in out


def test_files_with_stamps_in_common_are_series_called_as_the_files_are(command):
    for k, name in enumerate(("AAPL", "MSFT")):
        written(f"{name}.csv", ["date,value", *(f"{day},{100 * k + d % 7}" for d, day in enumerate(DAYS))])
    out = trained(command, "AAPL.csv", "MSFT.csv")
    assert "2 series of 84 steps" in out and "the files have stamps in common: each is a series" in out
    _, out, _ = command("generate", "run", "-q", "--level", "none")
    assert {line.split(",")[0] for line in out.splitlines()[1:]} == {"AAPL", "MSFT"}


def test_years_months_and_days_without_names_are_dates(command):
    stamps = list(np.datetime64("1999-01-01") + np.arange(400))
    written("sn.csv", [f"{str(day).replace('-', ';')};  {d % 9};   1" for d, day in enumerate(stamps)])
    assert "1 series of 400 steps, frequency D" in trained(command, "sn.csv")


def test_prices_that_rise_by_halves_are_no_years(command):
    written("dax.csv", ['"","DAX"', *(f'"{k}",{1628 + k / 2:.2f}' for k in range(60))])
    out = trained(command, "dax.csv", "--target-col", "DAX")
    assert "years" not in out and "1 series of 60 steps, one step per row" in out


def test_coordinates_are_not_the_target(command):
    rows = [f"2024-01-{1 + d % 28:02} 0{d % 9}:00,-122.4{d:03},37.7{d:03}" for d in range(84)]
    written("c.csv", ["Dates,X,Y", *rows])
    code, _, err = command("train", "c.csv", "-o", "run", "--max-steps", "1")
    assert code != 0 and "no column of numbers to forecast" in err


def test_of_dates_of_several_kinds_in_a_header_most_are_read(command):
    header = [
        name for y in range(2016, 2020) for name in (f"{y}", f"{y}Q1", f"{y}Q2", *(f"{y}M{m}" for m in range(1, 13)))
    ]
    written("ifs.csv", ["Country," + ",".join(header), *(f"{c}," + ",".join(map(str, range(60))) for c in ("A", "B"))])
    assert "2 series of 48 steps, frequency MS" in trained(command, "ifs.csv")


def test_numbers_beyond_twelve_in_a_header_are_steps_beside_a_starting_year(command):
    rows = [f"N{k},1990,1," + ",".join(str((k + t) % 12) for t in range(70)) for k in range(3)]
    written("m3.csv", ["Series,Starting Year,Starting Month," + ",".join(map(str, range(1, 71))), *rows])
    assert "3 series of 70 steps" in trained(command, "m3.csv")
