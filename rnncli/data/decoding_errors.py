"""The errors of bytes that are not in the encoding of a text, with the encoding that they may be in."""

import codecs

from ..errors import DataError
from .file_marks import kind_of

HEAD = 16  # bytes that tell what a file is
REPLACED = "\ufffd"  # what stands for a byte that cannot be decoded
NEAR = 64  # bytes before one that cannot be decoded, which hold the beginning of its word
WHOLE = ("utf-8", "utf-16", "utf-32", "iso8859", "cp", "koi8", "mac")  # encodings that have whole characters alone
MARKS = (  # byte order marks, a longer one before its own beginning
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Undecodable(DataError):
    """A text that is not in its encoding."""


def undecodable(error: UnicodeError, done: int, head: bytes, name: str, encoding: str, foreign: bool) -> DataError:
    """The error for a decoding error after `done` bytes had been read; `head` holds the first of them. foreign: letters
    beyond ASCII came before."""
    if kind := kind_of(head):
        return DataError(f"{name}: {kind}, not a text", "unpack it, or save the text in it as a file of its own")
    hint, options = _remedy(error, head, encoding, foreign)
    if not isinstance(error, UnicodeDecodeError):
        return Undecodable(f"{name}: not {encoding.upper()}: {error}", hint, options)
    # The decoder puts bytes left over from earlier chunks before this one: error.object ends at the bytes read last.
    offset = done - len(error.object) + error.start
    place = f"byte 0x{error.object[error.start]:02x} at offset {offset}"
    return Undecodable(f"{name}: {place} is not {encoding.upper()} ({error.reason})", hint, options)


def _remedy(error, head, encoding, foreign):
    """(the hint, the options) for a text that cannot be decoded."""
    from .tables.encoding_guess import guessed_encodings, utf16_of, words_of  # here: errors alone need them

    as_bytes = "; or read it as bytes: --tokens byte"
    if marked := next((known for mark, known in MARKS if head.startswith(mark) and known != encoding), None):
        hint = f"the file begins with the byte order mark of {marked.upper()}: use --encoding {marked}"
        return hint, f"--encoding {marked}"
    data = error.object[max(error.start - NEAR, 0) :] if isinstance(error, UnicodeDecodeError) else head
    if encoding != "utf-8":
        return "name another encoding, as in --encoding utf-8" + as_bytes, ""
    if b"\0" in data and not utf16_of(data):
        return "it seems to be no text: name another file" + as_bytes, ""
    if foreign or _has_letters(error):
        return "it is UTF-8 but for this byte, cut off or damaged: repair the file" + as_bytes, ""
    found = utf16_of(data) or next(iter(guessed_encodings(words_of(data))), "latin-1")
    return f"name its encoding, as in --encoding {found}" + as_bytes, f"--encoding {found}"


def _has_letters(error):
    """Whether a text is UTF-8 but for few places: most of its letters beyond ASCII can be decoded."""
    if not isinstance(error, UnicodeDecodeError):
        return False
    text = error.object.decode("utf-8", errors="replace")
    bad = text.count(REPLACED)
    return sum(not letter.isascii() for letter in text) > 2 * bad  # the bad ones are among them


def refuse_halves(text: str, name: str, encoding: str) -> None:
    """DataError for a character that UTF-8, in which models are stored, cannot have."""
    if encoding.startswith(WHOLE):
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"U+{ord(text[error.start]):04X}"
        raise DataError(
            f"{name}: read as {encoding}, it has {half}, which is half of a surrogate pair and no character",
            "repair the file, or name its encoding: --encoding utf-8; or read it as bytes: --tokens byte",
        ) from None
