"""Which columns of a table are the source, the target and the group."""

import difflib
from collections.abc import Sequence

from ...errors import DataError, shell_word
from ...phrases import counted
from ..tables.signs import Signs
from ..whole_numbers import whole_of
from .cells import COLUMNS, LISTED, SMALL, SOURCE_NAMES, TARGET_NAMES, decimal_hint, few, shortened
from .column_choice import NOUNS, Choice, expected_columns
from .column_kinds import ColumnKind
from .records import Wanted
from .text_columns import found_texts
from .text_names import WRITTEN, is_source, is_target

SHOWN = 2  # values of a column in a message
MOST_NUMBERS = 20  # different numbers that are taken for classes without being asked for
PLAIN = Signs()
READ = {"source": "which the model reads", "condition": "which the model reads", "target": "the answers"}


class Columns:
    """The D columns of a table of E rows, as text. names: their names, or their numbers from 1 without a header."""

    def __init__(
        self,
        name: str,
        names: Sequence[str],
        cells: Sequence[Sequence[str]],
        header: bool,
        signs: Signs = PLAIN,
        keys: bool = False,  # whether the columns are keys of objects
    ):
        self.name, self.names, self.cells, self.header = name, tuple(names), cells, header
        self.signs, self._keys = signs, keys
        self._kinds = [ColumnKind(title if header else None, own, signs) for title, own in zip(names, cells)]

    def numeric(self, k: int) -> bool:
        """Whether column k has numbers, and nothing else but missing values."""
        return self._kinds[k].numeric

    def choose(self, wanted: Wanted) -> Choice:
        """The Choice of `wanted`; what it leaves open is found by names, then by values. DataError where it is not."""
        group = None if wanted.group is None else self._position(wanted.group, "group", wanted)
        source = tuple(self._position(name, "source", wanted) for name in wanted.source)
        target = self._given_targets(wanted)
        if wanted.answers in WRITTEN:
            return self._chosen_texts(wanted, source, target, group)
        free = [k for k in range(len(self.names)) if k not in (*source, *target, group)]
        if not wanted.required:
            source = source or self._found_source(free)
            if not source and not target:
                target = self._found_target(wanted, free, source)
                source = self._found_source([k for k in free if k not in target])
            if not source:
                raise self._undecided(wanted, source, target)
            return Choice(source, target, group, joined=self._joined(source, wanted))
        if not target:
            target = self._found_target(wanted, free, source)
            free = [k for k in free if k not in target]
        self._refuse_double(source, target)
        aside, given = (), source
        if not source and target:
            source = self._found_source(free)
            aside = tuple(k for k in free if k not in source)
        if not target or not source:
            raise self._undecided(wanted, source, target)
        return Choice(source, target, group, aside, bool(given) and self._joined(source, wanted))

    def _chosen_texts(self, wanted, given_source, given_target, group):
        """The Choice where the answers are texts."""
        condition = self._given_conditions(wanted)
        self._refuse_double(given_source, given_target, condition)
        source, target, free = given_source, given_target, []
        known = group is not None and self.header and (is_source(self.names[group]) or is_target(self.names[group]))
        for kept in [()] if known else [(group,), ()]:  # the group may be one of the texts
            free = [k for k in range(len(self.names)) if k not in (*given_source, *given_target, *condition, *kept)]
            if wanted.required and not (source and target) or not source:
                source, target = found_texts(self._kinds, free, given_source, given_target, wanted.answers)
        if not source and not wanted.required:  # whatever the answers are, they are not here
            source, _ = found_texts(self._kinds, free, (), given_target or (len(self.names),), wanted.answers)
        if not source or wanted.required and not target:
            raise self._undecided(wanted, source, target)
        found = wanted.required and not (given_source and given_target)
        aside = tuple(k for k in free if found and k not in (*source, *target, group))
        joined = wanted.answers == "text" and len(source) > 1
        return Choice(source, target, group, aside, joined, condition)

    def _given_conditions(self, wanted):
        """Positions of the conditions that are asked for; () where no answers are required and one is not there."""
        if not wanted.required and any(self._find(name) is None for name in wanted.condition):
            return ()
        return tuple(self._position(name, "condition", wanted) for name in wanted.condition)

    def _refuse_double(self, *parts):
        """DataError for a column that is chosen for two of source, target and conditions."""
        roles = dict(zip(("source", "target", "condition"), parts))
        for k, name in enumerate(self.names):
            if len(both := [role for role, columns in roles.items() if k in columns]) > 1:
                raise DataError(
                    f"{self.name}: column {name} is both {both[0]} and {both[1]}",
                    f"choose different columns with --{both[0]} and --{both[1]}",
                )

    def _joined(self, source, wanted):
        """Whether several sources are texts; DataError for a mixture of texts and others."""
        if len(source) < 2 or wanted.answers == "step":
            return False
        if wanted.again:
            return wanted.form in ("text", "words")
        texts = [k for k in source if self._kinds[k].is_text()]
        if texts and len(texts) < len(source):
            others = [k for k in source if k not in texts]
            kind = "numbers" if all(map(self.numeric, others)) else "categories"
            s, it = ("s", "them") if len(texts) > 1 else ("", "it")
            raise DataError(
                f"{self.name}: the source mixes texts ({self._named(texts)}) with {kind} ({self._named(others)}); "
                "a model reads one text, or features",
                f"read the text{s} alone with --source {self._option(texts)}, "
                f"or leave {it} out: --source {self._option(others)}",
            )
        return bool(texts)

    def _named(self, columns):
        return ", ".join(shortened(self.names[k]) for k in columns)

    def _option(self, columns):
        """Columns as the value of an option."""
        return shell_word(",".join(self.names[k] for k in columns))

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
        number = whole_of(name)
        return number - 1 if number is not None and 0 < number <= len(self.names) else None

    def _position(self, name, option, wanted):
        found = self._find(name)
        if found is None and wanted.again:
            raise self._lacking(name, option, wanted)
        if found is None:
            near = difflib.get_close_matches(name, self.names, 1)
            guess = f"did you mean {near[0]!r}? " if near and self.header else ""
            raise DataError(
                f"{self.name}: --{option}: no column {name!r}; columns: {self._listed()}",
                f"{guess}use {'a name or ' if self.header else ''}a number from 1 to {len(self.names)}",
            )
        return found

    def _lacking(self, name, option, wanted):
        """The DataError for a column that a stored model reads, or needs to be scored."""
        what = READ.get(option, "the groups")
        columns = ", ".join((*wanted.source, *wanted.condition, *wanted.target))
        hint = f"give it the columns of the training files: {columns}"
        if not self.header:
            found = f"found {counted(len(self.names), 'column')}, expected {expected_columns(wanted)}"
            hint = "give it the columns of the training files"
            return DataError(f"{self.name}: no column {name!r}, {what}: {found}", hint)
        if (
            option == "source"
            and not self._keys
            and not wanted.required
            and wanted.form == "text"
            and len(wanted.source) == 1
            and not wanted.condition
        ):
            hint = f"name the column {name} in its header, or give the texts alone, one on each line"
        return DataError(f"{self.name}: no column {name!r}, {what}; columns: {self._listed()}", hint)

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
        """The source by its name, the only column that can be one, or all features; () if it cannot be told.

        Columns that number the rows or have dates are none; features are numbers and categories, no texts.
        """
        usable = [k for k in free if not self._kinds[k].counts_rows() and not self._kinds[k].has_dates()]
        named = [k for k in usable or free if self._kinds[k].is_named_source()]
        if len(named) > 1:
            named = [k for k in named if self._kinds[k].is_text()] or named
        if named or len(free) == 1 or len(usable) == 1:
            chosen = named or (free if len(free) == 1 else usable)
            return tuple(chosen) if len(chosen) == 1 else ()
        features = [k for k in usable if self._kinds[k].is_feature()]
        texts = [k for k in usable if self._kinds[k].is_text()]
        return tuple(features or (texts if len(texts) == 1 else ()))

    def _undecided(self, wanted, source, target):
        """The DataError for columns that cannot be told apart."""
        what = NOUNS[wanted.answers]
        numbers = ""
        if self.signs.decimal == "." and wanted.answers != "text":
            numbers = decimal_hint([cell for cells in self.cells for cell in cells])
        if wanted.answers == "number" and not target and not any(map(self.numeric, range(len(self.names)))):
            return DataError(
                f"{self.name}: no column of numbers to predict; columns: {self._listed()}",
                "correct the cells that are no numbers, or use --task classify for classes" + numbers,
            )
        likely = self._likely_text, self._likely_labels
        if wanted.answers in WRITTEN:
            likely = (likely[0] if wanted.answers == "text" else likely[1]), likely[0]
        unclear, hint = f"which column is the source and which the {what}", self._naming()
        if target:
            unclear = f"which column is the source; the {what} is {self._named(target)}"
            hint = f"add the source: --source {self._option(likely[0](target))}"
        elif source:
            unclear = f"which column is the {what}; the source is {self._named(source)}"
            hint = f"add the {what}: --target {self._option(likely[1](source))}"
        if wanted.again:
            hint, numbers = "give it the columns of the training files", ""
            hint += " under their names" if self.header else ""
        return DataError(f"{self.name}: cannot tell {unclear}; columns: {self._listed()}", hint + numbers)

    def _naming(self):
        return f"name them: {'--source NAME --target NAME' if self.header else '--source 1 --target 2'}"

    def _likely_text(self, given):
        """The longest text beside the given columns, for a hint."""
        others = [k for k in range(len(self.names)) if k not in given] or list(given)
        return [max(others, key=lambda k: sum(map(len, self.cells[k])) * (1 + self._kinds[k].is_text()))]

    def _likely_labels(self, given):
        """The first column of repeated labels beside the given ones, or else the last one, for a hint."""
        others = [k for k in range(len(self.names)) if k not in given] or list(given)
        return [next((k for k in others if few(self.cells[k])), others[-1])]

    def _listed(self):
        """The columns, with their first values if they are few."""
        more = f"; ... ({len(self.names):,} in all)" if len(self.names) > COLUMNS else ""
        if len(self.names) > LISTED:
            return ", ".join(repr(shortened(name)) for name in self.names[:COLUMNS]) + more
        return "; ".join(
            f"{name!r} ({', '.join(repr(shortened(cell)) for cell in list(dict.fromkeys(cells))[:SHOWN])}, ...)"
            for name, cells in zip(self.names, self.cells)
        )
