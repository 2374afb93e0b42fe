"""Tables in texts: which reader a text is for, by how it begins."""

from collections.abc import Iterator
from dataclasses import replace

from .delimited import read_delimited
from .detection import is_json
from .encodings import TextFile
from .json_tables import read_json
from .reading import Reading
from .season_names import SEASONS, months_of
from .table import TEXT, Table, Texts, listed, stored_of, texts
from .tsf_files import read_tsf
from .tsf_head import is_tsf
from .year_blocks import read_printed, read_years
from .year_prints import printed_years
from .year_span import is_years

BEGINNING = 1 << 16  # characters that tell what a text is


def read_text(name: str, text: TextFile, reading: Reading, ragged: bool) -> Iterator[int | Table]:
    """Yield the number of lines read, from time to time, and at last the Table of a text: JSON, a .tsf file, years
    below each other, also as R prints them, or rows with separators. Errors as those of its reader."""
    with text.open() as stream:
        begin = stream.read(BEGINNING)
    if is_json(begin):
        return read_json(name, text)
    if is_tsf(begin):
        return read_tsf(name, text)
    if not reading.options and is_years(begin):
        return read_years(name, text)
    if not reading.options and printed_years(begin, cut=len(begin) == BEGINNING):
        return read_printed(name, text)
    return _with_months(read_delimited(name, text, reading, ragged))


def _with_months(parts):
    """What a reader yields, in its Table months in place of seasons of three months."""
    for part in parts:
        found = {name: months_of(cells) for name, cells in _words(part)} if isinstance(part, Table) else {}
        if seasons := {name: texts(months) for name, months in found.items() if months}:
            note = f"{listed(seasons)}: seasons of three months, each read as the one in its middle, DJF as January"
            part = replace(part, columns=Texts(stored_of(part.columns) | seasons), notes=(*part.notes, note))
        yield part


def _words(table):
    """Yield (name, cells) of the columns that begin with a season."""
    for name, stored in stored_of(table.columns).items():
        if len(stored) and str(stored[:1].astype(TEXT)[0]).strip().upper() in SEASONS:
            yield name, table.columns[name].tolist()
