"""Years as R prints them: the names of months or quarters above a line of values for each year, aligned at their right
ends, and nothing above the years. Imports no NumPy: files are recognised with it."""

import re

from .kinds import EMPTY, NUMBER, kind_of_cell

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
QUARTERS = ("Qtr1", "Qtr2", "Qtr3", "Qtr4")
NAMES = {name: name for name in MONTHS} | {name: f"Q{k}" for k, name in enumerate(QUARTERS, start=1)}
WORD = re.compile(r"\S+")
YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d", re.ASCII)
FEWEST = 2  # years
BESIDE = 2  # characters between the ends of a value and its name, at most


def printed_years(text: str, cut: bool = False) -> dict[str, list[str]] | None:
    """{name: cells} of a print of years, `year` first; what has no value is empty. None for any other text.

    A line that is too wide goes on below all years, with names of its own. cut: whether the text may end within a line,
    or before all years have all names.
    """
    lines = [line.removeprefix("\ufeff") for line in text.split("\n")]
    if cut:
        lines = lines[:-1]
    ends: dict[int, str] = {}
    found: dict[str, dict[str, str]] = {}
    names: dict[str, None] = {}
    for line in filter(str.strip, lines):
        words = list(WORD.finditer(line))
        if line[0] == " " and all(word.group() in NAMES for word in words):
            ends = {word.end(): NAMES[word.group()] for word in words}
            names |= dict.fromkeys(ends.values())
            continue
        year, values = words[0].group(), words[1:]
        cells = {_nearest(word.end(), ends): word.group() for word in values}
        if not YEAR.fullmatch(year) or "" in cells or len(cells) < len(values):
            return None
        if any(kind_of_cell(cell) not in (NUMBER, EMPTY) for cell in cells.values()):
            return None
        found.setdefault(year, {}).update(cells)
    whole = len(names) in (len(MONTHS), len(QUARTERS)) or cut and bool(names)
    if len(found) < FEWEST or not whole:
        return None
    return {"year": list(found)} | {name: [row.get(name, "") for row in found.values()] for name in names}


def _nearest(end, ends):
    """The name that ends where a value does, or a little beside; "" for none."""
    nearest = min(ends, key=lambda each: abs(each - end), default=end + 1 + BESIDE)
    return ends[nearest] if abs(nearest - end) <= BESIDE else ""
