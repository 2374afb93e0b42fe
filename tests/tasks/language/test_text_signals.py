"""What units may follow in a text: quotes, brackets, lines and words, and the kinds of symbols."""

import numpy as np
import pytest

from rnncli.tasks.language.symbol_kinds import kinds_of
from rnncli.tasks.language.text_signals import (
    REMEMBERED,
    bracket_depth,
    indentation,
    inside_quotes,
    is_vowel,
    since,
    text_signals,
    until,
)


def marked(text, paragraph="\n\n"):
    """The text with _ in place of whatever stands outside quotations."""
    return "".join(sign if inside else "_" for sign, inside in zip(text, inside_quotes(text, paragraph)))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He said "come in" and sat.', '________"come in__________'),
        ("a “b “ c” d", "__“b “ c___"),
        ("x «y» z", "__«y___"),
        ("er sagte „ja“ und »nein« so", "_________„ja______»nein____"),
        ("'Come in,' she said.", "'Come in,___________"),
        ("it isn't; don't, 'tis", "_____________________"),
        ("the dogs' bowl and the cats' milk", "_________________________________"),
        ("'Don't go!' he cried.", "'Don't go!___________"),
        ('a "quote that never ends', "________________________"),
        ('"one"\n\n"two', '"one_______'),
        ("", ""),
    ],
)
def test_quotations_are_found_and_apostrophes_and_lone_signs_are_none(text, inside):
    assert marked(text) == inside


def test_a_quotation_ends_with_its_paragraph_so_that_one_lone_sign_does_not_turn_the_rest_around():
    text = 'He wrote 5" there.\n\nShe said "no" again.'
    assert marked(text).replace("_", "") == '"no' and marked(text, "\n").replace("_", "") == '"no'
    assert marked('"a\nb" c', "\n") == "_" * 7 and marked('"a\nb" c') == '"a\nb___'


def test_brackets_nest_and_one_that_was_never_opened_closes_nothing():
    assert bracket_depth("a(b[c]d)e)f{").tolist() == [0, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 1]


def test_indentation_grows_with_the_blanks_of_a_line_and_stays_until_its_end():
    assert indentation("ab c\n  d e\n\tf").tolist() == [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 0, 1, 1]


def test_steps_since_and_until_a_mark():
    marks = np.array([False, True, False, False, True, False])
    assert since(marks).tolist() == [1, 0, 1, 2, 0, 1]
    assert until(marks).tolist()[:5] == [1, 0, 2, 1, 0] and np.isnan(until(marks)[5])


def test_the_signals_of_a_text_are_those_after_each_symbol():
    text = 'Ab 3, "c"\n'
    found = {signal.name: signal.values.tolist() for signal in text_signals(list(text), False, "\n\n")}
    assert found["capital"] == [1] + [0] * 9 and found["digit"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert found["inside quotes"] == [0, 0, 0, 0, 0, 0, 1, 1, 0, 0]
    assert found["place in the line"] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    assert found["symbols to the end of the line"] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert found["place in the word"] == [1, 2, 0, 1, 0, 0, 0, 1, 0, 0]
    assert found["end of a word"] == [0, 1, 0, 1, 0, 0, 0, 1, 0, 0]
    assert found["blank"] == [0, 0, 1, 0, 0, 1, 0, 0, 0, 0] and found["vowel"] == [1] + [0] * 9
    assert found["punctuation"] == [0, 0, 0, 0, 1, 0, 1, 0, 1, 0] and found["newline"] == [0] * 9 + [1]
    assert "depth of brackets" not in found and set(REMEMBERED) - set(found) == {"depth of brackets"}


def test_words_have_the_signals_that_mean_something_for_words():
    symbols = ["He", " said", ":", ' "', "Come", " (", "in", ")", ' "', "\n", "7", " apples"]
    found = {signal.name: signal.values.tolist() for signal in text_signals(symbols, True, "\n\n")}
    assert found["inside quotes"] == [0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    assert found["inside brackets"] == [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    assert found["capital"] == [1, 0, 0, 0, 1] + [0] * 7 and found["digit"] == [0] * 10 + [1, 0]
    assert found["place in the line"][8:] == [9, 0, 1, 2]
    assert not {"vowel", "end of a word", "place in the word", "blank"} & set(found)


def test_nested_brackets_have_a_depth_of_their_own():
    names = {signal.name for signal in text_signals(list("f(g(x))"), False, "\n\n")}
    assert {"depth of brackets", "inside brackets"} <= names


def test_vowels_have_accents_and_scripts():
    assert [sign for sign in "aéŷЯжξωZ1 " if is_vowel(sign)] == ["a", "é", "ŷ", "Я", "ω"]


def test_kinds_of_characters():
    found = kinds_of(list("It's 10€.\n  Ünd"))
    assert found[:5] == ["first letter of a word", "letter in a word", "punctuation", "first letter of a word", "blank"]
    assert found[5:10] == ["digit", "digit", "other sign", "punctuation", "newline"]
    assert found[10:] == ["blank", "blank", "first letter of a word", "letter in a word", "letter in a word"]


def test_kinds_of_words():
    symbols = ["The", " cat", ",", " 12", "\n", "<unk>", " -", "b2", "\t"]
    assert kinds_of(symbols, words=True) == [
        "word",
        "word",
        "punctuation",
        "number",
        "newline",
        "unknown word",
        "punctuation",
    ] + [
        "word",
        "blank",
    ]


def test_a_word_of_one_letter_is_a_word_and_a_number_of_one_digit_a_number():
    assert kinds_of(["I", " a", " 7", "."], words=True) == ["word", "word", "number", "punctuation"]
    assert kinds_of(["I", "7", "."]) == ["first letter of a word", "digit", "punctuation"]
