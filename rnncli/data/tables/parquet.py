"""Parquet: typed columns as text, dates with their zone."""

import json
from collections.abc import Callable
from itertools import islice
from typing import IO, Any

import numpy as np

from ...errors import ConfigError, DataError
from .table import TEXT, Table, Written, refuse_doubles

CHUNK = 1 << 16  # rows that become texts together: Python's strings take five times the memory of those in an array
WHOLE = 1e15  # whole numbers below it are written without a decimal point
DAMAGED = (OSError, ValueError, TypeError, LookupError, ArithmeticError, NotImplementedError)  # the last: a far year
PERIOD = "pandas.period"  # the extension type of pandas' periods


def read_parquet(name: str, file: IO[bytes], most: int | None = None) -> Table:
    """The Table in a Parquet file, or of its first rows, `most` of them; `line` is the row, from 1.

    Stamps with a zone are written as wall clock and offset. A nameless index of pandas is called index. ConfigError
    without pyarrow; DataError for an unreadable file and for columns of lists, objects and raw bytes.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError(f"{name}: Parquet needs the package pyarrow", "pip install pyarrow") from None
    try:
        table = _rows(parquet.ParquetFile(file), most)
        names = ["index" if each.startswith("__index_level_") else each for each in table.column_names]
        refuse_doubles(name, names)
        fields = dict(zip(names, table.schema))
        columns = {key: _texts(f"{name}:1, column {key}", table.column(k), fields[key]) for k, key in enumerate(names)}
    except (pyarrow.ArrowException, *DAMAGED) as error:
        raise DataError(f"{name}: unreadable Parquet file ({error})", "save it again, or as CSV") from None
    zones = {key: zone for key, field in fields.items() if (zone := getattr(field.type, "tz", None))}
    R = table.num_rows
    del table
    pyarrow.default_memory_pool().release_unused()
    return Table(columns, np.arange(1, R + 1, dtype=np.int32), Written("parquet"), zones)


def _rows(file, most):
    """The rows of a ParquetFile as a table, or the first `most` of them; in parts, which take half of the memory."""
    import pyarrow

    batches = file.iter_batches(most or CHUNK)
    return pyarrow.Table.from_batches(islice(batches, 1 if most else None), file.schema_arrow)


def _texts(place: str, column: Any, field: Any) -> np.ndarray:
    """(R,) StringDType: the cells of a column, null as ""."""
    import pyarrow
    from pyarrow import types

    kind = column.type
    missing = column.is_null().to_numpy()
    if found := _period(field):
        return _filled(_periods(column, found), missing)
    if isinstance(kind, pyarrow.BaseExtensionType):
        column = pyarrow.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        kind = column.type
    if types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind) or types.is_duration(kind):
        raise DataError(f"{place}: a list, an object or raw bytes, not one value", "drop it, or use several columns")
    if types.is_timestamp(kind):
        return _filled(_stamps(column, kind), missing)
    if types.is_floating(kind):
        values = column.to_numpy().astype(np.float32 if types.is_float32(kind) else np.float64)
        return _filled(_number_texts(values), missing | np.isnan(values))
    return _in_chunks(column.cast(pyarrow.string()).fill_null(""), lambda some: np.array(some.to_pylist(), TEXT))


def _in_chunks(column: Any, convert: Callable[[Any], np.ndarray]) -> np.ndarray:
    """(R,) StringDType: what `convert` makes of some rows of a column after the others."""
    texts = np.empty(len(column), TEXT)
    for begin in range(0, len(column), CHUNK):
        texts[begin : begin + CHUNK] = convert(column[begin : begin + CHUNK])
    return texts


def _filled(texts, missing):
    texts[missing] = ""
    return texts


def _number_texts(values):
    """(R,) StringDType: floats, without decimal point if all are whole, as in a column of ids with a missing one."""
    given = values[~np.isnan(values)]
    if (given == np.floor(given)).all() and (np.abs(given) < WHOLE).all():
        values = np.where(np.isnan(values), 0, values).astype(np.int64)
    return _in_chunks(values, lambda some: some.astype(TEXT))


def _stamps(column, kind):
    """(R,) the stamps of a column, to the second if that suffices, to the day if all are at midnight."""
    stamps = column.to_numpy().astype(f"datetime64[{kind.unit}]")
    if kind.tz is None:
        return _clock_texts(stamps)
    import pandas

    stamps = pandas.DatetimeIndex(stamps)
    local = stamps.tz_localize("UTC").tz_convert(kind.tz).tz_localize(None)
    offsets = (local.to_numpy() - stamps.to_numpy()) / np.timedelta64(1, "s")
    texts = _clock_texts(local.to_numpy(), dated=False)
    for offset in np.unique(offsets[~np.isnan(offsets)]):
        sign, minutes = "-" if offset < 0 else "+", int(abs(offset)) // 60
        chosen = offsets == offset
        texts[chosen] = np.strings.add(texts[chosen], f"{sign}{minutes // 60:02}:{minutes % 60:02}")
    return texts


def _clock_texts(stamps, dated=True):
    """(R,) StringDType: stamps (R,) datetime64 without zone."""
    given = stamps[~np.isnat(stamps)]
    unit: Any = "D" if dated else "s"
    if (given != given.astype("datetime64[D]")).any():
        unit = next((unit for unit in ("s", "ms", "us") if (given == given.astype(f"datetime64[{unit}]")).all()), "ns")
    return _in_chunks(
        stamps, lambda some: np.strings.replace(np.datetime_as_string(some, unit=unit).astype(TEXT), "T", " ")
    )


def _period(field):
    """The frequency of pandas' periods, None for another column."""
    if getattr(field.type, "extension_name", "") == PERIOD:
        return field.type.freq
    about = field.metadata or {}
    if about.get(b"ARROW:extension:name", b"").decode() == PERIOD:
        return json.loads(about[b"ARROW:extension:metadata"])["freq"]
    return None


def _periods(column, frequency):
    """(R,) StringDType: the periods of a column as pandas writes them."""
    import pandas

    storage = [chunk.storage if hasattr(chunk, "storage") else chunk for chunk in column.chunks]
    ordinals = np.concatenate([chunk.fill_null(0).to_numpy(zero_copy_only=False) for chunk in storage])
    return np.array(pandas.PeriodIndex.from_ordinals(ordinals, freq=frequency).astype(str).tolist(), TEXT)
