"""Which columns of a table are the source, the target and the group."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import DataError
from ..tables.numbers import number_pattern
from .cells import LISTED, SOURCE_NAMES, TARGET_NAMES, is_missing, shortened
from .records import Wanted

INDEX_NAMES = frozenset(("", "id", "index", "unnamed: 0"))  # of columns that number the rows
SMALL = 20  # rows of a table too short to count on repeated labels
SHOWN = 2  # values of a column in a message
MOST_NUMBERS = 20  # different numbers that are taken for classes without being asked for


@dataclass(frozen=True)
class Choice:
    """Positions of columns, from 0; target is () where none is required and none was found."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    group: int | None
    aside: tuple[int, ...] = ()  # columns that number the rows, left out of the features


class Columns:
    """The D columns of a table of E rows, as text. names: their names, or their numbers from 1 without a header."""

    def __init__(self, name: str, names: Sequence[str], cells: Sequence[Sequence[str]], header: bool, decimal: str):
        self.name, self.names, self.cells, self.header = name, tuple(names), cells, header
        self._number = number_pattern(decimal)
        self._numeric: dict[int, bool] = {}

    def numeric(self, k: int) -> bool:
        """Whether column k has numbers, and nothing else but missing values."""
        if k not in self._numeric:
            values = {cell.strip() for cell in self.cells[k]}
            given = [value for value in values if not is_missing(value)]
            self._numeric[k] = bool(given) and all(map(self._number.fullmatch, given))
        return self._numeric[k]

    def choose(self, wanted: Wanted) -> Choice:
        """The Choice of `wanted`; what it leaves open is found by names, then by values. DataError where it is not."""
        group = None if wanted.group is None else self._position(wanted.group, "group", wanted)
        source = tuple(self._position(name, "source", wanted) for name in wanted.source)
        target = self._given_targets(wanted)
        free = [k for k in range(len(self.names)) if k not in (*source, *target, group)]
        if not wanted.required:
            source = source or self._found_source(free)
            if not source and not target:
                target = self._found_target(wanted, free, source)
                source = self._found_source([k for k in free if k not in target])
            if not source:
                raise self._undecided(wanted)
            return Choice(source, target, group)
        if not target:
            target = self._found_target(wanted, free, source)
            free = [k for k in free if k not in target]
        if double := set(source) & set(target):
            raise DataError(
                f"{self.name}: column {self.names[double.pop()]} is both source and target",
                "choose different columns with --source and --target",
            )
        aside = ()
        if not source:
            source = self._found_source(free) or (self._categories(free) if target else ())
            aside = tuple(k for k in free if len(source) > 1 and k not in source)
        if not target or not source:
            raise self._undecided(wanted)
        return Choice(source, target, group, aside)

    def _given_targets(self, wanted):
        """Positions of the targets that are asked for; where none is required, of those that are there."""
        names = wanted.target
        if not wanted.required:
            names = [name for name in names if self._find(name) is not None]
        return tuple(self._position(name, "target", wanted) for name in names)

    def _find(self, name):
        """The position of a column by its name or number, None if there is none."""
        if name in self.names:
            return self.names.index(name)
        if name.isdecimal() and 0 < int(name) <= len(self.names):
            return int(name) - 1
        return None

    def _position(self, name, option, wanted):
        found = self._find(name)
        if found is None and wanted.again:
            what = {"source": "which the model reads", "target": "the answers"}.get(option, "the groups")
            raise DataError(
                f"{self.name}: no column {name!r}, {what}; columns: {self._listed()}",
                f"give it the columns of the training files: {', '.join((*wanted.source, *wanted.target))}",
            )
        if found is None:
            near = difflib.get_close_matches(name, self.names, 1)
            guess = f"did you mean {near[0]!r}? " if near and self.header else ""
            raise DataError(
                f"{self.name}: --{option}: no column {name!r}; columns: {self._listed()}",
                f"{guess}use {'a name or ' if self.header else ''}a number from 1 to {len(self.names)}",
            )
        return found

    def _found_target(self, wanted, free, source):
        """The target by its name, else by its values; () if it cannot be told."""
        named = [k for k in free if self.header and self.names[k].strip().lower() in TARGET_NAMES]
        if named:
            return tuple(named) if len(named) == 1 else ()
        if source and len(free) == 1:
            return (free[0],)
        if wanted.answers == "number":
            numbers = [k for k in free if self.numeric(k)]
            return (numbers[0],) if len(numbers) == 1 and (source or len(free) == 2) else ()
        return self._labels(free, source)

    def _labels(self, free, source):
        """The only column of labels: the other one is a text, all others are numbers, or all others do not repeat."""
        texts = [k for k in free if self.header and self.names[k].strip().lower() in SOURCE_NAMES]
        if not source and len(free) == 2:
            if len(texts) == 1:
                return tuple(k for k in free if k not in texts)
            return tuple(k for k, other in (free, free[::-1]) if self._repeats_more(k, other))
        words = [k for k in free if not self.numeric(k)]
        if len(words) == 1 and len(set(self.cells[words[0]])) < len(self.cells[words[0]]):
            return tuple(words)
        return ()

    def _repeats_more(self, k, other):
        """Whether the values of a column repeat, and much more often than those of another one."""
        E, labels, texts = len(self.cells[k]), len(set(self.cells[k])), len(set(self.cells[other]))
        if labels > MOST_NUMBERS and self.numeric(k):
            return False
        return labels < min(E, texts) and (E < SMALL or 2 * labels <= min(E, texts))

    def _found_source(self, free):
        """The source by its name, the only column left, or all if they are numbers; () if it cannot be told."""
        named = [k for k in free if self.header and self.names[k].strip().lower() in SOURCE_NAMES]
        if len(named) == 1:
            return (named[0],)
        if len(free) == 1:
            return (free[0],)
        features = [k for k in free if not self._counts_rows(k)]
        return tuple(features) if features and all(map(self.numeric, features)) else ()

    def _categories(self, free):
        """All columns beside the target, if those that are no numbers repeat their values as categories do."""
        features = tuple(k for k in free if not self._counts_rows(k))
        words = [k for k in features if not self.numeric(k)]
        repeat = all(2 * len(set(self.cells[k])) <= len(self.cells[k]) for k in words)
        return features if repeat and len(features) > 1 and len(self.cells[0]) >= SMALL else ()

    def _counts_rows(self, k):
        """Whether a column has the name of an index, and no value twice."""
        return (
            self.header
            and self.names[k].strip().lower() in INDEX_NAMES
            and len(set(self.cells[k])) == len(self.cells[k])
        )

    def _undecided(self, wanted):
        """The DataError for columns that cannot be told apart."""
        names = "--source 1 --target 2" if not self.header else "--source NAME --target NAME"
        what = {"class": "class", "number": "number", "step": "labels"}[wanted.answers]
        if wanted.answers == "number" and not wanted.target and not any(map(self.numeric, range(len(self.names)))):
            return DataError(
                f"{self.name}: no column of numbers to predict; columns: {self._listed()}",
                "correct the cells that are no numbers, or use --task classify for classes",
            )
        hint = f"name them: {names}"
        if wanted.again:
            hint = "give it the columns of the training files" + (" under their names" if self.header else "")
        return DataError(
            f"{self.name}: cannot tell which column is the source and which the {what}; columns: {self._listed()}", hint
        )

    def _listed(self):
        """The columns with their first values."""
        columns = [
            f"{name!r} ({', '.join(repr(shortened(cell)) for cell in list(dict.fromkeys(cells))[:SHOWN])}, ...)"
            for name, cells in zip(self.names[:LISTED], self.cells)
        ]
        return "; ".join(columns) + (f"; ... ({len(self.names):,} in all)" if len(self.names) > LISTED else "")
