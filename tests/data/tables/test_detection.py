"""Tables are recognised by what is in a file, whatever its name; prose, code and lists never are."""

import bz2
import gzip
import io
import lzma
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rnncli.data.tables.detection import is_table, looks_like_table

DAYS = [f"2024-{k // 28 + 1:02}-{k % 28 + 1:02}" for k in range(40)]
WORDS = ("the", "food", "was", "cold", "and", "service", "slow", "while", "staff", "seemed", "kind", "but", "music")


def lines(*columns, separator=","):
    return "".join(separator.join(map(str, row)) + "\n" for row in zip(*columns))


def sentences(count, seed=1):
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(5, 12))).capitalize() + "." for _ in range(count)]


HALVES = [k / 2 for k in range(40)]
TABLES = {
    "dates and numbers": "ds,y\n" + lines(DAYS, HALVES),
    "dates and numbers without a header": lines(DAYS, HALVES),
    "semicolons and decimal commas": "Datum;Umsatz\n" + lines(DAYS, [f"{k},5" for k in range(40)], separator=";"),
    "bars": "ds|y\n" + lines(DAYS, HALVES, separator="|"),
    "tabs": "shop\tds\ty\n" + lines("ab" * 20, DAYS, HALVES, separator="\t"),
    "blanks": "year month value\n" + lines([2020] * 40, range(40), HALVES, separator="   "),
    "month names": "Month,Sales\n" + lines([f"Jan {k} 2000" for k in range(1, 41)], range(40)),
    "years": "year,volume\n" + lines(range(1871, 1911), range(40)),
    "quarters": '"","Quarter","Beer"\n'
    + lines(range(40), [f"{1950 + k // 4} Q{k % 4 + 1}" for k in range(40)], HALVES),
    "whole dates as numbers": "date,co2\n" + lines([day.replace("-", "") for day in DAYS], HALVES),
    "a matrix": lines(HALVES, HALVES, HALVES, separator=" "),
    "one column with a name": "Heart rate\n" + lines(HALVES),
    "one column of numbers": lines(HALVES),
    "a column for each date": "Page,2015-07-01,2015-07-02,2015-07-03\n"
    + lines(["Main_page"] * 40, range(40), range(40), range(40)),
    "a series in each row": "V1,V2,V3,V4\n" + lines([f"H{k}" for k in range(40)], HALVES, HALVES, HALVES),
    "missing values": "ds,y\n" + lines(DAYS, ["NA", 1, "", 2] * 10),
    "titles and a source": "Sales\nby day\n\nds,y\n" + lines(DAYS, HALVES) + "Source: us\n",
    "a table of Markdown": "| ds | y |\n|---|---|\n" + lines([""] * 40, DAYS, HALVES, [""] * 40, separator="|"),
    "numbers below comments": "# some of the words\n" * 30
    + "# decimal average\n"
    + lines(
        [f"  {1990 + k // 12}" for k in range(60)],
        [k % 12 + 1 for k in range(60)],
        HALVES * 2,
        HALVES * 2,
        separator="  ",
    ),
    "widths of columns": "# a, b\nsite\tday\tflow\n5s\t20d\t14n\n" + lines(["x"] * 40, DAYS, HALVES, separator="\t"),
    "JSON lines": "".join(f'{{"ds": "{day}", "y": {k}}}\n' for k, day in enumerate(DAYS)),
    "an array of objects": "[\n" + ",\n".join(f'{{"ds": "{day}", "y": {k}}}' for k, day in enumerate(DAYS)) + "]\n",
    "an object of columns": '{"ds": ["' + '", "'.join(DAYS) + '"], "y": ' + str(HALVES) + "}\n",
    "an object of numbers": '{\n  "y": [\n' + ",\n".join(map(str, HALVES)) + "\n  ]\n}\n",
    "columns of pandas": '{"ds":{' + ",".join(f'"{k}":"{day}T00:00"' for k, day in enumerate(DAYS)) + "}}",
    "two rows": "unique_id,ds,y\na,2024-01-01,3\n",
}
OTHERS = {
    "a list of words": '{"words": ["' + '", "'.join(WORDS) + '"]}\n',
    "settings": '{"sizes": [1, 2, 3], "name": "a model", "more": {"depth": 2}}\n',
    "prose": "\n\n".join(sentences(60)),
    "prose with numbers and dates": "".join(
        f"On 2024-01-{k % 28 + 1:02}, {k} of us met: {text}\n" for k, text in enumerate(sentences(40))
    ),
    "a poem with commas": "The wind, the rain,\nThe sun again,\n" * 20,
    "a poem of pairs": "".join(f"{a}, {b}\n" for a, b in zip(sentences(40), sentences(40, 2))),
    "a word list": "\n".join(f"word{'x' * k}" for k in range(40)),
    "words with counts": lines([f"word{'x' * k}" for k in range(40)], range(4000, 0, -100), separator="\t"),
    "words with counts below names": "word\tcount\n"
    + lines([f"w{'x' * k}" for k in range(40)], range(40), separator="\t"),
    "numbered sentences": lines(range(40), sentences(40), separator="\t"),
    "sentences with a label": lines(sentences(40), [0, 1] * 20, separator="\t"),
    "dated sentences with votes": lines(DAYS, [text * 2 for text in sentences(40)], range(40), separator="\t"),
    "pairs of sentences": lines(sentences(40), sentences(40, 2), separator="\t"),
    "a log": lines([f"{day} 12:00:00" for day in DAYS], ["INFO:root: all is well"] * 40, separator=" "),
    "a log with fractions": "".join(f"{day} 12:00:00,123 - root - INFO - {k} done\n" for k, day in enumerate(DAYS)),
    "a web server's log": "".join(
        f'1.2.3.4 - - [{k}/Jan/2024:12:00:00 +0000] "GET /" 200 {k}\n' for k in range(10, 50)
    ),
    "a chat": "".join(f"[{day}, 12:00] Ann: {text}\n" for day, text in zip(DAYS, sentences(40))),
    "Python": "import sys\n\n\nclass A:\n    def f(self, x, y):\n        return {'a': 1, 'b': 2}\n\n\nprint(A())\n" * 9,
    "numbers in code": "static int a[] = {\n" + "    1, 2, 3, 4,\n" * 40 + "};\n",
    "hexadecimal numbers": "0x01, 0x02, 0x03, 0x04,\n" * 40,
    "YAML": "a: 1\nb: 2\nlist:\n  - 1\n  - 2\n" * 9,
    "TOML": '[tool]\nline-length = 120\nselect = ["E", "F"]\n' * 9,
    "Markdown with a table": "# Title\n\nWords.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nMore, at length.\n" * 9,
    "a play": "ROMEO:\nA line, and more.\n\nJULIET:\nAnother, of course.\n\n" * 20,
    "tagged words": "The\tDET\ncat\tNOUN\nsat\tVERB\n.\tPUNCT\n\n" * 9,
    "a tree bank": "1\tThe\tthe\tDET\t2\tdet\n2\tcat\tcat\tNOUN\t3\tnsubj\n3\tsat\tsit\tVERB\t0\troot\n\n" * 9,
    "strings of digits": "\n".join(str(random.Random(k).getrandbits(90)) for k in range(40)),
    "bits": "\n".join(f"{k:08b}" for k in range(40)),
    "bits apart": "\n".join(" ".join(f"{k:08b}") for k in range(40)),
    "sums": "\n".join(f"{k}+{2 * k}={3 * k}" for k in range(40)),
    "moves of chess": "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6\n" * 40,
    "music in ABC": "X:1\nT:Tune\nM:4/4\nK:G\nGABc d2 e2|dBAG E2 D2|\n" * 9,
    "JSON with texts": "".join(f'{{"text": "{text}", "n": {k}}}\n' for k, text in enumerate(sentences(40))),
    "JSON of a notebook": '{\n "cells": [\n  {\n   "source": ["x = 1"]\n  }\n ],\n "n": 1\n}\n',
    "one line": "1,2,3",
    "nothing": "",
    "blank lines": "\n\n \n",
}


@pytest.fixture
def write(tmp_path):
    def written(data, name="file.txt"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return written


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("name", ["file.txt", "file.dat", "file", "file.json", "file.asc"])
def test_a_table_is_recognised_under_any_name(write, kind, name):
    assert is_table([write(TABLES[kind], name)])


@pytest.mark.parametrize("kind", OTHERS)
def test_another_text_is_no_table(write, kind):
    assert not is_table([write(OTHERS[kind])])
    assert not looks_like_table(OTHERS[kind].encode())


@pytest.mark.parametrize("kind", TABLES)
def test_encodings_line_ends_and_compression_change_nothing(write, kind):
    text = TABLES[kind]
    plain = text.encode()
    for data in (text.replace("\n", "\r\n").encode(), "\ufeff".encode() + plain, text.encode("utf-16")):
        assert is_table([write(data)])
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert is_table([write(pack(plain))]) and looks_like_table(pack(plain))


def test_only_the_beginning_of_a_long_file_is_looked_at(write):
    assert is_table([write("ds,y\n" + lines(DAYS, HALVES) * 500)])
    assert not is_table([write("\n".join(sentences(9000)))])


def test_an_archive_is_a_table_if_one_of_its_first_files_is(write):
    def zipped(*files):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, text in files:
                archive.writestr(name, text)
        return packed.getvalue()

    table, prose = TABLES["dates and numbers"], OTHERS["prose"]
    assert is_table([write(zipped(("README", prose), ("data", table)), "a.zip")])
    assert is_table([write(zipped(("a.csv", "nothing yet")), "b.zip")])
    assert is_table([write(zipped(("xl/workbook.xml", "<a/>")), "workbook")])
    assert not is_table([write(zipped(("a.txt", prose), ("b.txt", prose)), "c.zip")])
    assert not is_table([write(b"PK\x03\x04 and so on", "d")])


@pytest.mark.parametrize("ending", ["csv", "TSV", "jsonl", "ndjson", "parquet", "xlsx", "xls", "ods"])
@pytest.mark.parametrize("packed", ["", ".gz", ".zip", ".bz2", ".xz", ".GZ"])
def test_the_name_of_a_table_is_enough(ending, packed):
    assert is_table([f"no-such-file.{ending}{packed}"])
    assert not is_table([f"no-such-file.{ending}.txt"])


def test_devices_pipes_and_missing_files_are_not_opened(tmp_path):
    assert not is_table([str(tmp_path / "missing")]) and not is_table(["/dev/zero"]) and not is_table([])
    assert not is_table([str(tmp_path / "a\0b")])


def test_no_bytes_raise(write):
    rng = random.Random(3)
    for length in (1, 100, 70_000):
        assert not is_table([write(rng.randbytes(length))])
    for data in (
        b"\x1f\x8bdamaged",
        b"BZh91AY&SYdamaged",
        b"\xfd7zXZ\x00damaged",
        b"a\tb\0\n" * 9,
        b"\xff\xfe\x00",
        b"[",
    ):
        assert not is_table([write(data)])


def test_recognising_imports_neither_numpy_nor_pandas(write):
    name = write(TABLES["dates and numbers"])
    code = f"import sys, rnncli.data.tables.detection as d; assert d.is_table([{name!r}])"
    code += "; sys.exit('numpy' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_the_texts_and_sources_of_this_project_are_no_tables():
    root = Path(__file__).parents[3]
    for path in [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("rnncli/**/*.py"), *root.glob("configs/*")]:
        assert not is_table([str(path)]), path


def test_real_texts_are_no_tables_and_real_tables_are_under_any_name(real_data, write):
    for path in real_data.glob("text/**/*"):
        assert path.is_dir() or not is_table([str(path)]), path
    for path in [*real_data.glob("series/*.csv"), *real_data.glob("series/tables/*.csv")]:
        assert is_table([write(path.read_bytes())]), path


def test_the_beginning_of_a_long_archive_is_enough_on_standard_input():
    def begin(name):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, random.Random(1).randbytes(9000))
        return packed.getvalue()[:4000]

    assert looks_like_table(begin("sales.csv")) and looks_like_table(begin("xl/worksheets/sheet1.xml"))
    assert not looks_like_table(begin("novel.txt"))


def test_standard_input_is_looked_at_and_not_consumed(monkeypatch):
    for pack in (bytes, gzip.compress):
        data = pack(TABLES["bars"].encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
        assert is_table(["-"]) and sys.stdin.buffer.read() == data
    monkeypatch.setattr(sys, "stdin", None)
    assert not is_table(["-"])


def test_json_with_seconds_since_1970_is_a_table_even_with_words():
    row = '{"id": "ch_%d", "amount": 5049, "created": 17000%05d, "currency": "eur"}'
    rows = ", ".join(row % (k, k * 100) for k in range(20))
    assert looks_like_table(f"[{rows}]".encode())
    assert looks_like_table(f'{{"object": "list", "data": [{rows}]}}'.encode())
    assert not looks_like_table(f"[{rows.replace('created', 'number')}]".encode())
    assert not looks_like_table(f"[{rows.replace('17000', '97000')}]".encode())


def test_a_table_drawn_with_pipes_and_dashes_is_one():
    rows = "".join(f"| {day:02}.03.2023 | 1000 | {day},50 |\n" for day in range(1, 20))
    rule = "-" * 30 + "\n"
    assert looks_like_table((rule + "| Tag | Konto | Betrag |\n" + rule + rows + rule).encode())


def test_a_folder_of_half_the_disk_is_no_table(tmp_path, monkeypatch):
    for k in range(6):
        (tmp_path / f"{k}.csv").write_text("ds,y\n2024-01-01,1\n")
    assert is_table([str(tmp_path)])
    monkeypatch.setattr("rnncli.data.tables.detection.MANY", 5)
    assert not is_table([str(tmp_path)])


def test_what_a_folder_has_beside_files_is_passed_over(tmp_path):
    (tmp_path / "a.csv").write_text("ds,y\n2024-01-01,1\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert is_table([str(tmp_path)])
