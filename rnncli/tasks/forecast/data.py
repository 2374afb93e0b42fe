"""Series ready for training: a table as windows and splits, with the encoder that a checkpoint stores."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ...data.series.arrangement import Arrangement
from ...data.series.filling import carry, fill
from ...data.series.panel import Panel
from ...data.series.scaling import Units, UnitsByOrigin, fit_units
from ...data.series.splits import Split, split_rows
from ...data.series.windows import Windows
from ...data.tables.frame import Written
from ...errors import ConfigError, DataError
from ...phrases import counted
from .covariates import unknown_statics, unknown_words
from .defaults import settled
from .encoder import SeriesEncoder, fit_encoder
from .ends import early_ends
from .older_runs import older_digest
from .tables import read_tables

NAMED = 3  # short series that a note names
ALL = "all"  # the only split of a table that is read for a trained model

BytesRead = Callable[[int, int], None]  # (bytes done, all bytes)
StoredUnits = dict[str, tuple[np.ndarray, np.ndarray]]  # {id: (offset (K,), scale (K,))}


@dataclass(frozen=True)
class SeriesData:
    """Series as windows."""

    encoder: SeriesEncoder
    panel: Panel  # missing values filled, if the settings ask for it
    windows: Windows
    splits: dict[str, Split]  # train, val, test as far as they have rows; none in a tail
    config: Any  # Config, with horizon, window, season and val_size as numbers
    digest: str  # SHA-256 in hexadecimal of the files' bytes in order and the settings that change the windows
    files: tuple[str, ...]
    notes: tuple[str, ...]  # irregularities, chosen defaults with their reasons, short series
    lines: tuple[str, ...] = ()  # what the columns were taken for, each with the options that change it
    arrangement: Arrangement = Arrangement()  # of the table, for one that is to look like it
    written: Written = Written()
    older_digest: str | None = None  # what versions before 0.3 stored in place of `digest`

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.panel.series)

    def describe(self) -> list[str]:
        """Lines on the table and on the rows that each split forecasts; `notes` list its irregularities."""
        rows = [self._rows(split) for split in self.splits.values()]
        return [f"{', '.join(self.files)}: {self.panel.words()[0]}", *self.lines, *rows]

    def _rows(self, split):
        """One line: "test: rows 14,401 to 17,420 (2018-02-20 00:00:00 to 2018-06-26 19:00:00)"."""
        some = split.stop > split.start
        rows = (split.stop - split.start)[some]
        if len(rows) > 1:
            count = f"{rows.min():,}" if rows.min() == rows.max() else f"{rows.min():,} to {rows.max():,}"
            each = "each series" if some.all() else f"{len(rows):,} of {len(some):,} series"
            return f"{split.name}: {count} rows of {each}, {rows.sum():,} in all"
        s = int(np.argmax(some))
        first, last = int(split.start[s]), int(split.stop[s]) - 1
        line = f"{split.name}: rows {first + 1:,} to {last + 1:,}"
        if self.panel.stamps is None:
            return line
        return line + " ({} to {})".format(*self.panel.text(self.panel.series[s].stamps[[first, last]]))

    def reaching(self, horizon: int) -> "SeriesData":
        """The same data with room for forecasts of `horizon` steps after the last value of each series."""
        units, config = self.windows.units, self.config
        return replace(self, windows=windows_of(self.panel, self.encoder, config, units, horizon))


def load_training(draft: Any, progress: BytesRead | None = None) -> SeriesData:
    """The SeriesData to train on; settles horizon, season, window and val_size in the Draft. Errors as below."""
    tables = read_tables(draft.view(), None, progress)
    decided, notes = settled(draft.view(), tables.panel)
    for path, value in decided.items():
        draft.decide(path, value)
    return _made(draft.view(), tables, (*notes, *early_ends(tables.panel)))


def load_series(
    config: Any,
    encoder: SeriesEncoder,
    progress: BytesRead | None = None,
    units: StoredUnits | None = None,
    cut: Callable[[Panel], dict[str, Split]] | None = None,
) -> SeriesData:
    """The SeriesData of a Config for a trained model.

    encoder      of the model: the table must have its columns
    units        of known series, from `stored_units`; those of other series are fitted on the rows before each
                 origin
    cut          cut(panel) -> {name: Split} in time order; None: all rows are one split, "all"
    DataError for a table that cannot be read or is too short, with file, line and column where there is one;
    ConfigError for settings that do not fit the data.
    """
    tables = read_tables(config, encoder, progress)
    notes = [*unknown_words(tables.panel, encoder.words), *unknown_statics(tables.panel, encoder.static)]
    return _made(config, tables, notes, encoder, units, cut)


def stored_training(config: Any, progress: BytesRead | None = None, encoder: SeriesEncoder | None = None) -> SeriesData:
    """The SeriesData that a run of this Config was trained on, read again; `encoder`: the one that the run fitted."""
    tables = read_tables(config, None, progress)
    return _made(config, tables, settled(config, tables.panel)[1], fitted=encoder)


def _made(config, tables, notes, encoder=None, units=None, cut=None, fitted=None):
    """The SeriesData of Tables. encoder: of a model that meets other data; without one, `fitted` or a new one."""
    panel, digests = tables.panel, tables.digests
    lengths = [len(each) for each in panel.series]
    series, forecast = config.series, config.forecast
    whole = Split(ALL, np.zeros(len(lengths), np.intp), np.array(lengths, np.intp))
    if encoder is None:
        splits = split_rows(lengths, series.val_size, series.test_size, 1 + forecast.horizon)
        _check_difference(forecast.difference, splits["train"])
    else:
        splits = cut(panel) if cut else {ALL: whole}
    panel, filled = _filled(panel, series.fill, forecast.season, encoder is None or encoder.gappy)
    fitted_on = next(iter(splits.values()))  # train, the rows before the scored ones, or all
    fitted = encoder or fitted or fit_encoder(panel, fitted_on, config, tables.arrangement, tables.written)
    windows = windows_of(panel, fitted, config, _units(panel, fitted_on, forecast, units or {}, encoder is not None))
    if encoder is None:
        _check_windows(panel, windows, fitted_on)
    return SeriesData(
        fitted,
        panel,
        windows,
        splits,
        config,
        digest_of(digests, config),
        panel.files,
        (*panel.words()[1:], *filled, *notes, *_short(panel, fitted_on if encoder is None else whole, windows)),
        tables.lines,
        tables.arrangement,
        tables.written,
        older_digest(digests, config),
    )


def windows_of(panel: Panel, encoder: SeriesEncoder, config: Any, units: Units, room: int = 0) -> Windows:
    """The Windows of a Panel with the settings of a Config, with room for forecasts of `room` steps beyond the last
    values, or of the horizon if that is longer."""
    forecast = config.forecast
    room = max(forecast.horizon, room)
    return Windows(
        encoder.arrays(panel, room),
        forecast.window,
        forecast.horizon,
        units,
        forecast.scaling,
        forecast.log,
        forecast.difference,
        forecast.mode == "recursive",
        encoder.gappy,
        room,
        encoder.columns,
    )


def _units(panel, split, forecast, stored, trained):
    """The Units (S, K) of the series: in training fitted on the rows of `split`. For a trained model they are the
    stored ones, and those of other series are fitted before each origin; without a value there they are the medians of
    the stored ones."""
    y = [each.y if each.real.all() else np.where(each.real, each.y, np.nan) for each in panel.series]
    how = forecast.scaling, forecast.log, forecast.difference
    if not trained:
        return fit_units(y, split.stop, *how)
    K = len(panel.roles.targets)
    usual = [np.median(each, axis=0) for each in zip(*stored.values())] if stored else [np.zeros(K), np.ones(K)]
    offset, scale = (
        np.array([stored[each.id][n] if each.id in stored else np.full(K, np.nan) for each in panel.series])
        for n in range(2)
    )
    return UnitsByOrigin(
        offset,
        scale,
        forecast.log,
        y=tuple(y),
        usual_offset=usual[0],
        usual_scale=usual[1],
        kind=forecast.scaling,
        difference=forecast.difference,
    )


def _filled(panel, how, season, gappy):
    """(Panel, notes) with the missing values filled: `y` for origins after the gap, `carried` for those inside it.
    gappy: whether the inputs mark missing values."""
    missing = sum(int(np.isnan(each.y).sum()) for each in panel.series)
    if not missing:
        return panel, ()
    if how == "none" and not gappy:
        return panel, ("the model was trained without gaps and reads them as average values; --fill fills them",)
    if how == "none":
        return panel, ("missing values are masked; --fill ffill, linear or seasonal fills them",)
    series = tuple(
        replace(each, y=fill(each.y, how, season), carried=carry(each.y, how, season)) for each in panel.series
    )
    return replace(panel, series=series), (
        f"{counted(missing, 'missing value')} filled as inputs ({how}); they are never targets",
    )


def _short(panel, split, windows):
    """A note on series that are shorter than a window with its horizon."""
    needed = windows.reach + windows.h
    short = [each.id for each, stop in zip(panel.series, split.stop) if stop < needed]
    if not short:
        return ()
    listed = ", ".join(short[:NAMED]) + (", ..." if len(short) > NAMED else "")
    have, are = ("has", "is") if len(short) == 1 else ("have", "are")
    several = len(panel.series) > 1
    which = f"{len(short):,} of {len(panel.series):,} series {have}" if several else "the series has"
    return (
        f"{which} fewer than {needed:,} rows (window and horizon) that are not held out and {are} padded at "
        f"the start{f': {listed}' if several else ''}",
    )


def _check_difference(difference, train):
    """ConfigError where no training row has another one `difference` steps before it."""
    rows = int(train.stop.max())
    if difference >= rows:
        raise ConfigError(
            f"forecast.difference: {counted(difference, 'step')}, but the longest series has {counted(rows, 'row')} to "
            "train on: none is so many steps after another",
            f"make --difference smaller than {rows:,}, or leave it out",
        )


def _check_windows(panel, windows, split):
    """DataError where no training window has a value before and after its origin."""
    if not len(windows.origins(split)[0]):
        raise DataError(
            f"{panel.files[0]}: no window to train on: none has a value both in its {windows.L:,} steps and in the "
            f"{windows.h:,} steps after them",
            "make --horizon smaller, or give more rows or values",
        )


def digest_of(digests: Sequence[str], config: Any) -> str:
    """SHA-256 in hexadecimal over the hashes of all files and the settings that change the windows."""
    settings = [asdict(config.table), asdict(config.series), asdict(config.forecast), config.data.encoding]
    return hashlib.sha256(json.dumps([settings, digests], sort_keys=True).encode()).hexdigest()
