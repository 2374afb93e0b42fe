"""Tables as series ready to learn from: layouts, defaults with their reasons, splits, and what a checkpoint keeps."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tables import SHOPS, last_windows

from rnncli.config import read_settings
from rnncli.data.time.clock import DAY, MINUTE, SECOND
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast.data import load_series, load_training, stored_training
from rnncli.tasks.forecast.encoder import SeriesEncoder
from rnncli.tasks.forecast.tail import from_tail, stored_units, tail_of

COVARIATES = {
    "series.past_cols": ("visitors",),
    "series.future_cols": ("promotion", "price"),
    "series.static_cols": ("region",),
}


def config_of(*files, **settings):
    """The Config of files and settings: horizon=3, series__layout="wide"; those without a section are of forecast."""
    paths = {name.replace("__", ".") if "__" in name else f"forecast.{name}": value for name, value in settings.items()}
    return read_settings(overrides={"task": "forecast", "data.files": tuple(map(str, files)), **paths})


def load(*files, **settings):
    return load_training(config_of(*files, **settings))


def shops(**settings):
    """The shops with every kind of column."""
    return load(SHOPS, **{name.replace(".", "__"): value for name, value in COVARIATES.items()}, **settings)


def daily(days, start="2024-01-01", values=None, name=None):
    """Rows of a daily table: [id,]stamp,value."""
    stamps = np.datetime64(start) + np.arange(days)
    values = np.arange(1, days + 1) if values is None else values
    return "".join(f"{name + ',' if name else ''}{stamp},{value}\n" for stamp, value in zip(stamps, values))


def steps_after(data, n):
    """The stamps of the n steps behind the last value of the first series, as its table writes them."""
    return data.panel.text(data.encoder.stamps_after(data.panel.series[0], n))


# ---- layouts


def test_long_wide_and_row_tables_of_the_same_numbers_are_the_same_series(write):
    numbers = np.random.default_rng(0).normal(size=(2, 30)).round(3)
    write("unique_id,ds,y\n" + daily(30, values=numbers[0], name="a") + daily(30, values=numbers[1], name="b"), "long")
    write(
        "ds,a,b\n"
        + "".join(f"{row.split(',')[0]},{one},{two}\n" for row, one, two in zip(daily(30).splitlines(), *numbers)),
        "wide",
    )
    given = {"horizon": 3, "window": 6, "series__val_size": 4}
    found = [load("long", **given), load("wide", series__layout="wide", **given)]
    write(
        "id,"
        + ",".join(map(str, range(30)))
        + "\n"
        + "".join(f"{name},{','.join(map(str, each))}\n" for name, each in zip("ab", numbers)),
        "rows",
    )
    found.append(load("rows", series__layout="rows", **given))
    for data in found:
        assert data.ids == ("a", "b")
        assert [each.y[:, 0].tolist() for each in data.panel.series] == numbers.tolist()
        assert np.array_equal(last_windows(data).inputs, last_windows(found[0]).inputs)
    assert [data.encoder.frequency for data in found] == ["D", "D", None]


def test_files_with_a_series_in_each_row_are_laid_end_to_end(write):
    write("id,a,b,c,d\nx,1,2,3,4\ny,5,6,7\n", "past.csv")
    write("id,e,f\ny,8,9\nx,5,6\n", "new.csv")
    data = load(
        "past.csv", "new.csv", series__layout="rows", series__test_size=2, horizon=2, window=2, series__val_size=0
    )
    assert [each.y[:, 0].tolist() for each in data.panel.series] == [[1, 2, 3, 4, 5, 6], [5, 6, 7, 8, 9]]
    assert data.splits["test"].start.tolist() == [4, 3] and data.files == ("past.csv", "new.csv")
    write("id,e,f\ny,8,9\n", "less.csv")
    with pytest.raises(DataError, match="less.csv: only it or past.csv has the series 'x'"):
        load("past.csv", "less.csv", series__layout="rows")


@pytest.mark.parametrize("layout", ["wide", "rows"])
def test_layouts_that_have_series_alone_refuse_covariates(write, layout):
    write("ds,a,b\n2024-01-01,1,2\n2024-01-02,1,2\n")
    with pytest.raises(ConfigError, match=f"series.past_cols: a table of layout '{layout}' has only series"):
        load("a.csv", series__layout=layout, series__past_cols=("b",))


def test_tables_come_from_standard_input_too(write, monkeypatch):
    import io
    import sys
    from types import SimpleNamespace

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(("ds,y\n" + daily(40)).encode())))
    data = load("-")
    write("ds,y\n" + daily(40))
    same = load("a.csv")
    assert data.files == ("standard input",) and data.digest == same.digest and len(data.digest) == 64


def test_the_digest_is_of_the_bytes_and_of_the_settings_that_matter(write):
    write("ds,y\n" + daily(40))
    data = load("a.csv")
    assert stored_training(data.config).digest == data.digest and stored_training(data.config).config == data.config
    assert load("a.csv", log=True).digest != data.digest
    write("ds,y\n" + daily(40).replace(",40\n", ",41\n"))
    assert load("a.csv").digest != data.digest


# ---- defaults


@pytest.mark.parametrize(
    "step, length, horizon, season, window",
    [
        ("h", 2000, 24, 24, 72),
        ("30min", 2000, 48, 48, 144),
        ("5min", 9000, 12, 288, 576),
        ("min", 9000, 60, 1440, 720),
        ("D", 400, 14, 7, 28),
        ("W", 400, 13, 52, 104),
        ("MS", 300, 12, 12, 36),
        ("QS", 100, 8, 4, 16),
        ("YS", 100, 6, 1, 12),
    ],
)
def test_defaults_are_those_of_the_frequency(write, step, length, horizon, season, window):
    from rnncli.data.time.frequency import frequency_named

    stamps = frequency_named(step).after(946684800 * SECOND + (2 * DAY if step == "W" else 0), length)
    wave = np.sin(2 * np.pi * np.arange(length) / season) if season > 1 else np.arange(length) % 7
    rows = (f"{np.datetime64(int(stamp) // SECOND, 's')},{value:.4f}\n" for stamp, value in zip(stamps, wave))
    write("ds,y\n" + "".join(rows))
    chosen = load("a.csv").config.forecast
    assert (chosen.horizon, chosen.season, chosen.window) == (horizon, season, window)


def test_every_default_is_told_with_its_reason(write):
    write("ds,y\n" + daily(400))
    data = load("a.csv", series__test_size=20)
    assert data.notes == (
        "horizon 14: two weeks of frequency D; --horizon sets another",
        "validation: 38 rows, a tenth of the rows; --val-size sets another number",
        "season 1: the training rows do not show that of 7 which is usual for frequency D; --season sets another",
        "window 28: two horizons; --window sets another",
    )
    assert data.describe() == [
        "a.csv: 1 series of 400 steps, frequency D",
        "columns: time ds (--time-col), one series (--id-col), target y (--target-col)",
        "read as: stamps %Y-%m-%d (--time-format), frequency D (--freq), numbers as 1234.5 (--decimal, --thousands)",
        "train: rows 1 to 342 (2024-01-01 to 2024-12-07)",
        "val: rows 343 to 380 (2024-12-08 to 2025-01-14)",
        "test: rows 381 to 400 (2025-01-15 to 2025-02-03)",
    ]
    assert stored_training(data.config).notes == ()


def test_a_season_that_is_longer_than_the_data_is_not_taken(write):
    write("ds,y\n" + "".join(f"2024-{month:02}-01,{month}\n" for month in range(1, 13)))
    data = load("a.csv")
    assert data.config.forecast.season == 1
    assert "season 1: the training rows do not hold a whole season of 12; --season sets another" in data.notes


@pytest.mark.parametrize("length", [2, 3, 4, 6, 9, 14, 25, 60])
def test_defaults_fit_series_of_any_length(write, length):
    write("ds,y\n" + daily(length))
    data = load("a.csv")
    series, first = data.windows.origins(data.splits["train"])
    assert len(first) and data.config.forecast.horizon <= max(1, length // 5)
    assert data.windows.take(series, first).count > 0
    assert ("val" in data.splits) == (data.config.series.val_size > 0)


def test_the_default_horizon_fits_into_the_rows_that_are_held_back(write):
    write("ds,y\n" + daily(200))
    data = load("a.csv", series__test_size=7)
    assert data.config.forecast.horizon == 7
    assert "horizon 7: all of --test-size; --horizon sets another" in data.notes


def test_what_is_given_is_not_changed(write):
    write("ds,y\n" + daily(100))
    data = load("a.csv", horizon=5, window=11, season=3, series__val_size=0.2)
    forecast = data.config.forecast
    assert (forecast.horizon, forecast.window, forecast.season, data.config.series.val_size) == (5, 11, 3, 0.2)
    assert data.splits["val"].start.tolist() == [80] and data.notes == ()


# ---- series of any length, gaps and scaling


def test_short_series_are_padded_and_listed(write):
    write("unique_id,ds,y\n" + daily(60, name="long") + "".join(daily(n, name=f"s{n}") for n in (4, 5, 6, 7)))
    data = load("a.csv", horizon=5, window=10, series__val_size=5)
    assert data.notes[-1] == (
        "4 of 5 series have fewer than 15 rows (window and horizon) that are not held out and "
        "are padded at the start: s4, s5, s6, ..."
    )
    assert data.encoder.gappy and data.encoder.columns == ("y", "y is there")
    assert data.splits["train"].stop.tolist() == [55, 4, 5, 6, 7]  # too short ones do not validate
    assert set(data.windows.origins(data.splits["train"])[0]) == {0, 3, 4}
    assert np.isfinite(last_windows(data).inputs).all()


def test_constant_series_have_windows_without_a_division_by_nothing(write):
    write("ds,y\n" + daily(60, values=[7] * 60))
    for scaling in ("last", "mean", "standard", "robust", "minmax", "none"):
        data = load("a.csv", scaling=scaling)
        window = last_windows(data)
        assert np.isfinite(window.inputs).all()
        assert np.allclose(window.units.undo(np.zeros((1, 1, 1))), 0 if scaling == "none" else 7)


def test_filled_values_are_read_but_never_targets_and_see_nothing_behind_their_origin(write):
    values = [float(k) for k in range(40)]
    for k in (5, 29, 30):
        values[k] = ""
    write("ds,y\n" + daily(40, values=values))
    data = load("a.csv", series__fill="linear", horizon=2, window=4, series__val_size=10)
    one, read = data.panel.series[0], data.windows.take(np.zeros(3, int), np.array([30, 31, 32])).inputs[:, :, 0]
    assert one.y[[5, 29, 30], 0].tolist() == [5, 29, 30] and one.carried[[5, 29, 30], 0].tolist() == [4, 28, 28]
    steps = read * data.windows.units.scale
    np.testing.assert_allclose(steps.T, [[-2, -1, 0, 0], [-1, 0, 0, 0], [-3, -2, -1, 0]], atol=1e-12)
    assert not data.encoder.gappy
    assert data.panel.series[0].real[[5, 29, 30]].tolist() == [[False]] * 3
    assert "3 missing values filled as inputs (linear); they are never targets" in data.notes


def test_units_are_fitted_on_observed_values_not_on_filled_ones(write):
    values = [1, 3] * 20
    values[11:20] = [""] * 9
    write("ds,y\n" + daily(40, values=values))
    data = load("a.csv", series__fill="ffill", series__val_size=0, scaling="standard", horizon=2, window=4)
    assert data.windows.units.offset[0, 0] == np.mean([value for value in values if value != ""])


def test_gaps_make_inputs_that_say_what_is_there_and_irregular_steps_say_how_long(write):
    write("ds,y\n" + daily(40, values=[""] + list(range(39))))
    assert load("a.csv").encoder.columns == ("y", "y is there")
    minutes = np.cumsum([0, 5, 12, 2, 21, 3, 12, 25, 4, 13, 9, 31, 8, 1, 6, 17, 19, 7, 14, 11])
    write("ds,y\n" + "".join(f"2024-01-01 {m // 60:02}:{m % 60:02}:00,{m}\n" for m in minutes))
    data = load("a.csv", horizon=2, window=4, scaling="none")
    assert data.encoder.columns == ("y", "elapsed") and data.encoder.irregular and data.encoder.step == 11 * MINUTE
    window = data.windows.take(np.array([0]), np.array([5]))
    assert window.inputs[:, 0, 1] == pytest.approx(np.log1p(np.array([5, 12, 2, 21]) / 11))
    first = data.windows.take(np.array([0]), np.array([3])).inputs[:, 0, 1]  # from before the series
    assert first == pytest.approx([0, *np.log1p([1, 5 / 11, 12 / 11])])
    assert steps_after(data, 2) == ["2024-01-01 03:51:00", "2024-01-01 04:02:00"]


# ---- covariates


def test_every_kind_of_column_has_its_place_among_the_inputs():
    data = shops(calendar=True, fourier=2)
    assert data.encoder.columns == (
        "y",
        "y is there",
        "visitors",
        "promotion",
        "price",
        "sin weekday",
        "cos weekday",
        "sin day",
        "cos day",
        "sin month",
        "cos month",
        "sin 1/7",
        "sin 2/7",
        "cos 1/7",
        "cos 2/7",
        "region=town",
        "region=river",
        "region=hill",
        "region=coast",
    )
    assert data.encoder.size == [19, 12, 1] == [data.windows.D, data.windows.Q, data.windows.K]
    window = last_windows(data)
    assert set(np.unique(window.inputs[:, :, 15:].sum(axis=2))) == {1}
    price, stop = [each.known[:, 1] for each in data.panel.series], data.splits["train"].stop
    rows = np.concatenate([each[:n] for each, n in zip(price, stop)])
    expected = (price[0][-1] - np.nanmean(rows)) / np.nanstd(rows)
    assert window.inputs[-1, 0, 4] == pytest.approx(expected)


def test_calendar_and_season_go_on_ahead_of_the_data(write):
    write("ds,y\n" + daily(50))  # ends on Monday 2024-02-19
    data = load("a.csv", calendar=True, fourier=1, horizon=3, window=7, season=7)
    ahead = last_windows(data).ahead
    weekday = 2 * np.pi * np.array([1, 2, 3]) / 7  # Tuesday, Wednesday, Thursday
    assert np.allclose(ahead[:, 0, 0], np.sin(weekday)) and np.allclose(ahead[:, 0, 1], np.cos(weekday))
    season = 2 * np.pi * (np.arange(3) + 19773) / 7  # days since 1970-01-01
    assert np.allclose(ahead[:, 0, -2], np.sin(season)) and np.allclose(ahead[:, 0, -1], np.cos(season))


def test_the_calendar_is_that_of_the_clock_in_the_table(write):
    stamps = np.datetime64("2024-01-01T00:00") + np.arange(80) * np.timedelta64(60, "m")
    write("ds,y\n" + "".join(f"{stamp}:00+05:30,{k}\n" for k, stamp in enumerate(stamps)))
    data = load("a.csv", calendar=True, horizon=2, window=24)
    window = data.windows.take(np.array([0]), np.array([48]))
    assert data.encoder.columns[1:3] == ("sin hour", "cos hour")
    assert np.allclose(window.inputs[:, 0, 1], np.sin(2 * np.pi * np.arange(24) / 24))


def test_computed_columns_that_cannot_be_are_refused(write):
    write("y\n" + "".join(f"{k}\n" for k in range(50)))
    with pytest.raises(ConfigError, match="forecast.calendar: the table has no column of dates"):
        load("a.csv", calendar=True)
    with pytest.raises(ConfigError, match="forecast.fourier: 3 pairs need a season of 6 steps or more, found 5"):
        load("a.csv", fourier=3, season=5)


def test_static_numbers_are_standardised_and_static_words_are_inputs_of_their_own(write):
    write(
        "unique_id,ds,y,size,kind\n"
        + "".join(
            "".join(f"{row},{size},{kind}\n" for row in daily(20, name=name).splitlines())
            for name, size, kind in (("a", 1, "x"), ("b", 3, "y"), ("c", "", "x"))
        )
    )
    data = load("a.csv", series__static_cols=("size", "kind"), horizon=2, window=4)
    assert data.encoder.columns[-3:] == ("size", "kind=x", "kind=y")
    assert last_windows(data).inputs[0, :, -3:].tolist() == [[-1, 1, 0], [1, 0, 1], [0, 1, 0]]
    new = "unique_id,ds,y,size,kind\n" + "".join(f"{row},2,z\n" for row in daily(20, name="d").splitlines())
    config = replace(data.config, data=replace(data.config.data, files=("new.csv",)))
    write(new, "new.csv")
    with pytest.raises(DataError, match="series 'd', column kind: the model does not know the word 'z', nor any other"):
        load_series(config, data.encoder)
    write(new + "".join(f"{row},2,x\n" for row in daily(20, name="e").splitlines()), "new.csv")
    found = load_series(config, data.encoder)
    assert "series 'd', column kind: the model does not know 'z', read as none of its words" in found.notes
    assert last_windows(found).inputs[0, :, -3:].tolist() == [[0, 0, 0], [0, 1, 0]]


def test_several_targets_each_have_units_of_their_own(write):
    write("ds,a,b\n" + "".join(f"{row},{100 * k}\n" for k, row in enumerate(daily(50).splitlines())))
    data = load("a.csv", series__target_col=("a", "b"), scaling="standard")
    assert data.encoder.size == [2, 0, 2] and data.windows.units.scale[0, 1] == 100 * data.windows.units.scale[0, 0]


# ---- what a checkpoint keeps


def everything(**settings):
    return shops(calendar=True, fourier=2, series__test_size=14, **settings)


@pytest.mark.parametrize(
    "settings", [{}, {"scaling": "mean", "log": True}, {"difference": 7}, {"series__fill": "seasonal"}]
)
def test_windows_after_the_end_are_the_same_bytes_from_what_a_checkpoint_keeps(settings):
    data = everything(**settings) if "log" not in settings else load(SHOPS, series__target_col=("price",), **settings)
    arrays, record = tail_of(data, 3)
    encoder = SeriesEncoder.from_dict(json.loads(json.dumps(data.encoder.to_dict())))
    kept = from_tail(encoder, arrays, json.loads(json.dumps(record)), data.config)
    assert encoder == data.encoder and encoder.to_dict()["kind"] == "series"
    assert kept.ids == data.ids and max(map(len, kept.panel.series)) < 60 and kept.splits == {} and kept.digest == ""
    one, other = last_windows(data), last_windows(kept)
    for name in ("inputs", "ahead"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert one.units.offset.tobytes() == other.units.offset.tobytes()
    assert one.units.scale.tobytes() == other.units.scale.tobytes()
    for one, other in zip(kept.panel.series, data.panel.series):
        assert kept.panel.text(encoder.stamps_after(one, 20)) == data.panel.text(encoder.stamps_after(other, 20))


@pytest.mark.parametrize("text", ["y\n" + "3\n4\n" * 20, "ds,y\n" + "".join(f"{k * k},{k}\n" for k in range(40))])
def test_series_without_dates_are_kept_too(write, text):
    write(text)
    data = load("a.csv", horizon=2, window=5)
    kept = from_tail(data.encoder, *tail_of(data, 5), data.config)
    assert last_windows(kept).inputs.tobytes() == last_windows(data).inputs.tobytes()
    assert steps_after(kept, 3) == steps_after(data, 3)


def test_known_series_of_a_new_file_keep_their_units_and_new_ones_get_their_own(write):
    write("unique_id,ds,y\n" + daily(40, name="a"))
    data = load("a.csv", scaling="standard", horizon=2)
    write("unique_id,ds,y\n" + daily(40, name="b", values=[5, 7] * 20) + daily(40, name="a", values=[900, 1000] * 20))
    fresh = load_series(data.config, data.encoder, units=stored_units(*tail_of(data, 10)))
    units = fresh.windows.units.at(np.arange(2), np.array([40, 40]))
    assert units.offset[:, 0].tolist() == [6, data.windows.units.offset[0, 0]]
    assert units.scale[:, 0].tolist() == [1, data.windows.units.scale[0, 0]]
    assert list(fresh.splits) == ["all"] and fresh.splits["all"].stop.tolist() == [40, 40]
    write("unique_id,ds,value\n" + daily(40, name="a"))
    with pytest.raises(DataError, match="a.csv: no column y, which the model reads"):
        load_series(data.config, data.encoder)


def test_a_short_history_of_a_model_that_has_learnt_is_read_and_told(write):
    write("ds,y\n" + daily(60))
    data = load("a.csv", horizon=5, window=10)
    write("ds,y\n" + daily(4, values=[1, "", 3, 4]), "new.csv")
    config = replace(data.config, data=replace(data.config.data, files=("new.csv",)))
    fresh = load_series(config, data.encoder)
    window = last_windows(fresh)
    assert window.inputs[-2, 0, 0] < 0 and not window.inputs[:6].any() and window.inputs.shape == (10, 1, 1)
    assert fresh.notes[1] == "the model was trained without gaps and reads them as average values; --fill fills them"
    assert fresh.notes[-1].startswith("the series has fewer than 15 rows")


# ---- real tables: what is told of them is true, counted in the files by other means

FLOW = "Lane 1 Flow (Veh/5 Minutes)"  # of weekdays only: 9 January 2016 was a Saturday


@pytest.mark.parametrize(
    "name, target, lines",
    [
        (
            "NAB_occupancy_6005.csv",
            None,
            [
                "1 series of 2,380 steps, irregular",
                "irregular, steps from 1 minute to 3.5 days, half of them up to 5 minutes",
            ],
        ),
        (
            "daily-min-temperatures.csv",
            None,
            [
                "1 series of 3,652 steps, frequency D",
                "2 gaps, first at 1984-12-31",
                "Temp: 2 of 3,652 values are missing",
                "missing values are masked; --fill ffill, linear or seasonal fills them",
            ],
        ),
        (
            "darts_monthly-milk-incomplete.csv",
            None,
            [
                "1 series of 168 steps, frequency MS",
                "8 gaps, first at 1963-09 (13 stamps missing)",
                "Pounds per cow: 13 of 168 values are missing",
            ],
        ),
        (
            "traffic_flow_train.csv",
            FLOW,
            [
                "1 series of 16,416 steps, frequency 5min",
                "10 gaps, first at 09/01/2016 0:00 (8,640 stamps missing)",
                f"{FLOW}: 8,640 of 16,416 values are missing",
            ],
        ),
        (
            "traffic_flow_test.csv",
            FLOW,
            ["1 series of 8,064 steps, frequency 5min", "5 gaps, first at 05/03/2016 0:00 (3,744 stamps missing)"],
        ),
        ("heart_rate.csv", None, ["1 series of 1,800 steps, one step per row", "horizon 10: the length of a step"]),
        ("taylor.csv", None, ["1 series of 4,032 steps, one step per row", "horizon 10: the length of a step"]),
    ],
)
def test_real_tables_are_told_as_they_are(real_data, name, target, lines):
    data = load(real_data / "series" / name, series__target_col=(target,) if target else ())
    said = [data.describe()[0], *data.notes]
    assert said[0].endswith(lines[0])
    for found, expected in zip(said[1:], lines[1:]):
        assert found.startswith(expected)
    assert np.isfinite(last_windows(data).inputs).all()


def test_the_days_of_traffic_come_before_its_months(real_data):
    data = load(real_data / "series" / "traffic_flow_train.csv", series__target_col=(FLOW,))
    assert data.describe()[-2:] == [
        "train: rows 1 to 14,775 (04/01/2016 0:00 to 24/02/2016 7:10)",
        "val: rows 14,776 to 16,416 (24/02/2016 7:15 to 29/02/2016 23:55)",
    ]
    assert steps_after(data, 2) == ["01/03/2016 0:00", "01/03/2016 0:05"]


def test_the_test_windows_of_etth1_are_those_of_its_published_split(real_data):
    file = real_data / "series" / "ETTh1.csv"
    data = load(file, series__target_col=("OT",), series__val_size=2880, series__test_size=2880, window=96, horizon=24)
    series, first = data.windows.origins(data.splits["test"])
    assert len(first) == 2880 - 24 + 1 and first[0] == data.splits["test"].start[0]
    assert data.windows.take(series[:1], first[:1]).real.all() and data.encoder.size == [1, 0, 1]


def test_the_hourly_series_of_m4_are_414_of_which_the_last_48_values_test(real_data):
    files = [real_data / "series" / f"M4-Hourly-{part}.csv" for part in ("train", "test")]
    data = load(*files, series__layout="rows", series__test_size=48, horizon=48, season=24)
    assert len(data.ids) == 414 and data.ids[:2] == ("H1", "H2") and not data.encoder.gappy
    series, first = data.windows.origins(data.splits["test"])
    assert len(series) == 414 and sorted(set(first)) == [700, 960]
    assert data.panel.series[0].y[700:703, 0].tolist() == [619, 565, 532]  # where the test file begins
    assert "train: " in data.describe()[-3] and data.describe()[-1] == "test: 48 rows of each series, 19,872 in all"
