"""What is known ahead of the last value: what is missing is named, and a file may tell it."""

import numpy as np
import pytest
from tables import SHOPS, last_windows

from rnncli.config import read_settings
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast.data import load_training
from rnncli.tasks.forecast.future_covariates import check_covariates, future_stamps, missing_covariate, with_future
from rnncli.tasks.forecast.tail import from_tail, tail_of


def load(file="a.csv", horizon=3, **settings):
    """The SeriesData of a table whose price is known ahead."""
    return load_training(
        read_settings(
            overrides={
                "data.files": (str(file),),
                "series.future_cols": ("price",),
                "forecast.horizon": horizon,
                "forecast.window": 5,
                **settings,
            }
        )
    )


def priced(days, ahead):
    """A daily table with a price that is known `ahead` days behind the last value."""
    stamps = np.datetime64("2024-01-01") + np.arange(days + ahead)
    return "ds,y,price\n" + "".join(f"{stamp},{k if k < days else ''},{k}\n" for k, stamp in enumerate(stamps))


def test_what_is_missing_covariate_is_named_with_its_first_and_last_stamp(write):
    write(priced(60, 5))
    data = load(horizon=5)
    assert missing_covariate(data, 5) is None and check_covariates(data, 5) is None
    with pytest.raises(DataError) as error:
        check_covariates(data, 9)
    assert str(error.value) == (
        "column price of series 'y' has no value for 2024-03-06; a forecast of 9 steps needs it up to 2024-03-09"
    )
    assert "--future-template" in error.value.hint


def test_a_file_of_the_future_says_what_is_known_ahead(write):
    write(priced(60, 0))
    data = load()
    data = from_tail(data.encoder, *tail_of(data, 5), data.config)
    write("price,ds\n62,2024-03-03\n60,2024-03-01\n61,2024-03-02\n7,2024-01-01\n", "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    assert missing_covariate(data, 1) and missing_covariate(told, 3) is None
    assert data.panel.text([missing_covariate(told, 4)[2]]) == ["2024-03-04"]
    units = data.encoder.known[0]
    expected = [(value - units[0]) / units[1] for value in (60, 61, 62)]
    assert last_windows(told).ahead[:, 0, 0] == pytest.approx(expected) and last_windows(data).ahead[0, 0, 0] == 0
    far = told.reaching(7).windows
    assert far.known[far.base[0] + far.lengths[0] :][:4, 0] == pytest.approx([*expected, 0])


def test_an_empty_cell_of_the_future_leaves_what_was_known(write):
    write(priced(60, 2))
    data = load()
    write("ds,price\n2024-03-01,\n2024-03-03,9\n", "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    assert told.panel.series[0].known[60:, 0].tolist() == [60, 61, 9] and missing_covariate(told, 3) is None


@pytest.mark.parametrize(
    "text, message",
    [
        ("ds,cost\n2024-03-01,1\n", "future.csv: no column price"),
        ("ds,price\n2024-03-01,1\n2024-03-02,x\n", "future.csv:3, column price: 'x' is not a number"),
        ("ds,price\n2024-03-01 05:00,1\n", "future.csv:2, column ds: the stamp is not a whole number of D steps after"),
        ("ds,price\n9024-03-01,1\n", "future.csv:2, column ds: the stamp is 2,556,"),
        ("ds,price\n2024-03-01,inf\n", "future.csv:2, column price: 'inf' is infinite"),
    ],
)
def test_a_file_of_the_future_that_cannot_be_used_is_refused(write, text, message):
    write(priced(60, 0))
    data = load()
    write(text, "future.csv")
    with pytest.raises(DataError) as error:
        with_future(data, ["future.csv"], data.config)
    assert message in str(error.value) and error.value.hint


def test_a_model_that_knows_nothing_ahead_takes_no_file_of_the_future(write):
    write(priced(60, 0))
    data = load(**{"series.future_cols": (), "series.target_col": ("y",)})
    assert missing_covariate(data, 50) is None
    with pytest.raises(ConfigError, match="--future: the model has no future covariates"):
        with_future(data, ["a.csv"], data.config)


def test_a_file_of_the_future_tells_series_apart(write):
    data = load(SHOPS, horizon=2)
    rows = {name: data.panel.text(stamps) for name, stamps in future_stamps(data, 2).items()}
    assert rows["ambry"] == ["2024-07-01", "2024-07-02"] and missing_covariate(data, 1)[:2] == ("price", "ambry")
    prices = {name: k + 1.5 for k, name in enumerate(rows)}
    lines = [f"{name},{stamp},{prices[name]}" for name in reversed(rows) for stamp in rows[name]]
    write("\n".join(["unique_id,ds,price", *lines]), "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    offset, scale = data.encoder.known[0]
    assert np.allclose(last_windows(told).ahead[:, :, 0] * scale + offset, list(prices.values()))
    assert missing_covariate(told, 2) is None
    write("unique_id,ds,price\nnone,2024-07-01,1\n", "future.csv")
    with pytest.raises(DataError, match="future.csv:2, column unique_id: the model has no series 'none'"):
        with_future(data, ["future.csv"], data.config)


def test_a_table_without_stamps_has_the_next_steps_in_its_order(write):
    write("y,price\n" + "".join(f"{k},{k}\n" for k in range(40)))
    data = load(**{"series.target_col": ("y",)})
    write("price\n7\n8\n\n", "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    offset, scale = data.encoder.known[0]
    assert np.allclose(last_windows(told).ahead[:2, 0, 0] * scale + offset, [7, 8])
    assert missing_covariate(told, 3) == ("price", "y", 43)


def test_stamps_of_an_irregular_series_are_those_that_the_file_has(write):
    minutes = np.cumsum([0, 5, 12, 2, 21, 3, 12, 25, 4, 13, 9, 31, 8, 1, 6, 17, 19, 7, 14, 11])
    rows = [f"2024-01-01 {m // 60:02}:{m % 60:02}:00" for m in (*minutes, 227, 240)]
    write("ds,y,price\n" + "".join(f"{row},{k},{k}\n" for k, row in enumerate(rows[:20])))
    data = load()
    write("ds,price\n" + "".join(f"{row},{k}\n" for k, row in enumerate(rows[19:])), "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    assert told.panel.text(future_stamps(told, 3)["y"])[:2] == rows[20:] and missing_covariate(told, 2) is None


def test_an_empty_cell_is_no_holiday_where_most_days_have_none(write):
    days = np.datetime64("2024-01-01") + np.arange(62)
    lines = [f"{day},{k if k < 60 else ''},{'fair' if k % 9 == 4 else ''}" for k, day in enumerate(days)]
    write("\n".join(["ds,y,price", *lines]) + "\n")
    data = load()
    assert missing_covariate(data, 2) is None and missing_covariate(data, 3)[:2] == ("price", "y")
    write("ds,price\n2024-03-02,fair\n2024-03-03,\n", "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    assert missing_covariate(told, 3) is None
    assert last_windows(told).ahead[:, 0, 0].tolist() == [0, 1, 0]


def test_a_word_that_only_the_encoder_knows_is_read_and_another_is_told(write):
    days = np.datetime64("2024-01-01") + np.arange(60)
    lines = [f"{day},{k},{'fair' if k % 9 == 4 else 'none'}" for k, day in enumerate(days)]
    write("\n".join(["ds,y,price", *lines]) + "\n")
    data = load()
    write("ds,price\n2024-03-01,none\n2024-03-02,fair\n2024-03-03,feast\n", "future.csv")
    told = with_future(data, ["future.csv"], data.config)
    assert last_windows(told).ahead[:, 0, :].sum(axis=1).tolist() == [1, 1, 0]
    assert any("does not know 'feast'" in note for note in told.notes)
