"""`inspect` of a forecaster: its units over time, and what they follow."""

from types import SimpleNamespace

import numpy as np
import pytest
from inspecting import check_finding, inspected
from untrained import series_data, untrained, waves, write_long

from rnncli.cli.command_output import CommandOutput
from rnncli.data.time.clock import DAY, HOUR
from rnncli.errors import ConfigError, DataError
from rnncli.laboratory.drawings import Curves, Heat
from rnncli.nn.memory import Memory
from rnncli.tasks.forecast.inspect import read_windows
from rnncli.tasks.forecast.unit_signals import Tiles, angles, is_cycle, series_signals


@pytest.fixture
def made(tmp_path, monkeypatch):
    """made(**settings): (Loaded, SeriesData) of an untrained forecaster of two series of 200 days."""
    monkeypatch.chdir(tmp_path)
    path = write_long(tmp_path / "waves.csv", waves(200, season=7))

    def model(**settings):
        settings = {"forecast.season": 7} | {path.replace("__", "."): value for path, value in settings.items()}
        data = series_data(path, settings)
        return untrained(data), data

    return model


def windows_of(loaded, data, seed=0):
    with CommandOutput("text", quiet=True) as out:
        return read_windows(loaded, data, seed, out)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"forecast__segment": 3},
        {"forecast__mode": "recursive"},
        {"forecast__difference": 7, "forecast__calendar": True},
        {"model__num_layers": 2, "model__cell": "gru", "forecast__highway": 4},
    ],
)
def test_the_part_units_holds_what_every_finding_holds(made, settings):
    loaded, _ = made(**settings)
    check_finding(inspected(loaded, "units"), "units")


@pytest.mark.parametrize("mode", ["direct", "recursive"])
def test_the_units_are_the_states_of_the_layers_for_what_the_network_reads(made, mode):
    loaded, data = made(forecast__mode=mode)
    read = windows_of(loaded, data)
    body, w = loaded.model.body, len(read.x) - 1
    window = data.windows.take(read.tiles.series[w:], read.tiles.first[w:])
    plan = body.plan(data.windows.L, 1, Memory("f8"))
    body.load(loaded.store.views(loaded.theta.astype("f8")), plan)
    y, _ = body.forward(window.inputs, body.initial_state(1, Memory("f8")), plan)
    assert np.allclose(read.x[w][:, read.units.of_last_layer()], y[:, 0], atol=1e-5)
    assert np.allclose(read.inputs[w], window.inputs[:, 0]) and np.abs(read.x).max() > 0.1


def test_a_segment_is_shown_at_the_step_that_it_ends_with(made):
    loaded, data = made(forecast__segment=3)
    read = windows_of(loaded, data)
    assert read.tiles.ends.tolist() == [1, 4, 7] and read.x.shape[1] == 3  # 8 steps: the first segment has two
    assert all(name.startswith("encoder.layer0") for name in map(read.units.name, range(len(read.units))))


def test_windows_end_with_the_series_do_not_overlap_and_begin_at_any_place_of_the_season(made):
    _, data = made()
    tiles = Tiles.of(data, 20_000, np.arange(8), seed=1)
    for s in (0, 1):
        first = np.sort(tiles.first[tiles.series == s])
        assert first[-1] == 200 and (np.diff(first) >= 8).all() and (np.diff(first) <= 12).all()
        assert len(set((first % 7).tolist())) >= 5
    assert (np.diff([data.panel.series[s].stamps[t - 1] for s, t in zip(tiles.series, tiles.first)]) >= 0).all()
    assert len(Tiles.of(data, 30, np.arange(8), seed=1).first) == 3  # the last ones of both series come first


def test_a_series_shorter_than_a_window_has_one_window_whose_steps_before_it_count_for_nothing(made, tmp_path):
    loaded, data = made(forecast__window=150, series__val_size=20)
    assert (windows_of(loaded, data).tiles.rows >= 0).all()
    _, short = made(forecast__window=230, series__val_size=20)
    tiles = Tiles.of(short, 20_000, np.arange(230), 0)
    assert len(tiles.first) == 2 and (tiles.rows < 0).sum() == 2 * 30
    signals = list(series_signals(tiles, np.ones((2, 230, short.windows.D))))
    assert all(np.isnan(each.rows[:, :30]).all() and np.isfinite(each.rows[:, 31:230]).all() for each in signals)


def test_a_unit_that_is_the_level_is_found_beside_the_level(made):
    loaded, data = made(model__cell="rnn")
    views = loaded.store.views(loaded.theta)["layer0"]
    views.W_x[:, 2], views.W_h[:, 2], views.b[2] = 0, 0, 0
    views.W_x[0, 2] = 0.3  # tanh(0.3 level)
    found = inspected(loaded, "units")
    best = next(row for row in found.rows if row["signal"] == "level")
    assert best["unit"] == "layer0:2" and best["r"] > 0.98 and best["again"] > 0.98 and best["follows"]
    assert {row["signal"] for row in found.rows} >= {"level", "slope", "day of the week", "day of the month", "month"}


def test_the_season_of_a_series_without_dates_counts_its_rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.csv").write_text("y\n" + "".join(f"{10 + k % 6}\n" for k in range(120)))
    data = series_data(tmp_path / "plain.csv", {"series.freq": "none"})
    tiles = Tiles.of(data, 20_000, np.arange(8), 0)
    ((title, angle),) = angles(tiles)
    assert title == "season of 6 steps" and np.allclose(angle, 2 * np.pi * (tiles.rows % 6) / 6)


def test_a_cycle_of_the_calendar_takes_the_place_of_the_same_season():
    assert (
        is_cycle(24, HOUR, ("hour", "weekday"))
        and is_cycle(7, DAY, ("weekday",))
        and is_cycle(12, 30 * DAY, ("month",))
    )
    assert not is_cycle(12, HOUR, ("hour",)) and not is_cycle(7, DAY, ()) and not is_cycle(4, 91 * DAY, ("month",))


def test_the_heat_map_goes_from_the_unit_that_follows_the_level_to_the_one_against_it(made):
    loaded, _ = made()
    found = inspected(loaded, "units")
    (heat,) = (each for each in found.more if isinstance(each, Heat))
    shares = [float(name.split()[1]) for name in heat.rows]
    assert shares == sorted(shares, reverse=True) and len(shares) == 4 and len(heat.columns) == 8
    assert heat.columns[-1] == "2024-07-18"  # day 200 of the year that the table begins with


def test_more_steps_show_more_windows_and_units_that_are_named_are_drawn(made):
    loaded, _ = made()
    found = inspected(loaded, "units", symbols=24, units=("1", "layer0.c:0"))
    charts = [each for each in (*found.brief, *found.more) if isinstance(each, Curves)]
    assert len(charts) == 3 and all(list(chart.lines)[1:] == ["layer0:1", "layer0.c:0"] for chart in charts)
    assert len(found.record["windows"]) == 3
    level = charts[0].lines["level of the series, scaled to 1"]
    assert np.abs(level.y).max() == pytest.approx(1) and level.x.tolist() == list(range(-7, 1))
    with pytest.raises(ConfigError, match="no such unit"):
        inspected(loaded, "units", units=("4",))


def test_other_tables_are_looked_at_in_place_of_the_run_s_own(made, tmp_path):
    loaded, _ = made()
    write_long(tmp_path / "more.csv", waves(120, seed=5, season=7))
    found = inspected(loaded, "units", files=["more.csv"])
    assert found.record["data"].startswith("more.csv: ")
    again = inspected(loaded, "units", files=["waves.csv"])  # rows of training may be looked at, too
    assert again.rows == inspected(loaded, "units").rows
    (tmp_path / "waves.csv").unlink()
    with pytest.raises(DataError) as error:
        inspected(loaded, "units")
    assert "--data FILE" in error.value.hint


def test_the_same_seed_gives_the_same_windows_and_figures(made):
    loaded, _ = made()
    one, same, other = (inspected(loaded, "units", seed=seed).rows for seed in (1, 1, 2))
    assert one == same != other


def test_stamps_of_strangers_are_escaped(made):
    _, data = made()
    hostile = SimpleNamespace(text=lambda stamps: ["\x1b[31m"] * len(stamps), series=data.panel.series)
    tiles = Tiles.of(data, 20_000, np.arange(8), 0)
    object.__setattr__(tiles, "data", SimpleNamespace(panel=hostile, windows=data.windows))
    assert set(tiles.names(0)) == {"\\x1b[31m"}
