"""One file as a table: columns of text with the line of each row."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...errors import DataError
from .started import Started

TEXT = np.dtypes.StringDType()  # 16 bytes a cell
NARROW = tuple(map(np.dtype, ("S2", "S4", "S8")))  # for columns of so few bytes a cell, which take a fraction
LISTED = 5  # names in a message, at most
UNNAMED = "Unnamed: {}"  # how pandas calls a column without a name, by its place


@dataclass(frozen=True)
class Look:
    """What stands before and after the digits of a number of a column: 12.5 % is ("", " %"), ($5) is ("($", ")").

    factor: what its digits count, 1e6 where all numbers are millions. decimals: None where they are unlike.
    """

    positive: tuple[str, str] = ("", "")
    negative: tuple[str, str] = ("-", "")
    factor: float = 1.0
    decimals: int | None = None
    clock: str = ""  # durations are written as this one: 1:02:03, 01:02:03, or 1:02 of 60 times the first part

    @property
    def unit(self) -> str:
        """What is around the digits, for people; "" for plain numbers, and where digits count thousands or millions."""
        return "" if self.factor != 1.0 else " ".join(filter(None, map(str.strip, self.positive)))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Look":
        """The Look whose fields are `values`, read from JSON."""
        around = tuple(values["positive"]), tuple(values["negative"])
        return cls(*around, values["factor"], values["decimals"], values.get("clock", ""))


@dataclass(frozen=True)
class Written:
    """How a file is written, for one that is to look like it."""

    format: str = "csv"  # csv, jsonl, parquet or xlsx
    sep: str = ","
    encoding: str = "utf-8"
    bom: bool = False  # begins with a byte order mark
    crlf: bool = False  # lines end with CRLF
    decimal: str = "."
    thousands: str = ""
    looks: tuple[Look, ...] = ()  # of the numbers of each column to forecast

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Written":
        """The Written whose fields are `values`, read from JSON; earlier ones had no looks."""
        known = {key: value for key, value in values.items() if key in cls.__dataclass_fields__}
        known["looks"] = tuple(map(Look.from_dict, values.get("looks", ())))
        return cls(**known)


class Texts(Mapping[str, np.ndarray]):
    """The columns of a table, (R,) StringDType each; those of short cells are made anew when they are asked for."""

    def __init__(self, stored: Mapping[str, np.ndarray]):
        """stored: {name: (R,) StringDType or one of NARROW}."""
        self._stored = dict(stored)
        self._last: tuple[str | None, np.ndarray] = None, np.zeros(0, TEXT)

    @classmethod
    def joined(cls, parts: Sequence[Mapping[str, np.ndarray]]) -> "Texts":
        """The columns of several tables, one below the other."""
        tables = [stored_of(part) for part in parts]
        if len(tables) == 1:
            return cls(tables[0])
        return cls({name: np.concatenate(alike([table[name] for table in tables])) for name in tables[0]})

    def __getitem__(self, name: str) -> np.ndarray:
        cells = self._stored[name]
        if cells.dtype == TEXT:
            return cells
        if self._last[0] != name:
            self._last = (name, cells.astype(TEXT))
        return self._last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


def stored_of(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """{name: a column as it is stored}."""
    return dict(columns._stored if isinstance(columns, Texts) else columns)


def first_cells(columns: Mapping[str, np.ndarray], name: str, count: int) -> np.ndarray:
    """(at most `count`,) StringDType: the first cells of a column, which keep no others in memory."""
    stored = columns._stored[name] if isinstance(columns, Texts) else columns[name]
    return stored[:count].astype(TEXT)


def picked(columns: Mapping[str, np.ndarray], names: Collection[str]) -> Mapping[str, np.ndarray]:
    """Some of the columns, in the order of `names`."""
    stored = stored_of(columns) if isinstance(columns, Texts) else columns
    return Texts({name: stored[name] for name in names})


def alike(parts: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
    """Columns of one kind: as texts, unless all are narrow."""
    narrow = all(isinstance(part, np.ndarray) and part.dtype in NARROW for part in parts)
    return parts if narrow else [np.asarray(part, TEXT) for part in parts]


@dataclass(frozen=True)
class Table:
    """A file of R rows."""

    columns: Mapping[str, np.ndarray]  # (R,) StringDType each
    line: np.ndarray  # (R,) integers: the line of each row, counted from 1
    written: Written
    zones: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    started: Started | None = None  # series of which TIMES has the first stamp alone


class Cells:
    """The cells of D columns, filled block by block. What is longer than 15 bytes is kept once, the rest in place."""

    def __init__(self, D: int, most: int):
        """most: rows, at most; memory is taken when they are filled."""
        self._columns = [np.empty(most, NARROW[0]) for _ in range(D)]
        self._line, self.R = np.empty(most, np.int32), 0

    def add(self, rows: Sequence[Sequence[str]], line: Sequence[int] | np.ndarray) -> None:
        """Append rows of D cells each, and the lines that they are on."""
        self.add_columns(list(zip(*rows)), line)

    def add_columns(self, cells: Sequence[Sequence[str]], line: Sequence[int] | np.ndarray) -> None:
        """Append so many cells to each of the D columns, and the lines that they are on."""
        begin, self.R = self.R, self.R + len(line)
        if len(self._line) < self.R:
            self._grow()
        self._line[begin : self.R] = line
        for k, block in enumerate(cells):
            if self._columns[k].dtype != TEXT and not _fits(block, self._columns[k].dtype):
                self._columns[k] = _widened(self._columns[k], begin, block)
            column = self._columns[k]
            column[begin : self.R] = np.array(block, column.dtype)

    def _grow(self):
        more = max(self.R, 2 * len(self._line)) - len(self._line)
        self._line = np.concatenate([self._line, np.empty(more, np.int32)])
        self._columns = [np.concatenate([column, np.empty(more, column.dtype)]) for column in self._columns]

    def column(self, k: int) -> np.ndarray:
        """(R,) the cells of a column, StringDType or one of NARROW: a view."""
        return self._columns[k][: self.R]

    @property
    def line(self) -> np.ndarray:
        """(R,) int32: the lines of the rows; a view."""
        return self._line[: self.R]


def _fits(cells, dtype):
    """Whether a dtype of NARROW keeps all bytes of cells."""
    if max(map(len, cells), default=0) > dtype.itemsize:
        return False
    text = "".join(cells)
    return text.isascii() and "\0" not in text


def _widened(column, R, cells):
    """A column for longer `cells` too, with the first R cells of a narrow one."""
    wider = (dtype for dtype in NARROW if dtype.itemsize > column.itemsize and _fits(cells, dtype))
    wide = np.empty(len(column), next(wider, TEXT))
    wide[:R] = column[:R]
    return wide


def texts(cells: Sequence[str]) -> np.ndarray:
    """(R,) StringDType: the cells of a column."""
    return np.array(cells, TEXT)


def listed(names: Collection[str]) -> str:
    """The first names of a list, and their number if not all are shown."""
    names = list(names)
    return ", ".join(names[:LISTED]) + (f", ... ({len(names):,} in all)" if len(names) > LISTED else "")


def refuse_doubles(place: str, names: Sequence[str]) -> None:
    """DataError if two columns have the same name."""
    if doubles := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(
            f"{place}: more than one column is called {doubles[0]!r}",
            "rename all but one; if the file has no header, add one as its first line; if the header stands below: "
            "--skip-rows",
        )


def named_columns(place: str, names: Sequence[str]) -> list[str]:
    """The names of a header; a nameless column is called as pandas does."""
    named = [name or UNNAMED.format(k) for k, name in enumerate(names)]
    refuse_doubles(place, named)
    return named


def header_cells(names: Sequence[str]) -> list[str]:
    """The cells of a header with these names: empty for a column that `named_columns` would call so again."""
    return ["" if name == UNNAMED.format(k) else name for k, name in enumerate(names)]
