"""The table of classes, or of tags: how each is recognised, and for which others it is most taken."""

from collections.abc import Sequence

from ..base import Table
from .class_metrics import ClassScore
from .texts import columns, one_line, padded, share, widest

WIDTH = 80  # columns of the table
MOST = 20  # rows, unless all are wanted
NAME = 24  # most columns of a name
UNSEEN = " (unseen)"


def class_table(title: str, scores: Sequence[ClassScore], every: bool, unicode: bool) -> Table:
    """A row for each class that occurs or is an answer, the most frequent first; at most MOST rows unless `every`."""
    shown = listed(scores, every)
    names = [
        one_line(one.name, NAME, unicode) if one.seen else one_line(one.name, NAME - len(UNSEEN), unicode) + UNSEEN
        for one in shown
    ]
    figures = [
        ("n", "precision", "recall", "F1"),
        *((f"{one.n:,}", share(one.precision), share(one.recall), share(one.f1)) for one in shown),
    ]
    room = WIDTH - widest([title, *names]) - sum(2 + widest(column) for column in zip(*figures)) - 2
    taken = ["most taken for", *(_taken(one.taken, room, unicode) for one in shown)]
    width = widest(taken)
    last = [padded(text, width) for text in taken]
    return Table([(name, *row, text) for name, row, text in zip([title, *names], figures, last)])


def listed(scores: Sequence[ClassScore], every: bool) -> list[ClassScore]:
    """The classes that the table shows."""
    there = sorted((one for one in scores if one.f1 is not None), key=lambda one: (-one.n, -one.answered))
    return there if every else there[:MOST]


def more_classes(scores: Sequence[ClassScore], every: bool, noun: str) -> str | None:
    """A sentence on the classes that the table leaves out, None where there are none. noun: their name, "classes"."""
    there = sum(one.f1 is not None for one in scores)
    left = there - len(listed(scores, every))
    return f"and {left:,} more {noun}; --per-class lists them all" if left else None


def _taken(taken, room, unicode):
    """The classes with their counts, "English 21, German 14"; the first one alone where there is no room for both."""
    texts = [f"{one_line(name, None, unicode)} {n:,}" for name, n in taken]
    if not taken or columns(", ".join(texts)) <= room:
        return ", ".join(texts)
    (name, n), *_ = taken
    return f"{one_line(name, room - len(f' {n:,}'), unicode)} {n:,}"
