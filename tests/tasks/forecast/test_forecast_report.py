"""What is said of forecasts: their errors from every origin, beside the baselines, and the warnings."""

import csv
import json
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from untrained import forecasts_of, series_data, untrained, waves, write_long

from rnncli.data.series.splits import Split
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast import baselines, rounds
from rnncli.tasks.forecast.baselines import BASELINES, Baselines
from rnncli.tasks.forecast.evaluation_data import known_before
from rnncli.tasks.forecast.formatting import bars, numbers
from rnncli.tasks.forecast.metrics import mae, seasonal_scale
from rnncli.tasks.forecast.naive import naive, seasonal_naive
from rnncli.tasks.forecast.rounds import Round
from rnncli.tasks.forecast.scoring import origins, report, scored
from rnncli.tasks.forecast.warnings import Echo
from rnncli.ui.report import render


@pytest.fixture
def data(tmp_path):
    """Two series of 96 steps, the second ten times as large: 60 rows train, 24 validate, 12 test."""
    return series_data(write_long(tmp_path / "waves.csv", waves()))


def truth(data, shift=0.0):
    """A forecast that is wrong by `shift` everywhere."""
    return forecasts_of(lambda s, t: data.panel.series[s].y[t : t + data.windows.h] + shift)


def of(data, forecast, split="test", stride=1, n_windows=None):
    """The report of forecast(series, first) on a split."""
    windows = origins(data, data.splits[split], stride, n_windows)
    return scored([Round(forecast, data, split, windows, known_before(data, split))], stride)


def document(found, **how):
    """The JSON of a report."""
    text = "".join(render(replace(found, **how), "forecast", format="json"))
    return json.loads(text, parse_constant=lambda text: pytest.fail(text))


# ---- figures


def test_a_forecast_without_error_saves_all_of_every_baseline(data):
    found = of(data, truth(data))
    assert found.windows == 2 * 9 and found.metrics()["mae"] == 0
    assert {name: one["skill_percent"] for name, one in found.baselines().items()} == dict.fromkeys(BASELINES, 100.0)


def test_each_series_counts_the_same_and_z_scores_are_in_deviations_of_training_rows(data):
    found = of(data, truth(data, shift=2.0))
    deviations = [one.y[:60].std() for one in data.panel.series]
    metrics = found.metrics()
    assert metrics["mae"] == pytest.approx(2) and metrics["mse"] == pytest.approx(4)
    assert metrics["z_mae"] == pytest.approx(np.mean([2 / each for each in deviations]))
    assert metrics["z_mse"] == pytest.approx(np.mean([4 / each**2 for each in deviations]))
    one = found.metrics(found.scored[1])
    assert one["z_mae"] == pytest.approx(2 / deviations[1])
    np.testing.assert_allclose(found.by_step(), [2, 2, 2, 2])


def test_no_row_that_is_scored_has_a_part_in_a_scale(tmp_path, data):
    series = waves()
    for y in series.values():
        y[84:] *= 50
    wild = series_data(write_long(tmp_path / "wild.csv", series))
    calm, found = of(data, truth(data, 2.0)).metrics(), of(wild, truth(wild, 2.0)).metrics()
    for name in ("mase", "z_mae", "z_mse"):
        assert found[name] == pytest.approx(calm[name], rel=1e-9)


def test_the_scale_of_mase_is_all_that_is_before_the_split(data):
    one = of(data, truth(data, 2.0)).scored[0]
    assert one.model.mase == pytest.approx(2 / seasonal_scale(data.panel.series[0].y[:84, 0], 6))


def test_baselines_are_those_of_one_origin_at_a_time(data):
    found = of(data, truth(data))
    y, first = data.panel.series[1].y[:, 0], range(84, 93)
    actual = [y[t : t + 4] for t in first]
    for name, function in (("naive", naive), ("seasonal_naive", seasonal_naive)):
        expected = mae(actual, [function(y[:t], 4, 6) for t in first])
        assert found.baselines(found.scored[1])[name]["mae"] == pytest.approx(expected)
    assert found.baselines()["naive2"]["owa"] == 1


def test_values_that_are_missing_or_filled_are_not_scored(tmp_path):
    series = waves(series=1)
    series["s0"][[70, 86, 87, 88, 93]] = math.nan
    path = write_long(tmp_path / "gaps.csv", series)
    for settings in ({}, {"series.fill": "linear"}):
        data = series_data(path, settings)
        found = of(data, truth(data, 1.0))
        there = sum(int((~np.isnan(series["s0"][t : t + 4])).sum()) for t in range(84, 93))
        assert found.scored[0].model.values == there and found.metrics()["mae"] == pytest.approx(1)
        assert all(one["mae"] > 0 for one in found.baselines().values())
        assert any("filled with straight lines" in note for note in found.notes)


def test_several_targets_are_lines_of_their_own(tmp_path):
    y = np.stack([np.arange(60.0) % 6 + 5, np.arange(60.0)], axis=1)
    data = series_data(write_long(tmp_path / "two.csv", {"a": y}), {"series.target_col": ["y0", "y1"]})
    found = of(data, forecasts_of(lambda s, t: y[t : t + 4] + [1, 3]))
    assert [(one.target, one.model.mae) for one in found.scored] == [("y0", 1), ("y1", 3)]
    assert found.metrics()["mae"] == 2
    assert found.baselines(found.scored[0])["seasonal_naive"]["mae"] == 0
    assert found.baselines(found.scored[0])["seasonal_naive"]["skill_percent"] is None


def test_where_a_target_has_no_history_nobody_is_scored(tmp_path):
    y = np.stack([np.arange(60.0) % 6 + 5, np.arange(60.0)], axis=1)
    y[:53, 1] = math.nan
    settings = {"series.target_col": ["y0", "y1"], "series.val_size": 8}
    data = series_data(write_long(tmp_path / "late.csv", {"a": y}), settings)
    found = of(data, forecasts_of(lambda s, t: np.nan_to_num(y[t : t + 4]) + [1, 3]))
    assert found.metrics()["mae"] == 2 and found.scored[1].model.values == 4 * 3  # from the origins 54 to 56
    assert found.baselines(found.scored[1])["naive"]["mae"] == 2.5


def test_in_whatever_portions_windows_are_forecast_the_figures_are_the_same(data, monkeypatch):
    loaded = untrained(data)
    whole = report(loaded, data)
    monkeypatch.setattr(rounds, "VALUES", 200)
    parts = report(loaded, data)
    assert parts.metrics() == pytest.approx(whole.metrics(), rel=1e-5)
    assert parts.baselines()["ridge"] == pytest.approx(whole.baselines()["ridge"])
    np.testing.assert_allclose(parts.by_step(), whole.by_step(), rtol=1e-5)


# ---- origins


def test_origins_are_counted_from_the_end(data):
    series, first = origins(data, data.splits["test"], stride=3)
    assert first.tolist() == [86, 89, 92] * 2 and series.tolist() == [0] * 3 + [1] * 3
    assert origins(data, data.splits["test"], 3, 2)[1].tolist() == [89, 92] * 2
    assert origins(data, data.splits["test"], 1, 1)[1].tolist() == [92] * 2


def test_a_split_shorter_than_the_horizon_is_a_data_error(data):
    data.splits["test"] = Split("test", np.array([93, 95]), np.array([96, 96]))
    with pytest.raises(DataError, match="the test split has 3 rows, fewer than the horizon of 4") as error:
        report(untrained(data), data)
    assert error.value.hint.startswith("train with a --test-size of 4 or more")


def test_series_without_a_window_are_told(data):
    stop = np.array([96, 84])
    data.splits["test"] = Split("test", np.array([84, 84]), stop)
    found = of(data, truth(data))
    assert found.windows == 9
    assert "1 of 2 series have no window in the test split and are not scored" in found.notes


# ---- warnings


def test_a_forecast_that_repeats_the_last_value_is_told(data):
    found = of(data, forecasts_of(lambda s, t: np.repeat(data.panel.series[s].y[t - 1 : t] * 1.0001, 4, axis=0)))
    assert found.warnings[0].startswith("the forecast repeats the last value: the difference is only 0.")
    assert document(found)["warnings"] == list(found.warnings)


def test_a_forecast_without_relation_to_what_comes_is_told():
    rng = np.random.default_rng(5)
    last, actual = np.zeros((4000, 3)), rng.standard_normal((4000, 3))
    echo = Echo()
    echo.add(actual, 0.1 * rng.standard_normal((4000, 3)), last, math.nan)
    assert echo.words().startswith("the forecast is no better than the last value: skill -")
    good = Echo()
    good.add(actual, 0.5 * actual, last, 2.0)
    assert good.words() is None and good.correlation() == pytest.approx(1)


def test_baselines_that_are_better_are_named_with_their_skill(data):
    found = of(data, forecasts_of(lambda s, t: data.panel.series[s].y[t - 1 : t] + np.arange(4)[:, None] * 30))
    skill = found.baselines()["seasonal_naive"]["skill_percent"]
    assert found.warnings[-1].startswith("last value, seasonal naive, ") and skill < 0
    assert f" %, {100 - 100 / (1 - skill / 100):.1f} %, " in found.warnings[-1]


def test_a_forecast_that_is_not_finite_has_no_figure_and_is_told(data):
    found = of(data, forecasts_of(lambda s, t: np.full((4, 1), math.nan if s else 1.0)))
    figures = document(found)["metrics"]
    assert set(figures.values()) == {None}
    assert found.warnings[0].endswith("1 of 2 series have forecasts that are not finite")
    assert {one["skill_percent"] for one in found.baselines().values()} == {None}


def test_metrics_without_a_value_are_told_not_passed_over(tmp_path):
    series = waves() | {"flat": np.full(96, 3.0)}
    series["s0"][90] = 0.0
    data = series_data(write_long(tmp_path / "flat.csv", series))
    found = of(data, truth(data, 1.0))
    assert len(found.notes) == 3 and all(
        any(note.startswith(f"{name}: no value for 1 of 3 series, which are left out") for note in found.notes)
        for name in ("MASE", "MAPE", "z-scores")
    )
    assert found.metrics()["mase"] == pytest.approx(np.mean([one.model.mase for one in found.scored[:2]]))


def test_progress_counts_all_windows(data, monkeypatch):
    seen = []
    monkeypatch.setattr(rounds, "VALUES", 100)
    report(untrained(data), data, progress=lambda what, done, total: seen.append((what, done, total)))
    assert seen[0] == ("fitting the ridge", 0, 1) and seen[-1] == ("scoring test", 18, 18)
    assert [done for what, done, _ in seen[1:]] == sorted(done for what, done, _ in seen[1:])


# ---- intervals


def test_intervals_are_scored_as_far_as_the_model_can_tell_them(tmp_path, data):
    assert [key for key in report(untrained(data), data).metrics() if key.startswith("c")] == [
        "coverage_80",
        "coverage_95",
    ]
    loaded = untrained(data)
    loaded.arrays["series/residuals"] = loaded.arrays["series/residuals"][:5]  # enough for 80 % only
    few = report(loaded, data)
    assert few.levels == (80.0,) and len(few.quantiles) == 9
    with pytest.raises(DataError, match="interval of 95 %"):
        report(loaded, data, levels=(95.0,))
    del loaded.arrays["series/residuals"]
    none = report(loaded, data)
    assert none.levels == none.quantiles == () and none.metrics()["wql"] is None
    with pytest.raises(ConfigError, match="no residuals"):
        report(loaded, data, quantiles=(0.5,))


def test_a_point_stands_for_all_quantiles_in_the_weighted_quantile_loss(tmp_path):
    data = series_data(write_long(tmp_path / "a.csv", waves()), {"forecast.loss": "gaussian"})
    found = report(untrained(data), data, quantiles=(0.1, 0.4))
    actual = np.stack([one.y[t : t + 4, 0] for one in data.panel.series for t in range(84, 93)])
    point = np.stack([naive(one.y[:t, 0], 4) for one in data.panel.series for t in range(84, 93)])
    losses = [2 * np.maximum(q * (actual - point), (q - 1) * (actual - point)).sum() for q in (0.1, 0.4)]
    assert found.baselines()["naive"]["wql"] == pytest.approx(np.mean(losses) / np.abs(actual).sum())
    assert found.method == "gaussian" and 0 <= found.metrics()["coverage_95"] <= 1


def test_intervals_made_from_the_rows_that_are_scored_are_told(data):
    assert any("coverage is too good" in note for note in report(untrained(data), data, "val").notes)
    assert not any("too good" in note for note in report(untrained(data), data, "test").notes)


# ---- the ridge


def before(series, stops):
    """The rows of each series up to a stop of its own."""
    return [y[:stop] for y, stop in zip(series, stops)]


def test_the_ridge_learns_from_training_rows_alone_and_is_shared_by_series(data):
    y = [one.y for one in data.panel.series]
    stop = data.splits["train"].stop
    changed = [each.copy() for each in y]
    for each in changed:
        each[70:] = -1.0
    first = np.array([62, 66])
    for s in (0, 1):
        baselines = (Baselines(each, 8, 4, 6, before(each, stop)) for each in (changed, y))
        found, expected = (each.forecasts(0, np.full(2, s), first)["ridge"] for each in baselines)
        np.testing.assert_array_equal(found, expected)


def test_the_ridge_continues_a_wave_through_gaps_in_its_window():
    t = np.arange(400)
    y = (np.sin(2 * np.pi * t / 20) + 3)[:, None]
    y[[150, 351]] = math.nan
    found = Baselines([y], 40, 10, 20, [y[:300]])
    ridge = found.forecasts(0, np.zeros(2, int), np.array([330, 365]))["ridge"]
    # No noise but the largest of the penalties and the gap: within a twentieth of the amplitude.
    to_come = np.array([[330], [365]]) + np.arange(10)
    np.testing.assert_allclose(ridge, np.sin(2 * np.pi * to_come / 20) + 3, atol=0.05)


def test_the_ridge_learns_nothing_from_lines_over_long_gaps():
    y = (np.sin(2 * np.pi * np.arange(600) / 20) + 3 + 0.1 * np.random.default_rng(3).standard_normal(600))[:, None]
    first, gaps = np.arange(450, 590), y.copy()
    gaps[100:160] = gaps[300:340] = math.nan
    origins = np.zeros(len(first), int), first
    whole, found = (Baselines([each], 20, 5, 20, [each[:400]]).forecasts(0, *origins)["ridge"] for each in (y, gaps))
    assert mae(y[first[:, None] + np.arange(5), 0], found) < 1.1 * mae(y[first[:, None] + np.arange(5), 0], whole)


def test_the_ridge_learns_from_windows_that_know_nothing_of_what_follows():
    """A random walk with gaps: a line from a window to the value behind it would teach to trust its last value."""
    y = np.random.default_rng(4).standard_normal(400).cumsum()
    y[np.arange(0, 400, 8)] = math.nan
    other = y + np.where(np.arange(400) < 200, 0.0, 50.0)
    windows, targets = Baselines([y[:, None]], 7, 3, 1, [y[:, None]])._pairs(y, 1)
    changed = Baselines([y[:, None]], 7, 3, 1, [y[:, None]])._pairs(other, 1)[0]
    begins = np.array([t for t in range(391) if not np.isnan(y[t + 7 : t + 10]).any()])
    assert len(windows) == len(targets) == len(begins) and np.isnan(y[begins + 6]).any()
    before = begins + 7 <= 200
    np.testing.assert_array_equal(windows[before], changed[before])
    np.testing.assert_array_equal(windows[np.isnan(y[begins + 6]), -1], y[begins + 5][np.isnan(y[begins + 6])])


def test_a_long_window_is_read_from_its_end_and_few_rows_give_no_ridge(monkeypatch):
    y = [np.arange(50.0)[:, None]]
    monkeypatch.setattr(baselines, "LONGEST", 10)
    cut = Baselines(y, 20, 3, 1, before(y, [40]))
    assert cut.notes == ["the ridge reads the last 10 of the 20 values of a window"]
    none = Baselines(y, 10, 3, 1, before(y, [12]))
    assert none.names == BASELINES[:-1]
    assert none.notes == ["no ridge: the training rows have no complete window and horizon"]
    assert set(none.forecasts(0, np.zeros(1, int), np.array([20]))) == set(BASELINES[:-1])


def test_the_windows_of_a_ridge_are_capped(monkeypatch):
    monkeypatch.setattr(baselines, "MOST", 30)
    y = np.random.default_rng(0).standard_normal((500, 1)).cumsum(axis=0)
    seen = []
    monkeypatch.setattr(
        baselines,
        "Ridge",
        lambda: SimpleNamespace(fit=lambda windows, targets, held_out: seen.append((len(windows), held_out.sum()))),
    )
    Baselines([y], 8, 4, 1, [y[:400]])
    assert seen == [(30, 6)]


# ---- on paper


def test_text_names_rows_formulas_and_skill(data):
    text = "".join(render(replace(of(data, truth(data, 1.0)), per_series=True), "forecast"))
    assert "test: 12 rows of each of 2 series" in text and "18 windows of 4 steps, 1 apart; season 6" in text
    assert "MASE MAE / mean |y_t - y_(t-6)| before the split" in text
    for row in ("model", "last value", "seasonal naive", "drift", "Naive2", "ridge"):
        assert f"\n{row} " in text
    assert max(map(len, text.splitlines())) <= 80


def test_json_has_series_and_steps_where_asked_for(data):
    found = of(data, truth(data, 1.0))
    plain, full = document(found), document(found, per_series=True, steps=[{"unique_id": "s0", "tail": math.nan}])
    assert plain.keys() - {"series", "steps"} == plain.keys() and plain["schema"] == 1 and plain["task"] == "forecast"
    assert (plain["season"], plain["horizon"], plain["windows"]) == (6, 4, 18)
    assert [line["unique_id"] for line in full["series"]] == ["s0", "s1"]
    assert full["series"][0]["metrics"]["mae"] == pytest.approx(1) and full["steps"][0]["tail"] is None
    records = [json.loads(line) for line in render(replace(found, per_series=True), "forecast", format="jsonl")]
    assert [record["record"] for record in records] == ["series", "series", "total"]


def test_numbers_of_a_column_share_their_decimals():
    assert numbers([1234.5678, 0.25, None, math.inf]) == ["1,234.5678", "0.2500", "-", "-"]
    assert numbers([1e12, 2.0]) == ["1e+12", "2"] and numbers([0.0, None]) == ["0.000", "-"]
    assert numbers([1e-9, 5.0, 70.0], rank=0.5) == ["0.000", "5.000", "70.000"]


def test_bars_rise_with_the_error():
    assert bars([1.0, 4.0, 8.0]) == "▂▅█" and bars([math.nan, 2.0]) == " █"
    assert len(bars(list(range(1000)))) <= 60


# ---- published figures


def table_of(real_data, name, rows=None):
    """The rows of a real table, without its header; skips where absent."""
    path = real_data / "series" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file) if row][1:rows]


def rounded(found, name, *metrics, digits):
    return tuple(round(found.baselines()[name][metric], digits) for metric in metrics)


@pytest.mark.parametrize("h, name, expected", [(24, "naive", (0.034, 0.139)), (168, "seasonal_naive", (0.087, 0.230))])
def test_the_naive_lines_of_etth1_are_the_published_ones(real_data, tmp_path, h, name, expected):
    y = [[float(row[7])] for row in table_of(real_data, "ETTh1.csv", 14401)]
    data = series_data(
        write_long(tmp_path / "ett.csv", {"OT": y}),
        {
            "forecast.horizon": h,
            "forecast.window": 96,
            "forecast.season": 24,
            "series.val_size": 2880,
            "series.test_size": 2880,
        },
    )
    assert rounded(of(data, truth(data)), name, "z_mse", "z_mae", digits=3) == expected


@pytest.mark.slow
def test_the_seasonal_naive_line_of_all_channels_of_etth1_is_the_published_one(real_data, tmp_path):
    y = [[float(cell) for cell in row[1:]] for row in table_of(real_data, "ETTh1.csv", 14401)]
    data = series_data(
        write_long(tmp_path / "ett.csv", {"a": y}),
        {
            "forecast.horizon": 96,
            "forecast.window": 96,
            "forecast.season": 24,
            "series.val_size": 2880,
            "series.test_size": 2880,
            "series.target_col": [f"y{k}" for k in range(7)],
        },
    )
    assert rounded(of(data, truth(data)), "seasonal_naive", "z_mse", "z_mae", digits=3) == (0.512, 0.433)


@pytest.mark.parametrize(
    "file, column, settings, how, expected",
    [
        (
            "taylor.csv",
            0,
            {
                "forecast.horizon": 48,
                "forecast.season": 336,
                "forecast.window": 336,
                "series.val_size": 48,
                "series.test_size": 672,
            },
            (48, 14),
            513.9,
        ),
        ("AirPassengers.csv", 1, {"forecast.horizon": 12, "forecast.season": 12, "forecast.window": 24}, (1, 1), 47.8),
    ],
)
def test_the_seasonal_naive_lines_of_single_series_are_the_published_ones(
    real_data, tmp_path, file, column, settings, how, expected
):
    y = [float(row[column]) for row in table_of(real_data, file)]
    data = series_data(write_long(tmp_path / "y.csv", {"y": y}), settings)
    assert rounded(of(data, truth(data), "test", *how), "seasonal_naive", "mae", digits=1) == (expected,)


def test_the_last_value_line_of_traffic_is_the_published_one(real_data, tmp_path):
    y = [float(row[1]) for row in table_of(real_data, "traffic_flow_test.csv")]
    data = series_data(
        write_long(tmp_path / "flow.csv", {"flow": y}),
        {"forecast.horizon": 1, "forecast.window": 12, "forecast.season": 288, "series.test_size": 0},
    )
    data.splits["test"] = Split("test", np.array([12]), np.array([len(y)]))  # 12 lags within the file itself
    assert rounded(of(data, truth(data)), "naive", "mae", "rmse", digits=2) == (8.34, 11.31)


@pytest.mark.slow
def test_the_naive_lines_of_m4_hourly_are_the_published_ones(real_data, tmp_path):
    tables = [table_of(real_data, f"M4-Hourly-{part}.csv") for part in ("train", "test")]
    series = {a[0]: [float(cell) for cell in (*a[1:], *b[1:]) if cell] for a, b in zip(*tables, strict=True)}
    data = series_data(
        write_long(tmp_path / "m4.csv", series),
        {
            "forecast.horizon": 48,
            "forecast.season": 24,
            "forecast.window": 48,
            "series.val_size": 48,
            "series.test_size": 48,
        },
    )
    found = of(data, truth(data))
    assert found.windows == 414
    assert rounded(found, "seasonal_naive", "smape", "mase", "owa", digits=3) == (13.912, 1.193, 0.628)
    assert rounded(found, "naive2", "smape", "mase", digits=3) == (18.383, 2.395)
