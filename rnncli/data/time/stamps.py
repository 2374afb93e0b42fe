"""Time stamps: a column of texts to instants, and instants back to texts in the form of the column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...errors import DataError
from .clock import Clock, checked_zone
from .date_cells import split_dates
from .date_columns import date_columns, join_dates
from .eras import said_of_era, with_era
from .fields import NO_OFFSET, local_of
from .finding import Found, find_form, time_share, with_turn
from .forms import EPOCHS, Form, form_of_format
from .grammar import has_pattern, is_stamp
from .number_forms import read_numbers, style_of_numbers, without_last_zeros, write_numbers
from .periods import length_of, until_of
from .shapes import column_of, stripped
from .styling import styled
from .writing import write_stamps
from .zones import has_offsets, instants_of, offset_name, zone_of_midnights, zone_of_offsets

__all__ = ["Form", "Stamps", "has_form", "is_stamp", "read_stamps", "time_share"]
__all__ += ["date_columns", "join_dates", "split_dates"]
CENTURY, NEAR = 2000, (1970, 2029)  # years of two digits that nobody takes for those of another century
MOST_NAMED = 0.02  # of the stamps of a table name their zone where its clock is turned
ASKED, OF_RUN = "that was asked for", "of the run"  # whose a format is, unless that of the other stamps


@dataclass(frozen=True)
class Stamps:
    """A column of R stamps. `values` (R,) int64 are instants if `kind` is "time", the integers themselves if it is
    "index". `form`: how the table writes them; `clock`: whose days, weeks and months count; `notes`: what was guessed,
    a sentence each."""

    values: np.ndarray
    kind: str
    form: Form
    clock: Clock = field(default_factory=Clock)
    notes: tuple[str, ...] = ()

    def text(self, values: np.ndarray) -> list[str]:
        """[n] the int64 `values` (n,) in the form and the zone of the table: `4/3/2016 0:05` lacks zeros as it does."""
        values = np.asarray(values, np.int64)
        if not self.form.is_number:
            return write_stamps(values, self.form)
        return write_numbers(Clock(self.form.zone).local(values), self.form)


def read_stamps(
    texts: Sequence[str] | np.ndarray,
    where: Callable[[int], str],
    format: Form | str | None = None,
    zone: str | None = None,
    name: str = "",
    groups: Sequence[np.ndarray] | None = None,
) -> Stamps:
    """The Stamps of a column of `texts` [R]; blanks around them are ignored.

    where(row)   the place of a stamp for messages
    format       a Form, or a format; None: found, the same for the whole column
    zone         whose days count, and where the clock stands if the texts do not say; None: as the texts say
    name         of the column: it decides whether numbers may be times
    groups       [rows] of each series, in which an hour that the clock shows twice is told apart

    ConfigError for an invalid format or zone; DataError, with the place, for a stamp that is empty, not a date, or not
    in the form of the others, and if the order of day and month is ambiguous.
    """
    if zone is not None:
        checked_zone(zone)
    cells = stripped(texts)
    empty = np.flatnonzero(np.strings.str_len(cells) == 0)
    if len(empty):
        raise DataError(f"{where(int(empty[0]))}: the time stamp is empty", "every row needs a time stamp")
    cells = _without_zones(cells)
    given = _given(format, cells)
    until = given.form.until if given else until_of(str(cells[0])) if len(cells) else ""
    if until and len(cells):
        return _periods(cells, until, where, given, zone, name, groups)
    return _read(column_of(cells), where, given, zone, name, groups)


def _without_zones(cells):
    """Stamps (R,) without the names of zones that only the hour which a clock shows twice has: 02:00 (CEST)."""
    named = np.flatnonzero(np.strings.find(cells, " (") >= 0)
    if not 0 < len(named) <= max(2, MOST_NAMED * len(cells)) or len(named) == len(cells):
        return cells
    cells = cells.copy()
    cells[named] = [re.sub(r" \([A-Z]{3,5}\)", "", str(text)) for text in cells[named]]
    return cells


def has_form(text: str, form: Form) -> bool:
    """Whether a text fits the form of a column."""
    text = text.strip().partition(form.until)[0] if form.until else text.strip()
    if form.is_number:
        column = column_of(stripped([text]))
        return bool(text) and bool(read_numbers(column, form)[1].all())
    return has_pattern(text, form.pattern)


def _given(format, cells):
    """The Found of a format or a Form, None where neither is given."""
    if format is None or isinstance(format, Form):
        return Found(format, stored=True, whose=OF_RUN) if format else None
    if format == "epoch":
        return Found(_epoch_of(cells), whose=ASKED)
    return Found(without_last_zeros(cells) if format == "%Y.%m" else form_of_format(format), whose=ASKED)


def _epoch_of(cells):
    """The Form of epochs: the unit follows from the number of digits."""
    digits = max((len(str(cell).split(".")[0].lstrip("-")) for cell in cells[:1000]), default=10)
    return Form(list(EPOCHS)[min(3, max(0, (digits - 9) // 3))])


def _periods(cells, until, where, given, zone, name, groups):
    """The Stamps of periods: their begins."""
    halves = [str(cell).partition(until)[::2] for cell in cells]
    inner = replace(given, form=replace(given.form, until="", lasts="")) if given else None
    begins = _read(column_of(stripped([begin for begin, _ in halves])), where, inner, zone, name, groups)
    missing = next((row for row, (_, end) in enumerate(halves) if not end.strip()), None)
    if missing is not None:
        raise _unfit(where, missing, cells, f"BEGIN{until}END", Found.whose)
    same = Found(begins.form, stored=True)
    ends = _read(column_of(stripped([end for _, end in halves])), where, same, zone, name, groups)
    lasts = length_of(begins.clock.local(begins.values), ends.clock.local(ends.values))
    if lasts is None:
        raise DataError(
            f"{where(0)}: '{cells[0]}' is a period, and the periods of this column differ in length",
            "give a column with the beginnings alone",
        )
    return replace(begins, form=replace(begins.form, until=until, lasts=lasts))


def _read(column, where, given, zone, name, groups):
    found = given or find_form(column, where, name)
    if found.form.is_number:
        return _numbered(column, found, zone, where, name)
    form = styled(column, found.form if found.stored else with_era(column, with_turn(column, found.form)))
    local = local_of(column, form)
    _checked(column, local.fits, where, form, found.whose)
    if not local.real.all():
        row = int((~local.real).argmax())
        unit = "week" if "%V" in form.pattern else "day"
        raise DataError(
            f"{where(row)}: '{column.texts[row]}' is not a {unit} of the calendar",
            f"correct the {unit}, or give the format with `--time-format`",
        )
    values, form, clock, zoned = _placed(local, form, zone, column, where, groups)
    notes = [found.guessed, *_turned(local.values, form), *said_of_era(form), *_fiscal(form), *zoned]
    if local.finer:
        notes.append("digits finer than microseconds are left out")
    return Stamps(values, "time", form, clock, _sentences(column, name, notes))


def _sentences(column, name, notes):
    said = f"column {name}: " if name else "stamps: "
    shown = f"'{column.texts[0]}' " if len(column) else ""
    return tuple(f"{said}{shown if note.startswith('read as') else ''}{note}" for note in notes if note)


def _turned(values, form):
    """A note on years of two digits that may well be those of another century: seldom where they lie near today."""
    if "%y" not in form.pattern or not len(values):
        return []
    years = values.astype("M8[us]").astype("M8[Y]").astype(np.int64) + 1970
    first, last = int(years.min()), int(years.max())
    if (NEAR[0] <= first and last <= NEAR[1]) or first < CENTURY <= last:
        return []
    other = replace(form, turn=CENTURY if last < CENTURY else CENTURY - 100)
    return [
        f"years of two digits are read as {first} to {last}; {other.option} reads them as {other.turn} to "
        f"{other.turn + 99}"
    ]


def _fiscal(form):
    """A note on periods of fiscal years, whose first month no table tells."""
    periods = re.search("FY.*%-?[mq]|%-?[mq].*FY|[Pp](?:eriode?)? ?%-?m", form.pattern)
    return ["periods of fiscal years are taken as those of calendar years"] if periods else []


def _numbered(column, found, zone, where, name):
    values, fits = read_numbers(column, found.form)
    _checked(column, fits, where, found.form, found.whose)
    form, notes = found.form, _sentences(column, name, [found.guessed])
    if form.pattern == "index":
        return Stamps(values, "index", form, Clock(), notes)
    if len(column):
        form = replace(form, **style_of_numbers(column))
    if form.pattern not in EPOCHS:  # a wall clock
        values, form = instants_of(values, Clock(zone)), replace(form, zone=zone)
    return Stamps(values, "time", form, Clock(zone), notes)


def _checked(column, fits, where, form, whose):
    odd = np.flatnonzero(~fits)
    if len(odd):
        raise _unfit(where, int(odd[0]), column.texts, form, whose, len(odd) - 1, fits)


def _unfit(where, row, texts, form, whose, more=0, fits=()):
    """The DataError for a stamp of another form, and for `more` of them; fits (R,) bool: of the form."""
    hint = "correct this stamp, as all need one format, or set the format with `--time-format`"
    if whose == Found.whose and np.any(fits) and time_share([str(texts[row])]) == 1:  # no format reads both
        sample = texts[int(np.argmax(fits))]
        hint = f"write {'them' if more else 'it'} as the others are, like '{sample}': a column has one format"
    return DataError(
        f"{where(row)}: '{texts[row]}' does not fit the format {form} {whose}"
        + (f", and so do {more:,} more" if more else ""),
        hint,
    )


# ---- instants, and the zones of the text and of the days


def _placed(local, form, zone, column, where, groups):
    """(instants (R,), the Form with its zone, the Clock, notes) of a Local."""
    given = local.offsets != NO_OFFSET
    if not given.any():
        named = next(iter(local.regions)) if len(local.regions) == 1 else None
        written = named or zone or form.zone
        clock = Clock(written)
        values = instants_of(local.values, clock, groups)
        return values, replace(form, zone=written), Clock(zone or written), _skipped(values, local, clock)
    if not given.all():
        row = int(np.flatnonzero(given != given[0])[0])
        raise DataError(
            f"{where(row)}: '{column.texts[row]}' {'has an' if given[row] else 'lacks the'} offset from UTC, unlike "
            "the stamps before it",
            "give every stamp its offset, or none",
        )
    values = local.values - local.offsets
    written, clock, notes = _zones(values, local, form, zone)
    return values, replace(form, zone=written), clock, notes


def _zones(values, local, form, zone):
    """(zone of the text, Clock, notes) of instants (R,) whose texts have offsets."""
    fitting = [name for name in (*sorted(local.regions), zone, form.zone) if name]
    known = next((name for name in fitting if has_offsets(Clock(name), values, local.offsets)), None)
    if known:
        return known, Clock(zone or known), []
    offsets = np.unique(local.offsets)
    if len(offsets) == 1:
        fixed = offset_name(int(offsets[0]))
        days = zone_of_midnights(values) if not zone and fixed == "UTC" else None
        notes = [f"its days begin at midnight in {days}; --time-zone UTC takes those of UTC"] if days else []
        return fixed, Clock(zone or days or fixed), notes
    changing = zone_of_offsets(values, local.offsets)
    if changing:
        notes = [] if zone else [f"its offsets change as in {changing}; --time-zone names another zone"]
        return changing, Clock(zone or changing), notes
    told = "its offsets change as in no time zone: days are those of UTC; --time-zone names another"
    return "UTC", Clock(zone or "UTC"), [] if zone else [told]


def _skipped(values, local, clock):
    """A note on stamps in an hour that the clock skips."""
    count = int((clock.local(values) != local.values).sum()) if clock.zone else 0
    if not count:
        return []
    stamps = "1 stamp lies" if count == 1 else f"{count:,} stamps lie"
    return [f"{stamps} in an hour that the clock of {clock.zone} skips, taken as the hour after it"]
