"""Hostile inputs made from good ones: bytes, JSON and packed files with something wrong at a random place."""

import bz2
import copy
import gzip
import io
import json
import lzma
import random
import zipfile
import zlib
from collections.abc import Callable, Sequence

LONGEST = 6000  # bytes of an input: longer ones find nothing else and take longer
MOST_CHANGES = 6  # of one input; most have one or two, so that half of them are still read
SPECIAL = (  # what parsers stumble over, whatever they read
    *(b"\x00", b"\xff", b"\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b[2J", b"\r", b"\r\n", b"\n\n", b"\t", b" " * 40),
    *("\u2028\x85\u200f\u202e\u0301\ud7a3\U0001f469\u0663\u00bd\u2212\xa0".encode(), "\u0130\u1e9e\ufb01".encode()),
    *(
        "\xb2".encode(),
        b"\x1f5",
        b"9" * 5000,
        b"nan",
        b"-inf",
        b"1e999",
        b"-0",
        b"0" * 60,
        b"9" * 400,
        b"1" + b"0" * 30,
        b"1_000",
        b"0x1f",
        b"1e-400",
        b"--",
    ),
    *(
        b'"',
        b"'",
        b'""',
        b"\\",
        b"\\ud800",
        b"{",
        b"}",
        b"[",
        b"]",
        b"," * 30,
        b":",
        b";",
        b"|",
        b"#",
        b"%",
        b"$",
        b"=",
    ),
    *(b"null", b"true", b"-1", b"9223372036854775808", b"18446744073709551616", b"[" * 70, b"(" * 70, b"{}" * 30),
)
VALUES = (None, True, -1, 0, 10**9, 2**70, 1e300, -0.0, 0.5, "", "x", "\x1b[2J", "\ud800", "/dev/zero", [], [None], {})
UNPACKING = (OSError, EOFError, ValueError, LookupError, NotImplementedError, RuntimeError)
UNPACKING += (zipfile.BadZipFile, lzma.LZMAError, zlib.error)
PACKERS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "gzip": (lambda data: gzip.compress(data, 1, mtime=0), gzip.decompress),
    "bzip2": (lambda data: bz2.compress(data, 1), bz2.decompress),
    "xz": (lambda data: lzma.compress(data, preset=0), lzma.decompress),
}


def of_bytes(data: bytes, words: Sequence[bytes], draw: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """`data` with a few changes: bits, bytes, special words, parts left out, doubled, moved, or taken from `others`."""
    changed = bytearray(data)
    for _ in range(min(MOST_CHANGES, 1 + int(draw.expovariate(1.0)))):
        at = draw.randint(0, len(changed))
        end = min(len(changed), at + int(draw.expovariate(1 / 8)) + 1)
        kind = draw.randrange(8)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            changed[at:end] = bytes(draw.randrange(256) for _ in range(end - at))
        elif kind in (2, 3):
            changed[at : at if kind == 2 else end] = draw.choice(words if words and draw.random() < 0.6 else SPECIAL)
        elif kind == 4:
            del changed[at : min(len(changed), at + draw.choice((1, 3, 30, 300)))]
        elif kind == 5:
            changed[at:at] = changed[at:end] * draw.choice((1, 2, 20))
        elif kind == 6:
            part, there = changed[at:end], draw.randint(0, len(changed))
            changed[there:there] = part
        elif others:
            changed[at:] = _end_of(draw.choice(others), draw)
    return bytes(changed[:LONGEST])


def _end_of(data: bytes, draw: random.Random) -> bytes:
    return data[draw.randint(0, len(data)) :]


def of_json(data: bytes, words: Sequence[bytes], draw: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """JSON with other values in a few places; or, now and then, with other bytes."""
    try:
        value = json.loads(data) if draw.random() < 0.6 else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict | list):
        return of_bytes(data, words, draw, others)
    for _ in range(draw.randint(1, 3)):
        value = _with_other_value(value, draw)
    return json.dumps(value).encode()[: 4 * LONGEST]


def _with_other_value(value, draw):
    """A JSON value with a random place of it changed."""
    if not isinstance(value, dict | list) or not value or draw.random() < 0.15:
        return copy.deepcopy(draw.choice(VALUES))
    where = list(value) if isinstance(value, dict) else range(len(value))
    place, kind = draw.choice(where), draw.randrange(8)
    if kind == 0:
        del value[place]
    elif kind == 1 and isinstance(value, list):
        value.insert(place, copy.deepcopy(draw.choice(value)))
    elif kind == 1:
        value[draw.choice(("x\x1b[1m", "", "y", "data", "0"))] = copy.deepcopy(value[place])
    else:
        value[place] = _with_other_value(value[place], draw)
    return value


def of_packed(data: bytes, words: Sequence[bytes], draw: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """A packed file of changed contents, or with changes in its own bytes; contents of `others` are not used."""
    kind = draw.randrange(4)
    try:
        if kind and data.startswith(b"PK"):
            return _zip(data, words, draw)
        for pack, unpack in PACKERS.values() if kind else ():
            if data[:2] == pack(b"")[:2]:
                return pack(of_bytes(unpack(data), words, draw))
    except UNPACKING:  # it is damaged already
        pass
    return of_bytes(data, words, draw, others)


def _zip(data, words, draw):
    """A zip in which one file is changed, left out, doubled or called otherwise."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = [(name, archive.read(name)) for name in archive.namelist()]
    at, kind = draw.randrange(len(inside)), draw.randrange(8)
    name, contents = inside[at]
    if kind == 0:
        del inside[at]
    elif kind == 1:
        inside[at] = (
            draw.choice(("../x.csv", "/dev/zero", "\x1b[2J.csv", "a/" * 200, ".x", "xl/workbook.xml")),
            contents,
        )
    elif kind == 2:
        inside[at] = name, next(iter(PACKERS.values()))[0](contents)
    else:
        inside[at] = name, of_bytes(contents, words, draw)
    return zipped(inside)


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """The bytes of a zip of (name, contents)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, contents in dict(files).items():
            archive.writestr(zipfile.ZipInfo(name), contents)
    return out.getvalue()
