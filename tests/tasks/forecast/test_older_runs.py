"""Model files of older versions: stamps in seconds, and a digest of the data over the settings of that time."""

import numpy as np
import pytest

from rnncli.config import from_dict, read_settings
from rnncli.tasks.forecast.data import load_training
from rnncli.tasks.forecast.encoder import SeriesEncoder
from rnncli.tasks.forecast.older_runs import older_digest
from rnncli.tasks.forecast.tail import from_tail, tail_of

SECOND = 1_000_000  # microseconds
STORED = {  # the configuration of a run, as a version before wrote it
    "task": "forecast",
    "data": {"encoding": "utf-8", "files": ["de.csv"]},
    "series": {
        "decimal": ",",
        "duplicates": "error",
        "fill": "none",
        "freq": None,
        "future_cols": ["p"],
        "id_col": None,
        "layout": "long",
        "past_cols": [],
        "static_cols": [],
        "target_col": ["y"],
        "test_size": 0.0,
        "thousands": None,
        "time_col": None,
        "time_format": None,
        "unsorted": "error",
        "val_size": 8.0,
    },
    "forecast": {
        "calendar": False,
        "difference": 0,
        "fourier": 0,
        "highway": 0,
        "horizon": 5,
        "log": False,
        "loss": "mse",
        "mode": "direct",
        "quantiles": [],
        "scaling": "last",
        "season": 7,
        "segment": 0,
        "stride": 1,
        "window": 14,
    },
}
FILE = "5cae47c4cd67971732ee5193162405428ed7424377648d166a91d0834a20f57a"  # SHA-256 of its table
DIGEST = "c8e8b823c5a46c23979abd8296874b498fad20a4343ac78640e1c30a5af49771"  # what that version stored for both


def test_the_digest_that_an_older_version_stored_is_known_again():
    config = from_dict(STORED)
    assert older_digest([FILE], config) == DIGEST
    assert older_digest([FILE[::-1]], config) != DIGEST
    assert (config.table.decimal, config.series.time_zone) == (",", None)


TABLES = {
    "days": "ds,y\n" + "".join(f"{np.datetime64('2024-01-01') + np.timedelta64(k, 'D')},{k}\n" for k in range(40)),
    "rows": "y\n" + "".join(f"{k}\n" for k in range(40)),
}


@pytest.mark.parametrize("name, unit", [("days", SECOND), ("rows", 1)])
def test_stamps_in_seconds_are_read_as_the_same_dates_and_row_numbers_stay(write, name, unit):
    write(TABLES[name])
    sizes = {"forecast.horizon": 3, "forecast.window": 6}
    data = load_training(read_settings(overrides={"data.files": ("a.csv",)} | sizes))
    arrays, record = tail_of(data, 10)
    older = (
        arrays | {"series/stamps": arrays["series/stamps"] // unit},
        {k: v for k, v in record.items() if k != "unit"},
    )
    old, new = (from_tail(data.encoder, *tail, data.config).panel for tail in (older, (arrays, record)))
    assert old.series[0].stamps.tolist() == new.series[0].stamps.tolist()
    assert old.text(old.series[0].stamps[-1:]) == ["2024-02-09" if name == "days" else "40"]


def test_an_older_encoder_of_irregular_series_has_its_step_in_seconds():
    stored = {
        "kind": "series",
        "stamps": "time",
        "format": "%Y-%m-%d",
        "frequency": None,
        "step": 86_400.0,
        "gappy": False,
        "past": [],
        "known": [],
        "static": [],
        "cycles": [],
        "season": 1,
        "fourier": 0,
        "roles": {"id": None, "time": "ds", "targets": ["y"], "past": [], "known": [], "static": []},
    }
    encoder = SeriesEncoder.from_dict(stored)
    assert encoder.step == 86_400 * SECOND and encoder.irregular
    assert SeriesEncoder.from_dict(encoder.to_dict()) == encoder


def test_a_run_of_an_older_version_is_resumed_unless_its_table_changed(write, command, monkeypatch):
    write(TABLES["days"])
    words = "train", "a.csv", "-q", "--horizon", "3", "--window", "6", "--max-steps", "2", "-o", "run"
    with monkeypatch.context() as older:
        older.setattr("rnncli.tasks.forecast.data.digest_of", older_digest)
        assert command(*words)[0] == 0
    code, _, err = command("train", "--resume", "run", "--max-steps", "4", "-q")
    assert code == 0, err
    write(TABLES["days"].replace(",7\n", ",8\n"))
    code, _, err = command("train", "--resume", "run", "--max-steps", "6", "-q")
    assert code == 3 and "its data changed (a.csv)" in err
