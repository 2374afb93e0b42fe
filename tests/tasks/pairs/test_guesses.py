"""Guesses shown while a model trains: what stands in them, their width, colours and records."""

import json
import re

import pytest
from pair_reports import HOSTILE

from rnncli.tasks.pairs.guesses import (
    NARROWEST,
    ClassGuess,
    ClassGuesses,
    NumberGuess,
    NumberGuesses,
    TagGuesses,
    shown_examples,
)
from rnncli.tasks.pairs.tagged import TaggedSentence

ANSI = re.compile("\x1b\\[[0-9;]*m")
NAN = float("nan")
CLASSES = ClassGuesses(
    (
        ClassGuess("Sherlock", "English", "English", 0.97),
        ClassGuess(HOSTILE * 9, "a long name of a class of names", "another name that is as long", 0.5),
        ClassGuess("", "Irish", None, NAN),
        ClassGuess("名前" * 50, "Japanese", "Chinese", 0.4),
    )
)
TAGS = TagGuesses(
    (
        TaggedSentence(("The", "man", HOSTILE), ("DET", "NOUN", "VERB"), ("DET", "VERB", None)),
        TaggedSentence(("word",) * 50, ("X",) * 50, ("X",) * 50),
    )
)
NUMBERS = NumberGuesses(("fat", "a long name of a target"), (NumberGuess("2.6 " * 90, (22.5, NAN), (21.1, 3e9)),))


def test_a_class_has_its_mark_its_probability_and_the_truth_where_it_is_another():
    lines = ClassGuesses(CLASSES.guesses[:1] + (ClassGuess("Müller", "German", "Russian", 0.8),)).lines(80, True, False)
    assert lines == ['✓ "Sherlock"  English 0.97', '✗ "Müller"    Russian 0.80  (German)']
    ascii = CLASSES.lines(80, False, False)
    assert [line.split()[0] for line in ascii] == ["ok", "WRONG", "WRONG", "WRONG"]


def test_a_number_has_its_truth_answer_and_error():
    guesses = (NumberGuess("2.61", (22.5,), (21.1,)), NumberGuess("2.7", (NAN,), (3.0,)))
    assert NumberGuesses(("fat",), guesses).lines(80, True, False) == [
        "        truth  answer  error",
        '"2.61"  22.50   21.10  -1.40',
        '"2.7"       -    3.00      -',
    ]


def test_tags_are_written_beside_words_or_as_colours():
    plain = TAGS.lines(80, True, False)
    assert plain[0].startswith("The/DET man/VERB(NOUN) ")
    legend, _, words, truth, *_ = TAGS.lines(80, True, True)
    assert set(ANSI.sub("", legend).split()) == {"DET", "NOUN", "VERB", "X"}
    assert ANSI.sub("", words).startswith("The man  ") and truth.startswith("    NOUN ")


@pytest.mark.parametrize("width", [20, NARROWEST, 76, 100])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("color", [True, False])
@pytest.mark.parametrize("sample", [CLASSES, TAGS, NUMBERS], ids=["classes", "tags", "numbers"])
def test_lines_are_safe_and_no_wider_than_asked(sample, width, unicode, color):
    from rich.cells import cell_len

    lines = [ANSI.sub("", line) for line in sample.lines(width, unicode, color)]
    assert max(map(cell_len, lines)) <= max(width, NARROWEST)
    assert not {"\x1b", "\x07", "\u202e", "\n"} & set("".join(lines))
    assert unicode or "".join(lines).isascii()
    assert sample.title == "guesses" and not sample.wraps


@pytest.mark.parametrize("sample", [CLASSES, TAGS, NUMBERS], ids=["classes", "tags", "numbers"])
def test_a_record_is_json_and_holds_null_where_there_is_no_number(sample):
    found = json.loads(json.dumps(sample.record(), allow_nan=False))
    if sample is CLASSES:
        assert found[2] == {"text": "", "truth": "Irish", "answer": None, "probability": None, "right": False}
    if sample is NUMBERS:
        assert found[0]["truth"] == [22.5, None] and found[0]["targets"] == list(NUMBERS.names)


def test_five_examples_are_shown_always_the_same_and_fewer_where_there_are_fewer():
    assert shown_examples(101) == [0, 25, 50, 75, 100]
    assert shown_examples(3) == [0, 1, 2] and shown_examples(0) == []
