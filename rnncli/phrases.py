"""Phrases for messages: counts, times and sizes, and untrusted text made safe for a terminal."""

import math
import re
from collections.abc import Mapping
from typing import Any

NATS_PER_BIT = math.log(2)

# Control characters except newline and tab, overrides of the writing direction, and surrogates, which UTF-8 lacks.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

LINE_ENDS = "\u2028\u2029"  # of Unicode: JSON may have them, but many a reader of lines cuts there, and at U+0085
UNSAFE_IN_JSON = re.compile(UNSAFE.pattern.replace("]", f"{LINE_ENDS}]"))


def counted(number: int, noun: str) -> str:
    """1 file, 1,000 files."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """0:07, 12:34 or 1:02:03."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def size(number: float) -> str:
    """Bytes as 12 kB, 3.4 MB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return f"{number} bytes"


def speed(tokens_per_second: float, unit: str = "token") -> str:
    """52.1k tokens/s."""
    if tokens_per_second >= 1e4:
        return f"{tokens_per_second / 1e3:.1f}k {unit}s/s"
    return f"{tokens_per_second:.0f} {unit}s/s"


def percent(fraction: float) -> str:
    """31 %, rounded down, so that 100 % means the end."""
    return f"{math.floor(100 * fraction)} %"


def bits_per_char(nats_per_char: float) -> str:
    """A score in bits and in nats per character."""
    return f"{nats_per_char / NATS_PER_BIT:.3f} bits/char ({nats_per_char:.3f} nats/char)"


def safe_text(text: str) -> str:
    r"""`text` with every character that could control a terminal as an escape: \x1b for the escape character.

    Newlines and tabs stay. The pieces of a stream can be made safe one at a time.
    """
    return UNSAFE.sub(escaped, text)


def escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def json_text(value: Any, indent: int | None = None) -> str:
    r"""`value` as JSON in readable letters; what could control a terminal or end a line is an escape such as \u2028.

    Raises ValueError for a number that is not finite.
    """
    import json  # here: --help needs none

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def beats(baselines: Mapping[str, float], own: float, metric: str) -> str:
    """A sentence about baselines {name: score} that beat the model's score `own`; lower is better."""
    *others, last = baselines
    names = f"{', '.join(others)} and {last} beat" if others else f"{last} beats"
    shares = [f"{100 * (1 - figure / own):.1f} %" for figure in baselines.values()]
    return f"{names} the model ({metric} {' and '.join(filter(None, [', '.join(shares[:-1]), shares[-1]]))} lower)"
