"""Inputs that once ended a command with exit code 70, found by `fuzz_run`: each is read, or refused with two lines."""

import io
import json
import warnings
import zipfile
from contextlib import suppress

import pytest
from faults.fuzz_mutations import zipped
from faults.fuzz_parsers import parsers
from faults.fuzz_seeds import DELIMITED, workbooks
from faults.test_fuzz import parser  # noqa: F401 (a fixture)

from rnncli.cli.main import main
from rnncli.data.pairs.examples import ANSWERS, read_examples
from rnncli.errors import ConfigError, DataError

pytestmark = pytest.mark.faults
LONG = "9" * 5000  # more digits than Python makes a number of
FOUND = {
    "a list in quotes that are not closed, with a line end": ("assigned", b"pairs.target=1\r0,2"),
    "more digits than 64 bits hold, as a time": ("dates", b"18446744073709551616\n18446744073709551617"),
    "the same in a table": ("delimited", b"ds,y\n18446744073709551616,1\n18446744073709551617,2\n"),
    "a name of closed steps that is too long for a file": ("dates", b"x" * 300),
    "an anchor of a frequency that pandas cannot count": ("dates", b"2024-01" + b"0" * 50 + b"1D"),
    "a number before a frequency without end": ("dates", LONG.encode() + b"D"),
    "digits without end as a day of every month": ("dates", b"M-" + LONG.encode()),
    "half a character in a cell of JSON": ("json", json.dumps([{"y": t, "a": "\ud800"} for t in range(9)]).encode()),
    "half a character in a name of JSON": ("json", json.dumps([{"y": t, "1\udfff": 1} for t in range(9)]).encode()),
    "half a character in columns of JSON": ("json", json.dumps({"y": {str(t): "\ud800" for t in range(9)}}).encode()),
    "a blank that only str.strip() knows, before a year": ("detection", b"\x1f5\t0.25\t-1.5\n2\t0.1\t0.2\t0.3\n" * 2),
    "a year without end": ("delimited", f"year,month,value\n2001,12,1\n2002,12,2\n{LONG},12,3\n2004,12,4\n".encode()),
    "a column that is called digits without end": ("delimited", f"id,{LONG},1\na,1,2\nb,3,4\nc,5,6\n".encode()),
}


def read(parser, data):  # noqa: F811
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return parser.accepts(data)


@pytest.mark.parametrize("parser, data", FOUND.values(), ids=FOUND.keys(), indirect=["parser"])
def test_an_input_that_was_a_bug_is_read_or_refused(parser, data):  # noqa: F811
    assert read(parser, data) in (True, False)


@pytest.mark.parametrize("parser", ["workbook"], indirect=True)
def test_a_workbook_with_a_damaged_sheet_is_refused(parser):  # noqa: F811
    with zipfile.ZipFile(io.BytesIO(next(workbooks()))) as archive:
        inside = [(name, archive.read(name)) for name in archive.namelist()]
    for broken in (b"<sheetData><row><c", b"\xff\xfe<x>", b"", b"<worksheet><sheetData><row r='1'><c r='A1'><v>x</v>"):
        changed = [(name, broken if "sheet1" in name else data) for name, data in inside]
        assert not read(parser, zipped(changed))
    missing = [(name, data) for name, data in inside if "sheet1" not in name]
    assert not read(parser, zipped(missing))


@pytest.mark.parametrize("parser", ["parquet"], indirect=True)
def test_a_parquet_file_with_an_unknown_zone_or_with_texts_of_other_bytes_is_refused(parser):  # noqa: F811
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    for odd in (
        pyarrow.array(range(6), pyarrow.timestamp("s", "Europe/Berlmn")),
        pyarrow.StringArray.from_buffers(1, *pyarrow.array([b"\xff\xfe"]).buffers()[1:]).take([0] * 6),
    ):
        out = io.BytesIO()
        parquet.write_table(pyarrow.table({"ds": odd, "y": range(6)}), out)
        assert not read(parser, out.getvalue())


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize(
    "text",
    [
        "a,b,y\n0,0,10.0\n1,02,\x1f511.1\n2,12.2\n3,04,13.3\n4,05,14.4\n5,06,10.5\n6,07,11.6\n",
        f'{{"text": "day", "label": "a"}}\n{{"text": "d", "label": {LONG}}}\n' * 4,
    ],
    ids=["a blank that only str.strip() knows", "a number without end"],
)
def test_examples_with_odd_numbers_are_read_or_refused(text, answers, tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text(text, encoding="utf-8")
    for required in (True, False):
        with suppress(DataError, ConfigError):
            assert len(read_examples([str(path)], answers, target_required=required)) > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("t.csv", "--task", "classify", "--source", LONG),
        ("t.csv", "--task", "classify", "--target", LONG),
        ("t.conll", "--task", "label", "--data-format", "conll", "--source", LONG),
        ("t.conll", "--task", "label", "--target", LONG),
        ("t.zip", "--sheet", LONG),
        ("t.csv", "--target-col", "b", "--freq", LONG),
        ("t.csv", "--target-col", "b", "--freq", f"M-{LONG}"),
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_digits_without_end_in_an_option_are_an_error_of_the_user(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,b,y\n1,2,x\n3,4,z\n")
    (tmp_path / "t.conll").write_text("dog NOUN\nran VERB\n\na DET\n")
    (tmp_path / "t.zip").write_bytes(zipped([("a.csv", DELIMITED[0]), ("b.csv", b"x")]))
    assert main(["train", *arguments, "-q", "-o", "run"]) in (2, 3)
    assert capsys.readouterr().err.startswith("error: ")


def test_every_found_input_names_a_parser(tmp_path):
    assert {name for name, _ in FOUND.values()} <= set(parsers(tmp_path))
