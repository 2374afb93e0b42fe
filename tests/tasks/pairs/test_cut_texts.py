"""Texts of strangers that are cut: an escape stands whole or not at all."""

import pytest

from rnncli.tasks.pairs.texts import cut, ending, one_line, place
from rnncli.tasks.texts.shown_symbols import visible


@pytest.mark.parametrize("width", range(1, 24))
def test_no_cut_goes_through_an_escape(width):
    text = "ab\\x1bcd\\u202eef\\U0001f600gh"
    pieces = ["a", "b", "\\x1b", "c", "d", "\\u202e", "e", "f", "\\U0001f600", "g", "h"]
    starts = ["".join(pieces[:k]) for k in range(len(pieces) + 1)]
    ends = ["".join(pieces[k:]) for k in range(len(pieces) + 1)]
    assert cut(text, width) == max((each for each in starts if len(each) <= width), key=len)
    assert ending(text, width) == max((each for each in ends if len(each) <= width), key=len)


def test_lines_and_places_are_cut_by_whole_escapes():
    assert one_line("name \x1b[2J", 8) == "name …"
    assert place("\x1bdata.tsv:7", 13) == "…data.tsv:7"


def test_what_has_no_sign_is_an_escape():
    assert visible("a\u200b\u202e\ufeffb") == "a\\u200b\\u202e\\ufeffb"
    assert visible("é\u2028", unicode=False) == "\\xe9\\u2028"
