"""One file as a table: columns of text with the line of each row."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import DataError

TEXT = np.dtypes.StringDType()
LISTED = 5  # names in a message, at most


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
    decimals: int | None = None  # of the numbers to forecast; None: unlike


@dataclass(frozen=True)
class Table:
    """A file of R rows."""

    columns: dict[str, np.ndarray]  # (R,) StringDType each
    line: np.ndarray  # (R,) integers: the line of each row, counted from 1
    written: Written
    zones: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Cells:
    """The cells of D columns, filled block by block. What is longer than 15 bytes is kept once, the rest in place."""

    def __init__(self, D: int, most: int):
        """most: rows, at most; memory is taken when they are filled."""
        self._columns = [np.empty(most, TEXT) for _ in range(D)]
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
        for column, block in zip(self._columns, cells, strict=True):
            column[begin : self.R] = np.array(block, TEXT)

    def _grow(self):
        more = max(self.R, 2 * len(self._line)) - len(self._line)
        self._line = np.concatenate([self._line, np.empty(more, np.int32)])
        self._columns = [np.concatenate([column, np.empty(more, TEXT)]) for column in self._columns]

    def column(self, k: int) -> np.ndarray:
        """(R,) the cells of a column: a view."""
        return self._columns[k][: self.R]

    @property
    def line(self) -> np.ndarray:
        """(R,) int32: the lines of the rows; a view."""
        return self._line[: self.R]


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
            "rename all but one; if the file has no header, add one as its first line",
        )


def named_columns(place: str, names: Sequence[str]) -> list[str]:
    """The names of a header; a nameless column is called as pandas does."""
    named = [name or f"Unnamed: {k}" for k, name in enumerate(names)]
    refuse_doubles(place, named)
    return named
