"""What a writer looked at, drawn for a terminal: a matrix, or the strongest source where that is too large."""

import re

import numpy as np
import pytest
from rich.cells import cell_len

from rnncli.tasks.texts.attention_matrix import Attended, attended_lines, matrix_lines, shade_legend

ANSI = re.compile("\x1b\\[[0-9;]*m")


def weights(U, T, seed=0):
    return np.random.default_rng(seed).dirichlet([0.3] * T, U)


def test_the_source_stands_down_and_the_text_across_with_five_shades():
    alpha = np.array([[0.04, 0.96, 0], [0.19, 0.21, 0.6]])
    assert matrix_lines(alpha, "ab ", "xy") == ["  x y", "a · ░", "b █ ▒", "␣ · ▓"]
    assert matrix_lines(alpha, "ab ", "xy", unicode=False) == ["  x y", "a . :", "b # -", "_ . ="]


def test_a_row_more_is_that_of_the_end():
    lines = matrix_lines(np.eye(3)[[0, 1, 2]], "abc", "xy")
    assert lines[0] == "  x y </s>" and lines[3] == "c · · ████"


@pytest.mark.parametrize("shape", [(2, 4), (4, 3), (1, 3)])
def test_weights_of_other_symbols_are_refused(shape):
    with pytest.raises(ValueError, match="expected \\(2 or 3, 3\\)"):
        matrix_lines(np.ones(shape), "abc", "xy")


def test_in_colour_the_strongest_of_each_written_symbol_is_marked():
    alpha = np.array([[0.1, 0.9], [0.6, 0.4]])
    lines = matrix_lines(alpha, "ab", "xy", color=True)
    assert [ANSI.sub("", line) for line in lines] == matrix_lines(alpha, "ab", "xy")
    assert lines[1].startswith("a ░ \x1b[38;5;208m▓") and lines[2].startswith("b \x1b[38;5;208m█")


def test_words_are_cut_as_room_gets_scarce():
    source, written = ["the", "cat"], ["une", "phrase", "extraordinairement", "longue"]
    alpha = weights(4, 2)
    assert matrix_lines(alpha, source, written, 80)[0] == "    une phrase extraordinai longue"
    assert matrix_lines(alpha, source, written, 26)[0] == "    une phras extra longu"


@pytest.mark.parametrize(
    "source, written, width", [("a" * 41, "b" * 5, 200), ("ab", "b" * 41, 200), ("ab", "b" * 30, 40)]
)
def test_of_what_has_no_room_the_strongest_source_stands_under_each_written_symbol(source, written, width):
    alpha = weights(len(written), len(source))
    lines = matrix_lines(alpha, source, written, width)
    assert [line.split()[0] for line in lines[:4]] == ["written", "source", "position", "weight"]
    positions = [int(text) for line in lines if line.startswith("position") for text in line.split()[1:]]
    assert positions == (alpha.argmax(axis=1) + 1).tolist()


def test_weights_that_are_not_numbers_and_empty_texts_can_be_drawn():
    assert matrix_lines(np.full((2, 2), np.nan), "ab", "xy") == ["  x y", "a", "b"]
    assert matrix_lines(np.full((1, 50), np.nan), "a" * 50, "x")[2].split() == ["position"]
    assert matrix_lines(np.zeros((0, 2)), "ab", "") == [] and matrix_lines(np.zeros((2, 0)), "", "ab") == []


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("color", [True, False])
@pytest.mark.parametrize("source", ["我喜欢吃猫", "\x1b[31m\n\t\u202e\x07", "a\u0303\u200d ", "x" * 300], ids=range(4))
@pytest.mark.parametrize("written", ["我喜欢吃猫", "\x1b[2J\ud800 ", "y" * 90, "é"], ids=range(4))
def test_lines_are_safe_aligned_and_no_wider_than_asked(source, written, width, unicode, color):
    alpha = weights(len(written) + 1, len(source))
    lines = [ANSI.sub("", line) for line in matrix_lines(alpha, source, written, width, unicode, color)]
    assert max(map(cell_len, lines)) <= width
    assert not {"\x1b", "\x07", "\u202e", "\n", "\t", "\ud800"} & set("".join(lines))
    assert unicode or "".join(lines).isascii()
    if not lines[0].startswith("written"):
        assert len(lines) == len(source) + 1 and len({cell_len(line) for line in lines[1:]}) == 1


def test_several_examples_share_one_legend():
    one = Attended(("a", "b"), ("x",), weights(1, 2))
    lines = [*attended_lines([one, one])]
    assert lines == [
        "",
        *matrix_lines(one.weights, "ab", "x"),
        "",
        *matrix_lines(one.weights, "ab", "x"),
        "",
        *shade_legend(),
    ]
    assert [*attended_lines([])] == []
    assert len(shade_legend(200)) == 1


def test_a_record_is_json_with_four_decimals():
    assert Attended(("a",), ("x",), np.array([[0.123456], [1.0]])).record() == {
        "source": ["a"], "written": ["x", "</s>"], "weights": [[0.1235], [1.0]]
    }  # fmt: skip
