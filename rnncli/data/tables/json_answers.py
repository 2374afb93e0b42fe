"""Tables in the answers of databases of time series: lists of pairs of a time and a value, and frames of fields.
Imports no NumPy: files are recognised with it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

TIME, VALUE = "time", "value"  # of pairs without a header
EPOCH = re.compile(r"1\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d*)?", re.ASCII)  # from 2001 to 2033
MILLISECONDS = re.compile(r"-?\d{1,13}", re.ASCII)
LARGE, MINUTE = 10**10, 60_000  # milliseconds: some of a column are as many, and all are whole minutes
BEGIN = datetime(1970, 1, 1)
LOOKED_AT = 60  # cells
WHOSE = {"target": "series"}  # the name of a series beside its pairs, as Graphite calls it


def are_epochs(cells: Sequence[Any]) -> bool:
    """Whether values are seconds since 1970, or thousandths and finer parts of one; before 2001, milliseconds that are
    different whole minutes."""
    texts = [str(cell) for cell in cells[:LOOKED_AT]]
    if not texts or all(map(EPOCH.fullmatch, texts)):
        return bool(texts)
    if len(set(texts)) < len(texts) or not all(map(MILLISECONDS.fullmatch, texts)):
        return False
    counts = [int(text) for text in texts]
    return any(abs(each) >= LARGE for each in counts) and not any(each % MINUTE for each in counts)


def stamps_of(keys: Sequence[str]) -> list[str]:
    """Times as they are; as stamps where some are milliseconds since 1970 from before 2001, as few digits may be."""
    if not are_epochs(keys) or all(map(EPOCH.fullmatch, keys)):
        return list(keys)
    try:
        return [(BEGIN + timedelta(milliseconds=int(key))).isoformat(" ") for key in keys]
    except (ValueError, OverflowError):
        return list(keys)


def names_of_pairs(rows: Sequence[Sequence[Any]]) -> list[str] | None:
    """The names of the cells of rows of two, a time since 1970 and a value in any order; None for other rows."""
    if len(rows[0]) != 2:
        return None
    timed = [are_epochs([row[k] for row in rows]) for k in (0, 1)]
    return [TIME if own else VALUE for own in timed] if sum(timed) == 1 else None


def frame_in(value: Any) -> dict[str, list[Any]] | None:
    """{name: cells} of a frame of fields, as Grafana answers: names and labels apart from lists of values, a list for
    each field. None for any other value."""
    schema, data = (value.get(key) for key in ("schema", "data"))
    fields = schema.get("fields") if isinstance(schema, dict) else None
    lists = data.get("values") if isinstance(data, dict) else None
    if not isinstance(fields, list) or not isinstance(lists, list) or len(fields) != len(lists) or not lists:
        return None
    if not all(isinstance(each, dict) and each.get("name") for each in fields):
        return None
    if not all(isinstance(each, list) and each for each in lists) or len({len(each) for each in lists}) > 1:
        return None
    labels = {str(key): cell for each in fields for key, cell in (each.get("labels") or {}).items()}
    columns = {str(each["name"]): cells for each, cells in zip(fields, lists)}
    return {key: [cell] * len(lists[0]) for key, cell in labels.items() if key not in columns} | columns
