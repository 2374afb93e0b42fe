"""What stands in a column that is not named by an option: numbers, texts, dates, or the numbers of the rows."""

import re
from collections.abc import Sequence

from ..tables.signs import Signs, number_pattern
from .cells import NUMBERS, SMALL, SOURCE_NAMES, WEAK_NAMES, is_date, is_missing, share

INDEX_NAMES = frozenset(("", "id", "index", "unnamed: 0", "row", "no", "nr"))  # of columns that number the rows
INDEX_END = re.compile(r".*(?:[\W_]id|[\W_]ID|[a-z]I[dD])")  # of their names
VAGUE = "source src input content message series sequence query x"  # names of texts, or of others
VAGUE_NAMES = frozenset(VAGUE.split())
LEAST_TEXTS = 20  # different texts at least, among which values are free texts rather than categories
SENTENCE, PHRASE = 4, 2  # words on average: of texts that may repeat, and of those that hardly do


class ColumnKind:
    """The cells of one column, judged when asked for. name: None without a header."""

    def __init__(self, name: str | None, cells: Sequence[str], signs: Signs):
        self.name, self.cells = name, cells
        self._number = number_pattern(signs.decimal, signs.thousands)
        self._numeric: bool | None = None

    @property
    def numeric(self) -> bool:
        """Whether it has numbers, and nothing else but missing values."""
        if self._numeric is None:
            given = [value for value in {cell.strip() for cell in self.cells} if not is_missing(value)]
            self._numeric = bool(given) and all(map(self._number.fullmatch, given))
        return self._numeric

    def counts_rows(self) -> bool:
        """Whether no value stands twice, and its name is that of an index or its values are 0, 1, ... or 1, 2, ..."""
        values = [cell.strip() for cell in self.cells]
        if len(set(values)) < len(values):
            return False
        name = (self.name or "").strip()
        if self.name is not None and (name.lower() in INDEX_NAMES or INDEX_END.fullmatch(name)):
            return True
        begin = values[:1] == ["1"]
        return len(values) >= SMALL and values == [str(k + begin) for k in range(len(values))]

    def has_dates(self) -> bool:
        """Whether nearly all of its values are dates."""
        given = self._given()
        return bool(given) and not self.numeric and share(given, is_date) >= NUMBERS

    def is_text(self) -> bool:
        """Whether it has texts rather than categories: of several words, or more than 20 that are hardly ever equal."""
        given = self._given()
        if not given or self._numbers() > 0.5 or self.has_dates():
            return False
        words, many = sum(len(cell.split()) for cell in given) / len(given), len(set(given)) > LEAST_TEXTS
        if self.repeats():
            return many and words >= SENTENCE
        return many or words >= PHRASE

    def repeats(self) -> bool:
        """Whether its values stand twice on average, as categories do."""
        given = self._given()
        return 2 * len(set(given)) <= len(given)

    def is_feature(self) -> bool:
        """Whether it has numbers, but for odd cells that are to be refused, or categories that repeat."""
        given = self._given()
        repeated = self.repeats() or len(given) < SMALL and len(set(given)) < len(given)
        return self._numbers() >= NUMBERS or repeated and bool(given) and not self.is_text()

    def is_named_source(self) -> bool:
        """Whether its name is that of a text, and it has no numbers."""
        name = (self.name or "").strip().lower()
        if name not in SOURCE_NAMES - WEAK_NAMES or self.numeric:
            return False
        return name not in VAGUE_NAMES or not self.is_feature()

    def _numbers(self):
        """The share of numbers in what is given."""
        given = self._given()
        return share([cell.strip() for cell in given], self._number.fullmatch) if given else 0.0

    def _given(self):
        return [cell for cell in self.cells if not is_missing(cell)]
