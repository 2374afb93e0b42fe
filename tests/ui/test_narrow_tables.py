"""Tables of findings at the width of a terminal: what is cut, and what goes on in another block."""

import pytest

from rnncli.tasks.base import Table
from rnncli.tasks.pairs.texts import columns
from rnncli.ui.narrow_tables import fitted, narrowed
from rnncli.ui.report import table_lines

WORST = Table(
    [
        ["worst: text before", "token", "expected", "line", "bits", "n-gram"],
        ["and so the story went", "Z", "a 30%  e 20%  o 5%", "1,204", "14.2", "12.3"],
        ["they all came home too", "q", "t 44%  s 9%  w 5%", "12", "13.9", "13.0"],
    ],
    left=3,
)


@pytest.mark.parametrize("width", [50, 60, 80, 120])
def test_texts_are_cut_so_that_the_figures_stand_beside_them(width):
    lines = list(table_lines(fitted(WORST, width, True), width))
    assert len(lines) == 3 and max(map(columns, lines)) <= width + 1  # its newline
    assert all("14.2" not in line or "12.3" in line for line in lines)


def test_a_long_third_text_is_left_out_where_all_else_fits_without_it():
    narrow = fitted(WORST, 40, True)
    assert [row[1] for row in narrow.rows] == ["token", "Z", "q"] and narrow.rows[0][2:] == WORST.rows[0][3:]
    assert narrow.rows[0][0].startswith("worst: ") and len(list(table_lines(narrow, 40))) == 3


def test_where_even_that_is_too_wide_there_is_room_for_figures_beside_the_texts():
    figures = Table([["net", *(f"k = {k}" for k in range(9))], ["x" * 30, *["1.0e+00"] * 9]], left=1)
    narrow = fitted(figures, 40, True)
    assert columns(narrow.rows[1][0]) == 22 and narrow.rows[1][0].startswith("xxx") and "…" in narrow.rows[1][0]


def test_a_table_that_fits_is_left_as_it_is_and_short_names_are_never_cut():
    assert fitted(WORST, 100, True) is WORST
    names = Table([["", "layer", *"abcdefghijklmnop"], ["trained", "layer0", *["1.0e+00"] * 16]], left=2)
    assert fitted(names, 40, True).rows == names.rows


def test_the_widest_columns_are_cut_first():
    assert narrowed([30, 12, 5], 35) == [18, 12, 5]
    assert narrowed([30, 30, 5], 10) == [10, 10, 5]
