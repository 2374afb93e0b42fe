"""Tables: every cell arrives as it is written, with its place, and what is no table is named with file and line."""

import csv
import gzip
import io
import json
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncli.data.tables import delimited
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.numbers import parse_numbers
from rnncli.data.tables.reading import Reading
from rnncli.data.tables.table import TEXT, Texts, first_cells
from rnncli.data.tables.wide_tables import melt_wide, rows_of_series
from rnncli.errors import ConfigError, DataError

SALES = "unique_id,ds,y\na,2024-01-01,1.50\na,2024-01-02,\nb,2024-01-01,-3e2\n"
COLUMNS = {"unique_id": ["a", "a", "b"], "ds": ["2024-01-01", "2024-01-02", "2024-01-01"], "y": ["1.50", "", "-3e2"]}


@pytest.fixture
def write(tmp_path):
    """write(data, name) -> path; text is written in UTF-8, bytes as they are."""

    def written(data, name="sales.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return written


def cells(frame):
    """{column: [cells]} of a Frame."""
    assert all(isinstance(column.dtype, np.dtypes.StringDType) for column in frame.columns.values())
    return {name: column.tolist() for name, column in frame.columns.items()}


def refusal(*names, ragged=False, **options):
    """(message, hint) of the DataError for these files."""
    with pytest.raises(DataError) as caught:
        read_frame(names, Reading(**options), ragged=ragged)
    assert caught.value.hint
    return str(caught.value), caught.value.hint


# ---- what is read


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_same_table_comes_out_of_every_way_to_write_it(write, separator, line_end, mark, pack):
    text = mark + SALES.replace(",", separator).replace("\n", line_end)
    path = write(pack(text.encode()))
    frame = read_frame([path])
    assert cells(frame) == COLUMNS and list(frame.columns) == list(COLUMNS)
    assert frame.line.tolist() == [2, 3, 4] and frame.line.dtype == np.int32
    assert frame.where(2, "y") == f"{path}:4, column y"


def test_json_lines_keep_numbers_as_they_are_written(write):
    lines = [
        '{"unique_id": "a", "ds": "2024-01-01", "y": 1.50}',
        "",
        '{"ds": "2024-01-02", "unique_id": "a", "y": null}',
        '{"y": -3e2, "unique_id": "b", "ds": "2024-01-01"}',
    ]
    frame = read_frame([write("\n".join(lines), "sales.json")])
    assert cells(frame) == COLUMNS and frame.line.tolist() == [1, 3, 4]
    frame = read_frame([write('{"y": 9007199254740993, "on": true, "s": "1,5"}\n{"y": NaN}\n')])
    assert cells(frame) == {"y": ["9007199254740993", "NaN"], "on": ["true", ""], "s": ["1,5", ""]}


def test_files_follow_each_other_and_rows_know_theirs(write):
    first, second = write("y,ds\n1,a\n2,b\n", "1.csv"), write('{"ds": "c", "y": 3}\n', "2.jsonl")
    frame = read_frame([first, second])
    assert cells(frame) == {"y": ["1", "2", "3"], "ds": ["a", "b", "c"]}
    assert frame.files == (first, second) and frame.file.tolist() == [0, 0, 1] and frame.line.tolist() == [2, 3, 1]
    assert frame.where(2, "y") == f"{second}:1, column y"


@pytest.mark.parametrize("data", [SALES.encode(), gzip.compress(SALES.encode(), mtime=0)])
def test_standard_input_is_called_by_its_name(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(data)))
    frame = read_frame(["-"])
    assert cells(frame) == COLUMNS and frame.where(0, "ds") == "standard input:2, column ds"


CELLS = st.text(alphabet=st.sampled_from('ab 1.,;\t"\n\u0085\u2028я\x1f'), max_size=6)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(2, 4).flatmap(lambda D: st.lists(st.lists(CELLS, min_size=D, max_size=D), min_size=1, max_size=8)),
    st.sampled_from(",\t;"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_quotes_separators_and_line_ends_in_cells_come_back(tmp_path_factory, rows, separator, line_end):
    path = tmp_path_factory.mktemp("cells") / "cells.csv"
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    rows = [["row", *row] for row in rows]
    writer.writerow("vwxyz"[: len(rows[0])])
    lines = []
    for row in rows:
        lines.append(text.getvalue().count("\n") + 1)
        writer.writerow(row)
    path.write_bytes(text.getvalue().encode())
    frame = read_frame([str(path)], Reading(sep=separator))
    assert list(map(list, zip(*cells(frame).values()))) == rows
    assert frame.line.tolist() == lines


def test_the_separator_is_the_one_that_cuts_the_header_most(write):
    frame = read_frame([write('ds;"price, EUR";y\n1;2,5;3,5\n')])
    assert cells(frame) == {"ds": ["1"], "price, EUR": ["2,5"], "y": ["3,5"]}


def test_names_lose_outer_blanks_and_nameless_columns_get_one(write):
    assert cells(read_frame([write(",ds , y\n0, a,1\n")])) == {"Unnamed: 0": ["0"], "ds": [" a"], "y": ["1"]}


@pytest.mark.parametrize("text", ["1.5\n2\n\n-3\n", "\n\n1.5\n2\n\n-3\n\n\n"])
def test_a_lone_column_of_numbers_needs_no_header_and_a_blank_line_in_it_is_missing(write, text):
    frame = read_frame([write(text)])
    start = 1 + len(text) - len(text.lstrip("\n"))
    assert cells(frame) == {"y": ["1.5", "2", "", "-3"]} and frame.line.tolist() == list(range(start, start + 4))


def test_a_lone_column_with_a_header_is_not_split(write):
    assert cells(read_frame([write("Heart rate\r\n84,2\r\n\r\n83,1\r\n")])) == {"Heart rate": ["84,2", "", "83,1"]}


def test_blank_lines_between_rows_are_skipped_where_there_are_several_columns(write):
    frame = read_frame([write("\nds,y\n\na,1\n  \nb,2\n\n\n")])
    assert cells(frame) == {"ds": ["a", "b"], "y": ["1", "2"]} and frame.line.tolist() == [4, 6]


def test_other_encodings_are_read(write):
    frame = read_frame([write("ds,выпуск\nа,1\n".encode("cp1251"))], Reading(encoding="cp1251"))
    assert cells(frame) == {"ds": ["а"], "выпуск": ["1"]}
    assert cells(read_frame([write(SALES.encode("utf-16"))], Reading(encoding="utf-16"))) == COLUMNS


def test_progress_ends_with_all_bytes_and_never_goes_back(write, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 10)
    paths = [write("ds,y\n" + "a,1\n" * 100, "1.csv"), write(gzip.compress(b"ds,y\n" + b"b,2\n" * 50), "2.csv.gz")]
    reports = []
    read_frame(paths, progress=lambda done, total: reports.append((done, total)))
    done = [one for one, _ in reports]
    total = sum(Path(path).stat().st_size for path in paths)
    assert {other for _, other in reports} == {total} and done[-1] == total
    assert done == sorted(done) and len(set(done)) > 10


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("", "", "the file is empty"),
        ("\ufeff\r\n \n", "", "the file is empty"),
        ("ds,y\n", "", "only a header, no data rows"),
        ('""\n', "", "only a header, no data rows"),
        ("ds,y\na,1\nb\n", ":3", "1 cell, but the header has 2 (ds, y)"),
        ("ds,y\na,1\n\nb,1,5\n", ":4", "3 cells, but the header has 2 (ds, y)"),
        ('ds,y\n"a\nb",1\nc,1,5\n', ":4", "3 cells"),
        ("y,ds, y\n1,a,2\n", ":1", "more than one column is called 'y'"),
        ('ds,y\na,1\nb,"2\nc,3\n', ":3", "not a valid row"),
        ('ds,y\na,"1"2\n', ":2", "not a valid row"),
        ("ds,y\na,1\nb,\0\0\n", ":3", "2 NUL characters"),
        ("PK\x03\x04 and so on", "", "damaged zip file"),
        ('[\n{"y": 1},\n {"y": [2]}]', ":3", "column y: a list"),
        ('[{"y": 1},\n{"y": 2]', ":2", "not JSON"),
        ('[{"y": 1}\n]\n]', ":2", "something follows the array"),
        ('{"y": 1}\n\n{"y": 2, "z": 3}\n', ":3", "unknown key 'z'; the first object has y"),
        ('{"y": 1}\n{"y": [2]}\n', ":2", "column y: a list"),
        ('{"y": 1, "y": 2}\n', ":1", "more than one column is called 'y'"),
        ('{"y": 1}\n{"y": 2\n', ":2", "not JSON (Expecting ',' delimiter at column 8"),
        ('{"y": 1}\n[["y", 2]]\n', ":2", "not an object with keys"),
        ("{}\n", ":1", "not an object with keys"),
        ('{"y": ' + "[" * 100_000, ":1", "not JSON"),
    ],
)
def test_what_is_no_table_is_named_with_its_line(write, text, place, found):
    path = write(text)
    assert refusal(path)[0].startswith(f"{path}{place}{',' if found.startswith('column') else ':'} {found}")


@given(st.integers(0, 6), st.integers(0, 6), st.sampled_from(["x", "1,2,3", "a,b,c,d"]))
def test_a_row_of_another_length_is_named_wherever_it_stands(tmp_path_factory, before, after, culprit):
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_text("\n".join(["ds,y", *["a,1"] * before, culprit, *["b,2"] * after]))
    assert refusal(str(path))[0].startswith(f"{path}:{before + 2}: {culprit.count(',') + 1} cell")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("encoding", "good", "bad", "byte"),
    [
        ("utf-8", "ds,y\r\nя,1\r\n", b"\xff,2\n", 0xFF),
        ("utf-16-le", "ds,y\nĊ,1\n", b"\x00\xdc,\x00", 0x00),
        ("ascii", "ds,y\na,1\n", b"\xe9", 0xE9),
    ],
)
def test_an_undecodable_byte_is_named_with_line_and_offset(write, pack, encoding, good, bad, byte):
    good = good.encode(encoding)
    path = write(pack(good + bad))
    message, hint = refusal(path, encoding=encoding)
    assert message.startswith(f"{path}:3: byte 0x{byte:02x} at offset {len(good)} is not {encoding.upper()} (")
    assert "--encoding" in hint


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(write, encoding):
    frame = read_frame([write("ds,y\n你好,1\n".encode(encoding))])
    assert cells(frame) == {"ds": ["你好"], "y": ["1"]}
    assert frame.written.encoding == encoding.removesuffix("-sig") and frame.written.bom and not frame.notes


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised_by_its_nul_characters(write, encoding):
    frame = read_frame([write("ds,Größe\na,1\n".encode(encoding))])
    assert frame.columns["Größe"].tolist() == ["1"] and frame.notes[0].startswith(f"read as {encoding}")


def test_an_unknown_encoding_is_a_configuration_error(write):
    with pytest.raises(ConfigError, match="not a text encoding"):
        read_frame([write(SALES)], Reading(encoding="utf-9"))


@pytest.mark.parametrize("cut", [3, 15, -4, -1])
def test_damaged_gzip_is_named(write, cut):
    assert "damaged gzip" in refusal(write(gzip.compress(SALES.encode() * 9)[:cut]))[0]


def test_missing_files_and_folders_are_named(tmp_path):
    assert refusal(str(tmp_path / "no.csv"))[0] == f"{tmp_path / 'no.csv'}: no such file or directory"
    assert refusal(str(tmp_path))[0] == f"{tmp_path}: the folder has no files"


def test_files_with_other_columns_are_refused_with_what_differs(write):
    first, second = write("ds,y,z\na,1,2\n", "1.csv"), write("ds,y,x\na,1,2\n", "2.csv")
    assert refusal(first, second)[0] == f"{second}: columns differ from those of {first}: only one has x, z"


def test_a_message_lists_only_the_first_of_many_columns(write):
    message, _ = refusal(write(",".join(f"c{k}" for k in range(1000)) + "\n1\n"))
    assert message.endswith("1 cell, but the header has 1000 (c0, c1, c2, c3, c4, ... (1,000 in all))")


# ---- wide tables and series in rows


def test_a_wide_table_becomes_long_and_every_cell_keeps_its_place(write):
    path = write("north,ds,south\n1,a,4\n2,b,\n3,c,6\n")
    long = melt_wide(read_frame([path]), "ds")
    assert cells(long) == {
        "unique_id": ["north"] * 3 + ["south"] * 3,
        "ds": ["a", "b", "c"] * 2,
        "y": ["1", "2", "3", "4", "", "6"],
    }
    assert long.where(4, "y") == f"{path}:3, column south" and long.where(1, "y") == f"{path}:3, column north"
    assert long.where(4, "ds") == f"{path}:3, column ds"


def test_a_wide_table_of_several_files_keeps_the_file_of_each_row(write):
    first, second = write("a,y\n1,2\n", "1.csv"), write("a,y\n3,4\n", "2.csv")
    long = melt_wide(read_frame([first, second]))
    assert cells(long) == {"unique_id": ["a", "a", "y", "y"], "y": ["1", "3", "2", "4"]}
    assert [long.where(row, "y") for row in range(4)] == [
        f"{first}:2, column a",
        f"{second}:2, column a",
        f"{first}:2, column y",
        f"{second}:2, column y",
    ]


@pytest.mark.parametrize(
    ("text", "time_col", "found"),
    [
        ("ds,a\n1,2\n", "date", "there is no column 'date'"),
        ("ds\n1\n", "ds", "no column besides 'ds'"),
        ("y,a\n1,2\n", "y", "the time column is called 'y'"),
    ],
)
def test_a_wide_table_without_its_time_column_or_series_is_refused(write, text, time_col, found):
    with pytest.raises(DataError, match=found):
        melt_wide(read_frame([write(text)]), time_col)


def test_a_series_per_row_ends_with_its_last_value(write):
    path = write("V1,V2,V3,V4,V5\nH1,1,,3,\nH2,NA,2,NA,NaN\n\nH3,1,2,3,4\n")
    series = rows_of_series(read_frame([path]))
    assert series.texts == {"H1": ["1", "", "3"], "H2": ["NA", "2"], "H3": ["1", "2", "3", "4"]}
    assert series.where("H3", 2) == f"{path}:5, column V4"


def test_rows_that_stop_early_are_read_when_they_may(write):
    path = write("V1,V2,V3,V4\nH1,1\nH2,1,2,3\n")
    assert rows_of_series(read_frame([path], ragged=True)).texts == {"H1": ["1"], "H2": ["1", "2", "3"]}
    assert ":2: 2 cells" in refusal(path)[0]
    assert ":2: 5 cells" in refusal(write("V1,V2,V3,V4\nH1,1,2,3,4\n"), ragged=True)[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("V1,V2\nH1,1\nH2,2\nH1,3\n", ":4, column V1: 'H1' is also the id of .*:2, column V1"),
        ("V1,V2\nH1,1\n,2\n", ":3, column V1: the series has no id"),
        ("V1,V2\nH1,NA\n", ":2, column V1: series 'H1' has no values"),
        ("V1\nH1\n", "one column, 'V1'"),
    ],
)
def test_rows_that_are_no_series_are_named(write, text, found):
    with pytest.raises(DataError, match=found) as caught:
        rows_of_series(read_frame([write(text)]))
    assert caught.value.hint


# ---- real files


def test_m4_hourly_has_414_series_in_rows(real_data):
    path = str(real_data / "series" / "M4-Hourly-train.csv")
    series = rows_of_series(read_frame([path]))
    assert list(series.texts) == [f"H{k}" for k in range(1, 415)]
    assert {len(texts) for texts in series.texts.values()} == {700, 960}  # the lengths that M4 states
    y = parse_numbers(series.texts["H1"], lambda step: series.where("H1", step))
    assert y[:4].tolist() == [605, 586, 586, 559] and np.isfinite(y).all()
    assert series.where("H2", 0) == f"{path}:3, column V2"


@pytest.mark.parametrize(
    ("name", "columns", "rows", "last"),
    [
        ("AirPassengers.csv", ["Month", "#Passengers"], 144, "432"),
        ("heart_rate.csv", ["Heart rate"], 1800, "98.8567"),
        ("daily-min-temperatures.csv", ["Date", "Temp"], 3650, "13.0"),
        ("taylor.csv", ["Y"], 4032, "23132"),
        ("darts_monthly-milk-incomplete.csv", ["Month", "Pounds per cow"], 155, "843"),
        (
            "traffic_flow_train.csv",
            ["5 Minutes", "Lane 1 Flow (Veh/5 Minutes)", "# Lane Points", "% Observed"],
            7776,
            "100",
        ),
    ],
)
def test_real_files_are_read_whole(real_data, name, columns, rows, last):
    frame = read_frame([str(real_data / "series" / name)])
    assert list(frame.columns) == columns and len(frame.line) == rows
    assert frame.columns[columns[-1]][-1] == last
    values = parse_numbers(frame.columns[columns[-1]], lambda row: frame.where(row, columns[-1]))
    assert np.isfinite(values).all()


@given(st.integers(0, 5), st.sampled_from(["1;5", "twelve", "inf", "1e308"]))
def test_a_culprit_in_a_file_is_named_with_file_line_and_column(tmp_path_factory, before, culprit):
    path = tmp_path_factory.mktemp("culprit") / "sales.jsonl"
    path.write_text("".join(json.dumps({"ds": "a", "y": y}) + "\n" for y in [1.5] * before + [culprit, 2]))
    frame = read_frame([str(path)])
    with pytest.raises(DataError) as caught:
        parse_numbers(frame.columns["y"], lambda row: frame.where(row, "y"))
    assert str(caught.value).startswith(f"{path}:{before + 1}, column y: {culprit!r} is ")


@pytest.mark.parametrize(
    "text",
    [
        '{"ds": ["2024-01-01", "2024-01-02"], "y": [1.50, null]}',
        '{\n "ds": [\n"2024-01-01",\n"2024-01-02"\n],\n "y": [1.50, null]\n}\n',
        '{"ds":{"0":"2024-01-01","1":"2024-01-02"},"y":{"0":1.50,"1":null}}',
    ],
)
def test_an_object_of_columns_is_a_table(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    frame = read_frame([str(tmp_path / "a.json")])
    assert {name: column.tolist() for name, column in frame.columns.items()} == {
        "ds": ["2024-01-01", "2024-01-02"],
        "y": ["1.50", ""],
    }
    assert frame.line.tolist() == [1, 2] and frame.written.format == "jsonl"


@pytest.mark.parametrize("text", ['{"ds": [1, 2], "y": [1, 2, 3]}', '{"a": [[1], [2]]}'])
def test_columns_that_do_not_fit_are_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match="a.json.*(no table|a list or an object)"):
        read_frame([str(tmp_path / "a.json")])


def test_the_first_cells_of_a_column_keep_no_others_in_memory():
    columns = Texts({"short": np.array(["1", "0"] * 5000, "U1"), "long": np.array(["abc"] * 10000, TEXT)})
    for name in columns:
        cells = first_cells(columns, name, 3)
        assert cells.dtype == TEXT and cells.base is None and cells.tolist() == columns[name][:3].tolist()
    assert first_cells({"a": columns["long"]}, "a", 2).base is None


def test_more_columns_than_can_be_looked_at_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("rnncli.data.tables.rows.COLUMNS", 5)
    path = tmp_path / "a.csv"
    path.write_text("a,b,c,d,e,f\n1,2,3,4,5,6\n")
    with pytest.raises(DataError, match=r"a.csv: 6 columns; at most 5 are read"):
        read_frame([str(path)])
