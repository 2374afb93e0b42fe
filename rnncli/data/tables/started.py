"""Series that a file holds with their first stamp alone: the step between the values is told beside them, or asked for.
Imports no NumPy but for types."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

TIMES = "timestamp"  # the column of such a table


@dataclass(frozen=True)
class Started:
    """What the stamps of a table are made of whose column TIMES has, in each row, the first stamp of its series.

    lengths     the number of rows of each series, one below the other
    frequency   the step as the file names it, "" where it names none
    """

    lengths: tuple[int, ...]
    frequency: str = ""


def joined(parts: Sequence[Started | None]) -> Started | None:
    """The Started of tables one below the other; None where one has stamps of its own."""
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    lengths = tuple(length for part in found for length in part.lengths)
    return replace(found[0], lengths=lengths)
