"""The columns of a table as they look: of times, numbers, truths, words or nothing; what repeats, what numbers rows."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from ...errors import ConfigError, shell_word
from ..tables.column_kinds import kind_of
from ..tables.frame import Frame
from ..tables.kinds import STAMP, kind_of_cell
from ..tables.missing import is_missing
from ..tables.table import first_cells
from ..time.finding import time_share
from ..time.likely_steps import are_steady
from ..time.stamps import Form, has_form, is_stamp
from ..whole_numbers import whole_of
from .names import CALENDAR, DATES, IDS, OTHER, PART, PLAIN, STEPS, TIMES, YEARS, called, folded
from .numbering import numbered, numbered_texts

SAMPLE = 2000  # cells of a column that decide its kind: a million say no more
FEWEST = 3  # different numbers of steps
SURE = 0.9  # share of a column's cells that are stamps where it is one of times
MOST = 0.5  # share of the cells that are stamps where the others are mistakes
KINDS = {"time": "times", "number": "numbers", "truth": "true or false", "word": "words", "empty": "empty"}


class Columns:
    """The columns of a Frame, looked at when asked for."""

    def __init__(self, frame: Frame, na: Collection[str] = ()):
        self.frame, self.na = frame, na
        self.words: tuple[str, ...] = ()  # columns whose numbers are words
        self.form: Form | None = None  # of the stamps, if it is given
        self.names = list(frame.columns)
        self.rows = len(frame.line)
        self._kinds: dict[str, str] = {}
        self._codes: dict[str, np.ndarray] = {}

    def of(self, frame: Frame) -> "Columns":
        """The Columns of another Frame, read alike."""
        other = Columns(frame, self.na)
        other.words, other.form = self.words, self.form
        return other

    @cached_property
    def _some(self):
        return np.unique(np.linspace(0, self.rows - 1, min(self.rows, SAMPLE)).astype(np.intp))

    def sample(self, name: str) -> list[str]:
        """Some cells of a column without outer blanks, evenly spread over the rows."""
        texts = self.frame.columns[name]
        return [str(texts[row]).strip() for row in self._some.tolist()]

    def kind(self, name: str) -> str:
        """time, number, truth, word or empty."""
        if name not in self._kinds:
            self._kinds[name] = self._kind(name)
        return self._kinds[name]

    def _kind(self, name):
        texts = self.sample(name)
        if all(is_missing(text, self.na) for text in texts):
            texts = [str(text) for text in self.frame.columns[name]]  # a value may stand between those of the sample
        if name in self.words:
            return "word"
        if self.fits_format(name):
            return "time"
        if self._is_time(name, texts):
            return "time"
        kind = kind_of(texts, self.na)
        return "word" if kind == "empty" and any(texts) and called(name, IDS) else kind  # NA is Namibia

    def _is_time(self, name, texts):
        """Whether the cells are stamps. Plain integers count only under the name of a time, or as the first column of
        rising years."""
        given = [text for text in texts if not is_missing(text, self.na)]
        if not given or called(name, TIMES) == PART and not are_steady(given, not self._is_of_dates(name)):
            return False
        if not all(map(str.isdecimal, given)):
            return time_share(given, name) >= SURE or self._is_called_time(name, given)
        if len(set(given)) == 1 and self.rows > 1 and called(name, DATES) != PLAIN:
            return False  # a year that never changes
        if self.is_index(name):
            return True
        if called(name, TIMES) == OTHER:
            numbers = [number for text in given if (number := whole_of(text)) is not None]
            first = name == self.names[0] and len(numbers) == len(given) and numbers == sorted(set(numbers))
            return first and len(given[0]) != 5 and time_share(given, "year") >= SURE  # five digits: days of Excel
        return time_share(given, name) >= SURE

    def _is_of_dates(self, name):
        """Whether a longer name is one of dates or years: "order date" and "year of sale", but not "day-ahead load"."""
        words = folded(name).split()
        return not YEARS.isdisjoint(words) or words[-1] in DATES

    def _is_called_time(self, name, given):
        """Whether a column that is called as times are holds stamps of several forms, or of one that is not known: its
        reader says which, rather than that it holds words."""
        if called(name, TIMES) != PLAIN or kind_of(given, self.na) == "number":
            return False
        digits = sum(any(map(str.isdigit, text)) for text in given)
        stamps = sum(kind_of_cell(text) == STAMP for text in given)
        unknown = called(name, DATES) == PLAIN and 2 * self.distinct(name) > self.rows
        return (digits if unknown else stamps) >= SURE * len(given)

    def is_odd_time(self, name: str) -> bool:
        """Whether a column of words must be one of times all the same: most of its cells are stamps, or they are of no
        known form, but called as times are, with digits, and mostly different. Its reader names the first odd cell."""
        given = [text for text in self.sample(name) if text and not is_missing(text, self.na)]
        if self.kind(name) != "word" or name in self.words or not given:
            return False
        if sum(map(is_stamp, given)) >= MOST * len(given):
            return True
        digits = sum(any(map(str.isdigit, text)) for text in given)
        named = called(name, TIMES) == PLAIN and digits >= SURE * len(given)
        return named and len(set(given)) > MOST * len(given)

    def holds_numbers(self, name: str) -> bool:
        """Whether the cells are numbers, even if they may be times too."""
        return kind_of(self.sample(name), self.na) == "number"

    def has_numbers(self, name: str) -> bool:
        """Whether one of the cells of a column of words is a number."""
        return any(kind_of([text], self.na) == "number" for text in set(self.sample(name)))

    def of_kind(self, names: Iterable[str], *kinds: str) -> list[str]:
        """Those of the columns that are of one of the kinds."""
        return [name for name in names if self.kind(name) in kinds]

    def counts(self, name: str, anew: bool = False) -> bool:
        """Whether the cells are whole numbers that rise by one from row to row: the numbers of rows or, with `anew`, of
        the steps of series, which begin anew with the first number."""
        numbers = self._whole(name)
        if len(numbers) < 2:
            return False
        steps = np.diff(numbers)
        again = anew & (steps != 1) & (numbers[1:] == numbers[0])
        return bool(((steps == 1) | again).all() and (steps == 1).any())

    def fits_format(self, name: str) -> bool:
        """Whether the cells have the form of stamps that is given."""
        texts = [text for text in self.sample(name) if text]
        if self.form is None or not texts or self.form.pattern == "index":
            return False
        return sum(has_form(text, self.form) for text in texts) >= SURE * len(texts)

    def is_index(self, name: str) -> bool:
        """Whether a column is called as times are, but holds the whole numbers of steps."""
        if called(name, STEPS | DATES) != PLAIN or len(np.unique(self._whole(name))) < FEWEST:
            return False
        return time_share(self.sample(name), name) < SURE

    def _whole(self, name):
        """(n,) the first cells of a column of whole numbers; none of another column."""
        texts = [str(text).strip() for text in first_cells(self.frame.columns, name, SAMPLE * 5)]
        if not all(map(str.isdecimal, texts)) or len(max(texts, key=len, default="")) > 18:
            return np.zeros(0, np.int64)
        return np.array(list(map(int, texts)), np.int64)

    def is_missing(self, name: str, row: int) -> bool:
        """Whether a cell is missing: of words only an empty one is, "none" is a word."""
        text = str(self.frame.columns[name][row]).strip()
        return not text or (self.kind(name) != "word" and is_missing(text, self.na))

    def codes(self, names: str | Sequence[str]) -> np.ndarray:
        """(R,) a number for each row, equal where the cells of these columns are, from 0 in order of appearance."""
        if isinstance(names, str):
            if names not in self._codes:
                self._codes[names] = numbered_texts(self.frame.columns[names])
            return self._codes[names]
        if len(names) == 1:
            return self.codes(names[0])
        joined = np.zeros(self.rows, np.int64)
        for name in names:
            own = self.codes(name)
            joined = numbered(joined * (int(own.max(initial=0)) + 1) + own)
        return joined

    def distinct(self, names: str | Sequence[str]) -> int:
        """The number of different cells, or combinations of cells."""
        return int(self.codes(names).max(initial=-1)) + 1

    def repeats(self, names: Sequence[str]) -> float:
        """The share of rows whose cells in these columns an earlier row has too."""
        return 1 - self.distinct(names) / max(self.rows, 1)

    def is_within(self, name: str, groups: Sequence[str]) -> bool:
        """Whether a column has one value for each combination of others."""
        return self.distinct([*groups, name]) == self.distinct(groups)

    def follows_from_date(self, name: str) -> bool:
        """Whether a column is called like a part of a date, such as month or weekday."""
        return called(name, CALENDAR) == PLAIN

    def resolved(self, given: Sequence[str] | None, option: str) -> tuple[str, ...]:
        """The columns that an option names. ConfigError for a name that is none.

        A name with commas in it was taken apart at them: pieces that make a name together are one.
        """
        found, missing = self._matched(given)
        if missing:
            raise ConfigError(
                f"{self.frame.files[0]} has no column '{missing[0]}'{self._like(missing[0])}",
                f"its columns: {quoted(self.names)}; {option} names one, or several separated by commas",
            )
        return tuple(found)

    def missing(self, given: Sequence[str] | None) -> list[str]:
        """The names that an option gives and that are no columns."""
        return self._matched(given)[1]

    def _matched(self, given):
        """([columns], [pieces of names that match none])."""
        pieces, found, missing = list(given or ()), [], []
        known = {_tight(name): name for name in reversed(self.names)}
        while pieces:
            n = next((n for n in range(len(pieces), 0, -1) if _tight(",".join(pieces[:n])) in known), None)
            if n is None:
                missing.append(pieces[0])
            else:
                found.append(known[_tight(",".join(pieces[:n]))])
            del pieces[: n or 1]
        return found, missing

    def _like(self, name):
        folds = {other.casefold(): other for other in reversed(self.names)}
        same = [folds[key] for key in get_close_matches(name.casefold(), folds, n=1)]
        return f"; did you mean '{same[0]}'?" if same else ""

    def listed_by_kind(self, names: Iterable[str], example: bool = False) -> str:
        """The columns with their kinds: "a, b (numbers), c (words)"; with an `example` of words."""
        groups: dict[str, list[str]] = {}
        for name in names:
            kind = KINDS[self.kind(name)]
            if example and self.kind(name) == "word":
                kind += f" such as '{self.sample(name)[0]}'"
            groups.setdefault(kind, []).append(name)
        return ", ".join(f"{quoted(group)} ({kind})" for kind, group in groups.items())


def _tight(name):
    """A name without blanks around commas and at its ends."""
    return ",".join(piece.strip() for piece in name.split(","))


SHOWN = 12  # names in a message, at most


def quoted(names: Sequence[str]) -> str:
    """Names for a message, each in quotes if it holds a comma or begins or ends with a blank."""
    shown = [f'"{name}"' if "," in name or name != name.strip() or not name else name for name in names[:SHOWN]]
    return ", ".join(shown) + (f", ... ({len(names):,} in all)" if len(names) > SHOWN else "")


def for_shell(names: Sequence[str]) -> str:
    """Names as the value of an option in a shell."""
    return shell_word(",".join(names))
