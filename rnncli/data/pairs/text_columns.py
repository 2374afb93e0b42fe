"""Which columns of a table are the source and the text that is written for it."""

from collections.abc import Sequence

from .cells import SOURCE_NAMES, few
from .column_kinds import ColumnKind
from .text_names import EITHER, SOURCE_TEXTS, TARGET_TEXTS, is_target


def found_texts(
    kinds: Sequence[ColumnKind], free: Sequence[int], source: Sequence[int], target: Sequence[int], answers: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(source, target) with what is not given found among the `free` columns; () where it cannot be told.

    answers: "text", the first texts by name, else by place; or "description", the only text, and all features.
    """
    find = _two_texts if answers == "text" else _features_and_text
    return find(kinds, free, tuple(source), tuple(target))


def _two_texts(kinds, free, source, target):
    lacking = (not source) + (not target)
    usable = free if len(free) == lacking else _texts(kinds, free, lacking)
    if len(usable) < lacking:
        return source, target
    if not source:
        answers = _named(kinds, usable, TARGET_TEXTS)
        others = [k for k in usable if target or k not in answers] or usable
        languages = _named(kinds, others, EITHER)
        known = languages if target or answers or len(languages) > 1 else []
        source = (*_named(kinds, others, SOURCE_TEXTS), *known, *others)[:1]
    if not target:
        others = [k for k in usable if k not in source]
        target = (*_named(kinds, others, TARGET_TEXTS), *_named(kinds, others, EITHER), *others)[:1]
    return source, target


def _named(kinds, columns, names):
    """The columns with one of these names."""
    return [k for k in columns if (kinds[k].name or "").strip().lower() in names]


def _texts(kinds, free, lacking):
    """The columns of texts; where that leaves enough of them, without categories."""
    usable = [k for k in free if not kinds[k].numeric and not kinds[k].counts_rows() and not kinds[k].has_dates()]
    usable = [k for k in usable if any(map(str.strip, kinds[k].cells))]
    varied = [k for k in usable if not few(kinds[k].cells)]
    return varied if len(varied) >= lacking else usable


def _features_and_text(kinds, free, source, target):
    if not target:
        target = _described(kinds, free, source)
    if not source and target:
        others = [k for k in free if k not in target]
        usable = [k for k in others if not kinds[k].counts_rows() and not kinds[k].has_dates()]
        source = tuple([k for k in usable if kinds[k].is_feature()] or (others if len(others) == 1 else ()))
    return source, target


def _described(kinds, free, source):
    """The column of the text: by its name, as the only one left, the only text, or of two the one that varies more."""
    named = [k for k in free if _is_written(kinds[k])]
    texts = [k for k in named or free if kinds[k].is_text() and not kinds[k].repeats()]
    if len(named) == 1 or len(texts) == 1:
        return tuple(named if len(named) == 1 else texts)
    if source and len(free) == 1:
        return tuple(free)
    if not source and len(free) == 2:
        one, two = (len(set(kinds[k].cells)) for k in free)
        return () if one == two else (free[0] if one > two else free[1],)
    return ()


def _is_written(kind):
    """Whether a column has texts by its name, and is no column of numbers."""
    name = (kind.name or "").strip().lower()
    return not kind.numeric and (is_target(name) or name in SOURCE_NAMES and not kind.is_feature())
