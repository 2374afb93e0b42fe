"""The encoding of a text that is not UTF-8, guessed by how many bits its letters take in each. Imports no NumPy.

A decoded text costs -log2 of the probabilities of its letters in the language that fits best, with about p ~ 1 / rank,
and more for what no text has: letters of two scripts, or capitals in the middle of a word. All encodings explain the
same bytes, so that costs can be compared.
"""

import codecs
import re
import unicodedata
from collections import Counter
from functools import cache
from math import log2
from typing import NamedTuple

from .encoding_letters import ENCODINGS

SYMBOLS = frozenset("€£¥§°µ²³–—‘’“”„«»…•·©®™½¼¾¿¡ªº±×‹›\u00a0№")  # that stand beside words and numbers
SAMPLE = 1 << 16  # bytes that are looked at
SHOWN = 16  # characters of a word
SYMBOL, STRANGER, RARE, NOISE = 4.0, 12.0, 14.0, 15.0  # bits of a sign, a letter of no language known, a rare one
SIGN = 8.0  # of punctuation of full width
ODD = 8.0  # bits of what no word has
LIST = 0.8  # share of letters of a large script that are frequent ones
SURE = 25.0  # bits by which the best reading is better than all others
POOR = 8.5  # bits a byte beyond ASCII, above which it fits no language that we know
ODDITIES = re.compile(
    "(?<=[aelkg])[EKG]|(?<=[elkg])A"  # a capital within a word
    "|(?<=[aAeE])[kKgGhrt]|(?<=[kK])[aAeEgGhrt]|(?<=[gG])[aAeEkKhrt]|(?<=[hrt])[aAeEkKgG]|(?<=h)[rt]|(?<=r)[ht]|(?<=t)[hr]"
    "|(?<=[eE][eE])[eE]|(?<![a-zA-Z])E(?![a-zA-Z])|(?<=s)s"  # letters with accents and signs stand among others
    "|(?<=[a-zA-Z])[sx](?=[a-zA-Z])|(?<![a-zA-Z])m|(?<=m)m"  # a sign within a word, a mark without its letter
    "|(?<!w)w(?!w)"  # a letter and a half, read together
)
SCRIPTS = (("\uff00", "w"), ("\ud7a4", "x"), ("\uac00", "w"), ("\ua000", "x"), ("\u3041", "w"), ("\u2000", "x"))
SCRIPTS += (("\u1e00", "e"), ("\u0e80", "x"), ("\u0e00", "t"), ("\u0700", "x"), ("\u0600", "r"), ("\u0590", "h"))
SCRIPTS += (("\u0530", "x"), ("\u0400", "k"), ("\u0370", "g"), ("\0", "e"))
LEVELS = {"gb2312": 0xD7, "big5": 0xC6, "cp932": 0x97}  # the last first byte of frequent characters
CONTROL = bytes((*range(9), *range(14, 27), 28, 29, 30, 31, 127))
UTF16 = ("utf-16-le", "utf-16-be")
UTF16_HEAD, SHORT = 1 << 12, 64  # bytes; fewer without a control character may mean anything
ZEROS = 0.2  # of the bytes at even or odd places
PLAIN, FREQUENT = 0.97, 0.3  # of the characters; of those of Chinese, Japanese or Korean


class Guess(NamedTuple):
    """A reading of a text."""

    encoding: str
    bits: float  # that it takes
    text: str  # the different words that were looked at, a line each


def guessed_encodings(data: bytes) -> list[str]:
    """The encodings in which the beginnings of `data` can be read, the likeliest first."""
    return [guess.encoding for guess in guesses(data)]


def guesses(data: bytes) -> list[Guess]:
    """The readings of the words of `data` that have bytes beyond ASCII, the likeliest first, none twice."""
    sample = _sample(data)
    found = [(name, prior, _decoded(sample, name)) for name, (prior, _) in ENCODINGS.items()]
    readings = [Guess(name, prior + _bits(text, name), text) for name, prior, text in found if text is not None]
    first: dict[str, Guess] = {}
    for guess in sorted(readings, key=lambda each: each.bits):
        first.setdefault(guess.text, guess)
    return list(first.values())


def is_sure(found: list[Guess]) -> bool:
    """Whether the first of `guesses` is far better than the others, and fits a language."""
    first, *others = found
    return fits(first) and all(other.bits > first.bits + SURE for other in others)


def fits(guess: Guess) -> bool:
    """Whether a reading is a text in one of the languages that we know."""
    beyond = len(guess.text.encode(guess.encoding)) - sum(map(str.isascii, guess.text))
    return guess.bits < POOR * beyond


def words_in(guess: Guess, most: int) -> list[str]:
    """The first words of a reading, long ones cut off."""
    return [word[:SHOWN] for word in guess.text.split("\n")[:most]]


def _sample(data):
    """The first different words that have bytes beyond ASCII, a line each: no encoding but UTF-16 has a blank or a
    newline within a character."""
    words: dict[bytes, None] = {}
    size = 0
    for line in data.replace(b"\r", b"\n").split(b"\n"):
        found = [word for word in line.replace(b"\t", b" ").split(b" ") if not word.isascii()]
        words |= dict.fromkeys(found)
        size += sum(map(len, found))
        if size > SAMPLE:
            break
    return b"\n".join(words)[:SAMPLE]


def _decoded(data, encoding):
    """The text of bytes whose end may be cut off, None where they are in another encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _bits(text, encoding):
    """The bits of what is beyond ASCII in a text."""
    counts = Counter(sign for sign in text if not sign.isascii())
    fit = min(_letter_bits(counts, language) for language in ENCODINGS[encoding][1])
    classes = text.translate({ord(sign): _class(sign) for sign in {*text}})
    return fit + ODD * sum(1 for _ in ODDITIES.finditer(classes))


def _letter_bits(counts, language):
    known = _table(language)
    return sum(count * (known.get(sign.lower()) or _unknown_bits(sign)) for sign, count in counts.items())


@cache
def _table(language):
    """{letter: bits} of a language, given as its letters by frequency."""
    letters = dict.fromkeys(language)
    total = sum(1 / (rank + 2) for rank in range(len(letters))) / (LIST if len(letters) > 100 else 1)
    return {letter: log2((rank + 2) * total) for rank, letter in enumerate(letters)}


def _unknown_bits(sign):
    if sign in SYMBOLS:
        return SYMBOL
    kind = unicodedata.category(sign)[0]
    if kind not in "LM":
        return SIGN if "\u3000" <= sign <= "\uff65" and kind != "C" else NOISE
    return STRANGER if _is_usual(sign) else RARE


def _is_usual(sign):
    """Whether a letter is one of the thousands that most texts of its script need."""
    if "\u4e00" <= sign <= "\u9fff":
        return any(_has(sign, name, last) for name, last in LEVELS.items())
    return not "\uac00" <= sign <= "\ud7a3" or _has(sign, "euc_kr", 0xFF)


def _has(sign, encoding, last):
    try:
        return sign.encode(encoding)[0] <= last
    except UnicodeEncodeError:
        return False


@cache
def _is_frequent(sign):
    return any(sign in _table(language) for _, languages in ENCODINGS.values() for language in languages)


def _class(sign):
    """One letter for the class of a character: its script, as a capital or not; 0 for what stands by any other."""
    if sign.isascii():
        return "0" if not sign.isalpha() else "a" if sign.islower() else "A"
    if sign in SYMBOLS:
        return "0" if sign == "’" else "s"
    script = _script(sign)
    if script in "0x" or script == "w" and _is_frequent(sign):
        return script.replace("w", "0")
    return script.upper() if sign.isupper() else script


def _script(sign):
    """e for Latin letters beyond ASCII, g Greek, k Cyrillic, h Hebrew, r Arabic, t Thai, w Chinese, Japanese and
    Korean; m for their accents, s for signs, 0 for those of Asia, x for all else."""
    if unicodedata.combining(sign) and sign < "\u0370":
        return "m"
    if not sign.isalpha() and unicodedata.category(sign)[0] != "M":
        return "s" if sign in SYMBOLS else "0" if "\u3000" <= sign <= "\u303f" or sign >= "\ufe30" else "x"
    return next(name for begin, name in SCRIPTS if sign >= begin)


def utf16_of(head: bytes) -> str | None:
    """UTF-16 without its mark: "utf-16-le" or "utf-16-be" where every other byte is often 0, and no other, or where
    bytes that are no text by themselves become the letters of one script."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    few = len(head) / 200
    if odd > ZEROS * len(head) / 2 and even <= few:
        return "utf-16-le"
    if even > ZEROS * len(head) / 2 and odd <= few:
        return "utf-16-be"
    head = head[:UTF16_HEAD]
    if head == head.translate(None, CONTROL) and (len(head) < SHORT or _decoded(head, "utf-8") is not None):
        return None
    return next((name for name in UTF16 if is_plain(_decoded(head, name) or "")), None)


def is_plain(text: str) -> bool:
    """Whether nearly all characters of a text are ASCII or of one script, and many of them frequent ones."""
    beyond = [sign for sign in text if not sign.isascii()]
    scripts = Counter(_script(sign) for sign in beyond)
    good = sum(sign.isprintable() or sign.isspace() for sign in text if sign.isascii())
    usual = max((scripts[name] for name in "ekghrt"), default=0)
    if scripts["w"] > usual:
        usual = scripts["w"] if sum(map(_is_frequent, beyond)) >= FREQUENT * len(beyond) else 0
    return (
        bool(text)
        and (usual > 0 or not beyond)
        and good + usual + scripts["s"] + scripts["m"] + scripts["0"] >= PLAIN * len(text)
    )
