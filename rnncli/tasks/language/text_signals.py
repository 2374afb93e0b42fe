"""What a unit of a language model may follow in a text: quotes, brackets, the place in the line, ends of words."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import numpy as np

from ...laboratory.units.following import Signal

OPENING = {"(": ")", "[": "]", "{": "}"}
QUOTES = {"“": "”", "«": "»", "„": "“", "»": "«"}  # the last two of German; the straight ones are found by their place
ELISIONS = ("tis", "twas", "twere", "twill", "twould", "em", "gainst", "scape", "til", "twixt", "cause", "tween")
VOWELS = frozenset("aeiouyæøœı" + "аеёиоуыэюя" + "αεηιουω")
REMEMBERED = (  # signals that the last symbol alone does not show
    "inside quotes",
    "inside brackets",
    "depth of brackets",
    "place in the line",
    "indentation",
    "symbols to the end of the line",
    "place in the word",
    "end of a word",
)


def text_signals(symbols: Sequence[str], words: bool, paragraph: str) -> list[Signal]:
    """The Signals of a text of S symbols, each after that symbol is read.

    words: whether symbols are words rather than characters; paragraph: what ends a quotation that was never closed, two
    newlines, or one where each line is a document.
    """
    text, ends = "".join(symbols), np.cumsum([len(symbol) for symbol in symbols]) - 1
    depth = bracket_depth(text)[ends]
    newline = np.array([symbol.endswith("\n") for symbol in symbols])
    found = {
        "inside quotes": inside_quotes(text, paragraph)[ends],
        "inside brackets": depth > 0,
        "depth of brackets": depth,
        "place in the line": since(newline),
        "indentation": indentation(text)[ends],
        "symbols to the end of the line": until(newline),
        "newline": newline,
        "capital": _each(symbols, lambda symbol: symbol.strip()[:1].isupper()),
        "digit": _each(symbols, lambda symbol: any(map(str.isdigit, symbol))),
        "punctuation": _each(symbols, lambda symbol: bool(symbol.strip()) and not any(map(str.isalnum, symbol))),
    }
    if not words:
        alnum = _each(symbols, str.isalnum)
        found |= {
            "place in the word": since(~alnum),
            "end of a word": alnum & ~np.append(alnum[1:], False),
            "blank": _each(symbols, lambda symbol: symbol.isspace() and symbol != "\n"),
            "vowel": _each(symbols, is_vowel),
        }
    if depth.max(initial=0) < 2:  # the same as being inside
        del found["depth of brackets"]
    return [Signal(name, np.asarray(values, np.float64)) for name, values in found.items()]


def _each(symbols: Sequence[str], holds: Callable[[str], bool]) -> np.ndarray:
    return np.fromiter(map(holds, symbols), bool, len(symbols))


def since(marks: np.ndarray) -> np.ndarray:
    """(S,) steps since the last mark, 0 at a mark; the first step counts as one after a mark."""
    at = np.arange(len(marks))
    last = np.maximum.accumulate(np.where(marks, at, -1))
    return at - last


def until(marks: np.ndarray) -> np.ndarray:
    """(S,) float64 steps to the next mark, 0 at a mark; nan after the last one."""
    at = np.arange(len(marks), dtype=np.float64)
    coming = np.minimum.accumulate(np.where(marks, at, np.inf)[::-1])[::-1]
    return np.where(np.isfinite(coming), coming - at, np.nan)


def bracket_depth(text: str) -> np.ndarray:
    """(L,) open brackets after each character of a text; a closing one without its opening one closes nothing."""
    open_: list[str] = []
    depths = []
    for sign in text:
        if sign in OPENING:
            open_.append(OPENING[sign])
        elif open_ and sign == open_[-1]:
            open_.pop()
        depths.append(len(open_))
    return np.array(depths, np.intp)


def indentation(text: str) -> np.ndarray:
    """(L,) blanks at the beginning of the line of each character, as far as the line has been read."""

    def read(state: tuple[int, bool], sign: str) -> tuple[int, bool]:
        blanks, beginning = state
        if sign == "\n":
            return 0, True
        return (blanks + 1, True) if beginning and sign in " \t" else (blanks, False)

    states = accumulate(text, read, initial=(0, True))
    return np.array([blanks for blanks, _ in states][1:], np.intp)


def inside_quotes(text: str, paragraph: str = "\n\n") -> np.ndarray:
    """(L,) bool: characters inside a quotation, its opening sign included and its closing sign not.

    Signs are "...", “...”, «...», „...“, »...« and '...'. A sign without its partner before the end of the paragraph
    begins no quotation; an apostrophe is none.
    """
    inside = np.zeros(len(text), bool)
    start = 0
    while start < len(text):
        stop = text.find(paragraph, start)
        stop = len(text) if stop < 0 else stop + len(paragraph)
        for opened, closed in quotations(text, start, stop):
            inside[opened:closed] = True
        start = stop
    return inside


def quotations(text: str, start: int, stop: int) -> Iterable[tuple[int, int]]:
    """(opening, closing) of the outermost quotations in text[start:stop]."""
    at = start
    while at < stop:
        closed = _closing(text, at, stop)
        if closed is None:
            at += 1
            continue
        yield at, closed
        at = closed + 1


def _closing(text, at, stop):
    """Where the quotation that begins at `at` ends; None where none begins there or it never ends."""
    sign = text[at]
    if sign == '"':
        found = text.find('"', at + 1, stop)
    elif sign in QUOTES:
        found = text.find(QUOTES[sign], at + 1, stop)
    elif sign == "'" and _opens(text, at):
        ends = (k for k in range(at + 1, stop) if text[k] == "'" and _closes(text, k))
        found = next(ends, -1)
    else:
        return None
    return None if found < 0 else found


def _opens(text, at):
    """Whether a straight single quote begins a quotation: not within a word, and not in front of one cut short."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isalnum() or not after.isalpha():
        return False
    word = "".join(_letters(text, at + 1))
    return word.lower() not in ELISIONS


def _letters(text, at):
    while at < len(text) and text[at].isalpha():
        yield text[at]
        at += 1


def _closes(text, at):
    """Whether a straight single quote ends a quotation: beside a punctuation mark, so that it is no apostrophe."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isspace() or after.isalnum():
        return False
    return before in ".,;:!?-—…" or not after or after in ".,;:!?)]-—…\n"


def is_vowel(symbol: str) -> bool:
    """Whether a character is a vowel, with or without an accent, of Latin, Cyrillic or Greek."""
    return unicodedata.normalize("NFD", symbol)[:1].lower() in VOWELS
