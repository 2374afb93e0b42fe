"""Examples that cannot be learnt from are refused; notes tell of those that are odd."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .cells import is_number, shortened, shortlist

MOST_NUMBERS = 20  # different numbers, above which classes look like numbers


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
            f"{name}: all {len(labels):,} labels are {shortened(labels[0])!r}, so there is nothing to learn",
            "give examples of at least two classes, or another --target",
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
