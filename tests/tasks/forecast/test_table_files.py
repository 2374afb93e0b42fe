"""Tables as files: what is read back is what was written, the file is whole or absent, and what cannot be is told."""

import gzip
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from rnncli.data.tables.frame import Written
from rnncli.errors import ConfigError, DataError, ResourceError
from rnncli.tasks.forecast import table_files
from rnncli.tasks.forecast.table_files import check_table_file, encoded, write_table
from rnncli.tasks.forecast.table_output import check_output
from rnncli.tasks.forecast.table_style import PLAIN, Style, csv_lines

HEADER = ["unique_id", "ds", "rnncli"]
ROWS = [["=A1", "2024-01-31", 1.5], ["Köln", "2024-02-29", float("nan")]]
GERMAN = Style(2, Written("csv", ";", "cp1252", False, True, ",", "."))


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(name, style=PLAIN, header=HEADER, rows=ROWS, stamps=1):
    lacks = write_table(name, header, rows, style, stamps)
    with open(name, "rb") as file:
        return file.read(), lacks


def test_text_formats_hold_the_rows_as_standard_output_has_them():
    text = "unique_id,ds,rnncli\n=A1,2024-01-31,1.5\nKöln,2024-02-29,\n"
    assert written("a.csv") == (text.encode(), False)
    assert written("a.TSV")[0] == text.replace(",", "\t").encode()
    assert gzip.decompress(written("a.csv.gz")[0]) == text.encode()
    assert written("b.csv.gz") == written("b.csv.gz")  # without the time of writing
    objects = [json.loads(line) for line in written("a.jsonl")[0].splitlines()]
    assert objects[1] == {"schema": 1, "unique_id": "Köln", "ds": "2024-02-29", "rnncli": None}


def test_a_german_table_has_its_separator_signs_encoding_and_line_ends():
    data, lacks = written("a.csv", GERMAN, rows=[["Köln", "31.01.2024", 1234567.891], ["a;b", "01.02.2024", -0.5]])
    assert data == 'unique_id;ds;rnncli\r\nKöln;31.01.2024;1.234.567,89\r\n"a;b";01.02.2024;-0,50\r\n'.encode("cp1252")
    assert not lacks
    back = pd.read_csv("a.csv", sep=";", decimal=",", thousands=".", encoding="cp1252")
    assert back["rnncli"].tolist() == [1234567.89, -0.5]


@pytest.mark.parametrize(
    ("encoding", "bom", "beginning"),
    [("utf-8", True, b"\xef\xbb\xbfK"), ("utf-16-le", True, b"\xff\xfeK\0"), ("cp1252", False, b"K\xf6")],
)
def test_the_mark_and_the_encoding_of_the_table_are_kept(encoding, bom, beginning):
    data, lacks = encoded("Köln", Style(written=Written(encoding=encoding, bom=bom)))
    assert data.startswith(beginning) and not lacks


def test_a_character_that_the_encoding_lacks_makes_the_file_utf_8_with_a_mark():
    assert encoded("東京", GERMAN) == ("\ufeff東京".encode(), True)


def test_a_separator_that_only_stood_for_one_column_is_not_written():
    style = Style(written=Written(sep="\x1f"))
    assert "".join(csv_lines(["a", "b"], [["x", 1.0]], style)) == "a,b\nx,1\n"


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
def test_typed_formats_hold_times_numbers_and_text_as_such(name):
    pytest.importorskip({"a.parquet": "pyarrow", "a.xlsx": "openpyxl"}[name])
    write_table(name, [*HEADER, "n"], [[*row, k] for k, row in enumerate(ROWS)], PLAIN, 1)
    back = pd.read_parquet(name) if name == "a.parquet" else pd.read_excel(name, engine="openpyxl")
    assert back["unique_id"].tolist() == ["=A1", "Köln"]  # no formula
    assert back["ds"].tolist() == [pd.Timestamp(2024, 1, 31), pd.Timestamp(2024, 2, 29)]
    assert back["rnncli"][0] == 1.5 and pd.isna(back["rnncli"][1]) and back["n"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("stamps", "typed"),
    [
        (["2024-01-01 00:00", "2024-01-01 01:00"], [datetime(2024, 1, 1), datetime(2024, 1, 1, 1)]),
        (["2024-01-01T00:00Z", "2024-01-01T01:00Z"], [datetime(2024, 1, 1, hour, tzinfo=UTC) for hour in (0, 1)]),
        (["41", "42"], [41, 42]),
        (["2024-Q1", "2024-Q2"], ["2024-Q1", "2024-Q2"]),
        (["31.01.2024", "29.02.2024"], ["31.01.2024", "29.02.2024"]),
        (["2024-01-01", "2024-01-01 01:00"], ["2024-01-01", "2024-01-01 01:00"]),
        (["2024-13-01", "2024-14-01"], ["2024-13-01", "2024-14-01"]),
    ],
)
def test_stamps_of_parquet_are_times_where_they_are_iso_and_text_otherwise(stamps, typed):
    parquet = pytest.importorskip("pyarrow.parquet")
    write_table("a.parquet", HEADER, [["a", stamp, 1.0] for stamp in stamps], PLAIN, 1)
    assert parquet.read_table("a.parquet")["ds"].to_pylist() == typed


def test_a_workbook_keeps_times_with_a_zone_as_text():
    pytest.importorskip("openpyxl")
    write_table("a.xlsx", HEADER, [["a", "2024-01-01T00:00+01:00", 1.0]], PLAIN, 1)
    assert pd.read_excel("a.xlsx", engine="openpyxl")["ds"].tolist() == ["2024-01-01T00:00+01:00"]


@pytest.mark.parametrize("id", ["\x1b[31mx", "a\x0bb", "\x1c", "\uffff", "x" * 32_768])
def test_a_text_that_no_cell_of_a_sheet_can_hold_is_refused(id, tmp_path):
    pytest.importorskip("openpyxl")
    with pytest.raises(DataError, match=r"no cell of a sheet can hold (the character U\+|32,768 characters)"):
        write_table("a.xlsx", HEADER, [[id, "2024-01-01", 1.0]], PLAIN, 1)
    assert not list(tmp_path.iterdir())


def test_a_table_that_a_sheet_cannot_hold_is_refused(monkeypatch, tmp_path):
    pytest.importorskip("openpyxl")
    monkeypatch.setattr(table_files, "LONGEST", 1)
    with pytest.raises(DataError, match="a sheet has 1 rows at most"):
        write_table("a.xlsx", HEADER, ROWS, PLAIN, 1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.txt", "a", ".csv", "a.gz", "a.parquet.gz", "a.xls", "-"])
def test_an_unknown_kind_of_table_is_refused_with_those_that_are_known(name):
    with pytest.raises(ConfigError) as caught:
        check_table_file(name)
    assert str(caught.value) == f"-o {name}: unknown kind of table" and ".parquet, .xlsx" in caught.value.hint


@pytest.mark.parametrize(("name", "package"), [("a.xlsx", "openpyxl"), ("a.parquet", "pyarrow")])
def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(name, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError) as caught:
        check_table_file(name)
    assert (str(caught.value), caught.value.hint) == (
        f"-o {name} needs the package {package}",
        f"pip install {package}",
    )


def test_a_table_that_is_read_is_not_written_over(tmp_path):
    (tmp_path / "data.csv").write_text("ds,y\n")
    with pytest.raises(ConfigError, match="this is the table that is read"):
        check_output(str(tmp_path / "data.csv"), "text", ["-", None, "data.csv"])
    check_output("other.csv", "text", ["-", None, "data.csv"])


def test_a_folder_that_is_missing_and_another_format_are_told_before_anything_is_read():
    with pytest.raises(ConfigError, match="there is no folder none"):
        check_output("none/a.csv", "text", [])
    with pytest.raises(ConfigError, match="--format jsonl, but -o a.csv"):
        check_output("a.csv", "jsonl", [])
    check_output("a.jsonl.gz", "jsonl", [])
    check_output(None, "jsonl", [])


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("old")

    def full(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ResourceError, match="cannot write a.csv: No space left"):
        write_table("a.csv", HEADER, ROWS, PLAIN, 1)
    assert (tmp_path / "a.csv").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_what_is_written_like_the_data_is_a_json_object_without_a_version():
    style = replace(GERMAN, schema=False)
    assert json.loads(written("a.jsonl", style)[0].splitlines()[0]) == {
        "unique_id": "=A1",
        "ds": "2024-01-31",
        "rnncli": 1.5,
    }
