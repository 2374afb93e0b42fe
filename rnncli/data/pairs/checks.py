"""Examples that cannot be learnt from are refused; notes tell of those that are odd."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .cells import is_missing, is_number, shortened, shortlist
from .series_values import LARGEST

MOST_NUMBERS = 20  # different numbers, above which classes look like numbers
NUMBERS = 0.9  # of the cells of a column are numbers, where another one is a mistake rather than a category


def refuse_empty(form: str, sources: Sequence[Any], places: Sequence[str]) -> None:
    """DataError for the first source without content."""
    for source, place in zip(sources, places):
        if form == "text" and not source.strip() or form == "words" and not source:
            raise DataError(f"{place}: the source is empty", "write its text, or remove the line")
        if form == "features" and not any(cell.strip() for cell in source):
            raise DataError(f"{place}: all features are empty", "fill them in, or remove the line")


def refuse_one_class(labels: Sequence[str], name: str) -> None:
    """DataError where all labels are equal."""
    if len(set(labels)) == 1:
        raise DataError(
            f"{name}: {_all(labels, 'labels')} {shortened(labels[0])!r}, so there is nothing to learn",
            "give examples of at least two classes, or another --target",
        )


def refuse_one_number(targets: Sequence[tuple[float, ...]], names: Sequence[str], name: str) -> None:
    """DataError where a target has the same number in all examples. names: of the targets, as far as they have some."""
    for k, column in enumerate(zip(*targets)):
        if len(set(column)) == 1:
            what = f" of {names[k]}" if len(names) == len(targets[0]) else ""
            raise DataError(
                f"{name}: {_all(column, 'numbers', what)} {column[0]:g}, so there is nothing to learn",
                "give examples with different numbers, or another --target",
            )


def _all(values, noun, what=""):
    """The subject of a sentence: "all 3 labels are"."""
    return f"all {len(values):,} {noun}{what} are" if len(values) > 1 else f"the only {noun[:-1]}{what} is"


def refuse_odd_cells(sources: Sequence[Sequence[str]], columns: Sequence[str], places: Sequence[str]) -> None:
    """DataError for a cell of features that is no number where nearly all of its column are, and for one too large."""
    for name, cells in zip(columns, zip(*sources)):
        given = [(row, cell) for row, cell in enumerate(cells) if not is_missing(cell)]
        odd = [(row, cell) for row, cell in given if not is_number(cell)]
        if len(odd) > (1 - NUMBERS) * len(given):
            continue
        odd = odd or [(row, cell) for row, cell in given if abs(float(cell)) > LARGEST]
        for row, cell in odd[:1]:
            raise _odd_cell(cell, f"{places[row]}, column {name}")


def refuse_unreadable(side: Any, examples: Any) -> None:
    """DataError for a source that a model cannot read: a series of other channels, a feature that is no number.

    side: a source side; examples: Examples of its form.
    """
    if side.form == "series":
        for k, source in enumerate(examples.sources):
            if source.shape[1] != side.channels:
                raise DataError(
                    f"{examples.where(k)}: {counted(source.shape[1], 'channel')}, but the model reads {side.channels}",
                    "give every series the channels of the training files, in their order",
                )
    if side.form == "features":
        for d, column in enumerate(side.columns):
            for k, source in enumerate(() if column.names else examples.sources):
                cell = source[d]
                if not is_missing(cell) and not (is_number(cell) and abs(float(cell)) <= LARGEST):
                    raise _odd_cell(cell, f"{examples.where(k)}, column {column.name}")


def _odd_cell(cell, place):
    """The DataError for a cell among numbers."""
    if is_number(cell):
        return DataError(f"{place}: {cell} is beyond {LARGEST:g} in magnitude", "correct it, or use a larger unit")
    return DataError(
        f"{place}: {shortened(cell)!r} is not a number, as others of this column are",
        "write a number with a decimal point, as in 1.5, or leave the cell empty",
    )


def class_notes(labels: Sequence[str]) -> list[str]:
    """Notes about the classes of examples."""
    notes, counts = [], Counter(labels)
    if single := [label for label, count in counts.items() if count == 1]:
        noun = "class has" if len(single) == 1 else "classes have"
        notes.append(f"{len(single):,} {noun} a single example: {shortlist(single)}")
    if len(counts) > MOST_NUMBERS and all(map(is_number, counts)):
        notes.append(f"the {len(counts):,} classes look like numbers: --task regress predicts numbers")
    return notes


def repeat_notes(sources: Sequence[Any], targets: Sequence[Any]) -> list[str]:
    """A note with the number of pairs that stood before."""
    pairs = {(_key(source), target) for source, target in zip(sources, targets)}
    repeats = len(sources) - len(pairs)
    return (
        [f"{counted(repeats, 'example')} repeat an earlier pair"]
        if repeats > 1
        else (["1 example repeats an earlier pair"] if repeats else [])
    )


def _key(source: Any) -> Hashable:
    return (source.shape, source.tobytes()) if isinstance(source, np.ndarray) else source
