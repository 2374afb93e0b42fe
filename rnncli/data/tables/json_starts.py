"""Objects of JSON with a first stamp and a list of values. Imports no NumPy: files are recognised with it."""

from typing import Any, NamedTuple

from .json_shapes import flat
from .kinds import EMPTY, NUMBER, STAMP, kind_of_cell
from .started import TIMES

STARTS = ("start", "start_date", "start_time", "start_timestamp", "begin")
VALUES = ("target", "values", "value", "y", "observations", "data")
FREQUENCIES = ("freq", "frequency")
FEWEST = 1  # values of a series
LOOKED_AT = 60  # of its values
MOST_BESIDE = 20  # numbers in a list that describes a whole series


class Series(NamedTuple):
    """A series of n values: its columns {name: n texts}, the step as the object names it, lists that fit no row, and
    whether it has a column of words, which may name it."""

    columns: dict[str, list[str]]
    frequency: str
    left_out: tuple[str, ...]
    length: int
    is_named: bool


def series_in(record: Any) -> Series | None:
    """The Series of an object; None for a value of another form."""
    if not isinstance(record, dict):
        return None
    parts = dict(flat(record))
    start = next((name for name in STARTS if isinstance(parts.get(name), str)), None)
    values = next((name for name in VALUES if _are_numbers(parts.get(name))), None)
    if start is None or values is None or kind_of_cell(parts[start]) != STAMP:
        return None
    n, left_out = len(parts[values]), []
    frequency = next((name for name in FREQUENCIES if isinstance(parts.get(name), str)), None)
    columns, is_named = {}, False
    for name, part in parts.items():
        if name in (start, values, frequency):
            continue
        found = _columns(name, part, n)
        columns |= found
        is_named |= isinstance(part, str) or name.endswith("id") and not isinstance(part, list)
        left_out += [name] * (isinstance(part, list) and not found)
    columns |= {TIMES: [parts[start]] * n, values: list(map(_text, parts[values]))}
    return Series(columns, parts[frequency] if frequency else "", tuple(left_out), n, is_named)


def is_begun(record: Any) -> bool:
    """Whether an object that is cut off begins with a list of values: its first stamp may stand below them."""
    return isinstance(record, dict) and len(record) == 1 and any(_are_numbers(record.get(name)) for name in VALUES)


def _are_numbers(part):
    """Whether a value is a list of numbers, as the first of them show."""
    if not isinstance(part, list) or len(part) < FEWEST or any(isinstance(each, list | dict) for each in part):
        return False
    return all(kind_of_cell(_text(each)) in (NUMBER, EMPTY) for each in part[:LOOKED_AT])


def _columns(name, part, n):
    """{name: n texts} of what stands beside the values of a series: the same in all rows, or lists as long as it."""
    if not isinstance(part, list):
        return {name: [_text(part)] * n}
    if not part:
        return {}
    if all(isinstance(each, list) for each in part):
        lists = part if all(len(each) == n for each in part) else []
    elif len(part) == n and len(part) > MOST_BESIDE:
        lists = [part]
    else:
        lists = [[each] * n for each in part] if len(part) <= MOST_BESIDE else []
    if any(isinstance(each, list | dict) for one in lists for each in one):
        return {}
    names = [name] if len(lists) == 1 else [f"{name}_{k}" for k in range(1, len(lists) + 1)]
    return {own: list(map(_text, one)) for own, one in zip(names, lists)}


def _text(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
