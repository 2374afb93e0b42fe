"""Texts of strangers on one line of a report: safe, of a given width, in ASCII where it has to be."""

import math
import re
from collections.abc import Iterable, Sequence

from ...phrases import safe_text

ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
LONGEST = 10  # characters of an escape


def one_line(text: str, width: int | None = None, unicode: bool = True) -> str:
    """`text` on one line and safe for a terminal, at most `width` columns wide; without `unicode` in ASCII."""
    text = " ".join(safe_text(text).split())
    text = text if unicode else text.encode("ascii", "backslashreplace").decode("ascii")
    if width is None or columns(text) <= width:
        return text
    more = "…" if unicode else "..."
    return (cut(text, width - len(more)) + more) if width > len(more) else cut(text, width)


def place(where: str, width: int, unicode: bool = True) -> str:
    """A place "file:line" at most `width` columns wide; the end of a long one stays."""
    where, more = one_line(where, None, unicode), "…" if unicode else "..."
    return where if columns(where) <= width else more + ending(where, width - len(more))


def columns(text: str) -> int:
    """The columns of a terminal that `text` takes: two for a wide character."""
    from rich.cells import cell_len

    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """The longest beginning of `text` that takes at most `width` columns and ends with no part of an escape."""
    at = min(max(width, 0), len(text))
    while at and columns(text[:at]) > width:
        at -= 1
    inside = _escape_over(text, at)
    return text[: inside[0] if inside else at]


def ending(text: str, width: int) -> str:
    """The longest end of `text` that takes at most `width` columns and begins with no part of an escape."""
    at = max(len(text) - max(width, 0), 0)
    while at < len(text) and columns(text[at:]) > width:
        at += 1
    inside = _escape_over(text, at)
    return text[inside[1] if inside else at :]


def _escape_over(text: str, at: int) -> tuple[int, int] | None:
    """(first, last + 1) of the escape that a cut before character `at` would go through."""
    around = ESCAPE.finditer(text, max(at - LONGEST, 0), at + LONGEST)
    return next((found.span() for found in around if found.start() < at < found.end()), None)


def padded(text: str, width: int, right: bool = False) -> str:
    """`text` with spaces to `width` columns after it, or before it where it stands `right`."""
    space = " " * (width - columns(text))
    return space + text if right else text + space


def widest(texts: Iterable[str]) -> int:
    """The columns of the widest text."""
    return max(map(columns, texts), default=0)


def packed(parts: Sequence[str], width: int, between: str = "  ") -> list[str]:
    """The parts in the fewest lines of `width` columns; no part is broken, so that a long one may be wider."""
    lines: list[str] = []
    for part in parts:
        if lines and columns(lines[-1] + between + part) <= width:
            lines[-1] += between + part
        else:
            lines.append(part)
    return lines


def share(value: float | None, how: str = ".2f") -> str:
    """A figure in a format, 0 without a sign; - where it has no value."""
    if value is None or not math.isfinite(value):
        return "-"
    text = format(value, how)
    return text if text.strip("+-0.,") else text.lstrip("+-")


def quantities(values: Sequence[float | None], sign: str = "", like: Sequence[float | None] | None = None) -> list[str]:
    """One column of numbers in the units of the data, - where one has no value: with the decimals that give four
    figures to the largest, or to the largest of the numbers `like` it."""
    sizes = [abs(value) for value in (values if like is None else like) if value and math.isfinite(value)]
    power = math.floor(math.log10(max(sizes))) if sizes else 0
    how = f"{sign},.{max(3 - power, 0)}f" if -4 <= power < 9 else f"{sign}.3e"
    return [share(value, how) for value in values]
