"""Fonts for the symbols of any script in a picture."""

from collections.abc import Iterable
from functools import cache
from typing import Any

FIRST = "DejaVu Sans"  # comes with matplotlib; has Latin, Greek, Cyrillic, Arabic, Hebrew and phonetic signs
OTHERS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Noto Sans Devanagari",
    "Nirmala UI",
    "Noto Sans Thai",
    "Arial Unicode MS",
)


class Glyphs:
    """families: the fonts that draw the texts, as far as they are installed."""

    def __init__(self, texts: Iterable[str]):
        wanted = {sign for text in texts for sign in text if not _has(FIRST, sign)}
        self.families = [FIRST]
        for family in OTHERS:
            if drawn := {sign for sign in wanted if _has(family, sign)}:
                self.families.append(family)
                wanted -= drawn
        self._missing = {ord(sign): sign.encode("ascii", "backslashreplace").decode("ascii") for sign in wanted}

    def shown(self, text: str) -> str:
        """`text` with an escape for each sign that no font has."""
        return text.translate(self._missing)


def _has(family: str, sign: str) -> bool:
    font = _font(family)
    return font is not None and font.get_char_index(ord(sign)) != 0


@cache
def _font(family: str) -> Any:
    """matplotlib's font of that name; None where it is not installed."""
    from matplotlib import font_manager

    try:
        return font_manager.get_font(font_manager.fontManager.findfont(family, fallback_to_default=False))
    except (ValueError, OSError, RuntimeError):
        return None
