"""`rnncli generate` for series: the table, its stamps and ids, what is known ahead, plots, and what is refused."""

import csv
import io
import json
import os
import pty
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.cli.main import main
from rnncli.config import read_settings
from rnncli.storage import model_files
from rnncli.tasks.forecast.building import build_forecaster
from rnncli.tasks.forecast.data import load_training, stored_training
from rnncli.tasks.forecast.predictor import Predictor
from rnncli.tasks.forecast.table_style import render_rows
from rnncli.tasks.forecast.tail import tail_of

H, L = 4, 8


def shop(n=40, ids=("b shop", "a"), known=6, form="%d.%m.%Y %H:%M"):
    """CSV of sales by the hour, promotions known further ahead, in a time format and id order of its own."""
    rng, begin = np.random.default_rng(0), datetime(2024, 2, 28, 5)
    lines = ["shop,when,sales,promo"]
    for name in ids:
        for t in range(n + known):
            sales = f"{20 + 5 * (t % 4) + rng.normal():.3f}" if t < n else ""
            lines.append(f"{name},{(begin + timedelta(hours=t)).strftime(form)},{sales},{t % 3 == 0:d}")
    return "\n".join(lines) + "\n"


SHOP = {
    "series.id_col": "shop",
    "series.time_col": "when",
    "series.target_col": ["sales"],
    "series.future_cols": ["promo"],
}


def trained(text, settings=None, residuals=60, rows=60, seed=0):
    """What `load_model` returns of a model with random weights, as if it had been trained on the table `text`."""
    with open("data.csv", "w") as file:
        file.write(text)
    draft = read_settings(
        overrides={
            "data.files": ["data.csv"],
            "task": "forecast",
            "model.hidden_size": 6,
            "forecast.horizon": H,
            "forecast.window": L,
        }
        | (settings or {})
    )
    data = load_training(draft)
    D, Q, K = data.encoder.size
    recursive = data.config.forecast.mode == "recursive"
    model = build_forecaster(data.config, (D, D - K if recursive else Q, K))
    store = model.store()
    theta = np.random.default_rng(seed).normal(0, 0.3, store.size).astype(np.float32)
    arrays, record = tail_of(data, rows)
    if residuals:
        shape = (residuals, data.config.forecast.horizon, len(data.encoder.roles.targets))
        arrays["series/residuals"] = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    return SimpleNamespace(
        path="run",
        config=data.config,
        encoder=data.encoder,
        model=model,
        store=store,
        theta=theta,
        arrays=arrays,
        record=record,
    )


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command(capfdbinary, monkeypatch):
    """command(loaded, *arguments): (exit code, stdout, stderr) of `rnncli generate run ...` with that model."""

    def call(loaded, *arguments):
        monkeypatch.setattr(model_files, "load_model", lambda path: loaded)
        code = main(["generate", "run", *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def read_all(terminal):
    """All bytes that a pseudo-terminal shows until its other side is closed."""
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:  # Linux: the other side was closed
        pass
    return shown


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_has_the_columns_stamps_and_order_that_users_know(command):
    code, out, err = command(trained(shop(), SHOP), "-q")
    header = out.splitlines()[0]
    assert (code, err) == (0, "")
    assert header == "unique_id,ds,rnncli,rnncli-lo-95,rnncli-lo-80,rnncli-hi-80,rnncli-hi-95"
    stamps = [row["ds"] for row in table(out) if row["unique_id"] == "a"]
    assert stamps == ["29.02.2024 21:00", "29.02.2024 22:00", "29.02.2024 23:00", "01.03.2024 00:00"]
    assert [row["unique_id"] for row in table(out)] == ["b shop"] * H + ["a"] * H


def test_the_numbers_are_those_of_the_predictor_for_the_end_of_each_series(command):
    loaded = trained(shop(), SHOP | {"forecast.loss": "gaussian"})
    rows = table(command(loaded, "--level", "90", "--quantiles", "0.5,0.1", "-q")[1])
    windows = stored_training(loaded.config).windows
    found = Predictor.of(loaded, windows, 2).forecast(np.arange(2), windows.lengths, (90,), (0.5, 0.1))
    columns = {
        "rnncli": found.mean,
        "rnncli-lo-90": found.intervals[90][0],
        "rnncli-hi-90": found.intervals[90][1],
        "rnncli-q-0.1": found.quantiles[0.1],
        "rnncli-q-0.5": found.quantiles[0.5],
    }
    assert list(rows[0]) == ["unique_id", "ds", *columns]
    for name, values in columns.items():
        np.testing.assert_allclose([float(row[name]) for row in rows], values.ravel(), rtol=1e-8)


def test_a_table_of_the_same_rows_gives_the_same_bytes_as_the_run_itself(command):
    loaded = trained(shop(), SHOP)
    assert command(loaded, "data.csv", "-q") == command(loaded, "-q")
    with open("later.csv", "w") as file:
        file.write(shop(44))
    later = table(command(loaded, "later.csv", "-q")[1])
    assert later[0]["ds"] == "01.03.2024 01:00"


def test_json_lines_hold_the_same_rows(command):
    loaded = trained(shop(), SHOP)
    rows = table(command(loaded, "-q")[1])
    lines = [json.loads(line) for line in command(loaded, "-q", "--format", "jsonl")[1].splitlines()]
    assert [
        {
            name: value if isinstance(value, str) else format(value, ".10g")
            for name, value in line.items()
            if name != "schema"
        }
        for line in lines
    ] == rows
    assert {line["schema"] for line in lines} == {1}


def test_paths_have_a_row_for_each_step_and_the_seed_says_which_they_are(command):
    loaded = trained(shop(), SHOP | {"forecast.loss": "student-t"})
    code, out, err = command(loaded, "--num-samples", "3", "--seed", "5")
    rows = table(out)
    assert list(rows[0]) == ["unique_id", "ds", "sample_id", "rnncli"] and len(rows) == 2 * 3 * H
    assert [row["sample_id"] for row in rows] == [str(m) for _ in range(2) for m in range(3) for _ in range(H)]
    assert (code, err) == (0, "") and command(loaded, "--num-samples", "3", "--seed", "5")[1] == out
    drawn = command(loaded, "--num-samples", "3")
    word, seed = drawn[2].split()
    assert word == "seed" and command(loaded, "--num-samples", "3", "--seed", seed)[1] == drawn[1] != out


@pytest.mark.parametrize(
    "table_text, ids, stamps",
    [
        ("y\n" + "\n".join(str(t % 5 + t / 10) for t in range(40)), "y", ["41", "42", "43", "44"]),
        ("ds,y\n" + "\n".join(f"{10 * t},{t % 5}" for t in range(40)), "y", ["400", "410", "420", "430"]),
        (
            "month,y\n" + "\n".join(f"{2001 + t // 12}-{t % 12 + 1:02},{t % 5}" for t in range(40)),
            "y",
            ["2004-05", "2004-06", "2004-07", "2004-08"],
        ),
    ],
)
def test_rows_and_integers_and_months_go_on_as_they_are_written(command, table_text, ids, stamps):
    rows = table(command(trained(table_text + "\n"), "-q")[1])
    assert [row["ds"] for row in rows] == stamps and {row["unique_id"] for row in rows} == {ids}


def test_several_targets_have_a_column_each(command):
    text = "ds,load,flow\n" + "".join(f"2024-01-{t + 1:02},{t % 7},{100 + t % 3}\n" for t in range(31))
    loaded = trained(text, {"series.target_col": ["load", "flow"]})
    assert list(table(command(loaded, "--level", "80", "-q")[1])[0])[2:] == [
        "rnncli-load",
        "rnncli-load-lo-80",
        "rnncli-load-hi-80",
        "rnncli-flow",
        "rnncli-flow-lo-80",
        "rnncli-flow-hi-80",
    ]


def test_levels_that_the_model_cannot_tell_are_left_out_unless_asked_for(command):
    few, none = trained(shop(), SHOP, residuals=9), trained(shop(), SHOP, residuals=0)
    assert list(table(command(few, "-q")[1])[0])[2:] == ["rnncli", "rnncli-lo-80", "rnncli-hi-80"]
    assert list(table(command(none, "-q")[1])[0])[2:] == ["rnncli"]
    assert list(table(command(few, "--level", "none", "-q")[1])[0])[2:] == ["rnncli"]
    assert "note: no 95 % intervals" in command(few)[2] and "80 % and 95 %" in command(none)[2]
    assert command(few, "--level", "80")[2] == "" and command(none, "--level", "none")[2] == ""
    assert command(few, "--level", "95")[0] == 3 and command(none, "--level", "95")[0] == 2


def test_nothing_is_below_min(command):
    loaded = trained(shop(), SHOP)
    rows = table(command(loaded, "--min", "22", "-q")[1])
    values = [float(value) for row in rows for value in list(row.values())[2:]]
    assert min(values) == 22 and max(values) > 22


def test_what_is_not_known_ahead_is_named_and_the_template_asks_for_it(command):
    loaded = trained(shop(known=2), SHOP)
    code, out, err = command(loaded)
    assert (code, out) == (3, "")
    assert "column promo of series 'b shop' has no value for 29.02.2024 23:00" in err and "01.03.2024 00:00" in err
    assert "--future-template" in err
    code, out, _ = command(loaded, "--future-template")
    assert code == 0 and [list(row.values()) for row in table(out)][:4] == [
        ["b shop", "29.02.2024 21:00", "0"],
        ["b shop", "29.02.2024 22:00", "0"],
        ["b shop", "29.02.2024 23:00", ""],
        ["b shop", "01.03.2024 00:00", ""],
    ]


def test_a_template_that_is_filled_in_stands_for_what_the_data_would_have_known(command):
    short, whole = trained(shop(known=0), SHOP), trained(shop(known=6), SHOP)
    whole.theta[:] = short.theta
    known = {(row["shop"], row["when"]): row["promo"] for row in csv.DictReader(io.StringIO(shop()))}
    rows = table(command(short, "--future-template")[1])
    with open("future.csv", "w") as file:
        print("shop,when,promo", file=file)
        for row in reversed(rows):
            print(row["shop"], row["when"], known[row["shop"], row["when"]], sep=",", file=file)
    assert command(short, "--future", "future.csv", "-q") == command(whole, "-q")


def test_more_steps_than_trained_need_as_many_known_ones_and_say_that_they_build_on_each_other(command):
    loaded = trained(shop(known=6), SHOP)
    code, out, err = command(loaded, "--horizon", "6")
    assert code == 0 and "trained for 4 steps ahead" in err and len(table(out)) == 12
    assert [row for row in table(out) if row["unique_id"] == "a"][:4] == [
        row for row in table(command(loaded)[1]) if row["unique_id"] == "a"
    ]
    assert command(loaded, "--horizon", "7")[0] == 3
    assert table(command(loaded, "--horizon", "2")[1])[2:] == table(command(loaded)[1])[H : H + 2]


def test_irregular_series_take_their_stamps_from_the_table_of_what_is_known(command):
    rng = np.random.default_rng(3)
    at = datetime(2024, 1, 1) + np.cumsum(rng.integers(1, 400, 60)) * timedelta(minutes=1)
    lines = [f"{each:%Y-%m-%d %H:%M},{rng.normal():.3f},{rng.normal():.3f}" for each in at]
    loaded = trained("\n".join(["ds,y,dose", *lines]) + "\n", {"series.future_cols": ["dose"]})
    with open("future.csv", "w") as file:
        file.write("ds,dose\n" + "".join(f"2024-02-0{k} 07:00,{k}\n" for k in range(1, 5)))
    rows = table(command(loaded, "--future", "future.csv", "-q")[1])
    assert [row["ds"] for row in rows] == [f"2024-02-0{k} 07:00" for k in range(1, 5)]


def test_only_the_series_that_are_named(command):
    loaded = trained(shop(), SHOP)
    rows = table(command(loaded, "-q")[1])
    for row, alone in zip(rows[H:], table(command(loaded, "--series", "a", "-q")[1]), strict=True):
        assert (alone.pop("unique_id"), alone.pop("ds")) == (row.pop("unique_id"), row.pop("ds"))
        assert [float(x) for x in alone.values()] == pytest.approx([float(x) for x in row.values()], rel=1e-6)
    code, out, err = command(loaded, "--series", "bshop")
    assert (code, out) == (3, "") and "did you mean 'b shop'?" in err


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["--prompt", "x"], 2, "--prompt: not for the task 'forecast'"),
        (["--length", "5", "--temperature", "1"], 2, "--length, --temperature"),
        (["--level", "80;95"], 2, "--level 80;95: expected numbers"),
        (["--level", ",,"], 2, "--level ,,: expected numbers"),
        (["--quantiles", "0.1,1"], 2, "--quantiles 0.1,1: expected numbers between 0 and 1"),
        (["--level", "100"], 2, "--level 100: expected numbers between 0 and 100"),
        (["--num-samples", "2", "--level", "80"], 2, "exclude"),
        (["--num-samples", "0"], 2, "--num-samples is 0"),
        (["--num-samples", "2", "--seed", "-1"], 2, "--seed is -1"),
        (["--horizon", "0"], 2, "--horizon"),
        (["--plot", "forecast.bmp"], 2, "a picture ends in .png or .svg"),
        (["--future", "nowhere.csv"], 3, "nowhere.csv"),
        (["-", "--future", "-"], 2, "named more than once"),
        (["nowhere.csv"], 3, "nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines(command, arguments, code, words):
    found, out, err = command(trained(shop(), SHOP), *arguments)
    assert (found, out) == (code, "")
    error, hint = err.splitlines()
    assert error.startswith("error: ") and words in error and hint.startswith("hint: ")


def test_a_model_that_needs_to_know_nothing_ahead_has_no_template(command):
    loaded = trained("y\n" + "1\n2\n4\n" * 12)
    for arguments in (["--future-template"], ["--future", "data.csv"]):
        code, out, err = command(loaded, *arguments)
        assert (code, out) == (2, "") and "no future covariates" in err


def test_a_picture_is_drawn_of_the_first_series(command):
    pytest.importorskip("matplotlib")
    loaded = trained(shop(), SHOP)
    code, _, err = command(loaded, "--plot", "forecast.svg")
    with open("forecast.svg") as file:
        drawing = file.read()
    assert code == 0 and "forecast.svg" in err and "b shop" in drawing and "29.02.2024 21:00" in drawing


def test_a_terminal_shows_the_forecast_beside_the_table(command, monkeypatch):
    ours, theirs = pty.openpty()
    loaded = trained(shop(ids=("evil\x1b[31m", "a", "c", "d")), SHOP)
    with ThreadPoolExecutor() as reader:
        shown = reader.submit(read_all, ours)
        with open(theirs, "w", encoding="utf-8") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            assert command(loaded)[0] == 0
        shown = shown.result(60).decode()
    assert "evil\\x1b[31m: 40 steps, 4 ahead" in shown and "29.02.2024 21:00" in shown and "95 % interval" in shown
    assert "1 more are not drawn" in shown and "d: 40 steps" not in shown


def test_no_quantiles_is_something_that_can_be_asked_for(command):
    loaded = trained(shop(), SHOP)
    assert command(loaded, "--quantiles", "none", "-q") == command(loaded, "-q")
    only_the_mean = command(loaded, "--quantiles", "none", "--level", "none", "-q")[1]
    assert list(table(only_the_mean)[0]) == ["unique_id", "ds", "rnncli"]


@pytest.mark.parametrize(
    "settings",
    [
        {"forecast.mode": "recursive", "forecast.loss": "gaussian"},
        {"forecast.log": True},
        {"forecast.difference": 4},
        {"forecast.scaling": "mean", "forecast.calendar": True, "forecast.fourier": 2},
        {"forecast.segment": 2},
        {"forecast.loss": "negative-binomial", "forecast.scaling": "none"},
        {"forecast.highway": 3},
        {"forecast.loss": "quantile", "forecast.quantiles": [0.1, 0.5, 0.9]},
    ],
)
def test_every_kind_of_model_forecasts_from_its_tail_as_from_its_data(command, settings):
    text = (
        shop()
        if "negative" not in settings.get("forecast.loss", "")
        else shop().replace(".", "").replace("022024", ".02.2024").replace("032024", ".03.2024")
    )
    loaded = trained(text, SHOP | settings)
    code, out, err = command(loaded, "--horizon", "6", "-q")
    assert (code, err) == (0, "") and out == command(loaded, "data.csv", "--horizon", "6", "-q")[1]
    lows, highs = ([float(row[name]) for row in table(out)] for name in ("rnncli-lo-80", "rnncli-hi-80"))
    assert len(lows) == 12 and (np.array(lows) < np.array(highs)).all() and np.isfinite(lows).all()


def test_a_history_no_longer_than_a_window_is_enough_to_go_on_from(command):
    loaded = trained(shop(), SHOP)
    with open("short.csv", "w") as file:
        file.write(shop(n=3))
    code, out, err = command(loaded, "short.csv", "-q")
    assert (code, err) == (0, "") and table(out)[0]["ds"] == "28.02.2024 08:00"


def test_weights_that_diverged_are_an_error_and_no_table(command):
    loaded = trained(shop(), SHOP)
    loaded.theta[:] = np.nan
    code, out, err = command(loaded, "--plot", "forecast.png")
    assert (code, out) == (4, "") and "series 'b shop' is not finite" in err and not os.path.exists("forecast.png")


def test_cells_of_a_table_read_back_as_they_were():
    header, rows = ["unique_id", "a"], [['two "quoted", words', 1 / 3], ["β\nγ", float("nan")], ["", -0.0]]
    assert list(csv.reader(io.StringIO("".join(render_rows(header, rows))))) == [
        header,
        ['two "quoted", words', "0.333333333333333"],
        ["β\nγ", ""],
        ["", "0"],
    ]
    assert [json.loads(line) for line in render_rows(header, rows, "jsonl")] == [
        {"schema": 1, "unique_id": name, "a": value} for (name, _), value in zip(rows, (0.333333333333333, None, 0))
    ]
