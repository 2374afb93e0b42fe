"""All that stands in the way of reading a table, told at once."""

import shlex
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ...errors import DataError

Result = TypeVar("Result")
NA = "--na "  # of all options that cure cells the one with a list
SEVERAL = "{file}: {count} things stand in the way: {all}"


class Problems:
    """The DataErrors met while a table is read, to be raised together."""

    def __init__(self, file: str):
        self.file = file
        self.errors: list[DataError] = []

    def attempt(self, read: Callable[..., Result], *given: Any) -> Result | None:
        """What `read` returns for the arguments `given`; None, and the error kept, where it raises a DataError."""
        try:
            return read(*given)
        except DataError as error:
            self.errors.append(error)
            return None

    def check(self) -> None:
        """Raises the DataError that was met, or one that tells them all, whose `options` cure all if options can."""
        if not self.errors:
            return
        if len(self.errors) == 1:
            raise self.errors[0]
        told = ". ".join(f"({k}) {error}" for k, error in enumerate(self.errors, start=1))
        hints = ". ".join(f"({k}) {error.hint}" for k, error in enumerate(self.errors, start=1))
        options = [error.options for error in self.errors]
        cure = " ".join(together(options)) if all(options) else ""
        raise DataError(SEVERAL.format(file=self.file, count=len(self.errors), all=told), hints, cure)


def together(options: Iterable[str]) -> list[str]:
    """Options that cure one problem each, as options of one command: the words of all --na in one."""
    each = list(dict.fromkeys(options))
    words = [word for option in each if option.startswith(NA) for word in shlex.split(option)[1].split(",")]
    others = [option for option in each if not option.startswith(NA)]
    return others + ([NA + shlex.quote(",".join(dict.fromkeys(words)))] if words else [])
