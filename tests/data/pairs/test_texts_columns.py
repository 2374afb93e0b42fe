"""Two texts, or features and a text, in the columns of a table."""

import gzip
import io
import sys

import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.errors import ConfigError

PAIRS = [("Go now", "Va !"), ("Hi", "Salut, toi"), ("Hi", "Coucou"), ("A “quote” here", "« oui »")]
FORMS = "go\twent\tV;PST\ngo\tgoes\tV;3\nbe\twas\tV;PST\nsee\tsees\tV;3\n" * 2
NAMED = "lemma\tform\ttag\n" + FORMS
CLASSES = "Arabic\tKhoury\nArabic\tNahas\nCzech\tAbl\nCzech\tAdsit\n"


def table(rows, *names, separator="\t"):
    return "".join(separator.join(row) + "\n" for row in (names, *rows) if row)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: b"\xef\xbb\xbf" + data])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_two_columns_are_the_source_and_its_text_and_equal_sources_all_stay(write, line_end, pack):
    path = write(pack(table(PAIRS).replace("\n", line_end).encode()))
    examples = read_examples([path], "text")
    assert examples.form == "text" and list(zip(examples.sources, examples.targets)) == PAIRS
    assert (examples.columns, examples.target_names) == (("column 1",), ("column 2",))
    assert examples.where(2) == f"{path}:3" and examples.answers == "text" and examples.conditions is None


@pytest.mark.parametrize(
    "names",
    [
        ("source", "target"),
        ("en", "fr"),
        ("English", "French"),
        ("src", "tgt"),
        ("word", "phones"),
        ("Question", "Answer"),
    ],
)
@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_known_names_are_a_header_and_say_which_is_which(write, names, separator):
    rows = [(str(k), f'"{two}"', f'"{one}"') for k, (one, two) in enumerate(PAIRS)]
    path = write(table(rows, "id", *names[::-1], separator=separator), "a.csv")
    examples = read_examples([path], "text")
    if names[0].lower() in ("en", "english"):  # which language is first is as it stands
        examples = read_examples([path], "text", source=names[:1], target=names[1:])
    assert list(zip(examples.sources, examples.targets)) == PAIRS and examples.columns == names[:1]


def test_one_known_word_on_top_is_no_header(write):
    for first in ("text\ttexte", "name\tn eɪ m", "a\tb"):
        assert len(read_examples([write(f"{first}\n" + table(PAIRS))], "text")) == 5
    assert len(read_examples([write("one\ttwo\n" + table(PAIRS))], "text", header=True)) == 4


def test_of_many_columns_the_first_two_texts_are_read_and_the_others_are_told(write):
    pairs = [(f"{one} {k}", f"{two} {k}") for k, (one, two) in enumerate(PAIRS * 6)]
    rows = [(str(k), "en", *pair, "2024-01-01", "CC") for k, pair in enumerate(pairs)]
    examples = read_examples([write(table(rows))], "text")
    assert list(zip(examples.sources, examples.targets)) == pairs
    assert examples.notes[0] == (
        "source: 3; target: 4; left aside: 1, 2, 5, 6 "
        "(--source and --target name others; --condition names columns to read beside the source)"
    )


@pytest.mark.parametrize("text, header", [(FORMS, None), (NAMED, None), (NAMED, True)])
def test_conditions_are_kept_beside_the_source(write, text, header):
    examples = read_examples([write(text)], "text", source="1", target="2", condition="3", header=header)
    assert examples.sources[:2] == ["go", "go"] and examples.targets[:2] == ["went", "goes"]
    assert examples.conditions[:2] == [("V;PST",), ("V;3",)]
    assert examples.condition_names == (("column 3",) if text == FORMS else ("tag",))
    assert examples.take([3, 0]).conditions == [("V;3",), ("V;PST",)]
    assert examples.choices["condition"] == (("3",) if text == FORMS else ("tag",))
    assert "4 examples repeat an earlier pair" in examples.notes


def test_conditions_change_the_digest_and_what_repeats(write):
    path = write("a\tx\tP\na\tx\tQ\nb\ty\tP\n")
    plain, given = (read_examples([path], "text", source="1", target="2", condition=each) for each in ("", "3"))
    assert plain.digest != given.digest
    assert plain.notes == ("1 example repeats an earlier pair",) and given.notes == ()


def test_columns_are_chosen_by_name_and_unknown_ones_are_told_with_the_known(write, refusal):
    path = write(NAMED, "a.tsv")
    examples = read_examples([path], "text", source=["form"], target=["lemma"], condition=["tag"])
    assert examples.sources[0] == "went" and examples.targets[0] == "go"
    for option in ("source", "target", "condition"):
        message, hint = refusal(path, "text", **{option: ["lema"]})
        assert message.startswith(f"a.tsv: --{option}: no column 'lema'; columns: 'lemma' ('go', 'be', ...); 'form'")
        assert hint == "did you mean 'lemma'? use a name or a number from 1 to 3"
    message, hint = refusal(path, "text", source=["lemma"], target=["form"], condition=["form"])
    assert message == "a.tsv: column form is both target and condition"
    assert hint == "choose different columns with --target and --condition"
    assert (
        refusal(path, "text", source="3", target=["1", "2"])[0] == "a.tsv:2: 2 answers, but each example has one text"
    )


def test_several_sources_are_joined_and_the_group_may_be_a_text(write):
    path = write(NAMED)
    joined = read_examples([path], "text", source=["lemma", "tag"], target=["form"])
    assert joined.sources[0] == "go V;PST" and joined.notes[0] == "source: lemma, tag, joined into one text"
    grouped = read_examples([path], "text", group="form")
    assert grouped.groups == grouped.targets and grouped.sources[0] == "go"


def test_outer_blanks_of_a_target_are_no_part_of_it_and_inner_ones_stay(write):
    examples = read_examples([write(' a  b \t c\u202f d  e \nf\t"g\n')], "text")
    assert examples.sources == [" a  b ", "f"] and examples.targets == ["c\u202f d  e", '"g']


def test_standard_input_and_several_files_are_read(write, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(table(PAIRS).encode())))
    examples = read_examples(["-", write("Ma\tMy\n")], "text")
    assert len(examples) == 5 and examples.targets[-1] == "My" and examples.where(1) == "standard input:2"


@pytest.mark.parametrize(
    "text, problem",
    [
        ("a\tb\nc\td\te\n", "a.tsv:2: 3 columns separated by tabs, expected 2 as in line 1"),
        ("a\tb\nc\n", "a.tsv:2: 1 column separated by tabs, expected 2 as in line 1"),
        ("a\tb\n \td\n", "a.tsv:2: the source is empty"),
        ("a\tb\nc\t\ne\t\n", "a.tsv:2: the answer is empty (2 such rows)"),
        ("a\tb\nc\tb\n", "a.tsv: all 2 answers are 'b', so there is nothing to learn"),
        ("source\ttarget\n", "a.tsv: only a header, no examples"),
        ("some prose\nand more\n", "a.tsv: no answers found: its lines are plain texts"),
        ('en,fr\n"a,b\n', "a.tsv:2: not a valid row (unexpected end of data)"),
    ],
)
def test_what_is_no_pair_of_texts_is_refused_with_its_place(write, refusal, text, problem):
    assert refusal(write(text, "a.tsv"), "text")[0] == problem


def test_the_conditions_of_a_description_are_its_features(write):
    named = read_examples([write(NAMED)], "description", condition=["tag"], target=["form"])
    assert (named.form, named.columns) == ("features", ("tag",))
    with pytest.raises(ConfigError, match="--source names the same"):
        read_examples([write(NAMED)], "description", condition=["tag"], source=["tag"])


def test_conditions_of_other_answers_are_refused(write):
    for answers in ("class", "number", "step"):
        with pytest.raises(ConfigError) as caught:
            read_examples([write(NAMED)], answers, condition=["tag"])
        assert "--condition" in caught.value.hint


# ---- features and a text


@pytest.mark.parametrize("names", [(), ("language", "name"), ("kind", "text")])
def test_of_two_columns_the_text_is_the_one_that_varies_more(write, names):
    rows = [line.split("\t") for line in CLASSES.splitlines()]
    for turn in (1, -1):
        path = write(table([row[::turn] for row in rows], *names[::turn]))
        examples = read_examples([path], "description")
        assert examples.form == "features" and examples.sources[2] == ("Czech",) and len(examples) == 4
        assert examples.targets == ["Khoury", "Nahas", "Abl", "Adsit"] and "condition" not in examples.choices


def test_numbers_and_categories_are_features_of_the_only_text(write):
    rows = [(str(k + 1), f"{k / 2}", "rgb"[k % 3], f"some text number {k}") for k in range(30)]
    examples = read_examples(
        [write(table(rows, "id", "size", "colour", "story", separator=","), "a.csv")], "description"
    )
    assert (examples.columns, examples.target_names) == (("size", "colour"), ("story",))
    assert examples.sources[3] == ("1.5", "r") and examples.targets[3] == "some text number 3"
    assert examples.notes == (
        "source: size, colour; target: story; left aside: id (--source names the columns to read, --target the text)",
    )


def test_a_single_column_is_a_feature_whatever_is_in_it(write):
    examples = read_examples([write(NAMED)], "description", source=["lemma"], target=["form"])
    assert examples.form == "features" and examples.sources[0] == ("go",)


def test_columns_that_cannot_be_told_apart_are_listed_with_a_remedy_that_works(write, refusal):
    path = write("a\tb\nc\td\n", "a.tsv")
    message, hint = refusal(path, "description")
    assert message.startswith(
        "a.tsv: cannot tell which column is the source and which the text; columns: '1' ('a', 'c'"
    )
    assert hint == "name them: --source 1 --target 2"
    assert read_examples([path], "description", source="1", target="2").targets == ["b", "d"]
