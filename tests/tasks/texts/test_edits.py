"""Edits between two texts: the distance, the alignment, and the lines that show it."""

import random
import re

import pytest
from rich.cells import cell_len

from rnncli.tasks.texts import edits as module
from rnncli.tasks.texts.edit_lines import edit_lines
from rnncli.tasks.texts.edits import Candidates, distance, edits

ANSI = re.compile("\x1b\\[[0-9;]*m")
LENGTHS = (0, 1, 2, 9, 63, 64, 65, 130)  # around the bits of a word


def naive(a, b):
    """The last cell of the whole table."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        new = [i + 1]
        for j, y in enumerate(b):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (x != y)))
        row = new
    return row[-1]


def sequence(rng, alphabet):
    return [f"s{rng.randrange(alphabet)}" for _ in range(rng.choice(LENGTHS))]


def cases(number, seed):
    rng = random.Random(seed)
    for k in range(number):
        alphabet = rng.choice((1, 2, 6, 40))
        a, b = sequence(rng, alphabet), sequence(rng, alphabet)
        if k % 3 == 0 and a:
            b = list(a)
            b[rng.randrange(len(b)) :][:2] = ["x"]
        yield a, b


@pytest.mark.parametrize("seed", range(3))
def test_the_distance_is_that_of_the_whole_table(seed):
    for a, b in cases(60, seed):
        assert distance(a, b) == naive(a, b), (a, b)
        assert distance(tuple(a), b) == distance(b, a)


def test_many_sequences_at_once_have_the_distances_of_each_alone():
    rng = random.Random(5)
    for alphabet in (2, 30):
        others = [sequence(rng, alphabet) for _ in range(30)]
        candidates = Candidates(others)
        for _ in range(12):
            a = [*sequence(rng, alphabet), *["only here"] * rng.randrange(2)]
            assert candidates.distances(a).tolist() == [naive(a, b) for b in others]


@pytest.mark.parametrize("cells", [1 << 22, 40, 1])
def test_an_alignment_restores_both_and_has_as_many_edits_as_the_distance(monkeypatch, cells):
    monkeypatch.setattr(module, "CELLS", cells)  # tables that are divided
    for a, b in cases(80, 7):
        pairs = edits(a, b)
        assert [own for own, _ in pairs if own is not None] == a
        assert [true for _, true in pairs if true is not None] == b
        assert sum(own != true for own, true in pairs) == naive(a, b)


@pytest.mark.parametrize(
    "written, truth, line",
    [
        ("1958-05-03", "1968-05-03", "19[-6+5]8-05-03"),
        ("colour", "color", "colo[+u]r"),
        ("", "ab", "[-ab]"),
        ("ab", "", "[+ab]"),
        ("same", "same", "same"),
        ("", "", ""),
        ("ɑ", "ɑ\u0303", "ɑ[-◌\u0303]"),  # a mark of another letter would stand on the sign before it
    ],
)
def test_edits_are_marked_with_signs(written, truth, line):
    found = edit_lines(edits(written, truth), 80)
    assert found == [line]
    assert [ANSI.sub("", text) for text in edit_lines(edits(written, truth), 80, color=True)] == [line]


def test_missing_is_green_and_too_much_is_red():
    assert edit_lines(edits("ac", "ab"), 80, color=True) == ["a\x1b[32m[-b\x1b[0m\x1b[31m+c]\x1b[0m"]


def test_symbols_that_blanks_separate_keep_them():
    pairs = edits(["a", "b", "a", "t"], ["a", "b", "ɑ", "t", "ʁ"])
    assert edit_lines(pairs, 80, " ") == ["a b [-ɑ+a] t [-ʁ]"]


def test_where_there_is_no_room_stretches_without_an_edit_are_cut_and_the_edit_stays():
    pairs = edits("x" * 200 + "a" + "y" * 200, "x" * 200 + "b" + "y" * 200)
    (line,) = edit_lines(pairs, 60)
    assert "[-b+a]" in line and line.startswith("…x") and line.endswith("y…")
    lines = edit_lines(pairs, 60, most=10)
    assert "".join(lines) == "x" * 200 + "[-b+a]" + "y" * 200


@pytest.mark.parametrize("width", [12, 40, 79])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("most", [1, 3])
def test_lines_are_safe_and_no_wider_than_asked(width, unicode, most):
    texts = ["\x1b[31mred\x07\u202e\nname" * 4, "名前" * 40, "", "a" * 90, "e\u0301" * 30]
    for written in texts:
        for truth in texts:
            lines = [ANSI.sub("", line) for line in edit_lines(edits(written, truth), width, "", unicode, True, most)]
            assert len(lines) <= most and max(map(cell_len, lines)) <= width
            assert not {"\x1b", "\x07", "\u202e", "\n"} & set("".join(lines))
            assert unicode or "".join(lines).isascii()
