"""The tokens of a text that is a source: characters, bytes or words. The text need not be restored from them."""

import re

WORDS = re.compile(r"\w+|[^\w\s]")


def tokens_of(text: str, unit: str, lower: bool) -> list[str]:
    """The tokens of a text; unit: "char", "byte" or "word" (punctuation marks are words, white space is not)."""
    text = text.lower() if lower else text
    if unit == "byte":
        return [f"{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")]
    return WORDS.findall(text) if unit == "word" else list(text)
