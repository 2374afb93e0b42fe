"""Files with two texts a line are told from tables to forecast, from classes and from prose."""

import gzip
import random

import pytest

from rnncli.data.pairs.detection import sniff
from rnncli.data.tables.detection import is_table

WORDS = ("the", "food", "was", "cold", "and", "service", "slow", "while", "staff", "seemed", "kind", "but", "music")
FORECASTING = 0.9  # how sure the task of tables is of every table


def texts(count, seed=1):
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(3, 9))) + f" {k}." for k in range(count)]


def lines(*columns, separator="\t"):
    return "".join(separator.join(map(str, row)) + "\n" for row in zip(*columns))


def quoted(cells):
    return [f'"{cell}, so"' for cell in cells]


ONE, TWO = texts(40), texts(40, 2)
DAYS = [f"2024-02-{k % 28 + 1:02}" for k in range(40)]
TWO_TEXTS = {
    "two languages": ("pairs.tsv", lines(ONE, TWO)),
    "two languages in a plain file": ("pairs.txt", lines(ONE, TWO)),
    "two languages and a licence": ("pairs.tsv", lines(ONE, TWO, ["CC-BY"] * 40)),
    "several answers to a source": ("pairs.tsv", lines([ONE[k * 2 // 3] for k in range(40)], TWO)),
    "sentences with many answers each": (
        "pairs.tsv",
        lines([f"Be as good as {k // 3}." for k in range(600)], texts(600)),
    ),
    "words with phones": (
        "pairs.tsv",
        lines(["aa", "abandon", "aaron", "absence"], ["a a", "a b ɑ̃", "a a ʁ", "a p s"]),
    ),
    "forms of words": ("pairs.tsv", lines([f"go{k}x" for k in range(40)], [f"went{k}y" for k in range(40)], "AB" * 20)),
    "rows with numbers": ("pairs.tsv", "id\tsource\ttarget\n" + lines(range(40), ONE, TWO)),
    "Devanagari": ("pairs.tsv", lines([f"{'कि' * (k % 7 + 1)} {'क' * k}" for k in range(30)], texts(30))),
    "commas below names": ("pairs.csv", "en,fr\n" + lines(quoted(ONE), quoted(TWO), separator=",")),
    "semicolons below names": ("pairs.csv", "Source;Target\n" + lines(ONE, TWO, separator=";")),
    "dates to be written below names": ("pairs.tsv", "source\ttarget\n" + lines(ONE, DAYS)),
    "JSON lines": ("a.jsonl", "".join(f'{{"src": "{a}", "tgt": "{b}", "n": 1.5}}\n' for a, b in zip(ONE, TWO))),
}
OTHERS = {
    "a forecast table with two columns of texts": (
        "a.csv",
        "date,source,target,y\n" + lines(DAYS, ONE, TWO, range(40), separator=","),
    ),
    "shops with their towns and sales": (
        "a.tsv",
        "shop\ttown\tsales\n" + lines(ONE, TWO, [k * 7 % 9 for k in range(40)]),
    ),
    "dates between texts": ("a.tsv", lines(ONE, DAYS, TWO)),
    "edges with weights": (
        "a.csv",
        "source,target,weight\n" + lines(ONE, TWO, [k / 7 for k in range(40)], separator=","),
    ),
    "one column of texts": ("a.tsv", lines(ONE, ["x"] * 40, range(40))),
    "commas without names": ("a.csv", lines(quoted(ONE), quoted(TWO), separator=",")),
    "tabs in prose now and then": (
        "a.txt",
        "".join(text + ("\tand so on\n" if k % 4 == 0 else "\n") for k, text in enumerate(ONE)),
    ),
    "code indented by tabs": ("a.txt", "int main() {\n\tint a = 1;\n\tb();\n\treturn a;\n}\n" * 9),
    "two columns of numbers": ("a.tsv", lines(range(40), [k * 3 % 7 for k in range(40)])),
    "JSON with few answers": ("a.jsonl", "".join(f'{{"question": "{a}", "answer": "yes"}}\n' for a in ONE * 2)),
    "JSON with one text": ("a.jsonl", "".join(f'{{"source": "{a}"}}\n' for a in ONE)),
}


@pytest.mark.parametrize("kind", TWO_TEXTS)
def test_two_texts_a_line_are_recognised_more_surely_than_a_table_is(write, kind):
    name, text = TWO_TEXTS[kind]
    for data in (text, "\ufeff" + text, text.replace("\n", "\r\n"), gzip.compress(text.encode())):
        found = sniff([write(data, name)])
        assert found.answers == "text" and found.format == ("jsonl" if name.endswith("jsonl") else "delimited")
        assert found.sure > FORECASTING * is_table([name])


@pytest.mark.parametrize("kind", OTHERS)
def test_other_files_are_not_taken_for_two_texts(write, kind):
    name, text = OTHERS[kind]
    found = sniff([write(text, name)])
    assert found is None or found.answers != "text"


def test_two_files_with_about_as_many_lines_that_differ_in_their_endings_belong_together(write):
    prose = "\n".join(ONE)
    (
        write(prose + "\n", "dev.en"),
        write("\n".join(TWO), "dev.de"),
        write(prose + "\n\n", "dev.fr"),
        write(prose * 2, "dev.it"),
        write(prose, "x.de"),
    )
    write(gzip.compress(prose.encode()), "dev.nl.gz")
    for names in (["dev.en", "dev.de"], ["dev.de", "dev.en"], ["dev.en", "dev.nl.gz"], ["dev.en", "dev.fr"]):
        assert sniff(names) == ("parallel", "text", 0.8)
    for names in (["dev.en", "dev.it"], ["dev.en", "x.de"], ["dev.en", "dev.en"], ["dev.en"], ["dev.en", "dev.gone"]):
        assert sniff(names) is None
    assert sniff(["dev.en", "dev.de", "dev.de"]) is None


def test_two_files_that_are_no_texts_do_not_belong_together(write):
    rng = random.Random(3)
    write(rng.randbytes(5000), "a.en"), write("\n" * 2, "b.en"), write("1,2\n", "b.csv"), write("a\n", "c.txt")
    assert sniff(["a.en", write(rng.randbytes(5000), "a.de")]) is None
    assert sniff(["b.csv", write("2,3\n", "b.tsv")]) is None
    assert sniff(["c.txt", write("", "c.en")]) is None


def test_the_real_files_of_two_texts_are_recognised(real_data):
    names = [f"pairs/fre_{part}.tsv" for part in ("train", "dev", "test")]
    names += [f"pairs/inflection_english_{part}.tsv" for part in ("train-high", "dev", "test")]
    for name in (*names, "text/eng-fra.txt"):
        assert sniff([str(real_data / name)])[:2] == ("delimited", "text")
