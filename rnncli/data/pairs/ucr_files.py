"""Series as in the UCR archive: on each line a class, then the values, separated by tabs, commas or blanks."""

from collections.abc import Sequence

from ...errors import DataError
from .cells import has_ucr_labels, is_missing, ucr_cells
from .documents import Document
from .plain_lines import numbered
from .records import Found, Wanted, refuse_columns, refuse_steps
from .series_values import channel_names, series_of


def read_ucr(documents: Sequence[Document], wanted: Wanted) -> Found:
    """The examples of UCR files. Missing values at the end make a series shorter; elsewhere they are a DataError.

    Where no answers are required and not every line begins with an integer, all cells are values.
    """
    refuse_steps(documents, wanted, "a UCR file")
    refuse_columns(documents, wanted, "a UCR file")
    found = Found(
        "series", columns=channel_names(1), target_names=("class" if wanted.answers == "class" else "target",)
    )
    rows = [(file, number, ucr_cells(line)) for file, number, line in numbered(documents, wanted, found)]
    labelled = wanted.required or has_ucr_labels([cells or [""] for *_, cells in rows])
    if rows and not labelled:
        found.notes.append("no column of answers: the lines do not all begin with an integer")
    for file, number, cells in rows:
        place = f"{documents[file].name}:{number}"
        label, values = (cells[0].strip(), cells[1:]) if labelled and cells else (None, cells)
        while values and is_missing(values[-1]):
            values = values[:-1]
        if label == "" and wanted.required:
            raise DataError(f"{place}: no answer in the first column", "begin the line with the class of the series")
        answer = None if label in (None, "", "?") else (label,)
        found.add(series_of([values], place), answer, file, number)
    return found
