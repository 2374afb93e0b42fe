"""Text of unknown origin, made fit for a terminal."""

import re

# Control characters but newline and tab, overrides of the writing direction, and surrogates, which have no UTF-8.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe_text(text):
    r"""`text` with everything that could steer a terminal written as an escape: \x1b for an escape character.

    Newlines and tabs stay. Safe piece by piece: the pieces of a stream may be made safe one at a time.
    """
    return UNSAFE.sub(escaped, text)


def escaped(match):
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
