"""The form of the target side of texts in a model file."""

from ...data.pairs.sides import UNITS
from ...storage.declared import Fields, Rows, Symbol, Text, Whole
from ..pairs.stored import LONGEST

WRITTEN = Fields({"tokens": Text(*UNITS), "symbols": Rows(Symbol(), 2, distinct=True), "longest": Whole(1, LONGEST)})
