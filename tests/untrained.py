"""Small tables, and models that were never trained, for tests of forecasts."""

from types import SimpleNamespace

import numpy as np

from rnncli.config import read_settings
from rnncli.tasks.forecast.building import build_forecaster
from rnncli.tasks.forecast.data import load_training
from rnncli.tasks.forecast.predictor import Predictor
from rnncli.tasks.forecast.tail import tail_of

SMALL = {
    "task": "forecast",
    "seed": 3,
    "model.hidden_size": 4,
    "forecast.horizon": 4,
    "forecast.window": 8,
    "forecast.season": 6,
    "series.val_size": 24,
    "series.test_size": 12,
}


def waves(L=96, series=2, seed=0, season=6):
    """{id: (L,)} seasonal series with noise, each of another size and all above 0."""
    rng, t = np.random.default_rng(seed), np.arange(L)
    return {
        f"s{k}": 10**k * (20 + 5 * np.sin(2 * np.pi * (t + k) / season) + rng.standard_normal(L)) for k in range(series)
    }


def write_long(path, series):
    """A table in long format of {id: (L,) or (L, K)}; nan is an empty cell. ds counts days from 2024-01-01."""
    wide = {name: np.asarray(y).reshape(len(y), -1) for name, y in series.items()}
    K = next(iter(wide.values())).shape[1]
    names = ["y"] if K == 1 else [f"y{k}" for k in range(K)]
    lines = [",".join(["unique_id", "ds", *names])]
    for name, y in wide.items():
        stamps = np.datetime64("2024-01-01") + np.arange(len(y))
        for stamp, row in zip(stamps, y.tolist()):
            lines.append(",".join([name, str(stamp), *("" if value != value else repr(value) for value in row)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def series_data(path, settings=None):
    """The SeriesData of a table, with the Config of SMALL and other settings by their full names."""
    return load_training(read_settings(overrides=SMALL | {"data.files": [str(path)]} | (settings or {})))


class Untrained(SimpleNamespace):
    """A model in no file, which notes nothing on where its data are."""

    note = None

    def noting(self, note):
        return self


def untrained(data, scale=0.3, seed=1):
    """What `load_model` would give for a model of `data` with weights drawn at random; its residuals are those of the
    validation split."""
    model = build_forecaster(data.config, data.encoder.size)
    store = model.store()
    theta = (scale * np.random.default_rng(seed).standard_normal(store.size)).astype(np.float32)
    arrays, record = tail_of(data, 1)
    if "val" in data.splits:
        predictor = Predictor(model, store.views(theta), data.windows)
        arrays["series/residuals"] = predictor.residuals(*data.windows.origins(data.splits["val"]))
    return Untrained(
        path="runs/x",
        config=data.config,
        encoder=data.encoder,
        model=model,
        store=store,
        theta=theta,
        data={"digest": data.digest, "files": list(data.files)},
        arrays=arrays,
        record=record,
    )


def forecasts_of(means):
    """forecast(series, first, progress) that gives means(s, t) -> (h, K), without intervals."""

    def forecast(series, first, progress):
        mean = np.stack([means(int(s), int(t)) for s, t in zip(series, first)])
        return SimpleNamespace(mean=mean, quantiles={}, intervals={}, samples=None, method="none")

    return forecast
