"""`generate --like-input`, --round and -o: a forecast that can be laid under the table that it continues."""

import csv
import io
import json
import math
import re

import openpyxl
import pandas as pd
import pytest

from rnncli.cli.main import main
from rnncli.config import read_settings
from rnncli.tasks.forecast.data import load_training

TINY = (
    "--hidden-size",
    "4",
    "--max-steps",
    "2",
    "--workers",
    "1",
    "--seed",
    "1",
    "--window",
    "8",
    "--horizon",
    "3",
    "-q",
)


def german(ids=("Köln", "Süd"), n=40):
    """An export of German Excel: cp1252, semicolons, decimal commas, CRLF."""
    lines = ["Datum;Fläche;Umsatz, netto"]
    for name in ids:
        for t, day in enumerate(pd.date_range("2024-01-30", periods=n)):
            value = f"{1500 + 300 * math.sin(t * 2 * math.pi / 7):,.2f}".translate({44: ".", 46: ","})
            lines.append(f"{day:%d.%m.%Y};{name};{value}")
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def forecast(tmp_path, capfdbinary):
    """forecast(table, *options, train=()): what `generate` writes to standard output after training on the table."""

    def call(data, *options, train=(), run="run"):
        if not (tmp_path / run).exists():
            (tmp_path / "data.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
            assert main(["train", "data.csv", "-o", run, *TINY, *train]) == 0
            capfdbinary.readouterr()
        assert main(["generate", run, "--level", "80", "-q", *options]) == 0
        return capfdbinary.readouterr()[0]

    return call


def test_a_german_export_comes_back_as_german_excel_writes_it(forecast, tmp_path):
    target = ("--target-col", "Umsatz, netto")
    out = forecast(german(), "--like-input", "--round", "2", train=target)
    lines = out.decode("cp1252").split("\r\n")
    assert lines[0] == "Datum;Fläche;Umsatz, netto;Umsatz, netto-lo-80;Umsatz, netto-hi-80"
    days, names, values = zip(*(line.split(";")[:3] for line in lines[1:-1]))
    assert days == ("10.03.2024", "11.03.2024", "12.03.2024") * 2 and names == ("Köln",) * 3 + ("Süd",) * 3
    plain = list(csv.DictReader(io.StringIO(forecast(german(), "--round", "2").decode())))
    assert [value.replace(".", "").replace(",", ".") for value in values] == [row["rnncli"] for row in plain]
    forecast(german(), "--like-input", "--round", "2", "-o", "next.csv")
    assert (tmp_path / "next.csv").read_bytes() == out
    longer = german() + b"".join(line.rsplit(b";", 2)[0] + b"\r\n" for line in out.splitlines()[1:])
    (tmp_path / "longer.csv").write_bytes(longer)
    after = forecast(german(), "longer.csv", "--like-input").decode("cp1252")
    assert after.splitlines()[1].startswith("13.03.2024;Köln;")


def test_ids_and_dates_in_several_columns_stay_apart(forecast):
    rows = [
        f"{day.year},{day.month},{day.day},{shop},{kind},{(k * 7) % 11}"
        for shop in "ab"
        for kind in "xy"
        for k, day in enumerate(pd.date_range("2024-02-20", periods=40))
    ]
    data = "\n".join(["year,month,day,shop,kind,sales", *rows]) + "\n"
    found = list(csv.reader(io.StringIO(forecast(data, "--like-input").decode())))
    assert found[0] == ["year", "month", "day", "shop", "kind", "sales", "sales-lo-80", "sales-hi-80"]
    assert [row[:5] for row in found[3:5]] == [["2024", "4", "2", "a", "x"], ["2024", "3", "31", "a", "y"]]


UNITS = {  # a cell of a number, and how a forecast is written as text
    "per cent": (lambda v: f"{v:.1f} %", r"-?\d+\.\d %"),
    "a currency before thousands": (lambda v: f"€{100 * v:,.2f}", r"-?€[\d,]+\.\d\d"),
    "accounting": (lambda v: f"$ {v - 20:.2f}" if v >= 20 else f"($ {20 - v:.2f})", r"\$ \d+\.\d\d|\(\$ \d+\.\d\d\)"),
    "a minus behind": (lambda v: f"{abs(v - 20):.2f}{'-' * (v < 20)}", r"\d+\.\d\d-?"),
    "millions": (lambda v: f"{v:.1f}M", r"-?\d+\.\dM"),
    "kilowatt hours": (lambda v: f"{v:.3f} kWh", r"-?\d+\.\d{3} kWh"),
}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_that_all_cells_have_is_written_and_read_again(forecast, name, tmp_path):
    cell, pattern = UNITS[name]
    days = pd.date_range("2024-01-01", periods=40)
    data = "ds;y\n" + "".join(f"{day:%Y-%m-%d};{cell(20 + 9 * math.sin(k))}\n" for k, day in enumerate(days))
    header, *lines = forecast(data, "--like-input").decode().splitlines()
    cells = [line.split(";")[1:] for line in lines]
    assert all(re.fullmatch(pattern, text) for row in cells for text in row), cells
    (tmp_path / "after.csv").write_text(data + "".join(";".join(line.split(";")[:2]) + "\n" for line in lines))
    plain = [float(row["rnncli"]) for row in csv.DictReader(io.StringIO(forecast(data).decode()))]
    files = {"data.files": ("after.csv",), "task": "forecast"}
    read = load_training(read_settings(overrides=files)).panel.series[0].y[-3:, 0]
    assert read == pytest.approx(plain, abs=0.06 * max(1, abs(plain[0]) / 20))


def test_a_workbook_has_the_decimals_and_the_unit_of_the_table(forecast):
    data = "ds;y\n" + "".join(f"{d:%Y-%m-%d};{20 + d.day:.1f} %\n" for d in pd.date_range("2024-01-01", periods=40))
    forecast(data, "--like-input", "-o", "out.xlsx")
    cell = openpyxl.load_workbook("out.xlsx")["forecast"]["B2"]
    assert isinstance(cell.value, float) and cell.number_format == '0.0" %";"-"0.0" %"'


def test_each_target_has_its_own_unit_and_decimals_and_flags_are_not_written(forecast):
    days = pd.date_range("2024-01-01", periods=40)
    cells = [f"$ {90 + k % 7}.00;{k % 5 + 1.5}%;{k % 5 + 2.25}{' p' * (k > 30)}" for k in range(40)]
    data = "ds;a;b;c\n" + "".join(f"{day:%Y-%m-%d};{three}\n" for day, three in zip(days, cells, strict=True))
    rows = forecast(data, "--like-input", "--level", "none", train=("--target-col", "a,b,c")).decode().splitlines()
    assert all(re.fullmatch(r"2024-02-1\d;\$ \d+\.\d\d;\d\.\d%;\d\.\d\d", row) for row in rows[1:]), rows


def test_a_wide_table_stays_wide_and_a_series_that_ends_earlier_has_gaps(forecast):
    days = pd.date_range("2024-01-01", periods=40)
    rows = [f"{day:%Y-%m-%d},{k % 7},{(k % 7) * 100 if k < 38 else ''}" for k, day in enumerate(days)]
    data = "\n".join(["date,a,b c", *rows]) + "\n"
    found = list(csv.reader(io.StringIO(forecast(data, "--like-input", "--round", "3", train=("--wide",)).decode())))
    assert found[0] == ["date", "a", "a-lo-80", "a-hi-80", "b c", "b c-lo-80", "b c-hi-80"]
    assert {len(row) for row in found} == {7} and "2024-02-10" in [row[0] for row in found]
    stamps = {row[0]: row for row in found[1:]}
    plain = list(csv.DictReader(io.StringIO(forecast(data, "--round", "3").decode())))
    for row in plain:
        place = found[0].index(row["unique_id"])
        assert stamps[row["ds"]][place : place + 3] == [row["rnncli"], row["rnncli-lo-80"], row["rnncli-hi-80"]]


def table(text):
    """(header, rows of cells) of a CSV."""
    header, *rows = csv.reader(io.StringIO(text.decode() if isinstance(text, bytes) else text))
    return header, rows


def numbers(rows, begin):
    return [[float(cell) for cell in row[begin:]] for row in rows]


def plain_values(text, *columns):
    """[the values of each series, column by column] of a long forecast."""
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    names = list(dict.fromkeys(row["unique_id"] for row in rows))
    return [[float(row[key]) for key in columns for row in rows if row["unique_id"] == name] for name in names]


ALL = ("rnncli", "rnncli-lo-80", "rnncli-hi-80")


def test_a_header_of_dates_gets_new_dates_beside_the_ids(forecast):
    days = pd.date_range("2015-07-01", periods=40)
    rows = [[f"page {name}", "fr", *((k * step) % 11 + 0.5 for k in range(40))] for name, step in (("a", 3), ("b", 7))]
    data = "\n".join(
        [",".join(["Page", "lang", *(f"{day:%Y-%m-%d}" for day in days)])] + [",".join(map(str, r)) for r in rows]
    )
    header, found = table(forecast(data, "--like-input", "--round", "4"))
    ahead = ["2015-08-10", "2015-08-11", "2015-08-12"]
    ids = [name for name in header if name in ("Page", "lang")]
    assert ids[0] == "Page" and [row[0] for row in found] == ["page a", "page b"]
    assert header[len(ids) :] == [day + end for end in ("", "-lo-80", "-hi-80") for day in ahead]
    assert numbers(found, len(ids)) == plain_values(forecast(data, "--round", "4"), *ALL)


@pytest.mark.parametrize(
    ("names", "ahead"),
    [
        ([f"X{year}" for year in range(1960, 2000)], ["X2000", "X2001", "X2002"]),
        ([f"{year} [YR{year}]" for year in range(1960, 2000)], ["2000 [YR2000]", "2001 [YR2001]", "2002 [YR2002]"]),
        ([f"d_{k}" for k in range(1, 41)], ["d_41", "d_42", "d_43"]),
    ],
)
def test_new_columns_are_named_as_the_old_ones(forecast, names, ahead):
    rows = [",".join([name, *(str((k * 5) % 13) for k in range(40))]) for name in ("north", "south")]
    data = "\n".join([",".join(["Country Name", *names]), *rows]) + "\n"
    header, found = table(forecast(data, "--like-input", "--level", "none"))
    assert header == ["Country Name", *ahead] and [row[0] for row in found] == ["north", "south"]


def test_rows_of_the_m4_competition_come_as_its_test_file_does(forecast, tmp_path):
    rows = [f"H{n}," + ",".join(str((k * n) % 11) for k in range(40 + n)) + "," * (3 - n) for n in (1, 2, 3)]
    data = "\n".join(["id," + ",".join(f"V{k}" for k in range(2, 45)), *rows]) + "\n"
    out = forecast(data, "--like-input", "--level", "none", train=("--layout", "rows"))
    header, found = table(out)
    assert header == ["id", "V2", "V3", "V4"] and [row[0] for row in found] == ["H1", "H2", "H3"]
    (tmp_path / "test.csv").write_bytes(out)
    longer = forecast(data, "data.csv", "test.csv", "--level", "none").decode().splitlines()
    assert [line.split(",")[1] for line in longer[1::3]] == ["45", "46", "47"]


def test_a_year_a_row_gets_rows_of_years_with_the_months_that_are_forecast(forecast):
    months = [f"{day:%b}" for day in pd.date_range("2024", periods=12, freq="MS")]
    rows = [[year, *(m + year % 3 for m in range(12))] for year in range(2000, 2009)]
    last = ["2009", *map(str, range(11)), ""]
    data = "\n".join([",".join(["Year", *months])] + [",".join(map(str, row)) for row in [*rows, last]]) + "\n"
    header, found = table(forecast(data, "--like-input", "--level", "none"))
    assert header == ["Year", *months] and [row[0] for row in found] == ["2009", "2010"]
    assert [bool(cell) for cell in found[0][1:]] == [False] * 11 + [True]
    assert [bool(cell) for cell in found[1][1:]] == [True] * 2 + [False] * 10


def test_paths_have_a_row_each_below_a_header_of_dates(forecast):
    header = ",".join(f"2015-07-{day:02}" for day in range(1, 31))
    data = f"Page,{header}\n" + "".join(f"{name}," + ",".join(str(k % 5) for k in range(30)) + "\n" for name in "ab")
    run = forecast(data, "--like-input", "-q")
    assert run
    main(["generate", "run", "--like-input", "--num-samples", "2", "-q", "-o", "paths.csv"])
    with open("paths.csv") as file:
        names, found = table(file.read())
    assert names == ["Page", "sample_id", "2015-07-31", "2015-08-01", "2015-08-02"]
    assert [row[:2] for row in found] == [["a", "0"], ["a", "1"], ["b", "0"], ["b", "1"]]


def test_a_given_table_decides_how_its_forecast_is_written(forecast, tmp_path):
    days = pd.date_range("2024-01-01", periods=40)
    data = "ds,y,shop\n" + "".join(f"{day:%Y-%m-%d},{k % 7 + 0.125},a\n" for k, day in enumerate(days))
    lines = [f"{day:%d.%m.%Y};a;{1000 + k % 7},25" for k, day in enumerate(days)]
    (tmp_path / "other.csv").write_bytes("\r\n".join(["ds;shop;y", *lines, ""]).encode("utf-8-sig"))
    train = ("--id-col", "shop", "--target-col", "y")
    assert forecast(data, "--like-input", train=train).decode().startswith("ds,y,y-lo-80,y-hi-80,shop\n2024-02-10,")
    out = forecast(data, "other.csv", "--like-input").decode("utf-8-sig").split("\r\n")
    assert out[0] == "ds;shop;y;y-lo-80;y-hi-80" and out[1].startswith("10.02.2024;a;100")
    assert len(out[1].split(";")[2].partition(",")[2]) == 2
    forecast(data, "other.csv", "--like-input", "-o", "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfds;shop;y")


@pytest.mark.parametrize(
    ("value", "decimals"),
    [(lambda k: f"{1000 + 300 * math.sin(k):.2f}", 2), (lambda k: k * 37 % 100, 0), (lambda k: k % 2, 2)],
)
def test_numbers_have_the_decimals_of_the_table_or_those_that_its_spread_needs(forecast, value, decimals):
    days = pd.date_range("2024-01-01", periods=40)
    data = "ds,y\n" + "".join(f"{day:%Y-%m-%d},{value(k)}\n" for k, day in enumerate(days))
    cells = [cell for line in forecast(data, "--like-input").decode().splitlines()[1:] for cell in line.split(",")[1:]]
    assert {len(cell.partition(".")[2]) for cell in cells} == {decimals}
    cells = [line.split(",")[1] for line in forecast(data, "--like-input", "--round", "4").decode().splitlines()[1:]]
    assert {len(cell.partition(".")[2]) for cell in cells} == {4}


def test_a_table_without_ids_gets_none_and_json_has_its_names(forecast):
    data = "when,value\n" + "".join(
        f"{day:%Y-%m},{k % 12}\n" for k, day in enumerate(pd.date_range("2015", periods=60, freq="MS"))
    )
    lines = forecast(data, "--like-input", "--format", "jsonl").decode().splitlines()
    assert [json.loads(line)["when"] for line in lines] == ["2020-01", "2020-02", "2020-03"]
    assert list(json.loads(lines[0])) == ["when", "value", "value-lo-80", "value-hi-80"]


def test_the_level_of_a_series_does_not_hide_its_swings(forecast):
    swings = [20 * math.sin(2 * math.pi * t / 7) for t in range(60)]
    days = pd.date_range("2024-01-01", periods=60)
    data = "ds,y\n" + "".join(f"{day:%Y-%m-%d},{5e12 + swing:.2f}\n" for day, swing in zip(days, swings))
    values = [float(row["rnncli"]) for row in csv.DictReader(io.StringIO(forecast(data).decode()))]
    assert len(set(values)) == 3 and all(abs(value - 5e12) < 100 for value in values)


def test_the_template_for_future_covariates_is_written_like_the_table_and_read_again(forecast, tmp_path):
    rows = [
        f"{day:%d.%m.%Y};{k % 7},5;{k % 5 + 0.25}".replace(".25", ",25")
        for k, day in enumerate(pd.date_range("2024-01-01", periods=40))
    ]
    data = "\n".join(["Tag;Menge;Preis", *rows]) + "\n"
    train = ("--target-col", "Menge", "--future-cols", "Preis")
    out = forecast(data, "--like-input", "--future-template", train=train).decode()
    assert out.splitlines() == ["Tag;Preis", "10.02.2024;", "11.02.2024;", "12.02.2024;"]
    (tmp_path / "future.csv").write_text(out.replace("24;", "24;63,25"))
    (tmp_path / "plain.csv").write_text(forecast(data, "--future-template").decode().replace("24,", "24,63.25"))
    assert forecast(data, "--future", "future.csv") == forecast(data, "--future", "plain.csv")
