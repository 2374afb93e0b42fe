"""Seasons of three months by their initials, DJF to NDJ, in a column: each is the month in its middle. Imports no
NumPy: files are recognised with it."""

from collections.abc import Sequence

INITIALS = "JFMAMJJASOND"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEASONS = {INITIALS[k - 1] + INITIALS[k] + INITIALS[(k + 1) % 12]: month for k, month in enumerate(MONTHS)}
FEWEST = 4  # different seasons in a column: fewer may be words


def months_of(cells: Sequence[str]) -> list[str] | None:
    """The months in the middle of the seasons of a column, Jan for DJF; None for a column of other cells."""
    if not len(cells) or _plain(cells[0]) not in SEASONS:
        return None
    found = [SEASONS.get(_plain(cell)) for cell in cells]
    whole = None not in found and len(set(found)) >= min(FEWEST, len(found))
    return [month for month in found if month] if whole else None


def _plain(cell):
    return str(cell).strip().upper()
