"""Numbers: what was written is what is read, and any cell that is no number is named with its line."""

import re
import shlex

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.tables import numbers as module
from rnncli.data.tables.column_kinds import kind_of
from rnncli.data.tables.numbers import LARGEST, is_missing, number_pattern, odd_cells, parse_numbers, unit_of
from rnncli.data.tables.signs import WAYS, Signs
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
    "twelve",
    "1_000",
    "0x10",
    "1.5.2",
    "e5",
    "+",
    "\u0661\u0662",
    "true",
    "2020-01-01",
    "nan(1)",
)


def where(row):
    return f"sales.csv:{row + 2}, column y"


def parse(*texts, na=(), **signs):
    return parse_numbers(list(texts), where, Signs(**signs), na)


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


@given(st.integers(-(10**12), 10**12), st.integers(0, 99), st.sampled_from(WAYS))
def test_other_signs_are_read_when_they_are_given(whole, cents, way):
    decimal, thousands = way.decimal, way.thousands
    written = f"{whole:,}.{cents:02}".translate(str.maketrans({",": thousands, ".": decimal}))
    expected = float(f"{whole}.{cents:02}")
    assert parse(written, decimal=decimal, thousands=thousands).item() == expected
    ungrouped = f"{whole}{decimal}{cents:02}"
    assert parse(ungrouped, "", decimal=decimal, thousands=thousands)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "NA",
        "na",
        "NaN",
        "nan",
        "-nan",
        "null",
        "NULL",
        "None",
        "-",
        " - ",
        "N/A",
        "#N/A",
        "<NA>",
        "--",
        "?",
        "..",
        "n.a.",
        "#DIV/0!",
        "\u2013",
    ],
)
def test_missing_values_become_nan_and_their_neighbours_stay(text):
    assert np.array_equal(parse("1", text, "3"), [1, np.nan, 3], equal_nan=True)
    assert is_missing(text)


def test_what_stands_for_no_value_is_not_guessed():
    assert not any(is_missing(text) for text in ("0", "inf", "x", "closed", "-1", "-999"))


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
        ("\u22125", -5),
        ("(5)", -5),
        ("5-", -5),
        ("- 5", -5),
    ],
)
def test_the_ways_to_write_a_number(text, value):
    assert parse(text, "1")[0] == value == parse(text, *CAREFUL)[0]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "1,5",
            "write a decimal point and nothing between thousands, as in 1234.5, or give `--decimal ,`",
        ),
        ("1,234", "or give `--decimal ,` or `--thousands ,`"),
        ("1,234.5", "or give `--thousands ,`"),
        ("1.234,5", "or give `--decimal , --thousands .`"),
        ("1 234", "or give `--thousands space` or `--decimal , --thousands space`"),
        ("1\u202f234,5", "or give `--decimal , --thousands space`"),
        ("inf", "write a finite number, or leave the cell empty"),
        ("1e308", "or use a larger unit"),
        ("twelve", "if a value is missing: an empty cell, or --na twelve"),
    ],
)
def test_the_hint_says_what_to_do(text, hint):
    assert refusal("1", text)[1].endswith(hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2.5", "as in 1234,5, or give `--decimal .`"),
        ("2.500", "or give `--decimal .` or `--decimal , --thousands .`"),
        ("2 500", "or give `--thousands space` or `--decimal , --thousands space`"),
    ],
)
def test_with_a_decimal_comma_other_signs_are_refused(text, hint):
    message, found = refusal("1", text, decimal=",")
    assert message == f"sales.csv:3, column y: {text!r} is not a number"
    assert found.startswith("write a decimal comma and nothing between thousands") and found.endswith(hint)


@pytest.mark.parametrize("text", ["1,23", "12,34,56", "1234,567", ",234", "1,234,", "1,2345"])
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


@pytest.mark.parametrize(
    ("decimal", "thousands"), [(";", ""), ("", ""), (".", "_"), (".", "1"), (".", "--"), (",", ","), (".", ".")]
)
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


def test_groups_of_two_before_the_last_three_are_read_as_in_india():
    assert parse("12,34,567", "1,234", thousands=",").tolist() == [1234567, 1234]


@pytest.mark.parametrize(
    ("cells", "values", "told"),
    [
        (["12%", "7.5 %"], [12, 7.5], "% dropped"),
        (
            ["$1,234.50", "($5.00)", "-$3"],
            [1234.5, -5, -3],
            "$ dropped, numbers in brackets or before a minus, as (5) and 5-, read as negative",
        ),
        (["EUR 5", "EUR 7"], [5, 7], "EUR dropped"),
        (
            ["$(5.00)", "$ (4)", "$3"],
            [-5, -4, 3],
            "$ dropped, numbers in brackets or before a minus, as (5) and 5-, read as negative",
        ),
        (
            ["(5)%", "7%", "(8%)"],
            [-5, 7, -8],
            "% dropped, numbers in brackets or before a minus, as (5) and 5-, read as negative",
        ),
        (["5\u00a0\u20ac", "7 \u20ac"], [5, 7], "\u20ac dropped"),
        (["R$ 1", "R$ 2"], [1, 2], "R$ dropped"),
        (["Rs.500", "Rs.70"], [500, 70], "Rs. dropped"),
        (["$.50", "$1"], [0.5, 1], "$ dropped"),
        (
            ["1.5K", "3M", "950", "2B"],
            [1500, 3e6, 950, 2e9],
            "B read as 1,000,000,000, K read as 1,000, M read as 1,000,000",
        ),
        (
            ["1.5 Mio. \u20ac", "2 Mrd. \u20ac"],
            [1.5e6, 2e9],
            "\u20ac dropped, Mio. read as 1,000,000, Mrd. read as 1,000,000,000",
        ),
        (["3 kg", "4 kg", "NA"], [3, 4, np.nan], "kg dropped"),
        (["21.5\u00b0C", "-3\u00b0C"], [21.5, -3], "\u00b0C dropped"),
        (["5m", "7m"], [5, 7], "m dropped"),
        (["1", "2.5"], [1, 2.5], ""),
    ],
)
def test_a_unit_of_the_whole_column_is_understood_and_told(cells, values, told):
    assert np.array_equal(parse(*cells, thousands=","), values, equal_nan=True)
    assert unit_of(cells) == told


@pytest.mark.parametrize("odd", ["13", "13 lb", "$13"])
def test_a_number_with_another_unit_than_its_column_is_refused(odd):
    message, hint = refusal("12%", odd, "14%")
    assert message == f"sales.csv:3, column y: {odd!r} has another unit than the other cells, which are written as 1%"
    assert hint == "write all numbers of the column alike"


def test_all_odd_cells_of_a_column_can_be_had_at_once():
    assert odd_cells(["1", "x", "", "2", "1e999", "1,5", "inf"]) == [1, 4, 5, 6]
    assert odd_cells(["1", "2"]) == [] == odd_cells(["1,5", "", "2"], Signs(","))
    assert "'x' is not a number (2 such cells)" in refusal("1", "x", "2", "y")[0]


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["1", "closed", "2", "no sale", "closed"], "--na 'closed,no sale'"),
        (["1", "$?"], "--na '$?'"),
        (["1", "1,5"], "--decimal ,"),
        (["1.5", "1,5"], ""),  # no sign suits both
        (["1", "1,234"], ""),  # two would do
        (["1", "a", "b", "c", "d"], ""),
        (["1", "1e999"], ""),
    ],
)
def test_an_odd_cell_comes_with_the_options_that_cure_the_whole_column(cells, options):
    with pytest.raises(DataError) as caught:
        parse(*cells)
    assert caught.value.options == options
    if options.startswith("--na"):
        words = tuple(shlex.split(options)[1].split(","))
        assert np.isfinite(parse(*cells, na=words)).sum() == sum(cell not in words for cell in cells)


def test_further_words_for_a_missing_value_count_whatever_they_look_like():
    assert np.array_equal(parse("1", "-999", "closed", na=("-999", "CLOSED")), [1, np.nan, np.nan], equal_nan=True)


@pytest.mark.parametrize("cells", [["1.5", "-2e3", "nan"], ["1.5", "", "3"], ["$1", "", "$3"], ["(1)", "2", "?"]])
def test_an_array_of_texts_is_read_as_a_list_is(cells):
    array = np.array(cells, np.dtypes.StringDType())
    assert np.array_equal(parse_numbers(array, where), parse(*cells), equal_nan=True)


def test_flags_of_statistical_offices_and_signs_of_bounds_are_dropped_and_told():
    cells = ["12.5", "13.1 p", "<1", "14 b", "15", "16.25", "≥ 2", ": "]
    assert parse_numbers(cells, str).tolist()[:7] == [12.5, 13.1, 1, 14, 15, 16.25, 2]
    assert unit_of(cells) == "b and p dropped, numbers with < or ≥ read as their bound"


def test_cells_may_all_have_flags_and_missing_ones_too():
    cells = ["12.1 p", "13 e", "14 be", ": c", ":u", "15*"]
    assert np.array_equal(parse_numbers(cells, str), [12.1, 13, 14, np.nan, np.nan, 15], equal_nan=True)
    assert unit_of(cells) == "* and be and e and p dropped"
    assert parse_numbers(["1,5*", "2"], str, Signs(",")).tolist() == [1.5, 2]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["$ 5.00", "$ -", "$ (3)"], [5, 0, -3]),
        (["5 €", "- €", "7 €"], [5, 0, 7]),
        (["£1", " £–  ", "-"], [1, 0, np.nan]),
    ],
)
def test_a_dash_beside_the_currency_is_0_as_accountants_write_it(cells, values):
    assert np.array_equal(parse_numbers(cells, str), values, equal_nan=True)
    assert "- beside the currency read as 0" in unit_of(cells) and kind_of(cells) == "number"


@pytest.mark.parametrize("cells", [["1 s", "2 s", "3 d"], ["1", "2", "3p"], ["1", "2", "3 q"], ["1", "2", "<"]])
def test_other_words_behind_a_number_are_no_flags(cells):
    with pytest.raises(DataError):
        parse_numbers(cells, str)
