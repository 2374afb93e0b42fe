"""Numbers: what was written is what is read, and any cell that is no number is named with its line."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.tables import numbers as module
from rnncli.data.tables.numbers import LARGEST, is_missing, number_pattern, parse_numbers
from rnncli.errors import ConfigError, DataError

CAREFUL = (" NA ",)  # a gap with blanks around it: the column is read cell by cell
FINITE = st.floats(-LARGEST, LARGEST)
NOT_NUMBERS = (
    "inf",
    "-Infinity",
    "1e301",
    "-1e308",
    "1e400",
    "1,5",
    "1 234",
    "1,234.5",
    "12%",
    "twelve",
    "1_000",
    "0x10",
    "--",
    "1.5.2",
    "1e",
    "e5",
    ".",
    "+",
    "\u0661\u0662",
    "\u22125",
    "5\u20ac",
    "N/A",
    "true",
    "2020-01-01",
    "nan(1)",
)


def where(row):
    return f"sales.csv:{row + 2}, column y"


def parse(*texts, **signs):
    return parse_numbers(list(texts), where, **signs)


def refusal(*texts, **signs):
    """(message, hint) of the DataError for these cells."""
    with pytest.raises(DataError) as caught:
        parse(*texts, **signs)
    return str(caught.value), caught.value.hint


@given(st.lists(FINITE, min_size=1), st.sampled_from([(), ("NA",), CAREFUL]))
def test_what_repr_writes_is_read_back_to_the_last_bit(values, gap):
    read = parse(*map(repr, values), *gap)[: len(values)]
    assert read.dtype == np.float64 and read.tobytes() == np.array(values).tobytes()


@pytest.mark.parametrize("gap", [(), ("NA",), CAREFUL])
@pytest.mark.parametrize("culprit", NOT_NUMBERS)
def test_what_is_no_number_is_refused_on_every_way_through(culprit, gap):
    assert refusal("1", culprit, *gap)[0].startswith(f"sales.csv:3, column y: {culprit!r} is ")


@given(st.lists(FINITE.map(repr) | st.sampled_from(["", "NA", " 7 "])), st.sampled_from(NOT_NUMBERS), st.data())
def test_a_cell_that_is_no_number_is_named_wherever_it_stands(texts, culprit, data):
    row = data.draw(st.integers(0, len(texts)))
    message, hint = refusal(*texts[:row], culprit, *texts[row:])
    assert message.startswith(f"sales.csv:{row + 2}, column y: {culprit!r} is ")
    assert hint


@given(st.lists(st.sampled_from(NOT_NUMBERS), min_size=2, max_size=4), st.integers(0, 5))
def test_of_several_the_first_is_named(culprits, before):
    assert refusal(*["1"] * before, *culprits)[0].startswith(f"sales.csv:{before + 2}, column y: {culprits[0]!r} is ")


@given(st.integers(-(10**12), 10**12), st.integers(0, 99), st.sampled_from(module.WAYS))
def test_other_signs_are_read_when_they_are_given(whole, cents, way):
    decimal, thousands = way
    written = f"{whole:,}.{cents:02}".translate(str.maketrans({",": thousands, ".": decimal}))
    expected = float(f"{whole}.{cents:02}")
    assert parse(written, decimal=decimal, thousands=thousands).item() == expected
    ungrouped = f"{whole}{decimal}{cents:02}"
    assert parse(ungrouped, "", decimal=decimal, thousands=thousands)[0] == expected


@pytest.mark.parametrize("text", ["", "  ", "NA", "na", "NaN", "nan", "-nan", "null", "NULL", "None", "-", " - "])
def test_missing_values_become_nan_and_their_neighbours_stay(text):
    assert np.array_equal(parse("1", text, "3"), [1, np.nan, 3], equal_nan=True)
    assert is_missing(text)


def test_what_stands_for_no_value_is_not_guessed():
    assert not any(is_missing(text) for text in ("0", "--", "N/A", "?", "missing", "inf"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("+5", 5),
        ("-0", -0.0),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1E-3", 0.001),
        (" 7\n", 7),
        ("007", 7),
        ("1e150", 1e150),
        ("-1e150", -1e150),
        ("1e-400", 0),
        ("\u00a07", 7),
    ],
)
def test_the_ways_to_write_a_number(text, value):
    assert parse(text, "1")[0] == value == parse(text, *CAREFUL)[0]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,5", "write a decimal point and nothing between thousands, as in 1234.5, or give `--decimal ,`"),
        ("1,234", "or give `--decimal ,` or `--thousands ,`"),
        ("1,234.5", "or give `--thousands ,`"),
        ("1.234,5", "or give `--decimal , --thousands .`"),
        ("1 234", "or give `--thousands ' '`"),
        ("1\u202f234,5", "or give `--decimal , --thousands ' '`"),
        ("12%", "remove the sign in the whole column"),
        ("12 %", "remove the sign in the whole column"),
        ("inf", "write a finite number, or leave the cell empty"),
        ("1e308", "or use a larger unit"),
        ("twelve", "a missing value is an empty cell, NA, NaN, null, None or -"),
    ],
)
def test_the_hint_says_what_to_do(text, hint):
    assert refusal("1", text)[1].endswith(hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2.5", "as in 1234,5, or give neither `--decimal` nor `--thousands`"),
        ("2.500", "or give neither `--decimal` nor `--thousands` or `--decimal , --thousands .`"),
        ("2 500", "as in 1234,5, or give `--decimal , --thousands ' '`"),
    ],
)
def test_with_a_decimal_comma_other_signs_are_refused(text, hint):
    message, found = refusal("1,5", text, decimal=",")
    assert message == f"sales.csv:3, column y: {text!r} is not a number"
    assert found.startswith("write a decimal comma and nothing between thousands") and found.endswith(hint)


@pytest.mark.parametrize("text", ["1,23", "12,34,567", "1234,567", ",234", "1,234,", "1,2345"])
def test_thousands_stand_in_groups_of_three(text):
    assert "is not a number" in refusal("1,234", text, thousands=",")[0]


def test_no_break_spaces_group_thousands_as_plain_ones_do():
    assert parse("1 234", "1\u00a0234", "1\u202f234 567", thousands=" ").tolist() == [1234, 1234, 1234567]


def test_a_column_without_any_number_is_reported():
    message, hint = refusal("NA", "", "-")
    assert message == "sales.csv:2, column y: from here on every value is missing, 3 in all" and "remove" in hint
    assert "every value is missing" in refusal("nan")[0]  # also on the fast path


def test_no_cells_are_no_numbers():
    assert parse().shape == (0,)


def test_a_long_cell_is_cut_and_control_characters_are_escaped():
    message, _ = refusal("x" * 1000)
    assert f"'{'x' * module.SHOWN}...'" in message and len(message) < 100
    assert "'\\x1b[31m'" in refusal("\x1b[31m")[0]


@pytest.mark.parametrize(("decimal", "thousands"), [(";", ""), ("", ""), (".", "_"), (",", ","), (".", ".")])
def test_signs_that_cannot_be_used_are_a_configuration_error(decimal, thousands):
    with pytest.raises(ConfigError, match="--(decimal|thousands)") as caught:
        parse("1", decimal=decimal, thousands=thousands)
    assert re.search("allowed|different", caught.value.hint)


@given(st.text(alphabet="0123456789+-.eE_ ,xinfa", max_size=8))
def test_the_fast_and_the_careful_way_agree(text):
    def outcome(*texts):
        try:
            return repr(parse("0", text, *texts)[:2].tolist())  # nan has a sign, which says nothing
        except DataError as error:
            return str(error)

    assert outcome() == outcome("NA") == outcome(*CAREFUL)


@given(FINITE)
def test_the_pattern_knows_what_repr_writes(value):
    assert number_pattern().fullmatch(repr(value))
