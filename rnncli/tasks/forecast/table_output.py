"""Where a table goes: to standard output or, by -o, to a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ConfigError
from ...phrases import counted
from ..base import Output
from .table_files import JSONL, check_table_file, encoded, write_table
from .table_style import PLAIN, Style, render_rows


@dataclass(frozen=True)
class Table:
    """A table to be written: cells are text, whole numbers and floats."""

    header: Sequence[str]
    rows: Iterable[Sequence[Any]]  # may be read once
    stamps: int | None = 1  # the column of stamps; None: they are in parts
    targets: Sequence[int | None] = ()  # the target whose unit the numbers of each column have, None for none


def check_output(path: str | None, format: str, read: Iterable[str | None]) -> None:
    """Raises ConfigError for a file that -o cannot be given: of an unknown kind, of another one than --format asks for,
    in no folder, or one of those that are `read`."""
    if path is None:
        return
    kind = check_table_file(path)
    if format == "jsonl" and kind != JSONL:
        raise ConfigError(f"--format jsonl, but -o {path}", "leave out --format: the extension decides")
    if not Path(path).absolute().parent.is_dir():
        raise ConfigError(f"-o {path}: there is no folder {Path(path).parent}", "create it, or name another folder")
    for name in read:
        if name and Path(path).exists() and Path(name).exists() and Path(path).samefile(name):
            raise ConfigError(f"-o {path}: this is the table that is read", "name another file")


def write_rows(table: Table, out: Output, style: Style = PLAIN, path: str | None = None) -> None:
    """Write a table to the file `path`, or to an Output."""
    if path is not None:
        rows = list(table.rows)
        if write_table(path, table.header, rows, style, table.stamps):
            out.note(f"note: {style.written.encoding} lacks a character of the forecast; written as UTF-8")
        out.note(f"wrote {path}: {counted(len(rows), 'row')}")
        return
    lines = render_rows(table.header, table.rows, out.format, style)
    written = style.written
    if out.format == "jsonl" or (written.encoding, written.bom) == ("utf-8", False) or not out.exact:
        for line in lines:
            out.write(line)
    else:
        out.write(encoded("".join(lines), style)[0].decode("utf-8", "surrogateescape"))  # the same bytes once written
    out.flush()
