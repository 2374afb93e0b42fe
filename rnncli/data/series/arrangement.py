"""How a table was made long: what a model remembers of it, to read others alike."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ..tables.wide_tables import ID, TIME

BETWEEN = "/"  # the cells of several id columns, and the names of joined columns
IN_HEADER = ("dates", "steps")  # layouts whose header holds whole stamps
PARTS = {  # layouts with a column for each part of the year or day of a row: what each adds to the stamp of the row
    "quarters": tuple(f"-Q{quarter}" for quarter in range(1, 5)),
    "months": tuple(f"-{month:02}" for month in range(1, 13)),
    "hours": tuple(f" {hour:02}:00" for hour in range(24)),
}
MELTED = ("wide", *IN_HEADER, *PARTS)  # layouts whose columns become rows


@dataclass(frozen=True)
class Arrangement:
    """How a long table is made from the tables of a run, in the columns of the file.

    layout    long, wide, rows, dates, steps, or months, quarters or hours of the year or day of a row
    id, time  the columns of the file; `ignored`: those that are no series in a wide table
    words     columns whose numbers are words, as --words names them
    parts     {id: cells} of ids that cannot be taken apart at "/"
    sample    a cell of each time column, where stamps are made of several
    header    where the header holds times, the last column and its stamp; in a layout of PARTS all its columns; in rows
              the name without number, and the number, of the column that comes next
    order     the columns of ids, times and targets as they follow each other in the file
    """

    layout: str = "long"
    id: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sample: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

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
        return cls(values["layout"], parts=parts, header=tuple(values.get("header", ())), **lists)
