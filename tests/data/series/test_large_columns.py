"""What a large table may not cost: texts told apart without a Python string each, arrays that are shared."""

import numpy as np
import pytest

from rnncli.data.series.numbering import numbered_texts
from rnncli.data.tables.frame import texts
from rnncli.data.time.shapes import CHUNK, column_of, stripped


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["b", "a", " b", "c", "a "], [0, 1, 0, 2, 1]),
        (["2024-01-01", "2024-01-02", "2024-01-03"], [0, 1, 2]),
        (["1", "2", "2", "3"], [0, 1, 1, 2]),
        ([" a", "a", "b"], [0, 0, 1]),
        ([], []),
    ],
)
def test_texts_are_numbered_in_the_order_of_their_appearance_whatever_blanks_are_around_them(cells, numbers):
    assert numbered_texts(texts(cells)).tolist() == numbers


def test_the_same_texts_in_different_blocks_have_the_same_number():
    cells = texts([str(k % 7) for k in range(CHUNK + 100)])
    assert numbered_texts(cells).tolist() == [k % 7 for k in range(CHUNK + 100)]


def test_texts_without_blanks_around_them_are_not_copied():
    cells = texts(["2024-01-01", "2024-01-02"])
    assert stripped(cells) is cells
    assert stripped(texts(["a ", "b"])).tolist() == ["a", "b"]


def test_numbers_of_a_shape_are_kept_small_and_given_whole_in_blocks():
    values = np.arange(CHUNK + 5) % 10_000
    (shape,) = column_of(texts([f"{each:04}/{each * 99_999:09}" for each in values.tolist()])).shapes
    assert shape.runs[0][1].dtype == np.int16 and shape.runs[5][1].dtype == np.int32
    blocks = list(shape.blocks())
    assert [len(block.rows) for block in blocks] == [CHUNK, 5]
    assert np.concatenate([block.number(5, 14) for block in blocks]).tolist() == (values * 99_999).tolist()
    assert blocks[0].number(0, 4).dtype == np.int64
