"""Texts of a model while it trains: a few fixed validation examples, each with its source, what is written and the
truth."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from ...events import finite
from ..pairs.guesses import MARKS, NARROWEST, mark
from ..pairs.texts import columns, one_line, padded, widest
from .attention_matrix import Attended, attended_lines
from .edit_lines import LEGEND, edit_lines
from .edits import Pair, distance, edits
from .shown_symbols import joint_of

NOTHING = "-"  # in place of a text without a symbol


@dataclass(frozen=True)
class Translation:
    """The source as text, the text that the model writes, the true one, None where there is no single one, and what
    the model looked at."""

    source: str
    written: str
    truth: str | None = None
    attended: Attended | None = None


@dataclass(frozen=True)
class Translations:
    """split: the symbols of a text. See `tasks.base.Sample`."""

    examples: tuple[Translation, ...]
    split: Callable[[str], list[str]]
    title: ClassVar[str] = "guesses"
    wraps: ClassVar[bool] = False

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """For each example a mark, the source and the text, below the source where it does not fit beside it; then
        what the model looked at. See `answer_lines`."""
        width = max(width, NARROWEST)
        marks = self._marks(unicode, color)
        left = widest(MARKS[unicode]) + 1 if any(marks) else 0
        sources = [f'"{one_line(each.source, width - left - 2, unicode)}"' for each in self.examples]
        room = width - left - widest(sources) - 2
        beside = all(self._fits(each, room, unicode) for each in self.examples)
        found: list[str] = []
        for each, sign, source in zip(self.examples, marks, sources):
            texts = answer_lines(each, self.split, room if beside else width - left - 2, unicode, color)
            if beside:
                found.append(f"{sign}{padded(source, widest(sources))}  {texts[0]}")
            else:
                found += [f"{sign}{source}", *(f"{'':{left + 2}}{text}" for text in texts)]
        found += [LEGEND] * any(edited(each, self.split) for each in self.examples)
        looks = [each.attended for each in self.examples if each.attended is not None]
        return [*found, *attended_lines(looks, width, unicode, color)]

    def record(self) -> Any:
        return finite([self._record(each) for each in self.examples])

    def _fits(self, each, room, unicode):
        texts = answer_lines(each, self.split, 10**6, unicode, False)
        return len(texts) == 1 and columns(texts[0]) <= room

    def _marks(self, unicode, color):
        """A sign before each example, empty where none of them has a truth."""
        found, blank = [is_right(each, self.split) for each in self.examples], " " * (widest(MARKS[unicode]) + 1)
        if all(right is None for right in found):
            return [""] * len(found)
        return [blank if right is None else f"{mark(right, unicode, color)} " for right in found]

    def _record(self, each):
        values = {"source": each.source, "written": each.written, "truth": each.truth}
        if each.truth is not None:
            values["edits"] = distance(self.split(each.written), self.split(each.truth))
        return values | ({} if each.attended is None else {"attention": each.attended.record()})


def is_right(each: Translation, split: Callable[[str], list[str]]) -> bool | None:
    """Whether the symbols are those of the truth; None without one."""
    return None if each.truth is None else split(each.written) == split(each.truth)


def edited(each: Translation, split: Callable[[str], list[str]]) -> list[Pair]:
    """The edits of a text that is wrong, but right for the most part; none of another."""
    if is_right(each, split) is not False:
        return []
    written, truth = split(each.written), split(each.truth or "")
    return edits(written, truth) if 2 * distance(written, truth) <= len(truth) else []


def answer_lines(
    each: Translation, split: Callable[[str], list[str]], width: int, unicode: bool, color: bool
) -> list[str]:
    """The text that is written, with its edits; where most of it is wrong, without them and the truth in brackets after
    it, or below it where there is no room."""
    if pairs := edited(each, split):
        return edit_lines(pairs, width, joint_of(split, [each.written, each.truth or ""]), unicode, color)
    written = one_line(each.written, width, unicode) or NOTHING
    if is_right(each, split) is not False:
        return [written]
    truth = one_line(each.truth or "", width - 2, unicode)
    both = f"{written}  ({truth})"
    return [both] if columns(both) <= width else [written, f"({truth})"]
