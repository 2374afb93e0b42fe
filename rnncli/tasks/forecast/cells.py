"""The cells of a long table as numbers: targets, covariates and words, with every odd column told at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ...data.series.arranging import Arranged
from ...data.series.scaling import check_positive
from ...data.tables.column_kinds import kind_of, parse_truth
from ...data.tables.fillers import filler_notes
from ...data.tables.found_signs import doubt_of_points, find_signs
from ...data.tables.frame import Frame, Written
from ...data.tables.looks import written_as
from ...data.tables.numbers import odd_cells, parse_numbers, unit_of
from ...data.tables.reading import Reading
from ...data.tables.signs import Signs
from ...data.tables.table import first_cells, picked
from ...data.tables.unit_families import between
from ...errors import DataError
from .covariates import codes_in, word_codes
from .problems import Problems

HEAD = 2_000  # cells of a column that is not read, whose signs are looked at
WORDS = ("word", "truth")  # kinds of columns whose covariates are categories


@dataclass(frozen=True)
class Numbers:
    """Every column of targets and covariates, (R,) float64 each; the words of those whose numbers are codes; the signs
    of the numbers, and how the table is written with them; notes."""

    columns: Mapping[str, np.ndarray]
    categories: Mapping[str, tuple[str, ...]]
    signs: Signs
    written: Written
    notes: tuple[str, ...]


def read_numbers(arranged: Arranged, reading: Reading, config: Any, encoder: Any = None) -> Numbers:
    """The Numbers of an Arranged table; with the SeriesEncoder of a model, of the kinds that it was trained on.

    DataError for a cell that is no number, of all such columns at once, and for values that the loss cannot learn.
    """
    frame, roles = arranged.frame, arranged.roles
    kinds = _kinds(arranged, reading, encoder)
    plain = picked(frame.columns, [name for name in roles.numeric if kinds[name] == "number"])
    signs, notes = signs_of(plain, frame, reading, encoder, _beside(arranged))
    columns, categories, problems = {}, {}, Problems(frame.files[0])
    for name in roles.numeric:
        texts, where = frame.columns[name], partial(place, frame, name)
        if name in plain:
            columns[name] = problems.attempt(parse_numbers, texts, where, signs, reading.na)
        elif name in roles.targets:
            columns[name] = parse_truth(texts, reading.na)
        else:
            columns[name], categories[name] = word_codes(texts, where(0))
    problems.check()
    if check := value_check(config.forecast):
        for name in roles.targets:
            check(columns[name], partial(place, frame, name), name)
    units = [f"{name}: {unit}" for name, texts in plain.items() if (unit := unit_of(texts, reading.na))]
    targets = [texts for name, texts in plain.items() if name in roles.targets]
    fillers = filler_notes({name: columns[name] for name in plain}, plain)
    written = written_as(frame.written, signs, targets, reading.na)
    told = (*notes, *units, *fillers)
    if encoder is not None and len(targets) == len(roles.targets):
        written, changed = in_units_of(encoder.written, written, roles.targets, columns)
        told = (*told, *changed)
    return Numbers(columns, categories, signs, written, told)


def in_units_of(trained: Written, written: Written, names: Sequence[str], columns: Any) -> tuple[Written, list[str]]:
    """(Written, notes) of a table whose targets `names` in {name: numbers} are changed to the units of training, where
    these are of the same kind: Wh to kWh."""
    looks, notes = list(written.looks), []
    for k, (name, own, learnt) in enumerate(zip(names, written.looks, trained.looks)):
        factor = between(own.unit, learnt.unit)
        if factor != 1.0:
            columns[name] = columns[name] * factor
            looks[k] = learnt
            notes.append(f"{name}: {own.unit} read as {factor:g} {learnt.unit}, the unit of training")
    return replace(written, looks=tuple(looks)), notes


def _kinds(arranged, reading, encoder):
    """{column of numbers: number, truth or word}: as in training, or as it looks. A target is of numbers, or of true
    and false."""
    frame, roles = arranged.frame, arranged.roles
    if encoder is not None:
        learnt = {column.name for column in encoder.words}
        kinds = {name: "word" if name in learnt else "number" for name in (*roles.past, *roles.known)}
    else:
        named = arranged.arrangement.words
        kinds = {
            name: "word" if name in named else kind_of(frame.columns[name], reading.na)
            for name in (*roles.past, *roles.known)
        }
    targets = {name: kind_of(frame.columns[name], reading.na) for name in roles.targets}
    return {
        **{name: kind if kind == "truth" else "number" for name, kind in targets.items()},
        **{name: kind if kind in WORDS else "number" for name, kind in kinds.items()},
    }


def _beside(arranged):
    """{column: its first cells} of the columns that are not read: numbers among them have the same signs."""
    frame, roles, own = arranged.frame, arranged.roles, arranged.arrangement
    used = {*roles.numeric, roles.id, roles.time, *own.id, *own.time}
    return {name: first_cells(frame.columns, name, HEAD) for name in frame.columns if name not in used}


def signs_of(
    columns: Mapping[str, np.ndarray],
    frame: Frame,
    reading: Reading,
    encoder: Any = None,
    beside: Mapping[str, np.ndarray] | None = None,
) -> tuple[Signs, tuple[str, ...]]:
    """(Signs, notes) of the numbers in `columns` of a Frame, with others `beside` them: what `reading` gives;
    in a table whose cells are separated as they were in training, the decimal sign of training, if all cells
    fit; else found."""
    if encoder is not None and reading.decimal is None and frame.written.sep == encoder.written.sep:
        trained, _ = find_signs(columns, frame.where, replace(reading, decimal=encoder.written.decimal))
        if not any(odd_cells(texts, trained, reading.na) for texts in columns.values()):
            note = f"numbers are read as {trained.example}, with the decimal sign of training"
            otherwise = f"{note} (otherwise: --decimal, --thousands)"
            return trained, (otherwise,) if trained.thousands != encoder.written.thousands else ()
    return find_signs(columns, frame.where, reading, doubt_of_points(frame), beside)


def place(frame: Frame, column: str, row: int) -> str:
    """The place of a cell in words."""
    return frame.where(row, column)


def covariate_numbers(
    frame: Frame,
    encoder: Any,
    signs: Signs,
    na: Collection[str] = (),
    words: Mapping[str, Sequence[str]] | None = None,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """((R, Q) the future covariates of an encoder in a Frame, notes): words as codes of `words` {column: its words},
    those of the panel that they go to; -1 for a word that it lacks."""
    values, notes = [], []
    for name in encoder.roles.known:
        texts = frame.columns[name]
        if not words or name not in words:
            values.append(parse_numbers(texts, partial(place, frame, name), signs, na))
            continue
        values.append(codes_in(texts, words[name]))
        for row in np.flatnonzero(values[-1] == -1)[:1].tolist():
            word = str(texts[row])
            notes.append(f"{frame.where(row, name)}: the model does not know {word!r}, read as none of its words")
    return np.stack(values, axis=1), tuple(notes)


def value_check(forecast: Any) -> Callable[..., None] | None:
    """check(values (R,), where, column) for the values that `forecast` can be trained on; None where any number is
    fine."""
    if forecast.loss == "negative-binomial":
        return _check_counts
    return check_positive if forecast.log else None


def _check_counts(values, where, column):
    bad = np.flatnonzero((values < 0) | (values != np.round(values)) & ~np.isnan(values))
    if len(bad):
        raise DataError(
            f"{where(bad[0])}: {column} is {values[bad[0]]:g}, which is not a count",
            "the loss 'negative-binomial' is for whole numbers from 0 on; use another, such as student-t",
        )
