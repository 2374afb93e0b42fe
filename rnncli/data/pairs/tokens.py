"""The tokens of a text that is a source: characters, bytes, words, symbols. It need not be restored from them."""

import re
from collections.abc import Sequence

PARTS = re.compile(r"[;|,]")  # between the values in a cell of a condition
WORDS = re.compile(r"\w+|[^\w\s]")


def tokens_of(text: str, unit: str, lower: bool) -> list[str]:
    """The tokens of a text; unit: "char", "byte", "word" (punctuation marks are words, white space is not) or "symbol",
    what stands between white space."""
    text = text.lower() if lower else text
    if unit == "byte":
        return [f"{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")]
    if unit == "symbol":
        return text.split()
    return WORDS.findall(text) if unit == "word" else list(text)


def condition_tokens(names: Sequence[str], cells: Sequence[str]) -> list[str]:
    """A token for each value of conditions, in front of the tokens of a text: "V;SG" gives two, nothing none.

    A token has the name of its column and a blank within, so that no token of a text equals it.
    """
    return [
        f"{name} = {value.strip()}" for name, cell in zip(names, cells) for value in PARTS.split(cell) if value.strip()
    ]
