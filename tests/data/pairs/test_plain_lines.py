"""fastText lines, lines with a label and a colon, and folders with a file or a folder for each class."""

import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.data.tables.reading import Reading

TREC = "DESC:manner How did it go ?\nENTY:animal What fowl ?\nDESC:def What is an atom ?\nNUM:count How many ?\n"


def test_fasttext_lines_give_a_label_and_a_text(write):
    examples = read_examples([write("__label__good  a fine day\n__label__bad rain\n\n__label__good sun\n")], "class")
    assert (examples.form, examples.targets) == ("text", ["good", "bad", "good"])
    assert examples.sources == ["a fine day", "rain", "sun"] and examples.line.tolist() == [1, 2, 4]
    assert "1 blank line skipped" in examples.notes and examples.choices["format"] == "fasttext"


def test_several_labels_on_a_line_are_refused_with_the_reason(write, refusal):
    message, hint = refusal(write("__label__a one\n__label__a __label__b two\n", "ft.txt"))
    assert message == "ft.txt:2: several labels on a line; several labels for an example are not supported"
    assert hint == "keep one label on each line: each example has one class"
    message, hint = refusal(write("__label__a one\ntwo\n", "ft.txt"))
    assert message == "ft.txt:2: no label at the beginning" and "__label__CLASS" in hint
    assert refusal(write("__label__a one\n__label__b\n", "ft.txt"))[0] == "ft.txt:2: the source is empty"


def test_the_class_before_the_colon_or_both_parts(write):
    path = write(TREC, "trec.label")
    coarse = read_examples([path], "class")
    assert coarse.targets == ["DESC", "ENTY", "DESC", "NUM"] and coarse.sources[1] == "What fowl ?"
    fine = read_examples([path], "class", target=["fine"])
    assert fine.targets == ["DESC:manner", "ENTY:animal", "DESC:def", "NUM:count"] and fine.sources == coarse.sources
    assert fine.choices["target"] == ("fine",) and fine.digest != coarse.digest


def test_a_line_without_such_a_label_is_refused(write, refusal):
    path = write(TREC * 10 + "What is this ?\n", "trec.label")
    assert refusal(path)[0] == "trec.label:41: does not begin with a label such as DESC:manner"
    assert "--target fine" in refusal(path, target=["coarsest"])[1]


def test_an_undecodable_file_names_the_encoding_to_try(write, refusal):
    data = TREC.replace("atom", "ñandú").encode("latin-1")
    message, hint = refusal(write(data, "trec.label"))
    assert message.startswith("trec.label: byte 0xf1 at offset ") and "cp1252 (ñandú) or " in hint
    assert hint.endswith("as in --encoding cp1252")
    assert read_examples(["trec.label"], "class", table=Reading(encoding="latin-1")).sources[2] == "What is an ñandú ?"
    assert "use --encoding utf-16" in refusal(write(TREC.encode("utf-16"), "trec.label"))[1]


def test_a_folder_with_a_file_a_class_gives_each_line_that_class(write):
    write("Khoury\nNahas\n\nDaher", "names/Arabic.txt"), write("Abl\nAdsit\n", "names/Czech.txt")
    write("", "names/Empty.txt"), write("x", "names/.hidden")
    examples = read_examples(["names"], "class")
    assert examples.sources == ["Khoury", "Nahas", "Daher", "Abl", "Adsit"]
    assert examples.targets == ["Arabic"] * 3 + ["Czech"] * 2 and examples.form == "text"
    assert examples.where(2) == "names/Arabic.txt:4" and examples.files == ("names/Arabic.txt", "names/Czech.txt")
    assert "1 blank line skipped" in examples.notes and "1 empty file ignored" in examples.notes


def test_several_plain_files_are_a_class_each(write):
    files = [write("Khoury\nNahas\n", "Arabic.txt"), write("Abl\nAdsit\n", "Czech.txt")]
    assert read_examples(files, "class").targets == ["Arabic", "Arabic", "Czech", "Czech"]


def test_a_folder_with_a_folder_a_class_gives_each_file_that_class(write):
    write("A fine film.\nReally.\n", "imdb/pos/0_9.txt"), write("Dull.", "imdb/neg/0_1.txt")
    write("Bad.\n\nAwful.\n", "imdb/neg/1_2.txt"), write("words", "imdb/imdb.vocab")
    examples = read_examples(["imdb"], "class")
    assert examples.sources == ["Dull.", "Bad.\n\nAwful.", "A fine film.\nReally."]
    assert examples.targets == ["neg", "neg", "pos"] and examples.where(0) == "imdb/neg/0_1.txt:1"
    assert "1 file beside the folders of the classes ignored" in examples.notes


def test_a_folder_of_records_is_read_as_if_its_files_were_named(write):
    write("@classLabel true a b\n@data\n1,2:a\n", "sets/p/p_TEST.ts"), write("@data\n3,4:b\n", "sets/p/p_TRAIN.ts")
    examples = read_examples(["sets"], "class")
    assert examples.targets == ["a", "b"] and examples.where(1) == "sets/p/p_TRAIN.ts:2"


def test_the_digest_knows_the_names_of_the_classes(write):
    write("a\nb\n", "one/A.txt"), write("c\n", "one/B.txt")
    write("a\nb\n", "two/A.txt"), write("c\n", "two/C.txt")
    assert read_examples(["one"], "class").digest != read_examples(["two"], "class").digest


@pytest.mark.parametrize(
    "text, format", [("__label__a b\n__label__c d\n", "fasttext"), (TREC, "labelled"), ("1\t2\t3\n2\t3\t4\n", "ucr")]
)
def test_formats_with_one_answer_an_example_refuse_labels_a_step_and_columns(write, refusal, text, format):
    path = write(text)
    message, hint = refusal(path, "step", format=format)
    assert message.endswith("has one answer an example, not one a step") and "--task classify" in hint
    assert "columns" in refusal(path, "class", format=format, group="author")[0]
