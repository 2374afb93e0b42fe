"""Time stamps: a column of text to integers, and integers back to text in the format of the column.

A format consists of the directives of `strptime` and some that it lacks: `%-m`, `%-d`, `%-H` and `%-I` are the month,
day and hour without a leading zero, `%q` is the quarter, 1 to 4. A zero fraction of a second and an offset from UTC
follow literally at its end: "%Y-%m-%dT%H:%M:%S.000+02:00". "index" means integers.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product, takewhile

import numpy as np

from ...errors import ConfigError, DataError

DIGITS = {  # the pattern of each directive that is read here
    "%Y": r"(?P<Y>\d{4})",
    "%q": r"(?P<q>[1-4])",
    "%M": r"(?P<M>[0-5]\d)",
    "%S": r"(?P<S>[0-5]\d)",
    "%m": r"(?P<m>0[1-9]|1[0-2])",
    "%d": r"(?P<d>0[1-9]|[12]\d|3[01])",
    "%H": r"(?P<H>[01]\d|2[0-3])",
    "%-m": r"(?P<m>[1-9]|1[0-2])",
    "%-d": r"(?P<d>[1-9]|[12]\d|3[01])",
    "%-H": r"(?P<H>1?\d|2[0-3])",
}
FIELDS = {  # the format of each for (Y, m, d, H, M, S, q)
    "%Y": "{0:04}",
    "%m": "{1:02}",
    "%d": "{2:02}",
    "%H": "{3:02}",
    "%M": "{4:02}",
    "%S": "{5:02}",
    "%-m": "{1}",
    "%-d": "{2}",
    "%-H": "{3}",
    "%q": "{6}",
}
NAMED = {"%y", "%b", "%B", "%a", "%A", "%j", "%I", "%-I", "%p", "%%"}  # left to the standard library
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y")
TIMES = ("", " %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M")
ISO = {"%Y", "%Y-%m", *("%Y-%m-%d" + clock for clock in TIMES)}  # formats that NumPy reads directly
SHORT = ("%Y-%m", "%YQ%q", "%Y-Q%q", "%Y Q%q")
TAIL = re.compile(r"(?<=:\d\d)(?:\.0{1,9})? ?(?:Z|[+-]\d\d(?::?\d\d)?)?$", re.ASCII)
OFFSET = re.compile(r"(Z|[+-]\d\d(?::?\d\d)?)$", re.ASCII)
INTEGER = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1500, 2200  # a column of four-digit integers in this range holds years
LOOKED_AT = 1000  # stamps that decide the most likely format when none fits all
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Stamps:
    """A column of R stamps. `values` (R,) int64 are seconds since 1970-01-01 UTC if `kind` is "time", the integers
    themselves if it is "index"; `format` is that of the column."""

    values: np.ndarray
    kind: str
    format: str

    def text(self, values: np.ndarray) -> list[str]:
        """[n] the int64 `values` (n,) in the format of the input: `4/3/2016 0:05` keeps its missing zeros."""
        values = np.asarray(values, np.int64)
        return [str(value) for value in values.tolist()] if self.kind == "index" else _text(values, self.format)


def parse_stamps(texts: Sequence[str], where: Callable[[int], str], format: str | None = None) -> Stamps:
    """The Stamps of a column of `texts` [R]; blanks around them are ignored.

    Without a `format` the whole column must fit one of the known ones; stamps with an offset from UTC must all have the
    same. `where(row)` is the place of a stamp for messages. ConfigError for an invalid format; DataError, with the
    place, for a stamp that is empty, not a date, or not in the format of the others, and if the order of day and month
    is ambiguous.
    """
    texts = [text.strip() for text in texts]
    if not all(texts):
        raise DataError(f"{where(texts.index(''))}: the time stamp is empty", "every row needs a time stamp")
    if format is None:
        fitting: str = _found(texts, where)
    else:
        fitting = format if format == "index" else _given(texts, where, format)
    if fitting == "index":
        _checked(texts, where, fitting, "that was asked for")
        return Stamps(np.array([int(text) for text in texts], np.int64), "index", "index")
    return Stamps(_seconds(texts, where, fitting), "time", fitting)


def is_stamp(text: str) -> bool:
    """Whether a text by itself is a stamp in one of the known formats; a plain integer is not."""
    text = text.strip()
    return not INTEGER.fullmatch(text) and any(_fits([text], format) for format in _known(_tail(text)))


def has_form(text: str, format: str) -> bool:
    """Whether a text fits a format of `Stamps`."""
    return not _named(format) and bool(_fits([text.strip()], format))


# ---- which format a column has


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return not INTEGER.fullmatch(text)


def _found(texts, where):
    """The format that all `texts` fit. DataError for the first one that differs from the others."""
    if all(map(INTEGER.fullmatch, texts)):
        years = texts and all(len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR for text in texts)
        return "%Y" if years else "index"
    for format in _known(_tail(texts[0])):
        if _fits(texts, format) == len(texts):
            return _told_apart(texts, where, format)
    sample = texts[:LOOKED_AT]
    tail = Counter(map(_tail, sample)).most_common(1)[0][0]
    best = max(("index", *_known(tail)), key=lambda format: _fits(sample, format, every=False))
    if _is_number(texts[0]):
        raise DataError(
            f"{where(0)}: '{texts[0]}' is neither a stamp nor a whole number",
            "number the steps 0, 1, 2, ..., or give dates; without a time column the rows are the steps",
        )
    if not _fits(sample, best, every=False):
        raise DataError(
            f"{where(0)}: '{texts[0]}' is not in a known time format",
            "give it with `--time-format`, for example --time-format '%d %b %Y'; seconds must be whole",
        )
    return _checked(texts, where, best, "of the other stamps")


def _known(tail):
    """All known formats, those with a clock ending in `tail`."""
    yield from SHORT
    for date, clock in product(DATES, TIMES):
        yield from _paddings(date + clock + (tail if clock else ""))


def _tail(text):
    found = TAIL.search(text)
    return found[0] if found else ""


def _paddings(format):
    """`format` and its variants without leading zeros in the date, in the hour, and in both."""
    bare = format.replace("%m", "%-m").replace("%d", "%-d")
    hours = [form.replace("%H", "%-H").replace("%I", "%-I") for form in (format, bare)]
    return list(dict.fromkeys([format, bare, *hours]))


def _told_apart(texts, where, format):
    """`format`. DataError if its day and month could be exchanged."""
    if "/%Y" not in format:
        return format
    other = re.sub("[md]", lambda found: {"m": "d", "d": "m"}[found[0]], format)
    if _fits(texts, other) == len(texts):
        raise DataError(
            f"{where(0)}: '{texts[0]}' may begin with the day or with the month, and no other stamp decides",
            f"choose one: --time-format '{other}' or --time-format '{format}'".replace("%-", "%"),
        )
    return format


def _given(texts, where, format):
    """The user's `format`, with %z replaced by the offset of the first stamp, and without the leading zeros that the
    stamps lack."""
    _check_format(format)
    if "%z" in format:
        zone = OFFSET.search(texts[0]) if texts else None
        if texts and zone is None:
            raise DataError(
                f"{where(0)}: '{texts[0]}' does not end in an offset from UTC, which '{format}' requires",
                "end every stamp with its offset, such as +02:00 or Z, or remove %z",
            )
        format = format.removesuffix("%z") + (zone[0] if zone else "Z")
    forms = _paddings(format)
    if _named(format):
        values = _seconds(texts, where, format)
        return next((form for form in forms if _text(values, form) == texts), format)
    sample = texts[:LOOKED_AT]
    best = next((form for form in forms if _fits(texts, form) == len(texts)), None)
    best = best or max(forms, key=lambda form: _fits(sample, form, every=False))
    return _checked(texts, where, best, "that was asked for")


def _check_format(format):
    found = re.findall("%-?.?", format)
    known = {*DIGITS, *NAMED, "%z"} - ({"%q"} if _named(format) else set())
    unknown = [directive for directive in found if directive not in known]
    fault = f"{unknown[0]} is not known here" if unknown else None
    fault = fault or ("it has no year" if not {"%Y", "%y"} & set(found) else None)
    fault = fault or ("%z is not at its end" if "%z" in format[:-2] else None)
    fault = fault or ("a directive occurs twice" if len(set(found)) < len(found) else None)
    if fault:
        raise ConfigError(f"time format '{format}': {fault}", f"known: {' '.join(sorted(known))}; `index` for integers")


def _named(format):
    """Whether `format` has directives that the standard library has to read."""
    return not NAMED.isdisjoint(re.findall("%-?.", format))


@lru_cache(maxsize=512)
def _pattern(format):
    """The regular expression of a format, its fields as named groups."""
    if format == "index":
        return INTEGER
    pieces = re.split("(%-?[A-Za-z])", format)
    return re.compile("".join(DIGITS.get(piece) or re.escape(piece) for piece in pieces), re.ASCII)


def _fits(texts, format, every=True):
    """The number of `texts` that fit `format`; with `every`, counted up to the first that does not."""
    found = map(_pattern(format).fullmatch, texts)
    return sum(1 for _ in (takewhile(bool, found) if every else filter(None, found)))


def _checked(texts, where, format, whose):
    """`format`, if all `texts` fit it. DataError for the first that does not."""
    row = _fits(texts, format)
    if row < len(texts):
        raise DataError(
            f"{where(row)}: '{texts[row]}' does not fit the format {format} {whose}",
            "all stamps need one format and one offset from UTC; set another format with `--time-format`",
        )
    return format


# ---- text to seconds and back


def _seconds(texts, where, format):
    """(R,) int64 seconds since 1970-01-01 UTC of texts that fit `format`."""
    read = _by_library if _named(format) else _by_numpy
    return read(texts, where, format) - clock_offset(format)


def clock_offset(format: str) -> int:
    """The offset of the clock of a date format from UTC, in seconds."""
    found = OFFSET.search(format, format.rindex("%"))
    if found is None or found[0] == "Z":
        return 0
    digits = found[0][1:].replace(":", "").ljust(4, "0")
    seconds = 3600 * int(digits[:2]) + 60 * int(digits[2:])
    return -seconds if found[0][0] == "-" else seconds


def _by_numpy(texts, where, format):
    """(R,) int64 local seconds through ISO 8601, which NumPy reads."""
    core = format[: format.rindex("%") + 2]
    if core in ISO:
        tail = len(format) - len(core)
        iso = [text[:-tail] for text in texts] if tail else texts
    else:
        iso = list(map(_to_iso(format), texts))
    try:
        return np.array(iso, "datetime64[s]").astype(np.int64)
    except ValueError:
        row = next(row for row, text in enumerate(iso) if not _is_date(text))
        raise DataError(
            f"{where(row)}: '{texts[row]}' is not a day of the calendar",
            "correct the day, or give the format with `--time-format`",
        ) from None


def _is_date(iso):
    try:
        np.datetime64(iso)
    except ValueError:
        return False
    return True


def _to_iso(format):
    """A function from a text of that format to ISO 8601; a missing month or day is 01, a missing time 00."""
    pattern = _pattern(format)
    names = pattern.groupindex.keys() | ({"m"} if "q" in pattern.groupindex else set())
    date = "-".join(f"{{{name}:0>2}}" if name in names else "01" for name in "md")
    clock = ":".join(f"{{{name}:0>2}}" if name in names else "00" for name in "HMS")

    def iso(text):
        found = pattern.fullmatch(text)
        assert found, "only texts of this format are passed"
        fields = found.groupdict()
        if "q" in fields:
            fields["m"] = str(3 * int(fields["q"]) - 2)
        return f"{{Y}}-{date}T{clock}".format(**fields)

    return iso


def _by_library(texts, where, format):
    """(R,) int64 local seconds by `datetime.strptime`, for month names and the like."""
    local = np.empty(len(texts), np.int64)
    plain = format.replace("%-", "%")
    for row, text in enumerate(texts):
        try:
            local[row] = (datetime.strptime(text, plain).replace(tzinfo=None) - EPOCH) // timedelta(seconds=1)
        except ValueError:
            raise DataError(
                f"{where(row)}: '{text}' does not fit the format {format} that was asked for",
                "all stamps need one format; set another with `--time-format`",
            ) from None
    return local


def _text(values, format):
    """[n] `values` (n,), seconds since 1970-01-01 UTC, written in a format."""
    local = values + clock_offset(format)
    if _named(format):
        return [_by_name(EPOCH + timedelta(seconds=value), format) for value in local.tolist()]
    days, clock = np.divmod(local, 86400)
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    months = month.astype(np.int64)
    fields = (
        months // 12 + 1970,
        months % 12 + 1,
        (date - month).astype(np.int64) + 1,
        clock // 3600,
        clock // 60 % 60,
        clock % 60,
        months % 12 // 3 + 1,
    )
    write = "".join(
        FIELDS.get(piece) or piece.replace("{", "{{").replace("}", "}}") for piece in re.split("(%-?[A-Za-z])", format)
    ).format
    return [write(*row) for row in zip(*(field.tolist() for field in fields), strict=True)]


def _by_name(time, format):
    bare = {"%-m": time.month, "%-d": time.day, "%-H": time.hour, "%-I": (time.hour + 11) % 12 + 1}
    for directive, number in bare.items():
        format = format.replace(directive, str(number))
    return time.strftime(format)
