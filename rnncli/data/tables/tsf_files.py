"""Files of the Monash archive, .tsf: below a head a series in each line, its attributes, its first stamp and values."""

import re
from collections.abc import Iterator

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .encodings import TextFile
from .started import TIMES, Started
from .table import Cells, Table, Texts, Written, refuse_doubles
from .tsf_head import Head, head_of

VALUE, STEP = "value", "step"  # the names of the columns that have none in such a file
FIRST = 1 << 12  # rows that there is room for at first
UNKNOWN = "?"  # a missing value
CLOCK = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d)-(\d\d)-(\d\d)", re.ASCII)


def read_tsf(name: str, text: TextFile) -> Iterator[int | Table]:
    """Yield the number of lines read, from time to time, and at last the Table of a .tsf file: a row for each value.

    The rows of series without a first stamp are numbered from 1. DataError, with file and line, for a line with too few
    attributes.
    """
    with text.open() as stream:
        head = head_of(stream)
        assert head is not None, "the file was recognised by its head"
        names = _names(name, head)
        cells, lengths = Cells(len(names), FIRST), []
        for number, line in enumerate(stream, start=head.lines + 1):
            if not line.strip():
                continue
            columns = _columns(f"{name}:{number}", line.strip(), head)
            lengths.append(len(columns[-1]))
            cells.add_columns(columns, np.full(lengths[-1], number))
            yield number
    columns = {key: cells.column(k) for k, key in enumerate(names)}
    started = None if head.start is None else Started(tuple(lengths), head.frequency)
    encoding = text.encoding.removesuffix("-sig")
    yield Table(
        Texts(columns),
        cells.line,
        Written("csv", encoding=encoding, bom=text.bom, crlf=text.crlf),
        notes=(*text.notes, f"a .tsf file of {len(lengths):,} series"),
        started=started,
    )


def _names(name, head: Head):
    """The columns: the attributes, the stamps or the numbers of rows, the values."""
    others = [each for k, each in enumerate(head.attributes) if k != head.start]
    names = [*others, STEP if head.start is None else TIMES, VALUE]
    refuse_doubles(name, names)
    return names


def _columns(place, line, head: Head):
    """The cells of a series, a list for each column."""
    *given, values = line.split(":", len(head.attributes))
    if len(given) < len(head.attributes):
        raise DataError(
            f"{place}: {counted(len(given), 'attribute')} before the values, but the head has {len(head.attributes)}",
            f"write the line as in {':'.join(head.attributes)}:1.5,2,?,3",
        )
    cells = ["" if (cell := value.strip()) == UNKNOWN else cell for value in values.split(",")]
    own = [each.strip() for k, each in enumerate(given) if k != head.start]
    n = len(cells)
    stamps = [*map(str, range(1, n + 1))] if head.start is None else [_with_colons(given[head.start].strip())] * n
    return [*([each] * n for each in own), stamps, cells]


def _with_colons(stamp):
    """A stamp such as 2000-01-31 13-30-00 with colons in its clock, which separate attributes in such a file."""
    return CLOCK.sub(r"\1 \2:\3:\4", stamp)
