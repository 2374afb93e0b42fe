"""Several rows of one stamp: an id is proposed where it leaves series, else the sum of events, and both work."""

import random
import shlex

import pytest

from rnncli.errors import DataError


def orders(name):
    """Up to five orders on each of 40 days, numbered, each with a time of shipping that no other has."""
    rng, lines = random.Random(1), [f"Row ID,date,shipped,{name}"]
    for day in range(40):
        for _ in range(rng.randint(1, 5)):
            stamp = f"2023-{2 + day // 28:02}-{1 + day % 28:02}"
            lines.append(
                f"{len(lines)},{stamp},{stamp} 10:{len(lines) % 60:02}:{len(lines) // 60:02},{rng.randint(1, 90)}"
            )
    return lines


def test_orders_are_to_be_added_up_and_no_number_of_rows_or_time_is_an_id(series_of_lines):
    with pytest.raises(DataError, match="the same stamp as") as error:
        series_of_lines(orders("sold"), target_col=("sold",), time_col=("date",))
    assert error.value.options == "--duplicates sum" and "Row ID" not in str(error.value.hint)
    data = series_of_lines(orders("sold"), target_col=("sold",), time_col=("date",), duplicates="sum")
    assert len(data.panel.series) == 1 and len(data.panel.series[0]) == 40
    assert data.panel.series[0].y.sum() == sum(int(line.split(",")[-1]) for line in orders("sold")[1:])


def test_prices_of_one_stamp_are_not_to_be_added_up(series_of_lines):
    with pytest.raises(DataError, match="the same stamp as") as error:
        series_of_lines(orders("price"), target_col=("price",), time_col=("date",))
    assert error.value.options == "--duplicates mean"


def test_the_column_that_tells_rows_apart_is_proposed_quoted_beside_the_ids_that_were_given(series_of_lines):
    lines = ["date,shop,Item sold,y"]
    lines += [f"2024-01-{k:02},{s},{i},{k * 3 + i}" for k in range(1, 31) for s in "AB" for i in range(3)]
    with pytest.raises(DataError, match="the same stamp as") as error:
        series_of_lines(lines, id_col=("shop",), target_col=("y",))
    assert shlex.split(error.value.options) == ["--id-col", "shop,Item sold"]
    assert len(series_of_lines(lines, id_col=("shop", "Item sold"), target_col=("y",)).panel.series) == 6
