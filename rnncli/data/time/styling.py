"""The style of a column: zeros, names, fractions and offsets as its texts have them, so that new ones look alike."""

import re
from dataclasses import replace

import numpy as np

from .fields import parts, words_of
from .forms import PIECE, SHORT_FIELDS, Form
from .likely_steps import order
from .names import fold, written_names
from .shapes import Column

DATE_FIELDS = "md"
CENTURY, LATEST = 100, 2049  # the last year that two digits may stand for, unless asked


def styled(column: Column, form: Form) -> Form:
    """A Form with the style of a column; what the column does not show stays as it was."""
    form = replace(
        form,
        pattern=_padded(column, form),
        months=_names(words_of(column, form, "b"), form.months, weekday=False),
        weekdays=_names(words_of(column, form, "a"), form.weekdays, weekday=True),
        halves=_halves(words_of(column, form, "p")) or form.halves,
    )
    return replace(form, **_fraction(column, form), **_offsets(column, form), **_midnight(column, form))


def _names(words, known, weekday):
    """All names as a column writes them that has some of them, and others wrote `known`."""
    return known if words <= set(known) else written_names(set(words), weekday) or known


def _padded(column, form):
    """The pattern with the zeros that the column has. A field that never needs one has them as the other fields do."""
    seen = {letter: [0, 0, 0] for letter in SHORT_FIELDS}  # rows with a zero, without, with a blank
    for _, fields, found in parts(column, form):
        for letter in seen.keys() & fields.keys():
            text = found[letter]
            place = 2 if text.startswith(" ") else 1 if len(text) == 1 else 0
            seen[letter][place] += int((fields[letter] < 10).sum())
    signs = {letter: ("", "-", "_")[counts.index(max(counts))] for letter, counts in seen.items() if max(counts)}
    of_date = next((signs[letter] for letter in DATE_FIELDS if letter in signs), None)

    def padded(found):
        letter = found[0][-1]
        if letter not in SHORT_FIELDS:
            return found[0]
        usual = of_date if letter in DATE_FIELDS and of_date is not None else found[0][1:-1]
        return f"%{signs.get(letter, usual)}{letter}"

    return PIECE.sub(padded, form.pattern)


def _halves(words):
    """AM and PM as a column writes them."""
    if not words:
        return ()
    known = {fold(word)[0]: word for word in sorted(words)}
    one = next(iter(known.values()))
    other = re.sub("[aApP]", lambda found: {"a": "p", "A": "P", "p": "a", "P": "A"}[found[0]], one, count=1)
    known.setdefault(fold(other)[0], other)
    return known["a"], known["p"]


def _fraction(column, form):
    """The fraction of a second: its sign, its digits, and whether zeros at its end are left out."""
    widths, sign, timed = set(), "", False
    for _, fields, found in parts(column, form):
        if "S" in fields:
            timed = True
            widths.add(len(found["f"] or ""))
            sign = found["point"] or sign
    if not timed:
        return {}
    longest = max(widths)
    trim = "" if len(widths) == 1 else "all" if widths == {0, longest} else "zeros"
    if trim == "all" and longest == 1:
        trim = "zeros"
    return {"fraction": sign + "0" * longest if longest else "", "trim": trim}


def _offsets(column, form):
    texts = {fields["z"]: None for _, fields, _ in parts(column, form) if "z" in fields}
    if not texts:
        return {}
    digits = [text for text in texts if "0" in text]
    names = [text for text in texts if "0" not in text]
    if digits:
        shown = max(digits, key=lambda text: text.count("0")).replace("-", "+").replace("\u2212", "+")
        return {"offset": re.sub(r"[ ]?\(.*\)", "", shown), "zero": names[0] if names else ""}
    if len(names) == 1:
        return {"offset": names[0], "zero": ""}
    return {"offset": " " * names[0].startswith(" ") + " ".join(name.strip() for name in names), "zero": ""}


def _midnight(column, form):
    """Whether midnight is 24:00: some row has 24, and none 0 at midnight."""
    early = late = False
    for _, fields, _ in parts(column, form):
        if "H" in fields:
            rest = fields.get("M", 0) + fields.get("S", 0)
            late = late or bool((fields["H"] == 24).any())
            early = early or bool(((fields["H"] == 0) & (rest == 0)).any())
    return {"late": late and not early} if late or early else {}


def turn_of(years: np.ndarray) -> int:
    """The first of the hundred years that two-digit years (R,) stand for, in the order of the rows: as usual, unless
    years would lie after 2049 or another turn puts more rows in order."""
    distinct = np.unique(years)
    gaps = np.diff(np.append(distinct, distinct[0] + CENTURY))
    after_gap = 1900 + int(distinct[(int(gaps.argmax()) + 1) % len(distinct)])
    turns = (Form.turn, LATEST - CENTURY + 1, after_gap)
    full = {turn: (years - turn) % CENTURY + turn for turn in turns}
    return max(turns, key=lambda turn: (bool((full[turn] <= LATEST).all()), order(full[turn])))
