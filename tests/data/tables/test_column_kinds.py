"""What a column holds, by its cells."""

import numpy as np
import pytest

from rnncli.data.tables.column_kinds import kind_of, parse_truth
from rnncli.data.tables.signs import Signs


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", ""], "number"),
        (["1.234,5", "2"], "number"),
        (["$5", "$7"], "number"),
        (["5", "x"] + ["7"] * 9, "number"),  # one odd cell does not make a column of words
        (["1", "2", "A3"], "word"),
        (["store 1", "store 2"], "word"),
        (["CA_1", "CA_2"], "word"),
        (["2024-01-31", "2024-02-29"], "word"),
        (["10:30", "11:00"], "word"),
        (["true", "False", ""], "truth"),
        (["yes"], "truth"),
        (["J", "N", "n"], "truth"),
        (["N", "N"], "word"),  # a lone letter says nothing
        (["yes", "false"], "word"),
        (["", "NA", "-"], "empty"),
        ([], "empty"),
    ],
)
def test_the_cells_say_what_a_column_holds(cells, kind):
    assert kind_of(cells) == kind == kind_of(np.array(cells, np.dtypes.StringDType()))


def test_the_signs_of_the_table_count_where_they_are_known():
    assert kind_of(["1,5", "2,5"], signs=Signs(".", "")) == "word"
    assert kind_of(["1,5", "2,5"], signs=Signs(",", "")) == "number"


def test_words_for_a_missing_value_are_no_words_of_the_column():
    assert kind_of(["closed", "1", "2"], na=("closed",)) == "number"
    assert kind_of(["yes", "unknown", "no"], na=("unknown",)) == "truth"


def test_truth_becomes_one_and_zero():
    assert np.array_equal(parse_truth(["Yes", "no ", "NA"]), [1, 0, np.nan], equal_nan=True)
    assert np.array_equal(parse_truth(["nein", "?", "ja"], na=("?",)), [0, np.nan, 1], equal_nan=True)
