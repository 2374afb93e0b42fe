"""How far the cells of a workbook reach, told from its XML before a reader makes room for all of them."""

import re
import zipfile
from typing import IO

from ...errors import DataError
from ..packed import Damage

CELL = re.compile(rb"""<(?:\w{1,9}:)?(?:c|row)\s[^<>]{0,99}?\br=["']([A-Za-z]{0,9})(\d{0,18})["']""")  # its place
CHUNK, LONGEST = 1 << 20, 256  # bytes at a time; of the beginning of a tag, at most
COLUMNS, ROWS = 16_384, 1_048_576  # of a sheet, as many as Excel has
ROOM, SPARSE = 1 << 22, 100  # cells that there is always room for; beyond them, so many for each that is written


def check_bounds(name: str, file: IO[bytes]) -> None:
    """DataError for a workbook in XML with a cell beyond the last column or row of Excel, or with a few so far apart
    that the empty ones between them would fill the memory. Other workbooks are not looked at."""
    file.seek(0)
    if zipfile.is_zipfile(file):
        with Damage(name, "workbook"), zipfile.ZipFile(file) as archive:
            for each in archive.namelist():  # a sheet may have any name
                with archive.open(each) as sheet:
                    _check(name, sheet)
    file.seek(0)


def _check(name, sheet):
    found, letters, last = 0, set(), 0
    tail = b""
    while data := sheet.read(CHUNK):
        places = CELL.findall(data := tail + data)
        tail = data[-LONGEST:]
        found += len(places)
        letters |= {column for column, _ in places}
        last = max(last, max((int(row or 0) for _, row in places), default=0))
    width = max(map(_number, letters), default=0)
    if width > COLUMNS or last > ROWS:
        raise DataError(
            f"{name}: a cell in column {width:,} of row {last:,}, beyond the {COLUMNS:,} and {ROWS:,} of a sheet",
            "save it again in a spreadsheet, or as CSV",
        )
    if width * last > max(ROOM, SPARSE * found):
        raise DataError(
            f"{name}: the cells of a sheet reach to column {width:,} and row {last:,}, and only {found:,} are written",
            "delete the empty columns and rows beyond the table, or save it as CSV",
        )


def _number(column):
    """The number of a column by its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in column.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
