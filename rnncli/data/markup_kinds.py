"""Files of markup and of bytes, recognised by what they begin with: JSON, XML, pictures, sounds, programs, arrays."""

import json
import re
from typing import Any

from .folders import WIDE
from .packed import stream_of
from .tables.encoding_guess import utf16_of
from .tables.json_shapes import repaired

TEXT_FIELDS = frozenset(("text", "content", "body", "message", "sentence", "review", "comment", "story", "article"))
JSON = re.compile(r'\s*(?:\{\s*"|\[\s*[\[{"])')
MORE = re.compile(r"\s*(?:[\[{]|$)")  # after a value: the next line of JSON lines, or nothing
XML = re.compile(rb"\s*(?:<\?xml\b|(?:<!--.*?-->\s*)*<(svg|rss|feed|TEI|FictionBook|kml|gpx|plist)[\s>])", re.DOTALL)
SVG = re.compile(rb"<svg[\s>]")
JQ, XMLLINT = "jq -r '.. | strings' {file} > {text}", "xmllint -xpath 'string(/)' {file} > {text}"
CELLS = "jq -rj '.cells[].source[]' {file} > {text}"
MARKUPS = {  # names, with the command that makes a text of one
    "a JSON file": JQ,
    "a Jupyter notebook": CELLS,
    "an XML file": XMLLINT,
    "an SVG picture": "",
}
BINARY = {  # first bytes of files with a NUL character among the first ones
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\0asm": "a program (WebAssembly)",
    b"\xca\xfe\xba\xbe": "a program (Java)",
    b"\x93NUMPY": "an array of NumPy",
    b"GGUF": "a model (GGUF)",
    b"RIFF": "a sound, a picture or a film (RIFF)",
    b"MThd": "music (MIDI)",
    b"ID3": "a sound (MP3)",
    b"OggS": "a sound (Ogg)",
    b"fLaC": "a sound (FLAC)",
    b"BM": "a picture (BMP)",
    b"\0\0\1\0": "a picture (ICO)",
    b"\0\1\0\0": "a font",
    b"wOFF": "a font",
    b"wOF2": "a font",
}
PLAIN_MARKS = {  # first bytes that no text has
    b"\x1f\x9d": "a file compressed by compress",
    b"\x04\x22\x4d\x18": "a file compressed by lz4",
    b"x\x9c": "a file compressed by zlib",
    b"x\xda": "a file compressed by zlib",
    b"\x80\2": "a pickle of Python",
    b"\x80\3": "a pickle of Python",
    b"\x80\4": "a pickle of Python",
    b"\x80\5": "a pickle of Python",
    b"(lp0\n": "a pickle of Python",
    b"(dp0\n": "a pickle of Python",
}
FIRST = 64  # bytes among which such files have a NUL character
CONTROL = bytes((*range(9), *range(16, 27), 28, 29, 30, 31, 127))  # without those of ISO-2022, which texts have
MANY, SHARE = 10, 0.1  # control characters, at least, and their share of the bytes


def markup_of(head: bytes) -> str | None:
    """What a text with these first bytes is but sentences, one of MARKUPS; None for another text, and for JSON lines
    with a text in a field of a usual name."""
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if XML.match(plain):
        return "an SVG picture" if SVG.search(plain) else "an XML file"
    text = plain.decode("utf-8", "ignore")
    return _json_kind(text) if JSON.match(text) else None


def _json_kind(text):
    value = _first_value(text.lstrip())
    if value is None or TEXT_FIELDS & _fields(value):
        return None
    return "a Jupyter notebook" if isinstance(value, dict) and "cells" in value else "a JSON file"


def _first_value(text: str) -> Any:
    """The first value of a text that is JSON or begins as JSON, None for another one."""
    try:
        value, end = json.JSONDecoder().raw_decode(text)
        return value if MORE.match(text, end) else None
    except ValueError:
        return repaired(text)
    except RecursionError:
        return None


def _fields(value):
    """The names of the strings in the first object of a JSON value."""
    first = value[0] if isinstance(value, list) and value else value
    return {name for name, part in first.items() if isinstance(part, str)} if isinstance(first, dict) else set()


def bytes_of(head: bytes) -> str | None:
    """What a file with these first bytes is if it is no text; None for a text in any encoding, and for what is
    compressed in a way that we read."""
    if stream_of(head):
        return None
    if known := next((name for mark, name in PLAIN_MARKS.items() if head.startswith(mark)), None):
        return known
    if b"\0" in head[:FIRST]:
        if head[4:8] == b"\0\0\0\0" and head[8:10] == b'{"':
            return "a model (safetensors)"
        if head[4:8] == b"ftyp":
            return "a film (MP4)"
        if known := next((name for mark, name in BINARY.items() if head.startswith(mark)), None):
            return known
    controls = len(head) - len(head.translate(None, CONTROL))
    many = controls >= MANY and controls > SHARE * len(head)
    return "a binary file" if many and not _is_wide(head) else None


def _is_wide(head):
    """Whether these are the first bytes of a text in UTF-16 or UTF-32, with its mark or without."""
    aligned = head[: len(head) // 4 * 4]
    zeros = [not any(aligned[place::4]) for place in range(4)]
    return head.startswith(WIDE) or utf16_of(head) is not None or zeros[0] and zeros[1] or zeros[2] and zeros[3]
