"""Stamps of series of which a table holds the first alone: the others follow by a step, which the file names or the
user."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.frame import Frame
from ..tables.started import TIMES
from ..tables.table import TEXT, Texts, stored_of
from ..time.clock import DAY, MINUTE
from ..time.frequency import Frequency, frequency_named
from ..time.stamps import read_stamps

WORDS = {  # steps in words: the names of pandas
    "second": "s", "minute": "min", "half_hour": "30min", "hour": "h", "dai": "D", "day": "D", "week": "W",
    "month": "MS", "quarter": "QS", "year": "YS", "annual": "YS",
}  # fmt: skip
STEP = re.compile(r"(?:(\d+)_?)?([a-z_]+?)(?:ly|s)?")
OF_MONTHS = re.compile(r"\d*[MQY][SE](?:-[A-Z]{3})?")
SHORTEST_MONTH = 28  # days
NONE = "none"  # as --freq: irregular


def with_stamps(frame: Frame, asked: str | None) -> Frame:
    """A Frame with the stamps of all rows, by the step that its file names, else by the one that is `asked` for; as it
    is where it has them. DataError without a step, and for a first stamp that does not suit it."""
    if frame.started is None:
        return frame
    lengths = np.array(frame.started.lengths, np.int64)
    first = np.cumsum(lengths) - lengths  # the row of the first value of each series
    name = frame.started.frequency
    if not name and asked in (None, NONE):
        raise _without_step(frame)
    texts = frame.columns[TIMES][first]
    starts = read_stamps(texts, lambda k: frame.where(int(first[k]), TIMES), None, None, TIMES)
    if starts.kind != "time":
        raise DataError(f"{frame.where(0, TIMES)}: '{texts[0]}' is no date", "write it as in 2024-01-31 13:00:00")
    local = starts.clock.local(starts.values)
    if name:
        step = _step(name, frame)
        steps = [_of_start(step, start) for start in local.tolist()]
    else:
        steps = [_asked(frame, asked, local)]
    values = np.concatenate([*_grids(local, lengths, steps)])
    columns = stored_of(frame.columns)
    columns[TIMES] = _written(values)
    note = f"the stamps of each series follow from its first one: {name or asked}"
    return replace(frame, columns=Texts(columns), started=None, notes=(*frame.notes, note))


def _without_step(frame):
    """The DataError that asks for the step between values."""
    first = str(frame.columns[TIMES][0])
    words = (STEP.fullmatch(word) for word in re.split(r"[^a-z]+", frame.files[0].lower()))
    named = [WORDS[found[2]] for found in words if found and found[0].endswith("ly") and found[2] in WORDS]
    likely = named[-1] if named else "D" if re.fullmatch(r"[^:]*?(?:[T ]00:00(?::00)?)?", first) else "h"
    return DataError(
        f"{frame.files[0]}: each series has a first stamp ({first}) and values, but no step between them",
        f"name the step, as in --freq {likely}; others are 15min, h, D, B, W, MS, QS and YS",
        f"--freq {likely}",
    )


def _step(name, frame):
    """The Frequency that a file names."""
    found = STEP.fullmatch(name.lower())
    word = WORDS.get(found[2]) if found else None
    try:
        if found and word:
            return frequency_named(f"{found[1] or ''}{word}" if word[0].isalpha() else word)
        return frequency_named(re.sub(r"^(\d*W)-[A-Z]{3}$", r"\1", name))
    except ConfigError as error:
        raise DataError(f"{frame.files[0]}: {error}", "correct it in the file, as in daily, hourly or 15min") from None


def _asked(frame, asked, starts):
    """The Frequency that the user names. DataError where a first stamp is none of it."""
    step = frequency_named(asked)
    off = np.flatnonzero(step.cut(starts)[1] < 0)
    if not len(off):
        return step
    start = int(starts[off[0]])
    other = "W" if step.alias.startswith("W-") else _of_start(step, start).alias
    fits = other != step.alias
    raise DataError(
        f"{frame.files[0]}: a series begins at {_written(starts[off[:1]])[0]}, which is not a stamp of {step.alias}",
        f"name a step that all first stamps suit{f', as in --freq {other}' * fits}",
        f"--freq {other}" if fits else "",
    )


def _grids(starts, lengths, steps: Sequence[Frequency]) -> Iterator[np.ndarray]:
    """Yield the stamps of each series, (n,) int64 microseconds of its clock, by its own step or the only one."""
    for k, (start, n) in enumerate(zip(starts.tolist(), lengths.tolist())):
        yield np.concatenate([np.array([start], np.int64), steps[k % len(steps)].after(start, n - 1)])


def _of_start(step: Frequency, start: int) -> Frequency:
    """The step that a file names, months from the day of the month on which a series begins."""
    if not OF_MONTHS.fullmatch(step.alias):
        return step
    day = np.datetime64(start, "us").astype("M8[D]")
    of_month = int((day - day.astype("M8[M]").astype("M8[D]")).astype(int)) + 1
    if (day + np.timedelta64(1, "D")).astype("M8[M]") != day.astype("M8[M]"):
        return frequency_named(f"{int(step.step.months)}ME")
    return frequency_named(f"{int(step.step.months)}{'MS' if of_month <= SHORTEST_MONTH else f'M-{of_month}'}")


def _written(values):
    """(R,) StringDType: instants as ISO stamps, no longer than they need."""
    unit = "D" if not (values % DAY).any() else "m" if not (values % MINUTE).any() else "us"
    unit = "s" if unit == "us" and not (values % 1_000_000).any() else unit
    texts = np.datetime_as_string(values.astype("M8[us]"), unit=unit).astype(TEXT)
    return np.strings.replace(texts, "T", " ")
