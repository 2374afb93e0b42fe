"""The series on which a forecaster is evaluated: its own training table, or other files with the same columns.

In other files, a row is scored if the file has a window before it and the model was not trained on it. A series of a
file continues or repeats a series of the run if most of the stamps that both have come with the same values.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...data.files import Meter, fingerprint, open_sources
from ...data.series.panel import Panel, Series
from ...data.series.splits import Split, split_rows
from ...errors import ConfigError, DataError
from ...phrases import counted
from ...storage.stored_data import read_again
from .data import SeriesData, digest_of, load_series, stored_training
from .newer_files import other_series, other_size
from .older_runs import older_digest
from .tail import from_tail, stored_units

FILE = "file"  # the scored rows of another file, where no split is named
SAME = 0.5  # the share of equal values from which on two series count as the same

BytesRead = Callable[[int, int], None]  # (bytes done, all bytes)


@dataclass(frozen=True)
class Known:
    """The observed values before the scored rows, nan where missing.

    before: [(n, K)] of each series, for the scale of MASE and MSIS; trained: [(n, K)] of each series, for z-scores;
    fitted_on: [(n, K)] of any series, for the ridge.
    """

    before: list[np.ndarray]
    trained: list[np.ndarray]
    fitted_on: list[np.ndarray]


@dataclass(frozen=True)
class EvaluationData:
    """Series to evaluate, the name of the split to score, the values known before it; notes and warnings on them, one
    line each."""

    data: SeriesData
    split: str
    known: Known
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def observed(series: Series) -> np.ndarray:
    """(L, K) the observed values of a Series; nan for all others, filled or not: only observed values are scored."""
    return np.where(series.real, series.y, np.nan)


def known_before(data: SeriesData, split: str) -> Known:
    """The Known of a split of SeriesData: the rows before the split, and those of the first split."""
    y, first = [observed(one) for one in data.panel.series], next(iter(data.splits.values()))
    before, trained = (
        [each[:stop] for each, stop in zip(y, stops)] for stops in (data.splits[split].start, first.stop)
    )
    return Known(before, trained, trained)


def stored_series(loaded: Any, progress: BytesRead | None = None) -> SeriesData:
    """The SeriesData that `loaded` (Loaded) was trained on, read again.

    Raises DataError where the files are gone or have changed.
    """
    return read_again(loaded, lambda there: _training_of(there, progress))


def _training_of(loaded, progress):
    """The training data of a run, with the digest that the version which wrote the run has for them."""
    data = stored_training(loaded.config, progress, loaded.encoder)
    same = data.digest == loaded.data["digest"] or _are_of_run(loaded, loaded.config.data.files)
    return replace(data, digest=loaded.data["digest"]) if same else data


def held_out_name(loaded: Any, data: SeriesData, name: str | None = None) -> str:
    """The name of the split to evaluate: `name`, or test if there is one, else val. ConfigError where it is absent."""
    name = name or ("test" if "test" in data.splits else "val")
    if name not in data.splits:
        raise ConfigError(
            f"--split {name}: {loaded.path} was trained without {name} rows, so there is no such split",
            f"name another split, or train with --{name}-size",
        )
    return name


def own_data(loaded: Any, split: str | None = None, progress: BytesRead | None = None) -> EvaluationData:
    """The data that `loaded` was trained on, with the split of that name; without a name test, or else val."""
    data = stored_series(loaded, progress)
    name = held_out_name(loaded, data, split)
    return EvaluationData(data, name, known_before(data, name))


def other_data(
    loaded: Any,
    files: Sequence[str],
    split: str | None = None,
    progress: BytesRead | None = None,
    config: Any = None,
) -> EvaluationData:
    """Other files, with a split named "val" or "test" of the sizes of the run, or else with all new rows.

    config: the Config by which they are read, None for that of the model. Series of the run keep their units; the
    units of others are fitted on the rows before each origin. The training data scale the errors and fit the ridge,
    if they are available. The files of the run are taken as such. Raises DataError for files that the model cannot
    read, and where no row is new.
    """
    config = config or loaded.config
    own, why = _own_series(loaded, progress)
    had = own or from_tail(loaded.encoder, loaded.arrays, loaded.record, loaded.config)
    had = {each.id: each for each in had.panel.series}
    wanted = replace(config, data=replace(config.data, files=tuple(files)))
    if _are_of_run(loaded, files):
        data = own if own and config == loaded.config else stored_training(wanted, progress, loaded.encoder)
        return _held_out(loaded, data, split, files)
    cut = partial(_new_rows, had, wanted) if split is None else partial(_as_in_run, wanted)
    data = load_series(wanted, loaded.encoder, progress, stored_units(loaded.arrays, loaded.record), cut)
    name = FILE if split is None else held_out_name(loaded, data, split)
    sizes = other_size(list(had.values()), data.panel.series, data.panel.roles.targets, files)
    warnings = (*_seen(had, data, name), *_unsure(had, data, name, own), *sizes)
    if split is not None:
        return EvaluationData(data, name, known_before(data, name), warnings=warnings)
    _check_new(data)
    return EvaluationData(
        data,
        name,
        _known_of_run(own, data) if own else known_before(data, name),
        (*_notes(had, data, why), *other_series(list(had), data.ids, files)),
        warnings,
    )


def _are_of_run(loaded, files):
    """Whether files hold the same bytes as those that the model was trained on."""
    if not all(Path(name).is_file() or Path(name).is_dir() for name in files):
        return False  # standard input and pipes can be read only once
    with open_sources(files) as sources:
        digests = [digest for _, digest in fingerprint(sources, Meter(None, 0))]
    return loaded.data["digest"] in (digest_of(digests, loaded.config), older_digest(digests, loaded.config))


def _held_out(loaded, data, split, files):
    """The EvaluationData of the training data of a run, named as other files."""
    name = held_out_name(loaded, data, split)
    note = f"{', '.join(files)}: the training data of the model; the {name} rows are scored"
    return EvaluationData(data, name, known_before(data, name), (note,))


def _own_series(loaded, progress):
    """(SeriesData, None) of the training data, (None, the reason) where they are not available."""
    try:
        return stored_series(loaded, progress), None
    except DataError as error:
        return None, str(error)


def _as_in_run(config, panel: Panel):
    """{name: Split} by the val_size and test_size of a run."""
    lengths = [len(each) for each in panel.series]
    return split_rows(lengths, config.series.val_size, config.series.test_size, 1 + config.forecast.horizon)


def _new_rows(had, config, panel):
    """{"before": Split, FILE: Split}: rows that are only history, and rows that were not in `had`, {id: Series}.

    The history is at least a window long where the series is long enough.
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
            f"{', '.join(data.files)}: no new row: the model was trained with all of them",
            "rnncli eval RUN scores the held-out rows of the run; --split val or test scores rows of the file anyway",
        )


def _rows_in_both(series, other):
    """The number of rows of a Series up to its last stamp that `other`, a Series or None, has too, if the two are the
    same series; 0 if they are not."""
    if other is None:
        return 0
    _, here, there = np.intersect1d(series.stamps[: len(series)], other.stamps[: len(other)], return_indices=True)
    mine, theirs = observed(series)[here], observed(other)[there]
    some = ~(np.isnan(mine) & np.isnan(theirs))
    return int(here[-1]) + 1 if some.any() and np.isclose(mine, theirs)[some].mean() >= SAME else 0


def _known_of_run(own, data):
    """The Known of the rows FILE of `data`: from the SeriesData `own`, for other series from the rows before."""
    mine, train = [observed(one) for one in own.panel.series], own.splits["train"].stop
    rows = {name: (y, y[:stop]) for name, y, stop in zip(own.ids, mine, train)}
    theirs = known_before(data, FILE).before
    found = [rows.get(name, (before, before)) for name, before in zip(data.ids, theirs)]
    before, trained = map(list, zip(*found))
    return Known(before, trained, [each for _, each in rows.values()])


def _seen(had, data, name):
    """[warning], or [], on series scored on rows that the model was trained with."""
    part = data.splits[name]
    seen = sum(_rows_in_both(one, had.get(one.id)) > start for one, start in zip(data.panel.series, part.start))
    if not seen:
        return []
    return [
        f"{seen:,} of {len(data.panel.series):,} series are scored on rows that the model was trained with: "
        "the figures may be too good"
    ]


def _unsure(had, data, name, own):
    """[warning], or [], on series whose scored rows begin before the part of them that the model file holds."""
    if own or data.panel.stamps is None:
        return []
    starts = zip(data.panel.series, data.splits[name].start)
    early = sum(
        one.id in had and start < len(one) and one.stamps[start] < had[one.id].stamps[0] for one, start in starts
    )
    return (
        [
            f"{early:,} of {len(data.panel.series):,} series are scored on rows that the model may have been trained "
            "with: they lie before the end of its training data, which are not available"
        ]
        if early
        else []
    )


def _notes(had, data, why) -> Iterator[str]:
    """Yield notes on the scored rows of other files."""
    reach, part = data.windows.reach, data.splits[FILE]
    yield (
        f"scored rows: all that the model was not trained with and that have a window ({counted(reach, 'row')}) "
        "before them in the file; --split scores as many rows as the run held out"
    )
    known = sum(_rows_in_both(one, had.get(one.id)) > 0 for one in data.panel.series)
    if known:
        yield f"{known:,} of {len(part.start):,} series begin with rows known from training, used only as history"
    if why:
        yield f"errors are scaled, and the ridge fitted, on the rows of the file before the scored ones: {why}"
