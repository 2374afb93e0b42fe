"""Examples that cannot be learnt from are refused; notes tell of those that are odd."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .cells import NUMBERS, decimal_hint, is_missing, is_number, shortened, shortlist
from .records import Found
from .series_values import LARGEST

MOST_NUMBERS = 20  # different numbers, above which classes look like numbers


def refuse_gaps(found: Found, places: Sequence[str]) -> None:
    """DataError for the first source or answer without content, with the number of them."""
    empty = {
        "source": [k for k, source in enumerate(found.sources) if _is_empty(found.form, source)],
        "answer": [k for k, answer in enumerate(found.answers) if not is_given(answer)],
    }
    if not any(empty.values()):
        return
    own, other = sorted(empty, key=lambda part: min(empty[part], default=len(places)))
    row = empty[own][0]
    place, more = f"{places[row]}{_part(found, row) if own == 'answer' else ''}", ""
    what = "all features are empty" if own == "source" and found.form == "features" else f"the {own} is empty"
    if empty[other]:
        more = f", and {len(empty[other]):,} with an empty {other}"
    if more or len(empty[own]) > 1:
        more = f" ({counted(len(empty[own]), 'such row')}{more})"
    fill = {"answer": "give every example its answer", "source": "write its text"}[own]
    fill = "fill them in" if what.startswith("all") else fill
    raise DataError(f"{place}: {what}{more}", f"{fill}, or remove the line{'s' * bool(more)}")


def _part(found, row):
    """The column of an answer of several numbers that is empty, in words."""
    answer = found.answers[row] or ()
    lacking = [name for name, cell in zip(found.target_names, answer) if not cell.strip()]
    return f", column {lacking[0]}" if len(answer) > 1 and lacking else ""


def _is_empty(form, source):
    """Whether a source has no content."""
    if form == "features":
        return not any(cell.strip() for cell in source)
    return form == "text" and not source.strip() or form == "words" and not source


def is_given(answer: tuple[str, ...] | None) -> bool:
    """Whether an answer is there, with all its parts."""
    return answer is not None and all(cell.strip() for cell in answer)


def refuse_one_class(labels: Sequence[str], name: str) -> None:
    """DataError where all labels are equal."""
    if len(set(labels)) == 1:
        raise DataError(
            f"{name}: {_all(labels, 'labels')} {shortened(labels[0])!r}, so there is nothing to learn",
            "give examples of at least two classes, or another --target",
        )


def refuse_one_text(targets: Sequence[str], name: str) -> None:
    """DataError where all texts that are to be written are equal."""
    if len(set(targets)) == 1:
        raise DataError(
            f"{name}: {_all(targets, 'answers')} {shortened(targets[0])!r}, so there is nothing to learn",
            "give examples with different answers, or another --target",
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


def refuse_odd_cells(
    sources: Sequence[Sequence[str]], columns: Sequence[str], places: Sequence[str], again: bool = False
) -> None:
    """DataError for a cell of features that is no number where nearly all of its column are, and for one too large.

    again: whether a stored model reads them, so that there are no options to choose with.
    """
    for name, cells in zip(columns, zip(*sources)):
        given = [(row, cell) for row, cell in enumerate(cells) if not is_missing(cell)]
        odd = [(row, cell) for row, cell in given if not is_number(cell)]
        if len(odd) > (1 - NUMBERS) * len(given):
            continue
        odd = odd or [(row, cell) for row, cell in given if abs(float(cell)) > LARGEST]
        for row, cell in odd[:1]:
            raise _odd_cell(cell, f"{places[row]}, column {name}", again)


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
        _refuse_other_features(side, examples)
        for d, column in enumerate(side.columns):
            for k, source in enumerate(() if column.names else examples.sources):
                cell = source[d]
                if not is_missing(cell) and not (is_number(cell) and abs(float(cell)) <= LARGEST):
                    raise _odd_cell(cell, f"{examples.where(k)}, column {column.name}", True)


def _refuse_other_features(side, examples):
    """DataError for sources with another number of features than a model reads."""
    if len(examples) and len(examples.sources[0]) != len(side.columns):
        count = counted(len(examples.sources[0]), "feature")
        names = shortlist([column.name for column in side.columns])
        raise DataError(
            f"{examples.where(0)}: {count}, but the model reads {len(side.columns)}: {names}",
            "give it the columns of the training files, under their names",
        )


def _odd_cell(cell, place, again):
    """The DataError for a cell among numbers."""
    if is_number(cell):
        return DataError(f"{place}: {cell} is beyond {LARGEST:g} in magnitude", "correct it, or use a larger unit")
    return DataError(
        f"{place}: {shortened(cell)!r} is not a number, as others of this column are",
        "write a number with a decimal point, as in 1.5, or leave the cell empty"
        + ("" if again else decimal_hint((cell,))),
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
