"""The form of the encoder in a model file of a text generator."""

from typing import Any

from ...data.text.encoders import CODE_POINTS
from ...data.text.word_vocabulary import UNKNOWN
from ...storage.declared import Fields, Kinds, Number, Rows, Symbol, Table, Text, check, require

ENCODER = Kinds(
    "level",
    {
        "char": Fields({"level": Text("char"), "symbols": Symbol()}),
        "byte": Fields({"level": Text("byte")}),
        "word": Fields(
            {
                "level": Text("word"),
                "words": Rows(Symbol(), 2, distinct=True),
                "spelling": Table(Number(0)),
            }
        ),
    },
)


def check_encoder(values: Any, config: Any) -> None:
    """Raise Malformed unless `values` are those of an encoder for a Config."""
    check(values, ENCODER, "encoder")
    require(values["level"] == config.data.tokens, f"encoder.level: {values['level']}, unlike data.tokens")
    if values["level"] == "char":
        symbols = values["symbols"]
        require(0 < len(symbols) <= CODE_POINTS, "encoder.symbols: no character")
        require("".join(sorted(set(symbols))) == symbols, "encoder.symbols: not distinct characters in rising order")
    if values["level"] == "word":
        require(values["words"][0] == UNKNOWN, f"encoder.words: the first is not {UNKNOWN}")
        require({"end", "unseen"} <= values["spelling"].keys(), "encoder.spelling: without end or unseen")
