"""The series on which a forecaster is evaluated: those that it was trained on, or others with the same columns."""

from dataclasses import replace

import numpy as np

from ..data.series import load_series, stored_units
from ..data.windows import split_rows
from ..errors import ConfigError
from ..evaluate import read_again


def stored_series(loaded, progress=None):
    """The SeriesData that `loaded` (Loaded) was trained on, read again.

    progress: called with (bytes done, all bytes). Raises DataError where the files are gone or have changed.
    """
    return read_again(loaded, lambda: load_series(loaded.config, progress=progress))


def other_series(loaded, files, progress=None):
    """The SeriesData of other files, split by the val_size and test_size of the run.

    Series that the run knew keep their units. Raises DataError for what is not as the model needs it, and where no row
    is left before those that are scored.
    """
    series = loaded.config.series
    config = replace(loaded.config, data=replace(loaded.config.data, files=tuple(files)))
    data = load_series(config, loaded.encoder, progress, stored_units(loaded.arrays, loaded.record))
    lengths = [len(each) for each in data.panel.series]
    return replace(data, splits=split_rows(lengths, series.val_size, series.test_size,
                                           1 + loaded.config.forecast.horizon))


def seen_before(loaded, data, name):
    """[warning], or none, on series with rows in the split of that name that were there when the model was trained."""
    stored = loaded.arrays["series/stamps"], loaded.arrays["series/rows"], loaded.arrays["series/steps"]
    last = {name: stamps[steps - 1] for name, stamps, steps in
            zip(loaded.record["ids"], np.split(stored[0], np.cumsum(stored[1])[:-1]), stored[2])}
    part = data.splits[name]
    seen = sum(one.id in last and stop > start and one.stamps[start] <= last[one.id]
               for one, start, stop in zip(data.panel.series, part.start, part.stop))
    if not seen or data.panel.stamps is None:
        return []
    return [f"{seen:,} of {len(data.panel.series):,} series are scored on rows that were there when the model was "
            "trained: the figures may flatter it"]


def held_out_name(loaded, data, name=None):
    """The name of the split to evaluate: `name`, or test if there is one, else val. ConfigError where it is absent."""
    name = name or ("test" if "test" in data.splits else "val")
    if name not in data.splits:
        raise ConfigError(f"--split {name}: {loaded.path} was trained without {name} rows, so there is no such split",
                          f"name another split, or train with --{name}-size")
    return name
