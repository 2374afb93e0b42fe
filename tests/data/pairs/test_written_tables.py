"""Tables of pairs that are written in other ways, and the options that say so."""

import io

import pandas as pd
import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.data.tables.reading import Reading

WORDS = [f"{'good' if k % 2 else 'bad'} day {k}" for k in range(20)]
CLASSES = ["pos" if k % 2 else "neg" for k in range(20)]
HOUSES = [(1234.5 + 1000 * k, k / 4, 100_000.0 + 1500 * k) for k in range(20)]  # size, distance, price
GERMAN = str.maketrans(".,", ",.")


def texts(separator, names="text{}class\n"):
    rows = (f"{word}{separator}{label}\n" for word, label in zip(WORDS, CLASSES))
    return names.format(separator) + "".join(rows)


def houses(separator, shown, names=("size", "distance", "price")):
    rows = (separator.join(map(shown, row)) + "\n" for row in HOUSES)
    return separator.join(names) + "\n" + "".join(rows)


def german(value):
    return f"{value:,.2f}".translate(GERMAN)


def quoted(value):
    return f'"{value:,.2f}"'


def numbers(path, **options):
    """(features, prices) of a file."""
    read = read_examples([path], "number", target=["price"], **options)
    return [tuple(map(float, source)) for source in read.sources], [price for (price,) in read.targets], read


@pytest.mark.parametrize("separator", ["|", "~", ":"])
def test_a_separator_is_given(write, separator):
    read = read_examples([write(texts(separator), "a.txt")], "class", table=Reading(sep=separator))
    assert read.sources == WORDS and read.targets == CLASSES and read.choices["separator"] == separator


def test_blanks_separate_however_many_they_are(write):
    text = "length  width kind\n" + "".join(f" {k}.5   {k % 7}  {label}\n" for k, label in enumerate(CLASSES))
    read = read_examples([write(text, "a.dat")], "class", table=Reading(sep=" "))
    assert read.sources[:2] == [("0.5", "0"), ("1.5", "1")] and read.targets == CLASSES


def test_a_separator_given_for_new_files_counts_over_that_of_training(write):
    trained = read_examples([write(texts(","), "a.csv")], "class").choices
    other = write(texts(";").replace(" day", ", day"), "b.csv")
    read = read_examples([other], "class", **trained, table=Reading(sep=";"), target_required=False)
    assert read.sources[:2] == ["bad, day 0", "good, day 1"] and read.targets == CLASSES


def test_lines_without_the_given_separator_are_texts(write):
    trained = read_examples([write(texts("|"), "a.txt")], "class", table=Reading(sep="|")).choices
    read = read_examples([write("good day\nbad, day\n")], "class", **trained, target_required=False)
    assert read.sources == ["good day", "bad, day"]


@pytest.mark.parametrize(
    ("name", "text", "given"),
    [
        ("a.csv", houses(";", german), Reading()),
        ("a.csv", houses(";", german), Reading(decimal=",")),
        ("a.csv", houses(";", german), Reading(thousands=".")),
        ("a.csv", houses(",", quoted), Reading()),
        ("a.tsv", houses("\t", lambda value: f"{value:,.2f}".replace(",", "\u202f")), Reading()),
        ("a.tsv", houses("\t", lambda value: german(value).replace(".", "'")), Reading()),
    ],
)
def test_signs_between_thousands_are_found_or_given(write, name, text, given):
    sources, prices, read = numbers(write(text, name), table=given)
    assert sources == [(size, distance) for size, distance, _ in HOUSES]
    assert prices == [price for *_, price in HOUSES]
    assert sum("numbers are written as" in note for note in read.notes) == (given.thousands is None)


def test_a_comma_that_may_be_either_sign_is_asked_for(write, refusal):
    text = "size,price\n" + "".join(f'{k},"{k},250"\n' for k in range(1, 20))
    path = write(text, "a.csv")
    assert "1,250 use --decimal , or --thousands ," in refusal(path, "number", target=["price"])[1]
    assert numbers(path, table=Reading(thousands=","))[1][0] == 1250
    assert numbers(path, table=Reading(decimal=","))[1][0] == 1.25


def test_new_files_are_read_with_the_thousands_that_training_had(write):
    trained = numbers(write(houses(",", quoted), "a.csv"))[2].choices
    assert trained["thousands"] == ","
    one = write('size,distance\n"1,234",2.5\n', "b.csv")
    read = read_examples([one], "number", **trained, target_required=False)
    assert read.sources == [("1234", "2.5")]


def test_runs_without_thousands_keep_their_choices_and_their_digest(write):
    path = write(houses(",", "{:.2f}".format), "a.csv")
    read = numbers(path)[2]
    assert "thousands" not in read.choices
    assert numbers(path, table=Reading(na=("x",)))[2].digest != read.digest


def test_words_for_missing_values_are_given(write, refusal):
    text = houses(",", "{:.2f}".format).replace("1234.50,", "n.s.,", 1)
    path = write(text, "a.csv")
    assert "n.s." in refusal(path, "number", target=["price"])[0]
    read = read_examples([path], "number", target=["price"], table=Reading(na=("N.S.",)))
    assert read.sources[0] == ("", "0.00")


def test_an_answer_that_is_missing_by_a_given_word_is_refused_with_its_place(write, refusal):
    path = write(texts(",").replace("good day 3,pos", "good day 3,unknown"), "a.csv")
    assert refusal(path, table=Reading(na=("unknown",)))[0] == "a.csv:5: the answer is empty"


def test_lines_to_skip_and_comments_are_no_rows_and_lines_keep_their_numbers(write):
    lines = texts(",").splitlines()
    text = "\n".join(["a report", "of two, lines, above", *lines[:3], "# a comment, of, some", *lines[3:], ""])
    read = read_examples([write(text, "a.csv")], "class", table=Reading(skip_rows=2, comment="#"))
    assert read.sources == WORDS and read.line.tolist() == [4, 5, *range(7, 25)]
    assert not any("blank" in note for note in read.notes)


def test_plain_lines_of_a_model_of_tables_are_all_read(write):
    trained = read_examples([write(texts(","), "a.csv")], "class").choices
    given = Reading(skip_rows=1, comment="#")
    read = read_examples([write("# good\nbad\n")], "class", **trained, table=given, target_required=False)
    assert read.sources == ["# good", "bad"]
    assert read.notes == ("--skip-rows, --comment ignored: every line is read as one text",)


def test_rows_above_the_header_of_a_workbook_are_skipped(write):
    table = pd.DataFrame({"text": WORDS, "class": CLASSES})
    file = io.BytesIO()
    table.to_excel(file, index=False, startrow=3)
    read = read_examples([write(file.getvalue(), "a.xlsx")], "class", table=Reading(skip_rows=3, sep=";"))
    assert read.sources == WORDS


def test_typed_numbers_of_a_workbook_need_no_decimal_comma(write):
    file = io.BytesIO()
    pd.DataFrame(HOUSES, columns=["size", "distance", "price"]).to_excel(file, index=False)
    sources, prices, _ = numbers(write(file.getvalue(), "a.xlsx"), table=Reading(decimal=","))
    assert sources[1] == (2234.5, 0.25) and prices[1] == 101_500


FORMATS = {
    "a.jsonl": ('{"text": "a", "class": "x"}\n{"text": "b", "class": "y"}\n', "class", "JSON lines"),
    "a.txt": ("__label__x a\n__label__y b\n" * 5, "class", "fastText lines"),
    "a.ts": ("@problemName a\n@classLabel true x y\n@data\n1,2,3:x\n2,3,4:y\n", "class", "a .ts file"),
    "a_TRAIN.tsv": ("1\t0.5\t0.25\n2\t0.125\t0.75\n" * 5, "class", "a UCR file"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_options_of_tables_are_refused_for_formats_that_have_no_use_for_them(write, refusal, name):
    text, answers, title = FORMATS[name]
    given = Reading(decimal=",", comment="#", na=("x",))
    assert refusal(write(text, name), answers, table=given) == (
        f"{name}: no use for --decimal, --na, --comment in {title}",
        "leave them out; if the file is a table, add --data-format delimited",
    )


def test_words_in_columns_have_a_separator_and_no_signs(write, refusal):
    path = write("dog;NOUN\nruns;VERB\n\n" * 5, "a.conll")
    assert read_examples([path], "step", table=Reading(sep=";")).sources[0] == ("dog", "runs")
    assert refusal(path, "step", table=Reading(sep=";", thousands="'"))[0] == (
        "a.conll: no use for --thousands in words in columns"
    )


def test_tables_of_texts_have_no_numbers(write, refusal):
    path = write("source|target\n" + "".join(f"word {k}|{k} drow\n" for k in range(20)), "a.txt")
    assert read_examples([path], "text", table=Reading(sep="|")).targets[3] == "3 drow"
    message, hint = refusal(path, "text", table=Reading(sep="|", decimal=","))
    assert (message, hint) == ("a.txt: no use for --decimal in a table of texts", "leave it out")


def test_a_new_file_in_another_format_leaves_the_options_aside(write):
    trained = read_examples([write(texts("|"), "a.txt")], "class", table=Reading(sep="|")).choices
    lines = write('{"text": "a"}\n', "a.jsonl")
    read = read_examples([lines], "class", **trained, table=Reading(sep="|"), target_required=False)
    assert read.sources == ["a"] and "--sep ignored: no use in JSON lines" in read.notes


@pytest.mark.parametrize("names", ["Größe;Farbe\n", "text;class\n"])
def test_a_table_with_a_header_may_be_in_the_encoding_of_windows(write, names):
    labels = ["grün", "rot"] * 20
    text = names + "".join(f"{k},5;{label}\n" for k, label in enumerate(labels))
    read = read_examples([write(text.encode("cp1252"), "a.csv")], "class", source=["1"], target=["2"])
    assert read.targets == labels
    assert sum("read as cp1252; for another encoding: --encoding" in note for note in read.notes) == 1


def test_plain_texts_and_damaged_tables_in_another_encoding_are_refused(write, refusal):
    rows = "".join(f"schön {k}\t{'a' if k % 2 else 'b'}\n" for k in range(20))
    assert "is not UTF-8" in refusal(write(rows.encode("cp1252"), "a.tsv"))[0]
    table = "text\tclass\n" + rows
    damaged = table.encode() + b"sch\xf6n\ta\n"  # UTF-8 before, so that this is damage
    assert "is not UTF-8" in refusal(write(damaged, "b.tsv"))[0]


def test_a_sheet_of_a_file_that_has_none_is_noted(write):
    read = read_examples([write(texts(","), "a.csv")], "class", table=Reading(sheet="2"))
    assert "a.csv: neither a workbook nor an archive: --sheet ignored" in read.notes
