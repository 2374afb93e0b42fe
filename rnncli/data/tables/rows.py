"""The rows of one table, checked against its header and gathered into columns."""

from collections import deque
from collections.abc import Sequence

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .footers import (
    COMPARED,
    MOST,
    REMARKS,
    are_footnotes,
    are_sentences,
    begin_with_values,
    footer_length,
    is_footer,
    is_remark,
    remarks_length,
)
from .layout import COMMENTS, Layout
from .table import TEXT, Cells, Table, Texts, Written, listed, named_columns

COLUMNS = 100_000  # at most: each is looked at many times to find out what it is
SHOWN = 40  # characters of a line in a note, at most


class Rows:
    """The rows of a table of D columns, added block by block.

    Rows of separators alone are left out, as are headers that come again, and blank cells beyond the last column; a
    blank line is a missing value in a table of one column.
    """

    def __init__(
        self,
        name: str,
        layout: Layout,
        notes: Sequence[str],
        most: int,
        ragged: bool,
        separator: str,
        numbers: Sequence[int] | None = None,
    ):
        """most: rows, about; numbers: the line in the file of each line that is added, None if they are the same.
        DataError for more than COLUMNS columns."""
        if len(layout.names) > COLUMNS:
            raise DataError(
                f"{name}: {len(layout.names):,} columns; at most {COLUMNS:,} are read",
                "leave out columns that are not needed, or write a line for each of them",
            )
        self._name, self._notes, self._ragged, self._separator = name, list(notes), ragged, separator
        self._numbers, self._header, self._names = numbers, layout.names, list(layout.names)
        self._cells = Cells(len(self._names), most)
        self._apart: list[tuple[int, list[str]]] = []  # rows of words, which may stand below the table
        self._gaps: deque[int] = deque(maxlen=REMARKS)  # the last blank lines
        self._below_gap = False  # whether a blank line stands before the first row apart
        self._title = list(layout.names) if layout.has_header and len(layout.names) > 1 else None
        self._blank = self._longer = self._repeated = 0
        self._comments: list[int] = []  # lines within the table that begin with a sign of a comment

    def name(self, line: int) -> None:
        """Name the columns by the header in a line. DataError if two have the same name."""
        self._names = named_columns(self.place(line), self._header)

    def place(self, line: int) -> str:
        """A line in words: "sales.csv:17"."""
        numbers = self._numbers
        return f"{self._name}:{numbers[line - 1] if numbers and line <= len(numbers) else line}"

    def add(self, rows: Sequence[Sequence[str]], line: np.ndarray) -> None:
        """Append rows and the lines (R,) that they are on. DataError for a row that is too long or too short."""
        if not rows:
            return
        D = len(self._names)
        whole = set(map(len, rows)) == {D} and (D == 1 or all(map(any, rows)))
        if not whole or self._apart or self._title in rows:
            kept = [(row, at) for cells, at in zip(rows, line.tolist()) if (row := self._checked(list(cells), at))]
            rows, line = [row for row, _ in kept], np.array([at for _, at in kept], np.intp)
        if rows:
            self._cells.add(rows, line)

    def _checked(self, row, line):
        """A row as long as the header, None for one that is no row of the table."""
        D, given = len(self._names), sum(bool(cell.strip()) for cell in row)
        if D > 1 and not (any(row) if len(row) > 1 else given):
            self._blank += len(row) > 1
            self._gaps.append(line)
            return None
        if row == self._title:
            self._repeated += 1
            return None
        if len(row) > D and not any(map(str.strip, row[D:])):
            row = row[:D]
            self._longer += 1
        if len(row) < D and (self._ragged or D == 1):
            row += [""] * (D - len(row))
        if len(row) != D and is_comment(row):
            self._comments.append(line)
            return None
        if self._apart and len(row) == D:
            raise self._unequal(*self._apart[0])
        if len(row) != D:
            self._set_apart(line, row)
            return None
        return row

    def _set_apart(self, line, row):
        """Keep a row of another length that may stand below the table. DataError for any other."""
        if not self._apart:
            self._below_gap = line - 1 in self._gaps
        rows = [each for _, each in self._apart] + [row]
        numbered = is_remark(row) and are_footnotes(rows)
        goes_on = len(rows) > 1 and self._below_gap and is_remark(row)
        most = REMARKS if numbered or self._below_gap else MOST
        if len(self._apart) == most or not (is_footer(row) or numbered or goes_on):
            raise self._unequal(*(self._apart[0] if self._apart else (line, row)))
        self._apart.append((line, row))

    def _unequal(self, line, row):
        """The DataError for a row of another length."""
        D = len(self._names)
        hint = f"give the row {counted(D, 'cell')}"
        if self._separator:
            hint += f"; quote a cell that contains {self._separator[0]!r}"
        if not self._cells.R:
            hint += "; if the header stands below, leave the lines above it out with --skip-rows"
        return DataError(
            f"{self.place(line)}: {counted(len(row), 'cell')}, but the header has {D} ({listed(self._names)})",
            hint,
        )

    def table(self, written: Written, notes: Sequence[str] = ()) -> Table:
        """The Table of all rows."""
        columns, line = [self._cells.column(k) for k in range(len(self._names))], self._cells.line
        R = len(line) - self._below(columns)
        if len(columns) == 1:
            while R and not columns[0][R - 1]:
                R -= 1  # blank lines at the end
        line = line[:R]
        if self._numbers is not None:
            line = np.array(self._numbers, np.intp)[line - 1]
        empty = [k for k, name in enumerate(self._header) if not name and R and not _any_cell(columns[k][:R])]
        empty = empty if len(empty) < len(columns) else []
        self._tell(len(empty))
        kept = {name: columns[k][:R] for k, name in enumerate(self._names) if k not in empty}
        return Table(Texts(kept), line, written, notes=(*notes, *self._notes))

    def _below(self, columns):
        """The number of last rows that stand below the table. DataError for a short row that does not."""
        R = self._cells.R
        filled = [cells for column in columns if any(cells := column[-MOST - COMPARED :].astype(TEXT).tolist())]
        last = list(zip(*filled))
        if self._apart and not (last and (self._is_told_apart(last) or begin_with_values(last))):
            raise self._unequal(*self._apart[0])
        count = 0
        if len(columns) > 1 and R:
            lines = self._cells.line[-len(last) :].tolist()
            count = footer_length(last) or remarks_length(last, lines, self._gaps)
        below = [row for row in last[len(last) - count :]] + [row for _, row in self._apart]
        if below:
            first = next(cell for cell in below[0] if cell.strip())
            self._notes.append(f"{counted(len(below), 'line')} below the table left out, from {first[:SHOWN]!r} on")
        return count

    def _is_told_apart(self, last):
        """Whether what stands below the table is numbered, or a blank line and no word of the first column begin it."""
        new = all(self._apart[0][1][0] != row[0] for row in last)
        rows = [row for _, row in self._apart]
        return new and (self._below_gap or are_footnotes(rows) or are_sentences(rows, [row[0] for row in last]))

    def _tell(self, empty):
        """Add the notes on what was left out."""
        if self._blank:
            self._notes.append(f"{counted(self._blank, 'row')} of separators alone left out")
        if self._comments:
            what = f"{counted(len(self._comments), 'comment')} within the table left out"
            self._notes.append(f"{what}, the first one in line {self.place(self._comments[0]).rpartition(':')[2]}")
        if self._longer:
            self._notes.append(f"{counted(self._longer, 'row')} with a separator at the end")
        if self._repeated:
            self._notes.append(f"the header, which comes again {counted(self._repeated, 'time')}, left out there")
        if empty and self._separator != "|":  # in Markdown it also stands at both ends of a line
            self._notes.append(f"{counted(empty, 'column')} without name and value left out")


def is_comment(row: Sequence[str]) -> bool:
    """Whether a row begins with a sign of a comment and words; not with a code such as #5."""
    first = row[0].lstrip()
    sign = next((each for each in (*COMMENTS, ";") if first.startswith(each)), "")
    return bool(sign) and first.removeprefix(sign).lstrip()[:1].isalpha()


def _any_cell(column):
    """Whether a column, as it is stored, has a cell that is not empty."""
    return bool((column.astype(TEXT) != "").any())
