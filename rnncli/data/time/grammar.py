"""The formats that tables use for stamps: which of them the shape of a text may have. Imports no NumPy."""

import re
from functools import lru_cache

from .forms import FIELDS, FROM_ZERO, LIMITS, PIECE, compiled, shape_of
from .names import is_name

BLANK = "[ \u00a0\u202f]"
WILD = {  # signs of the templates below, and what they stand for; a second one stands for the same as the first
    "~": r"[\-/._ \u00a0'\u2010-\u2014]",
    "§": r"(?:[QqTKk]|(?:QTR|Qtr|qtr|Quarter|quarter|Quartal|Trimestre|trimestre|Trim\.?|trim\.?|kvartal|Kvartal)[ ]?)",
    "¤": r"(?:KW|Kw|kw|CW|W|w|S|(?:Week|week|Wk|wk|WK|Woche|Semana|semana|Semaine|semaine|Sem\.?|vecka|uge|uke)[ ]?)"
    "[ ]?",
    "¬": r"[HhS]",
    "¦": r"(?:[MmPp]|Period |period |Periode )",
    "^": r"FY[ ]?",
    "`": rf"{BLANK}?",
}
WILDS = "".join(WILD)
DATES = (
    *("%Y~%m~%d", "%d~%m~%Y", "%m~%d~%Y", "%d~%m~%y", "%m~%d~%y", "%y~%m~%d", "%Y~%d~%m", "%Y%m%d"),
    *("%d~%b~%Y", "%d~%b~%y", "%b~%d~%Y", "%b~%d~%y", "%Y~%b~%d", "%b %d, %Y", "%d. %b %Y", "%d %b, %Y", "%d. %b. %Y"),
    *("%d%b%Y", "%d%b%y", "%d de %b de %Y", "%d. %m. %Y", "%d.%m.%y.", "%d.%m.%Y.", "%Y.%m.%d."),
    *("%b %o, %Y", "%b %o %Y", "%o %b %Y", "%o of %b %Y"),
    *("%b~%Y", "%b~%y", "%Y~%b", "%y~%b", "%b %Y", "%b, %Y", "%b%Y", "%b%y", "%Y%b", "%b '%y", "%b de %Y"),
    *("%Y~%n", "%Y~%N", "%Y~%m", "%m~%Y", "%Y¦%m", "%Y~¦%m", "¦%m~%Y", "¦%m%Y", "%Y:%m", "%Y:%q", "%Y~%q"),
    *("%-Y~%m", "%m~%y", "%y~%m", "%Y. %m", "%Y. %m.", "%Y. %b"),
    *("%Y年%m月%d日", "%Y年%m月", "%Y年", "%Y年第%q季度", "%Y년 %m월 %d일", "%Y년 %m월", "%Y. %m. %d."),
    *("%Y~§%q", "%Y§%q", "%Y:§%q", "§%q~%Y", "§%q%Y", "%q§~%Y", "%q§%Y", "%q§%y", "%q§~%y", "§%q~%y", "§%q'%y"),
    *("%q. § %Y", "%Y§~%q", "^%Y~§%q", "^%y~§%q", "§%q~^%Y", "§%q~^%y"),
    *("^%Y~¦%m", "^%y~¦%m", "^%Y¦%m", "^%y¦%m", "¦%m~^%Y", "¦%m~^%y", "^%Y~%m"),
    *("%Y¬%h", "%Y~¬%h", "¬%h~%Y"),
    *("%G~¤%V~%u", "%G¤%V%u", "%G~¤%V", "%G¤%V", "¤%V~%G", "¤%V, %G", "¤%V%G", "%V. ¤%G", "%V~¤%G"),
    *("%Y~%j", "^%Y", "%G~%V", "%V~%G"),
)
CLOCKS = (
    *("%H:%M:%S", "%H:%M", "%I:%M:%S`%p", "%I:%M`%p", "%I`%p", "%H", "%Hh", "%Hh%M", "%H.%M", "%H.%M.%S"),
    *("%H%M%S", "%H%M", "%H Uhr", "%H:%M Uhr", "%H-%M-%S", "%H:%M h", "%HZ"),
    *("%H:%M uur", "%H.%M Uhr", "%H:%M:%S Uhr", "%H時", "%H时", "%H点", "%H시", "%H時%M分", "%I.%M.%S %p"),
)
SPECIAL = ("%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %z %Y", "%a %b %d %Y %H:%M:%S%z")
JOINERS = rf"(?:, |{BLANK}-{BLANK}| at | um | klo | kl\.? | à | às | ore | alle | a las |{BLANK}{{1,2}}|[Tt_:/\-])"
NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?", re.ASCII)
MOST_SIGNS = 64  # of a stamp
DAYS = ("%d", "%o", "%u", "%j")  # a date has a time of day only if it names a day


def _regex(template):
    """(expression, template pieces) of shapes that a template begins."""
    seen, parts = set(), []
    for k, piece in enumerate(pieces := _pieces(template)):
        if piece in WILD:
            name = f"w{WILDS.index(piece)}"
            parts.append(f"(?P={name})" if piece in seen else f"(?P<{name}>{WILD[piece]})")
            seen.add(piece)
        elif PIECE.fullmatch(piece):
            parts.append(_field(pieces, k))
        else:
            parts.append(re.escape(piece))
    return "".join(parts)


def _pieces(template):
    return [piece for piece in re.split(r"(%-?[A-Za-z]|[~§¤¬¦^`])", template) if piece]


def _field(pieces, k):
    letter = pieces[k][-1]
    if pieces[k] == "%-Y":
        return "0{1,3}"
    near = [pieces[j] for j in (k - 1, k + 1) if 0 <= j < len(pieces)]
    packed = any(other.startswith("%") and other[-1] not in "bBaApz" for other in near)
    seconds = r"(?:[.,]0{1,9})?" if letter == "S" else ""
    return (FIELDS.get(letter) or ("00" if packed else "(?: 0|00?)")) + seconds


EDGE = r"(?![0-9])"
DATE = [(template, re.compile(_regex(template) + EDGE)) for template in DATES]
CLOCK = [(template, re.compile(f"(?P<t>{_regex(template)})(?P<z>{FIELDS['z']})?")) for template in CLOCKS]
WHOLE = [(template, re.compile(_regex(template))) for template in SPECIAL]
WEEKDAY = re.compile(rf"({FIELDS['a']})(,? )")
JOINER = re.compile(JOINERS)
MINGUO = re.compile(r"(?:民[國国] ?)?(?:000/00?/00?|0{2,3}年 ?00?月(?: ?00?日)?)")  # years of the republic in Taiwan


def _literal(template, found):
    """A template with its wild signs replaced by those of a match."""
    return "".join(found[f"w{WILDS.index(piece)}"] if piece in WILD else piece for piece in _pieces(template))


@lru_cache(maxsize=4096)
def patterns_of(shape: str) -> tuple[str, ...]:
    """The patterns, the most usual first, whose stamps may have a shape."""
    if len(shape) > MOST_SIGNS or "0" not in shape:
        return ()
    found = [template for template, regex in WHOLE if regex.fullmatch(shape)]
    day = WEEKDAY.match(shape)
    if day and is_name(day[1], weekday=True):
        found += ["%a" + day[2] + pattern for pattern in _dated(shape[day.end() :], DATE)]
    found += _dated(shape, DATE) or _timed(shape)
    if MINGUO.fullmatch(shape):
        fields = iter(("%-Y", "%m", "%d"))
        found.append(re.sub("0+", lambda _: next(fields), shape))
    return tuple(dict.fromkeys(found))


def _dated(shape, dates):
    """Patterns of a date, alone or before a time of day."""
    found = []
    for template, regex in dates:
        if date := regex.match(shape):
            pattern, rest = _literal(template, date), shape[date.end() :]
            found += [pattern + tail for tail in (_tails(rest, pattern) if rest else [""])]
    return found


def _tails(rest, date):
    if not any(day in date for day in DAYS):
        return []
    if re.fullmatch(FIELDS["z"], rest) and rest[1:] != "00":  # an hour, not an offset
        return ["%z"]
    joiner = JOINER.match(rest)
    if joiner and joiner[0] == ":" and " " in date:  # 02:00 of Jan 5 02:00:00 is a time of day
        return []
    return [joiner[0] + clock for clock in _clocks(rest[joiner.end() :])] if joiner else []


def _clocks(shape):
    return [
        _literal(template, found) + ("%z" if found["z"] else "")
        for template, regex in CLOCK
        if (found := regex.fullmatch(shape))
    ]


def _timed(shape):
    """Patterns of a time of day before a date."""
    for joiner in re.finditer(JOINERS, shape):
        dates = [date for date in _dated(shape[joiner.end() :], DATE) if not re.search("%[HIz]", date)]
        clocks = _clocks(shape[: joiner.start()]) if dates else []
        if clocks:
            return [clock + joiner[0] + date for clock in clocks for date in dates]
    return []


def is_stamp(text: str) -> bool:
    """Whether a text by itself is a stamp; a number is not."""
    text = text.strip()
    return not NUMBER.fullmatch(text) and any(
        _fits(text, pattern) for pattern in patterns_of(shape_of(text)) if not is_weak(pattern)
    )


def is_weak(pattern: str) -> bool:
    """Whether texts of a pattern may as well be anything else: 1-01, 3/4, 01/20, 2021-13."""
    letters = re.sub("[^A-Za-z]", "", pattern)
    return "%-Y" in pattern and letters == "Ym" and "月" not in pattern or letters in ("my", "ym", "GV", "VG")


def has_pattern(text: str, pattern: str) -> bool:
    """Whether a text is a stamp of a pattern."""
    return _fits(text.strip(), pattern)


def _fits(text, pattern):
    found = compiled(pattern).fullmatch(shape_of(text))
    if found is None:
        return False
    fields = {name: text[found.start(name) : found.end(name)] for name, shape in found.groupdict().items() if shape}
    after = fields.get("n", fields.get("N"))  # the next year, as in 2019/20
    if after is not None and int(after) != (int(fields["Y"]) + 1) % 10 ** len(after):
        return False
    return all(_in_range(name, field) for name, field in fields.items())


def _in_range(name, text):
    if name in ("b", "a"):
        return is_name(text, weekday=name == "a")
    return name not in LIMITS or (name not in FROM_ZERO) <= int(text) <= LIMITS[name]
