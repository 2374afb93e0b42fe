"""Texts for texts, and texts for features, in JSON lines, in two files line for line, and in a file for each class."""

import json

import pytest

from rnncli.data.pairs.examples import read_examples


def jsonl(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


# ---- two files


def test_two_files_belong_together_line_for_line(write):
    files = [write("a day\n\nrain, too\n", "train.en"), write("un jour \n \npluie\tici\n", "train.fr")]
    examples = read_examples(files, "text")
    assert examples.sources == ["a day", "rain, too"] and examples.targets == ["un jour", "pluie\tici"]
    assert examples.where(1) == "train.en:3" and examples.rows[1] == ("rain, too", "pluie\tici")
    assert (examples.columns, examples.target_names) == (("en",), ("fr",)) and examples.choices["format"] == "parallel"
    assert examples.notes == ("1 blank line skipped",)


@pytest.mark.parametrize(
    "one, two, problem",
    [
        ("a\nb\nc\n", "x\ny\n", "a.en has 3 lines, but a.fr has 2"),
        ("a\n", "x\ny\n", "a.en has 1 line, but a.fr has 2"),
        ("a\nb\n", "x\n\n", "a.fr:2: the line is blank, but not in a.en"),
        ("a\n \nc\n", "x\ny\nz\n", "a.en:2: the line is blank, but not in a.fr"),
        ("a\nb\n", "x\nx\n", "a.en: all 2 answers are 'x', so there is nothing to learn"),
        ("", "x\n", "a.en: the file is empty"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(write, refusal, one, two, problem):
    assert refusal([write(one, "a.en"), write(two, "a.fr")], "text")[0] == problem


def test_another_number_of_files_and_columns_of_them_are_refused(write, refusal):
    files = [write("a day\nrain\n", f"a.{ending}") for ending in ("en", "fr", "de")]
    message, hint = refusal(files, "text", format="parallel")
    assert message == "a.en: 3 files to read line for line, expected two" and "--val" in hint
    assert "two files that belong line for line" in refusal(files[:1], "text")[1]
    message, hint = refusal(files[:2], "text", condition=["2"])
    assert message.endswith("line for line has no columns, found --condition 2") and "leave out --condition" in hint
    assert "texts, not examples with another answer" in refusal(files[:2], "class", format="parallel")[0]


def test_two_tables_follow_each_other(write):
    files = [write("a\tx\nb\ty\n", "1.tsv"), write("c\tz\n", "2.tsv")]
    examples = read_examples(files, "text")
    assert examples.targets == ["x", "y", "z"] and examples.where(2) == "2.tsv:1"


# ---- JSON lines


@pytest.mark.parametrize(
    "names", [("source", "target"), ("src", "tgt"), ("en", "de"), ("question", "answer"), ("one", "other")]
)
def test_two_keys_are_known_by_their_names_or_come_in_order(write, names):
    one, two = names
    records = [{one: "a day", two: "ein Tag", "n": 3}, {one: "rain", two: "Regen\n", "n": 4}]
    if names != ("one", "other") and "en" not in names:
        records = [dict(reversed(record.items())) for record in records]
    examples = read_examples([write(jsonl(*records), "a.jsonl")], "text")
    assert examples.sources == ["a day", "rain"] and examples.targets == ["ein Tag", "Regen"]
    assert examples.rows == records and examples.target_names == (two,)


def test_texts_of_languages_may_stand_in_an_object_of_their_own(write):
    records = [{"id": "7", "translation": {"en": f"a day {k}", "fr": f"un jour {k}"}} for k in range(9)]
    examples = read_examples([write(jsonl(*records), "a.jsonl")], "text", source=["en"], target=["fr"])
    assert examples.targets[8] == "un jour 8" and examples.rows[8] == records[8]
    assert read_examples(["a.jsonl"], "text").targets == examples.targets


def test_lists_are_joined_and_conditions_may_be_lists_or_missing(write):
    records = [
        {"src": ["a", "b"], "tgt": "x", "tag": ["V", 3]},
        {"src": ["c"], "tgt": 5, "tag": None},
        {"src": [], "tgt": ["y", "z"], "tag": "N;SG"},
    ]
    path = write(jsonl(*records), "a.jsonl")
    examples = read_examples([path], "text", condition=["tag"], target_required=False)
    assert examples.sources == ["a b", "c", ""] and examples.targets == ["x", "5", "y z"]
    assert examples.conditions == [("V;3",), ("",), ("N;SG",)] and examples.condition_names == ("tag",)


def test_half_characters_are_read_as_unknown_ones_on_both_sides(write):
    text = '{"src": "a \\ud800", "tgt": "\\udc00 \\ud83d\\ude00", "t": "\\ud800"}\n{"src": "b", "tgt": "c", "t": ""}\n'
    examples = read_examples([write(text, "a.jsonl")], "text", condition=["t"])
    assert examples.sources[0] == "a \ufffd" and examples.targets[0] == "\ufffd \U0001f600"
    assert examples.conditions[0] == ("\ufffd",) and examples.rows[0]["src"].endswith("\ud800")


@pytest.mark.parametrize(
    "records, problem",
    [
        ([{"src": "a", "tgt": "x"}, {"src": "b"}], "a.jsonl:2: no value for 'tgt'"),
        ([{"src": "a", "tgt": "x"}, {"tgt": "y"}], "a.jsonl:2: no value for 'src'"),
        ([{"src": "a", "tgt": "x"}, {"src": " ", "tgt": "y"}], "a.jsonl:2: the source is empty"),
        ([{"src": "a", "tgt": "x"}, {"src": "b", "tgt": ""}], "a.jsonl:2: the answer is empty"),
        ([{"src": "a", "tgt": {"x": 1}}], 'a.jsonl:1, key tgt: {"x": 1} is no text'),
        ([{"src": "a", "tgt": [[1], 2]}], "a.jsonl:1, key tgt: expected a list of words"),
        ([{"src": [1, 2], "tgt": "x"}], "a.jsonl:1, key src: expected a list of words"),
        ([{"src": "a"}], "a.jsonl: cannot tell which column is the source and which the target"),
    ],
)
def test_what_is_no_object_with_two_texts_is_refused_with_its_place(write, refusal, records, problem):
    assert refusal(write(jsonl(*records), "a.jsonl"), "text")[0].startswith(problem)


def test_features_and_their_text_are_keys(write):
    records = [{"size": k / 2, "colour": "rgb"[k % 3], "text": f"some text of {k}"} for k in range(9)]
    examples = read_examples([write(jsonl(*records), "a.jsonl")], "description")
    assert (
        examples.form == "features" and examples.sources[3] == ("1.5", "r") and examples.columns == ("size", "colour")
    )
    assert examples.targets[3] == "some text of 3"
    pairs = [{"language": "Czech", "name": f"Ab{k}"} for k in range(5)]
    examples = read_examples([write(jsonl(*pairs), "b.jsonl")], "description")
    assert set(examples.sources) == {("Czech",)} and examples.target_names == ("name",)


# ---- classes with texts, the other way round


def test_in_a_folder_with_a_file_a_class_each_line_is_a_text_for_it(write):
    write("Khoury\nNahas\n\nDaher", "names/Arabic.txt"), write("Abl, or so\n", "names/Czech.txt")
    for files in (["names"], ["names/Arabic.txt", "names/Czech.txt"]):
        examples = read_examples(files, "description")
        assert examples.form == "features" and examples.sources == [("Arabic",)] * 3 + [("Czech",)]
        assert examples.targets == ["Khoury", "Nahas", "Daher", "Abl, or so"]
        assert examples.where(2) == "names/Arabic.txt:4" and examples.target_names == ("text",)


def test_in_a_folder_with_a_folder_a_class_each_file_is_a_text_for_it(write):
    write("A fine film.\nReally.\n", "films/good/1.txt"), write("Dull.", "films/bad/1.txt")
    examples = read_examples(["films"], "description")
    assert examples.targets == ["Dull.", "A fine film.\nReally."] and examples.sources[0] == ("bad",)


@pytest.mark.parametrize(
    "text, sources", [("__label__a one\n__label__b two\n", "ab"), ("A:x one\nB:y two\nA:x two\n", "ABA")]
)
def test_labelled_texts_are_read_the_other_way_round(write, text, sources):
    examples = read_examples([write(text, "a.txt")], "description")
    assert examples.sources == [(name,) for name in sources] and examples.targets[:2] == ["one", "two"]


@pytest.mark.parametrize("answers", ["text", "description"])
def test_formats_without_texts_are_refused(write, refusal, answers):
    path = write("@classLabel true a b\n@data\n1,2,3:a\n3,2:b\n", "a.ts")
    for format in ("ts", "ucr", "conll"):
        message, hint = refusal(path, answers, format=format)
        assert message == f"a.ts: no texts to write in files read as {format}" and "JSON lines" in hint
    write("Khoury\n", "names/Arabic.txt"), write("Abl\n", "names/Czech.txt")
    if answers == "text":
        assert refusal("names", answers)[0].endswith("no texts to write in files read as folder")


def test_real_files_are_read_without_options(real_data):
    for name, count in (("pairs/fre_train.tsv", 8000), ("text/eng-fra.txt", 5000)):
        examples = read_examples([str(real_data / name)], "text")
        assert len(examples) == len(examples.targets) == count and examples.where(0).endswith(":1")
    path = str(real_data / "pairs/inflection_english_train-high.tsv")
    examples = read_examples([path], "text", source="1", target="2", condition="3")
    assert len(examples.conditions) == 10_000 and ("V;3;SG;PRS",) in examples.conditions
    examples = read_examples([str(real_data / "text/names_by_language")], "description")
    assert len(examples) == 20_050 and len(set(examples.sources)) == 18
