"""Columns of short cells take a fraction of the memory of texts, and are the same columns."""

from itertools import cycle, islice

import numpy as np
import pytest

from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.table import NARROW, TEXT, Cells, Texts, picked, stored_of


def filled(*blocks):
    """The Cells of one column, filled block by block."""
    cells = Cells(1, 2)
    for block in blocks:
        cells.add_columns([block], range(len(block)))
    return cells.column(0)


@pytest.mark.parametrize(
    ("blocks", "dtype"),
    [
        ([["1", "", "12"], ["-1"]], NARROW[0]),
        ([["1", "0"], ["123"]], NARROW[1]),
        ([["1", "0"], ["12345.67"], ["5", ""]], NARROW[2]),
        ([["123"], ["123456789"], [""]], TEXT),
        ([["1", "0"], ["é"]], TEXT),
        ([["1", "0"], ["a\0"]], TEXT),
        ([["1"], ["0"], ["a much longer text than others"], ["1", ""]], TEXT),
    ],
)
def test_a_column_is_narrow_as_long_as_its_cells_are(blocks, dtype):
    column = filled(*blocks)
    assert column.dtype == dtype
    assert Texts({"a": column})["a"].tolist() == [cell for block in blocks for cell in block]


def test_columns_that_are_picked_and_joined_stay_narrow():
    texts = Texts({"a": np.array(["1", "0"], NARROW[0]), "": np.array(["x", "y"], NARROW[0])})
    assert texts[""].tolist() == ["x", "y"] and texts["a"].tolist() == ["1", "0"] and texts["a"].dtype == TEXT
    assert list(picked(texts, ["", "a"])) == ["", "a"]
    assert stored_of(Texts.joined([picked(texts, ["a"])] * 2))["a"].dtype == NARROW[0]
    joined = Texts.joined([{"a": texts["a"]}, picked(texts, ["a"])])
    assert joined["a"].tolist() == ["1", "0", "1", "0"] and joined["a"].dtype == TEXT


def test_a_table_of_digits_is_stored_in_two_bytes_a_cell(tmp_path):
    path = tmp_path / "digits.csv"
    line = ",".join(islice(cycle("01"), 20)) + "\n"
    path.write_text(",".join(f"f{k}" for k in range(20)) + "\n" + 20_000 * line)
    frame = read_frame([str(path)])
    assert sum(column.nbytes for column in stored_of(frame.columns).values()) == 20_000 * 20 * 2
    assert frame.columns["f1"].tolist() == ["1"] * 20_000 and frame.columns["f0"].dtype == TEXT
