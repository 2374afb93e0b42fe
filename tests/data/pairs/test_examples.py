"""What all formats share: one example a line, notes, digests, choices that can be asked for again, real files."""

from collections import Counter

import numpy as np
import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.data.tables.reading import Reading
from rnncli.errors import ConfigError

REVIEWS = "a fine day\t1\nrain\t0\nsun again\t1\nfog\t0\n"
TRAINING = {  # a file of each format, to be trained on
    "delimited without a header": REVIEWS,
    "delimited with a header": "text,label\n" + REVIEWS.replace("\t", ","),
    "commas without a header": REVIEWS.replace("\t", ","),
    "a label first": "".join("\t".join(reversed(line.split("\t"))) + "\n" for line in REVIEWS.splitlines()),
    "fastText": "__label__a fine day\n__label__b rain\n",
    "labels with a colon": "DESC:a fine day\nNUM:b rain\n" * 4,
    "JSON lines": '{"text": "fine", "label": "a"}\n{"text": "rain", "label": "b"}\n',
}
ODD = [
    "",
    "a text, with commas",
    " outer blanks  ",
    "x" * 10_000,
    '"quotes',
    "Note: a colon",
    "naïve\x85\u2028 ends",
    "",
    "",
]


@pytest.fixture(params=TRAINING)
def choices(request, write):
    return read_examples([write(TRAINING[request.param], "train.txt")], "class").choices


def test_every_line_of_a_file_without_answers_is_one_example_as_it_stands(write, choices):
    for text in ("\n".join(ODD) + "\n", "\n".join(ODD) + "\nno line feed", "\n", "one\n", "Great, I loved it\n"):
        examples = read_examples([write(text, "new.txt")], "class", target_required=False, **choices)
        lines = text.split("\n")
        assert examples.sources == (lines if lines[-1] else lines[:-1])
        assert examples.line.tolist() == list(range(1, len(examples) + 1))
        assert examples.targets is None and examples.form == "text"


def test_no_lines_are_no_examples_where_no_answers_are_required(write, choices):
    examples = read_examples([write("", "new.txt")], "class", target_required=False, **choices)
    assert len(examples) == 0 and examples.file.dtype == examples.line.dtype == np.intp


def test_a_file_like_the_one_of_training_is_read_again_with_its_choices(write, choices):
    again = read_examples(["train.txt"], "class", **choices)
    assert again.digest == read_examples(["train.txt"], "class").digest and again.choices == choices
    unneeded = read_examples(["train.txt"], "class", target_required=False, **choices)
    assert unneeded.sources == again.sources and unneeded.targets == again.targets


def test_a_column_of_sources_below_a_header_is_found_with_any_separator(write):
    choices = read_examples(
        [write("id,text,label\n" + "".join(f"{k},t{k},{k % 2}\n" for k in range(6)))], "class"
    ).choices
    for text in ("text\nfine, or so\n\n", "text\tid\nfine, or so\t7\n\t\n"):
        examples = read_examples([write(text, "new.csv")], "class", target_required=False, **choices)
        assert examples.sources == ["fine, or so", ""] and examples.line.tolist() == [2, 3]
    assert examples.rows == [("fine, or so", "7"), ("", "")]


def test_a_header_that_is_missing_is_told(write):
    choices = read_examples([write("text,label\n" + REVIEWS.replace("\t", ","))], "class").choices
    examples = read_examples([write("one, two\n", "new.csv")], "class", target_required=False, **choices)
    assert examples.notes == ("no column 'text' in the first line: every line is read as one text",)


def test_a_long_labelled_file_is_not_taken_for_plain_texts(write):
    choices = read_examples([write("a fine day,1\nrain,0\nsun again,1\nfog,0\n")], "class").choices
    path = write('"a text, quoted",1\n' * 10_000, "new.csv")
    examples = read_examples([path], "class", target_required=False, **choices)
    assert (
        len(examples) == 10_000 and set(examples.sources) == {"a text, quoted"} and examples.targets == ["1"] * 10_000
    )


def test_features_alone_are_read_in_the_order_of_training(write, refusal):
    path = write("length,width,species\n5.1,3.5,setosa\n6.2,2.9,virginica\n5.0,3.3,setosa\n")
    choices = read_examples([path], "class").choices
    again = read_examples([write("width,length\n3,5\n,\n", "new.csv")], "class", target_required=False, **choices)
    assert again.sources == [("5", "3"), ("", "")]
    path = write("width\n3\n", "new.csv")
    assert "no column 'length'" in refusal(path, target_required=False, **choices)[0]
    choices = read_examples([write("5.1,3.5,setosa\n6.2,2.9,virginica\n5.0,3.3,setosa\n")], "class").choices
    again = read_examples([write("1,2\n3,4\n", "new.csv")], "class", target_required=False, **choices)
    assert again.sources == [("1", "2"), ("3", "4")]


def test_answers_that_cannot_be_read_are_left_aside_where_none_are_required(write):
    path = write("text\ty\na\t1.5\nb\t?\n")
    assert read_examples([path], "number", target_required=False, source=["text"], target=["y"]).targets is None
    path = write("text\ty\na\t1.5\nb\tlow\n")
    examples = read_examples([path], "number", target_required=False, header=True, source=["text"], target=["y"])
    assert examples.targets is None and "the answers in the files cannot be read and are left aside" in examples.notes


def test_an_odd_tab_in_a_file_of_texts_is_refused_with_its_line(write, refusal):
    choices = read_examples([write(REVIEWS)], "class").choices
    message, _ = refusal(write("one\ntwo\twords\n", "new.txt"), target_required=False, **choices)
    assert message == "new.txt:2: 2 columns separated by tabs, expected 1 as in line 1"


def test_texts_may_be_asked_for_as_words(write, refusal):
    path = write(REVIEWS)
    examples = read_examples([path], "class", form="words")
    assert (examples.form, examples.sources[0]) == ("words", ("a", "fine", "day"))
    again = read_examples([write("some\nnew  words\n", "new.txt")], "class", target_required=False, **examples.choices)
    assert again.sources == [("some",), ("new", "words")]
    assert refusal(path, form="series")[0] == "pairs.tsv: the sources are text, but the model reads series"


def test_repeats_rare_classes_and_numbers_are_noted(write):
    examples = read_examples([write(REVIEWS + "rain\t0\nrain\t1\nfog\t0\nsnow\t7\n")], "class")
    assert examples.notes == ("1 class has a single example: 7", "2 examples repeat an earlier pair")
    rows = "".join(f"text {k}\t{k % 30}\n" for k in range(90))
    notes = read_examples([write(rows)], "class", source="1", target="2").notes
    assert notes == ("the 30 classes look like numbers: --task regress predicts numbers",)


def test_one_class_is_enough_where_nothing_is_to_be_learnt(write):
    path = write("a b\tx\nc\tx\nd\tx\n")
    assert read_examples([path], "class", to_learn=False, source="1", target="2").targets == ["x"] * 3


def test_the_digest_depends_on_the_bytes_and_on_the_way_of_reading(write):
    path = write("a\tb\tx\nc\td\ty\ne\tf\tx\n")
    digests = [read_examples([path], "class", source=[source], target=["3"]).digest for source in "12"]
    digests.append(read_examples([write("a\tb\tx\nc\td\ty\ne\tg\tx\n")], "class", source=["1"], target=["3"]).digest)
    assert len(set(digests)) == 3 and all(len(digest) == 64 for digest in digests)


def test_progress_goes_from_nothing_to_everything(write):
    calls = []
    read_examples([write(REVIEWS)], "class", progress=lambda done, total: calls.append((done, total)))
    assert [done for done, _ in calls] == sorted(done for done, _ in calls) and calls[-1][0] == calls[-1][1]


def test_unknown_choices_are_refused_with_the_known_ones(write):
    path = write(REVIEWS)
    for options in (
        {"format": "arff"},
        {"form": "image"},
        {"table": Reading(encoding="rot13")},
        {"answers": "image"},
        {"table": Reading(decimal=";")},
    ):
        with pytest.raises(ConfigError) as caught:
            read_examples([path], **{"answers": "class", **options})
        assert caught.value.hint


@pytest.mark.parametrize(
    "data, problem",
    [
        (b"PK\x03\x04", "a.tsv: damaged zip file"),
        (b"\xd0\xcf\x11\xe0", "a.tsv: unreadable workbook"),
        (b"PAR1", "a.tsv: unreadable Parquet file"),
        (b"\x1f\x8bdamaged", "a.tsv: damaged gzip file"),
        (b"BZh9damaged", "a.tsv: damaged bzip2 file"),
        (b"\xfd7zXZ\x00damaged", "a.tsv: damaged xz file"),
    ],
)
def test_damaged_files_are_refused(write, refusal, data, problem):
    assert refusal(write(data, "a.tsv"))[0].startswith(problem)
    assert refusal("missing.tsv")[0] == "missing.tsv: no such file or directory"


REAL = {
    "pairs/trec_train.label": ("class", "text", 5452, 6),
    "pairs/trec_test.label": ("class", "text", 500, 6),
    "pairs/ewt_dev.tsv": ("step", "words", 2001, 17),
    "pairs/ewt_test.tsv": ("step", "words", 2077, 17),
    "text/names_by_language": ("class", "text", 20_050, 18),
    "text/uci_sentiment_imdb_labelled.txt": ("class", "text", 1000, 2),
    "text/uci_sentiment_yelp_labelled.txt": ("class", "text", 1000, 2),
    "series/GunPoint_TRAIN.ts": ("class", "series", 50, 2),
    "series/JapaneseVowels_TRAIN.ts": ("class", "series", 270, 9),
    "series/OSULeaf_TEST.ts": ("class", "series", 242, 6),
    "series/Tecator_TRAIN.ts": ("number", "series", 172, None),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_read_without_options(real_data, name):
    answers, form, count, classes = REAL[name]
    examples = read_examples([str(real_data / name)], answers)
    assert (examples.form, len(examples), len(examples.targets)) == (form, count, count)
    if answers == "class":
        assert len(Counter(examples.targets)) == classes
    if answers == "step":
        assert len({label for labels in examples.targets for label in labels}) == classes
