"""What was chosen among the columns of a table, and what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...phrases import counted
from ..whole_numbers import whole_of
from .cells import COLUMNS, shortlist
from .records import Wanted

NOUNS = {"class": "class", "number": "number", "step": "labels", "text": "target", "description": "text"}  # answers


@dataclass(frozen=True)
class Choice:
    """Positions of columns, from 0; target is () where none is required and none was found."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    group: int | None
    aside: tuple[int, ...] = ()  # columns that are not read, where the source was found
    joined: bool = False  # whether the sources are texts that make one text
    condition: tuple[int, ...] = ()


def expected_columns(wanted: Wanted) -> str:
    """The columns without names that the training files had, in words."""
    kinds = {"text": "text", "words": "sentence"}
    names = {name: kinds.get(wanted.form or "", "feature") for name in wanted.source}
    names |= dict.fromkeys(wanted.condition, "condition") | dict.fromkeys(wanted.target, NOUNS[wanted.answers])
    columns = sorted((name for name in names if whole_of(name) is not None), key=int)
    if len(columns) == 2:
        words = f"the {names[columns[0]]}, then the {names[columns[1]]}"
    else:
        words = ", ".join(f"the {names[name]} in column {name}" for name in columns)
    return f"{counted(max(map(int, columns), default=1), 'column')} without names: {words}"


def choice_notes(choice: Choice, names: Sequence[str], answers: str = "") -> list[str]:
    """Notes on the columns that a Choice found for itself, and on texts that it joins."""
    parts = choice.source, choice.target, choice.aside
    source, target, aside = (shortlist([names[k] for k in part], COLUMNS) for part in parts)
    found = {
        "text": f"source: {source}; target: {target}; left aside: {aside} "
        "(--source and --target name others; --condition names columns to read beside the source)",
        "description": f"source: {source}; target: {target}; left aside: {aside} "
        "(--source names the columns to read, --target the text)",
    }.get(answers, f"source: {source}; left aside: {aside} (--source names the columns to read)")
    return [found] * bool(choice.aside) + [f"source: {source}, joined into one text"] * choice.joined


def joined_texts(columns: Sequence[Sequence[str]]) -> list[str]:
    """The texts of each row, with a blank between them."""
    return [" ".join(filter(None, map(str.strip, cells))) for cells in zip(*columns)]
