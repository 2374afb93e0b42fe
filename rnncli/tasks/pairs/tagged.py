"""Sentences with a tag for each word: word/TAG as plain text, or coloured words for a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .spans import marks_spans, parted
from .texts import columns, one_line, packed, padded

LONGEST = 30  # most columns of a word or a tag
PALETTE = (39, 208, 34, 170, 178, 45, 203, 107, 141, 214, 37, 211)  # of 256 colours; readable on black and on white
UNDERLINED = 4


@dataclass(frozen=True)
class TaggedSentence:
    """words, truth: (T,) true tags as texts; said: (T,) the tags that the model gives, None for no answer."""

    words: Sequence[str]
    truth: Sequence[str]
    said: Sequence[str | None]


class TagColors:
    """The colour of each tag, for as many as there are colours: the most frequent. Tags of spans of one type share it;
    O has none."""

    def __init__(self, tags: Iterable[str]):
        counted = Counter(tags)
        self.spans = marks_spans(counted)
        kinds = Counter()
        for tag, n in counted.items():
            kinds[self.kind(tag)] += n
        del kinds[""]
        self.order = [kind for kind, _ in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))]
        self.codes = dict(zip(self.order, PALETTE))

    def kind(self, tag: str) -> str:
        """What has a colour: the tag, or the type of its span; "" for none."""
        if not self.spans:
            return tag
        letter, kind = parted(tag)
        return (kind or "span") if letter != "O" else ""

    def painted(self, text: str, tag: str, wrong: bool = False) -> str:
        """`text` in the colour of a tag, underlined where it is wrong."""
        code = self.codes.get(self.kind(tag))
        codes = [f"38;5;{code}"] * (code is not None) + [str(UNDERLINED)] * wrong
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text

    def legend(self, width: int, unicode: bool = True) -> list[str]:
        """Each tag in its colour, and those without one, in lines of `width` columns."""
        names = {kind: one_line(kind, LONGEST, unicode) for kind in self.order}
        lines = packed([*names.values()], width)
        painted, left = [], iter(self.order)
        for line in lines:
            here, used = [], 0
            while used < columns(line):
                kind = next(left)
                used += columns(names[kind]) + 2
                here.append(self._named(kind, names[kind]))
            painted.append("  ".join(here))
        return painted

    def _named(self, kind, text):
        code = self.codes.get(kind)
        return text if code is None else f"\x1b[38;5;{code}m{text}\x1b[0m"


def plain_lines(sentence: TaggedSentence, width: int, unicode: bool = True) -> list[str]:
    """word/TAG for each word, word/SAID(truth) for a wrong one; a slash in a word stays as it is."""
    parts = []
    for word, truth, said in zip(sentence.words, sentence.truth, sentence.said):
        shown = [one_line(text, LONGEST, unicode) for text in (word, said or "-", truth)]
        parts.append(f"{shown[0]}/{shown[1]}" if said == truth else "{}/{}({})".format(*shown))
    return [one_line(line, width, unicode) for line in packed(parts, width, " ")]


def colored_lines(sentence: TaggedSentence, colors: TagColors, width: int, unicode: bool = True) -> Iterator[str]:
    """The words in the colours of the tags that the model gives; wrong ones underlined, the true tag below them."""
    cells = []
    for word, truth, said in zip(sentence.words, sentence.truth, sentence.said):
        shown, below = one_line(word, LONGEST, unicode), one_line(truth, LONGEST, unicode) if said != truth else ""
        cells.append((shown, below, said or "", max(columns(shown), columns(below))))
    while cells:
        taken, used = 1, cells[0][3]
        while taken < len(cells) and used + 1 + cells[taken][3] <= width:
            used += 1 + cells[taken][3]
            taken += 1
        line, cells = cells[:taken], cells[taken:]
        spaces = [" " * (size - columns(word) + 1) for word, _, _, size in line]
        yield "".join(
            colors.painted(word, said, bool(below)) + space for (word, below, said, _), space in zip(line, spaces)
        ).rstrip()
        if any(below for _, below, _, _ in line):
            yield " ".join(padded(below, size) for _, below, _, size in line).rstrip()
