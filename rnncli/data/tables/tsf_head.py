"""The head of a .tsf file: lines with @ that name its attributes and its frequency. Imports no NumPy: files are
recognised with it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .kinds import EMPTY, NUMBER, kind_of_cell

MARK, COMMENT, DATA = "@", "#", "@data"
ATTRIBUTE = re.compile(r"@attribute\s+(\S+)\s+(\S+)", re.IGNORECASE)
FREQUENCY = re.compile(r"@frequency\s+(\S+)", re.IGNORECASE)
DATE = "date"  # the type of the attribute that has the first stamp


@dataclass(frozen=True)
class Head:
    """What stands above the series of such a file: its attributes, that of the first stamp or None, and the frequency,
    "" if it has none; the number of lines."""

    attributes: tuple[str, ...]
    start: int | None
    frequency: str
    lines: int


def head_of(lines: Iterable[str]) -> Head | None:
    """The Head of a file, of whose lines those up to @data are taken; None for another file."""
    attributes, start, frequency = [], None, ""
    for number, line in enumerate(lines, start=1):
        text = line.strip("\ufeff \t\r\n")
        if text.lower() == DATA:
            return Head(tuple(attributes), start, frequency, number) if attributes else None
        if found := ATTRIBUTE.match(text):
            start = len(attributes) if found[2].lower() == DATE and start is None else start
            attributes.append(found[1])
        elif found := FREQUENCY.match(text):
            frequency = found[1].lower()
        elif text and not text.startswith((MARK, COMMENT)):
            return None
    return None


def is_tsf(begin: str) -> bool:
    """Whether a text with this beginning has such a head, and below it a first series: attributes and colons, then
    numbers. A series so long that the beginning lacks it is one."""
    lines = iter(begin.split("\n"))
    head = head_of(lines)
    if head is None:
        return False
    line = next((line for line in lines if line.strip()), None)
    if line is None:
        return bool(head.frequency)
    first = line.split(":")
    cells = first[-1].split(",")[:2]
    return len(first) > len(head.attributes) and all(
        cell.strip() == "?" or kind_of_cell(cell) in (NUMBER, EMPTY) for cell in cells
    )
