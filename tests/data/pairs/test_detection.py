"""Files of pairs are told from corpora, tables and programs by their beginning."""

import bz2
import gzip
import io
import json
import lzma
import random
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from rnncli.data.pairs.detection import PEEKED, sniff
from rnncli.data.pairs.recognition import recognise

WORDS = ("the", "food", "was", "cold", "and", "service", "slow", "while", "staff", "seemed", "kind", "but", "music")


def texts(count, seed=1):
    """Sentences of random words."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(4, 12))).capitalize() + f" {k}." for k in range(count)]


def numbered_texts(count):
    return enumerate(texts(count))


def lines(*columns, separator="\t"):
    return "".join(separator.join(map(str, row)) + "\n" for row in zip(*columns))


LABELS = [k % 2 for k in range(40)]
CURVES = [",".join(f"{random.Random(k).gauss(0, 1):.4f}" for _ in range(12)) for k in range(40)]
TAGGED = "The\tDET\ncat\tNOUN\nsat\tVERB\n.\tPUNCT\n\nA\tDET\ndog\tNOUN\nran\tVERB\n.\tPUNCT\n\nNo\tDET\nman\tNOUN\n"
PAIRS = {
    "a text, a tab and a label": (lines(texts(40), LABELS), "delimited", "class", 0.95),
    "a label, a tab and a text": (lines(["ham", "spam"] * 20, texts(40)), "delimited", "class", 0.95),
    "a text and a label below a header": ("text\tlabel\n" + lines(texts(40), LABELS), "delimited", "class", 0.95),
    "comma-separated reviews below a header": (
        "id,review,sentiment\n" + lines(range(40), (f'"{text}, then"' for text in texts(40)), LABELS, separator=","),
        "delimited",
        "class",
        0.95,
    ),
    "comma-separated texts and labels": (lines(texts(40), LABELS, separator=","), "delimited", "class", 0.95),
    "only one label at the beginning": (lines(texts(40), ["good"] * 40), "delimited", "class", 0.92),
    "features and a species": (
        "length,width,species\n" + lines(range(40), range(40, 0, -1), ["setosa", "virginica"] * 20, separator=","),
        "delimited",
        "class",
        0.92,
    ),
    "features and a species without a header": (
        lines(range(40), (k / 7 for k in range(40)), ["setosa", "virginica"] * 20, separator=","),
        "delimited",
        "class",
        0.92,
    ),
    "numbers beside a class with a known name": (
        "acid,sugar,class\n" + lines((k / 7 for k in range(40)), range(40), LABELS, separator=","),
        "delimited",
        "class",
        0.92,
    ),
    "emoji that repeat": (
        "msg,mood\n" + lines(["😀", "😀😀", "😡", "😡😡"] * 5, ["joy", "joy", "anger", "anger"] * 5, separator=","),
        "delimited",
        "class",
        0.95,
    ),
    "one-word texts that repeat": (
        "msg,mood\n" + lines(["hi", "yes", "no", "bah"] * 5, ["joy", "joy", "anger", "anger"] * 5, separator=","),
        "delimited",
        "class",
        0.95,
    ),
    "Chinese": (
        "内容,类别\n"
        + lines(["天气很好", "真不错", "太差了", "我很难过"] * 5, ["好", "好", "坏", "坏"] * 5, separator=","),
        "delimited",
        "class",
        0.95,
    ),
    "messages that repeat": (
        lines(["ham", "ham", "spam", "spam"] * 5, ["see you", "call me", "win a prize", "free"] * 5, separator=","),
        "delimited",
        "class",
        0.95,
    ),
    "an array of objects": ('[\n  {"text": "a", "label": "x"},\n  {"text": "b"}\n]\n', "jsonl", "class", 0.05),
    "fastText": (lines([f"__label__{label}" for label in LABELS], texts(40), separator=" "), "fasttext", "class", 1),
    "labels with a fine part": (
        lines(["NUM:count", "HUM:ind"] * 20, texts(40), separator=" "),
        "labelled",
        "class",
        0.95,
    ),
    "tagged words": (TAGGED, "conll", "step", 0.95),
    "tagged words separated by blanks": (TAGGED.replace("\t", " "), "conll", "step", 0.95),
    "JSON lines": (
        "".join(f'{{"text": "{text}", "label": "{k % 2}"}}\n' for k, text in numbered_texts(8)),
        "jsonl",
        "class",
        0.95,
    ),
    "tagged JSON lines": ('{"tokens": ["a", "b"], "tags": ["X", "Y"]}\n' * 4, "jsonl", "step", 0.95),
    "JSON lines with numbers": (
        "".join(f'{{"text": "{t}", "score": {k / 7}}}\n' for k, t in numbered_texts(8)),
        "jsonl",
        "number",
        0.92,
    ),
    "UCR": (lines([1, 2] * 20, (curve.replace(",", "\t") for curve in CURVES)), "ucr", "class", 0.92),
    "UCR with commas": (lines([1, 2] * 20, CURVES, separator=","), "ucr", "class", 0.92),
    ".ts with classes": ("#x\n@problemName p\n@classLabel true a b\n@data\n1,2,3:a\n", "ts", "class", 1),
    ".ts with numbers": ("@problemName p\n@targetLabel true\n@data\n1,2,3:4.5\n", "ts", "number", 1),
    ".ts without answers": ("@problemName p\n@classLabel false\n@data\n1,2,3\n", "ts", "class", 0.6),
    ".ts with numbers and no word of them": ("@problemName p\n@data\n1,2,3:4.5\n3,2:7\n", "ts", "number", 0.6),
    ".ts with classes and no word of them": ("@problemName p\n@data\n" + "1,2:1\n3,2:2\n" * 4, "ts", "class", 0.6),
    "a row with too many cells among labelled texts": (
        lines(texts(40), LABELS) + "a\tb\tc\n",
        "delimited",
        "class",
        0.95,
    ),
    "a row without a label among labelled texts": (lines(texts(40), LABELS) + "and\t\n", "delimited", "class", 0.95),
}
OTHERS = {
    "prose": "".join(f"{text}\n\n" for text in texts(50)),
    "prose with tabs now and then": "".join(
        text + ("\tand so on\n" if k % 9 == 0 else "\n") for k, text in numbered_texts(50)
    ),
    "prose with one comma a line": lines(texts(40), (f" {text}" for text in texts(40, 2)), separator=","),
    "a play": "".join(f"ROMEO:\n{text}\n\nJULIET:\n{text}\n\n" for text in texts(20)),
    "a play with names before the lines": "".join(
        f"{('ROMEO', 'JULIET')[k % 2]}: {text}\n" for k, text in numbered_texts(40)
    ),
    "Python": "import sys\n\n\nclass A:\n    def f(self):\n        return {'a': 1, 'b': 2}\n\n\nprint(A().f())\n" * 9,
    "indented by tabs": "int main() {\n\tint a = 1;\n\treturn a;\n}\n" * 9,
    "names": lines(["emma", "olivia", "ava"] * 10),
    "words with counts": lines([f"word{'x' * k}" for k in range(40)], range(4000, 0, -100)),
    "a series": "Month,Passengers\n" + lines([f"1949-{k + 1:02}" for k in range(12)], range(40), separator=","),
    "a series with few values": "ds,y\n" + lines([f"Jan {k + 1} 2000" for k in range(30)], [0, 1] * 15, separator=","),
    "a panel": "symbol,date,price\n" + lines(["A", "B"] * 10, ["2000-01-01"] * 20, range(20), separator=","),
    "measurements with the year": "year,height,site\n"
    + lines(range(40), (k / 7 for k in range(40)), ["north", "south"] * 20, separator=","),
    "an array of numbers": "[1, 2]\n",
    "a panel in JSON": "".join(f'{{"unique_id": "a", "ds": "2024-01-{k}", "y": 1.5}}\n' for k in range(10, 20)),
    "texts in JSON": '{"text": "a day"}\n{"text": "another day"}\n',
    "a matrix with numbered rows": lines(range(40), CURVES, separator=","),
    "a table of years": "year,volume\n" + lines(range(1871, 1911), range(40), separator=","),
    "a log": "".join(f"2024-01-{k + 1:02} 12:00:00 INFO:root: {text}\n" for k, text in numbered_texts(20)),
    "TypeScript": "@Component({selector: 'a'})\nexport class A {}\n@Injectable()\nclass B {}\n",
    "ARFF": "@relation iris\n@attribute a numeric\n@data\n1,2\n",
    "nothing": "",
    "blank lines": "\n\n\n",
    "quotes that never close": 'a,"b\nc,"d\n' * 9,
    "broken JSON": '{"text": \n{"label"',
    "deep JSON": '{"a":' * 5000,
}


@pytest.mark.parametrize("kind", PAIRS)
def test_pairs_are_recognised_with_the_kind_of_their_answers(write, kind):
    text, *expected = PAIRS[kind]
    assert sniff([write(text)]) == tuple(expected)


@pytest.mark.parametrize("kind", OTHERS)
def test_other_files_are_not_taken_for_pairs(write, kind):
    assert sniff([write(OTHERS[kind])]) is None


@pytest.mark.parametrize("kind", PAIRS)
def test_encodings_line_ends_and_compression_change_nothing(write, kind):
    text, *expected = PAIRS[kind]
    packed = (pack(text.encode()) for pack in (gzip.compress, bz2.compress, lzma.compress))
    for data in (*packed, text.replace("\n", "\r\n"), "\ufeff" + text, text.encode("utf-16")):
        assert sniff([write(data)]) == tuple(expected)


def test_a_latin_1_file_is_recognised_before_its_encoding_is_known(write):
    text = lines(["NUM:count", "HUM:ind"] * 20, (f"{text} né à Orléans" for text in texts(40)), separator=" ")
    assert sniff([write(text.encode("latin-1"))]) == ("labelled", "class", 0.95)


def test_a_long_file_is_judged_by_its_whole_lines_at_the_beginning(write):
    text = lines(texts(5000), [k % 2 for k in range(5000)])
    assert len(text) > 2 * PEEKED
    assert sniff([write(text)]) == ("delimited", "class", 0.95)
    assert recognise("one\ttwo\n" * 3 + "cut", whole=False) == recognise("one\ttwo\n" * 3)


def test_a_folder_of_plain_texts_is_uncertain_and_a_folder_of_records_is_not(write, tmp_path):
    for name in ("Arabic", "Czech"):
        write("Khoury\nNahas\n", f"names/{name}.txt")
        write("A fine film.", f"films/{name}/1.txt")
        write("def f(): pass\n", f"code/{name}.py")
        write("@problemName p\n@classLabel true a\n@data\n1,2:a\n", f"series/{name}.ts")
    assert sniff([str(tmp_path / "names")]) == ("folder", "class", 0.05)
    assert sniff([str(tmp_path / "films")]) == ("folder", "class", 0.05)
    assert sniff([str(tmp_path / "series")]) == ("ts", "class", 1)
    assert sniff([str(tmp_path / "code")]) is None


def test_standard_input_is_looked_at_and_not_consumed(monkeypatch):
    data = lines(texts(40), LABELS).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data), PEEKED)))
    assert sniff(["-"]) == ("delimited", "class", 0.95)
    assert sys.stdin.buffer.read() == data
    monkeypatch.setattr(sys, "stdin", None)
    assert sniff(["-"]) is None


def test_no_bytes_and_no_paths_raise(write, tmp_path):
    rng = random.Random(3)
    for length in (1, 100, 5000):
        assert sniff([write(rng.randbytes(length))]) is None
    for data in (b"\x1f\x8bdamaged", b"PAR1abc", b"PK\x03\x04", "a\tb\0\n" * 9, "\ufeff", b"\xff\xfe\x00"):
        assert sniff([write(data)]) is None
    assert (
        sniff([])
        is sniff([str(tmp_path / "missing")])
        is sniff(["/dev/null"])
        is sniff([str(tmp_path / "a\0b")])
        is None
    )
    (tmp_path / "empty").mkdir()
    assert sniff([str(tmp_path / "empty")]) is None


def test_sniffing_imports_no_numpy():
    code = "import sys, rnncli.data.pairs.detection as d; d.sniff(['x']); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_the_real_files_are_what_they_are(real_data):
    found = {
        path.name: sniff([str(path)])
        for folder in ("pairs", "text", "series")
        for path in (real_data / folder).iterdir()
    }
    pairs = {name: each[:2] for name, each in found.items() if each and each.sure > 0.5 and each.answers != "text"}
    assert pairs == {
        **{f"ewt_{part}.tsv": ("conll", "step") for part in ("train", "dev", "test")},
        **{f"trec_{part}.label": ("labelled", "class") for part in ("train", "test")},
        **{f"uci_sentiment_{name}_labelled.txt": ("delimited", "class") for name in ("amazon_cells", "imdb", "yelp")},
        **{f"{name}_TRAIN.ts": ("ts", "class") for name in ("GunPoint", "JapaneseVowels", "OSULeaf")},
        **{f"{name}_TEST.ts": ("ts", "class") for name in ("GunPoint", "JapaneseVowels", "OSULeaf")},
        "Tecator_TRAIN.ts": ("ts", "number"),
        "Tecator_TEST.ts": ("ts", "number"),
    }
    assert found["names_by_language"] == ("folder", "class", 0.05)


@pytest.mark.parametrize("form", ["%a %d %b %y", "%A, %d %B %Y", "%d%b%Y", "%Y M%m", "%d de %b de %Y"])
def test_dates_of_any_form_beside_a_few_numbers_are_no_texts_with_classes(form):
    days = [datetime(2023, 1, 1) + timedelta(days=31 * k if "%d" not in form else k) for k in range(60)]
    rows = lines([f'"{day.strftime(form)}"' for day in days], [40 + k % 7 for k in range(60)], separator=",")
    assert recognise("When,Actual\n" + rows) is None
    assert (
        recognise("When,Actual\n" + lines(texts(60), [40 + k % 7 for k in range(60)], separator=",")).answers == "class"
    )


@pytest.mark.parametrize("text", ["a \U0001f600 b{}", 'a "q" b{}', "a \u00e9 b{}"])
@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_what_is_called_a_text_need_hardly_look_like_one(text, separators, tmp_path):
    rows = ({"text": text.format(k), "label": "xy"[k % 2]} for k in range(60))
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row, separators=separators) + "\n" for row in rows))
    found = sniff([str(path)])
    assert found is not None and (found.format, found.answers) == ("jsonl", "class") and found.sure > 0.9
