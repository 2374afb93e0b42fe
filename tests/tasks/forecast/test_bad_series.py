"""Tables that cannot be learnt from: every one is refused with its place, what was found and what to do, or mended by a
policy that is named and told."""

from pathlib import Path

import pytest

from rnncli.config import load_config, read_settings
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast.data import load_series, load_training

SIZES = {"forecast.horizon": 3, "forecast.window": 6, "forecast.season": 24, "series.val_size": 3.0}
DAYS = [f"2024-01-{day:02},{day * 1.5}" for day in range(1, 31)]


@pytest.fixture
def load(tmp_path, monkeypatch):
    """load(lines, **settings): the SeriesData of a table in sales.csv; lines may be a text."""
    monkeypatch.chdir(tmp_path)

    def loaded(lines, **settings):
        Path("sales.csv").write_text(lines if isinstance(lines, str) else "\n".join(lines) + "\n")
        paths = {
            name.replace("__", ".") if "__" in name else f"series.{name}": value for name, value in settings.items()
        }
        return load_training(read_settings(overrides={"data.files": ("sales.csv",), **paths}))

    return loaded


def table(**changed):
    """The lines of a good daily table, some of them changed: l5="2024-01-04,nan" is line 5 of the file."""
    lines = ["ds,y", *DAYS]
    for name, line in changed.items():
        lines[int(name[1:]) - 1] = line
    return lines


def refusal(load, lines, **settings):
    """(message, hint) of the DataError that a table ends with; exit 3."""
    with pytest.raises(DataError) as error:
        load(lines, **settings)
    assert error.value.exit_code == 3 and error.value.hint
    return str(error.value), error.value.hint


def test_a_good_table_is_read(load):
    assert len(load(table()).panel.series[0]) == 30


# ---- values


@pytest.mark.parametrize("cell", ["NaN", "", "NA", "null", "-"])
def test_a_missing_value_counts_for_nothing_and_is_told_with_the_policies(load, cell):
    data = load(table(l5=f"2024-01-04,{cell}"))
    assert data.notes[:2] == (
        "y: 1 of 30 values are missing",
        "missing values are masked; --fill ffill, linear or seasonal fills them",
    )


def test_a_column_of_missing_values_is_refused(load):
    message, hint = refusal(load, ["ds,y"] + [f"2024-01-{day:02},nan" for day in range(1, 31)])
    assert message == "sales.csv:2, column y: from here on every value is missing, 30 in all"


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "+INF"])
def test_an_infinite_value_is_refused(load, cell):
    message, hint = refusal(load, table(l7=f"2024-01-06,{cell}"))
    assert message == f"sales.csv:7, column y: '{cell}' is infinite" and "leave the cell empty" in hint


@pytest.mark.parametrize("cell", ["1e308", "-1e308", "1e999"])
def test_a_value_whose_square_overflows_is_refused(load, cell):
    message, hint = refusal(load, table(l7=f"2024-01-06,{cell}"))
    assert message == f"sales.csv:7, column y: '{cell}' is beyond 1e+150 in magnitude" and "larger unit" in hint


def test_a_decimal_comma_is_refused_with_the_option_for_it(load):
    message, hint = refusal(load, table(l3='2024-01-02,"1,5"'))
    assert message == "sales.csv:3, column y: '1,5' is not a number" and "a decimal point" in hint
    commas = ["ds;y", *(line.replace(",", ";").replace(".", ",") for line in DAYS)]
    assert load(commas, table__decimal=",").panel.series[0].y[2, 0] == 4.5


def test_thousands_separators_are_found_and_can_be_given(load):
    for given in ({}, {"table__thousands": ","}):
        assert load(table(l3='2024-01-02,"1,234.5"'), **given).panel.series[0].y[1, 0] == 1234.5


@pytest.mark.parametrize(
    "layout, lines, place",
    [
        (
            "wide",
            ["ds,north,south", *(f"2024-01-{day:02},{day},{'x' if day == 3 else day}" for day in range(1, 31))],
            "sales.csv:4, column south",
        ),
        ("rows", ["id,1,2,3,4", "a,1,2,3,4", "b,1,x"], "sales.csv:3, column 2"),
        ("rows", ["id,1,2,3,4", "a,1,2,3,4", "b,x,1"], "sales.csv:3, column 1"),
    ],
)
def test_what_is_no_number_has_its_place_in_every_layout(load, layout, lines, place):
    assert refusal(load, lines, layout=layout)[0] == f"{place}: 'x' is not a number"


@pytest.mark.parametrize(
    "layout, lines, place",
    [
        ("long", table(l6="2024-01-05,0"), "sales.csv:6, column y: y is 0"),
        ("rows", ["id,1,2,3,4", "a,1,2,3,4", "b,1,-5,1"], "sales.csv:3, column 2: the value is -5"),
    ],
)
def test_a_value_without_logarithm_is_refused_where_one_is_taken(load, layout, lines, place):
    assert refusal(load, lines, layout=layout, forecast__log=True)[0] == f"{place}, which has no logarithm"


@pytest.mark.parametrize("cell, value", [("2.5", "2.5"), ("-1", "-1")])
def test_what_is_no_count_is_refused_where_counts_are_learnt(load, cell, value):
    counts = ["ds,y", *(f"2024-01-{day:02},{cell if day == 9 else day}" for day in range(1, 31))]
    message, hint = refusal(load, counts, forecast__loss="negative-binomial")
    assert message == f"sales.csv:10, column y: y is {value}, which is not a count" and "student-t" in hint


# ---- stamps


def test_duplicate_stamps_are_refused_or_mended_as_asked_and_told(load):
    doubled = table(l6="2024-01-04,99")
    message, hint = refusal(load, doubled, duplicates="error")
    assert message == "sales.csv:6, column ds: the same stamp as sales.csv:5, column ds"
    assert "--duplicates first|last|mean" in hint
    data = load(doubled, duplicates="mean")
    assert data.notes[0] == "1 duplicate stamp, averaged, first at sales.csv:6, column ds; 1 gap at 2024-01-05"
    assert data.panel.series[0].y[3, 0] == (6 + 99) / 2


def test_unsorted_stamps_are_refused_or_sorted_and_told(load):
    swapped = table(l6="2024-01-06,1", l7="2024-01-05,2")
    message, hint = refusal(load, swapped, unsorted="error")
    assert message == "sales.csv:7, column ds: the stamp is before that of sales.csv:6, column ds"
    assert "--unsorted sort" in hint
    data = load(swapped)
    assert data.notes[0] == "1 row out of order, sorted; no gaps" and data.panel.series[0].y[4:6, 0].tolist() == [2, 1]


def test_series_of_different_frequencies_are_refused_unless_one_is_named(load):
    hours = [f"b,2024-01-01 {hour:02}:00,{hour}" for hour in range(24)]
    mixed = ["unique_id,ds,y", *(f"{name},{day.replace(',', ' 00:00,')}" for name in "ac" for day in DAYS), *hours]
    message, hint = refusal(load, mixed)
    assert message == "sales.csv:62, column ds: series 'b', which begins here, has the frequency h, 'a' has D"
    assert "--freq" in hint
    assert load(mixed, freq="h").panel.series[0].report.missing == 29 * 23
    assert load(mixed, freq="none").encoder.irregular


def test_a_stamp_between_the_others_is_refused(load):
    lines = ["ds,y", *(day.replace(",", " 00:00,") for day in DAYS)]
    lines[8] = "2024-01-08 05:30,1"
    message, hint = refusal(load, lines)
    assert message == "sales.csv:9, column ds: the stamp is off the D grid of the others" and "--freq" in hint


@pytest.mark.parametrize(
    "line, message",
    [
        ("2024-02-30,1", "sales.csv:31, column ds: '2024-02-30' is not a day of the calendar"),
        ("30.1.2024,1", "sales.csv:31, column ds: '30.1.2024' does not fit the format %Y-%m-%d of the other stamps"),
        (",1", "sales.csv:31, column ds: the time stamp is empty"),
        ("9024-01-30,1", "sales.csv:31, column ds: 9024-01-30 is 7,000 years away from all other stamps"),
    ],
)
def test_a_stamp_that_is_none_is_refused(load, line, message):
    assert refusal(load, table(l31=line))[0].startswith(message)


def test_a_day_that_may_be_a_month_is_asked_for(load):
    lines = ["ds,y", "01/02/2024,1", "03/05/2024,2", "04/09/2024,3", "07/11/2024,1", "12/12/2024,4"]
    message, hint = refusal(load, lines)
    assert "sales.csv:2, column ds: '01/02/2024' may begin with the day or with the month" in message
    assert "--time-format" in hint


# ---- too little


@pytest.mark.parametrize("layout", ["long", "wide", "rows"])
def test_a_header_without_rows_is_refused(load, layout):
    assert refusal(load, "ds,y\n", layout=layout)[0] == "sales.csv: only a header, no data rows"


@pytest.mark.parametrize(
    "layout, lines, message",
    [
        ("long", ["ds,y", "2024-01-01,5"], "sales.csv:2, column y: this row is the only one"),
        ("wide", ["ds,a,b", "2024-01-01,5,6"], "sales.csv:2, column a: this series has one row, and no other has more"),
        ("rows", ["id,v1", "a,5"], "sales.csv:2, column v1: no series has more than one value"),
    ],
)
def test_a_single_row_is_refused(load, layout, lines, message):
    found, hint = refusal(load, lines, layout=layout)
    assert found == message and "at least two" in hint


def test_an_empty_file_is_refused(load):
    assert refusal(load, "")[0] == "sales.csv: the file is empty"


def test_a_horizon_longer_than_the_data_is_refused_with_the_numbers(load):
    message, hint = refusal(load, table(), forecast__horizon=30)
    assert message == "sales.csv: the longest series has 30 rows; a horizon of 30 needs at least 31 rows to train on"
    assert "--horizon smaller" in hint
    data = load(table(), forecast__horizon=29)
    assert data.windows.origins(data.splits["train"])[1].tolist() == [1]


def test_rows_held_back_that_leave_too_few_to_learn_from_are_refused_with_the_numbers(load):
    message, hint = refusal(load, table(), test_size=20, val_size=6, forecast__horizon=5)
    assert message == (
        "sales.csv: the longest series has 30 rows, of which 26 are held out for validation and test; "
        "a horizon of 5 needs at least 6 rows to train on"
    )
    assert "--test-size" in hint


@pytest.mark.parametrize("name", ["val_size", "test_size"])
def test_rows_held_back_that_hold_no_forecast_are_a_configuration_that_cannot_be(load, name):
    with pytest.raises(ConfigError, match=f"series.{name}: 3 rows at most, fewer than the horizon of 5") as error:
        load(table(), **{name: 3.0, "forecast__horizon": 5})
    assert f"--{name.replace('_', '-')} 5 or more" in error.value.hint


def test_values_that_never_stand_on_both_sides_of_an_origin_are_refused(load):
    lines = ["ds,y", *(f"2024-01-{day:02},{day if day < 3 or day == 30 else ''}" for day in range(1, 31))]
    message, hint = refusal(load, lines, forecast__horizon=5, forecast__window=5, val_size=0.0)
    assert (
        message
        == "sales.csv: no window to train on: none has a value both in its 5 steps and in the 5 steps after them"
    )


# ---- columns


def test_columns_that_are_not_there_or_cannot_be_told_are_named(load):
    with pytest.raises(ConfigError, match="sales.csv has no column 'sold'"):
        load(table(), target_col=("sold",))
    message, hint = refusal(load, ["ds,a,b", *(f"{day},{day[-3:]}" for day in DAYS)])
    assert message.startswith("sales.csv: cannot tell which column to forecast") and "--target-col" in hint


def test_a_row_with_too_many_cells_has_its_line(load):
    assert refusal(load, table(l4="2024-01-03,1,5"))[0] == "sales.csv:4: 3 cells, but the header has 2 (ds, y)"


# ---- tables for a model that has learnt


def hours(step, count=40, missing=()):
    """The lines of a table with a value every `step` hours, but for some numbers."""
    stamps = (f"2024-01-{1 + k * step // 24:02} {k * step % 24:02}:00" for k in range(count))
    return ["ds,y", *(f"{stamp},{k % 7}" for k, stamp in enumerate(stamps) if k not in missing)]


def test_values_in_longer_steps_than_those_of_the_model_are_refused(load):
    model = load(hours(1))
    Path("other.csv").write_text("\n".join(hours(2)) + "\n")
    with pytest.raises(
        DataError, match="other.csv: the table has a value every 2h; the model reads one every h"
    ) as error:
        load_series(load_config(overrides={"data.files": ("other.csv",)} | SIZES), model.encoder)
    assert "train another model" in error.value.hint


def test_values_that_are_missing_here_and_there_are_no_longer_step(load):
    model = load(hours(1))
    Path("other.csv").write_text("\n".join(hours(1, missing=(3, 5, 7, 20, 21))) + "\n")
    data = load_series(load_config(overrides={"data.files": ("other.csv",)} | SIZES), model.encoder)
    assert len(data.panel.series[0]) == 40


@pytest.mark.parametrize("difference", [25, 500])
def test_a_difference_that_no_training_row_has_is_refused(load, difference):
    settings = {"val_size": 3, "test_size": 2, "forecast__horizon": 2, "forecast__difference": difference}
    with pytest.raises(ConfigError, match=f"forecast.difference: {difference} steps, .* has 25 rows to train on"):
        load(table(), **settings)
    assert load(table(), **(settings | {"forecast__difference": 24})).windows.difference == 24


def test_the_newest_row_first_is_an_order_and_no_irregularity(series_of_lines):
    rows = [f"{name},2024-01-{day:02},{day}" for name in "abcde" for day in range(30, 0, -1)]
    lines = series_of_lines(["id,day,y", *rows], target_col=("y",)).panel.words()
    assert lines[1:] == ["5 series newest first, sorted"]
