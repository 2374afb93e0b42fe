"""How a table is written, as the settings of a command say it."""

from dataclasses import dataclass
from typing import Any

SIGNS = {"tab": "\t", "\\t": "\t", "space": " ", "none": ""}  # signs with a name


@dataclass(frozen=True)
class Reading:
    """How a table is written; what is None is found in it."""

    sep: str | None = None  # between cells; " " stands for any number of blanks
    decimal: str | None = None
    thousands: str | None = None  # "" for none
    encoding: str = "utf-8"
    na: tuple[str, ...] = ()  # cells that mark a missing value, besides the usual ones
    skip_rows: int | None = None  # lines above the header
    comment: str | None = None  # lines that begin with it are left out
    sheet: str | None = None  # a sheet of a workbook or a file in an archive: its name, or its number from 1

    @classmethod
    def of(cls, given: Any, encoding: str) -> "Reading":
        """The Reading of the settings on how a table is written (a TableConfig), and of an encoding."""
        return cls(
            _sign(given.sep),
            given.decimal,
            _sign(given.thousands),
            encoding,
            tuple(given.na),
            given.skip_rows,
            given.comment,
            given.sheet,
        )

    @property
    def options(self) -> tuple[str, ...]:
        """The options that are given, but for those of the file: --encoding and --sheet."""
        given = {
            "--sep": self.sep,
            "--decimal": self.decimal,
            "--thousands": self.thousands,
            "--na": self.na or None,
            "--skip-rows": self.skip_rows,
            "--comment": self.comment,
        }
        return tuple(option for option, value in given.items() if value is not None)


def _sign(name):
    return SIGNS.get(name, name)
