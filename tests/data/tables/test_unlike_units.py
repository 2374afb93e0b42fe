"""Units of one kind in a column, debits and credits, flags and ranges behind numbers, and unlike units."""

import numpy as np
import pytest

from rnncli.data.tables.column_kinds import kind_of
from rnncli.data.tables.looks import look_of
from rnncli.data.tables.numbers import parse_numbers, unit_of
from rnncli.data.tables.signs import Signs
from rnncli.data.tables.table import Look
from rnncli.data.tables.unit_families import between
from rnncli.data.tables.units import parts_of
from rnncli.data.tables.unlike_units import unlike_units
from rnncli.errors import DataError

POINT = Signs()


def numbers(*cells, signs=POINT):
    """The numbers of a column that is taken for one of numbers."""
    assert kind_of(np.array(cells)) == "number"
    return parse_numbers(np.array(cells), str, signs).tolist()


@pytest.mark.parametrize(
    ("cells", "values", "note"),
    [
        (("1.5 kWh", "924 Wh", "1.25 kWh"), [1.5, 0.924, 1.25], "Wh read as 0.001 kWh"),
        (("500 MB", "1.5 GB", "2 MB"), [500, 1500, 2], "GB read as 1000 MB"),
        (("5 KiB", "512 B", "1 KiB"), [5, 0.5, 1], "B read as 0.0009765625 KiB"),
        (("500 W", "1.5 kW", "250 W"), [500, 1500, 250], "kW read as 1000 W"),
        (("2 kg", "500 g", "1 kg"), [2, 0.5, 1], "g read as 0.001 kg"),
        (("800 m", "1.5 km", "900 m"), [800, 1500, 900], "km read as 1000 m"),
    ],
)
def test_units_of_one_kind_become_the_most_frequent_one(cells, values, note):
    assert numbers(*cells) == pytest.approx(values, rel=1e-12)
    assert note in unit_of(np.array(cells))


def test_forecasts_of_mixed_units_are_written_in_the_most_frequent_one():
    assert look_of(["1.25 kWh", "924 Wh", "1.50 kWh"], POINT) == Look(("", " kWh"), ("-", " kWh"), 1.0, 2)


def test_debits_are_negative_and_written_so():
    cells = "4,964.03 Cr", "152.18 Dr", "1.00 Cr"
    assert numbers(*cells, signs=Signs(".", ",")) == [4964.03, -152.18, 1.0]
    assert unit_of(np.array(cells)) == "Dr read as negative"
    assert look_of(cells, Signs(".", ",")) == Look(("", " Cr"), ("", " Dr"), 1.0, 2)
    assert numbers("5 Dr", "6 Dr") == [-5, -6]
    assert look_of(["5 Dr", "6 Dr"], POINT).positive == ("", " Cr")


def test_letters_are_debits_only_beside_credits():
    assert numbers("100 H", "50 S") == [100, -50] and numbers("100 S", "50 S") == [100, 50]
    assert numbers("100 D", "50 C") == [-100, 50] and numbers("12 Cr", "5 Cr") == [12, 5]


def test_flags_right_behind_numbers_and_in_brackets_are_dropped():
    cells = "97.8", "106.0*", "102.2 (p)", "106.6r", "100.9e", "95 [r]"
    assert numbers(*cells) == [97.8, 106, 102.2, 106.6, 100.9, 95]
    assert unit_of(np.array(cells)) == "(p) and [r] and * and e and r dropped"
    assert look_of(cells, POINT).positive == ("", "")


def test_of_a_number_with_a_range_in_brackets_the_number_is_taken():
    cells = "12.3 (10-14)", "-2.5 (-4 to -1)", "5.1 [1.2; 7]"
    assert numbers(*cells) == [12.3, -2.5, 5.1]
    assert unit_of(np.array(cells)) == "ranges in brackets behind a number, as 2 (1-3), left out"
    assert look_of(cells, POINT) == Look(("", ""), ("-", ""), 1.0, 1)


def test_a_second_number_in_brackets_is_refused():
    with pytest.raises(DataError, match="not a number"):
        parse_numbers(["5.5", "6 (2)"], str)


def test_unlike_units_are_named_with_their_first_rows():
    cells = np.array(["€1", "$2", "$3", "€4"])
    assert kind_of(cells) == "word" and unlike_units(cells, str) == "'€1' in 0, '$2' in 1"
    assert unlike_units(np.array(["1 kWh", "2 Wh", "3 kWh", "4 Wh"]), str) == ""
    assert unlike_units(np.array(["€1", "€2", "word", "$3", "$3"]), str) == ""


@pytest.mark.parametrize(
    ("unit", "other", "factor"), [("Wh", "kWh", 1e-3), ("kg", "g", 1e3), ("€", "$", 1), ("", "W", 1)]
)
def test_what_turns_one_unit_into_another(unit, other, factor):
    assert between(unit, other) == factor


def test_numbers_with_all_digits_of_a_float_have_no_decimals_of_their_own():
    cells = ["97.83972507999999", "102.45922572274256", "9.5"]
    assert look_of(cells, POINT).decimals is None and look_of(["97.839725", "9.123456"], POINT).decimals == 6


def test_bytes_beside_larger_units_are_no_billions():
    assert numbers("5 kB", "512 B", "1 kB") == pytest.approx([5, 0.512, 1], rel=1e-12)


@pytest.mark.parametrize(
    ("cell", "body"), [("(41,024)", "41,024"), ("$(41,734)", "41,734"), ("(0,5)", "0,5"), ("(1.234,5) €", "1.234,5")]
)
def test_a_number_in_brackets_is_negative_and_no_remark_on_one(cell, body):
    parts = parts_of(cell)
    assert parts is not None and parts.body == body and parts.negative and parts.accounting and not parts.remark
