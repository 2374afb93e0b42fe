"""Single symbols of a text as a terminal and a picture show them."""

import unicodedata
from collections.abc import Callable, Sequence

from ...phrases import safe_text
from ..pairs.texts import columns

LINE_END, BLANK, CARRIER = "↵", "␣", "◌"
HIDDEN = {"Cf", "Cn", "Zl", "Zp"}  # categories of characters without a sign of their own, or none for XML


def shown_symbol(symbol: str, unicode: bool = True) -> str:
    """A symbol on one line and safe for a terminal; blanks stay."""
    text = safe_text(symbol).replace("\t", "\\t").replace("\n", LINE_END if unicode else "\\n")
    return text if unicode else text.encode("ascii", "backslashreplace").decode("ascii")


def visible(text: str, unicode: bool = True) -> str:
    """`text` on one line and safe, with an escape for each character without a sign; blanks stay."""
    shown = shown_symbol(text, unicode)
    return "".join(escape(sign) if unicodedata.category(sign) in HIDDEN else sign for sign in shown)


def escape(sign: str) -> str:
    """A sign in ASCII."""
    return sign.encode("ascii", "backslashreplace").decode("ascii")


def labelled(symbol: str, unicode: bool = True) -> str:
    """A symbol that stands alone: a sign for a blank, no blanks around a word, a mark of another letter on a carrier,
    an escape for one without a width."""
    text = carried(visible(symbol.strip(" "), unicode))
    if not text:
        return BLANK if unicode else "_"
    return text if columns(text) else escape(text)


def carried(text: str) -> str:
    """`text`; if it begins with a mark that would join the sign before it, on a carrier."""
    return CARRIER + text if text and unicodedata.combining(text[0]) else text


def joint_of(split: Callable[[str], list[str]], texts: Sequence[str]) -> str:
    """What stands between the symbols of these texts: nothing, or a blank."""
    return "" if all("".join(split(text)) == text for text in texts) else " "


def first_lines(symbols: Sequence[str], lines: int = 6, width: int = 76) -> int:
    """How many symbols of a text stand in its first `lines` lines of that many columns, not counting empty ones."""
    used = at = 0
    for count, symbol in enumerate(symbols):
        if at == 0 and symbol != "\n":
            if used == lines:
                return count
            used += 1
        at = 0 if symbol.endswith("\n") else (at + len(symbol)) % width
    return len(symbols)
