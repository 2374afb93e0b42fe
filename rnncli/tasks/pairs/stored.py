"""The forms of the two sides of pairs in a model file, which the tasks of pairs combine."""

from collections.abc import Sequence
from typing import Any

from ...data.pairs.formats import READERS
from ...data.pairs.sides import SUMMARIES, UNITS, UNKNOWN
from ...data.pairs.text_formats import CLASSED
from ...storage.declared import (
    Fields,
    Form,
    Kinds,
    Maybe,
    Name,
    Number,
    Rows,
    Symbol,
    Text,
    Truth,
    Tuple,
    Whole,
    check,
    require,
)

LONGEST = 10_000_000  # steps of a source, characters of a word: more than any memory holds
MOST_DIFFERENCES = 100
POSITIVE = Number(above=0.0)

READING = Fields(
    {
        "source": Rows(Text()),
        "target": Rows(Text()),
        "format": Text(*READERS),
        "header": Maybe(Truth()),
        "separator": Maybe(Symbol()),
        "form": Text("text", "words", "series", "features"),
    },
    optional={"condition": Rows(Text()), "thousands": Maybe(Symbol())},
)
GRAMS = Fields(
    {
        "highest": Whole(1, 100),
        "joint": Symbol(),
        "edges": Truth(),
        "grams": Rows(Symbol(), distinct=True),
        "idf": Rows(POSITIVE),
    }
)
TEXT_SIDE = Fields(
    {
        "form": Text("text"),
        "tokens": Text(*UNITS),
        "lower": Truth(),
        "symbols": Rows(Symbol(), 1, distinct=True),
        "longest": Whole(1, LONGEST),
        "grams": Maybe(GRAMS),
    },
    optional={"conditions": Rows(Symbol())},
)
WORDS_SIDE = Fields(
    {
        "form": Text("words"),
        "symbols": Rows(Symbol(), 1, distinct=True),
        "characters": Rows(Symbol(), distinct=True),
        "word": Whole(2, 10_000),
    }
)
SERIES_SIDE = Fields(
    {
        "form": Text("series"),
        "offset": Rows(Number(), 1),
        "scale": Rows(POSITIVE, 1),
        "by_example": Truth(),
        "differences": Whole(0, MOST_DIFFERENCES),
        "segment": Whole(1, LONGEST),
        "longest": Whole(1, LONGEST),
        "summary": Rows(Tuple(Number(), POSITIVE)),
    }
)
COLUMN = Fields({"name": Symbol(), "offset": Number(), "scale": POSITIVE, "names": Rows(Symbol(), distinct=True)})
FEATURE_SIDE = Fields({"form": Text("features"), "columns": Rows(COLUMN, 1), "linear": Truth()})
SIDES = {"text": TEXT_SIDE, "words": WORDS_SIDE, "series": SERIES_SIDE, "features": FEATURE_SIDE}
CLASSES = Fields({"names": Rows(Name(), 1, distinct=True), "counts": Rows(Whole(), 1)})
NUMBERS = Fields({"names": Rows(Symbol(), 1), "offset": Rows(Number(), 1), "scale": Rows(POSITIVE, 1)})


def check_pair(values: Any, sources: Sequence[str], target: Form) -> None:
    """Raise Malformed unless `values` are those of a PairEncoder with a source of one of the forms `sources` and a
    target side of the form `target`."""
    source_side = Kinds("form", {form: SIDES[form] for form in sources})
    check(values, Fields({"source": source_side, "target": target, "reading": READING}), "encoder")
    source, answers = values["source"], values["target"]
    if source["form"] in ("text", "words"):
        require(source["symbols"][0] == UNKNOWN, f"encoder.source.symbols: the first is not {UNKNOWN}")
    if source["form"] == "text" and source["grams"]:
        _check_lengths(source["grams"], ("grams", "idf"), "encoder.source.grams")
    if source["form"] == "text" and source["tokens"] == "byte":
        require(all(map(_is_byte, source["symbols"][1:])), "encoder.source.symbols: not bytes in hexadecimal")
    if source["form"] == "series":
        _check_series(source)
    if source["form"] == "features":
        columns, reading = len(source["columns"]), values["reading"]
        same = columns == (1 if reading["format"] in CLASSED else len(reading["source"]))
        require(same, "encoder.reading.source: not one for each column of the source")
    alike = [name for name in ("names", "counts", "offset", "scale") if name in answers]
    _check_lengths(answers, alike, "encoder.target")


def _check_series(source: Any) -> None:
    """Raise Malformed unless the parts of the side of a series agree."""
    _check_lengths(source, ("offset", "scale"), "encoder.source")
    channels = len(source["offset"])
    require(channels % (1 + source["differences"]) == 0, "encoder.source: differences do not fit its channels")
    require(len(source["summary"]) in (0, SUMMARIES * channels), "encoder.source.summary: not six of each channel")


def _check_lengths(values: Any, names: Any, place: str) -> None:
    """Raise Malformed unless the lists of these names have one length."""
    require(len({len(values[name]) for name in names}) <= 1, f"{place}: {', '.join(names)} have different lengths")


def _is_byte(symbol: str) -> bool:
    return len(symbol) == 2 and set(symbol) <= set("0123456789abcdef")
