"""Columns of whole numbers that count the weeks, months or days of each year, or the steps of each series, whatever
they are called: told by the order of the rows. Imports no NumPy: files are recognised with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from .column_names import words_of
from .names import fold

LENGTHS = {"week": (52, 53), "doy": (365, 366), "month": (12,), "quarter": (4,)}  # numbers of a whole year
STEMS = {  # of names of the parts that other things are as many as: twelve months, but also twelve plots
    "month": "mon mnth monat mes mois mese maand mm mo miesiac mesic honap kuukausi bulan thang period perio 月 월",
    "quarter": "qu q kv trim ctvrt czwart negyed 季 分期",
}
SURE = ("week", "doy")  # no other things are as many
OF_SERIES = "id ids code key fips store shop item state region country station site"  # words of names
YEARS = (1900, 2100)
LOOKED_AT = 10_000  # rows
RUNNING = 0.9  # share of the rows that go on where the one above them ends
FEWEST = 10  # steps of a series that begins anew: fewer may be anything


def counted_in_years(names: Sequence[str], columns: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(column of years, column that counts within each of them, the part of a year that it counts); None if there is
    none."""
    whole = {name: own for name in names if (own := _whole(columns[name])) is not None}
    years = [name for name, own in whole.items() if YEARS[0] <= min(own) and max(own) <= YEARS[1]]
    for year in years:
        for name, own in whole.items():
            part = next((part for part, most in LENGTHS.items() if max(own) in most), None)
            if part is None or min(own) != 1 or not set(OF_SERIES.split()).isdisjoint(words_of(name)):
                continue
            if part not in SURE and (len(set(whole[year])) < 2 or not _is_called(part, name)):
                continue
            if _runs(whole[year], own, part) or _runs(whole[year][::-1], own[::-1], part):
                return year, name, part
    return None


def counted_in_groups(steps: Sequence[Any], groups: Sequence[Any]) -> bool:
    """Whether cells are whole numbers that rise by one, and begin anew exactly where those of another column change."""
    own = _whole(steps)
    if own is None or own[0] not in (0, 1) or max(own) - own[0] < FEWEST - 1:
        return False
    changes = [str(one) != str(two) for one, two in zip(groups, groups[1 : len(own)])]
    return any(changes) and all(
        two == (own[0] if new else one + 1) for one, two, new in zip(own, own[1:], changes, strict=True)
    )


def _whole(texts):
    """[n] the whole numbers in the first cells of a column; None for other cells."""
    cells = [str(text).strip() for text in texts[:LOOKED_AT]]
    plain = [cell.removesuffix(".0") for cell in cells]
    if len(plain) < 2 or not all(len(cell) <= 4 and cell.isascii() and cell.isdecimal() for cell in plain):
        return None
    return list(map(int, plain))


def _is_called(part, name):
    """Whether a word of a name begins or ends as the names of a part do."""
    stems = STEMS[part].split()
    words = [fold(word).strip("0123456789") for word in words_of(name)]
    return any(word == stem or len(stem) > 1 and word.startswith(stem) for word in words for stem in stems) or any(
        len(stem) > 2 and word.endswith((stem, stem + "th", stem + "s")) for word in words for stem in stems
    )


def _runs(years, numbers, part):
    """Whether the rows go from number to number, and from the last of a year to the first of the next one."""
    rows = list(zip(years, numbers))
    if len(set(rows)) < max(LENGTHS[part]) - 1:
        return False
    moves = [(one, two) for one, two in zip(rows, rows[1:]) if one != two]
    on = sum(two == (one[0], one[1] + 1) or two == (one[0] + 1, 1) and one[1] in LENGTHS[part] for one, two in moves)
    return on >= RUNNING * len(moves)
