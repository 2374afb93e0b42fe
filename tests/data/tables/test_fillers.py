"""Numbers that stand for a missing value are told with the option that reads them so; plausible numbers are not."""

import numpy as np
import pytest

from rnncli.data.tables.fillers import filler_notes

DAILY = [f"{10 + (7 * k) % 13}.5" for k in range(100)]  # 10.5 to 22.5


def notes(**columns):
    """The notes of columns of cells."""
    numbers = {name: np.array([float(cell or "nan") for cell in cells]) for name, cells in columns.items()}
    return filler_notes(numbers, {name: np.array(cells, np.dtypes.StringDType()) for name, cells in columns.items()})


@pytest.mark.parametrize("filler", ["-200", "-999", "-9999", "9999", "-99.9", "999.9", "-999.00", "-32768", "8888"])
def test_a_repeated_number_far_from_all_others_is_told_with_its_option(filler):
    (note,) = notes(y=[*DAILY, filler, "", filler, "12.5"])
    assert note == (
        f"{float(filler):.15g} stands 2 times in y, far from all other numbers; "
        f"if it means a missing value: --na={filler}"
    )


def test_a_number_of_several_columns_and_spellings_is_told_once():
    (note,) = notes(a=[*DAILY, "-999", "-999.0"], b=DAILY + ["1", "2"], c=["-999"] * 3 + DAILY[3:] + ["1", "2"])
    assert note.startswith("-999 stands 5 times in a, c") and note.endswith("--na=-999,-999.0")


def test_the_only_negative_number_of_a_column_of_large_ones_is_told():
    assert "-200 stands 3 times" in notes(y=[str(650 + 13 * k) for k in range(100)] + ["-200"] * 3)[0]


@pytest.mark.parametrize(
    "ends",
    [
        ["-200"],  # once
        ["57", "57"],  # nobody writes it for a missing value
        ["24.5", "24.5"],
        ["99", "99", "60", "-30"],  # not far from the others
        ["-200", "-200", "-180"],
        ["1000", "1000"],
    ],
)
def test_plausible_numbers_are_not_told(ends):
    assert notes(y=DAILY + ends) == ()
    assert notes(y=["0", "9999", "0", "9999"], z=["", "", "", ""]) == ()


def test_a_number_with_a_decimal_comma_has_no_option_that_could_name_it():
    assert (
        filler_notes(
            {"y": np.array([1.0, 2.0, 3.0, -99.9, -99.9])},
            {"y": np.array(["1", "2", "3", "-99,9", "-99,9"], np.dtypes.StringDType())},
        )
        == ()
    )
