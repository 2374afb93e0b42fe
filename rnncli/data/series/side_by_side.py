"""Tables with a series in each column, known by a column that sums up all others, or by numbered names."""

from collections.abc import Sequence

import numpy as np

from ..time.date_columns import NAMELESS
from .columns import Columns
from .names import OTHER, TOTALS, called
from .times import find_time

FEWEST_ROWS, FEWEST_OTHERS = 5, 2
FEWEST_NUMBERED = 4  # columns of one name with numbers
ALIKE = 0.98  # of the rows agree: some sums are typed
ROUNDED = 1e-3  # of the largest sum, as its parts are rounded


def sums_of_others(columns: Columns, names: Sequence[str]) -> list[str]:
    """The column among those called `names` that is the sum, or the mean, of all the others; [] if there is none."""
    if len(names) <= FEWEST_OTHERS or columns.rows < FEWEST_ROWS:
        return []
    totals = [name for name in names if called(name, TOTALS) != OTHER]
    if len(totals) != 1:
        return []
    others = [name for name in names if name not in totals]
    table = [numbers_of(columns, name) for name in (*totals, *others)]
    if any(each is None for each in table):
        return []
    total, *parts = [each for each in table if each is not None]
    given, close = ~np.isnan(total), ROUNDED * max(np.nanmax(np.abs(total), initial=0), 1e-300)
    if len(np.unique(total[given])) < FEWEST_OTHERS:
        return []
    sums = np.nansum(parts, axis=0)
    alike = (np.mean(np.abs(total - each)[given] <= close) for each in (sums, sums / len(parts)))
    return totals if max(alike) >= ALIKE else []


def is_side_by_side(columns: Columns) -> bool:
    """Whether each column is a series of its own: beside a time that does not repeat there are columns of numbers
    alone, one of them the total of the others, or all of one name with numbers, as in MT_001, MT_002."""
    if not (_are_numbered(columns.names[1:]) or any(called(name, TOTALS) != OTHER for name in columns.names)):
        return False
    time = find_time(columns, columns.names)
    rest = [name for name in columns.names if name not in time and columns.kind(name) != "empty"]
    if not time or columns.repeats(time) or len(columns.of_kind(rest, "number")) < len(rest):
        return False
    return _are_numbered(rest) or bool(sums_of_others(columns, rest))


def _are_numbered(names):
    """Whether names are one name with different numbers: the last of them tell."""
    stems = {name.rstrip("0123456789") for name in names}
    return (
        len(names) >= FEWEST_NUMBERED and len(stems) == 1 and not NAMELESS.fullmatch(names[0]) and names[0] not in stems
    )


def numbers_of(columns: Columns, name: str) -> np.ndarray | None:
    """(n,) the numbers of a sample of a column, nan for missing ones; None where a cell is none."""
    texts = [text.replace("\u00a0", "").replace(" ", "") for text in columns.sample(name)]
    commas = sum("," in text for text in texts)
    dots = sum("." in text for text in texts)
    if commas and dots:
        last = max((text for text in texts if "," in text and "." in text), key=len, default="")
        thousands = "," if last.rfind(",") < last.rfind(".") else "."
        texts = [text.replace(thousands, "") for text in texts]
    try:
        return np.array([float(text.replace(",", ".")) if text else np.nan for text in texts])
    except ValueError:
        return None
