"""The errors of bytes that are not in the encoding of a text, with the encoding that they may be in."""

import codecs

from ..errors import DataError
from .file_marks import kind_of

HEAD = 1 << 12  # bytes that tell what a file is
REPLACED = "\ufffd"  # what stands for a byte that cannot be decoded
NEAR, NEARBY = 64, 1 << 12  # bytes before one that cannot be decoded, and all bytes around it that are looked at
TOLD = 20  # bytes, at least, that tell UTF-16
WORDS, GUESSES = 3, 4  # shown in a hint: words, and encodings
AS_BYTES = "; or read it as bytes: --tokens byte"
SHIFTS = {  # escapes that change to another set of characters, and the encoding that has them, a larger one first
    b"\x1b$(Q": "iso2022_jp_2004",
    b"\x1b$(D": "iso2022_jp_1",
    b"\x1b$)C": "iso2022_kr",
    b"\x1b$B": "iso2022_jp",
    b"\x1b$@": "iso2022_jp",
}
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
    if marked := next((known for mark, known in MARKS if head.startswith(mark) and known != encoding), None):
        hint = f"the file begins with the byte order mark of {marked.upper()}: use --encoding {marked}"
        return hint, f"--encoding {marked}"
    data = error.object if isinstance(error, UnicodeDecodeError) else head
    near = data[max(error.start - NEAR, 0) :][:NEARBY] if isinstance(error, UnicodeDecodeError) else head
    if encoding != "utf-8":
        return _another(data)
    from .tables.encoding_guess import utf16_of  # here, as below: errors alone need it

    unmarked = utf16_of(head) or utf16_of(near)
    if b"\0" in near and not unmarked:
        return "it seems to be no text: name another file" + AS_BYTES, ""
    if foreign or _has_letters(error):
        return "it is UTF-8 but for this byte, cut off or damaged: repair the file" + AS_BYTES, ""
    return named(unmarked) if unmarked else _guess(data)


def _another(data):
    """(the hint, the options) for a text that is not in the encoding which its reader named."""
    from .tables.encoding_guess import fits, guesses

    if not _is_utf8(data) and any(map(fits, guesses(data)[:1])):
        return _guess(data)
    return "name another encoding, as in --encoding utf-8" + AS_BYTES, ""


def _is_utf8(data):
    try:
        return not data.isascii() and bool(codecs.getincrementaldecoder("utf-8")().decode(data))
    except UnicodeDecodeError:
        return False


def named(encoding: str) -> tuple[str, str]:
    """(the hint, the options) for a text that is in another encoding."""
    return f"name its encoding, as in --encoding {encoding}" + AS_BYTES, f"--encoding {encoding}"


def _guess(data):
    """(the hint, the options) for a text in none of the encodings of Unicode, with what the likeliest ones make of its
    words where one alone is not likely."""
    from .tables.encoding_guess import guesses, is_sure, words_in

    found = guesses(data)
    if not found:
        return "name its encoding: those that we guess do not fit" + AS_BYTES, ""
    if is_sure(found):
        return named(found[0].encoding)
    shown = [f"{each.encoding} ({' '.join(words_in(each, WORDS))})" for each in found[:GUESSES]]
    hint = f"its encoding can only be guessed: {' or '.join(shown)}; name the one that makes words of it, as in "
    return f"{hint}--encoding {found[0].encoding}" + AS_BYTES, f"--encoding {found[0].encoding}"


def refuse_escapes(data: bytes, name: str) -> None:
    """DataError for bytes in an encoding that has ASCII and escapes alone, and so is read as UTF-8 without an error."""
    if b"\x1b" not in data or b"\x1b$" not in data:  # the first alone is looked for fast
        return
    encoding = next((known for mark, known in SHIFTS.items() if mark in data), None)
    if encoding:
        raise Undecodable(f"{name}: written with the escapes of {encoding.upper()}, not in UTF-8", *named(encoding))


def refuse_utf16(head: bytes, name: str) -> None:
    """DataError for the first bytes of a text in UTF-16 without its mark, which may be UTF-8 too."""
    from .tables.encoding_guess import is_plain, utf16_of

    marked = any(head.startswith(mark) for mark, _ in MARKS)
    if len(head) >= TOLD and not marked and (unmarked := utf16_of(head)) and is_plain(head.decode(unmarked, "replace")):
        raise Undecodable(f"{name}: {unmarked.upper()} without its mark, not UTF-8", *named(unmarked))


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
