"""How a table was made long: what a model remembers of it, to read others alike."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ..tables.wide_tables import ID, TIME

BETWEEN = "/"  # the cells of several id columns, and the names of joined columns
IN_HEADER = ("dates", "steps")  # layouts whose header holds whole stamps
PARTS = {  # what columns add to the stamps of rows, where an older model does not say
    "quarters": tuple(f"-Q{quarter}" for quarter in range(1, 5)),
    "months": tuple(f"-{month:02}" for month in range(1, 13)),
    "hours": tuple(f" {hour:02}:00" for hour in range(24)),
}
MELTED = (
    "wide",
    *IN_HEADER,
    "months",
    "quarters",
    "weeks",
    "days",
    "weekdays",
    "hours",
)  # layouts whose columns become rows


@dataclass(frozen=True)
class Arrangement:
    """How a long table is made from the tables of a run, in the columns of the file.

    layout    long, wide, rows, dates, steps, or the part of a date that the columns are: months of the year of a row
    id, time  the columns of the file; `ignored`: those that are no series in a wide table
    words     columns whose numbers are words, as --words names them
    parts     {id: cells} of ids that cannot be taken apart at "/"
    sample    a cell of each time column, where stamps are made of several; dates: the part of a stamp in each
    header    where the header holds times, the last column and its stamp; where it holds parts of dates, all its
              columns; in rows the name without number, and the number, of the column that comes next
    adds      {what a column adds to the stamps of rows, or a row to the whole stamps of columns: its name or cell}
    order     the columns of ids, times and targets as they follow each other in the file
    """

    layout: str = "long"
    id: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sample: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    adds: dict[str, str] = field(default_factory=dict)

    @property
    def parts_of_header(self) -> dict[str, str]:
        """{what a column adds to the stamps of its rows: its name}; {} for a header that holds no parts of dates."""
        own = {} if self.layout in IN_HEADER else self.adds
        return own or dict(zip(PARTS.get(self.layout, ()), self.header))

    @property
    def id_name(self) -> str | None:
        """The column of ids in the long table."""
        if self.layout in ("wide", "rows") or (self.layout in MELTED and self.id):
            return ID
        return BETWEEN.join(self.id) or None

    @property
    def time_name(self) -> str | None:
        """The column of stamps in the long table."""
        if self.layout in MELTED and self.layout != "wide":
            return TIME
        return BETWEEN.join(self.time) or None

    def split_id(self, name: str) -> tuple[str, ...]:
        """The cells of the id columns for a series."""
        return self.parts.get(name) or (tuple(name.split(BETWEEN)) if len(self.id) > 1 else (name,))

    def to_dict(self) -> dict[str, Any]:
        """JSON values for `from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Arrangement":
        """The Arrangement that `to_dict` wrote, read from JSON or not."""
        parts = {name: tuple(cells) for name, cells in values["parts"].items()}
        lists = {key: tuple(values[key]) for key in ("id", "time", "ignored", "words", "sample", "order")}
        lists |= {key: tuple(values.get(key, ())) for key in ("header", "dates")}  # later than the others
        return cls(values["layout"], parts=parts, adds=values.get("adds", {}), **lists)
