"""Texts shown while a model trains: what stands in them, their width, colours and records."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from text_reports import HOSTILE

from rnncli.tasks.pairs.guesses import NARROWEST
from rnncli.tasks.texts.attention_matrix import Attended
from rnncli.tasks.texts.edit_lines import LEGEND
from rnncli.tasks.texts.guesses import Translation, Translations

ANSI = re.compile("\x1b\\[[0-9;]*m")
RIGHT = Translation("3 May 1968", "1968-05-03", "1968-05-03")
NEARLY = Translation("4 June 1977", "1977-06-14", "1977-06-04")
WRONG = Translation("6.7.88", "aaaa", "1988-07-06")
SHORT = Translations((RIGHT, NEARLY, WRONG), list)
LOOKED = Attended(("c", "a", "t"), ("ʃ", "a"), np.full((3, 3), 1 / 3))
LONG = Translations(
    (
        Translation(HOSTILE * 9, HOSTILE, HOSTILE[::-1]),
        Translation("名前" * 50, "名" * 90, "名" * 80, LOOKED),
        Translation("", "", "x"),
        Translation("words " * 40, "words " * 39, "words " * 40),
    ),
    list,
)


def test_texts_stand_beside_their_sources_with_edits_or_the_truth_where_most_is_wrong():
    assert SHORT.lines(80, True, False) == [
        '✓ "3 May 1968"   1968-05-03',
        '✗ "4 June 1977"  1977-06-[-0+1]4',
        '✗ "6.7.88"       aaaa  (1988-07-06)',
        LEGEND,
    ]
    ascii = SHORT.lines(80, False, False)
    assert [line.split()[0] for line in ascii[:3]] == ["ok", "WRONG", "WRONG"]


def test_texts_stand_below_their_sources_where_there_is_no_room():
    long = replace(RIGHT, source="the third of May in the year 1968")
    assert Translations((long, NEARLY), list).lines(NARROWEST, True, False)[:4] == [
        '✓ "the third of May in the year 19…"',
        "    1968-05-03",
        '✗ "4 June 1977"',
        "    1977-06-[-0+1]4",
    ]


def test_without_a_truth_there_is_no_mark_and_no_legend():
    lines = Translations((Translation("Irish", "Oshea"), Translation("Oro", "")), list).lines(80, True, False)
    assert lines == ['"Irish"  Oshea', '"Oro"    -']


def test_symbols_decide_what_is_right():
    (line,) = Translations((Translation("cat", "ʃ a", "ʃ  a"),), str.split).lines(80, True, False)
    assert line.startswith("✓")


def test_colours_change_no_sign():
    plain, colored = SHORT.lines(80, True, False), SHORT.lines(80, True, True)
    assert [ANSI.sub("", line) for line in colored] == plain
    assert "\x1b[32m[-0\x1b[0m\x1b[31m+1]\x1b[0m" in colored[1]


def test_attention_follows_as_a_matrix():
    lines = Translations((Translation("cat", "ʃa", "ʃa", LOOKED),), list).lines(80, True, False)
    assert lines[1:5] == ["", "  ʃ a </s>", "c ▒ ▒ ▒▒▒▒", "a ▒ ▒ ▒▒▒▒"]
    assert lines[-1].startswith("weight:")


@pytest.mark.parametrize("width", [20, NARROWEST, 76, 120])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("color", [True, False])
@pytest.mark.parametrize("sample", [SHORT, LONG], ids=["short", "long"])
def test_lines_are_safe_and_no_wider_than_asked(sample, width, unicode, color):
    lines = [ANSI.sub("", line) for line in sample.lines(width, unicode, color)]
    assert max(map(cell_len, lines)) <= max(width, NARROWEST)
    assert not {"\x1b", "\x07", "\u202e", "\n"} & set("".join(lines))
    assert unicode or "".join(lines).isascii()
    assert sample.title == "guesses" and not sample.wraps


def test_a_record_is_json_with_the_number_of_edits_and_the_attention():
    found = json.loads(json.dumps([SHORT.record(), LONG.record()], allow_nan=False))
    assert found[0][1] == {"source": "4 June 1977", "written": "1977-06-14", "truth": "1977-06-04", "edits": 1}
    assert found[1][1]["attention"]["written"] == ["ʃ", "a", "</s>"]
    assert "edits" not in Translations((Translation("a", "b"),), list).record()[0]
