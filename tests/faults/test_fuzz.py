"""Hostile inputs to every parser, a few of each; `python -m tests.faults.fuzz_run` makes as many as one waits for."""

import json
import random
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from faults.fuzz_mutations import SPECIAL, of_bytes, of_json, of_packed, zipped
from faults.fuzz_parsers import Parser, parsers
from faults.fuzz_run import HANG, Row, fuzz, main
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.whole_numbers import whole_of
from rnncli.errors import DataError, RnncliError

pytestmark = pytest.mark.faults
FEW = 60  # inputs of each parser
NAMES = tuple(parsers(Path()))


@pytest.fixture
def parser(request, tmp_path, monkeypatch):
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    for package in {"parquet": ("pyarrow",), "workbook": ("openpyxl", "python_calamine")}.get(request.param, ()):
        pytest.importorskip(package)
    return parsers(tmp_path)[request.param]()


@pytest.mark.parametrize("parser", NAMES, indirect=True)
def test_hostile_inputs_are_read_or_refused_with_an_error_of_ours(parser, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of codecs
        row = fuzz(parser, FEW + len(parser.seeds), 60, 5, tmp_path / "found")
    assert row.failures == {}
    assert row.count == FEW + len(parser.seeds)
    assert row.accepted > 0, "the parser refuses everything: the seeds are of no use"


def test_an_input_that_fails_is_written_down_once_for_each_place(tmp_path):
    def read(data):
        if b"x" in data:
            raise KeyError("x")
        if b"y" in data:
            raise RnncliError("an error that no user can cure")
        if b"z" in data:
            raise DataError("refused", "write no z")

    row = fuzz(Parser("toy", read, (b"a", b"x", b"ax", b"y", b"z")), 5, 60, 1, tmp_path)
    assert row.failures == {"KeyError at elsewhere": 2, "RnncliError at elsewhere": 1}
    assert (row.count, row.accepted) == (5, 1)
    assert sorted(path.read_bytes() for path in tmp_path.glob("*.bin")) == [b"x", b"y"]
    assert all("Traceback" in path.read_text() for path in tmp_path.glob("*.txt"))


def test_an_input_that_takes_long_fails(tmp_path, monkeypatch):
    clock = iter((0.0, HANG + 1, HANG + 1, HANG + 2))
    monkeypatch.setattr("time.process_time", lambda: next(clock))
    row = fuzz(Parser("slow", lambda data: None, (b"a", b"b")), 2, 60, 1, tmp_path)
    assert row.failures == {"slow": 1}
    assert row.worst == HANG + 1


def test_the_command_ends_with_2_for_an_unknown_parser(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["numbres"])
    assert ended.value.code == 2
    assert "numbers" in capsys.readouterr().err


def test_a_row_has_the_width_of_its_heading():
    assert len(str(Row("model files", 1_000_000, 500_000, 1.5, 600.0, 100, {"a": 1}))) == len(str(Row("x")))


@given(st.binary(max_size=300), st.integers(0, 2**32))
def test_mutations_of_any_bytes_are_bytes_and_repeat_with_the_seed(data, seed):
    for mutate in (of_bytes, of_json, of_packed):
        once, again = (mutate(data, (b"word",), random.Random(seed), (data,)) for _ in range(2))
        assert isinstance(once, bytes) and once == again


def test_mutations_of_json_are_mostly_json_and_leave_no_trace_in_each_other():
    draw, data = random.Random(1), json.dumps({"a": [1, {"b": None}], "c": "x"}).encode()
    made = [of_json(data, (), draw) for _ in range(400)]
    valid = 0
    for each in made:
        try:
            json.loads(each)
            valid += 1
        except ValueError:
            pass
    assert 200 < valid < 400
    assert len(set(made)) > 200


def test_mutations_of_a_zip_are_mostly_zips_with_changed_contents(tmp_path):
    draw, whole = random.Random(1), zipped([("a.csv", b"ds,y\n2024-01-01,1\n")])
    opened = 0
    for _ in range(100):
        (tmp_path / "a.zip").write_bytes(of_packed(whole, SPECIAL, draw))
        try:
            with zipfile.ZipFile(tmp_path / "a.zip") as archive:
                opened += archive.testzip() is None
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
            pass
    assert 50 < opened < 100


@pytest.mark.parametrize(
    "text, number",
    [("12", 12), (" 007\x1f", 7), ("\u0663", 3), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None)]
    + [("", None), ("-1", None), ("1.0", None), ("\xb2", None), ("1 2", None)],
)
def test_a_whole_number_of_a_stranger_is_read_or_none(text, number):
    assert whole_of(text) == number


@given(st.text(max_size=30))
def test_any_text_is_a_whole_number_or_none(text):
    number = whole_of(text)
    assert number is None or 0 <= number < np.iinfo(np.int64).max
