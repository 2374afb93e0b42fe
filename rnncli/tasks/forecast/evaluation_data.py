"""The series on which a forecaster is evaluated: those that it was trained on, or others with the same columns.

Of other files every row is scored that has a window before it, in the file, and was not there when the model was
trained. A series of a file goes on with, or repeats, one that the run had if stamps that both have come with the same
values, for the most part.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...data.series.windows import Split, split_rows
from ...errors import ConfigError, DataError
from ...phrases import counted
from ..stored_data import read_again
from .data import SeriesData, from_tail, load_series, stored_training, stored_units

FILE = "file"  # the rows of another file that are scored, where no split is named
SAME = 0.5  # share of values that two series have in common if they are one


@dataclass(frozen=True)
class Known:
    """What is known before the rows that are scored: observed values, nan where there is none.

    before: [(n, K)] of each series, for the scale of MASE and MSIS; trained: [(n, K)] of each series, for z-scores;
    fitted_on: [(n, K)] of whatever series, for the ridge.
    """

    before: list
    trained: list
    fitted_on: list


@dataclass(frozen=True)
class Source:
    """Series to evaluate: SeriesData, the name of the split that is scored, what is known before it; what is to be
    said of that, a line each."""

    data: SeriesData
    split: str
    known: Known
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def observed(series):
    """(L, K) the values of a Series that were observed; nan for others, filled or not: only truth is scored."""
    return np.where(series.real, series.y, np.nan)


def known_before(data, split):
    """The Known of a split of SeriesData: its own rows before the split, and those of its first split."""
    y, first = [observed(one) for one in data.panel.series], next(iter(data.splits.values()))
    before, trained = (
        [each[:stop] for each, stop in zip(y, stops)] for stops in (data.splits[split].start, first.stop)
    )
    return Known(before, trained, trained)


def stored_series(loaded, progress=None):
    """The SeriesData that `loaded` (Loaded) was trained on, read again.

    progress: called with (bytes done, all bytes). Raises DataError where the files are gone or have changed.
    """
    return read_again(loaded, lambda: stored_training(loaded.config, progress, loaded.encoder))


def held_out_name(loaded, data, name=None):
    """The name of the split to evaluate: `name`, or test if there is one, else val. ConfigError where it is absent."""
    name = name or ("test" if "test" in data.splits else "val")
    if name not in data.splits:
        raise ConfigError(
            f"--split {name}: {loaded.path} was trained without {name} rows, so there is no such split",
            f"name another split, or train with --{name}-size",
        )
    return name


def own_source(loaded, split=None, progress=None):
    """The Source of what `loaded` was trained on: the split of that name, test or else val without a name."""
    data = stored_series(loaded, progress)
    name = held_out_name(loaded, data, split)
    return Source(data, name, known_before(data, name))


def other_source(loaded, files, split=None, progress=None):
    """The Source of other files: of a split named "val" or "test", of sizes as the run had them, or of all new rows.

    Series that the run knew keep their units; those of others are found on rows before the ones that are scored. What
    the run was trained on measures the errors and fits the ridge, if it is to be had. Raises DataError for what is not
    as the model needs it, and where nothing in the files is new.
    """
    own, why = _own_series(loaded, progress)
    had = own or from_tail(loaded.encoder, loaded.arrays, loaded.record, loaded.config)
    had = {each.id: each for each in had.panel.series}
    config = replace(loaded.config, data=replace(loaded.config.data, files=tuple(files)))
    cut = partial(_new_rows, had, config) if split is None else partial(_as_in_run, config)
    data = load_series(config, loaded.encoder, progress, stored_units(loaded.arrays, loaded.record), cut)
    if data.digest == loaded.data["digest"] and "-" not in files:
        data = own or stored_training(config, progress, loaded.encoder)
        name = held_out_name(loaded, data, split)
        return Source(
            data,
            name,
            known_before(data, name),
            (f"{', '.join(files)}: what the model was trained on; the {name} rows are scored",),
        )
    name = FILE if split is None else held_out_name(loaded, data, split)
    warnings = (*_seen(had, data, name), *_unsure(had, data, name, own))
    if split is not None:
        return Source(data, name, known_before(data, name), warnings=warnings)
    _check_new(data)
    return Source(
        data,
        name,
        _known_of_run(own, data) if own else known_before(data, name),
        tuple(_notes(had, data, why)),
        warnings,
    )


def _own_series(loaded, progress):
    """(SeriesData, None) of what the model was trained on, (None, the reason) where it is not to be had."""
    try:
        return stored_series(loaded, progress), None
    except DataError as error:
        return None, str(error)


def _as_in_run(config, panel):
    """{name: Split} by the val_size and test_size of a run."""
    lengths = [len(each) for each in panel.series]
    return split_rows(lengths, config.series.val_size, config.series.test_size, 1 + config.forecast.horizon)


def _new_rows(had, config, panel):
    """{"before": Split, FILE: Split}: what is history only, and the rows of which none was in `had`, {id: Series}.

    A series with room for it begins with a window of history.
    """
    lengths = np.array([len(each) for each in panel.series], np.intp)
    start = np.array([_rows_in_both(each, had.get(each.id)) for each in panel.series], np.intp)
    reach = config.forecast.window + config.forecast.difference
    start = np.where(lengths >= reach + config.forecast.horizon, np.maximum(start, reach), start)
    return {"before": Split("before", np.zeros_like(start), start), FILE: Split(FILE, start, lengths)}


def _check_new(data):
    """Raises DataError where no row of the files is new to the model."""
    part = data.splits[FILE]
    if (part.start == part.stop).all():
        raise DataError(
            f"{', '.join(data.files)}: every row was there when the model was trained, none is new",
            "rnncli eval RUN scores what the run held back; --split val or test scores rows of the file all the same",
        )


def _rows_in_both(series, other):
    """How many rows of a Series, up to the last one with a stamp that `other`, a Series or None, has too, if they are
    one series; 0 if they are not."""
    if other is None:
        return 0
    _, here, there = np.intersect1d(series.stamps[: len(series)], other.stamps[: len(other)], return_indices=True)
    mine, theirs = observed(series)[here], observed(other)[there]
    some = ~(np.isnan(mine) & np.isnan(theirs))
    return int(here[-1]) + 1 if some.any() and np.isclose(mine, theirs)[some].mean() >= SAME else 0


def _known_of_run(own, data):
    """The Known of the rows FILE of `data`, as far as the SeriesData `own` knows a series, else by its rows before."""
    mine, train = [observed(one) for one in own.panel.series], own.splits["train"].stop
    rows = {name: (y, y[:stop]) for name, y, stop in zip(own.ids, mine, train)}
    theirs = known_before(data, FILE).before
    found = [rows.get(name, (before, before)) for name, before in zip(data.ids, theirs)]
    return Known(*map(list, zip(*found)), [trained for _, trained in rows.values()])


def _seen(had, data, name):
    """[warning], or none, on series of which rows are scored that were there when the model was trained."""
    part = data.splits[name]
    seen = sum(_rows_in_both(one, had.get(one.id)) > start for one, start in zip(data.panel.series, part.start))
    if not seen:
        return []
    return [
        f"{seen:,} of {len(data.panel.series):,} series are scored on rows that were there when the model was "
        "trained: the figures may flatter it"
    ]


def _unsure(had, data, name, own):
    """[warning], or none, on series that begin before all that the model file itself holds of them."""
    if own or data.panel.stamps is None:
        return []
    starts = zip(data.panel.series, data.splits[name].start)
    early = sum(
        one.id in had and start < len(one) and one.stamps[start] < had[one.id].stamps[0] for one, start in starts
    )
    return (
        [
            f"{early:,} of {len(data.panel.series):,} series are scored on rows from before the end of what the model "
            "was trained on, which is not to be had: perhaps it has seen them"
        ]
        if early
        else []
    )


def _notes(had, data, why):
    """Yield what is to be said of the rows of other files that are scored."""
    reach, part = data.windows.reach, data.splits[FILE]
    yield (
        f"scored is every row that has a window ({counted(reach, 'row')}) before it in the file and was not there "
        "when the model was trained; --split scores as many rows as the run held back"
    )
    known = sum(_rows_in_both(one, had.get(one.id)) > 0 for one in data.panel.series)
    if known:
        yield f"{known:,} of {len(part.start):,} series begin with rows that were there in training: history only"
    if why:
        yield f"errors are scaled, and the ridge fitted, by the rows of the file before those that are scored: {why}"
