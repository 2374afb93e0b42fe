"""Whether files are tables."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..time.stamps import is_stamp
from .frame import GZIP, PARQUET, SEPARATORS
from .numbers import number_pattern

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
LINES = 20  # to look at
PEEKED = 1 << 16  # bytes to look at, at most


def is_table(names: Sequence[str]) -> bool:
    """Whether the first of these files is a table, judged by its name; a folder if all its files are; standard input by
    its first bytes, which are not consumed."""
    if not names:
        return False
    if names[0] == "-":
        return sys.stdin is not None and looks_like_table(_begin(sys.stdin.buffer))
    if os.path.isdir(names[0]):
        inside = [path.name for path in Path(names[0]).rglob("*") if path.is_file()]
        return bool(inside) and all(map(_is_table, inside))
    return _is_table(names[0])


def _begin(file):
    """The first bytes of a buffered file, without consuming them."""
    return file.peek(PEEKED)[:PEEKED]


def _is_table(name):
    return Path(name.lower().removesuffix(".gz")).suffix in TABLES


def looks_like_table(data: bytes) -> bool:
    """Whether these are the first bytes of a table: gzip, Parquet, JSON objects, or lines with equally many cells, some
    of them numbers."""
    if data.startswith((GZIP, PARQUET)):
        return True
    lines = [line for line in data.decode("latin-1").removeprefix("ï»¿").splitlines() if line.strip()][:LINES]
    if len(lines) < 2:
        return False
    if lines[0].startswith("{"):
        return lines[0].endswith("}")
    separator = max(SEPARATORS, key=lines[0].count)
    whole = lines[1:-1] or lines[1:]  # the last line may be incomplete
    if separator not in lines[0]:
        return all(map(_is_value, whole))
    same = all(line.count(separator) == lines[0].count(separator) for line in whole)
    return same and any(_is_value(cell) for cell in whole[0].split(separator))


def _is_value(cell):
    """Whether a cell is a number or a stamp."""
    cell = cell.strip().strip('"')
    return bool(number_pattern().fullmatch(cell)) or is_stamp(cell)
