"""Answers as they are learnt: a class name, numbers, a label for each step, or a text."""

from collections.abc import Sequence

from ...errors import DataError
from ...phrases import counted
from ..tables.numbers import is_missing, parse_numbers
from .cells import decimal_hint
from .checks import is_given
from .records import Found, Wanted


def targets_of(found: Found, wanted: Wanted, places: Sequence[str]) -> list | None:
    """The target of every example; None where none is required and not every example has one.

    places: of each example, in words. DataError for answers that are not numbers where numbers are wanted, or are not
    as many as the steps; those that are required are there (`checks.refuse_gaps`).
    """
    answers = found.answers
    if not wanted.required and (not answers or not all(map(is_given, answers))):
        return None
    try:
        read = {"number": _numbers, "step": _steps}.get(wanted.answers, _texts)
        return read(found, wanted, places)
    except DataError:
        if wanted.required:
            raise
        found.notes.append("the answers in the files cannot be read and are left aside")
        return None


def _texts(found, wanted, places):
    """Classes, or texts; blanks around them are no part of them."""
    noun = "class" if wanted.answers == "class" else "text"
    for answer, place in zip(found.answers, places):
        if len(answer) != 1:
            raise DataError(
                f"{place}: {counted(len(answer), 'answer')}, but each example has one {noun}", "choose one --target"
            )
    return [answer[0].strip() for answer in found.answers]


def _numbers(found, wanted, places):
    """Tuples of K floats."""
    K = len(found.answers[0])
    names = found.target_names if len(found.target_names) == K else [f"number {k + 1}" for k in range(K)]
    for answer, place in zip(found.answers, places):
        if len(answer) != K:
            raise DataError(
                f"{place}: {counted(len(answer), 'number')}, but {places[0]} has {K}",
                "give every example as many numbers",
            )
    columns = []
    for k, cells in enumerate(zip(*found.answers)):

        def where(row, name=names[k]):
            return f"{places[row]}, column {name}"

        if missing := [row for row, cell in enumerate(cells) if is_missing(cell)]:
            count = f" ({len(missing):,} such rows)" if len(missing) > 1 else ""
            raise DataError(
                f"{where(missing[0])}: {cells[missing[0]]!r} is a missing value{count}",
                "give every example its number, or remove the line",
            )
        try:
            columns.append(parse_numbers(cells, where, found.signs).tolist())
        except DataError as error:
            hint = "" if wanted.again or found.signs.decimal == "," else decimal_hint(cells)
            raise DataError(
                str(error), f"give every example its number, with a decimal point as in 1.5{hint}"
            ) from None
    return list(zip(*columns))


def _steps(found, wanted, places):
    unit = {"words": "word", "text": "character"}.get(found.form, "step")
    for source, answer, place in zip(found.sources, found.answers, places):
        if len(source) != len(answer):
            raise DataError(
                f"{place}: {counted(len(source), unit)}, but {counted(len(answer), 'answer')}",
                f"give one answer for each {unit}",
            )
    return list(found.answers)
