"""What a column holds: numbers, words of truth, other words, or nothing."""

from collections.abc import Collection
from typing import Literal

import numpy as np

from .durations import are_worded_durations
from .numbers import Cells, are_floats
from .shapes import shapes_of
from .signs import WAYS, Signs
from .units import find_unit, parts_of

Kind = Literal["number", "truth", "word", "empty"]
PAIRS = ("true false", "yes no", "y n", "t f", "ja nein", "j n", "wahr falsch", "oui non", "vrai faux", "o n", "si no")
PAIRS += ("s\u00ed no", "verdadero falso", "sim n\u00e3o", "verdadeiro falso", "vero falso", "ja nee", "waar onwaar")
PAIRS += ("ja nej", "tak nie", "prawda fa\u0142sz", "\u0434\u0430 \u043d\u0435\u0442", "evet hay\u0131r", "on off")
PAIRS += ("\u662f \u5426", "\u306f\u3044 \u3044\u3044\u3048")
WRONG = 0.1  # of the cells of a column of numbers may be something else, which is then an error with its place
SPELLINGS = 8  # of true and false in one column, at most: "Yes", "yes ", "NO"


def kind_of(texts: Cells, na: Collection[str] = (), signs: Signs | None = None) -> Kind:
    """What most of the R cells `texts` are; `signs` are those of the table, None: any.

    "number"   nine in ten cells are numbers, all with the same unit
    "truth"    true and false, yes and no, ja and nein, ...; a single letter only beside its counterpart
    "empty"    every cell is missing
    """
    if not na and are_floats(texts):
        return "number"
    column = shapes_of(texts, na)
    if not column.given:
        return "empty"
    if are_worded_durations(column.counts):
        return "number"
    unit = find_unit(column.counts)
    ways = WAYS if signs is None else (signs,)
    fitting = 0
    for shape, count in column.counts.items():
        parts = parts_of(shape)
        if parts and unit.factor(parts) is not None and any(way.pattern().fullmatch(parts.body) for way in ways):
            fitting += count
    if fitting >= (1 - WRONG) * column.given:
        return "number"
    return "truth" if truth_pair(column.counts) else "word"


def truth_pair(words: Collection[str]) -> tuple[str, str] | None:
    """(true, false) in lower case where all `words` belong to one of PAIRS, None otherwise."""
    found = {word.strip().lower() for word in words} if len(words) <= SPELLINGS else set()
    for pair in map(str.split, PAIRS):
        if found and found <= set(pair) and (len(found) == 2 or len(next(iter(found))) > 2):
            return pair[0], pair[1]
    return None


def parse_truth(texts: Cells, na: Collection[str] = ()) -> np.ndarray:
    """(R,) float64 of a column of kind "truth": 1 for true, 0 for false, nan for missing."""
    column = shapes_of(texts, na)
    pair = truth_pair(column.counts) or ("", "")
    value = {shape: float(shape.strip().lower() == pair[0]) for shape in column.counts}
    return np.array([value.get(shape, np.nan) for shape in column.shapes])
