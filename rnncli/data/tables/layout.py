"""Where in a file its table begins: titles above the header, the header itself, or none. Imports no NumPy."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ...phrases import counted
from ..whole_numbers import whole_of
from .double_headers import is_below_metadata, joined_header, with_year_above
from .kinds import EMPTY, NUMBER, STAMP, WORD, is_value, kind_of_cell, kind_of_cells
from .preambles import PREAMBLE, rows_below

COMMENTS = ("#", "%", "//")  # signs that begin a line above a table
TITLES = 60  # lines above a header, at most
RULE = re.compile(r"[-=+:|\s]*")  # a cell of a line drawn below a header
WIDTHS = re.compile(r"\d+[a-z]", re.IGNORECASE)  # a cell below a header that says how wide a column is: 14n
COUNTED = 2  # more dates, or numbers that count from 0 or 1, than this are names of columns
REMARKS = 12  # lines of words below a header, at most
COMPARED = 30  # rows below the first that show whether it is data like them
SAME = re.compile(r"\d+|[^\W\d_]{3,}")  # of dates in one form: their numbers, and the names of their months
YEARS = range(1500, 2200)


@dataclass(frozen=True)
class Layout:
    """Where a table of D columns begins among the rows of a sample."""

    names: tuple[str, ...]  # D, of the columns; "" for a nameless one
    begin: int  # the index of the row that is the header, or of the first one of data
    first: int  # the index of the first row of data
    notes: tuple[str, ...] = ()

    @property
    def has_header(self) -> bool:
        """Whether a row of the table has the names."""
        return self.begin < self.first


def width_of(rows: Sequence[Sequence[str]]) -> tuple[int, float]:
    """(D, share): the number of cells of most rows, and the share of rows with so many. Blank rows do not count."""
    counts = Counter(len(row) for row in rows if any(map(str.strip, row)))
    if not counts:
        return 0, 0.0
    D = max(counts, key=lambda length: (counts[length], length))
    return D, counts[D] / counts.total()


def layout_of(rows: Sequence[Sequence[str]], titles: bool = True) -> Layout | None:
    """The Layout of the rows of a sample from the beginning of a file, blank ones among them.

    None where the first rows are neither a header nor titles above one, or if all are blank. Without `titles` the first
    row is the header or data.
    """
    D, _ = width_of(rows)
    filled = [k for k, row in enumerate(rows) if any(map(str.strip, row))]
    if not filled:
        return None
    first = filled[0]
    if not titles:
        return _below(rows, first, ())
    if D == 1:
        return _single(rows, first)
    found = rows_below(rows, D)
    if found and (found[2] or not _remarks(rows[first + 1 :], D)):
        return Layout(_stripped(rows[found[0]]), found[0], found[1], (PREAMBLE,))
    header = _header(rows, filled[: TITLES + 1], D)
    if names := with_year_above(rows, header):
        rows = [*rows[:header], names, *rows[header + 1 :]]
    if header == first or len(rows[first]) == D - 1 and len(_below(rows, first, ()).names) == D:
        return _below(rows, first, ())
    above = [rows[k] for k in filled if k < header]
    is_comment = all(map(_is_comment, above))
    what = f"{counted(len(above), 'line')} above the header left out; to choose: --skip-rows"
    if is_comment and not _are_names(rows[header]):
        return _with_comment_as_header(rows, above, header, D) or _below(rows, header, (what,))
    titled = all(_given(row) < 2 for row in above) or any(
        not any(map(str.strip, rows[k])) for k in range(first, header)
    )
    titled = titled or is_below_metadata(rows, above, header, D)
    if not is_comment and not (titled and _are_names(rows[header]) and _has_values(rows[header + 1 :])):
        return None
    return _below(rows, header, (what,))


def _header(rows, filled, D):
    """The first row of D cells that is not alone, the first row of all if there is none."""
    for k, after in zip(filled, (*filled[1:], None)):
        if len(rows[k]) != D or _given(rows[k]) < 2 or after is not None and len(rows[after]) != D:
            continue
        is_comment = _is_comment(rows[k])
        if rows[k][0].strip() in COMMENTS and k != filled[0]:
            continue  # words of a remark, which are as many by chance
        if after is None or not (is_comment and (_is_comment(rows[after]) or _is_above_values(rows, after))):
            return k
    return filled[0]


def _is_comment(row):
    return row[0].lstrip().startswith(COMMENTS)


def _is_above_values(rows, k):
    """Whether a row is a header, with a word above a column of numbers or stamps."""
    below = [row for row in rows[k + 1 : k + 1 + COMPARED] if len(row) == len(rows[k])]
    kinds = [kind_of_cells(column) for column in zip(*below)]
    named = any(kind in (NUMBER, STAMP) and kind_of_cell(cell) == WORD for cell, kind in zip(rows[k], kinds))
    return named and _are_names(rows[k])


def _given(row):
    """The number of cells that are not blank."""
    return sum(bool(cell.strip()) for cell in row)


def _are_names(row):
    """Whether the cells of a row may be the names of columns: words, or dates and years beside a word or
    a blank first cell."""
    given = [cell for cell in row if cell.strip()]
    kinds = [kind_of_cell(cell) for cell in given]
    if NUMBER in kinds or STAMP in kinds:
        return is_sequence(given) and (WORD in kinds or not row[0].strip())
    return WORD in kinds


def _has_values(rows):
    return any(is_value(cell) for row in rows for cell in row)


def _single(rows, first):
    """The Layout of one column, whose first row is its name unless it is a number."""
    name = rows[first][0].strip()
    if kind_of_cell(name) == NUMBER:
        return Layout(("y",), first, first)
    return Layout((name,), first, first + 1)


def _with_comment_as_header(rows, above, header, D):
    """The Layout of a table whose header is the last of the comments above it, or None."""
    cells = list(above[-1])
    cells[0] = cells[0].lstrip("#%/ \t")
    cells = cells if cells[0] else cells[1:]
    if len(cells) != D or not _are_names(cells):
        return None
    note = "the last comment above the table read as its header; to choose: --skip-rows"
    return Layout(_stripped(cells), header, header, (note,))


def _below(rows, header, notes):
    """The Layout of a table that begins with the row `header`: its names, or the first data."""
    if names := joined_header(rows, header):
        rows = [*rows[: header + 1], names, *rows[header + 2 :]]
        return _below(rows, header + 1, (*notes, "two rows of names read as one header, such as " + repr(names[-1])))
    cells, below = rows[header], rows[header + 1 :]
    if len(cells) == 1:
        return replace(_single(rows, header), notes=notes)
    if _is_data(cells, below):
        names = tuple(f"column{k + 1}" for k in range(len(cells)))
        note = f"no header: columns called column1 to column{len(cells)}; add one as the first line to name them"
        return Layout(names, header, header, (*notes, note))
    first = header + 1
    if below and all(map(RULE.fullmatch, below[0])) and any(map(str.strip, below[0])):
        first += 1  # a line drawn below the header, as in Markdown
    elif below and len(below[0]) == len(cells) > 1 and all(map(WIDTHS.fullmatch, below[0])):
        first += 1
        notes = (*notes, "1 line of column widths below the header left out")
    elif count := _remarks(rows[first:], len(cells)):
        first += count
        remarks = [row for row in rows[first - count : first] if row]  # without blank lines
        what = "such as codes" if any(map(is_value, chain(*remarks))) else "such as units"
        words = f"{counted(len(remarks), 'line')} of words below the header left out, {what}"
        notes = (*notes, words) if remarks else notes
    names = _stripped(cells)
    if names and names[0].startswith("# ") and len(names) > 1:
        names = (names[0][1:].strip(), *names[1:])
    filled = [row for row in rows[first:] if any(map(str.strip, row))]
    longer = [row for row in filled if len(row) == len(names) + 1]
    if len(filled) > 1 and len(longer) == len(filled) and _counts([row[0] for row in filled]):
        notes = (*notes, "the first column, which numbers the rows, has no name in the header")
        names = ("", *names)
    return Layout(names, header, first, notes)


def _remarks(rows, D):
    """The number of rows below a header of D cells that are no data, such as units or codes: words above a first column
    of numbers or stamps, and no number where the columns hold some unless the words are a label."""
    count = next((k for k, row in enumerate(rows[: REMARKS + 1]) if row and is_value(row[0])), 0)
    below = [row for row in rows[count:] if len(row) == len(rows[count])][:COMPARED]
    if not count or len(below) < 2 or len(below[0]) < D:
        return 0
    kinds = [kind_of_cells(column) for column in zip(*below)]
    ordered = len(below) > count and (kinds[0] == STAMP or _rise([row[0] for row in below]))
    remarks = (_are_words(row, kinds) or ordered and _is_label(row, kinds) for row in rows[:count] if row)
    return count if kinds[0] != WORD and all(remarks) else 0


def _are_words(row, kinds):
    """Whether a row has a word above a column of something else, and no number or stamp above a column of such."""
    pairs = [(kind_of_cell(cell), kind) for cell, kind in zip(row, kinds)]
    data = any(own == kind in (NUMBER, STAMP) for own, kind in pairs)
    return not data and any(own == WORD != kind for own, kind in pairs)


def _is_label(row, kinds):
    """Whether a row above times says what stands beside it: words without a digit, so that no time is misspelt."""
    return len(row) == len(kinds) and kind_of_cell(row[0]) == WORD and not re.search(r"\d", row[0])


def _rise(cells):
    """Whether cells are whole numbers that rise or fall from row to row, as years do."""
    numbers = [number for cell in cells if (number := whole_of(cell)) is not None]
    if len(numbers) < len(cells):
        return False
    steps = [after - before for before, after in zip(numbers, numbers[1:])]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _counts(cells):
    """Whether cells are 1, 2, 3, ... or 0, 1, 2, ..."""
    return cells[0].strip() in ("0", "1") and [cell.strip() for cell in cells] == [
        str(int(cells[0].strip()) + k) for k in range(len(cells))
    ]


def _stripped(cells):
    return tuple(cell.strip() for cell in cells)


def _is_data(cells, below):
    """Whether the first row of a table is data rather than names: each of its cells is of the kind of its column."""
    kinds = [kind_of_cell(cell) for cell in cells]
    if not {NUMBER, STAMP} & {*kinds} or _are_years([cell for cell in cells if cell.strip()]):
        return False
    below = [row for row in below if len(row) == len(cells)][:COMPARED]
    if not below:
        return WORD not in kinds
    columns = list(zip(*below))
    if not all(EMPTY in (own, kind) or own == kind for own, kind in zip(kinds, map(kind_of_cells, columns))):
        return False
    again = any(kind == WORD and cell in column for cell, kind, column in zip(cells, kinds, columns))
    plain = all(cell.strip().isdecimal() for cell, kind in zip(cells, kinds) if kind == NUMBER)
    return again or WORD not in kinds or STAMP in kinds or not plain


def is_sequence(cells: Sequence[str]) -> bool:
    """Whether cells of a header are different dates in the same form, or years, as in a table with a column a date."""
    stamps = {cell.strip() for cell in cells if kind_of_cell(cell) == STAMP}
    return len(stamps) > COUNTED and len({SAME.sub("1", stamp) for stamp in stamps}) == 1 or _are_years(cells)


def _are_years(cells):
    """Whether the numbers in a header name its columns: years at equal steps, or 1, 2, 3, ..., as of pandas."""
    numbers = [number for cell in cells if cell.isascii() and (number := whole_of(cell)) is not None]
    steps = {after - before for before, after in zip(numbers, numbers[1:])}
    if len(steps) != 1 or len(numbers) < sum(kind_of_cell(cell) == NUMBER for cell in cells):
        return False
    counted_up = len(numbers) > COUNTED and numbers[0] in (0, 1) and steps == {1}
    return counted_up or steps < {1, -1, 5, 10} and all(each in YEARS for each in numbers)
