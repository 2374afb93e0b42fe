"""The signs of a table's numbers: found where the cells decide, asked where they do not."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.tables.found_signs import ASKED, NOTED, SAMPLE, SURE, doubt_of_points, find_signs
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.numbers import parse_numbers
from rnncli.data.tables.reading import Reading
from rnncli.data.tables.signs import WAYS, Signs
from rnncli.errors import DataError


def where(row, column):
    return f"sales.csv:{row + 2}, column {column}"


def found(*columns, **given):
    return find_signs({f"y{k}": cells for k, cells in enumerate(columns)}, where, Reading(**given))[0]


@pytest.mark.parametrize(
    ("columns", "signs"),
    [
        ([["1", "2"]], Signs(".", "")),
        ([["1.5", "2"]], Signs(".", "")),
        ([["12,5", "2"]], Signs(",", "")),
        ([["1.234,5", "2"]], Signs(",", ".")),
        ([["1,234.5", "2"]], Signs(".", ",")),
        ([["1,234,567", "2"]], Signs(".", ",")),
        ([["1.234.567", "2"]], Signs(",", ".")),
        ([["1 234", "2"]], Signs(".", " ")),
        ([["1\u202f234,5", "2"]], Signs(",", " ")),
        ([["1'234.5", "2"]], Signs(".", "'")),
        ([["12,5"], ["1.234", "5.678"]], Signs(",", ".")),  # one column decides for another
        ([["1.5"], ["1,234", "5,678"]], Signs(".", ",")),
        ([["1,234", "0,985"]], Signs(",", "")),  # no group begins with a lone 0
        ([["1.234", "0.985"]], Signs(".", "")),
        ([["1,234", "985", "912"]], Signs(".", ",")),  # three decimals would not stop at 1,000
        ([["1.234", "985", "912", "77"]], Signs(",", ".")),
        ([["1.234", "5.678"]], Signs(".", "")),
        ([["\u20ac1.234,50", "\u20ac2,00"]], Signs(",", ".")),
        ([["1.5"] * 20 + ["1,5"]], Signs(".", "")),  # an odd cell, which is reported where it stands
    ],
)
def test_the_cells_of_all_columns_decide_together(columns, signs):
    assert found(*columns) == signs


@pytest.mark.parametrize("columns", [[["1,234", "5,678"]], [["1,234"], ["1.234"]], [["7"], ["1,234", "0"]]])
def test_a_comma_that_may_be_either_sign_is_asked_for_and_both_remedies_work(columns):
    with pytest.raises(DataError) as caught:
        found(*columns)
    assert "'1,234' may be 1234 or 1.234" in str(caught.value)
    assert caught.value.hint == "give `--thousands ,` for 1234, or `--decimal ,` for 1.234"
    assert re.match(r"sales\.csv:2, column y\d:", str(caught.value))
    assert found(*columns, thousands=",") == Signs(".", ",")
    assert found(*columns, decimal=",").decimal == ","


def test_a_point_is_asked_for_where_it_often_groups_thousands_and_both_remedies_work():
    cells = {"y": ["2.100", "7.464", "12.030"]}
    with pytest.raises(DataError) as caught:
        find_signs(cells, where, Reading(), points=ASKED)
    assert "'2.100' may be 2100 or 2.100, as may every number with a point here" in str(caught.value)
    assert caught.value.hint == "give `--thousands .` for 2100, or `--decimal .` for 2.100"
    assert find_signs(cells, where, Reading(thousands="."), points=ASKED)[0] == Signs(",", ".")
    assert find_signs(cells, where, Reading(decimal="."), points=ASKED)[0] == Signs(".")
    assert find_signs(cells, where, Reading())[0] == Signs(".")


@pytest.mark.parametrize("cells", [["2.100", "7.5"], ["2.100", "0.985"], ["2.1", "7.464"], ["2.1004", "7.464"]])
def test_one_number_that_cannot_have_thousands_decides_for_points(cells):
    assert find_signs({"y": cells}, where, Reading(), points=ASKED)[0] == Signs(".")


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("d;y\n1.12.2024;2\n", ASKED),
        ("d\ty\n1.12.2024\t2\n", ASKED),
        ("d;y\n2024-12-01;2\n", NOTED),
        ("d,y\n1.12.2024,2\n", SURE),
        ("d,y\n2024-12-01,2.5\n", SURE),
    ],
)
def test_dotted_dates_show_where_points_group_and_semicolons_where_they_may(tmp_path, text, points):
    (tmp_path / "a.csv").write_text(text)
    assert doubt_of_points(read_frame([str(tmp_path / "a.csv")])) == points


def test_a_point_that_may_group_is_noted_with_the_option_that_makes_it_so():
    cells = {"y": ["2.100", "7.464"]}
    note = ("numbers such as 1.234 are read as 1 and a fraction; if they mean 1234: --thousands .",)
    assert find_signs(cells, where, Reading(), points=NOTED) == (Signs("."), note)
    assert find_signs(cells, where, Reading(decimal="."), points=NOTED) == (Signs("."), ())
    assert find_signs({"y": ["2.100", "7.5"]}, where, Reading(), points=NOTED) == (Signs("."), ())


def test_given_signs_are_taken_and_the_other_is_found():
    assert found(["1.234,5"], decimal=",") == Signs(",", ".")
    assert found(["1,5"], thousands="") == Signs(",", "")
    assert found(["1,5"], decimal=".", thousands="'") == Signs(".", "'")
    assert found(["1,234"], decimal=".") == Signs(".", ",")


def test_what_was_found_is_told_with_the_options_that_change_it():
    _, notes = find_signs({"y": ["1.234,5"]}, where, Reading())
    assert notes == ("numbers are written as 1.234,5 (otherwise: --decimal, --thousands)",)
    assert find_signs({"y": ["1234.5"]}, where, Reading())[1] == ()


def test_a_sign_that_only_one_late_cell_of_a_long_column_has_is_seen():
    cells = np.array(["12"] * (3 * SAMPLE) + ["1,234.5"] + ["7"] * SAMPLE, np.dtypes.StringDType())
    assert found(cells) == Signs(".", ",")


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 99)), min_size=1), st.sampled_from(WAYS))
def test_numbers_with_two_decimals_are_read_as_they_were_meant(pairs, way):
    to_way = str.maketrans({",": way.thousands, ".": way.decimal})
    cells = [f"{whole:,}.{cents:02}".translate(to_way) for whole, cents in pairs]
    read = parse_numbers(cells, lambda row: where(row, "y"), found(cells))
    assert read.tolist() == [float(f"{whole}.{cents:02}") for whole, cents in pairs]


def test_columns_beside_decide_what_those_that_are_read_leave_open():
    cells = {"y": ["4.709", "2.702"]}
    assert find_signs(cells, where, Reading(), beside={"rate": ["42,98", "48,15"]})[0] == Signs(",", ".")
    assert find_signs(cells, where, Reading(), beside={"rate": ["42.98", "48.15"]})[0] == Signs(".")
    assert find_signs(cells, where, Reading(), beside={"word": ["a,b", "c"]})[0] == Signs(".")
    assert find_signs({"y": ["8:55", "7:51"]}, where, Reading(), beside={"rate": ["42,98"]})[0].decimal == ","


@pytest.mark.parametrize("points", [NOTED, ASKED])
def test_a_comma_stands_before_decimals_where_none_stands_between_cells(points):
    signs, notes = find_signs({"y": ["81,080", "92,288"]}, where, Reading(), points=points)
    assert signs == Signs(",")
    assert notes == ("numbers such as 1,234 are read as 1 and a fraction; if they mean 1234: --thousands ,",)
    assert find_signs({"y": ["81,080"]}, where, Reading(decimal=","), points=points)[1] == ()
