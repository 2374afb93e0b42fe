"""Tables in JSON that is more than a list of flat objects: wrapped in other objects, nested, or turned on its side.
Imports no NumPy: files are recognised with it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .json_answers import TIME, VALUE, WHOSE, are_epochs, frame_in, names_of_pairs, stamps_of
from .kinds import NUMBER, STAMP, kind_of_cells

DEEPEST = 6  # objects and lists around a table, at most
FEWEST = 2  # rows
HEADERS, BODIES = ("columns", "fields", "header"), ("data", "values", "rows")  # of tables with a header of their own
INDEX = "index"  # the name of keys that are no names, and so the first column, as pandas calls them
DATED = "date"  # of those that are stamps
LOOKED_AT = 60  # cells of a column
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
ENDS = {"[": "]", "{": "}"}


class Found(NamedTuple):
    """A table of R rows in JSON."""

    columns: dict[str, list[Any]]  # R scalars each; None for a missing one
    path: str  # the keys that lead to it, "" for the whole
    left_out: tuple[str, ...] = ()  # columns of lists
    others: tuple[str, ...] = ()  # paths of other tables

    @property
    def rows(self) -> int:
        """R."""
        return len(next(iter(self.columns.values())))


def table_in(value: Any, path: str = "", depth: int = 0) -> Found | None:
    """The largest table in what `json.loads` returns; None without one.

    Objects in a list are rows, and so are lists of one length in a list, the first of them perhaps a header. An object
    holds columns, rows by their keys, or numbers by their stamps. What these are nested in is searched.
    """
    if depth > DEEPEST or not isinstance(value, list | dict) or not value:
        return None
    own = _of_list(value, path) if isinstance(value, list) else _of_object(value, path)
    if own is not None:
        return own
    parts = enumerate(value) if isinstance(value, list) else value.items()
    inner = [table_in(part, f"{path}.{name}".strip("."), depth + 1) for name, part in parts]
    tables = sorted(filter(None, inner), key=lambda each: -each.rows)
    return tables[0]._replace(others=tuple(each.path for each in tables[1:])) if tables else None


def repaired(begin: str) -> Any:
    """The value of which a text is the beginning, without what is cut off; None for text that is no JSON."""
    try:
        return json.loads(begin, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        pass
    opened, cuts = [], []
    for sign in STRINGS.finditer(begin):
        mark = sign.group()
        if mark in ENDS:
            opened.append(mark)
        elif mark in "]}" and opened:
            opened.pop()
        elif mark == ",":
            cuts.append((sign.start(), "".join(ENDS[each] for each in reversed(opened))))
    for at, ends in reversed(cuts[-20:]):
        try:
            return json.loads(begin[:at] + ends, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            continue
    return None


def flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (name, scalar or list) of an object; what is in an inner object is called outer.inner."""
    for name, value in record.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _of_list(value, path):
    """The table of a list of objects or of lists."""
    if len(value) < FEWEST:
        return None
    if all(isinstance(each, dict) and each for each in value):
        return _of_records(value, path)
    if all(isinstance(each, list) and each for each in value) and len({len(each) for each in value}) == 1:
        return _of_rows(value, path)
    return None


def _of_records(records, path):
    """A row for each object; for each row of the table within, where each has one."""
    within = [_within(record) for record in records]
    flattened = [dict(flat(record)) for record in records]
    names = dict.fromkeys(name for record in flattened for name in record)
    lists = [name for name in names if any(isinstance(record.get(name), list) for record in flattened)]
    plain = [name for name in names if name not in lists]
    if all(within) and len({tuple(each.columns) for each in within if each}) == 1:
        inner = [each for each in within if each]
        whose = WHOSE if {*inner[0].columns} == {TIME, VALUE} else {}
        columns = {
            whose.get(name, name): [row.get(name) for row, each in zip(flattened, inner) for _ in range(each.rows)]
            for name in plain
        }
        columns |= {name: [cell for each in inner for cell in each.columns[name]] for name in inner[0].columns}
        return Found(columns, path)
    columns = {name: [record.get(name) for record in flattened] for name in plain}
    return Found(columns, path, tuple(lists)) if _has_numbers(columns) else None


def _within(record):
    """The table within an object that is a row: with a header of its own, or in its lists."""
    if any(isinstance(record.get(key), list) for key in HEADERS) or "schema" in record:
        return _of_object(record, "")
    return table_in([part for _, part in flat(record) if isinstance(part, list)])


def _of_rows(rows, path, names=None):
    """The table of lists of scalars; the first one has the names where its cells are words above other kinds."""
    if (
        any(isinstance(cell, list | dict) for row in rows for cell in row)
        or len(rows[0]) < FEWEST
        and (path or len(rows) <= FEWEST)
    ):
        return None
    if names is None:
        texts = [str(cell) for cell in rows[0]]
        is_header = all(isinstance(cell, str) for cell in rows[0]) and not any(map(_is_value, texts))
        unnamed = names_of_pairs(rows) or [f"column{k + 1}" for k in range(len(texts))]
        names, rows = (texts, rows[1:]) if is_header else (unnamed, rows)
    if len(rows) < FEWEST or len(set(names)) < len(names) or len(names) != len(rows[0]):
        return None
    columns = dict(zip(names, map(list, zip(*rows))))
    return Found(columns, path) if _has_numbers(columns) else None


def _of_object(value, path):
    """The table of an object: a header and rows, columns, rows by keys, or numbers by stamps."""
    parts = list(value.values())
    if frame := frame_in(value):
        return Found(frame, path) if _has_numbers(frame) else None
    head = next((value[key] for key in HEADERS if isinstance(value.get(key), list)), None)
    body = next((value[key] for key in BODIES if isinstance(value.get(key), list)), None)
    if head and body and all(isinstance(each, list) for each in body):
        names = [
            each if isinstance(each, str) else str(each.get("name")) if isinstance(each, dict) else "" for each in head
        ]
        index = value.get(INDEX)
        if isinstance(index, list) and len(index) == len(body) and not _counts(index):
            names, body = (
                [DATED if are_epochs(index) else INDEX, *names],
                [[key, *row] for key, row in zip(index, body)],
            )
        return _of_rows(body, path, names) if len({len(row) for row in body}) == 1 else None
    if (
        all(isinstance(part, list) for part in parts)
        and len({len(part) for part in parts}) == 1
        and len(parts[0]) >= FEWEST
    ):
        simple = not any(isinstance(cell, list | dict) for part in parts for cell in part)
        return Found(dict(value), path) if simple and _has_numbers(value) else None
    if all(isinstance(part, dict) and part for part in parts) and (len(parts) >= FEWEST or _is_column(parts[0])):
        return _of_objects(value, path)
    if len(parts) > FEWEST and _are_times(list(value)) and _kind(parts) == NUMBER:
        return Found({DATED: stamps_of(list(value)), "value": parts}, path)
    return None


def _of_objects(value, path):
    """The table of an object of objects: their keys are rows, or those of the outer one are."""
    inner = list(next(iter(value.values())))
    if all(list(part) == inner for part in value.values()) and len(inner) >= FEWEST and _kind(inner) in (NUMBER, STAMP):
        columns = {} if _counts(inner) else {_index_name(inner): stamps_of(inner)}
        columns |= {name: list(part.values()) for name, part in value.items()}
    elif _kind(list(value)) in (NUMBER, STAMP):
        found = _of_records(list(value.values()), path)
        if found is None:
            return None
        columns = ({} if _counts(list(value)) else {_index_name(list(value)): stamps_of(list(value))}) | found.columns
    else:
        return None
    simple = not any(isinstance(cell, list | dict) for column in columns.values() for cell in column)
    return Found(columns, path) if simple and _has_numbers(columns) else None


def _is_column(part):
    """Whether an object that stands alone is a column: it has times, or the numbers of rows, for keys and no lists."""
    simple = not any(isinstance(cell, list | dict) for cell in part.values())
    return simple and len(part) > FEWEST and (_are_times(list(part)) or _counts(list(part)))


def _index_name(keys):
    return DATED if _are_times(keys) else INDEX


def _are_times(keys):
    return _kind(keys) == STAMP or are_epochs(keys)


def _counts(keys):
    """Whether keys only number the rows."""
    return [str(key) for key in keys] == [str(k) for k in range(len(keys))]


def _kind(cells: Sequence[Any]) -> str:
    return kind_of_cells(["" if cell is None else str(cell) for cell in cells[:LOOKED_AT]])


def _is_value(text):
    return kind_of_cells([text]) in (NUMBER, STAMP)


def _has_numbers(columns):
    return any(_kind(column) == NUMBER for column in columns.values())
